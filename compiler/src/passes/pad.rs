//! Zeros around an image become padding that the windows sliding over it imply.
//!
//! Zeros in other places, such as further channels, stay.

use super::sweep;
use crate::diag::Diag;
use crate::ir::{Graph, NodeId};
use crate::ops::Op;
use crate::ops::pad::Pad;
use std::sync::Arc;

/// Absorbs every padding all of whose consumers can imply it.
pub(super) fn run(graph: &mut Graph) -> Result<(), Diag> {
    sweep(graph, |graph, id| absorb(graph, id).map(drop))
}

fn absorb(graph: &mut Graph, id: NodeId) -> Result<Option<()>, Diag> {
    let node = graph.node(id).clone();
    let (Some(pad), Some(x), Some(zero)) = (node.op_as::<Pad>(), node.input(0), node.input(1))
    else {
        return Ok(None);
    };
    let is_zero = graph.constant(zero).and_then(|t| t.single::<f64>()) == Some(0.0);
    let output = node.outputs[0];
    let (spatial, rest) = split(&pad.pads);
    let adds = spatial
        .iter()
        .all(|&(before, after)| before >= 0 && after >= 0);
    let some = spatial.iter().any(|&p| p != (0, 0));
    if !is_zero || !adds || !some || graph.is_output(output) {
        return Ok(None);
    }
    let users = graph.users(output);
    let Some(widened) = widened(graph, users, &node, spatial) else {
        return Ok(None);
    };
    let x = match rest.iter().any(|&p| p != (0, 0)) {
        true => graph.add(&node.name, Pad { pads: rest }, &[Some(x), Some(zero)])?[0],
        false => x,
    };
    for (user, op) in widened {
        let user = graph.node(user).clone();
        let mut inputs = user.inputs.clone();
        inputs[0] = Some(x);
        let outputs = graph.add_shared(&user.name, op, &inputs)?;
        for (&old, new) in user.outputs.iter().zip(outputs) {
            graph.replace(old, new);
        }
    }
    Ok(Some(()))
}

type Pads = Vec<(isize, isize)>;

/// The padding of the spatial axes of `[N, spatial.., C]`, and that of all axes without it.
fn split(pads: &[(isize, isize)]) -> (&[(isize, isize)], Pads) {
    let end = pads.len().saturating_sub(1).max(1);
    let spatial = pads.get(1..end).unwrap_or(&[]);
    let mut rest = pads.to_vec();
    rest[..end].iter_mut().skip(1).for_each(|p| *p = (0, 0));
    (spatial, rest)
}

/// Each user of the padded value with the padding implied; `None` if one cannot imply it.
fn widened(
    graph: &Graph,
    users: &[NodeId],
    pad: &crate::ir::Node,
    spatial: &[(isize, isize)],
) -> Option<Vec<(NodeId, Arc<dyn Op>)>> {
    let output = pad.outputs[0];
    let widened = users.iter().map(|&id| {
        let user = graph.node(id);
        // Nobody but the sliding window sees the padded value.
        let once = user.inputs.iter().filter(|v| **v == Some(output)).count() == 1;
        let op = user.op.with_padding(spatial)?;
        (once && user.input(0) == Some(output)).then_some((id, op))
    });
    widened.collect()
}
