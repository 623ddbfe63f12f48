//! The largest or smallest elements along an axis.

use super::blocks::{blocks, blocks_mut};

/// `x: [outer, axis_len, inner]`; `values` and `indices` are `[outer, k, inner]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TopK {
    /// Product of the dimensions before the axis.
    pub outer: usize,
    /// Length of the axis.
    pub axis_len: usize,
    /// Product of the dimensions after the axis.
    pub inner: usize,
    /// How many elements are kept, at most `axis_len`.
    pub k: usize,
    /// Whether the largest are kept, or the smallest.
    pub largest: bool,
}

/// `values` are the `k` first of `x` in order along the axis, and `indices` where they were.
///
/// Of equal elements the one with the lower index comes first. NaN counts as the greatest of all, and all NaN as
/// equal.
/// An insertion sort into the outputs themselves: no scratch, `axis_len · k` steps at worst, and
/// close to `axis_len` where `k` is small.
pub fn top_k<T: Copy + PartialOrd>(p: &TopK, x: &[T], values: &mut [T], indices: &mut [i64]) {
    debug_assert_eq!(x.len(), p.outer * p.axis_len * p.inner);
    debug_assert_eq!(values.len(), p.outer * p.k * p.inner);
    debug_assert_eq!(indices.len(), values.len());
    let kept = p.k * p.inner;
    let outputs = blocks_mut(values, kept).zip(blocks_mut(indices, kept));
    for (x, (values, indices)) in blocks(x, p.axis_len * p.inner).zip(outputs) {
        for lane in 0..p.inner {
            for found in 0..p.axis_len {
                if let Some(&value) = x.get(found * p.inner + lane) {
                    insert(p, lane, found, value, values, indices);
                }
            }
        }
    }
}

/// Sorts `value` in among the first `k` of the `found` elements that came before it.
#[inline(always)]
fn insert<T: Copy + PartialOrd>(
    p: &TopK,
    lane: usize,
    found: usize,
    value: T,
    values: &mut [T],
    indices: &mut [i64],
) {
    let place = |slot: usize| slot * p.inner + lane;
    // Slot `k` lies past the outputs: what moves there is dropped.
    let mut put = found.min(p.k);
    while put > 0 {
        let above = place(put - 1);
        let (Some(&other), Some(&index)) = (values.get(above), indices.get(above)) else {
            return;
        };
        let first = match p.largest {
            true => is_greater(value, other),
            false => is_greater(other, value),
        };
        if !first {
            break;
        }
        store(place(put), other, index, values, indices);
        put -= 1;
    }
    store(place(put), value, found as i64, values, indices);
}

/// Whether `a` is greater than `b`, or NaN where `b` is not.
#[inline(always)]
fn is_greater<T: PartialOrd>(a: T, b: T) -> bool {
    let is_nan = |x: &T| x.partial_cmp(x).is_none();
    a > b || (is_nan(&a) && !is_nan(&b))
}

#[inline(always)]
fn store<T>(at: usize, value: T, index: i64, values: &mut [T], indices: &mut [i64]) {
    if let (Some(v), Some(i)) = (values.get_mut(at), indices.get_mut(at)) {
        (*v, *i) = (value, index);
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::{vec, vec::Vec};

    #[test]
    fn nan_is_the_greatest() {
        let x = [1.0, f32::NAN, 3.0, f32::INFINITY, f32::NAN];
        let sorted = |largest| {
            let p = TopK {
                outer: 1,
                axis_len: 5,
                inner: 1,
                k: 5,
                largest,
            };
            let (mut values, mut indices) = ([0.0; 5], [9; 5]);
            top_k(&p, &x, &mut values, &mut indices);
            let same = |(&v, &i): (&f32, &i64)| v.to_bits() == x[i as usize].to_bits();
            assert!(values.iter().zip(&indices).all(same));
            indices
        };
        assert_eq!(sorted(true), [1, 4, 3, 2, 0]);
        assert_eq!(sorted(false), [0, 2, 3, 1, 4]);
    }

    #[test]
    fn lanes_are_sorted_with_ties_by_index() {
        let mut seed = 3u32;
        let mut random = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // Few distinct values, so that ties are many.
            (seed >> 28) as f32 - 8.0
        };
        for (outer, axis_len, inner, k) in [(1, 9, 1, 4), (2, 6, 3, 6), (3, 1, 2, 1), (2, 5, 2, 0)]
        {
            let x: Vec<f32> = (0..outer * axis_len * inner).map(|_| random()).collect();
            for largest in [true, false] {
                let p = TopK {
                    outer,
                    axis_len,
                    inner,
                    k,
                    largest,
                };
                let (mut values, mut indices) =
                    (vec![99.0; outer * k * inner], vec![99; outer * k * inner]);
                top_k(&p, &x, &mut values, &mut indices);
                for (o, i) in (0..outer).flat_map(|o| (0..inner).map(move |i| (o, i))) {
                    let lane = |j: usize| x[(o * axis_len + j) * inner + i];
                    let mut order: Vec<usize> = (0..axis_len).collect();
                    order.sort_by(|&a, &b| match largest {
                        true => lane(b).total_cmp(&lane(a)),
                        false => lane(a).total_cmp(&lane(b)),
                    });
                    for (slot, &j) in order.iter().take(k).enumerate() {
                        let at = (o * k + slot) * inner + i;
                        assert_eq!((values[at], indices[at]), (lane(j), j as i64), "{p:?}");
                    }
                }
            }
        }
    }
}
