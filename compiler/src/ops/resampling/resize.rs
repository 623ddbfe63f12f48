//! Resampling: `Resize` and the older `Upsample`, one axis after another.
//!
//! Whole-number repetition, any other selection of elements, and weighted sums are three operators,
//! each with a kernel of its own.

use crate::diag::Diag;
use crate::ir::{Island, Lower, NotInteger, Op, Permuted, ValueId};
use crate::ops::layout::transpose::permute;
use crate::ops::support::sampling::{Axis, Coordinates, Filter, Nearest, Sampling, Table, unknown};
use crate::ops::support::strides::{row_major, walk};
use crate::ops::{Importer, OnnxOp, integers, onnx, unsupported_type};
use crate::tensor::{DType, Tensor, TensorType};
use mlc_runtime_core::kernels::resize::ResizeAxis;
use mlc_runtime_core::table::call;
use std::sync::Arc;

/// Elements that an axis may have when it was resized.
const MAX_LENGTH: f32 = (1 << 24) as f32;

/// Each element again and again along each axis.
#[derive(Clone, Debug)]
pub struct Repeat {
    /// How often, for each axis.
    pub factors: Vec<usize>,
}

impl Op for Repeat {
    fn name(&self) -> &'static str {
        "Repeat"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let [Some(x)] = inputs else {
            return Err(Diag::new("missing-input", "one input is needed"));
        };
        let dims = x.shape.iter().zip(&self.factors);
        let shape: Option<Vec<_>> = dims.map(|(d, f)| d.checked_mul(*f)).collect();
        match shape.filter(|shape| shape.len() == x.rank()) {
            Some(shape) => Ok(vec![TensorType::new(x.dtype, shape)]),
            None => {
                let message = format!("{x} cannot be repeated {:?} times", self.factors);
                Err(Diag::new("shape-mismatch", message))
            }
        }
    }

    fn permuted(&self, perm: &[usize], _inputs: &[Option<&TensorType>]) -> Option<Permuted> {
        Some(Permuted {
            op: Arc::new(Repeat {
                factors: permute(perm, &self.factors),
            }),
            inputs: vec![true],
            output: perm.to_vec(),
        })
    }

    fn moves(&self, _count: usize) -> Option<Vec<bool>> {
        Some(vec![true])
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let (x, y) = (cx.input(0), cx.output(0));
        let shape = &cx.input_type(0).shape;
        let (mut dims, mut strides) = (Vec::new(), Vec::new());
        for ((&dim, &factor), stride) in shape.iter().zip(&self.factors).zip(row_major(shape)) {
            dims.extend([dim, factor]);
            strides.extend([stride, 0]);
        }
        cx.call(call::strided_copy(walk(&dims, &strides, 0)?, x, y));
        Ok(())
    }
}

/// Weighted sums of elements along one axis, of `f32` or `i32`.
///
/// The inputs are data, positions `[length · taps]` and weights `[length, taps]`: see
/// [`ResizeAxis`].
#[derive(Clone, Debug)]
pub struct Resample {
    /// The axis.
    pub axis: usize,
    /// The result where the first position is negative.
    pub outside: f32,
}

