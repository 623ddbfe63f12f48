//! Padding: by a value, or by repeating what is there.

use crate::diag::Diag;
use crate::ir::{Lower, Op, Permuted, Refusal, Slices, TimeRule, ValueId};
use crate::ops::layout::transpose::permute;
use crate::ops::support::strides::{row_major, walk};
use crate::ops::{Importer, OnnxOp, onnx, unsupported_type};
use crate::program::BufferId;
use crate::tensor::{DType, Tensor, TensorType};
use mlc_runtime_core::kernels::copy::Fill;
use mlc_runtime_core::scalar::Scalar;
use mlc_runtime_core::table::call;
use std::sync::Arc;

/// Elements that may be added on one side of an axis.
const MAX_PAD: u64 = 1 << 30;

/// Puts the value of the second input, one element, before and after the elements of the first.
#[derive(Clone, Debug)]
pub struct Pad {
    /// Elements before and after, for each axis; a negative number takes away.
    pub pads: Vec<(isize, isize)>,
}

impl Op for Pad {
    fn name(&self) -> &'static str {
        "Pad"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let [Some(x), Some(value)] = inputs else {
            return Err(Diag::new("missing-input", "padding takes data and a value"));
        };
        if value.dtype != x.dtype || value.len() != 1 {
            let message = format!("padding of {x} must be one {}, not {value}", x.dtype);
            return Err(Diag::new("type-mismatch", message));
        }
        let misfit = || {
            let message = format!("{x} cannot be padded by {:?}", self.pads);
            Diag::new("shape-mismatch", message)
        };
        if self.pads.len() != x.rank() {
            return Err(misfit());
        }
        let dims = x.shape.iter().zip(&self.pads);
        let padded = |(dim, &(before, after)): (&usize, &_)| {
            dim.checked_add_signed(before)?.checked_add_signed(after)
        };
        let shape: Option<Vec<_>> = dims.map(padded).collect();
        Ok(vec![TensorType::new(x.dtype, shape.ok_or_else(misfit)?)])
    }

    fn permuted(&self, perm: &[usize], _inputs: &[Option<&TensorType>]) -> Option<Permuted> {
        Some(Permuted {
            op: Arc::new(Pad {
                pads: permute(perm, &self.pads),
            }),
            inputs: vec![true, false],
            output: perm.to_vec(),
        })
    }

    fn moves(&self, _count: usize) -> Option<Vec<bool>> {
        Some(vec![true, true])
    }

    fn along_time(&self, cx: &Slices<'_>) -> Result<TimeRule, Refusal> {
        match self.pads[cx.only()?] {
            (0, 0) => cx.alike(self.clone()),
            _ => Err("it puts padding before or after all positions in time".into()),
        }
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let (x, value) = (cx.input(0), cx.input(1));
        let grows = self
            .pads
            .iter()
            .any(|&(before, after)| before > 0 || after > 0);
        let kept = self.kept(&cx.input_type(0).shape);
        if !grows {
            return self.crop(cx, x, &kept, cx.output(0));
        }
        let element = crate::ops::arithmetic::elementwise::storage(cx.output_type(0).dtype)?;
        let cropped = match kept == cx.input_type(0).shape {
            true => x,
            false => {
                let cropped = cx.temporary(element, kept.iter().product());
                self.crop(cx, x, &kept, cropped)?;
                cropped
            }
        };
        let shape = cx.output_type(0).shape.clone();
        let len = shape.iter().product();
        let filled = cx.temporary(element, len);
        cx.call(call::fill(Fill { len }, value, filled));
        let before = self.pads.iter().map(|p| p.0.max(0) as usize);
        let y = cx.output_copy_of(0, filled);
        cx.call(call::strided_store(
            inside(&kept, &shape, before)?,
            cropped,
            y,
        ));
        Ok(())
    }
}

impl Pad {
    /// Sizes of the part of the input that stays.
    fn kept(&self, shape: &[usize]) -> Vec<usize> {
        let kept = |(&dim, &(before, after)): (&usize, &(isize, isize))| {
            dim.saturating_add_signed(before.min(0))
                .saturating_add_signed(after.min(0))
        };
        shape.iter().zip(&self.pads).map(kept).collect()
    }

    /// Copies the part of the input that stays.
    fn crop(
        &self,
        cx: &mut Lower<'_>,
        x: BufferId,
        kept: &[usize],
        y: BufferId,
    ) -> Result<(), Diag> {
        let before = self.pads.iter().map(|p| (-p.0).max(0) as usize);
        let p = inside(kept, &cx.input_type(0).shape, before)?;
        cx.call(call::strided_copy(p, x, y));
        Ok(())
    }
}

/// The walk over a block of sizes `dims` that begins at index `start` of a tensor of that shape.
fn inside(
    dims: &[usize],
    shape: &[usize],
    start: impl Iterator<Item = usize>,
) -> Result<mlc_runtime_core::kernels::strided::Strided, Diag> {
    let strides = row_major(shape);
    let offset = start
        .zip(&strides)
        .map(|(i, &stride)| i * stride as usize)
        .sum();
    walk(dims, &strides, offset)
}

/// How elements that are not there are made up.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Constant,
    Edge,
    Reflect,
    Wrap,
}

impl Mode {
    fn import(cx: &Importer<'_>) -> Result<Self, Diag> {
        Ok(match cx.node.string("mode", "constant")? {
            "constant" => Mode::Constant,
            "edge" => Mode::Edge,
            "reflect" => Mode::Reflect,
            "wrap" => Mode::Wrap,
            other => {
                let message = format!("`{other}` is not a kind of padding");
                return Err(Diag::new("invalid-attribute", message).at_attribute("mode"));
            }
        })
    }

