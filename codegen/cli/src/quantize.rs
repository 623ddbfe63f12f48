//! `mlc quantize`: a model in floats becomes one in integers of 8 bits.

use crate::Outcome;
use crate::table::{Lean, table};
use crate::terminal::{FAINT, GOOD, Terminal, styled, warnings};
use mlc_codegen::quantize::bytes_of;
use mlc_codegen::{Options, write_file};
use mlc_compiler::diag::Diags;
use mlc_compiler::quantize::{Criterion, Estimator, LayerReport, Precision, Quantized, Report};
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
    /// File of the quantised model [default: that of the model, with `_int8` behind its name].
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Show signal and noise of every layer.
    #[arg(long)]
    per_layer: bool,
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
    let before = &args.options.model;
    let model = args.options.load_as_it_is()?;
    let bytes_before = bytes_of(before, &model);
    let calibration = &args.options.calibration;
    let quantized = calibration.apply(&model, before, &|step| progress.step(step));
    let Quantized { model, report } = quantized?;
    let bytes = model.encode()?;
    let out = args.out.unwrap_or_else(|| beside(before));
    write_file(&out, &bytes)?;
    drop(progress);
    let summary = Summary {
        name,
        bytes: bytes.len(),
        bytes_before,
        seconds: start.elapsed().as_secs_f64(),
        per_layer: args.per_layer,
        report,
        out,
    };
    terminal.result(&summary, || summary.text())?;
    Ok(Outcome::Success)
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
        text += &warnings(&self.report.warnings);
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
