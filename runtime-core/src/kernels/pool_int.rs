//! Average pooling over quantised images.
//!
//! The sums are exact, and of a few channels at a time, so that they stay in registers however
//! large the windows are: global pooling and means over the spatial axes are one window.

pub use super::pool::{AveragePool2d, Rows};
use super::pool::{from, pixel_mut, visit};
use super::quantized::Quantized;
use super::requantize::{Requantize, specialise};
use super::rows_of::by_rows_of;
use super::tile::{Columns, NR};

/// An average pool whose results are requantised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AveragePoolInt2d {
    /// The windows.
    pub average: AveragePool2d,
    /// The element of `x` that stands for 0.
    pub zero_x: i32,
    /// What becomes of a sum.
    pub requantize: Requantize,
}

by_rows_of!(AveragePoolInt2d, average);

/// An average pool whose results are averages of elements, within bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AveragePoolTfLite2d {
    /// The windows.
    pub average: AveragePool2d,
    /// The least element.
    pub lo: i32,
    /// The greatest element.
    pub hi: i32,
}

by_rows_of!(AveragePoolTfLite2d, average);

/// `y = requantize(Σ (x - zero_x))` of each window; what is padding counts as `zero_x`.
///
/// `multipliers[n - 1]`, and `shifts[n - 1]` if there are shifts, belong to windows that count `n`
/// taps. A window that counts none yields 0.
#[inline(always)]
pub fn average_pool2d_int<T: Quantized>(
    p: &AveragePoolInt2d,
    x: &[T],
    multipliers: &[i32],
    shifts: &[i8],
    y: &mut [T],
) {
    specialise!(p.requantize, f => {
        let finish = |sum, count: usize| {
            let at = count.wrapping_sub(1);
            let multiplier = multipliers.get(at).copied().unwrap_or(0);
            T::element(f(sum, multiplier, shifts.get(at).copied().unwrap_or(0)))
        };
        pool(&p.average, p.zero_x, finish, x, y);
    });
}

/// `y = Σ x / n` of each window that counts `n` taps, rounded halves away from zero, as TensorFlow
/// Lite has it where `x` and `y` are quantised alike (`reference_ops/integer_ops/pooling.h`).
pub fn average_pool2d_tflite<T: Quantized>(p: &AveragePoolTfLite2d, x: &[T], y: &mut [T]) {
    let finish = |sum: T::Sum, count: usize| {
        let (sum, count): (i64, i64) = (sum.into(), count.max(1) as i64);
        let half = if sum > 0 { count / 2 } else { -(count / 2) };
        let mean = sum.wrapping_add(half).checked_div(count).unwrap_or(0);
        T::element(mean.max(p.lo.into()).min(p.hi.into()) as i32)
    };
    pool(&p.average, 0, finish, x, y);
}

/// `y = finish(Σ (x - zero_x), taps counted)` of each window.
#[inline(always)]
fn pool<T: Quantized>(
    p: &AveragePool2d,
    zero_x: i32,
    finish: impl Fn(T::Sum, usize) -> T,
    x: &[T],
    y: &mut [T],
) {
    let (counted, channels) = (p.counted(), p.pool.channels);
    let item_pixels = p.pool.windows().output_pixels();
    debug_assert_eq!(y.len(), p.pool.batch * item_pixels * channels);
    visit(&p.pool, x, |item, x, region, pixel| {
        let y = pixel_mut(y, item * item_pixels + pixel.y, channels);
        let count = counted.taps(pixel.at);
        for columns in Columns::split(0..channels, channels, NR) {
            let mut sums = [T::Sum::default(); NR];
            region.each_tap(|_, tap| {
                let x = from(x, pixel.x.wrapping_add(tap), channels);
                add(&mut sums, x.get(columns.first..).unwrap_or(&[]), zero_x);
            });
            let y = y.get_mut(columns.first..).unwrap_or(&mut []);
            for (y, &sum) in y.iter_mut().zip(&sums) {
                *y = finish(sum, count);
            }
        }
    });
}

/// `sums[i] += x[i] - zero`, for as many as there are.
#[inline(always)]
fn add<T: Quantized>(sums: &mut [T::Sum; NR], x: &[T], zero: i32) {
    let each = |(sum, &x): (&mut T::Sum, &T)| *sum = T::add(*sum, x.less(zero));
    match x.first_chunk::<NR>() {
        Some(x) => sums.iter_mut().zip(x).for_each(each),
        None => sums.iter_mut().zip(x).for_each(each),
    }
}
