//! Normalisation over trailing axes, and the ones that are compositions of reductions.

use crate::diag::Diag;
use crate::ir::{Island, Lower, NotInteger, Op, Permuted, Refusal, Slices, TimeRule, ValueId};
use crate::ops::arithmetic::elementwise::{number, scalar};
use crate::ops::integers::norm::{Normalisation, normalise};
use crate::ops::reduction::reduce::Reduction;
use crate::ops::{Importer, OnnxOp, axis, onnx, unsupported_type};
use crate::tensor::{DType, TensorType};
use mlc_runtime_core::kernels::norm::LayerNorm as Params;
use mlc_runtime_core::table::call;
use std::sync::Arc;

/// Which normalisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// To mean 0 and variance 1.
    Layer,
    /// To a mean square of 1.
    RootMeanSquare,
}

/// Normalises over the trailing axes from `axis` on (`f32`).
///
/// Takes `[x, scale, bias?]`; scale and bias have as many axes as `x`, of length 1 before `axis` and
/// of `x`'s lengths from there on. There is no bias with [`Kind::RootMeanSquare`].
#[derive(Clone, Debug)]
pub struct LayerNorm {
    /// Which.
    pub kind: Kind,
    /// First of the axes.
    pub axis: usize,
    /// Added to the variance.
    pub epsilon: f32,
}

/// Mean and reciprocal standard deviation, the two outputs, over the trailing axes from `axis` on.
#[derive(Clone, Debug)]
pub struct Statistics {
    /// First of the axes.
    pub axis: usize,
    /// Added to the variance.
    pub epsilon: f32,
}

fn params(shape: &[usize], axis: usize, epsilon: f32) -> Params {
    let (outer, inner) = shape.split_at(axis);
    Params {
        outer: outer.iter().product(),
        n: inner.iter().product(),
        epsilon,
    }
}

fn check(x: Option<&TensorType>, axis: usize) -> Result<&TensorType, Diag> {
    let x = x.ok_or_else(|| Diag::new("missing-input", "a normalisation takes an input"))?;
    if axis >= x.rank() {
        let message = format!("axis {axis} does not exist in {x}");
        return Err(Diag::new("invalid-axis", message));
    }
    match x.dtype {
        DType::F32 => Ok(x),
        dtype => Err(unsupported_type(dtype)),
    }
}

/// `shape` with ones for the axes before `axis`.
fn trailing(shape: &[usize], axis: usize) -> Vec<usize> {
    let mut shape = shape.to_vec();
    shape[..axis].fill(1);
    shape
}

/// Whether the axes from `axis` on are the same ones after a permutation.
fn keeps_trailing(perm: &[usize], axis: usize) -> bool {
    perm[..axis].iter().all(|&d| d < axis)
}

impl Op for LayerNorm {
    fn name(&self) -> &'static str {
        match self.kind {
            Kind::Layer => "LayerNormalization",
            Kind::RootMeanSquare => "RMSNormalization",
        }
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let x = check(inputs.first().copied().flatten(), self.axis)?;
        let ty = TensorType::new(DType::F32, trailing(&x.shape, self.axis));
        if let Some(other) = inputs.iter().skip(1).flatten().find(|t| ***t != ty) {
            let message = format!("scale and bias must be {ty}, not {other}");
            return Err(Diag::new("shape-mismatch", message));
        }
        Ok(vec![x.clone()])
    }

    fn permuted(&self, perm: &[usize], inputs: &[Option<&TensorType>]) -> Option<Permuted> {
        keeps_trailing(perm, self.axis).then(|| Permuted {
            op: Arc::new(self.clone()),
            inputs: vec![true; inputs.len()],
            output: perm.to_vec(),
        })
    }

    fn on_integers(&self, cx: &mut Island<'_>) -> Result<ValueId, NotInteger> {
        let of = Normalisation {
            centred: self.kind == Kind::Layer,
            axis: self.axis,
            epsilon: self.epsilon,
        };
        normalise(cx, &of)
    }

    fn along_time(&self, cx: &Slices<'_>) -> Result<TimeRule, Refusal> {
        match cx.only()? >= self.axis {
            true => Err("it normalises over all positions in time".into()),
            false => cx.alike(self.clone()),
        }
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let p = params(&cx.input_type(0).shape, self.axis, self.epsilon);
        let (x, scale, bias, y) = (cx.input(0), cx.input(1), cx.input(2), cx.output(0));
        cx.call(match self.kind {
            Kind::Layer => call::layer_norm_f32(p, x, scale, bias, y),
            Kind::RootMeanSquare => call::rms_norm_f32(p, x, scale, y),
        });
        Ok(())
    }
}

impl Op for Statistics {
    fn name(&self) -> &'static str {
        "LayerNormalization.statistics"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let x = check(inputs.first().copied().flatten(), self.axis)?;
        let mut shape = x.shape.clone();
        shape[self.axis..].fill(1);
        Ok(vec![TensorType::new(DType::F32, shape); 2])
    }

    fn permuted(&self, perm: &[usize], _inputs: &[Option<&TensorType>]) -> Option<Permuted> {
        keeps_trailing(perm, self.axis).then(|| Permuted {
            op: Arc::new(self.clone()),
            inputs: vec![true],
            output: perm.to_vec(),
        })
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let p = params(&cx.input_type(0).shape, self.axis, self.epsilon);
        let (x, mean, inverse) = (cx.input(0), cx.output(0), cx.output(1));
        cx.call(call::layer_norm_statistics_f32(p, x, mean, inverse));
        Ok(())
    }
}

