//! Packing for the DSP extension of Arm: layouts as [`isa::dsp`](crate::isa::dsp) has them.

use super::finish::finish;
use super::scales::Scales;
use super::weights::Weights;
use super::{Form, Given, Isa, Part, dsp16};
use crate::isa::dsp::{CHANNELS, Dsp};
use crate::isa::dsp_planes::DspPlanes;
use crate::isa::dsp_taps::DspTaps;
use crate::kernels::conv2d_int::ConvInt2d;
use crate::kernels::depthwise2d_int::DepthwiseInt2d;
use crate::kernels::packed::conv2d::PackedConv2d;
use crate::kernels::packed::depthwise2d::PackedDepthwise2d;
use crate::kernels::packed::planes::{LINES, PackedPlanes};
use crate::scalar::ElementType;
use crate::table::{Call, call, row};
use std::string::String;
use std::vec::Vec;

pub(super) const FORMS: &[Form] = &[
    Form {
        isa: Isa::Dsp,
        kernel: &row::conv2d_w8,
        pack: conv2d,
    },
    Form {
        isa: Isa::Dsp,
        kernel: &row::depthwise2d_w8,
        pack: depthwise2d,
    },
];

/// Sums of odd channels are shifted left by 8 bits while they grow.
const MOST: i64 = 1 << 23;

fn conv2d(given: &Given<'_>) -> Result<Call<Part>, String> {
    if given.types[0] == ElementType::I16 {
        return dsp16::conv2d(given);
    }
    let p: ConvInt2d = given.params()?;
    let weights = Weights::of(given, p.zero_x, p.conv.out_c)?;
    let channels = weights.known(given)?;
    let too_long = |sum: i64| !(-MOST..MOST).contains(&sum);
    if channels
        .iter()
        .any(|c| too_long(*c.sums.start()) || too_long(*c.sums.end()))
    {
        return Err("sums of its products may take more than 24 bits".into());
    }
    if !factors_fit(&weights, p.conv.out_c / p.conv.groups.max(1)) {
        return Err("a weight of -128 meets a negative one of the channel before".into());
    }
    let (finish, scales) = finish(&p.requantize, &channels, given.types[0])?;
    let p = PackedConv2d {
        conv: p.conv,
        zero_x: p.zero_x as u8,
        finish,
    };
    let packed = weights.in_groups(p.conv.groups, &scales, columns);
    let packed = Part::Constant(packed);
    let scratch = Part::Scratch(p.scratch::<Dsp<false>>());
    Ok(call::conv2d_dsp(
        p,
        Part::Given(0),
        packed,
        scratch,
        Part::Given(5),
    ))
}

/// Whether 16 bits have room for all factors, which the channels of a group have two by two.
fn factors_fit(weights: &Weights, group: usize) -> bool {
    let fits = |k, c| weights.weight(k, c + 1) > i8::MIN.into() || weights.weight(k, c) >= 0;
    let group = group.max(1);
    let paired = |c: &usize| (c % group).is_multiple_of(2) && c % group + 1 < group;
    let mut first = (0..weights.channels).filter(paired);
    first.all(|c| (0..weights.len).all(|k| fits(k, c)))
}

/// Biases, factors and multipliers of four channels after those of another four.
fn columns(weights: &Weights, scales: &Scales) -> Vec<i32> {
    let mut words = Vec::new();
    for first in (0..weights.channels).step_by(CHANNELS) {
        for c in [first, first + 2] {
            let (even, odd) = (weights.bias(c), weights.bias(c + 1));
            words.extend([even, even.wrapping_add(odd.wrapping_mul(256))]);
        }
        for k in (0..weights.len).step_by(4) {
            for [a, b] in [[k, k + 2], [k + 1, k + 3]] {
                words.extend([first, first + 2].map(|c| {
                    let factor = |k| weights.weight(k, c) + 256 * weights.weight(k, c + 1);
                    factor(a) & 0xffff | factor(b) << 16
                }));
            }
        }
        words.extend(scales.of_four(first));
    }
    words
}

