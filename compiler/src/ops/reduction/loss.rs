//! `NegativeLogLikelihoodLoss` and `SoftmaxCrossEntropyLoss`.

use crate::diag::Diag;
use crate::ir::ValueId;
use crate::ops::indexing::gather::{Gather, GatherElements};
use crate::ops::normalisation::softmax::{Kind, Softmax};
use crate::ops::reduction::reduce::Reduction;
use crate::ops::{Importer, OnnxOp, onnx};
use crate::tensor::{DType, Tensor};

fn negative_log_likelihood(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let y = loss(cx, x)?;
    cx.finish(y)
}

fn softmax_cross_entropy(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let scores = cx.input(0)?;
    let (kind, axis) = (Kind::LogSoftmax, 1);
    let log_probabilities = cx.add(Softmax { kind, axis }, &[scores])?;
    let y = loss(cx, log_probabilities)?;
    cx.set_output(1, log_probabilities);
    cx.finish(y)
}

/// The loss of log probabilities `x[batch, classes, ..]`, for classes and weights from inputs 1 and 2.
fn loss(cx: &mut Importer<'_>, x: ValueId) -> Result<ValueId, Diag> {
    let target = cx.input(1)?;
    let ignored = match cx.node.optional_int("ignore_index")? {
        Some(index) => Some(is(cx, target, index)?),
        None => None,
    };
    let class = match ignored {
        // What is ignored need not be a class: any will do.
        Some(ignored) => zero_where(cx, ignored, target)?,
        None => target,
    };
    let class = cx.cast(class, DType::I64)?;
    let likelihood = at_class(cx, x, class)?;
    let mut loss = cx.map("neg", &[likelihood])?;
    let mut weights = weights(cx, class, ignored)?;
    if let Some(weights) = &mut weights {
        *weights = match ignored {
            Some(ignored) => zero_where(cx, ignored, *weights)?,
            None => *weights,
        };
        loss = cx.map("mul", &[loss, *weights])?;
    }
    reduced(cx, loss, weights)
}

/// The element of each line of classes that `class` names.
fn at_class(cx: &mut Importer<'_>, x: ValueId, class: ValueId) -> Result<ValueId, Diag> {
    let shape = cx.shape(class);
    let mut lines = shape.clone();
    lines.insert(1.min(shape.len()), 1);
    let indices = cx.reshape(class, lines)?;
    let y = cx.add(GatherElements { axis: 1 }, &[x, indices])?;
    cx.reshape(y, shape)
}

/// The weight of each target, if not all weigh the same.
fn weights(
    cx: &mut Importer<'_>,
    class: ValueId,
    ignored: Option<ValueId>,
) -> Result<Option<ValueId>, Diag> {
    match (cx.optional(2), ignored) {
        (Some(weights), _) => cx.add(Gather { axis: 0 }, &[weights, class]).map(Some),
        (None, Some(ignored)) => {
            let shape = cx.shape(ignored);
            let ones = vec![1f32; shape.iter().product()];
            Ok(Some(cx.add_constant(Tensor::new(shape, &ones))))
        }
        (None, None) => Ok(None),
    }
}

/// The losses as `reduction` wants them: a mean is one of weights, too.
fn reduced(
    cx: &mut Importer<'_>,
    loss: ValueId,
    weights: Option<ValueId>,
) -> Result<ValueId, Diag> {
    let axes: Vec<_> = (0..cx.ty(loss).rank()).collect();
    match (cx.node.string("reduction", "mean")?, weights) {
        ("none", _) => Ok(loss),
        ("sum", _) => cx.reduce(Reduction::Sum, loss, &axes, false),
        ("mean", None) => cx.reduce(Reduction::Mean, loss, &axes, false),
        ("mean", Some(weights)) => {
            let loss = cx.reduce(Reduction::Sum, loss, &axes, false)?;
            let weight = cx.reduce(Reduction::Sum, weights, &axes, false)?;
            cx.map("div", &[loss, weight])
        }
        (other, _) => {
            let message = format!("reduction must be none, sum or mean, not `{other}`");
            Err(Diag::new("invalid-attribute", message).at_attribute("reduction"))
        }
    }
}

/// Where a value is that number.
fn is(cx: &mut Importer<'_>, value: ValueId, number: i64) -> Result<ValueId, Diag> {
    let number = cx.add_constant(Tensor::scalar(number));
    let number = cx.cast(number, cx.ty(value).dtype)?;
    cx.map("equal", &[value, number])
}

/// A value, zero where a condition holds.
fn zero_where(cx: &mut Importer<'_>, condition: ValueId, value: ValueId) -> Result<ValueId, Diag> {
    let zero = cx.add_constant(Tensor::scalar(0u8));
    let zero = cx.cast(zero, cx.ty(value).dtype)?;
    cx.map("select", &[condition, zero, value])
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[
    onnx("NegativeLogLikelihoodLoss", negative_log_likelihood),
    onnx("SoftmaxCrossEntropyLoss", softmax_cross_entropy),
];
