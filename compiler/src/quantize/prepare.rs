//! What comes before calibration: the network becomes what quantised kernels compute.
//!
//! Factors and summands of each channel that follow a product (batch normalisation above all) move into its
//! weights and bias, since a rounding between them would only cost accuracy. Products of a matrix and constant
//! weights become `Gemm`, which has a bias.

use super::net::Net;
use crate::onnx::{Attribute, Node};
use crate::tensor::Tensor;

/// Rewrites the network; it computes the same, but for rounding.
pub(super) fn prepare(net: &mut Net) {
    matmul_to_gemm(net);
    scale_gemms(net);
    net.refresh();
    for i in 0..net.nodes().len() {
        while fold_affine(net, i).is_some() {}
    }
    give_biases(net);
    net.refresh();
}

/// Gives each product of constant weights a bias, which has corrections to take.
fn give_biases(net: &mut Net) {
    for i in 0..net.nodes().len() {
        let node = &net.nodes()[i];
        let has_bias = node.inputs.get(2).is_some_and(|name| !name.is_empty());
        let Some(weights) =
            Weights::of(net, node).filter(|_| node.operator != "MatMul" && !has_bias)
        else {
            continue;
        };
        let name = net.fresh(format!("{}_bias", node.outputs[0]));
        net.constants.insert(
            name.clone(),
            Tensor::new([weights.channels], &vec![0_f32; weights.channels]),
        );
        let inputs = &mut net.nodes_mut()[i].inputs;
        inputs.resize(3, String::new());
        inputs[2] = name;
    }
}

/// `MatMul` of two matrices, the second constant, is a `Gemm`.
fn matmul_to_gemm(net: &mut Net) {
    let is_matrix = |net: &Net, name: &str| net.types.get(name).is_some_and(|ty| ty.rank() == 2);
    let is_weight = |net: &Net, name: &str| {
        net.constants
            .get(name)
            .is_some_and(|w| w.ty.rank() == 2 && w.values::<f32>().is_some())
    };
    for i in 0..net.nodes().len() {
        let node = &net.nodes()[i];
        if node.operator == "MatMul"
            && node.domain.is_empty()
            && is_matrix(net, &node.inputs[0])
            && is_weight(net, &node.inputs[1])
        {
            net.nodes_mut()[i].operator = "Gemm".into();
        }
    }
}

/// Moves `alpha` and `beta` of each `Gemm` into its constants.
fn scale_gemms(net: &mut Net) {
    for i in 0..net.nodes().len() {
        let node = &net.nodes()[i];
        if node.operator != "Gemm" || !node.domain.is_empty() {
            continue;
        }
        for (input, attribute) in [(1, "alpha"), (2, "beta")] {
            scale_operand(net, i, input, attribute);
        }
    }
}

fn scale_operand(net: &mut Net, i: usize, input: usize, attribute: &str) {
    let Some(Attribute::Float(factor)) = net.nodes()[i].attributes.get(attribute) else {
        return;
    };
    let (factor, name) = (
        *factor,
        net.nodes()[i]
            .inputs
            .get(input)
            .cloned()
            .unwrap_or_default(),
    );
    let scaled = net
        .floats(&name)
        .map(|x| x.iter().map(|x| x * factor).collect::<Vec<_>>());
    if let (Some(scaled), true) = (scaled, factor != 1.0) {
        let tensor = Tensor::new(net.constants[&name].ty.shape.clone(), &scaled);
        let scaled = net.fresh(format!("{name}_scaled"));
        net.constants.insert(scaled.clone(), tensor);
        net.nodes_mut()[i].inputs[input] = scaled;
    } else if factor != 1.0 && !name.is_empty() {
        return;
    }
    net.nodes_mut()[i].attributes.remove(attribute);
}

/// What is done to each channel of a product.
struct Affine {
    factor: Vec<f32>,
    summand: Vec<f32>,
}

/// Moves the node after the product `i` into that, if it is affine in each channel. It stays behind without outputs,
/// so that other nodes keep their places.
fn fold_affine(net: &mut Net, i: usize) -> Option<()> {
    let weights = Weights::of(net, &net.nodes()[i])?;
    let product = net.nodes()[i].outputs.first()?.clone();
    let after = net.only_reader(&product)?;
    let affine = affine(net, &net.nodes()[after], &product, weights.channels)?;
    let w = weights.scaled(&affine.factor);
    let bias = net.nodes()[i].inputs.get(2).filter(|name| !name.is_empty());
    let bias = match bias {
        Some(name) => per_channel(net, name, &[1, weights.channels], weights.channels)?,
        None => vec![0.0; weights.channels],
    };
    let bias: Vec<f32> = bias
        .iter()
        .zip(affine.factor.iter().zip(&affine.summand))
        .map(|(b, (f, s))| b * f + s)
        .collect();
    let (w_name, b_name) = (
        net.fresh(format!("{product}_weights")),
        net.fresh(format!("{product}_bias")),
    );
    net.constants.insert(w_name.clone(), w);
    net.constants
        .insert(b_name.clone(), Tensor::new([bias.len()], &bias));
    let nodes = net.nodes_mut();
    let mut outputs = std::mem::take(&mut nodes[after].outputs);
    outputs.truncate(1);
    nodes[after].inputs.clear();
    nodes[i].inputs.resize(3, String::new());
    (nodes[i].inputs[1], nodes[i].inputs[2]) = (w_name, b_name);
    nodes[i].outputs = outputs;
    Some(())
}

