//! Sampling an image or a volume at places that are data: ONNX GridSample.
//!
//! Interpolation is separable: each coordinate gives up to four positions along its axis and their
//! weights, and a sample is the sum over the products. Channels are innermost, so that the sum runs
//! over rows of neighbouring elements.

use super::super::math;
use super::blocks::{blocks, blocks_mut};

/// Shapes of `x[batch, input.., channels]`, `grid[batch, points, axes]` and
/// `y[batch, points, channels]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GridSample {
    /// Batch items.
    pub batch: usize,
    /// Depth, height and width; an image has a depth of one.
    pub input: [usize; 3],
    /// Coordinates of a place: 2 for images, 3 for volumes. The first is along the width.
    pub axes: usize,
    /// Samples of an item.
    pub points: usize,
    /// Channels.
    pub channels: usize,
    /// How places between pixels are made up.
    pub interpolation: Interpolation,
    /// What lies beyond the pixels.
    pub beyond: Beyond,
    /// Whether -1 and 1 are the centres of the outermost pixels rather than their outer edges.
    pub align_corners: bool,
}

/// How places between pixels are made up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Interpolation {
    /// From the nearest pixel, of two equally near ones that with the even position.
    NearestPixel,
    /// From two pixels along each axis.
    LinearPixels,
    /// From four pixels along each axis, by the cubic convolution of Keys with `a = -3/4`.
    CubicPixels,
}

/// What lies beyond the pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Beyond {
    /// Zeros.
    ZerosBeyond,
    /// The outermost pixel again and again.
    EdgeBeyond,
    /// The image's mirror images.
    MirrorBeyond,
}

/// Positions along an axis and their weights.
#[derive(Clone, Copy)]
struct Taps {
    positions: [usize; 4],
    weights: [f32; 4],
    count: usize,
}

impl Taps {
    /// The only position of an axis of length one.
    const POINT: Taps = Taps {
        positions: [0; 4],
        weights: [1.0, 0.0, 0.0, 0.0],
        count: 1,
    };

    fn each(&self) -> impl Iterator<Item = (usize, f32)> {
        let positions = self.positions.iter().copied();
        positions.zip(self.weights).take(self.count)
    }
}

/// `y[b, p, c]` is channel `c` of `x[b]` at place `grid[b, p]`.
pub fn grid_sample_f32(p: &GridSample, x: &[f32], grid: &[f32], y: &mut [f32]) {
    let item = p.input.iter().product::<usize>() * p.channels;
    debug_assert_eq!(x.len(), p.batch * item);
    debug_assert_eq!(grid.len(), p.batch * p.points * p.axes);
    debug_assert_eq!(y.len(), p.batch * p.points * p.channels);
    let grids = blocks(grid, p.points * p.axes);
    let outputs = blocks_mut(y, p.points * p.channels);
    for ((x, grid), y) in blocks(x, item).zip(grids).zip(outputs) {
        for (place, y) in blocks(grid, p.axes).zip(blocks_mut(y, p.channels)) {
            p.sample(x, place, y);
        }
    }
}

impl GridSample {
    fn sample(&self, x: &[f32], place: &[f32], y: &mut [f32]) {
        let [depth, height, width] = self.input;
        let mut place = place.iter();
        let mut taps = |len| match place.next() {
            Some(&at) => self.taps(at, len),
            None => Taps::POINT,
        };
        let [columns, rows, slices] = [taps(width), taps(height), taps(depth)];
        y.fill(0.0);
        for (slice, w_slice) in slices.each() {
            for (row, w_row) in rows.each() {
                for (column, w_column) in columns.each() {
                    let pixel = (slice * height + row) * width + column;
                    let x = x.get(pixel.wrapping_mul(self.channels)..).unwrap_or(&[]);
                    let weight = w_slice * w_row * w_column;
                    for (y, &x) in y.iter_mut().zip(x) {
                        *y += weight * x;
                    }
                }
            }
        }
    }

    /// The positions around a coordinate.
    fn taps(&self, at: f32, len: usize) -> Taps {
        let x = self.place(at, len);
        let floor = math::floor(x);
        let (first, weights, count) = match self.interpolation {
            Interpolation::NearestPixel => (0, [1.0, 0.0, 0.0, 0.0], 1),
            Interpolation::LinearPixels => (0, [1.0 - (x - floor), x - floor, 0.0, 0.0], 2),
            Interpolation::CubicPixels => (-1, cubic(x - floor), 4),
        };
        let mut taps = Taps {
            positions: [0; 4],
            weights,
            count,
        };
        let mut position = (floor as isize).saturating_add(first);
        for (tap, weight) in taps.positions.iter_mut().zip(&mut taps.weights) {
            match self.inside(position, len) {
                Some(inside) => *tap = inside,
                None => *weight = 0.0,
            }
            position = position.saturating_add(1);
        }
        taps
    }

    /// A coordinate from -1 to 1 in pixels, brought back to where there are any.
    fn place(&self, at: f32, len: usize) -> f32 {
        let n = len as f32;
        let (x, first, last) = if self.align_corners {
            ((at + 1.0) / 2.0 * (n - 1.0), 0.0, n - 1.0)
        } else {
            (((at + 1.0) * n - 1.0) / 2.0, -0.5, n - 0.5)
        };
        let x = match self.interpolation {
            Interpolation::NearestPixel => math::round_even(x),
            _ => x,
        };
        if first <= x && x <= last {
            return x;
        }
        match self.beyond {
            Beyond::ZerosBeyond => x,
            Beyond::EdgeBeyond => math::min(math::max(x, 0.0), n - 1.0),
            Beyond::MirrorBeyond => mirrored(x, first, last),
        }
    }

