//! Operators: a file each in the folder of its family, and a line each in the list below.
//!
//! A file says which ONNX operators it reads ([`OnnxOp`]), what types come out ([`Op::infer`](crate::ir::Op::infer)) and
//! how to compute them with kernels ([`Op::lower`](crate::ir::Op::lower)). That is the only statement of what an operator
//! means: folding, calibration, tests and emission all follow from it. An ONNX operator that is a
//! composition of others is a few lines in an `import` function and has no [`Op`](crate::ir::Op) of its own.
//!
//! Spatial operators are channels-last only: their import puts a transposition before and after,
//! and a pass cancels those that meet. What several operators share stands in `support`, and forms on
//! integers in `integers`.

pub mod integers;
pub mod support;

use crate::diag::Diag;
pub use support::import::{Importer, axes, axis, unsupported_type};
pub use support::network::import;

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

macro_rules! operators {
    ($($family:ident { $($module:ident)* })*) => {
        $(
            #[doc = concat!("The family `", stringify!($family), "`.")]
            pub mod $family {
                $(pub mod $module;)*
            }
        )*

        /// Every ONNX operator that can be imported, from all files.
        pub fn onnx_operators() -> impl Iterator<Item = &'static OnnxOp> {
            [$($($family::$module::ONNX),*),*].into_iter().flatten()
        }
    };
}

operators! {
    arithmetic {
        activation
        bit_cast
        cast
        dropout
        elementwise
        lookup
    }
    constants {
        constant
        shape
    }
    control_flow {
        control
        scan
    }
    indexing {
        data_dependent
        gather
        one_hot
        scatter
    }
    layout {
        center_crop_pad
        concat
        depth_to_space
        expand
        pad
        reshape
        reverse_sequence
        slice
        transpose
        trilu
    }
    linear_algebra {
        det
        einsum
        matmul
    }
    normalisation {
        batch_norm
        group_norm
        layer_norm
        lrn
        softmax
    }
    quantisation {
        qlinear
        quantize
    }
    reduction {
        arg_reduce
        loss
        reduce
        top_k
    }
    resampling {
        affine_grid
        grid_sample
        resize
    }
    sequence {
        latest
        recurrent
    }
    signal {
        fourier
        windows
    }
    spatial {
        causal_conv
        col2im
        conv
        conv_transpose
        global_pool
        max_unpool
        pool
    }
    transformer {
        attention
        linear_attention
        rotary_embedding
    }
}
