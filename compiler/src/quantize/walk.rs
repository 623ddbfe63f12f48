//! The quantised network, layer by layer, on the samples that were kept: what each layer adds to the error, and the
//! correction of its bias.
//!
//! Rounding shifts the mean of what a layer computes, the same way for all inputs; the shift, seen on samples, goes into
//! the bias (M. Nagel et al., *Data-Free Quantization Through Weight Equalization and Bias Correction*, ICCV 2019,
//! section 4.2, with samples in place of assumptions). As layers are walked in order, a bias also corrects what the
//! layers before have shifted.

use super::choose::Choices;
use super::fragment::{Fragment, Values};
use super::layers::{Layer, Layers};
use super::net::{Net, defect};
use super::observe::Observed;
use super::params::Params;
use super::signal::Noise;
use super::weights;
use crate::diag::{Diag, Diags};
use crate::tensor::Tensor;
use std::collections::{BTreeMap, HashMap};

/// What the walk found.
#[derive(Default)]
pub(super) struct Walked {
    /// The bias of each product by the name of the layer's output.
    pub(super) biases: BTreeMap<String, Vec<f32>>,
    /// For each layer, in order, the noise at its output.
    pub(super) noise: Vec<LayerNoise>,
    /// The noise at the network's outputs.
    pub(super) outputs: Noise,
}

/// The noise at a layer's output.
#[derive(Clone, Copy, Default)]
pub(super) struct LayerNoise {
    /// What the layer itself makes, when what it reads comes from the network in floats.
    pub(super) own: Noise,
    /// With that of all layers before.
    pub(super) total: Noise,
}

/// Walks through the network; `progress` hears of each node.
pub(super) fn walk(
    net: &Net,
    layers: &Layers,
    choices: &Choices,
    observed: &Observed,
    progress: &dyn Fn(usize),
) -> Result<Walked, Diags> {
    let mut walker = Walker::new(net, layers, choices, observed);
    let starts: HashMap<usize, &Layer> = layers
        .layers
        .iter()
        .filter_map(|layer| Some((*layer.nodes.first()?, layer)))
        .collect();
    let inside = |i: usize| layers.layers.iter().any(|layer| layer.nodes.contains(&i));
    for i in 0..net.nodes().len() {
        match starts.get(&i) {
            Some(layer) => walker.layer(layer)?,
            None if inside(i) => (),
            None => walker.node(i)?,
        }
        progress(i + 1);
    }
    for output in net.outputs() {
        let noise = walker.compare(output);
        walker.walked.outputs.merge(&noise);
    }
    Ok(walker.walked)
}

struct Walker<'a> {
    net: &'a Net,
    layers: &'a Layers,
    choices: &'a Choices,
    observed: &'a Observed,
    /// What the quantised network has computed.
    values: Values,
    walked: Walked,
}

impl<'a> Walker<'a> {
    fn new(net: &'a Net, layers: &'a Layers, choices: &'a Choices, observed: &'a Observed) -> Self {
        let mut walker = Walker {
            net,
            layers,
            choices,
            observed,
            values: Values::new(),
            walked: Walked::default(),
        };
        for (name, _) in net.inputs() {
            let samples = observed.kept.get(&name).cloned().unwrap_or_default();
            walker.keep(&name, samples);
        }
        walker
    }

    fn params(&self, tensor: &str) -> Option<&Params> {
        Some(&self.choices.get(&self.layers.group(tensor)?)?.params)
    }

    fn round(&self, name: &str, tensor: &Tensor) -> Tensor {
        self.params(name)
            .map_or_else(|| tensor.clone(), |params| params.round_tensor(tensor))
    }

    /// Keeps what was computed, rounded if it is quantised.
    fn keep(&mut self, name: &str, samples: Vec<Tensor>) {
        let rounded = samples
            .iter()
            .map(|tensor| self.round(name, tensor))
            .collect();
        self.values.insert(name.to_owned(), rounded);
    }

    /// What a fragment computes on every sample from quantised values, or else from those of the network in floats.
    fn run(&self, fragment: &Fragment, quantised: bool) -> Result<Vec<Vec<Tensor>>, Diag> {
        let mut outputs = vec![Vec::new(); fragment.outputs.len()];
        for i in 0..self.observed.samples {
            let found = match quantised {
                true => fragment.run_on(&self.values, i, |_, tensor| tensor.clone()),
                false => fragment.run_on(&self.observed.kept, i, |name, tensor| {
                    self.round(name, tensor)
                }),
            }?;
            outputs
                .iter_mut()
                .zip(found)
                .for_each(|(samples, tensor)| samples.push(tensor));
        }
        Ok(outputs)
    }

