//! What is measured: networks, their data, and what counts.

use anyhow::{Context, Result};
use mlc_compiler::onnx::{Model, Node};
use mlc_compiler::ops;
use mlc_compiler::quantize::{Preprocessing, Samples};
use mlc_compiler::tensor::{DType, Tensor};
use serde::Serialize;
use std::path::{Path, PathBuf};

use crate::sh;

/// A network and data for it.
pub(super) struct Task {
    pub(super) name: &'static str,
    /// The model in floats.
    pub(super) float: PathBuf,
    /// The same in integers, as its makers ship it.
    pub(super) shipped: Option<PathBuf>,
    pub(super) measures: &'static [Measure],
    data: PathBuf,
    labels: Option<PathBuf>,
    scale: f32,
}

/// What counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Measure {
    /// The part of samples whose highest score is the label's, in percent.
    Right,
    /// The part of samples whose highest score is that of the network in floats, in percent.
    Agreement,
    /// The mean square of the difference between output and input.
    Reconstruction,
}

/// What is measured where the right answers are known.
const LABELLED: &[Measure] = &[Measure::Right, Measure::Agreement];

/// All tasks whose data are there: the zoo's need `MLC_ZOO`.
pub(super) fn all() -> Result<Vec<Task>> {
    let digits = sh::root().join("fixtures/digits");
    let mut tasks = vec![Task {
        name: "digits",
        float: digits.join("model.onnx"),
        shipped: None,
        measures: LABELLED,
        data: digits.join("test_images.npy"),
        labels: Some(digits.join("test_labels.npy")),
        scale: 1.0,
    }];
    let Some(zoo) = std::env::var_os("MLC_ZOO") else {
        eprintln!("MLC_ZOO names no folder: networks of the zoo are not measured");
        return Ok(tasks);
    };
    let zoo = std::env::current_dir()?.join(zoo);
    let task = |name: &'static str, data: &str, measures, scale| Task {
        name,
        float: zoo.join(format!("mlperf_{name}_fp32/model.onnx")),
        shipped: Some(zoo.join(format!("mlperf_{name}_int8/model.onnx"))),
        measures,
        data: zoo.join("data").join(data),
        labels: None,
        scale,
    };
    tasks.extend([
        task("vww", "vww_public200.npz", LABELLED, 1.0 / 255.0),
        task("sww", "sww_45.npz", LABELLED, 1.0),
        task("ic", "ic_500_unlabelled.npz", &[Measure::Agreement], 1.0),
        task("ad", "ad_normal_196.npz", &[Measure::Reconstruction], 1.0),
    ]);
    Ok(tasks)
}

impl Task {
    /// All samples.
    pub(super) fn samples(&self) -> Result<Samples> {
        let model = mlc_compiler::load(&self.float)?;
        let graph = ops::import(&model)?;
        let types = graph.inputs.iter().map(|&value| graph.ty(value).clone());
        let inputs: Vec<_> = model
            .inputs
            .iter()
            .map(|input| input.name.clone())
            .zip(types)
            .collect();
        let preprocessing = Preprocessing {
            scale: vec![self.scale],
            ..Preprocessing::default()
        };
        let mut samples = Samples::load(&self.data, &inputs, &preprocessing)?;
        if let Some(labels) = &self.labels {
            samples.load_labels(labels)?;
        }
        Ok(samples)
    }
}

impl Measure {
    pub(super) fn name(self) -> &'static str {
        match self {
            Measure::Right => "right answers in %",
            Measure::Agreement => "answers of the float net in %",
            Measure::Reconstruction => "mean square error",
        }
    }

    /// What is lost where there was `before` and is `after`.
    pub(super) fn loss(self, before: f64, after: f64) -> f64 {
        match self {
            Measure::Reconstruction => after - before,
            _ => before - after,
        }
    }

    /// The figure for answers to all samples, of which the network in floats answers `float`.
    pub(super) fn of(self, answers: &[Tensor], float: &[Tensor], samples: &Samples) -> f64 {
        let each = |value: &dyn Fn(usize, &Tensor) -> f64| {
            let values = answers
                .iter()
                .enumerate()
                .map(|(i, answer)| value(i, answer));
            values.sum::<f64>() / answers.len() as f64
        };
        let percent = |is_right: bool| if is_right { 100.0 } else { 0.0 };
        let labels = samples.labels.as_deref().unwrap_or_default();
        match self {
            Measure::Right => {
                each(&|i, answer| percent(labels.get(i) == Some(&(largest(answer) as i64))))
            }
            Measure::Agreement => each(&|i, answer| percent(largest(answer) == largest(&float[i]))),
            Measure::Reconstruction => {
                each(&|i, answer| mean_square_error(answer, &samples.inputs[i][0]))
            }
        }
    }
}

