//! `Dropout`, which at inference does nothing.

use crate::diag::Diag;
use crate::ops::{Importer, OnnxOp, onnx};
use crate::tensor::{AlignedBytes, DType, Tensor, TensorType};

/// Refuses nodes of opsets before 7 that train, as they do unless they say otherwise.
pub(crate) fn check_is_test(cx: &Importer<'_>) -> Result<(), Diag> {
    match cx.node.int("is_test", 0)? {
        0 => Err(Diag::new(
            "unsupported-mode",
            "the node is made for training: `is_test` is 0",
        )
        .at_attribute("is_test")
        .note("export the model for inference, or set `is_test` to 1")),
        _ => Ok(()),
    }
}

fn dropout(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    if cx.version() < 7 {
        check_is_test(cx)?;
    }
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
