//! A model as the importer sees it.

use super::{Range, proto};
use crate::diag::Diag;
use crate::quantization::Profile;
use crate::tensor::{DType, Tensor};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A decoded and checked model: every name that is used is defined exactly once in its scope, nodes come
/// after what they read, and calls of the model's own functions have been replaced by the functions' nodes.
#[derive(Clone, Debug)]
pub struct Model {
    /// Name of the graph.
    pub name: String,
    /// The tool that wrote the model, with its version.
    pub producer: String,
    /// The arithmetic that quantised operators have in the engine that the file is for.
    pub profile: Profile,
    /// Version of the file format.
    pub ir_version: i64,
    /// What the caller of the network provides: inputs without an initializer.
    pub inputs: Vec<Input>,
    /// Names of inputs that the file leaves to the caller, but that are fixed: they are among the constants.
    pub fixed: Vec<String>,
    /// What the network computes.
    pub outputs: Vec<Output>,
    /// Constants.
    pub initializers: Vec<(String, Tensor)>,
    /// Constants whose elements are strings.
    pub strings: Vec<(String, StringTensor)>,
    /// The nodes, sorted so that each comes after those whose outputs it reads.
    pub nodes: Vec<Node>,
    /// Names of classes, if its metadata has any.
    pub labels: Vec<String>,
    /// The files beside it that tensors were read from.
    pub files: Vec<PathBuf>,
}

/// An input of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// Element type.
    pub dtype: DType,
    /// Dimensions, outermost first; empty for a scalar, and when even their number is unknown.
    pub dims: Vec<Dim>,
    /// Whether the number of dimensions is known.
    pub ranked: bool,
    /// What the caller promises of its elements.
    pub range: Option<Range>,
}

impl Input {
    /// Its shape, if all dimensions are known.
    pub fn shape(&self) -> Option<Vec<usize>> {
        let size = |dim: &Dim| {
            if let Dim::Known(size) = dim {
                Some(*size)
            } else {
                None
            }
        };
        self.dims
            .iter()
            .map(size)
            .collect::<Option<_>>()
            .filter(|_| self.ranked)
    }
}

/// An output of a model, with as much of its type as the file states.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// Its name.
    pub name: String,
    /// Element type.
    pub dtype: Option<DType>,
    /// Dimensions, outermost first.
    pub dims: Option<Vec<Dim>>,
}

/// A dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dim {
    /// Of this size.
    Known(usize),
    /// Named; equal names are equal sizes.
    Symbol(String),
    /// Of any size.
    Unknown,
}

/// A call of an operator.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its name, or else its first output's.
    pub name: String,
    /// The operator.
    pub operator: String,
    /// The operator's domain; empty for ONNX's own.
    pub domain: String,
    /// Which of a function's overloads is called; empty for operators.
    pub overload: String,
    /// Version of the domain's operator set that was in force where the node was written.
    pub version: i64,
    /// Names of the tensors read; empty where an optional one is absent.
    pub inputs: Vec<String>,
    /// Names of the tensors written; empty where an optional one is not wanted.
    pub outputs: Vec<String>,
    /// Attributes by name.
    pub attributes: BTreeMap<String, Attribute>,
}

/// The value of an attribute.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Attribute {
    Int(i64),
    Float(f32),
    /// Meant to be UTF-8, which nothing enforces.
    String(Vec<u8>),
    /// Sparse tensors are made dense.
    Tensor(Tensor),
    StringTensor(StringTensor),
    Graph(Box<Subgraph>),
    Type(Box<proto::TypeProto>),
    Ints(Vec<i64>),
    Floats(Vec<f32>),
    Strings(Vec<Vec<u8>>),
    Tensors(Vec<Tensor>),
    Graphs(Vec<Subgraph>),
    Types(Vec<proto::TypeProto>),
    /// The attribute of this name of the function that the node is part of. Inlining replaces it.
    Reference(String),
}

/// A tensor of strings: parsed, though no kernel works on one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StringTensor {
    /// Dimensions, outermost first.
    pub shape: Vec<usize>,
    /// The elements, meant to be UTF-8.
    pub values: Vec<Vec<u8>>,
}

/// A graph within a node, such as a branch of an `If`. It may read names of the graphs around it.
#[derive(Clone, Debug, Default)]
pub struct Subgraph {
    /// Names of the inputs.
    pub inputs: Vec<String>,
    /// Names of the outputs.
    pub outputs: Vec<String>,
    /// Constants.
    pub initializers: Vec<(String, Tensor)>,
    /// Constants whose elements are strings.
    pub strings: Vec<(String, StringTensor)>,
    /// The nodes, sorted so that each comes after those whose outputs it reads.
    pub nodes: Vec<Node>,
}

impl Node {
    /// A problem of kind `code` at this node.
    pub fn diag(&self, code: &'static str, message: impl Into<String>) -> Diag {
        Diag::new(code, message).at_node(&self.name, &self.qualified_operator())
    }

    /// The operator, with its domain unless that is ONNX's own.
    pub fn qualified_operator(&self) -> String {
        match self.domain.as_str() {
            "" => self.operator.clone(),
            domain => format!("{domain}.{}", self.operator),
        }
    }

    /// Names that the node reads: its inputs, and what graphs within it read from outside themselves.
    pub fn reads(&self) -> Vec<&str> {
        super::order::reads(self)
    }

    /// The graphs within the node.
    pub fn subgraphs(&self) -> impl Iterator<Item = &Subgraph> {
        self.attributes.values().flat_map(Attribute::subgraphs)
    }
}

impl Attribute {
    /// The graphs in the value.
    pub fn subgraphs(&self) -> &[Subgraph] {
        match self {
            Attribute::Graph(graph) => std::slice::from_ref(graph),
            Attribute::Graphs(graphs) => graphs,
            _ => &[],
        }
    }

    /// The graphs in the value.
    pub(crate) fn subgraphs_mut(&mut self) -> &mut [Subgraph] {
        match self {
            Attribute::Graph(graph) => std::slice::from_mut(graph),
            Attribute::Graphs(graphs) => graphs,
            _ => &mut [],
        }
    }
}

impl Subgraph {
    /// Names that it reads from the graphs around it.
    pub fn captures(&self) -> Vec<&str> {
        super::order::captures(self)
    }

    /// Names of everything the graph itself defines: inputs, constants and nodes' outputs.
    pub fn definitions(&self) -> impl Iterator<Item = &str> {
        let constants = self.initializers.iter().map(|(name, _)| name);
        let strings = self.strings.iter().map(|(name, _)| name);
        let outputs = self.nodes.iter().flat_map(|node| &node.outputs);
        let names = self
            .inputs
            .iter()
            .chain(constants)
            .chain(strings)
            .chain(outputs);
        names.map(String::as_str).filter(|name| !name.is_empty())
    }
}
