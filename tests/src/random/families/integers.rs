//! Arithmetic on integers: it wraps around, and every bit of it is certain.

use super::super::builder::{Builder, small};
use super::super::known::Known;
use super::Add;
use super::pointwise::reaches;
use crate::build::{int, text};
use mlc_compiler::tensor::DType;

pub(super) const OPERATORS: &[Add] = &[
    binary,
    binary,
    by_constant,
    unary,
    bitwise,
    shift,
    running,
    product,
    comparison_of_signs,
];

/// The types that integers mostly have.
pub(super) const TYPES: &[DType] = &[
    DType::I32,
    DType::I64,
    DType::I32,
    DType::I64,
    DType::U8,
    DType::I8,
    DType::I16,
];

/// Two values of one type, one of which is broadcast to the other.
fn pair(b: &mut Builder, dtypes: &[DType]) -> Option<(Known, Known)> {
    let x = b.certain(dtypes)?;
    let y = b.value(|y| y.exact && y.ty.dtype == x.ty.dtype && reaches(y.shape(), x.shape()))?;
    Some((x, y))
}

fn binary(b: &mut Builder) -> Option<()> {
    let (x, y) = pair(b, TYPES)?;
    let operator = b.random.one_of(&["Add", "Sub", "Mul", "Max", "Min"]);
    b.node(operator, &[&x.name, &y.name], vec![], x.clone());
    Some(())
}

/// Quotients and remainders by a constant that is not zero.
fn by_constant(b: &mut Builder) -> Option<()> {
    let x = b.certain(TYPES)?;
    let by = b.random.between(2, 9);
    let by = b.integer(x.ty.dtype, by);
    let (operator, attributes) = match b.random.below(4) {
        0 | 1 => ("Div", vec![]),
        2 => ("Mod", vec![]),
        _ => ("Mod", vec![int("fmod", 1)]),
    };
    b.node(operator, &[&x.name, &by], attributes, x.clone());
    Some(())
}

fn unary(b: &mut Builder) -> Option<()> {
    let x = b.certain(&[DType::I32, DType::I64, DType::I8])?;
    let operator = b.random.one_of(&["Neg", "Abs", "Sign", "Identity"]);
    b.node(operator, &[&x.name], vec![], x.clone());
    Some(())
}

fn bitwise(b: &mut Builder) -> Option<()> {
    let (x, y) = pair(b, TYPES)?;
    match b
        .random
        .one_of(&["BitwiseAnd", "BitwiseOr", "BitwiseXor", "BitwiseNot"])
    {
        "BitwiseNot" => b.node("BitwiseNot", &[&x.name], vec![], x.clone()),
        operator => b.node(operator, &[&x.name, &y.name], vec![], x.clone()),
    };
    Some(())
}

fn shift(b: &mut Builder) -> Option<()> {
    let x = b.certain(&[DType::U8, DType::U32, DType::U64])?;
    let by = b.random.between(0, 7);
    let by = b.integer(x.ty.dtype, by);
    let direction = text("direction", b.random.one_of(&["LEFT", "RIGHT"]));
    b.node("BitShift", &[&x.name, &by], vec![direction], x.clone());
    Some(())
}

fn running(b: &mut Builder) -> Option<()> {
    let x =
        b.value(|x| x.exact && matches!(x.ty.dtype, DType::I32 | DType::I64) && x.rank() >= 1)?;
    let axis = b.random.below(x.rank()) as i64;
    let axis = b.integer(DType::I64, axis);
    let attributes = vec![
        int("exclusive", b.random.below(2)),
        int("reverse", b.random.below(2)),
    ];
    b.node("CumSum", &[&x.name, &axis], attributes, x.clone());
    Some(())
}

/// A product of matrices of bytes, with zero points.
fn product(b: &mut Builder) -> Option<()> {
    let bytes = |x: &Known| x.exact && matches!(x.ty.dtype, DType::U8 | DType::I8) && x.rank() >= 2;
    let x = b.value_or_input(bytes, |random| {
        let shape = [1 + random.below(4), 1 + random.below(6)];
        mlc_compiler::tensor::TensorType::new(random.one_of(&[DType::U8, DType::I8]), shape)
    })?;
    let (into, out) = (*x.shape().last()?, 1 + b.random.below(6));
    let weights = mlc_compiler::tensor::TensorType::new(DType::I8, [into, out]);
    let w = b.constant_value(&weights);
    let [zero, none] = [(x.ty.dtype, 3), (DType::I8, 0)].map(|(dtype, z)| b.integer(dtype, z));
    let mut shape = x.shape().to_vec();
    *shape.last_mut()? = out;
    let inputs = &[&*x.name, &w.name, &zero, &none][..2 + b.random.below(3)];
    small(&shape).then(|| {
        b.node(
            "MatMulInteger",
            inputs,
            vec![],
            Known::exactly(DType::I32, shape),
        )
    })?;
    Some(())
}

/// Whether two integers have one sign, as an integer.
fn comparison_of_signs(b: &mut Builder) -> Option<()> {
    let (x, y) = pair(b, &[DType::I32, DType::I64])?;
    let [x_sign, y_sign] = [&x, &y].map(|v| b.node("Sign", &[&v.name], vec![], v.clone()));
    b.node("Mul", &[&x_sign.name, &y_sign.name], vec![], x.clone());
    Some(())
}
