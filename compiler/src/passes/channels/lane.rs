//! Lanes: values whose channels are the same ones, from where they were mixed to where they are mixed again.

use super::interval::Intervals;
use super::kind::{Kind, Linear, Sums, data, kind};
use crate::ir::{Graph, Node, ValueId};
use std::collections::BTreeSet;

/// Values that lose channels together or not at all.
pub(super) struct Lane<'a> {
    graph: &'a Graph,
    intervals: &'a Intervals<'a>,
    pub(super) values: Vec<ValueId>,
    /// Channels that nobody needs.
    pub(super) dead: BTreeSet<usize>,
}

impl<'a> Lane<'a> {
    /// The lane of a value that loses channels; `None` if every channel is needed.
    pub(super) fn of(
        graph: &'a Graph,
        intervals: &'a Intervals<'a>,
        value: ValueId,
    ) -> Option<Self> {
        let channels = *graph.ty(value).shape.last()?;
        let mut lane = Lane {
            graph,
            intervals,
            values: vec![value],
            dead: (0..channels).collect(),
        };
        let mut next = 0;
        while next < lane.values.len() {
            let value = lane.values[next];
            lane.follow_back(value)?;
            lane.follow(value)?;
            next += 1;
        }
        // A tensor has one channel at least.
        if lane.dead.len() == channels {
            lane.dead.pop_first();
        }
        (!lane.dead.is_empty()).then_some(lane)
    }

    fn join(&mut self, values: impl IntoIterator<Item = ValueId>) {
        for value in values {
            if !self.values.contains(&value) {
                self.values.push(value);
            }
        }
    }

    /// Whoever makes the value must be able to make less of it.
    fn follow_back(&mut self, value: ValueId) -> Option<()> {
        let node = self.graph.node(self.graph.producer(value)?);
        if node.outputs.len() > 1 {
            return None;
        }
        match kind(self.graph, node) {
            Kind::Mixing(linear) => self.join(linear.sums.residual()),
            Kind::Filter(linear) => self.join(data(node).into_iter().chain(linear.sums.residual())),
            Kind::Same(inputs) => self.join(inputs),
            Kind::Other => return None,
        }
        Some(())
    }

    /// Asks all users of a value.
    fn follow(&mut self, value: ValueId) -> Option<()> {
        if self.graph.is_output(value) {
            return None;
        }
        for &user in self.graph.users(value) {
            let node = self.graph.node(user);
            match kind(self.graph, node) {
                Kind::Mixing(linear) => {
                    let [reads, adds] =
                        [data(node), linear.sums.residual()].map(|v| v == Some(value));
                    if adds {
                        self.join(node.outputs.iter().copied());
                    }
                    if reads {
                        self.keep_what_varies(value, &linear)?;
                    }
                    (reads || adds).then_some(())?;
                }
                Kind::Filter(_) | Kind::Same(_) if node.outputs.len() == 1 => {
                    self.join([node.outputs[0]]);
                }
                _ => return None,
            }
            self.is_only_data(node, value)?;
        }
        Some(())
    }

    /// A value may be weights of one node and data of another.
    fn is_only_data(&self, node: &Node, value: ValueId) -> Option<()> {
        let weights = node.inputs.iter().skip(1).take(2);
        let linear = !matches!(kind(self.graph, node), Kind::Same(_));
        (!linear || weights.into_iter().all(|v| *v != Some(value))).then_some(())
    }

    /// A channel is dead for a convolution if it is constant, and so is what padding stands for, or if its
    /// weights are 0. Of floats only zeros can go: anything else would be added in another order.
    fn keep_what_varies(&mut self, value: ValueId, linear: &Linear<'_>) -> Option<()> {
        let intervals = self.intervals.get(value)?;
        let zero = f64::from(linear.sums.zero());
        let dead = |&i: &usize| {
            let (lo, hi) = intervals[i];
            let any = !linear.padded && matches!(linear.sums, Sums::Integers(_));
            lo == hi && (any || lo == zero) || linear.weights.ignore(i)
        };
        self.dead.retain(|i| dead(i));
        (!self.dead.is_empty()).then_some(())
    }
}
