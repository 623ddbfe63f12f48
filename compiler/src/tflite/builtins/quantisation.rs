//! Conversions: between numbers and integers that stand for them, and between types.

use super::super::call::Call;
use super::super::schema::BuiltinOperator as B;
use super::{Builtin, builtin};
use crate::diag::Diag;

pub(super) const BUILTINS: &[Builtin] = &[
    builtin(B::Cast, |call| {
        let (x, dtype) = (call.raw(0)?, call.output(0)?.dtype()?);
        let y = call.cast(&x, dtype);
        call.give_raw(0, &y)
    }),
    builtin(B::Dequantize, renumber),
    builtin(B::Quantize, renumber),
];

/// The same numbers, told as the output tells them.
fn renumber(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let x = call.real(0)?;
    call.give(0, &x)
}
