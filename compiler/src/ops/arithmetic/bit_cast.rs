//! `BitCast`: the same bits as elements of another type.

use crate::diag::Diag;
use crate::ir::{Lower, Op, Permuted, Refusal, Slices, TimeRule};
use crate::onnx::tensor::dtype;
use crate::ops::{Importer, OnnxOp, onnx, unsupported_type};
use crate::tensor::{DType, TensorType};
use std::sync::Arc;

/// The same bits as elements of another type of the same size.
#[derive(Clone, Debug)]
pub struct BitCast(pub DType);

impl Op for BitCast {
    fn name(&self) -> &'static str {
        "BitCast"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let [Some(x)] = inputs else {
            return Err(Diag::new("missing-input", "a bit cast takes one input"));
        };
        let size = |dtype: DType| dtype.storage().map(|element| element.size());
        // Not every byte is a truth value.
        if self.0 == DType::Bool || size(self.0).is_none() {
            return Err(unsupported_type(self.0));
        }
        if size(x.dtype) != size(self.0) {
            let message = format!("elements of {x} do not have the size of {}", self.0);
            return Err(Diag::new("type-mismatch", message));
        }
        Ok(vec![TensorType::new(self.0, x.shape.clone())])
    }

    fn permuted(&self, perm: &[usize], _inputs: &[Option<&TensorType>]) -> Option<Permuted> {
        Some(Permuted {
            op: Arc::new(self.clone()),
            inputs: vec![true],
            output: perm.to_vec(),
        })
    }

    fn along_time(&self, cx: &Slices<'_>) -> Result<TimeRule, Refusal> {
        cx.alike(self.clone())
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let x = cx.input(0);
        cx.output_view(0, x, 0);
        Ok(())
    }
}

fn bit_cast(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let to = cx.node.int("to", 0)?;
    let to = dtype(to).map_err(|d| d.at_attribute("to"))?;
    let x = cx.input(0)?;
    let y = cx.add(BitCast(to), &[x])?;
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("BitCast", bit_cast)];
