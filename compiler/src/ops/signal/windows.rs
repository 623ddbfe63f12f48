//! Windows and the mel scale: constants of a size that is known.

use super::fourier::length;
use crate::diag::Diag;
use crate::ops::{Importer, OnnxOp, onnx};
use crate::tensor::Tensor;
use std::f64::consts::TAU;

fn hann(cx: &mut Importer<'_>) -> Result<(), Diag> {
    cosines(cx, &[0.5, -0.5])
}

fn hamming(cx: &mut Importer<'_>) -> Result<(), Diag> {
    cosines(cx, &[25.0 / 46.0, -21.0 / 46.0])
}

fn blackman(cx: &mut Importer<'_>) -> Result<(), Diag> {
    cosines(cx, &[0.42, -0.5, 0.08])
}

/// A window that is a sum of cosines, of 0, 1, 2.. turns over the period.
fn cosines(cx: &mut Importer<'_>, factors: &[f64]) -> Result<(), Diag> {
    let size = required(cx, 0, "the size of the window")?;
    let periodic = cx.node.int("periodic", 1)? != 0;
    let period = if periodic { size } else { size - 1 }.max(1) as f64;
    let term = |x: f64, k: usize| factors[k] * (TAU * x * k as f64).cos();
    let value = |i: usize| (0..factors.len()).map(|k| term(i as f64 / period, k)).sum();
    let values: Vec<f64> = (0..size).map(value).collect();
    finish(cx, Tensor::new([size], &values))
}

fn required(cx: &mut Importer<'_>, i: usize, what: &str) -> Result<usize, Diag> {
    length(cx, i, what)?.ok_or_else(|| Diag::new("missing-input", format!("{what} is not given")))
}

/// Yields a constant as the element type that the node asks for.
fn finish(cx: &mut Importer<'_>, tensor: Tensor) -> Result<(), Diag> {
    let dtype = crate::onnx::tensor::dtype(cx.node.int("output_datatype", 1)?);
    let dtype = dtype.map_err(|d| d.at_attribute("output_datatype"))?;
    let value = cx.add_constant(tensor);
    let y = cx.cast(value, dtype)?;
    cx.finish(y)
}

/// `MelWeightMatrix[spectrum bins, mel bins]`: triangles, evenly spaced on the mel scale.
fn mel_weight_matrix(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let bands = required(cx, 0, "the number of mel bins")?;
    let transform = required(cx, 1, "the length of the transform")?;
    let rate = required(cx, 2, "the sample rate")?;
    let mut edge = |i, what| {
        let hertz: Option<f64> = cx.number(i, what)?;
        let hertz = hertz.filter(|hz| (0.0..=rate as f64).contains(hz));
        hertz.ok_or_else(|| Diag::new("invalid-input", format!("{what} is not in the spectrum")))
    };
    let (lower, upper) = (edge(3, "the lower edge")?, edge(4, "the upper edge")?);
    let bins = transform / 2 + 1;
    if bins.saturating_mul(bands) > 1 << 26 {
        return Err(Diag::new(
            "too-large",
            format!("a matrix of {bins} by {bands}"),
        ));
    }
    let bin = |hertz: f64| (((transform + 1) as f64 * hertz) / rate as f64).floor() as usize;
    let corners: Vec<_> = mel_spaced(lower, upper, bands + 2).map(bin).collect();
    let mut weights = vec![0f64; bins * bands];
    for (band, corner) in corners.windows(3).enumerate() {
        for (k, weights) in weights.chunks_exact_mut(bands).enumerate() {
            weights[band] = triangle([corner[0], corner[1], corner[2]], k);
        }
    }
    finish(cx, Tensor::new([bins, bands], &weights))
}

/// `count` frequencies in hertz, evenly spaced on the mel scale from `lower` on; the standard leaves
/// `upper` out.
fn mel_spaced(lower: f64, upper: f64, count: usize) -> impl Iterator<Item = f64> {
    let mel = |hertz: f64| 2595.0 * (1.0 + hertz / 700.0).log10();
    let hertz = |mel: f64| 700.0 * (10f64.powf(mel / 2595.0) - 1.0);
    let step = (mel(upper) - mel(lower)) / count as f64;
    (0..count).map(move |i| hertz(mel(lower) + i as f64 * step))
}

/// The height at `k` of a triangle over three corners: 1 at the middle one.
fn triangle([left, middle, right]: [usize; 3], k: usize) -> f64 {
    if k == middle {
        1.0
    } else if (left..middle).contains(&k) {
        (k - left) as f64 / (middle - left) as f64
    } else if (middle..right).contains(&k) {
        (right - k) as f64 / (right - middle) as f64
    } else {
        0.0
    }
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[
    onnx("BlackmanWindow", blackman),
    onnx("HammingWindow", hamming),
    onnx("HannWindow", hann),
    onnx("MelWeightMatrix", mel_weight_matrix),
];
