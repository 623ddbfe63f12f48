//! The latest positions in time: a window that is kept from one run to the next.

use crate::diag::Diag;
use crate::ir::{Lower, Op};
use crate::ops::OnnxOp;
use crate::tensor::TensorType;
use mlc_runtime_core::kernels::shift::ShiftRows;
use mlc_runtime_core::scalar::Scalar;
use mlc_runtime_core::table::call;

/// The last `rows` positions along an axis of everything that came in so far, of which those of this run are
/// the newest. Before the first run, all are `fill`.
#[derive(Clone, Debug)]
pub struct Latest {
    /// The axis.
    pub axis: usize,
    /// Positions that come out: at least as many as come in.
    pub rows: usize,
    /// What there was before the first run.
    pub fill: Scalar,
}

impl Op for Latest {
    fn name(&self) -> &'static str {
        "Latest"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let [Some(x)] = inputs else {
            return Err(Diag::new(
                "missing-input",
                "a window over time takes one input",
            ));
        };
        let new = x.shape.get(self.axis).copied();
        let fits = new.is_some_and(|new| new <= self.rows);
        if !fits || x.dtype.storage() != Some(self.fill.ty()) {
            let message = format!("{x} does not fit a window of {} positions", self.rows);
            return Err(Diag::new("shape-mismatch", message));
        }
        let mut y = (*x).clone();
        y.shape[self.axis] = self.rows;
        Ok(vec![y])
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let of_axis = |ty: &TensorType| ty.shape[self.axis..].iter().product();
        let p = ShiftRows {
            new: of_axis(cx.input_type(0)),
            window: of_axis(cx.output_type(0)),
        };
        let (x, windows) = (cx.input(0), cx.output_state(0, self.fill));
        cx.call(call::shift_rows(p, x, windows));
        Ok(())
    }

    /// What comes out depends on what came in before.
    fn is_foldable(&self) -> bool {
        false
    }
}

/// No ONNX operator is a window over time; a network that takes time in slices has some.
pub const ONNX: &[OnnxOp] = &[];
