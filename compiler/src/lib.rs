//! The compiler: placeholder.
pub mod diag;
pub mod tensor;
