//! The interpreter: runs a program with the very kernels that are emitted.
//!
//! It serves folding, calibration and tests. Each buffer has memory of its own, so that it does not
//! depend on a memory plan; an update starts from a copy.

use crate::diag::Diag;
use crate::program::{BufferId, Initial, Program, Step, Storage};
use crate::tensor::{AlignedBytes, Tensor};
use mlc_runtime_core::table::{Bytes, Operand, Role};
use std::collections::HashMap;
use std::ops::Range;

/// Runs a program on `inputs`.
pub fn run(program: &Program, inputs: &[Tensor]) -> Result<Vec<Tensor>, Diag> {
    run_observed(program, inputs, &mut |_, _| ())
}

/// Runs a program on `inputs` and shows every buffer as soon as a step has written it, to be looked at
/// or overwritten.
pub fn run_observed(
    program: &Program,
    inputs: &[Tensor],
    observe: &mut dyn FnMut(BufferId, &mut [u8]),
) -> Result<Vec<Tensor>, Diag> {
    Session::new(program).run_observed(inputs, observe)
}

/// Runs of a program, one after the other: what it keeps from one to the next is here.
pub struct Session<'a>(Memory<'a>);

impl<'a> Session<'a> {
    /// Before the first run.
    pub fn new(program: &'a Program) -> Self {
        Session(Memory::new(program))
    }

    /// Runs the program on `inputs`.
    pub fn run(&mut self, inputs: &[Tensor]) -> Result<Vec<Tensor>, Diag> {
        self.run_observed(inputs, &mut |_, _| ())
    }

    fn run_observed(
        &mut self,
        inputs: &[Tensor],
        observe: &mut dyn FnMut(BufferId, &mut [u8]),
    ) -> Result<Vec<Tensor>, Diag> {
        let memory = &mut self.0;
        let program = memory.program;
        for (port, tensor) in program.inputs.iter().zip(inputs) {
            memory
                .bytes_mut(port.buffer)
                .copy_from_slice(tensor.bytes());
        }
        for (i, step) in program.steps.iter().enumerate() {
            memory.execute(step).ok_or_else(|| misfit(step))?;
            for (operand, &id) in step.call.kernel.operands.iter().zip(&step.call.operands) {
                if matches!(operand.role, Role::Write | Role::Update) {
                    observe(id, memory.bytes_mut(id));
                }
            }
            memory.forget(i);
        }
        let output = |port: &crate::program::Port| {
            Tensor::from_bytes(port.ty.clone(), memory.bytes(port.buffer))
        };
        let outputs = program.outputs.iter().map(output).collect();
        memory.end();
        outputs
    }
}

fn misfit(step: &Step) -> Diag {
    let message = format!(
        "call of {} does not fit its operands",
        step.call.kernel.name
    );
    Diag::new("invalid-program", message).at_node(&step.layer, &step.operator)
}

/// Bytes that a step writes: the block that they are in, or a copy where another operand lies in it as well.
struct Taken {
    id: BufferId,
    block: AlignedBytes,
    range: Range<usize>,
    is_copy: bool,
}

impl Taken {
    fn bytes_mut(&mut self) -> &mut [u8] {
        self.block.get_mut(self.range.clone()).unwrap_or_default()
    }
}

/// The bytes of every buffer that is live.
struct Memory<'a> {
    program: &'a Program,
    blocks: HashMap<BufferId, AlignedBytes>,
    /// Buffers no longer used after each step.
    last_uses: Vec<Vec<BufferId>>,
}

impl<'a> Memory<'a> {
    fn new(program: &'a Program) -> Self {
        let mut last = HashMap::new();
        for (i, step) in program.steps.iter().enumerate() {
            for &id in &step.call.operands {
                last.insert(program.root(id).0, i);
                if let Storage::CopyOf(from) = program.buffer(program.root(id).0).storage {
                    last.insert(program.root(from).0, i);
                }
            }
        }
        for port in &program.outputs {
            last.remove(&program.root(port.buffer).0);
        }
        for (id, _) in program.states() {
            last.remove(&id);
        }
        let mut last_uses = vec![Vec::new(); program.steps.len()];
        last.into_iter().for_each(|(id, i)| last_uses[i].push(id));
        Memory {
            program,
            blocks: HashMap::new(),
            last_uses,
        }
    }

    fn forget(&mut self, step: usize) {
        for id in &self.last_uses[step] {
            self.blocks.remove(id);
        }
    }

