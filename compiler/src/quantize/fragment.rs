//! Parts of the network that run on their own, in the interpreter, so that one layer can be tried at the cost of one.

use super::fold::dims;
use super::net::Net;
use crate::diag::{Diag, Diags};
use crate::onnx::{Input, Model, Node};
use crate::passes::{self, PASSES};
use crate::program::Program;
use crate::settings::Settings;
use crate::tensor::{Tensor, TensorType};
use crate::{interp, lower, ops};
use std::collections::{BTreeMap, HashSet};

/// Values of tensors by name, one for each sample.
pub(super) type Values = std::collections::HashMap<String, Vec<Tensor>>;

/// Some nodes of a network, compiled.
pub(super) struct Fragment {
    program: Program,
    /// Names of what it reads, in order.
    pub(super) inputs: Vec<String>,
    /// Names of what it computes, in order.
    pub(super) outputs: Vec<String>,
}

impl Fragment {
    /// The nodes `nodes`, with some constants replaced, that compute `outputs`.
    pub(super) fn new(
        net: &Net,
        nodes: &[usize],
        replaced: &BTreeMap<String, Tensor>,
        outputs: &[String],
    ) -> Result<Self, Diags> {
        let nodes: Vec<Node> = nodes.iter().map(|&i| net.nodes()[i].clone()).collect();
        let inputs = inputs(net, &nodes);
        let ports = inputs.iter().map(|(name, ty)| input(name, ty)).collect();
        let mut model = net.part(nodes, ports, outputs);
        for (name, tensor) in &mut model.initializers {
            if let Some(other) = replaced.get(name) {
                *tensor = other.clone();
            }
        }
        Ok(Fragment {
            program: program(&model)?,
            inputs: inputs.into_iter().map(|(name, _)| name).collect(),
            outputs: outputs.to_vec(),
        })
    }

    /// What it computes from `inputs`, in order.
    pub(super) fn run(&self, inputs: &[Tensor]) -> Result<Vec<Tensor>, Diag> {
        interp::run(&self.program, inputs)
    }

    /// What it computes from the values of sample `i`, each changed by `change`.
    pub(super) fn run_on(
        &self,
        values: &Values,
        i: usize,
        change: impl Fn(&str, &Tensor) -> Tensor,
    ) -> Result<Vec<Tensor>, Diag> {
        let value = |name: &String| {
            let tensor = values.get(name).and_then(|samples| samples.get(i));
            let tensor = tensor.ok_or_else(|| super::net::defect("a value is missing", name))?;
            Ok(change(name, tensor))
        };
        let inputs: Vec<_> = self.inputs.iter().map(value).collect::<Result<_, Diag>>()?;
        self.run(&inputs)
    }
}

/// What nodes read that neither they nor constants provide.
fn inputs(net: &Net, nodes: &[Node]) -> Vec<(String, TensorType)> {
    let own: HashSet<&str> = nodes
        .iter()
        .flat_map(|node| &node.outputs)
        .map(String::as_str)
        .collect();
    let mut seen = HashSet::new();
    let reads = nodes.iter().flat_map(Node::reads);
    let outer = reads.filter(|&name| !own.contains(name) && seen.insert(name));
    outer
        .filter_map(|name| Some((name.to_owned(), net.types.get(name)?.clone())))
        .collect()
}

fn input(name: &str, ty: &TensorType) -> Input {
    Input {
        name: name.into(),
        dtype: ty.dtype,
        dims: dims(ty),
        ranked: true,
        range: None,
    }
}

/// A model as the interpreter runs it: with every pass, but neither an order of steps nor a plan of memory, which take
/// long to find and change nothing of what is computed.
pub(super) fn program(model: &Model) -> Result<Program, Diags> {
    let mut graph = ops::import(model)?;
    passes::run(PASSES, &mut graph, &Settings::default(), &mut |_, _| ())?;
    Ok(lower::lower(&graph)?)
}
