//! Looking bytes up in a table: any function of one byte.

use crate::diag::Diag;
use crate::ir::{Lower, Op, Permuted, Refusal, Slices, TimeRule};
use crate::ops::{OnnxOp, unsupported_type};
use crate::tensor::TensorType;
use mlc_runtime_core::kernels::lookup::Lookup as Params;
use mlc_runtime_core::table::call;
use std::sync::Arc;

/// `table[x]` for each element: 256 entries, those for negative bytes after the others. Of several tables, `[C, 256]`, each
/// is for a channel, the last axis.
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
        let of_channels = |tables: usize| x.shape.last() == Some(&tables);
        let fits = match table.shape[..] {
            [256] => true,
            [tables, 256] => of_channels(tables),
            _ => false,
        };
        if x.dtype.bits() != 8 || !fits {
            return Err(unsupported_type(x.dtype));
        }
        Ok(vec![TensorType::new(table.dtype, x.shape.clone())])
    }

    fn permuted(&self, perm: &[usize], inputs: &[Option<&TensorType>]) -> Option<Permuted> {
        let one_for_all = inputs.get(1)?.is_some_and(|table| table.rank() == 1);
        let stays = perm.last() == perm.iter().max();
        (one_for_all || stays).then(|| Permuted {
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
            tables: cx.input_type(1).len() / 256,
        };
        let call = call::lookup(p, cx.input(0), cx.input(1), cx.output(0));
        cx.call(call);
        Ok(())
    }
}

/// No ONNX operator is a lookup; passes make them.
pub const ONNX: &[OnnxOp] = &[];
