//! Which nodes of a graph its outputs depend on, once constants have chosen among the branches of `If`.
//!
//! A branch that is not taken may make no sense for the shapes at hand, and so may what only it reads. So conditions are
//! computed first, each with nothing but what it depends on itself.

use crate::ir::Graph;
use crate::onnx::{Node, Subgraph};
use crate::ops::Importer;
use crate::ops::control_flow::control::chosen;
use crate::ops::support::import::Scope;
use crate::ops::support::network::import_node;
use std::collections::{HashMap, HashSet};

/// The nodes of one graph, each after those that it reads.
pub(crate) struct Needs<'a> {
    nodes: &'a [Node],
    outputs: &'a [String],
    /// The branches that are taken, as far as that is known, by the place of the node.
    taken: HashMap<usize, &'a Subgraph>,
    /// Whether a node has been imported.
    imported: Vec<bool>,
}

impl<'a> Needs<'a> {
    /// With any branch taken.
    pub(crate) fn new(nodes: &'a [Node], outputs: &'a [String]) -> Self {
        Needs {
            nodes,
            outputs,
            taken: HashMap::new(),
            imported: vec![false; nodes.len()],
        }
    }

    /// Finds out which branches are taken, importing what conditions depend on. What is wrong with that is left to be
    /// found where it is needed.
    pub(crate) fn decide(&mut self, graph: &mut Graph, scope: &mut Scope) {
        let branching: Vec<usize> = self
            .places()
            .into_iter()
            .filter(|&i| branches(&self.nodes[i]))
            .collect();
        if branching.is_empty() {
            return;
        }
        let producers = producers(self.nodes);
        for i in branching {
            let node = &self.nodes[i];
            let Some(condition) = node.inputs.first() else {
                continue;
            };
            if self
                .import_for(condition, &producers, graph, scope)
                .is_none()
            {
                continue;
            }
            let chosen = chosen(&mut Importer { graph, scope, node }).ok().flatten();
            let taken = chosen.and_then(|name| node.graph(name).ok().flatten());
            self.taken.extend(taken.map(|branch| (i, branch)));
        }
    }

    /// Imports what a tensor depends on, unless something is wrong with it.
    fn import_for(
        &mut self,
        tensor: &str,
        producers: &HashMap<&str, usize>,
        graph: &mut Graph,
        scope: &mut Scope,
    ) -> Option<()> {
        let mut places = Vec::new();
        let mut open = vec![tensor];
        let mut seen = HashSet::new();
        while let Some(name) = open.pop() {
            if let Some(&i) = producers.get(name).filter(|&&i| !self.imported[i])
                && seen.insert(i)
            {
                places.push(i);
                open.extend(self.reads(i));
            }
        }
        places.sort_unstable();
        places.into_iter().try_for_each(|i| {
            import_node(graph, scope, &self.nodes[i]).ok()?;
            self.imported[i] = true;
            Some(())
        })
    }

    /// Names that a node reads, but for those that only a branch reads that is not taken.
    fn reads(&self, i: usize) -> Vec<&'a str> {
        let node = &self.nodes[i];
        match self.taken.get(&i) {
            Some(branch) => {
                let inputs = node
                    .inputs
                    .iter()
                    .map(String::as_str)
                    .filter(|name| !name.is_empty());
                inputs.chain(branch.captures()).collect()
            }
            None => node.reads(),
        }
    }

    /// Places of the nodes that the outputs depend on.
    fn places(&self) -> Vec<usize> {
        let mut read: HashSet<&str> = self.outputs.iter().map(String::as_str).collect();
        let mut needed = Vec::new();
        for (i, node) in self.nodes.iter().enumerate().rev() {
            if node.outputs.iter().any(|name| read.contains(name.as_str())) {
                read.extend(self.reads(i));
                needed.push(i);
            }
        }
        needed.reverse();
        needed
    }

    /// The nodes that the outputs depend on and that are still to be imported.
    pub(crate) fn missing(&self) -> impl Iterator<Item = &'a Node> {
        let places = self.places().into_iter().filter(|&i| !self.imported[i]);
        places.map(|i| &self.nodes[i])
    }

    /// The nodes that the outputs depend on, those in graphs within them included, as far as it is known already that
    /// they are needed: which branches are taken within a branch is decided when that is imported.
    pub(crate) fn all(&self) -> Vec<&'a Node> {
        self.certain(|_| true)
    }

    /// Those of all nodes, with the branches of such a node for which none is taken.
    fn certain(&self, branches_of: fn(&Node) -> bool) -> Vec<&'a Node> {
        let mut all = Vec::new();
        for i in self.places() {
            let node = &self.nodes[i];
            all.push(node);
            let graphs = node.subgraphs().filter(|graph| match self.taken.get(&i) {
                Some(taken) => std::ptr::eq(*taken, *graph),
                None => branches_of(node),
            });
            for graph in graphs {
                let inner = Needs::new(&graph.nodes, &graph.outputs);
                all.extend(inner.certain(|node| !branches(node)));
            }
        }
        all
    }
}

fn branches(node: &Node) -> bool {
    node.domain.is_empty() && node.operator == "If"
}

fn producers(nodes: &[Node]) -> HashMap<&str, usize> {
    let mut producers = HashMap::new();
    for (i, node) in nodes.iter().enumerate() {
        let names = node.outputs.iter().filter(|name| !name.is_empty());
        producers.extend(names.map(|name| (name.as_str(), i)));
    }
    producers
}
