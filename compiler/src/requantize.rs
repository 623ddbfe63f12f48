//! From scales to the integers that kernels requantise with, and the proof that nothing is lost.
//!
//! A sum of products `a` becomes the element `round(a · r)`, where `r` is a quotient of the graph's
//! `f32` scales. The profile [`Profile::Onnx`] demands the exact product, rounded half to even.
//! Kernels compute `⌊(a · m + 2^(s-1)) / 2^s⌋` in integers instead. Both are non-decreasing in `a`, so
//! they agree everywhere if they agree at the thresholds: for each element `k`, the least `a` that
//! yields `k` or more has to, and the one before it must not. Each threshold bounds `m` from both
//! sides; [`requantize`] intersects the bounds and takes the `m` next to `r · 2^s`. No approximation
//! is involved, and if there is no such `m` (halves that are met exactly) it takes the
//! variant of the kernel that sends halves to even neighbours, and checks every threshold by that.

use crate::quantization::{Elements, Profile};
use mlc_runtime_core::kernels::requantize::{Requantize, Rounding};
use std::ops::RangeInclusive;

/// Kinds of layers that engines of TensorFlow Lite round differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// A product with a matrix of weights: rounded once by the reference kernels, and twice on microcontrollers.
    FullyConnected,
    /// All others: rounded twice.
    Other,
}

/// A positive rational number `numerator / denominator · 2^exponent`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    numerator: u64,
    denominator: u64,
    exponent: i32,
}

/// Significand and exponent of a finite positive number.
fn split(scale: f32) -> Option<(u64, i32)> {
    if !scale.is_finite() || scale <= 0.0 {
        return None;
    }
    let bits = scale.to_bits();
    let (exponent, fraction) = ((bits >> 23) as i32, u64::from(bits & 0x7f_ffff));
    let (significand, exponent) = match exponent {
        0 => (fraction, -149),
        e => (fraction | 0x80_0000, e - 150),
    };
    let zeros = significand.trailing_zeros();
    Some((significand >> zeros, exponent + zeros as i32))
}

impl Ratio {
    /// `a · b / y` for scales `a`, `b` and `y`; `None` unless all are finite and positive.
    pub fn of_scales(a: f32, b: f32, y: f32) -> Option<Ratio> {
        let ((a, ea), (b, eb), (y, ey)) = (split(a)?, split(b)?, split(y)?);
        Some(Ratio {
            numerator: a * b,
            denominator: y,
            exponent: ea + eb - ey,
        })
    }

    /// This ratio divided by a positive number of elements below 2^24.
    pub fn over(self, count: usize) -> Ratio {
        Ratio {
            denominator: self.denominator * count.max(1) as u64,
            ..self
        }
    }

    /// The nearest `f64`, or one next to it.
    pub fn to_f64(self) -> f64 {
        self.numerator as f64 / self.denominator as f64 * f64::from(self.exponent).exp2()
    }

    /// `a · self` as a fraction of integers, if they fit.
    fn times(self, a: i64) -> Option<(i128, i128)> {
        let numerator = i128::from(a) * i128::from(self.numerator);
        let (numerator, denominator) = match self.exponent {
            e @ 0.. => (checked_shl(numerator, e)?, i128::from(self.denominator)),
            e => (numerator, checked_shl(i128::from(self.denominator), -e)?),
        };
        Some((numerator, denominator))
    }

    /// `a · self` rounded to the nearest integer, halves to even: the definition. `None` where the
    /// ratio is so far from 1 that the product cannot be told from 0, or is beyond any type.
    pub fn rounded(self, a: i64) -> Option<i128> {
        let (n, d) = self.times(a)?;
        Some(rounded(n, d))
    }

    /// Two ratios to the same denominator, if that fits.
    pub fn common([a, b]: [Ratio; 2]) -> Option<Common> {
        let ((a, d), (b, e)) = (a.times(1)?, b.times(1)?);
        let (narrow, denominator) = (|x: i128| i128::from(x as i64) == x, d.checked_mul(e)?);
        let numerators = [a.checked_mul(e)?, b.checked_mul(d)?];
        // Products with elements and their sums must not overflow.
        let fits = |x: &i128| narrow(x >> 48);
        let all = numerators.iter().chain([&denominator]).all(fits);
        all.then_some(Common {
            numerators,
            denominator,
        })
    }

