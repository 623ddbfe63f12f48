//! Packing for the DSP extension of Arm, for elements of 16 bits: layouts as [`isa::dsp16`](crate::isa::dsp16) has them.

use super::dsp::taps;
use super::finish::finish;
use super::weights::Weights;
use super::{Given, Part};
use crate::isa::dsp16::{CHANNELS, Dsp16, ELEMENTS};
use crate::isa::dsp16_taps::Dsp16Taps;
use crate::kernels::conv2d_int::ConvInt2d;
use crate::kernels::depthwise2d_int::DepthwiseInt2d;
use crate::kernels::packed::conv2d::PackedConv2d;
use crate::kernels::packed::depthwise2d::PackedDepthwise2d;
use crate::table::{Call, call};
use std::string::String;
use std::vec::Vec;

/// Padding is bytes, and those of other elements are not alike.
pub(super) fn has_no_zero_point(zero_x: i32) -> Result<(), String> {
    match zero_x {
        0 => Ok(()),
        _ => Err("its elements of 16 bits have a zero point".into()),
    }
}

pub(super) fn conv2d(given: &Given<'_>) -> Result<Call<Part>, String> {
    let p: ConvInt2d = given.params()?;
    has_no_zero_point(p.zero_x)?;
    let weights = Weights::of(given, p.zero_x, p.conv.out_c)?;
    let channels = weights.known(given)?;
    let (finish, multipliers) = finish(&p.requantize, &channels, given.types[0])?;
    let words = weights.in_groups(p.conv.groups, &multipliers, columns);
    let p = PackedConv2d {
        conv: p.conv,
        zero_x: 0,
        finish,
    };
    let scratch = Part::Scratch(p.scratch_of_product::<Dsp16>());
    let (x, y) = (Part::Given(0), Part::Given(5));
    let packed = Part::Constant(words);
    Ok(call::conv2d_dsp_x16(p, x, packed, scratch, y))
}

/// Biases, weights and multipliers of two channels after those of another two.
fn columns(weights: &Weights, multipliers: &[i32]) -> Vec<i32> {
    let mut words = Vec::new();
    for first in (0..weights.channels).step_by(CHANNELS) {
        let two = [first, first + 1];
        words.extend(two.map(|c| weights.bias(c)));
        for k in (0..weights.len).step_by(ELEMENTS) {
            words.extend(two.map(|c| {
                let bytes = [k, k + 2, k + 1, k + 3].map(|k| weights.element(k, c) as u8);
                i32::from_le_bytes(bytes)
            }));
        }
        words.extend(two.map(|c| multipliers.get(c).copied().unwrap_or(0)));
    }
    words
}

pub(super) fn depthwise2d(given: &Given<'_>) -> Result<Call<Part>, String> {
    let p: DepthwiseInt2d = given.params()?;
    has_no_zero_point(p.zero_x)?;
    let outputs = p.conv.channels * p.conv.multiplier;
    let weights = Weights::of(given, p.zero_x, outputs)?;
    let channels = weights.known(given)?;
    let (finish, multipliers) = finish(&p.requantize, &channels, given.types[0])?;
    let words = weights.in_turns(p.conv.multiplier, &multipliers, |weights, multipliers| {
        taps(weights, multipliers, 0)
    });
    let p = PackedDepthwise2d {
        conv: p.conv,
        zero_x: 0,
        finish,
    };
    let scratch = Part::Scratch(p.scratch::<Dsp16Taps>());
    let (x, y) = (Part::Given(0), Part::Given(5));
    let packed = Part::Constant(words);
    Ok(call::depthwise2d_dsp_x16(p, x, packed, scratch, y))
}
