//! Products of matrices of floats with weights that are quantised and constant.
//!
//! Weights are made floats as they are read, and products are summed in floats, block by block of
//! the weights that share a scale.

use super::super::simd;
use super::activation::specialise;
use super::arithmetic::{Arithmetic, Floats};
use super::matmul::{ByRows, MatMul, rows};
use super::products::products;
use super::tile::{Columns, FLOAT_K, MR, NR, Sums};
use super::weights::{Nibbles, Plain, Same, WeightRows, Widened};
use super::window::Tile;
use core::ops::Range;

/// A product with quantised weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MatMulWeights {
    /// The shapes, and the activation.
    pub product: MatMul,
    /// Rows of `w` that share a row of scales, at least 1; the last ones may be fewer.
    pub block: usize,
}

/// `y = activation(Σ scales[k / block, n] * (Σ x[m, k] * w[k, n]) + bias[n])`, the inner sum over a
/// block.
///
/// `scales` has a row of `n` for each block, and `bias` has `n` elements, or none. Where `w` is
/// batched, `scales` is alike.
#[inline(always)]
pub fn matmul_w8(
    p: &MatMulWeights,
    x: &[f32],
    w: &[i8],
    scales: &[f32],
    bias: &[f32],
    y: &mut [f32],
) {
    let w = Plain {
        values: w,
        columns: p.product.n,
        convert: Widened,
    };
    specialise!(p.product.activation, f => matmul(p, f, x, w, (scales, bias), y));
}

/// As [`matmul_w8`], with signed weights of 4 bits: two in a byte, the first in the low bits; each
/// row begins at a whole byte.
#[inline(always)]
pub fn matmul_w4(
    p: &MatMulWeights,
    x: &[f32],
    w: &[u8],
    scales: &[f32],
    bias: &[f32],
    y: &mut [f32],
) {
    let w = Nibbles::new(w, p.product.n);
    specialise!(p.product.activation, f => matmul(p, f, x, w, (scales, bias), y));
}

fn matmul(
    p: &MatMulWeights,
    f: impl Fn(f32) -> f32 + Copy,
    x: &[f32],
    w: impl WeightRows<f32>,
    (scales, bias): (&[f32], &[f32]),
    y: &mut [f32],
) {
    let MatMul { m, k, n, .. } = p.product;
    let blocks = (k + p.block.saturating_sub(1)).checked_div(p.block);
    let blocks = blocks.unwrap_or(0);
    let scales = Plain {
        values: scales,
        columns: n,
        convert: Same,
    };
    p.product.matrices(y, |x_matrix, w_matrix, y| {
        let product = Product {
            floats: Floats {
                f,
                accumulate: false,
                bias,
            },
            k,
            n,
            block: p.block,
            blocks,
            w: w.starting_at(w_matrix * k, 0),
            scales: scales.starting_at(w_matrix * blocks, 0),
        };
        let x = x.get(x_matrix * m * k..).unwrap_or(&[]);
        product.matrix::<MR>([k, n], x, y);
    });
}

/// The operands of one matrix product but `x`, and its sizes.
struct Product<'a, F, W, S> {
    floats: Floats<'a, F>,
    k: usize,
    n: usize,
    block: usize,
    blocks: usize,
    w: W,
    scales: S,
}

impl<F, W, S> ByRows<f32, f32> for Product<'_, F, W, S>
where
    F: Fn(f32) -> f32 + Copy,
    W: WeightRows<f32>,
    S: WeightRows<f32>,
{
    /// [`NR`] columns at a time, block by block.
    #[inline(always)]
    fn rows<const R: usize>(&self, columns: Range<usize>, x: &[f32], y: &mut [f32]) {
        let (x, tile) = (rows::<_, R>(x, self.k), Tile::of_rows());
        for columns in Columns::split(columns, self.n, NR) {
            let mut totals: Sums<f32, R, NR> = [[0.0; NR]; R];
            for block in 0..self.blocks {
                let first = block * self.block;
                let len = self.block.min(self.k - first);
                let x = x.map(|x| x.get(first..).and_then(|x| x.get(..len)).unwrap_or(&[]));
                let w = self.w.starting_at(first, columns.first);
                let none = [[0.0; NR]; R];
                let sums = products::<_, _, R, NR, FLOAT_K>(self.floats, x, w, none);
                let scales = self.scales.starting_at(block, columns.first).some(0);
                simd::add_scaled(&mut totals, &sums, &scales.unwrap_or([0.0; NR]));
            }
            let bias: [f32; NR] = self.floats.start(&columns);
            // Once each, which is exact.
            simd::add_scaled(&mut totals, &[bias; R], &[1.0; NR]);
            columns.store(self.floats, &(), &tile, &totals, y);
        }
    }
}
