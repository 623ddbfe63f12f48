//! The unit of work of a convolution: `MR` outputs × `NR` channels.
//!
//! A tile is summed in local arrays of constant size, which a vectorising compiler keeps in
//! registers; the sizes follow the number and width of the target's. They do not affect results.

use super::arithmetic::Arithmetic;
use super::window::Tile;
use core::ops::Range;

/// Elements in one of the target's vector registers.
pub(super) const VECTOR: usize = if cfg!(target_feature = "avx512bw") {
    16
} else if cfg!(target_feature = "avx2") {
    8
} else if cfg!(any(
    target_feature = "sse",
    target_feature = "neon",
    target_feature = "simd128"
)) {
    4
} else {
    2
};
/// Outputs in a tile.
pub(super) const MR: usize = match VECTOR {
    2 => 2,
    16.. => 8,
    _ => 4,
};

/// Channels in a tile.
pub(super) const NR: usize = match VECTOR {
    2 => 8,
    _ => 2 * VECTOR,
};

/// Channels in a tile where no more are left: half of one, if half of a vector of integers is left then.
pub(super) const SLIM: usize = if VECTOR > 4 { VECTOR } else { NR };

/// Channels of one output that are computed at once, where there are as many.
pub(super) const WIDE: usize = if VECTOR > 2 { 4 * VECTOR } else { 16 };

/// Channels that are computed, of all outputs, before the next ones are begun.
///
/// Where there are caches, the weights of so many stay there meanwhile. Where there are none, it takes the
/// least time to go through outputs once for all.
pub(super) const STRIPE: usize = if VECTOR > 2 { WIDE } else { usize::MAX };

/// Products of floats that are added to a sum at a time: more pay where floats have registers.
pub(super) const FLOAT_K: usize = if VECTOR > 2 || cfg!(target_abi = "eabihf") {
    4
} else {
    1
};

/// Outputs in a tile of integers, whose sums share the few registers of a core without vectors with
/// everything else.
pub(super) const INTEGER_MR: usize = if VECTOR > 2 { MR } else { 1 };

/// Channels in a tile of integers.
pub(super) const INTEGER_NR: usize = if VECTOR > 2 { NR } else { 4 };

/// Products of integers that are added to a sum at a time.
pub(super) const INTEGER_K: usize = if VECTOR > 2 { 8 } else { 4 };

/// Splits channels into those that fill blocks of [`WIDE`], and the others.
#[inline(always)]
pub(super) fn wide(channels: &Range<usize>) -> (Range<usize>, Range<usize>) {
    let end = channels.end - channels.len() % WIDE;
    (channels.start..end, end..channels.end)
}

/// Sums of one tile: `P` outputs × `L` channels.
pub(super) type Sums<S, const P: usize, const L: usize> = [[S; L]; P];

/// Neighbouring channels that are computed together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns {
    /// The first.
    pub(super) first: usize,
    /// How many.
    pub(super) len: usize,
    /// Channels of a pixel.
    pub(super) of: usize,
}

impl Columns {
    /// Cuts `range` of the `of` channels into blocks of `most`, and a last one that may be less.
    #[inline(always)]
    pub(super) fn split(
        range: Range<usize>,
        of: usize,
        most: usize,
    ) -> impl Iterator<Item = Columns> {
        let (mut first, end) = (range.start, range.end);
        core::iter::from_fn(move || {
            let len = end.checked_sub(first).filter(|&n| n > 0)?.min(most);
            let columns = Columns { first, len, of };
            first += len;
            Some(columns)
        })
    }

    /// The channels.
    #[inline(always)]
    pub(super) fn range(&self) -> Range<usize> {
        self.first..self.first + self.len
    }

    /// The elements of `values` for these channels; 0 where there are none.
    #[inline(always)]
    pub(super) fn load<T: Copy + Default, const L: usize>(&self, values: &[T]) -> [T; L] {
        let values = values.get(self.first..).unwrap_or(&[]);
        match values.first_chunk() {
            Some(values) => *values,
            None => lanes(values.iter().copied()),
        }
    }

    /// Finishes and stores the sums of each output of the tile.
    #[inline(always)]
    pub(super) fn store<A: Arithmetic, const P: usize, const L: usize>(
        &self,
        arithmetic: A,
        channels: &A::Channels<L>,
        tile: &Tile<P>,
        sums: &Sums<A::Sum, P, L>,
        y: &mut [A::Y],
    ) {
        for (&pixel, sums) in tile.y.iter().zip(sums) {
            let y = y.get_mut(pixel * self.of + self.first..);
            let y = y.unwrap_or(&mut []);
            match y.first_chunk_mut::<L>() {
                Some(y) if self.len == L => arithmetic.finish(channels, sums, y),
                _ => {
                    let y = y.get_mut(..self.len).unwrap_or(&mut []);
                    arithmetic.finish_few(channels, sums, y);
                }
            }
        }
    }
}

/// As many values as there are, then zeros.
#[cold]
#[inline(never)]
pub(super) fn lanes<T: Copy + Default, const L: usize>(values: impl Iterator<Item = T>) -> [T; L] {
    let mut lanes = [T::default(); L];
    for (lane, v) in lanes.iter_mut().zip(values) {
        *lane = v;
    }
    lanes
}
