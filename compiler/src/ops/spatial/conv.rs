//! Convolution over one, two or three spatial axes.

use crate::diag::Diag;
use crate::ir::{Island, Lower, NotInteger, Op, Refusal, Slices, TimeRule, ValueId};
use crate::ops::support::along::element;
use crate::ops::support::window::Window;
use crate::ops::{Importer, OnnxOp, integers, onnx, unsupported_type};
use crate::program::BufferId;
use crate::tensor::{DType, TensorType};
use mlc_runtime_core::kernels::activation::Activation;
use mlc_runtime_core::kernels::conv2d::Conv2d;
use mlc_runtime_core::kernels::conv3d::Conv3d;
use mlc_runtime_core::kernels::depthwise2d::Depthwise2d;
use mlc_runtime_core::kernels::rows::Rows;
use mlc_runtime_core::table::{Call, call};
use std::sync::Arc;

/// `activation(conv(x, w) + bias + residual)`: `x` is `[N, spatial.., C]`, `w`
/// `[kernel.., C / groups, M]`, the optional bias `[M]`, and the optional residual of the output's
/// shape, `[N, spatial.., M]`.
#[derive(Clone, Debug)]
pub struct Conv {
    /// How the kernel slides.
    pub window: Window,
    /// Groups of channels that do not mix.
    pub groups: usize,
    /// Applied to each result.
    pub activation: Activation,
}

impl Op for Conv {
    fn name(&self) -> &'static str {
        "Conv"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let (Some(&Some(x)), Some(&Some(w))) = (inputs.first(), inputs.get(1)) else {
            return Err(Diag::new(
                "missing-input",
                "a convolution takes data and weights",
            ));
        };
        if let Some(ty) = inputs.iter().flatten().find(|t| t.dtype != DType::F32) {
            return Err(unsupported_type(ty.dtype));
        }
        let mismatch = || Diag::new("shape-mismatch", format!("{x} convolved with weights {w}"));
        let [n, spatial @ .., c] = &x.shape[..] else {
            return Err(mismatch());
        };
        let [kernel @ .., group_c, m] = &w.shape[..] else {
            return Err(mismatch());
        };
        let fits = *c == group_c * self.groups && m.is_multiple_of(self.groups);
        if !fits || kernel != self.window.kernel || kernel.len() != spatial.len() {
            return Err(mismatch().note(format!("in {} groups", self.groups)));
        }
        let mut shape = vec![*n];
        shape.extend(self.window.outputs(spatial)?);
        shape.push(*m);
        let y = TensorType::new(DType::F32, shape);
        let bias_fits = inputs
            .get(2)
            .copied()
            .flatten()
            .is_none_or(|b| b.shape == [*m]);
        let residual_fits = inputs.get(3).copied().flatten().is_none_or(|r| *r == y);
        match bias_fits && residual_fits {
            true => Ok(vec![y]),
            false => Err(Diag::new(
                "shape-mismatch",
                format!("the bias does not fit {y}"),
            )),
        }
    }

    fn activation(&self) -> Option<Activation> {
        Some(self.activation)
    }

    fn with_activation(&self, activation: Activation) -> Option<Arc<dyn Op>> {
        Some(Arc::new(Conv {
            activation,
            ..self.clone()
        }))
    }

    fn with_padding(&self, pads: &[(isize, isize)]) -> Option<Arc<dyn Op>> {
        let window = self.window.padded(pads)?;
        Some(Arc::new(Conv {
            window,
            ..self.clone()
        }))
    }

    fn on_integers(&self, cx: &mut Island<'_>) -> Result<ValueId, NotInteger> {
        integers::conv::convolve(cx, &self.window, self.groups)
    }

    fn along_time(&self, cx: &Slices<'_>) -> Result<TimeRule, Refusal> {
        cx.convolve(
            (&self.window, self.groups),
            element(DType::F32, 0.0),
            |window| Conv {
                window,
                ..self.clone()
            },
        )
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let operands = [cx.input(0), cx.input(1), cx.input(2)];
        let y = match cx.has_input(3) {
            true => {
                let residual = cx.input(3);
                cx.output_copy_of(0, residual)
            }
            false => cx.output(0),
        };
        let (y_type, w_type) = (cx.output_type(0), cx.input_type(1));
        let channels = y_type.shape.last().map_or(1, |&c| c.max(1));
        let macs = y_type.len() / channels * w_type.len();
        let call = match self.window.kernel.len() {
            3 => self.call3d(cx, operands, y),
            _ => self.call2d(cx, operands, y),
        };
        cx.call_counted(call, macs as u64);
        Ok(())
    }
}

/// `values` of fewer axes as those of `N`: a signal is an image of one row.
pub(crate) fn padded<const N: usize, T: Copy>(values: &[T], fill: T) -> [T; N] {
    let skip = N - values.len();
    std::array::from_fn(|d| if d < skip { fill } else { values[d - skip] })
}

/// Spatial sizes of `[N, spatial.., C]`.
pub(crate) fn spatial<const N: usize>(ty: &TensorType) -> [usize; N] {
    padded(&ty.shape[1..ty.rank() - 1], 1)
}

/// The shapes of a convolution over images, as kernels take them.
pub(crate) struct Geometry<'a> {
    /// How the kernel slides.
    pub window: &'a Window,
    /// Groups of channels that do not mix.
    pub groups: usize,
    /// The data, channels-last.
    pub from: &'a TensorType,
    /// The result, channels-last.
    pub to: &'a TensorType,
}

