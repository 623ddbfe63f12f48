//! Writing at computed positions: ScatterElements, ScatterND, TensorScatter.

use crate::diag::Diag;
use crate::ir::{Lower, Op, Permuted, ValueId};
use crate::ops::arithmetic::elementwise::{number, scalar};
use crate::ops::indexing::gather::{
    addressed, addresses, data_and_indices, depth, misfit, tuple_dims,
};
use crate::ops::{Importer, OnnxOp, axis, onnx};
use crate::tensor::{DType, Tensor, TensorType};
use mlc_runtime_core::kernels::scatter as kernel;
use mlc_runtime_core::kernels::scatter::Combine;
use mlc_runtime_core::table::call;
use std::sync::Arc;

/// `y = x`, then `y[.., indices[.., j, ..], ..]` combined with `updates[.., j, ..]`.
#[derive(Clone, Debug)]
pub struct ScatterElements {
    /// The axis whose position the index replaces.
    pub axis: usize,
    /// What an update does to the value in its place.
    pub combine: Combine,
}

/// The third input, which has to be of the data's element type and of that shape.
fn check_updates(inputs: &[Option<&TensorType>], shape: &[usize]) -> Result<(), Diag> {
    let [Some(x), _, Some(updates)] = inputs else {
        return Err(Diag::new(
            "missing-input",
            "data, indices and updates are needed",
        ));
    };
    if updates.dtype != x.dtype || updates.shape != shape {
        let expected = TensorType::new(x.dtype, shape);
        let message = format!("updates must be {expected}, not {updates}");
        return Err(Diag::new("shape-mismatch", message));
    }
    Ok(())
}

impl Op for ScatterElements {
    fn name(&self) -> &'static str {
        "ScatterElements"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let (x, indices) = data_and_indices(inputs)?;
        check_updates(inputs, &indices.shape)?;
        if !addresses(&x.shape, &indices.shape, self.axis) {
            return Err(misfit(x, indices));
        }
        Ok(vec![x.clone()])
    }

    fn permuted(&self, perm: &[usize], _inputs: &[Option<&TensorType>]) -> Option<Permuted> {
        let axis = perm.iter().position(|&d| d == self.axis)?;
        let combine = self.combine;
        // Updates of one place differ in their position on the axis only: their order stays.
        Some(Permuted {
            op: Arc::new(ScatterElements { axis, combine }),
            inputs: vec![true; 3],
            output: perm.to_vec(),
        })
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let (x, indices, updates) = (cx.input(0), cx.input(1), cx.input(2));
        let places = addressed(&cx.input_type(0).shape, &cx.input_type(1).shape, self.axis)?;
        let p = kernel::ScatterElements {
            dims: places.dims,
            strides: places.strides,
            axis_len: places.axis_len,
            axis_stride: places.axis_stride,
            combine: self.combine,
        };
        let y = cx.output_copy_of(0, x);
        cx.call(call::scatter_elements(p, indices, updates, y));
        Ok(())
    }
}

/// `y = x`, then `y[indices[i.., :].., s..]` combined with `updates[i.., s..]`.
#[derive(Clone, Debug)]
pub struct ScatterNd {
    /// What an update does to the value in its place.
    pub combine: Combine,
}

impl Op for ScatterNd {
    fn name(&self) -> &'static str {
        "ScatterND"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let (x, indices) = data_and_indices(inputs)?;
        let depth = depth(indices);
        let slice = x.shape.get(depth..).filter(|_| depth > 0);
        let slice = slice.ok_or_else(|| misfit(x, indices))?;
        if x.shape[..depth].contains(&0) && !indices.is_empty() {
            return Err(misfit(x, indices));
        }
        let mut updates = indices.shape.clone();
        updates.pop();
        updates.extend(slice);
        check_updates(inputs, &updates)?;
        Ok(vec![x.clone()])
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let (x, indices, updates) = (cx.input(0), cx.input(1), cx.input(2));
        let (data, depth) = (&cx.input_type(0).shape, depth(cx.input_type(1)));
        let p = kernel::ScatterNd {
            depth,
            dims: tuple_dims(&data[..depth])?,
            slice: data[depth..].iter().product(),
            combine: self.combine,
        };
        let y = cx.output_copy_of(0, x);
        cx.call(call::scatter_nd(p, indices, updates, y));
        Ok(())
    }
}

