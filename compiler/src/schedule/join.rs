//! Copies that cost nothing: what is copied into a part of another buffer comes to be there.
//!
//! Joining tensors lowers to copies into parts of the whole. If nobody changes the original afterwards, and nobody else
//! writes the part while the original is in use, both may have the same bytes: the original becomes a view of the part,
//! and the copy goes. Then the whole is in use from the first of its parts on, which may cost more than the copies did:
//! it is done where the most bytes in use do not grow.

use crate::memory;
use crate::program::{Buffer, BufferId, Program, Step, Storage};
use mlc_runtime_core::table::{Role, row};
use std::collections::HashSet;

/// Removes copies from a program whose updates are decided.
pub(super) fn join(program: &mut Program) {
    let mut wholes = Vec::new();
    let mut seen = HashSet::new();
    for step in &program.steps {
        let whole = copied(step).map(|(_, part)| program.root(part).0);
        wholes.extend(whole.filter(|&whole| seen.insert(whole)));
    }
    let mut joining = Joining {
        most: memory::live_bytes(program),
        looks: LOOKS,
    };
    for whole in wholes {
        let copies = copies_into(program, whole);
        if !joining.attempt(program, &copies) {
            for &copy in copies.iter().rev() {
                joining.attempt(program, &[copy]);
            }
        }
    }
}

/// How often all attempts together may look at a step; what is left of them, copies are left.
const LOOKS: usize = 3_000_000;

/// What attempts to remove copies go by.
struct Joining {
    /// The most bytes that may be in use at once.
    most: usize,
    looks: usize,
}

/// What a step copies, and whereto, if it is nothing but a copy of a whole buffer.
pub(super) fn copied(step: &Step) -> Option<(BufferId, BufferId)> {
    match step.call.operands[..] {
        [x, y] if std::ptr::eq(step.call.kernel, &row::copy) && step.segment.is_none() => {
            Some((x, y))
        }
        _ => None,
    }
}

/// The steps that copy into a buffer, in order.
fn copies_into(program: &Program, whole: BufferId) -> Vec<usize> {
    let root = program.root(whole).0;
    let into = |step: &Step| copied(step).is_some_and(|(_, part)| program.root(part).0 == root);
    let steps = program.steps.iter().enumerate();
    steps.filter(|(_, s)| into(s)).map(|(i, _)| i).collect()
}

impl Joining {
    /// Removes those of some copies, in order, that may go, unless more bytes are in use at once then.
    fn attempt(&mut self, program: &mut Program, copies: &[usize]) -> bool {
        let price = program.steps.len().saturating_mul(copies.len() + 1);
        let Some(left) = self.looks.checked_sub(price) else {
            return false;
        };
        self.looks = left;
        removed(program, copies, &mut self.most)
    }
}

fn removed(program: &mut Program, copies: &[usize], most: &mut usize) -> bool {
    let mut gone = Vec::new();
    for &copy in copies.iter().rev() {
        if let Some((original, part)) = movable(program, copy) {
            program.buffers[original.0].storage = Storage::View {
                of: part,
                offset: 0,
            };
            gone.push((copy, original, program.steps.remove(copy)));
        }
    }
    if gone.is_empty() {
        return false;
    }
    let bytes = memory::live_bytes(program);
    if bytes <= *most {
        *most = bytes;
        return true;
    }
    for (copy, original, step) in gone.into_iter().rev() {
        program.buffers[original.0].storage = Storage::Arena;
        program.steps.insert(copy, step);
    }
    false
}

/// The buffer that a step copies and the part that it copies it into, if both may have the same bytes.
fn movable(program: &Program, copy: usize) -> Option<(BufferId, BufferId)> {
    let (x, part) = copied(&program.steps[copy])?;
    let ((original, start), (whole, offset)) = (program.root(x), program.root(part));
    let in_arena = |id: BufferId| matches!(program.buffer(id).storage, Storage::Arena);
    let is_all = start == 0 && program.buffer(original).bytes() == program.buffer(x).bytes();
    let apart = original != whole && in_arena(original) && in_arena(whole);
    (is_all && apart).then_some(())?;
    let life = LiveRange::of(program, original, copy, offset)?;
    let writes = writes(program).filter(|&(step, _)| step != copy);
    let mut disturbing = writes.filter(|&(step, id)| life.holds(step) && program.overlap(id, part));
    disturbing.next().is_none().then_some((original, part))
}

/// From when to when a buffer is in use, in steps.
struct LiveRange {
    /// `None`: since before the first step.
    first: Option<usize>,
    /// `None`: until after the last one.
    last: Option<usize>,
}

