//! The inner loop of convolutions and matrix products: a few rows of `x` times rows of weights.

use super::arithmetic::{Arithmetic, full_factors};
use super::tile::{Sums, VECTOR};
use super::weights::WeightRows;

/// `sums[p][j] += Σi x[p][i] · w[i][j]`, in order of `i`, `K` products at a time.
///
/// Where there are vectors, rows of `x` are read by one index, so that a loop checks a single length. Where
/// there are none, registers are few, and what was read is taken off each row.
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
    if VECTOR > 2 && K > 1 {
        return indexed_products::<_, _, P, L, K>(arithmetic, x, w, sums);
    }
    let (mut x, mut w, mut sums) = (x, w, sums);
    if K > 1 {
        x = equally_long(x).1;
        while let Some(weights) = w.full_rows::<L, K>(0)
            && let Some(factors) = take::<A, P, K>(arithmetic, &mut x)
        {
            arithmetic.add_products(&mut sums, &factors, &weights);
            let Some(rest) = w.after(K) else { return sums };
            w = rest;
        }
    } else if w.have::<L>(x[0].len()) {
        return single_products(arithmetic, x, |row| w.full(row), sums);
    }
    single_products(arithmetic, x, |row| w.some(row), sums)
}

/// [`products`] by one index for all rows of `x`.
#[inline(always)]
fn indexed_products<
    A: Arithmetic,
    W: WeightRows<A::Factor>,
    const P: usize,
    const L: usize,
    const K: usize,
>(
    arithmetic: A,
    x: [&[A::X]; P],
    mut w: W,
    mut sums: Sums<A::Sum, P, L>,
) -> Sums<A::Sum, P, L> {
    let (len, x) = cut(x);
    let mut done = 0;
    while done + K <= len
        && let Some(weights) = w.full_rows::<L, K>(0)
        && let Some(factors) = factors::<A, P, K>(arithmetic, &x, done)
    {
        arithmetic.add_products(&mut sums, &factors, &weights);
        let Some(rest) = w.after(K) else { return sums };
        (w, done) = (rest, done + K);
    }
    let x = x.map(|x| x.get(done..).unwrap_or(&[]));
    single_products(arithmetic, x, |row| w.some(row), sums)
}

/// The length of the shortest row, and the rows up to there: of one length, as a compiler sees.
#[inline(always)]
fn cut<T, const P: usize>(x: [&[T]; P]) -> (usize, [&[T]; P]) {
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

/// The length of the shortest row, and the rows up to there.
#[inline(always)]
fn equally_long<T, const P: usize>(x: [&[T]; P]) -> (usize, [&[T]; P]) {
    let len = x.iter().map(|x| x.len()).min().unwrap_or(0);
    (len, x.map(|x| x.get(..len).unwrap_or(&[])))
}

/// The products one at a time.
#[inline(always)]
fn single_products<A: Arithmetic, const P: usize, const L: usize>(
    arithmetic: A,
    x: [&[A::X]; P],
    w: impl Fn(usize) -> Option<[A::Factor; L]>,
    mut sums: Sums<A::Sum, P, L>,
) -> Sums<A::Sum, P, L> {
    let (len, x) = equally_long(x);
    for i in 0..len {
        let Some(w) = w(i) else { break };
        let x = x.map(|x| [arithmetic.factor(x.get(i).copied().unwrap_or_default())]);
        arithmetic.add_products(&mut sums, &x, &[w]);
    }
    sums
}

/// The first `K` elements of each row as factors; they are taken off the rows.
#[inline(always)]
fn take<A: Arithmetic, const P: usize, const K: usize>(
    arithmetic: A,
    rows: &mut [&[A::X]; P],
) -> Option<[[A::Factor; K]; P]> {
    let mut factors = [[A::Factor::default(); K]; P];
    for (row, factors) in rows.iter_mut().zip(&mut factors) {
        *factors = full_factors(arithmetic, row)?;
        *row = row.get(K..)?;
    }
    Some(factors)
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
