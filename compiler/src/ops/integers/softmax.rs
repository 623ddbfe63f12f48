//! Softmax of bytes: the table of exponentials, and what is divided by their sum.

use super::Codes;
use crate::diag::Diag;
use crate::ir::{Island, Lower, NotInteger, Op, Refusal, Slices, TimeRule, ValueId};
use crate::ops::normalisation::softmax::params;
use crate::ops::quantisation::quantize::code_range;
use crate::ops::unsupported_type;
use crate::quantization::{Elements, Profile};
use crate::requantize::tf_lite_multiplier;
use crate::tensor::{DType, Tensor, TensorType};
use mlc_runtime_core::kernels::softmax_int::{SoftmaxInt as Exact, SoftmaxTfLite};
use mlc_runtime_core::table::call;
use std::f64::consts::LN_2;

/// A softmax of `i8` or `u8` along an axis; then 256 exponentials (`u32`).
#[derive(Clone, Debug)]
pub struct SoftmaxInt {
    /// The axis.
    pub axis: usize,
    /// Type of the result.
    pub dtype: DType,
    /// What elements it has.
    pub elements: Elements,
    /// How quotients are made and rounded.
    pub division: Division,
}

/// How quotients of exponentials and their sum are made and rounded.
#[derive(Clone, Copy, Debug)]
pub enum Division {
    /// Precisely, and once: `numerator / 2^shift` is the number of the output's steps in 1.
    Exact {
        /// Below 2^63.
        numerator: u64,
        /// 1 to 63.
        shift: u32,
    },
    /// As TensorFlow Lite does, where the output's step is 1/256.
    TfLite,
}

impl Op for SoftmaxInt {
    fn name(&self) -> &'static str {
        "Softmax"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let [Some(x), Some(exponentials)] = inputs else {
            return Err(Diag::new(
                "missing-input",
                "data and exponentials are needed",
            ));
        };
        if x.dtype.bits() != 8 || exponentials.len() != 256 {
            return Err(unsupported_type(x.dtype));
        }
        Ok(vec![TensorType::new(self.dtype, x.shape.clone())])
    }

    fn along_time(&self, cx: &Slices<'_>) -> Result<TimeRule, Refusal> {
        cx.alike_beside(self.axis, self.clone())
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let [x, exponentials] = std::array::from_fn(|i| cx.input(i));
        let (y, elements) = (cx.output(0), self.elements);
        let softmax = params(&cx.input_type(0).shape, self.axis);
        cx.call(match self.division {
            Division::Exact { numerator, shift } => {
                let p = Exact {
                    softmax,
                    numerator,
                    shift,
                    elements,
                };
                call::softmax_int(p, x, exponentials, y)
            }
            Division::TfLite => {
                call::softmax_tflite(SoftmaxTfLite { softmax, elements }, x, exponentials, y)
            }
        });
        Ok(())
    }
}

/// The softmax of the first input along an axis.
pub fn softmax(cx: &mut Island<'_>, axis: usize) -> Result<ValueId, NotInteger> {
    let (x, to) = (cx.codes(0)?, cx.to);
    if x.dtype.bits() != 8 || to.dtype.bits() != 8 {
        return Err("only bytes have a table of exponentials".into());
    }
    let tf_lite = match cx.profile {
        Profile::TfLite | Profile::TfLm => tf_lite(cx, &x, axis),
        Profile::Onnx => None,
    };
    let (division, exponentials) = match tf_lite {
        Some(exponentials) => (Division::TfLite, exponentials),
        None => (exact(to.scale)?, exponentials(x.scale)),
    };
    let exponentials = cx.constant(Tensor::new([256], &exponentials));
    let op = SoftmaxInt {
        axis,
        dtype: to.dtype,
        elements: to.elements,
        division,
    };
    cx.add(op, &[x.value, exponentials])
}

/// The steps of the output in 1, with as many bits as the kernel takes.
fn exact(scale: f32) -> Result<Division, NotInteger> {
    let steps = 1.0 / f64::from(scale);
    if !(steps > 0.0 && steps < f64::from(i32::MAX)) {
        return Err("the output's scale is out of range".into());
    }
    let shift = (62 - steps.log2().floor() as i32).clamp(1, 63) as u32;
    let numerator = (steps * f64::from(shift).exp2()).round() as u64;
    Ok(Division::Exact { numerator, shift })
}

/// `exp(-d · scale) · 2^31` for each difference `d`, rounded.
fn exponentials(scale: f32) -> Vec<u32> {
    let one = f64::from(1u32 << 31);
    let entry = |d: u8| (exp(-f64::from(d) * f64::from(scale)) * one).round() as u32;
    (0..=255).map(entry).collect()
}

/// The exponential of a number that is not positive, to the last bits of `f64`. Sums and products are the
/// same on every machine, which libraries' exponentials are not.
fn exp(x: f64) -> f64 {
    let octaves = (x / LN_2).round();
    let rest = x - octaves * LN_2;
    let series = |sum, k| 1.0 + rest / f64::from(k) * sum;
    (1..=20).rev().fold(1.0, series) * octaves.exp2()
}

