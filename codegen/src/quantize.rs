//! Quantisation as an option of whatever compiles a model: the samples it is calibrated with, and how these are read.

use crate::said::numbers;
use mlc_compiler::diag::{Diag, Diags};
use mlc_compiler::onnx::Model;
use mlc_compiler::ops;
pub use mlc_compiler::quantize::Layout;
use mlc_compiler::quantize::{self, Preprocessing, Progress, Quantized, Samples, Settings};
use mlc_compiler::tensor::TensorType;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Whether to quantise, and with what. With the feature `clap` these are arguments of a command.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "clap", derive(clap::Args))]
#[serde(default, rename_all = "kebab-case")]
pub struct Calibration {
    /// Quantise the model first, calibrated with the samples in this file or folder, as `mlc quantize` does.
    #[cfg_attr(feature = "clap", arg(long, value_name = "PATH"))]
    pub quantize: Option<PathBuf>,
    /// Subtracted from every number of a sample: one number, or one for each channel.
    #[cfg_attr(
        feature = "clap",
        arg(
            long,
            value_delimiter = ',',
            allow_negative_numbers = true,
            requires = "quantize"
        )
    )]
    #[serde(deserialize_with = "numbers")]
    pub mean: Vec<f32>,
    /// Multiplied with every number then: one number, or one for each channel.
    #[cfg_attr(
        feature = "clap",
        arg(
            long,
            value_delimiter = ',',
            allow_negative_numbers = true,
            requires = "quantize"
        )
    )]
    #[serde(deserialize_with = "numbers")]
    pub scale: Vec<f32>,
    /// Order of axes of images [default: as the input's shape has it].
    #[cfg_attr(feature = "clap", arg(long, value_enum, requires = "quantize"))]
    pub layout: Option<Layout>,
    /// Resize images to the size of the input.
    #[cfg_attr(feature = "clap", arg(long, requires = "quantize"))]
    pub resize: bool,
    /// File of the right class of each sample, a .npy array of integers.
    #[cfg_attr(
        feature = "clap",
        arg(long, value_name = "FILE", requires = "quantize")
    )]
    pub labels: Option<PathBuf>,
    /// Percentage points of accuracy that may be lost: layers take 16 bits or stay in floats until no more are.
    ///
    /// Accuracy is measured on the samples: by labels if there are any, or else by the answers of the model in floats.
    /// Of a model whose outputs are no scores, it is the part of their power that is not noise.
    #[cfg_attr(
        feature = "clap",
        arg(long, value_name = "POINTS", requires = "quantize")
    )]
    pub max_accuracy_drop: Option<f64>,
}

impl Calibration {
    /// Makes sure that nothing is said of samples where there are none.
    pub(crate) fn check_unused(&self) -> Result<(), Diag> {
        let alone = Calibration {
            quantize: self.quantize.clone(),
            ..Calibration::default()
        };
        match *self == alone {
            true => Ok(()),
            false => Err(Diag::new(
                "missing-argument",
                "it is said how samples are read, but not which: `quantize` is missing",
            )),
        }
    }

    /// Quantises the model in `file`, which was read before; `progress` hears of each step.
    pub fn apply(
        &self,
        model: &Model,
        file: &Path,
        progress: &dyn Fn(Progress),
    ) -> Result<Quantized, Diags> {
        let mut quantized =
            quantize::quantize(model, &self.samples(model)?, self.settings(), progress)?;
        let (before, after) = (bytes_of(file, model), quantized.model.encode()?.len());
        if before < after as u64 {
            quantized.report.warnings.push(format!(
                "quantised, the model takes {after} bytes: more than the {before} before"
            ));
        }
        Ok(quantized)
    }

    fn samples(&self, model: &Model) -> Result<Samples, Diags> {
        let Some(data) = &self.quantize else {
            let message = "there are no samples to calibrate with";
            return Err(Diag::new("no-samples", message).into());
        };
        let mut samples = Samples::load(data, &inputs(model)?, &self.preprocessing())?;
        if let Some(labels) = &self.labels {
            samples.load_labels(labels)?;
        }
        Ok(samples)
    }

    fn settings(&self) -> Settings {
        Settings {
            max_accuracy_drop: self.max_accuracy_drop,
        }
    }

    fn preprocessing(&self) -> Preprocessing {
        Preprocessing {
            mean: self.mean.clone(),
            scale: self.scale.clone(),
            layout: self.layout,
            resize: self.resize,
        }
    }

    /// The files that samples and labels are read from.
    pub fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let mut open: Vec<PathBuf> = self.quantize.iter().chain(&self.labels).cloned().collect();
        while let Some(path) = open.pop() {
            match std::fs::read_dir(&path) {
                Ok(entries) => open.extend(entries.flatten().map(|entry| entry.path())),
                Err(_) => files.push(path),
            }
        }
        files.sort();
        files
    }

    /// Takes paths as relative to a folder.
    pub fn beneath(&mut self, root: &Path) {
        for path in self.quantize.iter_mut().chain(&mut self.labels) {
            *path = root.join(&*path);
        }
    }
}

/// Names and types of what the model takes.
fn inputs(model: &Model) -> Result<Vec<(String, TensorType)>, Diags> {
    let graph = ops::import(model)?;
    let types = graph.inputs.iter().map(|&value| graph.ty(value).clone());
    let names = model.inputs.iter().map(|input| input.name.clone());
    Ok(names.zip(types).collect())
}

/// Bytes of a model's file and of those beside it that tensors were read from.
pub fn bytes_of(file: &Path, model: &Model) -> u64 {
    let size = |file: &Path| std::fs::metadata(file).map_or(0, |file| file.len());
    size(file) + model.files.iter().map(|file| size(file)).sum::<u64>()
}