impl Geometry<'_> {
    fn channels(&self) -> [usize; 2] {
        [self.from, self.to].map(|ty| ty.shape.last().copied().unwrap_or(1))
    }

    /// Whether every input channel has filters of its own.
    pub(crate) fn is_depthwise(&self) -> bool {
        let [in_c, _] = self.channels();
        self.groups == in_c && in_c > 1
    }

    /// Without an activation.
    pub(crate) fn depthwise(&self) -> Depthwise2d {
        let ([in_h, in_w], [out_h, out_w]) = (spatial(self.from), spatial(self.to));
        let [in_c, out_c] = self.channels();
        let [pad_top, pad_left] = padded(&self.window.pads, (0, 0)).map(|p| p.0);
        Depthwise2d {
            batch: self.from.shape[0],
            in_h,
            in_w,
            channels: in_c,
            multiplier: out_c / in_c,
            out_h,
            out_w,
            kernel: padded(&self.window.kernel, 1),
            stride: padded(&self.window.stride, 1),
            dilation: padded(&self.window.dilation, 1),
            pad_top,
            pad_left,
            activation: Activation::Identity,
            rows: Rows::all(out_h),
        }
    }

    /// Without an activation.
    pub(crate) fn conv(&self) -> Conv2d {
        let ([in_h, in_w], [out_h, out_w]) = (spatial(self.from), spatial(self.to));
        let [in_c, out_c] = self.channels();
        let [pad_top, pad_left] = padded(&self.window.pads, (0, 0)).map(|p| p.0);
        Conv2d {
            batch: self.from.shape[0],
            in_h,
            in_w,
            in_c,
            out_h,
            out_w,
            out_c,
            groups: self.groups,
            kernel: padded(&self.window.kernel, 1),
            stride: padded(&self.window.stride, 1),
            dilation: padded(&self.window.dilation, 1),
            pad_top,
            pad_left,
            activation: Activation::Identity,
            rows: Rows::all(out_h),
        }
    }
}

impl Conv {
    fn call2d(&self, cx: &Lower<'_>, [x, w, b]: [BufferId; 3], y: BufferId) -> Call<BufferId> {
        let geometry = Geometry {
            window: &self.window,
            groups: self.groups,
            from: cx.input_type(0),
            to: cx.output_type(0),
        };
        let (activation, adds) = (self.activation, cx.has_input(3));
        if geometry.is_depthwise() {
            let p = Depthwise2d {
                activation,
                ..geometry.depthwise()
            };
            return match adds {
                true => call::depthwise2d_add_f32(p, x, w, b, y),
                false => call::depthwise2d_f32(p, x, w, b, y),
            };
        }
        let p = Conv2d {
            activation,
            ..geometry.conv()
        };
        match adds {
            true => call::conv2d_add_f32(p, x, w, b, y),
            false => call::conv2d_f32(p, x, w, b, y),
        }
    }

    fn call3d(&self, cx: &Lower<'_>, [x, w, b]: [BufferId; 3], y: BufferId) -> Call<BufferId> {
        let (from, to) = (cx.input_type(0), cx.output_type(0));
        let output: [usize; 3] = spatial(to);
        let p = Conv3d {
            batch: from.shape[0],
            input: spatial(from),
            in_c: from.shape[from.rank() - 1],
            output,
            out_c: to.shape[to.rank() - 1],
            groups: self.groups,
            kernel: padded(&self.window.kernel, 1),
            stride: padded(&self.window.stride, 1),
            dilation: padded(&self.window.dilation, 1),
            pad: padded(&self.window.pads, (0, 0)).map(|p| p.0),
            activation: self.activation,
            rows: Rows::all(output[0]),
        };
        match cx.has_input(3) {
            true => call::conv3d_add_f32(p, x, w, b, y),
            false => call::conv3d_f32(p, x, w, b, y),
        }
    }
}

/// `Conv`: channels-first in ONNX, so the data is transposed before and after.
fn conv(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let (x, w) = (cx.input(0)?, cx.input(1)?);
    let (x_shape, w_shape) = (cx.shape(x), cx.shape(w));
    if !(3..=5).contains(&x_shape.len()) || w_shape.len() != x_shape.len() {
        let message = format!("{} convolved with weights {}", cx.ty(x), cx.ty(w));
        return Err(Diag::new("shape-mismatch", message).note("1 to 3 spatial axes are supported"));
    }
    let window = Window::import(cx, w_shape[2..].to_vec(), &x_shape[2..])?;
    let groups = usize::try_from(cx.node.int("group", 1)?).unwrap_or(0);
    if groups == 0 {
        let message = "the number of groups must be positive";
        return Err(Diag::new("invalid-attribute", message).at_attribute("group"));
    }
    let op = Conv {
        window,
        groups,
        activation: Activation::Identity,
    };
    let x = cx.channels_last(x)?;
    let perm: Vec<_> = (2..w_shape.len()).chain([1, 0]).collect();
    let w = cx.transpose(w, &perm)?;
    let bias = cx.optional(2);
    let y = cx.add_optional(op, &[Some(x), Some(w), bias])?;
    let y = cx.channels_first(y)?;
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("Conv", conv)];
