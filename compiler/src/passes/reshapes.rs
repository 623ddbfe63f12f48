//! Reshapes meet and become one, or none.
//!
//! They cost nothing, but they stand between operators that would be fused: an activation after a
//! squeezed convolution, say. So they sink below element-wise operators, as transpositions do. What
//! transposes nothing but axes of 1 is a reshape as well.

use super::sweep;
use crate::diag::Diag;
use crate::ir::{Graph, Node, NodeId, ValueId};
use crate::ops::layout::reshape::{Reshape, groups};
use crate::ops::layout::transpose::Transpose;

pub(super) fn run(graph: &mut Graph) -> Result<(), Diag> {
    sweep(graph, |graph, id| {
        if !merge(graph, id)? {
            sink(graph, id)?;
        }
        Ok(())
    })
}

/// Makes a reshape of a reshape one, or none, and reshapes of transpositions that move no data.
fn merge(graph: &mut Graph, id: NodeId) -> Result<bool, Diag> {
    let node = graph.node(id).clone();
    let Some(input) = node.input(0) else {
        return Ok(false);
    };
    let view = |t: &Transpose| t.is_view(&graph.ty(input).shape);
    if node.op_as::<Reshape>().is_none() && !node.op_as().is_some_and(view) {
        return Ok(false);
    }
    let source = reshaped(graph, input).unwrap_or(input);
    let shape = graph.ty(node.outputs[0]).shape.clone();
    let new = match graph.ty(source).shape == shape {
        true => source,
        false => add(graph, &node, Reshape(shape), &[Some(source)])?,
    };
    graph.replace(node.outputs[0], new);
    Ok(true)
}

/// What a value is a reshape of.
fn reshaped(graph: &Graph, value: ValueId) -> Option<ValueId> {
    graph.producer_as::<Reshape>(value)?.0.input(0)
}

fn add(
    graph: &mut Graph,
    old: &Node,
    op: impl crate::ir::Op,
    inputs: &[Option<ValueId>],
) -> Result<ValueId, Diag> {
    let new = graph.add(&old.name, op, inputs)?[0];
    graph.value_mut(new).name = graph.value(old.outputs[0]).name.clone();
    Ok(new)
}

/// Moves the reshapes of an element-wise operator's operands to its result.
fn sink(graph: &mut Graph, id: NodeId) -> Result<bool, Diag> {
    let node = graph.node(id).clone();
    if node.op.scalar_function().is_none() {
        return Ok(false);
    }
    let ty = graph.ty(node.outputs[0]).clone();
    let mut operands = node.inputs.iter().flatten();
    let Some(shape) = operands.find_map(|&v| {
        let from = reshaped(graph, v).filter(|_| graph.ty(v).shape == ty.shape)?;
        Some(graph.ty(from).shape.clone())
    }) else {
        return Ok(false);
    };
    let mut inputs = Vec::new();
    for &value in node.inputs.iter().flatten() {
        let Some(value) = unreshaped(graph, &node.name, value, &shape, &ty.shape)? else {
            return Ok(false);
        };
        inputs.push(Some(value));
    }
    let new = graph.add_shared(&node.name, node.op.clone(), &inputs)?[0];
    let new = add(graph, &node, Reshape(ty.shape), &[Some(new)])?;
    graph.replace(node.outputs[0], new);
    Ok(true)
}

/// What stands for an operand if the result has the shape `from` instead of `to`; `None` if that
/// takes more than there is already.
fn unreshaped(
    graph: &mut Graph,
    name: &str,
    value: ValueId,
    from: &[usize],
    to: &[usize],
) -> Result<Option<ValueId>, Diag> {
    let own = graph.ty(value).shape.clone();
    if let Some(source) = reshaped(graph, value)
        && graph.ty(source).shape == from
        && own == to
    {
        return Ok(Some(source));
    }
    let shape = match graph.ty(value).len() {
        1 => Some(Vec::new()),
        _ if graph.constant(value).is_some() => unbroadcast(&own, from, to),
        _ => None,
    };
    let Some(shape) = shape else { return Ok(None) };
    Ok(Some(graph.add(name, Reshape(shape), &[Some(value)])?[0]))
}

/// The shape that broadcasts to `from` as `own` does to `to`, a reshape of `from`.
fn unbroadcast(own: &[usize], from: &[usize], to: &[usize]) -> Option<Vec<usize>> {
    let mut padded = vec![1; to.len().checked_sub(own.len())?];
    padded.extend(own);
    let mut shape = vec![1; from.len()];
    for (of_from, of_to) in groups(from, to)? {
        if of_to.iter().all(|&d| padded[d] == to[d]) {
            of_from.iter().for_each(|&d| shape[d] = from[d]);
        } else if of_to.iter().any(|&d| padded[d] != 1) {
            return None;
        }
    }
    Some(shape)
}

#[cfg(test)]
mod tests {
    use super::unbroadcast;

    #[test]
    fn constants_follow_a_reshape() {
        // A bias of 8 channels after a squeeze, and one for each position.
        assert_eq!(
            unbroadcast(&[8], &[1, 5, 1, 8], &[1, 5, 8]),
            Some(vec![1, 1, 1, 8])
        );
        assert_eq!(
            unbroadcast(&[5, 1], &[1, 5, 1, 8], &[1, 5, 8]),
            Some(vec![1, 5, 1, 1])
        );
        assert_eq!(
            unbroadcast(&[20, 1], &[4, 5, 8], &[20, 8]),
            Some(vec![4, 5, 1])
        );
        assert_eq!(unbroadcast(&[5, 8], &[4, 5, 8], &[4, 40]), None);
        assert_eq!(unbroadcast(&[4, 1], &[20, 8], &[4, 5, 8]), None);
    }
}
