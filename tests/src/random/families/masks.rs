//! Comparisons, logic, and choices by truth values.

use super::super::builder::Builder;
use super::super::known::Known;
use super::Add;
use super::pointwise::reaches;
use mlc_compiler::tensor::{DType, Tensor};

pub(super) const OPERATORS: &[Add] = &[
    compare,
    compare,
    logic,
    logic,
    not,
    choose,
    choose,
    masked,
    is_nan,
    is_infinite,
    triangle,
];

const COMPARED: &[DType] = &[DType::F32, DType::F32, DType::I32, DType::I64];
const COMPARISONS: [&str; 5] = ["Less", "LessOrEqual", "Greater", "GreaterOrEqual", "Equal"];

fn compare(b: &mut Builder) -> Option<()> {
    let x = b.certain(COMPARED)?;
    let y = b.value(|y| y.exact && y.ty.dtype == x.ty.dtype && reaches(y.shape(), x.shape()))?;
    let operator = b.random.one_of(&COMPARISONS);
    b.node(
        operator,
        &[&x.name, &y.name],
        vec![],
        Known::exactly(DType::Bool, x.shape()),
    );
    Some(())
}

fn mask(b: &mut Builder) -> Option<Known> {
    b.certain(&[DType::Bool])
}

fn logic(b: &mut Builder) -> Option<()> {
    let x = mask(b)?;
    let y = b.value(|y| y.is_mask() && y.exact && reaches(y.shape(), x.shape()))?;
    let operator = b.random.one_of(&["And", "Or", "Xor", "Equal"]);
    b.node(operator, &[&x.name, &y.name], vec![], x.clone());
    Some(())
}

fn not(b: &mut Builder) -> Option<()> {
    let x = mask(b)?;
    b.node("Not", &[&x.name], vec![], x.clone());
    Some(())
}

/// One of two values for each element, the mask and one of them broadcast.
fn choose(b: &mut Builder) -> Option<()> {
    let x = b.value(|x| x.slack == 0.0 && !x.is_mask() && x.grid.is_none())?;
    let y =
        b.value(|y| y.slack == 0.0 && y.ty.dtype == x.ty.dtype && reaches(y.shape(), x.shape()))?;
    let mask = b.value(|m| m.is_mask() && m.exact && reaches(m.shape(), x.shape()))?;
    let (on_true, on_false) = if b.random.once_in(2) {
        (&x, &y)
    } else {
        (&y, &x)
    };
    b.node(
        "Where",
        &[&mask.name, &on_true.name, &on_false.name],
        vec![],
        x.joined(&y),
    );
    Some(())
}

/// As attention masks what it must not see.
fn masked(b: &mut Builder) -> Option<()> {
    let x = b.value(|x| x.is_float() && x.rank() >= 1)?;
    let mask = b.value(|m| m.is_mask() && m.exact && reaches(m.shape(), x.shape()))?;
    let far = b.random.one_of(&[-1e9f32, f32::NEG_INFINITY]);
    let far = b.shared(Tensor::scalar(far));
    let scores = b.node(
        "Where",
        &[&mask.name, &x.name, &far],
        vec![],
        Known::rounded(x.shape()),
    );
    let attributes = vec![crate::build::int("axis", x.rank() - 1)];
    b.node(
        "Softmax",
        &[&scores.name],
        attributes,
        Known::rounded(x.shape()),
    );
    Some(())
}

fn is_nan(b: &mut Builder) -> Option<()> {
    let x = b.certain(&[DType::F32])?;
    b.node(
        "IsNaN",
        &[&x.name],
        vec![],
        Known::exactly(DType::Bool, x.shape()),
    );
    Some(())
}

fn is_infinite(b: &mut Builder) -> Option<()> {
    let x = b.certain(&[DType::F32])?;
    let attributes = ["detect_negative", "detect_positive"]
        .map(|name| crate::build::int(name, b.random.below(2)));
    b.node(
        "IsInf",
        &[&x.name],
        attributes.into(),
        Known::exactly(DType::Bool, x.shape()),
    );
    Some(())
}

/// The part of a matrix above or below a diagonal.
fn triangle(b: &mut Builder) -> Option<()> {
    let x = b.value(|x| x.rank() >= 2 && x.slack == 0.0 && x.grid.is_none())?;
    let diagonal = b.random.between(-2, 2);
    let diagonal = b.integer(DType::I64, diagonal);
    let attributes = vec![crate::build::int("upper", b.random.below(2))];
    b.node("Trilu", &[&x.name, &diagonal], attributes, x.clone());
    Some(())
}
