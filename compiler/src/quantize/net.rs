//! The model as quantisation rewrites it: nodes, and constants by name.

use crate::diag::{Diag, Diags};
use crate::onnx::{Attribute, Dim, Model, Node, Output};
use crate::ops;
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
    pub(super) types: HashMap<String, TensorType>,
    /// For each tensor, the nodes that read it.
    readers: HashMap<String, Vec<usize>>,
}

impl Net {
    /// The model without the nodes that no output depends on, and with `Constant` nodes as constants.
    pub(super) fn new(mut model: Model) -> Result<Self, Diags> {
        let initializers = std::mem::take(&mut model.initializers);
        let mut net = Net {
            model,
            constants: initializers.into_iter().collect(),
            types: HashMap::new(),
            readers: HashMap::new(),
        };
        net.absorb_constants();
        net.refresh()?;
        Ok(net)
    }

    /// Drops what nothing needs and finds out types and readers again, after nodes have changed.
    pub(super) fn refresh(&mut self) -> Result<(), Diags> {
        self.drop_unneeded();
        self.readers = readers(&self.model.nodes);
        self.types = self.infer()?;
        self.type_outputs();
        Ok(())
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
        let input =
            |i: &crate::onnx::Input| Some((i.name.clone(), self.types.get(&i.name)?.clone()));
        self.model.inputs.iter().filter_map(input).collect()
    }

    /// Names of the network's outputs, in order.
    pub(super) fn outputs(&self) -> impl Iterator<Item = &str> {
        self.model.outputs.iter().map(|output| output.name.as_str())
    }

    /// Whether the tensor is an output of the network.
    pub(super) fn is_output(&self, name: &str) -> bool {
        self.outputs().any(|output| output == name)
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
        !self.types.contains_key(name) && !self.constants.contains_key(name)
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

    /// The model with these tensors as its outputs: it computes the same, and shows it.
    pub(super) fn showing(&self, tensors: &[String]) -> Model {
        let output = |name: &String| Output {
            name: name.clone(),
            dtype: None,
            dims: None,
        };
        Model {
            outputs: tensors.iter().map(output).collect(),
            ..self.model()
        }
    }

    /// States the types of all outputs: readers of files want to know them.
    fn type_outputs(&mut self) {
        for output in &mut self.model.outputs {
            if let Some(ty) = self.types.get(&output.name) {
                output.dtype = Some(ty.dtype);
                output.dims = Some(ty.shape.iter().map(|&size| Dim::Known(size)).collect());
            }
        }
    }

    fn absorb_constants(&mut self) {
        let constants = &mut self.constants;
        self.model.nodes.retain(|node| {
            let Some(tensor) = constant(node) else {
                return true;
            };
            constants.insert(node.outputs[0].clone(), tensor);
            false
        });
    }

    /// Drops what no output depends on.
    pub(super) fn drop_unneeded(&mut self) {
        let mut needed: HashSet<String> = self.outputs().map(String::from).collect();
        let mut kept = Vec::new();
        for node in std::mem::take(&mut self.model.nodes).into_iter().rev() {
            if node.outputs.iter().any(|name| needed.contains(name)) {
                needed.extend(node.reads().into_iter().map(String::from));
                kept.push(node);
            }
        }
        kept.reverse();
        self.model.nodes = kept;
        self.constants.retain(|name, _| needed.contains(name));
    }

    /// The types of all tensors, as the importer infers them.
    fn infer(&self) -> Result<HashMap<String, TensorType>, Diags> {
        let outputs = self.model.nodes.iter().flat_map(|node| &node.outputs);
        let names: Vec<_> = outputs.filter(|name| !name.is_empty()).cloned().collect();
        let graph = ops::import(&self.showing(&names))?;
        let inputs = self.model.inputs.iter().zip(&graph.inputs);
        let inputs = inputs.map(|(input, &value)| (input.name.clone(), graph.ty(value).clone()));
        let outputs = graph.outputs().iter();
        let outputs = outputs.map(|(name, value)| (name.clone(), graph.ty(*value).clone()));
        Ok(inputs.chain(outputs).collect())
    }
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

/// The value of a node that is a constant.
fn constant(node: &Node) -> Option<Tensor> {
    if (node.operator.as_str(), node.domain.as_str()) != ("Constant", "") {
        return None;
    }
    match node.attributes.iter().next()? {
        (name, Attribute::Tensor(tensor)) if name == "value" => Some(tensor.clone()),
        (name, Attribute::Float(x)) if name == "value_float" => Some(Tensor::scalar(*x)),
        (name, Attribute::Int(x)) if name == "value_int" => Some(Tensor::scalar(*x)),
        (name, Attribute::Floats(x)) if name == "value_floats" => Some(Tensor::new([x.len()], x)),
        (name, Attribute::Ints(x)) if name == "value_ints" => Some(Tensor::new([x.len()], x)),
        _ => None,
    }
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
