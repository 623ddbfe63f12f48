//! Networks judged by hand-made numbers: what is right, what is a half, and what is off.

use super::Reference;
use super::compare::Tolerance;
use super::layers::{Contract, Layer, Off, compare};
use crate::onnx::{Attribute, Input, Model, Node, Output};
use crate::program::Storage;
use crate::quantization::Profile;
use crate::tensor::{DType, Tensor};
use crate::{Compiled, compile, onnx};
use std::collections::BTreeMap;

const CONTRACT: Contract = Contract {
    profile: Profile::Onnx,
    tolerance: Tolerance {
        relative: 1e-4,
        absolute: super::compare::Absolute::OfSpan(1e-5),
    },
};

fn node(
    operator: &str,
    inputs: &[&str],
    outputs: &[&str],
    attributes: &[(&str, Attribute)],
) -> Node {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let attributes = attributes
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()));
    Node {
        name: outputs[0].into(),
        operator: operator.into(),
        domain: String::new(),
        overload: String::new(),
        version: 13,
        inputs: names(inputs),
        outputs: names(outputs),
        attributes: attributes.collect::<BTreeMap<_, _>>(),
    }
}

/// A model of these nodes whose only input is `x`; its output is the last node's.
fn model(x: &Tensor, constants: &[(&str, Tensor)], nodes: Vec<Node>) -> Model {
    let output = nodes.last().map(|node| node.outputs[0].clone()).unwrap();
    Model {
        name: "test".into(),
        producer: String::new(),
        profile: Profile::default(),
        ir_version: 8,
        inputs: vec![Input {
            name: "x".into(),
            dtype: x.ty.dtype,
            dims: x
                .ty
                .shape
                .iter()
                .map(|&size| onnx::Dim::Known(size))
                .collect(),
            ranked: true,
            range: None,
        }],
        outputs: vec![Output {
            name: output,
            dtype: None,
            dims: None,
        }],
        initializers: constants
            .iter()
            .map(|(name, tensor)| ((*name).to_owned(), tensor.clone()))
            .collect(),
        strings: Vec::new(),
        nodes,
        fixed: Vec::new(),
        labels: Vec::new(),
        files: Vec::new(),
    }
}

