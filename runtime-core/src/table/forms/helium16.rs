//! Packing for Helium, for elements of 16 bits: layouts as [`isa::helium16`](crate::isa::helium16) has them.

use super::halves;
use super::scales::Scales;
use super::weights::Weights;
use super::{Given, Part};
use crate::isa::helium16::{CHANNELS, Helium16, LANE_COUNT, LANES};
use crate::table::{Call, call};
use std::string::String;
use std::vec::Vec;

pub(super) fn conv2d(given: &Given<'_>) -> Result<Call<Part>, String> {
    halves::conv2d::<Helium16>(given, product, call::conv2d_helium_x16)
}

/// Biases, vectors of weights and multipliers of four channels after those of another four.
fn product(weights: &Weights, scales: &Scales) -> Vec<i32> {
    let mut words = Vec::new();
    for first in (0..weights.channels).step_by(CHANNELS) {
        let four = first..first + CHANNELS;
        words.extend(four.clone().map(|c| weights.bias(c)));
        for k in (0..weights.len).step_by(LANE_COUNT) {
            for c in four.clone() {
                words.extend(vector(|i| weights.element(k + i, c)));
            }
        }
        words.extend(four.map(|c| scales.multiplier(c)));
    }
    words
}

pub(super) fn depthwise2d(given: &Given<'_>) -> Result<Call<Part>, String> {
    halves::depthwise2d::<Helium16>(given, taps, call::depthwise2d_helium_x16)
}

/// Biases, the weights of each tap and multipliers of eight channels after those of another eight.
fn taps(weights: &Weights, scales: &Scales) -> Vec<i32> {
    let mut words = Vec::new();
    for first in (0..weights.channels).step_by(LANE_COUNT) {
        words.extend(LANES.map(|lane| weights.bias(first + lane)));
        for tap in 0..weights.len {
            words.extend(vector(|i| weights.element(tap, first + i)));
        }
        words.extend(LANES.map(|lane| scales.multiplier(first + lane)));
    }
    words
}

/// The words of eight bytes.
fn vector(byte: impl Fn(usize) -> i8) -> [i32; LANE_COUNT / 4] {
    let byte = |i| byte(i) as u8;
    [0, 4].map(|i| i32::from_le_bytes([i, i + 1, i + 2, i + 3].map(byte)))
}
