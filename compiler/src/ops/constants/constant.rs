//! Operators that make constants. Shapes are static, so all of them are folded.

use crate::diag::Diag;
use crate::ops::{Importer, OnnxOp, onnx, unsupported_type};
use crate::tensor::{DType, Tensor, TensorType};

/// Elements that a constant made by `Range` or `EyeLike` may have.
const MAX_ELEMENTS: usize = 1 << 24;

fn constant(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let given = match cx.node.tensor("value")? {
        Some(tensor) => Some(tensor),
        None => cx.node.tensor("sparse_value")?,
    };
    let tensor = match given {
        Some(tensor) => tensor.clone(),
        None => constant_of_attributes(cx)?,
    };
    cx.graph.budget.give(&tensor);
    let value = cx.graph.add_constant(&cx.node.name, tensor);
    cx.finish(value)
}

fn constant_of_attributes(cx: &Importer<'_>) -> Result<Tensor, Diag> {
    let node = cx.node;
    if let Some(x) = node.optional_int("value_int")? {
        return Ok(Tensor::scalar(x));
    }
    if let Some(x) = node.optional_float("value_float")? {
        return Ok(Tensor::scalar(x));
    }
    if let Some(x) = node.ints("value_ints")? {
        return Ok(Tensor::new([x.len()], x));
    }
    if let Some(x) = node.floats("value_floats")? {
        return Ok(Tensor::new([x.len()], x));
    }
    let message = "no attribute gives a value of a supported kind";
    Err(Diag::new("missing-attribute", message).at_attribute("value"))
}

/// A tensor type of that many elements at most; `dims` come from a model and may be absurd.
fn bounded(dtype: DType, dims: &[i64]) -> Result<TensorType, Diag> {
    let size = |n: usize, &d: &i64| n.checked_mul(usize::try_from(d).ok()?);
    let len = dims.iter().try_fold(1, size).filter(|&n| n <= MAX_ELEMENTS);
    len.ok_or_else(|| Diag::new("invalid-shape", format!("a constant of shape {dims:?}")))?;
    Ok(TensorType::new(
        dtype,
        dims.iter().map(|&d| d as usize).collect::<Vec<_>>(),
    ))
}

fn constant_of_shape(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let dims = cx.ints(0, "the shape")?.unwrap_or_default();
    let value = cx
        .node
        .tensor("value")?
        .cloned()
        .unwrap_or_else(|| Tensor::scalar(0f32));
    if value.ty.len() != 1 {
        let message = format!("the value must be one number, not {}", value.ty);
        return Err(Diag::new("invalid-attribute", message).at_attribute("value"));
    }
    let shape: Result<Vec<_>, _> = dims.iter().map(|&d| usize::try_from(d)).collect();
    let shape = shape.map_err(|_| Diag::new("invalid-shape", format!("a shape of {dims:?}")))?;
    let y = match value.ty.dtype.storage() {
        Some(_) => {
            let value = cx.add_constant(value.reshaped([]));
            cx.expand(value, shape)?
        }
        None => {
            let tensor = filled(&value, &dims)?;
            cx.add_constant(tensor)
        }
    };
    cx.finish(y)
}

/// Repetitions of a value that no kernel works on.
fn filled(value: &Tensor, dims: &[i64]) -> Result<Tensor, Diag> {
    let ty = bounded(value.ty.dtype, dims)?;
    if value.ty.dtype.bits() < 8 {
        return Err(unsupported_type(value.ty.dtype));
    }
    let bytes = value.bytes().repeat(ty.len());
    Tensor::from_bytes(ty, &*bytes)
}

fn range(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let mut given = Vec::new();
    for i in 0..3 {
        let value = cx.input(i)?;
        given.push(cx.constant(value, "a bound of the range")?);
    }
    let dtype = given[0].ty.dtype;
    let scalars: Option<Vec<f64>> = given.iter().map(Tensor::single).collect();
    let scalars = scalars.filter(|s| s[2] != 0.0).ok_or_else(|| {
        Diag::new(
            "invalid-input",
            "start, limit and delta must be numbers, delta not 0",
        )
    })?;
    let len = ((scalars[1] - scalars[0]) / scalars[2]).ceil().max(0.0);
    let ty = bounded(dtype, &[len as i64])?;
    let tensor = match dtype {
        DType::F32 => progression_f32(&given, ty.len()),
        _ => progression(&scalars, &ty)?,
    };
    let y = cx.add_constant(tensor);
    cx.finish(y)
}

fn progression_f32(given: &[Tensor], len: usize) -> Tensor {
    let number = |i: usize| given[i].single::<f32>().unwrap_or_default();
    let values: Vec<f32> = (0..len).map(|i| number(0) + i as f32 * number(2)).collect();
    Tensor::new([len], &values)
}

fn progression(scalars: &[f64], ty: &TensorType) -> Result<Tensor, Diag> {
    use mlc_runtime_core::scalar::Scalar;
    let storage = ty
        .dtype
        .storage()
        .ok_or_else(|| unsupported_type(ty.dtype))?;
    let mut bytes = Vec::with_capacity(ty.bytes());
    for i in 0..ty.len() {
        Scalar::F64(scalars[0] + i as f64 * scalars[2])
            .cast(storage)
            .write_le(&mut bytes);
    }
    Tensor::from_bytes(ty.clone(), &*bytes)
}

/// `EyeLike`: ones on a diagonal, zeros elsewhere.
fn eye_like(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let like = cx.input(0)?;
    let shape = cx.shape(like);
    let [rows, columns] = shape[..] else {
        let message = format!("a matrix is needed, not {}", cx.ty(like));
        return Err(Diag::new("shape-mismatch", message));
    };
    let k = cx.node.int("k", 0)?;
    bounded(DType::U8, &[rows as i64, columns as i64])?;
    let on = |i: usize| (i % columns) as i64 - (i / columns) as i64 == k;
    let values: Vec<u8> = (0..rows * columns).map(|i| on(i) as u8).collect();
    let eye = cx.add_constant(Tensor::new(shape, &values));
    let dtype = match cx.node.int("dtype", 0)? {
        0 => cx.ty(like).dtype,
        code => crate::onnx::tensor::dtype(code).map_err(|d| d.at_attribute("dtype"))?,
    };
    let y = cx.cast(eye, dtype)?;
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[
    onnx("Constant", constant),
    onnx("ConstantOfShape", constant_of_shape),
    onnx("EyeLike", eye_like),
    onnx("Range", range),
];
