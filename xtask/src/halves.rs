//! `cargo xtask halves`: what it means that integers are rounded exactly, where halves occur.
//!
//! Layers between quantisations are compiled as ever, on integers, and compared with the same graph evaluated in `f32`
//! as it is written, in which products that are halves land on either side by their last bit. What is on integers is
//! held against the contract as well.

use anyhow::{Result, ensure};
use mlc_compiler::onnx::{Attribute, Dim, Input, Model, Node, Output};
use mlc_compiler::quantization::Profile;
use mlc_compiler::reference::Reference;
use mlc_compiler::reference::compare::Tolerance;
use mlc_compiler::reference::layers::{self, Contract, Layer};
use mlc_compiler::tensor::{DType, Tensor};
use mlc_compiler::{compile, compile_observed, interp};
use mlc_tests::random::Random;
use serde::Serialize;

/// Counts elements of layers on integers that are a step off their evaluation in floating point.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

/// Scales that each kind of layer is tried with.
const SCALES: usize = 256;

#[derive(Serialize)]
struct Row {
    layer: &'static str,
    elements: usize,
    /// Elements that are not those of the evaluation in `f32`, and by how many steps at most.
    differing: usize,
    steps: i64,
    /// Elements that are not right by the contract.
    wrong: usize,
}

/// The node of a layer, and its constants by name.
type Written = (Node, Vec<(&'static str, Tensor)>);

/// A layer: its input's shape, the node between quantisations with its constants, and whether the scale stays.
struct Kind {
    name: &'static str,
    shape: [usize; 4],
    node: fn(&mut Random) -> Written,
    alike: bool,
}

const KINDS: [Kind; 5] = [
    Kind {
        name: "mean of 2×2, same scale",
        shape: [1, 16, 20, 20],
        node: mean_of_four,
        alike: true,
    },
    Kind {
        name: "linear Resize by 2, same scale",
        shape: [1, 16, 10, 10],
        node: resize,
        alike: true,
    },
    Kind {
        name: "mean over 32 channels, same scale",
        shape: [1, 32, 36, 36],
        node: mean_of_channels,
        alike: true,
    },
    Kind {
        name: "mean of 2×2, another scale",
        shape: [1, 16, 20, 20],
        node: mean_of_four,
        alike: false,
    },
    Kind {
        name: "convolution 3×3",
        shape: [1, 16, 20, 20],
        node: conv,
        alike: false,
    },
];

pub(crate) fn run(args: Args) -> Result<()> {
    let mut random = Random::new(10);
    let rows = KINDS
        .iter()
        .map(|kind| tried(kind, &mut random))
        .collect::<Result<Vec<_>>>()?;
    match args.json {
        true => println!("{}", serde_json::to_string_pretty(&rows)?),
        false => rows.iter().for_each(|row| println!("{}", row.text())),
    }
    let wrong: usize = rows.iter().map(|row| row.wrong).sum();
    ensure!(wrong == 0, "{wrong} elements are not within the contract");
    Ok(())
}

impl Row {
    fn text(&self) -> String {
        let Row {
            layer,
            elements,
            differing,
            steps,
            wrong,
        } = self;
        let part = 100.0 * *differing as f64 / *elements as f64;
        format!(
            "{layer:<36} {differing:>7} of {elements:>8} elements ({part:.5} %) by {steps} step; {wrong} wrong"
        )
    }
}

fn tried(kind: &Kind, random: &mut Random) -> Result<Row> {
    let mut row = Row {
        layer: kind.name,
        elements: 0,
        differing: 0,
        steps: 0,
        wrong: 0,
    };
    for _ in 0..SCALES {
        let model = model(kind, random);
        let len = kind.shape.iter().product::<usize>();
        let codes: Vec<i8> = (0..len).map(|_| random.below(256) as i8).collect();
        let inputs = [Tensor::new(kind.shape, &codes)];
        let compiled = compile(&model)?;
        let written = compile_observed(&model, Default::default(), &[], &mut |_, _| ())?;
        let [found, float] = [&compiled, &written].map(|c| interp::run(&c.program, &inputs));
        let (found, float) = (found?[0].to_vec::<i64>(), float?[0].to_vec::<i64>());
        for (a, b) in found.iter().flatten().zip(float.iter().flatten()) {
            row.elements += 1;
            row.differing += usize::from(a != b);
            row.steps = row.steps.max((a - b).abs());
        }
        let contract = Contract {
            profile: Profile::Onnx,
            tolerance: Tolerance::default(),
        };
        let reference = Reference::evaluate(&model, &inputs)?;
        let judged = layers::compare(&compiled.program, &inputs, &reference, contract)?;
        ensure!(!judged.is_empty(), "{}: no layer was compared", kind.name);
        row.wrong += judged.iter().map(Layer::wrong).sum::<usize>();
    }
    Ok(row)
}

/// The layer between `DequantizeLinear` and `QuantizeLinear`, with scales of many digits.
fn model(kind: &Kind, random: &mut Random) -> Model {
    let [x_scale, other] = [0; 2].map(|_| 0.004 + 0.1 * unit(random));
    let (layer, constants) = (kind.node)(random);
    let y_scale = if kind.alike {
        x_scale
    } else {
        other * if layer.operator == "Conv" { 8.0 } else { 1.0 }
    };
    let parameters = [
        ("x_scale", Tensor::scalar(x_scale)),
        ("y_scale", Tensor::scalar(y_scale)),
        ("zero", Tensor::scalar(5_i8)),
    ];
    let mut nodes = vec![node(
        "DequantizeLinear",
        &["x", "x_scale", "zero"],
        "floats",
        &[],
    )];
    if layer.operator == "Conv" {
        nodes.push(node(
            "DequantizeLinear",
            &["w_codes", "w_scale"],
            "w",
            &[("axis", Attribute::Int(0))],
        ));
    }
    nodes.extend([
        layer,
        node("QuantizeLinear", &["result", "y_scale", "zero"], "y", &[]),
    ]);
    let constants = constants.into_iter().chain(parameters);
    Model {
        name: kind.name.into(),
        producer: String::new(),
        profile: Profile::default(),
        ir_version: 8,
        inputs: vec![Input {
            name: "x".into(),
            dtype: DType::I8,
            dims: kind.shape.iter().map(|&size| Dim::Known(size)).collect(),
            ranked: true,
            range: None,
        }],
        outputs: vec![Output {
            name: "y".into(),
            dtype: None,
            dims: None,
        }],
        initializers: constants
            .map(|(name, tensor)| (name.to_owned(), tensor))
            .collect(),
        strings: Vec::new(),
        nodes,
        fixed: Vec::new(),
        labels: Vec::new(),
        files: Vec::new(),
    }
}

fn node(operator: &str, inputs: &[&str], output: &str, attributes: &[(&str, Attribute)]) -> Node {
    let attributes = attributes
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()));
    Node {
        name: output.into(),
        operator: operator.into(),
        domain: String::new(),
        overload: String::new(),
        version: 13,
        inputs: inputs.iter().map(|name| (*name).to_owned()).collect(),
        outputs: vec![output.into()],
        attributes: attributes.collect(),
    }
}

