//! Quantisation: numbers as small integers with a scale and a zero point.
//!
//! An integer `q` stands for `(q - zero) · scale`. Both directions are element-wise functions in
//! floating point here; a pass turns what lies between them into operators on integers.

use crate::diag::Diag;
use crate::ir::{Lower, Op, Permuted, Refusal, Slices, TimeRule, ValueId};
use crate::onnx::tensor::dtype;
use crate::ops::arithmetic::elementwise::{broadcast, number, scalar};
use crate::ops::reduction::reduce::Reduction;
use crate::ops::{Importer, OnnxOp, axis, onnx, unsupported_type};
use crate::tensor::{DType, Tensor, TensorType};
use mlc_runtime_core::scalar::{ElementType, Expr};
use std::sync::Arc;

/// `(x - zero) · scale`, in `f32`; scale and zero point are broadcast to `x`.
///
/// Constants are not computed at once: operators on integers want what is read here.
#[derive(Clone, Debug)]
pub struct Dequantize {
    /// Element type of `x` and of the zero point.
    pub from: DType,
    /// Whether there is a zero point, as the third input.
    pub has_zero: bool,
}

/// `round(x / scale) + zero`, to the nearest integer and saturated; the least integer for NaN.
#[derive(Clone, Debug)]
pub struct Quantize {
    /// Element type of the result and of the zero point.
    pub to: DType,
    /// Bits of the result, at most those of its type.
    pub bits: u32,
    /// Whether there is a zero point, as the third input.
    pub has_zero: bool,
    /// Whether halves go away from zero, as in TensorFlow Lite, rather than to the even neighbour.
    pub away: bool,
}

impl Quantize {
    /// The least and the greatest result.
    pub fn range(&self) -> (i32, i32) {
        code_range(self.to, self.bits)
    }
}

/// The least and the greatest integer of so many bits.
pub fn code_range(dtype: DType, bits: u32) -> (i32, i32) {
    match dtype {
        DType::U8 | DType::U16 => (0, (1 << bits) - 1),
        _ => (-(1 << (bits - 1)), (1 << (bits - 1)) - 1),
    }
}

/// The types that numbers are quantised to.
fn is_code(dtype: DType) -> bool {
    matches!(dtype, DType::I8 | DType::U8 | DType::I16 | DType::U16)
}

fn arg(i: usize, ty: ElementType) -> Expr {
    Expr::Arg(i, ty)
}

impl Op for Dequantize {
    fn name(&self) -> &'static str {
        "DequantizeLinear"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        if !is_code(self.from) && self.from != DType::I32 {
            return Err(unsupported_type(self.from));
        }
        let types = [self.from, DType::F32, self.from];
        infer(inputs, &types[..2 + usize::from(self.has_zero)], DType::F32)
    }

    fn scalar_function(&self) -> Option<Expr> {
        let ty = self.from.storage()?;
        let wide = |x| Expr::call("to_i32", [x]).or(Some(arg(0, ty)));
        let mut x = wide(arg(0, ty))?;
        if self.has_zero {
            let zero = Expr::call("to_i32", [arg(2, ty)]).unwrap_or(arg(2, ty));
            x = Expr::call("sub", [x, zero])?;
        }
        Expr::call(
            "mul",
            [Expr::call("to_f32", [x])?, arg(1, ElementType::F32)],
        )
    }

    fn permuted(&self, perm: &[usize], inputs: &[Option<&TensorType>]) -> Option<Permuted> {
        permuted(self.clone(), perm, inputs)
    }

    fn folds_at_once(&self) -> bool {
        false
    }

    fn along_time(&self, cx: &Slices<'_>) -> Result<TimeRule, Refusal> {
        let (axis, op) = (cx.broadcast()?, Arc::new(self.clone()));
        Ok(TimeRule::Position { op, axis })
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        lower(self, cx)
    }
}

