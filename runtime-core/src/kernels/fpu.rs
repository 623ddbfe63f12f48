//! Layers on floats packed for cores with a floating point unit: see [`isa::fpu`](super::super::isa::fpu).

use super::super::isa::fpu::Fpu;
pub use super::conv2d::Conv2d;
pub use super::depthwise2d::Depthwise2d;
use super::packed::floats;

/// `y = activation(Σ x · w + bias)`.
#[inline]
pub fn conv2d_fpu(p: &Conv2d, x: &[f32], packed: &[i32], y: &mut [f32]) {
    floats::conv2d::<Fpu>(p, false, x, packed, y);
}

/// `y = activation(y + (Σ x · w + bias))`.
#[inline]
pub fn conv2d_add_fpu(p: &Conv2d, x: &[f32], packed: &[i32], y: &mut [f32]) {
    floats::conv2d::<Fpu>(p, true, x, packed, y);
}

/// `y = activation(Σ x · w + bias)`, channel by channel.
#[inline]
pub fn depthwise2d_fpu(p: &Depthwise2d, x: &[f32], packed: &[i32], y: &mut [f32]) {
    floats::depthwise2d::<Fpu>(p, false, x, packed, y);
}

/// `y = activation(y + (Σ x · w + bias))`, channel by channel.
#[inline]
pub fn depthwise2d_add_fpu(p: &Depthwise2d, x: &[f32], packed: &[i32], y: &mut [f32]) {
    floats::depthwise2d::<Fpu>(p, true, x, packed, y);
}
