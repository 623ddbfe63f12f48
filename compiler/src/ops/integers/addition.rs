//! Sums of two quantised values, each with a multiplier of its own.
//!
//! `⌊(a · m + b · n + offset) / 2^shift⌋` is all that most sums take. What a profile asks for is tried on every pair of
//! elements there can be, 65,536 for bytes: each bounds the offset, which is the one next to a half that is within all
//! bounds. Multipliers are those of a sum only if no pair yields another element.

use super::Codes;
use super::map::tf_lite;
use crate::ir::{Island, NotInteger};
use crate::ops::arithmetic::elementwise::{number, scalar};
use crate::quantization::Elements;
use crate::requantize::{Ratio, tf_lite_multiplier};
use mlc_runtime_core::kernels::requantize::Sum as _;
use mlc_runtime_core::scalar::{Expr, Scalar};

/// A sum, or with `sign` -1 a difference, of two values less what stands for 0, in units of the output.
pub(super) fn add(
    cx: &Island<'_>,
    [a, b]: [&Codes; 2],
    terms: [Expr; 2],
    sign: i64,
) -> Result<Expr, NotInteger> {
    let bits = [a, b].map(|x| x.dtype.bits());
    let scales = [a.scale, b.scale, cx.to.scale].map(f64::from);
    let fixed_point = cx.profile.is_fixed_point() && bits[0] == bits[1];
    let meaning = fixed_point.then(|| TfLiteSum::new(scales, sign, bits[0]));
    if bits != [8; 2] {
        return match meaning {
            Some(meaning) => meaning.of(terms),
            None => Err("sums of integers wider than a byte are not proved exact".into()),
        };
    }
    let ratios = [cx.ratio(a.scale, 1.0)?, cx.ratio(b.scale, 1.0)?];
    let sum = Sum {
        ratios,
        sign,
        steps: [a, b].map(|x| x.steps().into_inner()),
        to: cx.to.elements,
    };
    if let Some(meaning) = meaning {
        let rounded = |a, b| meaning.rounded(a, b).into();
        return match sum.weights(&[Halves::Up, Halves::FromZero], rounded) {
            Some(weights) => weights.of(terms, sign),
            None => meaning.of(terms),
        };
    }
    let exact = Ratio::common(ratios).ok_or("no multipliers give its exact sums")?;
    let rounded = |a, b| exact.rounded(a, sign * b);
    let weights = sum.weights(&[Halves::Up, Halves::ToEven], rounded);
    let weights = weights.ok_or("no multipliers give its exact sums")?;
    weights.of(terms, sign)
}

/// `round((a · ratios[0] + sign · b · ratios[1]))` for all `a` and `b` in `steps`.
struct Sum {
    ratios: [Ratio; 2],
    sign: i64,
    steps: [(i64, i64); 2],
    to: Elements,
}

/// Where halves go.
#[derive(Clone, Copy, PartialEq)]
enum Halves {
    Up,
    ToEven,
    FromZero,
}

/// `⌊(a · multipliers[0] + sign · b · multipliers[1] + offset) / 2^shift⌋`, if halves go up; one less where that is odd
/// and there was no remainder, or of a negative sum less by one, if they go elsewhere.
struct Weights {
    multipliers: [i64; 2],
    /// About `2^(shift-1)`.
    offset: i64,
    shift: u32,
    halves: Halves,
    /// Width of the integers that it takes.
    bits: u32,
}

impl Sum {
    /// Multipliers that are right for every pair: of as few bits as will do.
    fn weights(&self, halves: &[Halves], exact: impl Fn(i64, i64) -> i128) -> Option<Weights> {
        let terms = |i: usize| {
            let (lo, hi) = self.steps[i];
            self.ratios[i].to_f64() * lo.abs().max(hi.abs()) as f64
        };
        let most = (terms(0) + terms(1)).max(f64::MIN_POSITIVE) + 1.0;
        // The sums shall have 31 bits, else 52, which constants of f64 hold; some halves cost more than others.
        let forms = halves.iter().flat_map(|&h| [(31i32, h), (52, h)]);
        forms.into_iter().find_map(|(bits, halves)| {
            let shift = bits - 1 - most.log2().ceil() as i32;
            let shift = u32::try_from(shift).ok().filter(|s| (1..=50).contains(s))?;
            let multiplier = |r: Ratio| (r.to_f64() * f64::from(shift).exp2()).round() as i64;
            let half = Weights {
                multipliers: self.ratios.map(multiplier),
                offset: 1 << (shift - 1),
                shift,
                halves,
                bits: bits as u32 + 1,
            };
            let offset = self.offset(&half, &exact)?;
            let weights = Weights { offset, ..half };
            self.is_exact(&weights, &exact).then_some(weights)
        })
    }

    fn pairs(&self) -> impl Iterator<Item = (i64, i64)> {
        let [(a_lo, a_hi), (b_lo, b_hi)] = self.steps;
        (a_lo..=a_hi).flat_map(move |a| (b_lo..=b_hi).map(move |b| (a, b)))
    }

