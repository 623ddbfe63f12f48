//! One-hot encoding.

use crate::diag::Diag;
use crate::ir::{Lower, Op, Permuted};
use crate::ops::{Importer, OnnxOp, axis, onnx};
use crate::tensor::{DType, TensorType};
use mlc_runtime_core::kernels::one_hot::OneHot as Params;
use mlc_runtime_core::table::call;
use std::sync::Arc;

/// Marks, along a new axis, the positions that the first input gives: by the second element of the
/// second input, all others by the first.
#[derive(Clone, Debug)]
pub struct OneHot {
    /// Where the new axis is in the output.
    pub axis: usize,
    /// Its length.
    pub depth: usize,
}

impl Op for OneHot {
    fn name(&self) -> &'static str {
        "OneHot"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let [Some(indices), Some(values)] = inputs else {
            return Err(Diag::new("missing-input", "indices and values are needed"));
        };
        let fits = indices.dtype == DType::I64 && self.axis <= indices.rank();
        if !fits || values.shape != [2] {
            let message = format!("{values} cannot mark {indices} along axis {}", self.axis);
            return Err(Diag::new("shape-mismatch", message));
        }
        let mut shape = indices.shape.clone();
        shape.insert(self.axis, self.depth);
        Ok(vec![TensorType::new(values.dtype, shape)])
    }

    fn permuted(&self, perm: &[usize], inputs: &[Option<&TensorType>]) -> Option<Permuted> {
        inputs
            .first()?
            .filter(|indices| indices.rank() == perm.len())?;
        let mut output: Vec<_> = perm
            .iter()
            .map(|&d| d + usize::from(d >= self.axis))
            .collect();
        output.insert(self.axis, self.axis);
        Some(Permuted {
            op: Arc::new(self.clone()),
            inputs: vec![true, false],
            output,
        })
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let (indices, values, y) = (cx.input(0), cx.input(1), cx.output(0));
        let (before, after) = cx.input_type(0).shape.split_at(self.axis);
        let p = Params {
            outer: before.iter().product(),
            depth: self.depth,
            inner: after.iter().product(),
        };
        cx.call(call::one_hot(p, indices, values, y));
        Ok(())
    }
}

fn one_hot(cx: &mut Importer<'_>) -> Result<(), Diag> {
    // Unlike anywhere else indices may be of any type.
    let (indices, values) = (cx.input(0)?, cx.input(2)?);
    let indices = cx.cast(indices, DType::I64)?;
    let given: i64 = cx
        .number(1, "the depth")?
        .ok_or_else(|| Diag::new("missing-input", "the depth is not given"))?;
    let depth = usize::try_from(given)
        .map_err(|_| Diag::new("invalid-input", format!("{given} is not a depth")))?;
    let axis = axis(cx.node.int("axis", -1)?, cx.ty(indices).rank() + 1)?;
    let y = cx.add(OneHot { axis, depth }, &[indices, values])?;
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("OneHot", one_hot)];
