//! The graph that is being written: what tensors of the file are called in it, and its nodes so far.
//!
//! A tensor has a name for its elements as they are stored, and, where these are integers that stand for numbers, another for the
//! numbers. Operators ask for the one that they mean; what is between both is added when it is needed first.

use super::builtins;
use super::call::{Call, ints};
use super::constants::Constants;
use super::names::{Names, ports};
use super::quantised::dequantize;
use super::read::{Called, Document, Graph, TensorInfo};
use super::schema::BuiltinOperator;
use crate::diag::Diag;
use crate::onnx::tensor::dtype_code;
use crate::onnx::{Attribute, Node, Problems};
use crate::tensor::{DType, Tensor};
use std::collections::{HashMap, HashSet};

/// Graphs may be nested so deep.
const MOST_DEPTH: usize = 16;

/// What has been written.
pub(super) struct Scope<'d, 'a> {
    pub(super) document: &'d Document<'a>,
    pub(super) constants: Constants<'d, 'a>,
    names: Names,
    /// What the signature calls tensors of the network.
    ports: HashMap<usize, &'a str>,
    initializers: Vec<(String, Tensor)>,
    nodes: Vec<Node>,
    frame: Frame,
    depth: usize,
    /// Of ONNX's operators.
    version: i64,
    /// Operators that may still be written: a graph may be called from many places.
    left: usize,
}

/// Names of one graph's tensors.
#[derive(Default)]
struct Frame {
    graph: usize,
    /// As they are stored.
    raw: Vec<Option<String>>,
    /// As the numbers that they stand for.
    real: HashMap<usize, String>,
    /// Those that nodes write, and that are no output yet.
    written: HashSet<usize>,
}

impl Frame {
    fn of(graph: usize, tensors: usize) -> Self {
        Frame {
            graph,
            raw: vec![None; tensors],
            ..Frame::default()
        }
    }
}

impl<'d, 'a> Scope<'d, 'a> {
    /// The network itself, whose inputs have names.
    pub(super) fn of_network(document: &'d Document<'a>) -> Self {
        let graph = &document.subgraphs[0];
        let operations = document
            .subgraphs
            .iter()
            .map(|graph| graph.operations.len());
        let mut scope = Scope {
            document,
            constants: Constants::new(document),
            names: Names::default(),
            ports: ports(document),
            initializers: Vec::new(),
            nodes: Vec::new(),
            frame: Frame::of(0, graph.tensors.len()),
            depth: 0,
            version: version(document),
            left: 4 * operations.sum::<usize>() + 4096,
        };
        for &i in &graph.inputs {
            let own = graph.tensors.get(i).map_or("", |tensor| tensor.name);
            let name = scope.names.unique(scope.ports.get(&i).unwrap_or(&own));
            scope
                .frame
                .raw
                .get_mut(i)
                .into_iter()
                .for_each(|raw| *raw = Some(name.clone()));
        }
        scope
    }

    /// What has been written: nodes and constants.
    pub(super) fn into_parts(self) -> (Vec<Node>, Vec<(String, Tensor)>) {
        (self.nodes, self.initializers)
    }

    pub(super) fn graph(&self) -> &'d Graph<'a> {
        &self.document.subgraphs[self.frame.graph]
    }

    /// What the file says of a tensor.
    pub(super) fn tensor(&self, i: usize) -> Result<&'d TensorInfo<'a>, Diag> {
        let missing = || Diag::new("malformed-file", format!("there is no tensor {i}"));
        self.graph().tensors.get(i).ok_or_else(missing)
    }

    /// Writes the graph's operators.
    pub(super) fn operators(&mut self, problems: &mut Problems) {
        for (i, operation) in self.graph().operations.iter().enumerate() {
            let result = self.operator(i, problems);
            if problems.value(result).is_none() {
                // What reads its results is judged by itself.
                for &output in &operation.outputs {
                    self.frame.raw.get_mut(output).into_iter().for_each(|raw| {
                        raw.get_or_insert_with(String::new);
                    });
                }
            }
        }
    }

    fn operator(&mut self, i: usize, problems: &mut Problems) -> Result<(), Diag> {
        let operation = &self.graph().operations[i];
        let called = self.document.operators.get(operation.operator);
        let what = called.map_or("operator".into(), |called| called.name());
        let first = operation
            .outputs
            .first()
            .and_then(|&i| self.graph().tensors.get(i));
        let node = first.map_or("", |tensor| tensor.name);
        let place = format!(
            "operator {i} of subgraph {} `{}`",
            self.frame.graph,
            self.graph().name
        );
        self.left = self.left.saturating_sub(1);
        let result = match called {
            _ if self.left == 0 => Err(Diag::new(
                "malformed-file",
                "graphs call each other too often",
            )),
            Some(called) => builtins::lower(called, &mut Call::new(self, operation, problems)),
            None => Err(Diag::new(
                "malformed-file",
                format!("there is no operator code {}", operation.operator),
            )),
        };
        result.map_err(|diag| diag.at_node(node, &what).note(place))
    }

