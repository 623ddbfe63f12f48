//! Pools: what windows of an image have in common.

use super::super::call::{Call, NONE, int};
use super::super::schema::{ActivationFunctionType as Fused, BuiltinOperator as B, Pool2DOptions};
use super::convolution::Windows;
use super::{Builtin, builtin};
use crate::diag::Diag;

pub(super) const BUILTINS: &[Builtin] = &[
    builtin(B::AveragePool2d, |call| {
        let x = call.real(0)?;
        let (y, activation) = pooled(call, "AveragePool", &x)?;
        call.activate(&y, activation)
    }),
    builtin(B::L2Pool2d, l2_pool),
    builtin(B::MaxPool2d, |call| {
        let x = call.real(0)?;
        let (y, activation) = pooled(call, "MaxPool", &x)?;
        call.activate(&y, activation)
    }),
];

/// The pool of an image, and the activation that follows. Padding does not count.
fn pooled(call: &mut Call<'_, '_, '_>, operator: &str, x: &str) -> Result<(String, Fused), Diag> {
    let options: Pool2DOptions = call.options()?;
    let [_, height, width, _] = call.dims(0)?;
    let size = |size: i32| usize::try_from(size).unwrap_or(0);
    let windows = Windows {
        padding: options.padding,
        kernel: [size(options.filter_height), size(options.filter_width)],
        strides: [options.stride_h, options.stride_w],
        dilations: [1, 1],
    };
    let mut attributes = windows.attributes([height, width])?;
    if operator == "AveragePool" {
        attributes.push(int("count_include_pad", 0));
    }
    let x = call.channels_first(x);
    let y = call.node(operator, &[&x], attributes);
    Ok((call.channels_last(&y), options.fused_activation_function))
}

/// The root of the mean of squares.
fn l2_pool(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let x = call.real(0)?;
    let squares = call.node("Mul", &[&x, &x], NONE);
    let (mean, activation) = pooled(call, "AveragePool", &squares)?;
    let y = call.node("Sqrt", &[&mean], NONE);
    call.activate(&y, activation)
}
