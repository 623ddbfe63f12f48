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

/// How the rows of a layer's output come from those of its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Rows of the whole input.
    pub input: usize,
    /// Rows of the whole output.
    pub output: usize,
    /// Input rows from the first to the last that a window touches, both included.
    pub extent: usize,
    /// Input rows from one window to the next.
    pub stride: usize,
    /// Input rows by which the first window starts before the input.
    pub pad: isize,
}

/// Parameters of a kernel that can compute some rows only.
pub trait ByRows: Sized {
    /// How rows depend on rows; `None` unless there is a single image and rows are made of windows.
    fn span(&self) -> Option<Span>;

    /// The same layer, of which only `rows` are computed.
    fn at(self, rows: Rows) -> Self;
}

/// Input rows that a window of so many taps touches.
pub(super) fn extent(kernel: usize, dilation: usize) -> usize {
    kernel
        .saturating_sub(1)
        .wrapping_mul(dilation)
        .wrapping_add(1)
}
