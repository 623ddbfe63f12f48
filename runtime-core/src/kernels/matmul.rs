//! Matrix products, batched, with bias and activation.

use super::activation::Activation;
use super::blocks::blocks_mut;
use super::tile::{Columns, MR, NR, Sums, full_lanes, some_lanes};
use super::window::Tile;

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
    super::activation::specialise!(p.activation, f => matmul(p, f, false, x, w, bias, y));
}

/// `y = activation(y + x · w + bias)`.
#[inline(always)]
pub fn matmul_add_f32(p: &MatMul, x: &[f32], w: &[f32], bias: &[f32], y: &mut [f32]) {
    super::activation::specialise!(p.activation, f => matmul(p, f, true, x, w, bias, y));
}

/// The operands of one matrix product.
struct Product<'a> {
    m: usize,
    k: usize,
    n: usize,
    accumulate: bool,
    w: &'a [f32],
    bias: &'a [f32],
}

fn matmul(
    p: &MatMul,
    f: impl Fn(f32) -> f32 + Copy,
    accumulate: bool,
    x: &[f32],
    w: &[f32],
    bias: &[f32],
    y: &mut [f32],
) {
    debug_assert_eq!(y.len(), p.batch.iter().product::<usize>() * p.m * p.n);
    let mut matrices = blocks_mut(y, p.m * p.n);
    for i in 0..p.batch[0] {
        for j in 0..p.batch[1] {
            for l in 0..p.batch[2] {
                let at = |s: &[usize; 3], size| (i * s[0] + j * s[1] + l * s[2]) * size;
                let x = x.get(at(&p.x_batch, p.m * p.k)..).unwrap_or(&[]);
                let w = w.get(at(&p.w_batch, p.k * p.n)..).unwrap_or(&[]);
                let Some(y) = matrices.next() else { return };
                let (m, k, n) = (p.m, p.k, p.n);
                Product {
                    m,
                    k,
                    n,
                    accumulate,
                    w,
                    bias,
                }
                .matrix(f, x, y);
            }
        }
    }
}

impl Product<'_> {
    /// All rows, [`MR`] at a time.
    #[inline(always)]
    fn matrix(&self, f: impl Fn(f32) -> f32 + Copy, x: &[f32], y: &mut [f32]) {
        let tiled = self.m / MR * MR;
        let Some((tiles, rest)) = y.split_at_mut_checked(tiled * self.n) else {
            return;
        };
        for (i, rows) in blocks_mut(tiles, MR * self.n).enumerate() {
            self.rows::<MR>(f, x.get(i * MR * self.k..).unwrap_or(&[]), rows);
        }
        for (i, row) in blocks_mut(rest, self.n).enumerate() {
            self.rows::<1>(f, x.get((tiled + i) * self.k..).unwrap_or(&[]), row);
        }
    }

    /// `R` rows of the product, [`NR`] columns at a time, each a sum over `k` in order.
    #[inline(always)]
    fn rows<const R: usize>(&self, f: impl Fn(f32) -> f32 + Copy, x: &[f32], y: &mut [f32]) {
        let row = |r: usize| {
            x.get(r * self.k..)
                .and_then(|x| x.get(..self.k))
                .unwrap_or(&[])
        };
        let x: [&[f32]; R] = core::array::from_fn(row);
        let tile = Tile {
            x: [0; R],
            y: core::array::from_fn(|r| r),
            len: R,
        };
        for columns in Columns::split(0..self.n, self.n, NR) {
            let mut sums: Sums<R> = [columns.load(self.bias); R];
            if columns.len == NR {
                self.sum(&x, columns.first, full_lanes, &mut sums);
            } else {
                self.sum(&x, columns.first, some_lanes, &mut sums);
            }
            columns.store(f, self.accumulate, &tile, &sums, y);
        }
    }

    /// Adds the products of rows of `x` and the columns of `w` from `column` on.
    #[inline(always)]
    fn sum<const R: usize>(
        &self,
        x: &[&[f32]; R],
        column: usize,
        lanes: impl Fn(&[f32]) -> Option<[f32; NR]>,
        sums: &mut Sums<R>,
    ) {
        if x.iter().any(|x| x.len() != self.k) {
            return;
        }
        let mut w = self.w.get(column..).unwrap_or(&[]);
        for i in 0..self.k {
            let Some(lanes) = lanes(w) else { return };
            for (sums, x) in sums.iter_mut().zip(x) {
                // Every row has k elements, but Thumb's optimiser does not see it.
                let x = x.get(i).copied().unwrap_or(0.0);
                for (sum, lane) in sums.iter_mut().zip(lanes) {
                    *sum += x * lane;
                }
            }
            w = w.get(self.n..).unwrap_or(&[]);
        }
    }
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
