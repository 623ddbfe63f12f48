//! Quantising what is quantised already, by the same scale, changes nothing.
//!
//! Exporters put a pair of operators around everything, data movement included. Without the pairs
//! that do nothing, paddings stand next to the windows that imply them.

use super::sweep;
use crate::diag::Diag;
use crate::ir::{Graph, NodeId, ValueId};
use crate::ops::integers::{Codes, codes};
use crate::ops::quantize::{Dequantize, Quantize};

/// How many operators a value is followed back through.
const MOST_MOVES: usize = 16;

pub(super) fn run(graph: &mut Graph) -> Result<(), Diag> {
    sweep(graph, |graph, id| remove(graph, id).map(drop))
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
