//! Fixed-point functions of TensorFlow Lite's reference kernels (`kernels/internal/reference`), where they are more than a product.

use super::tables::Bytes;
use crate::requantize::tf_lite_multiplier;

/// `x · min(max(x + 3, 0), 6) / 6`, with 16 bits on the way (`hard_swish.h`).
pub(super) fn hard_swish(bytes: &Bytes) -> impl Fn(i32) -> i32 {
    const RELUISH: f32 = 3.0 / 32768.0;
    let fine = 1.0_f32 / 128.0 * bytes.scales[0];
    let (factor, shift) = half_multiplier(fine / bytes.scales[1]);
    let (reluish_factor, reluish_shift) = half_multiplier(fine / RELUISH);
    let (zeros, (lo, hi)) = (bytes.zeros, bytes.range());
    move |code| {
        let x = (code - zeros[0]) << 7;
        let scaled = doubled_high(x, factor);
        let mut gate = x;
        if reluish_shift > 0 {
            gate = shifted_left(gate, reluish_shift - 1);
        }
        gate = doubled_high(gate, reluish_factor);
        if reluish_shift > 0 {
            gate = shifted_left(gate, 1);
        }
        if reluish_shift < 0 {
            gate = divided(gate, -reluish_shift);
        }
        let gate = (gate + (1 << 15)) >> 1;
        let product = (gate * scaled) / (1 << 15);
        (divided(product, -shift) + zeros[1]).clamp(lo, hi)
    }
}

/// A positive number as a multiplier of 15 bits and a left shift.
fn half_multiplier(value: f32) -> (i32, i32) {
    let (multiplier, right_shift) = tf_lite_multiplier(value.min(f32::MAX).into());
    let half = match multiplier >= i32::MAX - (1 << 15) {
        true => i32::from(i16::MAX),
        false => (multiplier + (1 << 15)) >> 16,
    };
    (half, -i32::from(right_shift))
}

/// The high 16 bits of twice a product, rounded to the nearest, halves away from zero.
fn doubled_high(a: i32, b: i32) -> i32 {
    let product = a * b;
    let nudge = if product >= 0 { 1 << 14 } else { 1 - (1 << 14) };
    ((product + nudge) / (1 << 15)).clamp(i16::MIN.into(), i16::MAX.into())
}

fn shifted_left(x: i32, by: i32) -> i32 {
    let wide = i64::from(x) << by.clamp(0, 31);
    wide.clamp(i16::MIN.into(), i16::MAX.into()) as i32
}

/// Divided by a power of two, rounded to the nearest, halves away from zero.
fn divided(x: i32, by: i32) -> i32 {
    let mask = (1_i64 << by.clamp(0, 31)) - 1;
    let (x, rest) = (i64::from(x), i64::from(x) & mask);
    let threshold = (mask >> 1) + i64::from(x < 0);
    ((x >> by.clamp(0, 31)) + i64::from(rest > threshold)) as i32
}
