//! Softmax, its logarithm and its limit.

use crate::diag::Diag;
use crate::ir::{Island, Lower, NotInteger, Op, Permuted, Refusal, Slices, TimeRule, ValueId};
use crate::ops::{Importer, OnnxOp, axis, integers, onnx, unsupported_type};
use crate::tensor::{DType, TensorType};
use mlc_runtime_core::kernels::softmax::Softmax as Params;
use mlc_runtime_core::table::call;
use std::sync::Arc;

/// Which function of a line of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kind {
    Softmax,
    LogSoftmax,
    Hardmax,
}

/// A softmax or its like along an axis (`f32`).
#[derive(Clone, Debug)]
pub struct Softmax {
    /// Which.
    pub kind: Kind,
    /// The axis.
    pub axis: usize,
}

/// Data of some shape as kernels see it.
pub(crate) fn params(shape: &[usize], axis: usize) -> Params {
    Params {
        outer: shape[..axis].iter().product(),
        axis: shape[axis],
        inner: shape[axis + 1..].iter().product(),
    }
}

impl Op for Softmax {
    fn name(&self) -> &'static str {
        match self.kind {
            Kind::Softmax => "Softmax",
            Kind::LogSoftmax => "LogSoftmax",
            Kind::Hardmax => "Hardmax",
        }
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        match inputs {
            [Some(x)] if x.dtype != DType::F32 => Err(unsupported_type(x.dtype)),
            [Some(x)] if self.axis < x.rank() => Ok(vec![(*x).clone()]),
            [Some(x)] => {
                let message = format!("axis {} does not exist in {x}", self.axis);
                Err(Diag::new("invalid-axis", message))
            }
            _ => Err(Diag::new("missing-input", "a softmax takes one input")),
        }
    }

    fn permuted(&self, perm: &[usize], _inputs: &[Option<&TensorType>]) -> Option<Permuted> {
        let axis = perm.iter().position(|&d| d == self.axis)?;
        let kind = self.kind;
        Some(Permuted {
            op: Arc::new(Softmax { kind, axis }),
            inputs: vec![true],
            output: perm.to_vec(),
        })
    }

    fn on_integers(&self, cx: &mut Island<'_>) -> Result<ValueId, NotInteger> {
        match self.kind {
            Kind::Softmax => integers::softmax::softmax(cx, self.axis),
            _ => Err("no kernel computes it on integers".into()),
        }
    }

    fn along_time(&self, cx: &Slices<'_>) -> Result<TimeRule, Refusal> {
        cx.alike_beside(self.axis, self.clone())
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let (x, y) = (cx.input(0), cx.output(0));
        let p = params(&cx.input_type(0).shape, self.axis);
        cx.call(match self.kind {
            Kind::Softmax => call::softmax_f32(p, x, y),
            Kind::LogSoftmax => call::log_softmax_f32(p, x, y),
            Kind::Hardmax => call::hardmax_f32(p, x, y),
        });
        Ok(())
    }
}

impl Importer<'_> {
    /// A softmax along an axis.
    pub fn softmax(&mut self, x: ValueId, axis: usize) -> Result<ValueId, Diag> {
        let kind = Kind::Softmax;
        self.add(Softmax { kind, axis }, &[x])
    }
}

/// Before opset 13, all axes from `axis` on count as one.
fn import(cx: &mut Importer<'_>, kind: Kind) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let shape = cx.shape(x);
    let flattens = cx.version() < 13;
    let given = cx.node.int("axis", if flattens { 1 } else { -1 })?;
    if !flattens {
        let axis = axis(given, shape.len())?;
        let y = cx.add(Softmax { kind, axis }, &[x])?;
        return cx.finish(y);
    }
    let first = if given == shape.len() as i64 {
        shape.len()
    } else {
        axis(given, shape.len())?
    };
    let y = match (first..shape.len()).filter(|&d| shape[d] != 1).count() {
        // No need to flatten what is one axis already.
        1 => {
            let axis = (first..shape.len()).find(|&d| shape[d] != 1);
            let axis = axis.unwrap_or(first);
            cx.add(Softmax { kind, axis }, &[x])?
        }
        _ => {
            let (outer, inner) = shape.split_at(first);
            let flat = vec![outer.iter().product(), inner.iter().product()];
            let flat = cx.reshape(x, flat)?;
            let y = cx.add(Softmax { kind, axis: 1 }, &[flat])?;
            cx.reshape(y, shape)?
        }
    };
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[
    onnx("Hardmax", |cx| import(cx, Kind::Hardmax)),
    onnx("LogSoftmax", |cx| import(cx, Kind::LogSoftmax)),
    onnx("Softmax", |cx| import(cx, Kind::Softmax)),
];
