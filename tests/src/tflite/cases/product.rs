//! Products of matrices.

use super::{Cases, Operand, random, some};
use mlc_compiler::tflite::schema::{
    ActivationFunctionType as Fused, BatchMatMulOptions, BuiltinOperator as B, BuiltinOptions as O,
    FullyConnectedOptions, FullyConnectedOptionsWeightsFormat as Format, TensorType,
};

pub(super) fn add(cases: &mut Cases) {
    for (special, activation) in [
        ("", Fused::None),
        ("_relu", Fused::Relu),
        ("_relu6", Fused::Relu6),
    ] {
        dense(cases, special, activation);
    }
    kept(cases);
    for (special, adj_x, adj_y) in [
        ("", false, false),
        ("_adj_x", true, false),
        ("_adj_y", false, true),
    ] {
        batches(cases, special, adj_x, adj_y);
    }
}

fn options(activation: Fused, keep_num_dims: bool) -> Option<O> {
    some(
        O::FullyConnectedOptions,
        FullyConnectedOptions {
            fused_activation_function: activation,
            weights_format: Format::Default,
            keep_num_dims,
            asymmetric_quantize_inputs: false,
        },
    )
}

fn bias(scale: f32) -> Operand {
    Operand::integers(&[9], -2000, 2000)
        .scaled(&[scale], 0)
        .constant(&mut random("bias"))
}

fn dense(cases: &mut Cases, special: &str, activation: Fused) {
    let mut r = random("weights");
    let options = || options(activation, false);
    let (x, y) = (Operand::floats(&[5, 20]), Operand::floats(&[5, 9]));
    let (w, b) = (
        Operand::floats(&[9, 20]).constant(&mut r),
        Operand::floats(&[9]).constant(&mut r),
    );
    cases.add(
        B::FullyConnected,
        &format!("f32{special}"),
        options(),
        vec![x.clone(), w.clone(), b],
        vec![y.clone()],
    );
    cases.add(
        B::FullyConnected,
        &format!("f32_no_bias{special}"),
        options(),
        vec![x, w.clone(), Operand::absent()],
        vec![y],
    );
    let x = Operand::floats(&[5, 2, 10]);
    cases.add(
        B::FullyConnected,
        &format!("f32_flattened{special}"),
        options(),
        vec![x, w],
        vec![Operand::floats(&[5, 9])],
    );
    let (x, y) = (
        Operand::bytes(&[5, 20], 0.05, -5),
        Operand::bytes(&[5, 9], 0.1, 7),
    );
    let w = Operand::bytes(&[9, 20], 0.01, 0)
        .within(-127.0, 127.0)
        .constant(&mut r);
    cases.add(
        B::FullyConnected,
        &format!("i8{special}"),
        options(),
        vec![x.clone(), w.clone(), bias(0.05 * 0.01)],
        vec![y.clone()],
    );
    cases.add(
        B::FullyConnected,
        &format!("i8_no_bias{special}"),
        options(),
        vec![x, w.clone()],
        vec![y],
    );
    let (x, y) = (
        Operand::words(&[5, 20], 0.0003),
        Operand::words(&[5, 9], 0.0005),
    );
    let b = bias(0.0003 * 0.01)
        .typed(TensorType::Int64)
        .constant(&mut r);
    cases.add(
        B::FullyConnected,
        &format!("i16x8{special}"),
        options(),
        vec![x, w, b],
        vec![y],
    );
}

/// More dimensions than two, four bits, and a scale for each row.
fn kept(cases: &mut Cases) {
    let mut r = random("weights");
    let (x, y) = (Operand::floats(&[2, 3, 20]), Operand::floats(&[2, 3, 9]));
    let w = Operand::floats(&[9, 20]).constant(&mut r);
    cases.add(
        B::FullyConnected,
        "f32_kept",
        options(Fused::None, true),
        vec![x, w],
        vec![y],
    );
    let (x, y) = (
        Operand::bytes(&[2, 3, 20], 0.05, -5),
        Operand::bytes(&[2, 3, 9], 0.1, 7),
    );
    let scales: Vec<f32> = (0..9).map(|_| r.within((0.002, 0.01)) as f32).collect();
    let w = Operand::bytes(&[9, 20], 0.01, 0).within(-127.0, 127.0);
    let channels = w.clone().scaled(&scales, 0).constant(&mut r);
    cases.add(
        B::FullyConnected,
        "i8_kept",
        options(Fused::None, true),
        vec![x.clone(), w.constant(&mut r)],
        vec![y.clone()],
    );
    let products: Vec<f32> = scales.iter().map(|scale| scale * 0.05).collect();
    let b = Operand::integers(&[9], -2000, 2000)
        .scaled(&products, 0)
        .constant(&mut r);
    cases.add(
        B::FullyConnected,
        "i8_channels",
        options(Fused::None, true),
        vec![x, channels, b],
        vec![y],
    );
    let packed: Vec<u8> = (0..90).map(|_| r.within((0.0, 255.0)) as u8).collect();
    let w = Operand::bytes(&[9, 20], 0.1, 0)
        .holding(&packed)
        .typed(TensorType::Int4);
    let (x, y) = (
        Operand::bytes(&[5, 20], 0.05, -5),
        Operand::bytes(&[5, 9], 0.1, 7),
    );
    cases.add(
        B::FullyConnected,
        "i8_i4",
        options(Fused::None, false),
        vec![x, w, bias(0.05 * 0.1)],
        vec![y],
    );
}

fn batches(cases: &mut Cases, special: &str, adj_x: bool, adj_y: bool) {
    let options = || {
        some(
            O::BatchMatMulOptions,
            BatchMatMulOptions {
                adj_x,
                adj_y,
                asymmetric_quantize_inputs: false,
            },
        )
    };
    let a = if adj_x { [2, 5, 4] } else { [2, 4, 5] };
    let b = if adj_y { [2, 3, 5] } else { [2, 5, 3] };
    let floats = vec![Operand::floats(&a), Operand::floats(&b)];
    cases.add(
        B::BatchMatmul,
        &format!("f32{special}"),
        options(),
        floats,
        vec![Operand::floats(&[2, 4, 3])],
    );
    let bytes = vec![Operand::bytes(&a, 0.05, 3), Operand::bytes(&b, 0.02, -4)];
    cases.add(
        B::BatchMatmul,
        &format!("i8{special}"),
        options(),
        bytes,
        vec![Operand::bytes(&[2, 4, 3], 0.15, 5)],
    );
}
