//! Selection along one axis by positions that are known at compile time.
//!
//! Padding that repeats elements and nearest-neighbour resizing are this, one axis after another.

use crate::diag::Diag;
use crate::ir::{Lower, Op, Permuted, ValueId};
use crate::ops::Importer;
use crate::tensor::{DType, Tensor, TensorType};
use mlc_runtime_core::kernels::gather::Gather as Params;
use mlc_runtime_core::table::call;
use std::sync::Arc;

/// `y[.., j, ..] = x[.., positions[j], ..]` along one axis. Positions are `i32` and none lies
/// outside the axis.
#[derive(Clone, Debug)]
pub struct Select {
    /// The axis.
    pub axis: usize,
}

impl Op for Select {
    fn name(&self) -> &'static str {
        "Select"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let [Some(x), Some(positions)] = inputs else {
            return Err(Diag::new(
                "missing-input",
                "a selection takes data and positions",
            ));
        };
        let fits = positions.dtype == DType::I32 && positions.rank() == 1 && self.axis < x.rank();
        if !fits {
            let message = format!("{positions} do not select from axis {} of {x}", self.axis);
            return Err(Diag::new("shape-mismatch", message));
        }
        let mut y = (*x).clone();
        y.shape[self.axis] = positions.len();
        Ok(vec![y])
    }

    fn permuted(&self, perm: &[usize], _inputs: &[Option<&TensorType>]) -> Option<Permuted> {
        let axis = perm.iter().position(|&d| d == self.axis)?;
        Some(Permuted {
            op: Arc::new(Select { axis }),
            inputs: vec![true, false],
            output: perm.to_vec(),
        })
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let (x, positions, y) = (cx.input(0), cx.input(1), cx.output(0));
        let shape = &cx.input_type(0).shape;
        let p = Params {
            outer: shape[..self.axis].iter().product(),
            axis_len: shape[self.axis],
            inner: shape[self.axis + 1..].iter().product(),
            count: cx.input_type(1).len(),
        };
        cx.call(call::gather_axis(p, x, positions, y));
        Ok(())
    }
}

impl Importer<'_> {
    /// The elements of `value` at `positions` along `axis`; each lies inside the axis.
    pub fn select(
        &mut self,
        value: ValueId,
        axis: usize,
        positions: &[usize],
    ) -> Result<ValueId, Diag> {
        let len = self.ty(value).shape[axis];
        if positions.iter().copied().eq(0..len) {
            return Ok(value);
        }
        debug_assert!(positions.iter().all(|&i| i < len));
        let positions: Vec<i32> = positions.iter().map(|&i| i as i32).collect();
        let positions = self.add_constant(Tensor::new([positions.len()], &positions));
        self.add(Select { axis }, &[value, positions])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::support::testing::{Random, assert_permutes};

    #[test]
    fn an_axis_is_selected_from_wherever_it_is() {
        let x = Random(4).tensor(&[2, 3, 4]);
        let positions = Tensor::new([5], &[3i32, 0, 0, 2, 1]);
        assert_permutes(&Select { axis: 2 }, &[x, positions]);
    }
}
