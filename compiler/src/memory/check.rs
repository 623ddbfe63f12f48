//! The validator of memory plans. It shares no code with the planner: it replays the program and
//! watches who owns each byte. Bytes of different arenas have nothing to do with each other.

use super::{Arena, Block, HotWeight, MemoryPlan};
use crate::diag::Diag;
use crate::program::{BufferId, Edge, Layer, Program, Segment, Storage};
use crate::stream::scratch;
use mlc_runtime_core::stream::Stream;
use mlc_runtime_core::table::Role;
use std::collections::{BTreeMap, BTreeSet};

/// Confirms that no byte is overwritten while somebody still needs it, that every buffer lies within
/// the arena and is aligned, and that nothing is read before it is written.
///
/// A program that keeps anything from one run to the next, copies of weights included, is run twice: the second time, what
/// is kept has to be what the first left, and after it, it has still to be there.
pub fn check(program: &Program, plan: &MemoryPlan) -> Result<(), Diag> {
    let mut owners = Owners::default();
    let hot = hot_weights(plan)?;
    let states = program.states().map(|(id, _)| span(program, plan, id));
    let states: Vec<_> = states.collect::<Result<_, _>>()?;
    let kept: Vec<_> = hot
        .into_iter()
        .chain(states.into_iter().flatten())
        .collect();
    kept.iter().for_each(|&span| owners.write(span));
    for _ in 0..if kept.is_empty() { 1 } else { 2 } {
        replay(program, plan, &mut owners)?;
        kept.iter()
            .try_for_each(|&span| owners.read(program, span))?;
    }
    Ok(())
}

/// Runs the program once.
fn replay(program: &Program, plan: &MemoryPlan, owners: &mut Owners) -> Result<(), Diag> {
    let fed = program.segments.first().is_some_and(|s| s.fed);
    for port in program.inputs.iter().filter(|_| !fed) {
        if let Some(span) = span(program, plan, port.buffer)? {
            owners.write(span);
        }
    }
    for (i, step) in program.steps.iter().enumerate() {
        match step.segment.map(|number| &program.segments[number]) {
            Some(segment) if segment.steps.start == i => owners.run(program, plan, segment)?,
            _ => {}
        }
        if step.segment.is_some() {
            continue;
        }
        let located = |d: Diag| d.at_node(&step.layer, &step.operator);
        let operands = || step.call.kernel.operands.iter().zip(&step.call.operands);
        for (row, &id) in operands() {
            let reads = matches!(row.role, Role::Read | Role::Update);
            if let (true, Some(span)) = (reads, span(program, plan, id)?) {
                owners.read(program, span).map_err(located)?;
            }
        }
        for (row, &id) in operands().filter(|(row, _)| row.role != Role::Read) {
            let Some(written) = span(program, plan, id)? else {
                continue;
            };
            for (_, &other) in operands().filter(|&(o, _)| o.name != row.name) {
                let other = span(program, plan, other)?;
                if other.is_some_and(|o| o.meets(&written)) {
                    let name = &program.buffer(id).name;
                    let message = format!("`{name}` is written over another operand");
                    return Err(located(Diag::new("invalid-plan", message)));
                }
            }
            owners.write(written);
        }
    }
    for port in &program.outputs {
        if let Some(span) = span(program, plan, port.buffer)? {
            owners.read(program, span)?;
        }
    }
    Ok(())
}

/// The copies of constants, each within its arena; and that no arena takes more than it may.
fn hot_weights(plan: &MemoryPlan) -> Result<Vec<Span>, Diag> {
    let over = |arena: &&Arena| arena.budget.is_some_and(|budget| arena.bytes > budget);
    if let Some(arena) = plan.arenas.iter().find(over) {
        return Err(broken(&arena.name, "takes more bytes than it has"));
    }
    let span = |hot: &HotWeight| {
        let span = Span {
            arena: hot.arena,
            start: hot.offset,
            end: hot.offset + hot.bytes,
            root: *hot.constants.first()?,
            row: None,
        };
        (span.end <= plan.arenas.get(hot.arena)?.bytes).then_some(span)
    };
    let spans = plan.hot.iter().map(span).collect::<Option<_>>();
    spans.ok_or_else(|| broken("a copy of weights", "reaches out of the arena"))
}

