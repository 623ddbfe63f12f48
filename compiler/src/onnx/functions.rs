//! Inlining of functions that a model defines for itself.
//!
//! Calls are replaced from the outside in. A function's nodes get fresh names for everything they define, so
//! that no two calls collide, and the values that the call gives for attributes they refer to. What that
//! will take is computed first: a few nested functions can stand for any number of nodes.

use super::check::NEWEST_OPSET;
use super::cost::Costs;
use super::model::{Attribute, Node, Subgraph};
use super::problems::Problems;
use crate::diag::Diag;
use std::collections::{BTreeMap, HashMap};

/// A function, its nodes sorted. Attributes of them may refer to the function's.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) domain: String,
    pub(super) overload: String,
    pub(super) inputs: Vec<String>,
    pub(super) outputs: Vec<String>,
    /// Values of attributes that a call does not give.
    pub(super) defaults: BTreeMap<String, Attribute>,
    pub(super) nodes: Vec<Node>,
}

/// The functions of a model.
#[derive(Debug, Default)]
pub(super) struct Functions {
    all: Vec<Function>,
    /// Places in `all` by domain, name and overload.
    by_name: HashMap<[String; 3], usize>,
}

impl Functions {
    /// Adds a function; defining one again is a problem.
    pub(super) fn add(&mut self, function: Function) -> Result<(), Diag> {
        let key = [&function.domain, &function.name, &function.overload].map(String::clone);
        if self.by_name.contains_key(&key) {
            return Err(function.diag(
                "duplicate-function",
                "the function is defined more than once",
            ));
        }
        self.by_name.insert(key, self.all.len());
        self.all.push(function);
        Ok(())
    }

    /// Which function the node calls, if it does not call an operator.
    pub(super) fn called_by(&self, node: &Node) -> Option<usize> {
        if self.all.is_empty() {
            return None;
        }
        let key = [&node.domain, &node.operator, &node.overload].map(String::clone);
        self.by_name.get(&key).copied()
    }

    /// The function at this place.
    pub(super) fn get(&self, place: usize) -> &Function {
        &self.all[place]
    }

    pub(super) fn iter(&self) -> std::slice::Iter<'_, Function> {
        self.all.iter()
    }
}

impl Function {
    /// A problem in this function.
    pub(super) fn diag(&self, code: &'static str, message: impl Into<String>) -> Diag {
        Diag::new(code, message).note(format!("in function `{}`", self.title()))
    }

    /// Its name with domain and overload.
    pub(super) fn title(&self) -> String {
        let parts = [&self.domain, &self.name, &self.overload];
        let parts: Vec<&str> = parts
            .into_iter()
            .filter(|p| !p.is_empty())
            .map(String::as_str)
            .collect();
        parts.join(".")
    }

    /// Its value for an attribute that a node within refers to.
    fn argument(&self, call: &Node, name: &str) -> Option<Attribute> {
        call.attributes
            .get(name)
            .or_else(|| self.defaults.get(name))
            .cloned()
    }
}

/// Replaces all calls in `graph`, unless that takes too much; `inputs` are defined outside of it.
pub(super) fn inline(graph: &mut Subgraph, functions: &Functions, problems: &mut Problems) {
    if functions.all.is_empty()
        || problems
            .value(Costs::new(functions).check(&graph.nodes))
            .is_none()
    {
        return;
    }
    let mut taken = HashMap::new();
    collect_names(graph, &mut taken);
    Inliner::new(functions, taken, problems).expand_graph(graph);
}

/// Every name defined in a graph and in those within it.
pub(super) fn collect_names(graph: &Subgraph, names: &mut HashMap<String, usize>) {
    names.extend(graph.definitions().map(|name| (name.to_owned(), 1)));
    for inner in graph.nodes.iter().flat_map(Node::subgraphs) {
        collect_names(inner, names);
    }
}

/// Puts functions in the place of what calls them.
pub(super) struct Inliner<'a> {
    functions: &'a Functions,
    /// Names that are in use, with the last number that was put behind each to make another.
    taken: HashMap<String, usize>,
    problems: &'a mut Problems,
}

impl<'a> Inliner<'a> {
    /// To inline `functions` where the names `taken` are in use, each with a number.
    pub(super) fn new(
        functions: &'a Functions,
        taken: HashMap<String, usize>,
        problems: &'a mut Problems,
    ) -> Self {
        Inliner {
            functions,
            taken,
            problems,
        }
    }

    /// The nodes that stand for one call, of a function that is written here.
    #[cfg(feature = "quantize")]
    pub(super) fn call(&mut self, function: &Function, call: &Node) -> Vec<Node> {
        Instance::of(function, call, self)
    }

    fn expand_graph(&mut self, graph: &mut Subgraph) {
        let nodes = std::mem::take(&mut graph.nodes);
        self.expand_nodes(nodes, &mut graph.nodes);
    }

    fn expand_nodes(&mut self, nodes: Vec<Node>, expanded: &mut Vec<Node>) {
        for mut node in nodes {
            if let Some(place) = self.functions.called_by(&node) {
                let body = Instance::of(self.functions.get(place), &node, self);
                self.expand_nodes(body, expanded);
                continue;
            }
            for graph in node
                .attributes
                .values_mut()
                .flat_map(Attribute::subgraphs_mut)
            {
                self.expand_graph(graph);
            }
            expanded.push(node);
        }
    }

