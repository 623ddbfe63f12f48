//! Sums over the pixels of an image, and means made of them: global pooling that never needs the
//! whole image, as rows may be added as they come.

use super::blocks::blocks;
use super::quantized::Quantized;
use super::requantize::{Requantize, specialise};
pub use super::rows::Rows;
use super::rows::{ByRows, Span};

/// Sums over pixels of `channels` elements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChannelSums {
    /// Elements of a pixel.
    pub channels: usize,
    /// The element of `x` that stands for 0; floats have none.
    pub zero_x: i32,
    /// Rows that `x` holds. The sums begin with row 0; other rows are added to them.
    pub rows: Rows,
}

impl ByRows for ChannelSums {
    fn span(&self) -> Option<Span> {
        None
    }

    fn at(self, rows: Rows) -> Self {
        ChannelSums { rows, ..self }
    }
}

/// What becomes of such sums.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RequantizeSums {
    /// Channels.
    pub len: usize,
    /// What becomes of a sum.
    pub requantize: Requantize,
}

/// A mean that is as far from 0 as its elements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanTfLite {
    /// Channels.
    pub len: usize,
    /// Elements that were added to each sum.
    pub count: i32,
    /// The least element.
    pub lo: i32,
    /// The greatest element.
    pub hi: i32,
}

/// `sums[c] = Σ (x[pixel, c] - zero_x)`, where `x` holds the first row, and `sums[c] += …` elsewhere.
///
/// `x` has at most 2²³ pixels in all, so that no sum of bytes overflows.
pub fn channel_sums<T: Quantized>(p: &ChannelSums, x: &[T], sums: &mut [i32]) {
    debug_assert_eq!(sums.len(), p.channels);
    if p.rows.first == 0 {
        sums.fill(0);
    }
    for pixel in blocks(x, p.channels) {
        for (sum, x) in sums.iter_mut().zip(pixel) {
            let x: i32 = (*x).into();
            *sum = sum.wrapping_add(x.wrapping_sub(p.zero_x));
        }
    }
}

/// As [`channel_sums`], of floats, added in the order of pixels.
pub fn channel_sums_f32(p: &ChannelSums, x: &[f32], sums: &mut [f32]) {
    debug_assert_eq!(sums.len(), p.channels);
    if p.rows.first == 0 {
        sums.fill(0.0);
    }
    for pixel in blocks(x, p.channels) {
        for (sum, x) in sums.iter_mut().zip(pixel) {
            *sum += x;
        }
    }
}

/// `y = requantize(sums)`; `multipliers` and `shifts` have one element each, or none.
#[inline(always)]
pub fn requantize_sums<T: Quantized>(
    p: &RequantizeSums,
    sums: &[i32],
    multipliers: &[i32],
    shifts: &[i8],
    y: &mut [T],
) {
    debug_assert_eq!((sums.len(), y.len()), (p.len, p.len));
    let multiplier = multipliers.first().copied().unwrap_or(0);
    let shift = shifts.first().copied().unwrap_or(0);
    specialise!(p.requantize, f => {
        for (y, &sum) in y.iter_mut().zip(sums) {
            *y = T::element(f(T::Sum::from(sum), multiplier, shift));
        }
    });
}

/// `y = sums / count`, halves away from zero, as TensorFlow Lite's average pool has it.
pub fn mean_sums_tflite<T: Quantized>(p: &MeanTfLite, sums: &[i32], y: &mut [T]) {
    debug_assert_eq!((sums.len(), y.len()), (p.len, p.len));
    let half = p.count / 2;
    for (y, &sum) in y.iter_mut().zip(sums) {
        let half = if sum > 0 { half } else { half.wrapping_neg() };
        let mean = sum.wrapping_add(half).checked_div(p.count).unwrap_or(0);
        *y = T::element(mean.max(p.lo).min(p.hi));
    }
}
