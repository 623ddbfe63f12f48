//! Traffic: how many bytes a run moves to and from each buffer, which says what deserves a fast memory.
//!
//! A step that reads or writes a buffer moves its bytes once; one that updates it, or has it as scratch, twice. A caller
//! moves inputs and outputs once. Constants are read once for each *position* of the output: for each element of all
//! its axes but the last one. So weights of a convolution, which come by again for each pixel, are hotter than those of a
//! dense layer. The *density* is the traffic for each byte that is taken.

use crate::program::{BufferId, Program, Step};
use mlc_runtime_core::table::Role;
use std::collections::BTreeMap;

/// Bytes that one run moves, by buffer: those that lie in an arena and are no views, and constants.
#[derive(Clone, Debug, Default)]
pub struct Traffic(BTreeMap<BufferId, u64>);

impl Traffic {
    /// The traffic of a program.
    pub fn of(program: &Program) -> Self {
        let mut traffic = Traffic::default();
        for port in program.inputs.iter().chain(&program.outputs) {
            traffic.add(program, port.buffer, 1);
        }
        for step in &program.steps {
            let positions = positions(program, step);
            for (row, &id) in step.call.kernel.operands.iter().zip(&step.call.operands) {
                let times = match row.role {
                    Role::Read if program.constant(id).is_some() => positions,
                    Role::Read | Role::Write => 1,
                    Role::Update | Role::Scratch => 2,
                };
                traffic.add(program, id, times);
            }
        }
        traffic
    }

    fn add(&mut self, program: &Program, id: BufferId, times: usize) {
        let bytes = program.buffer(id).bytes() as u64;
        let moved = self.0.entry(program.root(id).0).or_default();
        *moved = moved.saturating_add(bytes.saturating_mul(times as u64));
    }

    /// Sets what a run moves to and from a buffer.
    #[cfg(test)]
    pub(super) fn set(&mut self, id: BufferId, bytes: u64) {
        self.0.insert(id, bytes);
    }

    /// Bytes that a run moves to and from a buffer.
    pub fn bytes(&self, id: BufferId) -> u64 {
        self.0.get(&id).copied().unwrap_or(0)
    }
}

/// Elements of what a step writes, but for its last axis.
fn positions(program: &Program, step: &Step) -> usize {
    let operands = step.call.kernel.operands.iter().zip(&step.call.operands);
    let mut written = operands.filter(|(row, _)| matches!(row.role, Role::Write | Role::Update));
    let shape = written
        .next()
        .map(|(_, &id)| &program.buffer(id).ty.shape[..]);
    let axes = shape.and_then(|shape| shape.split_last());
    axes.map_or(1, |(_, axes)| axes.iter().product())
}
