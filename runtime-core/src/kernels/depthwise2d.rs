//! Depthwise convolution over images: every input channel has filters of its own.

use super::activation::Activation;
use super::arithmetic::{Arithmetic, Floats, full_factors, some_factors};
use super::blocks::blocks_mut;
pub use super::rows::Rows;
use super::rows::{ByRows, Span, extent};
use super::tile::{Columns, INTEGER_MR, NR, Sums, VECTOR, WIDE, wide};
use super::weights::{Plain, Same, WeightRows};
use super::window::{Region, Tile, Windows};
use core::ops::Range;

/// Channels of a few outputs that are computed together where there are not [`WIDE`] any more.
const NARROW: usize = if NR > 16 { 16 } else { NR };

/// The same where fewer are left. Each lane that is computed for nothing costs as much as one that is needed: sums
/// are short, and every weight is for one channel.
const SLIM: usize = if VECTOR > 4 { 8 } else { NARROW };

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
    /// Output channels.
    pub(super) fn outputs(&self) -> usize {
        self.channels * self.multiplier
    }

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

impl ByRows for Depthwise2d {
    fn span(&self) -> Option<Span> {
        (self.batch == 1).then_some(Span {
            input: self.in_h,
            output: self.out_h,
            extent: extent(self.kernel[0], self.dilation[0]),
            stride: self.stride[0],
            pad: self.pad_top,
        })
    }

    fn at(self, rows: Rows) -> Self {
        Depthwise2d { rows, ..self }
    }
}

/// `y = activation(conv(x, w) + bias)`; `bias` has an element for each output channel, or none.
#[inline(always)]
pub fn depthwise2d_f32(p: &Depthwise2d, x: &[f32], w: &[f32], bias: &[f32], y: &mut [f32]) {
    super::activation::specialise!(p.activation, f => depthwise_f32(p, f, false, (x, w, bias), y));
}

/// `y = activation(y + conv(x, w) + bias)`.
#[inline(always)]
pub fn depthwise2d_add_f32(p: &Depthwise2d, x: &[f32], w: &[f32], bias: &[f32], y: &mut [f32]) {
    super::activation::specialise!(p.activation, f => depthwise_f32(p, f, true, (x, w, bias), y));
}

fn depthwise_f32(
    p: &Depthwise2d,
    f: impl Fn(f32) -> f32 + Copy,
    accumulate: bool,
    (x, w, bias): (&[f32], &[f32], &[f32]),
    y: &mut [f32],
) {
    debug_assert_eq!(w.len(), p.kernel[0] * p.kernel[1] * p.outputs());
    let floats = Floats {
        f,
        accumulate,
        bias,
    };
    let w = Plain {
        values: w,
        columns: p.outputs(),
        convert: Same,
    };
    depthwise::<_, _, INTEGER_MR>(p, floats, x, w, y);
}

/// The convolution in the given arithmetic; rows of `w` are the taps. `P` outputs are computed
/// together where channels are too few.
pub(super) fn depthwise<A: Arithmetic, W: WeightRows<A::Factor>, const P: usize>(
    p: &Depthwise2d,
    arithmetic: A,
    x: &[A::X],
    w: W,
    y: &mut [A::Y],
) {
    let (windows, out_c) = (p.windows(), p.outputs());
    let (x_item, y_item) = (
        windows.input_pixels() * p.channels,
        windows.output_pixels() * out_c,
    );
    debug_assert_eq!(y.len(), p.batch * y_item);
    debug_assert!(p.batch == 1 || windows.is_whole());
    for (item, y) in blocks_mut(y, y_item).enumerate() {
        let x = x.get(item * x_item..).unwrap_or(&[]);
        let (wide, narrow) = match p.multiplier {
            1 => wide(&(0..out_c)),
            _ => (0..0, 0..out_c),
        };
        windows.regions(|region| {
            let layer = Layer {
                p,
                arithmetic,
                region,
                x,
                w,
            };
            if !wide.is_empty() {
                for tile in region.tiles::<1>() {
                    layer.wide(&tile, wide.clone(), y);
                }
            }
            if !narrow.is_empty() {
                for tile in region.tiles::<P>() {
                    layer.narrow(&tile, narrow.clone(), y);
                }
                for tile in region.rest::<P>() {
                    layer.narrow(&tile, narrow.clone(), y);
                }
            }
        });
    }
}

