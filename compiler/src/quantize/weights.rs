//! Weights in 8 bits: symmetric, with a scale for each output channel, so that a channel of small weights keeps its
//! precision beside one of large weights.

use super::layers::Product;
use super::net::Net;
use crate::tensor::Tensor;

/// The greatest magnitude of a stored weight: 127 and not 128, so that both signs reach equally far.
const GREATEST: f32 = 127.0;
/// The greatest magnitude of a stored bias: half of what 32 bits hold leaves the other half to the products.
const GREATEST_BIAS: f32 = (1 << 30) as f32;

/// Weights as they are stored.
pub(super) struct StoredWeights {
    /// Numbers of 8 bits.
    pub(super) stored: Tensor,
    /// The scale of each position along the axis of output channels.
    pub(super) scales: Vec<f32>,
    /// What the stored weights stand for.
    pub(super) rounded: Tensor,
}

/// Stores the weights of a product. The scales are at least such that `bias`, whose scale is that of the input times
/// that of the weights, fits 32 bits.
pub(super) fn store(
    net: &Net,
    product: &Product,
    bias: Option<&[f32]>,
    input_scale: f32,
) -> Option<StoredWeights> {
    let tensor = net.constants.get(&product.weights)?;
    let (values, shape) = (tensor.values::<f32>()?, &tensor.ty.shape);
    let len = *shape.get(product.axis)?;
    let stride: usize = shape[product.axis + 1..].iter().product();
    let position = |i: usize| i / stride % len;
    let mut scales = vec![0.0_f32; len];
    for (i, w) in values.iter().enumerate() {
        let scale = &mut scales[position(i)];
        *scale = scale.max(w.abs() / GREATEST);
    }
    for (c, b) in bias.unwrap_or_default().iter().enumerate() {
        let scale = &mut scales[c % len];
        *scale = scale.max(b.abs() / GREATEST_BIAS / input_scale);
    }
    // A channel without any weights may have any scale.
    let scales: Vec<f32> = scales
        .into_iter()
        .map(|s| if s >= f32::MIN_POSITIVE { s } else { 1.0 })
        .collect();
    let stored: Vec<i8> = values
        .iter()
        .enumerate()
        .map(|(i, w)| {
            (w / scales[position(i)])
                .round_ties_even()
                .clamp(-GREATEST, GREATEST) as i8
        })
        .collect();
    let rounded: Vec<f32> = stored
        .iter()
        .enumerate()
        .map(|(i, &q)| f32::from(q) * scales[position(i)])
        .collect();
    Some(StoredWeights {
        stored: Tensor::new(shape.clone(), &stored),
        rounded: Tensor::new(shape.clone(), &rounded),
        scales,
    })
}

/// Stores a bias in 32 bits: its numbers and the scale of each.
pub(super) fn store_bias(
    bias: &[f32],
    weight_scales: &[f32],
    input_scale: f32,
) -> (Tensor, Vec<f32>) {
    let scales: Vec<f32> = (0..bias.len())
        .map(|c| weight_scales[c % weight_scales.len()] * input_scale)
        .collect();
    // Through 64 bits, since floats of 32 do not hold integers of 32 exactly.
    let stored = bias.iter().zip(&scales).map(|(b, s)| {
        let rounded = (f64::from(*b) / f64::from(*s)).round_ties_even();
        rounded.clamp(i32::MIN.into(), i32::MAX.into()) as i32
    });
    (
        Tensor::new([bias.len()], &stored.collect::<Vec<_>>()),
        scales,
    )
}
