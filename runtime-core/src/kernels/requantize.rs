//! Requantisation: how an integer sum becomes an element of a quantised tensor.
//!
//! A sum is worth `scale_x * scale_w` for each one, an element of the output `scale_y`. Their ratio
//! is a multiplier and a shift, and what remains to be said is how the product is rounded.

use super::lookup::Byte;

/// How an integer sum becomes an element of the output:
/// `min(max(zero + round(sum * multiplier / 2^shift), lo), hi)`.
///
/// Multipliers are operands of the kernels: one for each output channel, or one for all. So are
/// shifts where they differ by channel, as [`Rounding`] says: they are empty otherwise.
/// `zero`, `lo` and `hi` are numbers of the output's element type; an activation that is a range
/// (such as ReLU) is stated by `lo` and `hi`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Requantize {
    /// How a product is rounded.
    pub rounding: Rounding,
    /// The negative exponent of the power of two that products are multiplied with: 1 to 62. It is
    /// of no account for [`Rounding::TfLite`].
    pub shift: u32,
    /// The element that stands for 0.
    pub zero: i32,
    /// The least element.
    pub lo: i32,
    /// The greatest element.
    pub hi: i32,
}

/// How a product is rounded to an integer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rounding {
    /// To the nearest, halves up: `floor((sum * multiplier + 2^(shift - 1)) / 2^shift)`.
    ///
    /// Where the multiplier stands for a real number that no sum times it makes a half of, as the
    /// compiler proves, this is also that real product rounded half to even.
    Nearest,
    /// To the nearest, but what lies within `tie` of a half, itself included, goes to the even one
    /// of the neighbours.
    HalfEven {
        /// In units of `2^-shift`; less than a quarter.
        tie: i64,
    },
    /// As TensorFlow Lite's reference kernels round sums of convolutions: its
    /// `MultiplyByQuantizedMultiplier` (`kernels/internal/common.h`).
    ///
    /// Sums of 32 bits are shifted left where the channel's shift is negative, multiplied to the
    /// high 32 bits of the doubled product, and shifted right where the shift is positive; both
    /// steps round to the nearest, the first halves up, the second halves away from zero. Sums of
    /// 64 bits are multiplied with the high 16 bits of the multiplier, and rounded once, halves up.
    TfLite,
    /// As [`Rounding::Nearest`], but the shift is 31 and the channel's: 1 to 62 in all. So round
    /// TensorFlow Lite's reference kernels the sums of fully connected layers.
    NearestEach,
}

impl Requantize {
    /// The element that a sum becomes.
    #[inline(always)]
    pub fn apply<S: Sum>(self, sum: S, multiplier: i32, shift: i8) -> i32 {
        self.element(match self.rounding {
            Rounding::Nearest => sum.nearest(multiplier, self.shift),
            Rounding::HalfEven { tie } => sum.half_even(multiplier, self.shift, tie),
            Rounding::TfLite => sum.tf_lite(multiplier, shift),
            Rounding::NearestEach => {
                let shift = 31i32.wrapping_add(shift.into()).clamp(1, 62);
                sum.nearest(multiplier, shift as u32)
            }
        })
    }

    /// The element that stands for so many times `scale_y`.
    #[inline(always)]
    pub(super) fn element(self, steps: i32) -> i32 {
        steps.saturating_add(self.zero).max(self.lo).min(self.hi)
    }
}

