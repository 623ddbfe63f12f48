//! Diagnostics: what is wrong with a model, where, and what to do about it.

use std::fmt;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Diag {
    /// A short, stable name of the kind of problem, such as `unsupported-operator`.
    pub code: &'static str,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Where it is.
    pub at: Box<Location>,
    /// What else helps: causes, remedies, limits.
    pub notes: Vec<String>,
}

/// Where in a model a problem is; parts that are unknown or beside the point are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Location {
    /// Name of the node, or of its first output.
    pub node: Option<String>,
    /// The node's operator, with its domain unless that is ONNX's own.
    pub operator: Option<String>,
    /// Name of the attribute.
    pub attribute: Option<String>,
    /// Name of the tensor.
    pub tensor: Option<String>,
}

impl Diag {
    /// A problem of kind `code`, somewhere.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Diag {
            code,
            message: message.into(),
            at: Box::default(),
            notes: Vec::new(),
        }
    }

    /// Says at which node and operator, unless that has been said already.
    pub fn at_node(mut self, node: &str, operator: &str) -> Self {
        self.at.node.get_or_insert_with(|| node.into());
        self.at.operator.get_or_insert_with(|| operator.into());
        self
    }

    /// Says at which attribute.
    pub fn at_attribute(mut self, attribute: &str) -> Self {
        self.at.attribute.get_or_insert_with(|| attribute.into());
        self
    }

    /// Says at which tensor.
    pub fn at_tensor(mut self, tensor: &str) -> Self {
        self.at.tensor.get_or_insert_with(|| tensor.into());
        self
    }

    /// Adds a note.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            ("node", &self.node),
            ("operator", &self.operator),
            ("attribute", &self.attribute),
            ("tensor", &self.tensor),
        ];
        let mut separator = "";
        for (kind, name) in parts {
            if let Some(name) = name {
                write!(f, "{separator}{kind} `{name}`")?;
                separator = ", ";
            }
        }
        Ok(())
    }
}

impl fmt::Display for Diag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.message, self.code)?;
        let at = self.at.to_string();
        if !at.is_empty() {
            write!(f, "\n  at {at}")?;
        }
        self.notes
            .iter()
            .try_for_each(|note| write!(f, "\n  note: {note}"))
    }
}

impl std::error::Error for Diag {}

/// Everything that is wrong, said in one go; never empty.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Diags(pub Vec<Diag>);

impl From<Diag> for Diags {
    fn from(diag: Diag) -> Self {
        Diags(vec![diag])
    }
}

impl fmt::Display for Diags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, diag) in self.0.iter().enumerate() {
            write!(f, "{}{diag}", if i == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl std::error::Error for Diags {}
