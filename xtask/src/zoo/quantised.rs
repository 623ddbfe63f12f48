//! Quantised models of the zoo: every layer on integers against the graph as it is written.

use std::fmt;

use anyhow::{Result, ensure};
use mlc_codegen::Options;
use mlc_codegen::native::Builder;
use mlc_compiler::quantization::Profile;
use mlc_compiler::reference::Reference;
use mlc_compiler::reference::compare::Tolerance;
use mlc_compiler::reference::layers::{self, Contract, Layer, Off};
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
    /// Elements of all quantised tensors, and how many of them differ from the graph's given the same inputs to their
    /// layer, where a half is rounded to the other side.
    elements: usize,
    inexact: usize,
    /// By how many steps at most.
    steps: i64,
    /// Layers that have such elements.
    layers: Vec<Layer>,
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

pub(super) fn try_model(case: &Case) -> Result<Whole> {
    let built = build(short(case), &case.onnx())?;
    let sets = case.sets()?;
    ensure!(!sets.is_empty(), "there is no recorded data");
    let samples: Vec<_> = sets.iter().map(|set| set.inputs.clone()).collect();
    let recorded: Vec<_> = sets.iter().flat_map(|set| set.outputs.clone()).collect();
    let outputs = built.native.run(&samples)?.samples.concat();
    let layers = judged(case, &samples[0])?;
    let codes = layers.iter().filter_map(|layer| match layer.off {
        Off::Codes(codes) => Some((layer, codes)),
        Off::Numbers(_) => None,
    });
    let inexact = codes.clone().filter(|(_, codes)| codes.differing > 0);
    let figures = Figures {
        outputs: recorded.iter().map(|tensor| tensor.ty.len()).sum(),
        differing: differing(&outputs, &recorded),
        differing_tflite: under_tflite(case, &samples, &recorded)?,
        elements: codes.map(|(layer, _)| layer.elements).sum(),
        inexact: inexact.clone().map(|(_, codes)| codes.differing).sum(),
        steps: inexact
            .clone()
            .map(|(_, codes)| codes.steps)
            .max()
            .unwrap_or(0),
        layers: inexact.map(|(layer, _)| layer.clone()).collect(),
        floats: built.compiled.graph.remarks.len(),
    };
    let broken: Vec<_> = layers.iter().filter(|layer| !layer.holds()).collect();
    ensure!(
        broken.is_empty(),
        "layers are not within their contract: {broken:?}"
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

/// Every layer against the graph as it is written, given the graph's own inputs: with all its channels, as tensors have fewer
/// than in the file otherwise.
fn judged(case: &Case, inputs: &[Tensor]) -> Result<Vec<Layer>> {
    let model = case.model().map_err(anyhow::Error::msg)?;
    let options = Options {
        keep_constant_channels: true,
        ..Options::new(case.onnx())
    };
    let compiled = options.compile()?;
    let reference = Reference::evaluate(&model, inputs)?;
    let contract = Contract {
        profile: Profile::Onnx,
        tolerance: Tolerance::default(),
    };
    Ok(layers::compare(
        &compiled.program,
        inputs,
        &reference,
        contract,
    )?)
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
