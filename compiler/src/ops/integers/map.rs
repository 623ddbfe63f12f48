//! Sums and products of two quantised values, element by element.
//!
//! They are element-wise loops like any other, over functions of integers.

use super::addition::add;
use super::{Codes, element};
use crate::ir::{Island, NotInteger, ValueId};
use crate::ops::arithmetic::elementwise::{Map, number, scalar};
use crate::quantization::Elements;
use crate::requantize::{Channel, Layer, Rescale};
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
pub(super) fn tf_lite(sum: Expr, multiplier: i32, right_shift: i8) -> Result<Expr, NotInteger> {
    let long = |x: i64| Expr::Const(Scalar::I64(x));
    let factor = i64::from(multiplier) << (-right_shift).max(0);
    let high = halved(scalar("mul", [sum, long(factor)])?, 31)?;
    if right_shift <= 0 {
        return Ok(high);
    }
    let negative = scalar("to_i64", [scalar("less", [high.clone(), long(0)])?])?;
    halved(scalar("sub", [high, negative])?, right_shift as u32)
}
