//! Packing of layers whose elements have 16 bits: what an instruction set packs, and the call that takes it, is its own.

use super::finish::finish;
use super::scales::Scales;
use super::weights::Weights;
use super::{Given, Part};
use crate::kernels::conv2d_int::ConvInt2d;
use crate::kernels::depthwise2d_int::DepthwiseInt2d;
use crate::kernels::packed::conv2d::PackedConv2d;
use crate::kernels::packed::depthwise2d::{PackedDepthwise2d, Taps};
use crate::kernels::packed::product::Product;
use crate::table::Call;
use std::string::String;
use std::vec::Vec;

/// Packs channels, with their multipliers.
type Pack = fn(&Weights, &Scales) -> Vec<i32>;

/// Makes a call of parameters, elements, constants, scratch and results.
type Make<P> = fn(P, Part, Part, Part, Part) -> Call<Part>;

/// A convolution by products of whole windows.
pub(super) fn conv2d<T: Product>(
    given: &Given<'_>,
    pack: Pack,
    make: Make<PackedConv2d>,
) -> Result<Call<Part>, String> {
    let p: ConvInt2d = given.params()?;
    has_no_zero_point(p.zero_x)?;
    let weights = Weights::of(given, p.zero_x, p.conv.out_c)?;
    let channels = weights.known(given)?;
    let (finish, scales) = finish(&p.requantize, &channels, given.types[0])?;
    let packed = weights.in_groups(p.conv.groups, &scales, pack);
    let p = PackedConv2d {
        conv: p.conv,
        zero_x: 0,
        finish,
    };
    let scratch = Part::Scratch(p.scratch_of_product::<T>());
    let (x, y) = (Part::Given(0), Part::Given(5));
    Ok(make(p, x, Part::Constant(packed), scratch, y))
}

/// A depthwise convolution, tap by tap.
pub(super) fn depthwise2d<T: Taps>(
    given: &Given<'_>,
    pack: Pack,
    make: Make<PackedDepthwise2d>,
) -> Result<Call<Part>, String> {
    let p: DepthwiseInt2d = given.params()?;
    has_no_zero_point(p.zero_x)?;
    let outputs = p.conv.channels * p.conv.multiplier;
    let weights = Weights::of(given, p.zero_x, outputs)?;
    let channels = weights.known(given)?;
    let (finish, scales) = finish(&p.requantize, &channels, given.types[0])?;
    let packed = weights.in_turns(p.conv.multiplier, &scales, pack);
    let p = PackedDepthwise2d {
        conv: p.conv,
        zero_x: 0,
        finish,
    };
    let scratch = Part::Scratch(p.scratch::<T>());
    let (x, y) = (Part::Given(0), Part::Given(5));
    Ok(make(p, x, Part::Constant(packed), scratch, y))
}

/// Padding is bytes, and those of other elements are not alike.
fn has_no_zero_point(zero_x: i32) -> Result<(), String> {
    match zero_x {
        0 => Ok(()),
        _ => Err("its elements of 16 bits have a zero point".into()),
    }
}
