//! Channels that never vary, whatever the input, leave the network.
//!
//! Trained networks have filters that died: after a ReLU their channel is the same number for every input. An interval
//! for each channel, from the range of the input's type (or from the one that the caller promises), proves it: see
//! `interval.rs`. What a constant channel contributes to the sums of the next layer is one number for each of these, which
//! its bias takes; then nobody reads the channel, and whoever made it need not. The same goes for channels that all
//! weights behind them ignore. Results are the same, bit for bit: sums of integers are exact, and of floats only channels
//! of zeros go, which change no partial sum.

pub(super) mod interval;
mod kind;
mod lane;
mod less;
#[cfg(test)]
mod tests;

use super::sweep;
use crate::diag::Diag;
use crate::ir::{Graph, Node, NodeId, Remark, ValueId};
use crate::settings::Settings;
use interval::{Interval, Intervals};
use kind::{Kind, data, kind, linear};
use lane::Lane;
use less::Less;
use std::collections::{BTreeSet, HashMap};

/// Dropping channels may leave others that nobody reads: so often it is tried again.
const MOST_ROUNDS: usize = 16;

pub(super) fn run(graph: &mut Graph, settings: &Settings) -> Result<(), Diag> {
    if settings.keep_constant_channels {
        return Ok(());
    }
    let mut dropped = BTreeSet::new();
    for _ in 0..MOST_ROUNDS {
        let plan = Plan::of(graph);
        if plan.drops.is_empty() {
            break;
        }
        plan.carry_out(graph, &mut dropped)?;
        *graph = graph.compact();
    }
    Ok(())
}

/// Which channels go, of which values.
struct Plan {
    drops: HashMap<ValueId, BTreeSet<usize>>,
    /// The element that each dropped channel of a value always is, where that matters.
    constants: HashMap<ValueId, Vec<Interval>>,
}

impl Plan {
    fn of(graph: &Graph) -> Plan {
        let intervals = Intervals::of(graph);
        let mut plan = Plan {
            drops: HashMap::new(),
            constants: HashMap::new(),
        };
        for id in graph.order() {
            let node = graph.node(id);
            // Channels begin where all are mixed, and stay what they are until they are mixed again.
            let begins = matches!(kind(graph, node), Kind::Mixing(_));
            if !begins || plan.drops.contains_key(&node.outputs[0]) {
                continue;
            }
            let lane = Lane::of(graph, &intervals, node.outputs[0]);
            for (value, dead) in lane
                .iter()
                .flat_map(|l| l.values.iter().map(|&v| (v, &l.dead)))
            {
                let constants = intervals.get(value).map(|found| (value, found));
                plan.constants.extend(constants);
                plan.drops.insert(value, dead.clone());
            }
        }
        plan
    }

    /// Makes every operator anew that reads or writes such values.
    fn carry_out(&self, graph: &mut Graph, told: &mut BTreeSet<String>) -> Result<(), Diag> {
        // Values change their names on the way: what was planned for one belongs to its successor.
        let mut now: HashMap<ValueId, ValueId> = HashMap::new();
        sweep(graph, |graph, id| self.rewrite(graph, id, &mut now, told))
    }

    fn rewrite(
        &self,
        graph: &mut Graph,
        id: NodeId,
        now: &mut HashMap<ValueId, ValueId>,
        told: &mut BTreeSet<String>,
    ) -> Result<(), Diag> {
        let node = graph.node(id).clone();
        let Some(x) = data(&node) else {
            return Ok(());
        };
        let none = BTreeSet::new();
        let of = |value: ValueId| self.drops.get(&value).unwrap_or(&none);
        let before = now.get(&x).copied().unwrap_or(x);
        let (inputs, outputs) = (of(before), of(node.outputs[0]));
        let less = Less {
            inputs,
            constants: self.constants.get(&before).map_or(&[], |found| found),
            outputs,
        };
        let (op, operands) = match linear(graph, &node) {
            _ if inputs.is_empty() && outputs.is_empty() => return Ok(()),
            Some(linear) => less.of(&node, &linear).placed(graph, &node),
            None if outputs.is_empty() => return Ok(()),
            None => (less.of_shape(&node), node.inputs.clone()),
        };
        let old = node.outputs[0];
        let value = graph.add_shared(&node.name, op, &operands)?[0];
        graph.value_mut(value).name = graph.value(old).name.clone();
        graph.replace(old, value);
        if !outputs.is_empty() {
            // It is not the tensor of the file any more.
            graph.value_mut(value).source = None;
            tell(graph, &node, outputs.len(), told);
        }
        now.insert(value, old);
        Ok(())
    }
}

fn tell(graph: &mut Graph, node: &Node, count: usize, told: &mut BTreeSet<String>) {
    if told.insert(format!("{} {count}", node.name)) {
        let plural = if count == 1 { "" } else { "s" };
        graph.remarks.push(Remark {
            layer: node.name.clone(),
            operator: node.op.name().into(),
            text: format!("loses {count} channel{plural} that never vary or that nobody reads"),
        });
    }
}
