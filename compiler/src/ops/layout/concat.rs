//! Joining values along an axis.

use crate::diag::Diag;
use crate::ir::{Lower, Op, Permuted, Refusal, Slices, TimeRule, ValueId};
use crate::ops::{Importer, OnnxOp, axis, onnx};
use crate::tensor::TensorType;
use mlc_runtime_core::kernels::copy::{CopyAll, CopyRows};
use mlc_runtime_core::table::call;
use std::sync::Arc;

/// Joins its inputs along an axis.
#[derive(Clone, Debug)]
pub struct Concat {
    /// The axis.
    pub axis: usize,
}

impl Op for Concat {
    fn name(&self) -> &'static str {
        "Concat"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let Some(Some(first)) = inputs.first() else {
            return Err(Diag::new("missing-input", "there is nothing to join"));
        };
        if self.axis >= first.rank() {
            let message = format!("{first} has no axis {}", self.axis);
            return Err(Diag::new("invalid-axis", message));
        }
        let mut len = 0usize;
        for x in inputs {
            let x = x.ok_or_else(|| Diag::new("missing-input", "an input is absent"))?;
            let sum = self
                .joins(first, x)
                .then(|| len.checked_add(x.shape[self.axis]));
            len = sum.flatten().ok_or_else(|| {
                let message = format!("{first} and {x} cannot be joined along axis {}", self.axis);
                Diag::new("shape-mismatch", message)
            })?;
        }
        let mut y = (*first).clone();
        y.shape[self.axis] = len;
        Ok(vec![y])
    }

    fn permuted(&self, perm: &[usize], inputs: &[Option<&TensorType>]) -> Option<Permuted> {
        let axis = perm.iter().position(|&d| d == self.axis)?;
        Some(Permuted {
            op: Arc::new(Concat { axis }),
            inputs: vec![true; inputs.len()],
            output: perm.to_vec(),
        })
    }

    fn moves(&self, count: usize) -> Option<Vec<bool>> {
        Some(vec![true; count])
    }

    fn along_time(&self, cx: &Slices<'_>) -> Result<TimeRule, Refusal> {
        if cx.axes.contains(&Some(self.axis)) {
            return Err("it puts something before or after all positions in time".into());
        }
        let (axis, op) = (cx.broadcast()?, Arc::new(self.clone()));
        Ok(TimeRule::Position { op, axis })
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let y = cx.output_type(0).clone();
        let rows = y.shape[..self.axis].iter().product();
        let pitch = y.shape[self.axis..].iter().product();
        let filled = (0..cx.input_count()).filter(|&i| !cx.input_type(i).is_empty());
        let filled: Vec<_> = filled.collect();
        if filled.len() < 2 {
            let only = cx.input(filled.first().copied().unwrap_or(0));
            cx.output_view(0, only, 0);
            return Ok(());
        }
        match rows {
            1 => one_after_the_other(cx, &filled),
            _ => row_by_row(cx, &filled, rows, pitch),
        }
        Ok(())
    }
}

/// Inputs that lie in one piece each in the output, as parts of it: scheduling may let them come to be there.
fn one_after_the_other(cx: &mut Lower<'_>, inputs: &[usize]) {
    let mut offset = 0;
    for &i in inputs {
        let len = cx.input_type(i).len();
        let x = cx.input(i);
        let part = cx.output_part(0, offset, x);
        cx.call(call::copy(CopyAll { len }, x, part));
        offset += len;
    }
}

/// Inputs whose rows alternate in the output.
fn row_by_row(cx: &mut Lower<'_>, inputs: &[usize], rows: usize, pitch: usize) {
    let mut p = CopyRows {
        rows,
        row: 0,
        pitch,
        offset: 0,
    };
    let mut whole = cx.temporary_like(cx.output(0), rows * pitch);
    for (k, &i) in inputs.iter().enumerate() {
        p.row = cx.input_type(i).len() / rows;
        let x = cx.input(i);
        whole = match k {
            0 => whole,
            k if k + 1 == inputs.len() => cx.output_copy_of(0, whole),
            _ => cx.copy_of(whole),
        };
        cx.call(match k {
            0 => call::copy_rows(p, x, whole),
            _ => call::copy_rows_update(p, x, whole),
        });
        p.offset += p.row;
    }
}

impl Concat {
    /// Whether two types differ in nothing but the length of the axis.
    fn joins(&self, a: &TensorType, b: &TensorType) -> bool {
        let alike = |d: usize| d == self.axis || a.shape[d] == b.shape[d];
        a.dtype == b.dtype && a.rank() == b.rank() && (0..a.rank()).all(alike)
    }
}

impl Importer<'_> {
    /// Values joined along an axis.
    pub fn concat(&mut self, values: &[ValueId], axis: usize) -> Result<ValueId, Diag> {
        match values {
            [only] => Ok(*only),
            _ => self.add(Concat { axis }, values),
        }
    }
}

fn concat(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let values = cx.inputs()?;
    let missing = || Diag::new("missing-input", "there is nothing to join");
    let rank = cx.ty(*values.first().ok_or_else(missing)?).rank();
    let default = (cx.version() < 4).then_some(1);
    let given = cx.node.optional_int("axis")?.or(default).ok_or_else(|| {
        Diag::new("missing-attribute", "the axis is not given").at_attribute("axis")
    })?;
    let y = cx.concat(&values, axis(given, rank)?)?;
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("Concat", concat)];
