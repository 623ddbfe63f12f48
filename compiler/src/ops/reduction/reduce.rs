//! Reductions over sets of axes, and what ONNX builds on them.

use crate::diag::Diag;
use crate::ir::{Island, Lower, NotInteger, Op, Permuted, Refusal, Slices, TimeRule, ValueId};
use crate::ops::arithmetic::elementwise::{number, scalar};
use crate::ops::{Importer, OnnxOp, axis, integers, onnx, unsupported_type};
use crate::tensor::{DType, TensorType};
use mlc_runtime_core::kernels::reduce::Reduce as Params;
use mlc_runtime_core::table::call;
use std::sync::Arc;

/// What becomes of the elements along reduced axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Reduction {
    Sum,
    Prod,
    Max,
    Min,
    /// Of `f32` only; other means are sums that are divided.
    Mean,
}

/// Combines all elements along the axes.
#[derive(Clone, Debug)]
pub struct Reduce {
    /// How.
    pub reduction: Reduction,
    /// Along which axes: ascending, each once.
    pub axes: Vec<usize>,
    /// Whether these axes stay, with length 1.
    pub keepdims: bool,
}

impl Op for Reduce {
    fn name(&self) -> &'static str {
        match self.reduction {
            Reduction::Sum => "ReduceSum",
            Reduction::Prod => "ReduceProd",
            Reduction::Max => "ReduceMax",
            Reduction::Min => "ReduceMin",
            Reduction::Mean => "ReduceMean",
        }
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let [Some(x)] = inputs else {
            return Err(Diag::new("missing-input", "a reduction takes one input"));
        };
        self.check_type(x)?;
        let shape = reduced_shape(&x.shape, &self.axes, self.keepdims)?;
        Ok(vec![TensorType::new(x.dtype, shape)])
    }

    fn permuted(&self, perm: &[usize], _inputs: &[Option<&TensorType>]) -> Option<Permuted> {
        let (axes, output) = permuted_axes(perm, &self.axes, self.keepdims);
        let op = Arc::new(Reduce {
            axes,
            ..self.clone()
        });
        Some(Permuted {
            op,
            inputs: vec![true],
            output,
        })
    }

    fn moves(&self, _count: usize) -> Option<Vec<bool>> {
        matches!(self.reduction, Reduction::Max | Reduction::Min).then(|| vec![true])
    }

    fn takes_greatest(&self) -> bool {
        matches!(self.reduction, Reduction::Max)
    }

    fn on_integers(&self, cx: &mut Island<'_>) -> Result<ValueId, NotInteger> {
        match self.reduction {
            Reduction::Mean => integers::pool::mean(cx, &self.axes, self.keepdims),
            Reduction::Sum => integers::pool::sum(cx, &self.axes, self.keepdims),
            _ => Err("no kernel computes it on integers".into()),
        }
    }

    fn along_time(&self, cx: &Slices<'_>) -> Result<TimeRule, Refusal> {
        let time = cx.only()?;
        if self.axes.contains(&time) {
            return Ok(TimeRule::Everything);
        }
        let gone = self
            .axes
            .iter()
            .filter(|&&d| d < time && !self.keepdims)
            .count();
        let (axis, op) = (time - gone, Arc::new(self.clone()));
        Ok(TimeRule::Position { op, axis })
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let (x, shape) = (cx.input(0), cx.input_type(0).shape.clone());
        if self.axes.iter().all(|&d| shape[d] == 1) {
            cx.output_view(0, x, 0);
            return Ok(());
        }
        let (p, y) = (params(&shape, &self.axes)?, cx.output(0));
        cx.call(match self.reduction {
            Reduction::Sum => call::reduce_sum(p, x, y),
            Reduction::Prod => call::reduce_prod(p, x, y),
            Reduction::Max => call::reduce_max(p, x, y),
            Reduction::Min => call::reduce_min(p, x, y),
            Reduction::Mean => call::reduce_mean_f32(p, x, y),
        });
        Ok(())
    }
}

impl Reduce {
    fn check_type(&self, x: &TensorType) -> Result<(), Diag> {
        let fits = match self.reduction {
            Reduction::Mean => x.dtype == DType::F32,
            Reduction::Max => x.dtype.storage().is_some(),
            // The least of no truth values would not be one.
            Reduction::Min => x.dtype != DType::Bool || !x.is_empty(),
            Reduction::Sum | Reduction::Prod => x.dtype != DType::Bool,
        };
        match x.dtype.storage().filter(|_| fits) {
            Some(_) => Ok(()),
            None => Err(unsupported_type(x.dtype)),
        }
    }
}

