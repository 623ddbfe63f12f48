//! Transposed convolution over one, two or three spatial axes.

use crate::diag::Diag;
use crate::ir::{Lower, Op, ValueId};
use crate::ops::spatial::conv::{padded, spatial};
use crate::ops::support::window::{check_kernel_shape, pads, sizes};
use crate::ops::{Importer, OnnxOp, onnx, unsupported_type};
use crate::tensor::{DType, TensorType};
use mlc_runtime_core::kernels::activation::Activation;
use mlc_runtime_core::kernels::conv_transpose::ConvTranspose as Params;
use mlc_runtime_core::table::call;
use std::sync::Arc;

/// Each input spread over a window of the output: `x` is `[N, spatial.., C]`, `w`
/// `[kernel.., C / groups, M]`, the optional bias `[M]`, and the output `[N, output.., M]`.
#[derive(Clone, Debug)]
pub struct ConvTranspose {
    /// Taps along each axis.
    pub kernel: Vec<usize>,
    /// Output positions from one window to the next.
    pub stride: Vec<usize>,
    /// Output positions from one tap to the next.
    pub dilation: Vec<usize>,
    /// Output positions cut off at the beginning.
    pub pad: Vec<isize>,
    /// Output positions.
    pub output: Vec<usize>,
    /// Groups of channels that do not mix.
    pub groups: usize,
    /// Applied to each result.
    pub activation: Activation,
}

impl Op for ConvTranspose {
    fn name(&self) -> &'static str {
        "ConvTranspose"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let (Some(&Some(x)), Some(&Some(w))) = (inputs.first(), inputs.get(1)) else {
            return Err(Diag::new("missing-input", "data and weights are needed"));
        };
        if let Some(ty) = inputs.iter().flatten().find(|t| t.dtype != DType::F32) {
            return Err(unsupported_type(ty.dtype));
        }
        let mismatch = || {
            let message = format!("{x} spread by weights {w} in {} groups", self.groups);
            Diag::new("shape-mismatch", message)
        };
        let ([n, spatial @ .., c], [kernel @ .., group_c, m]) = (&x.shape[..], &w.shape[..]) else {
            return Err(mismatch());
        };
        let fits = *c == group_c * self.groups && m.is_multiple_of(self.groups);
        let bias_fits = inputs
            .get(2)
            .copied()
            .flatten()
            .is_none_or(|b| b.shape == [*m]);
        if !fits || !bias_fits || kernel != self.kernel || spatial.len() != kernel.len() {
            return Err(mismatch());
        }
        let mut shape = vec![*n];
        shape.extend(&self.output);
        shape.push(*m);
        Ok(vec![TensorType::new(DType::F32, shape)])
    }

    fn activation(&self) -> Option<Activation> {
        Some(self.activation)
    }

    fn with_activation(&self, activation: Activation) -> Option<Arc<dyn Op>> {
        Some(Arc::new(ConvTranspose {
            activation,
            ..self.clone()
        }))
    }

    fn adds_residual(&self) -> bool {
        false
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let (x, w, bias, y) = (cx.input(0), cx.input(1), cx.input(2), cx.output(0));
        let (from, to) = (cx.input_type(0), cx.output_type(0));
        let pixels: usize = from.shape[..from.rank() - 1].iter().product();
        let macs = pixels * cx.input_type(1).len();
        let call = match self.kernel.len() {
            3 => call::conv_transpose3d_f32(self.params(from, to), x, w, bias, y),
            _ => call::conv_transpose2d_f32(self.params(from, to), x, w, bias, y),
        };
        cx.call_counted(call, macs as u64);
        Ok(())
    }
}

impl ConvTranspose {
    fn params<const N: usize>(&self, from: &TensorType, to: &TensorType) -> Params<N> {
        Params {
            batch: from.shape[0],
            input: spatial(from),
            in_c: from.shape[from.rank() - 1],
            output: spatial(to),
            out_c: to.shape[to.rank() - 1],
            groups: self.groups,
            kernel: padded(&self.kernel, 1),
            stride: padded(&self.stride, 1),
            dilation: padded(&self.dilation, 1),
            pad: padded(&self.pad, 0),
            activation: self.activation,
        }
    }

