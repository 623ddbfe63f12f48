//! Inverse trigonometric functions.

use super::{polynomial, sqrt};
use core::f32::consts::{FRAC_PI_2, FRAC_PI_4, PI};

/// π/2 less [`FRAC_PI_2`].
const HALF_PI_LO: f32 = -4.371_139e-8;

/// `(asin(r) - r) / r` on `r² ≤ 1/4`: relative error of the arc sine 2^-27.6.
#[inline(always)]
fn asin_excess(square: f32) -> f32 {
    const P: [f32; 5] = [
        0.166_667_52,
        0.074_952_886,
        0.045_471_61,
        0.024_172_947,
        0.042_178_236,
    ];
    square * polynomial(square, P)
}

/// The arc sine; NaN outside `-1..=1`. Above 1/2, `asin(x) = π/2 - 2 asin(√((1 - x) / 2))`.
#[inline]
pub fn asin(x: f32) -> f32 {
    let magnitude = x.abs();
    if magnitude <= 0.5 {
        return x + x * asin_excess(x * x);
    }
    let square = 0.5 * (1.0 - magnitude);
    let root = sqrt(square);
    let half = root + (root * asin_excess(square) - 0.5 * HALF_PI_LO);
    (FRAC_PI_2 - 2.0 * half).copysign(x)
}

/// The arc cosine; NaN outside `-1..=1`.
#[inline]
pub fn acos(x: f32) -> f32 {
    let magnitude = x.abs();
    if magnitude <= 0.5 {
        return FRAC_PI_2 - (x + x * asin_excess(x * x));
    }
    let square = 0.5 * (1.0 - magnitude);
    let root = sqrt(square);
    let y = 2.0 * (root + root * asin_excess(square));
    if x < 0.0 { PI - y } else { y }
}

/// The arc tangent. Steep angles are turned by 45° or 90° into `|x| ≤ tan(π/8)`.
#[inline]
pub fn atan(x: f32) -> f32 {
    // Relative error 2^-30.5.
    const P: [f32; 5] = [
        -0.333_333_16,
        0.199_984_65,
        -0.142_434_22,
        0.105_929_464,
        -0.060_759_157,
    ];
    const TAN_PI_8: f32 = 0.414_213_57;
    const TAN_3_PI_8: f32 = 2.414_213_7;
    let magnitude = x.abs();
    let (turn, lo, r) = if magnitude > TAN_3_PI_8 {
        (FRAC_PI_2, HALF_PI_LO, -1.0 / magnitude)
    } else if magnitude > TAN_PI_8 {
        (
            FRAC_PI_4,
            0.5 * HALF_PI_LO,
            (magnitude - 1.0) / (magnitude + 1.0),
        )
    } else {
        (0.0, 0.0, magnitude)
    };
    let square = r * r;
    (turn + (r + (r * square * polynomial(square, P) + lo))).copysign(x)
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::super::accuracy::check;
    use super::*;

    #[test]
    fn inverse_trigonometric_functions() {
        check(asin, f64::asin, -1.0, 1.0, 1.65);
        check(acos, f64::acos, -1.0, 1.0, 1.3);
        check(atan, f64::atan, -5.0, 5.0, 1.8);
    }
}
