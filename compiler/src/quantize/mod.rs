//! Post-training quantisation: a network in floats and samples of what it will see become a network in integers of
//! 8 bits, as a standard model with `QuantizeLinear` and `DequantizeLinear`.
//!
//! ```text
//! Model ─ prepare ─▶ Net ─ observe ─▶ histograms ─ choose ─▶ parameters ─ walk ─▶ biases, noise ─ rewrite ─▶ Model
//! ```
//!
//! All figures come from the interpreter, which runs the kernels that are emitted.

mod accuracy;
mod calibrate;
mod choose;
mod data;
mod equalize;
mod fallback;
mod fold;
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
mod sanity;
mod signal;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod walk;
mod weights;

pub use accuracy::{Accuracy, Criterion};
pub use data::{Layout, Preprocessing, Samples, npz, split};
pub use equalize::Equalization;
pub use params::{Params, Precision};
pub use ranges::Estimator;
pub use report::{LayerReport, Report};

use crate::diag::{Diag, Diags};
use crate::onnx::{Model, Node};
use accuracy::Judge;
use net::Net;

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

/// What is wanted of a quantised network.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    /// How many percentage points of accuracy may be lost: layers take 16 bits or stay in floats until no more are.
    /// Without it, all layers are in 8 bits.
    pub max_accuracy_drop: Option<f64>,
}

/// Quantises a network whose input dimensions are all known, calibrated on samples.
///
/// Fails if no layer can run in integers, if the network cannot be lifted to version 13 of ONNX's operators, or if it
/// loses more accuracy than it may, however few layers are in 8 bits.
pub fn quantize(
    model: &Model,
    samples: &Samples,
    settings: Settings,
    progress: &dyn Fn(Progress),
) -> Result<Quantized, Diags> {
    check_floats(model)?;
    let mut net = Net::new(model.clone())?;
    opset::lift(&mut net, opset::PER_AXIS)?;
    prepare::prepare(&mut net);
    let stage = Stage { progress };
    let judge = Judge::new(model, samples, &stage)?;
    let best = calibrate::best_equalized(net, samples, &stage)?;
    let (best, accuracy) = fallback::within(best, &judge, settings.max_accuracy_drop, &stage)?;
    Ok(Quantized {
        model: best.rewrite()?,
        report: Report::new(&best, accuracy, samples)?,
    })
}

/// Makes sure that the network is not quantised yet, not even partly.
fn check_floats(model: &Model) -> Result<(), Diag> {
    const MARKS: [&str; 4] = ["uantizeLinear", "QLinear", "MatMulInteger", "ConvInteger"];
    // The first is both ways of QuantizeLinear, and its dynamic form.
    let is_mark = |node: &&Node| MARKS.iter().any(|mark| node.operator.contains(mark));
    match model.nodes.iter().find(is_mark) {
        Some(node) => Err(node
            .diag(
                "already-quantized",
                "the model is quantised already, as this node shows",
            )
            .note("give the model in floats that it was made from")),
        None => Ok(()),
    }
}

/// The steps of the work, with what is said of their progress.
struct Stage<'a> {
    progress: &'a dyn Fn(Progress),
}

impl Stage<'_> {
    fn at(&self, stage: &'static str, total: usize) -> impl Fn(usize) {
        move |done| (self.progress)(Progress { stage, done, total })
    }
}
