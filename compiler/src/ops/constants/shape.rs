//! Operators that ask for shapes. Shapes are static, so the answers are constants.

use crate::diag::Diag;
use crate::ops::{Importer, OnnxOp, onnx};
use crate::tensor::Tensor;

fn shape(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let dims: Vec<i64> = cx.ty(x).shape.iter().map(|&d| d as i64).collect();
    let rank = dims.len() as i64;
    let clamp = |i: i64| (if i < 0 { i + rank } else { i }).clamp(0, rank) as usize;
    let start = clamp(cx.node.int("start", 0)?);
    let end = clamp(cx.node.int("end", rank)?);
    let dims = dims.get(start..end).unwrap_or(&[]);
    let y = cx.add_constant(Tensor::new([dims.len()], dims));
    cx.finish(y)
}

fn size(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let len = cx.ty(x).len() as i64;
    let y = cx.add_constant(Tensor::scalar(len));
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("Shape", shape), onnx("Size", size)];
