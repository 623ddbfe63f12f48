//! The edges of a graph: the types in which the caller gives inputs and gets outputs, and what integers there stand for.

use crate::onnx::Range;
use serde::Serialize;
use std::fmt;

/// In which types the caller gives inputs and gets outputs.
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Io {
    /// As the model has them.
    #[default]
    AsIs,
    /// Integers, wherever the model quantises or dequantises next to the edge.
    Int8,
    /// Floats, wherever the model says what integers at the edge stand for.
    Float,
}

/// What integers stand for: `q` for `(q - zero) · scale`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Quantization {
    /// What a step is worth: finite and positive.
    pub scale: f32,
    /// What stands for 0.
    pub zero: i32,
}

/// What is known of the edges: one entry for each input and each output, in order, or none at all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edges {
    /// What integers stand for at the inputs.
    pub inputs: Vec<Option<Quantization>>,
    /// What integers stand for at the outputs.
    pub outputs: Vec<Option<Quantization>>,
    /// Between which numbers the elements of each input are, as far as that was promised.
    pub ranges: Vec<Option<Range>>,
}

impl Quantization {
    /// The scale and the zero point, if the scale is one.
    pub fn new(scale: f32, zero: i32) -> Option<Self> {
        (scale.is_finite() && scale > 0.0).then_some(Quantization { scale, zero })
    }
}

impl fmt::Display for Quantization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "scale {}, zero point {}", self.scale, self.zero)
    }
}
