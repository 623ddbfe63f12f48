//! A network of the fixtures from floats to integers and back.

use super::{Preprocessing, Samples, quantize};
use crate::onnx;
use crate::tensor::{DType, TensorType};

#[test]
fn the_digits_network_is_quantised() {
    let fixture = mlc_fixtures::dir("digits");
    let model = onnx::load(&fixture.join("model.onnx")).unwrap();
    let input = (
        "image".to_owned(),
        TensorType::new(DType::F32, [1, 1, 8, 8]),
    );
    let samples = Samples::load(
        &fixture.join("test_images.npy"),
        &[input],
        &Preprocessing::default(),
    )
    .unwrap();
    let quantized = quantize(&model, &samples, &|_| ()).unwrap();
    let report = &quantized.report;
    assert_eq!(report.floats, [("scores".to_owned(), "Softmax".to_owned())]);
    assert!(report.output_db > Some(30.0), "{report:#?}");
    let read = onnx::parse(&quantized.model.encode().unwrap(), None).unwrap();
    assert_eq!(read.nodes.len(), quantized.model.nodes.len());
}
