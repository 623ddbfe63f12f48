//! Reductions.

use super::{Cases, Operand, some};
use mlc_compiler::tflite::schema::{
    ArgMaxOptions, ArgMinOptions, BuiltinOperator as B, BuiltinOptions as O, CumsumOptions,
    ReducerOptions, TensorType,
};

const SHAPE: [usize; 4] = [2, 5, 6, 7];
/// Axes, with what is left of the shape.
const AXES: &[(&str, &[i32], &[usize], bool)] = &[
    ("image", &[1, 2], &[2, 7], false),
    ("image_kept", &[1, 2], &[2, 1, 1, 7], true),
    ("last", &[-1], &[2, 5, 6], false),
    ("first", &[0], &[5, 6, 7], false),
    ("all", &[0, 1, 2, 3], &[], false),
];

pub(super) fn add(cases: &mut Cases) {
    for code in [B::Mean, B::Sum, B::ReduceProd, B::ReduceMax, B::ReduceMin] {
        for &(special, axes, left, keep_dims) in AXES {
            let options = || some(O::ReducerOptions, ReducerOptions { keep_dims });
            let inputs = vec![
                Operand::floats(&SHAPE).within(0.9, 1.1),
                Operand::list(axes),
            ];
            cases.add(
                code,
                &format!("f32_{special}"),
                options(),
                inputs,
                vec![Operand::floats(left)],
            );
            let (sx, sy) = match code {
                B::Mean => (0.05, 0.03),
                B::Sum => (0.05, 0.5),
                _ => (0.05, 0.05),
            };
            if code != B::ReduceProd {
                let inputs = vec![Operand::bytes(&SHAPE, sx, 3), Operand::list(axes)];
                let zero = if sx == sy { 3 } else { -5 };
                cases.add(
                    code,
                    &format!("i8_{special}"),
                    options(),
                    inputs,
                    vec![Operand::bytes(left, sy, zero)],
                );
            }
        }
    }
    for code in [B::ReduceAny, B::ReduceAll] {
        let options = some(O::ReducerOptions, ReducerOptions { keep_dims: false });
        cases.add(
            code,
            "bool",
            options,
            vec![Operand::truths(&[6, 3]), Operand::list(&[1])],
            vec![Operand::truths(&[6])],
        );
    }
    positions(cases);
    running(cases);
}

fn positions(cases: &mut Cases) {
    for (special, output_type) in [("i32", TensorType::Int32), ("i64", TensorType::Int64)] {
        let y = || Operand::integers(&[5, 7], 0, 0).typed(output_type);
        let max = || some(O::ArgMaxOptions, ArgMaxOptions { output_type });
        let min = || some(O::ArgMinOptions, ArgMinOptions { output_type });
        for (types, x) in [
            ("f32", Operand::floats(&[5, 6, 7])),
            ("i8", Operand::bytes(&[5, 6, 7], 0.05, 3)),
        ] {
            let special = format!("{types}_{special}");
            cases.add(
                B::ArgMax,
                &special,
                max(),
                vec![x.clone(), Operand::number(1)],
                vec![y()],
            );
            cases.add(
                B::ArgMin,
                &special,
                min(),
                vec![x, Operand::number(-2)],
                vec![y()],
            );
        }
    }
}

fn running(cases: &mut Cases) {
    for (exclusive, reverse) in [(false, false), (true, false), (false, true), (true, true)] {
        let options = || some(O::CumsumOptions, CumsumOptions { exclusive, reverse });
        let special = format!("exclusive_{exclusive}_reverse_{reverse}");
        let x = Operand::floats(&[3, 8]);
        cases.add(
            B::Cumsum,
            &format!("f32_{special}"),
            options(),
            vec![x.clone(), Operand::number(1)],
            vec![x],
        );
        let x = Operand::bytes(&[3, 8], 0.05, 3);
        cases.add(
            B::Cumsum,
            &format!("i8_{special}"),
            options(),
            vec![x.clone(), Operand::number(1)],
            vec![x],
        );
    }
}
