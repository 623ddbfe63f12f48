mod network {
    mlc_macros::include_model!("../../fixtures/importer/bad_several_unknown_operators/model.onnx");
}

fn main() {}
