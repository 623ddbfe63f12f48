//! Kernels: plain functions over slices, one file per family.
//!
//! A kernel takes its parameters in a plain struct whose `Debug` form is its Rust literal, then its
//! operands as slices. Layouts are channels-last. No kernel allocates, panics or recurses: a slice
//! that does not fit its parameters is a defect of the compiler, noticed by `debug_assert!` there,
//! and harmless here. Kernel files name each other and [`math`](crate::math) by paths that start
//! with `super`, so that they read the same in this crate and in an emitted one.
//! Operands are walked in step with `blocks` rather than `chunks_exact`; it says why.

pub mod activation;
pub mod argreduce;
mod arithmetic;
pub mod armv6m;
pub mod armv7m;
mod blocks;
pub mod conv;
pub mod conv2d;
pub mod conv2d_int;
pub mod conv3d;
pub mod conv_transpose;
pub mod copy;
pub mod depthwise2d;
pub mod depthwise2d_int;
pub mod det;
pub mod dsp;
pub mod fpu;
pub mod gather;
pub mod grid_sample;
pub mod gru;
pub mod helium;
pub mod helium_floats;
pub mod linear_attention;
pub mod lookup;
pub mod lrn;
pub mod lstm;
pub mod map;
pub mod matmul;
pub mod matmul_int;
pub mod matmul_weights;
pub mod norm;
pub mod norm_int;
pub mod number;
pub mod one_hot;
pub mod packed;
pub mod pool;
pub mod pool_int;
mod products;
pub mod quantized;
pub mod recurrent;
pub mod reduce;
pub mod requantize;
pub mod resize;
pub mod reverse_sequence;
pub mod rnn;
pub mod rows;
mod rows_of;
pub mod rv32;
pub mod scan;
pub mod scatter;
pub mod shift;
pub mod softmax;
pub mod softmax_int;
pub mod strided;
pub mod sums;
pub mod tile;
pub mod top_k;
pub mod transpose;
pub mod trilu;
pub mod weights;
pub mod window;
