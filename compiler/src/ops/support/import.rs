//! What an operator's `import` works with: its node, the values it reads, and the graph it adds to.

use crate::diag::Diag;
use crate::ir::{Graph, Op, ValueId};
use crate::onnx;
use crate::ops::support::network::import_nodes;
use crate::tensor::{DType, Source, Tensor, TensorType};
use mlc_runtime_core::scalar::Typed;
use std::collections::HashMap;

/// The values that names stand for.
pub(crate) type Scope = HashMap<String, ValueId>;

/// More inputs than this are not what decides.
const MOST_NAMED: usize = 4;

pub(crate) fn set_source(graph: &mut Graph, value: ValueId, name: &str) {
    let perm = (0..graph.ty(value).rank()).collect();
    graph.value_mut(value).source = Some(Source {
        tensor: name.into(),
        perm,
    });
}

/// One ONNX node being imported, and the graph it goes to.
pub struct Importer<'a> {
    /// The graph to add to.
    pub graph: &'a mut Graph,
    /// The node.
    pub node: &'a onnx::Node,
    pub(crate) scope: &'a mut Scope,
}

impl Importer<'_> {
    /// The opset version of the node's domain.
    pub fn version(&self) -> i64 {
        self.node.version
    }

    /// Number of inputs that the node lists, absent ones included.
    pub fn input_count(&self) -> usize {
        self.node.inputs.len()
    }

    /// Number of outputs that the node lists, absent ones included.
    pub fn output_count(&self) -> usize {
        self.node.outputs.len()
    }

    /// Whether the `i`-th output is wanted.
    pub fn wants_output(&self, i: usize) -> bool {
        self.node
            .outputs
            .get(i)
            .is_some_and(|name| !name.is_empty())
    }

    /// The `i`-th input, which may be absent.
    pub fn optional(&self, i: usize) -> Option<ValueId> {
        let name = self.node.inputs.get(i).filter(|name| !name.is_empty())?;
        self.scope.get(name).copied()
    }

    /// The `i`-th input.
    pub fn input(&self, i: usize) -> Result<ValueId, Diag> {
        self.optional(i)
            .ok_or_else(|| match self.node.inputs.get(i) {
                Some(name) if !name.is_empty() => {
                    let message = format!("input {i} is `{name}`, which nothing provides");
                    Diag::new("missing-tensor", message).at_tensor(name)
                }
                _ => Diag::new("missing-input", format!("input {i} is required but absent")),
            })
    }

    /// All inputs; none may be absent.
    pub fn inputs(&self) -> Result<Vec<ValueId>, Diag> {
        (0..self.input_count()).map(|i| self.input(i)).collect()
    }

    /// The type of a value.
    pub fn ty(&self, value: ValueId) -> &TensorType {
        self.graph.ty(value)
    }

    /// The shape of a value.
    pub fn shape(&self, value: ValueId) -> Vec<usize> {
        self.graph.ty(value).shape.clone()
    }

    /// The data of a value that has to be constant for shapes to be static.
    pub fn constant(&mut self, value: ValueId, what: &str) -> Result<Tensor, Diag> {
        if let Some(known) = self.graph.evaluate(value)? {
            return Ok(known);
        }
        let message = format!("{what} must be known at compile time");
        if let (true, Some(diag)) = (
            self.graph.inputs_behind(value).is_empty(),
            self.graph.budget.problem(),
        ) {
            return Err(diag.note(message));
        }
        let diag = Diag::new("not-constant", message)
            .at_tensor(&self.graph.value(value).name)
            .note("it depends on the data of a model input, but shapes have to be static");
        Err(self.fixable(value, diag, "it is computed then"))
    }

    /// A problem that may go once the inputs that `value` depends on are constant.
    pub fn fixable(&self, value: ValueId, diag: Diag, then: &str) -> Diag {
        let inputs = self.graph.inputs_behind(value);
        let options: Vec<_> = inputs
            .iter()
            .map(|name| format!("--input {name}=VALUE"))
            .collect();
        match options.is_empty() || options.len() > MOST_NAMED {
            true => diag,
            false => diag.note(format!("`{}` makes it constant: {then}", options.join(" "))),
        }
    }

    /// The `i`-th input as integers known at compile time; `None` if it is absent.
    pub fn ints(&mut self, i: usize, what: &str) -> Result<Option<Vec<i64>>, Diag> {
        let Some(value) = self.optional(i) else {
            return Ok(None);
        };
        let tensor = self.constant(value, what)?;
        // Old models have some in floats, which must be whole numbers.
        let whole = |tensor: &Tensor| {
            let values: Vec<f64> = tensor.to_vec()?;
            values
                .iter()
                .all(|x| x.fract() == 0.0)
                .then(|| tensor.to_vec())?
        };
        let ints = match tensor.ty.dtype {
            DType::F32 | DType::F64 => whole(&tensor),
            _ => tensor.to_vec(),
        };
        ints.map(Some).ok_or_else(|| {
            let message = format!("{what} must be whole numbers, not {tensor:?}");
            Diag::new("unsupported-type", message)
        })
    }

    /// Integers that older opsets give as an attribute and newer ones as input `i`.
    pub fn ints_or_attribute(&mut self, i: usize, name: &str) -> Result<Option<Vec<i64>>, Diag> {
        match self.node.ints(name)? {
            Some(ints) => Ok(Some(ints.to_vec())),
            None => self.ints(i, name),
        }
    }

    /// The `i`-th input as one number known at compile time; `None` if it is absent.
    pub fn number<T: Typed>(&mut self, i: usize, what: &str) -> Result<Option<T>, Diag> {
        let Some(value) = self.optional(i) else {
            return Ok(None);
        };
        let tensor = self.constant(value, what)?;
        tensor.single().map(Some).ok_or_else(|| {
            Diag::new(
                "not-a-scalar",
                format!("{what} must be one number, not {}", tensor.ty),
            )
        })
    }

    /// Adds an operator with one output.
    pub fn add(&mut self, op: impl Op, inputs: &[ValueId]) -> Result<ValueId, Diag> {
        let inputs: Vec<_> = inputs.iter().copied().map(Some).collect();
        self.add_optional(op, &inputs)
    }

    /// Adds an operator with one output, some of whose inputs may be absent.
    pub fn add_optional(
        &mut self,
        op: impl Op,
        inputs: &[Option<ValueId>],
    ) -> Result<ValueId, Diag> {
        Ok(self.graph.add(&self.node.name, op, inputs)?[0])
    }

    /// Adds an operator with any number of outputs.
    pub fn add_many(
        &mut self,
        op: impl Op,
        inputs: &[Option<ValueId>],
    ) -> Result<Vec<ValueId>, Diag> {
        self.graph.add(&self.node.name, op, inputs)
    }

    /// Adds a constant that was made.
    pub fn add_constant(&mut self, tensor: Tensor) -> ValueId {
        self.graph.budget.charge(&tensor);
        self.graph.add_constant(&self.node.name, tensor)
    }

    /// Says that `value` is the `i`-th output of the node. Outputs that are not wanted are ignored.
    pub fn set_output(&mut self, i: usize, value: ValueId) {
        let Some(name) = self.node.outputs.get(i).filter(|name| !name.is_empty()) else {
            return;
        };
        self.scope.insert(name.clone(), value);
        if self.graph.value(value).source.is_none() {
            set_source(self.graph, value, name);
            self.graph.value_mut(value).name = name.clone();
        }
    }

    /// Says what the node's first output is.
    pub fn finish(&mut self, value: ValueId) -> Result<(), Diag> {
        self.set_output(0, value);
        Ok(())
    }

    /// Adds the nodes of a graph within the node, for these inputs, and yields its outputs. Names
    /// that it defines are its own.
    pub fn inline(
        &mut self,
        body: &onnx::Subgraph,
        inputs: &[ValueId],
    ) -> Result<Vec<ValueId>, Diag> {
        if body.inputs.len() != inputs.len() {
            let message = format!(
                "{} inputs for a graph of {}",
                inputs.len(),
                body.inputs.len()
            );
            return Err(Diag::new("input-count", message));
        }
        let hide = |name: &str| (name.to_owned(), self.scope.remove(name));
        let hidden: Vec<_> = body.definitions().map(hide).collect();
        let outputs = self.inline_body(body, inputs);
        for (name, outer) in hidden.into_iter().rev() {
            match outer {
                Some(value) => self.scope.insert(name, value),
                None => self.scope.remove(&name),
            };
        }
        outputs
    }

    fn inline_body(
        &mut self,
        body: &onnx::Subgraph,
        inputs: &[ValueId],
    ) -> Result<Vec<ValueId>, Diag> {
        for (name, tensor) in &body.initializers {
            let value = self.graph.add_constant(name, tensor.clone());
            self.scope.insert(name.clone(), value);
        }
        for (name, &value) in body.inputs.iter().zip(inputs) {
            self.scope.insert(name.clone(), value);
        }
        import_nodes(self.graph, self.scope, &body.nodes, &body.outputs)?;
        let output = |name: &String| {
            self.scope.get(name).copied().ok_or_else(|| {
                let message = format!("nothing computes the result `{name}`");
                Diag::new("missing-tensor", message).at_tensor(name)
            })
        };
        body.outputs.iter().map(output).collect()
    }

    pub(crate) fn check_outputs(&self) -> Result<(), Diag> {
        for (i, name) in self.node.outputs.iter().enumerate() {
            if !name.is_empty() && !self.scope.contains_key(name) {
                let message = format!("output {i} (`{name}`) of this operator is not supported");
                return Err(Diag::new("unsupported-output", message));
            }
        }
        Ok(())
    }
}

