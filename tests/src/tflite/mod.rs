//! Files of TensorFlow Lite with one operator each, made by this project: a builtin with its options and element types.
//!
//! `layer` writes a file from a few words about the operands; `cases` has a file for each family of builtins. Engines that read such
//! files are asked by `cargo xtask tflite`; tests damage the files.

mod cases;
mod graphs;
mod layer;

pub use cases::layers;
pub use graphs::{choosing, faulty, looping, malformed};
pub use layer::{Layer, Operand, Random, made_up};