    /// The pixel that position `i` shows, if any.
    fn inside(&self, i: isize, len: usize) -> Option<usize> {
        let last = (len as isize).wrapping_sub(1);
        if i >= 0 && i <= last {
            return Some(i as usize);
        }
        match self.beyond {
            Beyond::ZerosBeyond => None,
            Beyond::EdgeBeyond => Some(i.min(last).max(0) as usize),
            Beyond::MirrorBeyond => {
                let (first, end) = if self.align_corners {
                    (0.0, last as f32)
                } else {
                    (-0.5, last as f32 + 0.5)
                };
                let i = mirrored(i as f32, first, end) as isize;
                Some(i.min(last).max(0) as usize)
            }
        }
    }
}

/// `x` reflected at `first` and `last` until it lies between them.
fn mirrored(x: f32, first: f32, last: f32) -> f32 {
    let range = last - first;
    let beyond = if x < first { first - x } else { x - last };
    if range <= 0.0 {
        return first;
    }
    let times = math::trunc(beyond / range);
    let rest = beyond - times * range;
    let even = times == 2.0 * math::floor(times / 2.0);
    if (x < first) == even {
        first + rest
    } else {
        last - rest
    }
}

/// Weights of the four pixels around a place `x` after the second one.
fn cubic(x: f32) -> [f32; 4] {
    const A: f32 = -0.75;
    let near = |x: f32| ((A + 2.0) * x - (A + 3.0)) * x * x + 1.0;
    let far = |x: f32| ((A * x - 5.0 * A) * x + 8.0 * A) * x - 4.0 * A;
    [far(x + 1.0), near(x), near(1.0 - x), far(2.0 - x)]
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    const IMAGE: GridSample = GridSample {
        batch: 1,
        input: [1, 2, 3],
        axes: 2,
        points: 1,
        channels: 2,
        interpolation: Interpolation::LinearPixels,
        beyond: Beyond::ZerosBeyond,
        align_corners: true,
    };

    /// Pixel values are their positions, and the second channel is the negative of the first.
    const X: [f32; 12] = [
        0.0, 0.0, 1.0, -1.0, 2.0, -2.0, 3.0, -3.0, 4.0, -4.0, 5.0, -5.0,
    ];

    fn sampled(p: GridSample, place: [f32; 2]) -> f32 {
        let mut y = [f32::NAN; 2];
        grid_sample_f32(&p, &X, &place, &mut y);
        assert_eq!(y[0], -y[1]);
        y[0]
    }

    #[test]
    fn pixels_are_found_at_their_centres() {
        for (interpolation, align_corners) in [
            (Interpolation::NearestPixel, true),
            (Interpolation::LinearPixels, true),
            (Interpolation::CubicPixels, true),
            (Interpolation::NearestPixel, false),
            (Interpolation::LinearPixels, false),
        ] {
            let p = GridSample {
                interpolation,
                align_corners,
                ..IMAGE
            };
            let place = |i: usize, n: usize| match align_corners {
                true => 2.0 * i as f32 / (n - 1) as f32 - 1.0,
                false => (2 * i + 1) as f32 / n as f32 - 1.0,
            };
            for (row, column) in [(0, 0), (0, 2), (1, 1), (1, 2)] {
                let y = sampled(p, [place(column, 3), place(row, 2)]);
                assert!((y - (row * 3 + column) as f32).abs() < 1e-6, "{p:?}");
            }
        }
    }

    #[test]
    fn between_pixels_shares_are_linear() {
        assert_eq!(sampled(IMAGE, [0.25, -0.5]), 1.25 + 0.75);
    }

    #[test]
    fn beyond_the_pixels() {
        let of = |beyond, x| sampled(GridSample { beyond, ..IMAGE }, [x, -1.0]);
        // One and a half pixels to the right of the last.
        assert_eq!(of(Beyond::ZerosBeyond, 2.5), 0.0);
        assert_eq!(of(Beyond::EdgeBeyond, 2.5), 2.0);
        assert_eq!(of(Beyond::MirrorBeyond, 2.5), 0.5);
        // Half a pixel to the left of the first.
        assert_eq!(of(Beyond::ZerosBeyond, -1.5), 0.0);
        assert_eq!(of(Beyond::MirrorBeyond, -1.5), 0.5);
    }

    #[test]
    fn mirror_images_follow_one_another() {
        let along: Vec<_> = (-5..8).map(|i| mirrored_pixel(i, 3)).collect();
        assert_eq!(along, [1, 2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0, 1]);
    }

    fn mirrored_pixel(i: isize, len: usize) -> usize {
        let p = GridSample {
            beyond: Beyond::MirrorBeyond,
            align_corners: false,
            ..IMAGE
        };
        p.inside(i, len).unwrap()
    }

    #[test]
    fn no_coordinate_does_harm() {
        for at in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX] {
            for beyond in [
                Beyond::ZerosBeyond,
                Beyond::EdgeBeyond,
                Beyond::MirrorBeyond,
            ] {
                let p = GridSample { beyond, ..IMAGE };
                let mut y = [0.0; 2];
                grid_sample_f32(&p, &X, &[at, at], &mut y);
            }
        }
    }
}
