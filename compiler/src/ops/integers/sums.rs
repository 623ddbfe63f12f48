//! Sums of products of integers, as they are: what `ConvInteger` and `MatMulInteger` yield.

use crate::diag::Diag;
use crate::ir::{Lower, Op, Refusal, Slices, TimeRule};
use crate::ops::spatial::conv::Geometry;
use crate::ops::support::window::Window;
use crate::tensor::{DType, TensorType};
use mlc_runtime_core::table::call;

/// `Σ (x - zero) · w` in `i32`: `x` is `[N, spatial.., C]`, `w` `[kernel.., C / groups, M]` of `i8`, and
/// the zero point, which may be data, one element of the type of `x`.
#[derive(Clone, Debug)]
pub struct Sums {
    /// How the kernel slides.
    pub window: Window,
    /// Groups of channels that do not mix.
    pub groups: usize,
}

impl Op for Sums {
    fn name(&self) -> &'static str {
        "ConvInteger"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let [Some(x), Some(w), Some(zero)] = inputs else {
            return Err(Diag::new(
                "missing-input",
                "data, weights and a zero point are needed",
            ));
        };
        let mismatch = || Diag::new("shape-mismatch", format!("{x} convolved with weights {w}"));
        let ([n, spatial @ .., c], [kernel @ .., group_c, m]) = (&x.shape[..], &w.shape[..]) else {
            return Err(mismatch());
        };
        let fits = *c == group_c * self.groups && m.is_multiple_of(self.groups);
        let types = zero.dtype == x.dtype && zero.len() == 1 && w.dtype == DType::I8;
        if !fits || !types || kernel != self.window.kernel || kernel.len() != spatial.len() {
            return Err(mismatch());
        }
        let shape = [&[*n], &*self.window.outputs(spatial)?, &[*m]].concat();
        Ok(vec![TensorType::new(DType::I32, shape)])
    }

    fn along_time(&self, cx: &Slices<'_>) -> Result<TimeRule, Refusal> {
        cx.convolve((&self.window, self.groups), None, |window| Sums {
            window,
            ..self.clone()
        })
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let [x, w, zero] = std::array::from_fn(|i| cx.input(i));
        let (w_type, to) = (cx.input_type(1), cx.output_type(0));
        let macs = to.len() / to.shape.last().map_or(1, |&c| c.max(1)) * w_type.len();
        let geometry = Geometry {
            window: &self.window,
            groups: self.groups,
            from: cx.input_type(0),
            to,
        };
        let call = call::conv2d_sums(geometry.conv(), x, w, zero, cx.output(0));
        cx.call_counted(call, macs as u64);
        Ok(())
    }
}
