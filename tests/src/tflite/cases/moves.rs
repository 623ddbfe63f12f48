//! What moves elements without computing.

use super::{Cases, Operand, some};
use mlc_compiler::tflite::schema::{
    ActivationFunctionType as Fused, BuiltinOperator as B, BuiltinOptions as O,
    ConcatenationOptions, DepthToSpaceOptions, MirrorPadMode, MirrorPadOptions, PackOptions,
    ReverseSequenceOptions, SpaceToDepthOptions, SplitOptions, SplitVOptions, StridedSliceOptions,
    UnpackOptions,
};

type Make = fn(&[usize]) -> Operand;

pub(super) fn add(cases: &mut Cases) {
    let make: [(&str, Make); 4] = [
        ("f32", Operand::floats),
        ("i8", |shape| Operand::bytes(shape, 0.05, 3)),
        ("i16", |shape| Operand::words(shape, 0.0005)),
        ("i32", |shape| Operand::integers(shape, -99, 99)),
    ];
    for (types, make) in make {
        joined(cases, types, make);
        parts(cases, types, make);
        padded(cases, types, make);
        blocks(cases, types, make);
    }
    strided(cases);
}

fn joined(cases: &mut Cases, types: &str, make: Make) {
    let concatenation = |axis| {
        some(
            O::ConcatenationOptions,
            ConcatenationOptions {
                axis,
                fused_activation_function: Fused::None,
            },
        )
    };
    let parts = vec![make(&[3, 4]), make(&[3, 6]), make(&[3, 1])];
    cases.add(
        B::Concatenation,
        types,
        concatenation(-1),
        parts,
        vec![make(&[3, 11])],
    );
    let options = some(
        O::PackOptions,
        PackOptions {
            values_count: 2,
            axis: 1,
        },
    );
    cases.add(
        B::Pack,
        types,
        options,
        vec![make(&[3, 4]), make(&[3, 4])],
        vec![make(&[3, 2, 4])],
    );
    let options = some(O::UnpackOptions, UnpackOptions { num: 3, axis: 1 });
    cases.add(
        B::Unpack,
        types,
        options,
        vec![make(&[2, 3, 4])],
        vec![make(&[2, 4]); 3],
    );
    cases.add(
        B::Tile,
        types,
        None,
        vec![make(&[2, 3]), Operand::list(&[3, 2])],
        vec![make(&[6, 6])],
    );
    cases.add(
        B::Transpose,
        types,
        None,
        vec![make(&[2, 3, 4]), Operand::list(&[2, 0, 1])],
        vec![make(&[4, 2, 3])],
    );
}

fn parts(cases: &mut Cases, types: &str, make: Make) {
    let options = some(O::SplitOptions, SplitOptions { num_splits: 3 });
    cases.add(
        B::Split,
        types,
        options,
        vec![Operand::number(1), make(&[2, 6])],
        vec![make(&[2, 2]); 3],
    );
    let options = some(O::SplitVOptions, SplitVOptions { num_splits: 2 });
    let inputs = vec![make(&[2, 6]), Operand::list(&[2, -1]), Operand::number(1)];
    cases.add(
        B::SplitV,
        types,
        options,
        inputs,
        vec![make(&[2, 2]), make(&[2, 4])],
    );
    let inputs = vec![
        make(&[4, 5, 6]),
        Operand::list(&[1, 0, 2]),
        Operand::list(&[2, -1, 3]),
    ];
    cases.add(B::Slice, types, None, inputs, vec![make(&[2, 5, 3])]);
    cases.add(
        B::ReverseV2,
        types,
        None,
        vec![make(&[4, 5, 6]), Operand::list(&[1])],
        vec![make(&[4, 5, 6])],
    );
    if types != "i8" {
        let options = some(
            O::ReverseSequenceOptions,
            ReverseSequenceOptions {
                seq_dim: 1,
                batch_dim: 0,
            },
        );
        let inputs = vec![make(&[4, 5, 6]), Operand::integers(&[4], 1, 5)];
        cases.add(
            B::ReverseSequence,
            types,
            options,
            inputs,
            vec![make(&[4, 5, 6])],
        );
    }
}

fn padded(cases: &mut Cases, types: &str, make: Make) {
    let amounts = || Operand::list(&[1, 2, 0, 3]).shaped(&[2, 2]);
    cases.add(
        B::Pad,
        types,
        None,
        vec![make(&[4, 5]), amounts()],
        vec![make(&[7, 8])],
    );
    cases.add(
        B::Padv2,
        types,
        None,
        vec![make(&[4, 5]), amounts(), make(&[])],
        vec![make(&[7, 8])],
    );
    for (special, mode) in [
        ("reflect", MirrorPadMode::Reflect),
        ("symmetric", MirrorPadMode::Symmetric),
    ] {
        let options = some(O::MirrorPadOptions, MirrorPadOptions { mode });
        cases.add(
            B::MirrorPad,
            &format!("{types}_{special}"),
            options,
            vec![make(&[4, 5]), amounts()],
            vec![make(&[7, 8])],
        );
    }
}

