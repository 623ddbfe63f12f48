//! The graph: typed values with static shapes, and the nodes that make them.
//!
//! A [`Graph`] grows by [`Graph::add`], which infers types and folds constants at once, so that
//! shape arithmetic is gone by the time it is needed. Passes replace values by others; what is no
//! longer reachable from the outputs does not count and is dropped by [`Graph::compact`].

mod budget;
mod dot;
mod edges;
mod op;
mod print;
mod uses;
mod verify;

use crate::diag::Diag;
use crate::interp;
use crate::tensor::{Source, Tensor, TensorType};
use budget::Budget;
pub use edges::Edges;
pub(crate) use op::new_buffer;
pub use op::{
    Island, Lower, NotInteger, Op, Permuted, Refusal, Slices, Span, Target, TimeRule, evaluate,
};
use serde::Serialize;
use std::collections::HashSet;
use std::sync::Arc;
use uses::Uses;

/// Names a value of a graph.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ValueId(usize);

/// Names a node of a graph.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct NodeId(usize);

/// A tensor that is computed, given or constant.
#[derive(Clone, Debug)]
pub struct Value {
    /// A name for people; not unique.
    pub name: String,
    /// Element type and shape.
    pub ty: TensorType,
    /// Where it comes from.
    pub def: Def,
    /// Which ONNX tensor it is, if it is one.
    pub source: Option<Source>,
}

/// Where a value comes from.
#[derive(Clone, Debug)]
pub enum Def {
    /// The graph's caller.
    Input,
    /// It is constant.
    Const(Tensor),
    /// An output of a node.
    Node(NodeId),
}

/// An operator applied to values.
#[derive(Clone, Debug)]
pub struct Node {
    /// The layer's name, for people; not unique.
    pub name: String,
    /// What is computed.
    pub op: Arc<dyn Op>,
    /// Its inputs; optional ones may be absent.
    pub inputs: Vec<Option<ValueId>>,
    /// Its outputs.
    pub outputs: Vec<ValueId>,
}

/// A network.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// The model's name.
    pub name: String,
    values: Vec<Value>,
    nodes: Vec<Node>,
    uses: Uses,
    /// What people should know about nodes.
    pub remarks: Vec<Remark>,
    /// What integers at inputs and outputs stand for.
    pub edges: Edges,
    /// What the caller gives, in order.
    pub inputs: Vec<ValueId>,
    outputs: Vec<(String, ValueId)>,
    /// What is spent on constants.
    pub budget: Budget,
}

/// Something that people should know about a node, an input or an output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// The layer; the name of an input or output.
    pub layer: String,
    /// The operator; `input` or `output`.
    pub operator: String,
    /// What there is to know.
    pub text: String,
}

/// Values that a graph may have when it is imported.
const MAX_VALUES: usize = 400_000;
/// Constants larger than this are folded only if they shrink the model or somebody needs them.
const EAGER_FOLD_BYTES: usize = 64 << 10;
/// No constant larger than this is made by folding.
const MAX_FOLD_BYTES: usize = 512 << 20;

impl Graph {
    /// A graph with nothing in it.
    pub fn new(name: impl Into<String>) -> Self {
        Graph {
            name: name.into(),
            ..Graph::default()
        }
    }

    /// The value of that id.
    pub fn value(&self, id: ValueId) -> &Value {
        &self.values[id.0]
    }

    /// The value of that id, to rename it.
    pub fn value_mut(&mut self, id: ValueId) -> &mut Value {
        &mut self.values[id.0]
    }

    /// The type of a value.
    pub fn ty(&self, id: ValueId) -> &TensorType {
        &self.values[id.0].ty
    }

