//! Which step must come after which: a petgraph view of a program, and the steps that cut it in two.

use crate::program::{BufferId, Program, Storage};
use mlc_runtime_core::table::Role;
use petgraph::Direction::{Incoming, Outgoing};
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::{BTreeMap, BTreeSet};
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
        bytes: vec![Bytes::default(); program.buffers.len()],
        before: BTreeSet::new(),
    };
    for (i, step) in program.steps.iter().enumerate() {
        past.graph.add_node(());
        for (row, &id) in step.call.kernel.operands.iter().zip(&step.call.operands) {
            past.touch(i, id, row.role != Role::Read);
        }
        past.end(i);
    }
    past.graph
}

/// What has happened to the bytes of a root.
#[derive(Clone, Default)]
struct Bytes {
    /// Whether any step has used them.
    used: bool,
    /// Stretches by their starts: where each ends, and who wrote it last.
    writers: BTreeMap<usize, (usize, usize)>,
    /// Who has read which of them since they were written.
    readers: Vec<(Range<usize>, usize)>,
}

impl Bytes {
    /// The stretches that meet a range, with who wrote them.
    fn written(&self, range: &Range<usize>) -> Vec<(Range<usize>, usize)> {
        let until = self.writers.range(..range.end).rev();
        let stretches = until.map(|(&start, &(end, step))| (start..end, step));
        stretches
            .take_while(|(stretch, _)| stretch.end > range.start)
            .collect()
    }

    /// Lets a step write a range; whoever used it before is done.
    fn write(&mut self, range: &Range<usize>, step: usize) {
        for (old, writer) in self.written(range) {
            self.writers.remove(&old.start);
            for rest in [old.start..range.start, range.end..old.end] {
                if rest.start < rest.end {
                    self.writers.insert(rest.start, (rest.end, writer));
                }
            }
        }
        let is_over = |read: &Range<usize>| range.start <= read.start && read.end <= range.end;
        self.readers.retain(|(read, _)| !is_over(read));
        self.writers.insert(range.start, (range.end, step));
    }
}

struct Past<'a> {
    program: &'a Program,
    graph: Dependencies,
    /// By root.
    bytes: Vec<Bytes>,
    /// Steps that the present one comes after.
    before: BTreeSet<usize>,
}

impl Past<'_> {
    fn touch(&mut self, step: usize, id: BufferId, writes: bool) {
        let (root, start) = self.program.root(id);
        match self.program.buffer(root).storage {
            Storage::Constant(_) => return,
            // A copy is made when it is first used.
            Storage::CopyOf(from) if !self.bytes[root.0].used => {
                self.touch(step, from, false);
            }
            _ => {}
        }
        let range = start..start + self.program.buffer(id).bytes();
        let bytes = &mut self.bytes[root.0];
        bytes.used = true;
        if range.is_empty() {
            return;
        }
        self.before
            .extend(bytes.written(&range).into_iter().map(|(_, writer)| writer));
        if writes {
            let meets = |read: &Range<usize>| read.start < range.end && range.start < read.end;
            let readers = bytes.readers.iter().filter(|(read, _)| meets(read));
            self.before.extend(readers.map(|(_, reader)| *reader));
            bytes.write(&range, step);
        } else {
            bytes.readers.push((range, step));
        }
    }

    /// Notes what a step comes after.
    fn end(&mut self, step: usize) {
        for before in std::mem::take(&mut self.before) {
            if before != step {
                self.graph
                    .add_edge(NodeIndex::new(before), NodeIndex::new(step), ());
            }
        }
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
