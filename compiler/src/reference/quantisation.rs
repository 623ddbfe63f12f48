//! Integers that stand for numbers: both ways, and operators between the two.

use super::array::Array;
use super::call::{Call, Value, axis};
use super::{Evaluator, evaluator};
use crate::tensor::DType;
use std::rc::Rc;

pub(super) const EVALUATORS: &[(&str, Evaluator)] = &[
    ("DequantizeLinear", dequantize_linear),
    ("DynamicQuantizeLinear", dynamic),
    ("QGemm", gemm),
    ("QLinearAdd", |call| between(call, "Add", &[0, 3], 6)),
    ("QLinearConv", conv),
    ("QLinearGlobalAveragePool", |call| {
        pool(call, "GlobalAveragePool")
    }),
    ("QLinearAveragePool", |call| pool(call, "AveragePool")),
    ("QLinearMatMul", matmul),
    ("QLinearMul", |call| between(call, "Mul", &[0, 3], 6)),
    ("QLinearSigmoid", |call| between(call, "Sigmoid", &[0], 3)),
    ("QuantizeLinear", quantize_linear),
];

/// The least and the greatest integer of a type that numbers are quantised to.
fn range(dtype: DType) -> Option<(f64, f64)> {
    Some(match dtype {
        DType::I8 => (-128.0, 127.0),
        DType::U8 => (0.0, 255.0),
        DType::I16 => (-32768.0, 32767.0),
        DType::U16 => (0.0, 65535.0),
        _ => return None,
    })
}

/// For each element of `x` its own scale or zero point: of one for all, or one for each index along an axis.
fn spread(parameter: &Array, x: &Array, at: i64) -> Option<Vec<f64>> {
    if let Some(one) = parameter.single() {
        return Some(vec![one; x.data.len()]);
    }
    let axis = axis(at, x.shape.len())?;
    let inner: usize = x.shape[axis + 1..].iter().product();
    let fits = parameter.data.len() == x.shape[axis] && parameter.shape.len() == 1;
    let of = |i: usize| parameter.data[i / inner % x.shape[axis]];
    fits.then(|| (0..x.data.len()).map(of).collect())
}

/// Integers `x` less their zero point, the inputs `x` and `zero`.
pub(super) fn shifted(call: &Call<'_>, x: usize, zero: usize, at: i64) -> Option<Array> {
    let mut x = (*call.array(x)?).clone();
    x.unrounded = None;
    if call.has(zero) {
        let zeros = spread(&*call.array(zero)?, &x, at)?;
        x.data
            .iter_mut()
            .zip(zeros)
            .for_each(|(x, zero)| *x -= zero);
    }
    Some(x)
}

/// What the integers in input `i` stand for, by scale and zero point in the two inputs after it.
fn dequantized(call: &Call<'_>, i: usize, at: i64) -> Option<Array> {
    let x = shifted(call, i, i + 2, at)?;
    let scale = call
        .array(i + 1)
        .filter(|scale| scale.dtype == DType::F32)?;
    let scales = spread(&scale, &x, at)?;
    let data = x.data.iter().zip(scales).map(|(x, scale)| x * scale);
    Some(Array::floats(x.shape.clone(), data.collect()))
}

/// Numbers as integers, halves to even ones.
fn quantized(x: &Array, scale: &Array, zero: Option<&Array>, at: i64) -> Option<Array> {
    let dtype = zero.map_or(DType::U8, |zero| zero.dtype);
    let (lo, hi) = range(dtype).filter(|_| scale.dtype == DType::F32)?;
    let zeros = match zero {
        Some(zero) => spread(zero, x, at)?,
        None => vec![0.0; x.data.len()],
    };
    let scales = spread(scale, x, at)?;
    let whole = |((x, scale), zero): ((&f64, &f64), &f64)| {
        let code = x / scale + zero;
        // Zero points are whole, but a half goes to the neighbour that is even without them.
        let rounded = (x / scale).round_ties_even() + zero;
        (code.clamp(lo, hi), rounded.clamp(lo, hi))
    };
    let both = x.data.iter().zip(&scales).zip(&zeros).map(whole);
    let (unrounded, data) = both.unzip();
    let array = Array::new(dtype, x.shape.clone(), data);
    Some(Array {
        unrounded: Some(unrounded),
        ..array
    })
}

/// Quantised by scale and zero point in inputs `i` and `i + 1`.
fn quantized_by(call: &Call<'_>, x: &Array, i: usize, at: i64) -> Option<Vec<Array>> {
    let zero = if call.has(i + 1) {
        Some(call.array(i + 1)?)
    } else {
        None
    };
    Some(vec![quantized(x, &*call.array(i)?, zero.as_deref(), at)?])
}

