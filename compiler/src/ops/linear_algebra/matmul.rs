//! Matrix products: `MatMul` and `Gemm`.

use crate::diag::Diag;
use crate::ir::{Island, Lower, NotInteger, Op, Refusal, Slices, TimeRule, ValueId};
use crate::ops::arithmetic::elementwise::broadcast;
use crate::ops::{Importer, OnnxOp, integers, onnx, unsupported_type};
use crate::tensor::{DType, TensorType};
use mlc_runtime_core::kernels::activation::Activation;
use mlc_runtime_core::kernels::matmul::MatMul as Params;
use mlc_runtime_core::table::call;
use std::sync::Arc;

/// `activation(x · w + bias + residual)`: `x` is `[batch.., m, k]`, `w` `[batch.., k, n]`, the
/// optional bias `[n]`, and the optional residual of the output's shape, `[batch.., m, n]`. Both
/// matrices have at least two axes; batch axes are broadcast.
#[derive(Clone, Debug)]
pub struct MatMul {
    /// Applied to each result.
    pub activation: Activation,
}

impl Op for MatMul {
    fn name(&self) -> &'static str {
        "MatMul"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let (Some(&Some(x)), Some(&Some(w))) = (inputs.first(), inputs.get(1)) else {
            return Err(Diag::new(
                "missing-input",
                "a matrix product takes two inputs",
            ));
        };
        if let Some(ty) = inputs.iter().flatten().find(|t| t.dtype != DType::F32) {
            return Err(unsupported_type(ty.dtype));
        }
        let y = TensorType::new(DType::F32, product(x, w)?);
        let n = &y.shape[y.rank() - 1..];
        let bias_fits = inputs
            .get(2)
            .copied()
            .flatten()
            .is_none_or(|b| b.shape == n);
        let residual_fits = inputs.get(3).copied().flatten().is_none_or(|r| *r == y);
        if !bias_fits || !residual_fits {
            return Err(Diag::new(
                "shape-mismatch",
                format!("bias or residual do not fit {y}"),
            ));
        }
        Ok(vec![y])
    }

    fn activation(&self) -> Option<Activation> {
        Some(self.activation)
    }

    fn with_activation(&self, activation: Activation) -> Option<Arc<dyn Op>> {
        Some(Arc::new(MatMul { activation }))
    }

    fn on_integers(&self, cx: &mut Island<'_>) -> Result<ValueId, NotInteger> {
        integers::matmul::multiply(cx)
    }

    fn along_time(&self, cx: &Slices<'_>) -> Result<TimeRule, Refusal> {
        product_in_time(cx, self.clone())
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let p = params(
            &cx.input_type(0).shape,
            &cx.input_type(1).shape,
            self.activation,
        )?;
        let macs = p.batch.iter().product::<usize>() * p.m * p.k * p.n;
        let (x, w, bias) = (cx.input(0), cx.input(1), cx.input(2));
        let call = if cx.has_input(3) {
            let residual = cx.input(3);
            call::matmul_add_f32(p, x, w, bias, cx.output_copy_of(0, residual))
        } else {
            call::matmul_f32(p, x, w, bias, cx.output(0))
        };
        cx.call_counted(call, macs as u64);
        Ok(())
    }
}

/// A product of matrices of which only the first has time: in its rows, as a batch, or, to be summed up, in its columns.
pub(crate) fn product_in_time(cx: &Slices<'_>, op: impl Op) -> Result<TimeRule, Refusal> {
    let (x, w) = (cx.ty(0)?, cx.ty(1)?);
    let (Some(time), None) = (cx.axes[0], cx.axes[1]) else {
        return Err("it multiplies all positions in time by one another".into());
    };
    let rank = x.rank().max(w.rank());
    let axis = time + rank - x.rank();
    let per_batch = |axis: usize| axis + w.rank() >= rank && w.shape[axis + w.rank() - rank] != 1;
    if time + 1 == x.rank() {
        return Ok(TimeRule::Everything);
    }
    if axis + 2 < rank && per_batch(axis) {
        return Err("its weights differ from position to position".into());
    }
    match cx.axes[2..].iter().flatten().all(|&other| other == axis) {
        true => Ok(TimeRule::Position {
            op: Arc::new(op),
            axis,
        }),
        false => Err("time is another axis in one input than in the other".into()),
    }
}

