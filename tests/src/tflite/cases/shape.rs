//! Shapes, and tensors that only have one.

use super::{Cases, Operand, some};
use mlc_compiler::tflite::schema::{
    BuiltinOperator as B, BuiltinOptions as O, ReshapeOptions, ShapeOptions, SqueezeOptions,
    TensorType,
};

pub(super) fn add(cases: &mut Cases) {
    let make = [
        ("f32", Operand::floats as fn(&[usize]) -> Operand),
        ("i8", |shape| Operand::bytes(shape, 0.05, 3)),
    ];
    for (types, make) in make {
        let x = || make(&[1, 4, 6]);
        let options = some(
            O::ReshapeOptions,
            ReshapeOptions {
                new_shape: Some(vec![3, 8]),
            },
        );
        cases.add(
            B::Reshape,
            types,
            options,
            vec![x(), Operand::list(&[3, 8])],
            vec![make(&[3, 8])],
        );
        let options = some(
            O::ReshapeOptions,
            ReshapeOptions {
                new_shape: Some(vec![3, -1]),
            },
        );
        cases.add(
            B::Reshape,
            &format!("{types}_option"),
            options,
            vec![x()],
            vec![make(&[3, 8])],
        );
        let options = some(
            O::SqueezeOptions,
            SqueezeOptions {
                squeeze_dims: Some(vec![0]),
            },
        );
        cases.add(B::Squeeze, types, options, vec![x()], vec![make(&[4, 6])]);
        cases.add(
            B::ExpandDims,
            types,
            None,
            vec![x(), Operand::number(1)],
            vec![make(&[1, 1, 4, 6])],
        );
        cases.add(
            B::BroadcastTo,
            types,
            None,
            vec![x(), Operand::list(&[2, 4, 6])],
            vec![make(&[2, 4, 6])],
        );
        cases.add(
            B::Fill,
            types,
            None,
            vec![Operand::list(&[2, 3]), make(&[])],
            vec![make(&[2, 3])],
        );
        cases.add(B::ZerosLike, types, None, vec![x()], vec![x()]);
    }
    let options = some(
        O::ShapeOptions,
        ShapeOptions {
            out_type: TensorType::Int32,
        },
    );
    let list = |len| Operand::integers(&[len], 0, 0);
    cases.add(
        B::Shape,
        "i32",
        options,
        vec![Operand::floats(&[1, 4, 6])],
        vec![list(3)],
    );
    cases.add(
        B::Rank,
        "i32",
        None,
        vec![Operand::floats(&[1, 4, 6])],
        vec![Operand::integers(&[], 0, 0)],
    );
    let range = vec![Operand::number(2), Operand::number(17), Operand::number(3)];
    cases.add(B::Range, "i32", None, range, vec![list(5)]);
    let shapes = vec![Operand::list(&[4, 1]), Operand::list(&[3, 1, 5])];
    cases.add(B::BroadcastArgs, "i32", None, shapes, vec![list(3)]);
}
