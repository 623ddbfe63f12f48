//! Which values are certainly finite, and between which bounds their elements lie.
//!
//! The greatest of several numbers is NaN where one of them is, but what NaN is quantised to is the least integer: so the
//! greatest may be taken of integers only where no NaN can be. Integers stand for finite numbers, and what is computed
//! of bounded numbers is bounded; a bound for whole tensors is all that is asked for.

use super::channels::interval::{Interval, activated, finite, hull, image, of_type};
use crate::ir::{Graph, Node, ValueId};
use std::collections::HashMap;

/// What lies between known bounds.
pub(super) struct Finite(HashMap<ValueId, Interval>);

impl Finite {
    /// What is known of the values of a graph.
    pub(super) fn of(graph: &Graph) -> Self {
        let mut known = Finite(HashMap::new());
        for (&input, range) in graph.inputs.iter().zip(&graph.edges.ranges) {
            let bounds = range.as_ref().map(|range| (range.least, range.most));
            known.0.extend(bounds.map(|bounds| (input, bounds)));
        }
        for id in graph.order() {
            let node = graph.node(id);
            if let (&[y], Some(bounds)) = (&node.outputs[..], known.through(graph, node)) {
                known.0.insert(y, bounds);
            }
        }
        known
    }

    /// Whether no element can be infinite or NaN.
    pub(super) fn knows(&self, graph: &Graph, value: ValueId) -> bool {
        self.bounds(graph, value).is_some()
    }

    fn bounds(&self, graph: &Graph, value: ValueId) -> Option<Interval> {
        let known = self.0.get(&value).copied();
        known.or_else(|| match graph.constant(value) {
            Some(tensor) => {
                let elements: Vec<f64> = tensor.to_vec()?;
                elements
                    .into_iter()
                    .map(|x| finite((x, x)))
                    .try_fold(None, |all, x| Some(hull_of(all, x?)))?
            }
            None => of_type(graph.ty(value).dtype),
        })
    }

    fn through(&self, graph: &Graph, node: &Node) -> Option<Interval> {
        let bounds = |value: &Option<ValueId>| self.bounds(graph, (*value)?);
        if let Some(activation) = node.op.activation() {
            return Some(activated(activation, self.sums(graph, node)?));
        }
        if let Some(function) = node.op.scalar_function() {
            let operands: Vec<_> = node.inputs.iter().map(bounds).collect::<Option<_>>()?;
            return image(&function, &operands);
        }
        let data = node.op.moves(node.inputs.len())?;
        let sources = node.inputs.iter().zip(data).filter(|(_, data)| *data);
        sources
            .map(|(value, _)| bounds(value))
            .try_fold(None, |all, x| Some(hull_of(all, x?)))?
    }

    /// Of sums of products of the first two operands, to which the others are added. No sum has more terms than there
    /// are weights, and twice what they come to leaves room for rounding.
    fn sums(&self, graph: &Graph, node: &Node) -> Option<Interval> {
        let most = |i| match node.input(i) {
            Some(value) => self
                .bounds(graph, value)
                .map(|(lo, hi)| f64::max(-lo, hi).max(0.0)),
            None => Some(0.0),
        };
        let terms = graph.ty(node.input(1)?).len() as f64;
        let most = 2.0 * (most(0)? * most(1)? * terms + most(2)? + most(3)?);
        finite((-most, most))
    }
}

fn hull_of(all: Option<Interval>, x: Interval) -> Option<Interval> {
    Some(all.map_or(x, |all| hull(all, x)))
}
