//! Placement: offsets for buffers with known lifetimes, in the smallest arena that can be found.
//!
//! This is dynamic storage allocation: packing rectangles whose place in time is given. It is NP-hard, but the instances
//! that networks pose are small. Greedy placements give a first answer and the fullest moment a bound; where they
//! differ, a complete search narrows the gap until it is closed, or the effort that was granted is spent.

mod bound;
mod greedy;
mod minimise;
mod order;
mod search;

pub use bound::lower_bound;
pub use greedy::{best_fit, by_size};
pub use minimise::{minimise, within};

/// A buffer to be placed. All sizes are in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Buffer {
    /// The first moment at which it is in use.
    pub lower: usize,
    /// The first moment at which it is not any more; after `lower`.
    pub upper: usize,
    /// How many bytes it takes, at least one.
    pub size: usize,
    /// What its offset is a multiple of: a power of two.
    pub align: usize,
}

impl Buffer {
    /// Whether both are in use at some moment.
    pub fn meets(&self, other: &Buffer) -> bool {
        self.lower < other.upper && other.lower < self.upper
    }
}

/// Where buffers lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    /// The offset of each buffer, in their order.
    pub offsets: Vec<usize>,
    /// Bytes that all of them take.
    pub height: usize,
}

impl Placement {
    fn new(buffers: &[Buffer], offsets: Vec<usize>) -> Self {
        let ends = buffers.iter().zip(&offsets).map(|(b, at)| at + b.size);
        let height = ends.max().unwrap_or(0);
        Placement { offsets, height }
    }
}

/// The best placement that was found, and what is known about better ones.
#[derive(Clone, Debug)]
pub struct Minimum {
    /// Where the buffers lie.
    pub placement: Placement,
    /// The most bytes in use at one moment, with what alignment costs there: no placement is lower.
    pub lower_bound: usize,
    /// Whether no placement is lower than this one: it reaches the bound, or the search has seen all.
    pub proved: bool,
    /// Nodes of the search that were looked at.
    pub nodes: u64,
}
