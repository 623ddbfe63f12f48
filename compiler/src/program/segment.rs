//! Segments: steps that run row by row, and which rows of what is in memory meanwhile.

use super::BufferId;
use mlc_runtime_core::stream::Source;
use std::ops::Range;

/// Steps that run row by row.
#[derive(Clone, Debug)]
pub struct Segment {
    /// The steps.
    pub steps: Range<usize>,
    /// The tensors that they read and write, except constants.
    pub edges: Vec<Edge>,
    /// What each step reads and writes. Where the input is fed row by row, the first layer is the
    /// caller: it reads nothing.
    pub layers: Vec<Layer>,
    /// Whether the input is fed row by row.
    pub fed: bool,
    /// How many rows all layers compute together.
    pub time: usize,
    /// What its steps use as scratch: buffers that are not views of others. They lie above all rows.
    pub scratch: Vec<BufferId>,
}

/// A tensor inside a segment, or at its ends.
#[derive(Clone, Debug)]
pub struct Edge {
    /// The buffer that it is, not a view of another.
    pub buffer: BufferId,
    /// Rows it has.
    pub rows: usize,
    /// Bytes of a row.
    pub row: usize,
    /// Rows that are in memory at a time.
    pub window: usize,
    /// Whether it comes to be in the segment, rather than being there before.
    pub computed: bool,
    /// Whether it is one row of sums, to which each row that is read is added.
    pub sums: bool,
    /// Whether it is needed after the segment.
    pub kept: bool,
    /// Which bytes, from its start, are in use during which of the segment's rows.
    pub parts: Vec<Part>,
}

/// Bytes that are in use for some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Bytes from the start of the buffer.
    pub bytes: Range<usize>,
    /// First and last of the segment's rows, counted over all layers in the order in which they are computed.
    pub time: (usize, usize),
}

/// What a step reads and writes.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Rows of tensors, in the order of the kernel's operands.
    pub reads: Vec<Source>,
    /// The tensor, by its number among the edges.
    pub writes: usize,
}
