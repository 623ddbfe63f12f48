//! What was chosen for each layer, and where accuracy goes.

use super::choose::Choices;
use super::data::Samples;
use super::layers::{Layer, Layers};
use super::net::Net;
use super::params::Params;
use super::ranges::Estimator;
use super::walk::{LayerNoise, Walked};
use serde::Serialize;
use std::collections::HashSet;

/// A quantised network in figures. Ratios of signal to noise are in decibels, absent where there is no noise.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// How many samples it was calibrated with.
    pub samples: usize,
    /// Layers that run in integers, in order.
    pub layers: Vec<LayerReport>,
    /// Nodes that stay in floats, and their operators.
    pub floats: Vec<(String, String)>,
    /// Signal to noise at the network's outputs.
    pub output_db: Option<f64>,
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
        net: &Net,
        layers: &Layers,
        choices: &Choices,
        walked: &Walked,
        samples: &Samples,
    ) -> Self {
        let pairs = layers.layers.iter().zip(&walked.noise);
        let inside: HashSet<usize> = layers
            .layers
            .iter()
            .flat_map(|layer| layer.nodes.iter().copied())
            .collect();
        let outside = net.nodes().iter().enumerate().filter(|(i, node)| {
            let moves = node.outputs.iter().all(|name| layers.group(name).is_some());
            !inside.contains(i) && !moves
        });
        Report {
            samples: samples.inputs.len(),
            layers: pairs
                .filter_map(|(layer, noise)| LayerReport::new(layers, choices, layer, noise))
                .collect(),
            floats: outside
                .map(|(_, node)| (node.name.clone(), node.qualified_operator()))
                .collect(),
            output_db: walked.outputs.decibels(),
        }
    }
}

impl LayerReport {
    fn new(layers: &Layers, choices: &Choices, layer: &Layer, noise: &LayerNoise) -> Option<Self> {
        let choice = choices.get(&layers.group(&layer.output)?)?;
        Some(LayerReport {
            name: layer.name.clone(),
            operator: layer.operator.clone(),
            output: layer.output.clone(),
            params: choice.params,
            estimator: choice.estimator,
            own_db: noise.own.decibels(),
            total_db: noise.total.decibels(),
        })
    }
}
