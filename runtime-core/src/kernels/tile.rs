//! The unit of work of a convolution: `MR` outputs × `NR` channels.
//!
//! A tile is summed in local arrays of constant size, which a vectorising compiler keeps in
//! registers; the sizes follow the number and width of the target's. They do not affect results.

use super::window::Tile;
use core::ops::Range;

/// Outputs in a tile.
pub(super) const MR: usize = 4;
/// Channels in a tile.
pub(super) const NR: usize = if cfg!(target_feature = "avx") {
    16
} else if cfg!(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    target_arch = "wasm32"
)) {
    8
} else {
    4
};

/// Sums of one tile.
pub(super) type Sums = [[f32; NR]; MR];

/// Neighbouring channels that are computed together, at most `NR`.
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
    /// Cuts `range` of the `of` channels into blocks.
    #[inline(always)]
    pub(super) fn split(range: Range<usize>, of: usize) -> impl Iterator<Item = Columns> {
        let (mut first, end) = (range.start, range.end);
        core::iter::from_fn(move || {
            let len = end.checked_sub(first).filter(|&n| n > 0)?.min(NR);
            let columns = Columns { first, len, of };
            first += len;
            Some(columns)
        })
    }

    /// The elements of `values` for these channels; 0 where there are none.
    pub(super) fn of(&self, values: &[f32]) -> [f32; NR] {
        let mut lanes = [0.0; NR];
        let values = values.get(self.first..).unwrap_or(&[]);
        for (lane, &v) in lanes.iter_mut().zip(values.iter().take(self.len)) {
            *lane = v;
        }
        lanes
    }

    /// Stores `f(sum)`, or with `accumulate` `f(y + sum)`, for each output of the tile.
    #[inline(always)]
    pub(super) fn store(
        &self,
        f: impl Fn(f32) -> f32,
        accumulate: bool,
        tile: &Tile<MR>,
        sums: &Sums,
        y: &mut [f32],
    ) {
        for (&pixel, sums) in tile.y.iter().zip(sums).take(tile.len) {
            let y = y.get_mut(pixel * self.of + self.first..);
            let y = y.unwrap_or(&mut []).iter_mut().take(self.len);
            for (y, &sum) in y.zip(sums) {
                *y = f(if accumulate { *y + sum } else { sum });
            }
        }
    }
}

/// The first `NR` elements. Where fewer channels are computed, the rest belong to other channels
/// and what is made of them is not stored; only at the very end of a tensor there are fewer.
#[inline(always)]
pub(super) fn lanes(values: &[f32]) -> [f32; NR] {
    match values.first_chunk::<NR>() {
        Some(lanes) => *lanes,
        None => tail(values),
    }
}

/// All of fewer than `NR` elements, then zeros.
#[cold]
fn tail(values: &[f32]) -> [f32; NR] {
    let mut lanes = [0.0; NR];
    for (lane, &v) in lanes.iter_mut().zip(values) {
        *lane = v;
    }
    lanes
}
