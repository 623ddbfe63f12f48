//! Calibration: from a network in floats and samples to parameters and biases.

use super::choose::{self, Choices};
use super::data::Samples;
use super::equalize::{self, Equalization};
use super::layers::{Group, Layers};
use super::net::Net;
use super::observe::{self, Observed};
use super::params::Precision;
use super::walk::{self, Walked};
use super::{Stage, rewrite};
use crate::diag::{Diag, Diags};
use crate::onnx::Model;
use std::collections::HashSet;
use std::sync::Arc;

/// What calibration has found out.
pub(super) struct Calibrated {
    pub(super) known: Known,
    pub(super) layers: Layers,
    pub(super) choices: Choices,
    pub(super) walked: Walked,
}

/// A network of which it is known what values its tensors take.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) net: Arc<Net>,
    pub(super) equalization: Equalization,
    pub(super) observed: Arc<Observed>,
}

impl Known {
    fn new(
        net: Net,
        equalization: Equalization,
        samples: &Samples,
        stage: &Stage<'_>,
    ) -> Result<Self, Diags> {
        let progress = stage.at("observing samples", samples.inputs.len());
        let observed = observe::observe(&net, samples, &progress)?;
        Ok(Known {
            net: Arc::new(net),
            equalization,
            observed: Arc::new(observed),
        })
    }

    /// The layers, but for those whose outputs are in `floats`.
    pub(super) fn layers(&self, floats: &HashSet<String>) -> Layers {
        Layers::fitting(&self.net, floats, &self.observed.unfit)
    }

    /// Calibrates layers with activations of the precision that `precision` says.
    pub(super) fn calibrate(
        &self,
        layers: Layers,
        precision: &dyn Fn(Group) -> Precision,
        stage: &Stage<'_>,
    ) -> Result<Calibrated, Diags> {
        let (net, observed) = (&self.net, &self.observed);
        let progress = stage.at("choosing ranges", layers.groups.len());
        let chosen = choose::choose(net, &layers, observed, precision, &progress)?;
        let whole = choose::whole_ranges(&layers, observed, precision);
        let progress = stage.at("correcting biases", net.nodes().len());
        let walk = |choices: Choices| {
            let walked = walk::walk(net, &layers, &choices, observed, &progress)?;
            Ok::<_, Diags>((choices, walked))
        };
        // What is best for each group may not be best for all together.
        let (chosen, whole) = (walk(chosen)?, walk(whole)?);
        let is_better = chosen.1.badness() <= whole.1.badness();
        let (choices, walked) = if is_better { chosen } else { whole };
        Ok(Calibrated {
            known: self.clone(),
            layers,
            choices,
            walked,
        })
    }
}

impl Calibrated {
    /// The network as a standard quantised model.
    pub(super) fn rewrite(&self) -> Result<Model, Diags> {
        rewrite::rewrite(
            &self.known.net,
            &self.layers,
            &self.choices,
            &self.walked.biases,
        )
    }
}

/// Calibrates the network as it is and equalised, all layers in 8 bits, and takes what has the least noise at its end.
pub(super) fn best_equalized(
    net: Net,
    samples: &Samples,
    stage: &Stage<'_>,
) -> Result<Calibrated, Diags> {
    let none = HashSet::new();
    if Layers::find(&net, &none).layers.is_empty() {
        return Err(nothing_to_quantize().into());
    }
    let plain = Known::new(net, Equalization::None, samples, stage)?;
    let layers = plain.layers(&none);
    if layers.layers.is_empty() {
        return Err(nothing_to_quantize().into());
    }
    let mut best = plain.calibrate(layers.clone(), &|_| Precision::Int8, stage)?;
    for equalization in [Equalization::BeforeDepthwise, Equalization::All] {
        let mut net = Net::clone(&plain.net);
        if equalize::equalize(&mut net, &layers, &plain.observed, equalization) {
            let known = Known::new(net, equalization, samples, stage)?;
            let other = known.calibrate(layers.clone(), &|_| Precision::Int8, stage)?;
            if other.walked.badness() < best.walked.badness() {
                best = other;
            }
        }
    }
    Ok(best)
}

fn nothing_to_quantize() -> Diag {
    let message = "no layer of the model can run in integers of 8 bits";
    Diag::new("nothing-to-quantize", message).note(
        "operators on floats of 32 bits can be, and of products those whose weights are constant",
    )
}
