//! Functions of one number.

use super::{Cases, Operand};
use mlc_compiler::tflite::schema::BuiltinOperator as B;

/// Builtins with the numbers that they are for.
const FLOATS: &[(B, f64, f64)] = &[
    (B::Abs, -3.0, 3.0),
    (B::Ceil, -3.0, 3.0),
    (B::Cos, -6.0, 6.0),
    (B::Exp, -3.0, 3.0),
    (B::Floor, -3.0, 3.0),
    (B::Log, 0.01, 9.0),
    (B::Neg, -3.0, 3.0),
    (B::Round, -3.0, 3.0),
    (B::Rsqrt, 0.01, 9.0),
    (B::Sign, -3.0, 3.0),
    (B::Sin, -6.0, 6.0),
    (B::Sqrt, 0.0, 9.0),
    (B::Square, -3.0, 3.0),
];

/// Builtins with what bytes stand for, before and after.
const BYTES: &[(B, [f32; 2], [i64; 2])] = &[
    (B::Abs, [0.05, 0.025], [3, -128]),
    (B::Exp, [0.02, 0.06], [10, -128]),
    (B::Log, [0.03, 0.05], [-128, 5]),
    (B::Neg, [0.05, 0.05], [3, -3]),
    (B::Rsqrt, [0.1, 0.02], [-128, -128]),
];

pub(super) fn add(cases: &mut Cases) {
    for &(code, least, most) in FLOATS {
        let x = Operand::floats(&[2, 33]).within(least, most);
        cases.add(code, "f32", None, vec![x], vec![Operand::floats(&[2, 33])]);
    }
    for &(code, [sx, sy], [zx, zy]) in BYTES {
        let (x, y) = (
            Operand::bytes(&[4, 500], sx, zx),
            Operand::bytes(&[4, 500], sy, zy),
        );
        // No logarithm, and no root, is asked of nothing, and no integer that has no opposite.
        let x = if zx == -128 || code == B::Neg {
            x.within(-127.0, 127.0)
        } else {
            x
        };
        cases.add(code, "i8", None, vec![x], vec![y]);
    }
    let truths = || Operand::truths(&[5, 7]);
    cases.add(B::LogicalNot, "bool", None, vec![truths()], vec![truths()]);
}
