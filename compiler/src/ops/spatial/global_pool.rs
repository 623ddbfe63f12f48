//! Pooling of whole images and volumes: reductions over the spatial axes.

use crate::diag::Diag;
use crate::ir::ValueId;
use crate::ops::reduction::reduce::Reduction;
use crate::ops::spatial::pool::exponent;
use crate::ops::{Importer, OnnxOp, onnx};

/// Reduces the spatial axes of channels-first data; they stay, with length 1.
fn reduce(cx: &mut Importer<'_>, reduction: Reduction, x: ValueId) -> Result<ValueId, Diag> {
    let rank = cx.ty(x).rank();
    if rank < 2 {
        let message = format!("{} has no axis of channels", cx.ty(x));
        return Err(Diag::new("shape-mismatch", message));
    }
    let axes: Vec<_> = (2..rank).collect();
    cx.reduce(reduction, x, &axes, true)
}

fn global(cx: &mut Importer<'_>, reduction: Reduction) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let y = reduce(cx, reduction, x)?;
    cx.finish(y)
}

/// `(Σ |x|ᵖ)^(1/p)`.
fn global_norm(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let p = exponent(cx)?;
    let x = cx.input(0)?;
    let powers = match p {
        2 => cx.map("mul", &[x, x])?,
        _ => {
            let magnitude = cx.map("abs", &[x])?;
            cx.map_number("pow", magnitude, p.into())?
        }
    };
    let sum = reduce(cx, Reduction::Sum, powers)?;
    let y = match p {
        2 => cx.map("sqrt", &[sum])?,
        _ => cx.map_number("pow", sum, 1.0 / f64::from(p))?,
    };
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[
    onnx("GlobalAveragePool", |cx| global(cx, Reduction::Mean)),
    onnx("GlobalLpPool", global_norm),
    onnx("GlobalMaxPool", |cx| global(cx, Reduction::Max)),
];
