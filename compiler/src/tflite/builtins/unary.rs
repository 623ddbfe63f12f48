//! Functions of one number, element by element.

use super::super::call::{Call, NONE};
use super::super::schema::BuiltinOperator as B;
use super::activation::tabulated;
use super::{Builtin, builtin};
use crate::diag::Diag;

pub(super) const BUILTINS: &[Builtin] = &[
    builtin(B::Abs, |call| plain(call, "Abs")),
    builtin(B::Ceil, |call| plain(call, "Ceil")),
    builtin(B::Cos, |call| plain(call, "Cos")),
    builtin(B::Exp, |call| tabulated(call, "Exp", f32::exp)),
    builtin(B::Floor, |call| plain(call, "Floor")),
    builtin(B::Log, |call| tabulated(call, "Log", f32::ln)),
    builtin(B::LogicalNot, |call| plain(call, "Not")),
    builtin(B::Neg, |call| plain(call, "Neg")),
    builtin(B::Round, |call| plain(call, "Round")),
    builtin(B::Rsqrt, rsqrt),
    builtin(B::Sign, |call| plain(call, "Sign")),
    builtin(B::Sin, |call| plain(call, "Sin")),
    builtin(B::Sqrt, |call| plain(call, "Sqrt")),
    builtin(B::Square, square),
];

fn plain(call: &mut Call<'_, '_, '_>, operator: &str) -> Result<(), Diag> {
    let x = call.real(0)?;
    let y = call.node(operator, &[&x], NONE);
    call.give(0, &y)
}

fn rsqrt(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    if let Some(bytes) = call.bytes()? {
        return call.look_up(&bytes, bytes.of_numbers(|x| 1.0 / x.sqrt()));
    }
    let x = call.real(0)?;
    let root = call.node("Sqrt", &[&x], NONE);
    let y = call.node("Reciprocal", &[&root], NONE);
    call.give(0, &y)
}

fn square(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let x = call.real(0)?;
    let y = call.node("Mul", &[&x, &x], NONE);
    call.give(0, &y)
}