    /// Reads sizes and padding for an input with these spatial dimensions.
    fn import(
        cx: &Importer<'_>,
        kernel: &[usize],
        groups: usize,
        spatial: &[usize],
    ) -> Result<Self, Diag> {
        let axes = kernel.len();
        check_kernel_shape(cx, kernel)?;
        let mut op = ConvTranspose {
            kernel: kernel.to_vec(),
            stride: sizes(cx, "strides", axes)?,
            dilation: sizes(cx, "dilations", axes)?,
            pad: Vec::new(),
            output: Vec::new(),
            groups,
            activation: Activation::Identity,
        };
        let full = op.full(cx, spatial)?;
        let auto_pad = cx.node.string("auto_pad", "NOTSET")?;
        let given = match auto_pad {
            "NOTSET" | "" => pads(cx, axes)?,
            "VALID" | "SAME_UPPER" | "SAME_LOWER" => vec![(0, 0); axes],
            other => {
                let message = format!("`{other}` is not a kind of padding");
                return Err(Diag::new("invalid-attribute", message).at_attribute("auto_pad"));
            }
        };
        let mut wanted = cx.node.ints("output_shape")?.map(<[i64]>::to_vec);
        if auto_pad.starts_with("SAME") && wanted.is_none() {
            let outputs = spatial.iter().zip(&op.stride).map(|(n, s)| (n * s) as i64);
            wanted = Some(outputs.collect());
        }
        for (d, &full) in full.iter().enumerate() {
            let (before, output) = match &wanted {
                Some(wanted) => wanted_output(wanted, axes, d, full, auto_pad == "SAME_UPPER"),
                None => given_pads(given[d], full),
            }
            .ok_or_else(|| {
                let message = format!("padding or output shape do not fit {full} positions");
                Diag::new("shape-mismatch", message)
            })?;
            op.pad.push(before);
            op.output.push(output);
        }
        Ok(op)
    }

    /// Outputs along each axis before anything is cut off.
    fn full(&self, cx: &Importer<'_>, spatial: &[usize]) -> Result<Vec<usize>, Diag> {
        let axes = spatial.len();
        let extra = cx.node.ints("output_padding")?.unwrap_or(&[]);
        let extra: Vec<_> = match extra {
            [] => vec![0; axes],
            // Some exporters write it for both ends.
            given => given
                .iter()
                .map(|&n| usize::try_from(n).unwrap_or(usize::MAX))
                .collect(),
        };
        let invalid = || {
            let message = "output padding must be a size for each axis, and the output not absurd";
            Diag::new("invalid-attribute", message).at_attribute("output_padding")
        };
        if extra.len() < axes {
            return Err(invalid());
        }
        let full = |d: usize| {
            let windows = spatial[d].checked_sub(1)?.checked_mul(self.stride[d])?;
            let extent = self.kernel[d]
                .checked_sub(1)?
                .checked_mul(self.dilation[d])?;
            let sum = windows
                .checked_add(extent)?
                .checked_add(1)?
                .checked_add(extra[d])?;
            (sum < 1 << 31).then_some(sum)
        };
        (0..axes)
            .map(full)
            .collect::<Option<_>>()
            .ok_or_else(invalid)
    }
}

/// What is cut off at the beginning so that `wanted` outputs are left, and how many those are.
fn wanted_output(
    wanted: &[i64],
    axes: usize,
    d: usize,
    full: usize,
    upper: bool,
) -> Option<(isize, usize)> {
    // Some exporters write batch and channels too.
    let at = wanted.len().checked_sub(axes)? + d;
    let output = usize::try_from(*wanted.get(at)?).ok()?;
    let total = full.saturating_sub(output);
    let before = if upper { total / 2 } else { total - total / 2 };
    Some((before as isize, output))
}

/// What is cut off at the beginning, and how many outputs are left.
fn given_pads((before, after): (isize, isize), full: usize) -> Option<(isize, usize)> {
    let output = full
        .checked_add_signed(-before)?
        .checked_add_signed(-after)?;
    Some((before, output))
}

/// `[C, M / groups, kernel..]` to `[kernel.., C / groups, M]`.
fn weights(cx: &mut Importer<'_>, w: ValueId, groups: usize) -> Result<ValueId, Diag> {
    let shape = cx.shape(w);
    let (c, m, kernel) = (shape[0] / groups, shape[1], &shape[2..]);
    let mut split = vec![groups, c, m];
    split.extend(kernel);
    let perm: Vec<_> = (3..split.len()).chain([1, 0, 2]).collect();
    let mut joined = kernel.to_vec();
    joined.extend([c, groups * m]);
    let w = cx.reshape(w, split)?;
    let w = cx.transpose(w, &perm)?;
    cx.reshape(w, joined)
}

fn conv_transpose(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let (x, w) = (cx.input(0)?, cx.input(1)?);
    let (x_shape, w_shape) = (cx.shape(x), cx.shape(w));
    let groups = usize::try_from(cx.node.int("group", 1)?).unwrap_or(0);
    let ranks_fit = (3..=5).contains(&x_shape.len()) && w_shape.len() == x_shape.len();
    if !ranks_fit || groups == 0 || !w_shape[0].is_multiple_of(groups) {
        let message = format!("{} and weights {} in {groups} groups", cx.ty(x), cx.ty(w));
        return Err(Diag::new("shape-mismatch", message).note("1 to 3 spatial axes are supported"));
    }
    let op = ConvTranspose::import(cx, &w_shape[2..], groups, &x_shape[2..])?;
    let x = cx.channels_last(x)?;
    let w = weights(cx, w, groups)?;
    let bias = cx.optional(2);
    let y = cx.add_optional(op, &[Some(x), Some(w), bias])?;
    let y = cx.channels_first(y)?;
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("ConvTranspose", conv_transpose)];
