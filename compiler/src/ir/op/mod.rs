//! What a node computes: the trait of all operators, and what its methods are given.
//!
//! Operators themselves are downstream: the graph knows them by this trait alone.

mod integers;
mod lower;
mod time;

use super::ValueId;
use crate::diag::Diag;
use crate::tensor::TensorType;
pub use integers::{Island, NotInteger, Target};
pub(crate) use lower::new_buffer;
pub use lower::{Lower, evaluate};
use mlc_runtime_core::kernels::activation::Activation;
use mlc_runtime_core::scalar::Expr;
use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;
pub use time::{Refusal, Slices, Span, TimeRule};

/// What a node computes. The `Debug` form shows operator and parameters as the printer prints them,
/// and tells operators apart: equal forms compute the same.
pub trait Op: Any + Debug + Send + Sync {
    /// The operator's name, for people.
    fn name(&self) -> &'static str;

    /// The types of the outputs for inputs of these types, or why there are none.
    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag>;

    /// Writes the kernel calls that compute the outputs.
    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag>;

    /// The scalar function, if the operator applies one to corresponding elements of its inputs,
    /// broadcast together. Such operators are fused into one loop.
    fn scalar_function(&self) -> Option<Expr> {
        None
    }

    /// How to compute `transpose(output, perm)` for each output from inputs whose axes were
    /// permuted beforehand; `inputs` are the types of the original's inputs. Operators that care
    /// about the order of axes in any other way say `None`.
    fn permuted(&self, _perm: &[usize], _inputs: &[Option<&TensorType>]) -> Option<Permuted> {
        None
    }

    /// The activation that the operator applies as it stores, if it has an epilogue.
    ///
    /// Operators with an epilogue take `[x, w, bias?, residual?]`, have their output channels in the
    /// last axis of `w`, of the output and of the bias, and compute
    /// `activation(product(x, w) + bias + residual)`.
    fn activation(&self) -> Option<Activation> {
        None
    }

    /// Whether an operator with an epilogue takes a residual.
    fn adds_residual(&self) -> bool {
        true
    }

    /// The same operator with another activation, if it has an epilogue.
    fn with_activation(&self, _activation: Activation) -> Option<Arc<dyn Op>> {
        None
    }

    /// The operator for a first input `[N, spatial.., C]` that lacks these zeros before and after
    /// its spatial axes: it implies them. `None` if it cannot.
    fn with_padding(&self, _pads: &[(isize, isize)]) -> Option<Arc<dyn Op>> {
        None
    }

    /// Which of `count` inputs are data, if the outputs' elements are the inputs' own, in another
    /// order, repeated, left out, or the greatest or least of some. Such operators work on quantised
    /// data as they do on what it stands for.
    fn moves(&self, _count: usize) -> Option<Vec<bool>> {
        None
    }

    /// Whether such an operator takes the greatest of some elements, which is NaN where one of them is. What NaN is
    /// quantised to is the least, though: there, it does not work on quantised data as on what that stands for.
    fn takes_greatest(&self) -> bool {
        false
    }

    /// Adds what computes the quantised output from quantised inputs on their integers, or says why
    /// that stays in floating point.
    fn on_integers(&self, _cx: &mut Island<'_>) -> Result<ValueId, NotInteger> {
        Err("no kernel computes it on integers".into())
    }

    /// How the operator computes some positions in time, or why it needs all of them for any.
    fn along_time(&self, _cx: &Slices<'_>) -> Result<TimeRule, Refusal> {
        Err("it needs all positions in time at once".into())
    }

    /// Whether equal inputs give equal outputs, so that constants may be computed beforehand.
    fn is_foldable(&self) -> bool {
        true
    }

    /// Whether constants are computed as soon as the operator is applied to them, rather than when
    /// somebody asks for them.
    fn folds_at_once(&self) -> bool {
        self.is_foldable()
    }
}

/// An operator rewritten for inputs with permuted axes: see [`Op::permuted`].
pub struct Permuted {
    /// The operator that takes permuted inputs.
    pub op: Arc<dyn Op>,
    /// For each input: whether its axes are permuted (data), or it stays as it is (parameters).
    pub inputs: Vec<bool>,
    /// Axes of the original output, in the order in which each of the new outputs has them.
    pub output: Vec<usize>,
}