impl Op for Quantize {
    fn name(&self) -> &'static str {
        "QuantizeLinear"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        if !is_code(self.to) {
            return Err(unsupported_type(self.to));
        }
        let types = [DType::F32, DType::F32, self.to];
        infer(inputs, &types[..2 + usize::from(self.has_zero)], self.to)
    }

    fn scalar_function(&self) -> Option<Expr> {
        let (ty, f32) = (self.to.storage()?, ElementType::F32);
        let ratio = Expr::call("div", [arg(0, f32), arg(1, f32)])?;
        let mut x = Expr::call("round", [ratio.clone()])?;
        if self.away {
            x = away(x, ratio)?;
        }
        if self.has_zero {
            x = Expr::call("add", [x, Expr::call("to_f32", [arg(2, ty)])?])?;
        }
        let (lo, hi) = self.range();
        // A conversion saturates, but makes 0 of NaN.
        if lo != 0 {
            x = Expr::call("at_least", [x.clone(), number(lo.into(), &x)])?;
        }
        let x = Expr::call(&format!("to_{}", ty.rust_name()), [x])?;
        match self.bits as usize == self.to.bits() {
            true => Some(x),
            false => Expr::call("min", [x.clone(), number(hi.into(), &x)]),
        }
    }

    fn permuted(&self, perm: &[usize], inputs: &[Option<&TensorType>]) -> Option<Permuted> {
        permuted(self.clone(), perm, inputs)
    }

    fn along_time(&self, cx: &Slices<'_>) -> Result<TimeRule, Refusal> {
        let (axis, op) = (cx.broadcast()?, Arc::new(self.clone()));
        Ok(TimeRule::Position { op, axis })
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        lower(self, cx)
    }
}

/// A ratio that was rounded to the nearest even integer, rounded away from zero where it was half way.
fn away(rounded: Expr, ratio: Expr) -> Option<Expr> {
    let rest = Expr::call("sub", [ratio.clone(), rounded.clone()])?;
    let is = |what: &str, a: Expr, b: Expr| Expr::call("to_f32", [Expr::call(what, [a, b])?]);
    let (zero, half) = (number(0.0, &rest), number(0.5, &rest));
    let above = Expr::call(
        "mul",
        [
            is("equal", rest.clone(), half)?,
            is("less", zero.clone(), ratio.clone())?,
        ],
    )?;
    let half = number(-0.5, &rest);
    let below = Expr::call("mul", [is("equal", rest, half)?, is("less", ratio, zero)?])?;
    Expr::call("sub", [Expr::call("add", [rounded, above])?, below])
}

fn infer(
    inputs: &[Option<&TensorType>],
    expected: &[DType],
    to: DType,
) -> Result<Vec<TensorType>, Diag> {
    let types: Vec<_> = inputs.iter().flatten().map(|t| t.dtype).collect();
    if types != expected {
        let message = format!("{types:?} is not {expected:?}: data, scale and zero point");
        return Err(Diag::new("type-mismatch", message));
    }
    let shapes = inputs.iter().flatten().map(|t| &*t.shape);
    Ok(vec![TensorType::new(to, broadcast(shapes)?)])
}

fn permuted(op: impl Op, perm: &[usize], inputs: &[Option<&TensorType>]) -> Option<Permuted> {
    let data = (inputs.first()?.as_ref()?.rank() == perm.len()).then_some(true)?;
    // Parameters of one element are broadcast in any order of axes.
    let moved = |ty: &Option<&TensorType>| ty.is_some_and(|ty| ty.rank() > 0);
    let mut inputs: Vec<_> = inputs.iter().map(moved).collect();
    inputs[0] = data;
    Some(Permuted {
        op: Arc::new(op),
        inputs,
        output: perm.to_vec(),
    })
}

fn lower(op: &dyn Op, cx: &mut Lower<'_>) -> Result<(), Diag> {
    let function = op.scalar_function();
    let function = function.ok_or_else(|| Diag::new("unsupported-type", "no such quantisation"))?;
    crate::ops::arithmetic::elementwise::lower_map(cx, &function)
}

