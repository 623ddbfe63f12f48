//! The convolution behind `conv2d`, `conv3d` and
//! `conv_transpose`.
//!
//! Each sum starts with the bias and runs over taps (depth, row, column) and then input channels,
//! skipping taps in the padding: the order, and so the result, is the same whatever tile an output
//! falls into.

use super::arithmetic::{Arithmetic, Floats};
use super::blocks::blocks_mut;
use super::products::products;
use super::tile::{Columns, MR, NR, Sums};
use super::weights::{Plain, WeightRows};
use super::window::{Tile, Windows};
use core::ops::Range;

/// Channels of a convolution of `x[batch, d, h, w, in_c]` with
/// `w[kd, kh, kw, in_c / groups, out_c]`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Channels {
    /// Channels of `x`.
    pub(super) in_c: usize,
    /// Channels of `y`.
    pub(super) out_c: usize,
    /// Independent groups of channels.
    pub(super) groups: usize,
}

/// Output channels of one group that are computed together.
struct Block<'a> {
    windows: &'a Windows,
    channels: &'a Channels,
    /// Input channels of the group.
    inputs: Range<usize>,
    outputs: Columns,
}

/// Computes the outputs of `windows`: `y = f(conv(x, w) + bias)`, or with `accumulate`
/// `y = f(y + (conv(x, w) + bias))`.
pub(super) fn conv(
    (windows, channels): (&Windows, &Channels),
    f: impl Fn(f32) -> f32 + Copy,
    accumulate: bool,
    (x, w, bias): (&[f32], &[f32], &[f32]),
    y: &mut [f32],
) {
    debug_assert!(bias.is_empty() || bias.len() == channels.out_c);
    let floats = Floats {
        f,
        accumulate,
        bias,
    };
    let w = Plain {
        values: w,
        columns: channels.out_c,
        convert: |w| w,
    };
    conv_with::<_, _, MR, NR, 1>((windows, channels), floats, x, w, y);
}

/// Computes the outputs of `windows` by the given arithmetic, in tiles of `P` outputs × `L` channels
/// to which the products of `K` input channels are added at a time.
pub(super) fn conv_with<
    A: Arithmetic,
    W: WeightRows<A::Factor>,
    const P: usize,
    const L: usize,
    const K: usize,
>(
    (windows, channels): (&Windows, &Channels),
    arithmetic: A,
    x: &[A::X],
    w: W,
    y: &mut [A::Y],
) {
    let x_item = windows.input_pixels() * channels.in_c;
    let y_item = windows.output_pixels() * channels.out_c;
    debug_assert_eq!(y.len() % y_item.max(1), 0);
    debug_assert!(y.len() == y_item || windows.is_whole());
    for (item, y) in blocks_mut(y, y_item).enumerate() {
        let x = x.get(item * x_item..).unwrap_or(&[]);
        channels.blocks(windows, L, |block| {
            let start = arithmetic.start::<L>(&block.outputs);
            let finish = arithmetic.channels::<L>(&block.outputs);
            windows.regions(|region| {
                let taps = region.taps();
                region.tiles(|tile| {
                    let mut sums = [start; P];
                    block.sum::<_, _, P, L, K>(arithmetic, &taps, tile, x, w, &mut sums);
                    block.outputs.store(arithmetic, &finish, tile, &sums, y);
                });
            });
        });
    }
}

impl Channels {
    /// Visits the output channels of each group, at most `most` at a time.
    #[inline(always)]
    fn blocks<'a>(&'a self, windows: &'a Windows, most: usize, mut visit: impl FnMut(&Block<'a>)) {
        let cin = self.in_c.checked_div(self.groups).unwrap_or(0);
        let cout = self.out_c.checked_div(self.groups).unwrap_or(0);
        for g in 0..self.groups {
            for outputs in Columns::split(g * cout..(g + 1) * cout, self.out_c, most) {
                visit(&Block {
                    windows,
                    channels: self,
                    inputs: g * cin..(g + 1) * cin,
                    outputs,
                });
            }
        }
    }
}

impl Block<'_> {
    /// Adds the products of the taps.
    ///
    /// Where the taps of a row read neighbouring pixels whole, they are one run of products.
    fn sum<
        A: Arithmetic,
        W: WeightRows<A::Factor>,
        const P: usize,
        const L: usize,
        const K: usize,
    >(
        &self,
        arithmetic: A,
        taps: &[Range<usize>; 3],
        tile: &Tile<P>,
        x: &[A::X],
        w: W,
        sums: &mut Sums<A::Sum, P, L>,
    ) {
        let Block {
            windows, channels, ..
        } = self;
        let cin = self.inputs.len();
        let row = &windows.axes[2];
        let joined = channels.groups == 1 && row.dilation == 1 && row.weights.step == 1;
        let step = if joined { taps[2].len() } else { 1 }.max(1);
        let mut local = *sums;
        for kd in taps[0].clone() {
            for ky in taps[1].clone() {
                let mut kx = taps[2].start;
                while kx < taps[2].end {
                    let pixel = windows.tap(kd, ky, kx);
                    let row = windows.weight(kd, ky, kx) * cin;
                    let run = tile.x.map(|origin| {
                        let at = origin.wrapping_add(pixel).wrapping_mul(channels.in_c);
                        x.get(at.wrapping_add(self.inputs.start)..)
                            .and_then(|x| x.get(..step * cin))
                            .unwrap_or(&[])
                    });
                    let w = w.starting_at(row, self.outputs.first);
                    local = products::<_, _, P, L, K>(arithmetic, run, w, local);
                    kx += step;
                }
            }
        }
        *sums = local;
    }
}
