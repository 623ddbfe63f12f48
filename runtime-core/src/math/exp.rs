//! Exponentials.
//!
//! `exp(x) = 2^k · exp(r)` with `k` the integer nearest to `x / ln 2`, so that `|r| ≤ ln 2 / 2`.

use super::polynomial;

/// The first ten bits of ln 2: their product with a small integer is exact.
pub(super) const LN2_HI: f32 = 0.693_359_4;
/// ln 2 less [`LN2_HI`].
pub(super) const LN2_LO: f32 = -2.121_944_4e-4;

/// 1.5 · 2^23: adding it to a small number rounds that to an integer, in the low bits.
const ROUNDER: f32 = 12_582_912.0;

/// `(k, r)` such that `x = k ln 2 + r`, for `|x| < 2^13`.
#[inline(always)]
fn reduce(x: f32) -> (i32, f32) {
    let rounded = x * core::f32::consts::LOG2_E + ROUNDER;
    let k = rounded - ROUNDER;
    let bits = (rounded.to_bits() as i32).wrapping_sub(ROUNDER.to_bits() as i32);
    (bits, (x - k * LN2_HI) - k * LN2_LO)
}

/// `2^k`, for `-127 < k < 128`.
#[inline(always)]
fn power_of_two(k: i32) -> f32 {
    f32::from_bits((k.wrapping_add(127) as u32) << 23)
}

/// `y · 2^k` with at most one rounding, for `-252 < k < 256`.
#[inline(always)]
fn scale(y: f32, k: i32) -> f32 {
    let half = k >> 1;
    y * power_of_two(half) * power_of_two(k.wrapping_sub(half))
}

#[inline(always)]
fn clamp(x: f32, lo: f32, hi: f32) -> f32 {
    let x = if x > hi { hi } else { x };
    if x < lo { lo } else { x }
}

/// `2^k · exp(r)`, for `|r| ≤ ln 2 / 2` and `-252 < k < 256`.
#[inline(always)]
pub(super) fn times_power_of_two(r: f32, k: i32) -> f32 {
    // Relative error of the polynomial: 2^-28.3.
    const P: [f32; 5] = [
        0.499_999_94,
        0.166_665_2,
        0.041_668_393,
        0.008_368_781,
        0.001_381_446_7,
    ];
    scale(1.0 + (r + r * r * polynomial(r, P)), k)
}

/// `2^e · exp(x)` for a small `e`, without an overflow on the way.
#[inline(always)]
pub(super) fn exp_scaled(x: f32, e: i32) -> f32 {
    let (k, r) = reduce(clamp(x, -105.0, 91.0));
    times_power_of_two(r, k.wrapping_add(e))
}

/// The exponential function.
#[inline]
pub fn exp(x: f32) -> f32 {
    exp_scaled(x, 0)
}

/// `exp(x) - 1`, exact to the last places near zero too.
///
/// `2^k (1 + p) - 1 = 2 (2^(k-1) p + (2^(k-1) - 1/2))`; halved, so that nothing overflows early.
#[inline]
pub fn expm1(x: f32) -> f32 {
    // Relative error of the polynomial: 2^-31.8.
    const P: [f32; 6] = [
        0.5,
        0.166_666_67,
        0.041_666_325,
        0.008_333_219,
        0.001_394_330_9,
        1.996_239_7e-4,
    ];
    let (k, r) = reduce(clamp(x, -18.0, 89.0));
    let p = r + r * r * polynomial(r, P);
    let half = power_of_two(k.wrapping_sub(1));
    let y = (half * p + (half - 0.5)) * 2.0;
    if x.abs() < 1e-8 { x } else { y }
}

/// The logistic function `1 / (1 + exp(-x))`.
///
/// The exponential is taken of `-|x|`, so that the tail below zero keeps its relative accuracy.
#[inline]
pub fn sigmoid(x: f32) -> f32 {
    let z = exp(-x.abs());
    let y = if x < 0.0 { z } else { 1.0 };
    y / (1.0 + z)
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::super::accuracy::check;
    use super::*;

    #[test]
    fn exponentials() {
        check(exp, f64::exp, -105.0, 90.0, 1.0);
        check(expm1, f64::exp_m1, -20.0, 90.0, 1.5);
        check(sigmoid, |x| 1.0 / (1.0 + (-x).exp()), -105.0, 30.0, 2.2);
    }
}
