//! Convolutions: images with channels last are transposed around ONNX's, and so are the weights.

use super::super::call::{Call, int, ints, sizes};
use super::super::schema::{
    BuiltinOperator as B, Conv2DOptions, DepthwiseConv2DOptions, Padding, TransposeConvOptions,
};
use super::{Builtin, builtin};
use crate::diag::Diag;
use crate::onnx::Attribute;

pub(super) const BUILTINS: &[Builtin] = &[
    builtin(B::Conv2d, conv),
    builtin(B::DepthwiseConv2d, depthwise),
    builtin(B::TransposeConv, transpose_conv),
];

/// How windows lie along the two axes of an image.
pub(super) struct Windows {
    pub(super) padding: Padding,
    pub(super) kernel: [usize; 2],
    pub(super) strides: [i32; 2],
    pub(super) dilations: [i32; 2],
}

impl Windows {
    /// Attributes of ONNX's operators, for an image of that size.
    pub(super) fn attributes(
        &self,
        image: [usize; 2],
    ) -> Result<Vec<(&'static str, Attribute)>, Diag> {
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for (axis, size) in image.into_iter().enumerate() {
            let (first, last) = self.around(axis, size)?;
            before.push(first);
            after.push(last);
        }
        before.extend(after);
        let wide = |values: [i32; 2]| values.map(i64::from).to_vec();
        let mut attributes = vec![
            ints("kernel_shape", sizes(&self.kernel)),
            ints("strides", wide(self.strides)),
            ints("pads", before),
        ];
        if self.dilations != [1, 1] {
            attributes.push(ints("dilations", wide(self.dilations)));
        }
        Ok(attributes)
    }

    /// Padding before and after an axis: the odd one comes after.
    fn around(&self, axis: usize, size: usize) -> Result<(i64, i64), Diag> {
        let (stride, dilation) = (
            i64::from(self.strides[axis]),
            i64::from(self.dilations[axis]),
        );
        if stride < 1 || dilation < 1 || self.kernel[axis] == 0 {
            return Err(Diag::new(
                "bad-attribute",
                "strides, dilations and windows are at least 1",
            ));
        }
        if self.padding == Padding::Valid {
            return Ok((0, 0));
        }
        let (size, extent) = (size as i64, (self.kernel[axis] as i64 - 1) * dilation + 1);
        let count = (size + stride - 1) / stride;
        let total = ((count - 1) * stride + extent - size).max(0);
        Ok((total / 2, total - total / 2))
    }
}

fn conv(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let options: Conv2DOptions = call.options()?;
    let ([_, height, width, channels], [_, kh, kw, taken]) = (call.dims(0)?, call.dims(1)?);
    let windows = Windows {
        padding: options.padding,
        kernel: [kh, kw],
        strides: [options.stride_h, options.stride_w],
        dilations: [options.dilation_h_factor, options.dilation_w_factor],
    };
    if taken == 0 || channels % taken != 0 {
        let message = format!("filters of {taken} channels do not fit {channels}");
        return Err(call.wrong(1, "shape-mismatch", message));
    }
    let mut attributes = windows.attributes([height, width])?;
    attributes.push(int("group", (channels / taken) as i64));
    let y = convolved(call, &[0, 3, 1, 2], attributes)?;
    call.activate(&y, options.fused_activation_function)
}

fn depthwise(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let options: DepthwiseConv2DOptions = call.options()?;
    let ([_, height, width, channels], [one, kh, kw, _]) = (call.dims(0)?, call.dims(1)?);
    if one != 1 {
        return Err(call.wrong(
            1,
            "shape-mismatch",
            "the first dimension of depthwise weights is 1",
        ));
    }
    let windows = Windows {
        padding: options.padding,
        kernel: [kh, kw],
        strides: [options.stride_h, options.stride_w],
        dilations: [options.dilation_h_factor, options.dilation_w_factor],
    };
    let mut attributes = windows.attributes([height, width])?;
    attributes.push(int("group", channels as i64));
    let y = convolved(call, &[3, 0, 1, 2], attributes)?;
    call.activate(&y, options.fused_activation_function)
}

/// The convolution of input 0 with weights that are transposed so, and with a bias if there is one.
fn convolved(
    call: &mut Call<'_, '_, '_>,
    order: &[usize],
    attributes: Vec<(&'static str, Attribute)>,
) -> Result<String, Diag> {
    let (x, weights) = (call.real(0)?, call.transposed(1, order)?);
    let bias = call.has(2).then(|| call.real(2)).transpose()?;
    let x = call.channels_first(&x);
    let inputs: Vec<&str> = [&x, &weights]
        .into_iter()
        .chain(&bias)
        .map(String::as_str)
        .collect();
    let y = call.node("Conv", &inputs, attributes);
    Ok(call.channels_last(&y))
}

/// The gradient of a convolution; the output has a size that is given.
fn transpose_conv(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let options: TransposeConvOptions = call.options()?;
    let ([_, kh, kw, _], [_, height, width, _]) = (call.dims(1)?, call.dims(2)?);
    let wanted = call.integers(0)?;
    let [_, out_height, out_width, _] = wanted[..] else {
        return Err(call.wrong(
            0,
            "bad-rank",
            "the size of an image with channels is needed",
        ));
    };
    let strides = [options.stride_h, options.stride_w];
    let windows = Windows {
        padding: options.padding,
        kernel: [kh, kw],
        strides,
        dilations: [1, 1],
    };
    let (mut before, mut after, mut more) = (Vec::new(), Vec::new(), Vec::new());
    for (axis, (size, out)) in [(height, out_height), (width, out_width)]
        .into_iter()
        .enumerate()
    {
        let whole = usize::try_from(out)
            .map_err(|_| call.wrong(0, "bad-dimension", "a size is negative"))?;
        let (first, _) = windows.around(axis, whole)?;
        let full = (size as i64 - 1) * i64::from(strides[axis]) + windows.kernel[axis] as i64;
        let rest = full - first - out;
        before.push(first);
        after.push(rest.max(0));
        more.push((-rest).max(0));
    }
    before.extend(after);
    let attributes = vec![
        ints("kernel_shape", sizes(&windows.kernel)),
        ints("strides", strides.map(i64::from).to_vec()),
        ints("pads", before),
        ints("output_padding", more),
    ];
    let (x, weights) = (call.real(2)?, call.transposed(1, &[3, 0, 1, 2])?);
    let bias = call.has(3).then(|| call.real(3)).transpose()?;
    let x = call.channels_first(&x);
    let inputs: Vec<&str> = [&x, &weights]
        .into_iter()
        .chain(&bias)
        .map(String::as_str)
        .collect();
    let y = call.node("ConvTranspose", &inputs, attributes);
    let y = call.channels_last(&y);
    call.activate(&y, options.fused_activation_function)
}
