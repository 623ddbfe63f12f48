//! A random network under construction: how values are found, and operators and constants added.

use super::Network;
use super::families::{FAMILIES, Family};
use super::known::Known;
use super::numbers::{Random, integers};
use crate::build::{graph as graph_attribute, model_of_version, typed_value_info};
use mlc_compiler::onnx::proto::attribute_proto::AttributeType;
use mlc_compiler::onnx::proto::{AttributeProto, GraphProto, NodeProto};
use mlc_compiler::onnx::tensor::to_proto;
use mlc_compiler::tensor::{DType, Tensor, TensorType};
use std::mem;

/// No tensor has more elements.
const MOST_ELEMENTS: usize = 6_000;
const MOST_INPUTS: usize = 4;
const MOST_OUTPUTS: usize = 4;
/// How deep graphs lie in graphs.
const DEEPEST: usize = 2;

pub(super) struct Builder {
    pub(super) random: Random,
    families: Vec<&'static Family>,
    special: bool,
    /// The graph that is being written, within others that wait for it.
    graph: GraphProto,
    values: Vec<Known>,
    constants: Vec<Constant>,
    inputs: usize,
    names: usize,
    depth: usize,
}

/// A constant that others may share, and how many terms its numbers were made small for.
struct Constant {
    name: String,
    tensor: Tensor,
    terms: usize,
}

