//! Residual additions and activations become part of the operator that makes their input.

use super::sweep;
use crate::diag::Diag;
use crate::ir::{Graph, Node, NodeId, ValueId};
use crate::ops::arithmetic::activation::Activate;
use crate::ops::arithmetic::elementwise::Map;
use mlc_runtime_core::kernels::activation::Activation;
use mlc_runtime_core::scalar::Expr;

/// Fuses in order, so that an activation after a residual addition finds the addition fused.
pub(super) fn run(graph: &mut Graph) -> Result<(), Diag> {
    sweep(graph, |graph, id| {
        if fuse_residual(graph, id)?.is_none() {
            fuse_activation(graph, id)?;
        }
        Ok(())
    })
}

/// The node that makes `value`, if it has an epilogue that does nothing yet and nobody else sees
/// its result.
fn host(graph: &Graph, value: ValueId) -> Option<Node> {
    let node = graph.node(graph.producer(value)?);
    let open = node.op.activation() == Some(Activation::Identity);
    (open && graph.is_used_once(value)).then(|| node.clone())
}

fn fuse_activation(graph: &mut Graph, id: NodeId) -> Result<Option<()>, Diag> {
    let node = graph.node(id).clone();
    let Some(Activate(activation)) = node.op_as() else {
        return Ok(None);
    };
    let Some(host) = node.input(0).and_then(|x| host(graph, x)) else {
        return Ok(None);
    };
    let Some(op) = host.op.with_activation(*activation) else {
        return Ok(None);
    };
    let y = graph.add_shared(&host.name, op, &host.inputs)?[0];
    replace(graph, node.outputs[0], y);
    Ok(Some(()))
}

fn fuse_residual(graph: &mut Graph, id: NodeId) -> Result<Option<()>, Diag> {
    let node = graph.node(id).clone();
    let Some(Expr::Call(function, args)) = node.op_as().map(|map: &Map| &map.function) else {
        return Ok(None);
    };
    let ("add", [Expr::Arg(..), Expr::Arg(..)]) = (function.name, &args[..]) else {
        return Ok(None);
    };
    // The second operand is usually the one computed last: the first is the skip.
    for (sum, skip) in [(1, 0), (0, 1)] {
        let (Some(sum), Some(skip)) = (node.input(sum), node.input(skip)) else {
            continue;
        };
        let Some(host) = host(graph, sum) else {
            continue;
        };
        if host.input(3).is_some() || !host.op.adds_residual() {
            continue;
        }
        if graph.ty(sum) != graph.ty(skip) || graph.constant(skip).is_some() {
            continue;
        }
        let mut inputs = host.inputs.clone();
        inputs.resize(4, None);
        inputs[3] = Some(skip);
        let y = graph.add_shared(&host.name, host.op, &inputs)?[0];
        replace(graph, node.outputs[0], y);
        return Ok(Some(()));
    }
    Ok(None)
}

fn replace(graph: &mut Graph, old: ValueId, new: ValueId) {
    graph.value_mut(new).name = graph.value(old).name.clone();
    graph.replace(old, new);
}
