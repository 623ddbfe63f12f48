//! Normalisation of groups of channels; of single channels, which ONNX calls instances.

use crate::diag::Diag;
use crate::ir::{Lower, Op, ValueId};
use crate::ops::{Importer, OnnxOp, onnx, unsupported_type};
use crate::tensor::{DType, Tensor, TensorType};
use mlc_runtime_core::kernels::norm::GroupNorm as Params;
use mlc_runtime_core::table::call;

/// `(x - mean) / √(variance + epsilon) · scale + bias` with mean and variance over the pixels and
/// channels of a group: `x` is `[N, spatial.., C]`, `scale` and `bias` are `[C]`.
#[derive(Clone, Debug)]
pub struct GroupNorm {
    /// Groups of neighbouring channels; divides their number.
    pub groups: usize,
    /// Added to the variance.
    pub epsilon: f32,
}

impl Op for GroupNorm {
    fn name(&self) -> &'static str {
        "GroupNorm"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let [Some(x), Some(scale), Some(bias)] = inputs else {
            return Err(Diag::new(
                "missing-input",
                "data, scale and bias are needed",
            ));
        };
        if let Some(ty) = inputs.iter().flatten().find(|t| t.dtype != DType::F32) {
            return Err(unsupported_type(ty.dtype));
        }
        let channels = x.shape.last().copied().filter(|_| x.rank() >= 2);
        let channels = channels.filter(|c| self.groups > 0 && c.is_multiple_of(self.groups));
        match channels {
            Some(c) if scale.shape == [c] && bias.shape == [c] => Ok(vec![(*x).clone()]),
            _ => {
                let groups = self.groups;
                let message = format!("{x} in {groups} groups with scale {scale} and bias {bias}");
                Err(Diag::new("shape-mismatch", message))
            }
        }
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let operands = [cx.input(0), cx.input(1), cx.input(2), cx.output(0)];
        let shape = &cx.output_type(0).shape;
        let p = Params {
            batch: shape[0],
            spatial: shape[1..shape.len() - 1].iter().product(),
            channels: shape[shape.len() - 1],
            groups: self.groups,
            epsilon: self.epsilon,
        };
        let [x, scale, bias, y] = operands;
        cx.call(call::group_norm_f32(p, x, scale, bias, y));
        Ok(())
    }
}

impl Importer<'_> {
    /// Normalises groups of the channels of channels-first data.
    fn group_norm(
        &mut self,
        groups: usize,
        [x, scale, bias]: [ValueId; 3],
    ) -> Result<ValueId, Diag> {
        let epsilon = self.node.float("epsilon", 1e-5)?;
        let x = self.channels_last(x)?;
        let y = self.add(GroupNorm { groups, epsilon }, &[x, scale, bias])?;
        self.channels_first(y)
    }

    /// The number of channels of the first input, `[N, C, ..]`.
    fn channels(&self) -> Result<usize, Diag> {
        let x = self.input(0)?;
        self.ty(x).shape.get(1).copied().ok_or_else(|| {
            let message = format!("{} has no axis of channels", self.ty(x));
            Diag::new("shape-mismatch", message)
        })
    }
}

fn instance_normalization(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let inputs = [cx.input(0)?, cx.input(1)?, cx.input(2)?];
    let groups = cx.channels()?;
    let y = cx.group_norm(groups, inputs)?;
    cx.finish(y)
}

/// `GroupNormalization`: scale and bias are per group before opset 21, per channel from then on.
fn group_normalization(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let mut inputs = [cx.input(0)?, cx.input(1)?, cx.input(2)?];
    let channels = cx.channels()?;
    let groups = usize::try_from(cx.node.int("num_groups", 0)?).unwrap_or(0);
    let Some(size) = channels
        .checked_div(groups)
        .filter(|s| s * groups == channels)
    else {
        let message = format!("{channels} channels cannot be split into {groups} groups");
        return Err(Diag::new("invalid-attribute", message).at_attribute("num_groups"));
    };
    if cx.version() < 21 {
        for parameter in &mut inputs[1..] {
            *parameter = for_each_channel(cx, *parameter, groups, size)?;
        }
    }
    let y = cx.group_norm(groups, inputs)?;
    cx.finish(y)
}

/// A parameter per group as one per channel.
fn for_each_channel(
    cx: &mut Importer<'_>,
    parameter: ValueId,
    groups: usize,
    size: usize,
) -> Result<ValueId, Diag> {
    let column = cx.reshape(parameter, vec![groups, 1])?;
    let ones = cx.add_constant(Tensor::new([1, size], &vec![1f32; size]));
    let table = cx.map("mul", &[column, ones])?;
    cx.reshape(table, vec![groups * size])
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[
    onnx("GroupNormalization", group_normalization),
    onnx("InstanceNormalization", instance_normalization),
];
