//! `ArgMax` and `ArgMin`: where along an axis the extremes are.

use crate::diag::Diag;
use crate::ir::{Lower, Op, Permuted};
use crate::ops::reduction::reduce::{permuted_axes, reduced_shape};
use crate::ops::{Importer, OnnxOp, axis, onnx, unsupported_type};
use crate::tensor::{DType, TensorType};
use mlc_runtime_core::kernels::argreduce::ArgReduce as Params;
use mlc_runtime_core::table::call;
use std::sync::Arc;

/// The index of the greatest or least element along an axis.
#[derive(Clone, Debug)]
pub struct ArgReduce {
    /// Whether it is the greatest.
    pub greatest: bool,
    /// The axis.
    pub axis: usize,
    /// Whether the axis stays, with length 1.
    pub keepdims: bool,
    /// Of equal elements, whether the last one counts.
    pub select_last: bool,
}

impl Op for ArgReduce {
    fn name(&self) -> &'static str {
        if self.greatest { "ArgMax" } else { "ArgMin" }
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let [Some(x)] = inputs else {
            return Err(Diag::new("missing-input", "an extreme takes one input"));
        };
        if x.dtype.storage().is_none() || x.dtype == DType::Bool {
            return Err(unsupported_type(x.dtype));
        }
        let shape = reduced_shape(&x.shape, &[self.axis], self.keepdims)?;
        if x.shape[self.axis] == 0 {
            let message = format!("there is no extreme of no elements: {x}");
            return Err(Diag::new("shape-mismatch", message));
        }
        Ok(vec![TensorType::new(DType::I64, shape)])
    }

    fn permuted(&self, perm: &[usize], _inputs: &[Option<&TensorType>]) -> Option<Permuted> {
        let (axes, output) = permuted_axes(perm, &[self.axis], self.keepdims);
        let op = Arc::new(ArgReduce {
            axis: *axes.first()?,
            ..self.clone()
        });
        Some(Permuted {
            op,
            inputs: vec![true],
            output,
        })
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let (x, y) = (cx.input(0), cx.output(0));
        let shape = &cx.input_type(0).shape;
        let p = Params {
            outer: shape[..self.axis].iter().product(),
            axis: shape[self.axis],
            inner: shape[self.axis + 1..].iter().product(),
            select_last: self.select_last,
        };
        cx.call(match self.greatest {
            true => call::argmax(p, x, y),
            false => call::argmin(p, x, y),
        });
        Ok(())
    }
}

fn import(cx: &mut Importer<'_>, greatest: bool) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let op = ArgReduce {
        greatest,
        axis: axis(cx.node.int("axis", 0)?, cx.ty(x).rank())?,
        keepdims: cx.node.int("keepdims", 1)? != 0,
        select_last: cx.node.int("select_last_index", 0)? != 0,
    };
    let y = cx.add(op, &[x])?;
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[
    onnx("ArgMax", |cx| import(cx, true)),
    onnx("ArgMin", |cx| import(cx, false)),
];
