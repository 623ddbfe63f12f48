//! Reductions over any set of axes: sums, products, extremes, means.
//!
//! One loop serves every set of axes: the compiler merges adjacent ones and sorts them into those
//! that are kept and those that are reduced, each kind with its strides. What ONNX builds on these
//! (norms, logarithms of sums) is an element-wise kernel before or after.

use super::blocks::blocks_mut;
use super::number::Number;

/// Which axes of `x` are kept and which are reduced, outermost first.
///
/// Unused outer dimensions are 1. Strides count elements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reduce {
    /// Dimensions that are kept: those of `y`, which is contiguous.
    pub kept: [usize; 4],
    /// Strides of `x` along the kept dimensions.
    pub kept_strides: [usize; 4],
    /// Dimensions that are reduced.
    pub reduced: [usize; 4],
    /// Strides of `x` along the reduced dimensions.
    pub reduced_strides: [usize; 4],
}

/// Results held at once, and partial results of one contiguous line.
const LANES: usize = 8;

/// Steps after which a partial result is put away: it keeps the error of long sums small.
const BLOCK: usize = 128;

/// Walks over all but the innermost of four dimensions.
struct Walk<'a> {
    dims: &'a [usize; 4],
    strides: &'a [usize; 4],
    index: [usize; 3],
    offset: usize,
}

impl<'a> Walk<'a> {
    fn new(dims: &'a [usize; 4], strides: &'a [usize; 4]) -> Self {
        Walk {
            dims,
            strides,
            index: [0; 3],
            offset: 0,
        }
    }

    /// Steps on; whether there was somewhere to step to.
    #[inline]
    fn step(&mut self) -> bool {
        for d in (0..3).rev() {
            self.index[d] += 1;
            self.offset = self.offset.wrapping_add(self.strides[d]);
            if self.index[d] < self.dims[d] {
                return true;
            }
            let back = self.strides[d].wrapping_mul(self.index[d]);
            self.offset = self.offset.wrapping_sub(back);
            self.index[d] = 0;
        }
        false
    }
}

/// `y` is the sum over the reduced axes.
pub fn reduce_sum<T: Number>(p: &Reduce, x: &[T], y: &mut [T]) {
    reduce(p, T::ZERO, T::plus, x, y);
}

/// `y` is the product over the reduced axes.
pub fn reduce_prod<T: Number>(p: &Reduce, x: &[T], y: &mut [T]) {
    reduce(p, T::ONE, T::times, x, y);
}

/// `y` is the greatest number along the reduced axes; [`Number::LEAST`] if there is none.
pub fn reduce_max<T: Number>(p: &Reduce, x: &[T], y: &mut [T]) {
    reduce(p, T::LEAST, T::or_greater, x, y);
}

/// `y` is the least number along the reduced axes; [`Number::GREATEST`] if there is none.
pub fn reduce_min<T: Number>(p: &Reduce, x: &[T], y: &mut [T]) {
    reduce(p, T::GREATEST, T::or_less, x, y);
}

/// `y` is the mean over the reduced axes.
pub fn reduce_mean_f32(p: &Reduce, x: &[f32], y: &mut [f32]) {
    reduce_sum(p, x, y);
    let count = p.reduced.iter().product::<usize>() as f32;
    for y in y {
        *y /= count;
    }
}

#[inline(always)]
fn reduce<T: Number>(
    p: &Reduce,
    identity: T,
    combine: impl Fn(T, T) -> T + Copy,
    x: &[T],
    y: &mut [T],
) {
    debug_assert_eq!(y.len(), p.kept.iter().product::<usize>());
    if p.reduced.contains(&0) {
        y.fill(identity);
        return;
    }
    let (n, stride) = (p.kept[3], p.kept_strides[3]);
    let mut rows = Walk::new(&p.kept, &p.kept_strides);
    for y in blocks_mut(y, n) {
        let mut x = x.get(rows.offset..).unwrap_or(&[]);
        if stride == 1 && n > 1 {
            for y in y.chunks_mut(LANES) {
                columns(p, identity, combine, x, y);
                x = x.get(LANES..).unwrap_or(&[]);
            }
        } else {
            for y in y {
                *y = single(p, identity, combine, x);
                x = x.get(stride..).unwrap_or(&[]);
            }
        }
        rows.step();
    }
}

