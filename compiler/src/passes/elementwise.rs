//! Chains of element-wise operators become one loop.

use super::sweep;
use crate::diag::Diag;
use crate::ir::{Graph, Node, NodeId, ValueId};
use crate::ops::arithmetic::elementwise::{MAX_OPERANDS, Map};
use mlc_runtime_core::scalar::Expr;

/// Function calls that one loop may make for an element.
const MAX_CALLS: usize = 48;

/// Pulls the functions of producers into their only consumers, first producers first.
pub(super) fn run(graph: &mut Graph) -> Result<(), Diag> {
    sweep(graph, fuse)
}

fn fuse(graph: &mut Graph, id: NodeId) -> Result<(), Diag> {
    let node = graph.node(id).clone();
    let Some(mut function) = node.op.scalar_function() else {
        return Ok(());
    };
    let mut inputs: Vec<ValueId> = node.inputs.iter().flatten().copied().collect();
    let mut fused = false;
    while let Some((i, producer)) = next_producer(graph, &node, &inputs) {
        let Some(inner) = producer.op.scalar_function() else {
            break;
        };
        let (new_function, new_inputs) = substitute(&function, &inputs, i, &inner, &producer);
        if operands(graph, &new_inputs) > MAX_OPERANDS || new_function.calls() > MAX_CALLS {
            break;
        }
        (function, inputs, fused) = (new_function, new_inputs, true);
    }
    if fused {
        let dtype = graph.ty(node.outputs[0]).dtype;
        let inputs: Vec<_> = inputs.into_iter().map(Some).collect();
        let y = graph.add(&node.name, Map { function, dtype }, &inputs)?[0];
        graph.value_mut(y).name = graph.value(node.outputs[0]).name.clone();
        graph.replace(node.outputs[0], y);
    }
    Ok(())
}

/// An input that an element-wise node makes for this node alone, one element for each of the
/// output's, and that node.
fn next_producer(graph: &Graph, node: &Node, inputs: &[ValueId]) -> Option<(usize, Node)> {
    let shape = &graph.ty(node.outputs[0]).shape;
    inputs.iter().enumerate().find_map(|(i, &input)| {
        let producer = graph.node(graph.producer(input)?);
        let users = graph.users(input);
        let alone = !graph.is_output(input) && users.windows(2).all(|u| u[0] == u[1]);
        let fits = alone && graph.ty(input).shape == *shape;
        (fits && producer.op.scalar_function().is_some()).then(|| (i, producer.clone()))
    })
}

/// `function` with its `i`-th operand replaced by `inner` of the producer's operands.
fn substitute(
    function: &Expr,
    inputs: &[ValueId],
    i: usize,
    inner: &Expr,
    producer: &Node,
) -> (Expr, Vec<ValueId>) {
    let replaced = inputs[i];
    let mut new: Vec<ValueId> = inputs.iter().copied().filter(|&v| v != replaced).collect();
    let mut position = |v: ValueId| {
        new.iter().position(|&n| n == v).unwrap_or_else(|| {
            new.push(v);
            new.len() - 1
        })
    };
    let own: Vec<_> = producer.inputs.iter().flatten().copied().collect();
    let inner = inner.substitute(&mut |k, ty| Expr::Arg(position(own[k]), ty));
    let function = function.substitute(&mut |k, ty| match inputs[k] {
        v if v == replaced => inner.clone(),
        v => Expr::Arg(position(v), ty),
    });
    (function, new)
}

/// Operands that a loop over `inputs` reads: single constants are part of its function.
fn operands(graph: &Graph, inputs: &[ValueId]) -> usize {
    let read = |v: &&ValueId| graph.constant(**v).is_none() || graph.ty(**v).len() != 1;
    inputs.iter().filter(read).count()
}
