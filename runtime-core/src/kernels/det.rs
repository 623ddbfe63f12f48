//! Determinants.

use super::blocks::{blocks, blocks_mut};

/// The shape `x[batch, n, n]`, `y[batch]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Det {
    /// Matrices.
    pub batch: usize,
    /// Rows and columns.
    pub n: usize,
}

/// `y` is the determinant of each matrix, by elimination with the greatest pivot of each column.
/// `rows[n · n]` is scratch.
pub fn det_f32(p: &Det, x: &[f32], y: &mut [f32], rows: &mut [f32]) {
    debug_assert!(x.len() == p.batch * p.n * p.n && y.len() == p.batch);
    debug_assert_eq!(rows.len(), p.n * p.n);
    y.fill(1.0);
    for (x, y) in blocks(x, p.n * p.n).zip(y) {
        for (row, x) in rows.iter_mut().zip(x) {
            *row = *x;
        }
        let mut rest = &mut *rows;
        for column in 0..p.n {
            let Some((first, others)) = rest.split_at_mut_checked(p.n) else {
                break;
            };
            if exchange(column, first, others) {
                *y = -*y;
            }
            let pivot = first.get(column).copied().unwrap_or(0.0);
            *y *= pivot;
            if pivot == 0.0 {
                break;
            }
            for row in blocks_mut(others, p.n) {
                let factor = row.get(column).copied().unwrap_or(0.0) / pivot;
                for (r, f) in row.iter_mut().zip(&*first) {
                    *r -= factor * *f;
                }
            }
            rest = others;
        }
    }
}

/// Exchanges the first row for that with the greatest element in `column`; whether it was another.
#[inline(always)]
fn exchange(column: usize, first: &mut [f32], others: &mut [f32]) -> bool {
    let size = |row: &[f32]| row.get(column).map_or(0.0, |x| x.abs());
    let n = first.len();
    let (mut greatest, mut at) = (size(first), None);
    for (i, row) in blocks(others, n).enumerate() {
        if size(row) > greatest {
            (greatest, at) = (size(row), Some(i));
        }
    }
    let Some(row) = at.and_then(|i| others.get_mut(i * n..)) else {
        return false;
    };
    for (a, b) in first.iter_mut().zip(row) {
        core::mem::swap(a, b);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn det<const N: usize>(x: [[f32; N]; N]) -> f32 {
        let (mut y, mut rows) = ([9.0], [9.0; 64]);
        let p = Det { batch: 1, n: N };
        det_f32(&p, x.as_flattened(), &mut y, &mut rows[..N * N]);
        y[0]
    }

    #[test]
    fn determinants_of_small_matrices() {
        assert_eq!(det([[3.0]]), 3.0);
        assert!((det([[1.0, 2.0], [3.0, 4.0]]) + 2.0).abs() < 1e-6);
        assert_eq!(det([[0.0, 2.0], [3.0, 4.0]]), -6.0);
        assert_eq!(det([[1.0, 2.0], [2.0, 4.0]]), 0.0);
        assert_eq!(
            det([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]),
            1.0
        );
        let x = [[2.0, -1.0, 0.0], [1.0, 3.0, 2.0], [0.0, 5.0, -4.0]];
        assert!((det(x) + 48.0).abs() < 1e-4);
        assert_eq!(det::<0>([]), 1.0);
    }

    #[test]
    fn matrices_of_a_batch_are_apart() {
        let (mut y, mut rows) = ([9.0; 2], [9.0; 4]);
        let x = [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 5.0];
        det_f32(&Det { batch: 2, n: 2 }, &x, &mut y, &mut rows);
        assert_eq!(y, [0.0, 5.0]);
    }
}