impl Importer<'_> {
    /// What quantised numbers stand for.
    pub fn dequantize(
        &mut self,
        x: ValueId,
        scale: ValueId,
        zero: Option<ValueId>,
    ) -> Result<ValueId, Diag> {
        let op = Dequantize {
            from: self.ty(x).dtype,
            has_zero: zero.is_some(),
        };
        let inputs: Vec<_> = [Some(x), Some(scale), zero].into_iter().collect();
        self.add_optional(op, &inputs[..2 + usize::from(zero.is_some())])
    }

    /// Numbers quantised to integers of so many bits.
    pub fn quantize(
        &mut self,
        x: ValueId,
        scale: ValueId,
        zero: Option<ValueId>,
        (to, bits): (DType, u32),
    ) -> Result<ValueId, Diag> {
        let op = Quantize {
            to,
            bits,
            has_zero: zero.is_some(),
            away: false,
        };
        let inputs = [Some(x), Some(scale), zero];
        self.add_optional(op, &inputs[..2 + usize::from(zero.is_some())])
    }

    /// The scale in input `i` that steps of `x` are multiplied by. It may be 0: then all stand for 0.
    pub fn scale_of_steps(
        &mut self,
        i: usize,
        x: ValueId,
        granularity: (i64, usize),
    ) -> Result<ValueId, Diag> {
        self.scale(i, x, granularity, |scale| scale.is_finite() && scale >= 0.0)
    }

    /// The scale in input `i` that `x` is divided by.
    pub fn scale_to_divide_by(
        &mut self,
        i: usize,
        x: ValueId,
        granularity: (i64, usize),
    ) -> Result<ValueId, Diag> {
        self.scale(i, x, granularity, |scale| scale.is_finite() && scale > 0.0)
    }

    /// A scale all of whose elements make sense, as far as they are known.
    fn scale(
        &mut self,
        i: usize,
        x: ValueId,
        granularity: (i64, usize),
        makes_sense: fn(f32) -> bool,
    ) -> Result<ValueId, Diag> {
        let scale = self.input(i)?;
        let scale = self.cast(scale, DType::F32)?;
        let known = self.graph.evaluate(scale)?;
        let scales = known
            .as_ref()
            .and_then(Tensor::values::<f32>)
            .unwrap_or(&[]);
        if let Some(k) = scales.iter().position(|&scale| !makes_sense(scale)) {
            let message = match scales.len() {
                1 => format!("the scale is {}", scales[k]),
                n => format!("element {k} of {n} scales is {}", scales[k]),
            };
            return Err(Diag::new("bad-scale", message)
                .at_tensor(&self.node.inputs[i])
                .note("a scale is a positive finite number: quantise the model again"));
        }
        self.quantization_parameter(scale, x, granularity)
    }

    /// Scale or zero point of `x` in a form that broadcasts: one for all, one for each index along
    /// `axis`, or one for each block of `block` indices along it.
    pub fn quantization_parameter(
        &mut self,
        value: ValueId,
        x: ValueId,
        (axis_at, block): (i64, usize),
    ) -> Result<ValueId, Diag> {
        let (ty, x_type) = (self.ty(value).clone(), self.ty(x).clone());
        if ty.len() == 1 && block == 0 {
            return self.reshape(value, vec![]);
        }
        let misfit = || {
            let message = format!("scale or zero point {ty} does not fit {x_type}");
            Diag::new("shape-mismatch", message).at_tensor(&self.graph.value(value).name)
        };
        let d = axis(axis_at, x_type.rank()).map_err(|d| d.at_attribute("axis"))?;
        if block == 0 {
            if ty.shape != [x_type.shape[d]] {
                return Err(misfit());
            }
            let mut shape = vec![1; x_type.rank() - d];
            shape[0] = x_type.shape[d];
            return self.reshape(value, shape);
        }
        let mut blocks = x_type.shape.clone();
        blocks[d] = blocks[d].div_ceil(block);
        if ty.shape != blocks {
            return Err(misfit().note(format!("in blocks of {block} along axis {d}")));
        }
        let positions: Vec<_> = (0..x_type.shape[d]).map(|i| i / block).collect();
        self.select(value, d, &positions)
    }
}

/// The axis and the length of blocks of scales.
fn granularity(cx: &Importer<'_>) -> Result<(i64, usize), Diag> {
    let block = cx.node.int("block_size", 0)?;
    let block = usize::try_from(block).map_err(|_| {
        let message = format!("{block} is not a number of elements");
        Diag::new("invalid-attribute", message).at_attribute("block_size")
    })?;
    Ok((cx.node.int("axis", 1)?, block))
}

/// How kernels see integers of a type that is narrower than a byte: as bytes. The other number is
/// its bits.
fn stored(dtype: DType) -> (DType, u32) {
    match dtype {
        DType::I2 | DType::I4 => (DType::I8, dtype.bits() as u32),
        DType::U2 | DType::U4 => (DType::U8, dtype.bits() as u32),
        _ => (dtype, dtype.bits() as u32),
    }
}

