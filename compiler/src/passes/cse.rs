//! Common subexpressions: nodes that compute the same from the same are one node.

use crate::diag::Diag;
use crate::ir::{Graph, ValueId};
use std::collections::HashMap;

/// Lets all but the first of equal nodes and of equal small constants go.
pub(crate) fn run(graph: &mut Graph) -> Result<(), Diag> {
    let mut constants: HashMap<String, ValueId> = HashMap::new();
    let mut nodes: HashMap<String, Vec<ValueId>> = HashMap::new();
    for id in graph.order() {
        let mut key = format!("{:?}", graph.node(id).op);
        for input in graph.node(id).inputs.clone() {
            let input = input.map(|v| canonical(graph, &mut constants, v));
            key += &format!(" {input:?}");
        }
        let outputs = graph.node(id).outputs.clone();
        match nodes.get(&key) {
            Some(first) => {
                for (&old, &new) in outputs.iter().zip(first) {
                    graph.replace(old, new);
                }
            }
            None => drop(nodes.insert(key, outputs)),
        }
    }
    Ok(())
}

/// The first constant that equals `value`, or `value` itself.
fn canonical(graph: &Graph, constants: &mut HashMap<String, ValueId>, value: ValueId) -> ValueId {
    match graph.constant(value) {
        Some(tensor) if tensor.bytes().len() <= 1024 => {
            let key = format!("{} {:?}", tensor.ty, tensor.bytes());
            *constants.entry(key).or_insert(value)
        }
        _ => value,
    }
}
