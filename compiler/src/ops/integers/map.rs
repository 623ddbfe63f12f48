//! Sums and products of two quantised values, element by element.
//!
//! They are element-wise loops like any other, over functions of integers. The two multipliers of a
//! sum are tried on every pair of elements there can be: 65,536 for bytes.

use super::{Codes, element};
use crate::ir::{Island, NotInteger, ValueId};
use crate::ops::arithmetic::elementwise::{Map, number, scalar};
use crate::quantization::Elements;
use crate::requantize::{Channel, Layer, Ratio, Rescale, tf_lite_multiplier};
use mlc_runtime_core::kernels::requantize::Rounding;
use mlc_runtime_core::scalar::{Expr, Scalar};

/// The function on integers, if it is a sum, difference or product of two inputs.
pub fn map(cx: &mut Island<'_>, function: &Expr) -> Result<ValueId, NotInteger> {
    let Expr::Call(outer, args) = function else {
        return Err("it is not a function of two values".into());
    };
    let [Expr::Arg(a, _), Expr::Arg(b, _)] = args[..] else {
        return Err("it is not a function of two values".into());
    };
    let (a, b) = (cx.codes(a)?, cx.codes(b)?);
    let (x, y) = (shifted(&a, 0)?, shifted(&b, 1)?);
    let function = match outer.name {
        "mul" => mul(cx, [&a, &b], [x, y])?,
        "add" => add(cx, [&a, &b], [x, y], 1)?,
        "sub" => add(cx, [&a, &b], [x, y], -1)?,
        _ => return Err("no kernel computes it on integers".into()),
    };
    let to = element(cx.to.dtype)?;
    let function = scalar(
        &format!("to_{}", to.rust_name()),
        [clamp(function, cx.to.elements)?],
    )?;
    let dtype = cx.to.dtype;
    cx.add(Map { function, dtype }, &[a.value, b.value])
}

/// `q - zero` of the `i`-th operand, as `i32`.
pub(super) fn shifted(x: &Codes, i: usize) -> Result<Expr, NotInteger> {
    let wide = scalar("to_i32", [Expr::Arg(i, element(x.dtype)?)])?;
    Ok(match x.zero {
        0 => wide,
        zero => scalar("sub", [wide, int(zero)])?,
    })
}

fn int(x: i32) -> Expr {
    Expr::Const(Scalar::I32(x))
}

pub(super) fn clamp(x: Expr, Elements { zero, lo, hi }: Elements) -> Result<Expr, NotInteger> {
    let offset = number(zero.into(), &x);
    let x = if zero == 0 {
        x
    } else {
        scalar("add", [x, offset])?
    };
    let (lo, hi) = (number(lo.into(), &x), number(hi.into(), &x));
    Ok(scalar("min", [scalar("max", [x, lo])?, hi])?)
}

/// A product: its sums have one term.
fn mul(cx: &mut Island<'_>, [a, b]: [&Codes; 2], [x, y]: [Expr; 2]) -> Result<Expr, NotInteger> {
    let most = a.reach() * b.reach();
    if most >= i32::MAX.into() {
        return Err("its products may exceed 32 bits".into());
    }
    let channel = Channel {
        ratio: cx.ratio(a.scale, b.scale)?,
        sums: -most..=most,
    };
    let (rescale, _) = cx.rescale(Layer::Other, &[channel])?;
    let product = scalar("to_i64", [scalar("mul", [x, y])?])?;
    rounded(product, &rescale)
}