/// The constant weights of a product, and how its output channels lie in them.
struct Weights {
    tensor: Tensor,
    channels: usize,
    /// The channel of each element of the tensor.
    channel: Vec<usize>,
}

impl Weights {
    fn of(net: &Net, node: &Node) -> Option<Self> {
        let tensor = net.constants.get(node.inputs.get(1)?)?.clone();
        let shape = tensor.ty.shape.clone();
        tensor.values::<f32>().filter(|_| node.domain.is_empty())?;
        let inner = |axis: usize| shape[axis + 1..].iter().product::<usize>().max(1);
        let (axis, groups) = output_axis(node, shape.len())?;
        let (stride, len) = (inner(axis), shape[axis]);
        let per_group = shape[0] / groups.max(1) * inner(0);
        let group = |i: usize| if groups > 1 { i / per_group.max(1) } else { 0 };
        let channel = (0..tensor.ty.len())
            .map(|i| group(i) * len + i / stride % len)
            .collect();
        Some(Weights {
            tensor,
            channels: len * groups,
            channel,
        })
    }

    fn scaled(&self, factor: &[f32]) -> Tensor {
        let values = self
            .tensor
            .values::<f32>()
            .unwrap_or_default()
            .iter()
            .zip(&self.channel);
        let values: Vec<f32> = values.map(|(w, &c)| w * factor[c]).collect();
        Tensor::new(self.tensor.ty.shape.clone(), &values)
    }
}

/// The axis of a product's weights that output channels lie along, and how many groups share it: more than one only
/// for transposed convolutions, whose groups lie along the axis of input channels.
pub(super) fn output_axis(node: &Node, rank: usize) -> Option<(usize, usize)> {
    match (node.operator.as_str(), rank) {
        ("Conv", 3..) => Some((0, 1)),
        ("ConvTranspose", 3..) => Some((1, usize::try_from(node.int("group", 1).ok()?).ok()?)),
        ("Gemm", 2) if node.int("transB", 0).ok()? != 0 => Some((0, 1)),
        ("Gemm", 2) => Some((1, 1)),
        ("MatMul", 2) => Some((1, 1)),
        _ => None,
    }
}

/// What `node` does to each channel of `x`.
fn affine(net: &Net, node: &Node, x: &str, channels: usize) -> Option<Affine> {
    if !node.domain.is_empty() || node.outputs.iter().skip(1).any(|name| !name.is_empty()) {
        return None;
    }
    match node.operator.as_str() {
        "BatchNormalization" => normalisation(net, node, channels),
        "Add" => Some(Affine {
            factor: vec![1.0; channels],
            summand: other_operand(net, node, x, channels)?,
        }),
        "Mul" => Some(Affine {
            factor: other_operand(net, node, x, channels)?,
            summand: vec![0.0; channels],
        }),
        _ => None,
    }
}

fn normalisation(net: &Net, node: &Node, channels: usize) -> Option<Affine> {
    let is_training = node.int("training_mode", 0).ok()? != 0 || node.int("spatial", 1).ok()? != 1;
    let parameter = |i: usize| {
        let values = net.floats(node.inputs.get(i)?)?;
        (values.len() == channels && !is_training).then(|| values.to_vec())
    };
    let (scale, bias, mean, variance) =
        (parameter(1)?, parameter(2)?, parameter(3)?, parameter(4)?);
    let epsilon = node.float("epsilon", 1e-5).ok()?;
    let factor: Vec<f32> = scale
        .iter()
        .zip(&variance)
        .map(|(s, v)| s / (v + epsilon).sqrt())
        .collect();
    let summand = bias
        .iter()
        .zip(mean.iter().zip(&factor))
        .map(|(b, (m, f))| b - m * f);
    Some(Affine {
        summand: summand.collect(),
        factor,
    })
}

/// The operand that is not `x` as a number for each channel, if it is one.
fn other_operand(net: &Net, node: &Node, x: &str, channels: usize) -> Option<Vec<f32>> {
    let other = node.inputs.iter().find(|name| *name != x)?;
    per_channel(net, other, &net.types.get(x)?.shape, channels)
}

/// A constant that broadcasts to `shape` with one number for each channel: along the last axis of a matrix, along the
/// second of anything else.
fn per_channel(net: &Net, name: &str, shape: &[usize], channels: usize) -> Option<Vec<f32>> {
    let (values, of) = (net.floats(name)?, &net.constants.get(name)?.ty.shape);
    let axis = shape.len().min(2).checked_sub(1)?;
    let lead = shape.len().checked_sub(of.len())?;
    let is_channel =
        |(d, &size): (usize, &usize)| size == 1 || d + lead == axis && size == channels;
    if !of.iter().enumerate().all(is_channel) {
        return None;
    }
    match values {
        [one] => Some(vec![*one; channels]),
        many => Some(many.to_vec()),
    }
}
