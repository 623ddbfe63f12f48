//! Element-wise operators with broadcasting: one operator, [`Map`], for any scalar function.
//!
//! ONNX's unary, binary and variadic operators are rows of the table at the end.

use crate::diag::Diag;
use crate::ir::{Island, Lower, NotInteger, Op, Permuted, Refusal, Slices, TimeRule, ValueId};
use crate::ops::arithmetic::cast::convert;
use crate::ops::layout::expand::broadcast_walk;
use crate::ops::support::walk::copy_walk;
use crate::ops::{Importer, OnnxOp, integers, onnx, unsupported_type};
use crate::program::BufferId;
use crate::tensor::{DType, TensorType};
use mlc_runtime_core::kernels::map::Broadcast;
use mlc_runtime_core::scalar::{ElementType, Expr, Scalar};
use mlc_runtime_core::table::{Call, call};
use std::sync::Arc;

const TOO_MANY_DIMENSIONS: &str = "too-many-dimensions";

/// Most operands that one loop walks.
pub const MAX_OPERANDS: usize = 4;

/// Applies a scalar function to corresponding elements of its inputs, broadcast together.
#[derive(Clone)]
pub struct Map {
    /// The function; `Arg(i, _)` is the element of the `i`-th input.
    pub function: Expr,
    /// Element type of the output, stored as the function's result type.
    pub dtype: DType,
}

impl std::fmt::Debug for Map {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Map{{{}: {}}}", self.function, self.dtype)
    }
}

/// The shape that all of `shapes` broadcast to.
pub fn broadcast<'a>(shapes: impl Iterator<Item = &'a [usize]>) -> Result<Vec<usize>, Diag> {
    let mut result: Vec<usize> = Vec::new();
    for shape in shapes {
        if shape.len() > result.len() {
            result.splice(0..0, vec![1; shape.len() - result.len()]);
        }
        let skip = result.len() - shape.len();
        for (a, &b) in result[skip..].iter_mut().zip(shape) {
            match (*a, b) {
                (x, y) if x == y || y == 1 => {}
                (1, y) => *a = y,
                (x, y) => {
                    let message = format!("dimensions {x} and {y} cannot be broadcast together");
                    return Err(Diag::new("shape-mismatch", message));
                }
            }
        }
    }
    Ok(result)
}

impl Op for Map {
    fn name(&self) -> &'static str {
        match &self.function {
            Expr::Call(f, args) if args.iter().all(|a| !matches!(a, Expr::Call(..))) => f.name,
            _ => "fused",
        }
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let shapes = inputs.iter().flatten().map(|t| &*t.shape);
        Ok(vec![TensorType::new(self.dtype, broadcast(shapes)?)])
    }

    fn scalar_function(&self) -> Option<Expr> {
        Some(self.function.clone())
    }

    fn permuted(&self, perm: &[usize], inputs: &[Option<&TensorType>]) -> Option<Permuted> {
        let rank = inputs.iter().flatten().map(|x| x.rank()).max()?;
        let inputs = (rank == perm.len()).then(|| vec![true; inputs.len()])?;
        Some(Permuted {
            op: Arc::new(self.clone()),
            inputs,
            output: perm.to_vec(),
        })
    }

    fn on_integers(&self, cx: &mut Island<'_>) -> Result<ValueId, NotInteger> {
        integers::map::map(cx, &self.function)
    }

    fn along_time(&self, cx: &Slices<'_>) -> Result<TimeRule, Refusal> {
        let (axis, op) = (cx.broadcast()?, Arc::new(self.clone()));
        Ok(TimeRule::Position { op, axis })
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        lower_map(cx, &self.function)
    }
}