fn unit(random: &mut Random) -> f32 {
    random.below(1 << 24) as f32 / (1 << 24) as f32
}

fn mean_of_four(_: &mut Random) -> Written {
    let two = || Attribute::Ints(vec![2, 2]);
    let attributes = [("kernel_shape", two()), ("strides", two())];
    (
        node("AveragePool", &["floats"], "result", &attributes),
        Vec::new(),
    )
}

fn mean_of_channels(_: &mut Random) -> Written {
    let attributes = [
        ("axes", Attribute::Ints(vec![1])),
        ("keepdims", Attribute::Int(1)),
    ];
    (
        node("ReduceMean", &["floats"], "result", &attributes),
        Vec::new(),
    )
}

fn resize(_: &mut Random) -> Written {
    let mode = [("mode", Attribute::String(b"linear".to_vec()))];
    let factors = Tensor::new([4], &[1.0_f32, 1.0, 2.0, 2.0]);
    (
        node("Resize", &["floats", "", "factors"], "result", &mode),
        vec![("factors", factors)],
    )
}

fn conv(random: &mut Random) -> Written {
    let codes: Vec<i8> = (0..32 * 16 * 9).map(|_| random.below(256) as i8).collect();
    let scales: Vec<f32> = (0..32).map(|_| 0.001 + 0.01 * unit(random)).collect();
    let constants = vec![
        ("w_codes", Tensor::new([32, 16, 3, 3], &codes)),
        ("w_scale", Tensor::new([32], &scales)),
    ];
    (node("Conv", &["floats", "w"], "result", &[]), constants)
}