/// Up to [`LANES`] neighbouring results, whose operands are neighbours too.
#[inline(always)]
fn columns<T: Number>(
    p: &Reduce,
    identity: T,
    combine: impl Fn(T, T) -> T + Copy,
    x: &[T],
    y: &mut [T],
) {
    let mut total = [identity; LANES];
    let mut lines = Walk::new(&p.reduced, &p.reduced_strides);
    loop {
        let line = x.get(lines.offset..).unwrap_or(&[]);
        let mut from = 0;
        while from < p.reduced[3] {
            let to = p.reduced[3].min(from + BLOCK);
            let mut block = [identity; LANES];
            for k in from..to {
                let row = line.get(k * p.reduced_strides[3]..).unwrap_or(&[]);
                if let (Some(row), true) = (row.first_chunk::<LANES>(), y.len() == LANES) {
                    merge(&mut block, row, combine);
                } else {
                    merge(&mut block, row.get(..y.len()).unwrap_or(&[]), combine);
                }
            }
            merge(&mut total, &block, combine);
            from = to;
        }
        if !lines.step() {
            break;
        }
    }
    y.iter_mut().zip(total).for_each(|(y, total)| *y = total);
}

#[inline(always)]
fn merge<T: Number>(acc: &mut [T; LANES], row: &[T], combine: impl Fn(T, T) -> T) {
    for (acc, &x) in acc.iter_mut().zip(row) {
        *acc = combine(*acc, x);
    }
}

/// One result.
#[inline(always)]
fn single<T: Number>(p: &Reduce, identity: T, combine: impl Fn(T, T) -> T + Copy, x: &[T]) -> T {
    let (n, stride) = (p.reduced[3], p.reduced_strides[3]);
    let mut lines = Walk::new(&p.reduced, &p.reduced_strides);
    let mut total = identity;
    loop {
        let x = x.get(lines.offset..).unwrap_or(&[]);
        let of_line = if stride == 1 {
            line(x.get(..n).unwrap_or(x), identity, combine)
        } else {
            let x = x.iter().step_by(stride.max(1)).take(n);
            x.fold(identity, |acc, &x| combine(acc, x))
        };
        total = combine(total, of_line);
        if !lines.step() {
            return total;
        }
    }
}

/// The reduction of a contiguous line, in [`LANES`] interleaved parts.
#[inline(always)]
pub(super) fn line<T: Number>(x: &[T], identity: T, combine: impl Fn(T, T) -> T + Copy) -> T {
    line_of(x, identity, |x| x, combine)
}