/// Writes the call that applies `function` to the inputs. Constants of one element become part of
/// the function.
pub fn lower_map(cx: &mut Lower<'_>, function: &Expr) -> Result<(), Diag> {
    let mut used: Vec<usize> = Vec::new();
    let function = function.substitute(&mut |i, ty| match constant_scalar(cx, i) {
        Some(value) => Expr::Const(value),
        None => {
            let k = used.iter().position(|&u| u == i).unwrap_or(used.len());
            if k == used.len() {
                used.push(i);
            }
            Expr::Arg(k, ty)
        }
    });
    let function = function.folded();
    if used.is_empty() {
        used.push(0);
    }
    let mut operands = Vec::new();
    for i in used {
        operands.push((cx.input(i), cx.input_type(i).shape.clone()));
    }
    let shape = cx.output_type(0).shape.clone();
    let y = cx.output(0);
    let call = match map_call(function.clone(), &operands, &shape, y) {
        Err(d) if d.code == TOO_MANY_DIMENSIONS => {
            map_call(function, &expanded(cx, operands, &shape)?, &shape, y)
        }
        call => call,
    }?;
    cx.call(call);
    Ok(())
}

/// Operands of an element-wise loop, those that are broadcast copied to the whole shape beforehand.
fn expanded(
    cx: &mut Lower<'_>,
    mut operands: Vec<(BufferId, Vec<usize>)>,
    shape: &[usize],
) -> Result<Vec<(BufferId, Vec<usize>)>, Diag> {
    let len: usize = shape.iter().product();
    for (x, own) in &mut operands {
        if own.iter().product::<usize>() != len {
            let (from, axes) = broadcast_walk(own, shape);
            let whole = cx.temporary_like(*x, len);
            copy_walk(cx, *x, &from, &axes, whole)?;
            (*x, *own) = (whole, shape.into());
        }
    }
    Ok(operands)
}

fn constant_scalar(cx: &Lower<'_>, i: usize) -> Option<Scalar> {
    let tensor = cx.input_constant(i).filter(|t| t.ty.len() == 1)?;
    Scalar::from_le_bytes(tensor.ty.dtype.storage()?, tensor.bytes())
}

/// The call of the right member of the kernel family: plain loops where shapes agree.
pub fn map_call(
    f: Expr,
    operands: &[(BufferId, Vec<usize>)],
    shape: &[usize],
    y: BufferId,
) -> Result<Call<BufferId>, Diag> {
    let len: usize = shape.iter().product();
    let plain = operands
        .iter()
        .all(|(_, s)| s.iter().product::<usize>() == len);
    let b: Vec<_> = operands.iter().map(|(b, _)| *b).collect();
    let s: Vec<_> = operands.iter().map(|(_, s)| &**s).collect();
    Ok(match (&b[..], plain) {
        (&[a], true) => call::map1(f, a, y),
        (&[a, b], true) => call::map2(f, a, b, y),
        (&[a, b, c], true) => call::map3(f, a, b, c, y),
        (&[a, b, c, d], true) => call::map4(f, a, b, c, d, y),
        // One operand that is broadcast is walked as two, the second of which is not used.
        (&[a], false) => call::map2_broadcast(walk(&[s[0], s[0]], shape)?, f, a, a, y),
        (&[a, b], false) => call::map2_broadcast(walk(&s, shape)?, f, a, b, y),
        (&[a, b, c], false) => call::map3_broadcast(walk(&s, shape)?, f, a, b, c, y),
        (&[a, b, c, d], false) => call::map4_broadcast(walk(&s, shape)?, f, a, b, c, d, y),
        _ => {
            let message = format!("{} operands in one element-wise loop", b.len());
            return Err(Diag::new("too-many-operands", message));
        }
    })
}

/// Dimensions and strides by which operands of `shapes` are walked in the order of `shape`.
pub fn walk<const N: usize>(shapes: &[&[usize]], shape: &[usize]) -> Result<Broadcast<N>, Diag> {
    let strides: Vec<Vec<usize>> = shapes.iter().map(|s| strides(s, shape)).collect();
    let (dims, merged) = merge_dims::<N>(&strides, shape);
    if dims.len() > 6 {
        let message = format!(
            "broadcasting over {} dimensions that cannot be merged",
            dims.len()
        );
        return Err(Diag::new(TOO_MANY_DIMENSIONS, message).note("at most 6 are supported"));
    }
    let skip = 6 - dims.len();
    let mut p = Broadcast {
        dims: [1; 6],
        strides: [[0; 6]; N],
    };
    p.dims[skip..].copy_from_slice(&dims);
    for (d, s) in merged.iter().enumerate() {
        (0..N).for_each(|k| p.strides[k][skip + d] = s[k]);
    }
    Ok(p)
}