impl Builder {
    pub(super) fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let count = 1 + random.below(4);
        let families = (0..count).map(|_| &FAMILIES[random.below(FAMILIES.len())]);
        let families = families.collect();
        Builder {
            families,
            special: random.once_in(4),
            graph: GraphProto {
                name: Some(format!("random {seed}")),
                ..GraphProto::default()
            },
            values: Vec::new(),
            constants: Vec::new(),
            inputs: 0,
            names: 0,
            depth: 0,
            random,
        }
    }

    /// Adds about `nodes` nodes to the graph that is being written.
    pub(super) fn grow(&mut self, nodes: usize) {
        let wanted = self.graph.node.len() + nodes;
        // Some families find nothing in some graphs.
        for _ in 0..20 * nodes {
            if self.graph.node.len() >= wanted {
                return;
            }
            let family = self.random.one_of(&self.families);
            let add = self.random.one_of(family.operators);
            add(self);
        }
    }

    /// A value of which `fits` holds; recent ones are likelier, so that graphs grow deep.
    pub(super) fn value(&mut self, fits: impl Fn(&Known) -> bool) -> Option<Known> {
        let fitting: Vec<_> = self.values.iter().filter(|known| fits(known)).collect();
        let recent = fitting.len() - fitting.len().min(3);
        let from = if self.random.once_in(4) { 0 } else { recent };
        (!fitting.is_empty()).then(|| (*self.random.pick(&fitting[from..])).clone())
    }

    /// A value of which `fits` holds, or now and then, and where there is none, a new input.
    pub(super) fn value_or_input(
        &mut self,
        fits: impl Fn(&Known) -> bool,
        make: impl FnOnce(&mut Random) -> TensorType,
    ) -> Option<Known> {
        let known = self.value(fits);
        let more = self.depth == 0 && self.inputs < MOST_INPUTS;
        if more && (known.is_none() || self.random.once_in(10)) {
            let ty = make(&mut self.random);
            return Some(self.input(ty));
        }
        known
    }

    /// A new input.
    pub(super) fn input(&mut self, ty: TensorType) -> Known {
        let name = format!("input{}", self.inputs);
        self.inputs += 1;
        self.graph.input.push(typed_value_info(&name, &ty));
        let known = Known {
            name,
            ..Known::exactly(ty.dtype, ty.shape)
        };
        self.values.push(known.clone());
        known
    }

    /// Floats over channels and two axes of space.
    pub(super) fn image(&mut self) -> Option<Known> {
        let fits =
            |x: &Known| x.is_float() && x.rank() == 4 && x.shape()[2..].iter().all(|&n| n >= 3);
        self.value_or_input(fits, |random| {
            let size = 4 + random.below(8);
            let batch = 1 + usize::from(random.once_in(8));
            TensorType::new(DType::F32, [batch, 1 + random.below(8), size, size])
        })
    }

    /// Floats of any shape.
    pub(super) fn floats(&mut self) -> Option<Known> {
        self.floats_of(0..=5)
    }

    /// Floats of so many axes.
    pub(super) fn floats_of(&mut self, ranks: std::ops::RangeInclusive<usize>) -> Option<Known> {
        let (low, high) = (*ranks.start(), *ranks.end());
        self.value_or_input(
            |x| x.is_float() && ranks.contains(&x.rank()),
            |random| TensorType::new(DType::F32, any_shape(random, low, high)),
        )
    }

    /// Elements of some type of which every bit is certain.
    pub(super) fn certain(&mut self, dtypes: &[DType]) -> Option<Known> {
        self.value_or_input(
            |x| x.exact && dtypes.contains(&x.ty.dtype),
            |random| TensorType::new(random.one_of(dtypes), any_shape(random, 0, 5)),
        )
    }

    /// Adds an operator with one output, as which it is known.
    pub(super) fn node(
        &mut self,
        operator: &str,
        inputs: &[&str],
        attributes: Vec<AttributeProto>,
        output: Known,
    ) -> Known {
        self.nodes(operator, inputs, attributes, vec![output])
            .remove(0)
    }

    /// Adds an operator with several outputs.
    pub(super) fn nodes(
        &mut self,
        operator: &str,
        inputs: &[&str],
        attributes: Vec<AttributeProto>,
        mut outputs: Vec<Known>,
    ) -> Vec<Known> {
        for output in &mut outputs {
            output.name = self.fresh("v");
        }
        self.graph.node.push(NodeProto {
            op_type: Some(operator.into()),
            input: inputs.iter().map(|s| s.to_string()).collect(),
            output: outputs.iter().map(|known| known.name.clone()).collect(),
            attribute: attributes,
            ..NodeProto::default()
        });
        self.values.extend(outputs.iter().cloned());
        outputs
    }

    fn fresh(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }

    /// Weights, so small that sums over `terms` of them stay small. Some are shared.
    pub(super) fn weights(&mut self, shape: &[usize], terms: usize) -> String {
        let alike =
            |c: &&Constant| c.terms == terms && c.tensor.ty == TensorType::new(DType::F32, shape);
        let shared = self.constants.iter().find(alike).map(|c| c.name.clone());
        if let Some(name) = shared.filter(|_| self.random.once_in(3)) {
            return name;
        }
        let special = self.special && self.random.once_in(8);
        let scale = 1.0 / (terms as f32).sqrt();
        let tensor = normal(&self.random.floats(shape, scale, special));
        self.constant(tensor, terms)
    }

    /// Numbers between a half and one and a half.
    pub(super) fn positive(&mut self, len: usize) -> String {
        let values: Vec<f32> = (0..len).map(|_| self.random.float().abs() + 0.5).collect();
        self.constant(Tensor::new([len], &values), 0)
    }

    /// A constant list of integers, which all who want the same may share.
    pub(super) fn integers(&mut self, values: &[i64]) -> String {
        let tensor = Tensor::new([values.len()], values);
        self.shared(tensor)
    }

    /// A constant that all who want the same may share.
    pub(super) fn shared(&mut self, tensor: Tensor) -> String {
        let alike = |c: &&Constant| c.tensor.identical(&tensor);
        let found = self.constants.iter().find(alike).map(|c| c.name.clone());
        match found.filter(|_| self.random.once_in(2)) {
            Some(name) => name,
            None => self.constant(tensor, 0),
        }
    }

    /// A constant integer.
    pub(super) fn integer(&mut self, dtype: DType, value: i64) -> String {
        self.shared(integers(&TensorType::new(dtype, []), [value]))
    }

    /// A constant: an initializer or a node.
    pub(super) fn constant(&mut self, tensor: Tensor, terms: usize) -> String {
        let name = self.fresh("c");
        let stored = to_proto(&name, &tensor);
        match self.random.once_in(5) {
            false => self.graph.initializer.push(stored),
            true => self.graph.node.push(NodeProto {
                op_type: Some("Constant".into()),
                output: vec![name.clone()],
                attribute: vec![AttributeProto {
                    name: Some("value".into()),
                    r#type: Some(AttributeType::Tensor as i32),
                    t: Some(Box::new(stored)),
                    ..AttributeProto::default()
                }],
                ..NodeProto::default()
            }),
        }
        self.constants.push(Constant {
            name: name.clone(),
            tensor,
            terms,
        });
        name
    }

    /// A constant among the values, for any operator to take.
    pub(super) fn constant_value(&mut self, ty: &TensorType) -> Known {
        let special = self.special && self.random.once_in(3);
        let tensor = self.random.of(ty, special);
        let known = Known {
            name: self.constant(tensor, 0),
            ..Known::exactly(ty.dtype, &*ty.shape)
        };
        self.values.push(known.clone());
        known
    }

    /// Whether a graph may hold another.
    pub(super) fn may_nest(&self) -> bool {
        self.depth < DEEPEST
    }

    /// A graph within the graph, as an attribute: `fill` is shown its inputs, and gives its outputs.
    pub(super) fn body(
        &mut self,
        name: &str,
        inputs: &[Known],
        fill: impl FnOnce(&mut Builder, &[Known]) -> Option<Vec<Known>>,
    ) -> Option<(AttributeProto, Vec<Known>)> {
        let inner = GraphProto {
            name: Some(self.fresh("body")),
            ..GraphProto::default()
        };
        let outer = mem::replace(&mut self.graph, inner);
        let scope = (self.values.len(), self.constants.len());
        self.depth += 1;
        let inputs: Vec<_> = inputs.iter().map(|known| self.body_input(known)).collect();
        let outputs = fill(self, &inputs);
        let outputs = outputs.map(|all| all.iter().map(|known| self.body_output(known)).collect());
        self.depth -= 1;
        self.values.truncate(scope.0);
        self.constants.truncate(scope.1);
        let inner = mem::replace(&mut self.graph, outer);
        Some((graph_attribute(name, inner), outputs?))
    }

    fn body_input(&mut self, known: &Known) -> Known {
        let known = Known {
            name: self.fresh("b"),
            ..known.clone()
        };
        self.graph
            .input
            .push(typed_value_info(&known.name, &known.ty));
        self.values.push(known.clone());
        known
    }

    fn body_output(&mut self, known: &Known) -> Known {
        let known = self.node("Identity", &[&known.name], vec![], known.clone());
        self.graph
            .output
            .push(typed_value_info(&known.name, &known.ty));
        known
    }

    /// The network: what nobody reads are outputs, and now and then an input or a constant.
    pub(super) fn finish(mut self) -> Network {
        let outputs = self.outputs();
        let info = |known: &Known| typed_value_info(&known.name, &known.ty);
        self.graph.output = outputs.iter().map(info).collect();
        let mut families: Vec<_> = self.families.iter().map(|family| family.name).collect();
        families.sort_unstable();
        families.dedup();
        Network {
            file: model_of_version(self.graph, 21, 10),
            slack: outputs.iter().map(|known| known.slack).collect(),
            special: self.special,
            families,
        }
    }

    fn outputs(&mut self) -> Vec<Known> {
        let nodes = self.graph.node.iter();
        let read: Vec<_> = nodes.flat_map(|node| node.input.clone()).collect();
        let unread = |known: &&Known| known.name.starts_with('v') && !read.contains(&known.name);
        let unread = self.values.iter().rev().filter(unread);
        let mut outputs: Vec<_> = unread.take(MOST_OUTPUTS).cloned().collect();
        if self.random.once_in(8) {
            outputs.extend(self.value(|known| !known.name.starts_with('v')));
        }
        if self.random.once_in(8) {
            let again = self.value(|known| known.name.starts_with('v'));
            let same = |known: &&Known| !outputs.iter().any(|output| output.name == known.name);
            outputs.extend(again.as_ref().filter(same).cloned());
        }
        if outputs.is_empty() {
            // No family found anything to do.
            let x = self.input(TensorType::new(DType::F32, [3]));
            outputs.push(self.node("Neg", &[&x.name], vec![], x.shaped([3])));
        }
        outputs
    }
}

/// With the least normal number where numbers are denormal: scales move into weights, where the product of such a weight
/// may be 0, and 0 makes NaN of an infinity.
fn normal(weights: &Tensor) -> Tensor {
    let values = weights.to_vec::<f32>().unwrap_or_default().into_iter();
    let values: Vec<f32> = values
        .map(|x| match x.is_subnormal() {
            true => f32::MIN_POSITIVE.copysign(x),
            false => x,
        })
        .collect();
    Tensor::new(&*weights.ty.shape, &values)
}

/// A shape of `low` to `high` axes.
pub(super) fn any_shape(random: &mut Random, low: usize, high: usize) -> Vec<usize> {
    let rank = low + random.below(high - low + 1);
    (0..rank).map(|_| random.one_of(&[1, 2, 3, 4, 5])).collect()
}

/// Whether a tensor is small enough to be worth its time.
pub(super) fn small(shape: &[usize]) -> bool {
    shape.iter().product::<usize>() <= MOST_ELEMENTS
}