/// Calls a generic kernel body with requantisation as a closure of its own type, in a `match` that
/// constant folding removes: `specialise!(p.requantize, f => body(p, f, x, y))`.
///
/// As for activations (`activation.rs`), the compiler's interpreter has one body that asks each
/// time. A shift beyond the low word of products is a case of its own, for all that it saves where
/// registers have 32 bits.
#[allow(
    unused_macros,
    reason = "a crate may requantise by packed layers only"
)]
macro_rules! specialise {
    ($requantize:expr, $f:ident => $body:expr) => {{
        let requantize: Requantize = $requantize;
        #[cfg(feature = "host")]
        {
            let $f = move |sum, multiplier, shift| requantize.apply(sum, multiplier, shift);
            $body
        }
        #[cfg(not(feature = "host"))]
        use super::requantize::Rounding;
        #[cfg(not(feature = "host"))]
        match requantize.rounding {
            Rounding::Nearest if requantize.shift > 32 => {
                let $f = move |sum, multiplier, _| {
                    let bits = requantize.shift.wrapping_sub(32);
                    requantize.element(super::requantize::Sum::nearest_high(sum, multiplier, bits))
                };
                $body
            }
            Rounding::Nearest => {
                let requantize = Requantize {
                    rounding: Rounding::Nearest,
                    ..requantize
                };
                let $f = move |sum, multiplier, shift| requantize.apply(sum, multiplier, shift);
                $body
            }
            Rounding::HalfEven { tie } => {
                let requantize = Requantize {
                    rounding: Rounding::HalfEven { tie },
                    ..requantize
                };
                let $f = move |sum, multiplier, shift| requantize.apply(sum, multiplier, shift);
                $body
            }
            Rounding::TfLite => {
                let requantize = Requantize {
                    rounding: Rounding::TfLite,
                    ..requantize
                };
                let $f = move |sum, multiplier, shift| requantize.apply(sum, multiplier, shift);
                $body
            }
            Rounding::NearestEach => {
                let requantize = Requantize {
                    rounding: Rounding::NearestEach,
                    ..requantize
                };
                let $f = move |sum, multiplier, shift| requantize.apply(sum, multiplier, shift);
                $body
            }
        }
    }};
}
pub(super) use specialise;

/// What the elements of an output are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Elements {
    /// The one that stands for 0.
    pub zero: i32,
    /// The least.
    pub lo: i32,
    /// The greatest.
    pub hi: i32,
}

impl Elements {
    /// The one that stands for so many times `scale_y`, or the nearest to that; elements are bytes.
    #[inline(always)]
    pub(super) fn byte<T: Byte>(self, steps: i32) -> T {
        let element = steps.saturating_add(self.zero);
        T::from_bits(element.max(self.lo).min(self.hi) as u8)
    }
}

/// An integer sum: of 32 bits, or of 64 where elements of `x` have 16.
///
/// Each method rounds `self * multiplier / 2^shift`, to the nearest `i32` where the result would be
/// beyond.
pub trait Sum: Copy {
    /// As [`Rounding::Nearest`] says.
    fn nearest(self, multiplier: i32, shift: u32) -> i32;
    /// The same for a shift of `32 + bits`, of which the low word of the product needs none.
    fn nearest_high(self, multiplier: i32, bits: u32) -> i32;
    /// As [`Rounding::HalfEven`] says.
    fn half_even(self, multiplier: i32, shift: u32, tie: i64) -> i32;
    /// As [`Rounding::TfLite`] says; the shift is the channel's.
    fn tf_lite(self, multiplier: i32, shift: i8) -> i32;
}

/// The nearest `i32`.
macro_rules! saturate {
    ($x:expr) => {
        $x.max(i32::MIN.into()).min(i32::MAX.into()) as i32
    };
}

/// What both kinds of sums do alike, in a type that holds their products.
macro_rules! in_products {
    ($wide:ident) => {
        #[inline(always)]
        fn nearest(self, multiplier: i32, shift: u32) -> i32 {
            let half = (1 as $wide).wrapping_shl(shift.wrapping_sub(1));
            let product = $wide::from(self).wrapping_mul($wide::from(multiplier));
            saturate!(product.wrapping_add(half).wrapping_shr(shift))
        }

        #[inline(always)]
        fn half_even(self, multiplier: i32, shift: u32, tie: i64) -> i32 {
            let unit = (1 as $wide).wrapping_shl(shift);
            let product = $wide::from(self).wrapping_mul($wide::from(multiplier));
            let raised = product.wrapping_add(unit >> 1);
            let nearest = raised.wrapping_shr(shift);
            // How far the product lies above the half below it, and below the half above it.
            let above = raised & unit.wrapping_sub(1);
            let below = unit.wrapping_sub(above);
            let (tie, odd) = ($wide::from(tie), nearest & 1);
            saturate!(if above <= tie {
                nearest.wrapping_sub(odd)
            } else if below <= tie {
                nearest.wrapping_add(odd)
            } else {
                nearest
            })
        }
    };
}

impl Sum for i32 {
    in_products! { i64 }

    #[inline(always)]
    fn nearest_high(self, multiplier: i32, bits: u32) -> i32 {
        let product = i64::from(self).wrapping_mul(i64::from(multiplier));
        let half = 1i32.wrapping_shl(bits.wrapping_sub(1));
        ((product >> 32) as i32)
            .wrapping_add(half)
            .wrapping_shr(bits)
    }