/// The bytes of a buffer in an arena, and whose contents they should be.
#[derive(Clone, Copy)]
struct Span {
    arena: usize,
    start: usize,
    end: usize,
    root: BufferId,
    /// Which row of the buffer it is, where rows were computed one by one.
    row: Option<usize>,
}

fn span(program: &Program, plan: &MemoryPlan, id: BufferId) -> Result<Option<Span>, Diag> {
    let buffer = program.buffer(id);
    let (mut root, mut start) = (id, 0);
    while let Storage::View { of, offset } = program.buffer(root).storage {
        (root, start) = (of, start + offset);
    }
    if matches!(program.buffer(root).storage, Storage::Constant(_)) || buffer.is_empty() {
        return Ok(None);
    }
    let block = plan
        .blocks
        .get(&root)
        .ok_or_else(|| broken(&buffer.name, "has no place"))?;
    start += block.offset;
    let end = start + buffer.bytes();
    if end > bytes_of(plan, block) || start % buffer.element.size() != 0 {
        return Err(broken(
            &buffer.name,
            "reaches out of the arena or is not aligned",
        ));
    }
    let row = None;
    Ok(Some(Span {
        arena: block.arena,
        start,
        end,
        root,
        row,
    }))
}

/// Bytes that buffers may take of the arena in which a block lies.
fn bytes_of(plan: &MemoryPlan, block: &Block) -> usize {
    plan.arenas.get(block.arena).map_or(0, |a| a.bytes)
}

/// A row of a tensor of a segment, of which `done` rows have been computed.
fn row_span(
    program: &Program,
    plan: &MemoryPlan,
    edge: &Edge,
    row: usize,
    done: usize,
) -> Result<Span, Diag> {
    let buffer = program.buffer(edge.buffer);
    let block = plan
        .blocks
        .get(&edge.buffer)
        .ok_or_else(|| broken(&buffer.name, "has no place"))?;
    let position = match edge.computed {
        true => row.checked_sub(done.saturating_sub(edge.window)),
        false => Some(row),
    };
    let position = position.ok_or_else(|| broken(&buffer.name, "has lost a row that is read"))?;
    let start = block.offset + position * edge.row;
    let end = start + edge.row;
    let aligned = start.is_multiple_of(buffer.element.size());
    if end > (block.offset + block.size).min(bytes_of(plan, block)) || !aligned {
        return Err(broken(
            &buffer.name,
            "reaches out of its place or is not aligned",
        ));
    }
    // Rows of a tensor that was there before are known by the whole.
    let row = edge.computed.then_some(row);
    Ok(Span {
        arena: block.arena,
        start,
        end,
        root: edge.buffer,
        row,
    })
}

impl Span {
    /// Whether both have a byte in common.
    fn meets(&self, other: &Span) -> bool {
        self.arena == other.arena && self.start < other.end && other.start < self.end
    }

    /// Whether it holds bytes of what `wanted` should be; whole tensors hold any row.
    fn is_part_of(&self, wanted: &Span) -> bool {
        let row = self.row.is_none() || wanted.row.is_none() || self.row == wanted.row;
        self.arena == wanted.arena
            && self.root == wanted.root
            && row
            && self.row != Some(usize::MAX)
    }
}

fn broken(name: &str, what: &str) -> Diag {
    Diag::new("invalid-plan", format!("`{name}` {what}"))
}

/// Which root wrote which bytes last: disjoint spans, by arena and start.
#[derive(Default)]
struct Owners {
    spans: BTreeMap<(usize, usize), Span>,
}

impl Owners {
    /// The spans that have a byte in common with one.
    fn meeting(&self, wanted: Span) -> impl Iterator<Item = &Span> {
        let until = self.spans.range(..(wanted.arena, wanted.end)).rev();
        until
            .map(|(_, span)| span)
            .take_while(move |span| span.meets(&wanted))
    }

