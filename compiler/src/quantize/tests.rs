//! A network of the fixtures from floats to integers and back.

use super::{Precision, Preprocessing, Quantized, Samples, Settings, quantize};
use crate::onnx::{self, Model};
use crate::tensor::{DType, TensorType};

/// The digits network and images for it.
fn digits() -> (Model, Samples) {
    let fixture = mlc_fixtures::dir("digits");
    let model = onnx::load(&fixture.join("model.onnx")).unwrap();
    let input = (
        "image".to_owned(),
        TensorType::new(DType::F32, [1, 1, 8, 8]),
    );
    let images = fixture.join("test_images.npy");
    let samples = Samples::load(&images, &[input], &Preprocessing::default()).unwrap();
    (model, samples)
}

fn quantized(model: &Model, samples: &Samples, settings: Settings) -> Quantized {
    quantize(model, samples, settings, &|_| ()).unwrap()
}

fn wide_layers(quantized: &Quantized) -> usize {
    let layers = quantized.report.layers.iter();
    layers
        .filter(|layer| layer.params.precision == Precision::Int16)
        .count()
}

#[test]
fn the_digits_network_is_quantised() {
    let (model, mut samples) = digits();
    samples
        .load_labels(&mlc_fixtures::dir("digits").join("test_labels.npy"))
        .unwrap();
    let found = quantized(&model, &samples, Settings::default());
    let Quantized { model, report } = &found;
    assert_eq!(report.floats, [("scores".to_owned(), "Softmax".to_owned())]);
    assert!(report.output_db > Some(30.0), "{report:#?}");
    assert!(report.accuracy.drop() <= 0.5, "{:?}", report.accuracy);
    assert_eq!(wide_layers(&found), 0);
    let read = onnx::parse(&model.encode().unwrap(), None).unwrap();
    assert_eq!(read.nodes.len(), model.nodes.len());
}

/// The network up to its first `Relu`, whose output is no list of scores: its noise is judged.
#[test]
fn layers_take_16_bits_where_too_much_would_be_lost() {
    let (mut model, mut samples) = digits();
    samples.inputs.truncate(20);
    let relu = model
        .nodes
        .iter()
        .find(|node| node.operator == "Relu")
        .unwrap();
    model.outputs[0].name = relu.outputs[0].clone();
    (model.outputs[0].dtype, model.outputs[0].dims) = (None, None);
    let narrow = quantized(&model, &samples, Settings::default());
    assert_eq!(wide_layers(&narrow), 0);
    let wanted = 0.7 * narrow.report.accuracy.drop();
    let settings = Settings {
        max_accuracy_drop: Some(wanted),
    };
    let found = quantized(&model, &samples, settings);
    assert!(wide_layers(&found) > 0);
    assert!(
        found.report.accuracy.drop() <= wanted,
        "{:?}",
        found.report.accuracy
    );
    assert!(found.model.nodes.iter().all(|node| node.version == 21));
    let impossible = Settings {
        max_accuracy_drop: Some(-1.0),
    };
    let diags = quantize(&model, &samples, impossible, &|_| ()).unwrap_err();
    assert_eq!(diags.0[0].code, "accuracy-drop");
}

#[test]
fn what_is_quantised_already_is_refused() {
    let (model, samples) = digits();
    let again = quantized(&model, &samples, Settings::default()).model;
    let diags = quantize(&again, &samples, Settings::default(), &|_| ()).unwrap_err();
    assert_eq!(diags.0[0].code, "already-quantized");
}
