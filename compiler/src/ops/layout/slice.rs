//! Slices: parts of each axis, with steps, and splits along one axis.

use crate::diag::Diag;
use crate::ir::{Lower, Op, Permuted, Refusal, Slices, Span, TimeRule, ValueId};
use crate::ops::layout::transpose::permute;
use crate::ops::support::walk::{AxisWalk, lower_walk};
use crate::ops::{Importer, OnnxOp, axis, onnx};
use crate::tensor::TensorType;
use std::sync::Arc;

/// Part of an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    /// The first position.
    pub begin: usize,
    /// Number of positions.
    pub len: usize,
    /// From one position to the next; negative to walk backwards.
    pub step: isize,
}

impl Part {
    /// The whole of an axis.
    pub fn all(len: usize) -> Self {
        Part {
            begin: 0,
            len,
            step: 1,
        }
    }

    /// Whether all positions exist on an axis of that length.
    fn fits(self, dim: usize) -> bool {
        let last = self.len.checked_sub(1).map(|turns| {
            let way = self.step.checked_mul(turns as isize)?;
            self.begin.checked_add_signed(way)
        });
        last.is_none_or(|last| self.begin < dim && last.is_some_and(|last| last < dim))
    }
}

/// Takes a part of each axis.
#[derive(Clone, Debug)]
pub struct Slice(pub Vec<Part>);

impl Op for Slice {
    fn name(&self) -> &'static str {
        "Slice"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let [Some(x)] = inputs else {
            return Err(Diag::new("missing-input", "a slice takes one input"));
        };
        let fits = x
            .shape
            .iter()
            .zip(&self.0)
            .all(|(&dim, part)| part.fits(dim));
        if x.rank() != self.0.len() || !fits {
            let message = format!("{x} has no {:?}", self.0);
            return Err(Diag::new("shape-mismatch", message));
        }
        let shape: Vec<_> = self.0.iter().map(|part| part.len).collect();
        Ok(vec![TensorType::new(x.dtype, shape)])
    }

    fn permuted(&self, perm: &[usize], _inputs: &[Option<&TensorType>]) -> Option<Permuted> {
        Some(Permuted {
            op: Arc::new(Slice(permute(perm, &self.0))),
            inputs: vec![true],
            output: perm.to_vec(),
        })
    }

    fn moves(&self, _count: usize) -> Option<Vec<bool>> {
        Some(vec![true])
    }

    fn along_time(&self, cx: &Slices<'_>) -> Result<TimeRule, Refusal> {
        let axis = cx.only()?;
        let part = self.0[axis];
        let stride = match part.len {
            1 => Some(1),
            _ => usize::try_from(part.step).ok().filter(|&step| step > 0),
        };
        let stride = stride.ok_or("it turns time around")?;
        let mut parts = self.0.clone();
        parts[axis] = Part {
            begin: 0,
            len: cx.rows,
            step: stride as isize,
        };
        let span = Span {
            extent: 1,
            stride,
            before: -(part.begin as isize),
            fill: None,
        };
        let op = Arc::new(Slice(parts));
        Ok(TimeRule::Window { op, axis, span })
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let walk = |part: &Part| AxisWalk {
            begin: part.begin,
            loops: vec![(part.len, part.step)],
        };
        let axes: Vec<_> = self.0.iter().map(walk).collect();
        let shape = cx.input_type(0).shape.clone();
        lower_walk(cx, &shape, &axes)
    }
}

impl Importer<'_> {
    /// Part of one axis of a value.
    pub fn slice(&mut self, value: ValueId, axis: usize, part: Part) -> Result<ValueId, Diag> {
        let mut parts: Vec<_> = self.shape(value).into_iter().map(Part::all).collect();
        parts[axis] = part;
        self.slice_all(value, parts)
    }

    /// Part of each axis of a value.
    pub fn slice_all(&mut self, value: ValueId, parts: Vec<Part>) -> Result<ValueId, Diag> {
        let whole = self.shape(value).into_iter().map(Part::all);
        if parts.iter().copied().eq(whole) {
            return Ok(value);
        }
        self.add(Slice(parts), &[value])
    }

    /// A value's element at one position of an axis; the axis is gone.
    pub fn element(&mut self, value: ValueId, axis: usize, at: usize) -> Result<ValueId, Diag> {
        let one = Part {
            begin: at,
            len: 1,
            step: 1,
        };
        let y = self.slice(value, axis, one)?;
        let mut shape = self.shape(y);
        shape.remove(axis);
        self.reshape(y, shape)
    }
}

