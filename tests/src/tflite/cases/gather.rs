//! Computed positions.

use super::{Cases, Operand, some};
use mlc_compiler::tflite::schema::{
    BuiltinOperator as B, BuiltinOptions as O, GatherOptions, OneHotOptions,
};

pub(super) fn add(cases: &mut Cases) {
    let make = [
        ("f32", Operand::floats as fn(&[usize]) -> Operand),
        ("i8", |shape| Operand::bytes(shape, 0.05, 3)),
    ];
    for (types, make) in make {
        let x = || make(&[4, 5, 6]);
        for (special, axis, y) in [
            ("first", 0, [3, 5, 6]),
            ("middle", 1, [4, 3, 6]),
            ("last", -1, [4, 5, 3]),
        ] {
            let options = some(
                O::GatherOptions,
                GatherOptions {
                    axis,
                    batch_dims: 0,
                },
            );
            let places = Operand::integers(&[3], 0, 3);
            cases.add(
                B::Gather,
                &format!("{types}_{special}"),
                options,
                vec![x(), places],
                vec![make(&y)],
            );
        }
        let options = some(
            O::GatherOptions,
            GatherOptions {
                axis: 1,
                batch_dims: 1,
            },
        );
        cases.add(
            B::Gather,
            &format!("{types}_batches"),
            options,
            vec![x(), Operand::integers(&[4, 2], 0, 4)],
            vec![make(&[4, 2, 6])],
        );
        cases.add(
            B::GatherNd,
            types,
            None,
            vec![x(), Operand::integers(&[7, 2], 0, 3)],
            vec![make(&[7, 6])],
        );
        let rows = Operand::integers(&[3], 0, 3);
        cases.add(
            B::EmbeddingLookup,
            types,
            None,
            vec![rows, make(&[4, 6])],
            vec![make(&[3, 6])],
        );
        let k = [make(&[3, 4]), Operand::integers(&[3, 4], 0, 0)];
        cases.add(
            B::TopkV2,
            types,
            None,
            vec![make(&[3, 9]), Operand::number(4)],
            k.to_vec(),
        );
        let scattered = vec![
            Operand::integers(&[5, 1], 0, 7),
            make(&[5, 3]),
            Operand::list(&[8, 3]),
        ];
        cases.add(B::ScatterNd, types, None, scattered, vec![make(&[8, 3])]);
    }
    for (special, axis, y) in [("last", -1, [6, 5]), ("first", 0, [5, 6])] {
        let options = some(O::OneHotOptions, OneHotOptions { axis });
        let on = Operand::floats(&[]).holding(&[2.5_f32]);
        let off = Operand::floats(&[]).holding(&[-1.0_f32]);
        let inputs = vec![Operand::integers(&[6], 0, 4), Operand::number(5), on, off];
        cases.add(
            B::OneHot,
            &format!("f32_{special}"),
            options,
            inputs,
            vec![Operand::floats(&y)],
        );
    }
}