/// TensorFlow Lite's exponentials, where its kernel takes such data: quantised in steps of 1/256 that
/// reach from 0 to 1, in lines whose sum fits its accumulator.
fn tf_lite(cx: &Island<'_>, x: &Codes, axis: usize) -> Option<Vec<u32>> {
    let to = cx.to;
    let least = code_range(to.dtype, 8).0;
    let length = cx.graph.ty(x.value).shape[axis];
    let fits = to.scale == 1.0 / 256.0 && to.elements.zero == least && length < 4096;
    fits.then(|| tf_lite_exponentials(x.scale)).flatten()
}

/// The exponentials that `reference_ops::Softmax` computes for each difference from the greatest
/// element, with the multiplier that its `PreprocessSoftmaxScaling` makes of the scale, and 0 beyond
/// what its `CalculateInputRadius` admits. `None` if the scale is too small for it.
fn tf_lite_exponentials(scale: f32) -> Option<Vec<u32>> {
    let factor = f64::from(scale) * f64::from(1 << FRACTION);
    let (multiplier, shift) = tf_lite_multiplier(factor.min(f64::from(i32::MAX)));
    let left = u32::try_from(-i32::from(shift)).ok()?;
    let radius = ((31i64 << FRACTION) >> left).min(255);
    let entry = |d: i64| match d <= radius {
        true => gemmlowp_exp(high_product(-d << left, multiplier.into())) as u32,
        false => 0,
    };
    (factor > 1.0).then(|| (0..=255).map(entry).collect())
}

/// Fractional bits of the numbers that gemmlowp's exponential is taken of.
const FRACTION: u32 = 26;

/// `a · b / 2^31`, rounded halves up.
fn high_product(a: i64, b: i64) -> i64 {
    (a * b + (1 << 30)) >> 31
}

/// gemmlowp's `exp_on_negative_values` (`fixedpoint.h`): of a number with 26 fractional bits the
/// exponential with 31. What exceeds a multiple of -1/4 goes through a polynomial, and each bit of the
/// multiple is a factor.
fn gemmlowp_exp(x: i64) -> i64 {
    /// `exp(-1/4)`, `exp(-1/2)`, up to `exp(-16)`.
    const FACTORS: [i64; 7] = [
        1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242,
    ];
    const QUARTER: u32 = FRACTION - 2;
    if x == 0 {
        return i32::MAX.into();
    }
    let rest = (x & ((1 << QUARTER) - 1)) - (1 << QUARTER);
    let quarters = (rest - x) >> QUARTER;
    let factors = FACTORS.iter().enumerate();
    factors.filter(|(bit, _)| quarters >> bit & 1 == 1).fold(
        gemmlowp_polynomial(rest << (31 - FRACTION)),
        |y, (_, &f)| high_product(y, f),
    )
}

