//! Which step must come after which: a petgraph view of a program, and the steps that cut it in two.

use crate::program::{BufferId, Program, Storage};
use mlc_runtime_core::table::Role;
use petgraph::Direction::{Incoming, Outgoing};
use petgraph::graph::{DiGraph, NodeIndex};
use std::ops::Range;

/// Steps by their numbers, and an edge to each that must come later.
pub(super) type Dependencies = DiGraph<(), ()>;

/// What must come after what in a program whose updates are not decided: who reads after who writes, and who writes
/// after all who read or write the same bytes. Reading what another buffer starts as a copy of puts nobody after the
/// copy: whether bytes are taken over or copied is for scheduling to decide.
pub(super) fn dependencies(program: &Program) -> Dependencies {
    let mut past = Past {
        program,
        graph: Dependencies::new(),
        accesses: vec![Vec::new(); program.buffers.len()],
    };
    for (i, step) in program.steps.iter().enumerate() {
        past.graph.add_node(());
        for (row, &id) in step.call.kernel.operands.iter().zip(&step.call.operands) {
            past.touch(i, id, row.role != Role::Read);
        }
    }
    past.graph
}

/// A use of bytes of a root.
#[derive(Clone)]
struct Access {
    bytes: Range<usize>,
    step: usize,
    writes: bool,
}

struct Past<'a> {
    program: &'a Program,
    graph: Dependencies,
    /// By root.
    accesses: Vec<Vec<Access>>,
}

impl Past<'_> {
    fn touch(&mut self, step: usize, id: BufferId, writes: bool) {
        let (root, start) = self.program.root(id);
        match self.program.buffer(root).storage {
            Storage::Constant(_) => return,
            // A copy is made when it is first used.
            Storage::CopyOf(from) if self.accesses[root.0].is_empty() => {
                self.touch(step, from, false);
            }
            _ => {}
        }
        let bytes = start..start + self.program.buffer(id).bytes();
        let meets = |a: &&Access| a.bytes.start < bytes.end && bytes.start < a.bytes.end;
        let earlier = self.accesses[root.0].iter().filter(meets);
        for access in earlier.filter(|a| a.step != step && (writes || a.writes)) {
            let ends = [access.step, step].map(NodeIndex::new);
            self.graph.update_edge(ends[0], ends[1], ());
        }
        self.accesses[root.0].push(Access {
            bytes,
            step,
            writes,
        });
    }
}

/// The steps that come after or before every other one in any order; `graph` has its steps in one.
pub(super) fn cuts(graph: &Dependencies) -> Vec<usize> {
    let count = graph.node_count();
    let neighbours = |step, way| graph.neighbors_directed(NodeIndex::new(step), way);
    let next = |step| {
        neighbours(step, Outgoing)
            .min()
            .map_or(count, |n| n.index())
    };
    let previous = |step| neighbours(step, Incoming).max().map(|n| n.index());
    // Whoever is before a step leads to it if everyone before it leads to someone no later than it.
    let reached = (0..count).scan(0, |furthest, step| {
        let is_reached = *furthest <= step;
        *furthest = next(step).max(*furthest);
        Some(is_reached)
    });
    let reached: Vec<bool> = reached.collect();
    let mut nearest = Some(count);
    let mut cuts = Vec::new();
    for step in (0..count).rev() {
        if reached[step] && nearest >= Some(step) {
            cuts.push(step);
        }
        nearest = nearest.min(previous(step));
    }
    cuts.reverse();
    cuts
}
