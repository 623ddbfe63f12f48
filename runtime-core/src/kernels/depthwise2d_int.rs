//! Depthwise convolution over quantised images, with bias and requantisation.

pub use super::depthwise2d::Depthwise2d;
use super::depthwise2d::depthwise;
use super::quantized::{Integers, Quantized};
use super::requantize::{Requantize, specialise};
use super::rows_of::by_rows_of;
use super::tile::INTEGER_MR;
use super::weights::{Nibbles, Plain, WeightRows, Widened};
use core::marker::PhantomData;

/// A depthwise convolution whose results are requantised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DepthwiseInt2d {
    /// The shapes. Padding stands for 0, which is `zero_x`; the activation is the identity, as
    /// `requantize` has bounds.
    pub conv: Depthwise2d,
    /// The element of `x` that stands for 0.
    pub zero_x: i32,
    /// What becomes of a sum.
    pub requantize: Requantize,
}

by_rows_of!(DepthwiseInt2d, conv);

/// `y = requantize(Σ (x - zero_x) * w + bias)`.
///
/// `bias` has an element for each output channel, or none; for `multipliers` and `shifts` see
/// [`Requantize`].
#[inline(always)]
pub fn depthwise2d_w8<T: Quantized>(
    p: &DepthwiseInt2d,
    x: &[T],
    w: &[i8],
    bias: &[i32],
    multipliers: &[i32],
    shifts: &[i8],
    y: &mut [T],
) {
    let w = Plain {
        values: w,
        columns: p.conv.outputs(),
        convert: Widened,
    };
    let scales = (bias, multipliers, shifts);
    specialise!(p.requantize, f => conv(p, f, scales, x, w, y));
}

/// As [`depthwise2d_w8`], with weights of 16 bits: such as have had a zero point, now taken off.
#[inline(always)]
pub fn depthwise2d_w16<T: Quantized>(
    p: &DepthwiseInt2d,
    x: &[T],
    w: &[i16],
    bias: &[i32],
    multipliers: &[i32],
    shifts: &[i8],
    y: &mut [T],
) {
    let w = Plain {
        values: w,
        columns: p.conv.outputs(),
        convert: Widened,
    };
    let scales = (bias, multipliers, shifts);
    specialise!(p.requantize, f => conv(p, f, scales, x, w, y));
}

/// As [`depthwise2d_w8`], with signed weights of 4 bits.
///
/// They are in the same order, two in a byte, the first in the low bits; each row, of one tap,
/// begins at a whole byte.
#[inline(always)]
pub fn depthwise2d_w4<T: Quantized>(
    p: &DepthwiseInt2d,
    x: &[T],
    w: &[u8],
    bias: &[i32],
    multipliers: &[i32],
    shifts: &[i8],
    y: &mut [T],
) {
    let w = Nibbles::new(w, p.conv.outputs());
    let scales = (bias, multipliers, shifts);
    specialise!(p.requantize, f => conv(p, f, scales, x, w, y));
}

#[inline(always)]
fn conv<T: Quantized>(
    p: &DepthwiseInt2d,
    f: impl Fn(T::Sum, i32, i8) -> i32 + Copy,
    (bias, multipliers, shifts): (&[i32], &[i32], &[i8]),
    x: &[T],
    w: impl WeightRows<T::Factor>,
    y: &mut [T],
) {
    let integers = Integers {
        zero_x: p.zero_x,
        f,
        bias,
        multipliers,
        shifts,
        element: PhantomData,
    };
    depthwise::<_, _, INTEGER_MR>(&p.conv, integers, x, w, y);
}
