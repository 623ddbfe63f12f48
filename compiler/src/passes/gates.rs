//! `x · sigmoid(x)` is Silu, `x · hardsigmoid(x)` with the usual slope is HardSwish.

use crate::diag::Diag;
use crate::ir::{Graph, NodeId, ValueId};
use crate::ops::activation::Activate;
use crate::ops::elementwise::Map;
use mlc_runtime_core::kernels::activation::Activation;
use mlc_runtime_core::scalar::Expr;

pub(super) fn run(graph: &mut Graph) -> Result<(), Diag> {
    for id in graph.order() {
        let Some((x, activation)) = gated(graph, id) else {
            continue;
        };
        let node = graph.node(id);
        let (name, old) = (node.name.clone(), node.outputs[0]);
        let new = graph.add(&name, Activate(activation), &[Some(x)])?[0];
        graph.replace(old, new);
    }
    Ok(())
}

/// The value that node `id` multiplies by an activation of itself, and what that amounts to.
fn gated(graph: &Graph, id: NodeId) -> Option<(ValueId, Activation)> {
    let node = graph.node(id);
    let Expr::Call(function, args) = &node.op_as::<Map>()?.function else {
        return None;
    };
    let ("mul", [Expr::Arg(..), Expr::Arg(..)]) = (function.name, &args[..]) else {
        return None;
    };
    let (a, b) = (node.input(0)?, node.input(1)?);
    gate(graph, a, b).or_else(|| gate(graph, b, a))
}

fn gate(graph: &Graph, x: ValueId, gate: ValueId) -> Option<(ValueId, Activation)> {
    let (node, activate) = graph.producer_as::<Activate>(gate)?;
    let activation = match activate.0 {
        Activation::Sigmoid => Activation::Silu,
        Activation::HardSigmoid { alpha, beta: 0.5 } if (alpha - 1.0 / 6.0).abs() < 1e-7 => {
            Activation::HardSwish
        }
        _ => return None,
    };
    (node.input(0)? == x).then_some((x, activation))
}
