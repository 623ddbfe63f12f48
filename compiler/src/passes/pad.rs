//! Zeros around an image become padding that the windows sliding over it imply.
//!
//! Zeros in other places, such as further channels, stay.

use super::sweep;
use crate::diag::Diag;
use crate::ir::{Graph, NodeId, Op};
use crate::ops::layout::pad::Pad;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::arithmetic::activation::Activate;
    use crate::ops::layout::transpose::Transpose;
    use crate::ops::spatial::conv::Conv;
    use crate::ops::spatial::pool::{Kind, Pool};
    use crate::ops::support::testing::{Random, assert_same, f32s, names};
    use crate::ops::support::window::Window;
    use crate::tensor::Tensor;
    use mlc_runtime_core::kernels::activation::Activation;

    fn window(pads: (isize, isize), ceil: bool) -> Window {
        Window {
            kernel: vec![3, 2],
            stride: vec![2, 1],
            dilation: vec![1, 1],
            pads: vec![pads; 2],
            ceil,
        }
    }

    /// A padding of an image of 6 × 7 pixels and 2 channels, and what consumes it.
    fn padded(pads: &[(isize, isize)], value: f32, consumers: &[Arc<dyn Op>]) -> Graph {
        let mut graph = Graph::new("");
        let x = graph.add_input("x", f32s(&[1, 6, 7, 2]));
        let value = graph.add_constant("", Tensor::scalar(value));
        let pad = Pad { pads: pads.into() };
        let x = graph.add("", pad, &[Some(x), Some(value)]).unwrap()[0];
        let channels = graph.ty(x).shape[3];
        for op in consumers {
            let w = Random(1).tensor(&[3, 2, channels, 4]);
            let w = graph.add_constant("w", w);
            let inputs = [Some(x), Some(w)];
            let count = if op.name() == "Conv" { 2 } else { 1 };
            let y = graph.add_shared("", op.clone(), &inputs[..count]).unwrap()[0];
            graph.add_output("y", y);
        }
        graph
    }

    fn conv(pads: (isize, isize)) -> Arc<dyn Op> {
        Arc::new(Conv {
            window: window(pads, false),
            groups: 1,
            activation: Activation::Identity,
        })
    }

    fn pool(pads: (isize, isize), kind: Kind, ceil: bool) -> Arc<dyn Op> {
        let window = window(pads, ceil);
        Arc::new(Pool { window, kind })
    }

    fn after(mut graph: Graph) -> Vec<&'static str> {
        assert_same(&mut graph, |graph| run(graph).unwrap());
        names(&graph)
    }

    const SPATIAL: [(isize, isize); 4] = [(0, 0), (1, 2), (0, 3), (0, 0)];
    const COUNTED: Kind = Kind::Average {
        count_padding: true,
    };
    const UNCOUNTED: Kind = Kind::Average {
        count_padding: false,
    };

    #[test]
    fn convolutions_and_means_imply_zeros() {
        let two = [conv((0, 0)), conv((1, 1))];
        assert_eq!(after(padded(&SPATIAL, 0.0, &two)), ["Conv", "Conv"]);
        for (pads, kind) in [((1, 1), COUNTED), ((0, 0), COUNTED), ((0, 0), UNCOUNTED)] {
            let one = [pool(pads, kind, false)];
            assert_eq!(after(padded(&SPATIAL, 0.0, &one)), ["AveragePool"]);
        }
    }

    /// Channels first: padded, perhaps a function of each element, then transposed for the convolution.
    fn channels_first(between: bool, seen: bool) -> Graph {
        let mut graph = Graph::new("");
        let x = graph.add_input("x", f32s(&[1, 2, 6, 7]));
        let zero = graph.add_constant("", Tensor::scalar(0f32));
        let pads = vec![(0, 0), (0, 0), (1, 2), (0, 3)];
        let x = graph.add("", Pad { pads }, &[Some(x), Some(zero)]).unwrap()[0];
        let relu = Activate(Activation::Relu);
        let x = match between {
            true => graph.add("", relu, &[Some(x)]).unwrap()[0],
            false => x,
        };
        let last = Transpose(vec![0, 2, 3, 1]);
        let y = graph.add("", last, &[Some(x)]).unwrap()[0];
        let w = graph.add_constant("w", Random(1).tensor(&[3, 2, 2, 4]));
        let y = graph
            .add_shared("", conv((0, 0)), &[Some(y), Some(w)])
            .unwrap()[0];
        graph.add_output("y", y);
        if seen {
            graph.add_output("x", x);
        }
        graph
    }

    #[test]
    fn padding_above_a_transposition_is_implied_below_it() {
        let steps = |graph: &mut Graph| {
            super::super::transposes::run(graph).unwrap();
            run(graph).unwrap();
        };
        let after = |between, seen| {
            let mut graph = channels_first(between, seen);
            assert_same(&mut graph, steps);
            names(&graph)
        };
        assert_eq!(after(false, false), ["Transpose", "Conv"]);
        assert_eq!(after(true, false), ["Transpose", "Pad", "Relu", "Conv"]);
        assert_eq!(after(false, true), ["Pad", "Transpose", "Conv"]);
    }

    #[test]
    fn further_channels_stay() {
        let pads = [(0, 0), (1, 0), (0, 1), (0, 2)];
        let graph = padded(&pads, 0.0, &[conv((0, 0))]);
        assert_eq!(after(graph), ["Pad", "Conv"]);
    }

    #[test]
    fn what_is_not_the_same_stays_as_it_is() {
        let crop = [(0, 0), (-1, 0), (0, 0), (0, 0)];
        let batch = [(1, 0), (0, 0), (0, 0), (0, 0)];
        for graph in [
            padded(&SPATIAL, 1.0, &[conv((0, 0))]),
            padded(&crop, 0.0, &[conv((1, 1))]),
            padded(&batch, 0.0, &[conv((1, 1))]),
            padded(&SPATIAL, 0.0, &[pool((1, 1), UNCOUNTED, false)]),
            padded(&SPATIAL, 0.0, &[pool((0, 0), COUNTED, true)]),
            padded(&SPATIAL, 0.0, &[pool((0, 0), Kind::Max, false)]),
            padded(
                &SPATIAL,
                0.0,
                &[conv((0, 0)), pool((0, 0), Kind::Max, false)],
            ),
        ] {
            assert!(after(graph).contains(&"Pad"));
        }
    }
}
