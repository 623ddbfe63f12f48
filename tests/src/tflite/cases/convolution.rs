//! Convolutions.

use super::{Cases, Operand, random, some};
use mlc_compiler::tflite::schema::{
    ActivationFunctionType as Fused, BuiltinOperator as B, BuiltinOptions as O, Conv2DOptions,
    DepthwiseConv2DOptions, Padding, TensorType, TransposeConvOptions,
};

/// How windows lie, and the size of the result of an image of 9 by 7 under windows of 3 by 2.
struct Windows {
    special: &'static str,
    padding: Padding,
    stride: i32,
    dilation: i32,
    out: [usize; 2],
}

const WINDOWS: &[Windows] = &[
    Windows {
        special: "valid",
        padding: Padding::Valid,
        stride: 1,
        dilation: 1,
        out: [7, 6],
    },
    Windows {
        special: "same",
        padding: Padding::Same,
        stride: 1,
        dilation: 1,
        out: [9, 7],
    },
    Windows {
        special: "same_stride",
        padding: Padding::Same,
        stride: 2,
        dilation: 1,
        out: [5, 4],
    },
    Windows {
        special: "valid_stride",
        padding: Padding::Valid,
        stride: 2,
        dilation: 1,
        out: [4, 3],
    },
    Windows {
        special: "same_dilated",
        padding: Padding::Same,
        stride: 1,
        dilation: 2,
        out: [9, 7],
    },
    Windows {
        special: "valid_dilated",
        padding: Padding::Valid,
        stride: 1,
        dilation: 2,
        out: [5, 5],
    },
];

/// Element types of activations and weights.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(non_camel_case_types)]
enum Types {
    f32,
    i8,
    i8_per_tensor,
    i16x8,
}

/// The operands of a layer with `m` filters, whose weights have their scales along `axis`.
fn operands(
    types: Types,
    x: &[usize],
    w: &[usize],
    y: &[usize],
    m: usize,
    axis: i32,
) -> (Vec<Operand>, Operand) {
    let (mut r, name) = (random("weights"), "bias");
    if types == Types::f32 {
        let w = Operand::floats(w).constant(&mut r);
        let bias = Operand::floats(&[m]).constant(&mut random(name));
        return (vec![Operand::floats(x), w, bias], Operand::floats(y));
    }
    let count = if types == Types::i8_per_tensor { 1 } else { m };
    let scales: Vec<f32> = (0..count).map(|_| r.within((0.002, 0.01)) as f32).collect();
    let w = Operand::bytes(w, 0.0, 0)
        .within(-127.0, 127.0)
        .scaled(&scales, 0)
        .along(axis)
        .constant(&mut r);
    let (x, y, sx) = match types {
        Types::i16x8 => (Operand::words(x, 0.0002), Operand::words(y, 0.001), 0.0002),
        _ => (Operand::bytes(x, 0.05, -5), Operand::bytes(y, 0.2, 7), 0.05),
    };
    let products: Vec<f32> = scales.iter().map(|scale| scale * sx).collect();
    let bias = Operand::integers(&[m], -2000, 2000).scaled(&products, 0);
    let bias = if types == Types::i16x8 {
        bias.typed(TensorType::Int64)
    } else {
        bias
    };
    (vec![x, w, bias.constant(&mut random(name))], y)
}

const TYPES: [Types; 4] = [Types::f32, Types::i8, Types::i8_per_tensor, Types::i16x8];

pub(super) fn add(cases: &mut Cases) {
    for types in TYPES {
        for windows in WINDOWS {
            conv(cases, types, windows);
            depthwise(cases, types, windows);
        }
    }
    activations(cases);
    transposed(cases);
}

fn conv_options(windows: &Windows, activation: Fused) -> Option<O> {
    some(
        O::Conv2DOptions,
        Conv2DOptions {
            padding: windows.padding,
            stride_w: windows.stride,
            stride_h: windows.stride,
            fused_activation_function: activation,
            dilation_w_factor: windows.dilation,
            dilation_h_factor: windows.dilation,
        },
    )
}