    #[inline(always)]
    fn tf_lite(self, multiplier: i32, shift: i8) -> i32 {
        let left = u32::from(shift.min(0).unsigned_abs());
        let right = u32::from(shift.max(0).unsigned_abs());
        halve(double_high(self.wrapping_shl(left), multiplier), right)
    }
}

impl Sum for i64 {
    in_products! { i128 }

    #[inline(always)]
    fn nearest_high(self, multiplier: i32, bits: u32) -> i32 {
        let multiplier = i64::from(multiplier);
        let low = (self & 0xffff_ffff).wrapping_mul(multiplier) >> 32;
        let high = (self >> 32).wrapping_mul(multiplier).wrapping_add(low);
        let half = 1i64.wrapping_shl(bits.wrapping_sub(1));
        saturate!(high.wrapping_add(half).wrapping_shr(bits))
    }

    #[inline(always)]
    fn tf_lite(self, multiplier: i32, shift: i8) -> i32 {
        let reduced = (multiplier.saturating_add(1 << 15) >> 16).min(0x7fff);
        let shift = (15 + i32::from(shift)).max(1) as u32;
        let half = 1i64.wrapping_shl(shift.wrapping_sub(1));
        let product = self.wrapping_mul(i64::from(reduced));
        saturate!(product.wrapping_add(half).wrapping_shr(shift))
    }
}

/// The high half of `2ab`, rounded halves up (gemmlowp's `SaturatingRoundingDoublingHighMul`).
#[inline(always)]
pub(super) fn double_high(a: i32, b: i32) -> i32 {
    let product = i64::from(a).wrapping_mul(i64::from(b));
    (product.wrapping_add(1 << 30) >> 31).min(i32::MAX.into()) as i32
}

