//! Local response normalisation across channels.

use crate::diag::Diag;
use crate::ir::{Lower, Op};
use crate::ops::{Importer, OnnxOp, onnx, unsupported_type};
use crate::tensor::{DType, TensorType};
use mlc_runtime_core::kernels::lrn::Lrn as Params;
use mlc_runtime_core::table::call;

/// `x / (bias + alpha / size · Σ x²)^beta` over neighbouring channels of `[N, spatial.., C]`.
#[derive(Clone, Debug)]
pub struct Lrn {
    /// Channels that are summed over.
    pub size: usize,
    /// Factor of the mean square.
    pub alpha: f32,
    /// Exponent.
    pub beta: f32,
    /// Added to the mean square.
    pub bias: f32,
}

impl Op for Lrn {
    fn name(&self) -> &'static str {
        "LRN"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        match inputs {
            [Some(x)] if x.dtype == DType::F32 => Ok(vec![(*x).clone()]),
            [Some(x)] => Err(unsupported_type(x.dtype)),
            _ => Err(Diag::new("missing-input", "one input is needed")),
        }
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let (x, y) = (cx.input(0), cx.output(0));
        let p = Params {
            channels: cx.output_type(0).shape.last().copied().unwrap_or(1),
            size: self.size,
            alpha: self.alpha,
            beta: self.beta,
            bias: self.bias,
        };
        cx.call(call::lrn_f32(p, x, y));
        Ok(())
    }
}

fn lrn(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let size = usize::try_from(cx.node.int("size", 0)?).unwrap_or(0);
    if size == 0 || size > 1 << 30 {
        let message = "the number of channels summed over must be positive";
        return Err(Diag::new("invalid-attribute", message).at_attribute("size"));
    }
    let op = Lrn {
        size,
        alpha: cx.node.float("alpha", 1e-4)?,
        beta: cx.node.float("beta", 0.75)?,
        bias: cx.node.float("bias", 1.0)?,
    };
    let x = cx.input(0)?;
    let x = cx.channels_last(x)?;
    let y = cx.add(op, &[x])?;
    let y = cx.channels_first(y)?;
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("LRN", lrn)];
