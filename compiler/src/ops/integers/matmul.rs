//! Matrix products on integers.

use super::Codes;
use super::conv::{ConvShape, sum_products};
use crate::diag::Diag;
use crate::ir::{Island, Lower, NotInteger, Op, Refusal, Slices, TimeRule, ValueId};
use crate::ops::linear_algebra::matmul::{product, product_in_time};
use crate::ops::support::window::Window;
use crate::requantize::{Channel, Layer};
use crate::tensor::TensorType;
use mlc_runtime_core::kernels::activation::Activation;
use mlc_runtime_core::kernels::matmul_int::MatMulInt as Params;
use mlc_runtime_core::kernels::requantize::Requantize;
use mlc_runtime_core::table::call;

/// `requantize(Σ (a - zero_a) · (b - zero_b))`: `a` is `[batch.., m, k]`, `b` `[batch.., k, n]`;
/// then one multiplier (`i32`), and one shift or none (`i8`).
#[derive(Clone, Debug)]
pub struct MatMulInt {
    /// What stands for 0 in either.
    pub zeros: [i32; 2],
    /// What becomes of a sum.
    pub requantize: Requantize,
}

impl Op for MatMulInt {
    fn name(&self) -> &'static str {
        "MatMul"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let [Some(a), Some(b), ..] = inputs else {
            return Err(Diag::new(
                "missing-input",
                "a matrix product takes two inputs",
            ));
        };
        Ok(vec![TensorType::new(a.dtype, product(a, b)?)])
    }

    fn along_time(&self, cx: &Slices<'_>) -> Result<TimeRule, Refusal> {
        product_in_time(cx, self.clone())
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let (a, b) = (&cx.input_type(0).shape, &cx.input_type(1).shape);
        let matmul = crate::ops::linear_algebra::matmul::params(a, b, Activation::Identity)?;
        let macs = matmul.batch.iter().product::<usize>() * matmul.m * matmul.k * matmul.n;
        let [zero_a, zero_b] = self.zeros;
        let p = Params {
            product: matmul,
            zero_a,
            zero_b,
            requantize: self.requantize,
        };
        let [a, b, multipliers, shifts] = std::array::from_fn(|i| cx.input(i));
        let call = call::matmul_int(p, a, b, multipliers, shifts, cx.output(0));
        cx.call_counted(call, macs as u64);
        Ok(())
    }
}

/// The product of the first two inputs, with the third as bias.
pub fn multiply(cx: &mut Island<'_>) -> Result<ValueId, NotInteger> {
    let x = cx.codes(0)?;
    let y = match cx.steps(1) {
        Ok(_) => by_weights(cx, x)?,
        Err(NotInteger::Float(_)) => of_data(cx, x)?,
        Err(wrong) => return Err(wrong),
    };
    cx.finish(y)
}

/// A product with constant weights: a convolution of one tap over an image of one row.
fn by_weights(cx: &mut Island<'_>, x: Codes) -> Result<ValueId, NotInteger> {
    let mut w = cx.steps(1)?;
    let &[ref batch @ .., k, n] = &w.steps.ty.shape[..] else {
        return Err("its weights are not a matrix".into());
    };
    if batch.iter().any(|&d| d != 1) {
        return Err("its weights differ from batch item to batch item".into());
    }
    w.steps = w.steps.reshaped([1, 1, k, n]);
    w.scales = w.scales.reshaped([1, 1, k, n]);
    let mut shape = cx.graph.ty(x.value).shape.clone();
    let rows = shape.iter().product::<usize>() / k.max(1);
    let value = cx.reshape(x.value, vec![1, 1, rows, k])?;
    let window = Window::still(vec![1, 1]);
    let y = sum_products(
        cx,
        Codes { value, ..x },
        w,
        ConvShape {
            layer: Layer::FullyConnected,
            window,
            groups: 1,
        },
    )?;
    let rank = shape.len();
    shape[rank - 1] = n;
    cx.reshape(y, shape)
}

/// A product of two values that both are data.
fn of_data(cx: &mut Island<'_>, a: Codes) -> Result<ValueId, NotInteger> {
    let b = cx.codes(1)?;
    if cx.inputs.get(2).copied().flatten().is_some() {
        return Err("no kernel adds a bias to a product of data on integers".into());
    }
    if a.dtype != b.dtype {
        return Err("its inputs have integers of different types".into());
    }
    cx.compute_as(a.dtype)?;
    let terms = cx.graph.ty(a.value).shape.last().map_or(0, |&k| k as i64);
    let most = a.reach() * b.reach() * terms;
    if a.dtype.bits() == 8 && most > i32::MAX.into() {
        return Err("sums of its products may exceed 32 bits".into());
    }
    let channel = Channel {
        ratio: cx.ratio(a.scale, b.scale)?,
        sums: -most..=most,
    };
    let (rescale, [multipliers, shifts]) = cx.rescale(Layer::Other, &[channel])?;
    let op = MatMulInt {
        zeros: [a.zero, b.zero],
        requantize: rescale.requantize,
    };
    cx.add(op, &[a.value, b.value, multipliers, shifts])
}
