//! Activations.

use super::{Cases, Operand, random, some};
use mlc_compiler::tflite::schema::{
    BuiltinOperator as B, BuiltinOptions as O, GeluOptions, LeakyReluOptions, SoftmaxOptions,
};

/// Enough for every byte.
const SHAPE: [usize; 2] = [4, 500];

/// Builtins without options, with what bytes of the result stand for.
const PLAIN: &[(B, f32, i64)] = &[
    (B::Elu, 0.03, -80),
    (B::HardSwish, 0.03, -100),
    (B::Logistic, 0.00390625, -128),
    (B::Relu, 0.03, -128),
    (B::Relu0To1, 0.0078125, -100),
    (B::Relu6, 0.024, -128),
    (B::ReluN1To1, 0.0078125, 0),
    (B::Tanh, 0.0078125, 0),
];

pub(super) fn add(cases: &mut Cases) {
    for &(code, scale, zero) in PLAIN {
        let x = Operand::floats(&SHAPE).within(-8.0, 8.0);
        cases.add(code, "f32", None, vec![x], vec![Operand::floats(&SHAPE)]);
        // One engine has this between equal scales only.
        let (sx, zx) = if code == B::Relu6 {
            (scale, zero)
        } else {
            (0.05, 4)
        };
        let (x, y) = (
            Operand::bytes(&SHAPE, sx, zx),
            Operand::bytes(&SHAPE, scale, zero),
        );
        cases.add(code, "i8", None, vec![x], vec![y]);
    }
    words(cases);
    for approximate in [false, true] {
        let options = some(O::GeluOptions, GeluOptions { approximate });
        let x = Operand::floats(&SHAPE).within(-5.0, 5.0);
        cases.add(
            B::Gelu,
            &format!("f32_approximate_{approximate}"),
            options,
            vec![x],
            vec![Operand::floats(&SHAPE)],
        );
    }
    leaky(cases);
    softmax(cases);
}

/// Integers of 16 bits.
fn words(cases: &mut Cases) {
    for code in [B::Logistic, B::Tanh] {
        let (x, y) = (
            Operand::words(&SHAPE, 1.0 / 4096.0),
            Operand::words(&SHAPE, 1.0 / 32768.0),
        );
        cases.add(code, "i16", None, vec![x], vec![y]);
    }
}

fn leaky(cases: &mut Cases) {
    let options = || some(O::LeakyReluOptions, LeakyReluOptions { alpha: 0.15 });
    let x = Operand::floats(&SHAPE);
    cases.add(B::LeakyRelu, "f32", options(), vec![x.clone()], vec![x]);
    let (x, y) = (
        Operand::bytes(&SHAPE, 0.05, 4),
        Operand::bytes(&SHAPE, 0.04, -90),
    );
    cases.add(B::LeakyRelu, "i8", options(), vec![x], vec![y]);
    let x = Operand::floats(&[1, 5, 6, 7]);
    let slope = Operand::floats(&[1, 1, 7]).constant(&mut random("slope"));
    cases.add(B::Prelu, "f32", None, vec![x.clone(), slope], vec![x]);
    let (x, y) = (
        Operand::bytes(&[1, 5, 6, 7], 0.05, 4),
        Operand::bytes(&[1, 5, 6, 7], 0.06, -9),
    );
    let slope = Operand::bytes(&[1, 1, 7], 0.01, 3).constant(&mut random("slope"));
    cases.add(B::Prelu, "i8", None, vec![x, slope], vec![y]);
}

fn softmax(cases: &mut Cases) {
    for (special, beta) in [("f32", 1.0), ("f32_beta", 0.5)] {
        let options = some(O::SoftmaxOptions, SoftmaxOptions { beta });
        let x = Operand::floats(&SHAPE);
        cases.add(B::Softmax, special, options, vec![x.clone()], vec![x]);
    }
    let options = some(O::SoftmaxOptions, SoftmaxOptions { beta: 1.0 });
    let (x, y) = (
        Operand::bytes(&SHAPE, 0.1, 4),
        Operand::bytes(&SHAPE, 0.00390625, -128),
    );
    cases.add(B::Softmax, "i8", options, vec![x], vec![y]);
    let x = Operand::floats(&SHAPE);
    cases.add(B::LogSoftmax, "f32", None, vec![x.clone()], vec![x]);
}
