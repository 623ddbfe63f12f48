//! Where along an axis the greatest or the least number is.

use super::super::arena::Element;
use super::blocks::{blocks, blocks_mut};
use core::cmp::Ordering;

/// Shapes of `x[outer, axis, inner]` and `y[outer, inner]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ArgReduce {
    /// Product of the dimensions before the axis.
    pub outer: usize,
    /// Length of the axis.
    pub axis: usize,
    /// Product of the dimensions after the axis.
    pub inner: usize,
    /// Of equal numbers, whether the last one counts and not the first.
    pub select_last: bool,
}

/// `y` is the index of the greatest number along the axis. NaN counts as greater than any, and all NaN as equal.
pub fn argmax<T: Element>(p: &ArgReduce, x: &[T], y: &mut [i64]) {
    argreduce(p, Ordering::Greater, x, y);
}

/// `y` is the index of the least number along the axis. NaN counts as less than any, and all NaN as equal.
pub fn argmin<T: Element>(p: &ArgReduce, x: &[T], y: &mut [i64]) {
    argreduce(p, Ordering::Less, x, y);
}

#[inline(always)]
fn argreduce<T: Element>(p: &ArgReduce, wanted: Ordering, x: &[T], y: &mut [i64]) {
    debug_assert_eq!(x.len(), p.outer * p.axis * p.inner);
    debug_assert_eq!(y.len(), p.outer * p.inner);
    let inner = p.inner.max(1);
    let items = blocks(x, p.axis * p.inner);
    for (x, y) in items.zip(blocks_mut(y, p.inner)) {
        for (i, y) in y.iter_mut().enumerate() {
            let line = x.get(i..).unwrap_or(&[]).iter().step_by(inner);
            *y = best(line, wanted, p.select_last);
        }
    }
}

/// The index of the best number of a line; 0 if it is empty.
#[inline(always)]
pub(super) fn best<'a, T: Element>(
    mut line: impl Iterator<Item = &'a T>,
    wanted: Ordering,
    select_last: bool,
) -> i64 {
    let Some(mut best) = line.next() else {
        return 0;
    };
    let (mut at, mut index) = (0, 0);
    for x in line {
        index += 1;
        let better = match x.partial_cmp(best) {
            Some(Ordering::Equal) => select_last,
            Some(ordering) => ordering == wanted,
            None => {
                let is_nan = |x: &T| x.partial_cmp(x).is_none();
                is_nan(x) && (select_last || !is_nan(best))
            }
        };
        if better {
            (best, at) = (x, index);
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    const P: ArgReduce = ArgReduce {
        outer: 1,
        axis: 4,
        inner: 2,
        select_last: false,
    };

    #[test]
    fn the_first_or_last_best_is_found() {
        let x = [1, 9, 7, 2, 7, 9, 3, 2];
        let (mut max, mut min) = ([0; 2], [0; 2]);
        argmax(&P, &x, &mut max);
        argmin(&P, &x, &mut min);
        assert_eq!((max, min), ([1, 0], [0, 1]));
        let p = ArgReduce {
            select_last: true,
            ..P
        };
        argmax(&p, &x, &mut max);
        argmin(&p, &x, &mut min);
        assert_eq!((max, min), ([2, 2], [0, 3]));
    }

    #[test]
    fn outer_items_are_separate() {
        let p = ArgReduce {
            outer: 2,
            axis: 3,
            inner: 1,
            select_last: false,
        };
        let mut y = [0; 2];
        argmax(&p, &[0.0f32, 1.0, 2.0, 5.0, 4.0, 3.0], &mut y);
        assert_eq!(y, [2, 0]);
    }

    #[test]
    fn nan_wins_and_the_first_of_them_unless_the_last_is_wanted() {
        let mut y = [0; 2];
        let x = [
            1.0,
            5.0,
            f32::NAN,
            6.0,
            9.0,
            f32::NEG_INFINITY,
            f32::NAN,
            7.0,
        ];
        argmax(&P, &x, &mut y);
        assert_eq!(y, [1, 3]);
        argmin(&P, &x, &mut y);
        assert_eq!(y, [1, 2]);
        let (mut y, nan) = ([0], f32::NAN);
        for (select_last, at) in [(false, 1), (true, 3)] {
            let p = ArgReduce {
                axis: 5,
                inner: 1,
                select_last,
                ..P
            };
            for extreme in [argmax, argmin] {
                extreme(&p, &[1.0, nan, 9.0, nan, 0.0], &mut y);
                assert_eq!(y, [at]);
            }
        }
    }
}