/// Drops dimensions of 1 and merges adjacent ones that every operand walks without a gap.
fn merge_dims<const N: usize>(
    strides: &[Vec<usize>],
    shape: &[usize],
) -> (Vec<usize>, Vec<[usize; N]>) {
    let mut dims: Vec<usize> = Vec::new();
    let mut merged: Vec<[usize; N]> = Vec::new();
    for (d, &dim) in shape.iter().enumerate().filter(|(_, dim)| **dim != 1) {
        let here: [usize; N] = std::array::from_fn(|k| strides[k][d]);
        match (dims.last_mut(), merged.last_mut()) {
            (Some(outer), Some(last)) if (0..N).all(|k| last[k] == here[k] * dim) => {
                *outer *= dim;
                *last = here;
            }
            _ => {
                dims.push(dim);
                merged.push(here);
            }
        }
    }
    (dims, merged)
}

/// Strides of a row-major tensor of shape `from` walked in shape `to`; 0 where it is broadcast.
fn strides(from: &[usize], to: &[usize]) -> Vec<usize> {
    let mut strides = vec![0; to.len()];
    let mut step = 1;
    for (d, &dim) in from.iter().enumerate().rev() {
        strides[d + to.len() - from.len()] = if dim == 1 { 0 } else { step };
        step *= dim;
    }
    strides
}

/// How an element type is seen by scalar functions.
pub fn storage(dtype: DType) -> Result<ElementType, Diag> {
    dtype.storage().ok_or_else(|| unsupported_type(dtype))
}

/// A call of a scalar function; a diagnostic if it is not defined on those types.
pub fn scalar(name: &str, args: impl Into<Box<[Expr]>>) -> Result<Expr, Diag> {
    let args = args.into();
    let types: Vec<_> = args.iter().map(|a| a.ty().rust_name()).collect();
    let types = types.join(", ");
    Expr::call(name, args).ok_or_else(|| {
        let message = format!("`{name}` is not defined on elements of type {types}");
        Diag::new("unsupported-type", message)
    })
}

/// A constant of the type of `like`.
pub fn number(value: f64, like: &Expr) -> Expr {
    Expr::Const(Scalar::F64(value).cast(like.ty()))
}

impl Importer<'_> {
    /// The `i`-th of `values` as an operand of a scalar function.
    pub fn arg(&self, values: &[ValueId], i: usize) -> Result<Expr, Diag> {
        Ok(Expr::Arg(i, storage(self.ty(values[i]).dtype)?))
    }

    /// Applies the scalar function of that name to values. The result has the element type of the
    /// last one if it is stored alike: a `Not` of truth values is a truth value.
    pub fn map(&mut self, function: &str, values: &[ValueId]) -> Result<ValueId, Diag> {
        let args = (0..values.len()).map(|i| self.arg(values, i));
        let function = scalar(function, args.collect::<Result<Box<[_]>, _>>()?)?;
        let like = values.last().map(|&v| self.ty(v).dtype);
        let dtype = like.filter(|d| d.storage() == Some(function.ty()));
        let dtype = dtype.unwrap_or(function.ty().into());
        self.map_expr(function, dtype, values)
    }

    /// Applies a scalar function to values.
    pub fn map_expr(
        &mut self,
        function: Expr,
        dtype: DType,
        values: &[ValueId],
    ) -> Result<ValueId, Diag> {
        self.add(Map { function, dtype }, values)
    }

    /// Combines a value with a number by a binary scalar function.
    pub fn map_number(
        &mut self,
        function: &str,
        value: ValueId,
        number: f64,
    ) -> Result<ValueId, Diag> {
        let x = self.arg(&[value], 0)?;
        let constant = self::number(number, &x);
        let dtype = self.ty(value).dtype;
        self.map_expr(scalar(function, [x, constant])?, dtype, &[value])
    }
}

