//! The network as quantisation sees it: layers that run in integers, and groups of tensors that share parameters.
//!
//! A *layer* is an operator whose integer form is worth having, together with the bias and the clamp behind it, between
//! which nothing is rounded. What only moves data has the parameters of what it moves, so that it need not compute; the
//! tensors that this ties together are a *group*. Everything else stays in floats.

use super::net::Net;
use super::prepare::output_axis;
use super::signal::is_usable;
use crate::onnx::Node;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What an operator does to quantised numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// A product of the first operand with constant weights, plus a constant bias.
    Product,
    /// A function of these operands; one result.
    Compute(Operands),
    /// A monotonous function that may follow another operator before its result is rounded.
    Clamp,
    /// The elements of these operands, elsewhere or some of them.
    Move(Operands),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operands {
    First,
    All,
}

/// Operators and what they do. `MatMul` and `Gemm` of two activations are like any function of two operands.
const ROLES: &[(Role, &[&str])] = &[
    (Role::Product, &["Conv", "ConvTranspose", "Gemm", "MatMul"]),
    (Role::Compute(Operands::All), &["Add", "Mul"]),
    (
        Role::Compute(Operands::First),
        &[
            "AveragePool",
            "GlobalAveragePool",
            "ReduceMean",
            "Sigmoid",
            "Tanh",
            "HardSigmoid",
            "HardSwish",
            "LeakyRelu",
            "Elu",
            "Softmax",
            "Gelu",
            "Softplus",
        ],
    ),
    (Role::Clamp, &["Relu", "Clip"]),
    (
        Role::Move(Operands::First),
        &[
            "Reshape",
            "Flatten",
            "Transpose",
            "Squeeze",
            "Unsqueeze",
            "Identity",
            "Slice",
            "Split",
            "Gather",
            "Expand",
            "Tile",
            "DepthToSpace",
            "SpaceToDepth",
            "MaxPool",
            "GlobalMaxPool",
            "ReduceMax",
            "ReduceMin",
            "Dropout",
        ],
    ),
    (Role::Move(Operands::All), &["Concat", "Max", "Min"]),
];

fn role(net: &Net, node: &Node) -> Option<Role> {
    let is_own = node.domain.is_empty();
    let row = ROLES
        .iter()
        .find(|(_, names)| is_own && names.contains(&node.operator.as_str()));
    match node.operator.as_str() {
        "Pad" if is_own => pads_with_zeros(net, node).then_some(Role::Move(Operands::First)),
        "Resize" if is_own => Some(match node.string("mode", "nearest").ok()? {
            "nearest" => Role::Move(Operands::First),
            _ => Role::Compute(Operands::First),
        }),
        // Over the positions of an image it is an average pooling; elsewhere it is part of a normalisation.
        "ReduceMean" => row.map(|row| row.0).filter(|_| {
            net.types
                .get(&node.inputs[0])
                .is_some_and(|ty| ty.rank() == 4)
        }),
        _ => row.map(|row| row.0),
    }
}

/// Whether the elements of a node's results are sums, products or functions of what it reads.
pub(super) fn computes(net: &Net, node: &Node) -> bool {
    matches!(role(net, node), Some(Role::Product | Role::Compute(_)))
}

/// Whether a node only moves data, so that its results are quantised as what it reads.
pub(super) fn moves(net: &Net, node: &Node) -> bool {
    matches!(role(net, node), Some(Role::Move(_)))
}

/// Whether padding adds nothing but zeros and what is there already.
fn pads_with_zeros(net: &Net, node: &Node) -> bool {
    let value = node.inputs.get(2).filter(|name| !name.is_empty());
    let is_zero = value.is_none_or(|name| net.floats(name) == Some(&[0.0]));
    is_zero && node.float("value", 0.0) == Ok(0.0)
}

/// A layer that can run in integers.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    /// Its name, for people.
    pub(super) name: String,
    /// Its operators, for people.
    pub(super) operator: String,
    /// Its nodes: the operator, a bias perhaps, a clamp perhaps.
    pub(super) nodes: Vec<usize>,
    /// What it computes from, other than constants, each once.
    pub(super) inputs: Vec<String>,
    /// Constants that are operands like the inputs.
    pub(super) constants: Vec<String>,
    /// The weights and the bias, if it is a product with constant weights.
    pub(super) product: Option<Product>,
    /// What it computes.
    pub(super) output: String,
}

