//! Reading at computed positions: Gather, GatherElements, GatherND.

use crate::diag::Diag;
use crate::ir::{Lower, Op, Permuted, ValueId};
use crate::ops::layout::slice::Part;
use crate::ops::{Importer, OnnxOp, axis, onnx};
use crate::tensor::{DType, TensorType};
use mlc_runtime_core::kernels::gather as kernel;
use mlc_runtime_core::table::call;
use std::sync::Arc;

/// Two inputs that have to be there, the second of them indices.
pub fn data_and_indices<'a>(
    inputs: &[Option<&'a TensorType>],
) -> Result<(&'a TensorType, &'a TensorType), Diag> {
    let [Some(x), Some(indices), ..] = inputs else {
        return Err(Diag::new("missing-input", "data and indices are needed"));
    };
    if indices.dtype != DType::I64 {
        let message = format!("indices must be integers, not {indices}");
        return Err(Diag::new("unsupported-type", message));
    }
    Ok((x, indices))
}

/// A diagnostic for shapes that do not belong together.
pub fn misfit(x: &TensorType, indices: &TensorType) -> Diag {
    Diag::new(
        "shape-mismatch",
        format!("indices {indices} do not fit data {x}"),
    )
}

/// `y[a.., i.., b..] = x[a.., indices[i..], b..]`, the index taking the place of one axis.
#[derive(Clone, Debug)]
pub struct Gather {
    /// The axis.
    pub axis: usize,
}

impl Op for Gather {
    fn name(&self) -> &'static str {
        "Gather"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let (x, indices) = data_and_indices(inputs)?;
        if self.axis >= x.rank() || (x.shape[self.axis] == 0 && !indices.is_empty()) {
            return Err(misfit(x, indices));
        }
        let mut shape = x.shape.clone();
        shape.splice(self.axis..=self.axis, indices.shape.iter().copied());
        Ok(vec![TensorType::new(x.dtype, shape)])
    }

    fn permuted(&self, perm: &[usize], inputs: &[Option<&TensorType>]) -> Option<Permuted> {
        let [Some(x), Some(indices)] = inputs else {
            return None;
        };
        let axis = perm
            .iter()
            .position(|&d| d == self.axis)
            .filter(|_| perm.len() == x.rank())?;
        let count = indices.rank();
        let output = perm.iter().flat_map(|&d| match d.cmp(&self.axis) {
            std::cmp::Ordering::Less => d..d + 1,
            std::cmp::Ordering::Equal => d..d + count,
            std::cmp::Ordering::Greater => d + count - 1..d + count,
        });
        Some(Permuted {
            output: output.collect(),
            op: Arc::new(Gather { axis }),
            inputs: vec![true, false],
        })
    }

    fn moves(&self, _count: usize) -> Option<Vec<bool>> {
        Some(vec![true, false])
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let (x, indices, y) = (cx.input(0), cx.input(1), cx.output(0));
        let shape = &cx.input_type(0).shape;
        let p = kernel::Gather {
            outer: shape[..self.axis].iter().product(),
            axis_len: shape[self.axis],
            inner: shape[self.axis + 1..].iter().product(),
            count: cx.input_type(1).len(),
        };
        cx.call(call::gather(p, x, indices, y));
        Ok(())
    }
}

/// `y[.., j, ..] = x[.., indices[.., j, ..], ..]`: as many axes everywhere, one of them replaced.
#[derive(Clone, Debug)]
pub struct GatherElements {
    /// The axis.
    pub axis: usize,
}

/// How a tensor of shape `x` is addressed by indices of shape `indices` that replace one axis.
pub fn addressed(
    x: &[usize],
    indices: &[usize],
    axis: usize,
) -> Result<kernel::GatherElements, Diag> {
    let strides = crate::ops::support::strides::row_major(x);
    let mut walked = strides.clone();
    walked[axis] = 0;
    let walk = crate::ops::support::strides::walk(indices, &walked, 0)?;
    Ok(kernel::GatherElements {
        dims: walk.dims,
        strides: walk.strides.map(|s| s as usize),
        axis_len: x[axis],
        axis_stride: strides[axis] as usize,
    })
}

