//! Normalisation of quantised rows, on integers.
//!
//! With `d = n · x - Σ x` for each of the `n` elements of a row, `d / √(n · Σ x² - (Σ x)²)` is what
//! normalisation to mean 0 and variance 1 makes of it: scale and zero point have no part in that, and all
//! sums are exact. What is left to do is one root and one division for each row, and two products for each
//! element.

use super::blocks::{blocks, blocks_mut};
use super::lookup::Byte;
use super::quantized::Quantized;
pub use super::requantize::Elements;

/// The shape `[outer, n]` of `x` and `y`, and numbers with so many fractional bits.
///
/// Rows are so short that `n · 2^bits` is at most 2^30, where elements of `x` have that many bits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerNormInt {
    /// Rows, each normalised by itself.
    pub outer: usize,
    /// Elements of a row.
    pub n: usize,
    /// The element of `x` that stands for 0.
    pub zero_x: i32,
    /// Whether the mean is taken off first; if not, the mean square becomes 1 rather than the variance.
    pub centred: bool,
    /// `epsilon · (n / scale_x)²`, with `fraction` fractional bits.
    pub epsilon: u64,
    /// Fractional bits under the root: as many as fit 64 bits, an even number.
    pub fraction: u32,
    /// Fractional bits of what is normalised, which is at most √n: at most 30.
    pub precision: u32,
    /// By how many bits the bias is shifted to be added to products.
    pub bias_shift: u32,
    /// Fractional bits of products: 1 to 62.
    pub shift: u32,
    /// What `y` holds.
    pub elements: Elements,
}

/// `y = round(normalised x · scale / scale_y + bias / scale_y)` with a multiplier and a bias for each of
/// the `n` elements of a row.
///
/// A multiplier is `scale / scale_y` with `shift - precision` fractional bits, a bias `bias / scale_y`
/// with `shift - bias_shift` of them. If the greatest multiplier and the greatest bias have 31 bits and
/// stand for `g` and `b`, what is rounded is off by at most `(6 · √n · g + 2 · b) · 2^-31`, and by
/// `√n · g / (2^(fraction + 2) · (n - 1))` for the rounding of epsilon, as a row that is not all the
/// same has at least `n - 1` under the root. So `y` is the exact normalisation rounded to the
/// nearest, but where that lies closer to a half than this: in rows of 64 elements of 8 bits some
/// millionths of a step.
pub fn layer_norm_int<X: Quantized, Y: Byte>(
    p: &LayerNormInt,
    x: &[X],
    multipliers: &[i32],
    bias: &[i32],
    y: &mut [Y],
) {
    debug_assert!(x.len() == p.outer * p.n && x.len() == y.len());
    debug_assert_eq!((multipliers.len(), bias.len()), (p.n, p.n));
    let half = 1i64.wrapping_shl(p.shift.wrapping_sub(1));
    for (x, y) in blocks(x, p.n).zip(blocks_mut(y, p.n)) {
        let row = Row::of(p, x);
        let channels = multipliers.iter().zip(bias);
        for ((y, &x), (&multiplier, &bias)) in y.iter_mut().zip(x).zip(channels) {
            let product = row.normalised(p, x).wrapping_mul(multiplier.into());
            let bias = i64::from(bias).wrapping_shl(p.bias_shift);
            let steps = product.wrapping_add(bias).wrapping_add(half);
            let steps = steps.wrapping_shr(p.shift);
            *y = p
                .elements
                .byte(steps.max(i32::MIN.into()).min(i32::MAX.into()) as i32);
        }
    }
}

/// What normalises the elements of a row: `(n · (x - zero) - sum) · inverse / 2^shift`.
#[derive(Clone, Copy)]
struct Row {
    sum: i32,
    inverse: i64,
    shift: u32,
}

impl Row {
    #[inline(always)]
    fn of<X: Quantized>(p: &LayerNormInt, x: &[X]) -> Row {
        let (mut sum, mut squares) = (0i32, 0u64);
        for &x in x {
            let x = x.into().wrapping_sub(p.zero_x);
            sum = sum.wrapping_add(if p.centred { x } else { 0 });
            squares = squares.wrapping_add(u64::from(x.wrapping_mul(x) as u32));
        }
        let square_of_sum = u64::from(sum.unsigned_abs()).wrapping_mul(sum.unsigned_abs().into());
        let variance = squares.wrapping_mul(p.n as u64).wrapping_sub(square_of_sum);
        let radicand = variance.wrapping_shl(p.fraction).wrapping_add(p.epsilon);
        let (inverse, exponent) = inverse_root(radicand);
        let exponent = (p.fraction >> 1).wrapping_add(exponent);
        Row {
            sum,
            inverse,
            // An element that is not the mean makes the variance so great that this is 2 at least.
            shift: 63u32
                .saturating_sub(p.precision)
                .saturating_sub(exponent)
                .max(1),
        }
    }

    /// With `precision` fractional bits.
    #[inline(always)]
    fn normalised<X: Quantized>(self, p: &LayerNormInt, x: X) -> i64 {
        let x = x.into().wrapping_sub(p.zero_x);
        let deviation = x.wrapping_mul(p.n as i32).wrapping_sub(self.sum);
        let half = 1i64.wrapping_shl(self.shift.wrapping_sub(1));
        let product = i64::from(deviation).wrapping_mul(self.inverse);
        product.wrapping_add(half).wrapping_shr(self.shift)
    }
}

/// `2^(63 - k) / √x` and `k`, which makes that a number of 32 bits; it is too great by 2^-30 of itself
/// at most, or too small by 2^-31.
#[inline(always)]
fn inverse_root(x: u64) -> (i64, u32) {
    let zeros = x.max(1).leading_zeros() & !1;
    let root = x.max(1).wrapping_shl(zeros).isqrt();
    let inverse = (1u64 << 63).checked_div(root).unwrap_or(0);
    (inverse as i64, zeros >> 1)
}
