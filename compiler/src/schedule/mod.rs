//! Scheduling: the order of steps, and which of them update a buffer in place.
//!
//! Lowering leaves two things open. A buffer may be a *copy of* another, for a kernel that updates
//! it: if nobody needs the other afterwards it simply takes over its bytes, else a copy is made. And
//! an element-wise kernel may have a form that overwrites its first operand: it is used when that
//! operand is needed no more. What is copied into a part of another buffer may come to be there (`join`).
//!
//! Other orders than that in which lowering wrote the steps are in [`order`].

mod join;
pub mod order;
#[cfg(test)]
mod testing;

use crate::program::{BufferId, Program, Segment, Step, Storage, copy_call};
use crate::stream::scratch;
use mlc_runtime_core::scalar::Expr;
use mlc_runtime_core::table::{Call, Kernel, Role};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// How steps are to run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Way<'a> {
    /// Steps that run row by row, by segment.
    pub segments: &'a [Range<usize>],
    /// Whether the first of them takes the input so.
    pub fed: bool,
    /// Whether what is copied into a part of another buffer may come to be there instead.
    pub join: bool,
}

/// Decides all updates; afterwards every buffer is constant, in the arena, or a view. `None` if segments cannot run
/// row by row once updates are decided.
pub fn schedule(mut program: Program, way: Way<'_>) -> Option<Program> {
    let Way {
        segments,
        fed,
        join,
    } = way;
    let mut uses = Uses::of(&program);
    let steps = std::mem::take(&mut program.steps);
    for (i, mut step) in steps.into_iter().enumerate() {
        step.segment = segments.iter().position(|steps| steps.contains(&i));
        if step.segment.is_some() {
            program.steps.push(step);
            continue;
        }
        if let Some(copy) = settle_copy(&mut program, &mut uses, &step, i) {
            program.steps.push(copy);
        }
        settle_in_place(&mut program, &mut uses, &mut step, i);
        program.steps.push(step);
    }
    if join {
        join::join(&mut program);
    }
    for number in 0..segments.len() {
        let of_it = |step: &Step| step.segment == Some(number);
        let first = program.steps.iter().position(of_it)?;
        let end = program.steps.iter().rposition(of_it)? + 1;
        share_scratch(&mut program, first..end);
        let segment = Segment::new(&program, first..end, fed && number == 0)?;
        program.segments.push(segment);
    }
    Some(program)
}

/// Lets the scratch of all these steps be in the largest: whatever one leaves there, no other one needs.
fn share_scratch(program: &mut Program, steps: Range<usize>) {
    let steps = &program.steps[steps];
    let all: HashSet<_> = steps
        .iter()
        .flat_map(|step| scratch(program, step))
        .collect();
    let size = |&id: &BufferId| (program.buffer(id).bytes(), std::cmp::Reverse(id));
    let Some(of) = all.iter().copied().max_by_key(size) else {
        return;
    };
    for id in all.into_iter().filter(|&id| id != of) {
        program.buffers[id.0].storage = Storage::View { of, offset: 0 };
    }
}

/// The last step that uses each root, and the roots that the caller gets.
struct Uses {
    last: HashMap<BufferId, usize>,
    outputs: HashSet<BufferId>,
}

impl Uses {
    fn of(program: &Program) -> Self {
        let mut last = HashMap::new();
        let mut started = HashSet::new();
        for (i, step) in program.steps.iter().enumerate() {
            for &id in &step.call.operands {
                let root = program.root(id).0;
                last.insert(root, i);
                // A copy reads its original when it is first used.
                if let Storage::CopyOf(from) = program.buffer(root).storage
                    && started.insert(root)
                {
                    last.insert(program.root(from).0, i);
                }
            }
        }
        let outputs = program
            .outputs
            .iter()
            .map(|p| program.root(p.buffer).0)
            .collect();
        Uses { last, outputs }
    }

    /// Whether nobody needs the bytes of `id` after step `i`.
    fn is_free(&self, program: &Program, id: BufferId, i: usize) -> bool {
        let root = program.root(id).0;
        matches!(program.buffer(root).storage, Storage::Arena)
            && self.last.get(&root).is_none_or(|&last| last <= i)
            && !self.outputs.contains(&root)
    }