/// What is constant in a product.
#[derive(Clone, Debug)]
pub(super) struct Product {
    /// The weights' name.
    pub(super) weights: String,
    /// The axis of the weights along which each position has a scale of its own.
    pub(super) axis: usize,
    /// The bias' name, if there is one.
    pub(super) bias: Option<String>,
    /// The product before the clamp, bias included.
    pub(super) sum: String,
    /// The axis of that with the output channels.
    pub(super) channel_axis: usize,
}

/// Names a group of tensors that share parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Group(pub(super) usize);

/// The layers of a network and the groups of its tensors.
#[derive(Clone, Debug, Default)]
pub(super) struct Layers {
    /// Those that can run in integers, in order.
    pub(super) layers: Vec<Layer>,
    /// For each group its tensors, sorted.
    pub(super) groups: Vec<Vec<String>>,
    group_of: HashMap<String, Group>,
    /// For each group the places of the layers that read a tensor of it.
    readers: Vec<Vec<usize>>,
    /// The place of the layer that starts at a node.
    starts: HashMap<usize, usize>,
}

impl Layers {
    /// Finds the layers, but for those whose outputs are in `floats`, which stay in floats.
    pub(super) fn find(net: &Net, floats: &HashSet<String>) -> Self {
        let mut layers = Vec::new();
        let mut taken = HashSet::new();
        for i in 0..net.nodes().len() {
            let layer = layer(net, i, &taken).filter(|layer| !floats.contains(&layer.output));
            taken.extend(layer.iter().flat_map(|layer| layer.nodes.iter().copied()));
            layers.extend(layer);
        }
        let (groups, group_of) = groups(net, &layers);
        let mut readers = vec![Vec::new(); groups.len()];
        let mut starts = HashMap::new();
        for (place, layer) in layers.iter().enumerate() {
            starts.extend(layer.nodes.first().map(|&node| (node, place)));
            let read: BTreeSet<Group> = layer
                .inputs
                .iter()
                .filter_map(|name| group_of.get(name).copied())
                .collect();
            read.iter().for_each(|group| readers[group.0].push(place));
        }
        Layers {
            layers,
            groups,
            group_of,
            readers,
            starts,
        }
    }

    /// As [`Layers::find`], but layers that touch a tensor in `unfit`, or one that has its parameters, stay in floats
    /// as well.
    pub(super) fn fitting(net: &Net, floats: &HashSet<String>, unfit: &HashSet<String>) -> Self {
        let mut floats = floats.clone();
        loop {
            let found = Layers::find(net, &floats);
            let unfit = found.touching(unfit);
            if unfit.is_empty() {
                return found;
            }
            floats.extend(unfit);
        }
    }

    /// Outputs of the layers that read or write a tensor of a group with one of these.
    fn touching(&self, tensors: &HashSet<String>) -> Vec<String> {
        let groups: HashSet<Group> = tensors.iter().filter_map(|name| self.group(name)).collect();
        let touches = |layer: &&Layer| {
            let mut ends = layer.inputs.iter().chain([&layer.output]);
            ends.any(|name| {
                self.group(name)
                    .is_some_and(|group| groups.contains(&group))
            })
        };
        let layers = self.layers.iter().filter(touches);
        layers.map(|layer| layer.output.clone()).collect()
    }

    /// The layer that starts at a node.
    pub(super) fn starting(&self, node: usize) -> Option<&Layer> {
        Some(&self.layers[*self.starts.get(&node)?])
    }

    /// The nodes of all layers.
    pub(super) fn nodes(&self) -> HashSet<usize> {
        let nodes = self.layers.iter().flat_map(|layer| &layer.nodes);
        nodes.copied().collect()
    }

    /// The group of a tensor, if it is quantised.
    pub(super) fn group(&self, tensor: &str) -> Option<Group> {
        self.group_of.get(tensor).copied()
    }

    /// All groups.
    pub(super) fn ids(&self) -> impl Iterator<Item = Group> + use<> {
        (0..self.groups.len()).map(Group)
    }

    /// The layers that read a tensor of the group.
    pub(super) fn readers(&self, group: Group) -> impl Iterator<Item = &Layer> {
        self.readers[group.0]
            .iter()
            .map(|&place| &self.layers[place])
    }
}

