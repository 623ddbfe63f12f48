//! Reversal of the leading steps of each sequence in a batch.

use crate::diag::Diag;
use crate::ir::{Lower, Op, Permuted};
use crate::ops::{Importer, OnnxOp, axis, onnx};
use crate::tensor::{DType, TensorType};
use mlc_runtime_core::kernels::reverse_sequence::ReverseSequence as Params;
use mlc_runtime_core::table::call;
use std::sync::Arc;

/// Reverses as many steps of each sequence as the second input says. The first two axes are batch
/// and time.
#[derive(Clone, Debug)]
pub struct ReverseSequence {
    /// Whether time is the first axis, or the batch.
    pub time_major: bool,
}

impl Op for ReverseSequence {
    fn name(&self) -> &'static str {
        "ReverseSequence"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let [Some(x), Some(lengths)] = inputs else {
            return Err(Diag::new(
                "missing-input",
                "sequences and lengths are needed",
            ));
        };
        let batch = x
            .shape
            .get(usize::from(self.time_major))
            .filter(|_| x.rank() >= 2);
        let fits = batch.is_some_and(|&batch| lengths.shape == [batch]);
        if !fits || lengths.dtype != DType::I64 {
            let message = format!("{lengths} are not the lengths of sequences {x}");
            return Err(Diag::new("shape-mismatch", message));
        }
        Ok(vec![(*x).clone()])
    }

    fn permuted(&self, perm: &[usize], inputs: &[Option<&TensorType>]) -> Option<Permuted> {
        inputs.first()?.filter(|x| x.rank() == perm.len())?;
        let time_major = match perm {
            [0, 1, ..] => self.time_major,
            [1, 0, ..] => !self.time_major,
            _ => return None,
        };
        Some(Permuted {
            op: Arc::new(ReverseSequence { time_major }),
            inputs: vec![true, false],
            output: perm.to_vec(),
        })
    }

    fn moves(&self, _count: usize) -> Option<Vec<bool>> {
        Some(vec![true, false])
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let (x, lengths, y) = (cx.input(0), cx.input(1), cx.output(0));
        let shape = &cx.input_type(0).shape;
        let (time, batch) = match self.time_major {
            true => (shape[0], shape[1]),
            false => (shape[1], shape[0]),
        };
        let p = Params {
            batch,
            batch_stride: if self.time_major { 1 } else { time },
            time,
            time_stride: if self.time_major { batch } else { 1 },
            inner: shape[2..].iter().product(),
        };
        cx.call(call::reverse_sequence(p, x, lengths, y));
        Ok(())
    }
}

fn reverse_sequence(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let (x, lengths) = (cx.input(0)?, cx.indices(1)?);
    let rank = cx.ty(x).rank();
    let batch = axis(cx.node.int("batch_axis", 1)?, rank)?;
    let time_major = match (axis(cx.node.int("time_axis", 0)?, rank)?, batch) {
        (0, 1) => true,
        (1, 0) => false,
        (time, batch) => {
            let message = format!("time is axis {time} and the batch is axis {batch}");
            return Err(Diag::new("invalid-attribute", message).note("they must be axes 0 and 1"));
        }
    };
    let y = cx.add(ReverseSequence { time_major }, &[x, lengths])?;
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("ReverseSequence", reverse_sequence)];