/// Whether indices of shape `indices` address a tensor `x` along an axis.
pub fn addresses(x: &[usize], indices: &[usize], axis: usize) -> bool {
    let inside = |(d, (&x, &i)): (usize, (&usize, &usize))| if d == axis { x > 0 } else { i <= x };
    let dims = x.iter().zip(indices).enumerate();
    let empty = indices.contains(&0);
    axis < x.len() && x.len() == indices.len() && (empty || dims.into_iter().all(inside))
}

impl Op for GatherElements {
    fn name(&self) -> &'static str {
        "GatherElements"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let (x, indices) = data_and_indices(inputs)?;
        if !addresses(&x.shape, &indices.shape, self.axis) {
            return Err(misfit(x, indices));
        }
        Ok(vec![TensorType::new(x.dtype, indices.shape.clone())])
    }

    fn permuted(&self, perm: &[usize], _inputs: &[Option<&TensorType>]) -> Option<Permuted> {
        let axis = perm.iter().position(|&d| d == self.axis)?;
        Some(Permuted {
            op: Arc::new(GatherElements { axis }),
            inputs: vec![true, true],
            output: perm.to_vec(),
        })
    }

    fn moves(&self, _count: usize) -> Option<Vec<bool>> {
        Some(vec![true, false])
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let (x, indices, y) = (cx.input(0), cx.input(1), cx.output(0));
        let p = addressed(&cx.input_type(0).shape, &cx.input_type(1).shape, self.axis)?;
        cx.call(call::gather_elements(p, x, indices, y));
        Ok(())
    }
}

/// `y[b.., i.., s..] = x[b.., indices[b.., i.., :].., s..]`: tuples of indices address slices.
#[derive(Clone, Debug)]
pub struct GatherNd {
    /// Axes at the front that data and indices have in common.
    pub batch_axes: usize,
}

/// Dimensions that tuples of indices address, for the kernels, which take six at most.
pub fn tuple_dims(dims: &[usize]) -> Result<[usize; 6], Diag> {
    let mut padded = [1; 6];
    let places = padded.get_mut(..dims.len()).ok_or_else(|| {
        let message = format!("indices address {} axes", dims.len());
        Diag::new("too-many-dimensions", message).note("at most 6 are supported")
    })?;
    places.copy_from_slice(dims);
    Ok(padded)
}

/// Indices in a tuple: what the last axis of the indices is for.
pub fn depth(indices: &TensorType) -> usize {
    indices.shape.last().copied().unwrap_or(0)
}

impl Op for GatherNd {
    fn name(&self) -> &'static str {
        "GatherND"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let (x, indices) = data_and_indices(inputs)?;
        let (batch, depth) = (self.batch_axes, depth(indices));
        let axes = batch + depth;
        let same = indices.rank() > batch && x.shape.get(..batch) == indices.shape.get(..batch);
        let addressed = x.shape.get(batch..axes).filter(|_| same && depth > 0);
        let addressed = addressed.ok_or_else(|| misfit(x, indices))?;
        if addressed.contains(&0) && !indices.is_empty() {
            return Err(misfit(x, indices));
        }
        let mut shape = indices.shape.clone();
        shape.pop();
        shape.extend(&x.shape[axes..]);
        Ok(vec![TensorType::new(x.dtype, shape)])
    }

    fn moves(&self, _count: usize) -> Option<Vec<bool>> {
        Some(vec![true, false])
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let (x, indices, y) = (cx.input(0), cx.input(1), cx.output(0));
        let (data, tuples) = (&cx.input_type(0).shape, cx.input_type(1));
        let (batch, depth) = (self.batch_axes, depth(tuples));
        let p = kernel::GatherNd {
            batch: data[..batch].iter().product(),
            count: tuples.shape[batch..tuples.rank() - 1].iter().product(),
            depth,
            dims: tuple_dims(&data[batch..batch + depth])?,
            slice: data[batch + depth..].iter().product(),
        };
        cx.call(call::gather_nd(p, x, indices, y));
        Ok(())
    }
}