    /// Notes that the bytes of `root` are from now on those of `user` too.
    fn merge(&mut self, root: BufferId, user: BufferId) {
        let last = self.last.get(&user).copied().unwrap_or(0);
        let entry = self.last.entry(root).or_insert(last);
        *entry = last.max(*entry);
        if self.outputs.contains(&user) {
            self.outputs.insert(root);
        }
    }
}

/// If `step` updates a buffer that starts as a copy: lets it take over the original's bytes, or
/// returns the step that copies them.
fn settle_copy(program: &mut Program, uses: &mut Uses, step: &Step, i: usize) -> Option<Step> {
    let operands = step.call.kernel.operands.iter().zip(&step.call.operands);
    let mut updated = operands
        .filter(|(row, _)| row.role == Role::Update)
        .map(|(_, &id)| id);
    let to = updated.find(|&id| matches!(program.buffer(id).storage, Storage::CopyOf(_)))?;
    let Storage::CopyOf(from) = program.buffer(to).storage else {
        return None;
    };
    let root = program.root(from).0;
    // The step may read as a whole what it updates: `conv(x) + x`.
    if uses.is_free(program, from, i)
        && operands_within(program, from, &step.call) == 0
        && program.buffer(from).bytes() == program.buffer(to).bytes()
    {
        program.buffers[to.0].storage = whole_of(program, from);
        uses.merge(root, to);
        return None;
    }
    program.buffers[to.0].storage = Storage::Arena;
    let call = copy_call(program, from, to);
    Some(Step {
        layer: step.layer.clone(),
        operator: "copy".into(),
        call,
        macs: 0,
        segment: None,
        unpacked: None,
    })
}

/// The bytes of a buffer as a view: of the buffer that it lies in itself, so that views of views do not grow long.
fn whole_of(program: &Program, id: BufferId) -> Storage {
    let (of, offset) = program.root(id);
    Storage::View { of, offset }
}

/// How many operands of `call` lie in the buffer that `id` lies in.
fn operands_within(program: &Program, id: BufferId, call: &Call<BufferId>) -> usize {
    let root = program.root(id).0;
    let operands = call.operands.iter();
    operands.filter(|&&o| program.root(o).0 == root).count()
}

/// The operands, by number, that a call could overwrite with its output if nobody else needs them.
fn may_overwrite(program: &Program, call: &Call<BufferId>) -> Vec<usize> {
    let Some((&to, operands)) = call.operands.split_last() else {
        return Vec::new();
    };
    let y = program.buffer(to);
    // Operands may change places only where the kernel takes no parameters that tell them apart.
    let count = match (call.kernel.in_place, &y.storage) {
        (Some(_), Storage::Arena) if call.params.is_some() => 1,
        (Some(_), Storage::Arena) => operands.len(),
        _ => 0,
    };
    let fits = |&k: &usize| {
        let x = program.buffer(operands[k]);
        let alike = x.element == y.element && x.len() == y.len();
        alike && operands_within(program, operands[k], call) == 1
    };
    (0..count.min(operands.len())).filter(fits).collect()
}

/// Lets an element-wise step overwrite an operand that is needed no more.
fn settle_in_place(program: &mut Program, uses: &mut Uses, step: &mut Step, i: usize) {
    let Some(in_place) = step.call.kernel.in_place else {
        return;
    };
    let operands = &step.call.operands;
    let is_free = |&k: &usize| uses.is_free(program, operands[k], i);
    let mut free = may_overwrite(program, &step.call)
        .into_iter()
        .filter(is_free);
    let (Some(k), Some(&to)) = (free.next(), operands.last()) else {
        return;
    };
    let from = operands[k];
    let root = program.root(from).0;
    program.buffers[to.0].storage = whole_of(program, from);
    uses.merge(root, to);
    step.call = overwriting(&step.call, in_place, k, to);
}

/// The call of the form of a kernel that overwrites its first operand, for operand `k`.
fn overwriting(
    call: &Call<BufferId>,
    kernel: &'static Kernel,
    k: usize,
    to: BufferId,
) -> Call<BufferId> {
    let mut operands = call.operands.clone();
    operands.pop();
    operands.swap(0, k);
    operands[0] = to;
    let swap = |i: usize| match i {
        0 => k,
        i if i == k => 0,
        i => i,
    };
    let closure = call
        .closure
        .as_ref()
        .map(|f| f.substitute(&mut |i, ty| Expr::Arg(swap(i), ty)));
    Call {
        kernel,
        params: call.params.clone(),
        closure,
        operands,
    }
}