impl Op for Resample {
    fn name(&self) -> &'static str {
        "Resample"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let [Some(x), Some(positions), Some(weights)] = inputs else {
            return Err(Diag::new(
                "missing-input",
                "data, positions and weights are needed",
            ));
        };
        if !matches!(x.dtype, DType::F32 | DType::I32) {
            return Err(unsupported_type(x.dtype).note("only nearest neighbours are, of any type"));
        }
        let table = positions.dtype == DType::I32 && weights.dtype == x.dtype;
        let [length, taps] = weights.shape[..] else {
            return Err(Diag::new("shape-mismatch", format!("weights {weights}")));
        };
        if !table || positions.shape != [length * taps] || self.axis >= x.rank() {
            let message = format!("{positions} and {weights} do not resample {x}");
            return Err(Diag::new("shape-mismatch", message));
        }
        let mut y = (*x).clone();
        y.shape[self.axis] = length;
        Ok(vec![y])
    }

    fn permuted(&self, perm: &[usize], _inputs: &[Option<&TensorType>]) -> Option<Permuted> {
        let axis = perm.iter().position(|&d| d == self.axis)?;
        Some(Permuted {
            op: Arc::new(Resample {
                axis,
                ..self.clone()
            }),
            inputs: vec![true, false, false],
            output: perm.to_vec(),
        })
    }

    fn on_integers(&self, cx: &mut Island<'_>) -> Result<ValueId, NotInteger> {
        integers::resize::resample(cx, self)
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let operands = [cx.input(0), cx.input(1), cx.input(2), cx.output(0)];
        let shape = &cx.input_type(0).shape;
        let p = ResizeAxis {
            outer: shape[..self.axis].iter().product(),
            in_len: shape[self.axis],
            out_len: cx.output_type(0).shape[self.axis],
            inner: shape[self.axis + 1..].iter().product(),
            taps: cx.input_type(2).shape[1],
            outside: self.outside,
        };
        let macs = cx.output_type(0).len() * p.taps;
        let [x, positions, weights, y] = operands;
        let call = match cx.input_type(0).dtype {
            DType::I32 => call::resize_axis_i32(p, x, positions, weights, y),
            _ => call::resize_axis_f32(p, x, positions, weights, y),
        };
        cx.call_counted(call, macs as u64);
        Ok(())
    }
}

/// What a node says about an axis that it resizes.
struct Target {
    axis: usize,
    to: Axis,
}

impl Importer<'_> {
    /// Resizes a value, first the axes that shrink most.
    fn resize(
        &mut self,
        x: ValueId,
        mut targets: Vec<Target>,
        sampling: Sampling,
        outside: f32,
    ) -> Result<ValueId, Diag> {
        let growth = |t: &Target| t.to.output as f32 / t.to.input.max(1) as f32;
        targets.sort_by(|a, b| growth(a).total_cmp(&growth(b)));
        let mut y = x;
        let mut factors = vec![1; self.ty(x).rank()];
        for Target { axis, to } in targets {
            if to.input == 0 && to.output != 0 {
                let message = format!("axis {axis} is empty and cannot be resized");
                return Err(Diag::new("shape-mismatch", message));
            }
            let table = match to.input {
                0 => continue,
                _ => sampling.table(&to),
            };
            match table.selection() {
                Some(selection) => match repetition(&selection, to.input) {
                    Some(factor) => factors[axis] = factor,
                    None => y = self.select(y, axis, &selection)?,
                },
                None => y = self.resample(y, axis, table, outside)?,
            }
        }
        match factors.iter().all(|&f| f == 1) {
            true => Ok(y),
            false => self.add(Repeat { factors }, &[y]),
        }
    }

    fn resample(
        &mut self,
        x: ValueId,
        axis: usize,
        table: Table,
        outside: f32,
    ) -> Result<ValueId, Diag> {
        let length = table.indices.len() / table.taps;
        let positions = self.add_constant(Tensor::new([table.indices.len()], &table.indices));
        let weights = self.add_constant(Tensor::new([length, table.taps], &table.weights));
        self.add(Resample { axis, outside }, &[x, positions, weights])
    }

    /// The `i`-th input as numbers known at compile time; `None` if it is absent or empty.
    fn floats(&mut self, i: usize, what: &str) -> Result<Option<Vec<f32>>, Diag> {
        let Some(value) = self.optional(i) else {
            return Ok(None);
        };
        let tensor = self.constant(value, what)?;
        let numbers = tensor
            .to_vec::<f32>()
            .ok_or_else(|| unsupported_type(tensor.ty.dtype))?;
        Ok(Some(numbers).filter(|numbers| !numbers.is_empty()))
    }
}

