//! Hyperbolic functions and their inverses.

use super::exp::{exp, exp_scaled};
use super::{log, log1p, polynomial, sqrt};
use core::f32::consts::LN_2;

/// The hyperbolic sine.
#[inline]
pub fn sinh(x: f32) -> f32 {
    // On |x| ≤ 1: relative error 2^-34.2.
    const P: [f32; 4] = [0.166_666_67, 0.008_333_350_5, 1.983_615e-4, 2.817_012_7e-6];
    let magnitude = x.abs();
    if magnitude <= 1.0 {
        let square = x * x;
        return x + x * square * polynomial(square, P);
    }
    let half = exp_scaled(magnitude, -1);
    (half - 0.25 / half).copysign(x)
}

/// The hyperbolic cosine.
#[inline]
pub fn cosh(x: f32) -> f32 {
    let half = exp_scaled(x.abs(), -1);
    half + 0.25 / half
}

/// The hyperbolic tangent: a polynomial near zero, `1 - 2 / (exp(2x) + 1)` beyond.
#[inline]
pub fn tanh(x: f32) -> f32 {
    // On |x| ≤ 0.625: relative error 2^-27.8.
    const P: [f32; 5] = [
        -0.333_332_8,
        0.133_314_42,
        -0.053_739_6,
        0.020_638_695,
        -0.005_704_531,
    ];
    let magnitude = x.abs();
    if magnitude < 0.625 {
        let square = x * x;
        x + x * square * polynomial(square, P)
    } else {
        (1.0 - 2.0 / (exp(2.0 * magnitude) + 1.0)).copysign(x)
    }
}

/// Where `x² + 1` and `x²` are the same number, and the logarithm is that of `2x`.
const HUGE: f32 = 8_192.0;

/// The inverse of [`sinh`]: `log(x + √(x² + 1))`, written for accuracy near zero.
#[inline]
pub fn asinh(x: f32) -> f32 {
    let magnitude = x.abs();
    let y = if magnitude < HUGE {
        let square = magnitude * magnitude;
        log1p(magnitude + square / (1.0 + sqrt(square + 1.0)))
    } else {
        log(magnitude) + LN_2
    };
    y.copysign(x)
}

/// The inverse of [`cosh`]; NaN below 1.
#[inline]
pub fn acosh(x: f32) -> f32 {
    if x < 1.0 {
        f32::NAN
    } else if x < HUGE {
        let above = x - 1.0;
        log1p(above + sqrt(above * (2.0 + above)))
    } else {
        log(x) + LN_2
    }
}

/// The inverse of [`tanh`]; infinite at ±1, NaN beyond.
#[inline]
pub fn atanh(x: f32) -> f32 {
    let magnitude = x.abs();
    (0.5 * log1p(2.0 * magnitude / (1.0 - magnitude))).copysign(x)
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::super::accuracy::check;
    use super::*;

    #[test]
    fn hyperbolic_functions() {
        check(sinh, f64::sinh, -90.0, 90.0, 1.6);
        check(cosh, f64::cosh, -90.0, 90.0, 1.35);
        check(tanh, f64::tanh, -10.0, 10.0, 1.3);
    }

    #[test]
    fn inverse_hyperbolic_functions() {
        check(asinh, f64::asinh, -10.0, 10.0, 1.55);
        check(acosh, f64::acosh, 0.9, 10.0, 2.1);
        check(atanh, f64::atanh, -1.01, 1.01, 1.85);
    }
}