    /// The name of a tensor's elements as they are stored.
    pub(super) fn raw(&mut self, i: usize) -> Result<String, Diag> {
        let tensor = self.tensor(i)?;
        if let Some(name) = &self.frame.raw[i] {
            return Ok(name.clone());
        }
        let missing = || {
            Diag::new(
                "undefined-tensor",
                "nothing computes the tensor before it is read",
            )
        };
        let constant = self.constants.of(tensor)?;
        let constant = constant.ok_or_else(|| missing().at_tensor(tensor.name))?;
        let name = self.constant(tensor.name, constant);
        self.frame.raw[i] = Some(name.clone());
        Ok(name)
    }

    /// The name of the numbers that a tensor's elements stand for.
    pub(super) fn real(&mut self, i: usize) -> Result<String, Diag> {
        if let Some(name) = self.frame.real.get(&i) {
            return Ok(name.clone());
        }
        if let Some(name) = self.narrowed(i)? {
            self.frame.real.insert(i, name.clone());
            return Ok(name);
        }
        let (tensor, raw) = (self.tensor(i)?, self.raw(i)?);
        let name = match (&tensor.quantisation, tensor.dtype) {
            (_, Some(DType::F16)) => {
                self.node(tensor.name, "Cast", &[&raw], vec![cast_to(DType::F32)])
            }
            (Some(quantisation), Some(dtype)) if dtype != DType::F32 => {
                dequantize(self, tensor.name, &raw, quantisation, stored(dtype))
            }
            _ => raw,
        };
        self.frame.real.insert(i, name.clone());
        Ok(name)
    }

    /// The numbers of a constant of 64 bits that fits 32, as biases of sums do: ONNX has none of more.
    fn narrowed(&mut self, i: usize) -> Result<Option<String>, Diag> {
        let tensor = self.tensor(i)?;
        let (Some(quantisation), Some(DType::I64)) = (&tensor.quantisation, tensor.dtype) else {
            return Ok(None);
        };
        let constant = self.constants.of(tensor)?;
        let values = constant.and_then(|constant| constant.to_vec::<i64>());
        let narrow = values.and_then(|values| {
            values
                .into_iter()
                .map(|x| i32::try_from(x).ok())
                .collect::<Option<Vec<_>>>()
        });
        let Some(narrow) = narrow else {
            return Ok(None);
        };
        let raw = self.constant(tensor.name, Tensor::new(tensor.shape.clone(), &narrow));
        Ok(Some(dequantize(
            self,
            tensor.name,
            &raw,
            quantisation,
            DType::I32,
        )))
    }

    /// The numbers of a tensor with its axes in another order: of a constant, that is another constant.
    pub(super) fn real_transposed(&mut self, i: usize, perm: &[usize]) -> Result<String, Diag> {
        let tensor = self.tensor(i)?;
        let constant = match self.frame.raw[i] {
            Some(_) if tensor.buffer == 0 => None,
            _ => self.constants.transposed(tensor, perm)?,
        };
        let Some(constant) = constant else {
            let real = self.real(i)?;
            let perm = perm.iter().map(|&axis| axis as i64).collect();
            return Ok(self.node(tensor.name, "Transpose", &[&real], vec![ints("perm", perm)]));
        };
        let dtype = constant.ty.dtype;
        let name = self.constant(tensor.name, constant);
        let Some(quantisation) = tensor.quantisation.as_ref().filter(|_| dtype != DType::F32)
        else {
            return Ok(match dtype {
                DType::F16 => self.node(tensor.name, "Cast", &[&name], vec![cast_to(DType::F32)]),
                _ => name,
            });
        };
        let mut moved = quantisation.clone();
        moved.axis = perm
            .iter()
            .position(|&axis| axis == moved.axis)
            .unwrap_or(0);
        Ok(dequantize(self, tensor.name, &name, &moved, dtype))
    }

    /// Adds a constant, under a name like `name`.
    pub(super) fn constant(&mut self, name: &str, tensor: Tensor) -> String {
        let name = self.names.unique(name);
        self.initializers.push((name.clone(), tensor));
        name
    }

    /// Adds a node for the tensor `base` with so many outputs.
    pub(super) fn nodes(
        &mut self,
        base: &str,
        operator: &str,
        inputs: &[&str],
        attributes: Vec<(&str, Attribute)>,
        count: usize,
    ) -> Vec<String> {
        let wanted = format!("{base}/{operator}");
        let outputs: Vec<_> = (0..count).map(|_| self.names.unique(&wanted)).collect();
        self.nodes.push(Node {
            name: outputs.first().cloned().unwrap_or(wanted),
            operator: operator.into(),
            domain: String::new(),
            overload: String::new(),
            version: self.version,
            inputs: inputs.iter().map(|&input| input.to_owned()).collect(),
            outputs: outputs.clone(),
            attributes: attributes
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        });
        outputs
    }

