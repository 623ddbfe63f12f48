//! What joins tensors, repeats one, or changes the order of its axes.

use super::super::call::{Call, NONE, int};
use super::super::schema::{
    ActivationFunctionType as Fused, BuiltinOperator as B, ConcatenationOptions, PackOptions,
};
use super::{Builtin, builtin};
use crate::diag::Diag;

pub(super) const BUILTINS: &[Builtin] = &[
    builtin(B::Concatenation, concatenation),
    builtin(B::Pack, pack),
    builtin(B::Tile, |call| {
        let repeats = call.integers(1)?;
        let repeats = call.list("repeats", &repeats);
        call.moved(0, |call, x| Ok(call.node("Tile", &[x, &repeats], NONE)))
    }),
    builtin(B::Transpose, |call| {
        let order = call.integers(1)?;
        let order = order.iter().map(|&axis| call.axis(0, axis));
        let order = order.collect::<Result<Vec<_>, _>>()?;
        call.moved(0, |call, x| Ok(call.transpose(x, &order)))
    }),
];

impl Call<'_, '_, '_> {
    /// Whether the elements of all inputs mean what those of the output do.
    fn all_alike(&self) -> Result<bool, Diag> {
        let mut all = true;
        for i in 0..self.count() {
            all &= self.alike(i, 0)?;
        }
        Ok(all)
    }
}

fn concatenation(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let options: ConcatenationOptions = call.options()?;
    let axis = call.axis(0, options.axis.into())?;
    if call.all_alike()? && options.fused_activation_function == Fused::None {
        let parts = (0..call.count())
            .map(|i| call.raw(i))
            .collect::<Result<Vec<_>, _>>()?;
        let y = concat(call, &parts, axis);
        return call.give_raw(0, &y);
    }
    let parts = call.reals()?;
    let y = concat(call, &parts, axis);
    call.activate(&y, options.fused_activation_function)
}

/// Parts one after the other.
pub(super) fn concat(call: &mut Call<'_, '_, '_>, parts: &[String], axis: usize) -> String {
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    call.node("Concat", &parts, vec![int("axis", axis as i64)])
}

/// Tensors along an axis that is added.
fn pack(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let options: PackOptions = call.options()?;
    let rank = call.shape(0)?.len() as i64 + 1;
    let axis = i64::from(options.axis);
    let axis = if axis < 0 { axis + rank } else { axis };
    if !(0..rank).contains(&axis) {
        return Err(call.wrong(0, "bad-axis", format!("there is no axis {axis}")));
    }
    let axes = call.list("axes", &[axis]);
    let is_alike = call.all_alike()?;
    let mut parts = Vec::new();
    for i in 0..call.count() {
        let part = if is_alike {
            call.raw(i)?
        } else {
            call.real(i)?
        };
        parts.push(call.node("Unsqueeze", &[&part, &axes], NONE));
    }
    let y = concat(call, &parts, axis as usize);
    if is_alike {
        call.give_raw(0, &y)
    } else {
        call.give(0, &y)
    }
}