    /// Forgets everything but what is kept from one run to the next.
    fn end(&mut self) {
        let program = self.program;
        self.blocks.retain(|&id, _| program.keeps(id));
    }

    /// Makes sure the buffer that `id` lies in has memory.
    fn allocate(&mut self, id: BufferId) {
        let root = self.program.root(id).0;
        let buffer = self.program.buffer(root);
        if self.blocks.contains_key(&root) || matches!(buffer.storage, Storage::Constant(_)) {
            return;
        }
        let block = match buffer.storage {
            Storage::CopyOf(from) => {
                self.allocate(from);
                AlignedBytes::from(self.bytes(from))
            }
            Storage::State {
                initial: Initial::Fill(fill),
            } => {
                let mut element = Vec::new();
                fill.write_le(&mut element);
                AlignedBytes::from(&*element.repeat(buffer.len()))
            }
            Storage::State {
                initial: Initial::Constant(from),
            } => AlignedBytes::from(self.bytes(from)),
            _ => AlignedBytes::zeros(buffer.bytes()),
        };
        self.blocks.insert(root, block);
    }

    fn bytes(&self, id: BufferId) -> &[u8] {
        let (root, offset) = self.program.root(id);
        let bytes = match &self.program.buffer(root).storage {
            Storage::Constant(tensor) => tensor.bytes(),
            _ => self.blocks.get(&root).map_or(&[][..], |b| b),
        };
        bytes
            .get(offset..offset + self.program.buffer(id).bytes())
            .unwrap_or(&[])
    }

    fn bytes_mut(&mut self, id: BufferId) -> &mut [u8] {
        self.allocate(id);
        let (root, offset) = self.program.root(id);
        let len = self.program.buffer(id).bytes();
        self.blocks
            .get_mut(&root)
            .map_or(&mut [][..], |b| &mut b[offset..offset + len])
    }

    /// Runs one step. `None` if the call does not fit its kernel, or writes bytes that another operand has.
    fn execute(&mut self, step: &Step) -> Option<()> {
        let call = &step.call;
        call.operands.iter().for_each(|&id| self.allocate(id));
        let operands = || call.kernel.operands.iter().zip(&call.operands);
        let written = || operands().filter(|(row, _)| row.role != Role::Read);
        let overlaps = |(row, &id): (&Operand, &BufferId)| {
            let mut others = operands().filter(|(other, _)| other.name != row.name);
            others.any(|(_, &other)| self.program.overlap(id, other))
        };
        if written().any(overlaps) || !call.operands.iter().all(|&id| self.has_memory(id)) {
            return None;
        }
        let exclusive = written().map(|(_, &id)| self.take(id, &call.operands));
        let mut exclusive: Vec<Taken> = exclusive.collect::<Option<_>>()?;
        let mut given = exclusive.iter_mut();
        let types = call
            .operands
            .iter()
            .map(|&id| self.program.buffer(id).element);
        let types: Vec<_> = types.collect();
        let mut bytes = Vec::new();
        for (row, &id) in operands() {
            bytes.push(match row.role {
                Role::Read => Bytes::Shared(self.bytes(id)),
                _ => Bytes::Exclusive(given.next()?.bytes_mut()),
            });
        }
        call.run(&types, bytes)?;
        exclusive
            .into_iter()
            .try_for_each(|taken| self.give_back(taken))
    }

    /// The bytes of one of the operands of a call for itself.
    fn take(&mut self, id: BufferId, operands: &[BufferId]) -> Option<Taken> {
        let (root, at) = self.program.root(id);
        let in_it = operands.iter().filter(|&&o| self.program.root(o).0 == root);
        let is_copy = in_it.count() > 1;
        let (block, at) = match is_copy {
            true => (AlignedBytes::from(self.bytes(id)), 0),
            false => (self.blocks.remove(&root)?, at),
        };
        Some(Taken {
            id,
            range: at..at + self.program.buffer(id).bytes(),
            block,
            is_copy,
        })
    }

    fn give_back(&mut self, taken: Taken) -> Option<()> {
        if !taken.is_copy {
            self.blocks
                .insert(self.program.root(taken.id).0, taken.block);
            return Some(());
        }
        let bytes = self.bytes_mut(taken.id);
        (bytes.len() == taken.block.len()).then(|| bytes.copy_from_slice(&taken.block))
    }

    /// Whether all bytes of a buffer are there.
    fn has_memory(&self, id: BufferId) -> bool {
        self.bytes(id).len() == self.program.buffer(id).bytes()
    }
}