/// What the outputs of a region are made of.
struct Layer<'a, A: Arithmetic, W> {
    p: &'a Depthwise2d,
    arithmetic: A,
    region: &'a Region<'a>,
    x: &'a [A::X],
    w: W,
}

impl<A: Arithmetic, W: WeightRows<A::Factor>> Layer<'_, A, W> {
    /// Computes some channels of an output, whose number is a multiple of [`WIDE`].
    #[inline(always)]
    fn wide(&self, tile: &Tile<1>, channels: Range<usize>, y: &mut [A::Y]) {
        let arithmetic = self.arithmetic;
        for columns in Columns::split(channels, self.p.outputs(), WIDE) {
            let start = arithmetic.start::<WIDE>(&columns);
            let finish = arithmetic.channels(&columns);
            let sums = self.taps(tile, columns).sum_wide(self.x, self.w, [start]);
            columns.store(arithmetic, &finish, tile, &sums, y);
        }
    }

    /// Computes some channels of a few outputs.
    #[inline(always)]
    fn narrow<const P: usize>(&self, tile: &Tile<P>, channels: Range<usize>, y: &mut [A::Y]) {
        for columns in Columns::split(channels, self.p.outputs(), NARROW) {
            if SLIM < NARROW && columns.len <= SLIM {
                self.columns::<P, SLIM>(tile, columns, y);
            } else {
                self.columns::<P, NARROW>(tile, columns, y);
            }
        }
    }

    /// Computes at most `L` channels of a few outputs.
    #[inline(always)]
    fn columns<const P: usize, const L: usize>(
        &self,
        tile: &Tile<P>,
        columns: Columns,
        y: &mut [A::Y],
    ) {
        let arithmetic = self.arithmetic;
        let taps = self.taps(tile, columns);
        let mut sums = [arithmetic.start::<L>(&columns); P];
        if self.p.multiplier == 1 {
            taps.sum(self.x, self.w, &mut sums);
        } else {
            taps.sum_multiplied(self.p, self.x, self.w, &mut sums);
        }
        let finish = arithmetic.channels(&columns);
        columns.store(arithmetic, &finish, tile, &sums, y);
    }

    #[inline(always)]
    fn taps<'t, const P: usize>(&'t self, tile: &'t Tile<P>, columns: Columns) -> Taps<'t, A, P> {
        Taps {
            arithmetic: self.arithmetic,
            region: self.region,
            tile,
            columns,
        }
    }
}

/// Channels of a tile of outputs, and the taps they are summed over.
struct Taps<'a, A, const P: usize> {
    arithmetic: A,
    region: &'a Region<'a>,
    tile: &'a Tile<P>,
    columns: Columns,
}

impl<A: Arithmetic> Taps<'_, A, 1> {
    /// Adds the products of `WIDE` channels.
    #[inline(always)]
    fn sum_wide<W: WeightRows<A::Factor>>(
        &self,
        x: &[A::X],
        w: W,
        sums: Sums<A::Sum, 1, WIDE>,
    ) -> Sums<A::Sum, 1, WIDE> {
        let Columns { first, of, .. } = self.columns;
        let from = (x, self.starts(of, first), of);
        let inputs = |x: &[A::X]| full_factors(self.arithmetic, x);
        self.products(from, w, inputs, |w: &W| w.full(0), sums)
    }
}

