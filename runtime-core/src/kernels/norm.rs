//! Normalisation to zero mean and unit variance: of trailing elements, of groups, of channels.
//!
//! Deviations are taken from the mean before they are squared, in a second pass: the variance of
//! numbers far from zero would cancel otherwise.

use super::super::math;
use super::blocks::{blocks, blocks_mut};
use super::number::Number;
use super::reduce::{line, line_of};
use core::ops::Range;

/// The shape `[outer, n]` of `x` and `y`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerNorm {
    /// Rows, each normalised by itself.
    pub outer: usize,
    /// Elements of a row.
    pub n: usize,
    /// Added to the variance.
    pub epsilon: f32,
}

/// `y = (x - mean) / √(variance + epsilon) · scale + bias`; `scale` and `bias` have `n` elements,
/// or none.
pub fn layer_norm_f32(p: &LayerNorm, x: &[f32], scale: &[f32], bias: &[f32], y: &mut [f32]) {
    debug_assert!(x.len() == p.outer * p.n && x.len() == y.len());
    for (x, y) in blocks(x, p.n).zip(blocks_mut(y, p.n)) {
        normalise(p.epsilon, x, (scale, bias), y);
    }
}

/// One row. It stays a function: of short rows, a compiler would gather the same element of several.
#[inline(never)]
fn normalise(epsilon: f32, x: &[f32], (scale, bias): (&[f32], &[f32]), y: &mut [f32]) {
    let mean = line(x, 0.0, f32::plus) / x.len() as f32;
    let inverse = inverse_deviation(x, mean, epsilon);
    for (y, &x) in y.iter_mut().zip(x) {
        *y = (x - mean) * inverse;
    }
    affine(scale, bias, y);
}

/// Mean and `1 / √(variance + epsilon)` of each row: what [`layer_norm_f32`] normalises with.
pub fn layer_norm_statistics_f32(
    p: &LayerNorm,
    x: &[f32],
    mean: &mut [f32],
    inverse_deviations: &mut [f32],
) {
    let results = mean.iter_mut().zip(inverse_deviations);
    for (x, (mean, inverse)) in blocks(x, p.n).zip(results) {
        *mean = line(x, 0.0, f32::plus) / p.n as f32;
        *inverse = inverse_deviation(x, *mean, p.epsilon);
    }
}

/// `y = x / √(mean of x² + epsilon) · scale`; `scale` has `n` elements, or none.
pub fn rms_norm_f32(p: &LayerNorm, x: &[f32], scale: &[f32], y: &mut [f32]) {
    debug_assert!(x.len() == p.outer * p.n && x.len() == y.len());
    for (x, y) in blocks(x, p.n).zip(blocks_mut(y, p.n)) {
        let inverse = inverse_deviation(x, 0.0, p.epsilon);
        for (y, &x) in y.iter_mut().zip(x) {
            *y = x * inverse;
        }
        affine(scale, &[], y);
    }
}

/// `1 / √(mean of (x - mean)² + epsilon)`.
#[inline(always)]
fn inverse_deviation(x: &[f32], mean: f32, epsilon: f32) -> f32 {
    let square = |x| (x - mean) * (x - mean);
    let variance = line_of(x, 0.0, square, f32::plus) / x.len() as f32;
    1.0 / math::sqrt(variance + epsilon)
}

#[inline(always)]
fn affine(scale: &[f32], bias: &[f32], y: &mut [f32]) {
    for (y, &scale) in y.iter_mut().zip(scale) {
        *y *= scale;
    }
    for (y, &bias) in y.iter_mut().zip(bias) {
        *y += bias;
    }
}

/// The shape `[batch, spatial, channels]` of `x` and `y`.
///
/// As many groups as channels make it an instance normalisation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupNorm {
    /// Batch items, each normalised by itself.
    pub batch: usize,
    /// Pixels.
    pub spatial: usize,
    /// Channels.
    pub channels: usize,
    /// Groups of neighbouring channels, normalised together; divides `channels`.
    pub groups: usize,
    /// Added to the variance.
    pub epsilon: f32,
}

/// Channels treated at once.
const LANES: usize = 8;

/// Pixels after which a partial sum is put away.
const BLOCK: usize = 128;

