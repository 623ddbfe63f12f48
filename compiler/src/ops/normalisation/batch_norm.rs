//! Batch normalisation: a multiplication and an addition for each channel.
//!
//! Its parameters are constant, and so are factor and summand; a pass moves them into the weights
//! of the operator before.

use crate::diag::Diag;
use crate::ir::ValueId;
use crate::ops::reduction::reduce::Reduction;
use crate::ops::{Importer, OnnxOp, onnx};
use crate::tensor::DType;

/// Scale, bias, mean and variance, of shapes that broadcast to the input's.
struct Parameters {
    x: ValueId,
    scale: ValueId,
    bias: ValueId,
    mean: ValueId,
    variance: ValueId,
}

fn batch_normalization(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let p = Parameters {
        x: cx.input(0)?,
        scale: parameter(cx, 1)?,
        bias: parameter(cx, 2)?,
        mean: parameter(cx, 3)?,
        variance: parameter(cx, 4)?,
    };
    if cx.version() < 7 {
        crate::ops::arithmetic::dropout::check_is_test(cx)?;
    }
    if cx.node.int("training_mode", 0)? != 0 {
        return train(cx, p);
    }
    let y = normalise(cx, &p)?;
    cx.finish(y)
}

/// `(x - mean) / √(variance + epsilon) · scale + bias`, what is constant gathered together.
fn normalise(cx: &mut Importer<'_>, p: &Parameters) -> Result<ValueId, Diag> {
    let epsilon = cx.node.float("epsilon", 1e-5)?;
    let variance = cx.map_number("add", p.variance, epsilon.into())?;
    let deviation = cx.map("sqrt", &[variance])?;
    let factor = cx.map("div", &[p.scale, deviation])?;
    let shift = cx.map("mul", &[p.mean, factor])?;
    let summand = cx.map("sub", &[p.bias, shift])?;
    let y = cx.map("mul", &[p.x, factor])?;
    cx.map("add", &[y, summand])
}

/// Normalises by mean and variance of the batch itself; running averages of both are outputs too.
fn train(cx: &mut Importer<'_>, given: Parameters) -> Result<(), Diag> {
    let x = given.x;
    let rank = cx.ty(x).rank();
    let axes: Vec<_> = (0..rank).filter(|&d| d != 1).collect();
    let mean = cx.reduce(Reduction::Mean, x, &axes, true)?;
    let deviation = cx.map("sub", &[x, mean])?;
    let square = cx.map("mul", &[deviation, deviation])?;
    let variance = cx.reduce(Reduction::Mean, square, &axes, true)?;
    let momentum = f64::from(cx.node.float("momentum", 0.9)?);
    for (i, (old, new)) in [(given.mean, mean), (given.variance, variance)]
        .into_iter()
        .enumerate()
    {
        let old = cx.map_number("mul", old, momentum)?;
        let new = cx.map_number("mul", new, 1.0 - momentum)?;
        let running = cx.map("add", &[old, new])?;
        let channels = cx.ty(running).len();
        let running = cx.reshape(running, vec![channels])?;
        cx.set_output(i + 1, running);
    }
    let y = normalise(
        cx,
        &Parameters {
            mean,
            variance,
            ..given
        },
    )?;
    cx.finish(y)
}

/// The `i`-th input, which has an element for each channel, or, with `spatial` 0 in old models, for
/// each element of a batch item.
fn parameter(cx: &mut Importer<'_>, i: usize) -> Result<ValueId, Diag> {
    let (x, value) = (cx.input(0)?, cx.input(i)?);
    let (x_type, ty) = (cx.ty(x).clone(), cx.ty(value).clone());
    if let Some(bad) = [&x_type, &ty].into_iter().find(|t| t.dtype != DType::F32) {
        return Err(crate::ops::unsupported_type(bad.dtype));
    }
    let item = x_type.shape.get(1..).unwrap_or(&[]);
    let spatial = cx.version() >= 9 || cx.node.int("spatial", 1)? != 0;
    if !spatial && ty.shape == item {
        return Ok(value);
    }
    let channels = item.first().copied().unwrap_or(1);
    if !spatial || ty.shape != [channels] {
        let message = format!("parameter {ty} does not fit {x_type}");
        return Err(Diag::new("shape-mismatch", message));
    }
    let mut shape = vec![1; item.len().max(1)];
    shape[0] = channels;
    cx.reshape(value, shape)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("BatchNormalization", batch_normalization)];
