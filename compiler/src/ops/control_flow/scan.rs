//! Running sums and products along an axis.

use crate::diag::Diag;
use crate::ir::{Lower, Op, Permuted};
use crate::ops::{Importer, OnnxOp, axis, onnx, unsupported_type};
use crate::tensor::{DType, TensorType};
use mlc_runtime_core::kernels::scan::Scan as Params;
use mlc_runtime_core::table::call;
use std::sync::Arc;

/// Each element becomes the sum or product of those before it.
#[derive(Clone, Debug)]
pub struct Scan {
    /// Whether it is the product.
    pub product: bool,
    /// The axis.
    pub axis: usize,
    /// Whether an element is left out of its own result.
    pub exclusive: bool,
    /// Whether to run from the end.
    pub reverse: bool,
}

impl Op for Scan {
    fn name(&self) -> &'static str {
        if self.product { "CumProd" } else { "CumSum" }
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        match inputs {
            [Some(x)] if x.dtype.storage().is_none() || x.dtype == DType::Bool => {
                Err(unsupported_type(x.dtype))
            }
            [Some(x)] if self.axis < x.rank() => Ok(vec![(*x).clone()]),
            [Some(x)] => {
                let message = format!("axis {} does not exist in {x}", self.axis);
                Err(Diag::new("invalid-axis", message))
            }
            _ => Err(Diag::new("missing-input", "a running sum takes one input")),
        }
    }

    fn permuted(&self, perm: &[usize], _inputs: &[Option<&TensorType>]) -> Option<Permuted> {
        let axis = perm.iter().position(|&d| d == self.axis)?;
        let op = Arc::new(Scan {
            axis,
            ..self.clone()
        });
        Some(Permuted {
            op,
            inputs: vec![true],
            output: perm.to_vec(),
        })
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let (x, y) = (cx.input(0), cx.output(0));
        let shape = &cx.input_type(0).shape;
        let p = Params {
            outer: shape[..self.axis].iter().product(),
            axis: shape[self.axis],
            inner: shape[self.axis + 1..].iter().product(),
            exclusive: self.exclusive,
            reverse: self.reverse,
        };
        cx.call(match self.product {
            true => call::cumprod(p, x, y),
            false => call::cumsum(p, x, y),
        });
        Ok(())
    }
}

fn import(cx: &mut Importer<'_>, product: bool) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let rank = cx.ty(x).rank();
    let axis = match rank {
        1 => 0,
        _ => {
            let given: Option<i64> = cx.number(1, "the axis")?;
            axis(
                given.ok_or_else(|| Diag::new("missing-input", "no axis is given"))?,
                rank,
            )?
        }
    };
    let op = Scan {
        product,
        axis,
        exclusive: cx.node.int("exclusive", 0)? != 0,
        reverse: cx.node.int("reverse", 0)? != 0,
    };
    let y = cx.add(op, &[x])?;
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[
    onnx("CumProd", |cx| import(cx, true)),
    onnx("CumSum", |cx| import(cx, false)),
];
