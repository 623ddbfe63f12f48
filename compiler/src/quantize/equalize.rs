//! Cross-layer equalisation: between two products a channel may be made smaller and its weights in the second product
//! larger by the same factor, which changes nothing in floats, but lets all channels make full use of the one scale
//! that they share.
//!
//! The idea is that of M. Nagel et al., *Data-Free Quantization Through Weight Equalization and Bias Correction*, ICCV
//! 2019, section 4.1. There the weights of both products have one scale each; here every output channel of a product
//! has its own, so that what counts are the activations in between and the weights behind them, as in G. Xiao et al.,
//! *SmoothQuant*, ICML 2023.

use super::layers::{Layer, Layers, Product};
use super::net::Net;
use super::observe::Observed;
use super::prepare::output_axis;
use crate::onnx::Node;
use crate::tensor::Tensor;

/// Which layers are equalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Equalization {
    /// None.
    None,
    /// Those before a depthwise convolution: its channels have scales of their own, so nothing is lost there.
    BeforeDepthwise,
    /// All that can be.
    All,
}

/// No channel is scaled by more than this, nor by less than its inverse.
const MAX_FACTOR: f32 = 64.0;

/// Equalises the layers of a network; says whether there was anything to do.
pub(super) fn equalize(
    net: &mut Net,
    layers: &Layers,
    observed: &Observed,
    which: Equalization,
) -> bool {
    let mut found = false;
    for first in &layers.layers {
        let Some(pair) = Pair::of(net, layers, first) else {
            continue;
        };
        let wanted = match which {
            Equalization::None => false,
            Equalization::BeforeDepthwise => pair.is_depthwise,
            Equalization::All => true,
        };
        if wanted {
            let factors = pair.factors(net, observed);
            found |= pair.apply(net, &factors).is_some();
        }
    }
    found
}

/// Two products, the second of which alone reads what the first computes.
struct Pair<'a> {
    first: &'a Layer,
    bias: &'a str,
    /// The weights of both.
    weights: [&'a str; 2],
    /// The output channel of each of the first weights, and the input channel of each of the second.
    channels: [Vec<usize>; 2],
    count: usize,
    /// The axis of channels between them.
    axis: usize,
    is_depthwise: bool,
}

impl<'a> Pair<'a> {
    fn of(net: &Net, layers: &'a Layers, first: &'a Layer) -> Option<Self> {
        let product = first.product.as_ref()?;
        let bias = product.bias.as_deref()?;
        let reader = net.only_reader(&first.output)?;
        let second = layers.starting(reader)?;
        let behind = second
            .product
            .as_ref()
            .filter(|_| second.inputs == [first.output.clone()])?;
        let is_scalable = first.nodes.iter().all(|&i| scales(&net.nodes()[i]));
        let own = [&product.weights, &behind.weights, bias]
            .iter()
            .all(|name| net.readers(name).len() == 1);
        let count = net.floats(bias)?.len();
        let outer = output_channels(net, first, product)?;
        let (inner, is_depthwise) = input_channels(net, second, behind, count)?;
        (is_scalable && own && product.channel_axis == input_axis(net, second)?).then(|| Pair {
            first,
            bias,
            weights: [&product.weights, &behind.weights],
            channels: [outer, inner],
            count,
            axis: product.channel_axis,
            is_depthwise,
        })
    }

    /// What each channel is divided by.
    fn factors(&self, net: &Net, observed: &Observed) -> Vec<f32> {
        let kept = observed
            .kept
            .get(&self.first.output)
            .map_or(&[][..], Vec::as_slice);
        let activations = channel_maxima(kept, self.axis, self.count);
        let mut weights = vec![0.0_f32; self.count];
        let values = net.floats(self.weights[1]).unwrap_or_default();
        for (w, &c) in values.iter().zip(&self.channels[1]) {
            weights[c] = weights[c].max(w.abs());
        }
        let factor = |(a, w): (&f32, &f32)| match self.is_depthwise {
            true => *a,
            false => (a / w).sqrt(),
        };
        normalised(activations.iter().zip(&weights).map(factor).collect())
    }