    /// The least `a` for which `a · self`, rounded, is at least `k`.
    fn threshold(self, k: i32) -> Option<i128> {
        // a · n / d ≥ k - 1/2, or > where k is odd: halves go to the even neighbour.
        let (n, d) = self.times(1)?;
        let half = i128::from(2 * i64::from(k) - 1).checked_mul(d)?;
        let (q, r) = (half.div_euclid(2 * n), half.rem_euclid(2 * n));
        let tie = r == 0 && k % 2 != 0;
        Some(if r > 0 || tie { q + 1 } else { q })
    }
}

/// Two ratios with the same denominator.
#[derive(Clone, Copy, Debug)]
pub struct Common {
    numerators: [i128; 2],
    denominator: i128,
}

impl Common {
    /// The sum of `a` and `b` times the ratios, rounded to the nearest integer, halves to even.
    pub fn rounded(self, a: i64, b: i64) -> i128 {
        let [n, m] = self.numerators;
        rounded(i128::from(a) * n + i128::from(b) * m, self.denominator)
    }
}

/// A fraction rounded to the nearest integer, halves to even.
fn rounded(n: i128, d: i128) -> i128 {
    let (q, r) = (n.div_euclid(d), n.rem_euclid(d));
    match (2 * r).cmp(&d) {
        std::cmp::Ordering::Less => q,
        std::cmp::Ordering::Greater => q + 1,
        std::cmp::Ordering::Equal => q + (q & 1),
    }
}

fn checked_shl(x: i128, by: i32) -> Option<i128> {
    let fits = x == 0 || (by as u32) < x.unsigned_abs().leading_zeros().saturating_sub(1);
    fits.then(|| x << by.min(126))
}

/// One output channel: the ratio of its scales, and the sums that any input leads to.
#[derive(Clone, Debug)]
pub struct Channel {
    /// What a sum is multiplied by.
    pub ratio: Ratio,
    /// Every sum there can be is in this range.
    pub sums: RangeInclusive<i64>,
}

/// Sums that become another element.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// How many.
    pub sums: u64,
    /// Of how many that there can be, those aside that are beyond all elements.
    pub of: u64,
}

impl Channel {
    /// The sums that become another element because a part of a unit, `rest`, is left out of them. None, if that is
    /// proved; where floats cannot tell, one is.
    pub fn moved_without(&self, rest: f64, to: Elements) -> Moved {
        let (first, last) = (*self.sums.start() as f64, *self.sums.end() as f64 + 1.0);
        let (ratio, slack) = (
            self.ratio.to_f64(),
            last.abs().max(first.abs()) * f64::EPSILON * 8.0,
        );
        let thresholds =
            (to.lo - to.zero + 1..=to.hi - to.zero).map(|k| (f64::from(k) - 0.5) / ratio);
        let within: Vec<_> = thresholds
            .filter(|at| (first..=last).contains(at))
            .collect();
        // The least sum at or above a threshold is the one at or above it without the rest.
        let moves = |at: &&f64| {
            let (a, b) = (**at, **at - rest);
            (a.min(b) - slack).ceil() != (a.max(b) + slack).ceil()
        };
        let steps = (within.len() as f64 / ratio).min(last - first);
        Moved {
            sums: if rest == 0.0 {
                0
            } else {
                within.iter().filter(moves).count() as u64
            },
            of: steps as u64,
        }
    }
}

/// Integers to requantise with.
#[derive(Clone, Debug, PartialEq)]
pub struct Rescale {
    /// Parameters for all channels.
    pub requantize: Requantize,
    /// For each channel.
    pub multipliers: Vec<i32>,
    /// For each channel, or none.
    pub shifts: Vec<i8>,
}

/// Finds multipliers such that kernels compute what the profile demands, for every sum there can be;
/// an error says why there are none.
pub fn requantize(
    profile: Profile,
    layer: Layer,
    channels: &[Channel],
    to: Elements,
) -> Result<Rescale, &'static str> {
    match (profile, layer) {
        (Profile::Onnx, _) => exact(channels, to),
        (Profile::TfLite, Layer::FullyConnected) => {
            Ok(tf_lite(Rounding::NearestEach, channels, to))
        }
        (Profile::TfLite, Layer::Other) | (Profile::TfLm, _) => {
            Ok(tf_lite(Rounding::TfLite, channels, to))
        }
    }
}

