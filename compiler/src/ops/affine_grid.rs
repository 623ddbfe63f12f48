//! Sampling grids of affine maps: one matrix product with a grid that is constant.

use super::{Importer, OnnxOp, onnx};
use crate::diag::Diag;
use crate::tensor::Tensor;

/// Elements that a grid may have.
const MAX_ELEMENTS: usize = 1 << 26;

/// Places from -1 to 1: of the pixels' centres, or with the outermost ones at the ends.
fn places(len: usize, align_corners: bool) -> Vec<f32> {
    let place = |i: usize| match align_corners {
        true if len == 1 => 0.0,
        true => 2.0 * i as f32 / (len - 1) as f32 - 1.0,
        false => (2 * i + 1) as f32 / len as f32 - 1.0,
    };
    (0..len).map(place).collect()
}

/// Each place of a grid, innermost coordinate first, then 1.
fn homogeneous(sizes: &[usize], align_corners: bool) -> Vec<f32> {
    let axes: Vec<_> = sizes.iter().map(|&n| places(n, align_corners)).collect();
    let mut grid = Vec::new();
    for i in 0..sizes.iter().product() {
        let mut rest: usize = i;
        for axis in axes.iter().rev() {
            grid.push(axis[rest % axis.len()]);
            rest /= axis.len();
        }
        grid.push(1.0);
    }
    grid
}

/// `AffineGrid`: `theta` is `[N, axes, axes + 1]`, the result `[N, spatial.., axes]`.
fn affine_grid(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let theta = cx.input(0)?;
    let given = cx.ints(1, "the size of the grid")?.unwrap_or_default();
    let align_corners = cx.node.int("align_corners", 0)? != 0;
    let sizes = given.get(2..).unwrap_or(&[]);
    let sizes: Result<Vec<_>, _> = sizes.iter().map(|&n| usize::try_from(n)).collect();
    let axes = given.len().saturating_sub(2);
    let count = |sizes: &Vec<usize>| sizes.iter().try_fold(4usize, |n, &d| n.checked_mul(d));
    let sizes = sizes
        .ok()
        .filter(|s| count(s).is_some_and(|n| n <= MAX_ELEMENTS));
    let n = cx.ty(theta).shape.first().copied().unwrap_or(0);
    let fits = matches!(axes, 2 | 3) && cx.shape(theta) == [n, axes, axes + 1];
    let Some(sizes) = sizes.filter(|_| fits) else {
        let message = format!("no grid of size {given:?} is made by {}", cx.ty(theta));
        return Err(Diag::new("shape-mismatch", message));
    };
    let grid = homogeneous(&sizes, align_corners);
    let grid = cx.add_constant(Tensor::new([grid.len() / (axes + 1), axes + 1], &grid));
    let theta = cx.transpose(theta, &[0, 2, 1])?;
    let y = cx.matmul(grid, theta, None)?;
    let shape = [&[n], &*sizes, &[axes]].concat();
    let y = cx.reshape(y, shape)?;
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("AffineGrid", affine_grid)];