/// An axis as ONNX gives it, negative from the end, as an index below `rank`.
pub fn axis(axis: i64, rank: usize) -> Result<usize, Diag> {
    let wrapped = if axis < 0 {
        axis.saturating_add(rank as i64)
    } else {
        axis
    };
    usize::try_from(wrapped)
        .ok()
        .filter(|&a| a < rank)
        .ok_or_else(|| {
            Diag::new(
                "invalid-axis",
                format!("axis {axis} does not exist in {rank} dimensions"),
            )
        })
}

/// Axes as ONNX gives them, which have to be distinct.
pub fn axes(given: &[i64], rank: usize) -> Result<Vec<usize>, Diag> {
    let axes = given
        .iter()
        .map(|&a| axis(a, rank))
        .collect::<Result<Vec<_>, _>>()?;
    let mut sorted = axes.clone();
    sorted.sort_unstable();
    match sorted.windows(2).all(|pair| pair[0] != pair[1]) {
        true => Ok(axes),
        false => Err(Diag::new(
            "invalid-axis",
            format!("axes {given:?} are not distinct"),
        )),
    }
}

/// A diagnostic for an element type that an operator does not take.
pub fn unsupported_type(dtype: DType) -> Diag {
    Diag::new(
        "unsupported-type",
        format!("elements of type {dtype} are not supported here"),
    )
}
