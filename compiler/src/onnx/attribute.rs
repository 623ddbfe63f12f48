//! Reading a node's attributes by name, with the type that the operator expects.

use super::model::{Attribute, Node, Subgraph};
use crate::diag::Diag;
use crate::tensor::Tensor;

impl Attribute {
    /// What the value is, for a person.
    pub fn kind(&self) -> &'static str {
        match self {
            Attribute::Int(_) => "an integer",
            Attribute::Float(_) => "a float",
            Attribute::String(_) => "a string",
            Attribute::Tensor(_) => "a tensor",
            Attribute::StringTensor(_) => "a tensor of strings",
            Attribute::Graph(_) => "a graph",
            Attribute::Type(_) => "a type",
            Attribute::Ints(_) => "a list of integers",
            Attribute::Floats(_) => "a list of floats",
            Attribute::Strings(_) => "a list of strings",
            Attribute::Tensors(_) => "a list of tensors",
            Attribute::Graphs(_) => "a list of graphs",
            Attribute::Types(_) => "a list of types",
            Attribute::Reference(_) => "a reference to a function's attribute",
        }
    }
}

/// Declares `optional_*`-like getters: name, type of the result, what is expected, and the variants read.
macro_rules! getters {
    ($($(#[$doc:meta])* $name:ident: $ty:ty = $expected:literal, $($pattern:pat => $value:expr),+;)*) => {
        $($(#[$doc])*
        pub fn $name(&self, name: &str) -> Result<Option<$ty>, Diag> {
            self.read(name, $expected, |attribute| match attribute {
                $($pattern => $value,)+
                _ => None,
            })
        })*
    };
}

impl Node {
    getters! {
        /// An integer, if the attribute is present.
        optional_int: i64 = "an integer", Attribute::Int(i) => Some(*i);
        /// A float, if the attribute is present.
        optional_float: f32 = "a float", Attribute::Float(f) => Some(*f);
        /// A string, if the attribute is present.
        optional_string: &str = "a string in UTF-8", Attribute::String(s) => std::str::from_utf8(s).ok();
        /// A string's bytes, if the attribute is present.
        bytes: &[u8] = "a string", Attribute::String(s) => Some(s.as_slice());
        /// A list of integers, if the attribute is present.
        ints: &[i64] = "a list of integers", Attribute::Ints(list) => Some(list.as_slice());
        /// A list of floats, if the attribute is present.
        floats: &[f32] = "a list of floats", Attribute::Floats(list) => Some(list.as_slice());
        /// A list of strings, if the attribute is present.
        strings: Vec<&str> = "a list of strings in UTF-8", Attribute::Strings(list) => utf8(list);
        /// A tensor, if the attribute is present.
        tensor: &Tensor = "a tensor of numbers", Attribute::Tensor(tensor) => Some(tensor);
        /// A list of tensors, if the attribute is present.
        tensors: &[Tensor] = "a list of tensors", Attribute::Tensors(list) => Some(list.as_slice());
        /// A graph, if the attribute is present.
        graph: &Subgraph = "a graph", Attribute::Graph(graph) => Some(graph.as_ref());
    }

    /// An integer, or `default` if the attribute is absent.
    pub fn int(&self, name: &str, default: i64) -> Result<i64, Diag> {
        Ok(self.optional_int(name)?.unwrap_or(default))
    }

    /// A float, or `default` if the attribute is absent.
    pub fn float(&self, name: &str, default: f32) -> Result<f32, Diag> {
        Ok(self.optional_float(name)?.unwrap_or(default))
    }

    /// A string, or `default` if the attribute is absent.
    pub fn string<'a>(&'a self, name: &str, default: &'a str) -> Result<&'a str, Diag> {
        Ok(self.optional_string(name)?.unwrap_or(default))
    }

    fn read<'a, T>(
        &'a self,
        name: &str,
        expected: &str,
        value: impl FnOnce(&'a Attribute) -> Option<T>,
    ) -> Result<Option<T>, Diag> {
        let Some(attribute) = self.attributes.get(name) else {
            return Ok(None);
        };
        let found = attribute.kind();
        let wrong = || {
            let message = format!("attribute `{name}` must be {expected}, but it is {found}");
            self.diag("attribute-type", message).at_attribute(name)
        };
        value(attribute).map(Some).ok_or_else(wrong)
    }
}

fn utf8(list: &[Vec<u8>]) -> Option<Vec<&str>> {
    list.iter().map(|s| std::str::from_utf8(s).ok()).collect()
}