/// What becomes of sums of `1..=most` elements that are worth `ratio` steps each, if their mean is wanted: as
/// TensorFlow Lite's `QuantizedMeanOrSum` (`kernels/internal/reference/reduce.h`), which folds the number of elements
/// into the multiplier.
pub fn tf_lite_means(ratio: Ratio, most: usize, to: Elements) -> Rescale {
    let (multiplier, right_shift) = tf_lite_multiplier(ratio.to_f64());
    let folded = |count: usize| {
        let left = count
            .ilog2()
            .min(32)
            .min((31 - i32::from(right_shift)).max(0) as u32);
        let multiplier = (i64::from(multiplier) << left) / count as i64;
        (multiplier as i32, right_shift + left as i8)
    };
    let (multipliers, shifts) = (1..=most).map(folded).unzip();
    Rescale {
        shifts,
        ..rescale(Rounding::TfLite, 1, multipliers, to)
    }
}

fn exact(channels: &[Channel], to: Elements) -> Result<Rescale, &'static str> {
    let greatest = channels
        .iter()
        .map(|c| c.ratio.to_f64())
        .fold(0.0, f64::max);
    let shift = shift(greatest);
    if greatest * f64::from(shift).exp2() >= f64::from(i32::MAX) {
        return Err("the output's scale is too small for its inputs'");
    }
    let nearest = channels.iter().map(|c| multiplier(c, to, shift));
    if let Some(multipliers) = nearest.collect::<Option<Vec<_>>>() {
        return Ok(rescale(Rounding::Nearest, shift, multipliers, to));
    }
    each_exact(channels, to)
        .or_else(|| half_even(channels, to, shift))
        .ok_or("no 32-bit multiplier gives the exact product with its scales")
}

/// The shift that leaves a multiplier 31 bits.
fn shift(ratio: f64) -> u32 {
    (30 - ratio.max(f64::MIN_POSITIVE).log2().floor() as i64).clamp(1, 62) as u32
}

/// Multipliers of 31 bits for all channels, and a shift for each.
fn each_exact(channels: &[Channel], to: Elements) -> Option<Rescale> {
    let each = channels.iter().map(|c| {
        let shift = shift(c.ratio.to_f64());
        Some((multiplier(c, to, shift)?, (shift as i32 - 31) as i8))
    });
    let (multipliers, shifts) = each.collect::<Option<Vec<_>>>()?.into_iter().unzip();
    Some(Rescale {
        shifts,
        ..rescale(Rounding::NearestEach, 1, multipliers, to)
    })
}

/// The nearest multipliers, if they are exact with halves sent to even neighbours.
fn half_even(channels: &[Channel], to: Elements, shift: u32) -> Option<Rescale> {
    let rounded = |c: &Channel| (c.ratio.to_f64() * f64::from(shift).exp2()).round() as i32;
    let multipliers: Vec<i32> = channels.iter().map(rounded).collect();
    let largest = channels
        .iter()
        .map(|c| c.sums.start().abs().max(c.sums.end().abs()));
    // A multiplier is exact, or off by half at most.
    [0, largest.max().unwrap_or(0) / 2 + 1]
        .into_iter()
        .find_map(|tie| {
            let rescale = rescale(Rounding::HalfEven { tie }, shift, multipliers.clone(), to);
            let proved = |(c, &m): (&Channel, &i32)| is_exact(&rescale.requantize, c, m);
            let fits = shift > 3 && tie < 1 << (shift - 3);
            (fits && channels.iter().zip(&multipliers).all(proved)).then_some(rescale)
        })
}

fn rescale(rounding: Rounding, shift: u32, multipliers: Vec<i32>, to: Elements) -> Rescale {
    let Elements { zero, lo, hi } = to;
    Rescale {
        requantize: Requantize {
            rounding,
            shift,
            zero,
            lo,
            hi,
        },
        multipliers,
        shifts: Vec::new(),
    }
}

