//! Comparisons, what is made of truth values, and choices by them.

use super::super::call::{Call, NONE, sizes};
use super::super::schema::BuiltinOperator as B;
use super::{Builtin, builtin};
use crate::diag::Diag;

pub(super) const BUILTINS: &[Builtin] = &[
    builtin(B::Equal, |call| compare(call, "Equal")),
    builtin(B::Greater, |call| compare(call, "Greater")),
    builtin(B::GreaterEqual, |call| compare(call, "GreaterOrEqual")),
    builtin(B::Less, |call| compare(call, "Less")),
    builtin(B::LessEqual, |call| compare(call, "LessOrEqual")),
    builtin(B::LogicalAnd, |call| logical(call, "And")),
    builtin(B::LogicalOr, |call| logical(call, "Or")),
    builtin(B::NotEqual, not_equal),
    builtin(B::Select, select_rows),
    builtin(B::SelectV2, |call| {
        let condition = call.raw(0)?;
        select(call, &condition)
    }),
];

/// Integers of one scale are compared as they are.
fn compared(call: &mut Call<'_, '_, '_>, operator: &str) -> Result<String, Diag> {
    let (a, b) = (call.input(0)?, call.input(1)?);
    let same = a.dtype == b.dtype && a.quantisation == b.quantisation;
    let (a, b) = match same {
        true => (call.raw(0)?, call.raw(1)?),
        false => (call.real(0)?, call.real(1)?),
    };
    Ok(call.node(operator, &[&a, &b], NONE))
}

fn compare(call: &mut Call<'_, '_, '_>, operator: &str) -> Result<(), Diag> {
    let y = compared(call, operator)?;
    call.give_raw(0, &y)
}

fn not_equal(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let equal = compared(call, "Equal")?;
    let y = call.node("Not", &[&equal], NONE);
    call.give_raw(0, &y)
}

fn logical(call: &mut Call<'_, '_, '_>, operator: &str) -> Result<(), Diag> {
    let (a, b) = (call.raw(0)?, call.raw(1)?);
    let y = call.node(operator, &[&a, &b], NONE);
    call.give_raw(0, &y)
}

/// A list of conditions chooses rows, if what it chooses from has more axes.
fn select_rows(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let mut condition = call.raw(0)?;
    if let ([rows], rank @ 2..) = (call.shape(0)?, call.shape(1)?.len()) {
        let mut shape = vec![1; rank];
        shape[0] = *rows;
        condition = call.reshape(&condition, &sizes(&shape));
    }
    select(call, &condition)
}

fn select(call: &mut Call<'_, '_, '_>, condition: &str) -> Result<(), Diag> {
    if call.alike(1, 0)? && call.alike(2, 0)? {
        let (a, b) = (call.raw(1)?, call.raw(2)?);
        let y = call.node("Where", &[condition, &a, &b], NONE);
        return call.give_raw(0, &y);
    }
    let (a, b) = (call.real(1)?, call.real(2)?);
    let y = call.node("Where", &[condition, &a, &b], NONE);
    call.give(0, &y)
}
