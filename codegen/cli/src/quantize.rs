//! `mlc quantize`: a model in floats becomes one in integers of 8 bits.

use crate::Outcome;
use crate::table::{Lean, table};
use crate::terminal::{FAINT, GOOD, Progress, Terminal, styled};
use clap::ValueEnum;
use mlc_codegen::{Options, write_file};
use mlc_compiler::diag::Diags;
use mlc_compiler::onnx::Model;
use mlc_compiler::ops;
use mlc_compiler::quantize::{
    Criterion, Estimator, LayerReport, Layout, Precision, Preprocessing, Quantized, Report,
    Samples, Settings, quantize,
};
use mlc_compiler::tensor::TensorType;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Quantises a model after its training, calibrated with samples of what it will see.
///
/// The result is a standard ONNX model with QuantizeLinear and DequantizeLinear, which `mlc build` compiles and other
/// engines run.
///
/// Samples are files called .npy (one sample, or many along the first axis), .npz (an array for each input by its name,
/// or `x`; labels in `y`), .pb (TensorProto), .png or .jpg, or a folder of them. For a model of several inputs a folder
/// has a file or a folder called after each input. Folders `test_data_set_K` of ONNX test data are understood, too.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    options: Options,
    /// File or folder of the samples.
    #[arg(long, value_name = "PATH")]
    data: PathBuf,
    #[command(flatten)]
    calibration: Calibration,
    /// File of the quantised model [default: that of the model, with `_int8` behind its name].
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Show signal and noise of every layer.
    #[arg(long)]
    per_layer: bool,
}

/// How samples are read and used.
#[derive(clap::Args)]
pub(crate) struct Calibration {
    /// Subtracted from every number of a sample: one number, or one for each channel.
    #[arg(
        long,
        value_delimiter = ',',
        allow_negative_numbers = true,
        requires = "data"
    )]
    mean: Vec<f32>,
    /// Multiplied with every number then: one number, or one for each channel.
    #[arg(long, value_delimiter = ',', requires = "data")]
    scale: Vec<f32>,
    /// Order of axes of images [default: as the input's shape has it].
    #[arg(long, value_enum, requires = "data")]
    layout: Option<Axes>,
    /// Resize images to the size of the input.
    #[arg(long, requires = "data")]
    resize: bool,
    /// File of the right class of each sample, a .npy array of integers.
    #[arg(long, value_name = "FILE", requires = "data")]
    labels: Option<PathBuf>,
    /// Percentage points of accuracy that may be lost: layers take 16 bits or stay in floats until no more are.
    ///
    /// Accuracy is measured on the samples: by labels if there are any, or else by the answers of the model in floats.
    /// Of a model whose outputs are no scores, it is the part of their power that is not noise.
    #[arg(long, value_name = "POINTS", requires = "data")]
    max_accuracy_drop: Option<f64>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Axes {
    Nchw,
    Nhwc,
}

/// What was quantised.
#[derive(Serialize)]
struct Summary {
    name: String,
    out: PathBuf,
    bytes: usize,
    /// Bytes of the model before.
    bytes_before: u64,
    seconds: f64,
    #[serde(flatten)]
    report: Report,
    #[serde(skip)]
    per_layer: bool,
}

pub(crate) fn run(args: Args, terminal: &Terminal) -> Result<Outcome, Diags> {
    let start = Instant::now();
    let name = args.options.crate_name();
    let progress = terminal.progress(format!("reading {name}"));
    let Quantized { model, report } = quantized(
        &args.options.load()?,
        &args.data,
        &args.calibration,
        &progress,
    )?;
    let bytes = model.encode()?;
    let before = &args.options.model;
    let out = args.out.unwrap_or_else(|| beside(before));
    write_file(&out, &bytes)?;
    drop(progress);
    let summary = Summary {
        name,
        bytes: bytes.len(),
        bytes_before: std::fs::metadata(before).map_or(0, |file| file.len()),
        seconds: start.elapsed().as_secs_f64(),
        per_layer: args.per_layer,
        report,
        out,
    };
    terminal.result(&summary, || summary.text())?;
    Ok(Outcome::Success)
}

