//! What reads or writes at computed positions.

use super::super::call::{Call, NONE, int, text};
use super::super::quantised::integers;
use super::super::schema::{
    ArgMaxOptions, ArgMinOptions, BuiltinOperator as B, GatherOptions, OneHotOptions,
};
use super::{Builtin, builtin};
use crate::diag::Diag;
use crate::tensor::{DType, Tensor};

pub(super) const BUILTINS: &[Builtin] = &[
    builtin(B::ArgMax, |call| {
        call.options::<ArgMaxOptions>()?;
        extreme(call, "ArgMax")
    }),
    builtin(B::ArgMin, |call| {
        call.options::<ArgMinOptions>()?;
        extreme(call, "ArgMin")
    }),
    builtin(B::EmbeddingLookup, embedding_lookup),
    builtin(B::Gather, gather),
    builtin(B::GatherNd, gather_nd),
    builtin(B::OneHot, one_hot),
    builtin(B::ScatterNd, scatter_nd),
    builtin(B::TopkV2, top_k),
];

/// Integers are ordered as what they stand for.
fn extreme(call: &mut Call<'_, '_, '_>, operator: &str) -> Result<(), Diag> {
    let axis = call.integers(1)?;
    let axis = call.axis(0, axis.first().copied().unwrap_or(0))?;
    let (x, dtype) = (call.raw(0)?, call.output(0)?.dtype()?);
    let y = call.node(
        operator,
        &[&x],
        vec![int("axis", axis as i64), int("keepdims", 0)],
    );
    let y = call.cast(&y, dtype);
    call.give_raw(0, &y)
}

fn gather(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let options: GatherOptions = call.options()?;
    let axis = call.axis(0, options.axis.into())?;
    let rank = call.shape(1)?.len() as i64;
    let batches = i64::from(options.batch_dims);
    let batches = if batches < 0 { batches + rank } else { batches };
    let indices = call.raw(1)?;
    if batches == 0 {
        return call.moved(0, |call, x| {
            Ok(call.node("Gather", &[x, &indices], vec![int("axis", axis as i64)]))
        });
    }
    if batches != axis as i64 {
        let message = format!(
            "gathering along axis {axis} with {batches} dimensions of batches is not supported"
        );
        return Err(call.wrong(0, "unsupported-attribute", message));
    }
    // The axis is the first one after the batches: each index is a place of one coordinate.
    let last = call.list("axes", &[-1]);
    let indices = call.cast(&indices, DType::I64);
    let places = call.node("Unsqueeze", &[&indices, &last], NONE);
    call.moved(0, |call, x| {
        Ok(call.node("GatherND", &[x, &places], vec![int("batch_dims", batches)]))
    })
}

fn embedding_lookup(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let rows = call.raw(0)?;
    call.moved(1, |call, table| {
        Ok(call.node("Gather", &[table, &rows], vec![int("axis", 0)]))
    })
}

fn gather_nd(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let places = call.raw(1)?;
    let places = call.cast(&places, DType::I64);
    call.moved(0, |call, x| Ok(call.node("GatherND", &[x, &places], NONE)))
}

/// Updates of one place are added up.
fn scatter_nd(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let (places, shape) = (call.raw(0)?, call.integers(2)?);
    let places = call.cast(&places, DType::I64);
    let zero = match call.input(1)?.dtype()? {
        DType::F32 => Tensor::scalar(0.0_f32),
        dtype => integers(vec![], &[0], dtype),
    };
    let (zero, shape) = (call.add_constant("zero", zero), call.list("shape", &shape));
    let zeros = call.node("Expand", &[&zero, &shape], NONE);
    let updates = call.raw(1)?;
    let y = call.node(
        "ScatterND",
        &[&zeros, &places, &updates],
        vec![text("reduction", "add")],
    );
    call.give_raw(0, &y)
}

fn one_hot(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let options: OneHotOptions = call.options()?;
    let (indices, depth) = (call.raw(0)?, call.integers(1)?);
    let depth = call.list("depth", &depth);
    let (on, off) = (call.raw(2)?, call.raw(3)?);
    let [off, on] = [off, on].map(|value| call.reshape(&value, &[1]));
    let values = call.node("Concat", &[&off, &on], vec![int("axis", 0)]);
    let y = call.node(
        "OneHot",
        &[&indices, &depth, &values],
        vec![int("axis", options.axis.into())],
    );
    call.give_raw(0, &y)
}

fn top_k(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let count = call.integers(1)?;
    let (x, count) = (call.raw(0)?, call.list("k", &count[..count.len().min(1)]));
    let found = call.nodes("TopK", &[&x, &count], vec![int("axis", -1)], 2);
    call.give_raw(0, &found[0])?;
    let dtype = call.output(1)?.dtype()?;
    let places = call.cast(&found[1], dtype);
    call.give_raw(1, &places)
}
