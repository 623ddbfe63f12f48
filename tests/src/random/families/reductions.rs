//! Sums, means and extremes along axes.

use super::super::builder::Builder;
use super::super::known::Known;
use super::Add;
use crate::build::int;
use mlc_compiler::tensor::DType;

pub(super) const OPERATORS: &[Add] = &[reduce, reduce, extreme, of_integers, norm];

/// The shape that is left.
pub(super) fn reduced(shape: &[usize], axes: &[usize], keep: bool) -> Vec<usize> {
    let size = |(axis, &n): (usize, &usize)| match (axes.contains(&axis), keep) {
        (true, true) => Some(1),
        (true, false) => None,
        (false, _) => Some(n),
    };
    shape.iter().enumerate().filter_map(size).collect()
}

/// Reduces along some axes, or along all.
fn along(b: &mut Builder, operator: &str, x: &Known, made: Known) -> Option<()> {
    let keep = b.random.once_in(2);
    let mut axes: Vec<usize> = (0..x.rank()).filter(|_| b.random.once_in(2)).collect();
    let list: Vec<i64> = match b.random.once_in(2) {
        true => axes.iter().map(|&axis| axis as i64).collect(),
        false => axes
            .iter()
            .map(|&axis| axis as i64 - x.rank() as i64)
            .collect(),
    };
    let list = (!list.is_empty()).then(|| b.integers(&list));
    if list.is_none() {
        axes = (0..x.rank()).collect();
    }
    let mut inputs = vec![&*x.name];
    inputs.extend(list.as_deref());
    let shape = reduced(x.shape(), &axes, keep);
    b.node(
        operator,
        &inputs,
        vec![int("keepdims", keep.into())],
        made.shaped(shape),
    );
    Some(())
}

fn reduce(b: &mut Builder) -> Option<()> {
    let x = b.floats()?;
    let operator = b
        .random
        .one_of(&["ReduceMean", "ReduceSum", "ReduceL1", "ReduceMean"]);
    along(b, operator, &x, Known::rounded(x.shape()))
}

fn extreme(b: &mut Builder) -> Option<()> {
    let x = b.value(|x| x.is_float() || x.is_integer() && x.ty.dtype != DType::I16)?;
    let operator = b.random.one_of(&["ReduceMax", "ReduceMin"]);
    along(b, operator, &x, x.clone())
}

fn of_integers(b: &mut Builder) -> Option<()> {
    let x = b.certain(&[DType::I32, DType::I64])?;
    let operator = b
        .random
        .one_of(&["ReduceSum", "ReduceMax", "ReduceSumSquare"]);
    along(b, operator, &x, x.clone())
}

/// Of numbers from -1 to 1.
fn norm(b: &mut Builder) -> Option<()> {
    let x = b.floats()?;
    let bounded = b.node("Tanh", &[&x.name], vec![], Known::rounded(x.shape()));
    let operator = b.random.one_of(&[
        "ReduceL2",
        "ReduceSumSquare",
        "ReduceLogSumExp",
        "ReduceProd",
    ]);
    along(b, operator, &bounded, bounded.clone())
}
