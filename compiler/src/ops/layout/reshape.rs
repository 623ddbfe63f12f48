//! Operators that only change the shape: no data moves.

use crate::diag::Diag;
use crate::ir::{Lower, Op, Permuted, Refusal, Slices, TimeRule, ValueId};
use crate::ops::layout::transpose::permute;
use crate::ops::{Importer, OnnxOp, axes, axis, onnx};
use crate::tensor::TensorType;
use std::sync::Arc;

/// The same elements under another shape.
#[derive(Clone, Debug)]
pub struct Reshape(pub Vec<usize>);

impl Op for Reshape {
    fn name(&self) -> &'static str {
        "Reshape"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let [Some(x)] = inputs else {
            return Err(Diag::new("missing-input", "a reshape takes one input"));
        };
        let y = TensorType::new(x.dtype, self.0.clone());
        y.check_size()?;
        if x.len() != y.len() {
            let message = format!("{x} cannot be reshaped to {:?}", self.0);
            return Err(Diag::new("shape-mismatch", message));
        }
        Ok(vec![y])
    }

    fn permuted(&self, perm: &[usize], inputs: &[Option<&TensorType>]) -> Option<Permuted> {
        let from = &inputs.first()?.as_ref()?.shape;
        let output = permuted_output(from, &self.0, perm)?;
        Some(Permuted {
            op: Arc::new(Reshape(permute(&output, &self.0))),
            inputs: vec![true],
            output,
        })
    }

    fn moves(&self, _count: usize) -> Option<Vec<bool>> {
        Some(vec![true])
    }

    fn along_time(&self, cx: &Slices<'_>) -> Result<TimeRule, Refusal> {
        let (time, from) = (cx.only()?, &cx.ty(0)?.shape);
        match axis_after(from, &self.0, time)? {
            Some(axis) => {
                let mut shape = self.0.clone();
                shape[axis] = cx.rows;
                let op = Arc::new(Reshape(shape));
                Ok(TimeRule::Position { op, axis })
            }
            None => Ok(TimeRule::Everything),
        }
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let x = cx.input(0);
        cx.output_view(0, x, 0);
        Ok(())
    }
}

/// The order of the axes of `to` in which a reshape of `from` comes out when the axes of `from` are
/// permuted beforehand; `None` if elements that are joined or split would be torn apart.
fn permuted_output(from: &[usize], to: &[usize], perm: &[usize]) -> Option<Vec<usize>> {
    let groups = groups(from, to)?;
    let counts = |d: &&usize| groups.iter().any(|(sources, _)| sources.contains(d));
    let mut moved = perm.iter().filter(counts).peekable();
    let mut output = Vec::new();
    while let Some(&first) = moved.peek() {
        let (sources, targets) = groups.iter().find(|(sources, _)| sources[0] == *first)?;
        if !sources.iter().all(|d| moved.next() == Some(d)) {
            return None;
        }
        output.extend(targets);
    }
    Some(output)
}

/// Which axis of `to` is the axis `time` of `from`; `None` if it becomes one with others, or is of one element and goes.
fn axis_after(from: &[usize], to: &[usize], time: usize) -> Result<Option<usize>, Refusal> {
    let groups = groups(from, to).ok_or("it has no elements")?;
    let Some((sources, targets)) = groups.iter().find(|(sources, _)| sources.contains(&time))
    else {
        return Ok(None);
    };
    let own = targets.iter().copied().find(|&d| to[d] == from[time]);
    let long = targets.iter().filter(|&&d| to[d] != 1).count();
    match (&sources[..], own) {
        ([_], Some(_)) => Ok(own),
        _ if long <= 1 => Ok(None),
        _ => Err("it takes positions in time apart".into()),
    }
}

/// Axes of `from` that together make up axes of `to`.
///
/// Axes of 1 that correspond are groups of their own. Others of `from` do not count, and others of
/// `to` are with the axis after them, or the last.
pub fn groups(from: &[usize], to: &[usize]) -> Option<Vec<(Vec<usize>, Vec<usize>)>> {
    if from.iter().chain(to).any(|&dim| dim == 0) {
        return None;
    }
    let mut groups: Vec<(Vec<usize>, Vec<usize>)> = Vec::new();
    let mut sources = (0..from.len()).peekable();
    let (mut group, mut have, mut need) = ((Vec::new(), Vec::new()), 1, 1);
    for (d, &dim) in to.iter().enumerate() {
        if dim == 1
            && group.1.is_empty()
            && let Some(source) = sources.next_if(|&s| from[s] == 1)
        {
            groups.push((vec![source], vec![d]));
            continue;
        }
        group.1.push(d);
        need *= dim;
        while have < need {
            let source = sources.find(|&s| from[s] != 1)?;
            group.0.push(source);
            have *= from[source];
        }
        if have == need && have > 1 {
            groups.push(std::mem::take(&mut group));
            (have, need) = (1, 1);
        }
    }
    groups.last_mut()?.1.append(&mut group.1);
    Some(groups)
}