fn blocks(cases: &mut Cases, types: &str, make: Make) {
    let (sizes, around) = (
        || Operand::list(&[2, 3]),
        || Operand::list(&[1, 1, 0, 1]).shaped(&[2, 2]),
    );
    let inputs = vec![make(&[1, 4, 5, 2]), sizes(), around()];
    cases.add(
        B::SpaceToBatchNd,
        types,
        None,
        inputs,
        vec![make(&[6, 3, 2, 2])],
    );
    let inputs = vec![make(&[6, 3, 2, 2]), sizes(), around()];
    cases.add(
        B::BatchToSpaceNd,
        types,
        None,
        inputs,
        vec![make(&[1, 4, 5, 2])],
    );
    if types == "i16" {
        return;
    }
    let options = some(
        O::DepthToSpaceOptions,
        DepthToSpaceOptions { block_size: 2 },
    );
    cases.add(
        B::DepthToSpace,
        types,
        options,
        vec![make(&[1, 2, 3, 8])],
        vec![make(&[1, 4, 6, 2])],
    );
    let options = some(
        O::SpaceToDepthOptions,
        SpaceToDepthOptions { block_size: 2 },
    );
    cases.add(
        B::SpaceToDepth,
        types,
        options,
        vec![make(&[1, 4, 6, 2])],
        vec![make(&[1, 2, 3, 8])],
    );
}

/// A strided slice: what is special, beginnings, ends, steps, options, and what comes out.
type Strided = (
    &'static str,
    [i32; 3],
    [i32; 3],
    [i32; 3],
    StridedSliceOptions,
    &'static [usize],
);

fn strided(cases: &mut Cases) {
    let none = StridedSliceOptions::default;
    let slices: [Strided; 8] = [
        ("plain", [1, 0, 2], [3, 5, 6], [1, 2, 3], none(), &[2, 3, 2]),
        (
            "backwards",
            [3, 4, 5],
            [0, 0, -7],
            [-1, -2, -1],
            none(),
            &[3, 2, 6],
        ),
        (
            "from_end",
            [-3, -4, -5],
            [-1, -1, -1],
            [1, 1, 1],
            none(),
            &[2, 3, 4],
        ),
        (
            "begin_mask",
            [1, 1, 1],
            [3, 3, 3],
            [1, 1, 1],
            StridedSliceOptions {
                begin_mask: 5,
                ..none()
            },
            &[3, 2, 3],
        ),
        (
            "end_mask",
            [1, 1, 1],
            [3, 3, 3],
            [1, 1, 1],
            StridedSliceOptions {
                end_mask: 6,
                ..none()
            },
            &[2, 4, 5],
        ),
        (
            "shrink",
            [1, -1, 1],
            [2, 5, 3],
            [1, 1, 1],
            StridedSliceOptions {
                shrink_axis_mask: 3,
                ..none()
            },
            &[2],
        ),
        (
            "open_backwards",
            [1, 1, 1],
            [3, 3, 3],
            [1, 1, -1],
            StridedSliceOptions {
                begin_mask: 4,
                end_mask: 4,
                ..none()
            },
            &[2, 2, 6],
        ),
        (
            "offset",
            [1, 0, 2],
            [2, 5, 3],
            [1, 1, 1],
            StridedSliceOptions {
                offset: true,
                ..none()
            },
            &[2, 5, 3],
        ),
    ];
    let makes: [(&str, Make); 2] = [
        ("f32", Operand::floats),
        ("i8", |shape| Operand::bytes(shape, 0.05, 3)),
    ];
    for (types, make) in makes {
        for (special, first, end, step, options, y) in slices.clone() {
            let inputs = vec![
                make(&[4, 5, 6]),
                Operand::list(&first),
                Operand::list(&end),
                Operand::list(&step),
            ];
            cases.add(
                B::StridedSlice,
                &format!("{types}_{special}"),
                some(O::StridedSliceOptions, options),
                inputs,
                vec![make(y)],
            );
        }
    }
    let options = StridedSliceOptions {
        new_axis_mask: 1,
        ..none()
    };
    let inputs = vec![
        Operand::floats(&[4, 5]),
        Operand::list(&[0, 1, 2]),
        Operand::list(&[0, 3, 4]),
        Operand::list(&[1, 1, 1]),
    ];
    cases.add(
        B::StridedSlice,
        "f32_new_axis",
        some(O::StridedSliceOptions, options),
        inputs,
        vec![Operand::floats(&[1, 2, 2])],
    );
    let options = StridedSliceOptions {
        ellipsis_mask: 1,
        ..none()
    };
    let inputs = vec![
        Operand::floats(&[4, 5, 6]),
        Operand::list(&[0, 1]),
        Operand::list(&[0, 3]),
        Operand::list(&[1, 1]),
    ];
    cases.add(
        B::StridedSlice,
        "f32_ellipsis",
        some(O::StridedSliceOptions, options),
        inputs,
        vec![Operand::floats(&[4, 5, 2])],
    );
}
