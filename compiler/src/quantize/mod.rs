//! Post-training quantisation: a network in floats and samples of what it will see become a network in integers of
//! 8 bits, as a standard model with `QuantizeLinear` and `DequantizeLinear`.
//!
//! ```text
//! Model ─ prepare ─▶ Net ─ observe ─▶ histograms ─ choose ─▶ parameters ─ walk ─▶ biases, noise ─ rewrite ─▶ Model
//! ```
//!
//! All figures come from the interpreter, which runs the kernels that are emitted.

mod choose;
mod data;
mod fragment;
mod layers;
mod net;
mod observe;
mod opset;
mod params;
mod prepare;
mod ranges;
mod report;
mod rewrite;
mod signal;
#[cfg(test)]
mod tests;
mod walk;
mod weights;

pub use data::{Layout, Preprocessing, Samples};
pub use params::{Params, Precision};
pub use ranges::Estimator;
pub use report::{LayerReport, Report};

use crate::diag::{Diag, Diags};
use crate::onnx::Model;
use choose::Choices;
use layers::Layers;
use net::Net;
use std::collections::HashSet;
use walk::Walked;

/// A quantised network, and how good it is.
#[derive(Clone, Debug)]
pub struct Quantized {
    /// The network: a standard model, in which what runs in integers stands between `DequantizeLinear` and
    /// `QuantizeLinear`.
    pub model: Model,
    /// What was chosen, and the noise that it makes.
    pub report: Report,
}

/// How far the work has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// What is being done.
    pub stage: &'static str,
    /// How much of it is done.
    pub done: usize,
    /// How much there is to be done.
    pub total: usize,
}

/// Quantises a network whose input dimensions are all known, calibrated on samples.
pub fn quantize(
    model: &Model,
    samples: &Samples,
    progress: &dyn Fn(Progress),
) -> Result<Quantized, Diags> {
    let mut net = Net::new(model.clone())?;
    prepare::prepare(&mut net)?;
    let layers = Layers::find(&net, &HashSet::new());
    if layers.layers.is_empty() {
        let diag = Diag::new(
            "nothing-to-quantize",
            "no layer of the model can run in integers of 8 bits",
        );
        return Err(diag
            .note("the model may be quantised already, or not be in floats of 32 bits")
            .into());
    }
    let calibrated = calibrate(&net, layers, samples, progress)?;
    let Calibrated {
        layers,
        choices,
        walked,
    } = &calibrated;
    Ok(Quantized {
        model: rewrite::rewrite(&net, layers, choices, &walked.biases)?,
        report: Report::new(&net, layers, choices, walked, samples),
    })
}

/// What calibration has found out.
struct Calibrated {
    layers: Layers,
    choices: Choices,
    walked: Walked,
}

fn calibrate(
    net: &Net,
    layers: Layers,
    samples: &Samples,
    progress: &dyn Fn(Progress),
) -> Result<Calibrated, Diags> {
    let stage = |stage, total| move |done| progress(Progress { stage, done, total });
    let observed = observe::observe(
        net,
        &samples.inputs,
        &stage("observing samples", samples.inputs.len()),
    )?;
    let precision = |_| Precision::Int8;
    let groups = layers.groups.len();
    let choices = choose::choose(
        net,
        &layers,
        &observed,
        &precision,
        &stage("choosing ranges", groups),
    )?;
    let nodes = net.nodes().len();
    let walked = walk::walk(
        net,
        &layers,
        &choices,
        &observed,
        &stage("correcting biases", nodes),
    )?;
    Ok(Calibrated {
        layers,
        choices,
        walked,
    })
}
