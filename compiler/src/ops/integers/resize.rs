//! Weighted resampling of integers, exactly.
//!
//! Where images double or halve, weights are binary fractions. Along each axis they become integers, sums stay exact
//! in 32 bits from axis to axis, and there is one rounding at the end.

use super::map::{clamp, rounded, shifted};
use super::{Codes, codes, element};
use crate::ir::{Island, NotInteger, ValueId};
use crate::ops::arithmetic::elementwise::{Map, scalar};
use crate::ops::resampling::resize::Resample;
use crate::requantize::{Channel, Layer};
use crate::tensor::{DType, Tensor};
use mlc_runtime_core::scalar::{ElementType, Expr};

/// The most fractional bits of the weights along an axis.
const MOST_BITS: i32 = 10;

/// One axis that is resampled.
struct Axis {
    axis: usize,
    positions: ValueId,
    /// Integers, `2^bits` times the weights.
    weights: Tensor,
    bits: i32,
    /// The greatest sum of weights' magnitudes.
    gain: i64,
}

/// The last of the resamplings of quantised data: all of them on integers.
pub fn resample(cx: &mut Island<'_>, last: &Resample) -> Result<ValueId, NotInteger> {
    if cx.profile.is_fixed_point() {
        return Err("TensorFlow Lite resizes integers in an arithmetic of its own".into());
    }
    let (x, axes) = chain(cx, last)?;
    let bits: i32 = axes.iter().map(|axis| axis.bits).sum();
    let gain = axes
        .iter()
        .try_fold(1i64, |gain, axis| gain.checked_mul(axis.gain));
    let most = gain.and_then(|gain| gain.checked_mul(x.reach()));
    let most = most.filter(|&most| most < i32::MAX.into());
    let most = most.ok_or("sums of its products may exceed 32 bits")?;
    let channel = Channel {
        ratio: cx.ratio(x.scale, (-bits as f32).exp2())?,
        sums: -most..=most,
    };
    let (rescale, _) = cx.rescale(Layer::Other, &[channel])?;
    let function = shifted(&x, 0)?;
    let dtype = DType::I32;
    let mut y = cx.add(Map { function, dtype }, &[x.value])?;
    for Axis {
        axis,
        positions,
        weights,
        ..
    } in axes
    {
        let weights = cx.constant(weights);
        y = cx.add(Resample { axis, outside: 0.0 }, &[y, positions, weights])?;
    }
    let sum = scalar("to_i64", [Expr::Arg(0, ElementType::I32)])?;
    let to = element(cx.to.dtype)?;
    let rounded = clamp(rounded(sum, &rescale)?, cx.to.elements)?;
    let function = scalar(&format!("to_{}", to.rust_name()), [rounded])?;
    let dtype = cx.to.dtype;
    cx.add(Map { function, dtype }, &[y])
}

/// The quantised data, and what is resampled from there to the last axis.
fn chain(cx: &Island<'_>, last: &Resample) -> Result<(Codes, Vec<Axis>), NotInteger> {
    let graph = &*cx.graph;
    let absent = || NotInteger::from("an input is absent");
    let mut inputs = cx.inputs.clone();
    let mut op = last.clone();
    let mut axes = Vec::new();
    loop {
        let [Some(x), Some(positions), Some(weights)] = inputs[..] else {
            return Err(absent());
        };
        let indices = graph.constant(positions).and_then(|t| t.values::<i32>());
        let weights = graph.constant(weights).ok_or_else(absent)?;
        if indices.is_none_or(|indices| indices.iter().any(|&i| i < 0)) {
            return Err("it reaches beyond its input".into());
        }
        axes.insert(0, Axis::of(op.axis, positions, weights)?);
        if let Some(x) = codes(graph, x) {
            return Ok((x, axes));
        }
        let before = graph
            .producer_as::<Resample>(x)
            .filter(|_| graph.is_used_once(x));
        let (node, before) = before.ok_or("an input is not quantised by one scale")?;
        (inputs, op) = (node.inputs.clone(), before.clone());
    }
}

impl Axis {
    fn of(axis: usize, positions: ValueId, weights: &Tensor) -> Result<Axis, NotInteger> {
        let values = weights
            .values::<f32>()
            .ok_or("its weights are not floats")?;
        let taps = weights.ty.shape.last().copied().unwrap_or(1).max(1);
        let scaled = |bits: i32| {
            values
                .iter()
                .map(move |w| f64::from(*w) * f64::from(bits).exp2())
        };
        let whole = |bits: &i32| scaled(*bits).all(|w| w.fract() == 0.0 && w.abs() < 1e6);
        let bits = (0..=MOST_BITS).find(whole);
        let bits =
            bits.ok_or("its weights are not binary fractions, so no integers give its exact sums")?;
        let integers: Vec<i32> = scaled(bits).map(|w| w as i32).collect();
        let rows = integers.chunks(taps);
        let sums = rows.map(|row| row.iter().map(|w| i64::from(w.abs())).sum());
        Ok(Axis {
            axis,
            positions,
            bits,
            gain: sums.max().unwrap_or(0),
            weights: Tensor::new(weights.ty.shape.clone(), &integers),
        })
    }
}
