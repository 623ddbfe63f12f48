//! Lifted or not, a network answers the same.

use super::super::fragment::program;
use super::super::net::Net;
use super::super::testing::{model, node_of};
use super::*;
use crate::interp;
use crate::onnx::{self, Model};
use mlc_fixtures::Case;

/// What a network answers, and what it answers in the least version for quantisation and in that for 16 bits.
fn answers(model: &Model, inputs: &[Tensor]) -> Result<[Vec<Tensor>; 3], String> {
    let run = |model: &Model| {
        let program = program(model).map_err(|diags| diags.to_string())?;
        interp::run(&program, inputs).map_err(|diag| diag.to_string())
    };
    let mut net = Net::new(model.clone()).map_err(|diags| diags.to_string())?;
    lift(&mut net, PER_AXIS).map_err(|diag| diag.to_string())?;
    let least = net.model();
    lift(&mut net, SIXTEEN_BITS).map_err(|diag| diag.to_string())?;
    for model in [&least, &net.model()] {
        model.encode().map_err(|diag| diag.to_string())?;
    }
    Ok([run(model)?, run(&least)?, run(&net.model())?])
}

fn assert_same(name: &str, [expected, least, wide]: &[Vec<Tensor>; 3]) {
    for (expected, found) in expected
        .iter()
        .chain(expected)
        .zip(least.iter().chain(wide))
    {
        let same = match (expected.values::<f32>(), found.values::<f32>()) {
            (Some(a), Some(b)) if expected.ty == found.ty => {
                let near = |(a, b): (&f32, &f32)| (a - b).abs() <= 1e-6 * a.abs();
                a.iter()
                    .zip(b)
                    .all(|(a, b)| a == b || a.is_nan() && b.is_nan() || near((a, b)))
            }
            _ => expected.identical(found),
        };
        assert!(same, "{name}: {found:?} instead of {expected:?}");
    }
}

/// The tensors `PREFIX_0.pb`, .. of a case's first recorded run.
fn recorded(case: &Case) -> Option<Vec<Tensor>> {
    let folder = case.data_sets().into_iter().next()?;
    let files = (0..).map(|i| folder.join(format!("input_{i}.pb")));
    let load = |file: std::path::PathBuf| onnx::tensor::load(&file).unwrap().1;
    Some(files.take_while(|file| file.exists()).map(load).collect())
}

/// The model of a case, if its dimensions alone make it whole.
fn bound(case: &Case) -> Option<Model> {
    let mut bindings = onnx::Bindings::default();
    for (name, size) in &case.dims {
        bindings.dim(name, *size);
    }
    for (input, shape) in &case.shapes {
        bindings.input_shape(Some(input), shape.clone());
    }
    let mut model = crate::load(&case.onnx()).unwrap();
    model.bind(&bindings).ok()?;
    Some(model)
}

#[test]
fn every_operator_answers_the_same_when_it_is_lifted() {
    let cases = mlc_fixtures::operator_cases()
        .chain(mlc_fixtures::importer_cases().filter(|case| case.must_import))
        .chain(mlc_fixtures::export_cases());
    for case in cases {
        // What mlc refuses to build need not be lifted; whether it should be refused is for other tests to say.
        let (Some(inputs), Some(model)) = (recorded(&case), bound(&case)) else {
            continue;
        };
        // Of what is older, some is refused.
        let is_early = model.nodes.iter().any(|node| node.version < EARLY);
        if !is_early && program(&model).is_ok() {
            let found = answers(&model, &inputs);
            assert_same(
                &case.name,
                &found.unwrap_or_else(|e| panic!("{}: {e}", case.name)),
            );
        }
    }
}

/// The answer to an image of a network of one node, whose other operands are constant.
fn assert_lifts(
    operator: &str,
    version: i64,
    attributes: &[(&str, Attribute)],
    operands: &[Tensor],
) {
    let mut node = node_of(operator, version, attributes);
    node.inputs = vec!["x".into()];
    node.inputs
        .extend((0..operands.len()).map(|i| format!("operand{i}")));
    let constants = operands.iter().enumerate();
    let constants = constants.map(|(i, tensor)| (format!("operand{i}"), tensor.clone()));
    let shape = [2, 4, 3, 2];
    let mut model = model(&[("x", &shape)], &[&node.outputs[0]], vec![node.clone()]);
    model.initializers = constants.collect();
    let x: Vec<f32> = (0..48)
        .map(|i| ((i * 29) % 17) as f32 / 5.0 - 1.5)
        .collect();
    let found = answers(&model, &[Tensor::new(shape, &x)]);
    let name = format!("{operator} of version {version}");
    assert_same(&name, &found.unwrap_or_else(|e| panic!("{name}: {e}")));
}

fn ints(list: &[i64]) -> Attribute {
    Attribute::Ints(list.to_vec())
}

fn text(word: &str) -> Attribute {
    Attribute::String(word.into())
}

#[test]
fn attributes_become_inputs() {
    let scalar = Attribute::Float;
    assert_lifts(
        "Clip",
        6,
        &[("min", scalar(-0.5)), ("max", scalar(0.7))],
        &[],
    );
    assert_lifts(
        "Pad",
        7,
        &[
            ("pads", ints(&[0, 0, 1, 0, 0, 0, 2, 1])),
            ("value", scalar(3.0)),
        ],
        &[],
    );
    assert_lifts(
        "Slice",
        1,
        &[
            ("starts", ints(&[1])),
            ("ends", ints(&[3])),
            ("axes", ints(&[1])),
        ],
        &[],
    );
    assert_lifts(
        "TopK",
        1,
        &[("k", Attribute::Int(2)), ("axis", Attribute::Int(1))],
        &[],
    );
    for (operator, version) in [
        ("ReduceSum", 11),
        ("ReduceMax", 11),
        ("ReduceL2", 13),
        ("ReduceProd", 7),
    ] {
        assert_lifts(
            operator,
            version,
            &[("axes", ints(&[2, 3])), ("keepdims", Attribute::Int(0))],
            &[],
        );
    }
    assert_lifts("Unsqueeze", 11, &[("axes", ints(&[0, 2]))], &[]);
}

#[test]
fn axes_that_counted_as_one_are_made_one() {
    for operator in ["Softmax", "LogSoftmax", "Hardmax"] {
        for axis in [0, 1, 2, 3, -2] {
            assert_lifts(operator, 11, &[("axis", Attribute::Int(axis))], &[]);
        }
    }
}

#[test]
fn pixels_are_resized_as_they_were() {
    let scales = |h, w| Tensor::new([4], &[1.0, 1.0, h, w]);
    let mode = |mode: &str| [("mode", text(mode))];
    for (h, w) in [(2.0, 3.0), (0.5, 0.5), (1.5, 1.0)] {
        assert_lifts("Resize", 10, &mode("nearest"), &[scales(h, w)]);
        assert_lifts("Resize", 10, &mode("linear"), &[scales(h, w)]);
    }
    assert_lifts("Upsample", 9, &mode("nearest"), &[scales(2.0, 2.0)]);
    let old = ("scales", Attribute::Floats(vec![1.0, 1.0, 2.0, 1.5]));
    assert_lifts("Upsample", 7, &[("mode", text("linear")), old], &[]);
}

#[test]
fn parameters_of_groups_become_those_of_channels() {
    let parameters = [
        Tensor::new([2], &[1.0_f32, 3.0]),
        Tensor::new([2], &[0.5_f32, -1.0]),
    ];
    assert_lifts(
        "GroupNormalization",
        18,
        &[("num_groups", Attribute::Int(2))],
        &parameters,
    );
}
