//! Looking bytes up in a table: any function of one byte.

use crate::diag::Diag;
use crate::ir::{Lower, Op, Permuted, Refusal, Slices, TimeRule};
use crate::ops::{OnnxOp, unsupported_type};
use crate::tensor::TensorType;
use mlc_runtime_core::kernels::lookup::Lookup as Params;
use mlc_runtime_core::table::call;
use std::sync::Arc;

/// `table[x]` for each element: 256 entries, those for negative bytes after the others.
#[derive(Clone, Debug)]
pub struct Lookup;

impl Op for Lookup {
    fn name(&self) -> &'static str {
        "Lookup"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let [Some(x), Some(table)] = inputs else {
            return Err(Diag::new(
                "missing-input",
                "a table and what to look up are needed",
            ));
        };
        if x.dtype.bits() != 8 || table.len() != 256 {
            return Err(unsupported_type(x.dtype));
        }
        Ok(vec![TensorType::new(table.dtype, x.shape.clone())])
    }

    fn permuted(&self, perm: &[usize], _inputs: &[Option<&TensorType>]) -> Option<Permuted> {
        Some(Permuted {
            op: Arc::new(Lookup),
            inputs: vec![true, false],
            output: perm.to_vec(),
        })
    }

    fn along_time(&self, cx: &Slices<'_>) -> Result<TimeRule, Refusal> {
        cx.alike(Lookup)
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let p = Params {
            len: cx.output_type(0).len(),
        };
        let call = call::lookup(p, cx.input(0), cx.input(1), cx.output(0));
        cx.call(call);
        Ok(())
    }
}

/// No ONNX operator is a lookup; passes make them.
pub const ONNX: &[OnnxOp] = &[];
