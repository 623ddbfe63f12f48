//! The nodes of a network one by one, each given what another engine computed of its inputs.
//!
//! Where the answers of two engines differ, this says in which node they begin to, and at which elements: a difference
//! that is only passed on is none of the node's.

use crate::build::{model_of_version, typed_value_info};
use mlc_compiler::onnx::proto::{GraphProto, ModelProto, NodeProto, ValueInfoProto};
use mlc_compiler::onnx::tensor::{parse, to_proto};
use mlc_compiler::tensor::{DType, Tensor};
use mlc_compiler::{compile, interp, onnx};
use prost::Message;
use std::collections::HashMap;

/// A network whose values are known.
pub struct Nodes {
    model: ModelProto,
    /// The values of nodes, in their order.
    names: Vec<String>,
}

/// A node, what goes in, and what both engines make of it.
pub struct Answered<'a> {
    /// The node.
    pub node: &'a NodeProto,
    /// What goes in, input by input, and then what graphs in it see of the graph around them.
    pub inputs: Vec<Option<Tensor>>,
    /// What the interpreter makes of it.
    pub ours: Vec<Tensor>,
    /// What the other engine makes of it.
    pub theirs: Vec<Tensor>,
}

impl Nodes {
    /// The nodes of the model in a file.
    ///
    /// # Panics
    /// If it is no model.
    pub fn of(file: &[u8]) -> Self {
        let model = ModelProto::decode(file).expect("a model");
        let nodes = model.graph.iter().flat_map(|graph| &graph.node);
        let computing = nodes.filter(|node| node.op_type() != "Constant");
        let names = computing.flat_map(|node| node.output.clone());
        Nodes {
            names: names.filter(|name| !name.is_empty()).collect(),
            model,
        }
    }

    /// The model with the values of all nodes as outputs, whose types engines find out.
    pub fn watched(&self) -> Vec<u8> {
        let mut model = self.model.clone();
        let output = |name: &String| ValueInfoProto {
            name: Some(name.clone()),
            ..ValueInfoProto::default()
        };
        if let Some(graph) = &mut model.graph {
            graph.output = self.names.iter().map(output).collect();
        }
        model.encode_to_vec()
    }

    /// How many values there are.
    pub fn count(&self) -> usize {
        self.names.len()
    }

    /// Computes each node alone, with the inputs of the network and the other engine's values, in the order of the
    /// watched model's outputs.
    pub fn answered(
        &self,
        inputs: &[Tensor],
        theirs: Vec<Tensor>,
    ) -> Result<Vec<Answered<'_>>, String> {
        let Some(graph) = &self.model.graph else {
            return Ok(Vec::new());
        };
        let mut values = Values::default();
        for (input, tensor) in graph.input.iter().zip(inputs) {
            values.computed.insert(input.name(), tensor.clone());
        }
        let computed = self.names.iter().map(String::as_str).zip(theirs);
        values.computed.extend(computed);
        values.constants(graph)?;
        let nodes = graph.node.iter();
        let computing = nodes.filter(|node| node.op_type() != "Constant");
        computing.map(|node| values.answer(node)).collect()
    }
}

/// Values by name: what is written in the file, and what was computed.
#[derive(Default)]
struct Values<'a> {
    written: HashMap<&'a str, Tensor>,
    computed: HashMap<&'a str, Tensor>,
}

impl<'a> Values<'a> {
    fn constants(&mut self, graph: &'a GraphProto) -> Result<(), String> {
        let stored = graph
            .initializer
            .iter()
            .map(|tensor| (tensor.name(), tensor));
        let nodes = graph
            .node
            .iter()
            .filter(|node| node.op_type() == "Constant");
        let made = nodes.filter_map(|node| {
            Some((
                &**node.output.first()?,
                &**node.attribute.first()?.t.as_ref()?,
            ))
        });
        for (name, tensor) in stored.chain(made) {
            let read = parse(&tensor.encode_to_vec(), None).map_err(|diag| diag.to_string())?;
            self.written.insert(name, read.1);
        }
        Ok(())
    }

    fn get(&self, name: &str) -> Option<&Tensor> {
        self.written.get(name).or_else(|| self.computed.get(name))
    }

    fn answer(&self, node: &'a NodeProto) -> Result<Answered<'a>, String> {
        let mut names: Vec<&str> = node.input.iter().map(String::as_str).collect();
        names.extend(
            seen(node)
                .into_iter()
                .filter(|name| self.get(name).is_some()),
        );
        let outputs: Vec<&str> = node
            .output
            .iter()
            .map(String::as_str)
            .filter(|name| !name.is_empty())
            .collect();
        let theirs: Vec<Tensor> = outputs
            .iter()
            .filter_map(|name| self.get(name).cloned())
            .collect();
        let ours = self.compute(node, &names, &outputs, &theirs);
        Ok(Answered {
            inputs: names.iter().map(|name| self.get(name).cloned()).collect(),
            ours: ours.map_err(|what| format!("{} alone: {what}", node.op_type()))?,
            node,
            theirs,
        })
    }

    /// What the interpreter makes of a node. Only floats that are computed go in from outside: what is computed of
    /// shapes has to be known.
    fn compute(
        &self,
        node: &NodeProto,
        names: &[&str],
        outputs: &[&str],
        types: &[Tensor],
    ) -> Result<Vec<Tensor>, String> {
        let mut graph = GraphProto {
            name: Some("alone".into()),
            node: vec![node.clone()],
            ..GraphProto::default()
        };
        let mut given = Vec::new();
        let mut names = names.to_vec();
        names.sort_unstable();
        names.dedup();
        for (name, tensor) in names
            .iter()
            .filter_map(|name| Some((name, self.get(name)?)))
        {
            let flows = tensor.ty.dtype == DType::F32 && !self.written.contains_key(name);
            match flows {
                true => {
                    graph.input.push(typed_value_info(name, &tensor.ty));
                    given.push(tensor.clone());
                }
                false => graph.initializer.push(to_proto(name, tensor)),
            }
        }
        let typed = outputs.iter().zip(types);
        graph.output = typed
            .map(|(name, tensor)| typed_value_info(name, &tensor.ty))
            .collect();
        let model = onnx::parse(&model_of_version(graph, 21, 10), None);
        let compiled = model
            .and_then(|model| compile(&model))
            .map_err(|diags| diags.to_string())?;
        interp::run(&compiled.program, &given).map_err(|diag| diag.to_string())
    }
}

/// Names that graphs in a node read, whosever they are.
fn seen(node: &NodeProto) -> Vec<&str> {
    let graphs = node
        .attribute
        .iter()
        .filter_map(|attribute| attribute.g.as_deref());
    graphs
        .flat_map(|graph| &graph.node)
        .flat_map(read)
        .collect()
}

/// Names that a node and graphs in it read.
fn read(node: &NodeProto) -> Vec<&str> {
    let own = node.input.iter().map(String::as_str);
    own.chain(seen(node)).collect()
}

impl Answered<'_> {
    /// The operators in the graphs of the node, at any depth.
    pub fn inner(&self) -> Vec<&str> {
        operators(self.node)
    }
}

fn operators(node: &NodeProto) -> Vec<&str> {
    let graphs = node
        .attribute
        .iter()
        .filter_map(|attribute| attribute.g.as_deref());
    let nodes = graphs.flat_map(|graph| &graph.node);
    nodes
        .flat_map(|node| [vec![node.op_type()], operators(node)].concat())
        .collect()
}