impl LiveRange {
    /// The life of a buffer that would lie `offset` bytes into another; `None` if it cannot: it would not be aligned,
    /// it is written after the step `copied`, or its rows come and go.
    fn of(program: &Program, root: BufferId, copied: usize, offset: usize) -> Option<LiveRange> {
        let is_it = |id: BufferId| program.root(id).0 == root;
        let is_copied = |b: &Buffer| matches!(b.storage, Storage::CopyOf(from) if is_it(from));
        let written_later = |(step, id): (usize, BufferId)| step > copied && is_it(id);
        if program.buffers.iter().any(is_copied) || writes(program).any(written_later) {
            return None;
        }
        let aligned = |id| offset.is_multiple_of(program.buffer(id).element.size());
        let (mut first, mut last) = (Some(copied), Some(copied));
        for (i, step) in program.steps.iter().enumerate() {
            for &id in step.call.operands.iter().filter(|&&id| is_it(id)) {
                (aligned(id) && step.segment.is_none()).then_some(())?;
                (first, last) = (first.min(Some(i)), last.max(Some(i)));
            }
        }
        for port in program.inputs.iter().filter(|port| is_it(port.buffer)) {
            first = aligned(port.buffer).then_some(None)?;
        }
        for port in program.outputs.iter().filter(|port| is_it(port.buffer)) {
            last = aligned(port.buffer).then_some(None)?;
        }
        Some(LiveRange { first, last })
    }

    fn holds(&self, step: usize) -> bool {
        self.first.is_none_or(|first| first <= step) && self.last.is_none_or(|last| step <= last)
    }
}

/// What steps write, and which of them.
fn writes(program: &Program) -> impl Iterator<Item = (usize, BufferId)> {
    let steps = program.steps.iter().enumerate();
    steps.flat_map(|(i, step)| {
        let operands = step.call.kernel.operands.iter().zip(&step.call.operands);
        let written = operands.filter(|(row, _)| row.role != Role::Read);
        written.map(move |(_, &id)| (i, id))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory;
    use crate::schedule::testing::{answer, random};
    use crate::schedule::{Way, schedule};
    use crate::settings::{Effort, Regions};

    fn joined(program: &Program) -> Program {
        let join = Way {
            join: true,
            ..Way::default()
        };
        schedule(program.clone(), join).expect("no segments")
    }

    fn copies(program: &Program) -> usize {
        program.steps.iter().filter_map(copied).count()
    }

    /// Two parts made from an input, and the whole.
    fn pair() -> (Program, [BufferId; 4]) {
        let mut program = Program::default();
        let x = program.input(4);
        let (a, b) = (program.map(&[x], 20), program.map(&[x], 30));
        let whole = program.concat(&[a, b]);
        (program, [x, a, b, whole])
    }

    #[test]
    fn parts_come_to_be_in_the_whole() {
        let (mut program, [_, a, b, whole]) = pair();
        program.output(whole);
        let joined = joined(&program);
        assert_eq!((copies(&joined), memory::live_bytes(&joined)), (0, 54));
        assert_eq!([a, b].map(|id| joined.root(id)), [(whole, 0), (whole, 20)]);
    }

    #[test]
    fn wholes_come_to_be_in_larger_ones() {
        let (mut program, [x, a, _, whole]) = pair();
        let c = program.map(&[x], 7);
        let all = program.concat(&[c, whole]);
        let both = program.concat(&[a, all]);
        program.output(both);
        let joined = joined(&program);
        // `a` has a place in `both`; in `whole`, which lives less long, it is copied.
        assert_eq!(copies(&joined), 1);
        assert_eq!([c, a].map(|id| joined.root(id)), [(both, 20), (both, 0)]);
        assert_eq!(joined.root(whole), (both, 27));
    }

    #[test]
    fn what_is_overwritten_is_copied() {
        let (mut program, [_, a, b, whole]) = pair();
        let c = program.update(a, b);
        program.output(whole);
        program.output(c);
        let joined = joined(&program);
        let is_part = |id: BufferId| joined.root(id).0 == whole;
        assert_eq!([is_part(a), is_part(b), is_part(c)], [true, false, false]);
        let (mut program, [x, _, _, whole]) = pair();
        let one = program.concat(&[x, whole]);
        let changed = program.map(&[one], 54);
        let y = program.map(&[changed, x], 1);
        program.output(y);
        let joined = super::tests::joined(&program);
        let original = joined.root(x).0;
        assert!(
            original == x && joined.root(changed).0 == one,
            "x is read after an update in place"
        );
    }

    #[test]
    fn a_whole_that_lives_too_long_stays_apart() {
        let mut program = Program::default();
        let x = program.input(4);
        let a = program.map(&[x], 2);
        let large = program.map(&[x], 500);
        let medium = program.map(&[large], 50);
        let b = program.map(&[medium], 100);
        let whole = program.concat(&[a, b]);
        program.output(whole);
        let joined = joined(&program);
        assert_eq!(
            copies(&joined),
            1,
            "the small part is copied, not waited for"
        );
        assert_eq!(joined.root(b).0, whole);
    }

    #[test]
    fn joining_changes_no_answer_and_takes_no_more() {
        let mut gone = 0;
        for seed in 0..300 {
            let program = random(seed, 12);
            let apart = schedule(program.clone(), Way::default()).expect("no segments");
            let joined = joined(&program);
            assert!(
                memory::live_bytes(&joined) <= memory::live_bytes(&apart),
                "seed {seed}"
            );
            memory::plan(&joined, &Regions::default(), Effort::default())
                .unwrap_or_else(|d| panic!("seed {seed}: {d}"));
            let answers = [&program, &apart, &joined].map(answer);
            assert!(answers.iter().all(|a| *a == answers[0]), "seed {seed}");
            gone += copies(&apart) - copies(&joined);
        }
        assert!(gone > 200, "{gone} copies went");
    }
}
