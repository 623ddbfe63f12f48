//! Triangles of matrices.

use super::blocks::{blocks, blocks_mut};

/// `x` and `y` are `[batch, rows, columns]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trilu {
    /// Rows of a matrix.
    pub rows: usize,
    /// Columns of a matrix.
    pub columns: usize,
    /// The diagonal that bounds the triangle and belongs to it: 0 the main one, above it positive.
    pub diagonal: isize,
    /// Whether the triangle above the diagonal is kept, or the one below.
    pub upper: bool,
}

/// `y` is `x` inside the triangle and zero elsewhere.
pub fn trilu<T: Copy + Default>(p: &Trilu, x: &[T], y: &mut [T]) {
    debug_assert_eq!(x.len(), y.len());
    let matrix = p.rows * p.columns;
    for (x, y) in blocks(x, matrix).zip(blocks_mut(y, matrix)) {
        // The first column right of the bound; a lower triangle has the diagonal left of it.
        let mut bound = p.diagonal.wrapping_add(if p.upper { 0 } else { 1 });
        for (x, y) in blocks(x, p.columns).zip(blocks_mut(y, p.columns)) {
            for (c, (y, &x)) in y.iter_mut().zip(x).enumerate() {
                let right = c as isize >= bound;
                *y = if right == p.upper { x } else { T::default() };
            }
            bound = bound.wrapping_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_triangles_of_every_diagonal() {
        let x: [u8; 24] = core::array::from_fn(|i| i as u8 + 1);
        for (rows, columns) in [(3, 4), (4, 3), (1, 12), (12, 1), (2, 2)] {
            for diagonal in -5..6 {
                for upper in [false, true] {
                    let p = Trilu {
                        rows,
                        columns,
                        diagonal,
                        upper,
                    };
                    let mut y = [99; 24];
                    trilu(&p, &x, &mut y);
                    for (k, (&x, &y)) in x.iter().zip(&y).enumerate() {
                        let above = (k % columns) as isize - (k / columns % rows) as isize;
                        let kept = match upper {
                            true => above >= diagonal,
                            false => above <= diagonal,
                        };
                        assert_eq!(y, if kept { x } else { 0 }, "{p:?} element {k}");
                    }
                }
            }
        }
    }
}
