//! Packing for cores that multiply one pair of numbers at a time: layouts as [`isa::scalar`](crate::isa::scalar) has
//! them.

use super::finish::finish;
use super::weights::Weights;
use super::{Form, Given, Isa, Part};
use crate::isa::armv6m::Armv6m;
use crate::isa::armv7m::Armv7m;
use crate::isa::rv32::Rv32;
use crate::isa::scalar::{CHANNELS, Loops, Scalar};
use crate::kernels::conv2d_int::ConvInt2d;
use crate::kernels::packed::conv2d::PackedConv2d;
use crate::table::{Call, call, row};
use std::string::String;
use std::vec::Vec;

pub(super) const FORMS: &[Form] = &[
    Form {
        isa: Isa::Armv6m,
        kernel: &row::conv2d_w8,
        pack: |given| conv2d::<Armv6m>(given, call::conv2d_armv6m),
    },
    Form {
        isa: Isa::Armv7m,
        kernel: &row::conv2d_w8,
        pack: |given| conv2d::<Armv7m>(given, call::conv2d_armv7m),
    },
    Form {
        isa: Isa::Rv32,
        kernel: &row::conv2d_w8,
        pack: |given| conv2d::<Rv32>(given, call::conv2d_rv32),
    },
];

fn conv2d<I: Loops>(
    given: &Given<'_>,
    call: fn(PackedConv2d, Part, Part, Part, Part) -> Call<Part>,
) -> Result<Call<Part>, String> {
    let p: ConvInt2d = given.params()?;
    if p.conv.groups != 1 {
        return Err("its channels are in groups".into());
    }
    let weights = Weights::of(given, p.zero_x, p.conv.out_c)?;
    let (finish, multipliers) =
        finish(&p.requantize, &weights.known(given)?, given.types[0])?;
    let p = PackedConv2d {
        conv: p.conv,
        zero_x: p.zero_x as u8,
        finish,
    };
    let packed = Part::Constant(packed(&weights, &multipliers, I::UNSIGNED));
    let scratch = Part::Scratch(p.scratch::<Scalar<I>>());
    Ok(call(p, Part::Given(0), packed, scratch, Part::Given(5)))
}

/// Biases, weights and multipliers of four channels after those of another four.
fn packed(weights: &Weights, multipliers: &[i32], unsigned: bool) -> Vec<i32> {
    let (above, flip) = if unsigned { (128, 0x80) } else { (0, 0) };
    let mut words = Vec::new();
    for first in (0..weights.channels).step_by(CHANNELS) {
        let four = [0, 1, 2, 3].map(|c| first + c);
        words.extend(four.map(|c| {
            let sum: i32 = (0..weights.len).map(|k| weights.weight(k, c)).sum();
            weights.bias(c).wrapping_sub(sum.wrapping_mul(above))
        }));
        for k in 0..weights.len.next_multiple_of(4) {
            let byte = |c| weights.weight(k, c) as u8 ^ flip;
            words.push(i32::from_le_bytes(four.map(byte)));
        }
        words.extend(four.map(|c| multipliers.get(c).copied().unwrap_or(0)));
    }
    words
}
