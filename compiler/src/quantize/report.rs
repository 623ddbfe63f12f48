//! What was chosen for each layer, and where accuracy goes.

use super::accuracy::Accuracy;
use super::calibrate::{Calibrated, Known};
use super::choose::Choices;
use super::data::Samples;
use super::equalize::Equalization;
use super::layers::{Layer, Layers, moves};
use super::net::Net;
use super::params::Params;
use super::ranges::Estimator;
use super::signal::Noise;
use super::walk;
use crate::diag::Diags;
use crate::onnx::Node;
use serde::Serialize;

/// A quantised network in figures. Ratios of signal to noise are in decibels, absent where there is no noise.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// How many samples it was calibrated with.
    pub samples: usize,
    /// Which layers were equalised.
    pub equalization: Equalization,
    /// Layers that run in integers, in order.
    pub layers: Vec<LayerReport>,
    /// Nodes that stay in floats, and their operators.
    pub floats: Vec<(String, String)>,
    /// How right it is on these samples.
    pub accuracy: Accuracy,
    /// Signal to noise at the network's outputs.
    pub output_db: Option<f64>,
    /// What people should know before they use it.
    pub warnings: Vec<String>,
}

/// A layer that runs in integers.
#[derive(Clone, Debug, Serialize)]
pub struct LayerReport {
    /// Its name in the file.
    pub name: String,
    /// Its operators.
    pub operator: String,
    /// The tensor that it computes.
    pub output: String,
    /// How that is quantised.
    pub params: Params,
    /// Whose proposal that is.
    pub estimator: Estimator,
    /// Signal to the noise that the layer itself makes.
    pub own_db: Option<f64>,
    /// Signal to noise at its output, with the noise of all layers before.
    pub total_db: Option<f64>,
}

impl Report {
    pub(super) fn new(
        calibrated: &Calibrated,
        accuracy: Accuracy,
        samples: &Samples,
    ) -> Result<Self, Diags> {
        let Calibrated {
            known,
            layers,
            choices,
            walked,
        } = calibrated;
        let Known {
            net,
            equalization,
            observed,
        } = known;
        let own = walk::own_noise(net, layers, choices, observed)?;
        let noises = own.iter().zip(&walked.noise);
        let rows = layers.layers.iter().zip(noises);
        let row = |(layer, noises)| LayerReport::new(layers, choices, layer, noises);
        Ok(Report {
            samples: samples.inputs.len(),
            equalization: *equalization,
            layers: rows.filter_map(row).collect(),
            floats: floats(net, layers),
            accuracy,
            output_db: walked.outputs.decibels(),
            warnings: heavy_floats(net, layers).into_iter().collect(),
        })
    }
}

/// That most weights stay as large as they were, if they do: those of nodes that stay in floats.
fn heavy_floats(net: &Net, layers: &Layers) -> Option<String> {
    let bytes = |name: &str| net.floats(name).map_or(0, |values| 4 * values.len());
    let weights = |node: &Node| node.reads().into_iter().map(bytes).sum::<usize>();
    let inside = layers.nodes();
    let outside = net.nodes().iter().enumerate();
    let outside = outside.filter(|(i, _)| !inside.contains(i));
    let mut heavy: Vec<(usize, &Node)> = outside.map(|(_, node)| (weights(node), node)).collect();
    heavy.sort_by_key(|(bytes, _)| std::cmp::Reverse(*bytes));
    let all: usize = net.nodes().iter().map(weights).sum();
    let floats: usize = heavy.iter().map(|(bytes, _)| bytes).sum();
    let percent = |bytes: usize| 100 * bytes / all.max(1);
    let is_worth_saying = |(bytes, _): &&(usize, &Node)| percent(*bytes) >= 10;
    let worst = heavy
        .iter()
        .filter(is_worth_saying)
        .take(NAMED)
        .map(|&(bytes, node)| {
            let operator = node.qualified_operator();
            format!("`{}` ({operator}) {} %", node.name, percent(bytes))
        });
    (2 * floats > all).then(|| {
        format!(
            "{} % of the weights stay in floats, which take four times the memory: {}",
            percent(floats),
            worst.collect::<Vec<_>>().join(", ")
        )
    })
}

/// So many nodes are named in a warning.
const NAMED: usize = 4;

/// Nodes outside all layers that do not just move quantised data.
fn floats(net: &Net, layers: &Layers) -> Vec<(String, String)> {
    let inside = layers.nodes();
    let outside = net.nodes().iter().enumerate().filter(|(i, node)| {
        let grouped = node.outputs.iter().all(|name| layers.group(name).is_some());
        let moves = grouped && moves(net, node);
        !inside.contains(i) && !moves
    });
    outside
        .map(|(_, node)| (node.name.clone(), node.qualified_operator()))
        .collect()
}

impl LayerReport {
    fn new(
        layers: &Layers,
        choices: &Choices,
        layer: &Layer,
        (own, total): (&Noise, &Noise),
    ) -> Option<Self> {
        let choice = choices.get(&layers.group(&layer.output)?)?;
        Some(LayerReport {
            name: layer.name.clone(),
            operator: layer.operator.clone(),
            output: layer.output.clone(),
            params: choice.params,
            estimator: choice.estimator,
            own_db: own.decibels(),
            total_db: total.decibels(),
        })
    }
}
