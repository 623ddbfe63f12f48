//! `Attention`: `softmax(scale · Q · Kᵀ + mask) · V` for each head.
//!
//! Several query heads that share a head of keys are seen as one with more rows, so that nothing has
//! to be repeated.

use crate::diag::Diag;
use crate::ir::ValueId;
use crate::ops::{Importer, OnnxOp, onnx};
use crate::tensor::{DType, Tensor, TensorType};

fn attention(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let query = cx.input(0)?;
    let flat = cx.ty(query).rank() == 3;
    let query = heads(cx, 0, "q_num_heads")?;
    let (key, past) = with_past(cx, 1, 4)?;
    let (value, _) = with_past(cx, 2, 5)?;
    let mut scores = scores(cx, query, key)?;
    let product = scores;
    scores = soft_capped(cx, scores)?;
    let capped = scores;
    scores = masked(cx, scores, past)?;
    let probabilities = cx.softmax(scores, 3)?;
    let observable = [product, capped, scores, probabilities];
    let mode = cx.node.int("qk_matmul_output_mode", 0)?;
    let observed = usize::try_from(mode)
        .ok()
        .and_then(|mode| observable.get(mode));
    let observed = *observed.ok_or_else(|| {
        let message = format!("{mode} is not a mode");
        Diag::new("invalid-attribute", message).at_attribute("qk_matmul_output_mode")
    })?;
    let mut y = by_group(cx, probabilities, value)?;
    if flat {
        let [batch, heads, positions, size] = four(cx, y)?;
        y = cx.transpose(y, &[0, 2, 1, 3])?;
        y = cx.reshape(y, vec![batch, positions, heads * size])?;
    }
    for (i, output) in [y, key, value, observed].into_iter().enumerate() {
        cx.set_output(i, output);
    }
    Ok(())
}

/// Shape of a value of four dimensions.
fn four(cx: &Importer<'_>, value: ValueId) -> Result<[usize; 4], Diag> {
    cx.ty(value).shape[..].try_into().map_err(|_| {
        let message = format!("3 or 4 dimensions are needed, not {}", cx.ty(value));
        Diag::new("shape-mismatch", message)
    })
}

/// Input `i` as `[batch, heads, positions, size]`; it may be `[batch, positions, heads · size]`.
fn heads(cx: &mut Importer<'_>, i: usize, attribute: &str) -> Result<ValueId, Diag> {
    let x = cx.input(i)?;
    let [batch, positions, elements] = cx.shape(x)[..] else {
        return four(cx, x).map(|_| x);
    };
    let heads = usize::try_from(cx.node.int(attribute, 0)?).unwrap_or(0);
    let size = elements.checked_div(heads).ok_or_else(|| {
        let message = "inputs of 3 dimensions need a number of heads";
        Diag::new("missing-attribute", message).at_attribute(attribute)
    })?;
    let x = cx.reshape(x, vec![batch, positions, heads, size])?;
    cx.transpose(x, &[0, 2, 1, 3])
}

/// Keys or values after those of input `past`, and how many positions that has.
fn with_past(cx: &mut Importer<'_>, i: usize, past: usize) -> Result<(ValueId, usize), Diag> {
    let new = heads(cx, i, "kv_num_heads")?;
    let Some(past) = cx.optional(past) else {
        return Ok((new, 0));
    };
    let [_, _, positions, _] = four(cx, past)?;
    Ok((cx.concat(&[past, new], 2)?, positions))
}

/// `scale · Q · Kᵀ`; the smaller operand is scaled.
fn scores(cx: &mut Importer<'_>, query: ValueId, key: ValueId) -> Result<ValueId, Diag> {
    let [.., size] = four(cx, query)?;
    let scale = match cx.node.float("scale", 0.0)? {
        0.0 => 1.0 / (size as f32).sqrt(),
        scale => scale,
    };
    let query = cx.map_number("mul", query, scale.into())?;
    let key = cx.transpose(key, &[0, 1, 3, 2])?;
    by_group(cx, query, key)
}

