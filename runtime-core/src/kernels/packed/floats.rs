//! Convolutions over floats with constants packed for an instruction set: which windows there are.
//!
//! Windows that are neighbours in a row and lie inside the image are read in place. One that reaches beyond it is copied
//! first, with zeros around it: no tap has to be left out, and weights are finite, so that zeros come to nothing. A
//! product of matrices is a convolution of images of one row.

use super::super::super::{arena, math};
use super::super::activation::Activation;
use super::super::conv2d::Conv2d;
use super::super::depthwise2d::Depthwise2d;
use super::super::rows::extent;
use super::depthwise2d::{Source, TapsOf};
use super::windows::{Copy2d, Gather, Image, Runs};

/// The inner loops over floats on some instruction set.
pub trait Floats: Copy2d {
    /// Channels that are computed together.
    const CHANNELS: usize;

    /// Computes all channels of neighbouring outputs, whose windows are runs of floats: every channel of every float.
    fn columns(windows: &TapsOf<'_>, packed: &[i32], layer: &Layer, y: &mut [f32]);

    /// Computes all channels of neighbouring outputs from runs of a float for each, which may be followed by others.
    fn taps(windows: &TapsOf<'_>, packed: &[i32], layer: &Layer, y: &mut [f32]);
}

/// What is the same for all outputs of a layer.
#[derive(Clone, Copy, Debug)]
pub struct Layer {
    /// Channels of an output.
    pub channels: usize,
    /// Whether sums are added to what is there.
    pub accumulate: bool,
    /// The least result.
    pub lo: Option<f32>,
    /// The greatest result.
    pub hi: Option<f32>,
}

impl Layer {
    /// A layer with such an activation, if that is no more than bounds.
    pub fn new(channels: usize, accumulate: bool, activation: Activation) -> Option<Layer> {
        let (lo, hi) = match activation {
            Activation::Identity => (None, None),
            Activation::Relu => (Some(0.0), None),
            Activation::Clip { lo, hi } if is_normal(lo) && is_normal(hi) => (Some(lo), Some(hi)),
            _ => return None,
        };
        Some(Layer {
            channels,
            accumulate,
            lo,
            hi,
        })
    }

    /// A result within the bounds.
    #[inline(always)]
    pub fn bounded(&self, result: f32) -> f32 {
        let result = self.lo.map_or(result, |lo| math::max(result, lo));
        self.hi.map_or(result, |hi| math::min(result, hi))
    }
}

/// Whether every machine compares with such a bound alike.
fn is_normal(bound: f32) -> bool {
    !bound.is_nan() && !bound.is_subnormal()
}

/// Words of scratch of a convolution: a window, if any is copied.
pub fn scratch_of_conv2d(p: &Conv2d) -> usize {
    let fits = |input, output: usize, axis: usize| {
        let last = output.saturating_sub(1) * p.stride[axis];
        last + extent(p.kernel[axis], p.dilation[axis]) <= input
    };
    let is_inside = p.pad_top == 0
        && p.pad_left == 0
        && fits(p.in_h, p.out_h, 0)
        && fits(p.in_w, p.out_w, 1);
    match is_inside && Image::from(p).runs().taps == 1 {
        true => 1,
        false => p.kernel[0] * p.kernel[1] * p.in_c,
    }
}

/// Words of scratch of a depthwise convolution.
pub fn scratch_of_depthwise2d<I: Floats>(p: &Depthwise2d) -> usize {
    let beyond = p.channels.next_multiple_of(I::CHANNELS) - p.channels;
    p.kernel[0] * p.kernel[1] * p.channels + beyond
}

/// `y = activation(Σ x · w + bias)`, or `y = activation(y + (Σ x · w + bias))`.
#[inline(never)]
pub fn conv2d<I: Floats>(
    p: &Conv2d,
    accumulate: bool,
    x: &[f32],
    packed: &[i32],
    scratch: &mut [i32],
    y: &mut [f32],
) {
    let Some(layer) = Layer::new(p.out_c, accumulate, p.activation) else {
        return;
    };
    let image = Image::from(p).of_floats().in_one_row();
    let gather = gather(&image);
    let in_place = gather.runs.taps == 1;
    let source = Source {
        image: &image,
        gather: &gather,
        taps: gather.runs,
        in_place,
        together: 1,
        x: arena::bytes(x),
    };
    let patch = arena::bytes_mut(scratch);
    source.outputs::<I, _>(p.batch, p.out_c, patch, y, |windows, y| {
        let mut windows = *windows;
        if windows.runs.is_dense() {
            windows.runs = Runs::single(windows.runs.bytes());
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
    scratch: &mut [i32],
    y: &mut [f32],
) {
    let Some(layer) = Layer::new(p.channels, accumulate, p.activation) else {
        return;
    };
    let image = Image::from(p).of_floats();
    let source = Source {
        image: &image,
        gather: &gather(&image),
        taps: image.taps(),
        in_place: true,
        together: I::CHANNELS * size_of::<f32>(),
        x: arena::bytes(x),
    };
    let patch = arena::bytes_mut(scratch);
    source.outputs::<I, _>(p.batch, p.channels, patch, y, |windows, y| {
        I::taps(windows, packed, &layer, y);
    });
}

/// Copies with zeros around them.
fn gather(image: &Image) -> Gather {
    Gather {
        runs: image.runs(),
        zero: 0,
        flip: 0,
    }
}
