//! Permutation of axes.

/// Dimensions of the output, outermost first, and how far the input moves along each.
///
/// Unused outer dimensions are 1; strides count elements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transpose {
    /// Output dimensions.
    pub dims: [usize; 6],
    /// Input strides along the output dimensions.
    pub strides: [usize; 6],
}

/// `y[i0, .., i5] = x[Σ i·strides]`.
pub fn transpose<T: Copy>(p: &Transpose, x: &[T], y: &mut [T]) {
    debug_assert_eq!(y.len(), p.dims.iter().product::<usize>());
    let (n, stride) = (p.dims[5], p.strides[5]);
    let mut index = [0; 5];
    let mut offset = 0usize;
    for y in y.chunks_exact_mut(n.max(1)) {
        let x = x.get(offset..).unwrap_or(&[]);
        if stride == 1 {
            for (y, &x) in y.iter_mut().zip(x) {
                *y = x;
            }
        } else {
            for (y, &x) in y.iter_mut().zip(x.iter().step_by(stride.max(1))) {
                *y = x;
            }
        }
        for d in (0..5).rev() {
            index[d] += 1;
            offset = offset.wrapping_add(p.strides[d]);
            if index[d] < p.dims[d] {
                break;
            }
            offset = offset.wrapping_sub(p.strides[d].wrapping_mul(index[d]));
            index[d] = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_is_transposed() {
        let p = Transpose {
            dims: [1, 1, 1, 1, 3, 2],
            strides: [0, 0, 0, 0, 1, 3],
        };
        let mut y = [0; 6];
        transpose(&p, &[1, 2, 3, 4, 5, 6], &mut y);
        assert_eq!(y, [1, 4, 2, 5, 3, 6]);
    }
}
