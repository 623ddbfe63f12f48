//! Packing for loops over floats: the layout as [`isa::floats`](crate::isa::floats) has it.

use super::{Form, Given, Isa, Part};
use crate::isa::floats::CHANNELS;
use crate::kernels::activation::Activation;
use crate::kernels::conv2d::Conv2d;
use crate::kernels::depthwise2d::Depthwise2d;
use crate::kernels::matmul::MatMul;
use crate::kernels::packed::floats::Bounds;
use crate::kernels::rows::Rows;
use crate::table::{Call, call, row};
use std::string::String;
use std::vec::Vec;

/// The forms of an instruction set: of layers that overwrite, and of such as add to what is there.
macro_rules! forms {
    ($($isa:ident: $conv2d:ident, $conv2d_add:ident, $depthwise2d:ident, $depthwise2d_add:ident;)*) => {
        &[$(
            Form {
                isa: Isa::$isa,
                kernel: &row::conv2d_f32,
                pack: |given| conv2d(given, call::$conv2d),
            },
            Form {
                isa: Isa::$isa,
                kernel: &row::conv2d_add_f32,
                pack: |given| conv2d(given, call::$conv2d_add),
            },
            Form {
                isa: Isa::$isa,
                kernel: &row::depthwise2d_f32,
                pack: |given| depthwise2d(given, call::$depthwise2d),
            },
            Form {
                isa: Isa::$isa,
                kernel: &row::depthwise2d_add_f32,
                pack: |given| depthwise2d(given, call::$depthwise2d_add),
            },
            Form {
                isa: Isa::$isa,
                kernel: &row::matmul_f32,
                pack: |given| matmul(given, call::$conv2d),
            },
            Form {
                isa: Isa::$isa,
                kernel: &row::matmul_add_f32,
                pack: |given| matmul(given, call::$conv2d_add),
            },
        )*]
    };
}

pub(super) const FORMS: &[Form] = forms! {
    Fpu: conv2d_fpu, conv2d_add_fpu, depthwise2d_fpu, depthwise2d_add_fpu;
    Helium: conv2d_helium_f32, conv2d_add_helium_f32, depthwise2d_helium_f32, depthwise2d_add_helium_f32;
};

/// Writes a call with its parameters, inputs, constants and outputs.
type Packed<P> = fn(P, Part, Part, Part) -> Call<Part>;

fn conv2d(given: &Given<'_>, call: Packed<Conv2d>) -> Result<Call<Part>, String> {
    let p: Conv2d = given.params()?;
    if p.groups != 1 {
        return Err("its channels are in groups".into());
    }
    convolution(given, p, call)
}

/// As a convolution of an image of one row, whose pixels are the rows of the matrix.
fn matmul(given: &Given<'_>, call: Packed<Conv2d>) -> Result<Call<Part>, String> {
    let p: MatMul = given.params()?;
    if p.batch.iter().product::<usize>() != 1 {
        return Err("it is a product of several matrices".into());
    }
    let conv = Conv2d {
        batch: 1,
        in_h: 1,
        in_w: p.m,
        in_c: p.k,
        out_h: 1,
        out_w: p.m,
        out_c: p.n,
        groups: 1,
        kernel: [1, 1],
        stride: [1, 1],
        dilation: [1, 1],
        pad_top: 0,
        pad_left: 0,
        activation: p.activation,
        rows: Rows::all(1),
    };
    convolution(given, conv, call)
}

fn convolution(given: &Given<'_>, p: Conv2d, call: Packed<Conv2d>) -> Result<Call<Part>, String> {
    let packed = packed(given, p.out_c, p.activation)?;
    Ok(call(p, Part::Given(0), packed, Part::Given(3)))
}

fn depthwise2d(given: &Given<'_>, call: Packed<Depthwise2d>) -> Result<Call<Part>, String> {
    let p: Depthwise2d = given.params()?;
    if p.multiplier != 1 {
        return Err("it has several outputs for a channel".into());
    }
    if p.channels < CHANNELS {
        return Err("it has fewer than eight channels".into());
    }
    let packed = packed(given, p.channels, p.activation)?;
    Ok(call(p, Part::Given(0), packed, Part::Given(3)))
}

/// Biases and weights of eight channels after those of another eight.
fn packed(given: &Given<'_>, channels: usize, activation: Activation) -> Result<Part, String> {
    if Bounds::of(activation).is_none() {
        return Err("its activation is more than bounds".into());
    }
    let weights = given.constant(1, f32::from_le_bytes)?;
    let bias = given.constant(2, f32::from_le_bytes)?;
    let bits = |values: &[f32], i: usize| values.get(i).map_or(0, |v| v.to_bits().cast_signed());
    let mut words = Vec::new();
    for first in (0..channels).step_by(CHANNELS) {
        let first = first.min(channels.saturating_sub(CHANNELS));
        let eight = first..first + CHANNELS;
        words.extend(eight.clone().map(|c| bits(&bias, c)));
        for weights in weights.chunks_exact(channels) {
            words.extend(eight.clone().map(|c| bits(weights, c)));
        }
    }
    Ok(Part::Constant(words))
}
