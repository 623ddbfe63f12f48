mlc_macros::include_model!();

mlc_macros::include_model!("../../fixtures/digits/model.onnx", colour = Red);

mlc_macros::include_model!("../../fixtures/digits/model.onnx", io = "int4");

mlc_macros::include_model!("../../fixtures/digits/model.onnx", dim(batch = -1));

mlc_macros::include_model!("../../fixtures/digits/model.onnx", name = digits_net);

mlc_macros::include_model!("../../fixtures/digits/model.onnx", target = "cortex-m9");

mlc_macros::include_model!("../../fixtures/digits/model.onnx", target = "thumbv6m-none-eabi");

#[deny(deprecated)]
mod for_another_machine {
    mlc_macros::include_model!("../../fixtures/digits/model.onnx", target = "cortex-m4");
}

fn main() {}