    /// A node that stays in floats, or moves data.
    fn node(&mut self, i: usize) -> Result<(), Diags> {
        let outputs = self.net.nodes()[i].outputs.iter();
        let outputs: Vec<_> = outputs
            .filter(|name| self.net.types.contains_key(*name))
            .cloned()
            .collect();
        let fragment = Fragment::new(self.net, &[i], &BTreeMap::new(), &outputs)?;
        let found = self.run(&fragment, true)?;
        outputs
            .iter()
            .zip(found)
            .for_each(|(name, samples)| self.keep(name, samples));
        Ok(())
    }

    fn layer(&mut self, layer: &Layer) -> Result<(), Diags> {
        let mut replaced = self.operands(layer);
        if let Some(product) = &layer.product {
            let bias = product.bias.as_ref().and_then(|name| self.net.floats(name));
            let input = self
                .params(&layer.inputs[0])
                .ok_or_else(|| defect("no parameters", &layer.output))?;
            let stored = weights::store(self.net, product, bias, input.scale)
                .ok_or_else(|| defect("no weights", &product.weights))?;
            replaced.insert(product.weights.clone(), stored.rounded);
        }
        if let Some((name, bias)) = self.corrected(layer, &replaced)? {
            let shape = self
                .net
                .constants
                .get(&name)
                .map_or(vec![bias.len()], |b| b.ty.shape.clone());
            replaced.insert(name, Tensor::new(shape, &bias));
            self.walked.biases.insert(layer.output.clone(), bias);
        }
        let output = std::slice::from_ref(&layer.output);
        let fragment = Fragment::new(self.net, &layer.nodes, &replaced, output)?;
        let own = self.run(&fragment, false)?.concat();
        let own: Vec<_> = own
            .iter()
            .map(|tensor| self.round(&layer.output, tensor))
            .collect();
        let found = self.run(&fragment, true)?.concat();
        self.keep(&layer.output, found);
        let noise = LayerNoise {
            own: noise(&own, self.expected(&layer.output)),
            total: self.compare(&layer.output),
        };
        self.walked.noise.push(noise);
        Ok(())
    }

    /// Constants among the operands, rounded.
    fn operands(&self, layer: &Layer) -> BTreeMap<String, Tensor> {
        let constants = layer
            .constants
            .iter()
            .filter_map(|name| Some((name, self.net.constants.get(name)?)));
        constants
            .map(|(name, tensor)| (name.clone(), operand_params(tensor).round_tensor(tensor)))
            .collect()
    }

    /// The name of a product's bias, and the bias with the shift that its sums have.
    fn corrected(
        &self,
        layer: &Layer,
        replaced: &BTreeMap<String, Tensor>,
    ) -> Result<Option<(String, Vec<f32>)>, Diags> {
        let Some((product, name)) = layer
            .product
            .as_ref()
            .and_then(|p| Some((p, p.bias.clone()?)))
        else {
            return Ok(None);
        };
        let fragment = Fragment::new(
            self.net,
            &layer.nodes,
            replaced,
            std::slice::from_ref(&product.sum),
        )?;
        let found = self.run(&fragment, true)?.concat();
        let bias = self.net.floats(&name).unwrap_or_default();
        let mean = |tensors: &[Tensor]| channel_means(tensors, product.channel_axis, bias.len());
        let (found, expected) = (mean(&found), mean(self.expected(&product.sum)));
        let shifts = expected.iter().zip(&found).map(|(e, f)| (e - f) as f32);
        let corrected = bias
            .iter()
            .zip(shifts)
            .map(|(b, shift)| b + shift)
            .collect();
        Ok(Some((name, corrected)))
    }

    fn expected(&self, name: &str) -> &[Tensor] {
        self.observed.kept.get(name).map_or(&[], Vec::as_slice)
    }

    fn compare(&self, name: &str) -> Noise {
        noise(
            self.values.get(name).map_or(&[], Vec::as_slice),
            self.expected(name),
        )
    }
}

/// Parameters of a constant that is an operand like any other.
pub(super) fn operand_params(tensor: &Tensor) -> Params {
    let values = tensor.values::<f32>().unwrap_or_default();
    let lo = values.iter().copied().fold(0.0, f32::min);
    let hi = values.iter().copied().fold(0.0, f32::max);
    Params::of_range((lo, hi), super::params::Precision::Int8)
}

fn noise(found: &[Tensor], expected: &[Tensor]) -> Noise {
    let mut noise = Noise::default();
    found
        .iter()
        .zip(expected)
        .for_each(|(found, expected)| noise.add(found, expected));
    noise
}

/// The mean of each channel over all tensors.
fn channel_means(tensors: &[Tensor], axis: usize, channels: usize) -> Vec<f64> {
    let mut sums = vec![0.0; channels];
    let mut count = 0;
    for tensor in tensors {
        let inner: usize = tensor.ty.shape.iter().skip(axis + 1).product();
        let values = tensor.values::<f32>().unwrap_or_default();
        for (i, x) in values.iter().enumerate() {
            sums[i / inner % channels] += f64::from(*x);
        }
        count += values.len() / channels.max(1);
    }
    sums.iter().map(|sum| sum / count.max(1) as f64).collect()
}
