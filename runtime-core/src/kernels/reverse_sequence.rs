//! Reversal of the leading steps of each sequence in a batch.

/// A batch of sequences of blocks of `inner` elements, batch-major or time-major.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReverseSequence {
    /// Sequences.
    pub batch: usize,
    /// Blocks from one sequence to the next.
    pub batch_stride: usize,
    /// Steps of a sequence.
    pub time: usize,
    /// Blocks from one step to the next.
    pub time_stride: usize,
    /// Elements of a block.
    pub inner: usize,
}

/// The first `lengths[b]` steps of sequence `b` backwards, then the others as they are.
///
/// A length beyond the sequence counts as the whole of it, a negative one as none.
pub fn reverse_sequence<T: Copy>(p: &ReverseSequence, x: &[T], lengths: &[i64], y: &mut [T]) {
    debug_assert!(x.len() == p.batch * p.time * p.inner && y.len() == x.len());
    debug_assert_eq!(lengths.len(), p.batch);
    for (b, &length) in lengths.iter().enumerate() {
        let length = length.max(0).min(p.time as i64) as usize;
        let at = |step: usize| (b * p.batch_stride + step * p.time_stride) * p.inner;
        for step in 0..p.time {
            let from = if step < length {
                length - 1 - step
            } else {
                step
            };
            let x = x.get(at(from)..).unwrap_or(&[]).iter().take(p.inner);
            let y = y.get_mut(at(step)..).unwrap_or(&mut []);
            for (&x, y) in x.zip(y) {
                *y = x;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leading_steps_are_reversed_in_both_layouts() {
        let x: [u8; 24] = core::array::from_fn(|i| i as u8);
        let lengths = [3, 4, 1];
        for (batch_stride, time_stride) in [(4, 1), (1, 3)] {
            let p = ReverseSequence {
                batch: 3,
                batch_stride,
                time: 4,
                time_stride,
                inner: 2,
            };
            let mut y = [99; 24];
            reverse_sequence(&p, &x, &lengths, &mut y);
            for (b, length) in [3, 4, 1].into_iter().enumerate() {
                for t in 0..4 {
                    let from = if t < length { length - 1 - t } else { t };
                    let at = |t| (b * batch_stride + t * time_stride) * 2;
                    assert_eq!(y[at(t)..at(t) + 2], x[at(from)..at(from) + 2]);
                }
            }
        }
    }
}
