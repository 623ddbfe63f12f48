//! Reads at computed places: Gather and its relatives, and selections along one axis.
//!
//! A negative index counts from the end of its axis, as in ONNX. One that lies beyond the axis is
//! an error in ONNX, which a model without error paths cannot report: it reads the nearest element
//! of the axis instead, so that nothing outside the operand is ever touched.

use super::blocks::{blocks, blocks_mut};
use super::strided::RowOffsets;

/// `index` counted from the beginning of an axis of `len` elements, and inside it.
#[inline(always)]
pub(super) fn wrap(index: i64, len: usize) -> usize {
    let len = len as i64;
    let index = if index < 0 {
        index.wrapping_add(len)
    } else {
        index
    };
    index.min(len - 1).max(0) as usize
}

/// Blocks of `x: [outer, axis_len, inner]` selected along the middle axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gather {
    /// Product of the dimensions before the axis.
    pub outer: usize,
    /// Length of the axis.
    pub axis_len: usize,
    /// Product of the dimensions after the axis.
    pub inner: usize,
    /// Number of indices.
    pub count: usize,
}

/// `y[o, c, i] = x[o, indices[c], i]`.
pub fn gather<T: Copy>(p: &Gather, x: &[T], indices: &[i64], y: &mut [T]) {
    select(p, |i| wrap(i, p.axis_len), x, indices, y);
}

/// `y[o, c, i] = x[o, indices[c], i]`, with indices that the compiler made: none is negative.
///
/// Padding by edge, reflection or wrapping and nearest-neighbour resizing are this, axis by axis.
pub fn gather_axis<T: Copy>(p: &Gather, x: &[T], indices: &[i32], y: &mut [T]) {
    select(p, |i| i as usize, x, indices, y);
}

#[inline(always)]
fn select<T: Copy, I: Copy>(
    p: &Gather,
    position: impl Fn(I) -> usize,
    x: &[T],
    indices: &[I],
    y: &mut [T],
) {
    debug_assert_eq!(x.len(), p.outer * p.axis_len * p.inner);
    debug_assert_eq!(y.len(), p.outer * p.count * p.inner);
    debug_assert_eq!(indices.len(), p.count);
    let inputs = blocks(x, p.axis_len * p.inner);
    let selections = blocks_mut(y, p.count * p.inner);
    for (x, y) in inputs.zip(selections) {
        for (y, &i) in blocks_mut(y, p.inner).zip(indices) {
            let x = x.get(position(i).wrapping_mul(p.inner)..).unwrap_or(&[]);
            for (y, &x) in y.iter_mut().zip(x) {
                *y = x;
            }
        }
    }
}

/// Elements addressed by their own position, but for one axis, where an index replaces it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GatherElements {
    /// Dimensions of the indices, outermost first; unused outer ones are 1.
    pub dims: [usize; 6],
    /// Elements that the addressed operand moves by along each of them; 0 along the axis.
    pub strides: [usize; 6],
    /// Length of the axis in the addressed operand.
    pub axis_len: usize,
    /// Elements that the addressed operand moves by along the axis.
    pub axis_stride: usize,
}

impl GatherElements {
    /// Calls `f` with the position of each index, and with the offset of the element it addresses.
    #[inline(always)]
    pub(super) fn each(&self, indices: &[i64], mut f: impl FnMut(usize, usize)) {
        debug_assert_eq!(indices.len(), self.dims.iter().product::<usize>());
        let offsets = RowOffsets::new(&self.dims, self.strides.map(|s| s as isize), 0);
        let mut position = 0;
        for (row, mut at) in blocks(indices, self.dims[5]).zip(offsets) {
            for &i in row {
                let along = wrap(i, self.axis_len).wrapping_mul(self.axis_stride);
                f(position, at.wrapping_add(along));
                at = at.wrapping_add(self.strides[5]);
                position += 1;
            }
        }
    }
}

/// `y[.., j, ..] = x[.., indices[.., j, ..], ..]`; `y` has the shape of the indices.
pub fn gather_elements<T: Copy>(p: &GatherElements, x: &[T], indices: &[i64], y: &mut [T]) {
    debug_assert_eq!(y.len(), indices.len());
    p.each(indices, |position, at| {
        if let (Some(y), Some(&x)) = (y.get_mut(position), x.get(at)) {
            *y = x;
        }
    });
}

/// Slices of `x: [batch, dims.., slice]` addressed by tuples of indices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GatherNd {
    /// Product of the batch dimensions, which indices and `x` have in common.
    pub batch: usize,
    /// Tuples in a batch.
    pub count: usize,
    /// Indices in a tuple, at least 1.
    pub depth: usize,
    /// Dimensions that the tuples index, then ones.
    pub dims: [usize; 6],
    /// Product of the dimensions that the tuples do not index.
    pub slice: usize,
}

/// The slice that `tuple` addresses among slices arranged in `dims`.
#[inline(always)]
pub(super) fn slice_of(dims: &[usize; 6], tuple: &[i64]) -> usize {
    let nth = |at: usize, (&i, &dim): (&i64, &usize)| at.wrapping_mul(dim) + wrap(i, dim);
    tuple.iter().zip(dims).fold(0, nth)
}