/// The exponential of a number between -1/4 and 0: four terms of the series about -1/8.
fn gemmlowp_polynomial(a: i64) -> i64 {
    const EXP_OF_CENTRE: i64 = 1895147668;
    const THIRD: i64 = 715827883;
    let x = a + (1 << 28);
    let x2 = high_product(x, x);
    let (x3, x4) = (high_product(x2, x), high_product(x2, x2));
    let cubes = high_product(((x4 + 2) >> 2) + x3, THIRD);
    EXP_OF_CENTRE + high_product(EXP_OF_CENTRE, x + ((cubes + x2 + 1) >> 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::support::testing::Random;

    /// Bytes, a step being worth `scale`, of shape `[2, n, 3]`.
    struct Lines {
        bytes: Vec<u8>,
        scale: f32,
        n: usize,
    }

    impl Lines {
        /// All the same, extremes, close together, or anything.
        fn random(r: &mut Random, n: usize, scale: f32) -> Self {
            let (base, kind) = (r.below(256) as u8, r.below(4));
            let mut byte = || match kind {
                0 => base,
                1 => 255 * r.below(2) as u8,
                2 => base.saturating_add(r.below(5) as u8),
                _ => r.below(256) as u8,
            };
            let bytes = (0..6 * n).map(|_| byte()).collect();
            Lines { bytes, scale, n }
        }

        /// The softmax of each element along the middle axis, by the definition.
        fn softmax(&self) -> Vec<f64> {
            let (n, scale) = (self.n, f64::from(self.scale));
            let exp = |b: u8, most: u8| (f64::from(i32::from(b) - i32::from(most)) * scale).exp();
            let total = |i: usize| {
                let line = self.bytes.iter().skip(i / 3 * 3 * n + i % 3).step_by(3);
                let most = line.clone().take(n).max().copied().unwrap_or(0);
                let sum: f64 = line.take(n).map(|&b| exp(b, most)).sum();
                (most, sum)
            };
            let totals: Vec<_> = (0..6).map(total).collect();
            let of = |(i, &b)| {
                let (most, sum) = totals[i / (3 * n) * 3 + i % 3];
                exp(b, most) / sum
            };
            self.bytes.iter().enumerate().map(of).collect()
        }

        /// The operator's results for these bytes, or for as many signed ones.
        fn run(&self, op: &SoftmaxInt, exponentials: &[u32], signed: bool) -> Vec<i64> {
            let shape = [2, self.n, 3];
            let flipped: Vec<i8> = self.bytes.iter().map(|&b| (b ^ 0x80) as i8).collect();
            let x = match signed {
                true => Tensor::new(shape, &flipped),
                false => Tensor::new(shape, &self.bytes),
            };
            let table = Tensor::new([256], exponentials);
            let y = crate::ir::evaluate(op, &[Some(&x), Some(&table)]).unwrap();
            y[0].to_vec().unwrap()
        }
    }

    fn op(signed: bool, zero: i32, division: Division) -> SoftmaxInt {
        let dtype = if signed { DType::I8 } else { DType::U8 };
        let (lo, hi) = code_range(dtype, 8);
        let elements = Elements { zero, lo, hi };
        SoftmaxInt {
            axis: 1,
            dtype,
            elements,
            division,
        }
    }

    fn exact(scale: f32) -> Division {
        super::exact(scale).unwrap_or_else(|_| panic!("{scale} is refused"))
    }

    /// Elements are the rounded softmax, but where it is closer to a half than the kernel's documentation
    /// says; there they are one of the neighbours.
    #[test]
    fn results_are_rounded_correctly() {
        let mut r = Random(1);
        let (mut elements, mut close) = (0, 0);
        for n in [1, 2, 3, 10, 64, 129, 1000, 4000] {
            for to in [
                1.0 / 256.0,
                1.0 / 255.0,
                1.0 / 128.0,
                0.0017,
                1.0 / 4096.0,
                0.3,
            ] {
                for scale in [0.0003, 0.0235, 0.11, 0.7, 4.0] {
                    let lines = Lines::random(&mut r, n, scale);
                    let signed = r.below(2) == 1;
                    let zero = r.below(200) as i32 - if signed { 128 } else { 0 };
                    let op = op(r.below(2) == 1, zero, exact(to));
                    let y = lines.run(&op, &exponentials(scale), signed);
                    let bound = (n + 3) as f64 * 2f64.powi(-32) / f64::from(to);
                    let Elements { zero, lo, hi } = op.elements;
                    for (y, p) in y.into_iter().zip(lines.softmax()) {
                        let steps = p / f64::from(to);
                        let element = |steps: f64| {
                            (steps as i64 + i64::from(zero)).clamp(lo.into(), hi.into())
                        };
                        let half = (steps.fract() - 0.5).abs() <= bound;
                        let fits = match half {
                            true => [element(steps), element(steps + 1.0)].contains(&y),
                            false => y == element(steps.round()),
                        };
                        assert!(fits, "{y} for {steps}, n {n}, scales {scale} and {to}");
                        elements += 1;
                        close += usize::from(half);
                    }
                }
            }
        }
        // All but those of lines whose elements are all the same, and an exact half.
        assert!(close * 100 < elements, "{close} of {elements}");
    }

    #[test]
    fn halves_go_to_even_elements() {
        for (n, to, expected) in [
            (512, 1.0 / 256.0, 0),
            (256, 1.0 / 256.0, 1),
            (2, 1.0, 0),
            (4, 0.5, 0),
        ] {
            let lines = Lines {
                bytes: vec![7; 6 * n],
                scale: 0.1,
                n,
            };
            let y = lines.run(&op(false, 0, exact(to)), &exponentials(0.1), true);
            assert!(y.iter().all(|&y| y == expected), "{n}, {to}: {y:?}");
        }
    }

    #[test]
    fn tensorflow_lite_is_close() {
        let mut r = Random(2);
        for n in [1, 2, 10, 129, 1000] {
            for scale in [0.0003, 0.0235, 0.11, 0.7, 4.0] {
                let lines = Lines::random(&mut r, n, scale);
                let signed = r.below(2) == 1;
                let least = if signed { -128 } else { 0 };
                let op = op(signed, least, Division::TfLite);
                let table = tf_lite_exponentials(scale).unwrap();
                let y = lines.run(&op, &table, signed);
                for (y, p) in y.into_iter().zip(lines.softmax()) {
                    let steps = (p * 256.0).min(255.0) + f64::from(least);
                    assert!(
                        (y as f64 - steps).abs() < 0.52,
                        "{y} for {steps}, n {n}, scale {scale}"
                    );
                }
            }
        }
    }

    #[test]
    fn exponentials_are_those_of_the_library() {
        for x in (0..20_000).map(|i| -f64::from(i) / 777.0) {
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-14, "exp({x})");
        }
        assert_eq!(exp(-1e6), 0.0);
    }

    #[test]
    fn exponentials_of_tensorflow_lite_are_close_to_it() {
        for scale in [0.001, 0.0235, 0.1, 0.7, 3.0, 1000.0] {
            let pairs = tf_lite_exponentials(scale).unwrap().into_iter();
            for (of, exact) in pairs.zip(exponentials(scale)) {
                let near = exact.abs_diff(of) < 1 << 10;
                assert!(near, "{of} is not {exact}, scale {scale}");
            }
        }
        assert!(tf_lite_exponentials(1e-9).is_none());
    }
}