    /// A name like `wanted` that nothing has yet.
    fn fresh(&mut self, wanted: String) -> String {
        let Some(&last) = self.taken.get(&wanted) else {
            self.taken.insert(wanted.clone(), 1);
            return wanted;
        };
        let mut number = last + 1;
        while self.taken.contains_key(&format!("{wanted}#{number}")) {
            number += 1;
        }
        let name = format!("{wanted}#{number}");
        self.taken.insert(name.clone(), 1);
        self.taken.insert(wanted, number);
        name
    }
}

/// One call's copy of a function's nodes, in the making.
struct Instance<'a, 'b, 'c> {
    function: &'a Function,
    call: &'a Node,
    inliner: &'b mut Inliner<'c>,
    /// What names in the function become: the function's own, then those of each graph around a node.
    scopes: Vec<HashMap<&'a str, String>>,
}

impl<'a, 'b, 'c> Instance<'a, 'b, 'c> {
    /// The nodes that stand for the call.
    fn of(function: &'a Function, call: &'a Node, inliner: &'b mut Inliner<'c>) -> Vec<Node> {
        let mut instance = Instance {
            function,
            call,
            inliner,
            scopes: vec![HashMap::new()],
        };
        instance.bind_inputs();
        let copies = instance.bind_outputs();
        let own = function.nodes.iter().flat_map(|node| &node.outputs);
        instance.define(own.map(String::as_str));
        let nodes = function.nodes.iter().map(|node| instance.node(node));
        let mut nodes: Vec<Node> = nodes.collect();
        nodes.extend(copies.into_iter().map(|(from, to)| instance.copy(from, to)));
        nodes
    }

    fn bind_inputs(&mut self) {
        let given = self
            .call
            .inputs
            .iter()
            .map(String::as_str)
            .chain(std::iter::repeat(""));
        for (formal, given) in self.function.inputs.iter().zip(given) {
            self.scopes[0].insert(formal, given.into());
        }
    }

    /// Lets results have the names that the call gives them. A name can stand for one value only: results
    /// that already have one are returned, with the name they must be copied to.
    fn bind_outputs(&mut self) -> Vec<(&'a str, &'a str)> {
        let mut copies = Vec::new();
        for (formal, given) in self.function.outputs.iter().zip(&self.call.outputs) {
            if given.is_empty() {
                continue;
            }
            if self.scopes[0].contains_key(formal.as_str()) {
                copies.push((formal.as_str(), given.as_str()));
            } else {
                self.scopes[0].insert(formal, given.clone());
            }
        }
        copies
    }

    /// Gives fresh names to what the innermost scope defines, where the call has not given any.
    fn define(&mut self, names: impl Iterator<Item = &'a str>) {
        let mut scope = self.scopes.pop().unwrap_or_default();
        for name in names.filter(|name| !name.is_empty()) {
            scope
                .entry(name)
                .or_insert_with(|| self.inliner.fresh(format!("{}/{name}", self.call.name)));
        }
        self.scopes.push(scope);
    }

    fn renamed(&self, name: &str) -> String {
        let known = self.scopes.iter().rev().find_map(|scope| scope.get(name));
        known.cloned().unwrap_or_default()
    }

    fn all_renamed(&self, names: &[String]) -> Vec<String> {
        names.iter().map(|name| self.renamed(name)).collect()
    }

    fn node(&mut self, node: &'a Node) -> Node {
        let attributes = node
            .attributes
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), self.attribute(value)?)));
        let attributes = attributes.collect();
        Node {
            name: format!("{}/{}", self.call.name, node.name),
            operator: node.operator.clone(),
            domain: node.domain.clone(),
            overload: node.overload.clone(),
            version: node.version,
            inputs: self.all_renamed(&node.inputs),
            outputs: self.all_renamed(&node.outputs),
            attributes,
        }
    }

    /// The attribute's value here; absent if it refers to an attribute that has none.
    fn attribute(&mut self, value: &'a Attribute) -> Option<Attribute> {
        Some(match value {
            Attribute::Reference(name) => return self.function.argument(self.call, name),
            Attribute::Graph(graph) => Attribute::Graph(Box::new(self.graph(graph))),
            Attribute::Graphs(graphs) => {
                Attribute::Graphs(graphs.iter().map(|graph| self.graph(graph)).collect())
            }
            value => value.clone(),
        })
    }

    fn graph(&mut self, graph: &'a Subgraph) -> Subgraph {
        self.scopes.push(HashMap::new());
        self.define(graph.definitions());
        let renamed = Subgraph {
            inputs: self.all_renamed(&graph.inputs),
            outputs: self.all_renamed(&graph.outputs),
            initializers: graph
                .initializers
                .iter()
                .map(|(name, t)| (self.renamed(name), t.clone()))
                .collect(),
            strings: graph
                .strings
                .iter()
                .map(|(name, t)| (self.renamed(name), t.clone()))
                .collect(),
            nodes: graph.nodes.iter().map(|node| self.node(node)).collect(),
        };
        self.scopes.pop();
        renamed
    }

    /// A node that gives a value a second name.
    fn copy(&mut self, from: &str, to: &str) -> Node {
        let input = self.renamed(from);
        if input.is_empty() {
            let message = format!(
                "the function gives its input `{from}` as a result, but the call leaves it out"
            );
            self.inliner
                .problems
                .push(self.call.diag("function-call", message));
        }
        Node {
            name: format!("{}/{from}", self.call.name),
            operator: "Identity".into(),
            domain: String::new(),
            overload: String::new(),
            version: NEWEST_OPSET,
            inputs: vec![input],
            outputs: vec![to.into()],
            attributes: BTreeMap::new(),
        }
    }
}