fn quantize_linear(call: &Call<'_>) -> Option<Vec<Array>> {
    let plain = call.knows(&["axis", "saturate", "block_size"]) && call.int("block_size", 0)? == 0;
    let x = call.floats(0).filter(|_| plain)?;
    quantized_by(call, &x, 1, call.int("axis", 1)?)
}

fn dequantize_linear(call: &Call<'_>) -> Option<Vec<Array>> {
    let plain = call.knows(&["axis", "block_size"]) && call.int("block_size", 0)? == 0;
    Some(vec![
        dequantized(call, 0, call.int("axis", 1)?).filter(|_| plain)?,
    ])
}

/// The range of the data, with 0 in it, in 256 steps.
fn dynamic(call: &Call<'_>) -> Option<Vec<Array>> {
    let x = call.floats(0)?;
    let ends = |(lo, hi): (f64, f64), &x: &f64| (lo.min(x), hi.max(x));
    let (lo, hi) = x.data.iter().fold((0.0, 0.0), ends);
    // An output of type f32, by which codes are made.
    let step = f64::from(((hi - lo) / 255.0) as f32);
    let scale = Array::floats([], vec![if step > 0.0 { step } else { 1.0 }]);
    let origin = -lo / scale.data[0];
    let zero = Array::new(
        DType::U8,
        [],
        vec![origin.round_ties_even().clamp(0.0, 255.0)],
    );
    let y = quantized(&x, &scale, Some(&zero), 1)?;
    let zero = Array {
        unrounded: Some(vec![origin.clamp(0.0, 255.0)]),
        ..zero
    };
    Some(vec![y, scale, zero])
}

/// The float operator of that name, with the node's attributes.
fn apply(call: &Call<'_>, operator: &str, inputs: Vec<Array>) -> Option<Array> {
    let mut node = call.node.clone();
    (node.operator, node.domain, node.version) = (operator.into(), String::new(), 13);
    let inputs = inputs.into_iter().map(|x| Some(Value::Numbers(Rc::new(x))));
    let inner = Call {
        node: &node,
        inputs: inputs.collect(),
    };
    evaluator("", operator)?(&inner)?.pop()
}

/// An operator between integers: its operands start at these inputs, what it is quantised to at input `to`.
fn between(call: &Call<'_>, operator: &str, operands: &[usize], to: usize) -> Option<Vec<Array>> {
    let operands = operands
        .iter()
        .map(|&i| dequantized(call, i, 0))
        .collect::<Option<_>>()?;
    quantized_by(call, &apply(call, operator, operands)?, to, 0)
}

fn pool(call: &Call<'_>, operator: &str) -> Option<Vec<Array>> {
    let first = call.int("channels_last", 0)? == 0;
    first.then(|| between(call, operator, &[0], 3))?
}

/// A bias of `i32` counts products of the scales in two inputs.
fn bias(call: &Call<'_>, i: usize, scales: [usize; 2]) -> Option<Array> {
    let (x, w) = (call.array(scales[0])?, call.array(scales[1])?);
    let mut bias = (*call.array(i)?).clone();
    let scales = spread(&w, &bias, 0)?;
    let scale = x.single()?;
    bias.data
        .iter_mut()
        .zip(scales)
        .for_each(|(b, w)| *b *= scale * w);
    Some(Array {
        dtype: DType::F32,
        ..bias
    })
}

fn conv(call: &Call<'_>) -> Option<Vec<Array>> {
    let mut operands = vec![dequantized(call, 0, 1)?, dequantized(call, 3, 0)?];
    if call.has(8) {
        operands.push(bias(call, 8, [1, 4])?);
    }
    quantized_by(call, &apply(call, "Conv", operands)?, 6, 0)
}

fn matmul(call: &Call<'_>) -> Option<Vec<Array>> {
    let operands = vec![dequantized(call, 0, -2)?, dequantized(call, 3, -1)?];
    quantized_by(call, &apply(call, "MatMul", operands)?, 6, 0)
}

fn gemm(call: &Call<'_>) -> Option<Vec<Array>> {
    let columns = if call.int("transB", 0)? != 0 { 0 } else { 1 };
    let mut operands = vec![dequantized(call, 0, 0)?, dequantized(call, 3, columns)?];
    if call.has(6) {
        // The bias is in steps of alpha, too, which the operator does not multiply it with.
        let alpha = call.float("alpha", 1.0)?;
        let mut bias = bias(call, 6, [1, 4])?;
        bias.data.iter_mut().for_each(|b| *b *= alpha);
        operands.push(bias);
    }
    let y = apply(call, "Gemm", operands)?;
    match call.has(7) {
        true => quantized_by(call, &y, 7, 0),
        false => Some(vec![y]),
    }
}
