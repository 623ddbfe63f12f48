//! The graph of one step.

use super::follow::{Flow, Flows, Timed, behind, refusal};
use crate::diag::Diag;
use crate::ir::{Graph, Node, Span, TimeRule, ValueId};
use crate::ops::layout::slice::{Part, Slice};
use crate::ops::sequence::latest::Latest;
use crate::ops::support::along::element;
use mlc_runtime_core::scalar::Scalar;
use std::collections::HashMap;

/// The graph of one step of a network whose values move like that.
///
/// It is written twice: the first time shows which windows over one value are wanted, so that the largest can
/// serve all.
pub(super) fn rewrite(graph: &Graph, flows: &Flows) -> Result<Graph, Diag> {
    let alone = Step::write(graph, flows, HashMap::new())?;
    let together = Step::write(graph, flows, alone.wanted)?;
    Ok(together.to.compact())
}

/// A window over the latest positions of a value.
#[derive(Clone, Copy)]
struct Window {
    /// Its positions.
    rows: usize,
    /// What it has to be filled with at first, if anybody sees that.
    fill: Option<Scalar>,
}

/// The window of which all of these are the latest part, if they can be filled alike.
fn joined(windows: &[Window]) -> Option<Window> {
    let rows = windows.iter().map(|w| w.rows).max()?;
    let fill = windows.iter().find_map(|w| w.fill);
    let alike = windows.iter().all(|w| w.fill.is_none() || w.fill == fill);
    alike.then_some(Window { rows, fill })
}

/// A graph in the making; it begins as a copy of the original, in which constants keep their names.
struct Step<'a> {
    from: &'a Graph,
    flows: &'a Flows,
    to: Graph,
    /// What became of values.
    values: HashMap<ValueId, ValueId>,
    /// Windows over values of the original that were asked for.
    wanted: HashMap<ValueId, Vec<Window>>,
    /// Windows that others are parts of.
    shared: HashMap<ValueId, Window>,
}

impl<'a> Step<'a> {
    /// Writes the graph; `known` are windows that will be asked for.
    fn write(
        graph: &'a Graph,
        flows: &'a Flows,
        known: HashMap<ValueId, Vec<Window>>,
    ) -> Result<Self, Diag> {
        let mut step = Step {
            from: graph,
            flows,
            to: graph.clone(),
            values: HashMap::new(),
            wanted: HashMap::new(),
            shared: known
                .into_iter()
                .filter_map(|(v, all)| Some((v, joined(&all)?)))
                .collect(),
        };
        step.input();
        for id in graph.order() {
            let node = graph.node(id);
            step.node(node)
                .map_err(|d| d.at_node(&node.name, node.op.name()))?;
        }
        for (i, (_, value)) in graph.outputs().iter().enumerate() {
            let new = step.output(*value)?;
            step.to.set_output(i, new);
        }
        Ok(step)
    }

    fn value(&self, value: ValueId) -> ValueId {
        self.values.get(&value).copied().unwrap_or(value)
    }

    fn input(&mut self) {
        let input = self.from.inputs[0];
        let stepping = &self.flows.stepping;
        let mut ty = self.from.ty(input).clone();
        ty.shape[stepping.axis] = stepping.hop;
        let new = self.to.retype_input(0, ty);
        self.values.insert(input, new);
    }

    fn node(&mut self, node: &Node) -> Result<(), Diag> {
        let moving = self.flows.moving(node);
        if self.flows.reads_whole(node) {
            return self.unchanged(node);
        }
        let (Some(&x), Flow::Timed(y)) = (moving.first(), self.flows.of(node.outputs[0])) else {
            return self.unchanged(node);
        };
        let rows = self.flows.rows(y);
        let (op, inputs) = match self.flows.ask(self.from, node, rows).map_err(refusal)? {
            TimeRule::Position { op, .. } => (op, self.aligned(node, 0, y)?),
            TimeRule::Past { op, .. } => (op, self.inputs(node)),
            TimeRule::Window { op, span, .. } => {
                let mut inputs = self.aligned(node, 1, y)?;
                inputs[0] = Some(self.windows(node, x, y, &span)?);
                (op, inputs)
            }
            TimeRule::Everything => return self.unchanged(node),
        };
        let outputs = self.to.add_shared(&node.name, op, &inputs)?;
        self.name(node, outputs);
        Ok(())
    }

    /// The new positions of an output, or of those that wait for other outputs.
    fn output(&mut self, value: ValueId) -> Result<ValueId, Diag> {
        let Flow::Timed(x) = self.flows.of(value) else {
            return Ok(self.value(value));
        };
        let name = self.from.value(value).name.clone();
        let (new, wait) = (self.flows.rows(x), self.flows.wait(x)?);
        let latest = self.latest(&name, value, x, new + wait, None)?;
        self.oldest(&name, latest, x.axis, new)
    }