    fn write(&mut self, new: Span) {
        if new.start == new.end {
            return;
        }
        let old: Vec<Span> = self.meeting(new).copied().collect();
        for old in old {
            self.spans.remove(&(old.arena, old.start));
            let before = Span {
                end: old.end.min(new.start),
                ..old
            };
            let after = Span {
                start: old.start.max(new.end),
                ..old
            };
            let rests = [before, after].into_iter().filter(|s| s.start < s.end);
            self.spans
                .extend(rests.map(|rest| ((rest.arena, rest.start), rest)));
        }
        self.spans.insert((new.arena, new.start), new);
    }

    /// Runs the layers of a segment row by row: windows move as rows are computed.
    fn run(&mut self, program: &Program, plan: &MemoryPlan, segment: &Segment) -> Result<(), Diag> {
        let edges: Vec<_> = segment.edges.iter().map(|e| e.placed(0, 1)).collect();
        let layers: Vec<_> = segment.layers.iter().map(Layer::as_run).collect();
        let order = Stream {
            edges: &edges,
            layers: &layers,
        };
        let mut done = segment.start();
        while let Some(layer) = order.next(&done) {
            let (reads, writes) = (layers[layer].reads, layers[layer].writes);
            let row = done[writes];
            done[writes] += 1;
            let rows = |edge: usize, row: usize, done: usize| {
                let edge = &segment.edges[edge];
                row_span(program, plan, edge, row, done)
            };
            let edge = &segment.edges[writes];
            if row >= edge.window && !edge.sums {
                let kept = row + 1 - edge.window..row;
                let before = kept.map(|r| Ok((rows(writes, r, row)?, rows(writes, r, row + 1)?)));
                self.slide(before.collect::<Result<_, Diag>>()?);
            }
            let written = rows(writes, row, row + 1)?;
            for source in reads {
                let (first, end) = source.window(row, edges[source.edge].rows);
                for read in first..end {
                    let span = rows(source.edge, read, done[source.edge])?;
                    self.read(program, span)?;
                    if span.meets(&written) {
                        return Err(broken(
                            &program.buffer(written.root).name,
                            "is written over what is read",
                        ));
                    }
                }
            }
            self.write(written);
            // A caller who feeds rows has no step.
            let step = layer.checked_sub(usize::from(segment.fed));
            let step = step.and_then(|layer| program.steps[segment.steps.clone()].get(layer));
            for id in step.into_iter().flat_map(|step| scratch(program, step)) {
                let span = span(program, plan, id)?;
                span.into_iter().for_each(|span| self.write(span));
            }
        }
        Ok(())
    }

    /// Moves rows; what was lost of one before stays lost.
    fn slide(&mut self, moves: Vec<(Span, Span)>) {
        for (from, to) in moves {
            let lost = Span {
                row: Some(usize::MAX),
                ..to
            };
            self.write(if self.holds(from) { to } else { lost });
        }
    }

    /// Whether every byte of the span is what it should be.
    fn holds(&self, wanted: Span) -> bool {
        let mine = self.meeting(wanted).filter(|s| s.is_part_of(&wanted));
        let bytes = mine.map(|s| {
            s.end
                .min(wanted.end)
                .saturating_sub(s.start.max(wanted.start))
        });
        bytes.sum::<usize>() == wanted.end - wanted.start
    }

    /// Every byte must belong to the root, and to the row, that is read.
    fn read(&self, program: &Program, wanted: Span) -> Result<(), Diag> {
        if self.holds(wanted) {
            return Ok(());
        }
        let name = &program.buffer(wanted.root).name;
        let others = self.meeting(wanted).filter(|s| s.root != wanted.root);
        let others: BTreeSet<_> = others.map(|s| s.root).collect();
        let others: Vec<_> = others.iter().map(|&id| &program.buffer(id).name).collect();
        let message = format!("`{name}` is read, but its bytes hold {others:?} or nothing");
        Err(Diag::new("invalid-plan", message))
    }
}
