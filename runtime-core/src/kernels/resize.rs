//! Resampling along one axis by tables of positions and weights.
//!
//! Every mode of ONNX Resize is separable, and where and with which weights an output reads depends
//! on its position alone. So the compiler makes the tables, and an image is resized by one call for
//! each axis. Nearest-neighbour modes have no weights: they are
//! `gather_axis`.

use super::blocks::{blocks, blocks_mut};

/// Shapes of `x[outer, in_len, inner]`, `y[outer, out_len, inner]` and of the tables
/// `indices[out_len, taps]`, `weights[out_len, taps]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ResizeAxis {
    /// Product of the dimensions before the axis.
    pub outer: usize,
    /// Length of the axis in `x`.
    pub in_len: usize,
    /// Length of the axis in `y`.
    pub out_len: usize,
    /// Product of the dimensions after the axis.
    pub inner: usize,
    /// Elements that an output is made of.
    pub taps: usize,
    /// What outputs get whose first index is negative: the extrapolation value of ONNX.
    pub outside: f32,
}

/// `y[o, j, i] = Σt weights[j, t] · x[o, indices[j, t], i]`, or `outside`.
pub fn resize_axis_f32(p: &ResizeAxis, x: &[f32], indices: &[i32], weights: &[f32], y: &mut [f32]) {
    let add = |sum: f32, weight: f32, x: f32| sum + weight * x;
    resize(
        p,
        p.outside,
        (|weight, x| weight * x, add),
        x,
        (indices, weights),
        y,
    );
}

/// The same of integers, which wrap; `outside` is rounded towards 0.
pub fn resize_axis_i32(p: &ResizeAxis, x: &[i32], indices: &[i32], weights: &[i32], y: &mut [i32]) {
    let add = |sum: i32, weight: i32, x: i32| sum.wrapping_add(weight.wrapping_mul(x));
    resize(
        p,
        p.outside as i32,
        (i32::wrapping_mul, add),
        x,
        (indices, weights),
        y,
    );
}

/// Sums begin with the first product: zeros keep their signs.
#[inline(always)]
fn resize<T: Copy>(
    p: &ResizeAxis,
    outside: T,
    (product, add): (impl Fn(T, T) -> T, impl Fn(T, T, T) -> T),
    x: &[T],
    (indices, weights): (&[i32], &[T]),
    y: &mut [T],
) {
    debug_assert_eq!(x.len(), p.outer * p.in_len * p.inner);
    debug_assert_eq!(y.len(), p.outer * p.out_len * p.inner);
    debug_assert_eq!(indices.len(), p.out_len * p.taps);
    debug_assert_eq!(weights.len(), indices.len());
    let outputs = blocks_mut(y, p.out_len * p.inner);
    for (x, y) in blocks(x, p.in_len * p.inner).zip(outputs) {
        let tables = blocks(indices, p.taps).zip(blocks(weights, p.taps));
        for (y, (indices, weights)) in blocks_mut(y, p.inner).zip(tables) {
            if indices.first().is_some_and(|&i| i < 0) {
                y.fill(outside);
                continue;
            }
            let mut first = true;
            for (&index, &weight) in indices.iter().zip(weights) {
                let x = x.get(index as usize * y.len()..).unwrap_or(&[]);
                for (y, &x) in y.iter_mut().zip(x) {
                    *y = if first {
                        product(weight, x)
                    } else {
                        add(*y, weight, x)
                    };
                }
                first = false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_middle_axis_doubles_linearly() {
        // Half-pixel linear upsampling of [2, 3, 2] to [2, 6, 2]; the last output lies outside.
        let x = [
            0.0, 10.0, 4.0, 20.0, 8.0, 30.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0,
        ];
        let indices = [0, 0, 0, 1, 0, 1, 1, 2, 1, 2, -1, 0];
        let weights = [
            1.0, 0.0, 0.75, 0.25, 0.25, 0.75, 0.75, 0.25, 0.25, 0.75, 0.0, 0.0,
        ];
        let p = ResizeAxis {
            outer: 2,
            in_len: 3,
            out_len: 6,
            inner: 2,
            taps: 2,
            outside: -1.0,
        };
        let mut y = [f32::NAN; 24];
        resize_axis_f32(&p, &x, &indices, &weights, &mut y);
        let first = [
            0.0, 10.0, 1.0, 12.5, 3.0, 17.5, 5.0, 22.5, 7.0, 27.5, -1.0, -1.0,
        ];
        assert_eq!(y[..12], first);
        assert_eq!(y[12..14], [1.0, 2.0]);
        assert_eq!(y[14..16], [1.5, 2.5]);
    }

    #[test]
    fn the_last_axis_has_rows_of_one() {
        let p = ResizeAxis {
            outer: 2,
            in_len: 4,
            out_len: 2,
            inner: 1,
            taps: 4,
            outside: 0.0,
        };
        let indices = [0, 1, 2, 3, 3, 2, 1, 0];
        let weights = [0.5, 0.25, 0.125, 0.125, 0.5, 0.25, 0.125, 0.125];
        let mut y = [0.0; 4];
        let x = [1.0, 2.0, 3.0, 4.0, 8.0, 8.0, 8.0, 8.0];
        resize_axis_f32(&p, &x, &indices, &weights, &mut y);
        assert_eq!(y, [1.875, 3.125, 8.0, 8.0]);
    }
}