/// `y[b, c, i] = x[b, indices[b, c, 0], .., indices[b, c, depth - 1], i]`.
pub fn gather_nd<T: Copy>(p: &GatherNd, x: &[T], indices: &[i64], y: &mut [T]) {
    let block = p.dims.iter().fold(p.slice, |n, d| n.wrapping_mul(*d));
    debug_assert_eq!(x.len(), p.batch * block);
    debug_assert_eq!(y.len(), p.batch * p.count * p.slice);
    debug_assert_eq!(indices.len(), p.batch * p.count * p.depth);
    let tuples = blocks(indices, p.count * p.depth);
    let slices = blocks_mut(y, p.count * p.slice);
    for ((x, tuples), y) in blocks(x, block).zip(tuples).zip(slices) {
        let tuples = blocks(tuples, p.depth);
        for (y, tuple) in blocks_mut(y, p.slice).zip(tuples) {
            let at = slice_of(&p.dims, tuple).wrapping_mul(p.slice);
            for (y, &x) in y.iter_mut().zip(x.get(at..).unwrap_or(&[])) {
                *y = x;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::{vec, vec::Vec};

    /// `count` indices into an axis of `len`, half of them negative, from a linear congruence.
    fn indices(count: usize, len: usize, seed: &mut u32) -> Vec<i64> {
        let index = |_| {
            *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            i64::from(*seed >> 8) % (2 * len as i64) - len as i64
        };
        (0..count).map(index).collect()
    }

    fn positive(i: i64, len: usize) -> usize {
        i.rem_euclid(len as i64) as usize
    }

    #[test]
    fn blocks_are_selected_along_an_axis() {
        let mut seed = 1;
        for (outer, axis_len, inner, count) in
            [(1, 5, 1, 3), (2, 3, 4, 7), (3, 1, 2, 1), (2, 4, 3, 0)]
        {
            let p = Gather {
                outer,
                axis_len,
                inner,
                count,
            };
            let x: Vec<u32> = (0..(outer * axis_len * inner) as u32).collect();
            let at = indices(count, axis_len, &mut seed);
            let mut expected = vec![];
            for o in 0..outer {
                for &i in &at {
                    let from = (o * axis_len + positive(i, axis_len)) * inner;
                    expected.extend_from_slice(&x[from..from + inner]);
                }
            }
            let mut y = vec![999; expected.len()];
            gather(&p, &x, &at, &mut y);
            assert_eq!(y, expected);
            let at: Vec<i32> = at.iter().map(|&i| positive(i, axis_len) as i32).collect();
            y.fill(999);
            gather_axis(&p, &x, &at, &mut y);
            assert_eq!(y, expected);
        }
    }

    #[test]
    fn indices_beyond_the_axis_are_clamped() {
        let p = Gather {
            outer: 1,
            axis_len: 3,
            inner: 1,
            count: 5,
        };
        let mut y = [0; 5];
        let at = [3, -4, i64::MAX, i64::MIN, -1];
        gather(&p, &[10, 11, 12], &at, &mut y);
        assert_eq!(y, [12, 10, 12, 10, 12]);
    }

    /// `x` is `[4, 3, 5]`; the indices may be smaller than it along the other axes.
    #[test]
    fn elements_are_selected_along_each_axis() {
        let x: Vec<u8> = (0..60).collect();
        let (lens, strides) = ([4, 3, 5], [15, 5, 1]);
        let mut seed = 2;
        for (axis, dims) in [
            (0, [6, 3, 5]),
            (1, [4, 2, 4]),
            (2, [3, 3, 7]),
            (1, [1, 1, 1]),
        ] {
            let mut p = GatherElements {
                dims: [1, 1, 1, dims[0], dims[1], dims[2]],
                strides: [0, 0, 0, 15, 5, 1],
                axis_len: lens[axis],
                axis_stride: strides[axis],
            };
            p.strides[3 + axis] = 0;
            let at = indices(dims.iter().product(), lens[axis], &mut seed);
            let element = |(k, &i): (usize, &i64)| {
                let mut place = [k / (dims[1] * dims[2]), k / dims[2] % dims[1], k % dims[2]];
                place[axis] = positive(i, lens[axis]);
                x[place[0] * 15 + place[1] * 5 + place[2]]
            };
            let expected: Vec<u8> = at.iter().enumerate().map(element).collect();
            let mut y = vec![99; expected.len()];
            gather_elements(&p, &x, &at, &mut y);
            assert_eq!(y, expected);
        }
    }

    /// `x` is `[2, 3, 4, 2]`: the first axis a batch, the next two indexed, the last one sliced.
    #[test]
    fn slices_are_selected_by_tuples() {
        let x: Vec<u8> = (0..48).collect();
        let p = GatherNd {
            batch: 2,
            count: 3,
            depth: 2,
            dims: [3, 4, 1, 1, 1, 1],
            slice: 2,
        };
        let at = [0, 0, 2, 3, -1, 1, 1, -4, -3, -1, 2, 2];
        let mut expected = vec![];
        for (k, pair) in at.chunks(2).enumerate() {
            let from = (k / 3 * 12 + positive(pair[0], 3) * 4 + positive(pair[1], 4)) * 2;
            expected.extend_from_slice(&x[from..from + 2]);
        }
        let mut y = [99; 12];
        gather_nd(&p, &x, &at, &mut y);
        assert_eq!(y[..], expected);
    }
}
