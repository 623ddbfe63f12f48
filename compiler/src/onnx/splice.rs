//! Graphs within nodes in the place of their nodes: what a branch computes, once it is known that it is the one.
//!
//! A branch is like a function that is called once, with what it reads from outside as its inputs, so it is inlined
//! like one.

use super::functions::{Function, Functions, Inliner, collect_names};
use super::model::{Attribute, Model, Node, Subgraph};
use super::order::captures;
use super::problems::Problems;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Replaces each node for which `chosen` names a graph by the nodes of that graph; says whether there was one.
pub(crate) fn splice<'a>(model: &mut Model, chosen: impl Fn(&Node) -> Option<&'a str>) -> bool {
    let bodies: Vec<Option<Subgraph>> = model
        .nodes
        .iter()
        .map(|node| body(node, chosen(node)?))
        .collect();
    if bodies.iter().all(Option::is_none) {
        return false;
    }
    let functions = Functions::default();
    let mut problems = Problems::default();
    let mut inliner = Inliner::new(&functions, names(model), &mut problems);
    let mut nodes = Vec::new();
    for (node, body) in std::mem::take(&mut model.nodes).into_iter().zip(bodies) {
        match body {
            Some(body) => nodes.extend(called(&node, body, &mut inliner)),
            None => nodes.push(node),
        }
    }
    model.nodes = nodes;
    true
}

fn body(node: &Node, attribute: &str) -> Option<Subgraph> {
    match node.attributes.get(attribute)? {
        Attribute::Graph(graph) if graph.inputs.is_empty() => Some((**graph).clone()),
        _ => None,
    }
}

/// The nodes of a graph without inputs, with the names that the node around it gives its outputs.
fn called(node: &Node, body: Subgraph, inliner: &mut Inliner<'_>) -> Vec<Node> {
    let mut seen = HashSet::new();
    let reads = captures(&body).into_iter();
    let reads: Vec<String> = reads
        .filter(|name| seen.insert(*name))
        .map(String::from)
        .collect();
    let constants = body.initializers.into_iter();
    let constants = constants.map(|(name, tensor)| {
        let value = ("value".to_owned(), Attribute::Tensor(tensor));
        plain("Constant", node.version, name, BTreeMap::from([value]))
    });
    let function = Function {
        name: String::new(),
        domain: String::new(),
        overload: String::new(),
        inputs: reads.clone(),
        outputs: body.outputs,
        defaults: BTreeMap::new(),
        nodes: constants.chain(body.nodes).collect(),
    };
    let call = Node {
        inputs: reads,
        outputs: node.outputs.clone(),
        ..plain(
            &node.operator,
            node.version,
            node.name.clone(),
            BTreeMap::new(),
        )
    };
    inliner.call(&function, &call)
}

fn plain(
    operator: &str,
    version: i64,
    output: String,
    attributes: BTreeMap<String, Attribute>,
) -> Node {
    Node {
        name: output.clone(),
        operator: operator.into(),
        domain: String::new(),
        overload: String::new(),
        version,
        inputs: Vec::new(),
        outputs: vec![output],
        attributes,
    }
}

/// Every name that a model defines.
fn names(model: &Model) -> HashMap<String, usize> {
    let graph = Subgraph {
        inputs: model
            .inputs
            .iter()
            .map(|input| input.name.clone())
            .collect(),
        nodes: model.nodes.clone(),
        ..Subgraph::default()
    };
    let mut names = HashMap::new();
    collect_names(&graph, &mut names);
    let constants = model.initializers.iter().map(|(name, _)| name);
    names.extend(constants.map(|name| (name.clone(), 1)));
    names
}
