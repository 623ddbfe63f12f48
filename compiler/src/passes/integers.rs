//! What lies between quantised values is computed on integers.

use super::sweep;
use crate::diag::Diag;
use crate::ir::{Graph, NodeId};
use crate::ops::quantize::Dequantize;

pub(super) fn run(graph: &mut Graph) -> Result<(), Diag> {
    sweep(graph, dequantize)
}

/// Constants that no operator on integers took are numbers like any other.
fn dequantize(graph: &mut Graph, id: NodeId) -> Result<(), Diag> {
    let node = graph.node(id);
    if node.op_as::<Dequantize>().is_some() {
        let output = node.outputs[0];
        graph.evaluate(output)?;
    }
    Ok(())
}
