//! A network of the fixtures from floats to integers and back.

use super::{Precision, Preprocessing, Quantized, Samples, Settings, net, quantize, testing};
use crate::diag::Diag;
use crate::npy;
use crate::onnx::{self, Model};
use crate::tensor::{DType, Tensor, TensorType};

/// The digits network and images for it.
fn digits() -> (Model, Samples) {
    let fixture = mlc_fixtures::dir("digits");
    let model = crate::load(&fixture.join("model.onnx")).unwrap();
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

/// Samples of the digits network in a file.
fn load(array: &Tensor) -> Result<Samples, Diag> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("images.npy");
    npy::save(&file, array).unwrap();
    let ty = TensorType::new(DType::F32, [1, 1, 8, 8]);
    Samples::load(
        &file,
        &[("image".to_owned(), ty)],
        &Preprocessing::default(),
    )
}

#[test]
fn samples_that_mean_nothing_are_refused_with_where_they_are() {
    for wrong in [f32::NAN, f32::INFINITY, 1e38] {
        let mut images = vec![0.5_f32; 3 * 64];
        images[64 + 19] = wrong;
        let diag = load(&Tensor::new([3, 1, 8, 8], &images)).unwrap_err();
        let text = diag.to_string();
        assert_eq!(diag.code, "meaningless-sample");
        for part in ["element [0, 0, 2, 3] is", "sample 1", "images.npy", "image"] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
    }
}

#[test]
fn samples_that_overflow_the_network_are_refused() {
    let (mut model, mut samples) = digits();
    for (_, tensor) in &mut model.initializers {
        let grown = tensor
            .values::<f32>()
            .map(|w| w.iter().map(|w| w * 1e6).collect::<Vec<_>>());
        *tensor = grown.map_or(tensor.clone(), |w| Tensor::new(tensor.ty.shape.clone(), &w));
    }
    samples.inputs.truncate(3);
    for x in &mut samples.inputs[2] {
        *x = Tensor::new(x.ty.shape.clone(), &vec![1e15_f32; x.ty.len()]);
    }
    let diag = &quantize(&model, &samples, Settings::default(), &|_| ())
        .unwrap_err()
        .0[0];
    assert_eq!(diag.code, "meaningless-sample");
    let text = diag.to_string();
    assert!(
        text.contains("sample 2 of file") && text.contains("element [0, 0, 0, 0]"),
        "{text}"
    );
}

#[test]
fn labels_that_are_no_classes_are_refused() {
    let (model, mut samples) = digits();
    samples.labels = Some(vec![10; samples.inputs.len()]);
    let diags = quantize(&model, &samples, Settings::default(), &|_| ()).unwrap_err();
    assert_eq!(diags.0[0].code, "wrong-labels");
    assert!(diags.to_string().contains("sample 0 is 10"), "{diags}");
}

/// A mask of infinities is part of the network: what touches it stays in floats.
#[test]
fn masks_stay_in_floats() {
    let weights = Tensor::new(
        [4, 4],
        &(0..16).map(|i| i as f32 / 8.0 - 1.0).collect::<Vec<_>>(),
    );
    let mut model = testing::model(
        &[("x", &[4, 4])],
        &["y"],
        vec![
            net::node("MatMul", 13, &["x", "w"], "scores"),
            net::node("Where", 13, &["seen", "scores", "never"], "masked"),
            net::node("Softmax", 13, &["masked"], "parts"),
            net::node("MatMul", 13, &["parts", "w"], "y"),
        ],
    );
    let seen: Vec<u8> = (0..16).map(|i| u8::from(i % 4 <= i / 4)).collect();
    model.initializers = vec![
        ("w".to_owned(), weights),
        (
            "seen".to_owned(),
            Tensor::new([4, 4], &seen).retyped(DType::Bool),
        ),
        ("never".to_owned(), Tensor::scalar(f32::NEG_INFINITY)),
    ];
    let x: Vec<f32> = (0..16).map(|i| (i * 7 % 11) as f32 - 5.0).collect();
    let samples = Samples {
        inputs: vec![vec![Tensor::new([4, 4], &x)]],
        ..Samples::default()
    };
    let found = quantized(&model, &samples, Settings::default());
    let floats: Vec<_> = found
        .report
        .floats
        .iter()
        .map(|(_, op)| op.as_str())
        .collect();
    assert_eq!(floats, ["Where", "Softmax"]);
    assert!(found.report.output_db > Some(30.0), "{:?}", found.report);
}
