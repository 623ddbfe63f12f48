//! Permutation of axes.

use crate::diag::Diag;
use crate::ir::{Lower, Op, Refusal, Slices, TimeRule, ValueId};
use crate::ops::support::strides::{row_major, walk};
use crate::ops::{Importer, OnnxOp, axis, onnx};
use crate::program::BufferId;
use crate::tensor::TensorType;
use mlc_runtime_core::kernels::transpose::Transpose as Params;
use mlc_runtime_core::table::call;
use std::sync::Arc;

/// `y[i0, i1, ..] = x[..]` where axis `d` of the output is axis `perm[d]` of the input.
#[derive(Clone, Debug, PartialEq)]
pub struct Transpose(pub Vec<usize>);

impl Transpose {
    /// Whether no data moves in a tensor of that shape: axes longer than 1 stay in order.
    pub fn is_view(&self, shape: &[usize]) -> bool {
        self.0.iter().filter(|&&d| shape[d] != 1).is_sorted()
    }
}

/// The permutation that undoes `perm`.
pub fn inverse(perm: &[usize]) -> Vec<usize> {
    let mut inverse = vec![0; perm.len()];
    for (i, &d) in perm.iter().enumerate() {
        inverse[d] = i;
    }
    inverse
}

/// `values` in the order in which `perm` puts axes.
pub fn permute<T: Clone>(perm: &[usize], values: &[T]) -> Vec<T> {
    perm.iter().map(|&d| values[d].clone()).collect()
}

/// Whether `perm` moves nothing.
pub fn is_identity(perm: &[usize]) -> bool {
    perm.iter().enumerate().all(|(i, &d)| i == d)
}

impl Op for Transpose {
    fn name(&self) -> &'static str {
        "Transpose"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let [Some(x)] = inputs else {
            return Err(Diag::new("missing-input", "a transpose takes one input"));
        };
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        if sorted.len() != x.rank() || !is_identity(&sorted) {
            let message = format!("{:?} is not a permutation of {} axes", self.0, x.rank());
            return Err(Diag::new("invalid-attribute", message).at_attribute("perm"));
        }
        Ok(vec![TensorType::new(x.dtype, permute(&self.0, &x.shape))])
    }

    fn moves(&self, _count: usize) -> Option<Vec<bool>> {
        Some(vec![true])
    }

    fn along_time(&self, cx: &Slices<'_>) -> Result<TimeRule, Refusal> {
        let time = cx.only()?;
        let axis = self
            .0
            .iter()
            .position(|&d| d == time)
            .ok_or("time is no axis of it")?;
        let op = Arc::new(self.clone());
        Ok(TimeRule::Position { op, axis })
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let (x, y) = (cx.input(0), cx.output(0));
        let shape = cx.input_type(0).shape.clone();
        if self.is_view(&shape) {
            cx.output_view(0, x, 0);
            return Ok(());
        }
        transpose_steps(cx, x, shape, self.0.clone(), y)
    }
}

/// Transposes in one call, or, where more axes change their order than a call takes, brings one
/// after another to its place.
fn transpose_steps(
    cx: &mut Lower<'_>,
    mut x: BufferId,
    mut shape: Vec<usize>,
    mut perm: Vec<usize>,
    y: BufferId,
) -> Result<(), Diag> {
    loop {
        let error = match params(&perm, &shape) {
            Ok(p) => {
                cx.call(call::transpose(p, x, y));
                return Ok(());
            }
            Err(error) => error,
        };
        let moved = (0..perm.len()).find(|&i| perm[i] != i).ok_or(error)?;
        let mut step: Vec<_> = (0..perm.len()).collect();
        let from = step.remove(perm[moved]);
        step.insert(moved, from);
        let next = cx.temporary_like(y, shape.iter().product());
        cx.call(call::transpose(params(&step, &shape)?, x, next));
        perm = permute(&perm, &inverse(&step));
        shape = permute(&step, &shape);
        x = next;
    }
}

/// Output dimensions and input strides, axes that stay together merged.
fn params(perm: &[usize], shape: &[usize]) -> Result<Params, Diag> {
    let dims = permute(perm, shape);
    let strides = permute(perm, &row_major(shape));
    let walk = walk(&dims, &strides, 0)?;
    Ok(Params {
        dims: walk.dims,
        strides: walk.strides.map(|s| s as usize),
    })
}

impl Importer<'_> {
    /// A value with its axes permuted.
    pub fn transpose(&mut self, value: ValueId, perm: &[usize]) -> Result<ValueId, Diag> {
        if is_identity(perm) {
            return Ok(value);
        }
        self.add(Transpose(perm.into()), &[value])
    }

    /// `[N, C, spatial..]` to `[N, spatial.., C]`.
    pub fn channels_last(&mut self, value: ValueId) -> Result<ValueId, Diag> {
        let rank = self.ty(value).rank();
        if rank < 2 {
            let message = format!("{} has no axis of channels", self.ty(value));
            return Err(Diag::new("shape-mismatch", message));
        }
        let perm: Vec<_> = std::iter::once(0).chain(2..rank).chain([1]).collect();
        self.transpose(value, &perm)
    }

    /// `[N, spatial.., C]` to `[N, C, spatial..]`.
    pub fn channels_first(&mut self, value: ValueId) -> Result<ValueId, Diag> {
        let rank = self.ty(value).rank();
        let perm: Vec<_> = [0, rank - 1].into_iter().chain(1..rank - 1).collect();
        self.transpose(value, &perm)
    }
}

fn transpose(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let rank = cx.ty(x).rank();
    let perm = match cx.node.ints("perm")? {
        Some(perm) => perm
            .iter()
            .map(|&a| axis(a, rank))
            .collect::<Result<Vec<_>, _>>()?,
        None => (0..rank).rev().collect(),
    };
    let y = cx.add(Transpose(perm), &[x])?;
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("Transpose", transpose)];
