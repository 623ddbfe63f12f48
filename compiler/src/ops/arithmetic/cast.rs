//! Conversion between element types.

use crate::diag::Diag;
use crate::ir::ValueId;
use crate::onnx::tensor::{dtype, dtype_named};
use crate::ops::arithmetic::elementwise::{Map, scalar, storage};
use crate::ops::{Importer, OnnxOp, onnx, unsupported_type};
use crate::tensor::{DType, Tensor, TensorType};
use mlc_runtime_core::scalar::Expr;

/// `x` converted to elements of type `dtype`: as Rust's `as` converts, except that truth is `!= 0`.
pub fn convert(x: Expr, dtype: DType) -> Result<Expr, Diag> {
    let to = storage(dtype)?;
    match dtype {
        DType::Bool => scalar("truth", [x]),
        _ if x.ty() == to => Ok(x),
        _ => scalar(&format!("to_{}", to.rust_name()), [x]),
    }
}

impl Importer<'_> {
    /// A value converted to another element type.
    pub fn cast(&mut self, value: ValueId, dtype: DType) -> Result<ValueId, Diag> {
        if self.ty(value).dtype == dtype {
            return Ok(value);
        }
        if self.ty(value).dtype.storage().is_none() || dtype.storage().is_none() {
            return self.cast_constant(value, dtype);
        }
        let function = convert(self.arg(&[value], 0)?, dtype)?;
        self.add(Map { function, dtype }, &[value])
    }

    /// Types that no kernel works on can be converted while they are constants.
    fn cast_constant(&mut self, value: ValueId, dtype: DType) -> Result<ValueId, Diag> {
        let from = self.ty(value).dtype;
        let unsupported = if from.storage().is_none() {
            from
        } else {
            dtype
        };
        let tensor = self
            .graph
            .evaluate(value)?
            .ok_or_else(|| unsupported_type(unsupported))?;
        let wide = widen(&tensor).ok_or_else(|| unsupported_type(unsupported))?;
        let wide = self.add_constant(wide);
        match dtype.storage() {
            Some(_) => self.cast(wide, dtype),
            None => Err(unsupported_type(dtype)),
        }
    }
}

/// A constant in half precision as `f32`, and one of less than a byte as bytes.
fn widen(tensor: &Tensor) -> Option<Tensor> {
    let halves = tensor.bytes().chunks_exact(2).map(|b| [b[0], b[1]]);
    let values: Vec<f32> = match tensor.ty.dtype {
        DType::F16 => halves
            .map(|b| half::f16::from_le_bytes(b).to_f32())
            .collect(),
        DType::BF16 => halves
            .map(|b| half::bf16::from_le_bytes(b).to_f32())
            .collect(),
        _ if tensor.ty.dtype.storage().is_some() => return Some(tensor.clone()),
        _ => return crate::ops::quantisation::quantize::unpacked(tensor),
    };
    let ty = TensorType::new(DType::F32, tensor.ty.shape.clone());
    Tensor::from_bytes(ty, bytemuck::cast_slice::<f32, u8>(&values)).ok()
}

/// `Cast`: before opset 6 the type is given by its name.
fn cast(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let dtype = match cx.version() < 6 {
        true => dtype_named(cx.node.string("to", "")?),
        false => dtype(cx.node.int("to", 0)?),
    };
    let dtype = dtype.map_err(|d| d.at_attribute("to"))?;
    let x = cx.input(0)?;
    let y = cx.cast(x, dtype)?;
    cx.finish(y)
}

fn cast_like(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let (x, like) = (cx.input(0)?, cx.input(1)?);
    let dtype = cx.ty(like).dtype;
    let y = cx.cast(x, dtype)?;
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("Cast", cast), onnx("CastLike", cast_like)];
