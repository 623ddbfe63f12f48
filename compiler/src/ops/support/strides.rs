//! Strided walks: the parameters of the kernels that copy regular selections.

use crate::diag::Diag;
use mlc_runtime_core::kernels::strided::Strided;

/// Elements from one index to the next along each axis of a row-major tensor.
pub fn row_major(shape: &[usize]) -> Vec<isize> {
    let mut strides = vec![0; shape.len()];
    let mut step = 1;
    for (stride, &dim) in strides.iter_mut().zip(shape).rev() {
        *stride = step;
        step *= dim as isize;
    }
    strides
}

/// Sizes and strides of a walk with dimensions of 1 dropped and neighbours merged where the walk
/// does not notice.
pub fn merge(dims: &[usize], strides: &[isize]) -> Vec<(usize, isize)> {
    let mut merged: Vec<(usize, isize)> = Vec::new();
    for (&dim, &stride) in dims.iter().zip(strides).filter(|(dim, _)| **dim != 1) {
        match merged.last_mut() {
            Some(outer) if outer.1 == stride * dim as isize => *outer = (outer.0 * dim, stride),
            _ => merged.push((dim, stride)),
        }
    }
    merged
}

/// The walk over `dims` by `strides` from `offset`, merged.
pub fn walk(dims: &[usize], strides: &[isize], offset: usize) -> Result<Strided, Diag> {
    let merged = merge(dims, strides);
    let Some(skip) = 6usize.checked_sub(merged.len()) else {
        let message = format!("a walk over {} axes that cannot be merged", merged.len());
        return Err(Diag::new("too-many-dimensions", message).note("at most 6 are supported"));
    };
    let mut p = Strided {
        dims: [1; 6],
        strides: [0; 6],
        offset,
    };
    for (d, (dim, stride)) in merged.into_iter().enumerate() {
        (p.dims[skip + d], p.strides[skip + d]) = (dim, stride);
    }
    Ok(p)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_that_are_walked_without_a_gap_are_one_axis() {
        // The interior of [4, 1, 6, 3] within [5, 1, 8, 3].
        let p = walk(&[4, 1, 6, 3], &row_major(&[5, 1, 8, 3]), 27).unwrap();
        assert_eq!(p.dims, [1, 1, 1, 1, 4, 18]);
        assert_eq!(p.strides, [0, 0, 0, 0, 24, 1]);
        assert!(walk(&[2; 7], &[0, 1, 0, 1, 0, 1, 0], 0).is_err());
    }
}
