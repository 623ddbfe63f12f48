//! The inner loop of convolutions and matrix products: a few rows of `x` times rows of weights.

use super::arithmetic::{Arithmetic, full_factors};
use super::tile::Sums;
use super::weights::WeightRows;

/// `sums[p][j] += Σi x[p][i] · w[i][j]`, in order of `i`, `K` products at a time.
#[inline(always)]
pub(super) fn products<
    A: Arithmetic,
    W: WeightRows<A::Factor>,
    const P: usize,
    const L: usize,
    const K: usize,
>(
    arithmetic: A,
    x: [&[A::X]; P],
    w: W,
    sums: Sums<A::Sum, P, L>,
) -> Sums<A::Sum, P, L> {
    let (len, x) = equally_long(x);
    let (mut w, mut sums) = (w, sums);
    let mut done = 0;
    if K > 1 {
        while done + K <= len
            && let Some(weights) = w.full_rows::<L, K>(0)
            && let Some(factors) = factors::<A, P, K>(arithmetic, &x, done)
        {
            arithmetic.add_products(&mut sums, &factors, &weights);
            let Some(rest) = w.after(K) else { return sums };
            (w, done) = (rest, done + K);
        }
    } else if w.have::<L>(len) {
        return single_products(arithmetic, (len, x), |row| w.full(row), sums);
    }
    let x = x.map(|x| x.get(done..).unwrap_or(&[]));
    single_products(arithmetic, (len - done, x), |row| w.some(row), sums)
}

/// The length of the shortest row, and the rows up to there: of one length, which a compiler sees.
#[inline(always)]
fn equally_long<T, const P: usize>(x: [&[T]; P]) -> (usize, [&[T]; P]) {
    let len = x.iter().map(|x| x.len()).min().unwrap_or(0);
    let mut rows: [&[T]; P] = [&[]; P];
    for (row, x) in rows.iter_mut().zip(x) {
        match x.get(..len) {
            Some(x) => *row = x,
            None => return (0, [&[]; P]),
        }
    }
    (len, rows)
}

/// The products one at a time.
#[inline(always)]
fn single_products<A: Arithmetic, const P: usize, const L: usize>(
    arithmetic: A,
    (len, x): (usize, [&[A::X]; P]),
    w: impl Fn(usize) -> Option<[A::Factor; L]>,
    mut sums: Sums<A::Sum, P, L>,
) -> Sums<A::Sum, P, L> {
    for i in 0..len {
        let Some(w) = w(i) else { break };
        let x = x.map(|x| [arithmetic.factor(x.get(i).copied().unwrap_or_default())]);
        arithmetic.add_products(&mut sums, &x, &[w]);
    }
    sums
}

/// `K` elements of each row, from `first` on, as factors.
#[inline(always)]
fn factors<A: Arithmetic, const P: usize, const K: usize>(
    arithmetic: A,
    rows: &[&[A::X]; P],
    first: usize,
) -> Option<[[A::Factor; K]; P]> {
    let mut factors = [[A::Factor::default(); K]; P];
    for (row, factors) in rows.iter().zip(&mut factors) {
        *factors = full_factors(arithmetic, row.get(first..first + K)?)?;
    }
    Some(factors)
}
