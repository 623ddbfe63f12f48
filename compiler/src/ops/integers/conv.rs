//! Convolution and fully connected layers on integers.

use super::{Codes, Steps};
use crate::diag::Diag;
use crate::ir::{Island, Lower, NotInteger, Op, Refusal, Slices, TimeRule, ValueId};
use crate::ops::layout::pad::Pad;
use crate::ops::spatial::conv::Geometry;
use crate::ops::support::along::element;
use crate::ops::support::window::Window;
use crate::program::BufferId;
use crate::requantize::{Channel, Layer};
use crate::tensor::{DType, Tensor, TensorType};
use mlc_runtime_core::kernels::conv2d_int::ConvInt2d;
use mlc_runtime_core::kernels::depthwise2d_int::DepthwiseInt2d;
use mlc_runtime_core::kernels::requantize::Requantize;
use mlc_runtime_core::table::{Call, call};

/// `requantize(Σ (x - zero) · w + bias)`: `x` is `[N, spatial.., C]` of `i8`, `u8` or `i16`, `w`
/// `[kernel.., C / groups, M]`, the bias `[M]` or empty (`i32`), multipliers `[M]` (`i32`), shifts
/// `[M]` or empty (`i8`).
#[derive(Clone, Debug)]
pub struct ConvInt {
    /// Whether it is a product with a matrix, or a convolution proper.
    pub layer: Layer,
    /// How the kernel slides.
    pub window: Window,
    /// Groups of channels that do not mix.
    pub groups: usize,
    /// Output channels.
    pub channels: usize,
    /// What stands for 0 in `x`.
    pub zero_x: i32,
    /// What becomes of a sum.
    pub requantize: Requantize,
}

impl Op for ConvInt {
    fn name(&self) -> &'static str {
        match self.layer {
            Layer::FullyConnected => "MatMul",
            Layer::Other => "Conv",
        }
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let [Some(x), Some(_), Some(_), Some(multipliers), Some(_)] = inputs else {
            return Err(Diag::new(
                "missing-input",
                "a convolution on integers takes five inputs",
            ));
        };
        let [n, spatial @ .., _] = &x.shape[..] else {
            return Err(Diag::new("shape-mismatch", format!("{x} has no channels")));
        };
        if multipliers.shape != [self.channels] {
            let message = format!("{multipliers} are not multipliers of {}", self.channels);
            return Err(Diag::new("shape-mismatch", message));
        }
        let mut shape = vec![*n];
        shape.extend(self.window.outputs(spatial)?);
        shape.push(self.channels);
        Ok(vec![TensorType::new(x.dtype, shape)])
    }

    fn along_time(&self, cx: &Slices<'_>) -> Result<TimeRule, Refusal> {
        let fill = element(cx.ty(0)?.dtype, self.zero_x.into());
        cx.convolve((&self.window, self.groups), fill, |window| ConvInt {
            window,
            ..self.clone()
        })
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let operands = std::array::from_fn(|i| cx.input(i));
        let y = cx.output(0);
        let taps: usize = self.window.kernel.iter().product();
        let inputs = cx.input_type(0).shape.last().map_or(0, |c| c / self.groups);
        let macs = cx.output_type(0).len() * taps * inputs;
        let call = self.call(cx, operands, y);
        cx.call_counted(call, macs as u64);
        Ok(())
    }
}

impl ConvInt {
    fn call(
        &self,
        cx: &Lower<'_>,
        [x, w, bias, multipliers, shifts]: [BufferId; 5],
        y: BufferId,
    ) -> Call<BufferId> {
        let geometry = Geometry {
            window: &self.window,
            groups: self.groups,
            from: cx.input_type(0),
            to: cx.output_type(0),
        };
        let (zero_x, requantize) = (self.zero_x, self.requantize);
        let weights = cx.input_type(1).dtype;
        if geometry.is_depthwise() {
            let p = DepthwiseInt2d {
                conv: geometry.depthwise(),
                zero_x,
                requantize,
            };
            return match weights {
                DType::U8 => call::depthwise2d_w4(p, x, w, bias, multipliers, shifts, y),
                DType::I16 => call::depthwise2d_w16(p, x, w, bias, multipliers, shifts, y),
                _ => call::depthwise2d_w8(p, x, w, bias, multipliers, shifts, y),
            };
        }
        let p = ConvInt2d {
            conv: geometry.conv(),
            zero_x,
            requantize,
        };
        match weights {
            DType::U8 => call::conv2d_w4(p, x, w, bias, multipliers, shifts, y),
            DType::I16 => call::conv2d_w16(p, x, w, bias, multipliers, shifts, y),
            _ => call::conv2d_w8(p, x, w, bias, multipliers, shifts, y),
        }
    }
}

/// A convolution of the first input, channels-last, with the second, and the third as bias.
pub fn convolve(
    cx: &mut Island<'_>,
    window: &Window,
    groups: usize,
) -> Result<ValueId, NotInteger> {
    if window.kernel.len() > 2 {
        return Err("no kernel convolves volumes of integers".into());
    }
    let (x, w) = (cx.codes(0)?, cx.steps(1)?);
    let (value, window) = without_padding(cx, &x, window);
    let x = Codes { value, ..x };
    let y = sum_products(
        cx,
        x,
        w,
        ConvShape {
            layer: Layer::Other,
            window,
            groups,
        },
    )?;
    cx.finish(y)
}

