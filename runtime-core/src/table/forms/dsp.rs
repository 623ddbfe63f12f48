//! Packing for the DSP extension of Arm: layouts as [`isa::dsp`](crate::isa::dsp) has them.

use super::finish::finish;
use super::weights::Weights;
use super::{Form, Given, Isa, Part};
use crate::isa::dsp::{CHANNELS, Dsp};
use crate::isa::dsp_planes::DspPlanes;
use crate::kernels::conv2d_int::ConvInt2d;
use crate::kernels::depthwise2d_int::DepthwiseInt2d;
use crate::kernels::packed::conv2d::PackedConv2d;
use crate::kernels::packed::planes::{LINES, PackedPlanes};
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
    let p: ConvInt2d = given.params()?;
    if p.conv.groups != 1 {
        return Err("its channels are in groups".into());
    }
    let weights = Weights::of(given, p.zero_x, p.conv.out_c)?;
    let channels = weights.known(given)?;
    let too_long = |sum: i64| !(-MOST..MOST).contains(&sum);
    if channels
        .iter()
        .any(|c| too_long(*c.sums.start()) || too_long(*c.sums.end()))
    {
        return Err("sums of its products may take more than 24 bits".into());
    }
    let (finish, multipliers) = finish(&p.requantize, &channels, given.types[0])?;
    let p = PackedConv2d {
        conv: p.conv,
        zero_x: p.zero_x as u8,
        finish,
    };
    let packed = Part::Constant(packed(&weights, &multipliers));
    let scratch = Part::Scratch(p.scratch::<Dsp>());
    Ok(call::conv2d_dsp(
        p,
        Part::Given(0),
        packed,
        scratch,
        Part::Given(5),
    ))
}

/// Biases, factors and multipliers of four channels after those of another four.
fn packed(weights: &Weights, multipliers: &[i32]) -> Vec<i32> {
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
        let of = |c: usize| multipliers.get(c).copied().unwrap_or(0);
        words.extend((first..first + CHANNELS).map(of));
    }
    words
}

fn depthwise2d(given: &Given<'_>) -> Result<Call<Part>, String> {
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
    let (finish, multipliers) = finish(&p.requantize, &channels, given.types[0])?;
    let p = PackedPlanes {
        conv,
        zero_x: p.zero_x as u8,
        finish,
    };
    let mut words = Vec::new();
    for (channel, &multiplier) in multipliers.iter().enumerate() {
        for line in 0..LINES {
            let tap =
                |tap: usize| (weights.weight(LINES * line + tap, channel) & 0xff) << (8 * tap);
            words.push((0..LINES).map(tap).sum());
        }
        words.extend([weights.bias(channel), multiplier]);
    }
    let scratch = Part::Scratch(p.scratch::<DspPlanes>());
    Ok(call::depthwise2d_dsp(
        p,
        Part::Given(0),
        Part::Constant(words),
        scratch,
        Part::Given(5),
    ))
}
