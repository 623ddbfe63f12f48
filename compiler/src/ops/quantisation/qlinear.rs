//! Operators on quantised data: `QLinearConv`, `QGemm` and their kin.
//!
//! Each is a composition: its inputs are dequantised, the float operator of the same attributes is
//! applied, and its result is quantised. A pass puts the three together again, on integers.

use crate::diag::Diag;
use crate::ir::ValueId;
use crate::ops::integers::sums::Sums;
use crate::ops::support::network::find_operator;
use crate::ops::support::window::Window;
use crate::ops::{Importer, OnnxOp, onnx};
use crate::tensor::DType;

/// The opset whose operators compositions are made of.
const VERSION: i64 = 13;

impl Importer<'_> {
    /// Applies an ONNX operator, with this node's attributes, to values; its first output.
    fn apply(&mut self, operator: &str, inputs: &[Option<ValueId>]) -> Result<ValueId, Diag> {
        // No name in a file holds this character.
        let name = |i: usize| format!("\u{0}{i}");
        let mut node = self.node.clone();
        (node.operator, node.domain, node.version) = (operator.into(), String::new(), VERSION);
        node.inputs = (0..inputs.len())
            .map(|i| inputs[i].map_or(String::new(), |_| name(i)))
            .collect();
        node.outputs = vec![name(inputs.len())];
        for (i, value) in inputs.iter().enumerate() {
            if let Some(value) = *value {
                self.scope.insert(name(i), value);
            }
        }
        let operator = find_operator("", operator);
        let operator =
            operator.ok_or_else(|| Diag::new("unsupported-operator", "no such operator"))?;
        let mut inner = Importer {
            graph: self.graph,
            scope: self.scope,
            node: &node,
        };
        (operator.import)(&mut inner)?;
        let y = inner.scope.remove(&name(inputs.len()));
        for i in 0..inputs.len() {
            self.scope.remove(&name(i));
        }
        let y = y.ok_or_else(|| Diag::new("missing-tensor", "it has no output"))?;
        self.graph.value_mut(y).source = None;
        Ok(y)
    }

    /// Inputs `i`, `i + 1` and `i + 2`, data with scale and zero point, as what they stand for. There
    /// is one scale, or one for each index along `axis`.
    fn dequantized(&mut self, i: usize, axis: i64) -> Result<ValueId, Diag> {
        let x = self.input(i)?;
        let scale = self.scale_of_steps(i + 1, x, (axis, 0))?;
        let zero = match self.optional(i + 2) {
            Some(zero) => Some(self.quantization_parameter(zero, x, (axis, 0))?),
            None => None,
        };
        self.dequantize(x, scale, zero)
    }

    /// A value quantised by scale and zero point in inputs `i` and `i + 1`; without the latter, to `u8`.
    fn quantized(&mut self, value: ValueId, i: usize) -> Result<(), Diag> {
        let scale = self.scale_to_divide_by(i, value, (0, 0))?;
        let (zero, to) = match self.optional(i + 1) {
            Some(zero) => {
                let to = self.ty(zero).dtype;
                (Some(self.quantization_parameter(zero, value, (0, 0))?), to)
            }
            None => (None, DType::U8),
        };
        let y = self.quantize(value, scale, zero, (to, to.bits() as u32))?;
        self.finish(y)
    }

    /// A bias of `i32` in steps of the products of two inputs' scales, one for each index of axis 1 or
    /// `axis` of the result.
    fn bias(&mut self, i: usize, scales: [usize; 2]) -> Result<Option<ValueId>, Diag> {
        let Some(bias) = self.optional(i) else {
            return Ok(None);
        };
        let channels = self.ty(bias).len();
        let [a, b] = [self.input(scales[0])?, self.input(scales[1])?];
        let [a, b] = [flat(self, a)?, flat(self, b)?];
        let scale = self.map("mul", &[a, b])?;
        let bias = self.reshape(bias, vec![channels])?;
        self.dequantize(bias, scale, None).map(Some)
    }
}

/// One scale without axes, or several along one.
fn flat(cx: &mut Importer<'_>, scale: ValueId) -> Result<ValueId, Diag> {
    match cx.ty(scale).len() {
        1 => cx.reshape(scale, vec![]),
        n => cx.reshape(scale, vec![n]),
    }
}

/// `QLinearConv`: weights have a scale for each output channel, their first axis.
fn conv(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let (x, w) = (cx.dequantized(0, 1)?, cx.dequantized(3, 0)?);
    let bias = cx.bias(8, [1, 4])?;
    let y = cx.apply("Conv", &[Some(x), Some(w), bias])?;
    cx.quantized(y, 6)
}

/// `QLinearMatMul`: a scale for each row of the first matrix and each column of the second, or one.
fn matmul(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let (a, b) = (cx.dequantized(0, -2)?, cx.dequantized(3, -1)?);
    let y = cx.apply("MatMul", &[Some(a), Some(b)])?;
    cx.quantized(y, 6)
}