/// What the attribute `reduction` says that updates do.
fn combine(cx: &Importer<'_>) -> Result<Combine, Diag> {
    Ok(match cx.node.string("reduction", "none")? {
        "none" => Combine::Overwrite,
        "add" => Combine::AddTo,
        "mul" => Combine::MultiplyBy,
        "min" => Combine::KeepLess,
        "max" => Combine::KeepGreater,
        other => {
            let message = format!("`{other}` is not a way to combine updates");
            return Err(Diag::new("invalid-attribute", message).at_attribute("reduction"));
        }
    })
}

fn scatter_elements(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let (x, indices, updates) = (cx.input(0)?, cx.indices(1)?, cx.input(2)?);
    let axis = axis(cx.node.int("axis", 0)?, cx.ty(x).rank())?;
    let combine = combine(cx)?;
    let y = cx.add(ScatterElements { axis, combine }, &[x, indices, updates])?;
    cx.finish(y)
}

fn scatter_nd(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let (x, indices, updates) = (cx.input(0)?, cx.indices(1)?, cx.input(2)?);
    let combine = combine(cx)?;
    let y = cx.add(ScatterNd { combine }, &[x, indices, updates])?;
    cx.finish(y)
}

/// `TensorScatter`: a block of updates for each batch, from a position of its own along one axis.
fn tensor_scatter(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let (x, updates) = (cx.input(0)?, cx.input(1)?);
    let shape = cx.shape(x);
    let axis = axis(cx.node.int("axis", -2)?, shape.len())?;
    let circular = match cx.node.string("mode", "linear")? {
        "linear" => false,
        "circular" => true,
        other => {
            let message = format!("`{other}` is neither linear nor circular");
            return Err(Diag::new("invalid-attribute", message).at_attribute("mode"));
        }
    };
    if axis == 0 || cx.ty(updates).rank() != shape.len() || shape[axis] == 0 {
        return Err(misfit(cx.ty(x), cx.ty(updates)));
    }
    let indices = positions(cx, updates, axis, circular.then_some(shape[axis]))?;
    let combine = Combine::Overwrite;
    let y = cx.add(ScatterElements { axis, combine }, &[x, indices, updates])?;
    cx.finish(y)
}

/// Positions along `axis` of the updates of `TensorScatter`, modulo `period` if there is one.
fn positions(
    cx: &mut Importer<'_>,
    updates: ValueId,
    axis: usize,
    period: Option<usize>,
) -> Result<ValueId, Diag> {
    let shape = cx.shape(updates);
    let mut along = vec![1; shape.len()];
    along[axis] = shape[axis];
    let steps: Vec<i64> = (0..shape[axis] as i64).collect();
    let mut positions = cx.add_constant(Tensor::new(along, &steps));
    if cx.optional(2).is_some() {
        let mut each = vec![1; shape.len()];
        each[0] = shape[0];
        let begin = cx.indices(2)?;
        let begin = cx.reshape(begin, each)?;
        positions = cx.map("add", &[positions, begin])?;
    }
    if let Some(period) = period {
        let at = cx.arg(&[positions], 0)?;
        let wrapped = scalar("floor_mod", [at.clone(), number(period as f64, &at)])?;
        positions = cx.map_expr(wrapped, DType::I64, &[positions])?;
    }
    cx.expand(positions, shape)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[
    onnx("Scatter", scatter_elements),
    onnx("ScatterElements", scatter_elements),
    onnx("ScatterND", scatter_nd),
    onnx("TensorScatter", tensor_scatter),
];