impl Importer<'_> {
    /// A value under another shape.
    pub fn reshape(&mut self, value: ValueId, shape: Vec<usize>) -> Result<ValueId, Diag> {
        if self.ty(value).shape == shape {
            return Ok(value);
        }
        self.add(Reshape(shape), &[value])
    }
}

/// `Reshape`: 0 keeps a dimension (unless `allowzero`), -1 takes what is left. Before opset 5 the shape is an attribute.
fn reshape(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let given = match cx.node.ints("shape")? {
        Some(given) => Some(given.to_vec()),
        None => cx.ints(1, "the shape")?,
    };
    let missing = || Diag::new("missing-input", "the shape is not given");
    let wanted = given.ok_or_else(missing)?;
    let keep_zero = cx.node.int("allowzero", 0)? != 0;
    let ty = cx.ty(x).clone();
    let shape = resolve(&ty, &wanted, keep_zero)?;
    let y = cx.reshape(x, shape)?;
    cx.finish(y)
}

fn resolve(x: &TensorType, wanted: &[i64], keep_zero: bool) -> Result<Vec<usize>, Diag> {
    let fail = || {
        let message = format!("{x} cannot be reshaped to {wanted:?}");
        Diag::new("shape-mismatch", message)
    };
    let mut shape = Vec::with_capacity(wanted.len());
    for (i, &dim) in wanted.iter().enumerate() {
        shape.push(match dim {
            0 if !keep_zero => *x.shape.get(i).ok_or_else(fail)?,
            -1 => 1,
            dim => usize::try_from(dim).map_err(|_| fail())?,
        });
    }
    let rest: usize = shape
        .iter()
        .try_fold(1usize, |a, &b| a.checked_mul(b))
        .ok_or_else(fail)?;
    let mut open = wanted.iter().enumerate().filter(|(_, d)| **d == -1);
    if let Some((i, _)) = open.next() {
        shape[i] = x.len().checked_div(rest).ok_or_else(fail)?;
    }
    if open.next().is_some() || shape.iter().product::<usize>() != x.len() {
        return Err(fail());
    }
    Ok(shape)
}

fn flatten(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let shape = cx.shape(x);
    let given = cx.node.int("axis", 1)?;
    let at = if given == shape.len() as i64 {
        shape.len()
    } else {
        axis(given, shape.len())?
    };
    let (rows, columns) = shape.split_at(at);
    let y = cx.reshape(x, vec![rows.iter().product(), columns.iter().product()])?;
    cx.finish(y)
}

fn squeeze(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let shape = cx.shape(x);
    let axes = match cx.ints_or_attribute(1, "axes")? {
        Some(given) => axes(&given, shape.len())?,
        None => (0..shape.len()).filter(|&d| shape[d] == 1).collect(),
    };
    if let Some(&d) = axes.iter().find(|&&d| shape[d] != 1) {
        let message = format!("axis {d} has {} elements and cannot be squeezed", shape[d]);
        return Err(Diag::new("shape-mismatch", message));
    }
    let kept = (0..shape.len())
        .filter(|d| !axes.contains(d))
        .map(|d| shape[d]);
    let kept = kept.collect();
    let y = cx.reshape(x, kept)?;
    cx.finish(y)
}

fn unsqueeze(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let given = cx.ints_or_attribute(1, "axes")?.unwrap_or_default();
    let mut rest = cx.shape(x).into_iter();
    let rank = rest.len() + given.len();
    let axes = axes(&given, rank)?;
    let dim = |d| match axes.contains(&d) {
        true => Some(1),
        false => rest.next(),
    };
    let shape = (0..rank).map_while(dim).collect();
    let y = cx.reshape(x, shape)?;
    cx.finish(y)
}

fn identity(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    cx.finish(x)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[
    onnx("Flatten", flatten),
    onnx("Identity", identity),
    onnx("Reshape", reshape),
    onnx("Squeeze", squeeze),
    onnx("Unsqueeze", unsqueeze),
];

#[cfg(test)]
mod tests {
    use super::permuted_output;

    #[test]
    fn axes_that_are_split_or_joined_move_together() {
        let split = permuted_output(&[1, 6, 4, 5], &[1, 2, 3, 4, 5], &[0, 2, 3, 1]);
        assert_eq!(split, Some(vec![0, 3, 4, 1, 2]));
        let joined = permuted_output(&[2, 3, 4, 5], &[2, 3, 20], &[0, 2, 3, 1]);
        assert_eq!(joined, Some(vec![0, 2, 1]));
        let torn = permuted_output(&[2, 3, 4, 5], &[2, 60], &[0, 2, 3, 1]);
        assert_eq!(torn, None);
    }

    #[test]
    fn axes_of_one_element_hold_nothing_together() {
        let flat = permuted_output(&[1, 7, 1, 1], &[1, 7], &[0, 2, 3, 1]);
        assert_eq!(flat, Some(vec![0, 1]));
        let pixel = permuted_output(&[3, 7], &[3, 7, 1, 1], &[1, 0]);
        assert_eq!(pixel, Some(vec![1, 2, 3, 0]));
    }
}
