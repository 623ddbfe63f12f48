//! The quantised network, layer by layer, on the samples that were kept: what each layer adds to the error, and the
//! correction of its bias.
//!
//! Rounding shifts the mean of what a layer computes, the same way for all inputs; the shift, seen on samples, goes into
//! the bias (M. Nagel et al., *Data-Free Quantization Through Weight Equalization and Bias Correction*, ICCV 2019,
//! section 4.2, with samples in place of assumptions). As layers are walked in order, a bias also corrects what the
//! layers before have shifted.

use super::choose::Choices;
use super::fragment::{Fragment, Values};
use super::layers::{Layer, Layers, Product};
use super::net::{Net, defect};
use super::observe::Observed;
use super::params::Params;
use super::signal::Noise;
use super::{parallel, weights};
use crate::diag::{Diag, Diags};
use crate::onnx::Node;
use crate::tensor::Tensor;
use std::collections::{BTreeMap, HashMap};

/// What the walk found.
#[derive(Default)]
pub(super) struct Walked {
    /// The bias of each product by the name of the layer's output.
    pub(super) biases: BTreeMap<String, Vec<f32>>,
    /// For each layer, in order, the noise at its output, with that of all layers before.
    pub(super) noise: Vec<Noise>,
    /// The noise at the network's outputs.
    pub(super) outputs: Noise,
    /// The noise of what each output is computed from in floats: a probability that is almost certain hides it.
    ends: Vec<Noise>,
}

impl Walked {
    /// How bad the network is: noise in relation to the signal, before what is computed in floats at its end.
    pub(super) fn badness(&self) -> f64 {
        self.ends.iter().map(Noise::ratio).sum()
    }
}

/// The tensor that a network's output is computed from after the last layer.
fn last_layer<'a>(
    net: &'a Net,
    layers: &Layers,
    producers: &HashMap<&str, &'a Node>,
    output: &'a str,
) -> &'a str {
    let before = |name: &&'a str| {
        let input = producers.get(name)?.inputs.first()?;
        let is_open = net.is_activation(input) && layers.group(name).is_none();
        is_open.then_some(input.as_str())
    };
    std::iter::successors(Some(output), before)
        .last()
        .unwrap_or(output)
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
    let inside = layers.nodes();
    for i in 0..net.nodes().len() {
        match layers.starting(i) {
            Some(layer) => walker.layer(layer)?,
            None if inside.contains(&i) => (),
            None => walker.node(i)?,
        }
        progress(i + 1);
    }
    let producers = net.producers();
    for output in net.outputs() {
        let noise = walker.compare(output);
        walker.walked.outputs.merge(&noise);
        let end = last_layer(net, layers, &producers, output);
        walker.walked.ends.push(walker.compare(end));
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

    /// What a fragment computes on every sample from values of the quantised network.
    fn run(&self, fragment: &Fragment) -> Result<Vec<Vec<Tensor>>, Diag> {
        let run = |i| fragment.run_on(&self.values, i, |_, tensor| tensor.clone());
        let found = parallel::map(self.observed.samples, run)?;
        let output = |k: usize| {
            found
                .iter()
                .filter_map(|outputs| outputs.get(k).cloned())
                .collect()
        };
        Ok((0..fragment.outputs.len()).map(output).collect())
    }

    /// A node that stays in floats, or moves data.
    fn node(&mut self, i: usize) -> Result<(), Diags> {
        let outputs = self.net.nodes()[i].outputs.iter();
        let outputs: Vec<_> = outputs
            .filter(|name| self.net.types.contains_key(*name))
            .cloned()
            .collect();
        let fragment = Fragment::new(self.net, &[i], &BTreeMap::new(), &outputs)?;
        let found = self.run(&fragment)?;
        outputs
            .iter()
            .zip(found)
            .for_each(|(name, samples)| self.keep(name, samples));
        Ok(())
    }

    fn layer(&mut self, layer: &Layer) -> Result<(), Diags> {
        let bias = layer
            .product
            .as_ref()
            .and_then(|product| self.net.floats(product.bias.as_ref()?));
        let replaced = rounded_constants(self.net, self.layers, self.choices, layer, bias)?;
        let nodes = match &layer.product {
            Some(product) => self.product(layer, product, &replaced)?,
            None => &layer.nodes[..],
        };
        // The rest of a product's layer, if there is any, works on its corrected sums.
        if !nodes.is_empty() {
            let output = std::slice::from_ref(&layer.output);
            let fragment = Fragment::new(self.net, nodes, &replaced, output)?;
            let found = self.run(&fragment)?.concat();
            self.keep(&layer.output, found);
        }
        self.walked.noise.push(self.compare(&layer.output));
        Ok(())
    }

    /// Computes the sums of a product and corrects its bias; the nodes that remain are returned.
    fn product<'l>(
        &mut self,
        layer: &'l Layer,
        product: &Product,
        replaced: &BTreeMap<String, Tensor>,
    ) -> Result<&'l [usize], Diags> {
        let makes_sum = |&i: &usize| self.net.nodes()[i].outputs.first() == Some(&product.sum);
        let end = layer
            .nodes
            .iter()
            .position(makes_sum)
            .map_or(layer.nodes.len(), |last| last + 1);
        let (before, after) = layer.nodes.split_at(end);
        let fragment = Fragment::new(
            self.net,
            before,
            replaced,
            std::slice::from_ref(&product.sum),
        )?;
        let mut sums = self.run(&fragment)?.concat();
        let bias = product.bias.as_ref().and_then(|name| self.net.floats(name));
        if let Some(bias) = bias {
            let mean = |sums: &[Tensor]| channel_means(sums, product.channel_axis, bias.len());
            let (found, expected) = (mean(&sums), mean(self.expected(&product.sum)));
            let shifts: Vec<f32> = expected
                .iter()
                .zip(&found)
                .map(|(e, f)| (e - f) as f32)
                .collect();
            sums = sums
                .iter()
                .map(|sum| shifted(sum, product.channel_axis, &shifts))
                .collect();
            let corrected = bias
                .iter()
                .zip(&shifts)
                .map(|(b, shift)| b + shift)
                .collect();
            self.walked.biases.insert(layer.output.clone(), corrected);
        }
        self.keep(&product.sum, sums);
        Ok(after)
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

