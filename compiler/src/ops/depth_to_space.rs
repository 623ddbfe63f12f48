//! Blocks of pixels to channels and back: a permutation of axes between two reshapes.
//!
//! They are written for channels-last data, where what moves stays in longer rows.

use super::{Importer, OnnxOp, onnx};
use crate::diag::Diag;

/// `[N, C, H, W]` of the input, and the block size.
fn geometry(cx: &Importer<'_>) -> Result<([usize; 4], usize), Diag> {
    let x = cx.input(0)?;
    let [n, c, h, w] = cx.shape(x)[..] else {
        let message = format!("an image is needed, not {}", cx.ty(x));
        return Err(Diag::new("shape-mismatch", message));
    };
    let block = usize::try_from(cx.node.int("blocksize", 0)?).unwrap_or(0);
    if block == 0 || block > 1 << 15 {
        let message = "the size of blocks must be a positive number of pixels";
        return Err(Diag::new("invalid-attribute", message).at_attribute("blocksize"));
    }
    Ok(([n, c, h, w], block))
}

fn indivisible(cx: &Importer<'_>, block: usize) -> Diag {
    let x = cx
        .input(0)
        .map(|x| cx.ty(x).to_string())
        .unwrap_or_default();
    Diag::new(
        "shape-mismatch",
        format!("{x} cannot be split into blocks of {block}"),
    )
}

fn depth_to_space(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let ([n, c, h, w], b) = geometry(cx)?;
    if !c.is_multiple_of(b * b) {
        return Err(indivisible(cx, b));
    }
    let depth = c / (b * b);
    let x = cx.input(0)?;
    let x = cx.channels_last(x)?;
    let (split, perm) = match cx.node.string("mode", "DCR")? {
        "DCR" => (vec![n, h, w, b, b, depth], [0, 1, 3, 2, 4, 5]),
        "CRD" => (vec![n, h, w, depth, b, b], [0, 1, 4, 2, 5, 3]),
        other => {
            let message = format!("mode must be DCR or CRD, not `{other}`");
            return Err(Diag::new("invalid-attribute", message).at_attribute("mode"));
        }
    };
    let x = cx.reshape(x, split)?;
    let y = cx.transpose(x, &perm)?;
    let y = cx.reshape(y, vec![n, h * b, w * b, depth])?;
    let y = cx.channels_first(y)?;
    cx.finish(y)
}

fn space_to_depth(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let ([n, c, h, w], b) = geometry(cx)?;
    if !h.is_multiple_of(b) || !w.is_multiple_of(b) {
        return Err(indivisible(cx, b));
    }
    let x = cx.input(0)?;
    let x = cx.channels_last(x)?;
    let x = cx.reshape(x, vec![n, h / b, b, w / b, b, c])?;
    let y = cx.transpose(x, &[0, 1, 3, 2, 4, 5])?;
    let y = cx.reshape(y, vec![n, h / b, w / b, c * b * b])?;
    let y = cx.channels_first(y)?;
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[
    onnx("DepthToSpace", depth_to_space),
    onnx("SpaceToDepth", space_to_depth),
];
