//! The model as quantisation rewrites it: nodes, and constants by name.

use super::fold::{self, Types, dims, drop_unneeded, showing};
use crate::diag::{Diag, Diags};
use crate::onnx::{Input, Model, Node, Subgraph};
use crate::tensor::{DType, Tensor, TensorType};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A model whose constants are looked up by name.
#[derive(Clone, Debug)]
pub(super) struct Net {
    /// Everything but the constants.
    model: Model,
    /// Every constant of the graph.
    pub(super) constants: BTreeMap<String, Tensor>,
    /// The types of everything that nodes compute or the caller gives.
    pub(super) types: Types,
    /// For each tensor, the nodes that read it.
    readers: HashMap<String, Vec<usize>>,
    /// The network's outputs.
    outputs: HashSet<String>,
    /// What graphs within nodes define.
    inner: HashSet<String>,
}

impl Net {
    /// The model, folded.
    pub(super) fn new(mut model: Model) -> Result<Self, Diags> {
        let types = fold::fold(&mut model)?;
        let initializers = std::mem::take(&mut model.initializers);
        let mut net = Net {
            outputs: model.outputs.iter().map(|o| o.name.clone()).collect(),
            inner: definitions(&model.nodes),
            model,
            constants: initializers.into_iter().collect(),
            types,
            readers: HashMap::new(),
        };
        net.refresh();
        net.type_outputs();
        Ok(net)
    }

    /// Drops what nothing needs and finds out readers again, after nodes have changed.
    pub(super) fn refresh(&mut self) {
        self.drop_unneeded();
        self.readers = readers(&self.model.nodes);
    }

    /// The nodes, each after those it reads from.
    pub(super) fn nodes(&self) -> &[Node] {
        &self.model.nodes
    }

    /// The nodes, to be changed; [`Net::refresh`] has to follow.
    pub(super) fn nodes_mut(&mut self) -> &mut Vec<Node> {
        &mut self.model.nodes
    }

    /// Names and types of what the caller gives, in order.
    pub(super) fn inputs(&self) -> Vec<(String, TensorType)> {
        let input = |i: &Input| Some((i.name.clone(), self.types.get(&i.name)?.clone()));
        self.model.inputs.iter().filter_map(input).collect()
    }

    /// Names of the network's outputs, in order.
    pub(super) fn outputs(&self) -> impl Iterator<Item = &str> {
        self.model.outputs.iter().map(|output| output.name.as_str())
    }

    /// Whether the tensor is an output of the network.
    pub(super) fn is_output(&self, name: &str) -> bool {
        self.outputs.contains(name)
    }

    /// The nodes that read a tensor, those among them that read it within a graph of their own included.
    pub(super) fn readers(&self, name: &str) -> &[usize] {
        self.readers.get(name).map_or(&[], Vec::as_slice)
    }

    /// The only node that reads a tensor, if there is just one and the tensor is not an output.
    pub(super) fn only_reader(&self, name: &str) -> Option<usize> {
        match self.readers(name) {
            [reader] if !self.is_output(name) => Some(*reader),
            _ => None,
        }
    }

    /// The node that computes each tensor.
    pub(super) fn producers(&self) -> HashMap<&str, &Node> {
        let nodes = self.model.nodes.iter();
        nodes
            .flat_map(|node| node.outputs.iter().map(move |name| (name.as_str(), node)))
            .collect()
    }

    /// The elements of a constant of floats.
    pub(super) fn floats(&self, name: &str) -> Option<&[f32]> {
        self.constants.get(name)?.values()
    }

    /// Whether the tensor is computed or given, and of floats.
    pub(super) fn is_activation(&self, name: &str) -> bool {
        !self.constants.contains_key(name)
            && self
                .types
                .get(name)
                .is_some_and(|ty| ty.dtype == DType::F32 && !ty.is_empty())
    }

    /// Whether no tensor has this name yet.
    pub(super) fn is_free(&self, name: &str) -> bool {
        let is_outer = self.types.contains_key(name) || self.constants.contains_key(name);
        !is_outer && !self.inner.contains(name)
    }