/// `LayerNormalization` and `RMSNormalization`. Everything is computed in `f32`, which is what
/// `stash_type` asks for where it matters.
fn import(cx: &mut Importer<'_>, kind: Kind) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let axis = axis(cx.node.int("axis", -1)?, cx.ty(x).rank())?;
    let epsilon = cx.node.float("epsilon", 1e-5)?;
    let y = add_normalisation(cx, kind, x, axis, epsilon)?;
    cx.finish(y)?;
    if kind == Kind::Layer && (cx.wants_output(1) || cx.wants_output(2)) {
        let statistics = cx.add_many(Statistics { axis, epsilon }, &[Some(x)])?;
        cx.set_output(1, statistics[0]);
        cx.set_output(2, statistics[1]);
    }
    Ok(())
}

/// Scale and bias that the kernel cannot apply are applied after it: the standard lets them be of
/// any shape that broadcasts to that of `x`.
fn add_normalisation(
    cx: &mut Importer<'_>,
    kind: Kind,
    x: ValueId,
    axis: usize,
    epsilon: f32,
) -> Result<ValueId, Diag> {
    let op = LayerNorm {
        kind,
        axis,
        epsilon,
    };
    let parameters = [
        cx.optional(1),
        cx.optional(2).filter(|_| kind == Kind::Layer),
    ];
    let shape = trailing(&cx.shape(x), axis);
    let fitting = parameters.map(|p| fit(cx, p, &shape).transpose());
    if let [Some(scale), bias] = fitting
        && bias.is_some() == parameters[1].is_some()
    {
        return cx.add_optional(op, &[Some(x), Some(scale?), bias.transpose()?]);
    }
    let mut y = cx.add(op, &[x])?;
    for (function, parameter) in ["mul", "add"].into_iter().zip(parameters) {
        if let Some(parameter) = parameter {
            y = cx.map(function, &[y, parameter])?;
        }
    }
    Ok(y)
}

/// A parameter under the shape that the kernel wants, if nothing but ones are missing.
fn fit(
    cx: &mut Importer<'_>,
    parameter: Option<ValueId>,
    shape: &[usize],
) -> Result<Option<ValueId>, Diag> {
    let Some(parameter) = parameter else {
        return Ok(None);
    };
    let significant = |shape: &[usize]| -> Vec<usize> {
        shape.iter().skip_while(|&&n| n == 1).copied().collect()
    };
    if significant(&cx.shape(parameter)) != significant(shape) {
        return Ok(None);
    }
    cx.reshape(parameter, shape.to_vec()).map(Some)
}

/// `MeanVarianceNormalization`: the standard adds its epsilon to the deviation.
fn mean_variance(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let rank = cx.ty(x).rank();
    let given = cx.node.ints("axes")?.unwrap_or(&[0, 2, 3]);
    let mut axes = given
        .iter()
        .map(|&a| axis(a, rank))
        .collect::<Result<Vec<_>, _>>()?;
    axes.sort_unstable();
    axes.dedup();
    let mean = cx.reduce(Reduction::Mean, x, &axes, true)?;
    let deviation = cx.map("sub", &[x, mean])?;
    let square = cx.map("mul", &[deviation, deviation])?;
    let variance = cx.reduce(Reduction::Mean, square, &axes, true)?;
    let deviations = cx.map("sqrt", &[variance])?;
    let divisor = cx.map_number("add", deviations, 1e-9)?;
    let y = cx.map("div", &[deviation, divisor])?;
    cx.finish(y)
}

/// `LpNormalization`: what has no length stays zero.
fn lp_normalization(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let axes = [axis(cx.node.int("axis", -1)?, cx.ty(x).rank())?];
    let (function, operands) = match cx.node.int("p", 2)? {
        1 => ("abs", vec![x]),
        2 => ("mul", vec![x, x]),
        p => {
            let message = format!("p must be 1 or 2, not {p}");
            return Err(Diag::new("invalid-attribute", message).at_attribute("p"));
        }
    };
    let powers = cx.map(function, &operands)?;
    let mut norm = cx.reduce(Reduction::Sum, powers, &axes, true)?;
    if function == "mul" {
        norm = cx.map("sqrt", &[norm])?;
    }
    let values = [x, norm];
    let (x, norm) = (cx.arg(&values, 0)?, cx.arg(&values, 1)?);
    let is_zero = scalar("equal", [norm.clone(), number(0.0, &norm)])?;
    let quotient = scalar("div", [x.clone(), norm])?;
    let function = scalar("select", [is_zero, number(0.0, &x), quotient])?;
    let y = cx.map_expr(function, cx.ty(values[0]).dtype, &values)?;
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[
    onnx("LayerNormalization", |cx| import(cx, Kind::Layer)),
    onnx("LpNormalization", lp_normalization),
    onnx("MeanVarianceNormalization", mean_variance),
    onnx("RMSNormalization", |cx| import(cx, Kind::RootMeanSquare)),
];
