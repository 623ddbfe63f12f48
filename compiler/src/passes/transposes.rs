//! Transpositions sink towards the outputs, meet, and cancel.
//!
//! An operator whose inputs are transposed all alike computes on what was there before the
//! transposition, and its output is transposed instead, if the operator knows how
//! ([`Op::permuted`]). Two transpositions in a row are one or none.
//!
//! Padding is the exception: windows that imply it look for it next to them, so what could not sink rises above it,
//! and moves fewer bytes there.

use super::sweep;
use crate::diag::Diag;
use crate::ir::{Graph, Node, NodeId, Op, ValueId};
use crate::ops::layout::pad::Pad;
use crate::ops::layout::reshape::Reshape;
use crate::ops::layout::transpose::{Transpose, inverse, is_identity, permute};
use std::sync::Arc;

/// Sinks and cancels until nothing changes.
pub(super) fn run(graph: &mut Graph) -> Result<(), Diag> {
    name_sources(graph);
    loop {
        let mut changed = false;
        sweep(graph, |graph, id| {
            changed |= merge(graph, id)? || sink(graph, id)?;
            Ok(())
        })?;
        if !changed {
            return sweep(graph, rise);
        }
        *graph = graph.compact();
    }
}

/// Moves a transposition above padding, and above what applies one function to each element on the way there.
fn rise(graph: &mut Graph, id: NodeId) -> Result<(), Diag> {
    let node = graph.node(id).clone();
    let Some(Transpose(perm)) = node.op_as::<Transpose>() else {
        return Ok(());
    };
    let Some((source, path)) = node.input(0).and_then(|x| to_pad(graph, x, perm)) else {
        return Ok(());
    };
    let mut value = graph.add(&node.name, Transpose(perm.clone()), &[Some(source)])?[0];
    for (node, op) in path.into_iter().rev() {
        let mut inputs = node.inputs.clone();
        inputs[0] = Some(value);
        value = graph.add_shared(&node.name, op, &inputs)?[0];
    }
    let old = graph.value(node.outputs[0]);
    let (name, source) = (old.name.clone(), old.source.clone());
    let new = graph.value_mut(value);
    (new.name, new.source) = (name, source);
    graph.replace(node.outputs[0], value);
    Ok(())
}

/// A node, and the operator that stands for it on permuted axes.
type Rewritten = (Node, Arc<dyn Op>);

/// What is padded above `value`, and the nodes from there down to the padding, each with the operator that works on
/// permuted axes; nobody else may see what they yield.
fn to_pad(graph: &Graph, mut value: ValueId, perm: &[usize]) -> Option<(ValueId, Vec<Rewritten>)> {
    let mut path = Vec::new();
    loop {
        let id = graph
            .producer(value)
            .filter(|_| graph.is_used_once(value))?;
        let node = graph.node(id).clone();
        let is_pad = node.op_as::<Pad>().is_some();
        if !is_pad && node.op.scalar_function().is_none() {
            return None;
        }
        value = node.input(0)?;
        let types: Vec<_> = node.inputs.iter().map(|v| v.map(|v| graph.ty(v))).collect();
        if graph.ty(value).rank() != perm.len() {
            return None;
        }
        let permuted = node.op.permuted(perm, &types)?;
        let data = permuted.inputs.iter().filter(|&&data| data).count();
        if data != 1 || !permuted.inputs[0] || permuted.output != perm || node.outputs.len() != 1 {
            return None;
        }
        path.push((node, permuted.op));
        if is_pad {
            return Some((value, path));
        }
    }
}

/// Makes a transposition of a transposition one, or none.
fn merge(graph: &mut Graph, id: NodeId) -> Result<bool, Diag> {
    let node = graph.node(id);
    let Some(outer) = node.op_as::<Transpose>() else {
        return Ok(false);
    };
    let (name, output) = (node.name.clone(), node.outputs[0]);
    let Some(input) = node.input(0) else {
        return Ok(false);
    };
    let (source, perm) = match graph.producer_as::<Transpose>(input) {
        Some((inner_node, inner)) => (inner_node.input(0), permute(&outer.0, &inner.0)),
        None => (Some(input), outer.0.clone()),
    };
    let Some(source) = source.filter(|&s| s != input || is_identity(&perm)) else {
        return Ok(false);
    };
    let new = match is_identity(&perm) {
        true => source,
        false => graph.add(&name, Transpose(perm), &[Some(source)])?[0],
    };
    graph.replace(output, new);
    Ok(true)
}