/// `round(sum · multiplier / 2^shift)`, in 64 bits.
pub(super) fn rounded(sum: Expr, rescale: &Rescale) -> Result<Expr, NotInteger> {
    let long = |x: i64| Expr::Const(Scalar::I64(x));
    let shift = rescale.requantize.shift;
    let multiplier = rescale.multipliers.first().copied().unwrap_or(0);
    let own = rescale.shifts.first().copied().unwrap_or(0);
    let product = scalar("mul", [sum.clone(), long(multiplier.into())])?;
    let raised = |more: i64| scalar("add", [product.clone(), long((1 << (shift - 1)) + more)]);
    match rescale.requantize.rounding {
        Rounding::Nearest => halved(product, shift),
        Rounding::NearestEach => halved(product, (31 + i32::from(own)).max(1) as u32),
        Rounding::TfLite => tf_lite(sum, multiplier, own),
        Rounding::HalfEven { tie } => {
            // What lies within `tie` of a half goes to the even neighbour.
            let above = scalar("shr", [raised(tie)?, long(shift.into())])?;
            let rest = scalar("bit_and", [raised(tie)?, long((1 << shift) - 1)])?;
            let near = scalar("to_i64", [scalar("less_or_equal", [rest, long(2 * tie)])?])?;
            let odd = scalar(
                "bit_and",
                [scalar("bit_and", [above.clone(), long(1)])?, near],
            )?;
            Ok(scalar("sub", [above, odd])?)
        }
    }
}

/// `sum / 2^shift`, to the nearest, halves up.
fn halved(sum: Expr, shift: u32) -> Result<Expr, NotInteger> {
    let raised = scalar("add", [sum, Expr::Const(Scalar::I64(1 << (shift - 1)))])?;
    Ok(scalar(
        "shr",
        [raised, Expr::Const(Scalar::I64(shift.into()))],
    )?)
}

/// `MultiplyByQuantizedMultiplier` of TensorFlow Lite: two roundings, halves up and halves away from 0.
fn tf_lite(sum: Expr, multiplier: i32, right_shift: i8) -> Result<Expr, NotInteger> {
    let long = |x: i64| Expr::Const(Scalar::I64(x));
    let factor = i64::from(multiplier) << (-right_shift).max(0);
    let high = halved(scalar("mul", [sum, long(factor)])?, 31)?;
    if right_shift <= 0 {
        return Ok(high);
    }
    let negative = scalar("to_i64", [scalar("less", [high.clone(), long(0)])?])?;
    halved(scalar("sub", [high, negative])?, right_shift as u32)
}

/// A sum as TensorFlow Lite has it (`reference_integer_ops/add.h`): both operands are brought to twice
/// the greater of their scales, with 20 bits more, or 15 if they have 16 themselves.
fn add_tf_lite(
    cx: &Island<'_>,
    [a, b]: [&Codes; 2],
    [x, y]: [Expr; 2],
    sign: i64,
) -> Result<Expr, NotInteger> {
    // What leaves 32 bits room for both.
    let left_shift = if a.dtype.bits() == 8 { 20 } else { 15 };
    let [scale_a, scale_b, scale_y] = [a.scale, b.scale, cx.to.scale].map(f64::from);
    let twice = 2.0 * scale_a.max(scale_b);
    let scaled = |sum: Expr, by: f64| {
        let (multiplier, shift) = tf_lite_multiplier(by);
        tf_lite(sum, multiplier, shift)
    };
    let term = |x: Expr, scale: f64, sign: i64| {
        let factor = Expr::Const(Scalar::I64(sign << left_shift));
        scaled(
            scalar("mul", [scalar("to_i64", [x])?, factor])?,
            scale / twice,
        )
    };
    let sum = scalar("add", [term(x, scale_a, 1)?, term(y, scale_b, sign)?])?;
    scaled(sum, twice / (f64::from(1 << left_shift) * scale_y))
}

