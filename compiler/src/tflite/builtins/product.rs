//! Products of matrices: dense layers, and batches of matrices.

use super::super::call::{Call, NONE, sizes};
use super::super::schema::{
    BatchMatMulOptions, BuiltinOperator as B, FullyConnectedOptions,
    FullyConnectedOptionsWeightsFormat,
};
use super::{Builtin, builtin};
use crate::diag::Diag;

pub(super) const BUILTINS: &[Builtin] = &[
    builtin(B::BatchMatmul, batch_matmul),
    builtin(B::FullyConnected, fully_connected),
];

/// Each row times the weights; all axes but the last are rows of one matrix unless they are to be kept.
fn fully_connected(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let options: FullyConnectedOptions = call.options()?;
    if options.weights_format != FullyConnectedOptionsWeightsFormat::Default {
        return Err(Diag::new(
            "unsupported-storage",
            "the weights are shuffled, which is not supported",
        ));
    }
    let [out, inner] = call.dims(1)?;
    let shape = call.shape(0)?;
    let mut x = call.real(0)?;
    let as_it_is = shape.last() == Some(&inner) && (shape.len() == 2 || options.keep_num_dims);
    if !as_it_is {
        let rows = shape.iter().product::<usize>() / inner.max(1);
        x = call.reshape(&x, &sizes(&[rows, inner]));
    }
    let weights = call.transposed(1, &[1, 0])?;
    let mut y = call.node("MatMul", &[&x, &weights], NONE);
    if call.has(2) {
        let bias = call.real(2)?;
        y = call.node("Add", &[&y, &bias], NONE);
    }
    if let (true, false, [rows @ .., _]) = (options.keep_num_dims, as_it_is, shape) {
        let shape: Vec<_> = rows.iter().copied().chain([out]).collect();
        y = call.reshape(&y, &sizes(&shape));
    }
    call.activate(&y, options.fused_activation_function)
}

fn batch_matmul(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let options: BatchMatMulOptions = call.options()?;
    let a = factor(call, 0, options.adj_x)?;
    let b = factor(call, 1, options.adj_y)?;
    let y = call.node("MatMul", &[&a, &b], NONE);
    call.give(0, &y)
}

/// An operand, with its matrices transposed or not.
fn factor(call: &mut Call<'_, '_, '_>, i: usize, transposed: bool) -> Result<String, Diag> {
    let rank = call.shape(i)?.len();
    if !transposed || rank < 2 {
        return call.real(i);
    }
    let mut order: Vec<usize> = (0..rank).collect();
    order.swap(rank - 1, rank - 2);
    call.transposed(i, &order)
}
