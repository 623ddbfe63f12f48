//! What is done and what is in use on the way through an order of steps.

use super::model::Model;
use std::collections::BTreeSet;

/// Some steps done, the others to come.
#[derive(Clone)]
pub(super) struct State<'a> {
    model: &'a Model,
    /// Steps that may come next.
    ready: BTreeSet<usize>,
    /// For each step, how many must still come before it; for each block, how many are still to use it.
    waits: Vec<usize>,
    left: Vec<usize>,
    /// Bytes in use between steps.
    bytes: usize,
}

/// What a step would cost now, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cost {
    /// In use while it runs.
    pub(super) running: usize,
    /// In use afterwards.
    pub(super) after: usize,
}

impl<'a> State<'a> {
    /// Nothing done.
    pub(super) fn new(model: &'a Model) -> Self {
        let waits: Vec<usize> = model.tasks.iter().map(|t| t.before.len()).collect();
        let ready = (0..waits.len()).filter(|&step| waits[step] == 0);
        let given = model
            .blocks
            .iter()
            .filter(|b| b.given && (b.uses > 0 || b.kept));
        State {
            model,
            ready: ready.collect(),
            waits,
            left: model.blocks.iter().map(|b| b.uses).collect(),
            bytes: given.map(|b| b.bytes).sum(),
        }
    }

    /// So many of the first steps done, in the given order.
    pub(super) fn after(model: &'a Model, steps: usize) -> Self {
        let mut state = State::new(model);
        (0..steps).for_each(|step| _ = state.run(step));
        state
    }

    /// Steps that may come next, in the order in which they were given.
    pub(super) fn ready(&self) -> impl ExactSizeIterator<Item = usize> {
        self.ready.iter().copied()
    }

    /// Bytes in use between steps.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// What a step that is ready would cost.
    pub(super) fn cost(&self, step: usize) -> Cost {
        let (mut running, mut freed) = (self.bytes, 0);
        let task = &self.model.tasks[step];
        for &number in &task.blocks {
            let block = &self.model.blocks[number];
            if self.left[number] == block.uses && !block.given {
                running += block.bytes;
            }
            if self.dies(number) {
                freed += block.bytes;
            }
        }
        let after = running - freed;
        let over = task.over.iter().filter(|(number, _)| self.dies(*number));
        let saved = over.map(|(_, bytes)| *bytes).next().unwrap_or(0);
        Cost {
            running: running - saved,
            after,
        }
    }

    /// Whether the next step to use a block is the last one.
    fn dies(&self, block: usize) -> bool {
        self.left[block] == 1 && !self.model.blocks[block].kept
    }

    /// Does a step that is ready; returns what it cost.
    pub(super) fn run(&mut self, step: usize) -> Cost {
        let cost = self.cost(step);
        let task = &self.model.tasks[step];
        task.blocks.iter().for_each(|&block| self.left[block] -= 1);
        self.ready.remove(&step);
        for &next in &task.after {
            self.waits[next] -= 1;
            if self.waits[next] == 0 {
                self.ready.insert(next);
            }
        }
        self.bytes = cost.after;
        cost
    }

    /// Undoes the last step, before which so many bytes were in use.
    pub(super) fn undo(&mut self, step: usize, bytes: usize) {
        let task = &self.model.tasks[step];
        task.blocks.iter().for_each(|&block| self.left[block] += 1);
        for &next in &task.after {
            if self.waits[next] == 0 {
                self.ready.remove(&next);
            }
            self.waits[next] += 1;
        }
        self.ready.insert(step);
        self.bytes = bytes;
    }

    /// The steps to try next if no more than `limit` bytes may be in use. One that leaves no more in use than there was
    /// is all that needs to be tried: whatever would come before it can as well come after it.
    pub(super) fn choices(&self, limit: usize) -> Vec<usize> {
        let mut choices = Vec::new();
        for step in self.ready() {
            let cost = self.cost(step);
            if cost.running <= limit && cost.after <= self.bytes {
                return vec![step];
            }
            if cost.running <= limit {
                choices.push(step);
            }
        }
        choices
    }
}