fn unary(cx: &mut Importer<'_>, function: &str) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let y = cx.map(function, &[x])?;
    cx.finish(y)
}

fn binary(cx: &mut Importer<'_>, function: &str) -> Result<(), Diag> {
    let operands = cx.operands()?;
    let y = cx.map(function, &operands)?;
    cx.finish(y)
}

/// Applies a function whose result is a truth value.
fn predicate(cx: &mut Importer<'_>, function: &str, values: &[ValueId]) -> Result<(), Diag> {
    let args = (0..values.len()).map(|i| cx.arg(values, i));
    let function = scalar(function, args.collect::<Result<Box<[_]>, _>>()?)?;
    let y = cx.map_expr(function, DType::Bool, values)?;
    cx.finish(y)
}

fn comparison(cx: &mut Importer<'_>, function: &str) -> Result<(), Diag> {
    let operands = cx.operands()?;
    predicate(cx, function, &operands)
}

fn is_nan(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    predicate(cx, "is_nan", &[x])
}

fn variadic(cx: &mut Importer<'_>, function: &str) -> Result<(), Diag> {
    let values = cx.inputs()?;
    let mut y = cx.input(0)?;
    for &x in &values[1..] {
        y = cx.map(function, &[y, x])?;
    }
    cx.finish(y)
}

fn mean(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let values = cx.inputs()?;
    let mut sum = cx.input(0)?;
    for &x in &values[1..] {
        sum = cx.map("add", &[sum, x])?;
    }
    let y = cx.map_number("div", sum, values.len() as f64)?;
    cx.finish(y)
}

/// `Mod`: Python's by default, C's with `fmod`.
fn modulo(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let function = if cx.node.int("fmod", 0)? == 0 {
        "floor_mod"
    } else {
        "rem"
    };
    binary(cx, function)
}

/// `Pow`: the result has the type of the base.
fn pow(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let values = cx.operands()?;
    let (dtype, exponent_type) = (cx.ty(values[0]).dtype, cx.ty(values[1]).dtype);
    if let Some(y) = product(cx, values)? {
        return cx.finish(y);
    }
    let float = |d| matches!(d, DType::F32 | DType::F64);
    let through = if !float(dtype) && float(exponent_type) {
        exponent_type
    } else {
        dtype
    };
    let base = convert(cx.arg(&values, 0)?, through)?;
    let exponent = convert(cx.arg(&values, 1)?, through)?;
    let y = cx.map_expr(
        convert(scalar("pow", [base, exponent])?, dtype)?,
        dtype,
        &values,
    )?;
    cx.finish(y)
}

/// Squares and cubes are products: no logarithm is needed.
fn product(cx: &mut Importer<'_>, [x, exponent]: [ValueId; 2]) -> Result<Option<ValueId>, Diag> {
    if cx.ty(exponent).rank() > cx.ty(x).rank() {
        return Ok(None);
    }
    let power = cx.graph.evaluate(exponent)?.and_then(|t| t.single::<f64>());
    let base = cx.arg(&[x], 0)?;
    let square = || scalar("mul", [base.clone(), base.clone()]);
    let function = match power {
        Some(2.0) => square()?,
        Some(3.0) => scalar("mul", [square()?, base])?,
        _ => return Ok(None),
    };
    let dtype = cx.ty(x).dtype;
    cx.map_expr(function, dtype, &[x]).map(Some)
}

fn bit_shift(cx: &mut Importer<'_>) -> Result<(), Diag> {
    match cx.node.string("direction", "")? {
        "LEFT" => binary(cx, "shl"),
        "RIGHT" => binary(cx, "shr"),
        other => {
            let message = format!("direction must be LEFT or RIGHT, not `{other}`");
            Err(Diag::new("invalid-attribute", message).at_attribute("direction"))
        }
    }
}