/// `DequantizeLinear`. Integers narrower than a byte have to be constant.
fn dequantize_linear(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let granularity = granularity(cx)?;
    let given = cx.input(0)?;
    let (dtype, _) = stored(cx.ty(given).dtype);
    let x = cx.cast(given, dtype)?;
    let scale = cx.scale_of_steps(1, x, granularity)?;
    let zero = match cx.optional(2) {
        Some(zero) => {
            let zero = cx.cast(zero, dtype)?;
            Some(cx.quantization_parameter(zero, x, granularity)?)
        }
        None => None,
    };
    let y = cx.dequantize(x, scale, zero)?;
    cx.finish(y)
}

/// `QuantizeLinear`: the type is that of the zero point, else of the attribute, else `u8`.
fn quantize_linear(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let granularity = granularity(cx)?;
    let x = cx.input(0)?;
    let x = cx.cast(x, DType::F32)?;
    let zero = cx.optional(2);
    let to = match (zero, cx.node.int("output_dtype", 0)?) {
        (Some(zero), _) => cx.ty(zero).dtype,
        (None, 0) => DType::U8,
        (None, code) => dtype(code).map_err(|d| d.at_attribute("output_dtype"))?,
    };
    let (storage, bits) = stored(to);
    let scale = cx.scale_to_divide_by(1, x, granularity)?;
    let zero = match zero {
        Some(zero) => {
            let zero = cx.cast(zero, storage)?;
            Some(cx.quantization_parameter(zero, x, granularity)?)
        }
        None => None,
    };
    let y = cx.quantize(x, scale, zero, (storage, bits))?;
    cx.finish(y)
}

/// `DynamicQuantizeLinear`: to `u8`, with the scale that just covers the data and zero.
fn dynamic_quantize_linear(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let axes: Vec<_> = (0..cx.ty(x).rank()).collect();
    let lo = cx.reduce(Reduction::Min, x, &axes, false)?;
    let hi = cx.reduce(Reduction::Max, x, &axes, false)?;
    let (lo, hi) = (
        cx.map_number("min", lo, 0.0)?,
        cx.map_number("max", hi, 0.0)?,
    );
    let f32 = |i| arg(i, ElementType::F32);
    // Where all is zero, any scale will do.
    let range = scalar("sub", [f32(1), f32(0)])?;
    let step = scalar("div", [range.clone(), number(255.0, &range)])?;
    let is_zero = scalar("equal", [range.clone(), number(0.0, &range)])?;
    let scale = scalar("select", [is_zero, number(1.0, &range), step])?;
    let scale = cx.map_expr(scale, DType::F32, &[lo, hi])?;
    let zero = scalar(
        "round",
        [scalar("neg", [scalar("div", [f32(0), f32(1)])?])?],
    )?;
    let zero = cx.map_expr(scalar("to_u8", [zero])?, DType::U8, &[lo, scale])?;
    let y = cx.quantize(x, scale, Some(zero), (DType::U8, 8))?;
    for (i, value) in [y, scale, zero].into_iter().enumerate() {
        cx.set_output(i, value);
    }
    Ok(())
}

/// Integers narrower than a byte, packed from the lowest bits up, as bytes.
pub(crate) fn unpacked(tensor: &Tensor) -> Option<Tensor> {
    let (dtype, bits) = stored(tensor.ty.dtype);
    if dtype == tensor.ty.dtype {
        return None;
    }
    let per_byte = 8 / bits as usize;
    let code = |i: usize| {
        let byte = tensor.bytes()[i / per_byte] >> (i % per_byte * bits as usize);
        let shift = 8 - bits;
        match dtype {
            DType::I8 => (((byte << shift) as i8) >> shift) as u8,
            _ => (byte << shift) >> shift,
        }
    };
    let bytes: Vec<u8> = (0..tensor.ty.len()).map(code).collect();
    Tensor::from_bytes(TensorType::new(dtype, tensor.ty.shape.clone()), &*bytes).ok()
}

const fn microsoft(
    name: &'static str,
    import: fn(&mut Importer<'_>) -> Result<(), Diag>,
) -> OnnxOp {
    OnnxOp {
        domain: "com.microsoft",
        name,
        import,
    }
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[
    onnx("DequantizeLinear", dequantize_linear),
    onnx("DynamicQuantizeLinear", dynamic_quantize_linear),
    onnx("QuantizeLinear", quantize_linear),
    microsoft("DequantizeLinear", dequantize_linear),
    microsoft("QuantizeLinear", quantize_linear),
];
