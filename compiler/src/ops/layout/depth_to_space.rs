//! Blocks of pixels to channels and back: a permutation of axes between two reshapes.
//!
//! They are written for channels-last data, where what moves stays in longer rows.

use crate::diag::Diag;
use crate::ops::{Importer, OnnxOp, onnx};

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

/// How the channels that come from a block follow each other.
enum Order {
    /// All channels of one pixel, then of the next.
    DepthFirst,
    /// All pixels of one channel, then of the next.
    DepthLast,
}

fn order(cx: &Importer<'_>) -> Result<Order, Diag> {
    match cx.node.string("mode", "DCR")? {
        "DCR" => Ok(Order::DepthFirst),
        "CRD" => Ok(Order::DepthLast),
        other => {
            let message = format!("mode must be DCR or CRD, not `{other}`");
            Err(Diag::new("invalid-attribute", message).at_attribute("mode"))
        }
    }
}

fn depth_to_space(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let ([n, c, h, w], b) = geometry(cx)?;
    if !c.is_multiple_of(b * b) {
        return Err(indivisible(cx, b));
    }
    let depth = c / (b * b);
    let x = cx.input(0)?;
    let x = cx.channels_last(x)?;
    let (split, perm) = match order(cx)? {
        Order::DepthFirst => (vec![n, h, w, b, b, depth], [0, 1, 3, 2, 4, 5]),
        Order::DepthLast => (vec![n, h, w, depth, b, b], [0, 1, 4, 2, 5, 3]),
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
    let perm = match order(cx)? {
        Order::DepthFirst => [0, 1, 3, 2, 4, 5],
        Order::DepthLast => [0, 1, 3, 5, 2, 4],
    };
    let y = cx.transpose(x, &perm)?;
    let y = cx.reshape(y, vec![n, h / b, w / b, c * b * b])?;
    let y = cx.channels_first(y)?;
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[
    onnx("DepthToSpace", depth_to_space),
    onnx("SpaceToDepth", space_to_depth),
];
