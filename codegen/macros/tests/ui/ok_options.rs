//! Names, dimensions and shapes can be given, by identifiers and by strings; arithmetic, types at the edges and time, too.
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

mod steps {
    mlc_macros::include_model!(
        "../../fixtures/lstm/model.onnx",
        name = Sequence,
        stream = "time",
        time_axis = 1,
    );
}

fn main() {
    let paper = integers::IMAGE_ZERO_POINT as i8;
    let mut net = integers::DigitsInt8::new();
    let scores: &[f32; 10] = net.run(&[paper; 64]);
    assert!(scores.iter().sum::<f32>() > 0.99 && integers::IMAGE_SCALE > 0.0);
    let _net = by_size::TwoSymbols::new();
    let mut lstm = steps::Sequence::new();
    let first = *lstm.step(&[1.0; 8]);
    assert_ne!(first, *lstm.step(&[1.0; 8]));
    lstm.reset();
    assert_eq!(first, *lstm.step(&[1.0; 8]));
}
