//! Padding: with a number, or with what is there, mirrored.

use super::super::call::{Call, NONE, text};
use super::super::schema::{BuiltinOperator as B, MirrorPadMode, MirrorPadOptions};
use super::join::concat;
use super::{Builtin, builtin};
use crate::diag::Diag;
use crate::tensor::DType;

pub(super) const BUILTINS: &[Builtin] = &[
    builtin(B::MirrorPad, mirror_pad),
    builtin(B::Pad, pad),
    builtin(B::Padv2, pad),
];

/// How much comes before and after each axis.
fn amounts(call: &mut Call<'_, '_, '_>) -> Result<Vec<[usize; 2]>, Diag> {
    let (values, rank) = (call.integers(1)?, call.shape(0)?.len());
    let amounts = values.iter().map(|&n| usize::try_from(n).ok());
    let amounts = amounts
        .collect::<Option<Vec<_>>>()
        .filter(|values| values.len() == 2 * rank);
    let amounts = amounts.ok_or_else(|| {
        call.wrong(
            1,
            "bad-padding",
            "two numbers for each axis are needed, none of them negative",
        )
    })?;
    Ok(amounts
        .chunks_exact(2)
        .map(|pair| [pair[0], pair[1]])
        .collect())
}

/// As ONNX lists them: all before, then all after.
fn listed(call: &mut Call<'_, '_, '_>, amounts: &[[usize; 2]]) -> String {
    let side = |i: usize| amounts.iter().map(move |pair| pair[i] as i64);
    call.list("pads", &side(0).chain(side(1)).collect::<Vec<_>>())
}

/// Zeros are padded among numbers, so that windows may imply them; what is no number is padded as it is.
fn pad(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let amounts = amounts(call)?;
    let pads = listed(call, &amounts);
    let x = call.input(0)?;
    let is_number = x.dtype()? == DType::F32 || x.quantisation.is_some();
    let x = call.real(0)?;
    let mut inputs = vec![x, pads];
    if call.has(2) {
        inputs.push(call.real(2)?);
    }
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    let y = call.node("Pad", &inputs, NONE);
    if is_number {
        call.give(0, &y)
    } else {
        call.give_raw(0, &y)
    }
}

fn mirror_pad(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let options: MirrorPadOptions = call.options()?;
    let (amounts, shape) = (amounts(call)?, call.shape(0)?);
    let spare = usize::from(options.mode == MirrorPadMode::Reflect);
    if shape
        .iter()
        .zip(&amounts)
        .any(|(&size, pair)| pair.iter().any(|&n| n + spare > size))
    {
        return Err(call.wrong(
            1,
            "bad-padding",
            format!("there is not as much in {shape:?} to mirror"),
        ));
    }
    if options.mode == MirrorPadMode::Reflect {
        let pads = listed(call, &amounts);
        return call.moved(0, |call, x| {
            Ok(call.node("Pad", &[x, &pads], vec![text("mode", "reflect")]))
        });
    }
    call.moved(0, |call, x| {
        let mut x = x.to_owned();
        for (axis, (&[before, after], &size)) in amounts.iter().zip(shape).enumerate() {
            x = mirrored(call, x, axis, [before, after], size);
        }
        Ok(x)
    })
}

/// An axis between its own ends, backwards, which begin with the outermost elements.
fn mirrored(
    call: &mut Call<'_, '_, '_>,
    x: String,
    axis: usize,
    [before, after]: [usize; 2],
    size: usize,
) -> String {
    let mut parts = Vec::new();
    if before > 0 {
        let part = call.range(&x, axis, 0..before);
        parts.push(call.reversed(&part, axis));
    }
    parts.push(x.clone());
    if after > 0 {
        let part = call.range(&x, axis, size - after..size);
        parts.push(call.reversed(&part, axis));
    }
    if parts.len() == 1 {
        x
    } else {
        concat(call, &parts, axis)
    }
}
