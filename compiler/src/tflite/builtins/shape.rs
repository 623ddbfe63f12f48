//! What changes or tells shapes, and tensors that only have one.

use super::super::call::{Call, NONE, sizes};
use super::super::quantised::integers;
use super::super::schema::BuiltinOperator as B;
use super::{Builtin, builtin};
use crate::diag::Diag;
use crate::tensor::{DType, Tensor};

pub(super) const BUILTINS: &[Builtin] = &[
    builtin(B::BroadcastArgs, broadcast_args),
    builtin(B::BroadcastTo, |call| {
        let shape = call.integers(1)?;
        let x = call.raw(0)?;
        expand(call, &x, &shape)
    }),
    builtin(B::ExpandDims, reshape),
    builtin(B::Fill, |call| {
        let shape = call.integers(0)?;
        let x = call.raw(1)?;
        expand(call, &x, &shape)
    }),
    builtin(B::Range, range),
    builtin(B::Rank, |call| {
        let rank = call.shape(0)?.len();
        told(call, vec![], &[rank])
    }),
    builtin(B::Reshape, reshape),
    builtin(B::Shape, |call| {
        let shape = call.shape(0)?;
        told(call, vec![shape.len()], shape)
    }),
    builtin(B::Squeeze, reshape),
    builtin(B::ZerosLike, zeros_like),
];

impl Call<'_, '_, '_> {
    /// The first output has the elements that are called `name`; where they stand for other numbers there, those of input `i`.
    pub(super) fn moved(
        &mut self,
        i: usize,
        write: impl FnOnce(&mut Self, &str) -> Result<String, Diag>,
    ) -> Result<(), Diag> {
        let is_alike = self.alike(i, 0)?;
        let x = if is_alike {
            self.raw(i)?
        } else {
            self.real(i)?
        };
        let y = write(self, &x)?;
        if is_alike {
            self.give_raw(0, &y)
        } else {
            self.give(0, &y)
        }
    }
}

/// The file says what comes out, and has worked out sizes that were left open.
fn reshape(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let (from, to) = (call.shape(0)?, &call.output(0)?.shape);
    if from.iter().product::<usize>() != to.iter().product() {
        return Err(call.wrong(
            0,
            "shape-mismatch",
            format!("{from:?} cannot be told as {to:?}"),
        ));
    }
    let to = sizes(to);
    call.moved(0, |call, x| Ok(call.reshape(x, &to)))
}

fn expand(call: &mut Call<'_, '_, '_>, x: &str, shape: &[i64]) -> Result<(), Diag> {
    let shape = call.list("shape", shape);
    let y = call.node("Expand", &[x, &shape], NONE);
    call.give_raw(0, &y)
}

/// Sizes as elements of the output.
fn told(call: &mut Call<'_, '_, '_>, shape: Vec<usize>, values: &[usize]) -> Result<(), Diag> {
    let dtype = call.output(0)?.dtype()?;
    let values: Vec<i32> = values
        .iter()
        .map(|&size| i32::try_from(size).unwrap_or(i32::MAX))
        .collect();
    let y = call.add_constant("value", integers(shape, &values, dtype));
    call.give_raw(0, &y)
}

fn zeros_like(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let (shape, dtype) = (sizes(call.shape(0)?), call.output(0)?.dtype()?);
    // Of integers it is 0 itself, whatever stands for it.
    let zero = match dtype {
        DType::F32 => Tensor::scalar(0.0_f32),
        dtype => integers(vec![], &[0], dtype),
    };
    let zero = call.add_constant("zero", zero);
    expand(call, &zero, &shape)
}

fn range(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let (first, end, step) = (call.raw(0)?, call.raw(1)?, call.raw(2)?);
    let y = call.node("Range", &[&first, &end, &step], NONE);
    call.give_raw(0, &y)
}

/// The shape of what two shapes are broadcast to.
fn broadcast_args(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let (mut a, mut b) = (call.integers(0)?, call.integers(1)?);
    let rank = a.len().max(b.len());
    for shape in [&mut a, &mut b] {
        shape.splice(0..0, std::iter::repeat_n(1, rank - shape.len()));
    }
    let sizes = a.iter().zip(&b).map(|(&a, &b)| match (a, b) {
        (1, size) | (size, 1) => Some(size),
        (a, b) => (a == b).then_some(a),
    });
    let sizes = sizes.map(|size| size.and_then(|size| usize::try_from(size).ok()));
    let sizes = sizes.collect::<Option<Vec<_>>>();
    let sizes = sizes
        .ok_or_else(|| call.wrong(0, "shape-mismatch", format!("{a:?} and {b:?} do not fit")))?;
    told(call, vec![rank], &sizes)
}