/// The layer that starts at node `i`.
fn layer(net: &Net, i: usize, taken: &HashSet<usize>) -> Option<Layer> {
    let node = &net.nodes()[i];
    let output = node.outputs.first()?;
    if taken.contains(&i) || !net.is_activation(output) {
        return None;
    }
    let operands = match role(net, node)? {
        Role::Product => match product(net, node) {
            Some(product) => return product_layer(net, i, product),
            None => activations_only(net, node)?,
        },
        Role::Compute(Operands::All) => &node.inputs[..],
        // Its input is exact enough, and so is the network's interface: nothing is gained by rounding in between.
        Role::Compute(Operands::First) if net.is_output(output) => return None,
        Role::Compute(Operands::First) | Role::Clamp => node.inputs.get(..1)?,
        Role::Move(_) => return None,
    };
    plain_layer(net, i, operands)
}

/// The operands of a product without constant weights.
fn activations_only<'a>(net: &Net, node: &'a Node) -> Option<&'a [String]> {
    let is_plain = node.operator == "MatMul" && node.inputs.len() == 2;
    (is_plain && node.inputs.iter().all(|name| net.is_activation(name))).then_some(&node.inputs[..])
}

fn plain_layer(net: &Net, i: usize, operands: &[String]) -> Option<Layer> {
    let (constants, mut inputs): (Vec<_>, Vec<_>) = operands
        .iter()
        .cloned()
        .partition(|name| net.constants.contains_key(name));
    let are_floats = inputs.iter().all(|name| net.is_activation(name))
        && constants.iter().all(|name| {
            net.floats(name)
                .is_some_and(|x| x.iter().all(|&x| is_usable(x)))
        });
    inputs.sort();
    inputs.dedup();
    let nodes = with_clamp(net, vec![i]);
    (are_floats && !inputs.is_empty()).then(|| Layer {
        constants,
        inputs,
        product: None,
        ..named(net, nodes)
    })
}

fn product_layer(net: &Net, i: usize, product: Product) -> Option<Layer> {
    let node = &net.nodes()[i];
    let nodes = match product.sum == node.outputs[0] {
        true => vec![i],
        false => vec![i, net.only_reader(&node.outputs[0])?],
    };
    let input = node.inputs.first()?.clone();
    net.is_activation(&input).then(|| Layer {
        inputs: vec![input],
        constants: Vec::new(),
        product: Some(product),
        ..named(net, with_clamp(net, nodes))
    })
}

/// A layer of these nodes that reads nothing yet.
fn named(net: &Net, nodes: Vec<usize>) -> Layer {
    let of = |&i: &usize| &net.nodes()[i];
    let operators: Vec<_> = nodes.iter().map(|i| of(i).operator.as_str()).collect();
    let last = nodes.last().map(of);
    Layer {
        name: nodes
            .first()
            .map(|i| of(i).name.clone())
            .unwrap_or_default(),
        operator: operators.join(" + "),
        output: last
            .and_then(|node| node.outputs.first())
            .cloned()
            .unwrap_or_default(),
        nodes,
        inputs: Vec::new(),
        constants: Vec::new(),
        product: None,
    }
}

/// The nodes and the clamp that alone reads what they compute.
fn with_clamp(net: &Net, mut nodes: Vec<usize>) -> Vec<usize> {
    let last = nodes.last().map(|&i| &net.nodes()[i]);
    let output = last
        .filter(|node| role(net, node) != Some(Role::Clamp))
        .and_then(|node| node.outputs.first());
    let reader = output.and_then(|output| Some((output, net.only_reader(output)?)));
    if let Some((output, reader)) = reader {
        let node = &net.nodes()[reader];
        let bounds = node.inputs.iter().skip(1);
        let is_clamp = role(net, node) == Some(Role::Clamp)
            && node.inputs.first() == Some(output)
            && bounds
                .clone()
                .all(|name| name.is_empty() || net.constants.contains_key(name));
        nodes.extend(is_clamp.then_some(reader));
    }
    nodes
}