/// How often each of `len` elements is repeated, if all are, equally often and in order.
fn repetition(selection: &[usize], len: usize) -> Option<usize> {
    let factor = selection.len().checked_div(len).filter(|&f| f > 0)?;
    let expected = (0..len).flat_map(|i| std::iter::repeat_n(i, factor));
    selection.iter().copied().eq(expected).then_some(factor)
}

fn wrong_count(what: &str, given: usize, axes: usize) -> Diag {
    Diag::new(
        "invalid-input",
        format!("{given} {what} are given for {axes} axes"),
    )
}

/// The axes of the first input scaled by factors.
fn scaled(cx: &Importer<'_>, axes: &[usize], scales: &[f32]) -> Result<Vec<Target>, Diag> {
    let shape = cx.shape(cx.input(0)?);
    if scales.len() != axes.len() {
        return Err(wrong_count("scales", scales.len(), axes.len()));
    }
    let target = |(&axis, &scale): (&usize, &f32)| {
        let width = shape[axis] as f32 * scale;
        if !(scale > 0.0 && width <= MAX_LENGTH) {
            let message = format!("axis {axis} of {} elements scaled by {scale}", shape[axis]);
            return Err(Diag::new("invalid-input", message));
        }
        let to = Axis {
            input: shape[axis],
            output: width as usize,
            width,
            scale,
            roi: [0.0, 1.0],
        };
        Ok(Target { axis, to })
    };
    axes.iter().zip(scales).map(target).collect()
}

/// The axes of the first input with the sizes that are wanted.
fn sized(cx: &Importer<'_>, axes: &[usize], sizes: &[i64]) -> Result<Vec<Target>, Diag> {
    let shape = cx.shape(cx.input(0)?);
    if sizes.len() != axes.len() {
        return Err(wrong_count("sizes", sizes.len(), axes.len()));
    }
    if let Some(size) = sizes.iter().find(|&&n| n < 0 || n as f32 > MAX_LENGTH) {
        return Err(Diag::new(
            "invalid-input",
            format!("{size} is not a size for an axis"),
        ));
    }
    let scales = axes
        .iter()
        .zip(sizes)
        .map(|(&d, &n)| n as f32 / shape[d].max(1) as f32);
    let common = match cx.node.string("keep_aspect_ratio_policy", "stretch")? {
        "stretch" => None,
        "not_larger" => scales.clone().reduce(f32::min),
        "not_smaller" => scales.clone().reduce(f32::max),
        other => return Err(unknown("keep_aspect_ratio_policy", other)),
    };
    let targets = axes
        .iter()
        .zip(sizes)
        .zip(scales)
        .map(|((&axis, &size), own)| {
            let scale = common.unwrap_or(own);
            let input = shape[axis];
            let output = match common {
                Some(scale) => (scale * input as f32 + 0.5).min(MAX_LENGTH) as usize,
                None => size as usize,
            };
            let width = if common.is_some() {
                scale * input as f32
            } else {
                size as f32
            };
            Target {
                axis,
                to: Axis {
                    input,
                    output,
                    width,
                    scale,
                    roi: [0.0, 1.0],
                },
            }
        });
    Ok(targets.collect())
}

fn resize(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let rank = cx.ty(x).rank();
    let axes: Vec<_> = match cx.node.ints("axes")? {
        Some(given) => crate::ops::axes(given, rank)?,
        None => (0..rank).collect(),
    };
    let old = cx.version() < 11;
    let scales = cx.floats(if old { 1 } else { 2 }, "the scales")?;
    let sizes = if old { None } else { cx.ints(3, "the sizes")? };
    let mut targets = match (sizes.filter(|sizes| !sizes.is_empty()), scales) {
        (Some(sizes), _) => sized(cx, &axes, &sizes)?,
        (None, Some(scales)) => scaled(cx, &axes, &scales)?,
        (None, None) => return Err(Diag::new("missing-input", "neither scales nor sizes")),
    };
    let sampling = sampling(cx, old)?;
    if sampling.coordinates == Coordinates::CropAndResize {
        let roi = cx.floats(1, "the region of interest")?.unwrap_or_default();
        if roi.len() != 2 * axes.len() {
            return Err(wrong_count("bounds of the region", roi.len(), axes.len()));
        }
        for (i, target) in targets.iter_mut().enumerate() {
            target.to.roi = [roi[i], roi[axes.len() + i]];
        }
    }
    let outside = cx.node.float("extrapolation_value", 0.0)?;
    let y = cx.resize(x, targets, sampling, outside)?;
    cx.finish(y)
}