    /// The node of that id.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0]
    }

    /// How many nodes there are, unreachable ones included.
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// Refuses a graph of so many values that nobody waits for what becomes of it.
    pub fn check_size(&self) -> Result<(), Diag> {
        if self.values.len() <= MAX_VALUES {
            return Ok(());
        }
        let message = format!("the network takes more than {MAX_VALUES} values, loops unrolled");
        Err(Diag::new("too-many-nodes", message).note(
            "split the model, let loops take fewer turns, or simplify it with another tool before",
        ))
    }

    /// The node that computes `value`, if one does.
    pub fn producer(&self, value: ValueId) -> Option<NodeId> {
        match self.value(value).def {
            Def::Node(node) => Some(node),
            _ => None,
        }
    }

    /// The node that computes `value` and its operator, if that is a `T`.
    pub fn producer_as<T: Op>(&self, value: ValueId) -> Option<(&Node, &T)> {
        let node = self.node(self.producer(value)?);
        Some((node, node.op_as::<T>()?))
    }

    /// The data of `value`, if it is a constant already.
    pub fn constant(&self, value: ValueId) -> Option<&Tensor> {
        match &self.value(value).def {
            Def::Const(tensor) => Some(tensor),
            _ => None,
        }
    }

    /// Adds an input that the caller gives.
    pub fn add_input(&mut self, name: impl Into<String>, ty: TensorType) -> ValueId {
        let id = self.add_value(name.into(), ty, Def::Input);
        self.inputs.push(id);
        id
    }

    /// Lets the caller give the `i`-th input in another type, as the value returned. What used the former value
    /// still does.
    pub fn retype_input(&mut self, i: usize, ty: TensorType) -> ValueId {
        let name = self.value(self.inputs[i]).name.clone();
        self.inputs[i] = self.add_value(name, ty, Def::Input);
        self.inputs[i]
    }

    /// Adds a constant.
    pub fn add_constant(&mut self, name: impl Into<String>, tensor: Tensor) -> ValueId {
        self.add_value(name.into(), tensor.ty.clone(), Def::Const(tensor))
    }

    /// What the caller gets, in order, and under which names.
    pub fn outputs(&self) -> &[(String, ValueId)] {
        &self.outputs
    }

    /// Lets the caller get `value`, after the outputs added before.
    pub fn add_output(&mut self, name: impl Into<String>, value: ValueId) {
        self.outputs.push((name.into(), value));
        self.uses.add_output(value);
    }

    /// Lets the caller get `value` as the `i`-th output.
    pub fn set_output(&mut self, i: usize, value: ValueId) {
        let old = std::mem::replace(&mut self.outputs[i].1, value);
        self.uses.add_output(value);
        self.uses.remove_output(old);
        if let Some(id) = self.producer(old).filter(|&id| self.is_unused(id)) {
            self.detach(id);
        }
    }

    fn add_value(&mut self, name: String, ty: TensorType, def: Def) -> ValueId {
        self.push_value(Value {
            name,
            ty,
            def,
            source: None,
        })
    }

    fn push_value(&mut self, value: Value) -> ValueId {
        self.values.push(value);
        self.uses.add_value();
        ValueId(self.values.len() - 1)
    }

    fn push_node(&mut self, node: Node) {
        let id = NodeId(self.nodes.len());
        for &input in node.inputs.iter().flatten() {
            self.uses.add(input, id);
        }
        self.nodes.push(node);
        self.uses.add_node();
    }

    /// Applies an operator: infers the types of its outputs, and computes them if they are constant.
    pub fn add(
        &mut self,
        name: &str,
        op: impl Op,
        inputs: &[Option<ValueId>],
    ) -> Result<Vec<ValueId>, Diag> {
        self.add_shared(name, Arc::new(op), inputs)
    }

    /// As [`Graph::add`], for an operator that is shared.
    pub fn add_shared(
        &mut self,
        name: &str,
        op: Arc<dyn Op>,
        inputs: &[Option<ValueId>],
    ) -> Result<Vec<ValueId>, Diag> {
        let types: Vec<_> = inputs.iter().map(|v| v.map(|v| self.ty(v))).collect();
        let types = op.infer(&types)?;
        types.iter().try_for_each(TensorType::check_size)?;
        let node = NodeId(self.nodes.len());
        let mut outputs = Vec::with_capacity(types.len());
        for ty in types {
            outputs.push(self.add_value(name.to_string(), ty, Def::Node(node)));
        }
        self.push_node(Node {
            name: name.into(),
            op,
            inputs: inputs.into(),
            outputs: outputs.clone(),
        });
        if self.makes_nothing(node) {
            self.empty(node)?;
        } else if self.is_worth_folding(node) {
            self.fold(node)?;
        }
        Ok(outputs)
    }

    /// Whether there are no elements in what a node makes.
    fn makes_nothing(&self, node: NodeId) -> bool {
        let mut outputs = self.node(node).outputs.iter();
        outputs.all(|&v| self.ty(v).is_empty())
    }

    /// Makes constants of the outputs of a node that makes nothing.
    fn empty(&mut self, id: NodeId) -> Result<(), Diag> {
        for output in self.node(id).outputs.clone() {
            let nothing = Tensor::from_bytes(self.ty(output).clone(), &[][..])?;
            self.values[output.0].def = Def::Const(nothing);
        }
        self.detach(id);
        Ok(())
    }

    fn is_worth_folding(&self, node: NodeId) -> bool {
        let node = self.node(node);
        let constant = node
            .inputs
            .iter()
            .flatten()
            .all(|&v| self.constant(v).is_some());
        let bytes = |v: &ValueId| self.ty(*v).bytes();
        let made: usize = node.outputs.iter().map(bytes).sum();
        // What is given twice is there once.
        let given: HashSet<&ValueId> = node.inputs.iter().flatten().collect();
        let given: usize = given.into_iter().map(bytes).sum();
        constant && node.op.folds_at_once() && made <= given.max(EAGER_FOLD_BYTES)
    }

    /// Computes the outputs of a node whose inputs are constant; whether there was enough left to spend on that.
    fn fold(&mut self, id: NodeId) -> Result<bool, Diag> {
        let node = self.node(id).clone();
        let inputs: Vec<_> = node
            .inputs
            .iter()
            .map(|v| v.and_then(|v| self.constant(v)))
            .collect();
        let program = Lower::alone(&*node.op, &inputs)?;
        let bytes: usize = node.outputs.iter().map(|&v| self.ty(v).bytes()).sum();
        if bytes > MAX_FOLD_BYTES || !self.budget.make(bytes) || !self.budget.run(&program) {
            return Ok(false);
        }
        let tensors = interp::run(&program, &[])?;
        for (&value, tensor) in node.outputs.iter().zip(tensors) {
            self.values[value.0].def = Def::Const(tensor);
        }
        self.detach(id);
        Ok(true)
    }

    /// The data of `value` if it depends on constants only, computing it where that is still to do and takes no more
    /// than may be spent.
    pub fn evaluate(&mut self, value: ValueId) -> Result<Option<Tensor>, Diag> {
        let mut pending = vec![value];
        while let Some(&next) = pending.last() {
            let Def::Node(id) = self.value(next).def else {
                match self.value(next).def {
                    Def::Const(_) => pending.pop(),
                    _ => return Ok(None),
                };
                continue;
            };
            let node = self.node(id);
            if !node.op.is_foldable() {
                return Ok(None);
            }
            let open = node
                .inputs
                .iter()
                .flatten()
                .find(|&&v| self.constant(v).is_none());
            match open {
                Some(&open) => pending.push(open),
                None => {
                    if !self.fold(id)? {
                        return Ok(None);
                    }
                }
            }
        }
        Ok(self.constant(value).cloned())
    }

    /// Names of the inputs whose data `value` depends on.
    pub fn inputs_behind(&self, value: ValueId) -> Vec<&str> {
        let mut seen = HashSet::from([value]);
        let mut open = vec![value];
        let mut found = Vec::new();
        while let Some(next) = open.pop() {
            match self.value(next).def {
                Def::Input => found.push(next),
                Def::Node(id) => {
                    let inputs = self.node(id).inputs.iter().flatten().copied();
                    open.extend(inputs.filter(|&input| seen.insert(input)));
                }
                Def::Const(_) => {}
            }
        }
        found.sort_unstable();
        found
            .into_iter()
            .map(|input| self.value(input).name.as_str())
            .collect()
    }

    /// Lets everything that uses `old` use `new` instead.
    pub fn replace(&mut self, old: ValueId, new: ValueId) {
        if self.values[new.0].source.is_none() {
            self.values[new.0].source = self.values[old.0].source.clone();
        }
        if old == new {
            return;
        }
        let users = self.uses.take(old);
        for same in users.chunk_by(|a, b| a == b) {
            let inputs = self.nodes[same[0].0].inputs.iter_mut().flatten();
            inputs.filter(|v| **v == old).for_each(|v| *v = new);
        }
        self.uses.give(new, users);
        if self.uses.move_output(old, new) {
            let outputs = self.outputs.iter_mut().map(|(_, v)| v);
            outputs.filter(|v| **v == old).for_each(|v| *v = new);
        }
        if let Some(id) = self.producer(old).filter(|&id| self.is_unused(id)) {
            self.detach(id);
        }
    }

    fn is_unused(&self, id: NodeId) -> bool {
        self.node(id).outputs.iter().all(|&v| !self.uses.any(v))
    }

    /// Lets a node use nothing any more, nor those that only it used.
    fn detach(&mut self, id: NodeId) {
        let mut unused = vec![id];
        while let Some(id) = unused.pop() {
            if !self.uses.retire(id) {
                continue;
            }
            for input in self.nodes[id.0].inputs.clone().into_iter().flatten() {
                self.uses.remove(input, id);
                unused.extend(self.producer(input).filter(|&id| self.is_unused(id)));
            }
        }
    }

    /// Whether anything has used the node's outputs since they were last replaced or folded.
    pub fn is_live(&self, id: NodeId) -> bool {
        self.uses.is_live(id)
    }

    /// The nodes that use `value`, once for each use.
    pub fn users(&self, value: ValueId) -> &[NodeId] {
        self.uses.nodes(value)
    }

    /// Whether the caller gets `value`.
    pub fn is_output(&self, value: ValueId) -> bool {
        self.uses.is_output(value)
    }

    /// Whether one node uses `value`, once, and nobody else does.
    pub fn is_used_once(&self, value: ValueId) -> bool {
        self.users(value).len() == 1 && !self.is_output(value)
    }

    /// The nodes that the outputs depend on, each after those it depends on.
    pub fn order(&self) -> Vec<NodeId> {
        let mut order = Vec::new();
        let mut seen = HashSet::new();
        let mut stack: Vec<_> = Vec::new();
        for (_, output) in &self.outputs {
            stack.extend(self.producer(*output).map(|n| (n, false)));
            while let Some((id, ready)) = stack.pop() {
                if ready {
                    order.push(id);
                } else if seen.insert(id) {
                    stack.push((id, true));
                    let inputs = self.node(id).inputs.iter().rev().flatten();
                    stack.extend(inputs.filter_map(|&v| self.producer(v)).map(|n| (n, false)));
                }
            }
        }
        order
    }

    /// The same graph without what is unreachable; inputs stay.
    pub fn compact(&self) -> Graph {
        let mut copy = Copy {
            from: self,
            to: Graph::new(&self.name),
            values: vec![None; self.values.len()],
        };
        copy.to.remarks.clone_from(&self.remarks);
        copy.to.edges.clone_from(&self.edges);
        copy.to.budget = self.budget;
        for &input in &self.inputs {
            let input = copy.value(input);
            copy.to.inputs.push(input);
        }
        for id in self.order() {
            copy.node(self.node(id));
        }
        for (name, output) in &self.outputs {
            let output = copy.value(*output);
            copy.to.add_output(name, output);
        }
        copy.to
    }
}

