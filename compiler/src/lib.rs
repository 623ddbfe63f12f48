//! The compiler: placeholder.
pub mod diag;
pub mod onnx;
pub mod tensor;
