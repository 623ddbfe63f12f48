//! Random parameters and elements, the same on every run; elements are often the extremes of their types.

use core::fmt::Debug;
use mlc_runtime_core::kernels::quantized::Quantized;
use mlc_runtime_core::kernels::requantize::{Requantize, Rounding};

/// A small generator of numbers.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1);
        (self.0 >> 33) as usize % n
    }

    pub(crate) fn between(&mut self, lo: i64, hi: i64) -> i64 {
        lo + self.below((hi - lo + 1) as usize) as i64
    }

    pub(crate) fn size(&mut self, most: usize) -> usize {
        1 + self.below(most)
    }

    pub(crate) fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// Numbers from `lo` to `hi`, a quarter of them one of these.
    pub(crate) fn numbers<T: TryFrom<i64>>(&mut self, n: usize, (lo, hi): (i64, i64)) -> Vec<T> {
        let mut number = || match self.below(8) {
            0 => lo,
            1 => hi,
            _ => self.between(lo, hi),
        };
        let fits = |x| T::try_from(x).ok().expect("the range is one of the type");
        (0..n).map(|_| fits(number())).collect()
    }

    pub(crate) fn elements<T: Activations>(&mut self, n: usize) -> Vec<T> {
        self.numbers(n, T::RANGE)
    }

    pub(crate) fn zero<T: Activations>(&mut self) -> i32 {
        self.numbers(1, T::RANGE)[0]
    }

    pub(crate) fn requantize<T: Activations>(&mut self) -> Requantize {
        let mut bounds = [self.zero::<T>(), self.zero::<T>()];
        bounds.sort_unstable();
        let tie = self.below(1000) as i64;
        Requantize {
            rounding: self.one_of(&[
                Rounding::Nearest,
                Rounding::HalfEven { tie },
                Rounding::TfLite,
            ]),
            shift: self.between(12, 50) as u32,
            zero: self.zero::<T>(),
            lo: bounds[0],
            hi: bounds[1],
        }
    }

    /// Bias, multipliers and shifts of `n` channels.
    pub(crate) fn scales(&mut self, n: usize, requantize: &Requantize) -> Scales {
        let one = self.below(8) == 0;
        let given = if one { 1 } else { n };
        let with_bias = self.below(4) > 0;
        Scales {
            bias: self.numbers(if with_bias { n } else { 0 }, (-1 << 24, 1 << 24)),
            multipliers: self.numbers(given, (1 << 15, i64::from(i32::MAX))),
            shifts: match requantize.rounding {
                Rounding::TfLite => self.numbers(given, (-3, 20)),
                _ => vec![],
            },
        }
    }
}

/// Element types of activations.
pub(crate) trait Activations: Quantized + TryFrom<i64> + Into<i64> + Debug {
    const RANGE: (i64, i64);
}
impl Activations for i8 {
    const RANGE: (i64, i64) = (-128, 127);
}
impl Activations for u8 {
    const RANGE: (i64, i64) = (0, 255);
}
impl Activations for i16 {
    const RANGE: (i64, i64) = (-32768, 32767);
}

pub(crate) struct Scales {
    pub(crate) bias: Vec<i32>,
    pub(crate) multipliers: Vec<i32>,
    pub(crate) shifts: Vec<i8>,
}

/// The element of a sum over products, by the requantisation that has tests of its own.
pub(crate) fn element<T: Activations>(p: &Requantize, s: &Scales, channel: usize, sum: i64) -> i64 {
    fn of<V: Copy + Default>(values: &[V], channel: usize) -> V {
        let at = if values.len() == 1 { 0 } else { channel };
        values.get(at).copied().unwrap_or_default()
    }
    let sum = sum + i64::from(s.bias.get(channel).copied().unwrap_or(0));
    let (multiplier, shift) = (of(&s.multipliers, channel), of(&s.shifts, channel));
    match i32::try_from(sum) {
        Ok(sum) if size_of::<T>() == 1 => p.apply(sum, multiplier, shift).into(),
        _ => p.apply(sum, multiplier, shift).into(),
    }
}

/// Rows of weights of 4 bits, as kernels take them.
pub(crate) fn packed(weights: &[i64], columns: usize) -> Vec<u8> {
    let pair = |pair: &[i64]| (pair[0] & 15 | pair.get(1).unwrap_or(&0) << 4) as u8;
    let row = |row: &[i64]| row.chunks(2).map(pair).collect::<Vec<_>>();
    weights.chunks(columns).flat_map(row).collect()
}

/// How weights are kept.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Weights {
    W4,
    W8,
    W16,
}

impl Weights {
    pub(crate) fn range(self) -> (i64, i64) {
        match self {
            Weights::W4 => (-8, 7),
            Weights::W8 => (-128, 127),
            Weights::W16 => (-255, 255),
        }
    }
}

pub(crate) fn narrow<T: TryFrom<i64>>(values: &[i64]) -> Vec<T> {
    let fits = |&x| T::try_from(x).ok().expect("the value is one of the type");
    values.iter().map(fits).collect()
}

/// A fraction rounded to the nearest integer, halves away from zero.
pub(crate) fn half_away(n: i128, d: i128) -> i128 {
    (2 * n.abs() + d) / (2 * d) * n.signum()
}
