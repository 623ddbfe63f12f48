//! Kernels: plain functions over slices, one file per family.
//!
//! A kernel takes its parameters in a plain struct whose `Debug` form is its Rust literal, then its
//! operands as slices. Layouts are channels-last. No kernel allocates, panics or recurses: a slice
//! that does not fit its parameters is a defect of the compiler, noticed by `debug_assert!` there,
//! and harmless here. Kernel files name each other and [`math`](crate::math) by paths that start
//! with `super`, so that they read the same in this crate and in an emitted one.

pub mod activation;
pub mod conv;
pub mod conv2d;
pub mod depthwise2d;
pub mod map;
pub mod matmul;
pub mod rows;
pub mod tile;
pub mod transpose;
pub mod window;
