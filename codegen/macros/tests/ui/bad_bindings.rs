mod unknown {
    mlc_macros::include_model!("../../fixtures/digits/model.onnx", dim(batch = 1));
}

mod conflicting {
    mlc_macros::include_model!("../../fixtures/digits/model.onnx", input_shape(image = [1, 3, 8, 8]));
}

mod missing {
    mlc_macros::include_model!("../../fixtures/importer/ok_two_symbols/model.onnx");
}

fn main() {}
