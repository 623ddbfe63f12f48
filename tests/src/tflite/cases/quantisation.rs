//! Conversions.

use super::{Cases, Operand};
use mlc_compiler::tflite::schema::{BuiltinOperator as B, TensorType};

pub(super) fn add(cases: &mut Cases) {
    let (floats, bytes, words) = (
        || Operand::floats(&[3, 700]).within(-9.0, 9.0),
        || Operand::bytes(&[3, 700], 0.05, 3),
        || Operand::words(&[3, 700], 0.0003),
    );
    let unsigned = || bytes().typed(TensorType::Uint8).within(0.0, 255.0);
    for (special, codes) in [("i8", bytes()), ("i16", words()), ("u8", unsigned())] {
        cases.add(
            B::Quantize,
            &format!("f32_{special}"),
            None,
            vec![floats()],
            vec![codes.clone()],
        );
        cases.add(B::Dequantize, special, None, vec![codes], vec![floats()]);
    }
    let other = Operand::bytes(&[3, 700], 0.07, -20);
    cases.add(
        B::Quantize,
        "i8_i8",
        None,
        vec![bytes()],
        vec![other.clone()],
    );
    cases.add(B::Quantize, "i8_u8", None, vec![bytes()], vec![unsigned()]);
    cases.add(B::Quantize, "u8_i8", None, vec![unsigned()], vec![bytes()]);
    cases.add(B::Quantize, "i16_i8", None, vec![words()], vec![other]);
    cases.add(
        B::Quantize,
        "i8_i16",
        None,
        vec![bytes()],
        vec![Operand::words(&[3, 700], 0.0005)],
    );
    let halves: Vec<u16> = (0..2100).map(|i| 0x3c00 + i % 999).collect();
    let halves = floats().holding(&halves).typed(TensorType::Float16);
    cases.add(B::Dequantize, "f16", None, vec![halves], vec![floats()]);
    casts(cases);
}

fn casts(cases: &mut Cases) {
    let types = [
        (TensorType::Float32, "f32"),
        (TensorType::Int32, "i32"),
        (TensorType::Int8, "i8"),
        (TensorType::Int64, "i64"),
        (TensorType::Bool, "bool"),
    ];
    for (from, before) in types {
        for (to, after) in types {
            if from == to {
                continue;
            }
            let range = if from == TensorType::Bool {
                (0.0, 1.0)
            } else {
                (-99.0, 99.0)
            };
            let x = Operand::floats(&[40]).typed(from).within(range.0, range.1);
            cases.add(
                B::Cast,
                &format!("{before}_{after}"),
                None,
                vec![x],
                vec![Operand::floats(&[40]).typed(to)],
            );
        }
    }
}