/// Moves the transpositions of a node's inputs to its outputs, if more bytes lose one than gain one.
fn sink(graph: &mut Graph, id: NodeId) -> Result<bool, Diag> {
    let node = graph.node(id).clone();
    if node.op_as::<Transpose>().is_some() {
        return Ok(false);
    }
    let mut perms: Vec<Vec<usize>> = Vec::new();
    for &input in node.inputs.iter().flatten() {
        if let Some((_, t)) = graph.producer_as::<Transpose>(input)
            && !perms.contains(&t.0)
        {
            perms.push(t.0.clone());
        }
    }
    for perm in perms {
        if sink_one(graph, &node, &perm)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn sink_one(graph: &mut Graph, node: &Node, perm: &[usize]) -> Result<bool, Diag> {
    let undo = inverse(perm);
    let types: Vec<_> = node.inputs.iter().map(|v| v.map(|v| graph.ty(v))).collect();
    let Some(permuted) = node.op.permuted(&undo, &types) else {
        return Ok(false);
    };
    let data = || {
        node.inputs
            .iter()
            .zip(&permuted.inputs)
            .filter(|(_, p)| **p)
    };
    let (mut gained, mut lost) = (0, 0);
    for (&input, _) in data() {
        let Some(input) = input else { continue };
        let bytes = graph.ty(input).bytes();
        match graph.producer_as::<Transpose>(input) {
            Some((_, t)) if t.0 == perm => lost += bytes,
            _ if graph.constant(input).is_some() => {}
            _ => gained += bytes,
        }
    }
    if lost <= gained {
        return Ok(false);
    }
    let mut inputs = node.inputs.clone();
    for (input, &is_data) in inputs.iter_mut().zip(&permuted.inputs) {
        if let (true, Some(value)) = (is_data, *input) {
            *input = Some(untransposed(graph, &node.name, value, &undo)?);
        }
    }
    let outputs = graph.add_shared(&node.name, permuted.op, &inputs)?;
    let restore = inverse(&permuted.output);
    for (&old, new) in node.outputs.iter().zip(outputs) {
        let back = graph.add(&node.name, Transpose(restore.clone()), &[Some(new)])?[0];
        name_source(graph, new, old, &restore);
        graph.replace(old, back);
    }
    Ok(true)
}

/// `transpose(value, perm)`, in whichever way is cheapest. Lower ranks are filled up with ones first.
fn untransposed(
    graph: &mut Graph,
    name: &str,
    value: ValueId,
    perm: &[usize],
) -> Result<ValueId, Diag> {
    let mut shape = graph.ty(value).shape.clone();
    let mut value = value;
    if shape.len() < perm.len() {
        shape.splice(0..0, vec![1; perm.len() - shape.len()]);
        value = graph.add(name, Reshape(shape), &[Some(value)])?[0];
    }
    if let Some((node, t)) = graph.producer_as::<Transpose>(value)
        && is_identity(&permute(perm, &t.0))
        && let Some(source) = node.input(0)
    {
        return Ok(source);
    }
    Ok(graph.add(name, Transpose(perm.into()), &[Some(value)])?[0])
}

/// What a transposition yields has a name in the ONNX file; so has what it reads, up to order.
fn name_sources(graph: &mut Graph) {
    for id in graph.order().into_iter().rev() {
        let node = graph.node(id);
        let Some(transpose) = node.op_as::<Transpose>() else {
            continue;
        };
        let (perm, output) = (transpose.0.clone(), node.outputs[0]);
        if let Some(input) = node.input(0) {
            name_source(graph, input, output, &perm);
        }
    }
}

/// Names `value` after `transposed`, which is `transpose(value, perm)`, if it has no name yet.
fn name_source(graph: &mut Graph, value: ValueId, transposed: ValueId, perm: &[usize]) {
    let source = graph.value(transposed).source.clone();
    if let (Some(mut source), None) = (source, &graph.value(value).source) {
        source.perm = permute(&inverse(perm), &source.perm);
        let name = source.tensor.clone();
        let value = graph.value_mut(value);
        (value.name, value.source) = (name, Some(source));
    }
}
