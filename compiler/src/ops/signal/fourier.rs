//! `DFT` and `STFT`.
//!
//! A transform of a known length is a product with a constant matrix, and one of successive frames
//! is a convolution with that matrix for weights.

mod transform;

use crate::diag::Diag;
use crate::ir::ValueId;
use crate::ops::spatial::conv::Conv;
use crate::ops::support::window::Window;
use crate::ops::{Importer, OnnxOp, axis, onnx};
use mlc_runtime_core::kernels::activation::Activation;
use transform::Transform;

/// A length given as input `i`.
pub(super) fn length(cx: &mut Importer<'_>, i: usize, what: &str) -> Result<Option<usize>, Diag> {
    let Some(n) = cx.number::<i64>(i, what)? else {
        return Ok(None);
    };
    let n = usize::try_from(n)
        .ok()
        .filter(|n| (1..=1 << 24).contains(n));
    n.map(Some).ok_or_else(|| {
        let message = format!("{what} must be positive, and not absurdly large");
        Diag::new("invalid-input", message)
    })
}

/// Whether numbers are complex: the last axis holds their one or two parts.
fn parts(cx: &Importer<'_>, x: ValueId) -> Result<usize, Diag> {
    match cx.ty(x).shape[..] {
        [_, .., parts @ 1..=2] => Ok(parts),
        _ => {
            let message = format!("{} is not a signal of real or complex numbers", cx.ty(x));
            Err(Diag::new("shape-mismatch", message))
        }
    }
}

fn dft(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let (shape, parts) = (cx.shape(x), parts(cx, x)?);
    let given = match cx.version() {
        ..20 => cx.node.int("axis", 1)?,
        _ => cx.number(2, "the axis")?.unwrap_or(-2),
    };
    let (axis, last) = (axis(given, shape.len())?, shape.len() - 1);
    if axis == last {
        return Err(Diag::new(
            "invalid-axis",
            "the last axis holds the parts of the numbers",
        ));
    }
    let transform = Transform::new(
        shape[axis],
        parts,
        length(cx, 1, "the length of the transform")?,
        cx.node.int("onesided", 0)? != 0,
        cx.node.int("inverse", 0)? != 0,
    )?;
    let matrix = cx.add_constant(transform.matrix()?);
    let outer = (0..last).filter(|&d| d != axis);
    let perm: Vec<_> = outer.chain([axis, last]).collect();
    let x = cx.transpose(x, &perm)?;
    let mut shape: Vec<_> = perm[..last - 1].iter().map(|&d| shape[d]).collect();
    let rows = shape.iter().product();
    let x = cx.reshape(x, vec![rows, transform.inputs * parts])?;
    let y = cx.matmul(x, matrix, None)?;
    shape.extend([transform.outputs, transform.output_parts]);
    let y = cx.reshape(y, shape)?;
    let y = cx.transpose(y, &crate::ops::layout::transpose::inverse(&perm))?;
    cx.finish(y)
}

fn stft(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let parts = parts(cx, x)?;
    let [batch, samples, _] = cx.shape(x)[..] else {
        return Err(Diag::new(
            "shape-mismatch",
            "signals must be [batch, samples, parts]",
        ));
    };
    let step = length(cx, 1, "the step from frame to frame")?;
    let step = step.ok_or_else(|| Diag::new("missing-input", "no step is given"))?;
    let window = cx.optional(2);
    let frame = match (length(cx, 3, "the length of a frame")?, window) {
        (Some(frame), _) => frame,
        (None, Some(window)) => cx.ty(window).len(),
        (None, None) => samples,
    };
    let onesided = cx.node.int("onesided", 1)? != 0;
    let transform = Transform::new(frame, parts, None, onesided, false)?;
    let bins = transform.outputs * transform.output_parts;
    let matrix = transform.matrix()?.reshaped([frame, parts, bins]);
    let mut weights = cx.add_constant(matrix);
    if let Some(window) = window {
        let window = cx.reshape(window, vec![frame, 1, 1])?;
        weights = cx.map("mul", &[weights, window])?;
    }
    let y = cx.add(frames(frame, step), &[x, weights])?;
    let count = cx.shape(y)[1];
    let shape = vec![batch, count, transform.outputs, transform.output_parts];
    let y = cx.reshape(y, shape)?;
    cx.finish(y)
}

/// A convolution whose windows are the frames of a signal.
fn frames(frame: usize, step: usize) -> Conv {
    Conv {
        window: Window {
            kernel: vec![frame],
            stride: vec![step],
            dilation: vec![1],
            pads: vec![(0, 0)],
            ceil: false,
        },
        groups: 1,
        activation: Activation::Identity,
    }
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("DFT", dft), onnx("STFT", stft)];
