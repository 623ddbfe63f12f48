//! Layers packed for Helium, on Arm's Cortex-M55 and M85: see [`isa::helium`](super::super::isa::helium).

use super::super::arena::{bytes, bytes_mut};
use super::super::isa::helium_products::HeliumProducts;
use super::super::isa::helium_taps::HeliumTaps;
use super::super::isa::helium16::Helium16;
use super::lookup::Byte;
pub use super::packed::conv2d::{Conv2d, PackedConv2d};
use super::packed::depthwise2d;
pub use super::packed::depthwise2d::{Depthwise2d, PackedDepthwise2d};
pub use super::packed::finish::Finish;
use super::packed::finish::rounding;
use super::packed::product;

/// `y = finish(Σ x · w + bias)`.
#[inline(always)]
pub fn conv2d_helium<T: Byte>(
    p: &PackedConv2d,
    x: &[T],
    packed: &[i32],
    scratch: &mut [i32],
    y: &mut [T],
) {
    rounding!(p.finish, TWICE => product::conv2d::<HeliumProducts<TWICE>>(p, bytes(x), packed, scratch, bytes_mut(y)))
}

/// `y = finish(Σ x · w + bias)`, channel by channel.
#[inline(always)]
pub fn depthwise2d_helium<T: Byte>(
    p: &PackedDepthwise2d,
    x: &[T],
    packed: &[i32],
    scratch: &mut [i32],
    y: &mut [T],
) {
    rounding!(p.finish, TWICE => depthwise2d::depthwise2d::<HeliumTaps<TWICE>>(p, bytes(x), packed, scratch, bytes_mut(y)))
}

/// `y = finish(Σ x · w + bias)`.
pub fn conv2d_helium_x16(
    p: &PackedConv2d,
    x: &[i16],
    packed: &[i32],
    scratch: &mut [i32],
    y: &mut [i16],
) {
    product::conv2d::<Helium16>(p, bytes(x), packed, scratch, bytes_mut(y));
}

/// `y = finish(Σ x · w + bias)`, channel by channel.
pub fn depthwise2d_helium_x16(
    p: &PackedDepthwise2d,
    x: &[i16],
    packed: &[i32],
    scratch: &mut [i32],
    y: &mut [i16],
) {
    depthwise2d::depthwise2d::<Helium16>(p, bytes(x), packed, scratch, bytes_mut(y));
}
