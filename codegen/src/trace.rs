//! What the interpreter computes on the way, as the tensors of the ONNX file that the network still knows.

use mlc_compiler::diag::Diag;
use mlc_compiler::interp;
use mlc_compiler::program::{BufferId, Program, Step};
use mlc_compiler::tensor::{Tensor, TensorType};
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
            value: untransposed(&value, &source.perm)?,
        })
    });
    let mut traced: Vec<_> = traced.collect();
    traced.sort_by_key(|t| t.step);
    Ok((outputs, traced))
}

fn written(step: &Step) -> impl Iterator<Item = BufferId> {
    let operands = step.call.kernel.operands.iter().zip(&step.call.operands);
    operands
        .filter(|(row, _)| matches!(row.role, Role::Write | Role::Update))
        .map(|(_, &id)| id)
}

/// The tensor `x` for which `value` is `transpose(x, perm)`; `None` if elements are not whole bytes or `perm`
/// does not fit.
fn untransposed(value: &Tensor, perm: &[usize]) -> Option<Tensor> {
    let shape = &value.ty.shape;
    let size = value.ty.dtype.bits() / 8;
    if perm.len() != shape.len() || size == 0 {
        return None;
    }
    let mut original = vec![0; shape.len()];
    for (&axis, &len) in perm.iter().zip(shape) {
        *original.get_mut(axis)? = len;
    }
    // How far apart in `x` neighbours along each axis of `value` are.
    let stride = |axis: &usize| original[axis + 1..].iter().product::<usize>();
    let strides: Vec<usize> = perm.iter().map(stride).collect();
    let mut bytes = vec![0; value.bytes().len()];
    for (i, element) in value.bytes().chunks_exact(size).enumerate() {
        let (mut rest, mut at) = (i, 0);
        for (&len, &stride) in shape.iter().zip(&strides).rev() {
            at += rest % len * stride;
            rest /= len;
        }
        bytes
            .get_mut(at * size..(at + 1) * size)?
            .copy_from_slice(element);
    }
    Tensor::from_bytes(TensorType::new(value.ty.dtype, original), &bytes[..]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_go_back_to_where_they_were() {
        let value = Tensor::new([3, 2], &[0_i64, 10, 1, 11, 2, 12]);
        let original = untransposed(&value, &[1, 0]).unwrap();
        assert!(original.identical(&Tensor::new([2, 3], &[0_i64, 1, 2, 10, 11, 12])));
        let value = Tensor::new([1, 2, 2, 1], &[0_i64, 1, 2, 3]);
        let original = untransposed(&value, &[0, 2, 3, 1]).unwrap();
        assert!(original.identical(&Tensor::new([1, 1, 2, 2], &[0_i64, 1, 2, 3])));
        assert!(untransposed(&value, &[0, 1]).is_none());
    }
}
