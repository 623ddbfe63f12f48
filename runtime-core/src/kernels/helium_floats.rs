//! Layers on floats packed for Helium, on cores whose vectors hold them: see
//! [`isa::helium_floats`](super::super::isa::helium_floats).

use super::super::isa::helium_floats::HeliumFloats;
pub use super::conv2d::Conv2d;
pub use super::depthwise2d::Depthwise2d;
use super::packed::floats;

/// `y = activation(Σ x · w + bias)`.
#[inline]
pub fn conv2d_helium_f32(p: &Conv2d, x: &[f32], packed: &[i32], y: &mut [f32]) {
    floats::conv2d::<HeliumFloats>(p, false, x, packed, y);
}

/// `y = activation(y + (Σ x · w + bias))`.
#[inline]
pub fn conv2d_add_helium_f32(p: &Conv2d, x: &[f32], packed: &[i32], y: &mut [f32]) {
    floats::conv2d::<HeliumFloats>(p, true, x, packed, y);
}

/// `y = activation(Σ x · w + bias)`, channel by channel.
#[inline]
pub fn depthwise2d_helium_f32(p: &Depthwise2d, x: &[f32], packed: &[i32], y: &mut [f32]) {
    floats::depthwise2d::<HeliumFloats>(p, false, x, packed, y);
}

/// `y = activation(y + (Σ x · w + bias))`, channel by channel.
#[inline]
pub fn depthwise2d_add_helium_f32(p: &Depthwise2d, x: &[f32], packed: &[i32], y: &mut [f32]) {
    floats::depthwise2d::<HeliumFloats>(p, true, x, packed, y);
}