impl Importer<'_> {
    /// The `i`-th input as 64-bit indices.
    pub fn indices(&mut self, i: usize) -> Result<ValueId, Diag> {
        let value = self.input(i)?;
        match self.ty(value).dtype {
            DType::I32 | DType::I64 => self.cast(value, DType::I64),
            other => Err(
                Diag::new("unsupported-type", format!("indices cannot be {other}"))
                    .at_tensor(&self.graph.value(value).name),
            ),
        }
    }
}

/// The part of an axis of length `dim` that constant indices name, if they are evenly spaced.
fn evenly_spaced(indices: &[i64], dim: usize) -> Option<Part> {
    let n = dim as i64;
    let inside = |&i: &i64| (-n..n).contains(&i).then(|| i.rem_euclid(n));
    let at: Vec<i64> = indices.iter().map(inside).collect::<Option<_>>()?;
    let step = at.get(1).map_or(1, |second| second - at[0]);
    let even = step != 0 && at.windows(2).all(|w| w[1] - w[0] == step);
    even.then_some(Part {
        begin: *at.first()? as usize,
        len: at.len(),
        step: step as isize,
    })
}

/// Indices that are known may be wrong, and that is known too.
fn check_constant(cx: &Importer<'_>, x: ValueId, d: usize, indices: &[i64]) -> Result<(), Diag> {
    let dim = cx.ty(x).shape[d] as i64;
    match indices.iter().find(|i| !(-dim..dim).contains(*i)) {
        Some(i) => {
            let message = format!("index {i} does not exist on an axis of {dim}");
            Err(Diag::new("invalid-index", message))
        }
        None => Ok(()),
    }
}

/// `Gather`. Positions that are known and evenly spaced are a slice, which may be free.
fn gather(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let d = axis(cx.node.int("axis", 0)?, cx.ty(x).rank())?;
    let indices = cx.indices(1)?;
    let known = cx.graph.evaluate(indices)?.and_then(|t| t.to_vec::<i64>());
    if let Some(known) = &known {
        check_constant(cx, x, d, known)?;
        if let Some(part) = evenly_spaced(known, cx.ty(x).shape[d]) {
            let mut shape = cx.shape(x);
            shape.splice(d..=d, cx.shape(indices));
            let y = cx.slice(x, d, part)?;
            let y = cx.reshape(y, shape)?;
            return cx.finish(y);
        }
    }
    let y = cx.add(Gather { axis: d }, &[x, indices])?;
    cx.finish(y)
}

fn gather_elements(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let (x, indices) = (cx.input(0)?, cx.indices(1)?);
    let axis = axis(cx.node.int("axis", 0)?, cx.ty(x).rank())?;
    let y = cx.add(GatherElements { axis }, &[x, indices])?;
    cx.finish(y)
}

fn gather_nd(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let (x, indices) = (cx.input(0)?, cx.indices(1)?);
    let batch = cx.node.int("batch_dims", 0)?;
    let batch_axes = usize::try_from(batch).ok().filter(|&b| b < cx.ty(x).rank());
    let batch_axes = batch_axes.ok_or_else(|| {
        let message = format!("{batch} is not a number of batch axes of {}", cx.ty(x));
        Diag::new("invalid-attribute", message).at_attribute("batch_dims")
    })?;
    let y = cx.add(GatherNd { batch_axes }, &[x, indices])?;
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[
    onnx("Gather", gather),
    onnx("GatherElements", gather_elements),
    onnx("GatherND", gather_nd),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_spacing_is_recognised_across_signs() {
        let of = |indices: &[i64]| evenly_spaced(indices, 6).map(|p| (p.begin, p.len, p.step));
        assert_eq!(of(&[-1]), Some((5, 1, 1)));
        assert_eq!(of(&[1, 3, -1]), Some((1, 3, 2)));
        assert_eq!(of(&[-1, -3]), Some((5, 2, -2)));
        assert_eq!(of(&[2, 2]), None);
        assert_eq!(of(&[0, 1, 3]), None);
        assert_eq!(of(&[]), None);
    }
}