    /// Which of `len` elements, of which there is at least one, position `i` shows.
    fn position(self, i: isize, len: usize) -> usize {
        let n = len as isize;
        let at = match self {
            Mode::Wrap => i.rem_euclid(n),
            Mode::Reflect => {
                let period = (2 * n - 2).max(1);
                let at = i.rem_euclid(period);
                at.min(period - at)
            }
            Mode::Edge | Mode::Constant => i,
        };
        at.clamp(0, n - 1) as usize
    }
}

impl Importer<'_> {
    /// A value padded by zeros; sizes before and after for each axis.
    pub fn pad_zeros(
        &mut self,
        value: ValueId,
        pads: Vec<(isize, isize)>,
    ) -> Result<ValueId, Diag> {
        let zero = self.scalar_of(0.0, self.ty(value).dtype)?;
        self.pad_constant(value, pads, zero)
    }

    fn pad_constant(
        &mut self,
        x: ValueId,
        pads: Vec<(isize, isize)>,
        value: ValueId,
    ) -> Result<ValueId, Diag> {
        match pads.iter().all(|&p| p == (0, 0)) {
            true => Ok(x),
            false => self.add(Pad { pads }, &[x, value]),
        }
    }

    /// A constant of one element.
    pub fn scalar_of(&mut self, value: f64, dtype: DType) -> Result<ValueId, Diag> {
        let storage = dtype.storage().ok_or_else(|| unsupported_type(dtype))?;
        let mut bytes = Vec::new();
        Scalar::F64(value).cast(storage).write_le(&mut bytes);
        let tensor = Tensor::from_bytes(TensorType::new(dtype, []), &*bytes)?;
        Ok(self.add_constant(tensor))
    }

    /// A value padded along one axis by its own elements.
    fn pad_by_own(
        &mut self,
        x: ValueId,
        d: usize,
        (before, after): (isize, isize),
        mode: Mode,
    ) -> Result<ValueId, Diag> {
        let len = self.ty(x).shape[d];
        // What is taken away is taken before anything is repeated.
        let first = (-before).max(0);
        let kept = len as isize - first - (-after).max(0);
        if kept < 0 || (kept == 0 && (before > 0 || after > 0)) {
            let message = format!("axis {d} has {len} elements, which cannot fill its padding");
            return Err(Diag::new("shape-mismatch", message));
        }
        let outputs = -before.max(0)..kept + after.max(0);
        let at = |i| first as usize + mode.position(i, kept as usize);
        let positions: Vec<usize> = outputs.map(at).collect();
        self.select(x, d, &positions)
    }
}

/// `Pad`: sizes are an attribute before opset 11, an input from then on.
fn pad(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let mut y = cx.input(0)?;
    let pads = pads(cx, &cx.shape(y))?;
    let mode = Mode::import(cx)?;
    if mode == Mode::Constant {
        let value = match cx.optional(2) {
            Some(value) if cx.version() >= 11 => value,
            _ => {
                let value = cx.node.float("value", 0.0)?;
                cx.scalar_of(value.into(), cx.ty(y).dtype)?
            }
        };
        y = cx.pad_constant(y, pads, value)?;
        return cx.finish(y);
    }
    for (d, pad) in pads.into_iter().enumerate() {
        y = cx.pad_by_own(y, d, pad, mode)?;
    }
    cx.finish(y)
}

/// Sizes before and after for each axis of a tensor of that shape.
fn pads(cx: &mut Importer<'_>, shape: &[usize]) -> Result<Vec<(isize, isize)>, Diag> {
    let rank = shape.len();
    let missing = || Diag::new("missing-input", "the sizes of the padding are not given");
    let name = if cx.version() < 2 { "paddings" } else { "pads" };
    let given = cx.ints_or_attribute(1, name)?.ok_or_else(missing)?;
    let axes: Vec<_> = match cx.ints(3, "the axes")? {
        Some(given) => crate::ops::axes(&given, rank)?,
        None => (0..rank).collect(),
    };
    let count = axes.len();
    if given.len() != 2 * count || given.iter().any(|n| n.unsigned_abs() > MAX_PAD) {
        let message = format!("{given:?} are not two sizes for each of {count} axes");
        return Err(Diag::new("invalid-input", message).at_attribute("pads"));
    }
    let mut pads = vec![(0, 0); rank];
    for (i, d) in axes.into_iter().enumerate() {
        pads[d] = (given[i] as isize, given[count + i] as isize);
    }
    Ok(pads)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("Pad", pad)];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::support::testing::{Random, assert_permutes};

    #[test]
    fn zeros_can_be_put_around_axes_in_any_order() {
        let x = Random(3).tensor(&[2, 3, 4, 5]);
        let pads = vec![(0, 0), (1, 2), (-1, 3), (0, -2)];
        assert_permutes(&Pad { pads }, &[x, Tensor::scalar(7f32)]);
    }

    #[test]
    fn positions_beyond_an_axis_show_its_elements() {
        let shown =
            |mode: Mode, len| -> Vec<usize> { (-4..5).map(|i| mode.position(i, len)).collect() };
        assert_eq!(shown(Mode::Edge, 3), [0, 0, 0, 0, 0, 1, 2, 2, 2]);
        assert_eq!(shown(Mode::Reflect, 3), [0, 1, 2, 1, 0, 1, 2, 1, 0]);
        assert_eq!(shown(Mode::Wrap, 3), [2, 0, 1, 2, 0, 1, 2, 0, 1]);
        assert_eq!(shown(Mode::Reflect, 1), [0; 9]);
    }
}
