//! `AffineGrid`: where an affine map takes the points of a regular grid.

use crate::diag::Diag;
use crate::ops::{Importer, OnnxOp, onnx};
use crate::tensor::Tensor;

/// Most numbers that the regular grid may have.
const MAX_NUMBERS: usize = 1 << 26;

fn affine_grid(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let theta = cx.input(0)?;
    let given = cx.ints(1, "the size of the grid")?.unwrap_or_default();
    let sizes: Result<Vec<_>, _> = given.iter().map(|&n| usize::try_from(n)).collect();
    let sizes = sizes.map_err(|_| misfit(&given))?;
    let [batch, _, spatial @ ..] = &sizes[..] else {
        return Err(misfit(&given));
    };
    let axes = spatial.len();
    if !(2..=3).contains(&axes) || cx.shape(theta) != [*batch, axes, axes + 1] {
        return Err(misfit(&given).at_tensor(&cx.graph.value(theta).name));
    }
    let corners = cx.node.int("align_corners", 0)? != 0;
    let points = points(spatial, corners).ok_or_else(|| misfit(&given))?;
    let points = cx.add_constant(points);
    let map = cx.transpose(theta, &[0, 2, 1])?;
    let y = cx.matmul(points, map, None)?;
    let mut shape = vec![*batch];
    shape.extend(spatial);
    shape.push(axes);
    let y = cx.reshape(y, shape)?;
    cx.finish(y)
}

fn misfit(size: &[i64]) -> Diag {
    let message = format!("there is no affine map of a grid of size {size:?}");
    Diag::new("shape-mismatch", message)
}

/// The points of a grid from -1 to 1 along each axis, `[points, axes + 1]`: coordinates from the last
/// axis to the first, and 1. Outermost points are corners of the square, or half a step within it.
fn points(spatial: &[usize], corners: bool) -> Option<Tensor> {
    let count = spatial
        .iter()
        .try_fold(1usize, |n, &dim| n.checked_mul(dim))?;
    let columns = spatial.len() + 1;
    count.checked_mul(columns).filter(|&n| n <= MAX_NUMBERS)?;
    let mut values = Vec::with_capacity(count * columns);
    for i in 0..count {
        let mut rest = i;
        for &dim in spatial.iter().rev() {
            values.push(coordinate(rest % dim, dim, corners) as f32);
            rest /= dim;
        }
        values.push(1.0);
    }
    Some(Tensor::new([count, columns], &values))
}

fn coordinate(i: usize, dim: usize, corners: bool) -> f64 {
    match corners {
        true if dim == 1 => -1.0,
        true => -1.0 + 2.0 * i as f64 / (dim - 1) as f64,
        false => -1.0 + (2 * i + 1) as f64 / dim as f64,
    }
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("AffineGrid", affine_grid)];