/// `x / 2^bits`, rounded halves away from zero (gemmlowp's `RoundingDivideByPOT`).
#[inline(always)]
fn halve(x: i32, bits: u32) -> i32 {
    let mask = 1i32.wrapping_shl(bits).wrapping_sub(1);
    let threshold = (mask >> 1).wrapping_add(i32::from(x < 0));
    let up = i32::from(x & mask > threshold);
    x.wrapping_shr(bits).wrapping_add(up)
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    /// Numbers of `bits` bits at and around powers of two and their sums, of both signs.
    fn grid(bits: u32) -> Vec<i64> {
        let powers: Vec<i64> = (0..bits - 1).step_by(3).map(|b| 1 << b).collect();
        let greatest = i64::MAX >> (64 - bits);
        let mut grid = std::vec![0, greatest, greatest - 1, greatest / 3];
        for a in &powers {
            grid.extend([a - 1, *a, a + 1, a + a / 2, a / 7 * 5]);
        }
        grid.extend(grid.clone().iter().flat_map(|x| [-x, -x - 1]));
        grid.sort_unstable();
        grid.dedup();
        grid
    }

    fn all(rounding: Rounding, shift: u32) -> Requantize {
        Requantize {
            rounding,
            shift,
            zero: 0,
            lo: i32::MIN,
            hi: i32::MAX,
        }
    }

    fn saturated(x: i128) -> i32 {
        x.clamp(i32::MIN.into(), i32::MAX.into()) as i32
    }

    /// `product / 2^shift` rounded half up.
    fn half_up(product: i128, shift: u32) -> i128 {
        (product + (1 << (shift - 1))).div_euclid(1 << shift)
    }

    /// The same, but to an even neighbour within `tie` of a half.
    fn half_even(product: i128, shift: u32, tie: i128) -> i128 {
        let (below, unit) = (product.div_euclid(1 << shift), 1i128 << shift);
        let fraction = product.rem_euclid(unit);
        if (2 * fraction - unit).abs() <= 2 * tie {
            below + below.rem_euclid(2)
        } else {
            half_up(product, shift)
        }
    }

    #[test]
    fn sums_of_32_bits_are_rounded_as_defined() {
        let (sums, multipliers) = (grid(32), grid(32));
        for shift in (1..=62).step_by(4).chain([2, 31, 32, 34, 62]) {
            let ties = [0, 1, i64::MAX].map(|tie| tie.min((1 << shift) / 5));
            for (&sum, &multiplier) in sums
                .iter()
                .flat_map(|s| multipliers.iter().map(move |m| (s, m)))
            {
                let (product, sum, m) = (
                    i128::from(sum) * i128::from(multiplier),
                    sum as i32,
                    multiplier as i32,
                );
                let expected = saturated(half_up(product, shift));
                assert_eq!(
                    all(Rounding::Nearest, shift).apply(sum, m, 0),
                    expected,
                    "{sum} {m} {shift}"
                );
                if shift > 32 {
                    assert_eq!(
                        sum.nearest_high(m, shift - 32),
                        expected,
                        "{sum} {m} {shift}"
                    );
                }
                for tie in ties {
                    let expected = saturated(half_even(product, shift, tie.into()));
                    let found = all(Rounding::HalfEven { tie }, shift).apply(sum, m, 0);
                    assert_eq!(found, expected, "{sum} {m} {shift} {tie}");
                }
            }
        }
    }

    #[test]
    fn sums_of_64_bits_are_rounded_as_defined() {
        let (sums, multipliers) = (grid(64), grid(32));
        for shift in [1, 2, 17, 31, 32, 33, 34, 47, 62] {
            for (&sum, &multiplier) in sums
                .iter()
                .flat_map(|s| multipliers.iter().map(move |m| (s, m)))
            {
                let (product, m) = (i128::from(sum) * i128::from(multiplier), multiplier as i32);
                let expected = saturated(half_up(product, shift));
                assert_eq!(
                    all(Rounding::Nearest, shift).apply(sum, m, 0),
                    expected,
                    "{sum} {m} {shift}"
                );
                if shift > 32 {
                    assert_eq!(
                        sum.nearest_high(m, shift - 32),
                        expected,
                        "{sum} {m} {shift}"
                    );
                }
                let tie = (1 << shift) / 5;
                let expected = saturated(half_even(product, shift, tie.into()));
                let found = all(Rounding::HalfEven { tie }, shift).apply(sum, m, 0);
                assert_eq!(found, expected, "{sum} {m} {shift}");
            }
        }
    }

    /// `MultiplyByQuantizedMultiplier` of TensorFlow Lite, in the steps of its definition.
    fn tf_lite(sum: i32, multiplier: i32, right_shift: i8) -> i32 {
        let shifted = (i128::from(sum) << (-right_shift).max(0)) as i32;
        let product = i128::from(shifted) * i128::from(multiplier);
        let nudge = if product >= 0 { 1 << 30 } else { 1 - (1 << 30) };
        let high = saturated((product + nudge) / (1 << 31));
        // Halves away from zero.
        let unit = 1i128 << right_shift.max(0);
        let magnitude = (i128::from(high).abs() * 2 + unit) / (2 * unit);
        saturated(magnitude * i128::from(high.signum()))
    }

    #[test]
    fn rounding_of_tensorflow_lite() {
        let (sums, multipliers) = (grid(32), grid(32));
        for shift in -31..=31 {
            for (&sum, &m) in sums
                .iter()
                .flat_map(|s| multipliers.iter().map(move |m| (s, m)))
            {
                let (sum, m) = (sum as i32, m as i32);
                let found = all(Rounding::TfLite, 0).apply(sum, m, shift);
                assert_eq!(found, tf_lite(sum, m, shift), "{sum} {m} {shift}");
            }
        }
        // Sums of 64 bits: by 0.75, and the same halved and doubled.
        let wide = |sum: i64, shift| all(Rounding::TfLite, 0).apply(sum, 3 << 29, shift);
        assert_eq!(
            [wide(1 << 30, 0), wide(-6, 0), wide(-6, 1), wide(2, -1)],
            [3 << 28, -4, -2, 3]
        );
    }

    #[test]
    fn fully_connected_layers_of_tensorflow_lite_round_once() {
        let (sums, multipliers) = (grid(32), grid(31));
        for shift in -30..=31 {
            for (&sum, &m) in sums
                .iter()
                .flat_map(|s| multipliers.iter().map(move |m| (s, m)))
            {
                let product = i128::from(sum) * i128::from(m);
                let expected = saturated(half_up(product, (31 + shift) as u32));
                let once = all(Rounding::NearestEach, 0);
                let found = once.apply(sum as i32, m as i32, shift as i8);
                assert_eq!(found, expected, "{sum} {m} {shift}");
            }
        }
    }

    #[test]
    fn results_stay_within_bounds() {
        let relu = Requantize {
            rounding: Rounding::Nearest,
            shift: 1,
            zero: -10,
            lo: -10,
            hi: 127,
        };
        let found = [i32::MIN, -3, -1, 0, 1, 2, 1000, i32::MAX].map(|sum| relu.apply(sum, 2, 0));
        assert_eq!(found, [-10, -10, -10, -10, -9, -8, 127, 127]);
    }
}