/// The shape that is left of `shape` when `axes` are reduced.
pub fn reduced_shape(shape: &[usize], axes: &[usize], keepdims: bool) -> Result<Vec<usize>, Diag> {
    let ascending = axes.windows(2).all(|pair| pair[0] < pair[1]);
    if !ascending || axes.last().is_some_and(|&d| d >= shape.len()) {
        let message = format!("axes {axes:?} do not exist in {} dimensions", shape.len());
        return Err(Diag::new("invalid-axis", message));
    }
    let dims = shape.iter().enumerate();
    Ok(match keepdims {
        true => dims
            .map(|(d, &n)| if axes.contains(&d) { 1 } else { n })
            .collect(),
        false => dims
            .filter(|(d, _)| !axes.contains(d))
            .map(|(_, &n)| n)
            .collect(),
    })
}

/// Reduced axes of an input that was permuted, and the axes of the original output in the order in
/// which the new one has them.
pub fn permuted_axes(perm: &[usize], axes: &[usize], keepdims: bool) -> (Vec<usize>, Vec<usize>) {
    let new = (0..perm.len()).filter(|&d| axes.contains(&perm[d]));
    let output = match keepdims {
        true => perm.to_vec(),
        false => {
            let position = |d: usize| d - axes.iter().filter(|&&a| a < d).count();
            let kept = perm.iter().filter(|d| !axes.contains(d));
            kept.map(|&d| position(d)).collect()
        }
    };
    (new.collect(), output)
}

/// Dimensions and strides of the kept and of the reduced axes, adjacent ones merged.
fn params(shape: &[usize], axes: &[usize]) -> Result<Params, Diag> {
    let mut kinds: [Vec<(usize, usize)>; 2] = Default::default();
    let mut last = None;
    let mut stride = 1;
    for (d, &dim) in shape.iter().enumerate().rev().filter(|(_, n)| **n != 1) {
        let kind = usize::from(axes.contains(&d));
        match kinds[kind].last_mut() {
            Some((merged, _)) if last == Some(kind) => *merged *= dim,
            _ => kinds[kind].push((dim, stride)),
        }
        last = Some(kind);
        stride *= dim;
    }
    let [kept, reduced] = kinds;
    if kept.len() > 4 || reduced.len() > 4 {
        let message = format!("axes {axes:?} of {shape:?} cannot be merged to at most four");
        return Err(Diag::new("too-many-dimensions", message));
    }
    let (kept, kept_strides) = outermost_first(&kept);
    let (reduced, reduced_strides) = outermost_first(&reduced);
    Ok(Params {
        kept,
        kept_strides,
        reduced,
        reduced_strides,
    })
}

/// Dimensions and strides, given innermost first, filled up with ones.
fn outermost_first(axes: &[(usize, usize)]) -> ([usize; 4], [usize; 4]) {
    let (mut dims, mut strides) = ([1; 4], [0; 4]);
    for (i, &(dim, stride)) in axes.iter().enumerate() {
        (dims[3 - i], strides[3 - i]) = (dim, stride);
    }
    (dims, strides)
}

impl Importer<'_> {
    /// Combines the elements along `axes`, which are ascending.
    pub fn reduce(
        &mut self,
        reduction: Reduction,
        x: ValueId,
        axes: &[usize],
        keepdims: bool,
    ) -> Result<ValueId, Diag> {
        let op = |reduction| Reduce {
            reduction,
            axes: axes.into(),
            keepdims,
        };
        if reduction != Reduction::Mean || self.ty(x).dtype == DType::F32 {
            return self.add(op(reduction), &[x]);
        }
        let sum = self.add(op(Reduction::Sum), &[x])?;
        let count = axes
            .iter()
            .map(|&d| self.ty(x).shape[d] as f64)
            .product::<f64>();
        self.map_number("div", sum, count)
    }
}

/// The set of axes that a node reduces, as it was meant for one input.
struct Axes {
    axes: Vec<usize>,
    keepdims: bool,
}

impl Axes {
    /// Reads `axes` (an attribute in old opsets, an input in new ones) and `keepdims`.
    fn import(cx: &mut Importer<'_>, x: ValueId) -> Result<Self, Diag> {
        let rank = cx.ty(x).rank();
        let given = cx.ints_or_attribute(1, "axes")?.unwrap_or_default();
        let mut axes = given
            .iter()
            .map(|&a| axis(a, rank))
            .collect::<Result<Vec<_>, _>>()?;
        if axes.is_empty() && cx.node.int("noop_with_empty_axes", 0)? == 0 {
            axes = (0..rank).collect();
        }
        axes.sort_unstable();
        axes.dedup();
        let keepdims = cx.node.int("keepdims", 1)? != 0;
        Ok(Axes { axes, keepdims })
    }

