//! What inlining would take, known before anything is copied.

use super::functions::{Function, Functions};
use super::model::{Attribute, Node, Subgraph};
use crate::diag::Diag;
use std::collections::HashMap;

/// About how many bytes the nodes may take after inlining.
const MAX_BYTES: usize = 256 << 20;

/// How deep calls and graphs may be nested, taken together.
const MAX_DEPTH: usize = 100;

/// What a node takes besides its strings.
const NODE_BYTES: usize = 320;
const STRING_BYTES: usize = 48;

/// What a list of nodes takes once the calls in it are replaced.
#[derive(Clone, Copy, Default)]
struct Cost {
    bytes: usize,
    /// Names, each of which gets longer by the name of every call around it.
    names: usize,
    /// Attributes that may take their value from a call around them.
    references: usize,
    depth: usize,
}

impl Cost {
    fn add(&mut self, other: Cost) {
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.names = self.names.saturating_add(other.names);
        self.references = self.references.saturating_add(other.references);
        self.depth = self.depth.max(other.depth);
    }

    fn string(&mut self, string: &str) {
        self.names += 1;
        self.bytes += STRING_BYTES + string.len();
    }

    /// The cost a level further out.
    fn nested(mut self) -> Cost {
        self.depth += 1;
        self
    }
}

/// Costs of functions, each computed once.
pub(super) struct Costs<'a> {
    functions: &'a Functions,
    /// `None` while it is being computed: who asks then has called itself.
    known: HashMap<usize, Option<Cost>>,
    /// How deep the computation is nested.
    depth: usize,
}

impl<'a> Costs<'a> {
    pub(super) fn new(functions: &'a Functions) -> Self {
        Costs {
            functions,
            known: HashMap::new(),
            depth: 0,
        }
    }

    /// Refuses graphs whose calls cannot be replaced in bounded memory.
    pub(super) fn check(mut self, nodes: &'a [Node]) -> Result<(), Diag> {
        let cost = self.nodes(nodes)?;
        if cost.bytes > MAX_BYTES {
            let message = format!(
                "the model's functions expand to more than {} MiB of nodes",
                MAX_BYTES >> 20
            );
            return Err(Diag::new("function-expansion", message));
        }
        if cost.depth > MAX_DEPTH {
            Err(too_deep())
        } else {
            Ok(())
        }
    }

    fn nodes(&mut self, nodes: &'a [Node]) -> Result<Cost, Diag> {
        if self.depth > MAX_DEPTH {
            return Err(too_deep());
        }
        self.depth += 1;
        let mut cost = Cost::default();
        for node in nodes {
            cost.add(self.node(node)?);
        }
        self.depth -= 1;
        Ok(cost)
    }

    fn node(&mut self, node: &'a Node) -> Result<Cost, Diag> {
        let mut cost = Cost {
            bytes: NODE_BYTES,
            ..Cost::default()
        };
        let strings = [&node.name, &node.operator, &node.domain];
        let strings = strings.into_iter().chain(&node.inputs).chain(&node.outputs);
        strings.for_each(|string| cost.string(string));
        let mut largest = 0;
        for (name, attribute) in &node.attributes {
            let attribute = self.attribute(name, attribute)?;
            largest = largest.max(attribute.bytes);
            cost.add(attribute);
        }
        if let Some(place) = self.functions.called_by(node) {
            cost.add(self.call(place, node, largest)?);
        }
        Ok(cost)
    }

    /// The body of the function called, with what the call's name and attributes make of it.
    fn call(&mut self, place: usize, call: &Node, attribute_bytes: usize) -> Result<Cost, Diag> {
        let mut cost = self.function(place, call)?.nested();
        let names = cost.names.saturating_mul(call.name.len() + 1);
        let attributes = cost.references.saturating_mul(attribute_bytes);
        cost.bytes = cost.bytes.saturating_add(names).saturating_add(attributes);
        Ok(cost)
    }

    fn function(&mut self, place: usize, call: &Node) -> Result<Cost, Diag> {
        let function = self.functions.get(place);
        match self.known.get(&place) {
            Some(Some(cost)) => Ok(*cost),
            Some(None) => Err(recursive(function, call)),
            None => {
                self.known.insert(place, None);
                let mut cost = self.nodes(&function.nodes)?;
                cost.add(self.defaults(function, cost.references)?);
                self.known.insert(place, Some(cost));
                Ok(cost)
            }
        }
    }

    /// What default values add, wherever they are referred to.
    fn defaults(&mut self, function: &'a Function, references: usize) -> Result<Cost, Diag> {
        let mut largest = 0;
        for (name, value) in &function.defaults {
            largest = largest.max(self.attribute(name, value)?.bytes);
        }
        Ok(Cost {
            bytes: references.saturating_mul(largest),
            ..Cost::default()
        })
    }

    fn attribute(&mut self, name: &str, value: &'a Attribute) -> Result<Cost, Diag> {
        let mut cost = Cost {
            bytes: STRING_BYTES + name.len() + 64 + list_bytes(value),
            ..Cost::default()
        };
        cost.references += usize::from(matches!(value, Attribute::Reference(_)));
        for graph in value.subgraphs() {
            cost.add(self.graph(graph)?.nested());
        }
        Ok(cost)
    }

    fn graph(&mut self, graph: &'a Subgraph) -> Result<Cost, Diag> {
        let mut cost = self.nodes(&graph.nodes)?;
        let constants = graph.initializers.iter().map(|(name, _)| name);
        let names = graph.inputs.iter().chain(&graph.outputs).chain(constants);
        names.for_each(|name| cost.string(name));
        for (name, strings) in &graph.strings {
            cost.string(name);
            cost.bytes = cost.bytes.saturating_add(strings_bytes(&strings.values));
        }
        Ok(cost)
    }
}

/// What a list takes that every copy of the attribute has for itself; tensors are shared.
fn list_bytes(value: &Attribute) -> usize {
    match value {
        Attribute::String(string) => string.len(),
        Attribute::Ints(list) => 8 * list.len(),
        Attribute::Floats(list) => 4 * list.len(),
        Attribute::Strings(list) => strings_bytes(list),
        Attribute::StringTensor(tensor) => strings_bytes(&tensor.values),
        Attribute::Tensor(tensor) => 8 * tensor.ty.rank(),
        Attribute::Tensors(list) => list.iter().map(|tensor| 64 + 8 * tensor.ty.rank()).sum(),
        Attribute::Type(ty) => 8 * prost::Message::encoded_len(ty.as_ref()),
        Attribute::Types(list) => list
            .iter()
            .map(|ty| 64 + 8 * prost::Message::encoded_len(ty))
            .sum(),
        _ => 0,
    }
}

fn strings_bytes(list: &[Vec<u8>]) -> usize {
    list.iter().map(|string| STRING_BYTES + string.len()).sum()
}

fn recursive(function: &Function, call: &Node) -> Diag {
    call.diag(
        "recursive-function",
        format!(
            "function `{}` calls itself, directly or through others",
            function.title()
        ),
    )
}

fn too_deep() -> Diag {
    Diag::new(
        "function-depth",
        format!("functions and graphs are nested more than {MAX_DEPTH} deep"),
    )
}
