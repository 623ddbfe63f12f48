//! Quantised models of the zoo: every layer on integers against the graph as it is written.

use std::fmt;

use anyhow::{Result, ensure};
use mlc_codegen::Options;
use mlc_codegen::native::Builder;
use mlc_compiler::literal::{self, LayerDifference};
use mlc_compiler::requantize::Profile;
use mlc_compiler::tensor::Tensor;
use mlc_tests::Case;
use mlc_tests::recorded::Worst;
use serde::Serialize;

use super::{Figures as Whole, build, compare, short};
use crate::sh;

/// What quantised models do otherwise than their graphs say, element by element.
#[derive(Serialize)]
pub(super) struct Figures {
    /// Elements of the recorded outputs, and how many of them differ, in either arithmetic.
    outputs: usize,
    differing: usize,
    differing_tflite: Option<usize>,
    /// Elements of all quantised tensors, and how many of them differ given the same inputs to their layer.
    elements: usize,
    inexact: usize,
    /// By how many steps at most.
    steps: i64,
    /// Layers that have such elements.
    layers: Vec<LayerDifference>,
    /// Operators that stay in floating point.
    floats: usize,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Figures {
            outputs,
            differing,
            elements,
            inexact,
            steps,
            floats,
            ..
        } = self;
        write!(f, "outputs: {differing} of {outputs} elements differ")?;
        if let Some(differing) = self.differing_tflite {
            write!(f, " ({differing} under tflite)")?;
        }
        write!(
            f,
            "; layers, given the same inputs: {inexact} of {elements}, by {steps} steps at most; {floats} operators in floating point"
        )
    }
}

/// The largest difference that rounding in floating point explains: one step.
const MOST_STEPS: i64 = 1;

pub(super) fn try_model(case: &Case) -> Result<Whole> {
    let built = build(short(case), &case.onnx())?;
    let sets = case.sets()?;
    ensure!(!sets.is_empty(), "there is no recorded data");
    let samples: Vec<_> = sets.iter().map(|set| set.inputs.clone()).collect();
    let recorded: Vec<_> = sets.iter().flat_map(|set| set.outputs.clone()).collect();
    let outputs = built.native.run(&samples)?.samples.concat();
    let layers = literal::compare(
        &case.model().map_err(anyhow::Error::msg)?,
        &built.compiled,
        &samples[0],
    )?;
    let inexact: Vec<_> = layers
        .iter()
        .filter(|layer| layer.differing > 0)
        .cloned()
        .collect();
    let figures = Figures {
        outputs: recorded.iter().map(|tensor| tensor.ty.len()).sum(),
        differing: differing(&outputs, &recorded),
        differing_tflite: under_tflite(case, &samples, &recorded)?,
        elements: layers.iter().map(|layer| layer.elements).sum(),
        inexact: inexact.iter().map(|layer| layer.differing).sum(),
        steps: inexact.iter().map(|layer| layer.steps).max().unwrap_or(0),
        layers: inexact,
        floats: built.compiled.graph.remarks.len(),
    };
    ensure!(
        figures.steps <= MOST_STEPS,
        "layers are off by more than {MOST_STEPS} step: {:?}",
        figures
            .layers
            .iter()
            .filter(|layer| layer.steps > MOST_STEPS)
            .collect::<Vec<_>>()
    );
    let floats = recorded
        .iter()
        .all(|tensor| tensor.values::<f32>().is_some());
    let mut worst = Worst::default();
    if floats && figures.elements == 0 {
        for (set, outputs) in sets.iter().zip(outputs.chunks(sets[0].outputs.len())) {
            worst = worst.max(compare(case, outputs, set)?);
        }
    }
    ensure!(
        figures.differing_tflite.is_none_or(|n| n == 0),
        "{} elements differ under profile tflite",
        figures.differing_tflite.unwrap_or(0)
    );
    Ok(Whole {
        quantised: Some(figures),
        ..built.figures(worst)
    })
}

/// How many elements differ in any bit.
fn differing(outputs: &[Tensor], recorded: &[Tensor]) -> usize {
    let pairs = outputs.iter().zip(recorded);
    pairs
        .map(|(a, b)| {
            let size = (b.ty.bytes() / b.ty.len().max(1)).max(1);
            let elements = a.bytes().chunks(size).zip(b.bytes().chunks(size));
            elements.filter(|(a, b)| a != b).count()
        })
        .sum()
}

/// The same in the arithmetic of TensorFlow Lite, for models whose recorded answers are its own, too: those
/// of MLPerf Tiny.
fn under_tflite(
    case: &Case,
    samples: &[Vec<Tensor>],
    recorded: &[Tensor],
) -> Result<Option<usize>> {
    let same = short(case).starts_with("mlperf") && case.dir.join("model.tflite").exists();
    if !same {
        return Ok(None);
    }
    let name = format!("{}_tflite", short(case));
    let compiled = Options::new(case.onnx())
        .profile(Profile::TfLite)
        .compile()?;
    let native = Builder::in_cache(sh::target_dir().join("zoo/cache")).build(&compiled, &name)?;
    Ok(Some(differing(
        &native.run(samples)?.samples.concat(),
        recorded,
    )))
}
