//! What the interpreter computes on the way, as the tensors of the ONNX file that the network still knows.

use mlc_compiler::diag::Diag;
use mlc_compiler::interp;
use mlc_compiler::program::{BufferId, Program, Step};
use mlc_compiler::tensor::Tensor;
use mlc_runtime_core::table::Role;
use std::collections::HashMap;

/// A tensor of the ONNX file, as a step of the network computed it.
#[derive(Clone, Debug)]
pub struct Traced {
    /// Its name in the ONNX file.
    pub tensor: String,
    /// The step that finished it.
    pub step: usize,
    /// Its value, with the axes that it has in the file.
    pub value: Tensor,
}

/// Names of the tensors of the ONNX file that steps of the network compute.
pub fn tensors(program: &Program) -> Vec<String> {
    let written = program.steps.iter().flat_map(written);
    let sources = written.filter_map(|id| program.buffer(id).source.as_ref());
    sources.map(|source| source.tensor.clone()).collect()
}

/// Interprets the network on `inputs`: its outputs, and what it computed on the way, in order.
pub fn run(program: &Program, inputs: &[Tensor]) -> Result<(Vec<Tensor>, Vec<Traced>), Diag> {
    // Of a tensor that several steps write parts of, only the last state counts.
    let mut last: HashMap<BufferId, Vec<u8>> = HashMap::new();
    let outputs = interp::run_observed(program, inputs, &mut |id, bytes| {
        if program.buffer(id).source.is_some() {
            last.insert(id, bytes.to_vec());
        }
    })?;
    let finished: HashMap<BufferId, usize> = program
        .steps
        .iter()
        .enumerate()
        .flat_map(|(i, step)| written(step).map(move |id| (id, i)))
        .collect();
    let traced = last.into_iter().filter_map(|(id, bytes)| {
        let source = program.buffer(id).source.as_ref()?;
        let value = Tensor::from_bytes(program.buffer(id).ty.clone(), &bytes[..]).ok()?;
        Some(Traced {
            tensor: source.tensor.clone(),
            step: *finished.get(&id)?,
            value: value.untransposed(&source.perm)?,
        })
    });
    let mut traced: Vec<_> = traced.collect();
    traced.sort_by_key(|t| t.step);
    Ok((outputs, traced))
}

/// Interprets the network on `inputs`: its outputs, and the bytes that each step wrote, one operand after the other, as a watch is
/// told of them.
pub fn written_by_steps(
    program: &Program,
    inputs: &[Tensor],
) -> Result<(Vec<Tensor>, Vec<Vec<u8>>), Diag> {
    let steps = program.steps.iter().enumerate();
    let mut of = steps.flat_map(|(i, step)| written(step).map(move |_| i));
    let mut bytes = vec![Vec::new(); program.steps.len()];
    let outputs = interp::run_observed(program, inputs, &mut |_, now| {
        let own = of.next().and_then(|i| bytes.get_mut(i));
        own.into_iter().for_each(|own| own.extend_from_slice(now));
    })?;
    Ok((outputs, bytes))
}

fn written(step: &Step) -> impl Iterator<Item = BufferId> {
    let operands = step.call.kernel.operands.iter().zip(&step.call.operands);
    operands
        .filter(|(row, _)| matches!(row.role, Role::Write | Role::Update))
        .map(|(_, &id)| id)
}
