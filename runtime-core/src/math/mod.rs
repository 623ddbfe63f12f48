//! The scalar functions that `core` lacks, in portable and deterministic arithmetic.
//!
//! Networks must compute the same bits on every target, and `no_std` has neither `exp` nor `sqrt`.
//! These functions use only `+ - * /` on `f32` in a fixed order, and integers (`pow` alone uses
//! `f64`, and says why). They take every input, NaN, infinities and subnormals included, without a
//! panic, a table lookup that could fail, or an unbounded loop. Those that activations need
//! (`exp`, `tanh`, `sigmoid`, `erf`) are free of data-dependent branches, so that loops over them
//! are vectorised.
//!
//! The method is the classical one throughout: reduce the argument to a short interval by the
//! scheme of Cody and Waite (*Software Manual for the Elementary Functions*, 1980), then evaluate
//! a minimax polynomial there. The polynomials were found by Remez' exchange algorithm for the
//! relative error of the whole function, in 40 digits. The unit tests measure every
//! function against `f64` and state the largest error in units in the last place.

mod erf;
mod exp;
mod hyperbolic;
mod inverse;
mod log;
mod power;
mod round;
mod trig;

pub use erf::erf;
pub use exp::{exp, expm1, sigmoid};
pub use hyperbolic::{acosh, asinh, atanh, cosh, sinh, tanh};
pub use inverse::{acos, asin, atan};
pub use log::{log, log1p};
pub use power::{pow, sqrt};
pub use round::{ceil, floor, floor_mod, round_even, trunc};
pub use trig::{cos, sin, tan};

/// The greater of two numbers; NaN if either is NaN.
///
/// Written so that one comparison remains where `b` is a constant.
#[allow(clippy::neg_cmp_op_on_partial_ord)]
#[inline(always)]
pub fn max(a: f32, b: f32) -> f32 {
    if !(a <= b) && !b.is_nan() { a } else { b }
}

/// The lesser of two numbers; NaN if either is NaN.
///
/// Written so that one comparison remains where `b` is a constant.
#[allow(clippy::neg_cmp_op_on_partial_ord)]
#[inline(always)]
pub fn min(a: f32, b: f32) -> f32 {
    if !(a >= b) && !b.is_nan() { a } else { b }
}

/// The greater of two numbers, of which the second is not NaN: that one if the first is.
#[inline(always)]
pub fn at_least(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// `1`, `-1` or, for zeros and NaN, the number itself.
#[inline]
pub fn sign(x: f32) -> f32 {
    if x > 0.0 {
        1.0
    } else if x < 0.0 {
        -1.0
    } else {
        x
    }
}

/// `c[0] + c[1] x + c[2] x² + …`, by Horner's rule.
#[inline(always)]
fn polynomial<const N: usize>(x: f32, c: [f32; N]) -> f32 {
    let Some((&last, rest)) = c.split_last() else {
        return 0.0;
    };
    rest.iter().rev().fold(last, |y, &c| y * x + c)
}

/// Measures functions against `f64`.
#[cfg(test)]
mod accuracy {
    extern crate std;
    use std::vec::Vec;

    /// Distance of `got` from `want` in units in the last place of an `f32` near `want`.
    fn ulps(got: f32, want: f64) -> f64 {
        let rounded = want as f32;
        if got.is_nan() && want.is_nan() || got == rounded {
            return 0.0;
        }
        let unit = 2f64.powi((want.abs().log2().floor() as i32).clamp(-126, 127) - 23);
        let got = match got {
            f32::INFINITY => 2f64.powi(128),
            f32::NEG_INFINITY => -2f64.powi(128),
            finite => f64::from(finite),
        };
        let error = (got - want).abs() / unit;
        if error.is_nan() { f64::INFINITY } else { error }
    }

    /// Arguments of every magnitude, the special ones, and `dense` more of them in `lo..hi`.
    pub(super) fn arguments(lo: f32, hi: f32) -> Vec<f32> {
        let special = [
            0.0,
            1.0,
            0.5,
            2.0,
            f32::INFINITY,
            f32::MAX,
            f32::MIN_POSITIVE,
        ];
        let mut x: Vec<f32> = special.iter().flat_map(|&x| [x, -x]).collect();
        x.extend([f32::NAN, f32::from_bits(1), -f32::from_bits(1)]);
        x.extend((0..u32::MAX / 8191).map(|i| f32::from_bits(i * 8191)));
        x.extend((0..500_000).map(|i| lo + (hi - lo) * (i as f32 / 500_000.0)));
        x
    }

    /// Asserts that `f` errs by at most `bound` units where it matters, and reports where if not.
    #[track_caller]
    pub(super) fn check(f: fn(f32) -> f32, want: fn(f64) -> f64, lo: f32, hi: f32, bound: f64) {
        let mut worst = (0.0, 0.0);
        for x in arguments(lo, hi) {
            let error = ulps(f(x), want(f64::from(x)));
            if error > worst.1 {
                worst = (x, error);
            }
        }
        let (x, error) = worst;
        let (got, want) = (f(x), want(f64::from(x)));
        assert!(
            error <= bound,
            "{error:.3} units at {x:e}: {got:e}, not {want:e}"
        );
        assert!(
            error >= bound - 0.1,
            "the bound {bound} is loose: {error:.3}"
        );
    }

    /// As [`check`], for a function of two arguments.
    #[track_caller]
    pub(super) fn check2(
        f: fn(f32, f32) -> f32,
        want: fn(f64, f64) -> f64,
        args: &[(f32, f32)],
    ) -> f64 {
        let mut worst = 0.0;
        for &(a, b) in args {
            let error = ulps(f(a, b), want(f64::from(a), f64::from(b)));
            assert!(
                error < 2.0,
                "{error:.3} units at ({a:e}, {b:e}): {:e}",
                f(a, b)
            );
            worst = f64::max(worst, error);
        }
        worst
    }

    #[test]
    fn max_and_min_propagate_nan() {
        for (a, b) in [(f32::NAN, 1.0), (1.0, f32::NAN), (f32::NAN, f32::NAN)] {
            assert!(super::max(a, b).is_nan() && super::min(a, b).is_nan());
        }
        assert_eq!((super::max(-1.0, 2.0), super::min(-1.0, 2.0)), (2.0, -1.0));
        let least = [f32::NAN, -9.0, -7.0].map(|x| super::at_least(x, -8.0));
        assert_eq!(least, [-8.0, -8.0, -7.0]);
        let infinite = f32::INFINITY;
        assert_eq!(super::max(infinite, 2.0), infinite);
        assert_eq!(super::min(-infinite, 2.0), -infinite);
    }

    #[test]
    fn signs() {
        assert!(super::sign(f32::NAN).is_nan());
        assert_eq!(
            [-2.0, -0.0, 0.0, 3.0].map(super::sign),
            [-1.0, 0.0, 0.0, 1.0]
        );
    }
}
