//! Operators: a file each, and a line each in the list below.
//!
//! A file says which ONNX operators it reads ([`OnnxOp`]), what types come out ([`Op::infer`]) and
//! how to compute them with kernels ([`Op::lower`]). That is the only statement of what an operator
//! means: folding, calibration, tests and emission all follow from it. An ONNX operator that is a
//! composition of others is a few lines in an `import` function and has no [`Op`] of its own.
//!
//! Spatial operators are channels-last only: their import puts a transposition before and after,
//! and a pass cancels those that meet.

pub mod along;
mod early_broadcast;
pub mod formula;
mod import;
pub mod integers;
mod needs;
mod network;
#[cfg(test)]
mod permuted_tests;
mod sampling;
pub mod select;
pub mod strides;
#[cfg(test)]
pub(crate) mod testing;
pub mod walk;
pub mod window;

use crate::diag::Diag;
use crate::ir::ValueId;
use crate::lower::Lower;
use crate::tensor::TensorType;
use along::{Along, Slices, Stuck};
pub use import::{Importer, axes, axis, unsupported_type};
use integers::{Island, Unfit};
use mlc_runtime_core::kernels::activation::Activation;
use mlc_runtime_core::scalar::Expr;
pub use network::import;
use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;

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

    /// Adds what computes the quantised output from quantised inputs on their integers, or says why
    /// that stays in floating point.
    fn on_integers(&self, _cx: &mut Island<'_>) -> Result<ValueId, Unfit> {
        Err("no kernel computes it on integers".into())
    }

    /// How the operator computes some positions in time, or why it needs all of them for any.
    fn along_time(&self, _cx: &Slices<'_>) -> Result<Along, Stuck> {
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

/// One ONNX operator that can be imported.
pub struct OnnxOp {
    /// Its domain; empty for ONNX's own.
    pub domain: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Reads a node and adds what it computes to the graph.
    pub import: fn(&mut Importer<'_>) -> Result<(), Diag>,
}

/// An operator of ONNX's own domain.
pub(crate) const fn onnx(
    name: &'static str,
    import: fn(&mut Importer<'_>) -> Result<(), Diag>,
) -> OnnxOp {
    OnnxOp {
        domain: "",
        name,
        import,
    }
}

macro_rules! operators { ($($module:ident)*) => {
    $(pub mod $module;)*

    /// Every ONNX operator that can be imported, from all files.
    pub fn onnx_operators() -> impl Iterator<Item = &'static OnnxOp> {
        [$($module::ONNX),*].into_iter().flatten()
    }
} }

operators! {
    activation
    affine_grid
    arg_reduce
    attention
    batch_norm
    bit_cast
    cast
    causal_conv
    center_crop_pad
    col2im
    concat
    constant
    control
    conv
    conv_transpose
    data_dependent
    depth_to_space
    det
    dropout
    einsum
    elementwise
    expand
    gather
    global_pool
    grid_sample
    group_norm
    latest
    layer_norm
    linear_attention
    lookup
    loss
    lrn
    matmul
    max_unpool
    one_hot
    pad
    pool
    qlinear
    quantize
    recurrent
    reduce
    reshape
    resize
    reverse_sequence
    rotary_embedding
    scan
    scatter
    shape
    signal
    slice
    softmax
    top_k
    transpose
    trilu
}
