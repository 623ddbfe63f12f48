//! The graph as it is written, evaluated naively: what compiled networks are judged by.
//!
//! Nodes of the ONNX file are evaluated one by one in `f64`, by definitions that fit on a line where they can. No pass
//! has seen the graph, and no kernel, no import and no layout of the compiler's is involved: what is shared is the
//! reading of the file. Floats keep their digits from operator to operator, and integers that stand for numbers
//! remember what they were before they were rounded ([`Array::unrounded`]).
//!
//! Operators without a definition here are evaluated one by one as well, on rounded inputs, but by the compiler's own
//! kernels: a mistake in such a kernel does not show. [`Reference::borrowed`] says which they were.

pub mod array;
mod call;
pub mod compare;
mod elementwise;
pub mod layers;
mod moves;
mod products;
mod quantisation;
mod recurrent;
mod reductions;
#[cfg(test)]
mod tests;
mod windows;

use crate::diag::{Diag, Diags};
use crate::onnx::{Model, Node, Output};
use crate::tensor::Tensor;
use crate::{interp, lower, ops};
use array::Array;
use call::{Call, Value};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

/// What a node yields; `None` if it is not as the definition has it.
type Evaluator = fn(&Call<'_>) -> Option<Vec<Array>>;

const EVALUATORS: [&[(&str, Evaluator)]; 7] = [
    elementwise::EVALUATORS,
    moves::EVALUATORS,
    products::EVALUATORS,
    quantisation::EVALUATORS,
    recurrent::EVALUATORS,
    reductions::EVALUATORS,
    windows::EVALUATORS,
];

/// Operators without a definition here that only move the elements of their first input.
const MOVES: [&str; 7] = [
    "DepthToSpace",
    "Gather",
    "GatherElements",
    "Slice",
    "SpaceToDepth",
    "Split",
    "Tile",
];

fn evaluator(domain: &str, operator: &str) -> Option<Evaluator> {
    // Operators of the second domain that have a namesake in the first mean the same.
    let known = matches!(domain, "" | "com.microsoft");
    let mut all = EVALUATORS.iter().copied().flatten();
    let found = all.find(|(name, _)| *name == operator && known);
    found.map(|(_, evaluator)| *evaluator)
}

/// Every tensor of a model, for certain inputs.
#[derive(Debug, Default)]
pub struct Reference {
    values: HashMap<String, Value>,
    defined: usize,
    borrowed: BTreeMap<String, usize>,
}

impl Reference {
    /// Evaluates a model whose input dimensions are all known.
    pub fn evaluate(model: &Model, inputs: &[Tensor]) -> Result<Self, Diags> {
        let mut reference = Reference::default();
        let constants = model
            .initializers
            .iter()
            .map(|(name, tensor)| (name, tensor));
        let given = model.inputs.iter().map(|input| &input.name).zip(inputs);
        for (name, tensor) in constants.chain(given) {
            reference
                .values
                .insert(name.clone(), Value::Tensor(tensor.clone()));
        }
        let outputs: Vec<_> = model
            .outputs
            .iter()
            .map(|output| output.name.clone())
            .collect();
        for node in needed(&model.nodes, &outputs) {
            reference.node(model, node)?;
        }
        Ok(reference)
    }

    /// A tensor of the file, its elements rounded to its type.
    pub fn tensor(&self, name: &str) -> Option<Tensor> {
        self.values.get(name)?.tensor()
    }

    /// The numbers of a tensor of the file; of the widest integers the nearest that `f64` holds.
    pub fn array(&self, name: &str) -> Option<Rc<Array>> {
        match self.values.get(name)? {
            Value::Numbers(array) => Some(array.clone()),
            Value::Tensor(tensor) => {
                let (dtype, shape) = (tensor.ty.dtype, tensor.ty.shape.clone());
                Some(Rc::new(Array::new(dtype, shape, tensor.to_vec()?)))
            }
        }
    }

    /// How many nodes were evaluated by their definition.
    pub fn defined(&self) -> usize {
        self.defined
    }

    /// Operators that were evaluated by the compiler's kernels, and how many nodes each.
    pub fn borrowed(&self) -> &BTreeMap<String, usize> {
        &self.borrowed
    }

    fn node(&mut self, model: &Model, node: &Node) -> Result<(), Diags> {
        let value = |name: &String| self.values.get(name).cloned();
        let call = Call {
            node,
            inputs: node.inputs.iter().map(value).collect(),
        };
        let evaluate = evaluator(&node.domain, &node.operator);
        if let Some(arrays) = evaluate.and_then(|evaluate| evaluate(&call)) {
            self.defined += 1;
            let numbers = arrays
                .into_iter()
                .map(|array| Value::Numbers(Rc::new(in_range(array))));
            self.define(node, numbers.collect());
            return Ok(());
        }
        // What has no inputs, such as a constant, has nothing to be computed.
        if !node.inputs.is_empty() {
            *self.borrowed.entry(node.qualified_operator()).or_default() += 1;
        }
        let values = self.by_kernels(model, node, &|name| self.tensor(name))?;
        let values = match self.moved(model, node, &values) {
            Some(moved) => moved,
            None => values.into_iter().map(Value::Tensor).collect(),
        };
        self.define(node, values);
        Ok(())
    }

    /// Integers that were moved, with what they were before they were rounded, which moves alike.
    fn moved(&self, model: &Model, node: &Node, integers: &[Tensor]) -> Option<Vec<Value>> {
        let unrounded = |name: &str| {
            let array = self.array(name)?;
            let floats = array
                .unrounded
                .clone()
                .map(|data| Array::floats(array.shape.clone(), data));
            floats.map_or_else(|| self.tensor(name), |floats| floats.tensor())
        };
        let first = self.array(node.inputs.first()?)?;
        if first.unrounded.is_none() || !MOVES.contains(&&*node.operator) {
            return None;
        }
        let floats = self.by_kernels(model, node, &unrounded).ok()?;
        let both = integers.iter().zip(&floats).map(|(integers, floats)| {
            let unrounded = Some(Array::of(floats)?.data);
            Some(Value::Numbers(Rc::new(Array {
                unrounded,
                ..Array::of(integers)?
            })))
        });
        both.collect()
    }

    fn define(&mut self, node: &Node, values: Vec<Value>) {
        let named = node
            .outputs
            .iter()
            .zip(values)
            .filter(|(name, _)| !name.is_empty());
        self.values
            .extend(named.map(|(name, value)| (name.clone(), value)));
    }

    /// The node as a network of its own, whose inputs are constants. There is a result for each output, wanted or not.
    fn by_kernels(
        &self,
        model: &Model,
        node: &Node,
        tensor: &dyn Fn(&str) -> Option<Tensor>,
    ) -> Result<Vec<Tensor>, Diags> {
        let wanted: Vec<_> = node
            .outputs
            .iter()
            .filter(|name| !name.is_empty())
            .collect();
        let constant = |name: &str| Some((name.to_owned(), tensor(name)?));
        let reads = node.reads();
        let alone = Model {
            inputs: Vec::new(),
            outputs: wanted.iter().map(|name| output(name)).collect(),
            initializers: reads.iter().filter_map(|name| constant(name)).collect(),
            strings: model
                .strings
                .iter()
                .filter(|(name, _)| reads.contains(&name.as_str()))
                .cloned()
                .collect(),
            nodes: vec![node.clone()],
            name: model.name.clone(),
            producer: String::new(),
            profile: model.profile,
            ir_version: model.ir_version,
            fixed: Vec::new(),
            labels: Vec::new(),
            files: Vec::new(),
        };
        let program = lower::lower(&ops::import(&alone)?)?;
        let mut results = interp::run(&program, &[])?.into_iter();
        let result = |name: &String| match name.is_empty() {
            true => Ok(Tensor::new([0], &[0_f32; 0])),
            false => results
                .next()
                .ok_or_else(|| node.diag("missing-tensor", "it has no such output")),
        };
        Ok(node
            .outputs
            .iter()
            .map(result)
            .collect::<Result<_, Diag>>()?)
    }
}

/// The nodes that `outputs` depend on, of nodes that come after those they read.
fn needed<'a>(nodes: &'a [Node], outputs: &'a [String]) -> Vec<&'a Node> {
    let mut read: HashSet<&str> = outputs.iter().map(String::as_str).collect();
    let mut needed = Vec::new();
    for node in nodes.iter().rev() {
        if node.outputs.iter().any(|name| read.contains(name.as_str())) {
            read.extend(node.reads());
            needed.push(node);
        }
    }
    needed.reverse();
    needed
}

fn output(name: &str) -> Output {
    Output {
        name: name.into(),
        dtype: None,
        dims: None,
    }
}

/// Floats beyond those of `f32` are infinite, as they would be there.
fn in_range(mut array: Array) -> Array {
    let beyond = |x: &&mut f64| x.abs() > f64::from(f32::MAX) && (**x as f32).is_infinite();
    if array.dtype == crate::tensor::DType::F32 {
        array
            .data
            .iter_mut()
            .filter(beyond)
            .for_each(|x| *x = x.signum() * f64::INFINITY);
    }
    array
}
