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
    if w.have::<L>(x[0].len()) {
        products_with::<A, P, L, K>(arithmetic, x, |row| w.full(row), sums)
    } else {
        products_with::<A, P, L, K>(arithmetic, x, |row| w.some(row), sums)
    }
}

#[inline(always)]
fn products_with<A: Arithmetic, const P: usize, const L: usize, const K: usize>(
    arithmetic: A,
    x: [&[A::X]; P],
    w: impl Fn(usize) -> Option<[A::Factor; L]>,
    mut sums: Sums<A::Sum, P, L>,
) -> Sums<A::Sum, P, L> {
    let len = x.iter().map(|x| x.len()).min().unwrap_or(0);
    let mut x = x.map(|x| x.get(..len).unwrap_or(&[]));
    let mut row = 0;
    if K > 1 {
        while let Some(factors) = take::<A, P, K>(arithmetic, &mut x) {
            let mut weights = [[A::Factor::default(); L]; K];
            for (weights, k) in weights.iter_mut().zip(0..) {
                let Some(w) = w(row + k) else { return sums };
                *weights = w;
            }
            arithmetic.add_products(&mut sums, &factors, &weights);
            row += K;
        }
    }
    for i in 0..len - row {
        let Some(w) = w(row + i) else { break };
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
