//! Conversions between element types, and rounding.

use super::super::builder::Builder;
use super::super::known::Known;
use super::Add;
use super::integers::TYPES;
use crate::build::int;
use mlc_compiler::onnx::tensor::dtype_code;
use mlc_compiler::tensor::{DType, Tensor};

pub(super) const OPERATORS: &[Add] = &[
    to_integers,
    to_floats,
    between_integers,
    to_truth,
    from_truth,
    round,
    there_and_back,
];

/// Converts elements; what is certain stays so.
pub(super) fn cast(b: &mut Builder, x: &Known, dtype: DType) -> Known {
    let to = int("to", dtype_code(dtype) as usize);
    b.node(
        "Cast",
        &[&x.name],
        vec![to],
        Known {
            exact: x.exact,
            ..Known::exactly(dtype, x.shape())
        },
    )
}

/// Floats to integers, within what these hold.
fn to_integers(b: &mut Builder) -> Option<()> {
    let x = b.certain(&[DType::F32])?;
    let dtype = b.random.one_of(TYPES);
    let low = if dtype == DType::U8 { 0.0 } else { -100.0 };
    let [low, high] = [low, 100.0f32].map(|bound| b.shared(Tensor::scalar(bound)));
    let factor = b.random.one_of(&[1.0f32, 4.0, 16.0]);
    let factor = b.shared(Tensor::scalar(factor));
    let scaled = b.node(
        "Mul",
        &[&x.name, &factor],
        vec![],
        Known {
            exact: true,
            ..Known::rounded(x.shape())
        },
    );
    let within = b.node("Clip", &[&scaled.name, &low, &high], vec![], scaled.clone());
    cast(b, &within, dtype);
    Some(())
}

/// Integers to floats, near zero.
fn to_floats(b: &mut Builder) -> Option<()> {
    let x = b.certain(TYPES)?;
    let bound = b.integer(x.ty.dtype, 50);
    let near = b.node("Mod", &[&x.name, &bound], vec![], x.clone());
    cast(b, &near, DType::F32);
    Some(())
}

fn between_integers(b: &mut Builder) -> Option<()> {
    let x = b.certain(TYPES)?;
    let dtype = b.random.one_of(TYPES);
    cast(b, &x, dtype);
    Some(())
}

fn to_truth(b: &mut Builder) -> Option<()> {
    let x = b.certain(&[DType::I32, DType::I64, DType::U8, DType::F32])?;
    cast(b, &x, DType::Bool);
    Some(())
}

fn from_truth(b: &mut Builder) -> Option<()> {
    let x = b.certain(&[DType::Bool])?;
    let dtype = b
        .random
        .one_of(&[DType::F32, DType::F32, DType::I32, DType::I64, DType::U8]);
    cast(b, &x, dtype);
    Some(())
}

fn round(b: &mut Builder) -> Option<()> {
    let x = b.certain(&[DType::F32])?;
    let operator = b.random.one_of(&["Round", "Floor", "Ceil", "Sign"]);
    let factor = b.shared(Tensor::scalar(4.0f32));
    let scaled = b.node("Mul", &[&x.name, &factor], vec![], x.shaped(x.shape()));
    b.node(operator, &[&scaled.name], vec![], x.shaped(x.shape()));
    Some(())
}

/// Floats through a narrower type of integers and back.
fn there_and_back(b: &mut Builder) -> Option<()> {
    let x = b.certain(&[DType::I32, DType::I64])?;
    let dtype = b.random.one_of(&[DType::I8, DType::U8, DType::I16]);
    let narrow = cast(b, &x, dtype);
    cast(b, &narrow, x.ty.dtype);
    Some(())
}
