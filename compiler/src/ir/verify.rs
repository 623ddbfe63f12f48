//! The verifier: what must hold of a graph after every pass.

use super::{Def, Graph, NodeId, ValueId};
use crate::diag::Diag;
use std::collections::HashSet;

impl Graph {
    /// Checks that every value is defined before it is used, that the types recorded are those the
    /// operators infer, and that each value and its definition agree. A failure is a defect of mlc.
    pub fn verify(&self) -> Result<(), Diag> {
        let mut defined: HashSet<ValueId> = self.inputs.iter().copied().collect();
        for id in self.order() {
            self.verify_node(id, &mut defined)?;
        }
        for (name, output) in self.outputs() {
            self.verify_use(*output, &defined)
                .map_err(|d| d.at_tensor(name))?;
        }
        Ok(())
    }

    fn verify_node(&self, id: NodeId, defined: &mut HashSet<ValueId>) -> Result<(), Diag> {
        let node = self.node(id);
        let located = |d: Diag| d.at_node(&node.name, node.op.name());
        for &input in node.inputs.iter().flatten() {
            self.verify_use(input, defined).map_err(located)?;
        }
        let types: Vec<_> = node.inputs.iter().map(|v| v.map(|v| self.ty(v))).collect();
        let inferred = node.op.infer(&types).map_err(located)?;
        let recorded: Vec<_> = node.outputs.iter().map(|&v| self.ty(v)).collect();
        if !inferred.iter().eq(recorded.iter().copied()) {
            let message = format!("types {recorded:?} are recorded, {inferred:?} inferred");
            return Err(located(Diag::new("invalid-graph", message)));
        }
        defined.extend(&node.outputs);
        Ok(())
    }

    fn verify_use(&self, id: ValueId, defined: &HashSet<ValueId>) -> Result<(), Diag> {
        let value = self.value(id);
        let fine = match &value.def {
            Def::Const(tensor) => tensor.ty == value.ty,
            Def::Input => defined.contains(&id),
            Def::Node(node) => defined.contains(&id) && self.node(*node).outputs.contains(&id),
        };
        if fine {
            return Ok(());
        }
        let message = format!("value `{}` is used but not properly defined", value.name);
        Err(Diag::new("invalid-graph", message))
    }
}