/// What is constant in a product, if its weights are.
fn product(net: &Net, node: &Node) -> Option<Product> {
    let weights = node.inputs.get(1)?;
    let values = net.floats(weights)?;
    let shape = &net.constants.get(weights)?.ty.shape;
    let (axis, groups) = output_axis(node, shape.len())?;
    let is_scaled = ["alpha", "beta"]
        .iter()
        .any(|name| node.attributes.contains_key(*name));
    let is_plain = !is_scaled && node.int("transA", 0).ok()? == 0;
    let sum = node.outputs.first()?.clone();
    let rank = net.types.get(&sum)?.rank();
    let product = Product {
        weights: weights.clone(),
        axis,
        bias: node.inputs.get(2).filter(|name| !name.is_empty()).cloned(),
        sum,
        channel_axis: if node.operator == "MatMul" {
            rank.checked_sub(1)?
        } else {
            1
        },
    };
    let channels = shape[axis] * groups;
    let bias_fits = product.bias.as_ref().is_none_or(|name| {
        net.floats(name)
            .is_some_and(|b| b.len() == channels && b.iter().all(|&x| is_usable(x)))
    });
    let are_usable = values.iter().all(|&x| is_usable(x)) && !values.is_empty();
    (is_plain && bias_fits && are_usable).then(|| with_bias(net, node, product, channels))
}

/// A `MatMul` has no bias of its own: an addition of a vector behind it is one.
fn with_bias(net: &Net, node: &Node, product: Product, channels: usize) -> Product {
    let found = || {
        let add = &net.nodes()[net
            .only_reader(&product.sum)
            .filter(|_| node.operator == "MatMul")?];
        let bias = add.inputs.iter().find(|name| **name != product.sum)?;
        let is_vector =
            net.constants.get(bias)?.ty.shape == [channels] && net.floats(bias).is_some();
        (add.operator == "Add" && add.domain.is_empty() && is_vector)
            .then(|| (bias.clone(), add.outputs[0].clone()))
    };
    match found() {
        Some((bias, sum)) => Product {
            bias: Some(bias),
            sum,
            ..product
        },
        None => product,
    }
}

type Groups = (Vec<Vec<String>>, HashMap<String, Group>);

/// Groups of the tensors that layers read or write, and of those that are the same data elsewhere.
fn groups(net: &Net, layers: &[Layer]) -> Groups {
    let mut ties = Ties::default();
    let inner: HashSet<usize> = layers
        .iter()
        .flat_map(|layer| layer.nodes.iter().copied())
        .collect();
    for (i, node) in net.nodes().iter().enumerate() {
        if let (Some(Role::Move(operands)), false) = (role(net, node), inner.contains(&i)) {
            tie(net, node, operands, &mut ties);
        }
    }
    let ends = layers
        .iter()
        .flat_map(|layer| layer.inputs.iter().chain([&layer.output]));
    let wanted: HashSet<String> = ends.map(|name| ties.root(name)).collect();
    let ends = layers
        .iter()
        .flat_map(|layer| layer.inputs.iter().chain([&layer.output]))
        .cloned();
    let mut members: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut tensors: Vec<String> = ties.parent.keys().cloned().chain(ends).collect();
    tensors.sort();
    tensors.dedup();
    for name in tensors {
        let root = ties.root(&name);
        if wanted.contains(&root) {
            members.entry(root).or_default().push(name);
        }
    }
    let groups: Vec<_> = members.into_values().collect();
    let pairs = groups
        .iter()
        .enumerate()
        .flat_map(|(i, names)| names.iter().map(move |name| (name.clone(), Group(i))));
    let group_of = pairs.collect();
    (groups, group_of)
}

/// Ties what a node moves to where it moves it.
fn tie(net: &Net, node: &Node, operands: Operands, ties: &mut Ties) {
    let inputs = match operands {
        Operands::First => node.inputs.get(..1).unwrap_or_default(),
        Operands::All => &node.inputs[..],
    };
    let tensors: Vec<_> = inputs
        .iter()
        .chain(&node.outputs)
        .filter(|name| net.is_activation(name))
        .collect();
    // A constant among the data would have to be stored with the group's parameters: only its readers are in floats.
    let has_constant = inputs.iter().any(|name| net.constants.contains_key(name));
    if let ([first, rest @ ..], false) = (&tensors[..], has_constant) {
        rest.iter().for_each(|name| ties.tie(first, name));
    }
}

/// Disjoint sets of names.
#[derive(Default)]
struct Ties {
    parent: HashMap<String, String>,
}

impl Ties {
    fn root(&self, name: &str) -> String {
        let mut name = name;
        while let Some(parent) = self.parent.get(name).filter(|parent| *parent != name) {
            name = parent;
        }
        name.to_owned()
    }

    fn tie(&mut self, a: &str, b: &str) {
        let (a, b) = (self.root(a), self.root(b));
        self.parent.entry(b.clone()).or_insert(b.clone());
        self.parent.insert(a, b);
    }
}
