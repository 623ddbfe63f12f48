//! The convolution behind [`conv2d`](super::conv2d) and [`conv3d`](super::conv3d).
//!
//! Each sum starts with the bias and runs over taps (depth, row, column) and
//! then input channels, skipping taps in the padding: the order, and so the result, is the same
//! whatever tile an output falls into.

use super::tile::{Columns, MR, NR, Sums, full_lanes, some_lanes};
use super::window::{Tile, Windows};
use core::ops::Range;

/// A convolution over up to three axes: `x[batch, d, h, w, in_c]` with
/// `w[kd, kh, kw, in_c / groups, out_c]`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Convolution {
    /// Batch items.
    pub(super) batch: usize,
    /// Channels of `x`.
    pub(super) in_c: usize,
    /// Channels of `y`.
    pub(super) out_c: usize,
    /// Independent groups of channels.
    pub(super) groups: usize,
    /// The spatial axes.
    pub(super) windows: Windows,
}

/// Output channels of one group that are computed together.
struct Block<'a> {
    conv: &'a Convolution,
    /// Input channels of the group.
    inputs: Range<usize>,
    outputs: Columns,
}

/// `y = f(conv(x, w) + bias)`, or with `accumulate` `y = f(y + (conv(x, w) + bias))`.
pub(super) fn conv(
    c: &Convolution,
    f: impl Fn(f32) -> f32 + Copy,
    accumulate: bool,
    x: &[f32],
    w: &[f32],
    bias: &[f32],
    y: &mut [f32],
) {
    let (x_item, y_item) = (
        c.windows.input_pixels() * c.in_c,
        c.windows.output_pixels() * c.out_c,
    );
    debug_assert_eq!(y.len(), c.batch * y_item);
    debug_assert!(c.batch == 1 || c.windows.is_whole());
    debug_assert!(bias.is_empty() || bias.len() == c.out_c);
    for (item, y) in y.chunks_exact_mut(y_item.max(1)).enumerate() {
        let x = x.get(item * x_item..).unwrap_or(&[]);
        c.blocks(|block| {
            c.windows.regions(|region| {
                let taps = region.taps();
                region.tiles(|tile| {
                    let mut sums = [block.outputs.of(bias); MR];
                    block.sum(&taps, tile, x, w, &mut sums);
                    block.outputs.store(f, accumulate, tile, &sums, y);
                });
            });
        });
    }
}

impl Convolution {
    /// Visits the output channels of each group, `NR` at a time.
    #[inline(always)]
    fn blocks(&self, mut visit: impl FnMut(&Block<'_>)) {
        let cin = self.in_c.checked_div(self.groups).unwrap_or(0);
        let cout = self.out_c.checked_div(self.groups).unwrap_or(0);
        for g in 0..self.groups {
            for outputs in Columns::split(g * cout..(g + 1) * cout, self.out_c, NR) {
                visit(&Block {
                    conv: self,
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
    fn sum(
        &self,
        taps: &[Range<usize>; 3],
        tile: &Tile<MR>,
        x: &[f32],
        w: &[f32],
        sums: &mut Sums,
    ) {
        let conv = self.conv;
        let (cin, windows) = (self.inputs.len(), &conv.windows);
        let joined = conv.groups == 1 && windows.axes[2].dilation == 1;
        let step = if joined { taps[2].len() } else { 1 }.max(1);
        let mut local = *sums;
        for kd in taps[0].clone() {
            for ky in taps[1].clone() {
                let mut kx = taps[2].start;
                while kx < taps[2].end {
                    let pixel = windows.tap(kd, ky, kx);
                    let row = windows.tap_index(kd, ky, kx) * cin;
                    let run = tile.x.map(|origin| {
                        let at = origin.wrapping_add(pixel).wrapping_mul(conv.in_c);
                        x.get(at.wrapping_add(self.inputs.start)..)
                            .and_then(|x| x.get(..step * cin))
                            .unwrap_or(&[])
                    });
                    let w = w.get(row * conv.out_c + self.outputs.first..);
                    local = products(run, w.unwrap_or(&[]), conv.out_c, local);
                    kx += step;
                }
            }
        }
        *sums = local;
    }
}

/// `sums[p][j] += Σi x[p][i] · w[i · stride + j]`, in order of `i`.
#[inline(always)]
fn products(x: [&[f32]; MR], w: &[f32], stride: usize, sums: Sums) -> Sums {
    let last = x[0].len().saturating_sub(1) * stride;
    if w.len() >= last + NR {
        products_with(x, w, stride, full_lanes, sums)
    } else {
        products_with(x, w, stride, some_lanes, sums)
    }
}

#[inline(always)]
fn products_with(
    x: [&[f32]; MR],
    w: &[f32],
    stride: usize,
    load: impl Fn(&[f32]) -> Option<[f32; NR]>,
    mut sums: Sums,
) -> Sums {
    let [a, b, c, d] = x;
    let mut at = 0;
    for (((&a, &b), &c), &d) in a.iter().zip(b).zip(c).zip(d) {
        let Some(row) = load(w.get(at..).unwrap_or(&[])) else {
            break;
        };
        for (sums, x) in sums.iter_mut().zip([a, b, c, d]) {
            for (sum, w) in sums.iter_mut().zip(row) {
                *sum += x * w;
            }
        }
        at += stride;
    }
    sums
}