/// The shape of a matrix product.
pub(crate) fn product(x: &TensorType, w: &TensorType) -> Result<Vec<usize>, Diag> {
    let mismatch = || Diag::new("shape-mismatch", format!("{x} cannot be multiplied by {w}"));
    let ([x_batch @ .., m, k], [w_batch @ .., k2, n]) = (&x.shape[..], &w.shape[..]) else {
        return Err(mismatch());
    };
    if k != k2 {
        return Err(mismatch());
    }
    let mut shape = broadcast([x_batch, w_batch].into_iter())?;
    shape.extend([m, n]);
    Ok(shape)
}

/// A matrix product of these shapes as kernels take it.
pub(crate) fn params(x: &[usize], w: &[usize], activation: Activation) -> Result<Params, Diag> {
    let ([x_batch @ .., m, k], [w_batch @ .., _, n]) = (x, w) else {
        return Err(Diag::new(
            "shape-mismatch",
            "a matrix product takes matrices",
        ));
    };
    let (mut m, k, n) = (*m, *k, *n);
    let mut p = Params {
        batch: [1; 3],
        x_batch: [0; 3],
        w_batch: [0; 3],
        m,
        k,
        n,
        activation,
    };
    if w_batch.iter().all(|&d| d == 1) {
        // One matrix for all: the batch is nothing but more rows.
        m *= x_batch.iter().product::<usize>();
        return Ok(Params { m, ..p });
    }
    let batch = broadcast([x_batch, w_batch].into_iter())?;
    let walk = crate::ops::arithmetic::elementwise::walk::<2>(&[x_batch, w_batch], &batch)?;
    if walk.dims[..3] != [1; 3] {
        let message = format!("batch axes {batch:?} broadcast in too many ways");
        return Err(Diag::new("too-many-dimensions", message).note("at most 3 are supported"));
    }
    for d in 0..3 {
        p.batch[d] = walk.dims[3 + d];
        p.x_batch[d] = walk.strides[0][3 + d];
        p.w_batch[d] = walk.strides[1][3 + d];
    }
    Ok(p)
}

impl Importer<'_> {
    /// The product of two tensors that have at least two axes each, with an optional bias `[n]`.
    pub fn matmul(
        &mut self,
        x: ValueId,
        w: ValueId,
        bias: Option<ValueId>,
    ) -> Result<ValueId, Diag> {
        let op = MatMul {
            activation: Activation::Identity,
        };
        self.add_optional(op, &[Some(x), Some(w), bias])
    }
}

/// `MatMul`: numpy's, where vectors count as matrices of one row or column.
fn matmul(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let (x, w) = (cx.input(0)?, cx.input(1)?);
    let (x_shape, w_shape) = (cx.shape(x), cx.shape(w));
    let (x_is_vector, w_is_vector) = (x_shape.len() == 1, w_shape.len() == 1);
    let x = if x_is_vector {
        cx.reshape(x, vec![1, x_shape[0]])?
    } else {
        x
    };
    let w = if w_is_vector {
        cx.reshape(w, vec![w_shape[0], 1])?
    } else {
        w
    };
    let mut y = cx.matmul(x, w, None)?;
    let mut shape = cx.shape(y);
    if w_is_vector {
        shape.pop();
    }
    if x_is_vector {
        shape.remove(shape.len() - 1 - usize::from(!w_is_vector));
    }
    y = cx.reshape(y, shape)?;
    cx.finish(y)
}

/// `Gemm`: `alpha · A' · B' + beta · C`. Scales and transpositions of constants are folded.
fn gemm(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let (mut a, mut b) = (cx.input(0)?, cx.input(1)?);
    if cx.ty(a).rank() != 2 || cx.ty(b).rank() != 2 {
        let message = format!("{} and {} are not both matrices", cx.ty(a), cx.ty(b));
        return Err(Diag::new("shape-mismatch", message));
    }
    if cx.node.int("transA", 0)? != 0 {
        a = cx.transpose(a, &[1, 0])?;
    }
    if cx.node.int("transB", 0)? != 0 {
        b = cx.transpose(b, &[1, 0])?;
    }
    let alpha = cx.node.float("alpha", 1.0)?;
    if alpha != 1.0 {
        b = cx.map_number("mul", b, alpha.into())?;
    }
    let y = cx.matmul(a, b, None)?;
    let Some(mut c) = cx.optional(2) else {
        return cx.finish(y);
    };
    let beta = cx.node.float("beta", 1.0)?;
    if beta != 1.0 {
        c = cx.map_number("mul", c, beta.into())?;
    }
    let y = cx.map("add", &[y, c])?;
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("Gemm", gemm), onnx("MatMul", matmul)];
