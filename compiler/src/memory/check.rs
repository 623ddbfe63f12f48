//! The validator of memory plans. It shares no code with the planner: it replays the program and
//! watches who owns each byte.

use super::MemoryPlan;
use crate::diag::Diag;
use crate::program::{BufferId, Program, Storage};
use mlc_runtime_core::table::Role;
use std::collections::BTreeSet;

/// Confirms that no byte is overwritten while somebody still needs it, that every buffer lies within
/// the arena and is aligned, and that nothing is read before it is written.
pub fn check(program: &Program, plan: &MemoryPlan) -> Result<(), Diag> {
    let mut owners = Owners { spans: Vec::new() };
    for port in &program.inputs {
        if let Some(span) = span(program, plan, port.buffer)? {
            owners.write(span);
        }
    }
    for step in &program.steps {
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
                if other.is_some_and(|o| o.start < written.end && written.start < o.end) {
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

/// The bytes of a buffer in the arena, and whose contents they should be.
#[derive(Clone, Copy)]
struct Span {
    start: usize,
    end: usize,
    root: BufferId,
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
    if end > plan.arena_bytes || start % buffer.element.size() != 0 {
        return Err(broken(
            &buffer.name,
            "reaches out of the arena or is not aligned",
        ));
    }
    Ok(Some(Span { start, end, root }))
}

fn broken(name: &str, what: &str) -> Diag {
    Diag::new("invalid-plan", format!("`{name}` {what}"))
}

/// Which root wrote which bytes last: disjoint spans, in no order.
struct Owners {
    spans: Vec<Span>,
}

impl Owners {
    fn write(&mut self, new: Span) {
        let mut kept = Vec::with_capacity(self.spans.len() + 2);
        for old in self.spans.drain(..) {
            let before = Span {
                end: old.end.min(new.start),
                ..old
            };
            let after = Span {
                start: old.start.max(new.end),
                ..old
            };
            kept.extend([before, after].into_iter().filter(|s| s.start < s.end));
        }
        kept.push(new);
        self.spans = kept;
    }

    /// Every byte must belong to the root that is read.
    fn read(&self, program: &Program, wanted: Span) -> Result<(), Diag> {
        let mine = self.spans.iter().filter(|s| s.root == wanted.root);
        let bytes = mine.map(|s| {
            s.end
                .min(wanted.end)
                .saturating_sub(s.start.max(wanted.start))
        });
        if bytes.sum::<usize>() == wanted.end - wanted.start {
            return Ok(());
        }
        let name = &program.buffer(wanted.root).name;
        let meets =
            |s: &&Span| s.start < wanted.end && wanted.start < s.end && s.root != wanted.root;
        let others: BTreeSet<_> = self.spans.iter().filter(meets).map(|s| s.root).collect();
        let others: Vec<_> = others.iter().map(|&id| &program.buffer(id).name).collect();
        let message = format!("`{name}` is read, but its bytes hold {others:?} or nothing");
        Err(Diag::new("invalid-plan", message))
    }
}
