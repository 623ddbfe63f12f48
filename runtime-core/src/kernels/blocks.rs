//! Successive blocks of a slice, for kernels that walk several operands in step.
//!
//! What `chunks_exact` does, with two differences: blocks of no elements are none rather than a
//! panic, and no count of the blocks is ever computed. Zipped `chunks_exact` iterators divide to
//! find that count, and where the optimiser favours size it does not see that the divisor is not
//! zero: a division routine and a panic path remain.

/// The whole blocks of `n` elements of `x`, in order.
#[inline(always)]
pub(super) fn blocks<T>(mut x: &[T], n: usize) -> impl Iterator<Item = &[T]> {
    core::iter::from_fn(move || {
        let (block, rest) = x.split_at_checked(n.max(1))?;
        x = rest;
        Some(block)
    })
}

/// The whole blocks of `n` elements of `x`, in order, to be written.
#[inline(always)]
pub(super) fn blocks_mut<T>(mut x: &mut [T], n: usize) -> impl Iterator<Item = &mut [T]> {
    core::iter::from_fn(move || {
        let (block, rest) = core::mem::take(&mut x).split_at_mut_checked(n.max(1))?;
        x = rest;
        Some(block)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_blocks_count() {
        let mut x = [1, 2, 3, 4, 5];
        assert!(blocks(&x, 2).eq([[1, 2], [3, 4]]));
        assert!(blocks_mut(&mut x, 3).eq([[1, 2, 3]]));
        assert_eq!(blocks(&x, 6).count(), 0);
        assert_eq!(blocks(&x[..0], 0).count(), 0);
    }
}
