//! Names, dimensions and shapes can be given, by identifiers and by strings.
#![deny(warnings)]

mod by_size {
    mlc_macros::include_model!(
        "../../fixtures/importer/ok_two_symbols/model.onnx",
        name = TwoSymbols,
        dim(batch = 2, "time" = 5),
    );
}

fn main() {
    let _net = by_size::TwoSymbols::new();
}
