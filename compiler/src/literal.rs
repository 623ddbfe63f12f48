//! How far operators on integers are from the graph as it is written.
//!
//! Written out, a quantised graph computes in floating point between its quantisations. [`compare`]
//! interprets that, and then the compiled program, in which every tensor is replaced by the written
//! graph's as soon as it was computed: so each layer is judged by its own doing, given the same inputs.

use crate::diag::{Diag, Diags};
use crate::ir::Source;
use crate::ops::transpose::inverse;
use crate::program::{BufferId, Program};
use crate::tensor::{DType, Tensor, TensorType};
use crate::{Compiled, compile_observed, interp, onnx};
use mlc_runtime_core::table::Role;
use serde::Serialize;
use std::collections::HashMap;

/// How far a quantised tensor is from what it would be if its layer were computed as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LayerDifference {
    /// The layer.
    pub layer: String,
    /// The operator.
    pub operator: String,
    /// The tensor's name in the ONNX file.
    pub tensor: String,
    /// How many elements it has.
    pub elements: usize,
    /// How many of them differ.
    pub differing: usize,
    /// By how many steps of the scale, at most.
    pub steps: i64,
}

/// Compares every quantised tensor of a compiled model with the model as it is written, layer by layer.
pub fn compare(
    model: &onnx::Model,
    compiled: &Compiled,
    inputs: &[Tensor],
) -> Result<Vec<LayerDifference>, Diags> {
    let written = compile_observed(model, Default::default(), &[], &mut |_, _| ())?;
    let tensors = tensors(&written.program, inputs)?;
    let mut differences = Vec::new();
    let program = &compiled.program;
    let makers = makers(program);
    let known = known(program, &makers);
    interp::run_observed(program, inputs, &mut |id, bytes| {
        let Some(buffer) = known.get(&id).map(|&id| program.buffer(id)) else {
            return;
        };
        let Some(expected) = buffer.source.as_ref().and_then(|s| in_order(&tensors, s)) else {
            return;
        };
        if expected.ty != buffer.ty {
            return;
        }
        let step = makers.get(&id).map(|&i| &program.steps[i]);
        if let (Some((differing, steps)), Some(step)) = (distance(bytes, &expected), step) {
            differences.push(LayerDifference {
                layer: step.layer.clone(),
                operator: step.operator.clone(),
                tensor: buffer
                    .source
                    .as_ref()
                    .map_or_else(String::new, |s| s.tensor.clone()),
                elements: buffer.len(),
                differing,
                steps,
            });
        }
        bytes.copy_from_slice(expected.bytes());
    })?;
    Ok(differences)
}

/// For each buffer one with a name in the file that holds the same bytes: itself, or another shape of it.
fn known(program: &Program, makers: &HashMap<BufferId, usize>) -> HashMap<BufferId, BufferId> {
    let ids = (0..program.buffers.len()).map(BufferId);
    let named = ids.filter(|&id| program.buffer(id).source.is_some());
    let mut known = HashMap::new();
    for id in named {
        let (root, offset) = program.root(id);
        known.insert(id, id);
        // What is written over another buffer is not that one by another name.
        let shape = offset == 0 && !makers.contains_key(&id);
        if shape && program.buffer(root).bytes() == program.buffer(id).bytes() {
            known.entry(root).or_insert(id);
        }
    }
    known
}

/// The last step that writes each buffer.
fn makers(program: &Program) -> HashMap<BufferId, usize> {
    let mut makers = HashMap::new();
    for (i, step) in program.steps.iter().enumerate() {
        let roles = step.call.kernel.operands.iter().map(|operand| operand.role);
        let written = roles
            .zip(&step.call.operands)
            .filter(|(role, _)| *role != Role::Read);
        makers.extend(written.map(|(_, &id)| (id, i)));
    }
    makers
}

/// Every tensor of the file, by name.
fn tensors(
    program: &Program,
    inputs: &[Tensor],
) -> Result<HashMap<String, (Vec<usize>, Tensor)>, Diag> {
    let mut tensors = HashMap::new();
    interp::run_observed(program, inputs, &mut |id, bytes| {
        let buffer = program.buffer(id);
        let tensor = Tensor::from_bytes(buffer.ty.clone(), &*bytes);
        if let (Some(source), Ok(tensor)) = (&buffer.source, tensor) {
            tensors.insert(source.tensor.clone(), (source.perm.clone(), tensor));
        }
    })?;
    Ok(tensors)
}

/// A tensor with its axes in the order that `source` says.
fn in_order(tensors: &HashMap<String, (Vec<usize>, Tensor)>, source: &Source) -> Option<Tensor> {
    let (perm, tensor) = tensors.get(&source.tensor)?;
    let perm = crate::ops::transpose::permute(&source.perm, &inverse(perm));
    let op = crate::ops::transpose::Transpose(perm);
    interp::evaluate(&op, &[Some(tensor)]).ok()?.pop()
}

/// How many elements differ, and by how much at most; `None` unless they are quantised.
fn distance(bytes: &[u8], expected: &Tensor) -> Option<(usize, i64)> {
    let TensorType { dtype, .. } = expected.ty;
    if !matches!(dtype, DType::I8 | DType::U8 | DType::I16 | DType::U16) {
        return None;
    }
    let computed = Tensor::from_bytes(expected.ty.clone(), bytes).ok()?;
    let (computed, expected) = (computed.to_vec::<i64>()?, expected.to_vec::<i64>()?);
    let steps = computed.iter().zip(&expected).map(|(a, b)| (a - b).abs());
    let differing = steps.clone().filter(|&d| d > 0).count();
    Some((differing, steps.max().unwrap_or(0)))
}