/// `y = (x - mean) / √(variance + epsilon) · scale + bias` with mean and variance over the pixels
/// and channels of a group; `scale` and `bias` have `channels` elements, or none.
pub fn group_norm_f32(p: &GroupNorm, x: &[f32], scale: &[f32], bias: &[f32], y: &mut [f32]) {
    debug_assert!(x.len() == p.batch * p.spatial * p.channels && x.len() == y.len());
    let size = p.spatial * p.channels;
    let group = p.channels.checked_div(p.groups).unwrap_or(1).max(1);
    for (x, y) in blocks(x, size).zip(blocks_mut(y, size)) {
        if group == 1 {
            for tile in Tile::split(0..p.channels, p.channels) {
                let moments = tile.moments(p, x);
                tile.normalise(&moments, p, x, [scale, bias], y);
            }
        } else {
            for first in (0..p.channels).step_by(group) {
                let tiles = || Tile::split(first..first + group, p.channels);
                let moments = common_moments(tiles, p.spatial * group, x);
                for tile in tiles() {
                    tile.normalise(&moments, p, x, [scale, bias], y);
                }
            }
        }
    }
}

/// Mean and variance over all of the tiles, in every lane.
#[inline(always)]
fn common_moments<I: Iterator<Item = Tile>>(
    tiles: impl Fn() -> I,
    count: usize,
    x: &[f32],
) -> Moments {
    let average = |f: fn(f32, f32) -> f32, mean| {
        let mut total = 0.0;
        for tile in tiles() {
            let sums = tile.sums(x, f, &[mean; LANES]);
            total = sums
                .iter()
                .take(tile.width)
                .fold(total, |total, sum| total + sum);
        }
        total / count as f32
    };
    let mean = average(|_, x| x, 0.0);
    Moments {
        mean: [mean; LANES],
        variance: [average(squared, mean); LANES],
    }
}

#[inline(always)]
fn squared(mean: f32, x: f32) -> f32 {
    (x - mean) * (x - mean)
}

/// Up to [`LANES`] neighbouring channels of every pixel.
#[derive(Clone, Copy)]
struct Tile {
    first: usize,
    width: usize,
    channels: usize,
}

impl Tile {
    /// Cuts a range of the channels.
    #[inline(always)]
    fn split(range: Range<usize>, channels: usize) -> impl Iterator<Item = Tile> {
        let end = range.end;
        range.step_by(LANES).map(move |first| Tile {
            first,
            width: end.saturating_sub(first).min(LANES),
            channels,
        })
    }

    /// Mean and variance of each channel.
    #[inline(always)]
    fn moments(&self, p: &GroupNorm, x: &[f32]) -> Moments {
        let pixels = p.spatial as f32;
        let mean = self
            .sums(x, |_, x| x, &[0.0; LANES])
            .map(|sum| sum / pixels);
        let variance = self.sums(x, squared, &mean).map(|sum| sum / pixels);
        Moments { mean, variance }
    }

    /// The tile's part of a pixel, or of anything that has an element for each channel; `empty` in
    /// lanes that have none.
    #[inline(always)]
    fn of(&self, pixel: &[f32], empty: f32) -> [f32; LANES] {
        let pixel = pixel.get(self.first..).unwrap_or(&[]);
        match pixel.first_chunk::<LANES>() {
            Some(lanes) if self.width == LANES => *lanes,
            _ => {
                let mut lanes = [empty; LANES];
                for (lane, &x) in lanes.iter_mut().zip(pixel.iter().take(self.width)) {
                    *lane = x;
                }
                lanes
            }
        }
    }

    /// `Σ f(mean, x)` over the pixels, for each channel.
    #[inline(always)]
    fn sums(&self, x: &[f32], f: impl Fn(f32, f32) -> f32, mean: &[f32; LANES]) -> [f32; LANES] {
        let mut total = [0.0; LANES];
        let mut pixels = blocks(x, self.channels).peekable();
        while pixels.peek().is_some() {
            let mut block = [0.0; LANES];
            for pixel in pixels.by_ref().take(BLOCK) {
                let lanes = mean.iter().zip(self.of(pixel, 0.0));
                for (sum, (&mean, x)) in block.iter_mut().zip(lanes) {
                    *sum += f(mean, x);
                }
            }
            for (total, sum) in total.iter_mut().zip(block) {
                *total += sum;
            }
        }
        total
    }

    #[inline(always)]
    fn normalise(
        &self,
        moments: &Moments,
        p: &GroupNorm,
        x: &[f32],
        affine: [&[f32]; 2],
        y: &mut [f32],
    ) {
        let mut factor = moments.variance.map(|v| 1.0 / math::sqrt(v + p.epsilon));
        for (factor, scale) in factor.iter_mut().zip(self.of(affine[0], 1.0)) {
            *factor *= scale;
        }
        let offset = self.of(affine[1], 0.0);
        for (x, y) in blocks(x, p.channels).zip(blocks_mut(y, p.channels)) {
            let mut lanes = self.of(x, 0.0);
            let by = moments.mean.iter().zip(&factor).zip(&offset);
            for (lane, ((mean, factor), offset)) in lanes.iter_mut().zip(by) {
                *lane = (*lane - mean) * factor + offset;
            }
            let y = y.get_mut(self.first..).unwrap_or(&mut []);
            match y.first_chunk_mut::<LANES>() {
                Some(y) if self.width == LANES => *y = lanes,
                _ => y
                    .iter_mut()
                    .take(self.width)
                    .zip(lanes)
                    .for_each(|(y, v)| *y = v),
            }
        }
    }
}

