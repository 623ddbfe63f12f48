//! A model without options, named after its folder, runs.

mod digits {
    mlc_macros::include_model!("../../fixtures/digits/model.onnx");
}

fn main() {
    static NET: std::sync::Mutex<digits::Digits> = std::sync::Mutex::new(digits::Digits::new());
    let mut net = NET.lock().unwrap();
    let scores = net.run(&[0.0; 64]);
    assert!(scores.iter().all(|score| score.is_finite()));
    assert!(digits::ARENA_BYTES > 0);
}
