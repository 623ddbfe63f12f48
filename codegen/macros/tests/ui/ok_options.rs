//! Names, dimensions and shapes can be given, by identifiers and by strings; arithmetic, types at the edges, memories,
//! time and samples to quantise with, too: all options of the command.
#![deny(warnings)]

mod by_size {
    mlc_macros::include_model!(
        "../../fixtures/importer/ok_two_symbols/model.onnx",
        name = TwoSymbols,
        dim(batch = 2, "time" = 5),
    );
}

mod integers {
    mlc_macros::include_model!(
        "../../fixtures/digits_int8/model.onnx",
        profile = "tflite",
        io = "int8",
    );
}

/// A network for a core, which this machine computes, too; on any but that core's architecture there is a warning.
#[allow(deprecated)]
mod for_a_core {
    mlc_macros::include_model!(
        "../../fixtures/digits_int8/model.onnx",
        io = "int8",
        target = "cortex-m4",
        max_cycles = "40M",
    );
}

mod apart {
    mlc_macros::include_model!(
        "../../fixtures/digits_int8/model.onnx",
        region(dtcm = 1024, sram = 65536),
        hot_weights = sram,
    );
}

mod borrowed {
    mlc_macros::include_model!("../../fixtures/digits/model.onnx", borrow_arena);
}

fn in_borrowed_memory() {
    let (mut dtcm, mut sram) = (apart::Arena::new(), apart::Arena::new());
    let mut net = apart::DigitsInt8::new(&mut dtcm, &mut sram);
    assert_eq!(net.run(&[0.0; 64]).len(), 10);
    let mut arena = borrowed::Arena::<65536>::new();
    let mut net = borrowed::Digits::new(arena.prefix());
    assert_eq!(net.run(&[0.0; 64]).len(), 10);
}

mod fixed {
    mlc_macros::include_model!(
        "../../fixtures/importer/ok_fixed_inputs/model.onnx",
        name = Fixed,
        input(mask = "../../fixtures/importer/ok_fixed_inputs/mask.npy", n = 2),
    );
}

fn with_fixed_inputs() {
    let y = fixed::Fixed::new().run(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).to_vec();
    assert_eq!(y[..6], [1.0, 2.0, 0.0, 0.0, 10.0, 12.0]);
}

mod small {
    mlc_macros::include_model!(
        "../../fixtures/digits/model.onnx",
        ram = least,
        stream = "input",
        input_range(image = -0.5..=16.0),
        keep_constant_channels,
    );
}

fn row_by_row() {
    let mut net = small::Digits::new();
    assert!((0..7).all(|_| net.push_row(&[1.0; 8]).is_none()));
    assert_eq!(net.push_row(&[1.0; 8]).map(|scores| scores.len()), Some(10));
}

mod steps {
    mlc_macros::include_model!(
        "../../fixtures/lstm/model.onnx",
        name = Sequence,
        stream = "time",
        time_axis = 1,
    );
}

mod quantized {
    mlc_macros::include_model!(
        "../../fixtures/exports/script_cnn/model.onnx",
        dim(batch = 1),
        quantize = "../../fixtures/exports/script_cnn/samples.npy",
        scale = 1.0,
        max_accuracy_drop = 5,
    );
}

fn in_integers() {
    let mut net = quantized::ScriptCnn::new();
    assert_eq!(net.run(&[0.5; 64]).len(), 10);
    // In floats, its weights take four bytes each.
    assert!(quantized::WEIGHT_BYTES < 6_000);
}

fn main() {
    in_borrowed_memory();
    with_fixed_inputs();
    in_integers();
    row_by_row();
    let paper = integers::IMAGE_ZERO_POINT as i8;
    let mut net = integers::DigitsInt8::new();
    let scores: &[f32; 10] = net.run(&[paper; 64]);
    assert!(scores.iter().sum::<f32>() > 0.99 && integers::IMAGE_SCALE > 0.0);
    let mut net = for_a_core::DigitsInt8::new();
    let scores: &[f32; 10] = net.run(&[paper; 64]);
    assert!(scores.iter().sum::<f32>() > 0.99);
    let _net = by_size::TwoSymbols::new();
    let mut lstm = steps::Sequence::new();
    let first = *lstm.step(&[1.0; 8]);
    assert_ne!(first, *lstm.step(&[1.0; 8]));
    lstm.reset();
    assert_eq!(first, *lstm.step(&[1.0; 8]));
}
