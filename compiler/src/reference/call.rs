//! A node with the values that it reads, and what evaluators ask of it.

use super::array::Array;
use crate::onnx::Node;
use crate::tensor::Tensor;
use std::rc::Rc;

/// What a tensor of the file is.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// Numbers.
    Numbers(Rc<Array>),
    /// As the compiler has it: a constant that was not used yet, or something `f64` does not hold.
    Tensor(Tensor),
}

impl Value {
    pub(super) fn array(&self) -> Option<Rc<Array>> {
        match self {
            Value::Numbers(array) => Some(array.clone()),
            Value::Tensor(tensor) => Array::of(tensor).map(Rc::new),
        }
    }

    /// Its elements rounded to their type.
    pub(super) fn tensor(&self) -> Option<Tensor> {
        match self {
            Value::Numbers(array) => array.tensor(),
            Value::Tensor(tensor) => Some(tensor.clone()),
        }
    }
}

/// An operator applied to values. Whatever an evaluator does not find here as it expects it makes it pass.
pub(super) struct Call<'a> {
    pub(super) node: &'a Node,
    pub(super) inputs: Vec<Option<Value>>,
}

impl Call<'_> {
    /// The `i`-th input, which may be absent.
    pub(super) fn value(&self, i: usize) -> Option<&Value> {
        self.inputs.get(i)?.as_ref()
    }

    /// Whether there is an `i`-th input.
    pub(super) fn has(&self, i: usize) -> bool {
        self.value(i).is_some()
    }

    /// The `i`-th input's numbers.
    pub(super) fn array(&self, i: usize) -> Option<Rc<Array>> {
        self.value(i)?.array()
    }

    /// The `i`-th input, which must be of floats.
    pub(super) fn floats(&self, i: usize) -> Option<Rc<Array>> {
        self.array(i).filter(|array| array.is_float())
    }

    /// All inputs, none of which may be absent.
    pub(super) fn all(
        &self,
        get: impl Fn(&Self, usize) -> Option<Rc<Array>>,
    ) -> Option<Vec<Rc<Array>>> {
        (0..self.inputs.len()).map(|i| get(self, i)).collect()
    }

    /// The `i`-th input as integers.
    pub(super) fn ints(&self, i: usize) -> Option<Vec<i64>> {
        self.value(i)?.tensor()?.to_vec()
    }

    /// Integers that older opsets give as an attribute and newer ones as input `i`.
    pub(super) fn ints_or(&self, i: usize, attribute: &str) -> Option<Vec<i64>> {
        let given = self.node.ints(attribute).ok()?;
        given.map(<[i64]>::to_vec).or_else(|| self.ints(i))
    }

    pub(super) fn int(&self, name: &str, default: i64) -> Option<i64> {
        self.node.int(name, default).ok()
    }

    pub(super) fn float(&self, name: &str, default: f32) -> Option<f64> {
        self.node.float(name, default).ok().map(f64::from)
    }

    /// Sizes from an attribute, or so many ones.
    pub(super) fn sizes(&self, name: &str, axes: usize) -> Option<Vec<usize>> {
        let Some(ints) = self.node.ints(name).ok()? else {
            return Some(vec![1; axes]);
        };
        let sizes: Option<Vec<_>> = ints.iter().map(|&i| usize::try_from(i).ok()).collect();
        sizes.filter(|sizes| sizes.len() == axes)
    }

    /// Whether the node has no other attributes than these.
    pub(super) fn knows(&self, names: &[&str]) -> bool {
        let mut own = self.node.attributes.keys();
        own.all(|name| names.contains(&name.as_str()))
    }

    /// Whether nothing but the first output is wanted.
    pub(super) fn yields_one(&self) -> bool {
        self.node.outputs.iter().skip(1).all(String::is_empty)
    }
}

/// An axis, counted from the end if it is negative.
pub(super) fn axis(axis: i64, rank: usize) -> Option<usize> {
    let axis = if axis < 0 { axis + rank as i64 } else { axis };
    usize::try_from(axis).ok().filter(|&axis| axis < rank)
}