fn depthwise2d(given: &Given<'_>) -> Result<Call<Part>, String> {
    match given.types[0] {
        ElementType::I16 => dsp16::depthwise2d(given),
        _ => depthwise3x3(given).or_else(|_| depthwise_of_taps(given)),
    }
}

fn depthwise3x3(given: &Given<'_>) -> Result<Call<Part>, String> {
    let p: DepthwiseInt2d = given.params()?;
    let conv = p.conv;
    if conv.multiplier != 1 {
        return Err("it has several outputs for a channel".into());
    }
    if conv.channels < CHANNELS {
        return Err("it has fewer than four channels".into());
    }
    let plain = conv.kernel == [LINES; 2] && conv.dilation == [1, 1];
    let padded = |pad: isize| (0..LINES as isize).contains(&pad);
    if !plain || !matches!(conv.stride[1], 1 | 2) || !padded(conv.pad_top) || !padded(conv.pad_left)
    {
        return Err("its taps are not three by three with strides of one or two".into());
    }
    let weights = Weights::of(given, p.zero_x, conv.channels)?;
    let channels = weights.known(given)?;
    let (finish, scales) = finish(&p.requantize, &channels, given.types[0])?;
    let p = PackedPlanes {
        conv,
        zero_x: p.zero_x as u8,
        finish,
    };
    let mut words = Vec::new();
    for channel in 0..weights.channels {
        let scale = scales.of(channel);
        let shift = i32::from(scale.shift) << 24;
        for line in 0..LINES {
            let tap =
                |tap: usize| (weights.weight(LINES * line + tap, channel) & 0xff) << (8 * tap);
            let shift = if line == 0 { shift } else { 0 };
            words.push((0..LINES).map(tap).sum::<i32>() | shift);
        }
        words.extend([weights.bias(channel), scale.multiplier]);
    }
    let scratch = Part::Scratch(p.scratch::<DspPlanes<false>>());
    Ok(call::depthwise3x3_dsp(
        p,
        Part::Given(0),
        Part::Constant(words),
        scratch,
        Part::Given(5),
    ))
}

fn depthwise_of_taps(given: &Given<'_>) -> Result<Call<Part>, String> {
    let p: DepthwiseInt2d = given.params()?;
    let outputs = p.conv.channels * p.conv.multiplier;
    let weights = Weights::of(given, p.zero_x, outputs)?;
    let channels = weights.known(given)?;
    let (finish, scales) = finish(&p.requantize, &channels, given.types[0])?;
    let above = if finish.unsigned { 128 } else { 0 };
    let words = weights.in_turns(p.conv.multiplier, &scales, |weights, scales| {
        taps(weights, scales, above)
    });
    let p = PackedDepthwise2d {
        conv: p.conv,
        zero_x: p.zero_x as u8,
        finish,
    };
    let scratch = Part::Scratch(p.scratch::<DspTaps<false>>());
    let (x, y) = (Part::Given(0), Part::Given(5));
    let packed = Part::Constant(words);
    Ok(call::depthwise2d_dsp(p, x, packed, scratch, y))
}

/// Biases, pairs of weights and scales of four channels after those of another four; elements are greater by `above`. All
/// but scales is doubled where products are rounded twice.
pub(super) fn taps(weights: &Weights, scales: &Scales, above: i32) -> Vec<i32> {
    let (mut words, double) = (Vec::new(), i32::from(scales.twice));
    for first in (0..weights.channels).step_by(CHANNELS) {
        let four = first..first + CHANNELS;
        words.extend(four.clone().map(|c| {
            let sum: i32 = (0..weights.len).map(|k| weights.weight(k, c)).sum();
            weights.bias(c).wrapping_sub(sum.wrapping_mul(above)) << double
        }));
        for k in (0..weights.len).step_by(2) {
            let weight = |k, c| weights.weight(k, c) << double;
            let pair = |c| weight(k, c) & 0xffff | weight(k + 1, c) << 16;
            words.extend(four.clone().map(pair));
        }
        words.extend(scales.of_four(first));
    }
    words
}
