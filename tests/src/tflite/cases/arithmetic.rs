//! Functions of two numbers.

use super::{Cases, Operand, some};
use mlc_compiler::tflite::schema::{
    ActivationFunctionType as Fused, AddOptions, BuiltinOperator as B, BuiltinOptions as O,
    DivOptions, MulOptions, SubOptions, TensorType,
};

fn options(code: B, fused_activation_function: Fused) -> Option<O> {
    let pot_scale_int16 = false;
    match code {
        B::Add => some(
            O::AddOptions,
            AddOptions {
                fused_activation_function,
                pot_scale_int16,
            },
        ),
        B::Sub => some(
            O::SubOptions,
            SubOptions {
                fused_activation_function,
                pot_scale_int16,
            },
        ),
        B::Mul => some(
            O::MulOptions,
            MulOptions {
                fused_activation_function,
            },
        ),
        B::Div => some(
            O::DivOptions,
            DivOptions {
                fused_activation_function,
            },
        ),
        _ => None,
    }
}

pub(super) fn add(cases: &mut Cases) {
    let floats = [
        B::Add,
        B::Sub,
        B::Mul,
        B::Div,
        B::Maximum,
        B::Minimum,
        B::SquaredDifference,
        B::FloorDiv,
        B::FloorMod,
    ];
    for code in floats {
        for (special, shape) in [("f32", &[3, 4, 5][..]), ("f32_broadcast", &[4, 1])] {
            let (a, b) = (
                Operand::floats(&[3, 4, 5]),
                Operand::floats(shape).within(0.3, 2.0),
            );
            cases.add(
                code,
                special,
                options(code, Fused::None),
                vec![a.clone(), b],
                vec![a],
            );
        }
    }
    let base = Operand::floats(&[3, 4, 5]).within(0.1, 3.0);
    cases.add(
        B::Pow,
        "f32",
        None,
        vec![base.clone(), Operand::floats(&[3, 4, 5])],
        vec![base.clone()],
    );
    cases.add(
        B::AddN,
        "f32",
        None,
        vec![base.clone(), base.clone(), base.clone()],
        vec![base],
    );
    fused(cases);
    integers(cases);
    bytes(cases);
}

fn fused(cases: &mut Cases) {
    let activations = [
        ("relu", Fused::Relu),
        ("relu6", Fused::Relu6),
        ("relu_n1_to_1", Fused::ReluN1To1),
    ];
    for (special, activation) in activations {
        for code in [B::Add, B::Sub, B::Mul, B::Div] {
            let (a, b) = (
                Operand::floats(&[60]).within(-9.0, 9.0),
                Operand::floats(&[60]).within(0.5, 2.0),
            );
            cases.add(
                code,
                &format!("f32_{special}"),
                options(code, activation),
                vec![a.clone(), b],
                vec![a],
            );
        }
    }
    let (a, b) = (
        Operand::bytes(&[200], 0.05, 3),
        Operand::bytes(&[200], 0.03, -7),
    );
    let y = Operand::bytes(&[200], 0.07, 11);
    for (special, activation) in [("i8_relu", Fused::Relu), ("i8_relu6", Fused::Relu6)] {
        cases.add(
            B::Add,
            special,
            options(B::Add, activation),
            vec![a.clone(), b.clone()],
            vec![y.clone()],
        );
        cases.add(
            B::Mul,
            special,
            options(B::Mul, activation),
            vec![a.clone(), b.clone()],
            vec![y.clone()],
        );
    }
}

fn integers(cases: &mut Cases) {
    for code in [
        B::Add,
        B::Sub,
        B::Mul,
        B::Maximum,
        B::Minimum,
        B::FloorDiv,
        B::FloorMod,
    ] {
        let a = Operand::integers(&[60], -999, 999);
        let b = Operand::integers(&[60], 1, 99);
        cases.add(
            code,
            "i32",
            options(code, Fused::None),
            vec![a.clone(), b],
            vec![a],
        );
    }
    let a = Operand::integers(&[60], -999, 999);
    cases.add(
        B::BitwiseXor,
        "i32",
        None,
        vec![a.clone(), a.clone()],
        vec![a.clone()],
    );
    cases.add(
        B::SquaredDifference,
        "i32",
        None,
        vec![a.clone(), a.clone()],
        vec![a.clone()],
    );
    let wide = a.typed(TensorType::Int64);
    cases.add(
        B::Add,
        "i64",
        options(B::Add, Fused::None),
        vec![wide.clone(), wide.clone()],
        vec![wide],
    );
}

fn bytes(cases: &mut Cases) {
    let outputs = [
        (B::Add, 0.09, 5),
        (B::Sub, 0.09, 5),
        (B::Mul, 0.15, 5),
        (B::SquaredDifference, 0.6, -128),
        (B::Div, 0.2, 0),
    ];
    for (code, scale, zero) in outputs {
        let (a, b) = (
            Operand::bytes(&[10, 30], 0.05, 3),
            Operand::bytes(&[10, 30], 0.03, -7),
        );
        // A divisor is not nothing.
        let b = if code == B::Div {
            b.within(10.0, 127.0)
        } else {
            b
        };
        cases.add(
            code,
            "i8",
            options(code, Fused::None),
            vec![a.clone(), b],
            vec![Operand::bytes(&[10, 30], scale, zero)],
        );
        if matches!(code, B::Add | B::Sub | B::Mul) {
            let (a, b) = (
                Operand::words(&[10, 30], 0.0005),
                Operand::words(&[10, 30], 0.0003),
            );
            cases.add(
                code,
                "i16",
                options(code, Fused::None),
                vec![a, b],
                vec![Operand::words(&[10, 30], 0.001)],
            );
            let b = Operand::bytes(&[30], 0.03, -7);
            cases.add(
                code,
                "i8_broadcast",
                options(code, Fused::None),
                vec![Operand::bytes(&[10, 30], 0.05, 3), b],
                vec![Operand::bytes(&[10, 30], scale, zero)],
            );
        }
    }
    for code in [B::Maximum, B::Minimum] {
        let x = Operand::bytes(&[10, 30], 0.05, 3);
        cases.add(code, "i8", None, vec![x.clone(), x.clone()], vec![x]);
    }
}