/// The noise that each layer makes itself, when what it reads comes from the network in floats.
pub(super) fn own_noise(
    net: &Net,
    layers: &Layers,
    choices: &Choices,
    observed: &Observed,
) -> Result<Vec<Noise>, Diags> {
    let rounded = |name: &str, tensor: &Tensor| match layers
        .group(name)
        .and_then(|group| choices.get(&group))
    {
        Some(choice) => choice.params.round_tensor(tensor),
        None => tensor.clone(),
    };
    let own = |layer: &Layer| {
        let bias = layer
            .product
            .as_ref()
            .and_then(|product| net.floats(product.bias.as_ref()?));
        let replaced = rounded_constants(net, layers, choices, layer, bias)?;
        let output = std::slice::from_ref(&layer.output);
        let fragment = Fragment::new(net, &layer.nodes, &replaced, output)?;
        let found = parallel::map(observed.samples, |i| {
            fragment.run_on(&observed.kept, i, rounded)
        })?;
        let found: Vec<_> = found
            .concat()
            .iter()
            .map(|tensor| rounded(&layer.output, tensor))
            .collect();
        let expected = observed
            .kept
            .get(&layer.output)
            .map_or(&[][..], Vec::as_slice);
        Ok(noise(&found, expected))
    };
    layers.layers.iter().map(own).collect()
}

/// The constants of a layer that are stored in 8 bits, as they are then.
fn rounded_constants(
    net: &Net,
    layers: &Layers,
    choices: &Choices,
    layer: &Layer,
    bias: Option<&[f32]>,
) -> Result<BTreeMap<String, Tensor>, Diag> {
    let operands = layer
        .constants
        .iter()
        .filter_map(|name| Some((name, net.constants.get(name)?)));
    let mut rounded: BTreeMap<String, Tensor> = operands
        .map(|(name, tensor)| (name.clone(), operand_params(tensor).round_tensor(tensor)))
        .collect();
    if let Some(product) = &layer.product {
        let input = layers
            .group(&layer.inputs[0])
            .and_then(|group| choices.get(&group));
        let input = input.ok_or_else(|| defect("no parameters", &layer.output))?;
        let stored = weights::store(net, product, bias, input.params.scale)
            .ok_or_else(|| defect("no weights", &product.weights))?;
        rounded.insert(product.weights.clone(), stored.rounded);
    }
    Ok(rounded)
}

/// The sum of a tensor and a number for each channel.
fn shifted(tensor: &Tensor, axis: usize, shifts: &[f32]) -> Tensor {
    let inner: usize = tensor.ty.shape.iter().skip(axis + 1).product();
    let values = tensor
        .values::<f32>()
        .unwrap_or_default()
        .iter()
        .enumerate();
    let values: Vec<f32> = values
        .map(|(i, x)| x + shifts[i / inner % shifts.len()])
        .collect();
    Tensor::new(tensor.ty.shape.clone(), &values)
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
