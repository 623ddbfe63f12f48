//! Checks of names, versions and scopes, before anything relies on them.

use super::functions::{Function, Functions};
use super::model::{Attribute, Node, Subgraph};
use super::problems::Problems;
use super::read::Document;
use super::suggest::Suggestions;
use crate::diag::Diag;
use std::collections::HashSet;

/// Version of the file format that is the newest known.
pub const NEWEST_IR: i64 = super::proto::Version::IrVersion as i64;
/// Version of ONNX's own operators that is the oldest supported.
pub const OLDEST_OPSET: i64 = 1;
/// Version of ONNX's own operators that is the newest known.
pub const NEWEST_OPSET: i64 = 28;

/// Checks the version of the file format.
fn ir_version(version: Option<i64>) -> Result<(), Diag> {
    match version.unwrap_or(0) {
        1..=NEWEST_IR => Ok(()),
        ..=0 => Err(Diag::new(
            "ir-version",
            "the model does not state the version of its format",
        )
        .note("the file may be damaged, or not an ONNX model at all")),
        newer => Err(Diag::new(
            "ir-version",
            format!("the model's IR version is {newer}; {NEWEST_IR} is the newest known"),
        )
        .note("export it with an older `ir_version`, or use a newer mlc")),
    }
}

/// Checks everything in a file.
pub(super) fn document(document: &Document, problems: &mut Problems) {
    problems.value(ir_version(document.ir_version));
    if document.graph.outputs.is_empty() {
        problems.push(Diag::new(
            "no-outputs",
            "the model has no outputs, so there is nothing to compute",
        ));
    }
    let mut checker = Checker::new(&document.functions, problems);
    checker.graph(&document.graph);
    for function in document.functions.iter() {
        checker.function(function);
    }
}

struct Checker<'a> {
    functions: &'a Functions,
    problems: &'a mut Problems,
    suggestions: Suggestions,
    /// What the graph that is being checked defines.
    scope: HashSet<&'a str>,
    /// What the graphs around it define.
    around: Vec<HashSet<&'a str>>,
    /// The function that is being checked.
    function: Option<&'a Function>,
    /// Names reported as missing and domains reported for their version, to say each once.
    reported: HashSet<(&'static str, &'a str)>,
}

impl<'a> Checker<'a> {
    fn new(functions: &'a Functions, problems: &'a mut Problems) -> Self {
        Checker {
            functions,
            problems,
            suggestions: Suggestions::default(),
            scope: HashSet::new(),
            around: Vec::new(),
            function: None,
            reported: HashSet::new(),
        }
    }

    fn problem(&mut self, diag: Diag) {
        self.problems.push(match self.function {
            Some(function) => diag.note(format!("in function `{}`", function.title())),
            None => diag,
        });
    }

    fn function(&mut self, function: &'a Function) {
        self.function = Some(function);
        self.reported.clear();
        self.scope.clear();
        self.define(&function.inputs, "input");
        self.body(&function.nodes, &function.outputs);
    }

    fn graph(&mut self, graph: &'a Subgraph) {
        self.around.push(std::mem::take(&mut self.scope));
        self.define(&graph.inputs, "input");
        // A constant with the name of an input is the input's value, and not a second definition.
        let constants = graph.initializers.iter().map(|(name, _)| name);
        self.define(
            constants.chain(graph.strings.iter().map(|(name, _)| name)),
            "initializer",
        );
        self.body(&graph.nodes, &graph.outputs);
        self.scope = self.around.pop().unwrap_or_default();
    }

    /// Takes names of one kind into scope, which must be distinct.
    fn define(&mut self, names: impl IntoIterator<Item = &'a String>, kind: &str) {
        let mut distinct = HashSet::new();
        for name in names {
            if name.is_empty() {
                self.problem(Diag::new("missing-name", format!("an {kind} has no name")));
            } else if !distinct.insert(name.as_str()) {
                self.problem(duplicate(name));
            }
        }
        self.scope.extend(distinct);
    }