fn sampling(cx: &Importer<'_>, old: bool) -> Result<Sampling, Diag> {
    let coordinates = if old { "asymmetric" } else { "half_pixel" };
    let coordinates = cx
        .node
        .string("coordinate_transformation_mode", coordinates)?;
    let filter = match cx.node.string("mode", "nearest")? {
        "nearest" if old => Filter::Nearest(Nearest::Outward),
        "nearest" => {
            let mode = cx.node.string("nearest_mode", "round_prefer_floor")?;
            Filter::Nearest(Nearest::parse(mode)?)
        }
        "linear" | "bilinear" => Filter::Linear,
        "cubic" => Filter::Cubic(cx.node.float("cubic_coeff_a", -0.75)?),
        other => return Err(unknown("mode", other)),
    };
    Ok(Sampling {
        coordinates: Coordinates::parse(coordinates)?,
        filter,
        antialias: cx.node.int("antialias", 0)? != 0 && !matches!(filter, Filter::Nearest(_)),
        exclude_outside: cx.node.int("exclude_outside", 0)? != 0,
    })
}

/// `Upsample`: the scales are attributes before opset 9, those of an image's two axes before opset 7, and an input
/// from then on.
fn upsample(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let axes: Vec<_> = (0..cx.ty(x).rank()).collect();
    let image = [
        cx.node.optional_float("height_scale")?,
        cx.node.optional_float("width_scale")?,
    ];
    let scales = match (cx.node.floats("scales")?, image) {
        (Some(scales), _) => Some(scales.to_vec()),
        (None, [Some(height), Some(width)]) => Some(vec![1.0, 1.0, height, width]),
        _ => cx.floats(1, "the scales")?,
    };
    let scales = scales.ok_or_else(|| Diag::new("missing-input", "no scales are given"))?;
    let targets = scaled(cx, &axes, &scales)?;
    let sampling = sampling(cx, true)?;
    let y = cx.resize(x, targets, sampling, 0.0)?;
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("Resize", resize), onnx("Upsample", upsample)];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::support::testing::{Random, assert_permutes};

    #[test]
    fn axes_are_repeated_in_any_order() {
        let x = Random(5).tensor(&[2, 3, 1, 4]);
        let factors = vec![1, 2, 3, 2];
        assert_permutes(&Repeat { factors }, &[x]);
    }

    #[test]
    fn an_axis_is_resampled_wherever_it_is() {
        let x = Random(6).tensor(&[2, 3, 4]);
        let positions = Tensor::new([6], &[0i32, 1, -1, 0, 1, 2]);
        let weights = Tensor::new([3, 2], &[0.25f32, 0.75, 0.0, 0.0, 0.5, 0.5]);
        let op = Resample {
            axis: 1,
            outside: 9.0,
        };
        assert_permutes(&op, &[x, positions, weights]);
    }

    #[test]
    fn only_repetition_in_order_counts_as_such() {
        assert_eq!(repetition(&[0, 0, 1, 1], 2), Some(2));
        assert_eq!(repetition(&[0, 1, 2], 3), Some(1));
        assert_eq!(repetition(&[0, 1, 1, 1], 2), None);
        assert_eq!(repetition(&[0, 0], 2), None);
        assert_eq!(repetition(&[], 2), None);
    }
}
