//! The graph as a picture: a petgraph view of it, in the language of Graphviz.

use super::{Def, Graph, ValueId};
use petgraph::dot::{Config, Dot};
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::HashMap;
use std::fmt;

/// A label, as petgraph prints it.
struct Label(String);

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Graph {
    /// The graph in Graphviz's language: operators as nodes, values as edges with their types.
    pub fn dot(&self) -> String {
        let view = self.view();
        format!("{}", Dot::with_config(&view, &[Config::GraphContentOnly]))
            .lines()
            .fold(
                String::from("digraph {\n    node [shape=box]\n"),
                |text, line| text + line + "\n",
            )
            + "}\n"
    }

    /// Inputs, operators and outputs; constants are left out.
    fn view(&self) -> DiGraph<Label, Label> {
        let mut view = DiGraph::new();
        let mut makers: HashMap<ValueId, NodeIndex> = HashMap::new();
        for &input in &self.inputs {
            makers.insert(input, view.add_node(Label(self.value(input).name.clone())));
        }
        for id in self.order() {
            let node = self.node(id);
            let index = view.add_node(Label(format!("{}\n{}", node.op.name(), node.name)));
            for &input in node.inputs.iter().flatten() {
                self.connect(&mut view, &makers, input, index);
            }
            makers.extend(node.outputs.iter().map(|&output| (output, index)));
        }
        for (name, output) in &self.outputs {
            let index = view.add_node(Label(name.clone()));
            self.connect(&mut view, &makers, *output, index);
        }
        view
    }

    fn connect(
        &self,
        view: &mut DiGraph<Label, Label>,
        makers: &HashMap<ValueId, NodeIndex>,
        value: ValueId,
        to: NodeIndex,
    ) {
        let is_constant = matches!(self.value(value).def, Def::Const(_));
        if let (Some(&from), false) = (makers.get(&value), is_constant) {
            view.add_edge(from, to, Label(self.ty(value).to_string()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::{DType, TensorType};

    #[test]
    fn inputs_lead_to_outputs_by_edges_with_types() {
        let mut graph = Graph::new("g");
        let x = graph.add_input("x", TensorType::new(DType::F32, [2, 3]));
        graph.add_output("y", x);
        let dot = graph.dot();
        assert!(dot.contains("0 -> 1 [ label = \"f32[2×3]\" ]"), "{dot}");
    }
}
