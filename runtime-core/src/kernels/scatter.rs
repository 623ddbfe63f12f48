//! Writes at computed places: ScatterElements and ScatterND, with their reductions.
//!
//! Both work on an operand that already holds a copy of the data. Indices are read as
//! [`gather`](super::gather) reads them. Updates apply in the order of the indices, so a sum of
//! floats at one place has one value.

use super::blocks::blocks;
use super::gather::{GatherElements, slice_of};
use super::number::Number;

/// What an update does to the value in its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Combine {
    /// It takes the place.
    Overwrite,
    /// It is added; integers wrap.
    AddTo,
    /// It is multiplied in; integers wrap.
    MultiplyBy,
    /// The lesser stays, or a NaN.
    KeepLess,
    /// The greater stays, or a NaN.
    KeepGreater,
}

impl Combine {
    /// The value that `update` leaves in the place of `old`.
    #[inline(always)]
    pub fn apply<T: Number>(self, old: T, update: T) -> T {
        match self {
            Combine::Overwrite => update,
            Combine::AddTo => old.plus(update),
            Combine::MultiplyBy => old.times(update),
            Combine::KeepLess => old.or_less(update),
            Combine::KeepGreater => old.or_greater(update),
        }
    }
}

/// Places addressed by the position of their update, but for one axis, where an index replaces it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScatterElements {
    /// Dimensions of indices and updates, outermost first; unused outer ones are 1.
    pub dims: [usize; 6],
    /// Elements that `y` moves by along each of them; 0 along the axis.
    pub strides: [usize; 6],
    /// Length of the axis in `y`.
    pub axis_len: usize,
    /// Elements that `y` moves by along the axis.
    pub axis_stride: usize,
    /// What becomes of the value in the place.
    pub combine: Combine,
}

/// `y[.., indices[.., j, ..], ..] = combine(y[..], updates[.., j, ..])`.
pub fn scatter_elements<T: Number>(
    p: &ScatterElements,
    indices: &[i64],
    updates: &[T],
    y: &mut [T],
) {
    debug_assert_eq!(updates.len(), indices.len());
    let places = GatherElements {
        dims: p.dims,
        strides: p.strides,
        axis_len: p.axis_len,
        axis_stride: p.axis_stride,
    };
    places.each(indices, |position, at| {
        if let (Some(y), Some(&update)) = (y.get_mut(at), updates.get(position)) {
            *y = p.combine.apply(*y, update);
        }
    });
}

/// Slices of `y: [dims.., slice]` addressed by tuples of indices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScatterNd {
    /// Indices in a tuple, at least 1.
    pub depth: usize,
    /// Dimensions that the tuples index, then ones.
    pub dims: [usize; 6],
    /// Product of the dimensions that the tuples do not index.
    pub slice: usize,
    /// What becomes of the values in the place.
    pub combine: Combine,
}

/// `y[indices[c, 0], .., indices[c, depth - 1], i] = combine(y[..], updates[c, i])`.
pub fn scatter_nd<T: Number>(p: &ScatterNd, indices: &[i64], updates: &[T], y: &mut [T]) {
    debug_assert_eq!(y.len(), p.dims.iter().product::<usize>() * p.slice);
    debug_assert_eq!(indices.len() * p.slice, updates.len() * p.depth);
    let tuples = blocks(indices, p.depth);
    for (tuple, updates) in tuples.zip(blocks(updates, p.slice)) {
        let at = slice_of(&p.dims, tuple).wrapping_mul(p.slice);
        let places = y.get_mut(at..).unwrap_or(&mut []);
        for (y, &update) in places.iter_mut().zip(updates) {
            *y = p.combine.apply(*y, update);
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    type Reference = fn(i32, i32) -> i32;
    const COMBINES: [(Combine, Reference); 5] = [
        (Combine::Overwrite, |_, b| b),
        (Combine::AddTo, |a, b| a + b),
        (Combine::MultiplyBy, |a, b| a * b),
        (Combine::KeepLess, |a, b| a.min(b)),
        (Combine::KeepGreater, |a, b| a.max(b)),
    ];

    #[test]
    fn elements_are_combined_along_each_axis() {
        // `y` is `[3, 4]`, indices and updates are `[2, 3]`; places repeat.
        let indices = [1i64, -1, 1, 0, 2, -2];
        let updates = [5, -3, 7, 2, 40, -6];
        for (axis, (len, stride)) in [(3, 4), (4, 1)].into_iter().enumerate() {
            for (combine, reference) in COMBINES {
                let mut p = ScatterElements {
                    dims: [1, 1, 1, 1, 2, 3],
                    strides: [0, 0, 0, 0, 4, 1],
                    axis_len: len as usize,
                    axis_stride: stride,
                    combine,
                };
                p.strides[4 + axis] = 0;
                let mut y: Vec<i32> = (0..12).collect();
                let mut expected = y.clone();
                for (k, (&i, &update)) in indices.iter().zip(&updates).enumerate() {
                    let mut place = [k / 3, k % 3];
                    place[axis] = i.rem_euclid(len) as usize;
                    let place = &mut expected[place[0] * 4 + place[1]];
                    *place = reference(*place, update);
                }
                scatter_elements(&p, &indices, &updates, &mut y);
                assert_eq!(y, expected, "{p:?}");
            }
        }
    }

    #[test]
    fn slices_are_combined_by_tuples() {
        // `y` is `[3, 2, 4]`, the first two axes indexed.
        let indices = [0i64, 1, -1, 0, 0, 1, 5, -9];
        let updates: Vec<i32> = (0..16).map(|i| i * 5 - 30).collect();
        for (combine, reference) in COMBINES {
            let p = ScatterNd {
                depth: 2,
                dims: [3, 2, 1, 1, 1, 1],
                slice: 4,
                combine,
            };
            let mut y: Vec<i32> = (0..24).collect();
            let mut expected = y.clone();
            // The last tuple lies beyond both axes and is clamped to them.
            for (slice, updates) in [1, 4, 1, 4].into_iter().zip(updates.chunks(4)) {
                for (y, &update) in expected[slice * 4..].iter_mut().zip(updates) {
                    *y = reference(*y, update);
                }
            }
            scatter_nd(&p, &indices, &updates, &mut y);
            assert_eq!(y, expected, "{p:?}");
        }
    }

    #[test]
    fn integers_wrap_and_floats_add_in_order() {
        assert_eq!(Combine::AddTo.apply(250u8, 10), 4);
        assert_eq!(Combine::MultiplyBy.apply(i32::MIN, -1), i32::MIN);
        assert_eq!(Combine::AddTo.apply(0.1f32, 0.2), 0.1 + 0.2);
    }
}
