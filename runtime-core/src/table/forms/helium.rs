//! Packing for Helium, the vectors of Arm's Cortex-M: layouts as [`helium_products`](crate::isa::helium_products)
//! and [`helium_taps`](crate::isa::helium_taps) have them.

use super::finish::finish;
use super::scales::Scales;
use super::weights::Weights;
use super::{Form, Given, Isa, Part, helium16};
use crate::isa::helium::VECTOR;
use crate::isa::helium_products::{CHANNELS, HeliumProducts};
use crate::isa::helium_taps::{HeliumTaps, LANES};
use crate::kernels::conv2d_int::ConvInt2d;
use crate::kernels::depthwise2d_int::DepthwiseInt2d;
use crate::kernels::packed::conv2d::PackedConv2d;
use crate::kernels::packed::depthwise2d::PackedDepthwise2d;
use crate::scalar::ElementType;
use crate::table::{Call, call, row};
use std::string::String;
use std::vec::Vec;

pub(super) const FORMS: &[Form] = &[
    Form {
        isa: Isa::Helium,
        kernel: &row::conv2d_w8,
        pack: conv2d,
    },
    Form {
        isa: Isa::Helium,
        kernel: &row::depthwise2d_w8,
        pack: depthwise2d,
    },
];

fn conv2d(given: &Given<'_>) -> Result<Call<Part>, String> {
    if given.types[0] == ElementType::I16 {
        return helium16::conv2d(given);
    }
    let p: ConvInt2d = given.params()?;
    let weights = Weights::of(given, p.zero_x, p.conv.out_c)?;
    let channels = weights.known(given)?;
    let (finish, scales) = finish(&p.requantize, &channels, given.types[0])?;
    let words = weights.in_groups(p.conv.groups, &scales, product);
    let p = PackedConv2d {
        conv: p.conv,
        zero_x: p.zero_x as u8,
        finish,
    };
    let scratch = Part::Scratch(p.scratch_of_product::<HeliumProducts<false>>());
    let (x, y) = (Part::Given(0), Part::Given(5));
    Ok(call::conv2d_helium(p, x, Part::Constant(words), scratch, y))
}

/// Biases, vectors of weights and scales of four channels after those of another four.
fn product(weights: &Weights, scales: &Scales) -> Vec<i32> {
    let mut words = Vec::new();
    for first in (0..weights.channels).step_by(CHANNELS) {
        let four = first..first + CHANNELS;
        words.extend(four.clone().map(|c| weights.bias(c)));
        for k in (0..weights.len).step_by(VECTOR) {
            for c in four.clone() {
                words.extend(vector(|i| weights.element(k + i, c)));
            }
        }
        words.extend(four.clone().map(|c| scales.multiplier(c)));
        words.extend(four.filter_map(|c| scales.left_shift(c)));
    }
    words
}

fn depthwise2d(given: &Given<'_>) -> Result<Call<Part>, String> {
    if given.types[0] == ElementType::I16 {
        return helium16::depthwise2d(given);
    }
    let p: DepthwiseInt2d = given.params()?;
    let outputs = p.conv.channels * p.conv.multiplier;
    let weights = Weights::of(given, p.zero_x, outputs)?;
    let channels = weights.known(given)?;
    let (finish, scales) = finish(&p.requantize, &channels, given.types[0])?;
    if p.conv.kernel == [3, 3] && !pairs_fit(&weights) {
        return Err("products of two taps may take more than 16 bits".into());
    }
    let words = weights.in_turns(p.conv.multiplier, &scales, taps);
    let p = PackedDepthwise2d {
        conv: p.conv,
        zero_x: p.zero_x as u8,
        finish,
    };
    let scratch = Part::Scratch(p.scratch::<HeliumTaps<false>>());
    let (x, y) = (Part::Given(0), Part::Given(5));
    let packed = Part::Constant(words);
    Ok(call::depthwise2d_helium(p, x, packed, scratch, y))
}

/// Biases, the weights of each tap and scales of sixteen channels after those of another sixteen.
fn taps(weights: &Weights, scales: &Scales) -> Vec<i32> {
    let mut words = Vec::new();
    for first in (0..weights.channels).step_by(VECTOR) {
        words.extend(LANES.map(|lane| weights.bias(first + lane)));
        for tap in 0..weights.len {
            words.extend(vector(|i| weights.element(tap, first + i)));
        }
        words.extend(LANES.map(|lane| scales.multiplier(first + lane)));
        words.extend(
            LANES
                .iter()
                .filter_map(|lane| scales.left_shift(first + lane)),
        );
    }
    words
}

/// The words of sixteen bytes.
fn vector(byte: impl Fn(usize) -> i8) -> [i32; VECTOR / 4] {
    let byte = |i| byte(i) as u8;
    [0, 4, 8, 12].map(|i| i32::from_le_bytes([i, i + 1, i + 2, i + 3].map(byte)))
}

/// Whether no products of any element with two taps, the first of which is an even one, sum to more than 16 bits.
fn pairs_fit(weights: &Weights) -> bool {
    let size = |tap, channel| weights.weight(tap, channel).abs();
    let fits =
        |tap, channel| (size(tap, channel) + size(tap + 1, channel)) * 128 <= i16::MAX.into();
    (0..weights.channels).all(|c| (0..weights.len).step_by(2).all(|tap| fits(tap, c)))
}
