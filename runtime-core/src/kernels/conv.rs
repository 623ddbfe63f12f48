//! The convolution behind `conv2d`, `conv3d` and
//! `conv_transpose`.
//!
//! Each sum starts with the bias and runs over taps (depth, row, column) and then input channels,
//! skipping taps in the padding: the order, and so the result, is the same whatever tile an output
//! falls into.

use super::arithmetic::{Arithmetic, Floats};
use super::blocks::blocks_mut;
use super::products::products;
use super::tile::{Columns, FLOAT_K, MR, NR, SLIM, STRIPE, Sums, WIDE, wide};
use super::weights::{Plain, Same, WeightRows};
use super::window::{Region, Tile, Windows};
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
        convert: Same,
    };
    conv_with::<_, _, MR, NR, FLOAT_K>((windows, channels), floats, x, w, y);
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
        for group in channels.each_group() {
            for stripe in Columns::split(group.outputs.clone(), channels.out_c, STRIPE) {
                windows.regions(|region| {
                    group.compute::<_, _, P, L, K>(arithmetic, region, stripe.range(), (x, w), y);
                });
            }
        }
    }
}

impl Channels {
    /// The groups, each with its share of the channels.
    #[inline(always)]
    fn each_group(&self) -> impl Iterator<Item = Group<'_>> {
        let cin = self.in_c.checked_div(self.groups).unwrap_or(0);
        let cout = self.out_c.checked_div(self.groups).unwrap_or(0);
        (0..self.groups).map(move |g| Group {
            channels: self,
            inputs: g * cin..(g + 1) * cin,
            outputs: g * cout..(g + 1) * cout,
        })
    }
}

/// Channels that depend on each other.
struct Group<'a> {
    channels: &'a Channels,
    inputs: Range<usize>,
    outputs: Range<usize>,
}

/// Output channels of one group that are computed together.
struct Block<'a> {
    group: &'a Group<'a>,
    outputs: Columns,
}

impl Group<'_> {
    /// Computes some channels of a region, in tiles and then one by one.
    #[inline(always)]
    fn compute<
        A: Arithmetic,
        W: WeightRows<A::Factor>,
        const P: usize,
        const L: usize,
        const K: usize,
    >(
        &self,
        arithmetic: A,
        region: &Region<'_>,
        outputs: Range<usize>,
        xw: (&[A::X], W),
        y: &mut [A::Y],
    ) {
        if P == 1 || region.tiles::<P>().len() > 0 {
            for block in self.blocks(outputs.clone(), L) {
                block.fit::<_, _, P, L, K>(arithmetic, region, region.tiles::<P>(), xw, y);
            }
        }
        if P > 1 && region.rest::<P>().len() > 0 {
            let (wide, narrow) = wide(&outputs);
            for block in self.blocks(wide, WIDE) {
                block.compute::<_, _, 1, WIDE, K>(arithmetic, region, region.rest::<P>(), xw, y);
            }
            for block in self.blocks(narrow, L) {
                block.fit::<_, _, 1, L, K>(arithmetic, region, region.rest::<P>(), xw, y);
            }
        }
    }

    /// Cuts some output channels into blocks of at most `most`.
    #[inline(always)]
    fn blocks(&self, outputs: Range<usize>, most: usize) -> impl Iterator<Item = Block<'_>> {
        let columns = Columns::split(outputs, self.channels.out_c, most);
        columns.map(|outputs| Block {
            group: self,
            outputs,
        })
    }
}

impl Block<'_> {
    /// Computes tiles of a region, no wider than the block needs.
    #[inline(always)]
    fn fit<
        A: Arithmetic,
        W: WeightRows<A::Factor>,
        const P: usize,
        const L: usize,
        const K: usize,
    >(
        &self,
        arithmetic: A,
        region: &Region<'_>,
        tiles: impl Iterator<Item = Tile<P>>,
        xw: (&[A::X], W),
        y: &mut [A::Y],
    ) {
        if SLIM < L && self.outputs.len <= SLIM {
            self.compute::<_, _, P, SLIM, K>(arithmetic, region, tiles, xw, y);
        } else {
            self.compute::<_, _, P, L, K>(arithmetic, region, tiles, xw, y);
        }
    }

    /// Computes tiles of a region.
    #[inline(always)]
    fn compute<
        A: Arithmetic,
        W: WeightRows<A::Factor>,
        const P: usize,
        const L: usize,
        const K: usize,
    >(
        &self,
        arithmetic: A,
        region: &Region<'_>,
        tiles: impl Iterator<Item = Tile<P>>,
        xw: (&[A::X], W),
        y: &mut [A::Y],
    ) {
        let start = arithmetic.start::<L>(&self.outputs);
        let finish = arithmetic.channels::<L>(&self.outputs);
        let taps = (region.windows, &region.taps());
        for tile in tiles {
            let mut sums = [start; P];
            self.sum::<_, _, P, L, K>(arithmetic, taps, &tile, xw, &mut sums);
            self.outputs.store(arithmetic, &finish, &tile, &sums, y);
        }
    }

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
        (windows, [depths, rows, taps]): (&Windows, &[Range<usize>; 3]),
        tile: &Tile<P>,
        (x, w): (&[A::X], W),
        sums: &mut Sums<A::Sum, P, L>,
    ) {
        let Group {
            channels, inputs, ..
        } = self.group;
        let cin = inputs.len();
        let row = &windows.axes[2];
        let joined = channels.groups == 1 && row.dilation == 1 && row.weights.step == 1;
        let step = if joined { taps.len() } else { 1 }.max(1);
        let mut local = *sums;
        for kd in depths.clone() {
            for ky in rows.clone() {
                let mut kx = taps.start;
                while kx < taps.end {
                    let pixel = windows.tap(kd, ky, kx);
                    let row = windows.weight(kd, ky, kx) * cin;
                    let run = tile.x.map(|origin| {
                        let at = origin.wrapping_add(pixel).wrapping_mul(channels.in_c);
                        x.get(at.wrapping_add(inputs.start)..)
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
