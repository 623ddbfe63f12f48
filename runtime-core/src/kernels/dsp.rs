//! Layers packed for the DSP extension of Arm's Cortex-M cores: see [`isa::dsp`](super::super::isa::dsp).

use super::super::arena::{bytes, bytes_mut};
use super::super::isa::dsp::Dsp;
use super::super::isa::dsp_planes::DspPlanes;
use super::super::isa::dsp_taps::DspTaps;
use super::super::isa::dsp16::Dsp16;
use super::super::isa::dsp16_taps::Dsp16Taps;
use super::lookup::Byte;
pub use super::packed::conv2d::{Conv2d, PackedConv2d};
pub use super::packed::depthwise2d::{Depthwise2d, PackedDepthwise2d};
pub use super::packed::finish::Finish;
use super::packed::finish::rounding;
pub use super::packed::planes::PackedPlanes;
use super::packed::{conv2d, depthwise2d, planes, product};

/// `y = finish(Σ x · w + bias)`.
#[inline(always)]
pub fn conv2d_dsp<T: Byte>(
    p: &PackedConv2d,
    x: &[T],
    packed: &[i32],
    scratch: &mut [i32],
    y: &mut [T],
) {
    rounding!(p.finish, TWICE => conv2d::conv2d::<Dsp<TWICE>>(p, bytes(x), packed, scratch, bytes_mut(y)))
}

/// `y = finish(Σ x · w + bias)`, channel by channel, with three by three taps.
#[inline(always)]
pub fn depthwise3x3_dsp<T: Byte>(
    p: &PackedPlanes,
    x: &[T],
    packed: &[i32],
    scratch: &mut [i32],
    y: &mut [T],
) {
    rounding!(p.finish, TWICE => planes::depthwise2d::<DspPlanes<TWICE>>(p, bytes(x), packed, scratch, bytes_mut(y)))
}

/// `y = finish(Σ x · w + bias)`, channel by channel.
#[inline(always)]
pub fn depthwise2d_dsp<T: Byte>(
    p: &PackedDepthwise2d,
    x: &[T],
    packed: &[i32],
    scratch: &mut [i32],
    y: &mut [T],
) {
    rounding!(p.finish, TWICE => depthwise2d::depthwise2d::<DspTaps<TWICE>>(p, bytes(x), packed, scratch, bytes_mut(y)))
}

/// `y = finish(Σ x · w + bias)`.
pub fn conv2d_dsp_x16(
    p: &PackedConv2d,
    x: &[i16],
    packed: &[i32],
    scratch: &mut [i32],
    y: &mut [i16],
) {
    product::conv2d::<Dsp16>(p, bytes(x), packed, scratch, bytes_mut(y));
}

/// `y = finish(Σ x · w + bias)`, channel by channel.
pub fn depthwise2d_dsp_x16(
    p: &PackedDepthwise2d,
    x: &[i16],
    packed: &[i32],
    scratch: &mut [i32],
    y: &mut [i16],
) {
    depthwise2d::depthwise2d::<Dsp16Taps>(p, bytes(x), packed, scratch, bytes_mut(y));
}
