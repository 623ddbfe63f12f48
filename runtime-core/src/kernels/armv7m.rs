//! Layers packed for Armv7-M, as Cortex-M3 has it: see [`isa::armv7m`](super::super::isa::armv7m).

use super::super::arena::{bytes, bytes_mut};
use super::super::isa::armv7m::Armv7m;
use super::super::isa::scalar::Scalar;
use super::lookup::Byte;
pub use super::packed::conv2d::{Conv2d, PackedConv2d};
pub use super::packed::depthwise2d::{Depthwise2d, PackedDepthwise2d};
pub use super::packed::finish::Finish;
use super::packed::finish::rounding;
use super::packed::{conv2d, depthwise2d};

/// `y = finish(Σ x · w + bias)`.
#[inline(always)]
pub fn conv2d_armv7m<T: Byte>(
    p: &PackedConv2d,
    x: &[T],
    packed: &[i32],
    scratch: &mut [i32],
    y: &mut [T],
) {
    rounding!(p.finish, TWICE => conv2d::conv2d::<Scalar<Armv7m, TWICE>>(p, bytes(x), packed, scratch, bytes_mut(y)))
}

/// `y = finish(Σ x · w + bias)`, channel by channel.
#[inline(always)]
pub fn depthwise2d_armv7m<T: Byte>(
    p: &PackedDepthwise2d,
    x: &[T],
    packed: &[i32],
    scratch: &mut [i32],
    y: &mut [T],
) {
    rounding!(p.finish, TWICE => depthwise2d::depthwise2d::<Scalar<Armv7m, TWICE>>(p, bytes(x), packed, scratch, bytes_mut(y)))
}