/// Quantises a model with the samples at `data`.
pub(crate) fn quantized(
    model: &Model,
    data: &Path,
    calibration: &Calibration,
    progress: &Progress,
) -> Result<Quantized, Diags> {
    progress.say("reading samples");
    let mut samples = Samples::load(data, &inputs(model)?, &calibration.preprocessing())?;
    if let Some(labels) = &calibration.labels {
        samples.load_labels(labels)?;
    }
    let settings = Settings {
        max_accuracy_drop: calibration.max_accuracy_drop,
    };
    quantize(model, &samples, settings, &|p| {
        progress.say(format!("{}: {} of {}", p.stage, p.done, p.total));
    })
}

/// Names and types of what the model takes.
fn inputs(model: &Model) -> Result<Vec<(String, TensorType)>, Diags> {
    let graph = ops::import(model)?;
    let types = graph.inputs.iter().map(|&value| graph.ty(value).clone());
    Ok(model
        .inputs
        .iter()
        .map(|input| input.name.clone())
        .zip(types)
        .collect())
}

impl Calibration {
    fn preprocessing(&self) -> Preprocessing {
        Preprocessing {
            mean: self.mean.clone(),
            scale: self.scale.clone(),
            layout: self.layout.map(|axes| match axes {
                Axes::Nchw => Layout::Nchw,
                Axes::Nhwc => Layout::Nhwc,
            }),
            resize: self.resize,
        }
    }
}

/// `nets/kws_int8.onnx` for `nets/kws.onnx`.
fn beside(model: &Path) -> PathBuf {
    let stem = model.file_stem().unwrap_or_default().to_string_lossy();
    model.with_file_name(format!("{stem}_int8.onnx"))
}

impl Summary {
    fn text(&self) -> String {
        let Report { layers, floats, .. } = &self.report;
        let mut text = format!(
            "{} {} with {} samples in {:.1} s: {} → {} bytes\n  {} layers in integers, {} nodes in floats; \
             signal to noise at the outputs {}\n  {}\n  {}\n",
            styled(GOOD, "Quantised"),
            self.name,
            self.report.samples,
            self.seconds,
            self.bytes_before,
            self.bytes,
            layers.len(),
            floats.len(),
            decibels(self.report.output_db),
            self.accuracy(),
            self.out.display(),
        );
        if self.per_layer {
            text += &self.layers();
        }
        text
    }

    fn accuracy(&self) -> String {
        let accuracy = &self.report.accuracy;
        let (float, quantized) = (accuracy.float, accuracy.quantized);
        match accuracy.criterion {
            Criterion::Labels => {
                format!("{quantized:.2} % of the samples are right, {float:.2} % in floats")
            }
            Criterion::Agreement => {
                format!("{quantized:.2} % of the samples are answered as in floats")
            }
            Criterion::Signal => format!("{quantized:.2} % of the outputs' power is signal"),
        }
    }

    fn layers(&self) -> String {
        let columns = [
            Lean::Left,
            Lean::Left,
            Lean::Left,
            Lean::Left,
            Lean::Right,
            Lean::Right,
            Lean::Right,
        ];
        let headings = [
            "layer",
            "operator",
            "stored",
            "range by",
            "step",
            "own noise",
            "with all before",
        ];
        let mut rows = vec![headings.map(String::from).to_vec()];
        rows.extend(self.report.layers.iter().map(row));
        rows.extend(
            self.report
                .floats
                .iter()
                .map(|(name, operator)| vec![short(name), operator.clone(), "float".into()]),
        );
        let table = table(&columns, &rows);
        let (heading, rows) = table.split_once('\n').unwrap_or((&table, ""));
        format!("{}\n{rows}", styled(FAINT, heading))
    }
}

fn row(layer: &LayerReport) -> Vec<String> {
    let stored = match layer.params.precision {
        Precision::Int8 => "int8",
        Precision::Int16 => "int16",
    };
    let estimator = match layer.estimator {
        Estimator::MinMax => "min-max",
        Estimator::Percentile => "percentile",
        Estimator::Entropy => "entropy",
        Estimator::Mse => "mse",
    };
    vec![
        short(&layer.name),
        layer.operator.clone(),
        stored.into(),
        estimator.into(),
        format!("{:.2e}", layer.params.scale),
        decibels(layer.own_db),
        decibels(layer.total_db),
    ]
}

fn decibels(ratio: Option<f64>) -> String {
    ratio.map_or("exact".into(), |db| format!("{db:.1} dB"))
}

/// The end of a name, where the names of a network differ.
fn short(name: &str) -> String {
    match name.char_indices().rev().nth(31) {
        Some((start, _)) if start > 0 => format!("…{}", &name[start..]),
        _ => name.into(),
    }
}