fn is_inf(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = [cx.input(0)?];
    let arg = cx.arg(&x, 0)?;
    let infinity = |sign: f64| scalar("equal", [arg.clone(), number(sign * f64::INFINITY, &arg)]);
    let none = scalar("and", [infinity(1.0)?, infinity(-1.0)?])?;
    let negative = cx.node.int("detect_negative", 1)? != 0;
    let positive = cx.node.int("detect_positive", 1)? != 0;
    let function = match (negative, positive) {
        (true, true) => scalar("or", [infinity(1.0)?, infinity(-1.0)?])?,
        (true, false) => infinity(-1.0)?,
        (false, true) => infinity(1.0)?,
        (false, false) => none,
    };
    let y = cx.map_expr(function, DType::Bool, &x)?;
    cx.finish(y)
}

fn select(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let values = [cx.input(0)?, cx.input(1)?, cx.input(2)?];
    let y = cx.map("select", &values)?;
    cx.finish(y)
}

fn reciprocal(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = [cx.input(0)?];
    let arg = cx.arg(&x, 0)?;
    let dtype = cx.ty(x[0]).dtype;
    let y = cx.map_expr(scalar("div", [number(1.0, &arg), arg])?, dtype, &x)?;
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[
    onnx("Abs", |cx| unary(cx, "abs")),
    onnx("Acos", |cx| unary(cx, "acos")),
    onnx("Acosh", |cx| unary(cx, "acosh")),
    onnx("Add", |cx| binary(cx, "add")),
    onnx("And", |cx| comparison(cx, "and")),
    onnx("Asin", |cx| unary(cx, "asin")),
    onnx("Asinh", |cx| unary(cx, "asinh")),
    onnx("Atan", |cx| unary(cx, "atan")),
    onnx("Atanh", |cx| unary(cx, "atanh")),
    onnx("BitShift", bit_shift),
    onnx("BitwiseAnd", |cx| binary(cx, "bit_and")),
    onnx("BitwiseNot", |cx| unary(cx, "bit_not")),
    onnx("BitwiseOr", |cx| binary(cx, "bit_or")),
    onnx("BitwiseXor", |cx| binary(cx, "bit_xor")),
    onnx("Ceil", |cx| unary(cx, "ceil")),
    onnx("Cos", |cx| unary(cx, "cos")),
    onnx("Cosh", |cx| unary(cx, "cosh")),
    onnx("Div", |cx| binary(cx, "div")),
    onnx("Equal", |cx| comparison(cx, "equal")),
    onnx("Erf", |cx| unary(cx, "erf")),
    onnx("Exp", |cx| unary(cx, "exp")),
    onnx("Floor", |cx| unary(cx, "floor")),
    onnx("Greater", |cx| comparison(cx, "greater")),
    onnx("GreaterOrEqual", |cx| comparison(cx, "greater_or_equal")),
    onnx("IsInf", is_inf),
    onnx("IsNaN", is_nan),
    onnx("Less", |cx| comparison(cx, "less")),
    onnx("LessOrEqual", |cx| comparison(cx, "less_or_equal")),
    onnx("Log", |cx| unary(cx, "log")),
    onnx("Max", |cx| variadic(cx, "max")),
    onnx("Mean", mean),
    onnx("Min", |cx| variadic(cx, "min")),
    onnx("Mod", modulo),
    onnx("Mul", |cx| binary(cx, "mul")),
    onnx("Neg", |cx| unary(cx, "neg")),
    onnx("Not", |cx| unary(cx, "not")),
    onnx("Or", |cx| comparison(cx, "or")),
    onnx("Pow", pow),
    onnx("Reciprocal", reciprocal),
    onnx("Round", |cx| unary(cx, "round")),
    onnx("Sign", |cx| unary(cx, "sign")),
    onnx("Sin", |cx| unary(cx, "sin")),
    onnx("Sinh", |cx| unary(cx, "sinh")),
    onnx("Sqrt", |cx| unary(cx, "sqrt")),
    onnx("Sub", |cx| binary(cx, "sub")),
    onnx("Sum", |cx| variadic(cx, "add")),
    onnx("Tan", |cx| unary(cx, "tan")),
    onnx("Where", select),
    onnx("Xor", |cx| comparison(cx, "xor")),
];
