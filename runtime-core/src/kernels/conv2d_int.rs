//! Convolution over quantised images, with bias and requantisation.
//!
//! The loops are those of [`conv`](super::conv). A fully connected layer is a convolution with a
//! kernel of one tap; its batch is best the columns of one image, which are computed together.

use super::arithmetic::Arithmetic;
use super::conv::conv_with;
pub use super::conv2d::Conv2d;
use super::quantized::{Integers, Quantized, Totals};
use super::requantize::{Requantize, specialise};
use super::rows_of::by_rows_of;
use super::tile::{INTEGER_K, INTEGER_MR, INTEGER_NR};
use super::weights::{Nibbles, Plain, WeightRows, Widen, Widened};
use core::marker::PhantomData;

/// A convolution whose results are requantised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConvInt2d {
    /// The shapes. Padding stands for 0, which is `zero_x`; the activation is the identity, as
    /// `requantize` has bounds.
    pub conv: Conv2d,
    /// The element of `x` that stands for 0.
    pub zero_x: i32,
    /// What becomes of a sum.
    pub requantize: Requantize,
}

by_rows_of!(ConvInt2d, conv);

/// `y = requantize(Σ (x - zero_x) * w + bias)`.
///
/// `bias` has `out_c` elements, or none; for `multipliers` and `shifts` see [`Requantize`].
#[inline(always)]
pub fn conv2d_w8<T: Quantized>(
    p: &ConvInt2d,
    x: &[T],
    w: &[i8],
    bias: &[i32],
    multipliers: &[i32],
    shifts: &[i8],
    y: &mut [T],
) {
    let (w, scales) = (plain::<T, _>(&p.conv, w), (bias, multipliers, shifts));
    specialise!(p.requantize, f => conv(p, f, scales, x, w, y));
}

/// As [`conv2d_w8`], with weights of 16 bits: such as have had a zero point, now taken off.
#[inline(always)]
pub fn conv2d_w16<T: Quantized>(
    p: &ConvInt2d,
    x: &[T],
    w: &[i16],
    bias: &[i32],
    multipliers: &[i32],
    shifts: &[i8],
    y: &mut [T],
) {
    let (w, scales) = (plain::<T, _>(&p.conv, w), (bias, multipliers, shifts));
    specialise!(p.requantize, f => conv(p, f, scales, x, w, y));
}

/// As [`conv2d_w8`], with signed weights of 4 bits.
///
/// They are in the same order, two in a byte, the first in the low bits; each row of `out_c`
/// weights, of one tap and input channel, begins at a whole byte.
#[inline(always)]
pub fn conv2d_w4<T: Quantized>(
    p: &ConvInt2d,
    x: &[T],
    w: &[u8],
    bias: &[i32],
    multipliers: &[i32],
    shifts: &[i8],
    y: &mut [T],
) {
    let (w, scales) = (Nibbles::new(w, p.conv.out_c), (bias, multipliers, shifts));
    specialise!(p.requantize, f => conv(p, f, scales, x, w, y));
}

/// `y = Σ (x - zero) * w`, where `zero`, one element, is known only when run; the activation is the
/// identity.
pub fn conv2d_sums<T: Quantized>(p: &Conv2d, x: &[T], w: &[i8], zero: &[T], y: &mut [i32]) {
    let totals = Totals {
        zero_x: zero.first().copied().unwrap_or_default(),
    };
    conv_in_tiles(p, totals, x, plain::<T, _>(p, w), y);
}

/// Weights of one element each.
#[inline(always)]
fn plain<'a, T: Quantized<Factor: Widen<W>>, W: Copy>(
    p: &Conv2d,
    w: &'a [W],
) -> impl WeightRows<T::Factor> + use<'a, T, W> {
    Plain {
        values: w,
        columns: p.out_c,
        convert: Widened,
    }
}

#[inline(always)]
fn conv<T: Quantized>(
    p: &ConvInt2d,
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
    conv_in_tiles(&p.conv, integers, x, w, y);
}

#[inline(always)]
fn conv_in_tiles<A: Arithmetic>(
    p: &Conv2d,
    arithmetic: A,
    x: &[A::X],
    w: impl WeightRows<A::Factor>,
    y: &mut [A::Y],
) {
    let shape = (&p.windows(), &p.channels());
    conv_with::<_, _, INTEGER_MR, INTEGER_NR, INTEGER_K>(shape, arithmetic, x, w, y);
}
