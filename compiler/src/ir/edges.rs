//! The edges of a graph: the types in which the caller gives inputs and gets outputs, and what integers there stand for.

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

/// What integers at the edges stand for, as far as that is known: one entry for each input and each output, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edges {
    /// At the inputs.
    pub inputs: Vec<Option<Quantization>>,
    /// At the outputs.
    pub outputs: Vec<Option<Quantization>>,
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
