//! The edges of a graph: what integers there stand for, and what was promised of them.

use crate::onnx::Range;
use crate::quantization::Quantization;

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
