//! Functions of two or more numbers, element by element.

use super::super::call::{Call, NONE, int};
use super::super::schema::{
    ActivationFunctionType as Fused, AddOptions, BuiltinOperator as B, DivOptions, MulOptions,
    SubOptions,
};
use super::{Builtin, builtin};
use crate::diag::Diag;
use crate::tensor::{DType, Tensor};

pub(super) const BUILTINS: &[Builtin] = &[
    builtin(B::Add, |call| {
        let options: AddOptions = call.options()?;
        binary(call, "Add", options.fused_activation_function)
    }),
    builtin(B::AddN, sum),
    builtin(B::BitwiseXor, |call| {
        binary(call, "BitwiseXor", Fused::None)
    }),
    builtin(B::Div, div),
    builtin(B::FloorDiv, floor_div),
    builtin(B::FloorMod, floor_mod),
    builtin(B::Maximum, |call| extreme(call, "Max")),
    builtin(B::Minimum, |call| extreme(call, "Min")),
    builtin(B::Mul, |call| {
        let options: MulOptions = call.options()?;
        binary(call, "Mul", options.fused_activation_function)
    }),
    builtin(B::Pow, |call| binary(call, "Pow", Fused::None)),
    builtin(B::SquaredDifference, squared_difference),
    builtin(B::Sub, |call| {
        let options: SubOptions = call.options()?;
        binary(call, "Sub", options.fused_activation_function)
    }),
];

fn binary(call: &mut Call<'_, '_, '_>, operator: &str, activation: Fused) -> Result<(), Diag> {
    let (a, b) = (call.real(0)?, call.real(1)?);
    let y = call.node(operator, &[&a, &b], NONE);
    call.activate(&y, activation)
}

fn div(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let options: DivOptions = call.options()?;
    binary(call, "Div", options.fused_activation_function)
}

fn sum(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let terms = call.reals()?;
    let mut terms = terms.into_iter();
    let first = terms
        .next()
        .ok_or_else(|| Diag::new("missing-input", "there is nothing to sum up"))?;
    let y = terms.fold(first, |sum, term| call.node("Add", &[&sum, &term], NONE));
    call.give(0, &y)
}

/// The order of integers is that of what they stand for.
fn extreme(call: &mut Call<'_, '_, '_>, operator: &str) -> Result<(), Diag> {
    if call.alike(0, 0)? && call.alike(1, 0)? {
        let (a, b) = (call.raw(0)?, call.raw(1)?);
        let y = call.node(operator, &[&a, &b], NONE);
        return call.give_raw(0, &y);
    }
    binary(call, operator, Fused::None)
}

fn squared_difference(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let (a, b) = (call.real(0)?, call.real(1)?);
    let difference = call.node("Sub", &[&a, &b], NONE);
    let y = call.node("Mul", &[&difference, &difference], NONE);
    call.give(0, &y)
}

fn is_float(call: &Call<'_, '_, '_>) -> Result<bool, Diag> {
    let x = call.input(0)?;
    Ok(x.quantisation.is_some() || x.dtype()? == DType::F32)
}

/// The greatest whole number that is not above the quotient.
fn floor_div(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let (a, b) = (call.real(0)?, call.real(1)?);
    let y = if is_float(call)? {
        let quotient = call.node("Div", &[&a, &b], NONE);
        call.node("Floor", &[&quotient], NONE)
    } else {
        let rest = call.node("Mod", &[&a, &b], NONE);
        let multiple = call.node("Sub", &[&a, &rest], NONE);
        call.node("Div", &[&multiple, &b], NONE)
    };
    call.give(0, &y)
}

/// What is left of a division has the sign of the divisor.
fn floor_mod(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let (a, b) = (call.real(0)?, call.real(1)?);
    if !is_float(call)? {
        let y = call.node("Mod", &[&a, &b], NONE);
        return call.give(0, &y);
    }
    let rest = call.node("Mod", &[&a, &b], vec![int("fmod", 1)]);
    let zero = call.add_constant("zero", Tensor::scalar(0.0_f32));
    let product = call.node("Mul", &[&rest, &b], NONE);
    let other_sign = call.node("Less", &[&product, &zero], NONE);
    let raised = call.node("Add", &[&rest, &b], NONE);
    let y = call.node("Where", &[&other_sign, &raised, &rest], NONE);
    call.give(0, &y)
}
