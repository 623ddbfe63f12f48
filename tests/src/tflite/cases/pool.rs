//! Pools, and resizing.

use super::{Cases, Operand, some};
use mlc_compiler::tflite::schema::{
    ActivationFunctionType as Fused, BuiltinOperator as B, BuiltinOptions as O, L2NormOptions,
    LocalResponseNormalizationOptions, Padding, Pool2DOptions, ResizeBilinearOptions,
    ResizeNearestNeighborOptions,
};

pub(super) fn add(cases: &mut Cases) {
    for code in [B::AveragePool2d, B::MaxPool2d, B::L2Pool2d] {
        pools(cases, code);
    }
    for (align_corners, half_pixel_centers) in [(false, false), (true, false), (false, true)] {
        resize(cases, align_corners, half_pixel_centers);
    }
    let x = Operand::floats(&[1, 4, 4, 8]);
    let options = some(
        O::LocalResponseNormalizationOptions,
        LocalResponseNormalizationOptions {
            radius: 2,
            bias: 1.0,
            alpha: 0.5,
            beta: 0.75,
        },
    );
    cases.add(
        B::LocalResponseNormalization,
        "f32",
        options,
        vec![x.clone()],
        vec![x.clone()],
    );
    let options = || some(O::L2NormOptions, L2NormOptions::default());
    cases.add(
        B::L2Normalization,
        "f32",
        options(),
        vec![x.clone()],
        vec![x],
    );
    let (x, y) = (
        Operand::bytes(&[6, 8], 0.05, 3),
        Operand::bytes(&[6, 8], 0.0078125, 0),
    );
    cases.add(B::L2Normalization, "i8", options(), vec![x], vec![y]);
}

fn pools(cases: &mut Cases, code: B) {
    let windows = [
        ("valid", Padding::Valid, 1, [7, 6]),
        ("same", Padding::Same, 1, [9, 7]),
        ("same_stride", Padding::Same, 2, [5, 4]),
        ("valid_stride", Padding::Valid, 2, [4, 3]),
    ];
    for (special, padding, stride, [h, w]) in windows {
        let options = |activation| {
            some(
                O::Pool2DOptions,
                Pool2DOptions {
                    padding,
                    stride_w: stride,
                    stride_h: stride,
                    filter_width: 2,
                    filter_height: 3,
                    fused_activation_function: activation,
                },
            )
        };
        let (x, y) = ([1, 9, 7, 4], [1, h, w, 4]);
        let floats = || (vec![Operand::floats(&x)], vec![Operand::floats(&y)]);
        let (inputs, outputs) = floats();
        cases.add(
            code,
            &format!("f32_{special}"),
            options(Fused::None),
            inputs,
            outputs,
        );
        let (inputs, outputs) = floats();
        cases.add(
            code,
            &format!("f32_{special}_relu"),
            options(Fused::Relu),
            inputs,
            outputs,
        );
        if code != B::L2Pool2d {
            let (x, y) = (Operand::bytes(&x, 0.05, 3), Operand::bytes(&y, 0.05, 3));
            cases.add(
                code,
                &format!("i8_{special}"),
                options(Fused::None),
                vec![x.clone()],
                vec![y.clone()],
            );
            cases.add(
                code,
                &format!("i8_{special}_relu6"),
                options(Fused::Relu6),
                vec![x],
                vec![y],
            );
            let (x, y) = (
                Operand::words(&[1, 9, 7, 4], 0.001),
                Operand::words(&[1, h, w, 4], 0.001),
            );
            cases.add(
                code,
                &format!("i16_{special}"),
                options(Fused::None),
                vec![x],
                vec![y],
            );
        }
    }
}

fn resize(cases: &mut Cases, align_corners: bool, half_pixel_centers: bool) {
    let special = match (align_corners, half_pixel_centers) {
        (true, _) => "corners",
        (_, true) => "half_pixel",
        _ => "plain",
    };
    for (size, [h, w]) in [("up", [9, 8]), ("down", [2, 3])] {
        let (x, y) = ([1, 4, 5, 3], [1, h, w, 3]);
        let wanted = || Operand::list(&[h as i32, w as i32]);
        let bilinear = || {
            some(
                O::ResizeBilinearOptions,
                ResizeBilinearOptions {
                    align_corners,
                    half_pixel_centers,
                    ..ResizeBilinearOptions::default()
                },
            )
        };
        let nearest = || {
            some(
                O::ResizeNearestNeighborOptions,
                ResizeNearestNeighborOptions {
                    align_corners,
                    half_pixel_centers,
                },
            )
        };
        let floats = || {
            (
                vec![Operand::floats(&x), wanted()],
                vec![Operand::floats(&y)],
            )
        };
        let bytes = || {
            (
                vec![Operand::bytes(&x, 0.05, 3), wanted()],
                vec![Operand::bytes(&y, 0.05, 3)],
            )
        };
        for (types, (inputs, outputs)) in [("f32", floats()), ("i8", bytes())] {
            let special = format!("{types}_{special}_{size}");
            cases.add(
                B::ResizeBilinear,
                &special,
                bilinear(),
                inputs.clone(),
                outputs.clone(),
            );
            cases.add(
                B::ResizeNearestNeighbor,
                &special,
                nearest(),
                inputs,
                outputs,
            );
        }
    }
}
