//! `RotaryEmbedding`: pairs of elements turned by an angle that depends on the position.

use crate::diag::Diag;
use crate::ir::ValueId;
use crate::ops::indexing::gather::Gather;
use crate::ops::layout::slice::Part;
use crate::ops::{Importer, OnnxOp, onnx};
use crate::tensor::DType;

fn misfit(message: impl Into<String>) -> Diag {
    Diag::new("shape-mismatch", message)
}

/// What is turned: `x` with the positions along axis `positions` of four.
struct Heads {
    x: ValueId,
    positions: usize,
}

impl Heads {
    /// Either `[batch, heads, positions, size]` or `[batch, positions, heads · size]`.
    fn import(cx: &mut Importer<'_>) -> Result<Self, Diag> {
        let x = cx.input(0)?;
        match cx.shape(x)[..] {
            [_, _, _, _] => Ok(Heads { x, positions: 2 }),
            [batch, positions, elements] => {
                let heads = usize::try_from(cx.node.int("num_heads", 0)?).unwrap_or(0);
                let size = elements.checked_div(heads).ok_or_else(|| {
                    misfit("the number of heads must be given").at_attribute("num_heads")
                })?;
                let x = cx.reshape(x, vec![batch, positions, heads, size])?;
                Ok(Heads { x, positions: 1 })
            }
            _ => Err(misfit(format!(
                "3 or 4 dimensions are needed, not {}",
                cx.ty(x)
            ))),
        }
    }
}

fn rotary_embedding(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let heads = Heads::import(cx)?;
    let size = cx.shape(heads.x)[3];
    let turned = match usize::try_from(cx.node.int("rotary_embedding_dim", 0)?) {
        Ok(0) => size,
        Ok(n) if n <= size && n.is_multiple_of(2) => n,
        _ => {
            let message = "rotary_embedding_dim must be even and no more than the size of a head";
            return Err(Diag::new("invalid-attribute", message));
        }
    };
    let cos = angles(cx, 1, &heads)?;
    let sin = angles(cx, 2, &heads)?;
    let part = cx.slice(heads.x, 3, Part::all(turned))?;
    let mut y = turn(cx, part, cos, sin)?;
    if turned < size {
        let rest = Part {
            begin: turned,
            len: size - turned,
            step: 1,
        };
        let rest = cx.slice(heads.x, 3, rest)?;
        y = cx.concat(&[y, rest], 3)?;
    }
    let shape = cx.shape(x);
    let y = cx.reshape(y, shape)?;
    cx.finish(y)
}

/// Cosines or sines, from a table by position or already in order, so that they broadcast.
fn angles(cx: &mut Importer<'_>, i: usize, heads: &Heads) -> Result<ValueId, Diag> {
    let mut angles = cx.input(i)?;
    if let Some(positions) = cx.optional(3) {
        let positions = cx.cast(positions, DType::I64)?;
        angles = cx.add(Gather { axis: 0 }, &[angles, positions])?;
    }
    let [batch, positions, half] = cx.shape(angles)[..] else {
        return Err(misfit(format!(
            "{} is not an angle for each position",
            cx.ty(angles)
        )));
    };
    let mut shape = vec![batch, positions, half];
    shape.insert(3 - heads.positions, 1);
    cx.reshape(angles, shape)
}

/// Turns all pairs: of neighbours if interleaved, else of the two halves.
fn turn(cx: &mut Importer<'_>, x: ValueId, cos: ValueId, sin: ValueId) -> Result<ValueId, Diag> {
    let shape = cx.shape(x);
    let half = shape[3] / 2;
    let axis = if cx.node.int("interleaved", 0)? == 0 {
        3
    } else {
        4
    };
    let mut pairs = shape.clone();
    pairs.splice(3.., if axis == 3 { [2, half] } else { [half, 2] });
    let x = cx.reshape(x, pairs)?;
    let (a, b) = (cx.element(x, axis, 0)?, cx.element(x, axis, 1)?);
    let real = rotated(cx, "sub", [cos, a, sin, b])?;
    let imaginary = rotated(cx, "add", [sin, a, cos, b])?;
    let mut single = cx.shape(real);
    single.insert(axis, 1);
    let real = cx.reshape(real, single.clone())?;
    let imaginary = cx.reshape(imaginary, single)?;
    let y = cx.concat(&[real, imaginary], axis)?;
    cx.reshape(y, shape)
}

/// `p · a ± q · b`.
fn rotated(
    cx: &mut Importer<'_>,
    function: &str,
    [p, a, q, b]: [ValueId; 4],
) -> Result<ValueId, Diag> {
    let (left, right) = (cx.map("mul", &[p, a])?, cx.map("mul", &[q, b])?);
    cx.map(function, &[left, right])
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("RotaryEmbedding", rotary_embedding)];
