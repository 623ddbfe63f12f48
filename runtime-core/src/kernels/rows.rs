//! Which rows of a spatial layer a kernel call computes.
//!
//! Spatial kernels compute a range of output rows from a window of input rows, so that a chain of
//! layers can run row by row through buffers that hold a few rows each. The result does not depend
//! on how a layer is cut into ranges, bit for bit.

/// Output rows `first..end` are computed, and `y` holds just them; `x` begins at input row `input`
/// and holds at least the rows that they read.
///
/// A whole layer is `first: 0, end: out_h, input: 0`. Anything less needs a batch of one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rows {
    /// First output row.
    pub first: usize,
    /// One past the last output row.
    pub end: usize,
    /// The input row at which `x` begins.
    pub input: usize,
}

impl Rows {
    /// All rows of a layer that has `out_h` of them.
    pub const fn all(out_h: usize) -> Rows {
        Rows {
            first: 0,
            end: out_h,
            input: 0,
        }
    }
}
