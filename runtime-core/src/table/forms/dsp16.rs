//! Packing for the DSP extension of Arm, for elements of 16 bits: layouts as [`isa::dsp16`](crate::isa::dsp16) has them.

use super::dsp::taps;
use super::halves;
use super::scales::Scales;
use super::weights::Weights;
use super::{Given, Part};
use crate::isa::dsp16::{CHANNELS, Dsp16, ELEMENTS};
use crate::isa::dsp16_taps::Dsp16Taps;
use crate::table::{Call, call};
use std::string::String;
use std::vec::Vec;

pub(super) fn conv2d(given: &Given<'_>) -> Result<Call<Part>, String> {
    halves::conv2d::<Dsp16>(given, columns, call::conv2d_dsp_x16)
}

/// Biases, weights and multipliers of two channels after those of another two.
fn columns(weights: &Weights, scales: &Scales) -> Vec<i32> {
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
        words.extend(two.map(|c| scales.multiplier(c)));
    }
    words
}

pub(super) fn depthwise2d(given: &Given<'_>) -> Result<Call<Part>, String> {
    let pack = |weights: &Weights, scales: &Scales| taps(weights, scales, 0);
    halves::depthwise2d::<Dsp16Taps>(given, pack, call::depthwise2d_dsp_x16)
}