/// `QGemm`: the bias is in steps of `alpha` and both scales; without an output scale, `f32` comes out.
fn gemm(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let columns = if cx.node.int("transB", 0)? != 0 { 0 } else { 1 };
    let (a, b) = (cx.dequantized(0, 0)?, cx.dequantized(3, columns)?);
    let mut y = cx.apply("Gemm", &[Some(a), Some(b)])?;
    if let Some(bias) = cx.bias(6, [1, 4])? {
        let alpha = cx.node.float("alpha", 1.0)?;
        let bias = if alpha == 1.0 {
            bias
        } else {
            cx.map_number("mul", bias, alpha.into())?
        };
        y = cx.map("add", &[y, bias])?;
    }
    match cx.optional(7) {
        Some(_) => cx.quantized(y, 7),
        None => cx.finish(y),
    }
}

/// An operator of one quantised input.
fn unary(cx: &mut Importer<'_>, operator: &str) -> Result<(), Diag> {
    let x = cx.dequantized(0, 0)?;
    let y = cx.apply(operator, &[Some(x)])?;
    cx.quantized(y, 3)
}

/// An operator of two quantised inputs.
fn binary(cx: &mut Importer<'_>, operator: &str) -> Result<(), Diag> {
    let (a, b) = (cx.dequantized(0, 0)?, cx.dequantized(3, 0)?);
    let y = cx.apply(operator, &[Some(a), Some(b)])?;
    cx.quantized(y, 6)
}

/// A pool, whose data may have its channels last.
fn pool(cx: &mut Importer<'_>, operator: &str) -> Result<(), Diag> {
    let x = cx.dequantized(0, 0)?;
    if cx.node.int("channels_last", 0)? == 0 {
        let y = cx.apply(operator, &[Some(x)])?;
        return cx.quantized(y, 3);
    }
    let x = cx.channels_first(x)?;
    let y = cx.apply(operator, &[Some(x)])?;
    let y = cx.channels_last(y)?;
    cx.quantized(y, 3)
}

/// `QLinearConcat`: scale and zero point of the result come first, then those of each input after it.
fn concat(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let count = cx.input_count().saturating_sub(2) / 3;
    let parts = (0..count).map(|k| cx.dequantized(2 + 3 * k, 0).map(Some));
    let parts = parts.collect::<Result<Vec<_>, _>>()?;
    let y = cx.apply("Concat", &parts)?;
    cx.quantized(y, 0)
}

/// `QLinearWhere`: a condition, then two quantised values.
fn choose(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let condition = cx.input(0)?;
    let (a, b) = (cx.dequantized(1, 0)?, cx.dequantized(4, 0)?);
    let y = cx.apply("Where", &[Some(condition), Some(a), Some(b)])?;
    cx.quantized(y, 7)
}

/// `QLinearSoftmax` takes its axis as older opsets of Softmax do, unless it says otherwise.
fn softmax(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.dequantized(0, 0)?;
    let opset = cx.node.int("opset", VERSION)?;
    let rank = cx.ty(x).rank();
    let axis = crate::ops::axis(cx.node.int("axis", -1)?, rank)?;
    let shape = cx.shape(x);
    if opset >= 13 || axis + 1 == rank {
        let y = cx.apply("Softmax", &[Some(x)])?;
        return cx.quantized(y, 3);
    }
    // All axes from the given one on are one.
    let size = |dims: &[usize]| dims.iter().product::<usize>();
    let x = cx.reshape(x, vec![size(&shape[..axis]), size(&shape[axis..])])?;
    let op = crate::ops::normalisation::softmax::Softmax {
        kind: crate::ops::normalisation::softmax::Kind::Softmax,
        axis: 1,
    };
    let y = cx.add(op, &[x])?;
    let y = cx.reshape(y, shape)?;
    cx.quantized(y, 3)
}

/// The most products of bytes whose sum is an integer that `f32` holds.
const EXACT_TERMS: usize = (1 << 24) / (255 * 255);

/// A product of integers: the operator on floats, and how weights are arranged for a kernel.
struct Product {
    operator: &'static str,
    /// Along which axes zero points of the two inputs may differ.
    axes: [i64; 2],
}

/// `Σ (a - zero) · (b - zero)`: by a kernel on integers where the second input is constant, and
/// otherwise in floating point as long as that is exact.
fn integer(cx: &mut Importer<'_>, product: &Product) -> Result<(), Diag> {
    if let Some(y) = by_weights(cx, product)? {
        return cx.finish(y);
    }
    let w = cx.input(1)?;
    let shape = cx.shape(w);
    let terms: usize = match product.operator {
        "Conv" => shape.iter().skip(1).product(),
        _ => shape
            .iter()
            .rev()
            .nth(1)
            .or(shape.first())
            .copied()
            .unwrap_or(1),
    };
    if terms > EXACT_TERMS {
        let message = format!("sums of {terms} products of data need weights that are constant");
        let diag = Diag::new("not-constant", message);
        return Err(diag.note("and one zero point for all, within 8 bits of them"));
    }
    let mut factors = Vec::new();
    for (i, axis) in product.axes.into_iter().enumerate() {
        let steps = shifted(cx, i, axis)?;
        factors.push(Some(cx.cast(steps, DType::F32)?));
    }
    let y = cx.apply(product.operator, &factors)?;
    let y = cx.cast(y, DType::I32)?;
    cx.finish(y)
}

