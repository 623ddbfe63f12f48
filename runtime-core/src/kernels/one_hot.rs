//! One-hot encoding.

use super::blocks::{blocks, blocks_mut};

/// `y: [outer, depth, inner]`, indices `[outer, inner]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OneHot {
    /// Product of the dimensions before the new axis.
    pub outer: usize,
    /// Length of the new axis.
    pub depth: usize,
    /// Product of the dimensions after the new axis.
    pub inner: usize,
}

/// `y[o, d, i]` is `values[1]` where `d` is `indices[o, i]`, else `values[0]`.
///
/// A negative index counts from the end of the axis; one that lies beyond it marks nothing.
pub fn one_hot<T: Copy>(p: &OneHot, indices: &[i64], values: &[T], y: &mut [T]) {
    debug_assert_eq!(indices.len(), p.outer * p.inner);
    debug_assert_eq!(y.len(), p.outer * p.depth * p.inner);
    let &[off, on] = values else { return };
    y.fill(off);
    let depth = p.depth as i64;
    let outputs = blocks_mut(y, p.depth * p.inner);
    for (y, indices) in outputs.zip(blocks(indices, p.inner)) {
        for (i, &index) in indices.iter().enumerate() {
            let index = index.wrapping_add(if index < 0 { depth } else { 0 });
            if (0..depth).contains(&index)
                && let Some(y) = y.get_mut(index as usize * p.inner + i)
            {
                *y = on;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_may_be_anywhere() {
        let indices = [0, -1, 2, 3, 1, -4];
        for (outer, inner) in [(6, 1), (2, 3), (1, 6)] {
            let p = OneHot {
                outer,
                depth: 3,
                inner,
            };
            let mut y = [9u8; 18];
            one_hot(&p, &indices, &[4, 7], &mut y);
            for (k, &y) in y.iter().enumerate() {
                let (o, d, i) = (k / inner / 3, k / inner % 3, k % inner);
                let index = indices[o * inner + i];
                let marked = index == d as i64 || index + 3 == d as i64;
                assert_eq!(y, if marked { 7 } else { 4 }, "{p:?} [{o}, {d}, {i}]");
            }
        }
    }
}
