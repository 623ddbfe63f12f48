//! Packing for Helium, for elements of 16 bits: layouts as [`isa::helium16`](crate::isa::helium16) has them.

use super::dsp16::has_no_zero_point;
use super::finish::finish;
use super::weights::Weights;
use super::{Given, Part};
use crate::isa::helium16::{CHANNELS, Helium16, LANE_COUNT, LANES};
use crate::kernels::conv2d_int::ConvInt2d;
use crate::kernels::depthwise2d_int::DepthwiseInt2d;
use crate::kernels::packed::conv2d::PackedConv2d;
use crate::kernels::packed::depthwise2d::PackedDepthwise2d;
use crate::table::{Call, call};
use std::string::String;
use std::vec::Vec;

pub(super) fn conv2d(given: &Given<'_>) -> Result<Call<Part>, String> {
    let p: ConvInt2d = given.params()?;
    has_no_zero_point(p.zero_x)?;
    let weights = Weights::of(given, p.zero_x, p.conv.out_c)?;
    let channels = weights.known(given)?;
    let (finish, multipliers) = finish(&p.requantize, &channels, given.types[0])?;
    let words = weights.in_groups(p.conv.groups, &multipliers, product);
    let p = PackedConv2d {
        conv: p.conv,
        zero_x: 0,
        finish,
    };
    let scratch = Part::Scratch(p.scratch_of_product::<Helium16>());
    let (x, y) = (Part::Given(0), Part::Given(5));
    let packed = Part::Constant(words);
    Ok(call::conv2d_helium_x16(p, x, packed, scratch, y))
}

/// Biases, vectors of weights and multipliers of four channels after those of another four.
fn product(weights: &Weights, multipliers: &[i32]) -> Vec<i32> {
    let mut words = Vec::new();
    for first in (0..weights.channels).step_by(CHANNELS) {
        let four = first..first + CHANNELS;
        words.extend(four.clone().map(|c| weights.bias(c)));
        for k in (0..weights.len).step_by(LANE_COUNT) {
            for c in four.clone() {
                words.extend(vector(|i| weights.element(k + i, c)));
            }
        }
        words.extend(four.map(|c| multipliers.get(c).copied().unwrap_or(0)));
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
    let words = weights.in_turns(p.conv.multiplier, &multipliers, taps);
    let p = PackedDepthwise2d {
        conv: p.conv,
        zero_x: 0,
        finish,
    };
    let scratch = Part::Scratch(p.scratch::<Helium16>());
    let (x, y) = (Part::Given(0), Part::Given(5));
    let packed = Part::Constant(words);
    Ok(call::depthwise2d_helium_x16(p, x, packed, scratch, y))
}

/// Biases, the weights of each tap and multipliers of eight channels after those of another eight.
fn taps(weights: &Weights, multipliers: &[i32]) -> Vec<i32> {
    let mut words = Vec::new();
    for first in (0..weights.channels).step_by(LANE_COUNT) {
        words.extend(LANES.map(|lane| weights.bias(first + lane)));
        for tap in 0..weights.len {
            words.extend(vector(|i| weights.element(tap, first + i)));
        }
        let multiplier = |lane| multipliers.get(first + lane).copied().unwrap_or(0);
        words.extend(LANES.map(multiplier));
    }
    words
}

/// The words of eight bytes.
fn vector(byte: impl Fn(usize) -> i8) -> [i32; LANE_COUNT / 4] {
    let byte = |i| byte(i) as u8;
    [0, 4].map(|i| i32::from_le_bytes([i, i + 1, i + 2, i + 3].map(byte)))
}
