//! Operators as the pass sees them: where channels are mixed, and where they stay what they are.

use crate::ir::{Graph, Node, ValueId};
use crate::ops::arithmetic::elementwise::Map;
use crate::ops::arithmetic::lookup::Lookup;
use crate::ops::integers::conv::ConvInt;
use crate::ops::integers::pool::AverageInt;
use crate::ops::layout::reshape::Reshape;
use crate::ops::linear_algebra::matmul::MatMul;
use crate::ops::spatial::conv::Conv;
use crate::ops::spatial::pool::{self, Pool};
use crate::tensor::{DType, Tensor};
use mlc_runtime_core::kernels::activation::Activation;

/// What an operator does with channels, which are the last axis.
pub(super) enum Kind<'a> {
    /// Each output channel is a sum over all input channels: here channels begin and end.
    Mixing(Linear<'a>),
    /// Each output channel is a sum over elements of the same input channel.
    Filter(Linear<'a>),
    /// Each output channel comes of the same channel of these inputs, all channels alike.
    Same(Vec<ValueId>),
    Other,
}

/// An operator with weights for each channel: a convolution or a matrix product.
pub(super) struct Linear<'a> {
    pub(super) weights: Weights<'a>,
    /// The operands with numbers for each output channel, the bias first, by their places.
    pub(super) numbers: Vec<(usize, Option<&'a Tensor>)>,
    /// Whether an output channel is made of one input channel alone.
    pub(super) is_filter: bool,
    /// Whether windows reach over borders.
    pub(super) padded: bool,
    pub(super) sums: Sums<'a>,
}

/// What is summed, and what becomes of the sums.
#[derive(Clone, Copy)]
pub(super) enum Sums<'a> {
    Integers(&'a ConvInt),
    Floats {
        activation: Activation,
        residual: Option<ValueId>,
        /// Otherwise it is a matrix product.
        conv: Option<&'a Conv>,
    },
}

impl Sums<'_> {
    /// What is added to the sums, channel by channel.
    pub(super) fn residual(&self) -> Option<ValueId> {
        match self {
            Sums::Integers(_) => None,
            Sums::Floats { residual, .. } => *residual,
        }
    }

    /// The constants with numbers for each channel; `None` if one of them is not constant.
    fn numbers<'a>(
        &self,
        graph: &'a Graph,
        node: &Node,
    ) -> Option<Vec<(usize, Option<&'a Tensor>)>> {
        let operands = match self {
            Sums::Integers(_) => 2..5,
            Sums::Floats { .. } => 2..3,
        };
        let constant = |i| match node.input(i) {
            Some(value) => Some((i, Some(graph.constant(value)?))),
            None => Some((i, None)),
        };
        operands.map(constant).collect()
    }

    /// What stands for 0, and for padding.
    pub(super) fn zero(&self) -> i32 {
        match self {
            Sums::Integers(conv) => conv.zero_x,
            Sums::Floats { .. } => 0,
        }
    }
}

/// Weights `[taps, inputs, outputs]`.
pub(super) struct Weights<'a> {
    pub(super) tensor: &'a Tensor,
    values: Values<'a>,
    pub(super) taps: usize,
    pub(super) inputs: usize,
    pub(super) outputs: usize,
}