/// Mean and variance in each lane.
struct Moments {
    mean: [f32; LANES],
    variance: [f32; LANES],
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    fn numbers(n: usize, seed: usize) -> Vec<f32> {
        (0..n)
            .map(|i| ((i + seed) * 7919 % 1013) as f32 / 100.0 - 3.0)
            .collect()
    }

    /// Mean and variance of those elements of `x`.
    fn moments(x: &[f32], of: impl Fn(usize) -> bool) -> (f64, f64) {
        let x: Vec<f64> = (0..x.len())
            .filter(|&i| of(i))
            .map(|i| f64::from(x[i]))
            .collect();
        let n = x.len() as f64;
        let mean = x.iter().sum::<f64>() / n;
        (mean, x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n)
    }

    fn near(got: f32, want: f64) {
        assert!((f64::from(got) - want).abs() < 2e-5, "{got}, not {want}");
    }

    #[test]
    fn rows_are_normalised() {
        for (outer, n) in [(1, 1), (3, 7), (2, 16), (5, 100)] {
            let p = LayerNorm {
                outer,
                n,
                epsilon: 1e-5,
            };
            let (x, scale, bias) = (numbers(outer * n, 1), numbers(n, 2), numbers(n, 3));
            let (mut y, mut plain, mut rms) = (x.clone(), x.clone(), x.clone());
            let (mut means, mut inverses) = (std::vec![0.0; outer], std::vec![0.0; outer]);
            layer_norm_f32(&p, &x, &scale, &bias, &mut y);
            layer_norm_f32(&p, &x, &[], &[], &mut plain);
            layer_norm_statistics_f32(&p, &x, &mut means, &mut inverses);
            rms_norm_f32(&p, &x, &scale, &mut rms);
            for i in 0..x.len() {
                let (row, column) = (i / n, i % n);
                let (mean, variance) = moments(&x, |j| j / n == row);
                let inverse = 1.0 / (variance + 1e-5).sqrt();
                let want = (f64::from(x[i]) - mean) * inverse;
                let (scale, bias) = (f64::from(scale[column]), f64::from(bias[column]));
                near(plain[i], want);
                near(y[i], want * scale + bias);
                near(means[row], mean);
                near(inverses[row] / inverse as f32, 1.0);
                let square = variance + mean * mean;
                near(rms[i], f64::from(x[i]) / (square + 1e-5).sqrt() * scale);
            }
        }
    }

    #[test]
    fn groups_and_channels_are_normalised() {
        let shapes = [
            (2, 300, 6, 2),
            (1, 5, 12, 12),
            (2, 9, 16, 16),
            (1, 4, 20, 1),
            (1, 1, 8, 4),
        ];
        for (batch, spatial, channels, groups) in shapes {
            let p = GroupNorm {
                batch,
                spatial,
                channels,
                groups,
                epsilon: 1e-3,
            };
            let x = numbers(batch * spatial * channels, 4);
            let (scale, bias) = (numbers(channels, 5), numbers(channels, 6));
            let (mut y, mut plain) = (x.clone(), x.clone());
            group_norm_f32(&p, &x, &scale, &bias, &mut y);
            group_norm_f32(&p, &x, &[], &[], &mut plain);
            let group = |i: usize| (i / (spatial * channels), i % channels / (channels / groups));
            for i in 0..x.len() {
                let (mean, variance) = moments(&x, |j| group(j) == group(i));
                let want = (f64::from(x[i]) - mean) / (variance + 1e-3).sqrt();
                let c = i % channels;
                near(plain[i], want);
                near(y[i], want * f64::from(scale[c]) + f64::from(bias[c]));
            }
        }
    }

    #[test]
    fn the_variance_of_great_numbers_does_not_cancel() {
        let p = LayerNorm {
            outer: 1,
            n: 4,
            epsilon: 0.0,
        };
        let mut y = [0.0; 4];
        layer_norm_f32(
            &p,
            &[65_536.0, 65_537.0, 65_536.0, 65_537.0],
            &[],
            &[],
            &mut y,
        );
        assert_eq!(y, [-1.0, 1.0, -1.0, 1.0]);
    }
}
