//! Matrix products, batched, with bias and activation.

use super::activation::Activation;
use super::arithmetic::{Arithmetic, Floats};
use super::blocks::blocks_mut;
use super::products::products;
use super::tile::{Columns, FLOAT_K, MR, NR, SLIM, STRIPE, WIDE, wide};
use super::weights::{Plain, Same, WeightRows};
use super::window::Tile;
use core::ops::Range;

/// Shapes of a batched matrix product: `[batch.., m, k] × [batch.., k, n] → [batch.., m, n]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MatMul {
    /// Batch dimensions, outermost first; unused ones are 1.
    pub batch: [usize; 3],
    /// Matrices that `x` moves by along each batch dimension; 0 where it is broadcast.
    pub x_batch: [usize; 3],
    /// Matrices that `w` moves by along each batch dimension; 0 where it is broadcast.
    pub w_batch: [usize; 3],
    /// Rows of `x` and `y`.
    pub m: usize,
    /// Columns of `x`, rows of `w`.
    pub k: usize,
    /// Columns of `w` and `y`.
    pub n: usize,
    /// Applied to each result.
    pub activation: Activation,
}

/// `y = activation(x · w + bias)`; `bias` has `n` elements, or none.
#[inline(always)]
pub fn matmul_f32(p: &MatMul, x: &[f32], w: &[f32], bias: &[f32], y: &mut [f32]) {
    super::activation::specialise!(p.activation, f => floats(p, f, false, (x, w, bias), y));
}

/// `y = activation(y + x · w + bias)`.
#[inline(always)]
pub fn matmul_add_f32(p: &MatMul, x: &[f32], w: &[f32], bias: &[f32], y: &mut [f32]) {
    super::activation::specialise!(p.activation, f => floats(p, f, true, (x, w, bias), y));
}

fn floats(
    p: &MatMul,
    f: impl Fn(f32) -> f32 + Copy,
    accumulate: bool,
    (x, w, bias): (&[f32], &[f32], &[f32]),
    y: &mut [f32],
) {
    let floats = Floats {
        f,
        accumulate,
        bias,
    };
    let w = Plain {
        values: w,
        columns: p.n,
        convert: Same,
    };
    matmul::<_, _, MR, FLOAT_K>(p, floats, x, w, y);
}

/// The products of all matrices in the given arithmetic, `P` rows of `y` and `K` columns of `x` at a
/// time.
pub(super) fn matmul<A: Arithmetic, W: WeightRows<A::Factor>, const P: usize, const K: usize>(
    p: &MatMul,
    arithmetic: A,
    x: &[A::X],
    w: W,
    y: &mut [A::Y],
) {
    debug_assert_eq!(y.len(), p.batch.iter().product::<usize>() * p.m * p.n);
    let (m, k, n) = (p.m, p.k, p.n);
    p.matrices(y, |x_matrix, w_matrix, y| {
        let product = Product::<_, _, K> {
            arithmetic,
            k,
            n,
            w: w.starting_at(w_matrix * k, 0),
        };
        let x = x.get(x_matrix * m * k..).unwrap_or(&[]);
        product.matrix::<P>([k, n], x, y);
    });
}

impl MatMul {
    /// Visits the matrices of `y`, with the numbers of the matrices of `x` and `w` that they are
    /// the product of.
    #[inline(always)]
    pub(super) fn matrices<Y>(&self, y: &mut [Y], mut visit: impl FnMut(usize, usize, &mut [Y])) {
        let mut matrices = blocks_mut(y, self.m * self.n);
        for i in 0..self.batch[0] {
            for j in 0..self.batch[1] {
                for l in 0..self.batch[2] {
                    let at = |s: &[usize; 3]| i * s[0] + j * s[1] + l * s[2];
                    let Some(y) = matrices.next() else { return };
                    visit(at(&self.x_batch), at(&self.w_batch), y);
                }
            }
        }
    }
}

/// One matrix product, computed some rows at a time.
pub(super) trait ByRows<X, Y> {
    /// Computes some columns of `R` rows: `y` holds just these rows, and `x` begins with theirs.
    fn rows<const R: usize>(&self, columns: Range<usize>, x: &[X], y: &mut [Y]);

    /// Computes all rows, a stripe of columns after the other; a row of `x` has `k` elements, one of `y` has `n`.
    #[inline(always)]
    fn matrix<const P: usize>(&self, [k, n]: [usize; 2], x: &[X], y: &mut [Y]) {
        for stripe in Columns::split(0..n, n, STRIPE) {
            self.stripe::<P>(stripe.range(), [k, n], x, y);
        }
    }