    fn reduce(
        &self,
        cx: &mut Importer<'_>,
        reduction: Reduction,
        x: ValueId,
    ) -> Result<ValueId, Diag> {
        cx.reduce(reduction, x, &self.axes, self.keepdims)
    }
}

/// A node whose result `compute` makes of its input and its axes.
fn import(
    cx: &mut Importer<'_>,
    compute: impl Fn(&mut Importer<'_>, ValueId, &Axes) -> Result<ValueId, Diag>,
) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let axes = Axes::import(cx, x)?;
    let y = compute(cx, x, &axes)?;
    cx.finish(y)
}

fn plain(cx: &mut Importer<'_>, reduction: Reduction) -> Result<(), Diag> {
    import(cx, |cx, x, axes| axes.reduce(cx, reduction, x))
}

fn l1(cx: &mut Importer<'_>, x: ValueId, axes: &Axes) -> Result<ValueId, Diag> {
    let magnitude = cx.map("abs", &[x])?;
    axes.reduce(cx, Reduction::Sum, magnitude)
}

fn sum_square(cx: &mut Importer<'_>, x: ValueId, axes: &Axes) -> Result<ValueId, Diag> {
    let square = cx.map("mul", &[x, x])?;
    axes.reduce(cx, Reduction::Sum, square)
}

fn l2(cx: &mut Importer<'_>, x: ValueId, axes: &Axes) -> Result<ValueId, Diag> {
    let sum = sum_square(cx, x, axes)?;
    of_float(cx, "sqrt", sum)
}

fn log_sum(cx: &mut Importer<'_>, x: ValueId, axes: &Axes) -> Result<ValueId, Diag> {
    let sum = axes.reduce(cx, Reduction::Sum, x)?;
    of_float(cx, "log", sum)
}

/// A function of `f32`, applied to integers by way of `f32`.
fn of_float(cx: &mut Importer<'_>, function: &str, x: ValueId) -> Result<ValueId, Diag> {
    let dtype = cx.ty(x).dtype;
    let x = if dtype == DType::F64 {
        x
    } else {
        cx.cast(x, DType::F32)?
    };
    let y = cx.map(function, &[x])?;
    cx.cast(y, dtype)
}

/// `log Σ exp(x) = m + log Σ exp(x - m)`: with the maximum for `m` nothing overflows.
fn log_sum_exp(cx: &mut Importer<'_>, x: ValueId, axes: &Axes) -> Result<ValueId, Diag> {
    let dtype = cx.ty(x).dtype;
    let x = if dtype == DType::F64 {
        x
    } else {
        cx.cast(x, DType::F32)?
    };
    let max = cx.reduce(Reduction::Max, x, &axes.axes, true)?;
    let shift = finite_or_zero(cx, max)?;
    let below = cx.map("sub", &[x, shift])?;
    let exp = cx.map("exp", &[below])?;
    let sum = axes.reduce(cx, Reduction::Sum, exp)?;
    let log = cx.map("log", &[sum])?;
    let shape = cx.shape(log);
    let shift = cx.reshape(shift, shape)?;
    let y = cx.map("add", &[log, shift])?;
    cx.cast(y, dtype)
}

/// An infinite maximum must not be subtracted from itself.
fn finite_or_zero(cx: &mut Importer<'_>, x: ValueId) -> Result<ValueId, Diag> {
    let x = [x];
    let arg = cx.arg(&x, 0)?;
    let infinite = scalar("is_infinite", [arg.clone()])?;
    let function = scalar("select", [infinite, number(0.0, &arg), arg])?;
    cx.map_expr(function, cx.ty(x[0]).dtype, &x)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[
    onnx("ReduceL1", |cx| import(cx, l1)),
    onnx("ReduceL2", |cx| import(cx, l2)),
    onnx("ReduceLogSum", |cx| import(cx, log_sum)),
    onnx("ReduceLogSumExp", |cx| import(cx, log_sum_exp)),
    onnx("ReduceMax", |cx| plain(cx, Reduction::Max)),
    onnx("ReduceMean", |cx| plain(cx, Reduction::Mean)),
    onnx("ReduceMin", |cx| plain(cx, Reduction::Min)),
    onnx("ReduceProd", |cx| plain(cx, Reduction::Prod)),
    onnx("ReduceSum", |cx| plain(cx, Reduction::Sum)),
    onnx("ReduceSumSquare", |cx| import(cx, sum_square)),
];