    /// The offset next to that of `weights` with which all pairs yield what they should, if there is one; where halves go to
    /// even neighbours, there is no other.
    fn offset(&self, weights: &Weights, exact: impl Fn(i64, i64) -> i128) -> Option<i64> {
        let Elements { zero, lo, hi } = self.to;
        let (mut least, mut most) = (i128::MIN, i128::MAX);
        for (a, b) in self.pairs() {
            let sum = i128::from(weights.sum(a, self.sign * b));
            let y = exact(a, b);
            if y + i128::from(zero) > lo.into() {
                let to = y.min(i128::from(hi) - i128::from(zero));
                least = least.max((to << weights.shift) - sum);
            }
            if y + i128::from(zero) < hi.into() {
                let to = y.max(i128::from(lo) - i128::from(zero)) + 1;
                most = most.min((to << weights.shift) - sum - 1);
            }
        }
        match weights.halves {
            Halves::ToEven => Some(weights.offset),
            _ if least > most => None,
            _ => i64::try_from(i128::from(weights.offset).clamp(least, most)).ok(),
        }
    }

    fn is_exact(&self, weights: &Weights, exact: impl Fn(i64, i64) -> i128) -> bool {
        let Elements { zero, lo, hi } = self.to;
        let element = |y: i128| (y + i128::from(zero)).clamp(lo.into(), hi.into());
        let same = |(a, b)| {
            let found = weights.rounded(a, self.sign * b);
            element(found.into()) == element(exact(a, b))
        };
        self.pairs().all(same)
    }
}

impl Weights {
    fn sum(&self, a: i64, b: i64) -> i64 {
        let [m, n] = self.multipliers;
        let sum = a * m + b * n;
        sum - i64::from(self.halves == Halves::FromZero && sum < 0)
    }

    fn rounded(&self, a: i64, b: i64) -> i64 {
        let raised = self.sum(a, b) + self.offset;
        let rounded = raised >> self.shift;
        let tie = self.halves == Halves::ToEven && raised & ((1 << self.shift) - 1) == 0;
        rounded - (rounded & i64::from(tie))
    }

    /// The same of expressions.
    fn of(&self, [x, y]: [Expr; 2], sign: i64) -> Result<Expr, NotInteger> {
        let wide = self.bits > 32;
        let own = if wide { "to_i64" } else { "to_i32" };
        let term = |x: Expr, m: i64| {
            let x = if wide { scalar("to_i64", [x])? } else { x };
            let m = number(m as f64, &x);
            scalar("mul", [x, m])
        };
        let [m, n] = self.multipliers;
        let mut terms = scalar("add", [term(x, m)?, term(y, sign * n)?])?;
        let constant = |x: i64| number(x as f64, &terms);
        let (offset, shift) = (constant(self.offset), constant(self.shift.into()));
        let (rest, none) = (constant((1 << self.shift) - 1), constant(0));
        if self.halves == Halves::FromZero {
            let negative = scalar("less", [terms.clone(), none.clone()])?;
            terms = scalar("sub", [terms, scalar(own, [negative])?])?;
        }
        let raised = scalar("add", [terms, offset])?;
        let rounded = scalar("shr", [raised.clone(), shift])?;
        if self.halves != Halves::ToEven {
            return Ok(rounded);
        }
        // What was a half is now a whole number of steps: if that is odd, its even neighbour is below.
        let tie = scalar("equal", [scalar("bit_and", [raised, rest])?, none])?;
        let odd = scalar("bit_and", [rounded.clone(), scalar(own, [tie])?])?;
        Ok(scalar("sub", [rounded, odd])?)
    }
}

/// A sum as TensorFlow Lite has it (`reference_integer_ops/add.h`): both operands are brought to twice
/// the greater of their scales, with 20 bits more, or 15 if they have 16 themselves.
struct TfLiteSum {
    /// What operands are multiplied by first.
    factors: [i64; 2],
    /// Multipliers and shifts of the operands and of their sum.
    scales: [(i32, i8); 3],
}

impl TfLiteSum {
    fn new([a, b, y]: [f64; 3], sign: i64, bits: usize) -> Self {
        // What leaves 32 bits room for both.
        let left_shift = if bits == 8 { 20 } else { 15 };
        let twice = 2.0 * a.max(b);
        let sum = twice / (f64::from(1 << left_shift) * y);
        TfLiteSum {
            factors: [1, sign].map(|sign| sign << left_shift),
            scales: [a / twice, b / twice, sum].map(tf_lite_multiplier),
        }
    }

    fn rounded(&self, a: i64, b: i64) -> i32 {
        let [of_a, of_b, of_sum] = self.scales;
        let scaled = |sum: i64, (multiplier, shift)| (sum as i32).tf_lite(multiplier, shift);
        let terms = [
            scaled(a * self.factors[0], of_a),
            scaled(b * self.factors[1], of_b),
        ];
        scaled(terms.map(i64::from).iter().sum(), of_sum)
    }

    /// The same of expressions.
    fn of(&self, [x, y]: [Expr; 2]) -> Result<Expr, NotInteger> {
        let [of_a, of_b, of_sum] = self.scales;
        let scaled = |sum: Expr, (multiplier, shift)| tf_lite(sum, multiplier, shift);
        let term = |x: Expr, factor: i64, scale| {
            let factor = Expr::Const(Scalar::I64(factor));
            scaled(scalar("mul", [scalar("to_i64", [x])?, factor])?, scale)
        };
        let [f, g] = self.factors;
        scaled(
            scalar("add", [term(x, f, of_a)?, term(y, g, of_b)?])?,
            of_sum,
        )
    }
}