#[derive(Clone, Copy)]
enum Values<'a> {
    I8(&'a [i8]),
    I16(&'a [i16]),
    F32(&'a [f32]),
}

impl<'a> Weights<'a> {
    fn of(graph: &'a Graph, node: &Node) -> Option<Self> {
        let tensor = graph.constant(node.input(1)?)?;
        let &[.., inputs, outputs] = &tensor.ty.shape[..] else {
            return None;
        };
        let values = match tensor.ty.dtype {
            DType::I8 => Values::I8(tensor.values()?),
            DType::I16 => Values::I16(tensor.values()?),
            DType::F32 => Values::F32(tensor.values()?),
            // Two in a byte are not taken apart again.
            _ => return None,
        };
        let taps = tensor.ty.len().checked_div(inputs * outputs)?;
        Some(Weights {
            tensor,
            values,
            taps,
            inputs,
            outputs,
        })
    }

    pub(super) fn at(&self, tap: usize, input: usize, output: usize) -> f64 {
        let i = (tap * self.inputs + input) * self.outputs + output;
        match self.values {
            Values::I8(values) => values[i].into(),
            Values::I16(values) => values[i].into(),
            Values::F32(values) => values[i].into(),
        }
    }

    /// Whether no output looks at an input channel.
    pub(super) fn ignore(&self, input: usize) -> bool {
        let taps = 0..self.taps;
        taps.into_iter()
            .all(|tap| (0..self.outputs).all(|m| self.at(tap, input, m) == 0.0))
    }
}

pub(super) fn kind<'a>(graph: &'a Graph, node: &'a Node) -> Kind<'a> {
    match linear(graph, node) {
        Some(linear) if linear.is_filter => Kind::Filter(linear),
        Some(linear) => Kind::Mixing(linear),
        None => same(graph, node).map_or(Kind::Other, Kind::Same),
    }
}

/// The input of a node that has channels.
pub(super) fn data(node: &Node) -> Option<ValueId> {
    node.input(0)
}

/// A node as an operator with weights for each channel, if it is one whose channels are all mixed or all apart.
pub(super) fn linear<'a>(graph: &'a Graph, node: &'a Node) -> Option<Linear<'a>> {
    let (sums, window, groups) = if let Some(conv) = node.op_as::<ConvInt>() {
        (Sums::Integers(conv), Some(&conv.window), conv.groups)
    } else if let Some(conv) = node.op_as::<Conv>() {
        let sums = floats(node, conv.activation, Some(conv));
        (sums, Some(&conv.window), conv.groups)
    } else {
        let product: &MatMul = node.op_as()?;
        (floats(node, product.activation, None), None, 1)
    };
    let weights = Weights::of(graph, node)?;
    let matrices = window.is_none() && weights.taps != 1;
    let is_filter = groups > 1;
    if matrices || is_filter && (weights.inputs, weights.outputs) != (1, groups) {
        return None;
    }
    let pads = window.map_or(&[][..], |window| &window.pads);
    Some(Linear {
        weights,
        numbers: sums.numbers(graph, node)?,
        padded: pads.iter().any(|&pads| pads != (0, 0)),
        is_filter,
        sums,
    })
}

fn floats<'a>(node: &Node, activation: Activation, conv: Option<&'a Conv>) -> Sums<'a> {
    let residual = node.input(3);
    Sums::Floats {
        activation,
        residual,
        conv,
    }
}

/// The inputs that have the channels of the output, if all of these are treated alike.
fn same(graph: &Graph, node: &Node) -> Option<Vec<ValueId>> {
    let x = data(node)?;
    let channels = |value| graph.ty(value).shape.last();
    let alone = node.op_as::<AverageInt>().is_some()
        || node
            .op_as::<Lookup>()
            .is_some_and(|_| has_one_table(graph, node))
        || node.op_as().is_some_and(is_plain_pool)
        || node.op_as::<Reshape>().is_some();
    if alone {
        return (channels(x)? == channels(node.outputs[0])?).then(|| vec![x]);
    }
    node.op_as::<Map>()?;
    let inputs: Vec<_> = node.inputs.iter().copied().collect::<Option<_>>()?;
    let is_number = |&value: &ValueId| graph.constant(value).is_some_and(|t| t.ty.len() == 1);
    let tied: Vec<_> = inputs.into_iter().filter(|v| !is_number(v)).collect();
    let alike = |&v: &ValueId| {
        graph.constant(v).is_none() && graph.ty(v).shape == graph.ty(node.outputs[0]).shape
    };
    (!tied.is_empty() && tied.iter().all(alike)).then_some(tied)
}

fn is_plain_pool(pool: &Pool) -> bool {
    matches!(pool.kind, pool::Kind::Max | pool::Kind::Average { .. })
}

/// Whether a lookup is in the same table for all channels.
pub(super) fn has_one_table(graph: &Graph, lookup: &Node) -> bool {
    lookup
        .input(1)
        .is_some_and(|table| graph.ty(table).rank() == 1)
}