impl<A: Arithmetic, const P: usize> Taps<'_, A, P> {
    /// Adds the products with weights of as many channels as `x` has.
    fn sum<W: WeightRows<A::Factor>, const L: usize>(
        &self,
        x: &[A::X],
        w: W,
        sums: &mut Sums<A::Sum, P, L>,
    ) {
        let Columns { first, of, .. } = self.columns;
        let from = (x, self.starts(of, first), of);
        *sums = if self.are_full::<_, L>(x, w) {
            let inputs = |x: &[A::X]| full_factors(self.arithmetic, x);
            self.products(from, w, inputs, |w: &W| w.full(0), *sums)
        } else {
            let inputs = |x: &[A::X]| some_factors(self.arithmetic, x);
            self.products(from, w, inputs, |w: &W| w.some(0), *sums)
        };
    }

    /// Adds the products where several output channels share an input channel.
    fn sum_multiplied<W: WeightRows<A::Factor>, const L: usize>(
        &self,
        p: &Depthwise2d,
        x: &[A::X],
        w: W,
        sums: &mut Sums<A::Sum, P, L>,
    ) {
        let from = (x, self.starts(p.channels, 0), p.channels);
        let channels = channels(self.columns.first, p.multiplier);
        let gather = |x: &[A::X]| Some(gather(x, &channels).map(|x| self.arithmetic.factor(x)));
        *sums = self.products(from, w, gather, |w: &W| w.some(0), *sums);
    }

    /// Where the windows start in `x`, whose pixels have `channels`, at channel `first`.
    #[inline(always)]
    fn starts(&self, channels: usize, first: usize) -> [usize; P] {
        let start = |pixel: usize| pixel.wrapping_mul(channels).wrapping_add(first);
        self.tile.x.map(start)
    }

    /// Whether the last tap, and so every tap, finds `L` elements.
    fn are_full<W: WeightRows<A::Factor>, const L: usize>(&self, x: &[A::X], w: W) -> bool {
        let [_, rows, cols] = self.region.taps();
        let (ky, kx) = (rows.end.saturating_sub(1), cols.end.saturating_sub(1));
        let Columns { first, of, .. } = self.columns;
        let windows = self.region.windows;
        let tap = windows.tap(0, ky, kx).wrapping_mul(of);
        let has_lanes = |start: &usize| {
            let x = x.get(start.wrapping_add(tap)..).unwrap_or(&[]);
            x.len() >= L
        };
        let w = w.starting_at(windows.weight(0, ky, kx), first);
        w.have::<L>(1) && self.starts(of, first).iter().all(has_lanes)
    }

    /// Adds the products in order of rows and columns, of what `inputs` and `weights` take from
    /// where a tap begins. Windows begin at `starts` in `x`, whose pixels have `channels`.
    #[inline(always)]
    fn products<W: WeightRows<A::Factor>, const L: usize>(
        &self,
        (x, starts, channels): (&[A::X], [usize; P], usize),
        w: W,
        inputs: impl Fn(&[A::X]) -> Option<[A::Factor; L]>,
        weights: impl Fn(&W) -> Option<[A::Factor; L]>,
        mut sums: Sums<A::Sum, P, L>,
    ) -> Sums<A::Sum, P, L> {
        let ([_, rows, cols], windows) = (self.region.taps(), self.region.windows);
        let arithmetic = self.arithmetic;
        for ky in rows {
            for kx in cols.clone() {
                let tap = windows.tap(0, ky, kx) * channels;
                let row = windows.weight(0, ky, kx);
                let w = weights(&w.starting_at(row, self.columns.first));
                for (sums, start) in sums.iter_mut().zip(starts) {
                    let x = inputs(x.get(start.wrapping_add(tap)..).unwrap_or(&[]));
                    if let (Some(x), Some(w)) = (&x, &w) {
                        for ((sum, &x), &w) in sums.iter_mut().zip(x).zip(w) {
                            *sum = arithmetic.add_product(*sum, x, w);
                        }
                    }
                }
            }
        }
        sums
    }
}

/// The input channels of the output channels from `first` on.
fn channels<const L: usize>(first: usize, multiplier: usize) -> [usize; L] {
    let mut channel = first.checked_div(multiplier).unwrap_or(0);
    let mut copy = first - channel * multiplier;
    [(); L].map(|()| {
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
fn gather<T: Copy + Default, const L: usize>(x: &[T], channels: &[usize; L]) -> [T; L] {
    channels.map(|c| x.get(c).copied().unwrap_or_default())
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