/// The positions `start..end` by `step` as ONNX means them: negative from the end, clamped.
fn part(dim: usize, start: i64, end: i64, step: i64) -> Result<Part, Diag> {
    let n = dim as i64;
    let (low, high) = if step > 0 { (0, n) } else { (-1, n - 1) };
    let clamped = |i: i64| {
        let i = if i < 0 { i.saturating_add(n) } else { i };
        i.clamp(low, high)
    };
    let (start, end) = (clamped(start), clamped(end));
    let way = if step > 0 { end - start } else { start - end };
    if step == 0 {
        return Err(Diag::new("invalid-input", "a slice has a step of 0"));
    }
    let len = way.max(0).unsigned_abs().div_ceil(step.unsigned_abs());
    if len == 0 {
        return Ok(Part::all(0));
    }
    let step = if len == 1 { 1 } else { step as isize };
    Ok(Part {
        begin: start as usize,
        len: len as usize,
        step,
    })
}

/// `Slice`: everything is an attribute before opset 10, an input from then on.
fn slice(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let shape = cx.shape(x);
    let missing = |what| {
        Diag::new(
            "missing-input",
            format!("{what} of the slice are not given"),
        )
    };
    let starts = cx
        .ints_or_attribute(1, "starts")?
        .ok_or_else(|| missing("starts"))?;
    let ends = cx
        .ints_or_attribute(2, "ends")?
        .ok_or_else(|| missing("ends"))?;
    let axes = match cx.ints_or_attribute(3, "axes")? {
        Some(axes) => axes,
        None => (0..starts.len() as i64).collect(),
    };
    let steps = cx
        .ints(4, "steps")?
        .unwrap_or_else(|| vec![1; starts.len()]);
    if [ends.len(), axes.len(), steps.len()] != [starts.len(); 3] {
        let message = "starts, ends, axes and steps are not equally many";
        return Err(Diag::new("invalid-input", message));
    }
    let mut parts: Vec<_> = shape.iter().map(|&dim| Part::all(dim)).collect();
    for (i, &a) in axes.iter().enumerate() {
        let d = axis(a, shape.len())?;
        parts[d] = part(shape[d], starts[i], ends[i], steps[i])?;
    }
    let y = cx.slice_all(x, parts)?;
    cx.finish(y)
}

/// `Split`: by sizes, or into as many parts as there are outputs, the last of which may be smaller.
fn split(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let d = axis(cx.node.int("axis", 0)?, cx.ty(x).rank())?;
    let dim = cx.ty(x).shape[d];
    let sizes = match cx.ints_or_attribute(1, "split")? {
        Some(sizes) => sizes.iter().map(|&n| usize::try_from(n).ok()).collect(),
        None => even_parts(dim, cx.output_count(), cx.version()),
    };
    let total = |sizes: &Vec<usize>| sizes.iter().try_fold(0usize, |a, &b| a.checked_add(b));
    let fits = |s: &Vec<usize>| s.len() == cx.output_count() && total(s) == Some(dim);
    let sizes: Vec<usize> = sizes.filter(fits).ok_or_else(|| {
        let message = format!(
            "an axis of {dim} is not split into {} such parts",
            cx.output_count()
        );
        Diag::new("shape-mismatch", message)
    })?;
    let mut begin = 0;
    for (i, len) in sizes.into_iter().enumerate() {
        let part = Part {
            begin: if len == 0 { 0 } else { begin },
            len,
            step: 1,
        };
        let y = cx.slice(x, d, part)?;
        cx.set_output(i, y);
        begin += len;
    }
    Ok(())
}

/// Sizes of `count` parts; before opset 18 all must be equal.
fn even_parts(dim: usize, count: usize, version: i64) -> Option<Vec<usize>> {
    let size = match version {
        18.. => dim.div_ceil(count.max(1)),
        _ => dim / count.max(1),
    };
    let last = dim.checked_sub(size * count.checked_sub(1)?)?;
    let mut sizes = vec![size; count];
    *sizes.last_mut()? = last;
    (version >= 18 || last == size).then_some(sizes)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("Slice", slice), onnx("Split", split)];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_clamped_as_onnx_says() {
        let of = |dim, start, end, step| {
            let p = part(dim, start, end, step).unwrap();
            (p.begin, p.len, p.step)
        };
        assert_eq!(of(10, 2, 8, 3), (2, 2, 3));
        assert_eq!(of(10, -3, i64::MAX, 1), (7, 3, 1));
        assert_eq!(of(10, i64::MAX, i64::MIN, -4), (9, 3, -4));
        assert_eq!(of(10, -1, -100, -9), (9, 2, -9));
        assert_eq!(of(10, 5, 5, 1), (0, 0, 1));
        assert_eq!(of(0, 0, -1, -1), (0, 0, 1));
        assert!(part(3, 0, 3, 0).is_err());
    }

    #[test]
    fn parts_that_leave_an_axis_do_not_fit() {
        let part = |begin, len, step| Part { begin, len, step };
        assert!(part(4, 5, -1).fits(5));
        assert!(!part(4, 6, -1).fits(5));
        assert!(!part(0, 2, isize::MAX).fits(5));
        assert!(part(9, 0, 1).fits(5));
    }
}