    /// Adds a node with one output.
    pub(super) fn node(
        &mut self,
        base: &str,
        operator: &str,
        inputs: &[&str],
        attributes: Vec<(&str, Attribute)>,
    ) -> String {
        self.nodes(base, operator, inputs, attributes, 1).remove(0)
    }

    /// Nodes that have been written.
    pub(super) fn written(&self) -> usize {
        self.nodes.len()
    }

    /// Says that a tensor's elements are what is called `name`, which one of the nodes from `since` on may have written.
    pub(super) fn give(&mut self, i: usize, name: &str, since: usize) -> Result<(), Diag> {
        let tensor = self.tensor(i)?;
        if self.frame.raw[i].is_some() {
            let message = "the tensor is computed twice, or it is an input";
            return Err(Diag::new("redefined-tensor", message).at_tensor(tensor.name));
        }
        let port = self.ports.get(&i).copied().filter(|_| self.depth == 0);
        let own = self.names.unique(port.unwrap_or(tensor.name));
        let writer = self.nodes[since..]
            .iter()
            .position(|node| node.outputs.iter().any(|o| o == name));
        match writer {
            Some(at) => self.rename(since + at, name, &own),
            None => {
                let copy = self.node(tensor.name, "Identity", &[name], Vec::new());
                self.rename(self.nodes.len() - 1, &copy, &own);
            }
        }
        self.frame.raw[i] = Some(own);
        self.frame.written.insert(i);
        Ok(())
    }

    /// Renames what node `at` writes, there and in the nodes after it.
    fn rename(&mut self, at: usize, old: &str, new: &str) {
        for node in &mut self.nodes[at..] {
            let names = node.inputs.iter_mut().chain(&mut node.outputs);
            names
                .filter(|name| *name == old)
                .for_each(|name| *name = new.into());
            if node.name == old {
                node.name = new.into();
            }
        }
    }

    /// The name of one of the graph's outputs: of its own, whatever it is.
    pub(super) fn result(&mut self, i: usize) -> Result<String, Diag> {
        let raw = self.raw(i)?;
        if self.frame.written.remove(&i) {
            return Ok(raw);
        }
        let name = self.tensor(i)?.name;
        Ok(self.node(name, "Identity", &[&raw], Vec::new()))
    }

    /// Writes another of the file's graphs, given names for its inputs: its nodes, and names of its results.
    pub(super) fn nested(
        &mut self,
        graph: usize,
        inputs: &[String],
        problems: &mut Problems,
    ) -> Result<(Vec<Node>, Vec<String>), Diag> {
        let missing = || Diag::new("malformed-file", format!("there is no subgraph {graph}"));
        let inner = self.document.subgraphs.get(graph).ok_or_else(missing)?;
        if self.depth >= MOST_DEPTH {
            return Err(Diag::new("malformed-file", "graphs are nested too deep"));
        }
        if inner.inputs.len() != inputs.len() {
            let message = format!(
                "subgraph {graph} has {} inputs, but {} are given",
                inner.inputs.len(),
                inputs.len()
            );
            return Err(Diag::new("malformed-file", message));
        }
        let frame = Frame::of(graph, inner.tensors.len());
        let outer = std::mem::replace(&mut self.frame, frame);
        let nodes = std::mem::take(&mut self.nodes);
        for (&i, name) in inner.inputs.iter().zip(inputs) {
            self.frame
                .raw
                .get_mut(i)
                .into_iter()
                .for_each(|raw| *raw = Some(name.clone()));
        }
        self.depth += 1;
        self.operators(problems);
        let results = inner
            .outputs
            .iter()
            .map(|&i| self.result(i))
            .collect::<Result<_, _>>();
        self.depth -= 1;
        self.frame = outer;
        Ok((std::mem::replace(&mut self.nodes, nodes), results?))
    }

    /// Adds nodes that were written before.
    pub(super) fn extend(&mut self, nodes: Vec<Node>) {
        self.nodes.extend(nodes);
    }

    /// A name that nothing has.
    pub(super) fn fresh(&mut self, wanted: &str) -> String {
        self.names.unique(wanted)
    }
}

/// The oldest version of ONNX's operators that says what a file says: engines know it best.
fn version(document: &Document<'_>) -> i64 {
    let mut tensors = document.subgraphs.iter().flat_map(|graph| &graph.tensors);
    let wide = tensors
        .any(|t| t.quantisation.is_some() && matches!(t.dtype, Some(DType::I16 | DType::U16)));
    let gelu = |called: &Called<'_>| matches!(called, Called::Builtin(BuiltinOperator::Gelu));
    match wide {
        true => 21,
        false if document.operators.iter().any(gelu) => 20,
        false => 19,
    }
}

/// How constants of a type are kept: those of less than a byte in bytes.
fn stored(dtype: DType) -> DType {
    if dtype == DType::I4 { DType::I8 } else { dtype }
}

/// The attribute of a conversion to `dtype`.
pub(super) fn cast_to(dtype: DType) -> (&'static str, Attribute) {
    ("to", Attribute::Int(dtype_code(dtype).into()))
}
