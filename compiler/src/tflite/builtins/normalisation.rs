//! Normalisation over channels.

use super::super::call::{Call, NONE, float, int};
use super::super::schema::{
    BuiltinOperator as B, L2NormOptions, LocalResponseNormalizationOptions,
};
use super::{Builtin, builtin};
use crate::diag::Diag;

pub(super) const BUILTINS: &[Builtin] = &[
    builtin(B::L2Normalization, l2_normalization),
    builtin(B::LocalResponseNormalization, local_response),
];

/// The least length that anything is divided by.
const LEAST_LENGTH: f32 = 1e-6;

/// Vectors along the last axis become as long as 1.
fn l2_normalization(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let options: L2NormOptions = call.options()?;
    let (x, last) = (call.real(0)?, call.list("axes", &[-1]));
    let squares = call.node("Mul", &[&x, &x], NONE);
    let sum = call.node("ReduceSum", &[&squares, &last], vec![int("keepdims", 1)]);
    let length = call.node("Sqrt", &[&sum], NONE);
    let least = call.number("least", LEAST_LENGTH);
    let length = call.node("Max", &[&length, &least], NONE);
    let y = call.node("Div", &[&x, &length], NONE);
    call.activate(&y, options.fused_activation_function)
}

/// A window of channels has one more of those before than of those after, ONNX's the other way round: channels are turned around.
/// ONNX divides the factor by their number.
fn local_response(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let options: LocalResponseNormalizationOptions = call.options()?;
    let size = 2 * i64::from(options.radius);
    if size < 2 {
        return Err(Diag::new("bad-attribute", "the radius is at least 1"));
    }
    let attributes = vec![
        int("size", size),
        float("alpha", options.alpha * size as f32),
        float("beta", options.beta),
        float("bias", options.bias),
    ];
    let x = call.real(0)?;
    let x = call.channels_first(&x);
    let x = call.reversed(&x, 1);
    let y = call.node("LRN", &[&x], attributes);
    let y = call.reversed(&y, 1);
    let y = call.channels_last(&y);
    call.give(0, &y)
}