/// The place of the highest score, the first of equals.
fn largest(scores: &Tensor) -> usize {
    let values = scores.values::<f32>().unwrap_or_default();
    let best = values
        .iter()
        .enumerate()
        .rev()
        .max_by(|a, b| a.1.total_cmp(b.1));
    best.map_or(0, |(place, _)| place)
}

fn mean_square_error(a: &Tensor, b: &Tensor) -> f64 {
    let (a, b) = (
        a.values::<f32>().unwrap_or_default(),
        b.values::<f32>().unwrap_or_default(),
    );
    let sum: f64 = a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2)).sum();
    sum / a.len().max(1) as f64
}

/// How integers at the ends of a network stand for numbers: scale and zero point.
pub(super) struct Ends {
    input: (f32, i32),
    output: (f32, i32),
}

impl Ends {
    /// As the first node behind the input that converts it and the node that makes the output say.
    pub(super) fn of(model: &Model) -> Result<Self> {
        let (input, output) = (&model.inputs[0].name, &model.outputs[0].name);
        let reader = |name: &String| model.nodes.iter().find(|node| node.inputs.contains(name));
        // What moves data may come before.
        let behind = std::iter::successors(reader(input), |node| reader(node.outputs.first()?));
        let first = { behind }.find(|node| node.operator == "DequantizeLinear");
        let last = model
            .nodes
            .iter()
            .find(|node| node.outputs.contains(output));
        let params = |node: Option<&Node>| {
            let constant = |i: usize| {
                let name = node?.inputs.get(i)?;
                model
                    .initializers
                    .iter()
                    .find(|(n, _)| n == name)
                    .map(|(_, tensor)| tensor)
            };
            Some((constant(1)?.single::<f32>()?, constant(2)?.single::<i32>()?))
        };
        Ok(Ends {
            input: params(first).context("the input is not dequantised")?,
            output: params(last).context("the output is not quantised")?,
        })
    }

    /// What is stored for an input.
    pub(super) fn store(&self, x: &Tensor) -> Tensor {
        let (scale, zero) = self.input;
        let values = x.values::<f32>().unwrap_or_default().iter();
        let stored = values.map(|x| ((x / scale).round_ties_even() + zero as f32) as i8);
        Tensor::new(x.ty.shape.clone(), &stored.collect::<Vec<_>>())
    }

    /// What a stored output stands for.
    pub(super) fn restore(&self, y: &Tensor) -> Tensor {
        debug_assert_eq!(y.ty.dtype, DType::I8);
        let (scale, zero) = self.output;
        let stored = y.to_vec::<i32>().unwrap_or_default();
        let values: Vec<f32> = stored.iter().map(|q| (q - zero) as f32 * scale).collect();
        Tensor::new(y.ty.shape.clone(), &values)
    }
}

/// Writes samples of one input, along the first axis.
pub(super) fn stacked(samples: &[Vec<Tensor>]) -> Tensor {
    let inputs: Vec<&Tensor> = samples.iter().filter_map(|inputs| inputs.first()).collect();
    let shape = inputs.first().map_or(&[][..], |x| &x.ty.shape);
    let values: Vec<f32> = inputs
        .iter()
        .flat_map(|x| x.values::<f32>().unwrap_or_default())
        .copied()
        .collect();
    Tensor::new([&[inputs.len()], shape].concat(), &values)
}

/// The answers in an array along whose first axis they lie.
pub(super) fn unstacked(path: &Path) -> Result<Vec<Tensor>> {
    let all = mlc_compiler::npy::load(path)?;
    let shape = all.ty.shape.get(1..).unwrap_or_default().to_vec();
    let values = all.values::<f32>().context("answers are floats")?;
    let size = shape.iter().product::<usize>().max(1);
    Ok(values
        .chunks_exact(size)
        .map(|answer| Tensor::new(shape.clone(), answer))
        .collect())
}
