//! Operators with fewer channels.

use super::interval::Interval;
use super::kind::{Linear, Sums, Weights};
use crate::ir::{Graph, Node, Op, ValueId};
use crate::ops::integers::conv::ConvInt;
use crate::ops::layout::reshape::Reshape;
use crate::ops::spatial::conv::Conv;
use crate::tensor::{Tensor, TensorType};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Channels that an operator does without.
pub(super) struct Less<'a> {
    /// Of its input.
    pub(super) inputs: &'a BTreeSet<usize>,
    /// What the input's channels are.
    pub(super) constants: &'a [Interval],
    /// Of its output.
    pub(super) outputs: &'a BTreeSet<usize>,
}

/// An operator made anew, with new constants for some of its operands.
pub(super) struct Rebuilt {
    op: Arc<dyn Op>,
    constants: Vec<(usize, Tensor)>,
}

impl Rebuilt {
    /// The operator and its operands, the constants among them added to the graph.
    pub(super) fn placed(
        self,
        graph: &mut Graph,
        node: &Node,
    ) -> (Arc<dyn Op>, Vec<Option<ValueId>>) {
        let mut operands = node.inputs.clone();
        for (i, tensor) in self.constants {
            operands[i] = Some(graph.add_constant(&node.name, tensor));
        }
        (self.op, operands)
    }
}

impl Less<'_> {
    /// An operator without numbers for each channel.
    pub(super) fn of_shape(&self, node: &Node) -> Arc<dyn Op> {
        let Some(Reshape(shape)) = node.op_as() else {
            return node.op.clone();
        };
        let mut shape = shape.clone();
        if let Some(channels) = shape.last_mut() {
            *channels -= self.outputs.len();
        }
        Arc::new(Reshape(shape))
    }

    /// A convolution or a matrix product.
    pub(super) fn of(&self, node: &Node, linear: &Linear<'_>) -> Rebuilt {
        let w = &linear.weights;
        let none = BTreeSet::new();
        // Each filter has weights of its own: they go with its output.
        let inputs = if linear.is_filter { &none } else { self.inputs };
        let channels = w.outputs - self.outputs.len();
        let mut shape = w.tensor.ty.shape.clone();
        let rank = shape.len();
        (shape[rank - 2], shape[rank - 1]) = (w.inputs - inputs.len(), channels);
        let weights = without(w.tensor, w.inputs, inputs, self.outputs, shape);
        let mut constants = vec![(1, weights)];
        let kept = |tensor: &Tensor| match tensor.ty.len() == w.outputs {
            true => without(tensor, 1, &none, self.outputs, vec![channels]),
            // One number for all channels, or none.
            false => tensor.clone(),
        };
        let operands = linear.numbers.iter();
        constants.extend(operands.filter_map(|(i, tensor)| Some((*i, kept((*tensor)?)))));
        let groups = if linear.is_filter { channels } else { 1 };
        let op: Arc<dyn Op> = match linear.sums {
            Sums::Integers(conv) => {
                if !inputs.is_empty() {
                    let bias = self.folded(w, linear.numbers[0].1, conv.zero_x);
                    constants.retain(|(i, _)| *i != 2);
                    constants.push((2, kept(&bias)));
                }
                let conv = conv.clone();
                Arc::new(ConvInt {
                    channels,
                    groups,
                    ..conv
                })
            }
            Sums::Floats {
                conv: Some(conv), ..
            } => {
                let conv = conv.clone();
                Arc::new(Conv { groups, ..conv })
            }
            Sums::Floats { .. } => node.op.clone(),
        };
        Rebuilt { op, constants }
    }

    /// The bias, with what constant channels contribute to each sum.
    fn folded(&self, w: &Weights<'_>, bias: Option<&Tensor>, zero: i32) -> Tensor {
        let mut sums: Vec<i32> = bias.and_then(Tensor::to_vec).unwrap_or_default();
        sums.resize(w.outputs, 0);
        for &i in self.inputs {
            let element = self.constants.get(i).map_or(zero, |c| c.0 as i32);
            let step = f64::from(element - zero);
            for (m, sum) in sums.iter_mut().enumerate() {
                let products = (0..w.taps).map(|tap| (w.at(tap, i, m) * step) as i64);
                *sum = sum.wrapping_add(products.sum::<i64>() as i32);
            }
        }
        Tensor::new([w.outputs], &sums)
    }
}

/// Of `[.., rows, columns]` those rows and columns that are not dropped.
fn without(
    tensor: &Tensor,
    rows: usize,
    dropped_rows: &BTreeSet<usize>,
    dropped_columns: &BTreeSet<usize>,
    shape: Vec<usize>,
) -> Tensor {
    let ty = TensorType::new(tensor.ty.dtype, shape);
    let size = tensor.ty.bytes() / tensor.ty.len().max(1);
    let columns = tensor.ty.shape.last().copied().unwrap_or(1);
    let mut bytes = Vec::with_capacity(ty.bytes());
    for (i, row) in tensor
        .bytes()
        .chunks_exact((columns * size).max(1))
        .enumerate()
    {
        if dropped_rows.contains(&(i % rows)) {
            continue;
        }
        let kept = row.chunks_exact(size).enumerate();
        kept.filter(|(m, _)| !dropped_columns.contains(m))
            .for_each(|(_, element)| bytes.extend_from_slice(element));
    }
    Tensor::from_bytes(ty, &bytes[..]).expect("as many elements as stay")
}