/// The reduction of `f` of a contiguous line.
#[inline(always)]
pub(super) fn line_of<T: Number>(
    x: &[T],
    identity: T,
    f: impl Fn(T) -> T + Copy,
    combine: impl Fn(T, T) -> T + Copy,
) -> T {
    let step = |acc, x| combine(acc, f(x));
    let mut total = [identity; LANES];
    for block in x.chunks(LANES * BLOCK) {
        let mut lanes = [identity; LANES];
        let (whole, rest) = block.as_chunks::<LANES>();
        for chunk in whole {
            merge(&mut lanes, chunk, step);
        }
        merge(&mut lanes, rest, step);
        merge(&mut total, &lanes, combine);
    }
    let [a, b, c, d, e, f, g, h] = total;
    let left = combine(combine(a, e), combine(c, g));
    combine(left, combine(combine(b, f), combine(d, h)))
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    /// Sums in `f64`, element by element.
    fn reference(p: &Reduce, x: &[f32]) -> Vec<f64> {
        let all = |dims: [usize; 4], strides: [usize; 4]| {
            let mut offsets = std::vec![0];
            for (n, stride) in dims.into_iter().zip(strides) {
                offsets = offsets
                    .iter()
                    .flat_map(|&o| (0..n).map(move |i| o + i * stride))
                    .collect::<Vec<usize>>();
            }
            offsets
        };
        let inner = all(p.reduced, p.reduced_strides);
        all(p.kept, p.kept_strides)
            .iter()
            .map(|&o| inner.iter().map(|&i| f64::from(x[o + i])).sum())
            .collect()
    }

    /// The parameters that reduce the marked axes of a contiguous tensor.
    fn params(dims: &[usize], reduced: &[bool]) -> Reduce {
        let mut p = Reduce {
            kept: [1; 4],
            kept_strides: [0; 4],
            reduced: [1; 4],
            reduced_strides: [0; 4],
        };
        let (mut stride, mut kept_at, mut reduced_at) = (1, 4, 4);
        for (&n, &r) in dims.iter().zip(reduced).rev() {
            if r {
                reduced_at -= 1;
                (p.reduced[reduced_at], p.reduced_strides[reduced_at]) = (n, stride);
            } else {
                kept_at -= 1;
                (p.kept[kept_at], p.kept_strides[kept_at]) = (n, stride);
            }
            stride *= n;
        }
        p
    }

    #[test]
    fn every_set_of_axes_is_summed() {
        for dims in [[3, 4, 5, 6], [1, 7, 2, 9], [2, 1, 300, 17], [5, 3, 2, 1]] {
            let n: usize = dims.iter().product();
            let x: Vec<f32> = (0..n)
                .map(|i| (i * 7919 % 1013) as f32 / 512.0 - 0.9)
                .collect();
            for set in 0..16 {
                let p = params(&dims, &[0, 1, 2, 3].map(|d| set >> d & 1 == 1));
                let want = reference(&p, &x);
                let mut y = std::vec![f32::NAN; want.len()];
                reduce_sum(&p, &x, &mut y);
                for (y, want) in y.iter().zip(&want) {
                    assert!(
                        (f64::from(*y) - want).abs() < 1e-6 * n as f64 + 1e-5,
                        "{p:?}: {y}, not {want}"
                    );
                }
            }
        }
    }

    #[test]
    fn long_sums_stay_accurate() {
        let x: Vec<f32> = (0..1_000_000)
            .map(|i| 0.1 + (i % 10) as f32 * 1e-3)
            .collect();
        let want: f64 = x.iter().map(|&x| f64::from(x)).sum();
        let mut y = [0.0];
        reduce_sum(&params(&[1_000_000], &[true]), &x, &mut y);
        assert!(
            (f64::from(y[0]) / want - 1.0).abs() < 1e-5,
            "{y:?}, not {want}"
        );
        let mut y = [0.0; 2];
        reduce_mean_f32(&params(&[500_000, 2], &[true, false]), &x, &mut y);
        assert!(
            (y[0] - 0.104).abs() < 1e-5 && (y[1] - 0.105).abs() < 1e-5,
            "{y:?}"
        );
    }

    #[test]
    fn extremes_and_products_of_all_kinds() {
        let p = params(&[2, 3], &[false, true]);
        let mut y = [0i8; 2];
        reduce_max(&p, &[-3i8, -1, -2, 4, 6, 5], &mut y);
        assert_eq!(y, [-1, 6]);
        reduce_min(&p, &[-3i8, -1, -2, 4, 6, 5], &mut y);
        assert_eq!(y, [-3, 4]);
        let mut y = [0i64; 2];
        reduce_prod(&p, &[1i64, 2, 3, 4, 5, 6], &mut y);
        assert_eq!(y, [6, 120]);
        let mut y = [0f32; 2];
        reduce_max(&p, &[1.0, f32::NAN, 2.0, -4.0, -6.0, -5.0], &mut y);
        assert!(y[0].is_nan() && y[1] == -4.0);
    }

    #[test]
    fn nothing_reduces_to_the_identity() {
        let p = params(&[2, 0], &[false, true]);
        let mut y = [1.0f32; 2];
        reduce_sum(&p, &[], &mut y);
        assert_eq!(y, [0.0; 2]);
        reduce_max(&p, &[], &mut y);
        assert_eq!(y, [f32::NEG_INFINITY; 2]);
        reduce_prod(&p, &[], &mut y);
        assert_eq!(y, [1.0; 2]);
    }
}
