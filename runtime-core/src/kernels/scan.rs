//! Running sums and products along an axis.

use super::blocks::{blocks, blocks_mut};
use super::number::Number;

/// The shape `[outer, axis, inner]` of `x` and `y`, and how to run along the axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scan {
    /// Product of the dimensions before the axis.
    pub outer: usize,
    /// Length of the axis.
    pub axis: usize,
    /// Product of the dimensions after the axis.
    pub inner: usize,
    /// Whether an element is left out of its own sum.
    pub exclusive: bool,
    /// Whether to run from the end.
    pub reverse: bool,
}

/// `y[.., k, ..] = Σ x[.., j, ..]` over `j ≤ k`; `j < k` if exclusive, the other way if reversed.
pub fn cumsum<T: Number>(p: &Scan, x: &[T], y: &mut [T]) {
    scan(p, T::ZERO, T::plus, x, y);
}

/// As [`cumsum`], with products for sums.
pub fn cumprod<T: Number>(p: &Scan, x: &[T], y: &mut [T]) {
    scan(p, T::ONE, T::times, x, y);
}

#[inline(always)]
fn scan<T: Number>(p: &Scan, identity: T, combine: impl Fn(T, T) -> T, x: &[T], y: &mut [T]) {
    debug_assert!(x.len() == p.outer * p.axis * p.inner && x.len() == y.len());
    let size = p.axis * p.inner;
    for (x, y) in blocks(x, size).zip(blocks_mut(y, size)) {
        for i in 0..p.inner {
            let mut total = identity;
            for step in 0..p.axis {
                let k = if p.reverse { p.axis - 1 - step } else { step };
                let at = k * p.inner + i;
                let (Some(&x), Some(y)) = (x.get(at), y.get_mut(at)) else {
                    return;
                };
                let next = combine(total, x);
                *y = if p.exclusive { total } else { next };
                total = next;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_run_either_way() {
        let mut p = Scan {
            outer: 1,
            axis: 3,
            inner: 2,
            exclusive: false,
            reverse: false,
        };
        let (x, mut y) = ([1, 10, 2, 20, 3, 30], [0; 6]);
        cumsum(&p, &x, &mut y);
        assert_eq!(y, [1, 10, 3, 30, 6, 60]);
        p.exclusive = true;
        cumsum(&p, &x, &mut y);
        assert_eq!(y, [0, 0, 1, 10, 3, 30]);
        p.reverse = true;
        cumsum(&p, &x, &mut y);
        assert_eq!(y, [5, 50, 3, 30, 0, 0]);
        (p.outer, p.axis, p.inner, p.exclusive) = (2, 3, 1, false);
        cumsum(&p, &x, &mut y);
        assert_eq!(y, [13, 12, 2, 53, 33, 30]);
        cumprod(&p, &x, &mut y);
        assert_eq!(y, [20, 20, 2, 1800, 90, 30]);
    }
}
