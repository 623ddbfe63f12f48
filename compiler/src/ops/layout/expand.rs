//! Repetition: broadcasting to a shape, and tiling.

use crate::diag::Diag;
use crate::ir::{Lower, Op, Permuted, ValueId};
use crate::ops::arithmetic::elementwise::broadcast;
use crate::ops::layout::transpose::permute;
use crate::ops::support::walk::{AxisWalk, lower_walk};
use crate::ops::{Importer, OnnxOp, axis, onnx};
use crate::tensor::TensorType;
use std::sync::Arc;

/// Broadcasts its input to a shape.
#[derive(Clone, Debug)]
pub struct Expand(pub Vec<usize>);

/// How a tensor of shape `from` is walked to be broadcast to shape `to`, and `from` with as many
/// axes as `to`.
pub fn broadcast_walk(from: &[usize], to: &[usize]) -> (Vec<usize>, Vec<AxisWalk>) {
    let mut shape = vec![1; to.len() - from.len()];
    shape.extend(from);
    let axis = |(&from, &to): (&usize, &usize)| AxisWalk {
        begin: 0,
        loops: vec![(to, if from == to { 1 } else { 0 })],
    };
    let axes = shape.iter().zip(to).map(axis).collect();
    (shape, axes)
}

impl Op for Expand {
    fn name(&self) -> &'static str {
        "Expand"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let [Some(x)] = inputs else {
            return Err(Diag::new("missing-input", "a broadcast takes one input"));
        };
        if broadcast([&*x.shape, &*self.0].into_iter())? != self.0 {
            let message = format!("{x} cannot be broadcast to {:?}", self.0);
            return Err(Diag::new("shape-mismatch", message));
        }
        Ok(vec![TensorType::new(x.dtype, self.0.clone())])
    }

    fn permuted(&self, perm: &[usize], inputs: &[Option<&TensorType>]) -> Option<Permuted> {
        let new = self.0.len().checked_sub(inputs.first()?.as_ref()?.rank())?;
        let output: Vec<_> = (0..new).chain(perm.iter().map(|d| d + new)).collect();
        Some(Permuted {
            op: Arc::new(Expand(permute(&output, &self.0))),
            inputs: vec![true],
            output,
        })
    }

    fn moves(&self, _count: usize) -> Option<Vec<bool>> {
        Some(vec![true])
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let (shape, axes) = broadcast_walk(&cx.input_type(0).shape, &self.0);
        lower_walk(cx, &shape, &axes)
    }
}

/// Repeats its input as a whole, so many times along each axis.
#[derive(Clone, Debug)]
pub struct Tile(pub Vec<usize>);

impl Op for Tile {
    fn name(&self) -> &'static str {
        "Tile"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let [Some(x)] = inputs else {
            return Err(Diag::new("missing-input", "a tiling takes one input"));
        };
        let dims = x.shape.iter().zip(&self.0).map(|(a, b)| a.checked_mul(*b));
        let shape: Option<Vec<_>> = dims.collect();
        let shape = shape.filter(|_| x.rank() == self.0.len()).ok_or_else(|| {
            let message = format!("{x} cannot be repeated {:?} times", self.0);
            Diag::new("shape-mismatch", message)
        })?;
        Ok(vec![TensorType::new(x.dtype, shape)])
    }

    fn permuted(&self, perm: &[usize], _inputs: &[Option<&TensorType>]) -> Option<Permuted> {
        Some(Permuted {
            op: Arc::new(Tile(permute(perm, &self.0))),
            inputs: vec![true],
            output: perm.to_vec(),
        })
    }

    fn moves(&self, _count: usize) -> Option<Vec<bool>> {
        Some(vec![true])
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let shape = cx.input_type(0).shape.clone();
        let axis = |(&dim, &repeats): (&usize, &usize)| AxisWalk {
            begin: 0,
            loops: vec![(repeats, 0), (dim, 1)],
        };
        let axes: Vec<_> = shape.iter().zip(&self.0).map(axis).collect();
        lower_walk(cx, &shape, &axes)
    }
}

impl Importer<'_> {
    /// A value broadcast to a shape.
    pub fn expand(&mut self, value: ValueId, shape: Vec<usize>) -> Result<ValueId, Diag> {
        match self.ty(value).shape == shape {
            true => Ok(value),
            false => self.add(Expand(shape), &[value]),
        }
    }
}

/// The `i`-th input as sizes.
fn sizes(cx: &mut Importer<'_>, i: usize, what: &str) -> Result<Vec<usize>, Diag> {
    let missing = || Diag::new("missing-input", format!("{what} is not given"));
    let given = cx.ints(i, what)?.ok_or_else(missing)?;
    let sizes: Result<_, _> = given.iter().map(|&n| usize::try_from(n)).collect();
    sizes.map_err(|_| {
        Diag::new(
            "invalid-input",
            format!("{what} has negative sizes: {given:?}"),
        )
    })
}

/// `Expand`: the shape is broadcast together with that of the input.
fn expand(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let wanted = sizes(cx, 1, "the shape")?;
    let shape = broadcast([&*cx.shape(x), &*wanted].into_iter())?;
    let y = cx.expand(x, shape)?;
    cx.finish(y)
}

/// `Tile`: before opset 6, so many times along one axis.
fn tile(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let mut repeats = sizes(cx, 1, "the number of repetitions")?;
    if cx.version() < 6 {
        let rank = cx.ty(x).rank();
        let missing = || Diag::new("missing-input", "the axis is not given");
        let along = axis(cx.number(2, "the axis")?.ok_or_else(missing)?, rank)?;
        let [count] = repeats[..] else {
            let message = format!("{repeats:?} is not one number of repetitions");
            return Err(Diag::new("invalid-input", message));
        };
        repeats = vec![1; rank];
        repeats[along] = count;
    }
    let y = match repeats.iter().all(|&n| n == 1) && repeats.len() == cx.ty(x).rank() {
        true => x,
        false => cx.add(Tile(repeats), &[x])?,
    };
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("Expand", expand), onnx("Tile", tile)];
