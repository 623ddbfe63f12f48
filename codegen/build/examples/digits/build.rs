//! Compiles the network that reads handwritten digits.

fn main() {
    mlc_build::Model::new("../../../../fixtures/digits/model.onnx").emit();
}
