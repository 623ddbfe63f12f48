//! Scales and offsets of channels move into weights and bias.
//!
//! Batch normalisation was imported as a multiplication and an addition by constants. After a
//! convolution or a matrix product with constant weights both disappear:
//! `(x · w + b) · s + t = x · (w · s) + (b · s + t)`, with `s` and `t` per output channel.

use super::sweep;
use crate::diag::Diag;
use crate::ir::{Graph, Node, NodeId, ValueId};
use crate::ops::arithmetic::elementwise::Map;
use crate::ops::layout::reshape::Reshape;
use crate::tensor::{DType, Tensor};
use mlc_runtime_core::kernels::activation::Activation;
use mlc_runtime_core::scalar::{ElementType, Expr, Scalar};

/// Folds every multiplication and addition by constants that follows an operator with weights.
pub(super) fn run(graph: &mut Graph) -> Result<(), Diag> {
    sweep(graph, |graph, id| fold(graph, id).map(drop))
}

/// An element-wise function of one variable value: what is done to it, and by which constant.
struct Affine {
    function: &'static str,
    value: ValueId,
    constant: ValueId,
}

fn fold(graph: &mut Graph, id: NodeId) -> Result<Option<()>, Diag> {
    let node = graph.node(id).clone();
    let Some(affine) = affine(graph, &node) else {
        return Ok(None);
    };
    let Some(producer) = graph.producer(affine.value) else {
        return Ok(None);
    };
    let host = graph.node(producer).clone();
    let plain = host.op.activation() == Some(Activation::Identity) && host.input(3).is_none();
    let same_type = graph.ty(affine.value) == graph.ty(node.outputs[0]);
    if !plain || !same_type || !graph.is_used_once(affine.value) {
        return Ok(None);
    }
    let Some(w) = host.input(1).filter(|&w| graph.constant(w).is_some()) else {
        return Ok(None);
    };
    let Some(&channels) = graph.ty(w).shape.last() else {
        return Ok(None);
    };
    let Some(c) = per_channel(graph, &affine, channels)? else {
        return Ok(None);
    };
    let bias = match host.input(2) {
        Some(bias) => bias,
        None => graph.add_constant(&host.name, Tensor::new([channels], &vec![0f32; channels])),
    };
    let mut inputs = host.inputs.clone();
    inputs.resize(inputs.len().max(3), None);
    if matches!(affine.function, "mul" | "div") {
        inputs[1] = Some(apply(graph, &host.name, affine.function, w, c)?);
    }
    inputs[2] = Some(apply(graph, &host.name, affine.function, bias, c)?);
    let y = graph.add_shared(&host.name, host.op, &inputs)?[0];
    graph.replace(node.outputs[0], y);
    Ok(Some(()))
}

/// What `node` does to the only input that is not constant, if it is one of the four operations.
fn affine(graph: &mut Graph, node: &Node) -> Option<Affine> {
    let map = node.op_as::<Map>().filter(|map| map.dtype == DType::F32)?;
    let Expr::Call(function, args) = &map.function else {
        return None;
    };
    let swappable = matches!(function.name, "add" | "mul");
    let function = ["add", "sub", "mul", "div"]
        .into_iter()
        .find(|&f| f == function.name)?;
    let (value, other) = match &args[..] {
        [Expr::Arg(i, _), other] if is_variable(graph, node, *i) => (*i, other),
        [other, Expr::Arg(i, _)] if swappable && is_variable(graph, node, *i) => (*i, other),
        _ => return None,
    };
    let constant = match other {
        Expr::Arg(j, _) => node.input(*j).filter(|&v| graph.constant(v).is_some())?,
        Expr::Const(Scalar::F32(x)) => graph.add_constant(&node.name, Tensor::scalar(*x)),
        _ => return None,
    };
    Some(Affine {
        function,
        value: node.input(value)?,
        constant,
    })
}

fn is_variable(graph: &Graph, node: &Node, i: usize) -> bool {
    node.input(i).is_some_and(|v| graph.constant(v).is_none())
}

/// The constant as one number for each channel, or one for all; `None` if it varies otherwise.
fn per_channel(
    graph: &mut Graph,
    affine: &Affine,
    channels: usize,
) -> Result<Option<ValueId>, Diag> {
    let ty = graph.ty(affine.constant).clone();
    let last = ty.shape.last().copied().unwrap_or(1);
    if ty.len() != last || (last != 1 && last != channels) {
        return Ok(None);
    }
    let name = graph.value(affine.constant).name.clone();
    Ok(Some(
        graph.add(&name, Reshape(vec![last]), &[Some(affine.constant)])?[0],
    ))
}

fn apply(
    graph: &mut Graph,
    name: &str,
    function: &str,
    x: ValueId,
    c: ValueId,
) -> Result<ValueId, Diag> {
    let args = [
        Expr::Arg(0, ElementType::F32),
        Expr::Arg(1, ElementType::F32),
    ];
    let function = crate::ops::arithmetic::elementwise::scalar(function, args)?;
    let y = graph.add(
        name,
        Map {
            function,
            dtype: DType::F32,
        },
        &[Some(x), Some(c)],
    )?[0];
    graph.evaluate(y)?;
    Ok(y)
}
