//! Means of integers: pools and reductions.

use super::Codes;
use crate::diag::Diag;
use crate::ir::{Island, Lower, NotInteger, Op, Refusal, Slices, TimeRule, ValueId};
use crate::ops::reduction::reduce::reduced_shape;
use crate::ops::spatial::pool::average;
use crate::ops::support::along::element;
use crate::ops::support::window::Window;
use crate::quantization::Elements;
use crate::requantize::{Channel, Layer, Ratio, tf_lite_means};
use crate::tensor::{Tensor, TensorType};
use mlc_runtime_core::kernels::pool_int::{AveragePoolInt2d, AveragePoolTfLite2d};
use mlc_runtime_core::kernels::requantize::Requantize;
use mlc_runtime_core::kernels::sums::{ChannelSums, MeanTfLite, RequantizeSums, Rows};
use mlc_runtime_core::scalar::ElementType;
use mlc_runtime_core::table::call;

/// The requantised sum of each window of `[N, spatial.., C]`; then a multiplier for each number of
/// taps that a window may count (`i32`), and as many shifts or none (`i8`).
#[derive(Clone, Debug)]
pub struct AverageInt {
    /// How the window slides.
    pub window: Window,
    /// Whether padding counts.
    pub count_padding: bool,
    /// What stands for 0.
    pub zero_x: i32,
    /// What becomes of a sum; TensorFlow Lite takes the mean of elements as they are.
    pub finish: Finish,
}

/// What becomes of the sum of a window.
#[derive(Clone, Copy, Debug)]
pub enum Finish {
    /// It is requantised.
    Requantize(Requantize),
    /// It is divided, halves away from zero.
    Divide {
        /// The least result.
        lo: i32,
        /// The greatest result.
        hi: i32,
    },
}

impl Op for AverageInt {
    fn name(&self) -> &'static str {
        "AveragePool"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let Some(Some(x)) = inputs.first() else {
            return Err(Diag::new("missing-input", "a pool takes one input"));
        };
        let [n, spatial @ .., c] = &x.shape[..] else {
            return Err(Diag::new("shape-mismatch", format!("{x} has no channels")));
        };
        let shape = [&[*n], &*self.window.outputs(spatial)?, &[*c]].concat();
        Ok(vec![TensorType::new(x.dtype, shape)])
    }

    fn along_time(&self, cx: &Slices<'_>) -> Result<TimeRule, Refusal> {
        let fill = element(cx.ty(0)?.dtype, self.zero_x.into()).filter(|_| self.count_padding);
        cx.slide(&self.window, fill, |window| AverageInt {
            window,
            ..self.clone()
        })
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        if self.is_one_window_of_bytes(cx) {
            return self.lower_as_sums(cx);
        }
        let (from, to) = (cx.input_type(0), cx.output_type(0));
        let average = average(&self.window, self.count_padding, from, to);
        let [x, multipliers, shifts] = std::array::from_fn(|i| cx.input(i));
        let (y, zero_x) = (cx.output(0), self.zero_x);
        cx.call(match self.finish {
            Finish::Requantize(requantize) => {
                let p = AveragePoolInt2d {
                    average,
                    zero_x,
                    requantize,
                };
                call::average_pool2d_int(p, x, multipliers, shifts, y)
            }
            Finish::Divide { lo, hi } => {
                call::average_pool2d_tflite(AveragePoolTfLite2d { average, lo, hi }, x, y)
            }
        });
        Ok(())
    }
}

/// The most pixels of which sums of bytes fit 32 bits.
const MOST_PIXELS: usize = 1 << 23;

impl AverageInt {
    /// Whether there is just one window, which is the whole image.
    fn is_one_window_of_bytes(&self, cx: &Lower<'_>) -> bool {
        let x = cx.input_type(0);
        let channels = x.shape.last().copied().unwrap_or(1).max(1);
        let few = x.len() / channels <= MOST_PIXELS;
        x.dtype.bits() == 8 && self.window.is_whole(x) && few
    }

    /// Sums, to which rows may be added as they come, and then what becomes of them.
    fn lower_as_sums(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let x_type = cx.input_type(0);
        let channels = x_type.shape.last().copied().unwrap_or(0);
        let pixels = x_type.len() / channels.max(1);
        let sums = cx.temporary(ElementType::I32, channels);
        let (x, y, rows) = (cx.input(0), cx.output(0), Rows::all(1));
        let sum = |zero_x| ChannelSums {
            channels,
            zero_x,
            rows,
        };
        match self.finish {
            Finish::Requantize(requantize) => {
                // Of the constants for windows of any number of taps only the last is used.
                let last =
                    |cx: &mut Lower<'_>, i: usize| match cx.input_constant(i).map(last_element) {
                        Some(last) => cx.constant(last?),
                        None => Ok(cx.input(i)),
                    };
                let (multipliers, shifts) = (last(cx, 1)?, last(cx, 2)?);
                let p = RequantizeSums {
                    len: channels,
                    requantize,
                };
                cx.call(call::channel_sums(sum(self.zero_x), x, sums));
                cx.call(call::requantize_sums(p, sums, multipliers, shifts, y));
            }
            Finish::Divide { lo, hi } => {
                let count = pixels as i32;
                let p = MeanTfLite {
                    len: channels,
                    count,
                    lo,
                    hi,
                };
                cx.call(call::channel_sums(sum(0), x, sums));
                cx.call(call::mean_sums_tflite(p, sums, y));
            }
        }
        Ok(())
    }
}

