//! Convolutions over floats with constants packed for an instruction set: which windows there are, and what they see.
//!
//! Windows that are neighbours in a row and see the same taps are computed at once. Taps in the padding are left out, by
//! counts and steps over what is left, so that nothing is copied. A product of matrices is a convolution of an image of
//! one row.

use super::super::super::math;
use super::super::activation::Activation;
use super::super::conv2d::Conv2d;
use super::super::depthwise2d::Depthwise2d;
use super::windows::{Image, Runs};

/// The inner loops over floats on some instruction set.
pub trait Floats {
    /// Computes all channels of neighbouring outputs, where each float of a window meets all of them.
    fn columns(windows: &FloatWindows<'_>, packed: &[i32], layer: &Layer, y: &mut [f32]);

    /// Computes all channels of neighbouring outputs, where each has a float of its own in each tap.
    fn taps(windows: &FloatWindows<'_>, packed: &[i32], layer: &Layer, y: &mut [f32]);
}

/// Windows of neighbouring outputs, without what is padding.
#[derive(Clone, Copy)]
pub struct FloatWindows<'a> {
    /// What they lie in.
    pub x: &'a [f32],
    /// Where the first starts.
    pub at: usize,
    /// Floats from one to the next.
    pub step: usize,
    /// How many.
    pub n: usize,
    /// Their floats; no rows if there are none.
    pub runs: Runs,
    /// How many elements of the whole window come before the first.
    pub skipped: usize,
    /// Elements of a row of the whole window.
    pub row: usize,
}

impl FloatWindows<'_> {
    /// Whether all of them can be read.
    #[inline(always)]
    pub fn lie_within(&self) -> bool {
        let last = self.n.saturating_sub(1).wrapping_mul(self.step);
        let end = last.wrapping_add(self.runs.reach());
        let end = self.at.checked_add(end);
        self.runs.rows == 0 || end.is_some_and(|end| end <= self.x.len())
    }
}

/// What is the same for all outputs of a layer.
#[derive(Clone, Copy, Debug)]
pub struct Layer {
    /// Channels of an output.
    pub channels: usize,
    /// Elements of a whole window.
    pub len: usize,
    /// Whether sums are added to what is there.
    pub accumulate: bool,
    /// The bounds of results.
    pub bounds: Bounds,
}

/// The least and the greatest result, if there are such.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The least.
    pub lo: Option<f32>,
    /// The greatest; there is none without a least one.
    pub hi: Option<f32>,
}

impl Bounds {
    /// An activation that is no more than bounds, which every machine compares alike.
    pub fn of(activation: Activation) -> Option<Bounds> {
        let is_plain = |bound: f32| !bound.is_nan() && !bound.is_subnormal();
        let (lo, hi) = match activation {
            Activation::Identity => (None, None),
            Activation::Relu => (Some(0.0), None),
            Activation::Clip { lo, hi } if is_plain(lo) && is_plain(hi) => (Some(lo), Some(hi)),
            _ => return None,
        };
        Some(Bounds { lo, hi })
    }

    /// A result within them.
    #[inline(always)]
    pub fn apply(&self, result: f32) -> f32 {
        let result = self.lo.map_or(result, |lo| math::max(result, lo));
        self.hi.map_or(result, |hi| math::min(result, hi))
    }
}

/// `y = activation(Σ x · w + bias)`, or `y = activation(y + (Σ x · w + bias))`.
#[inline(never)]
pub fn conv2d<I: Floats>(p: &Conv2d, accumulate: bool, x: &[f32], packed: &[i32], y: &mut [f32]) {
    // Shapes are not to be known: one body serves all layers.
    let p = core::hint::black_box(p);
    let Some(bounds) = Bounds::of(p.activation) else {
        return;
    };
    let layer = Layer {
        channels: p.out_c,
        len: p.kernel[0] * p.kernel[1] * p.in_c,
        accumulate,
        bounds,
    };
    let image = Image::from(p).in_one_row();
    each_windows(&image, p.batch, p.out_c, x, y, |windows, y| {
        let (mut windows, runs) = (*windows, &windows.runs);
        if runs.tap_step == runs.run {
            windows.runs.run = runs.taps * runs.run;
            windows.runs.taps = 1;
        }
        I::columns(&windows, packed, &layer, y);
    });
}