/// For each element but the least, how far it is from the one for 0, and the least sum that yields it
/// or a greater one, if any sum does.
fn thresholds<'a>(
    channel: &'a Channel,
    to: Elements,
) -> impl Iterator<Item = Option<(i32, i64)>> + 'a {
    let (first, last) = (
        i128::from(*channel.sums.start()),
        i128::from(*channel.sums.end()),
    );
    (to.lo - to.zero + 1..=to.hi - to.zero).map(move |k| {
        let least = channel.ratio.threshold(k)?;
        // Sums out of range have no say: what is next to the range stands for them.
        Some((k, least.clamp(first, last + 1) as i64))
    })
}

/// The multiplier nearest to `ratio · 2^shift` of those that are right at every threshold.
fn multiplier(channel: &Channel, to: Elements, shift: u32) -> Option<i32> {
    let (mut lo, mut hi) = (0i128, i128::from(i32::MAX));
    let (first, last) = (*channel.sums.start(), *channel.sums.end());
    for threshold in thresholds(channel, to) {
        let (k, least) = threshold?;
        // sum · m must reach this for the element to be k or greater.
        let goal = i128::from(2 * i64::from(k) - 1) << (shift - 1);
        let mut bound = |sum: i64, reaches: bool| {
            let sum = i128::from(sum);
            match (sum.signum(), reaches) {
                (1, true) => lo = lo.max(-(-goal).div_euclid(sum)),
                (1, false) => hi = hi.min(-(-goal).div_euclid(sum) - 1),
                (-1, true) => hi = hi.min((-goal).div_euclid(-sum)),
                (-1, false) => lo = lo.max((-goal).div_euclid(-sum) + 1),
                (_, reaches) => {
                    if (goal <= 0) != reaches {
                        hi = -1;
                    }
                }
            }
        };
        if least <= last {
            bound(least, true);
        }
        if least > first {
            bound(least - 1, false);
        }
    }
    let ideal = (channel.ratio.to_f64() * f64::from(shift).exp2()).round() as i128;
    (lo <= hi).then(|| ideal.clamp(lo, hi) as i32)
}

/// Whether the kernels' arithmetic is right at every threshold.
fn is_exact(requantize: &Requantize, channel: &Channel, multiplier: i32) -> bool {
    let (first, last) = (*channel.sums.start(), *channel.sums.end());
    let yields = |sum: i64| requantize.apply(sum, multiplier, 0) - requantize.zero;
    let Requantize { zero, lo, hi, .. } = *requantize;
    thresholds(channel, Elements { zero, lo, hi }).all(|threshold| {
        threshold.is_some_and(|(k, least)| {
            (least > last || yields(least) >= k) && (least <= first || yields(least - 1) < k)
        })
    })
}

/// As TensorFlow Lite's `QuantizeMultiplier` (`kernels/internal/quantization_util.cc`).
fn tf_lite(rounding: Rounding, channels: &[Channel], to: Elements) -> Rescale {
    let (multipliers, shifts) = channels
        .iter()
        .map(|c| tf_lite_multiplier(c.ratio.to_f64()))
        .unzip();
    Rescale {
        shifts,
        ..rescale(rounding, 1, multipliers, to)
    }
}

