//! Products of floats with weights that stay quantised in memory.
//!
//! Weights are widened as the kernel reads them: they take a quarter or an eighth of the bytes, and
//! none of the arena.

use super::Steps;
use super::conv::packed;
use crate::diag::Diag;
use crate::ir::{Graph, Lower, Op, Refusal, Slices, TimeRule, ValueId};
use crate::ops::linear_algebra::matmul::{params, product, product_in_time};
use crate::tensor::{DType, Tensor, TensorType};
use mlc_runtime_core::kernels::activation::Activation;
use mlc_runtime_core::kernels::matmul_weights::MatMulWeights as Params;
use mlc_runtime_core::table::call;
use std::sync::Arc;

/// `activation(x · (w · scales) + bias)`: `x` is `[batch.., m, k]` of `f32`, `w` `[k, n]` of `i8`, or of `u8`
/// with two columns in a byte, the optional bias `[n]`, and the scales `[k / block, n]`.
#[derive(Clone, Debug)]
pub struct MatMulWeights {
    /// Columns of the weights.
    pub columns: usize,
    /// Rows of the weights that share a row of scales.
    pub block: usize,
    /// Applied to each result.
    pub activation: Activation,
}

impl MatMulWeights {
    /// The type of the weights as numbers.
    fn numbers(&self, w: &TensorType) -> TensorType {
        let rows = w.shape.first().copied().unwrap_or(0);
        TensorType::new(DType::F32, [rows, self.columns])
    }
}

impl Op for MatMulWeights {
    fn name(&self) -> &'static str {
        "MatMul"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let [Some(x), Some(w), _, Some(_)] = inputs else {
            return Err(Diag::new(
                "missing-input",
                "data, weights and scales are needed",
            ));
        };
        Ok(vec![TensorType::new(
            DType::F32,
            product(x, &self.numbers(w))?,
        )])
    }

    fn activation(&self) -> Option<Activation> {
        Some(self.activation)
    }

    fn adds_residual(&self) -> bool {
        false
    }

    fn with_activation(&self, activation: Activation) -> Option<Arc<dyn Op>> {
        Some(Arc::new(MatMulWeights {
            activation,
            ..self.clone()
        }))
    }

    fn along_time(&self, cx: &Slices<'_>) -> Result<TimeRule, Refusal> {
        product_in_time(cx, self.clone())
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let w_type = cx.input_type(1);
        let numbers = self.numbers(w_type);
        let packed = w_type.dtype == DType::U8;
        let product = params(&cx.input_type(0).shape, &numbers.shape, self.activation)?;
        let macs = product.batch.iter().product::<usize>() * product.m * product.k * product.n;
        let p = Params {
            product,
            block: self.block,
        };
        let [x, w, bias, scales] = std::array::from_fn(|i| cx.input(i));
        let y = cx.output(0);
        let call = match packed {
            true => call::matmul_w4(p, x, w, scales, bias, y),
            false => call::matmul_w8(p, x, w, scales, bias, y),
        };
        cx.call_counted(call, macs as u64);
        Ok(())
    }
}

/// The product of `x` with quantised weights; `None` if these are not a matrix of at most 8 bits whose
/// scales are the same along columns, or blocks of them.
pub fn multiply(
    graph: &mut Graph,
    name: &str,
    (x, w): (ValueId, &Steps),
    bias: Option<ValueId>,
) -> Result<Option<ValueId>, Diag> {
    let (&[rows, columns], Some(scales)) = (&w.steps.ty.shape[..], w.scales.values::<f32>()) else {
        return Ok(None);
    };
    let weights = packed(&w.steps).filter(|t| t.ty.dtype != DType::I16);
    let (Some(weights), Some(block)) = (weights, block(scales, columns)) else {
        return Ok(None);
    };
    let firsts = scales.chunks_exact(columns.max(1)).step_by(block);
    let scales: Vec<f32> = firsts.flatten().copied().collect();
    let scales = Tensor::new([rows.div_ceil(block), columns], &scales);
    let (weights, scales) = (
        graph.add_constant(name, weights),
        graph.add_constant(name, scales),
    );
    let op = MatMulWeights {
        columns,
        block,
        activation: Activation::Identity,
    };
    let y = graph.add(name, op, &[Some(x), Some(weights), bias, Some(scales)])?[0];
    Ok(Some(y))
}

/// The most rows that share a row of scales, if blocks of so many rows all do.
fn block(scales: &[f32], columns: usize) -> Option<usize> {
    let rows: Vec<_> = scales.chunks_exact(columns.max(1)).collect();
    let first = rows.first()?;
    // At least one: a row that holds NaN is unlike itself.
    let block = rows
        .iter()
        .position(|row| row != first)
        .map_or(rows.len(), |rows| rows.max(1));
    let alike = rows
        .chunks(block)
        .all(|rows| rows.iter().all(|row| *row == rows[0]));
    alike.then_some(block)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_found() {
        assert_eq!(block(&[1.0, 2.0, 1.0, 2.0, 1.0, 2.0], 2), Some(3));
        assert_eq!(block(&[1.0, 1.0, 2.0, 2.0, 3.0], 1), Some(2));
        assert_eq!(block(&[1.0, 1.0, 2.0, 3.0], 1), None);
        assert_eq!(block(&[], 1), None);
        assert_eq!(block(&[f32::NAN, 1.0], 1), None);
    }
}