/// Integers less their zero point.
fn shifted(cx: &mut Importer<'_>, i: usize, axis: i64) -> Result<ValueId, Diag> {
    let x = cx.input(i)?;
    let wide = cx.cast(x, DType::I32)?;
    let Some(zero) = cx.optional(i + 2) else {
        return Ok(wide);
    };
    let zero = cx.quantization_parameter(zero, x, (axis, 0))?;
    let zero = cx.cast(zero, DType::I32)?;
    cx.map("sub", &[wide, zero])
}

/// The product by the kernel, if weights and data are as it takes them.
fn by_weights(cx: &mut Importer<'_>, product: &Product) -> Result<Option<ValueId>, Diag> {
    let (x, w) = (cx.input(0)?, shifted(cx, 1, product.axes[1])?);
    let code = matches!(cx.ty(x).dtype, DType::I8 | DType::U8);
    let weights = cx.graph.evaluate(w)?.and_then(|t| t.to_vec::<i32>());
    let fits = weights.is_some_and(|w| w.iter().all(|&w| i8::try_from(w).is_ok()));
    let zero = match cx.optional(2) {
        Some(zero) => zero,
        None => cx.scalar_of(0.0, cx.ty(x).dtype)?,
    };
    if !code || !fits || cx.ty(zero).len() != 1 {
        return Ok(None);
    }
    let (zero, w) = (cx.reshape(zero, vec![])?, cx.cast(w, DType::I8)?);
    match product.operator {
        "Conv" => convolved(cx, x, w, zero),
        _ => multiplied(cx, x, w, zero),
    }
}

fn convolved(
    cx: &mut Importer<'_>,
    x: ValueId,
    w: ValueId,
    zero: ValueId,
) -> Result<Option<ValueId>, Diag> {
    let (x_shape, w_shape) = (cx.shape(x), cx.shape(w));
    if !(3..=4).contains(&x_shape.len()) || w_shape.len() != x_shape.len() {
        return Ok(None);
    }
    let window = Window::import(cx, w_shape[2..].to_vec(), &x_shape[2..])?;
    let groups = usize::try_from(cx.node.int("group", 1)?).unwrap_or(0);
    if groups == 0 {
        return Ok(None);
    }
    let x = cx.channels_last(x)?;
    let perm: Vec<_> = (2..w_shape.len()).chain([1, 0]).collect();
    let w = cx.transpose(w, &perm)?;
    let y = cx.add(Sums { window, groups }, &[x, w, zero])?;
    cx.channels_first(y).map(Some)
}

/// A matrix product is a convolution of one tap over an image of one row.
fn multiplied(
    cx: &mut Importer<'_>,
    x: ValueId,
    w: ValueId,
    zero: ValueId,
) -> Result<Option<ValueId>, Diag> {
    let (mut shape, w_shape) = (cx.shape(x), cx.shape(w));
    let (&[k, n], Some(&last)) = (&w_shape[..], shape.last()) else {
        return Ok(None);
    };
    if last != k {
        return Ok(None);
    }
    let rows = shape.iter().product::<usize>() / k.max(1);
    let x = cx.reshape(x, vec![1, 1, rows, k])?;
    let w = cx.reshape(w, vec![1, 1, k, n])?;
    let op = Sums {
        window: Window::still(vec![1, 1]),
        groups: 1,
    };
    let y = cx.add(op, &[x, w, zero])?;
    let rank = shape.len();
    shape[rank - 1] = n;
    cx.reshape(y, shape).map(Some)
}

fn conv_integer(cx: &mut Importer<'_>) -> Result<(), Diag> {
    integer(
        cx,
        &Product {
            operator: "Conv",
            axes: [1, 0],
        },
    )
}

fn matmul_integer(cx: &mut Importer<'_>) -> Result<(), Diag> {
    integer(
        cx,
        &Product {
            operator: "MatMul",
            axes: [-2, -1],
        },
    )
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
    onnx("ConvInteger", conv_integer),
    onnx("MatMulInteger", matmul_integer),
    onnx("QLinearConv", conv),
    onnx("QLinearMatMul", matmul),
    microsoft("QGemm", gemm),
    microsoft("QLinearAdd", |cx| binary(cx, "Add")),
    microsoft("QLinearAveragePool", |cx| pool(cx, "AveragePool")),
    microsoft("QLinearConcat", concat),
    microsoft("QLinearConv", conv),
    microsoft("QLinearGlobalAveragePool", |cx| {
        pool(cx, "GlobalAveragePool")
    }),
    microsoft("QLinearLeakyRelu", |cx| unary(cx, "LeakyRelu")),
    microsoft("QLinearMul", |cx| binary(cx, "Mul")),
    microsoft("QLinearReduceMean", |cx| unary(cx, "ReduceMean")),
    microsoft("QLinearSigmoid", |cx| unary(cx, "Sigmoid")),
    microsoft("QLinearSoftmax", softmax),
    microsoft("QLinearWhere", choose),
];
