//! What an operator between quantised values is asked with, and what it may answer.

use crate::diag::Diag;
use crate::ir::{Graph, ValueId};
use crate::quantization::{Elements, Profile};
use crate::tensor::DType;
use std::borrow::Cow;

/// Why an operator does not become one on integers.
pub enum NotInteger {
    /// It stays in floating point, for this reason.
    Float(Cow<'static, str>),
    /// Something is wrong.
    Wrong(Diag),
}

impl From<Diag> for NotInteger {
    fn from(diag: Diag) -> Self {
        NotInteger::Wrong(diag)
    }
}

impl From<&'static str> for NotInteger {
    fn from(reason: &'static str) -> Self {
        NotInteger::Float(reason.into())
    }
}

/// What results are quantised to.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Type of the integers.
    pub dtype: DType,
    /// What a step is worth.
    pub scale: f32,
    /// Zero point and range, which an activation may have narrowed.
    pub elements: Elements,
}

/// An operator between quantised values, and the graph to which its form on integers is added.
pub struct Island<'a> {
    /// The graph.
    pub graph: &'a mut Graph,
    /// The layer's name.
    pub name: &'a str,
    /// The operator's inputs, in floating point.
    pub inputs: Vec<Option<ValueId>>,
    /// What the result is quantised to.
    pub to: Target,
    /// The arithmetic to follow.
    pub profile: Profile,
}
