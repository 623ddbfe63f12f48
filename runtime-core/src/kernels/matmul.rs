//! Matrix products, batched, with bias and activation.

use super::activation::Activation;

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

/// Columns computed at once.
const NR: usize = 8;

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
    let mut matrices = y.chunks_exact_mut((p.m * p.n).max(1));
    for i in 0..p.batch[0] {
        for j in 0..p.batch[1] {
            for l in 0..p.batch[2] {
                let at = |s: &[usize; 3], size| (i * s[0] + j * s[1] + l * s[2]) * size;
                let x = x.get(at(&p.x_batch, p.m * p.k)..).unwrap_or(&[]);
                let w = w.get(at(&p.w_batch, p.k * p.n)..).unwrap_or(&[]);
                let Some(y) = matrices.next() else { return };
                let x_rows = x.chunks_exact(p.k.max(1));
                for (x, y) in x_rows.zip(y.chunks_exact_mut(p.n.max(1))) {
                    row(f, accumulate, x, w, bias, y);
                }
            }
        }
    }
}

/// One row of the product: `NR` columns at a time, each a sum over `k` in order.
fn row(
    f: impl Fn(f32) -> f32,
    accumulate: bool,
    x: &[f32],
    w: &[f32],
    bias: &[f32],
    y: &mut [f32],
) {
    let n = y.len();
    let mut column = 0;
    for y in y.chunks_mut(NR) {
        let mut acc = [0.0; NR];
        for (acc, &b) in acc.iter_mut().zip(bias.get(column..).unwrap_or(&[])) {
            *acc = b;
        }
        let w = w.get(column..).unwrap_or(&[]);
        if y.len() == NR {
            for (&x, w) in x.iter().zip(w.chunks(n.max(1))) {
                if let Some(w) = w.first_chunk::<NR>() {
                    for (acc, &w) in acc.iter_mut().zip(w) {
                        *acc += x * w;
                    }
                }
            }
        } else {
            for (&x, w) in x.iter().zip(w.chunks(n.max(1))) {
                for (acc, &w) in acc.iter_mut().zip(w.iter().take(y.len())) {
                    *acc += x * w;
                }
            }
        }
        for (y, acc) in y.iter_mut().zip(acc) {
            *y = f(if accumulate { *y + acc } else { acc });
        }
        column += NR;
    }
}
