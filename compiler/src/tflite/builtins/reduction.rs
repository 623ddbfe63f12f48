//! Reductions over axes, and sums along one.

use super::super::call::{Call, int};
use super::super::schema::{BuiltinOperator as B, CumsumOptions, ReducerOptions};
use super::{Builtin, builtin};
use crate::diag::Diag;
use crate::tensor::DType;

pub(super) const BUILTINS: &[Builtin] = &[
    builtin(B::Cumsum, cumsum),
    builtin(B::Mean, |call| numbers(call, "ReduceMean")),
    builtin(B::ReduceAll, |call| truths(call, "ReduceMin")),
    builtin(B::ReduceAny, |call| truths(call, "ReduceMax")),
    builtin(B::ReduceMax, |call| extreme(call, "ReduceMax")),
    builtin(B::ReduceMin, |call| extreme(call, "ReduceMin")),
    builtin(B::ReduceProd, |call| numbers(call, "ReduceProd")),
    builtin(B::Sum, |call| numbers(call, "ReduceSum")),
];

fn reduced(call: &mut Call<'_, '_, '_>, operator: &str, x: &str) -> Result<String, Diag> {
    let options: ReducerOptions = call.options()?;
    let axes = call.integers(1)?;
    let axes = axes.iter().map(|&axis| Ok(call.axis(0, axis)? as i64));
    let mut axes = axes.collect::<Result<Vec<_>, Diag>>()?;
    axes.sort_unstable();
    axes.dedup();
    let axes = call.list("axes", &axes);
    let attributes = vec![
        int("keepdims", options.keep_dims.into()),
        // No axes are none of them.
        int("noop_with_empty_axes", 1),
    ];
    Ok(call.node(operator, &[x, &axes], attributes))
}

fn numbers(call: &mut Call<'_, '_, '_>, operator: &str) -> Result<(), Diag> {
    let x = call.real(0)?;
    let y = reduced(call, operator, &x)?;
    call.give(0, &y)
}

fn extreme(call: &mut Call<'_, '_, '_>, operator: &str) -> Result<(), Diag> {
    call.moved(0, |call, x| reduced(call, operator, x))
}

/// Truth values are the least and the greatest bytes.
fn truths(call: &mut Call<'_, '_, '_>, operator: &str) -> Result<(), Diag> {
    let x = call.raw(0)?;
    let x = call.cast(&x, DType::U8);
    let y = reduced(call, operator, &x)?;
    let y = call.cast(&y, DType::Bool);
    call.give_raw(0, &y)
}

fn cumsum(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let options: CumsumOptions = call.options()?;
    let (x, axis) = (call.real(0)?, call.raw(1)?);
    let attributes = vec![
        int("exclusive", options.exclusive.into()),
        int("reverse", options.reverse.into()),
    ];
    let axis = call.reshape(&axis, &[]);
    let y = call.node("CumSum", &[&x, &axis], attributes);
    call.give(0, &y)
}