/// A sum, or with `sign` -1 a difference: each operand has a multiplier.
fn add(
    cx: &Island<'_>,
    [a, b]: [&Codes; 2],
    [x, y]: [Expr; 2],
    sign: i64,
) -> Result<Expr, NotInteger> {
    if cx.profile.is_fixed_point() && a.dtype.bits() == b.dtype.bits() {
        return add_tf_lite(cx, [a, b], [x, y], sign);
    }
    if a.dtype.bits() != 8 || b.dtype.bits() != 8 {
        return Err("sums of integers wider than a byte are not proved exact".into());
    }
    let ratios = [cx.ratio(a.scale, 1.0)?, cx.ratio(b.scale, 1.0)?];
    let sum = Sum {
        ratios,
        sign,
        steps: [a, b].map(|x| x.steps().into_inner()),
        to: cx.to.elements,
    };
    let weights = sum.weights().ok_or("no multipliers give its exact sums")?;
    let wide = weights.bits > 32;
    let term = |x: Expr, m: i64| {
        let x = if wide { scalar("to_i64", [x])? } else { x };
        let m = number(m as f64, &x);
        scalar("mul", [x, m])
    };
    let [m, n] = weights.multipliers;
    let terms = scalar("add", [term(x, m)?, term(y, sign * n)?])?;
    let constant = |x: u64| number(x as f64, &terms);
    let half = constant(1 << (weights.shift - 1));
    let raised = scalar("add", [terms.clone(), half])?;
    let rounded = scalar("shr", [raised.clone(), constant(weights.shift.into())])?;
    if !weights.even {
        return Ok(rounded);
    }
    // What was a half is now a whole number of steps: if that is odd, its even neighbour is below.
    let rest = scalar("bit_and", [raised, constant((1 << weights.shift) - 1)])?;
    let tie = scalar("equal", [rest, constant(0)])?;
    let tie = scalar(if wide { "to_i64" } else { "to_i32" }, [tie])?;
    let odd = scalar("bit_and", [rounded.clone(), tie])?;
    Ok(scalar("sub", [rounded, odd])?)
}

/// `round((a · ratios[0] + sign · b · ratios[1]))` for all `a` and `b` in `steps`.
struct Sum {
    ratios: [Ratio; 2],
    sign: i64,
    steps: [(i64, i64); 2],
    to: Elements,
}

/// `⌊(a · multipliers[0] + sign · b · multipliers[1] + 2^(shift-1)) / 2^shift⌋`, and with `even` one less where
/// that is odd and there was no remainder.
struct Weights {
    multipliers: [i64; 2],
    shift: u32,
    even: bool,
    /// Width of the integers that it takes.
    bits: u32,
}

impl Sum {
    /// Multipliers that are right for every pair: of as few bits as will do.
    fn weights(&self) -> Option<Weights> {
        let terms = |i: usize| {
            let (lo, hi) = self.steps[i];
            self.ratios[i].to_f64() * lo.abs().max(hi.abs()) as f64
        };
        let most = (terms(0) + terms(1)).max(f64::MIN_POSITIVE) + 1.0;
        // The sums shall have 31 bits, else 52, which constants of f64 hold; halves cost some more.
        let forms = [(31i32, false), (52, false), (31, true), (52, true)];
        forms.into_iter().find_map(|(bits, even)| {
            let shift = bits - 1 - most.log2().ceil() as i32;
            let shift = u32::try_from(shift).ok().filter(|s| (1..=50).contains(s))?;
            let multiplier = |r: Ratio| (r.to_f64() * f64::from(shift).exp2()).round() as i64;
            let multipliers = self.ratios.map(multiplier);
            let bits = bits as u32 + 1;
            let weights = Weights {
                multipliers,
                shift,
                even,
                bits,
            };
            self.is_exact(&weights).then_some(weights)
        })
    }

    fn is_exact(&self, weights: &Weights) -> bool {
        let [(a_lo, a_hi), (b_lo, b_hi)] = self.steps;
        let Some(exact) = Ratio::common(self.ratios) else {
            return false;
        };
        (a_lo..=a_hi).all(|a| {
            (b_lo..=b_hi).all(|b| {
                let [m, n] = weights.multipliers;
                let sum = a * m + self.sign * b * n + (1 << (weights.shift - 1));
                let rounded = sum >> weights.shift;
                let tie = weights.even && sum & ((1 << weights.shift) - 1) == 0;
                let rounded = rounded - (rounded & i64::from(tie));
                let Elements { zero, lo, hi } = self.to;
                let element = |y: i128| (y + i128::from(zero)).clamp(lo.into(), hi.into());
                element(rounded.into()) == element(exact.rounded(a, self.sign * b))
            })
        })
    }
}
