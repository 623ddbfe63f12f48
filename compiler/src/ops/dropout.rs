//! `Dropout`, which at inference does nothing.

use super::{Importer, OnnxOp, onnx};
use crate::diag::Diag;
use crate::tensor::{AlignedBytes, DType, Tensor, TensorType};

fn dropout(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let trains = cx.version() >= 12 && cx.number::<u8>(2, "the mode")?.unwrap_or(0) != 0;
    if trains && cx.number(1, "the ratio")?.unwrap_or(0.5f32) != 0.0 {
        let message = "training_mode drops elements at random, and networks here are not trained";
        return Err(Diag::new("unsupported-mode", message));
    }
    if cx.wants_output(1) {
        let ty = TensorType::new(DType::Bool, cx.shape(x));
        let mut bytes = AlignedBytes::zeros(ty.bytes());
        bytes.fill(1);
        let mask = cx.add_constant(Tensor::from_bytes(ty, bytes)?);
        cx.set_output(1, mask);
    }
    cx.finish(x)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("Dropout", dropout)];
