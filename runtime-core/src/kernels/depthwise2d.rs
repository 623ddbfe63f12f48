//! Depthwise convolution over images: every input channel has filters of its own.

use super::activation::Activation;
use super::blocks::blocks_mut;
pub use super::rows::Rows;
use super::tile::{Columns, MR, NR, Sums, VECTOR, full_lanes, some_lanes};
use super::window::{Region, Tile, Windows};

/// Channels of one output that are computed at once, where there are as many.
const WIDE: usize = 4 * VECTOR;

/// Shapes of `x[batch, in_h, in_w, channels]`, `w[kernel.., channels * multiplier]` and
/// `y[batch, out_h, out_w, channels * multiplier]`.
///
/// Output channels `c * multiplier..(c + 1) * multiplier` are made from input channel `c`.
/// Padding is zero and implied: the windows start at `-pad_top`, `-pad_left`, and however far the
/// last ones reach, taps outside the input count as zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Depthwise2d {
    /// Batch items.
    pub batch: usize,
    /// Rows of the whole input.
    pub in_h: usize,
    /// Columns of the input.
    pub in_w: usize,
    /// Channels of the input.
    pub channels: usize,
    /// Output channels for each input channel.
    pub multiplier: usize,
    /// Rows of the whole output.
    pub out_h: usize,
    /// Columns of the output.
    pub out_w: usize,
    /// Taps, vertically and horizontally.
    pub kernel: [usize; 2],
    /// Input pixels between windows.
    pub stride: [usize; 2],
    /// Input pixels between taps.
    pub dilation: [usize; 2],
    /// Rows of padding above.
    pub pad_top: isize,
    /// Columns of padding on the left.
    pub pad_left: isize,
    /// Applied to each result.
    pub activation: Activation,
    /// The output rows computed.
    pub rows: Rows,
}

impl Depthwise2d {
    fn windows(&self) -> Windows {
        Windows::new(
            [self.in_h, self.in_w],
            [self.out_h, self.out_w],
            self.kernel,
            self.stride,
            self.dilation,
            [self.pad_top, self.pad_left],
            self.rows,
        )
    }
}

/// `y = activation(conv(x, w) + bias)`; `bias` has an element for each output channel, or none.
#[inline(always)]
pub fn depthwise2d_f32(p: &Depthwise2d, x: &[f32], w: &[f32], bias: &[f32], y: &mut [f32]) {
    super::activation::specialise!(p.activation, f => depthwise(p, f, false, x, w, bias, y));
}

/// `y = activation(y + conv(x, w) + bias)`.
#[inline(always)]
pub fn depthwise2d_add_f32(p: &Depthwise2d, x: &[f32], w: &[f32], bias: &[f32], y: &mut [f32]) {
    super::activation::specialise!(p.activation, f => depthwise(p, f, true, x, w, bias, y));
}

fn depthwise(
    p: &Depthwise2d,
    f: impl Fn(f32) -> f32 + Copy,
    accumulate: bool,
    x: &[f32],
    w: &[f32],
    bias: &[f32],
    y: &mut [f32],
) {
    let (windows, out_c) = (p.windows(), p.channels * p.multiplier);
    let (x_item, y_item) = (
        windows.input_pixels() * p.channels,
        windows.output_pixels() * out_c,
    );
    debug_assert_eq!(y.len(), p.batch * y_item);
    debug_assert_eq!(w.len(), p.kernel[0] * p.kernel[1] * out_c);
    debug_assert!(p.batch == 1 || windows.is_whole());
    for (item, y) in blocks_mut(y, y_item).enumerate() {
        let x = x.get(item * x_item..).unwrap_or(&[]);
        windows.regions(|region| {
            region.tiles(|tile| {
                let narrow = if p.multiplier == 1 {
                    out_c - out_c % WIDE
                } else {
                    0
                };
                for columns in Columns::split(0..narrow, out_c, WIDE) {
                    for tile in tile.each() {
                        let taps = Taps {
                            region,
                            tile: &tile,
                            columns,
                        };
                        let sums = taps.sum_wide(x, w, [columns.load(bias)]);
                        columns.store(f, accumulate, &tile, &sums, y);
                    }
                }
                for columns in Columns::split(narrow..out_c, out_c, NR) {
                    let taps = Taps {
                        region,
                        tile,
                        columns,
                    };
                    let mut sums = [columns.load(bias); MR];
                    if p.multiplier == 1 {
                        taps.sum(x, w, &mut sums);
                    } else {
                        taps.sum_multiplied(p, x, w, &mut sums);
                    }
                    columns.store(f, accumulate, tile, &sums, y);
                }
            });
        });
    }
}

/// Channels of a tile of outputs, and the taps they are summed over.
struct Taps<'a, const P: usize> {
    region: &'a Region<'a>,
    tile: &'a Tile<P>,
    columns: Columns,
}