/// What a convolution does, but for its numbers.
pub struct ConvShape {
    /// Whether it is a product with a matrix, or a convolution proper.
    pub layer: Layer,
    /// How the kernel slides.
    pub window: Window,
    /// Groups of channels that do not mix.
    pub groups: usize,
}

/// Adds the convolution of `x`, `[N, spatial.., C]`, with `w`, and what computes with it.
pub fn sum_products(
    cx: &mut Island<'_>,
    x: Codes,
    w: Steps,
    shape: ConvShape,
) -> Result<ValueId, NotInteger> {
    cx.compute_as(x.dtype)?;
    let scales = w
        .scales_of_columns()
        .ok_or("its weights have several scales for a channel")?;
    let (bias, rests) = cx.bias(2, x.scale, &scales)?;
    let channels = channels(cx, &x, &w, (&scales, &bias))?;
    let (rescale, [multipliers, shifts]) = cx.rescale(shape.layer, &channels)?;
    let count = scales.len();
    let w = cx.constant(packed(&w.steps).ok_or("its weights have more than 16 bits")?);
    let bias = cx.constant(Tensor::new([bias.len()], &bias));
    let op = ConvInt {
        layer: shape.layer,
        window: shape.window,
        groups: shape.groups,
        channels: count,
        zero_x: x.zero,
        requantize: rescale.requantize,
    };
    cx.remark_rests(op.name(), &channels, &rests);
    cx.add(op, &[x.value, w, bias, multipliers, shifts])
}

/// For each output channel its ratio of scales, and the sums that any input leads to.
fn channels(
    cx: &Island<'_>,
    x: &Codes,
    w: &Steps,
    (scales, bias): (&[f32], &[i32]),
) -> Result<Vec<Channel>, NotInteger> {
    let (least, most) = x.steps().into_inner();
    let mut sums: Vec<_> = (0..scales.len())
        .map(|c| {
            bias.get(c)
                .map_or((0, 0), |&b| (i64::from(b), i64::from(b)))
        })
        .collect();
    let weights = w.steps.values::<i32>().unwrap_or(&[]);
    for row in weights.chunks_exact(scales.len().max(1)) {
        for ((lo, hi), &w) in sums.iter_mut().zip(row) {
            let (a, b) = (i64::from(w) * least, i64::from(w) * most);
            // In the padding it is 0.
            *lo += a.min(b).min(0);
            *hi += a.max(b).max(0);
        }
    }
    let wide = x.dtype == DType::I16;
    let fits = |&(lo, hi): &(i64, i64)| wide || (lo > i32::MIN.into() && hi < i32::MAX.into());
    if !sums.iter().all(fits) {
        return Err("sums of its products may exceed 32 bits".into());
    }
    let channel = |(&scale, (lo, hi)): (&f32, (i64, i64))| {
        // A channel of no weights may have no scale either.
        let scale = if scale == 0.0 && lo == hi { 1.0 } else { scale };
        Ok(Channel {
            ratio: cx.ratio(x.scale, scale)?,
            sums: lo..=hi,
        })
    };
    scales.iter().zip(sums).map(channel).collect()
}

/// Weights in the narrowest form that holds them: two to a byte (`u8`), `i8` or `i16`.
pub fn packed(steps: &Tensor) -> Option<Tensor> {
    let values = steps.values::<i32>()?;
    let shape = steps.ty.shape.clone();
    let within = |bits: u32| {
        values
            .iter()
            .all(|w| (-(1 << (bits - 1))..1 << (bits - 1)).contains(w))
    };
    if within(4) && values.len() > 1 {
        return Some(nibbles(values, shape));
    }
    if within(8) {
        let values: Vec<i8> = values.iter().map(|&w| w as i8).collect();
        return Some(Tensor::new(shape, &values));
    }
    let values: Vec<i16> = values.iter().map(|&w| w as i16).collect();
    within(16).then(|| Tensor::new(shape, &values))
}

/// Two weights in each byte, the first in the low bits; rows of the last axis begin at whole bytes.
fn nibbles(values: &[i32], mut shape: Vec<usize>) -> Tensor {
    let columns = shape.last().copied().unwrap_or(1).max(1);
    let pair = |pair: &[i32]| {
        let high = pair.get(1).copied().unwrap_or(0);
        (pair[0] as u8 & 15) | (high as u8) << 4
    };
    let rows = values.chunks_exact(columns);
    let bytes: Vec<u8> = rows.flat_map(|row| row.chunks(2).map(pair)).collect();
    if let Some(last) = shape.last_mut() {
        *last = columns.div_ceil(2);
    }
    Tensor::new(shape, &bytes)
}

/// What is padded by what stands for 0 needs not be: windows imply it.
fn without_padding(cx: &Island<'_>, x: &Codes, window: &Window) -> (ValueId, Window) {
    let same = (x.value, window.clone());
    let Some((node, pad)) = cx.graph.producer_as::<Pad>(x.value) else {
        return same;
    };
    let (Some(inner), Some(fill)) = (node.input(0), node.input(1)) else {
        return same;
    };
    let zero = cx.graph.constant(fill).and_then(|t| t.single::<i32>()) == Some(x.zero);
    let [first, spatial @ .., last] = &pad.pads[..] else {
        return same;
    };
    let grows = spatial
        .iter()
        .all(|&(before, after)| before >= 0 && after >= 0);
    if !zero || !grows || (*first, *last) != ((0, 0), (0, 0)) {
        return same;
    }
    window
        .padded(spatial)
        .map_or(same, |window| (inner, window))
}
