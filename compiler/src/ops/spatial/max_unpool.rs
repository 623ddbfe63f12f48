//! Undoing a maximum pool: each element goes back to where it was, with zeros between.

use crate::diag::Diag;
use crate::ops::indexing::scatter::ScatterElements;
use crate::ops::support::window::{pads, sizes};
use crate::ops::{Importer, OnnxOp, onnx};
use mlc_runtime_core::kernels::scatter::Combine;

/// Spatial sizes of what was pooled to `pooled`.
fn unpooled(cx: &Importer<'_>, pooled: &[usize]) -> Result<Vec<usize>, Diag> {
    let axes = pooled.len();
    let kernel = sizes(cx, "kernel_shape", axes)?;
    let (stride, pads) = (sizes(cx, "strides", axes)?, pads(cx, axes)?);
    let size = |d: usize| {
        let starts = pooled[d].checked_sub(1)?.checked_mul(stride[d])?;
        let end = starts.checked_add(kernel[d])?;
        end.checked_add_signed(-pads[d].0)?
            .checked_add_signed(-pads[d].1)
    };
    (0..axes).map(size).collect::<Option<_>>().ok_or_else(|| {
        let message = format!("no image was pooled to {pooled:?}");
        Diag::new("shape-mismatch", message)
    })
}

/// `MaxUnpool`: positions count elements of the shape that was pooled; a larger `output_shape` adds
/// zeros after them.
fn max_unpool(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let (x, indices) = (cx.input(0)?, cx.indices(1)?);
    let shape = cx.shape(x);
    if shape.len() < 3 || cx.shape(indices) != shape {
        let message = format!("{} with positions {}", cx.ty(x), cx.ty(indices));
        return Err(Diag::new("shape-mismatch", message));
    }
    let mut from = shape[..2].to_vec();
    from.extend(unpooled(cx, &shape[2..])?);
    let to = match cx.ints(2, "the output's shape")? {
        Some(to) => to,
        None => from.iter().map(|&n| n as i64).collect(),
    };
    let grown = from
        .iter()
        .zip(&to)
        .map(|(&n, &to)| isize::try_from(to).ok()?.checked_sub_unsigned(n));
    let Some(grown) = grown
        .collect::<Option<Vec<_>>>()
        .filter(|_| to.len() == from.len())
    else {
        let message = format!("{from:?} cannot be extended to {to:?}");
        return Err(Diag::new("shape-mismatch", message));
    };
    let count: usize = shape.iter().product();
    let len = from.iter().try_fold(1usize, |n, &d| n.checked_mul(d));
    let zero = cx.scalar_of(0.0, cx.ty(x).dtype)?;
    let zeros = cx.expand(zero, vec![len.unwrap_or(usize::MAX)])?;
    let (x, indices) = (
        cx.reshape(x, vec![count])?,
        cx.reshape(indices, vec![count])?,
    );
    let (axis, combine) = (0, Combine::Overwrite);
    let y = cx.add(ScatterElements { axis, combine }, &[zeros, indices, x])?;
    let y = cx.reshape(y, from)?;
    let y = cx.pad_zeros(y, grown.into_iter().map(|n| (0, n)).collect())?;
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("MaxUnpool", max_unpool)];
