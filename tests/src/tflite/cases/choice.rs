//! Comparisons and choices.

use super::{Cases, Operand};
use mlc_compiler::tflite::schema::BuiltinOperator as B;

pub(super) fn add(cases: &mut Cases) {
    let truths = || Operand::truths(&[6, 9]);
    for code in [
        B::Equal,
        B::NotEqual,
        B::Less,
        B::LessEqual,
        B::Greater,
        B::GreaterEqual,
    ] {
        let whole = Operand::integers(&[6, 9], -2, 2);
        cases.add(
            code,
            "i32",
            None,
            vec![whole.clone(), whole],
            vec![truths()],
        );
        let x = Operand::floats(&[6, 9]);
        cases.add(
            code,
            "f32",
            None,
            vec![x, Operand::floats(&[9])],
            vec![truths()],
        );
        let x = Operand::bytes(&[6, 9], 0.1, 3).within(-3.0, 3.0);
        cases.add(code, "i8", None, vec![x.clone(), x], vec![truths()]);
        let (a, b) = (
            Operand::bytes(&[6, 9], 0.1, 3),
            Operand::bytes(&[6, 9], 0.07, -5),
        );
        cases.add(code, "i8_scales", None, vec![a, b], vec![truths()]);
    }
    for code in [B::LogicalAnd, B::LogicalOr] {
        cases.add(
            code,
            "bool",
            None,
            vec![truths(), Operand::truths(&[9])],
            vec![truths()],
        );
    }
    let (x, b) = (Operand::floats(&[6, 9]), Operand::bytes(&[6, 9], 0.1, 3));
    for code in [B::Select, B::SelectV2] {
        cases.add(
            code,
            "f32",
            None,
            vec![truths(), x.clone(), x.clone()],
            vec![x.clone()],
        );
        cases.add(
            code,
            "i8",
            None,
            vec![truths(), b.clone(), b.clone()],
            vec![b.clone()],
        );
    }
    cases.add(
        B::Select,
        "rows",
        None,
        vec![Operand::truths(&[6]), x.clone(), x.clone()],
        vec![x.clone()],
    );
    cases.add(
        B::SelectV2,
        "broadcast",
        None,
        vec![Operand::truths(&[9]), x.clone(), Operand::floats(&[6, 1])],
        vec![x],
    );
}
