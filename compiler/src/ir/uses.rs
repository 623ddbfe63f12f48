//! Who uses which value: kept up to date as the graph changes, so that no pass has to ask everyone.

use super::{NodeId, ValueId};

/// The uses of every value, and which nodes make any.
///
/// A node whose outputs have all been replaced or folded makes none: it is *retired*. What was
/// never used counts as in use, since it may just have been added.
#[derive(Clone, Debug, Default)]
pub(super) struct Uses {
    values: Vec<UsesOfValue>,
    retired: Vec<bool>,
}

#[derive(Clone, Debug, Default)]
struct UsesOfValue {
    nodes: Vec<NodeId>,
    outputs: usize,
}

impl Uses {
    pub(super) fn add_value(&mut self) {
        self.values.push(UsesOfValue::default());
    }

    pub(super) fn add_node(&mut self) {
        self.retired.push(false);
    }

    pub(super) fn add(&mut self, value: ValueId, user: NodeId) {
        self.values[value.0].nodes.push(user);
    }

    pub(super) fn add_output(&mut self, value: ValueId) {
        self.values[value.0].outputs += 1;
    }

    /// Takes back one use by the caller.
    pub(super) fn remove_output(&mut self, value: ValueId) {
        let outputs = &mut self.values[value.0].outputs;
        *outputs = outputs.saturating_sub(1);
    }

    /// Takes back one use, the latest.
    pub(super) fn remove(&mut self, value: ValueId, user: NodeId) {
        let nodes = &mut self.values[value.0].nodes;
        if let Some(i) = nodes.iter().rposition(|&n| n == user) {
            nodes.swap_remove(i);
        }
    }

    /// All nodes that use `value`, which has none from then on.
    pub(super) fn take(&mut self, value: ValueId) -> Vec<NodeId> {
        std::mem::take(&mut self.values[value.0].nodes)
    }

    pub(super) fn give(&mut self, value: ValueId, users: Vec<NodeId>) {
        self.values[value.0].nodes.extend(users);
    }

    /// Lets the caller get `new` instead of `old`; whether the caller got `old` at all.
    pub(super) fn move_output(&mut self, old: ValueId, new: ValueId) -> bool {
        let count = std::mem::take(&mut self.values[old.0].outputs);
        self.values[new.0].outputs += count;
        count > 0
    }

    pub(super) fn nodes(&self, value: ValueId) -> &[NodeId] {
        &self.values[value.0].nodes
    }

    pub(super) fn is_output(&self, value: ValueId) -> bool {
        self.values[value.0].outputs > 0
    }

    pub(super) fn any(&self, value: ValueId) -> bool {
        self.is_output(value) || !self.nodes(value).is_empty()
    }

    /// Retires a node; whether it was not retired before.
    pub(super) fn retire(&mut self, node: NodeId) -> bool {
        !std::mem::replace(&mut self.retired[node.0], true)
    }

    pub(super) fn is_live(&self, node: NodeId) -> bool {
        !self.retired[node.0]
    }
}
