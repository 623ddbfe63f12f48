//! Quantising what is quantised already, by the same scale, changes nothing.
//!
//! Exporters put a pair of operators around everything, data movement included. Without the pairs
//! that do nothing, paddings stand next to the windows that imply them.

use super::sweep;
use crate::diag::Diag;
use crate::ir::{Graph, NodeId, ValueId};
use crate::ops::arithmetic::elementwise::Map;
use crate::ops::integers::{Codes, codes};
use crate::ops::quantisation::quantize::{Dequantize, Quantize};
use crate::tensor::DType;
use mlc_runtime_core::scalar::Expr;

/// How many operators a value is followed back through.
const MOST_MOVES: usize = 16;

pub(super) fn run(graph: &mut Graph) -> Result<(), Diag> {
    sweep(graph, |graph, id| {
        scaled(graph, id)?;
        remove(graph, id).map(drop)
    })
}

/// Exporters of weights alone write dequantisation as a conversion and a product.
fn scaled(graph: &mut Graph, id: NodeId) -> Result<Option<()>, Diag> {
    let node = graph.node(id).clone();
    let Some(Expr::Call(function, args)) = node.op_as::<Map>().map(|map| &map.function) else {
        return Ok(None);
    };
    let ("mul", [Expr::Arg(a, _), Expr::Arg(b, _)]) = (function.name, &args[..]) else {
        return Ok(None);
    };
    for (x, scale) in [(*a, *b), (*b, *a)] {
        let (Some(x), Some(scale)) = (node.input(x), node.input(scale)) else {
            continue;
        };
        let (Some(codes), Some(_)) = (converted(graph, x), graph.constant(scale)) else {
            continue;
        };
        let from = graph.ty(codes).dtype;
        let op = Dequantize {
            from,
            has_zero: false,
        };
        let y = graph.add(&node.name, op, &[Some(codes), Some(scale)])?[0];
        if graph.ty(y) == graph.ty(node.outputs[0]) {
            graph.replace(node.outputs[0], y);
            return Ok(Some(()));
        }
    }
    Ok(None)
}

/// The constant of bytes that a value is the same in `f32` as.
fn converted(graph: &Graph, value: ValueId) -> Option<ValueId> {
    let (node, map) = graph.producer_as::<Map>(value)?;
    let Expr::Call(function, args) = &map.function else {
        return None;
    };
    let x = node
        .input(0)
        .filter(|_| function.name == "to_f32" && args.len() == 1)?;
    let tensor = graph.constant(x)?;
    matches!(tensor.ty.dtype, DType::I8 | DType::U8).then_some(x)
}

/// Replaces what is quantised and dequantised by what it was, if that is what it is still.
fn remove(graph: &mut Graph, id: NodeId) -> Result<Option<()>, Diag> {
    let node = graph.node(id).clone();
    if node.op_as::<Dequantize>().is_none() {
        return Ok(None);
    }
    let output = node.outputs[0];
    let (Some(pair), Some(quantized)) = (codes(graph, output), node.input(0)) else {
        return Ok(None);
    };
    let Some((quantize, _)) = graph.producer_as::<Quantize>(quantized) else {
        return Ok(None);
    };
    let (quantize, Some(x)) = (quantize.clone(), quantize.input(0)) else {
        return Ok(None);
    };
    let same = super::integers::target(graph, &quantize).is_some_and(|to| to.is(&pair));
    if same && consists_of(graph, x, &pair, MOST_MOVES) {
        graph.replace(output, x);
        return Ok(Some(()));
    }
    Ok(None)
}

/// Whether every element of `value` is a multiple of the scale within range.
fn consists_of(graph: &Graph, value: ValueId, pair: &Codes, depth: usize) -> bool {
    if let Some(own) = codes(graph, value) {
        return own.is_alike(pair);
    }
    if let Some(tensor) = graph.constant(value) {
        return tensor
            .to_vec::<f32>()
            .is_some_and(|x| x.iter().all(|&x| x == 0.0));
    }
    let Some(producer) = graph.producer(value).filter(|_| depth > 0) else {
        return false;
    };
    let node = graph.node(producer);
    let Some(data) = node.op.moves(node.inputs.len()) else {
        return false;
    };
    let mut inputs = node.inputs.iter().zip(data).filter(|(_, data)| *data);
    inputs.all(|(v, _)| v.is_some_and(|v| consists_of(graph, v, pair, depth - 1)))
}
