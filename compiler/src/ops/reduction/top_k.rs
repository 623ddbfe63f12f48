//! The largest or smallest elements along an axis.

use crate::diag::Diag;
use crate::ir::{Lower, Op, Permuted};
use crate::ops::{Importer, OnnxOp, axis, onnx};
use crate::tensor::{DType, TensorType};
use mlc_runtime_core::kernels::top_k::TopK as Params;
use mlc_runtime_core::table::call;
use std::sync::Arc;

/// The first elements in order along an axis, and where they were.
#[derive(Clone, Debug)]
pub struct TopK {
    /// The axis.
    pub axis: usize,
    /// How many elements are kept.
    pub k: usize,
    /// Whether the largest, or the smallest.
    pub largest: bool,
}

impl Op for TopK {
    fn name(&self) -> &'static str {
        "TopK"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let [Some(x)] = inputs else {
            return Err(Diag::new("missing-input", "a selection takes one input"));
        };
        if x.shape.get(self.axis).is_none_or(|&dim| dim < self.k) {
            let message = format!("{x} has no {} elements along axis {}", self.k, self.axis);
            return Err(Diag::new("shape-mismatch", message));
        }
        let mut shape = x.shape.clone();
        shape[self.axis] = self.k;
        Ok(vec![
            TensorType::new(x.dtype, shape.clone()),
            TensorType::new(DType::I64, shape),
        ])
    }

    fn permuted(&self, perm: &[usize], _inputs: &[Option<&TensorType>]) -> Option<Permuted> {
        let axis = perm.iter().position(|&d| d == self.axis)?;
        Some(Permuted {
            op: Arc::new(TopK {
                axis,
                ..self.clone()
            }),
            inputs: vec![true],
            output: perm.to_vec(),
        })
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let (x, values, indices) = (cx.input(0), cx.output(0), cx.output(1));
        let shape = &cx.input_type(0).shape;
        let p = Params {
            outer: shape[..self.axis].iter().product(),
            axis_len: shape[self.axis],
            inner: shape[self.axis + 1..].iter().product(),
            k: self.k,
            largest: self.largest,
        };
        cx.call(call::top_k(p, x, values, indices));
        Ok(())
    }
}

/// `TopK`: how many is an attribute before opset 10. What is found is sorted even if it need not be.
fn top_k(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let axis = axis(cx.node.int("axis", -1)?, cx.ty(x).rank())?;
    let given = match cx.node.optional_int("k")? {
        Some(k) => Some(k),
        None => cx.number(1, "the number of elements")?,
    };
    let k = given.and_then(|k| usize::try_from(k).ok()).ok_or_else(|| {
        Diag::new(
            "invalid-input",
            "the number of elements to find is not given, or negative",
        )
    })?;
    let largest = cx.node.int("largest", 1)? != 0;
    let outputs = cx.add_many(TopK { axis, k, largest }, &[Some(x)])?;
    for (i, y) in outputs.into_iter().enumerate() {
        cx.set_output(i, y);
    }
    Ok(())
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("TopK", top_k)];