    fn body(&mut self, nodes: &'a [Node], outputs: &'a [String]) {
        for node in nodes {
            for output in node.outputs.iter().filter(|name| !name.is_empty()) {
                if !self.scope.insert(output) {
                    self.problem(duplicate(output).at_node(&node.name, &node.qualified_operator()));
                }
            }
        }
        nodes.iter().for_each(|node| self.node(node));
        for output in outputs {
            let missing = || {
                Diag::new(
                    "missing-output",
                    format!("nothing computes the output `{output}`"),
                )
            };
            self.read(output, missing);
        }
    }

    fn node(&mut self, node: &'a Node) {
        for input in node.inputs.iter().filter(|name| !name.is_empty()) {
            self.read(input, || {
                node.diag(
                    "missing-tensor",
                    format!("`{input}` is read, but nothing defines it"),
                )
            });
        }
        match self.functions.called_by(node) {
            Some(place) => self.call(node, self.functions.get(place)),
            None => self.operator(node),
        }
        for (name, attribute) in &node.attributes {
            if let (Attribute::Reference(to), None) = (attribute, self.function) {
                let message = format!(
                    "the attribute refers to `{to}` of a function, but the node is in none"
                );
                self.problem(node.diag("attribute-reference", message).at_attribute(name));
            }
            attribute
                .subgraphs()
                .iter()
                .for_each(|graph| self.graph(graph));
        }
    }

    /// What is defined here and around.
    fn scopes(&self) -> impl Iterator<Item = &HashSet<&'a str>> {
        self.around.iter().chain([&self.scope])
    }

    /// Reports `name`, once, if it is not defined here or around.
    fn read(&mut self, name: &'a str, missing: impl FnOnce() -> Diag) {
        let known = self.scopes().any(|scope| scope.contains(name));
        if known || !self.reported.insert(("missing", name)) {
            return;
        }
        let mut diag = missing().at_tensor(name);
        let scopes = self.around.iter().chain([&self.scope]);
        diag.notes
            .extend(self.suggestions.note(name, scopes.flatten().copied()));
        self.problem(diag);
    }

    fn call(&mut self, node: &Node, function: &Function) {
        let counts = [
            ("inputs", node.inputs.len(), function.inputs.len()),
            ("outputs", node.outputs.len(), function.outputs.len()),
        ];
        for (what, given, formal) in counts {
            if given > formal {
                let message = format!("the call has {given} {what}, but the function has {formal}");
                self.problem(node.diag("function-call", message));
            }
        }
    }

    fn operator(&mut self, node: &'a Node) {
        if node.operator.is_empty() {
            self.problem(node.diag("missing-name", "the node names no operator"));
        }
        let Err(diag) = opset(&node.domain, node.version) else {
            return;
        };
        if self.reported.insert(("opset", &node.domain)) {
            self.problem(diag.at_node(&node.name, &node.qualified_operator()));
        }
    }
}

/// Checks that a version of the domain's operators is stated, and for ONNX's own that it is a known one.
fn opset(domain: &str, version: i64) -> Result<(), Diag> {
    let converter = format!(
        "onnx.version_converter can convert the model to a version from {OLDEST_OPSET} to {NEWEST_OPSET}"
    );
    let (message, note) = match (domain, version) {
        ("", ..=0) => (
            "the model does not state a version of ONNX's operators".into(),
            "`opset_import` must list domain `ai.onnx`".into(),
        ),
        (domain, ..=0) => (
            format!(
                "operators of domain `{domain}` are used, but the model states no version of them"
            ),
            format!(
                "`opset_import` must list domain `{domain}`, or the model a function of that name"
            ),
        ),
        ("", version) if version > NEWEST_OPSET => (
            format!("operator set {version} is too new; {NEWEST_OPSET} is the newest known"),
            converter,
        ),
        _ => return Ok(()),
    };
    Err(Diag::new("opset", message).note(note))
}

fn duplicate(name: &str) -> Diag {
    Diag::new(
        "duplicate-name",
        format!("`{name}` is defined more than once"),
    )
    .at_tensor(name)
}