    /// A node after the end of time: what it reads of values that have time are the latest positions.
    fn unchanged(&mut self, node: &Node) -> Result<(), Diag> {
        let mut inputs = self.inputs(node);
        for (new, old) in inputs.iter_mut().zip(&node.inputs) {
            if let Some(old) = *old
                && let Flow::Timed(x) = self.flows.of(old)
            {
                let rows = x.len + self.flows.wait(x)?;
                let latest = self.latest(&node.name, old, x, rows, None)?;
                *new = Some(self.oldest(&node.name, latest, x.axis, x.len)?);
            }
        }
        if inputs != node.inputs {
            let outputs = self.to.add_shared(&node.name, node.op.clone(), &inputs)?;
            self.name(node, outputs);
        }
        Ok(())
    }

    fn inputs(&self, node: &Node) -> Vec<Option<ValueId>> {
        node.inputs
            .iter()
            .map(|v| v.map(|v| self.value(v)))
            .collect()
    }

    /// The inputs, those from `skip` on waiting for others so that positions belong together.
    fn aligned(
        &mut self,
        node: &Node,
        skip: usize,
        y: Timed,
    ) -> Result<Vec<Option<ValueId>>, Diag> {
        let mut inputs = self.inputs(node);
        for (new, old) in inputs.iter_mut().zip(&node.inputs).skip(skip) {
            if let Some(old) = *old
                && let Flow::Timed(x) = self.flows.of(old)
            {
                let rows = self.flows.rows(y);
                let wait = usize::try_from(y.delay - x.delay).unwrap_or(0);
                let latest = self.latest(&node.name, old, x, rows + wait, None)?;
                *new = Some(self.oldest(&node.name, latest, x.axis, rows)?);
            }
        }
        Ok(inputs)
    }

    /// What the windows of a step cover of the first input.
    fn windows(&mut self, node: &Node, x: Timed, y: Timed, span: &Span) -> Result<ValueId, Diag> {
        let input = node
            .input(0)
            .ok_or_else(|| refusal("an input is absent".into()))?;
        let covered = (self.flows.rows(y) - 1) * span.stride + span.extent;
        let unused = y.delay * span.stride as isize - behind(x, span);
        let rows = covered + usize::try_from(unused).unwrap_or(0);
        let fill = span.fill.filter(|_| span.before > 0);
        let latest = self.latest(&node.name, input, x, rows, fill)?;
        self.oldest(&node.name, latest, x.axis, covered)
    }

    /// The latest `rows` positions of a value, of which there are some new ones in each step.
    fn latest(
        &mut self,
        name: &str,
        old: ValueId,
        x: Timed,
        rows: usize,
        fill: Option<Scalar>,
    ) -> Result<ValueId, Diag> {
        let (value, new) = (self.value(old), self.flows.rows(x));
        if rows == new {
            return Ok(value);
        }
        if rows < new {
            return self.part(name, value, x.axis, new - rows, rows);
        }
        let own = Window { rows, fill };
        self.wanted.entry(old).or_default().push(own);
        let window = self.shared.get(&old).copied().unwrap_or(own);
        // What fills a window that is not padded is never seen.
        let zero = element(self.to.ty(value).dtype, 0.0);
        let fill = window.fill.or(zero);
        let fill = fill.ok_or_else(|| refusal("its elements have no type of a kernel".into()))?;
        let (axis, all) = (x.axis, window.rows);
        let op = Latest {
            axis,
            rows: all,
            fill,
        };
        let latest = self.to.add(name, op, &[Some(value)])?[0];
        match all == rows {
            true => Ok(latest),
            false => self.part(name, latest, axis, all - rows, rows),
        }
    }

    /// The first `rows` positions of a value.
    fn oldest(
        &mut self,
        name: &str,
        value: ValueId,
        axis: usize,
        rows: usize,
    ) -> Result<ValueId, Diag> {
        match self.to.ty(value).shape[axis] == rows {
            true => Ok(value),
            false => self.part(name, value, axis, 0, rows),
        }
    }

    fn part(
        &mut self,
        name: &str,
        value: ValueId,
        axis: usize,
        begin: usize,
        len: usize,
    ) -> Result<ValueId, Diag> {
        let mut parts: Vec<_> = self
            .to
            .ty(value)
            .shape
            .iter()
            .map(|&dim| Part::all(dim))
            .collect();
        let step = 1;
        parts[axis] = Part { begin, len, step };
        Ok(self.to.add(name, Slice(parts), &[Some(value)])?[0])
    }

    /// Gives what became of a node's outputs their names.
    fn name(&mut self, node: &Node, outputs: Vec<ValueId>) {
        for (&old, new) in node.outputs.iter().zip(outputs) {
            self.to
                .value_mut(new)
                .name
                .clone_from(&self.from.value(old).name);
            self.values.insert(old, new);
        }
    }
}
