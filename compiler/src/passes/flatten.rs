//! A dense layer after a flattened image takes the image in the order it has.
//!
//! Exporters flatten channels-first images. `MatMul(Reshape(Transpose(x)), w)` becomes
//! `MatMul(Reshape(x), w')`, the rows of the constant `w` in the order of `x`.

use super::sweep;
use crate::diag::Diag;
use crate::ir::{Graph, NodeId};
use crate::ops::layout::reshape::Reshape;
use crate::ops::layout::transpose::{Transpose, inverse, permute};
use crate::ops::linear_algebra::matmul::MatMul;

pub(super) fn run(graph: &mut Graph) -> Result<(), Diag> {
    sweep(graph, |graph, id| reorder(graph, id).map(drop))
}

fn reorder(graph: &mut Graph, id: NodeId) -> Result<Option<()>, Diag> {
    let node = graph.node(id).clone();
    let Some(op) = node.op_as::<MatMul>() else {
        return Ok(None);
    };
    let (Some(x), Some(w)) = (node.input(0), node.input(1)) else {
        return Ok(None);
    };
    let Some(source) = flattened(graph, x) else {
        return Ok(None);
    };
    let [k, n] = graph.ty(w).shape[..] else {
        return Ok(None);
    };
    if graph.constant(w).is_none() {
        return Ok(None);
    }
    let (value, perm) = source;
    // The axes of one image, in the order in which `w` expects them and in that of `value`.
    let image: Vec<_> = perm[1..].iter().map(|&d| d - 1).collect();
    let here = graph.ty(value).shape[1..].to_vec();
    let (name, rows) = (&node.name, graph.ty(x).shape[0]);
    let mut expanded = permute(&image, &here);
    expanded.push(n);
    let mut order = inverse(&image);
    order.push(image.len());
    let w = graph.add(name, Reshape(expanded), &[Some(w)])?[0];
    let w = graph.add(name, Transpose(order), &[Some(w)])?[0];
    let w = graph.add(name, Reshape(vec![k, n]), &[Some(w)])?[0];
    let x = graph.add(name, Reshape(vec![rows, k]), &[Some(value)])?[0];
    let mut inputs = node.inputs.clone();
    (inputs[0], inputs[1]) = (Some(x), Some(w));
    let y = graph.add(name, op.clone(), &inputs)?[0];
    graph.replace(node.outputs[0], y);
    Ok(Some(()))
}

/// What `x` flattens: `x = Reshape(Transpose(value, perm))`, one row an image.
fn flattened(graph: &Graph, x: crate::ir::ValueId) -> Option<(crate::ir::ValueId, Vec<usize>)> {
    let (reshape, _) = graph.producer_as::<Reshape>(x)?;
    let (node, transpose) = graph.producer_as::<Transpose>(reshape.input(0)?)?;
    let value = node.input(0)?;
    let (shape, flat) = (&graph.ty(value).shape, &graph.ty(x).shape);
    let one_row_an_image = flat.len() == 2 && shape.first() == flat.first();
    (one_row_an_image && transpose.0.first() == Some(&0)).then(|| (value, transpose.0.clone()))
}