    /// A name that nothing has yet.
    pub(super) fn fresh(&self, name: String) -> String {
        let numbered = (1..).map(|i| format!("{name}_{i}"));
        let mut candidates = std::iter::once(name.clone()).chain(numbered);
        candidates.find(|name| self.is_free(name)).unwrap_or(name)
    }

    /// Makes sure that the file format is of this version at least.
    pub(super) fn require_ir(&mut self, version: i64) {
        self.model.ir_version = self.model.ir_version.max(version);
    }

    /// The model, with its constants.
    pub(super) fn model(&self) -> Model {
        Model {
            initializers: self.constants.clone().into_iter().collect(),
            ..self.model.clone()
        }
    }

    /// The model with these tensors as its outputs.
    pub(super) fn showing(&self, tensors: &[String]) -> Model {
        showing(&self.model(), tensors.iter())
    }

    /// Some of the nodes as a model of their own, with the constants that they read.
    pub(super) fn part(&self, nodes: Vec<Node>, inputs: Vec<Input>, outputs: &[String]) -> Model {
        let reads = nodes.iter().flat_map(Node::reads);
        let constants = reads.filter_map(|name| self.constants.get_key_value(name));
        let constants: BTreeMap<_, _> = constants.collect();
        let constants = constants
            .into_iter()
            .map(|(name, t)| (name.clone(), t.clone()));
        let part = Model {
            name: self.model.name.clone(),
            producer: self.model.producer.clone(),
            profile: self.model.profile,
            ir_version: self.model.ir_version,
            inputs,
            outputs: Vec::new(),
            initializers: constants.collect(),
            strings: Vec::new(),
            fixed: Vec::new(),
            nodes,
            labels: Vec::new(),
            files: Vec::new(),
        };
        showing(&part, outputs.iter())
    }

    /// States the types of all outputs: readers of files want to know them.
    fn type_outputs(&mut self) {
        for output in &mut self.model.outputs {
            if let Some(ty) = self.types.get(&output.name) {
                output.dtype = Some(ty.dtype);
                output.dims = Some(dims(ty));
            }
        }
    }

    /// Drops what no output depends on.
    pub(super) fn drop_unneeded(&mut self) {
        self.model.initializers = std::mem::take(&mut self.constants).into_iter().collect();
        drop_unneeded(&mut self.model);
        self.constants = std::mem::take(&mut self.model.initializers)
            .into_iter()
            .collect();
    }
}

/// Everything that graphs within nodes define.
fn definitions(nodes: &[Node]) -> HashSet<String> {
    let graphs = nodes.iter().flat_map(Node::subgraphs);
    let of = |graph: &Subgraph| {
        let own = graph.definitions().map(String::from);
        own.chain(definitions(&graph.nodes)).collect::<Vec<_>>()
    };
    graphs.flat_map(of).collect()
}

fn readers(nodes: &[Node]) -> HashMap<String, Vec<usize>> {
    let mut readers: HashMap<String, Vec<usize>> = HashMap::new();
    for (i, node) in nodes.iter().enumerate() {
        for name in node.reads() {
            let list = readers.entry(name.to_owned()).or_default();
            if list.last() != Some(&i) {
                list.push(i);
            }
        }
    }
    readers
}

/// A node of ONNX's own domain.
pub(super) fn node(operator: &str, version: i64, inputs: &[&str], output: &str) -> Node {
    Node {
        name: format!("{output}/{operator}"),
        operator: operator.into(),
        domain: String::new(),
        overload: String::new(),
        version,
        inputs: inputs.iter().map(|name| name.to_string()).collect(),
        outputs: vec![output.into()],
        attributes: BTreeMap::new(),
    }
}

/// A problem of this module with a node, which is a defect of mlc.
pub(super) fn defect(what: &str, tensor: &str) -> Diag {
    Diag::new("quantization-failed", format!("{what}: a defect of mlc")).at_tensor(tensor)
}