/// `y = activation(Σ x · w + bias)`, or `y = activation(y + (Σ x · w + bias))`, channel by channel.
#[inline(never)]
pub fn depthwise2d<I: Floats>(
    p: &Depthwise2d,
    accumulate: bool,
    x: &[f32],
    packed: &[i32],
    y: &mut [f32],
) {
    // Shapes are not to be known: one body serves all layers.
    let p = core::hint::black_box(p);
    let Some(bounds) = Bounds::of(p.activation) else {
        return;
    };
    let layer = Layer {
        channels: p.channels,
        len: p.kernel[0] * p.kernel[1],
        accumulate,
        bounds,
    };
    let image = Image::from(p);
    each_windows(&image, p.batch, p.channels, x, y, |windows, y| {
        let mut windows = *windows;
        windows.skipped /= p.channels.max(1);
        windows.row = p.kernel[1];
        I::taps(&windows, packed, &layer, y);
    });
}

/// Taps of an axis that lie inside the image.
struct Inside {
    first: usize,
    count: usize,
}

impl Inside {
    /// Those of a window that starts at a pixel.
    #[inline(always)]
    fn of(image: &Image, axis: usize, start: isize) -> Inside {
        let (dilation, taps) = (image.dilation[axis].max(1), image.kernel[axis]);
        let below = |end: isize| (end.max(0) as usize).div_ceil(dilation).min(taps);
        let first = below(0isize.wrapping_sub(start));
        let end = below((image.input[axis] as isize).wrapping_sub(start));
        Inside {
            first,
            count: end.saturating_sub(first),
        }
    }
}

/// Visits all outputs, of so many channels, with their windows.
#[inline(always)]
fn each_windows(
    image: &Image,
    batch: usize,
    channels: usize,
    x: &[f32],
    y: &mut [f32],
    compute: impl Fn(&FloatWindows<'_>, &mut [f32]),
) {
    let mut y = y;
    for item in 0..batch {
        for row in image.rows.first..image.rows.end {
            let top = ((row * image.stride[0]) as isize).wrapping_sub(image.pad[0]);
            let rows = Inside::of(image, 0, top);
            let mut column = 0;
            while column < image.out_w {
                let windows = neighbours(image, item, [top, column as isize], &rows, x);
                let split = core::mem::take(&mut y).split_at_mut_checked(windows.n * channels);
                let Some((outputs, rest)) = split else { return };
                compute(&windows, outputs);
                y = rest;
                column += windows.n;
            }
        }
    }
}

/// The windows from a column on that see the same taps, in a row whose windows start at `top`.
#[inline(always)]
fn neighbours<'a>(
    image: &Image,
    item: usize,
    [top, column]: [isize; 2],
    rows: &Inside,
    x: &'a [f32],
) -> FloatWindows<'a> {
    let column = column as usize;
    let stride = image.stride[1].max(1);
    let left = ((column * stride) as isize).wrapping_sub(image.pad[1]);
    let columns = Inside::of(image, 1, left);
    let mut n = 1;
    if columns.count == image.kernel[1] {
        let extent = image.kernel[1].saturating_sub(1) * image.dilation[1] + 1;
        let last = (image.input[1].wrapping_sub(extent)).wrapping_sub(left as usize);
        n += (last / stride).min(image.out_w.saturating_sub(column + 1));
    }
    let row = (top as usize)
        .wrapping_add(rows.first * image.dilation[0])
        .wrapping_sub(image.rows.input);
    let pixel = row
        .wrapping_mul(image.input[1])
        .wrapping_add(left as usize)
        .wrapping_add(columns.first * image.dilation[1]);
    let is_empty = columns.count == 0;
    FloatWindows {
        x,
        at: pixel
            .wrapping_mul(image.channels)
            .wrapping_add(item * image.bytes()),
        step: image.step(),
        n,
        runs: Runs {
            rows: if is_empty { 0 } else { rows.count },
            taps: columns.count,
            ..image.taps()
        },
        skipped: (rows.first * image.kernel[1] + columns.first) * image.channels,
        row: image.kernel[1] * image.channels,
    }
}
