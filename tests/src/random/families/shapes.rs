//! Shapes that are computed: what exporters write for views and for tensors made to measure.

use super::super::builder::{Builder, small};
use super::super::known::Known;
use super::Add;
use crate::build::int;
use mlc_compiler::tensor::DType;

pub(super) const OPERATORS: &[Add] = &[view, like_another, size, range, filled, plain];

fn shape_of(b: &mut Builder, x: &Known) -> Known {
    b.node(
        "Shape",
        &[&x.name],
        vec![],
        Known::exactly(DType::I64, [x.rank()]),
    )
}

/// `x.view(x.size(0), -1)`.
fn view(b: &mut Builder) -> Option<()> {
    let x = b
        .value(|x| x.rank() >= 1 && x.grid.is_none())
        .or_else(|| b.floats_of(1..=5))?;
    let shape = shape_of(b, &x);
    let zero = b.integer(DType::I64, 0);
    let first = b.node(
        "Gather",
        &[&shape.name, &zero],
        vec![int("axis", 0)],
        Known::exactly(DType::I64, []),
    );
    let axes = b.integers(&[0]);
    let first = b.node(
        "Unsqueeze",
        &[&first.name, &axes],
        vec![],
        first.shaped([1]),
    );
    let rest = b.integers(&[-1]);
    let target = b.node(
        "Concat",
        &[&first.name, &rest],
        vec![int("axis", 0)],
        Known::exactly(DType::I64, [2]),
    );
    let to = [x.shape()[0], x.ty.len() / x.shape()[0]];
    b.node("Reshape", &[&x.name, &target.name], vec![], x.shaped(to));
    Some(())
}

/// Expanded to the shape of another value.
fn like_another(b: &mut Builder) -> Option<()> {
    let y = b.floats_of(1..=5)?;
    let x = b.value(|x| x.grid.is_none() && super::pointwise::reaches(x.shape(), y.shape()))?;
    let shape = shape_of(b, &y);
    b.node(
        "Expand",
        &[&x.name, &shape.name],
        vec![],
        x.shaped(y.shape()),
    );
    Some(())
}

/// How many elements there are, as a number among others.
fn size(b: &mut Builder) -> Option<()> {
    let x = b.floats()?;
    let size = b.node("Size", &[&x.name], vec![], Known::exactly(DType::I64, []));
    let to = super::casts::cast(b, &size, DType::F32);
    b.node(
        "Div",
        &[&x.name, &to.name],
        vec![],
        Known::rounded(x.shape()),
    );
    Some(())
}

fn range(b: &mut Builder) -> Option<()> {
    let x = b.value(|x| x.rank() >= 1)?;
    let shape = shape_of(b, &x);
    let [zero, one] = [0, 1].map(|n| b.integer(DType::I64, n));
    let last = b.integer(DType::I64, -1);
    let end = b.node(
        "Gather",
        &[&shape.name, &last],
        vec![],
        Known::exactly(DType::I64, []),
    );
    let len = x.shape()[x.rank() - 1];
    b.node(
        "Range",
        &[&zero, &end.name, &one],
        vec![],
        Known::exactly(DType::I64, [len]),
    );
    Some(())
}

/// Zeros of the shape of another value.
fn filled(b: &mut Builder) -> Option<()> {
    let x = b.floats_of(1..=5)?;
    let shape = shape_of(b, &x);
    small(x.shape()).then(|| {
        b.node(
            "ConstantOfShape",
            &[&shape.name],
            vec![],
            Known::exactly(DType::F32, x.shape()),
        )
    })?;
    Some(())
}

fn plain(b: &mut Builder) -> Option<()> {
    let add = b.random.one_of(super::pointwise::OPERATORS);
    add(b)
}
