//! The graph as text: one line a node, `%value: type = Operator(inputs)`.

use super::{Def, Graph, ValueId};
use std::collections::HashMap;
use std::fmt;

/// Names that are unique within one printing.
struct Names<'a> {
    graph: &'a Graph,
    names: HashMap<ValueId, String>,
    taken: HashMap<String, usize>,
}

impl Names<'_> {
    fn of(&mut self, id: ValueId) -> String {
        if let Some(name) = self.names.get(&id) {
            return name.clone();
        }
        let wanted = &self.graph.value(id).name;
        let count = self.taken.entry(wanted.clone()).or_default();
        *count += 1;
        let name = if *count == 1 {
            format!("%{wanted}")
        } else {
            format!("%{wanted}.{count}")
        };
        self.names.insert(id, name.clone());
        name
    }

    /// A value as it is used: constants show their type, and their data if it is short.
    fn operand(&mut self, id: Option<ValueId>) -> String {
        let Some(id) = id else { return "_".into() };
        match &self.graph.value(id).def {
            Def::Const(tensor) => format!("{tensor:?}"),
            _ => self.of(id),
        }
    }
}

impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names = Names {
            graph: self,
            names: HashMap::new(),
            taken: HashMap::new(),
        };
        writeln!(f, "graph {} {{", self.name)?;
        for &input in &self.inputs {
            writeln!(f, "  input {}: {}", names.of(input), self.ty(input))?;
        }
        for id in self.order() {
            let node = self.node(id);
            let inputs: Vec<_> = node.inputs.iter().map(|&v| names.operand(v)).collect();
            let outputs = node
                .outputs
                .iter()
                .map(|&v| format!("{}: {}", names.of(v), self.ty(v)));
            let outputs = outputs.collect::<Vec<_>>().join(", ");
            writeln!(f, "  {outputs} = {:?}({})", node.op, inputs.join(", "))?;
        }
        for (name, output) in &self.outputs {
            writeln!(f, "  output {name} = {}", names.operand(Some(*output)))?;
        }
        writeln!(f, "}}")
    }
}