impl Taps<'_, 1> {
    /// Adds the products of `WIDE` channels.
    #[inline(always)]
    fn sum_wide(&self, x: &[f32], w: &[f32], sums: Sums<1, WIDE>) -> Sums<1, WIDE> {
        let Columns { first, of, .. } = self.columns;
        let starts = self
            .tile
            .x
            .map(|pixel| pixel.wrapping_mul(of).wrapping_add(first));
        self.products((x, starts, of), w, full_lanes, full_lanes, sums)
    }
}

impl Taps<'_, MR> {
    /// Adds the products with weights of as many channels as `x` has.
    fn sum(&self, x: &[f32], w: &[f32], sums: &mut Sums) {
        let Columns { first, of, .. } = self.columns;
        let starts = self
            .tile
            .x
            .map(|pixel| pixel.wrapping_mul(of).wrapping_add(first));
        *sums = if self.are_full(x, w) {
            self.products((x, starts, of), w, full_lanes, full_lanes, *sums)
        } else {
            self.products((x, starts, of), w, some_lanes, some_lanes, *sums)
        };
    }

    /// Adds the products where several output channels share an input channel.
    fn sum_multiplied(&self, p: &Depthwise2d, x: &[f32], w: &[f32], sums: &mut Sums) {
        let starts = self.tile.x.map(|pixel| pixel.wrapping_mul(p.channels));
        let channels = channels(self.columns.first, p.multiplier);
        let gather = |x: &[f32]| Some(gather(x, &channels));
        *sums = self.products((x, starts, p.channels), w, gather, some_lanes, *sums);
    }

    /// Whether the last tap, and so every tap, finds `NR` elements.
    fn are_full(&self, x: &[f32], w: &[f32]) -> bool {
        let [_, rows, cols] = self.region.taps();
        let (ky, kx) = (rows.end.saturating_sub(1), cols.end.saturating_sub(1));
        let Columns { first, of, .. } = self.columns;
        let windows = self.region.windows;
        let full = |values, pixel| from(values, pixel, of, first).len() >= NR;
        let tap = windows.tap(0, ky, kx);
        let mut origins = self.tile.x.iter();
        full(w, windows.weight(0, ky, kx)) && origins.all(|o| full(x, o.wrapping_add(tap)))
    }
}

impl<const P: usize> Taps<'_, P> {
    /// Adds the products in order of rows and columns, of what `inputs` and `weights` take from
    /// the start of slices. Windows begin at `starts` in `x`, whose pixels have `channels`.
    #[inline(always)]
    fn products<const L: usize>(
        &self,
        (x, starts, channels): (&[f32], [usize; P], usize),
        w: &[f32],
        inputs: impl Fn(&[f32]) -> Option<[f32; L]>,
        weights: impl Fn(&[f32]) -> Option<[f32; L]>,
        mut sums: Sums<P, L>,
    ) -> Sums<P, L> {
        let ([_, rows, cols], windows) = (self.region.taps(), self.region.windows);
        let Columns { first, of, .. } = self.columns;
        for ky in rows {
            for kx in cols.clone() {
                let tap = windows.tap(0, ky, kx) * channels;
                let w = weights(from(w, windows.weight(0, ky, kx), of, first));
                for (sums, start) in sums.iter_mut().zip(starts) {
                    let x = inputs(x.get(start.wrapping_add(tap)..).unwrap_or(&[]));
                    if let (Some(x), Some(w)) = (x, w) {
                        for ((sum, x), w) in sums.iter_mut().zip(x).zip(w) {
                            *sum += x * w;
                        }
                    }
                }
            }
        }
        sums
    }
}

/// `values` from channel `first` of pixel `pixel` on, where a pixel has `channels`.
#[inline(always)]
fn from(values: &[f32], pixel: usize, channels: usize, first: usize) -> &[f32] {
    let at = pixel.wrapping_mul(channels).wrapping_add(first);
    values.get(at..).unwrap_or(&[])
}

/// The input channels of the output channels from `first` on.
fn channels(first: usize, multiplier: usize) -> [usize; NR] {
    let mut channel = first.checked_div(multiplier).unwrap_or(0);
    let mut copy = first - channel * multiplier;
    [(); NR].map(|()| {
        let this = channel;
        copy += 1;
        if copy == multiplier {
            (channel, copy) = (channel + 1, 0);
        }
        this
    })
}