    /// Computes some columns of all rows, `P` at a time.
    #[inline(always)]
    fn stripe<const P: usize>(
        &self,
        columns: Range<usize>,
        [k, n]: [usize; 2],
        x: &[X],
        y: &mut [Y],
    ) {
        let mut row = 0;
        let mut next = |rows| {
            let x = x.get(row * k..).unwrap_or(&[]);
            row += rows;
            x
        };
        let whole = y.len().checked_div(P * n).unwrap_or(0) * P * n;
        let Some((tiles, rest)) = y.split_at_mut_checked(whole) else {
            return;
        };
        blocks_mut(tiles, P * n).for_each(|y| self.rows::<P>(columns.clone(), next(P), y));
        blocks_mut(rest, n).for_each(|y| self.rows::<1>(columns.clone(), next(1), y));
    }
}

/// The operand `w` of a product, and its sizes.
struct Product<A, W, const K: usize> {
    arithmetic: A,
    k: usize,
    n: usize,
    w: W,
}

impl<A: Arithmetic, W: WeightRows<A::Factor>, const K: usize> ByRows<A::X, A::Y>
    for Product<A, W, K>
{
    /// [`NR`] columns at a time, of a single row [`WIDE`] where there are as many.
    #[inline(always)]
    fn rows<const R: usize>(&self, columns: Range<usize>, x: &[A::X], y: &mut [A::Y]) {
        let x = rows::<_, R>(x, self.k);
        let (wide, narrow) = match R {
            1 => wide(&columns),
            _ => (0..0, columns),
        };
        self.columns::<R, WIDE>(x, wide, y);
        // What is left of the last tile, if half of one is enough.
        let full = narrow.len() - narrow.len() % NR;
        let full = match SLIM < NR && narrow.len() - full <= SLIM {
            true => narrow.start + full,
            false => narrow.end,
        };
        self.columns::<R, NR>(x, narrow.start..full, y);
        if SLIM < NR {
            self.columns::<R, SLIM>(x, full..narrow.end, y);
        }
    }
}

impl<A: Arithmetic, W: WeightRows<A::Factor>, const K: usize> Product<A, W, K> {
    /// Computes some columns, `L` at a time, of `R` rows.
    #[inline(always)]
    fn columns<const R: usize, const L: usize>(
        &self,
        x: [&[A::X]; R],
        columns: Range<usize>,
        y: &mut [A::Y],
    ) {
        for columns in Columns::split(columns, self.n, L) {
            let w = self.w.starting_at(0, columns.first);
            let start = [self.arithmetic.start::<L>(&columns); R];
            let sums = products::<_, _, R, L, K>(self.arithmetic, x, w, start);
            let finish = self.arithmetic.channels(&columns);
            columns.store(self.arithmetic, &finish, &Tile::of_rows(), &sums, y);
        }
    }
}

/// The first `R` rows of `k` elements of a matrix.
#[inline(always)]
pub(super) fn rows<T, const R: usize>(x: &[T], k: usize) -> [&[T]; R] {
    core::array::from_fn(|r| x.get(r * k..).and_then(|x| x.get(..k)).unwrap_or(&[]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Deterministic small numbers whose products and sums are exact.
    fn numbers<const N: usize>(seed: usize) -> [f32; N] {
        core::array::from_fn(|i| ((i * 7 + seed * 13) % 17) as f32 - 8.0)
    }

    fn check(m: usize, k: usize, n: usize) {
        let (x, w, bias) = (numbers::<200>(1), numbers::<900>(2), numbers::<40>(3));
        let (x, w, bias) = (&x[..m * k], &w[..k * n], &bias[..n]);
        let p = MatMul {
            batch: [1; 3],
            x_batch: [0; 3],
            w_batch: [0; 3],
            m,
            k,
            n,
            activation: Activation::Relu,
        };
        let mut y = numbers::<300>(4);
        let mut expected = y;
        let product = |r: usize, c: usize| (0..k).map(|i| x[r * k + i] * w[i * n + c]).sum::<f32>();
        for (i, y) in expected[..m * n].iter_mut().enumerate() {
            *y = (*y + bias[i % n] + product(i / n, i % n)).max(0.0);
        }
        matmul_add_f32(&p, x, w, bias, &mut y[..m * n]);
        assert_eq!(y, expected, "{m} × {k} × {n}");
    }

    #[test]
    fn products_of_all_shapes() {
        for m in [1, 3, 4, 7] {
            for k in [0, 1, 5, 24] {
                for n in [1, 7, 8, 16, 37] {
                    check(m, k, n);
                }
            }
        }
    }
}
