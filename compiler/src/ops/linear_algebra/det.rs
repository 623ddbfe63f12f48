//! `Det`: determinants of square matrices.

use crate::diag::Diag;
use crate::ir::{Lower, Op};
use crate::ops::{Importer, OnnxOp, onnx, unsupported_type};
use crate::tensor::{DType, TensorType};
use mlc_runtime_core::kernels::det::Det as Params;
use mlc_runtime_core::scalar::ElementType;
use mlc_runtime_core::table::call;

/// The determinant of each matrix in the last two axes (`f32`).
#[derive(Clone, Debug)]
pub struct Det;

impl Op for Det {
    fn name(&self) -> &'static str {
        "Det"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        match inputs {
            [Some(x)] if x.dtype != DType::F32 => Err(unsupported_type(x.dtype)),
            [Some(x)] => match &x.shape[..] {
                [batch @ .., rows, columns] if rows == columns => {
                    Ok(vec![TensorType::new(DType::F32, batch)])
                }
                _ => {
                    let message = format!("{x} is not made of square matrices");
                    Err(Diag::new("shape-mismatch", message))
                }
            },
            _ => Err(Diag::new("missing-input", "a determinant takes one input")),
        }
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let (x, y) = (cx.input(0), cx.output(0));
        let n = cx.input_type(0).shape.last().copied().unwrap_or(0);
        let batch = cx.output_type(0).len();
        let rows = cx.temporary(ElementType::F32, n * n);
        cx.call(call::det_f32(Params { batch, n }, x, y, rows));
        Ok(())
    }
}

fn det(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let y = cx.add(Det, &[x])?;
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("Det", det)];