/// `x` at each of `channels`; 0 beyond its end.
#[inline(always)]
fn gather(x: &[f32], channels: &[usize; NR]) -> [f32; NR] {
    channels.map(|c| x.get(c).copied().unwrap_or(0.0))
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec;
    use std::vec::Vec;

    /// A small generator of numbers, the same on every run.
    struct Random(u64);

    impl Random {
        fn below(&mut self, n: usize) -> usize {
            self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1);
            (self.0 >> 33) as usize % n
        }
        fn between(&mut self, lo: usize, hi: usize) -> usize {
            lo + self.below(hi - lo + 1)
        }
        fn values(&mut self, n: usize) -> Vec<f32> {
            (0..n)
                .map(|_| self.below(2001) as f32 / 1000.0 - 1.0)
                .collect()
        }
    }

    fn layer(r: &mut Random) -> Depthwise2d {
        let out_h = r.between(1, 9);
        Depthwise2d {
            batch: 1,
            in_h: r.between(1, 12),
            in_w: r.between(1, 12),
            channels: r.between(1, 37),
            multiplier: [1, 1, 2, 3, 20][r.below(5)],
            out_h,
            out_w: r.between(1, 9),
            kernel: [r.between(1, 4), r.between(1, 4)],
            stride: [r.between(1, 3), r.between(1, 3)],
            dilation: [r.between(1, 3), r.between(1, 3)],
            pad_top: r.below(6) as isize - 1,
            pad_left: r.below(6) as isize - 1,
            activation: Activation::Relu,
            rows: Rows::all(out_h),
        }
    }

    /// Output channel `o` of output `[b, oy, ox]`, before the activation.
    fn sum(
        p: &Depthwise2d,
        (x, w, bias): (&[f32], &[f32], &[f32]),
        [b, oy, ox, o]: [usize; 4],
    ) -> f32 {
        let mut sum = bias.get(o).copied().unwrap_or(0.0);
        for ky in 0..p.kernel[0] {
            for kx in 0..p.kernel[1] {
                let iy = (oy * p.stride[0] + ky * p.dilation[0]) as isize - p.pad_top;
                let ix = (ox * p.stride[1] + kx * p.dilation[1]) as isize - p.pad_left;
                if iy < 0 || ix < 0 || iy >= p.in_h as isize || ix >= p.in_w as isize {
                    continue;
                }
                let pixel = (b * p.in_h + iy as usize) * p.in_w + ix as usize;
                let weight = w[(ky * p.kernel[1] + kx) * p.channels * p.multiplier + o];
                sum += x[pixel * p.channels + o / p.multiplier] * weight;
            }
        }
        sum
    }

    #[test]
    fn every_shape_equals_the_definition() {
        let mut r = Random(1);
        for _ in 0..400 {
            let batch = r.between(1, 2);
            let p = Depthwise2d {
                batch,
                ..layer(&mut r)
            };
            let out_c = p.channels * p.multiplier;
            let x = r.values(p.batch * p.in_h * p.in_w * p.channels);
            let w = r.values(p.kernel[0] * p.kernel[1] * out_c);
            let with_bias = r.below(2);
            let bias = r.values(out_c * with_bias);
            let sums: Vec<f32> = (0..p.batch * p.out_h * p.out_w * out_c)
                .map(|i| {
                    let (o, i) = (i % out_c, i / out_c);
                    let (ox, oy) = (i % p.out_w, i / p.out_w % p.out_h);
                    sum(&p, (&x, &w, &bias), [i / p.out_w / p.out_h, oy, ox, o])
                })
                .collect();
            let mut y = vec![f32::NAN; sums.len()];
            depthwise2d_f32(&p, &x, &w, &bias, &mut y);
            let expected = sums.iter().map(|&s| p.activation.apply(s));
            assert!(y.iter().copied().eq(expected), "{p:?}");
            let mut y = vec![0.5; sums.len()];
            depthwise2d_add_f32(&p, &x, &w, &bias, &mut y);
            let expected = sums.iter().map(|&s| p.activation.apply(0.5 + s));
            assert!(y.iter().copied().eq(expected), "{p:?}");
        }
    }

    #[test]
    fn ranges_of_rows_make_up_the_whole() {
        let mut r = Random(2);
        for _ in 0..100 {
            let p = layer(&mut r);
            let x = r.values(p.in_h * p.in_w * p.channels);
            let w = r.values(p.kernel[0] * p.kernel[1] * p.channels * p.multiplier);
            let row = p.out_w * p.channels * p.multiplier;
            let mut whole = vec![f32::NAN; p.out_h * row];
            depthwise2d_f32(&p, &x, &w, &[], &mut whole);
            for first in 0..p.out_h {
                let start = (first * p.stride[0]) as isize - p.pad_top;
                let input = start.clamp(0, p.in_h as isize) as usize;
                let rows = Rows {
                    first,
                    end: first + 1,
                    input,
                };
                let mut y = vec![f32::NAN; row];
                let window = &x[input * p.in_w * p.channels..];
                depthwise2d_f32(&Depthwise2d { rows, ..p }, window, &w, &[], &mut y);
                assert_eq!(y, whole[first * row..][..row], "{p:?}");
            }
        }
    }
}