/// A positive number as a multiplier of 31 bits and a right shift.
pub fn tf_lite_multiplier(value: f64) -> (i32, i8) {
    if value <= 0.0 {
        return (0, 0);
    }
    let mut exponent = value.log2().floor() as i32 + 1;
    let mut fraction = (value * f64::from(-exponent).exp2() * f64::from(1u32 << 31)).round() as i64;
    if fraction == 1 << 31 {
        fraction >>= 1;
        exponent += 1;
    }
    match exponent {
        ..-31 => (0, 0),
        31.. => (i32::MAX, -30),
        _ => (fraction as i32, -exponent as i8),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_a_bias_moves_the_sums_next_to_thresholds() {
        let to = Elements {
            zero: 3,
            lo: -128,
            hi: 127,
        };
        let channel = |product: f32, y: f32| Channel {
            ratio: Ratio::of_scales(product, 1.0, y).unwrap(),
            sums: -30_000..=30_000,
        };
        let yields = |c: &Channel, sum: f64| {
            let element = (sum * c.ratio.to_f64()).round_ties_even() as i32 + to.zero;
            element.clamp(to.lo, to.hi)
        };
        for (c, rest) in [(channel(0.0207, 3.1), 0.4), (channel(0.0207, 3.1), -0.3)] {
            let moved = |&sum: &i64| yields(&c, sum as f64) != yields(&c, sum as f64 + rest);
            let counted = c.sums.clone().filter(moved).count() as u64;
            let Moved { sums, of } = c.moved_without(rest, to);
            assert!(
                sums == counted && sums > 20 && of > 100 * sums,
                "{sums} of {of}, not {counted}"
            );
        }
        // Thresholds are halves of sums.
        assert_eq!(channel(1.0, 101.0).moved_without(0.4, to).sums, 0);
        assert_eq!(channel(0.0207, 3.1).moved_without(0.0, to).sums, 0);
    }

    const I8: Elements = Elements {
        zero: -3,
        lo: -128,
        hi: 127,
    };

    fn channel(a: f32, b: f32, y: f32, most: i64) -> Channel {
        Channel {
            ratio: Ratio::of_scales(a, b, y).unwrap(),
            sums: -most..=most,
        }
    }

    fn expected(c: &Channel, to: Elements, sum: i64) -> i32 {
        let y = c.ratio.rounded(sum).unwrap() + i128::from(to.zero);
        y.clamp(to.lo.into(), to.hi.into()) as i32
    }

    #[test]
    fn ratios_are_exact() {
        let r = Ratio::of_scales(0.5, 0.25, 2.0).unwrap();
        assert_eq!(r.to_f64(), 0.0625);
        // Halves go to even neighbours.
        let rounded: Vec<_> = [8, 24, 40, -8, -24, 7, 9]
            .map(|a| r.rounded(a).unwrap())
            .into();
        assert_eq!(rounded, [0, 2, 2, 0, -2, 0, 1]);
        assert_eq!(r.over(2).to_f64(), 0.03125);
        assert!(Ratio::of_scales(f32::NAN, 1.0, 1.0).is_none());
        assert!(Ratio::of_scales(1.0, 0.0, 1.0).is_none());
    }

    /// Scales as networks have them, and such as make halves appear.
    fn scales() -> Vec<(f32, f32, f32)> {
        let some = [
            0.003_921_569,
            0.023_529_412,
            1.0 / 128.0,
            0.1,
            3.0 / 256.0,
            0.75,
            1.0,
        ];
        let mut all = Vec::new();
        for a in some {
            for b in [0.0031, 1.0 / 64.0, 0.00011, 0.3] {
                for y in some {
                    all.push((a, b, y));
                }
            }
        }
        all
    }

    #[test]
    fn every_sum_becomes_the_rounded_product() {
        let mut kinds = [0; 2];
        for (a, b, y) in scales() {
            // Every sum that is not cut off, and some that are.
            let c = channel(a, b, y, 1);
            let most = ((300.0 / c.ratio.to_f64()) as i64).clamp(10, 400_000);
            let c = channel(a, b, y, most);
            let Ok(found) = requantize(Profile::Onnx, Layer::Other, std::slice::from_ref(&c), I8)
            else {
                panic!("{a} · {b} / {y} has no multiplier");
            };
            kinds[usize::from(found.requantize.rounding != Rounding::Nearest)] += 1;
            for sum in -most..=most {
                let yields = found.requantize.apply(sum as i32, found.multipliers[0], 0);
                assert_eq!(yields, expected(&c, I8, sum), "{sum} · {a} · {b} / {y}");
            }
        }
        assert!(kinds[0] > 100 && kinds[1] > 10, "{kinds:?}");
    }

    #[test]
    fn channels_share_a_shift() {
        let channels: Vec<_> = (1..200)
            .map(|i| channel(0.0235, 0.0007 * i as f32, 0.0471, 1 << 21))
            .collect();
        let to = Elements {
            zero: 0,
            lo: 0,
            hi: 255,
        };
        let found = requantize(Profile::Onnx, Layer::Other, &channels, to).unwrap();
        assert_eq!(found.requantize.rounding, Rounding::Nearest);
        for (c, &m) in channels.iter().zip(&found.multipliers) {
            for sum in (-1 << 21..1 << 21).step_by(1013) {
                assert_eq!(
                    found.requantize.apply(sum as i32, m, 0),
                    expected(c, to, sum)
                );
            }
        }
    }

    #[test]
    fn channels_far_apart_have_shifts_of_their_own() {
        let channels = [
            channel(0.0582, 7.3281e-6, 0.02155, 1 << 22),
            channel(0.0582, 1.684e-3, 0.02155, 1 << 22),
        ];
        let found = requantize(Profile::Onnx, Layer::Other, &channels, I8).unwrap();
        for (i, c) in channels.iter().enumerate() {
            let (m, shift) = (
                found.multipliers[i],
                found.shifts.get(i).copied().unwrap_or(0),
            );
            for sum in (-1 << 22..1 << 22).step_by(7) {
                assert_eq!(
                    found.requantize.apply(sum as i32, m, shift),
                    expected(c, I8, sum)
                );
            }
        }
    }

    #[test]
    fn sixteen_bits_are_exact_or_refused() {
        let to = Elements {
            zero: 0,
            lo: -32768,
            hi: 32767,
        };
        let exact = channel(0.5, 0.25, 1.0, 1 << 40);
        let found = requantize(
            Profile::Onnx,
            Layer::Other,
            std::slice::from_ref(&exact),
            to,
        )
        .unwrap();
        for sum in (-1i64 << 26..1 << 26).step_by(997) {
            let yields = found.requantize.apply(sum, found.multipliers[0], 0);
            assert_eq!(yields, expected(&exact, to, sum));
        }
        // 65,536 thresholds take more than 31 bits to tell apart.
        let uneven = channel(0.0003, 0.0041, 0.0007, 1 << 40);
        assert!(requantize(Profile::Onnx, Layer::Other, &[uneven], to).is_err());
    }

    #[test]
    fn multipliers_of_tensorflow_lite() {
        assert_eq!(tf_lite_multiplier(0.5), (1 << 30, 0));
        assert_eq!(tf_lite_multiplier(1.0), (1 << 30, -1));
        assert_eq!(tf_lite_multiplier(0.75 / 1024.0), (3 << 29, 10));
        assert_eq!(tf_lite_multiplier(0.0), (0, 0));
    }

    /// A mean of 49 elements that are worth half a step: 2^30 · 2^5 / 49, and five more bits to the right.
    #[test]
    fn means_of_tensorflow_lite_have_their_count_in_the_multiplier() {
        let half = Ratio::of_scales(0.5, 1.0, 1.0).unwrap();
        let means = tf_lite_means(half, 49, I8);
        assert_eq!((means.multipliers[48], means.shifts[48]), (701_219_150, 5));
        assert_eq!((means.multipliers[0], means.shifts[0]), (1 << 30, 0));
        // 343 is 3.5 steps. The multiplier is cut off, but the first rounding makes up for it.
        let element = |sum: i32| means.requantize.apply(sum, means.multipliers[48], 5) - I8.zero;
        assert_eq!([294, 343, 344].map(element), [3, 4, 4]);
    }

    /// A product with weights is rounded once by one engine and twice by the other. With the multiplier 3 / 2^9 a sum of
    /// 85 is 0.498 steps: the high half of the doubled product by 3 · 2^29 is 64 of 128ths, and that is a half.
    #[test]
    fn engines_differ_in_fully_connected_layers() {
        let c = Channel {
            ratio: Ratio::of_scales(3.0, 1.0 / 512.0, 1.0).unwrap(),
            sums: -1000..=1000,
        };
        let element = |profile, layer| {
            let found = requantize(profile, layer, std::slice::from_ref(&c), I8).unwrap();
            found
                .requantize
                .apply(85, found.multipliers[0], found.shifts[0])
                - I8.zero
        };
        assert_eq!(element(Profile::TfLite, Layer::FullyConnected), 0);
        assert_eq!(element(Profile::TfLm, Layer::FullyConnected), 1);
        assert_eq!(element(Profile::TfLite, Layer::Other), 1);
        assert_eq!(element(Profile::TfLm, Layer::Other), 1);
    }
}
