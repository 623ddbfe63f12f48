//! Operators whose result has a shape that depends on data: possible where that is constant.

use crate::diag::Diag;
use crate::ir::ValueId;
use crate::ops::indexing::gather::Gather;
use crate::ops::{Importer, OnnxOp, axis, onnx};
use crate::tensor::{Tensor, TensorType};

/// Input `i`, whose data decides the shape of the result.
fn deciding(cx: &mut Importer<'_>, i: usize) -> Result<Tensor, Diag> {
    let value = cx.input(i)?;
    if let Some(known) = cx.graph.evaluate(value)? {
        return Ok(known);
    }
    let message = "the shape of the result depends on data that is not known at compile time";
    let diag = Diag::new("data-dependent-shape", message)
        .at_tensor(&cx.graph.value(value).name)
        .note("all shapes have to be static: end the model before this node, or make its input a constant");
    Err(cx.fixable(value, diag, "it is computed then"))
}

/// The elements of a constant, for comparison.
fn numbers(tensor: &Tensor) -> Result<Vec<f64>, Diag> {
    tensor
        .to_vec()
        .ok_or_else(|| crate::ops::unsupported_type(tensor.ty.dtype))
}

/// `Compress`: the elements along an axis, or of the flattened input, that a condition marks.
fn compress(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let mut x = cx.input(0)?;
    let condition = numbers(&deciding(cx, 1)?)?;
    let axis = match cx.node.optional_int("axis")? {
        Some(given) => axis(given, cx.ty(x).rank())?,
        None => {
            let len = cx.ty(x).len();
            x = cx.reshape(x, vec![len])?;
            0
        }
    };
    let dim = cx.ty(x).shape[axis];
    let marked = (0..dim as i64).zip(&condition).filter(|(_, c)| **c != 0.0);
    let marked: Vec<i64> = marked.map(|(i, _)| i).collect();
    let indices = cx.add_constant(Tensor::new([marked.len()], &marked));
    let y = cx.add(Gather { axis }, &[x, indices])?;
    cx.finish(y)
}

/// `NonZero`: for each axis, the positions of all elements that are not zero.
fn non_zero(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = deciding(cx, 0)?;
    let values = numbers(&x)?;
    let found: Vec<usize> = (0..values.len()).filter(|&i| values[i] != 0.0).collect();
    let strides = crate::ops::support::strides::row_major(&x.ty.shape);
    let dims = x.ty.shape.iter().zip(strides);
    let positions = dims.flat_map(|(&dim, stride)| {
        found
            .iter()
            .map(move |&i| (i / stride.max(1) as usize % dim.max(1)) as i64)
    });
    let positions: Vec<i64> = positions.collect();
    let y = cx.add_constant(Tensor::new([x.ty.rank(), found.len()], &positions));
    cx.finish(y)
}

/// Equal slices of a tensor, as positions along its axis.
struct Distinct {
    /// Where each distinct slice is first.
    first: Vec<i64>,
    /// Which distinct slice each slice equals.
    inverse: Vec<i64>,
    /// How often each occurs.
    counts: Vec<i64>,
}

/// Finds equal ones among `slices`; in ascending order, or in that of their first occurrence.
fn distinct(slices: &[Vec<f64>], sorted: bool) -> Distinct {
    let compare = |&a: &usize, &b: &usize| {
        let pairs = slices[a].iter().zip(&slices[b]);
        let mut orders = pairs.map(|(a, b)| a.total_cmp(b));
        orders
            .find(|o| o.is_ne())
            .unwrap_or(std::cmp::Ordering::Equal)
    };
    let mut order: Vec<usize> = (0..slices.len()).collect();
    order.sort_by(compare);
    let mut groups: Vec<&[usize]> = order.chunk_by(|a, b| compare(a, b).is_eq()).collect();
    if !sorted {
        groups.sort_by_key(|group| group[0]);
    }
    let mut inverse = vec![0; slices.len()];
    for (g, group) in groups.iter().enumerate() {
        group.iter().for_each(|&i| inverse[i] = g as i64);
    }
    Distinct {
        first: groups.iter().map(|group| group[0] as i64).collect(),
        inverse,
        counts: groups.iter().map(|group| group.len() as i64).collect(),
    }
}

/// The slices of a constant along an axis.
fn slices(x: &TensorType, values: &[f64], axis: usize) -> Vec<Vec<f64>> {
    let inner: usize = x.shape[axis + 1..].iter().product();
    let dim = x.shape[axis];
    let mut slices = vec![Vec::new(); dim];
    for (k, row) in values.chunks(inner.max(1)).enumerate() {
        slices[k % dim].extend(row);
    }
    slices
}

/// `Unique`: the distinct slices along an axis, or elements.
fn unique(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = deciding(cx, 0)?;
    let (ty, d) = match cx.node.optional_int("axis")? {
        Some(given) => (x.ty.clone(), axis(given, x.ty.rank())?),
        None => (TensorType::new(x.ty.dtype, [x.ty.len()]), 0),
    };
    let sorted = cx.node.int("sorted", 1)? != 0;
    let found = distinct(&slices(&ty, &numbers(&x)?, d), sorted);
    let x = cx.add_constant(x.reshaped(ty.shape));
    let mut constant =
        |values: &[i64]| -> ValueId { cx.add_constant(Tensor::new([values.len()], values)) };
    let first = constant(&found.first);
    let (inverse, counts) = (constant(&found.inverse), constant(&found.counts));
    let y = cx.add(Gather { axis: d }, &[x, first])?;
    for (i, value) in [y, first, inverse, counts].into_iter().enumerate() {
        cx.set_output(i, value);
    }
    Ok(())
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[
    onnx("Compress", compress),
    onnx("NonZero", non_zero),
    onnx("Unique", unique),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distinct_slices_are_found_in_either_order() {
        let slices: Vec<Vec<f64>> = [3, 1, 3, 2, 1].map(|x| vec![0.0, f64::from(x)]).into();
        let found = distinct(&slices, true);
        assert_eq!(found.first, [1, 3, 0]);
        assert_eq!(found.inverse, [2, 0, 2, 1, 0]);
        assert_eq!(found.counts, [2, 1, 2]);
        assert_eq!(distinct(&slices, false).first, [0, 1, 3]);
    }
}