fn quantisation() -> [(&'static str, Tensor); 2] {
    [
        ("scale", Tensor::scalar(1.0_f32)),
        ("zero", Tensor::scalar(3_i8)),
    ]
}

/// Elements of `x`, averaged in windows of two, between quantisations of the same scale: every odd sum is a half.
fn means(x: &Tensor) -> Model {
    let kernel = [
        ("kernel_shape", Attribute::Ints(vec![2])),
        ("strides", Attribute::Ints(vec![2])),
    ];
    let nodes = vec![
        node(
            "DequantizeLinear",
            &["x", "scale", "zero"],
            &["floats"],
            &[],
        ),
        node("AveragePool", &["floats"], &["means"], &kernel),
        node("QuantizeLinear", &["means", "scale", "zero"], &["y"], &[]),
    ];
    model(x, &quantisation(), nodes)
}

fn judged(model: &Model, compiled: &Compiled, inputs: &[Tensor], contract: Contract) -> Vec<Layer> {
    let reference = Reference::evaluate(model, inputs).unwrap();
    compare(&compiled.program, inputs, &reference, contract).unwrap()
}

#[test]
fn integers_remember_what_was_rounded() {
    let x = Tensor::new([1, 1, 6], &[3_i8, 4, 4, 5, 127, 127]);
    let reference = Reference::evaluate(&means(&x), &[x]).unwrap();
    let y = reference.array("y").unwrap();
    assert_eq!((y.dtype, &y.data[..]), (DType::I8, &[3.0, 5.0, 127.0][..]));
    assert_eq!(y.unrounded.as_deref(), Some(&[3.5, 4.5, 127.0][..]));
    assert_eq!((reference.defined(), reference.borrowed().len()), (3, 0));
}

/// Where what is rounded is a half, both neighbours are right, and nothing else is.
#[test]
fn a_half_has_two_right_answers() {
    let x = Tensor::new([1, 1, 6], &[3_i8, 4, 4, 5, 9, 9]);
    let model = means(&x);
    let compiled = compile(&model).unwrap();
    let off = |profile| {
        let contract = Contract {
            profile,
            ..CONTRACT
        };
        let layers = judged(&model, &compiled, std::slice::from_ref(&x), contract);
        let [
            Layer {
                off: Off::Codes(codes),
                ..
            },
        ] = layers[..]
        else {
            panic!("{layers:?}");
        };
        codes
    };
    assert_eq!(
        (off(Profile::Onnx).wrong, off(Profile::TfLite).wrong),
        (0, 0)
    );
    // Another input: the mean of the last two is then 9 for 8.
    let other = Tensor::new([1, 1, 6], &[3_i8, 4, 4, 5, 8, 8]);
    let reference = Reference::evaluate(&model, &[x]).unwrap();
    let found = compare(&compiled.program, &[other], &reference, CONTRACT).unwrap();
    let [
        Layer {
            off: Off::Codes(codes),
            ..
        },
    ] = found[..]
    else {
        panic!("{found:?}");
    };
    assert_eq!((codes.wrong, codes.steps), (1, 1));
    assert!(!found[0].holds());
}

/// A network whose crate had other weights than the file would be found out, by the layer's name.
#[test]
fn a_falsified_layer_is_named() {
    let fixture = mlc_fixtures::models()
        .find(|model| model.name == "digits_int8")
        .unwrap();
    let model = crate::load(&fixture.dir.join("model.onnx")).unwrap();
    let mut compiled = compile(&model).unwrap();
    let ty = &compiled.program.inputs[0].ty;
    let floats: Vec<f32> = (0..ty.len()).map(|i| (i * 7 % 17) as f32 / 17.0).collect();
    let inputs = [Tensor::new(ty.shape.clone(), &floats)];
    let honest = judged(&model, &compiled, &inputs, CONTRACT);
    assert!(
        honest.len() > 3 && honest.iter().all(Layer::holds),
        "{honest:?}"
    );
    // One weight of a hundred of the second convolution.
    let convolution = |step: &&crate::program::Step| step.operator == "Conv";
    let (layer, weights) = {
        let step = compiled
            .program
            .steps
            .iter()
            .filter(convolution)
            .nth(1)
            .unwrap();
        (step.layer.clone(), step.call.operands[1])
    };
    let storage = &mut compiled.program.buffers[weights.0].storage;
    let Storage::Constant(tensor) = storage else {
        panic!("{storage:?}")
    };
    let mut bytes = tensor.bytes().to_vec();
    bytes
        .iter_mut()
        .step_by(100)
        .for_each(|byte| *byte = byte.wrapping_add(8));
    *storage = Storage::Constant(Tensor::from_bytes(tensor.ty.clone(), &bytes[..]).unwrap());
    let falsified = judged(&model, &compiled, &inputs, CONTRACT);
    let broken: Vec<_> = falsified.iter().filter(|layer| !layer.holds()).collect();
    assert_eq!(
        broken.iter().map(|layer| &layer.layer).collect::<Vec<_>>(),
        [&layer]
    );
}

/// What no definition is there for is evaluated all the same, and said; what was rounded moves along.
#[test]
fn kernels_are_borrowed_and_that_is_said() {
    let x = Tensor::new([1, 1, 4], &[3_i8, 4, 4, 7]);
    let mut model = means(&x);
    model
        .nodes
        .push(node("Slice", &["y", "one", "two", "two"], &["sliced"], &[]));
    model.outputs[0].name = "sliced".into();
    let numbers = [("one", 1_i64), ("two", 2)];
    model
        .initializers
        .extend(numbers.map(|(name, i)| (name.to_owned(), Tensor::new([1], &[i]))));
    let reference = Reference::evaluate(&model, &[x]).unwrap();
    assert_eq!(reference.borrowed().get("Slice"), Some(&1));
    let sliced = reference.array("sliced").unwrap();
    assert_eq!(
        (&sliced.data[..], sliced.unrounded.as_deref()),
        (&[5.0][..], Some(&[5.5][..]))
    );
}