/// A copy of a graph in the making.
struct Copy<'a> {
    from: &'a Graph,
    to: Graph,
    /// What values of the original are in the copy.
    values: Vec<Option<ValueId>>,
}

impl Copy<'_> {
    fn value(&mut self, id: ValueId) -> ValueId {
        let (from, to) = (self.from, &mut self.to);
        *self.values[id.0].get_or_insert_with(|| to.push_value(from.value(id).clone()))
    }

    fn node(&mut self, node: &Node) {
        let inputs = node
            .inputs
            .iter()
            .map(|v| v.map(|v| self.value(v)))
            .collect();
        let outputs: Vec<_> = node.outputs.iter().map(|&v| self.value(v)).collect();
        for &output in &outputs {
            self.to.values[output.0].def = Def::Node(NodeId(self.to.nodes.len()));
        }
        self.to.push_node(Node {
            name: node.name.clone(),
            op: node.op.clone(),
            inputs,
            outputs,
        });
    }
}

impl Node {
    /// The operator, if it is a `T`.
    pub fn op_as<T: Op>(&self) -> Option<&T> {
        (&*self.op as &dyn std::any::Any).downcast_ref()
    }

    /// The `i`-th input, if it is there.
    pub fn input(&self, i: usize) -> Option<ValueId> {
        self.inputs.get(i).copied().flatten()
    }
}