    fn apply(&self, net: &mut Net, factors: &[f32]) -> Option<()> {
        let [outer, inner] = &self.channels;
        let first = scaled(net, self.weights[0], outer, |c| 1.0 / factors[c])?;
        let second = scaled(net, self.weights[1], inner, |c| factors[c])?;
        let all: Vec<usize> = (0..self.count).collect();
        let bias = scaled(net, self.bias, &all, |c| 1.0 / factors[c])?;
        let names = [self.weights[0], self.weights[1], self.bias].map(String::from);
        net.constants
            .extend(names.into_iter().zip([first, second, bias]));
        Some(())
    }
}

/// Whether a positive factor may be moved through the node.
fn scales(node: &Node) -> bool {
    node.domain.is_empty()
        && ["Conv", "ConvTranspose", "Gemm", "MatMul", "Add", "Relu"]
            .contains(&node.operator.as_str())
}

/// The channel of each weight among the product's outputs.
fn output_channels(net: &Net, layer: &Layer, product: &Product) -> Option<Vec<usize>> {
    let shape = &net.constants.get(&product.weights)?.ty.shape;
    let (axis, groups) = output_axis(&net.nodes()[*layer.nodes.first()?], shape.len())?;
    (groups == 1).then(|| positions(shape, axis))
}

/// The channel of each weight among the product's inputs, and whether the product is a depthwise convolution.
fn input_channels(
    net: &Net,
    layer: &Layer,
    product: &Product,
    count: usize,
) -> Option<(Vec<usize>, bool)> {
    let node = &net.nodes()[*layer.nodes.first()?];
    let shape = &net.constants.get(&product.weights)?.ty.shape;
    let groups = usize::try_from(node.int("group", 1).ok()?).ok()?;
    if node.operator == "Conv" && groups == count && shape[1] == 1 && count > 1 {
        let multiplier = (shape[0] / count).max(1);
        let channels = positions(shape, 0)
            .into_iter()
            .map(|i| i / multiplier)
            .collect();
        return Some((channels, true));
    }
    let (axis, _) = output_axis(node, shape.len())?;
    let other = 1 - axis;
    (groups == 1 && axis < 2 && shape[other] == count).then(|| (positions(shape, other), false))
}

/// The axis of the channels of what a product reads.
fn input_axis(net: &Net, layer: &Layer) -> Option<usize> {
    let node = &net.nodes()[*layer.nodes.first()?];
    let rank = net.types.get(&layer.inputs[0])?.rank();
    Some(if node.operator == "MatMul" {
        rank - 1
    } else {
        1
    })
}

/// For each element of a tensor its position along an axis.
fn positions(shape: &[usize], axis: usize) -> Vec<usize> {
    let stride: usize = shape[axis + 1..].iter().product();
    let len: usize = shape.iter().product();
    (0..len).map(|i| i / stride % shape[axis]).collect()
}

/// The greatest magnitude of each channel.
fn channel_maxima(tensors: &[Tensor], axis: usize, count: usize) -> Vec<f32> {
    let mut maxima = vec![0.0_f32; count];
    for tensor in tensors {
        let channels = positions(&tensor.ty.shape, axis);
        let values = tensor.values::<f32>().unwrap_or_default();
        for (x, c) in values.iter().zip(channels) {
            maxima[c] = maxima[c].max(x.abs());
        }
    }
    maxima
}

/// Factors whose geometric mean is 1; a channel that is silent stays as it is.
fn normalised(factors: Vec<f32>) -> Vec<f32> {
    let is_usable = |f: &f32| f.is_finite() && *f > f32::MIN_POSITIVE;
    let usable: Vec<f32> = factors.iter().copied().filter(is_usable).collect();
    let mean = usable.iter().map(|f| f.ln()).sum::<f32>() / usable.len().max(1) as f32;
    let normalise = |f: f32| match is_usable(&f) {
        true => (f / mean.exp()).clamp(1.0 / MAX_FACTOR, MAX_FACTOR),
        false => 1.0,
    };
    factors.into_iter().map(normalise).collect()
}

/// A constant, each element multiplied by the factor of its channel.
fn scaled(
    net: &Net,
    name: &str,
    channels: &[usize],
    factor: impl Fn(usize) -> f32,
) -> Option<Tensor> {
    let values = net
        .floats(name)?
        .iter()
        .zip(channels)
        .map(|(x, &c)| x * factor(c));
    let values: Vec<f32> = values.collect();
    Some(Tensor::new(
        net.constants.get(name)?.ty.shape.clone(),
        &values,
    ))
}
