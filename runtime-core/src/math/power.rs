//! Square roots and powers.

use super::exp;

/// The square root, correctly rounded: in hardware where there is an instruction, else in integers.
#[inline(always)]
pub fn sqrt(x: f32) -> f32 {
    super::super::simd::sqrt(x)
}

/// `x` to the power `y`, with the special cases of IEEE 754 (`pow(x, 0) = pow(1, y) = 1`, ...).
///
/// Small constant powers, which networks are made of, fold into products.
#[inline]
pub fn pow(x: f32, y: f32) -> f32 {
    if y == 1.0 {
        x
    } else if y == 2.0 {
        x * x
    } else if y == -1.0 {
        1.0 / x
    } else {
        general(x, y)
    }
}

/// [`pow`] by logarithm and exponential.
fn general(x: f32, y: f32) -> f32 {
    if y == 0.0 || x == 1.0 {
        return 1.0;
    }
    if x.is_nan() || y.is_nan() {
        return f32::NAN;
    }
    let negative = x.is_sign_negative();
    let odd = is_odd_integer(y);
    let magnitude = magnitude(x.abs(), y);
    if negative && odd {
        -magnitude
    } else if negative && x != 0.0 && x.is_finite() && y.is_finite() && !is_integer(y) {
        f32::NAN
    } else {
        magnitude
    }
}

#[inline]
fn is_integer(y: f32) -> bool {
    super::trunc(y) == y
}

/// Whether `y` is an odd integer; from 2^24 on, all are even.
#[inline]
fn is_odd_integer(y: f32) -> bool {
    is_integer(y) && y.abs() < 16_777_216.0 && (y as i32) & 1 != 0
}

/// `x^y` for `x` not negative, neither of them NaN and `y` not zero.
#[inline]
fn magnitude(x: f32, y: f32) -> f32 {
    if x == 1.0 {
        return 1.0;
    }
    if x == 0.0 || x == f32::INFINITY || y.is_infinite() {
        let grows = (x > 1.0) == (y > 0.0);
        return if grows { f32::INFINITY } else { 0.0 };
    }
    exp2(f64::from(y) * log2(x))
}

/// The binary logarithm of a positive finite `x`, to 37 bits.
///
/// In `f64`, as an error here is multiplied by up to 2^7 in the power: pairs of `f32` would need
/// more operations than this, also where `f64` is done in software.
fn log2(x: f32) -> f64 {
    const P: [f64; 5] = [
        2.885_390_081_790_142_3,
        0.961_796_673_266_043_1,
        0.577_083_600_366_297_1,
        0.411_671_743_952_615_35,
        0.340_749_011_433_071_96,
    ];
    // As f64 every x is normal; the exponent and the mantissa are taken from there.
    let bits = f64::from(x).to_bits();
    let sqrt_half = core::f64::consts::FRAC_1_SQRT_2.to_bits();
    let k = (bits.wrapping_sub(sqrt_half) as i64) >> 52;
    let m = f64::from_bits(bits.wrapping_sub((k as u64) << 52));
    let s = (m - 1.0) / (m + 1.0);
    let square = s * s;
    let p = P.iter().rev().fold(0.0, |p, &c| p * square + c);
    k as i32 as f64 + s * p
}

/// `2^t`, rounded to `f32`.
fn exp2(t: f64) -> f32 {
    let t = t.clamp(-200.0, 200.0);
    // Adding 1.5 · 2^52 rounds to an integer.
    const ROUNDER: f64 = 6_755_399_441_055_744.0;
    let k = (t + ROUNDER) - ROUNDER;
    let r = ((t - k) * core::f64::consts::LN_2) as f32;
    exp::times_power_of_two(r, k as i32)
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::super::accuracy::{arguments, check, check2};
    use super::*;
    use std::vec::Vec;

    #[test]
    fn square_roots_are_correctly_rounded() {
        check(sqrt, f64::sqrt, 0.0, 10.0, 0.0);
        check(
            super::super::super::simd::scalar::sqrt,
            f64::sqrt,
            0.0,
            10.0,
            0.0,
        );
    }

    #[test]
    fn powers() {
        let y = [
            0.5,
            -0.5,
            0.75,
            3.0,
            -2.0,
            1.0 / 3.0,
            2.2,
            10.0,
            -7.3,
            31.7,
            0.001,
            1e-20,
            1e20,
        ];
        let args: Vec<_> = arguments(0.9, 1.1)
            .into_iter()
            .enumerate()
            .map(|(i, x)| (x, y[i % y.len()]))
            .collect();
        let error = check2(pow, f64::powf, &args);
        assert!(error < 1.0, "{error}");
    }

    #[test]
    fn special_powers_are_those_of_ieee_754() {
        let values = [
            0.0,
            -0.0,
            1.0,
            -1.0,
            0.5,
            -0.5,
            2.0,
            -2.0,
            3.0,
            -3.0,
            2.5,
            -2.5,
            1e-45,
            3e38,
            16_777_215.0,
            16_777_216.0,
            1e30,
            f32::INFINITY,
            f32::NEG_INFINITY,
            f32::NAN,
        ];
        for x in values {
            for y in values {
                let (got, want) = (pow(x, y), x.powf(y));
                let near = (got - want).abs() <= 2e-7 * want.abs();
                let same = got == want && got.is_sign_negative() == want.is_sign_negative();
                assert!(
                    got.is_nan() && want.is_nan() || same || near,
                    "{x}^{y}: {got}, not {want}"
                );
            }
        }
    }
}
