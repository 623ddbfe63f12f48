//! Copies that walk one side by strides: Slice, Expand, Tile, Pad and every other regular selection.
//!
//! A stride may be zero (the element is repeated) or negative (the axis is walked backwards), so
//! one kernel serves all of them. Tile splits each repeated axis in two, the outer one with stride
//! zero. The compiler merges adjacent dimensions where it can: rows are the innermost dimension,
//! and long rows are what makes these kernels fast.

use super::blocks::{blocks, blocks_mut};

/// Dimensions of the contiguous side and strides of the walked side, outermost first.
///
/// Unused outer dimensions are 1; strides and the offset count elements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Strided {
    /// Dimensions.
    pub dims: [usize; 6],
    /// How far the walked side moves along each dimension.
    pub strides: [isize; 6],
    /// Where on the walked side element `[0, .., 0]` is.
    pub offset: usize,
}

impl Strided {
    fn rows(&self) -> RowOffsets<'_> {
        RowOffsets::new(&self.dims, self.strides, self.offset)
    }
}

/// Offsets at which the successive rows of a walk begin. Endless: zip it with the rows.
pub(super) struct RowOffsets<'a> {
    dims: &'a [usize; 6],
    strides: [isize; 6],
    index: [usize; 5],
    offset: usize,
}

impl<'a> RowOffsets<'a> {
    pub(super) fn new(dims: &'a [usize; 6], strides: [isize; 6], offset: usize) -> Self {
        let index = [0; 5];
        RowOffsets {
            dims,
            strides,
            index,
            offset,
        }
    }
}

impl Iterator for RowOffsets<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        let here = self.offset;
        for d in (0..5).rev() {
            let stride = self.strides[d];
            self.index[d] += 1;
            self.offset = self.offset.wrapping_add_signed(stride);
            if self.index[d] < self.dims[d] {
                break;
            }
            let back = stride.wrapping_mul(self.index[d] as isize);
            self.offset = self.offset.wrapping_sub(back as usize);
            self.index[d] = 0;
        }
        Some(here)
    }
}

/// `y[i0, .., i5] = x[offset + Σ i·strides]`, `y` contiguous.
pub fn strided_copy<T: Copy>(p: &Strided, x: &[T], y: &mut [T]) {
    debug_assert_eq!(y.len(), p.dims.iter().product::<usize>());
    let rows = blocks_mut(y, p.dims[5]);
    for (y, at) in rows.zip(p.rows()) {
        copy_row(p.strides[5], x, at, y);
    }
}

#[inline(always)]
fn copy_row<T: Copy>(stride: isize, x: &[T], at: usize, y: &mut [T]) {
    match stride {
        0 => y.fill(match x.get(at) {
            Some(&x) => x,
            None => return,
        }),
        1 => assign(y, x.get(at..).unwrap_or(&[])),
        -1 => assign(y, x.get(..at.wrapping_add(1)).unwrap_or(&[]).iter().rev()),
        _ => {
            let mut at = at;
            for y in y {
                if let Some(&x) = x.get(at) {
                    *y = x;
                }
                at = at.wrapping_add_signed(stride);
            }
        }
    }
}

/// `y[offset + Σ i·strides] = x[i0, .., i5]`, `x` contiguous; the rest of `y` stays as it is.
pub fn strided_store<T: Copy>(p: &Strided, x: &[T], y: &mut [T]) {
    debug_assert_eq!(x.len(), p.dims.iter().product::<usize>());
    let rows = blocks(x, p.dims[5]);
    for (x, at) in rows.zip(p.rows()) {
        store_row(p.strides[5], x, at, y);
    }
}

#[inline(always)]
fn store_row<T: Copy>(stride: isize, x: &[T], at: usize, y: &mut [T]) {
    if stride == 1 {
        return assign(y.get_mut(at..).unwrap_or(&mut []), x);
    }
    let mut at = at;
    for &x in x {
        if let Some(y) = y.get_mut(at) {
            *y = x;
        }
        at = at.wrapping_add_signed(stride);
    }
}

#[inline(always)]
fn assign<'a, T: Copy + 'a>(y: &mut [T], x: impl IntoIterator<Item = &'a T>) {
    for (y, &x) in y.iter_mut().zip(x) {
        *y = x;
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::{vec, vec::Vec};

    /// Every offset of the walk, by plain arithmetic.
    fn offsets(p: &Strided) -> Vec<usize> {
        let count: usize = p.dims.iter().product();
        let offset = |mut i: usize| {
            let mut at = p.offset as isize;
            for (&dim, &stride) in p.dims.iter().zip(&p.strides).rev() {
                at += (i % dim) as isize * stride;
                i /= dim;
            }
            at as usize
        };
        (0..count).map(offset).collect()
    }

    /// Walks over `[5, 7, 6]` with each combination of steps on the three axes.
    fn walks(steps: &[isize]) -> impl Iterator<Item = Strided> {
        let of = |axis: isize, n: isize, step: isize| match step {
            0 => (3, 0, axis),
            s if s > 0 => ((n + s - 1) / s, s * axis, 0),
            s => ((n - s - 1) / -s, s * axis, (n - 1) * axis),
        };
        let steps: Vec<_> = steps.into();
        let count = steps.len();
        (0..count * count * count).map(move |i| {
            let (a, b, c) = (i / count / count, i / count % count, i % count);
            let (a, b, c) = (of(42, 5, steps[a]), of(6, 7, steps[b]), of(1, 6, steps[c]));
            Strided {
                dims: [1, 1, a.0 as usize, 1, b.0 as usize, c.0 as usize],
                strides: [0, 9, a.1, 0, b.1, c.1],
                offset: (a.2 + b.2 + c.2) as usize,
            }
        })
    }

    #[test]
    fn copies_follow_every_stride() {
        let x: Vec<u16> = (0..210).collect();
        for p in walks(&[0, 1, -1, 2, -2, 3, -3]) {
            let expected: Vec<u16> = offsets(&p).iter().map(|&i| x[i]).collect();
            let mut y = vec![999; expected.len()];
            strided_copy(&p, &x, &mut y);
            assert_eq!(y, expected, "{p:?}");
        }
    }

    #[test]
    fn stores_leave_the_rest_alone() {
        for p in walks(&[1, -1, 2, -2, 3, -3]) {
            let offsets = offsets(&p);
            let x: Vec<u16> = (0..offsets.len() as u16).collect();
            let mut expected = vec![999; 210];
            offsets.iter().zip(&x).for_each(|(&i, &x)| expected[i] = x);
            let mut y = vec![999; 210];
            strided_store(&p, &x, &mut y);
            assert_eq!(y, expected, "{p:?}");
        }
    }

    #[test]
    fn nothing_is_copied_where_a_dimension_is_zero() {
        let p = Strided {
            dims: [1, 1, 1, 2, 3, 0],
            strides: [0, 0, 0, 0, 0, 1],
            offset: 0,
        };
        strided_copy::<u8>(&p, &[], &mut []);
        strided_store::<u8>(&p, &[], &mut []);
    }
}
