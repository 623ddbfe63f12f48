//! Logarithms.
//!
//! `log(2^k m) = k ln 2 + log(1 + f)` with `m = 1 + f` between `√½` and `√2`.

use super::exp::{LN2_HI, LN2_LO};
use super::polynomial;

/// `(k, f)` such that `x = 2^k (1 + f)`, for a normal positive `x`.
#[inline(always)]
fn split(x: f32) -> (f32, f32) {
    let sqrt_half = core::f32::consts::FRAC_1_SQRT_2.to_bits();
    let k = (x.to_bits().wrapping_sub(sqrt_half) as i32) >> 23;
    let m = f32::from_bits(x.to_bits().wrapping_sub((k as u32) << 23));
    (k as f32, m - 1.0)
}

/// `k ln 2 + log(1 + f) + c`, for a correction `c` much smaller than `f`.
#[inline(always)]
fn join(k: f32, f: f32, c: f32) -> f32 {
    // log(1 + f) = f - f²/2 + f³ P(f), relative error 2^-27.3.
    const P: [f32; 8] = [
        0.333_333_3,
        -0.250_008_23,
        0.200_012_31,
        -0.166_232_51,
        0.142_015_64,
        -0.131_610_93,
        0.127_634_99,
        -0.076_344_38,
    ];
    let square = f * f;
    let small = square * f * polynomial(f, P) + (k * LN2_LO + c);
    k * LN2_HI + (f + (small - 0.5 * square))
}

/// `y` for a positive finite `x`; the value or NaN of the logarithm of any other.
#[inline(always)]
fn special(x: f32, y: f32) -> f32 {
    let beyond = if x == 0.0 {
        f32::NEG_INFINITY
    } else if x > 0.0 {
        x
    } else {
        f32::NAN
    };
    if x > 0.0 && x < f32::INFINITY {
        y
    } else {
        beyond
    }
}

/// The natural logarithm.
#[inline]
pub fn log(x: f32) -> f32 {
    let subnormal = x < f32::MIN_POSITIVE;
    let (scale, exponent) = if subnormal {
        (8_388_608.0, -23.0)
    } else {
        (1.0, 0.0)
    };
    let (k, f) = split(x * scale);
    special(x, join(k + exponent, f, 0.0))
}

/// `log(1 + x)`, exact to the last places near zero too.
///
/// `1 + x` is rounded; what was lost comes back to first order, divided by the sum.
#[inline]
pub fn log1p(x: f32) -> f32 {
    let sum = 1.0 + x;
    let lost = if x > 1.0 {
        1.0 - (sum - x)
    } else {
        x - (sum - 1.0)
    };
    let (k, f) = split(sum);
    let y = if k == 0.0 {
        join(0.0, x, 0.0)
    } else {
        join(k, f, lost / sum)
    };
    if x.abs() < 1e-8 { x } else { special(sum, y) }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::super::accuracy::check;
    use super::*;

    #[test]
    fn logarithms() {
        check(log, f64::ln, 0.1, 10.0, 0.85);
        check(log1p, f64::ln_1p, -1.0, 10.0, 0.8);
    }
}
