//! Softmax, its logarithm and its limit, along one axis.

use super::super::math;
use super::argreduce::best;
use super::blocks::{blocks, blocks_mut};
use super::number::Number;
use super::reduce::line;
use core::cmp::Ordering;

/// The shape `[outer, axis, inner]` of `x` and `y`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Softmax {
    /// Product of the dimensions before the axis.
    pub outer: usize,
    /// Length of the axis.
    pub axis: usize,
    /// Product of the dimensions after the axis.
    pub inner: usize,
}

/// Positions along the inner dimension treated at once.
const LANES: usize = 8;

/// `y = exp(x - max) / Σ exp(x - max)` along the axis.
pub fn softmax_f32(p: &Softmax, x: &[f32], y: &mut [f32]) {
    normalise(p, |sum| 1.0 / sum, |_, e, scale| e * scale, x, y);
}

/// `y = x - max - log Σ exp(x - max)` along the axis.
pub fn log_softmax_f32(p: &Softmax, x: &[f32], y: &mut [f32]) {
    normalise(p, math::log, |x, _, log| x - log, x, y);
}

/// `y` is 1 at the first greatest element along the axis, of which NaN is the greatest, 0 elsewhere.
pub fn hardmax_f32(p: &Softmax, x: &[f32], y: &mut [f32]) {
    debug_assert_eq!(x.len(), y.len());
    let (inner, size) = (p.inner.max(1), p.axis * p.inner);
    y.fill(0.0);
    for (x, y) in blocks(x, size).zip(blocks_mut(y, size)) {
        for i in 0..inner {
            let line = x.get(i..).unwrap_or(&[]).iter().step_by(inner);
            let at = best(line, Ordering::Greater, false) as usize;
            if let Some(y) = y.get_mut(at * inner + i) {
                *y = 1.0;
            }
        }
    }
}

/// The common walk: `of_sum` of the exponentials' sum is computed once for each line; `finish`
/// makes the result of an element less the maximum, of its exponential, and of that.
#[inline(always)]
fn normalise(
    p: &Softmax,
    of_sum: impl Fn(f32) -> f32 + Copy,
    finish: impl Fn(f32, f32, f32) -> f32 + Copy,
    x: &[f32],
    y: &mut [f32],
) {
    debug_assert_eq!(x.len(), p.outer * p.axis * p.inner);
    debug_assert_eq!(x.len(), y.len());
    let size = p.axis * p.inner;
    for (x, y) in blocks(x, size).zip(blocks_mut(y, size)) {
        if p.inner == 1 {
            row(of_sum, finish, x, y);
        } else {
            for start in (0..p.inner).step_by(LANES) {
                columns(p.inner, start, of_sum, finish, x, y);
            }
        }
    }
}

/// A contiguous line.
#[inline(always)]
fn row(
    of_sum: impl Fn(f32) -> f32,
    finish: impl Fn(f32, f32, f32) -> f32,
    x: &[f32],
    y: &mut [f32],
) {
    let max = line(x, f32::LEAST, f32::or_greater);
    for (y, &x) in y.iter_mut().zip(x) {
        *y = math::exp(x - max);
    }
    let scale = of_sum(line(y, 0.0, f32::plus));
    for (y, &x) in y.iter_mut().zip(x) {
        *y = finish(x - max, *y, scale);
    }
}

/// The part of a row that holds lanes `start..`.
#[inline(always)]
fn lanes(row: &[f32], start: usize) -> &[f32] {
    row.get(start..).unwrap_or(&[])
}

/// Up to [`LANES`] neighbouring lines.
#[inline(always)]
fn columns(
    inner: usize,
    start: usize,
    of_sum: impl Fn(f32) -> f32,
    finish: impl Fn(f32, f32, f32) -> f32,
    x: &[f32],
    y: &mut [f32],
) {
    let inner = inner.max(1);
    let (mut max, mut sum) = ([f32::NEG_INFINITY; LANES], [0.0; LANES]);
    for x in blocks(x, inner) {
        for (max, &x) in max.iter_mut().zip(lanes(x, start)) {
            *max = math::max(*max, x);
        }
    }
    for (x, y) in blocks(x, inner).zip(blocks_mut(y, inner)) {
        let state = max.iter().zip(&mut sum);
        let y = y.get_mut(start..).unwrap_or(&mut []);
        for ((y, &x), (max, sum)) in y.iter_mut().zip(lanes(x, start)).zip(state) {
            *y = math::exp(x - max);
            *sum += *y;
        }
    }
    let scale = sum.map(of_sum);
    for (x, y) in blocks(x, inner).zip(blocks_mut(y, inner)) {
        let y = y.get_mut(start..).unwrap_or(&mut []);
        let state = max.iter().zip(&scale);
        for ((y, &x), (&max, &scale)) in y.iter_mut().zip(lanes(x, start)).zip(state) {
            *y = finish(x - max, *y, scale);
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    /// Calls `check(max, log Σ exp(x - max), x, index)` for each element.
    fn each(p: &Softmax, x: &[f32], mut check: impl FnMut(f64, f64, usize)) {
        for outer in 0..p.outer {
            for inner in 0..p.inner {
                let at = |k: usize| (outer * p.axis + k) * p.inner + inner;
                let line: Vec<f64> = (0..p.axis).map(|k| f64::from(x[at(k)])).collect();
                let max = line.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let log = line.iter().map(|x| (x - max).exp()).sum::<f64>().ln();
                (0..p.axis).for_each(|k| check(line[k] - max - log, max, at(k)));
            }
        }
    }

    #[test]
    fn all_three_agree_with_the_definition() {
        for (outer, axis, inner) in [
            (1, 10, 1),
            (3, 77, 1),
            (2, 5, 3),
            (2, 9, 8),
            (1, 4, 21),
            (2, 1, 1),
        ] {
            let p = Softmax { outer, axis, inner };
            let n = outer * axis * inner;
            let x: Vec<f32> = (0..n)
                .map(|i| (i * 7919 % 1013) as f32 / 50.0 - 10.0)
                .collect();
            let mut y = [(); 3].map(|()| std::vec![f32::NAN; n]);
            softmax_f32(&p, &x, &mut y[0]);
            log_softmax_f32(&p, &x, &mut y[1]);
            hardmax_f32(&p, &x, &mut y[2]);
            each(&p, &x, |log, max, i| {
                let got = y.each_ref().map(|y| f64::from(y[i]));
                assert!(
                    (got[0] - log.exp()).abs() <= 3e-6 * log.exp(),
                    "{p:?} {got:?} {log}"
                );
                assert!(
                    (got[1] - log).abs() <= 1e-6 * log.abs().max(1.0),
                    "{p:?} {got:?} {log}"
                );
                assert_eq!(got[2], f64::from(u8::from(f64::from(x[i]) == max)));
            });
        }
    }

    #[test]
    fn the_first_nan_is_the_greatest() {
        let p = Softmax {
            outer: 2,
            axis: 3,
            inner: 1,
        };
        let (nan, least) = (f32::NAN, f32::NEG_INFINITY);
        let mut y = [9.0; 6];
        hardmax_f32(&p, &[7.0, nan, nan, least, least, least], &mut y);
        assert_eq!(y, [0.0, 1.0, 0.0, 1.0, 0.0, 0.0]);
    }

    #[test]
    fn great_numbers_do_not_overflow() {
        let p = Softmax {
            outer: 1,
            axis: 3,
            inner: 1,
        };
        let mut y = [0.0; 3];
        softmax_f32(&p, &[1e30, 1e30, f32::NEG_INFINITY], &mut y);
        assert_eq!(y, [0.5, 0.5, 0.0]);
    }
}
