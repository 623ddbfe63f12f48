//! Softmax of quantised bytes, on integers.
//!
//! How far an element lies below the greatest of its line is one of 256 numbers, so exponentials are a
//! table, which the compiler makes for the scale of `x`. What is left to do is a sum, and one division
//! for each line.

use super::blocks::{blocks, blocks_mut};
use super::lookup::Byte;
pub use super::requantize::Elements;
use super::requantize::double_high;
pub use super::softmax::Softmax;

/// A softmax that is rounded once, to the nearest element.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SoftmaxInt {
    /// The shape of `x` and `y`.
    pub softmax: Softmax,
    /// `2^shift / scale_y`; below 2^63.
    pub numerator: u64,
    /// 1 to 63.
    pub shift: u32,
    /// What `y` holds.
    pub elements: Elements,
}

/// A softmax in the arithmetic of TensorFlow Lite for Microcontrollers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SoftmaxTfLite {
    /// The shape of `x` and `y`; lines have fewer than 4096 elements.
    pub softmax: Softmax,
    /// What `y` holds; a step is worth 1/256.
    pub elements: Elements,
}

/// `y = round(e / (Σ e · scale_y))` along the axis, halves to even, where `e` is
/// `exponentials[max - x]`: 256 entries of `exp(-d · scale_x) · 2^31`, rounded to integers.
///
/// Over lines of `n` elements the quotient is off by less than `(n + 3) · 2^-32 / scale_y`, most of
/// that for the rounding of exponentials. So `y` is the exact softmax rounded half to even, but where
/// that lies closer to a half than this: for 10 classes and a `scale_y` of 1/256, a millionth.
pub fn softmax_int<X: Byte, Y: Byte>(p: &SoftmaxInt, x: &[X], exponentials: &[u32], y: &mut [Y]) {
    let factor = |sum: u64| p.numerator.checked_div(sum).unwrap_or(0);
    let finish = |factor: u64, e| {
        let steps = half_even(factor.wrapping_mul(u64::from(e)), p.shift);
        p.elements.byte(steps)
    };
    lines(&p.softmax, exponentials, |e| e, factor, finish, x, y);
}

/// `product / 2^shift` to the nearest, halves to even.
#[inline(always)]
fn half_even(product: u64, shift: u32) -> i32 {
    let unit = 1u64.wrapping_shl(shift);
    let raised = product.wrapping_add(unit >> 1);
    let tie = raised & unit.wrapping_sub(1) == 0;
    let nearest = raised.wrapping_shr(shift) & !u64::from(tie);
    nearest.min(i32::MAX as u64) as i32
}

/// The same in the steps of TensorFlow Lite's reference kernel (`reference_ops::Softmax` in
/// `kernels/internal/reference/softmax.h`), which its interpreter for microcontrollers runs: bit for bit.
///
/// Entries of `exponentials` are what gemmlowp's `exp_on_negative_values` yields, with 31 fractional
/// bits, and 0 beyond the differences that the reference looks at. Their sum has 19 fractional bits.
/// Where that is 512 or more and the reference shifts by more bits than its integers have, results
/// are what its formula means: 0.
pub fn softmax_tflite<X: Byte, Y: Byte>(
    p: &SoftmaxTfLite,
    x: &[X],
    exponentials: &[u32],
    y: &mut [Y],
) {
    let term = |e| halved(e, 12) as u32;
    let finish = |(scale, bits): (i32, u32), e| {
        let product = double_high(scale, e as i32);
        let steps = halved(product as u32, bits.wrapping_add(23));
        p.elements.byte(steps as i32)
    };
    lines(&p.softmax, exponentials, term, reciprocal, finish, x, y);
}

/// `x / 2^bits`, rounded halves up.
#[inline(always)]
fn halved(x: u32, bits: u32) -> u64 {
    let half = 1u64.wrapping_shl(bits).wrapping_shr(1);
    u64::from(x).wrapping_add(half).wrapping_shr(bits)
}

/// TensorFlow Lite's `GetReciprocal` of a number with 19 fractional bits that is at least 1: the
/// reciprocal of its significand with 31 fractional bits, and its exponent.
#[inline(always)]
fn reciprocal(sum: u64) -> (i32, u32) {
    let sum = sum as u32;
    let zeros = sum.leading_zeros();
    let significand = sum.wrapping_shl(zeros) & (u32::MAX >> 1);
    (
        one_over_one_plus(significand),
        12u32.wrapping_sub(zeros).min(31),
    )
}

/// gemmlowp's `one_over_one_plus_x_for_x_in_0_1`: three steps of Newton and Raphson from
/// `48/17 - 32/17 · d`, where `d` is half of `1 + x`. `x` and the result have 31 fractional bits,
/// what is between them 29.
#[inline(always)]
fn one_over_one_plus(x: u32) -> i32 {
    const ONE: i32 = 1 << 29;
    let d = (x.wrapping_add(1 << 31) >> 1) as i32;
    let mut y = double_high(d, -1_010_580_540).wrapping_add(1_515_870_810);
    for _ in 0..3 {
        let error = ONE.wrapping_sub(double_high(d, y));
        y = y.wrapping_add(double_high(y, error).saturating_mul(4));
    }
    y.saturating_mul(2)
}

/// The common walk: for each line along the axis, `of_sum(Σ term(e))` becomes the first argument of
/// `finish`, and the exponential of each element the second one.
#[inline(always)]
fn lines<X: Byte, Y: Byte, S: Copy>(
    p: &Softmax,
    exponentials: &[u32],
    term: impl Fn(u32) -> u32,
    of_sum: impl Fn(u64) -> S,
    finish: impl Fn(S, u32) -> Y,
    x: &[X],
    y: &mut [Y],
) {
    debug_assert_eq!((x.len(), y.len()), (p.outer * p.axis * p.inner, x.len()));
    let Some(table) = exponentials.first_chunk::<256>() else {
        return;
    };
    let (inner, size) = (p.inner.max(1), p.axis.wrapping_mul(p.inner));
    for (x, y) in blocks(x, size).zip(blocks_mut(y, size)) {
        for i in 0..inner {
            let line = || x.iter().skip(i).step_by(inner);
            let max = line().fold(i32::MIN, |max, &x| max.max(x.into()));
            let exponential = |&x: &X| {
                let below = max.wrapping_sub(x.into());
                table[usize::from(below as u8)]
            };
            let sum = line().fold(0, |sum: u64, x| {
                sum.wrapping_add(term(exponential(x)).into())
            });
            let of_line = of_sum(sum);
            for (y, x) in y.iter_mut().skip(i).step_by(inner).zip(line()) {
                *y = finish(of_line, exponential(x));
            }
        }
    }
}