/// The last element of a constant, or nothing if it is empty.
fn last_element(constant: &Tensor) -> Result<Tensor, Diag> {
    let size = constant.ty.dtype.bits() / 8;
    let bytes = constant.bytes();
    let last = &bytes[bytes.len().saturating_sub(size)..];
    let ty = TensorType::new(constant.ty.dtype, [constant.ty.len().min(1)]);
    Tensor::from_bytes(ty, last)
}

/// The mean of each window of the first input, channels-last.
pub fn average_pool(
    cx: &mut Island<'_>,
    window: &Window,
    count_padding: bool,
) -> Result<ValueId, NotInteger> {
    if window.kernel.len() > 2 {
        return Err("no kernel pools volumes of integers".into());
    }
    let (x, to) = (cx.codes(0)?, cx.to);
    let alike = (x.scale, x.zero, x.dtype) == (to.scale, to.elements.zero, to.dtype);
    cx.compute_as(x.dtype)?;
    let finish = match cx.profile.is_fixed_point() && alike && !count_padding {
        true => {
            let Elements { lo, hi, .. } = to.elements;
            (Finish::Divide { lo, hi }, Vec::new())
        }
        false => requantized(cx, &x, window, Ratio::over)?,
    };
    let y = pool(cx, x, (window, count_padding), finish)?;
    cx.finish(y)
}

/// The mean along axes of the first input that follow one another: of a window of their size.
pub fn mean(cx: &mut Island<'_>, axes: &[usize], keepdims: bool) -> Result<ValueId, NotInteger> {
    reduced(cx, axes, keepdims, |cx, x, window| {
        if !cx.profile.is_fixed_point() {
            return requantized(cx, x, window, Ratio::over);
        }
        let along = window.kernel.iter().product();
        let rescale = tf_lite_means(cx.ratio(x.scale, 1.0)?, along, cx.to.elements);
        let constants = cx.constants(&rescale);
        Ok((Finish::Requantize(rescale.requantize), constants.to_vec()))
    })
}

/// The sum along axes of the first input that follow one another.
pub fn sum(cx: &mut Island<'_>, axes: &[usize], keepdims: bool) -> Result<ValueId, NotInteger> {
    reduced(cx, axes, keepdims, |cx, x, window| {
        requantized(cx, x, window, |ratio, _| ratio)
    })
}

/// What becomes of sums along axes.
fn reduced(
    cx: &mut Island<'_>,
    axes: &[usize],
    keepdims: bool,
    finish: impl FnOnce(&mut Island<'_>, &Codes, &Window) -> Result<(Finish, Vec<ValueId>), NotInteger>,
) -> Result<ValueId, NotInteger> {
    let x = cx.codes(0)?;
    let shape = cx.graph.ty(x.value).shape.clone();
    let (Some(&first), Some(&last)) = (axes.first(), axes.last()) else {
        return Err("there is nothing to sum up".into());
    };
    if last - first + 1 != axes.len() {
        return Err("its axes do not follow one another".into());
    }
    let size = |dims: &[usize]| dims.iter().product::<usize>();
    let (outer, along) = (size(&shape[..first]), size(&shape[first..=last]));
    let image = vec![outer, along, 1, size(&shape[last + 1..])];
    let value = cx.reshape(x.value, image)?;
    let (x, window) = (Codes { value, ..x }, Window::still(vec![along, 1]));
    cx.compute_as(x.dtype)?;
    let finish = finish(cx, &x, &window)?;
    let y = pool(cx, x, (&window, false), finish)?;
    let y = cx.reshape(y, reduced_shape(&shape, axes, keepdims)?)?;
    cx.finish(y)
}

fn pool(
    cx: &mut Island<'_>,
    x: Codes,
    (window, count_padding): (&Window, bool),
    (finish, constants): (Finish, Vec<ValueId>),
) -> Result<ValueId, NotInteger> {
    let op = AverageInt {
        window: window.clone(),
        count_padding,
        zero_x: x.zero,
        finish,
    };
    cx.add(op, &[&[x.value], &constants[..]].concat())
}

/// Sums are requantised, with a multiplier for each number of taps that a window may count, by a ratio for that number.
fn requantized(
    cx: &mut Island<'_>,
    x: &Codes,
    window: &Window,
    of_taps: impl Fn(Ratio, usize) -> Ratio,
) -> Result<(Finish, Vec<ValueId>), NotInteger> {
    let ratio = cx.ratio(x.scale, 1.0)?;
    let (lo, hi) = x.steps().into_inner();
    let channel = |n: usize| Channel {
        ratio: of_taps(ratio, n),
        sums: lo.min(0) * n as i64..=hi.max(0) * n as i64,
    };
    let taps = window.kernel.iter().product::<usize>();
    let channels: Vec<_> = (1..=taps).map(channel).collect();
    let (rescale, constants) = cx.rescale(Layer::Other, &channels)?;
    Ok((Finish::Requantize(rescale.requantize), constants.to_vec()))
}
