//! `CausalConvWithState`: a depthwise convolution along time that remembers what it has seen.

use crate::diag::Diag;
use crate::ir::ValueId;
use crate::ops::layout::slice::Part;
use crate::ops::spatial::conv::Conv;
use crate::ops::support::window::Window;
use crate::ops::{Importer, OnnxOp, onnx};
use crate::tensor::Tensor;
use mlc_runtime_core::kernels::activation::Activation;

fn causal_conv(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let (x, w) = (cx.input(0)?, cx.input(1)?);
    let ([batch, channels, _], [_, _, taps]) = (three(cx, x)?, three(cx, w)?);
    if taps == 0 {
        return Err(Diag::new(
            "shape-mismatch",
            "a convolution needs at least one tap",
        ));
    }
    let activation = match cx.node.string("activation", "none")? {
        "none" => Activation::Identity,
        "silu" | "swish" => Activation::Silu,
        other => {
            let message = format!("`{other}` is not an activation of this operator");
            return Err(Diag::new("invalid-attribute", message).at_attribute("activation"));
        }
    };
    let past = match cx.optional(3) {
        Some(past) => past,
        None => {
            let zeros = vec![0f32; batch * channels * (taps - 1)];
            cx.add_constant(Tensor::new([batch, channels, taps - 1], &zeros))
        }
    };
    let (past, x) = (cx.channels_last(past)?, cx.channels_last(x)?);
    let seen = if taps == 1 {
        x
    } else {
        cx.concat(&[past, x], 1)?
    };
    let state = last(cx, seen, taps - 1)?;
    let op = Conv {
        window: Window {
            kernel: vec![taps],
            stride: vec![1],
            dilation: vec![1],
            pads: vec![(0, 0)],
            ceil: false,
        },
        groups: channels,
        activation,
    };
    let w = cx.transpose(w, &[2, 1, 0])?;
    let bias = cx.optional(2);
    let y = cx.add_optional(op, &[Some(seen), Some(w), bias])?;
    for (i, value) in [y, state].into_iter().enumerate() {
        let value = cx.channels_first(value)?;
        cx.set_output(i, value);
    }
    Ok(())
}

/// Shape of a value of three dimensions.
fn three(cx: &Importer<'_>, value: ValueId) -> Result<[usize; 3], Diag> {
    cx.ty(value).shape[..].try_into().map_err(|_| {
        let message = format!("3 dimensions are needed, not {}", cx.ty(value));
        Diag::new("shape-mismatch", message)
    })
}

/// The last `len` positions of `x[batch, positions, channels]`.
fn last(cx: &mut Importer<'_>, x: ValueId, len: usize) -> Result<ValueId, Diag> {
    let begin = three(cx, x)?[1].saturating_sub(len);
    let step = 1;
    cx.slice(x, 1, Part { begin, len, step })
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("CausalConvWithState", causal_conv)];