/// The product of `x[batch, heads, ..]` and `w[batch, groups, ..]`: as many successive heads share
/// a group as there are more of them.
fn by_group(cx: &mut Importer<'_>, x: ValueId, w: ValueId) -> Result<ValueId, Diag> {
    let ([batch, heads, rows, size], [_, groups, _, columns]) = (four(cx, x)?, four(cx, w)?);
    if groups == 0 || !heads.is_multiple_of(groups) {
        let message = format!("{heads} heads do not share {groups} evenly");
        return Err(Diag::new("shape-mismatch", message));
    }
    let x = cx.reshape(x, vec![batch, groups, heads / groups * rows, size])?;
    let y = cx.matmul(x, w, None)?;
    cx.reshape(y, vec![batch, heads, rows, columns])
}

/// `softcap · tanh(scores / softcap)`, if there is a softcap.
fn soft_capped(cx: &mut Importer<'_>, scores: ValueId) -> Result<ValueId, Diag> {
    let cap = cx.node.float("softcap", 0.0)?;
    if cap <= 0.0 {
        return Ok(scores);
    }
    let small = cx.map_number("div", scores, cap.into())?;
    let bounded = cx.map("tanh", &[small])?;
    cx.map_number("mul", bounded, cap.into())
}

/// Scores with minus infinity for all that must not be looked at.
fn masked(cx: &mut Importer<'_>, mut scores: ValueId, past: usize) -> Result<ValueId, Diag> {
    let [batch, _, rows, columns] = four(cx, scores)?;
    if let Some(mask) = cx.optional(3) {
        let mask = filled_up(cx, mask, columns)?;
        scores = match cx.ty(mask).dtype {
            DType::Bool => only_where(cx, mask, scores)?,
            _ => cx.map("add", &[scores, mask])?,
        };
    }
    if cx.node.int("is_causal", 0)? != 0 {
        let seen = |i: usize| (i % columns <= i / columns + past) as u8;
        let seen: Vec<u8> = (0..rows * columns).map(seen).collect();
        let mask = Tensor::new([rows, columns], &seen).retyped(DType::Bool);
        let mask = cx.add_constant(mask);
        scores = only_where(cx, mask, scores)?;
    }
    if let Some(lengths) = cx.optional(6) {
        let lengths = cx.cast(lengths, DType::I64)?;
        let lengths = cx.reshape(lengths, vec![batch, 1, 1, 1])?;
        let positions: Vec<i64> = (0..columns as i64).collect();
        let positions = cx.add_constant(Tensor::new([columns], &positions));
        let mask = cx.map("less", &[positions, lengths])?;
        scores = only_where(cx, mask, scores)?;
    }
    Ok(scores)
}

fn only_where(cx: &mut Importer<'_>, mask: ValueId, scores: ValueId) -> Result<ValueId, Diag> {
    let never = cx.add_constant(Tensor::scalar(f32::NEG_INFINITY));
    cx.map("select", &[mask, scores, never])
}

/// A mask for all columns: what it does not say must not be looked at.
fn filled_up(cx: &mut Importer<'_>, mask: ValueId, columns: usize) -> Result<ValueId, Diag> {
    let mut shape = cx.shape(mask);
    let given = shape.last().copied().unwrap_or(columns);
    // Before opset 24 there are no shorter masks, but one of one column is broadcast.
    if given >= columns || (given == 1 && cx.version() < 24) {
        return Ok(mask);
    }
    let last = shape.len() - 1;
    shape[last] = columns - given;
    let len = shape.iter().product();
    let rest = match cx.ty(mask).dtype {
        DType::Bool => Tensor::from_bytes(TensorType::new(DType::Bool, shape), &*vec![0; len])?,
        _ => Tensor::new(shape, &vec![f32::NEG_INFINITY; len]),
    };
    let rest = cx.add_constant(rest);
    cx.concat(&[mask, rest], last)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("Attention", attention)];