fn conv(cases: &mut Cases, types: Types, windows: &Windows) {
    let [h, w] = windows.out;
    let (inputs, y) = operands(types, &[1, 9, 7, 4], &[6, 3, 2, 4], &[1, h, w, 6], 6, 0);
    let special = format!("{types:?}_{}", windows.special);
    cases.add(
        B::Conv2d,
        &special,
        conv_options(windows, Fused::None),
        inputs,
        vec![y],
    );
}

fn depthwise(cases: &mut Cases, types: Types, windows: &Windows) {
    for (multiplier, special) in [(1, ""), (2, "_twice")] {
        let ([h, w], m) = (windows.out, 4 * multiplier);
        let (inputs, y) = operands(types, &[1, 9, 7, 4], &[1, 3, 2, m], &[1, h, w, m], m, 3);
        let options = some(
            O::DepthwiseConv2DOptions,
            DepthwiseConv2DOptions {
                padding: windows.padding,
                stride_w: windows.stride,
                stride_h: windows.stride,
                depth_multiplier: multiplier as i32,
                fused_activation_function: Fused::None,
                dilation_w_factor: windows.dilation,
                dilation_h_factor: windows.dilation,
            },
        );
        let special = format!("{types:?}_{}{special}", windows.special);
        cases.add(B::DepthwiseConv2d, &special, options, inputs, vec![y]);
    }
}

fn activations(cases: &mut Cases) {
    for types in [Types::f32, Types::i8] {
        for (special, activation) in [
            ("relu", Fused::Relu),
            ("relu6", Fused::Relu6),
            ("relu_n1_to_1", Fused::ReluN1To1),
        ] {
            let (inputs, y) = operands(types, &[1, 9, 7, 4], &[6, 3, 2, 4], &[1, 7, 6, 6], 6, 0);
            let special = format!("{types:?}_{special}");
            cases.add(
                B::Conv2d,
                &special,
                conv_options(&WINDOWS[0], activation),
                inputs,
                vec![y],
            );
        }
    }
    let (mut inputs, y) = operands(
        Types::f32,
        &[1, 9, 7, 4],
        &[6, 3, 2, 4],
        &[1, 7, 6, 6],
        6,
        0,
    );
    inputs.pop();
    cases.add(
        B::Conv2d,
        "f32_no_bias",
        conv_options(&WINDOWS[0], Fused::None),
        inputs,
        vec![y],
    );
    let (inputs, y) = operands(
        Types::f32,
        &[1, 9, 7, 4],
        &[6, 3, 2, 2],
        &[1, 7, 6, 6],
        6,
        0,
    );
    cases.add(
        B::Conv2d,
        "f32_groups",
        conv_options(&WINDOWS[0], Fused::None),
        inputs,
        vec![y],
    );
}

fn transposed(cases: &mut Cases) {
    let sizes = [
        ("valid", Padding::Valid, 1, [7, 6]),
        ("same", Padding::Same, 1, [5, 5]),
        ("valid_stride", Padding::Valid, 2, [11, 10]),
        ("same_stride", Padding::Same, 2, [10, 10]),
    ];
    for types in [Types::f32, Types::i8, Types::i16x8] {
        for (special, padding, stride, [h, w]) in sizes {
            let (inputs, y) = operands(types, &[1, 5, 5, 4], &[6, 3, 2, 4], &[1, h, w, 6], 6, 0);
            let size = Operand::list(&[1, h as i32, w as i32, 6]);
            let [x, weights, bias] = inputs
                .try_into()
                .unwrap_or_else(|_| unreachable!("three operands"));
            let options = some(
                O::TransposeConvOptions,
                TransposeConvOptions {
                    padding,
                    stride_w: stride,
                    stride_h: stride,
                    fused_activation_function: Fused::None,
                },
            );
            cases.add(
                B::TransposeConv,
                &format!("{types:?}_{special}"),
                options,
                vec![size, weights, x, bias],
                vec![y],
            );
        }
    }
}
