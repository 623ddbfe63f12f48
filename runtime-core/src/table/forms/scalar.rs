//! Packing for cores that multiply one pair of numbers at a time: layouts as [`isa::scalar`](crate::isa::scalar) has
//! them.

use super::finish::finish;
use super::scales::Scales;
use super::weights::Weights;
use super::{Form, Given, Isa, Part};
use crate::isa::armv6m::Armv6m;
use crate::isa::armv7m::Armv7m;
use crate::isa::rv32::Rv32;
use crate::isa::scalar::{CHANNELS, ELEMENTS, Loops, Scalar};
use crate::kernels::conv2d_int::ConvInt2d;
use crate::kernels::depthwise2d_int::DepthwiseInt2d;
use crate::kernels::packed::conv2d::PackedConv2d;
use crate::kernels::packed::depthwise2d::PackedDepthwise2d;
use crate::table::{Call, call, row};
use std::string::String;
use std::vec::Vec;

/// The forms of an instruction set.
macro_rules! forms {
    ($($isa:ident: $conv2d:ident, $depthwise2d:ident;)*) => {
        &[$(
            Form {
                isa: Isa::$isa,
                kernel: &row::conv2d_w8,
                pack: |given| conv2d::<$isa>(given, call::$conv2d),
            },
            Form {
                isa: Isa::$isa,
                kernel: &row::depthwise2d_w8,
                pack: |given| depthwise2d::<$isa>(given, call::$depthwise2d),
            },
        )*]
    };
}

pub(super) const FORMS: &[Form] = forms! {
    Armv6m: conv2d_armv6m, depthwise2d_armv6m;
    Armv7m: conv2d_armv7m, depthwise2d_armv7m;
    Rv32: conv2d_rv32, depthwise2d_rv32;
};

fn conv2d<I: Loops>(
    given: &Given<'_>,
    call: fn(PackedConv2d, Part, Part, Part, Part) -> Call<Part>,
) -> Result<Call<Part>, String> {
    given.is_of_bytes()?;
    let p: ConvInt2d = given.params()?;
    let weights = Weights::of(given, p.zero_x, p.conv.out_c)?;
    let (finish, scales) = finish(&p.requantize, &weights.known(given)?, given.types[0])?;
    let p = PackedConv2d {
        conv: p.conv,
        zero_x: p.zero_x as u8,
        finish,
    };
    let len = weights.len.next_multiple_of(ELEMENTS);
    let packed = weights.in_groups(p.conv.groups, &scales, |weights, scales| {
        packed(weights, len, scales, I::UNSIGNED)
    });
    let packed = Part::Constant(packed);
    let scratch = Part::Scratch(p.scratch::<Scalar<I, false>>());
    Ok(call(p, Part::Given(0), packed, scratch, Part::Given(5)))
}

fn depthwise2d<I: Loops>(
    given: &Given<'_>,
    call: fn(PackedDepthwise2d, Part, Part, Part, Part) -> Call<Part>,
) -> Result<Call<Part>, String> {
    given.is_of_bytes()?;
    let p: DepthwiseInt2d = given.params()?;
    let outputs = p.conv.channels * p.conv.multiplier;
    let weights = Weights::of(given, p.zero_x, outputs)?;
    let (finish, scales) = finish(&p.requantize, &weights.known(given)?, given.types[0])?;
    let p = PackedDepthwise2d {
        conv: p.conv,
        zero_x: p.zero_x as u8,
        finish,
    };
    let packed = weights.in_turns(p.conv.multiplier, &scales, |weights, scales| {
        packed(weights, weights.len, scales, false)
    });
    let packed = Part::Constant(packed);
    let scratch = Part::Scratch(p.scratch::<Scalar<I, false>>());
    Ok(call(p, Part::Given(0), packed, scratch, Part::Given(5)))
}

/// Biases, `len` weights and multipliers of four channels after those of another four.
fn packed(weights: &Weights, len: usize, scales: &Scales, unsigned: bool) -> Vec<i32> {
    let (above, flip) = if unsigned { (128, 0x80) } else { (0, 0) };
    let mut words = Vec::new();
    for first in (0..weights.channels).step_by(CHANNELS) {
        let four = [0, 1, 2, 3].map(|c| first + c);
        words.extend(four.map(|c| {
            let sum: i32 = (0..weights.len).map(|k| weights.weight(k, c)).sum();
            weights.bias(c).wrapping_sub(sum.wrapping_mul(above))
        }));
        for k in 0..len {
            let byte = |c| weights.weight(k, c) as u8 ^ flip;
            words.push(i32::from_le_bytes(four.map(byte)));
        }
        words.extend(scales.of_four(first));
    }
    words
}
