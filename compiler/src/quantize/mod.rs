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
mod equalize;
mod fragment;
mod layers;
mod net;
mod observe;
mod opset;
mod parallel;
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
pub use equalize::Equalization;
pub use params::{Params, Precision};
pub use ranges::Estimator;
pub use report::{LayerReport, Report};

use crate::diag::{Diag, Diags};
use crate::onnx::Model;
use choose::Choices;
use layers::Layers;
use net::Net;
use observe::Observed;
use std::collections::HashSet;
use std::sync::Arc;
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
    let best = best_equalized(net, samples, progress)?;
    let Calibrated {
        net,
        layers,
        choices,
        walked,
        ..
    } = &best;
    Ok(Quantized {
        model: rewrite::rewrite(net, layers, choices, &walked.biases)?,
        report: Report::new(&best, samples)?,
    })
}

/// What calibration has found out.
struct Calibrated {
    net: Net,
    equalization: Equalization,
    layers: Layers,
    observed: Arc<Observed>,
    choices: Choices,
    walked: Walked,
}

/// Calibrates the network as it is and equalised, and takes what has the least noise at its outputs.
fn best_equalized(
    net: Net,
    samples: &Samples,
    progress: &dyn Fn(Progress),
) -> Result<Calibrated, Diags> {
    let layers = Layers::find(&net, &HashSet::new());
    if layers.layers.is_empty() {
        return Err(nothing_to_quantize().into());
    }
    let stage = Stage { progress };
    let observed = Arc::new(stage.observe(&net, samples)?);
    let plain = stage.calibrate(net.clone(), Equalization::None, &layers, observed.clone())?;
    let mut best = plain;
    for equalization in [Equalization::BeforeDepthwise, Equalization::All] {
        let mut net = net.clone();
        if equalize::equalize(&mut net, &layers, &observed, equalization) {
            let observed = Arc::new(stage.observe(&net, samples)?);
            let other = stage.calibrate(net, equalization, &layers, observed)?;
            if other.walked.badness() < best.walked.badness() {
                best = other;
            }
        }
    }
    Ok(best)
}

fn nothing_to_quantize() -> Diag {
    let message = "no layer of the model can run in integers of 8 bits";
    Diag::new("nothing-to-quantize", message)
        .note("the model may be quantised already, or not be in floats of 32 bits")
}

/// The steps of calibration, with what is said of their progress.
struct Stage<'a> {
    progress: &'a dyn Fn(Progress),
}

impl Stage<'_> {
    fn at(&self, stage: &'static str, total: usize) -> impl Fn(usize) {
        move |done| (self.progress)(Progress { stage, done, total })
    }

    fn observe(&self, net: &Net, samples: &Samples) -> Result<Observed, Diags> {
        let progress = self.at("observing samples", samples.inputs.len());
        observe::observe(net, &samples.inputs, &progress)
    }

    fn calibrate(
        &self,
        net: Net,
        equalization: Equalization,
        layers: &Layers,
        observed: Arc<Observed>,
    ) -> Result<Calibrated, Diags> {
        let precision = |_| Precision::Int8;
        let progress = self.at("choosing ranges", layers.groups.len());
        let chosen = choose::choose(&net, layers, &observed, &precision, &progress)?;
        let whole = choose::whole_ranges(layers, &observed, &precision);
        let progress = self.at("correcting biases", net.nodes().len());
        let walk = |choices: Choices| {
            let walked = walk::walk(&net, layers, &choices, &observed, &progress)?;
            Ok::<_, Diags>((choices, walked))
        };
        // What is best for each group may not be best for all together.
        let (chosen, whole) = (walk(chosen)?, walk(whole)?);
        let is_better = chosen.1.badness() <= whole.1.badness();
        let (choices, walked) = if is_better { chosen } else { whole };
        Ok(Calibrated {
            net,
            equalization,
            layers: layers.clone(),
            observed,
            choices,
            walked,
        })
    }
}
