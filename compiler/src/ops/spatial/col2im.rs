//! Columns back to an image: what the windows of a convolution saw is added up where it came from.

use crate::diag::Diag;
use crate::ops::indexing::scatter::ScatterNd;
use crate::ops::layout::slice::Part;
use crate::ops::support::window::Window;
use crate::ops::{Importer, OnnxOp, onnx};
use crate::tensor::Tensor;
use mlc_runtime_core::kernels::scatter::Combine;

/// Places that may be listed.
const MAX_PLACES: usize = 1 << 24;

/// Input `i` as positive sizes.
fn sizes(cx: &mut Importer<'_>, i: usize, what: &str) -> Result<Vec<usize>, Diag> {
    let given = cx.ints(i, what)?.unwrap_or_default();
    let sizes: Result<Vec<_>, _> = given.iter().map(|&n| usize::try_from(n)).collect();
    let sizes = sizes
        .ok()
        .filter(|s| !s.is_empty() && s.iter().all(|n| (1..1 << 30).contains(n)));
    sizes.ok_or_else(|| Diag::new("invalid-input", format!("{what} cannot be {given:?}")))
}

/// For each tap, and for each window within, the place that it sees in the padded image.
fn places(window: &Window, padded: &[usize], windows: &[usize]) -> Vec<i64> {
    let axes = padded.len();
    let dims: Vec<usize> = window.kernel.iter().chain(windows).copied().collect();
    let place = |mut i: usize| {
        let mut index = vec![0; dims.len()];
        for d in (0..dims.len()).rev() {
            (index[d], i) = (i % dims[d], i / dims[d]);
        }
        let at = |d| index[d] * window.dilation[d] + index[axes + d] * window.stride[d];
        (0..axes).fold(0, |place, d| place * padded[d] + at(d)) as i64
    };
    (0..dims.iter().product()).map(place).collect()
}

/// `Col2Im`: `[N, C · taps, windows]` to `[N, C, image..]`.
fn col2im(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let (image, block) = (
        sizes(cx, 1, "the image's shape")?,
        sizes(cx, 2, "the block's shape")?,
    );
    let window = Window::import(cx, block, &image)?;
    let windows = window.outputs(&image)?;
    let taps: usize = window.kernel.iter().product();
    let count: usize = windows.iter().product();
    let [n, rows, columns] = cx.shape(x)[..] else {
        return Err(Diag::new(
            "shape-mismatch",
            format!("{} are no columns", cx.ty(x)),
        ));
    };
    if columns != count
        || rows % taps != 0
        || taps * count > MAX_PLACES
        || window.pads.iter().any(|p| p.0 < 0 || p.1 < 0)
    {
        let message = format!("{} are not the columns of an image of {image:?}", cx.ty(x));
        return Err(Diag::new("shape-mismatch", message));
    }
    let pads = image.iter().zip(&window.pads);
    let padded: Vec<usize> = pads.map(|(&dim, p)| dim + (p.0 + p.1) as usize).collect();
    let (c, len) = (rows / taps, padded.iter().product::<usize>());
    // Channels last: whole rows of them are added at once.
    let x = cx.reshape(x, vec![n * c, taps * count])?;
    let x = cx.transpose(x, &[1, 0])?;
    let indices = places(&window, &padded, &windows);
    let indices = cx.add_constant(Tensor::new([indices.len(), 1], &indices));
    let zero = cx.scalar_of(0.0, cx.ty(x).dtype)?;
    let zeros = cx.expand(zero, vec![len, n * c])?;
    let combine = Combine::AddTo;
    let y = cx.add(ScatterNd { combine }, &[zeros, indices, x])?;
    let y = cx.transpose(y, &[1, 0])?;
    let y = cx.reshape(y, [&[n, c], &*padded].concat())?;
    let inner = image.iter().zip(&window.pads).map(|(&len, p)| Part {
        begin: p.0 as usize,
        ..Part::all(len)
    });
    let parts = [Part::all(n), Part::all(c)]
        .into_iter()
        .chain(inner)
        .collect();
    let y = cx.slice_all(y, parts)?;
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("Col2Im", col2im)];
