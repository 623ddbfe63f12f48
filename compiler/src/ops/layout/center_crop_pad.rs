//! Cropping and padding around the centre.

use crate::diag::Diag;
use crate::ops::layout::slice::Part;
use crate::ops::{Importer, OnnxOp, axes, onnx};

/// `CenterCropPad`: axes that are too long lose elements on both sides, those too short gain zeros.
fn center_crop_pad(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let mut y = cx.input(0)?;
    let shape = cx.shape(y);
    let missing = || Diag::new("missing-input", "the shape is not given");
    let wanted = cx.ints(1, "the shape")?.ok_or_else(missing)?;
    let axes: Vec<_> = match cx.node.ints("axes")? {
        Some(given) => axes(given, shape.len())?,
        None => (0..shape.len()).collect(),
    };
    let sizes: Result<Vec<isize>, _> = wanted.iter().map(|&n| isize::try_from(n)).collect();
    let sizes = sizes
        .ok()
        .filter(|s| s.len() == axes.len() && s.iter().all(|&n| n >= 0));
    let sizes = sizes.ok_or_else(|| {
        let message = format!("{wanted:?} are not sizes of {} axes", axes.len());
        Diag::new("invalid-input", message)
    })?;
    let mut parts: Vec<_> = shape.iter().map(|&dim| Part::all(dim)).collect();
    let mut pads = vec![(0, 0); shape.len()];
    for (d, size) in axes.into_iter().zip(sizes) {
        let more = size - shape[d] as isize;
        if more > 0 {
            pads[d] = (more / 2, more - more / 2);
        } else {
            let begin = if size == 0 {
                0
            } else {
                more.unsigned_abs() / 2
            };
            parts[d] = Part {
                begin,
                ..Part::all(size as usize)
            };
        }
    }
    y = cx.slice_all(y, parts)?;
    y = cx.pad_zeros(y, pads)?;
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("CenterCropPad", center_crop_pad)];
