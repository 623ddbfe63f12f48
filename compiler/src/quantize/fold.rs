//! Folding: what the importer knows of a network is worked out before anything is quantised.
//!
//! Exporters compute shapes from shapes, choose branches by them, and give tensors second names. The importer sees
//! through all of it, so it is asked once, for every tensor: what it found to be constant becomes a constant here, and
//! a branch that it takes replaces its `If`. What is left reads nothing but data, so that any part of it compiles by
//! itself.

use crate::diag::Diags;
use crate::ir::ValueId;
use crate::onnx::{Attribute, Dim, Model, Node, Output, splice};
use crate::ops;
use crate::tensor::{Tensor, TensorType};
use std::collections::{HashMap, HashSet};

/// Types by the names of tensors.
pub(super) type Types = HashMap<String, TensorType>;

/// Folds a network, and finds the types of all that is not constant in it.
///
/// Each turn resolves one level of branches within branches.
pub(super) fn fold(model: &mut Model) -> Result<Types, Diags> {
    loop {
        drop_unneeded(model);
        let known = Known::of(model)?;
        known.settle(model);
        if !splice(model, |node| known.branch(node)) {
            drop_unneeded(model);
            return Ok(known.types);
        }
    }
}

/// Drops nodes and constants that no output depends on.
pub(super) fn drop_unneeded(model: &mut Model) {
    let outputs = model.outputs.iter().map(|output| output.name.clone());
    let mut needed: HashSet<String> = outputs.collect();
    let mut kept = Vec::new();
    for node in std::mem::take(&mut model.nodes).into_iter().rev() {
        if node.outputs.iter().any(|name| needed.contains(name)) {
            needed.extend(node.reads().into_iter().map(String::from));
            kept.push(node);
        }
    }
    kept.reverse();
    model.nodes = kept;
    model.initializers.retain(|(name, _)| needed.contains(name));
}

/// What the importer knows of a network's tensors, by their names.
struct Known {
    constants: HashMap<String, (ValueId, Tensor)>,
    types: Types,
    outputs: HashSet<String>,
}

impl Known {
    fn of(model: &Model) -> Result<Self, Diags> {
        let computed = model.nodes.iter().flat_map(|node| &node.outputs);
        let computed = computed.filter(|name| !name.is_empty());
        let given = model.initializers.iter().map(|(name, _)| name);
        let graph = ops::import(&showing(model, given.chain(computed)))?;
        let mut known = Known {
            constants: HashMap::new(),
            types: Types::new(),
            outputs: model.outputs.iter().map(|o| o.name.clone()).collect(),
        };
        for (input, &value) in model.inputs.iter().zip(&graph.inputs) {
            known
                .types
                .insert(input.name.clone(), graph.ty(value).clone());
        }
        for (name, value) in graph.outputs() {
            match graph.constant(*value) {
                Some(tensor) => {
                    known
                        .constants
                        .insert(name.clone(), (*value, tensor.clone()));
                }
                None => {
                    known.types.insert(name.clone(), graph.ty(*value).clone());
                }
            }
        }
        Ok(known)
    }

    /// The attribute with the branch that a node takes, if the condition is known.
    fn branch(&self, node: &Node) -> Option<&'static str> {
        let is_if = node.operator == "If" && node.domain.is_empty();
        let (_, condition) = self.constants.get(node.inputs.first()?)?;
        let chosen = condition.single::<i64>().filter(|_| is_if)?;
        Some(if chosen != 0 {
            "then_branch"
        } else {
            "else_branch"
        })
    }

    /// Lets constants be constants, and tensors of two names have one.
    fn settle(&self, model: &mut Model) {
        let mut names = Names::new(self, model);
        for mut node in std::mem::take(&mut model.nodes) {
            rename(&mut node, &|name| names.renamed.get(name).cloned());
            if node.outputs.iter().all(|name| self.is_settled(name)) {
                continue;
            }
            if self.is_second_name(&node) {
                names.give(&node.outputs[0], &node.inputs[0]);
                continue;
            }
            for output in &mut node.outputs {
                self.part(output);
            }
            model.nodes.push(node);
        }
        model.initializers = names.constants;
    }

    /// Gives an output that is a constant another name: the constant has its own.
    fn part(&self, output: &mut String) {
        let is_constant = self.constants.contains_key(output);
        let is_taken =
            |name: &str| self.constants.contains_key(name) || self.types.contains_key(name);
        while is_constant && is_taken(output) {
            output.push_str("_unread");
        }
    }

    /// Whether nobody needs a node to compute this output.
    fn is_settled(&self, output: &str) -> bool {
        output.is_empty() || self.constants.contains_key(output)
    }

    fn is_second_name(&self, node: &Node) -> bool {
        let is_identity = node.operator == "Identity" && node.domain.is_empty();
        is_identity && !self.outputs.contains(&node.outputs[0])
    }
}

/// Constants by the names that they are to have, and what other names become.
struct Names {
    constants: Vec<(String, Tensor)>,
    renamed: HashMap<String, String>,
}

impl Names {
    /// Every constant once: copies are read by the name of the first, but outputs keep their own.
    fn new(known: &Known, model: &Model) -> Self {
        let mut names = Names {
            constants: Vec::new(),
            renamed: HashMap::new(),
        };
        let mut first = HashMap::new();
        let given = model.initializers.iter().map(|(name, _)| name);
        let computed = model.nodes.iter().flat_map(|node| &node.outputs);
        for name in given.chain(computed) {
            let Some((value, tensor)) = known.constants.get(name) else {
                continue;
            };
            let original = *first.entry(*value).or_insert(name);
            if original == name || known.outputs.contains(name) {
                names.constants.push((name.clone(), tensor.clone()));
            } else {
                names.renamed.insert(name.clone(), original.clone());
            }
        }
        names
    }

    fn give(&mut self, name: &str, original: &str) {
        self.renamed.insert(name.to_owned(), original.to_owned());
    }
}

/// Lets a node, and graphs within it, read tensors by other names.
fn rename(node: &mut Node, other: &dyn Fn(&str) -> Option<String>) {
    node.inputs.iter_mut().for_each(|name| replace(name, other));
    for graph in node
        .attributes
        .values_mut()
        .flat_map(Attribute::subgraphs_mut)
    {
        let own: HashSet<String> = graph.definitions().map(String::from).collect();
        let outer = |name: &str| other(name).filter(|_| !own.contains(name));
        graph.nodes.iter_mut().for_each(|node| rename(node, &outer));
        graph
            .outputs
            .iter_mut()
            .for_each(|name| replace(name, &outer));
    }
}

fn replace(name: &mut String, other: &dyn Fn(&str) -> Option<String>) {
    if let Some(other) = other(name) {
        *name = other;
    }
}

/// The model with these tensors as its outputs: it computes the same, and shows it.
pub(super) fn showing<'a>(model: &Model, tensors: impl Iterator<Item = &'a String>) -> Model {
    let output = |name: &String| Output {
        name: name.clone(),
        dtype: None,
        dims: None,
    };
    Model {
        outputs: tensors.map(output).collect(),
        ..model.clone()
    }
}

/// A type as the dimensions of an input or output.
pub(super) fn dims(ty: &TensorType) -> Vec<Dim> {
    ty.shape.iter().map(|&size| Dim::Known(size)).collect()
}

#[cfg(test)]
mod tests;
