//! Activations: fused ones, which many operators have, and those that are operators themselves.

use super::super::call::{Call, NONE, float, int, text};
use super::super::fixed_point;
use super::super::quantised::integers;
use super::super::schema::{
    ActivationFunctionType as Fused, BuiltinOperator as B, GeluOptions, LeakyReluOptions,
    SoftmaxOptions,
};
use super::super::tables::Bytes;
use super::{Builtin, builtin};
use crate::diag::Diag;
use crate::tensor::{DType, Tensor};

pub(super) const BUILTINS: &[Builtin] = &[
    builtin(B::Elu, |call| {
        tabulated(call, "Elu", |x| if x < 0.0 { x.exp_m1() } else { x })
    }),
    builtin(B::Gelu, gelu),
    builtin(B::HardSwish, hard_swish),
    builtin(B::LeakyRelu, leaky_relu),
    builtin(B::LogSoftmax, log_softmax),
    builtin(B::Logistic, |call| plain(call, "Sigmoid")),
    builtin(B::Prelu, prelu),
    builtin(B::Relu, |call| rectifier(call, Fused::Relu)),
    builtin(B::Relu0To1, |call| match call.bytes()? {
        Some(bytes) => bounded(call, &bytes, 0.0, 1.0),
        None => {
            let x = call.real(0)?;
            let y = clip(call, &x, 0.0, 1.0)?;
            call.give(0, &y)
        }
    }),
    builtin(B::Relu6, |call| rectifier(call, Fused::Relu6)),
    builtin(B::ReluN1To1, |call| rectifier(call, Fused::ReluN1To1)),
    builtin(B::Softmax, softmax),
    builtin(B::Tanh, |call| plain(call, "Tanh")),
];

impl Call<'_, '_, '_> {
    /// Writes out an activation, and gives the first output its result.
    pub(super) fn activate(&mut self, y: &str, activation: Fused) -> Result<(), Diag> {
        let y = activated(self, y, activation)?;
        self.give(0, &y)
    }
}

fn activated(call: &mut Call<'_, '_, '_>, y: &str, activation: Fused) -> Result<String, Diag> {
    match activation {
        Fused::None => Ok(y.into()),
        Fused::Relu => Ok(call.node("Relu", &[y], NONE)),
        Fused::ReluN1To1 => clip(call, y, -1.0, 1.0),
        Fused::Relu6 => clip(call, y, 0.0, 6.0),
        Fused::Tanh => Ok(call.node("Tanh", &[y], NONE)),
        Fused::SignBit => Err(Diag::new(
            "unsupported-activation",
            "the fused activation SIGN_BIT is not supported",
        )),
    }
}

/// Bounds of the result's type: integers that stand for themselves are bounded, too.
fn clip(call: &mut Call<'_, '_, '_>, y: &str, least: f32, most: f32) -> Result<String, Diag> {
    let output = call.output(0)?;
    let bound = |x: f32| match (output.dtype, &output.quantisation) {
        (Some(DType::I32), None) => Tensor::scalar(x as i32),
        (Some(DType::I64), None) => Tensor::scalar(x as i64),
        _ => Tensor::scalar(x),
    };
    let (least, most) = (
        call.add_constant("least", bound(least)),
        call.add_constant("most", bound(most)),
    );
    Ok(call.node("Clip", &[y, &least, &most], NONE))
}

fn plain(call: &mut Call<'_, '_, '_>, operator: &str) -> Result<(), Diag> {
    let x = call.real(0)?;
    let y = call.node(operator, &[&x], NONE);
    call.give(0, &y)
}

/// A function of numbers, which engines have a table of where it is one of bytes.
pub(super) fn tabulated(
    call: &mut Call<'_, '_, '_>,
    operator: &str,
    function: fn(f32) -> f32,
) -> Result<(), Diag> {
    match call.bytes()? {
        Some(bytes) => call.look_up(&bytes, bytes.of_numbers(function)),
        None => plain(call, operator),
    }
}

fn hard_swish(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    match call.bytes()? {
        Some(bytes) => call.look_up(&bytes, fixed_point::hard_swish(&bytes)),
        None => plain(call, "HardSwish"),
    }
}

/// Bytes between bounds, told by another scale.
fn bounded(call: &mut Call<'_, '_, '_>, bytes: &Bytes, least: f32, most: f32) -> Result<(), Diag> {
    let bound = |x: f32| bytes.nearest(x / bytes.scales[1]);
    let by = f64::from(bytes.scales[0] / bytes.scales[1]);
    call.look_up(bytes, bytes.scaled(by, bound(least), bound(most)))
}

fn rectifier(call: &mut Call<'_, '_, '_>, activation: Fused) -> Result<(), Diag> {
    let range = match activation {
        Fused::Relu => (0.0, f32::INFINITY),
        Fused::Relu6 => (0.0, 6.0),
        _ => (-1.0, 1.0),
    };
    if let Some(bytes) = call.bytes()? {
        return bounded(call, &bytes, range.0, range.1);
    }
    let x = call.real(0)?;
    call.activate(&x, activation)
}

fn gelu(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let options: GeluOptions = call.options()?;
    let x = call.real(0)?;
    let approximate = if options.approximate { "tanh" } else { "none" };
    let y = call.node("Gelu", &[&x], vec![text("approximate", approximate)]);
    call.give(0, &y)
}

fn leaky_relu(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let options: LeakyReluOptions = call.options()?;
    if let Some(bytes) = call.bytes()?.filter(|_| options.alpha >= 0.0) {
        let ((lo, hi), scale) = (bytes.range(), f64::from(bytes.scales[0] / bytes.scales[1]));
        let above = bytes.scaled(scale, lo, hi);
        let below = f64::from(bytes.scales[0] * options.alpha / bytes.scales[1]);
        let (below, zero) = (bytes.scaled(below, lo, hi), bytes.zeros[0]);
        return call.look_up(&bytes, |code| {
            if code >= zero {
                above(code)
            } else {
                below(code)
            }
        });
    }
    let x = call.real(0)?;
    let y = call.node("LeakyRelu", &[&x], vec![float("alpha", options.alpha)]);
    call.give(0, &y)
}

/// Bytes that are not negative are only told by another scale; the others are products.
fn prelu(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let (x, slope) = (call.real(0)?, call.real(1)?);
    if let Some(bytes) = call.bytes()? {
        let (lo, hi) = bytes.range();
        let by = f64::from(bytes.scales[0] / bytes.scales[1]);
        let above = call.looked_up(&bytes, bytes.scaled(by, lo, hi))?;
        let product = call.node("Mul", &[&x, &slope], NONE);
        let below = call.quantized(&product)?;
        let zero = integers(vec![], &[bytes.zeros[0]], bytes.dtypes[0]);
        let (zero, x) = (call.add_constant("least", zero), call.raw(0)?);
        let is_above = call.node("GreaterOrEqual", &[&x, &zero], NONE);
        let y = call.node("Where", &[&is_above, &above, &below], NONE);
        return call.give_raw(0, &y);
    }
    let y = call.node("PRelu", &[&x, &slope], NONE);
    call.give(0, &y)
}

fn softmax(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let options: SoftmaxOptions = call.options()?;
    let mut x = call.real(0)?;
    if options.beta != 1.0 {
        let beta = call.number("beta", options.beta);
        x = call.node("Mul", &[&x, &beta], NONE);
    }
    let y = call.node("Softmax", &[&x], vec![int("axis", -1)]);
    call.give(0, &y)
}

fn log_softmax(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let x = call.real(0)?;
    let y = call.node("LogSoftmax", &[&x], vec![int("axis", -1)]);
    call.give(0, &y)
}
