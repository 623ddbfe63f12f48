//! The plan of a network, as its certificate states it.

use super::{
    Buffer, Certificate, FORMAT, Holds, Layer, Listed, Operand, Read, Region, Segment, Step, Tensor,
};
use mlc_compiler::Compiled;
use mlc_compiler::diag::{Diag, Diags};
use mlc_compiler::memory::{Arena, Block, HotWeight};
use mlc_compiler::program::{self, BufferId, Program, Storage};
use mlc_runtime_core::stream as rows;
use mlc_runtime_core::table::Role;
use std::collections::BTreeMap;

impl Certificate {
    /// The plan of a network, once its own check holds: what cannot be proved is not written.
    pub fn proved(compiled: &Compiled, network: &str) -> Result<Self, Diag> {
        let certificate = Certificate::of(compiled, network);
        match certificate.check() {
            Ok(_) => Ok(certificate),
            Err(Diags(problems)) => Err(defect(network, problems)),
        }
    }

    /// The plan of a network.
    pub fn of(compiled: &Compiled, network: &str) -> Self {
        let (program, plan) = (&compiled.program, &compiled.plan);
        let about = About::new(compiled);
        let ports = |ports: &[program::Port]| -> Vec<_> {
            let operands = ports.iter().filter_map(|port| about.operand(port.buffer));
            operands.collect()
        };
        let buffers = plan
            .blocks
            .iter()
            .map(|(&id, block)| about.buffer(id, block));
        let copies = plan.hot.iter().map(|hot| about.copy(hot));
        Certificate {
            format: FORMAT,
            network: network.into(),
            proved: plan.proved,
            build: String::new(),
            files: Listed::new(),
            regions: plan.arenas.iter().map(Region::of).collect(),
            buffers: buffers.chain(copies).collect(),
            inputs: ports(&program.inputs),
            steps: program.steps.iter().map(|step| about.step(step)).collect(),
            outputs: ports(&program.outputs),
            segments: program.segments.iter().map(|s| about.segment(s)).collect(),
        }
    }
}

/// A plan of ours that does not hold.
fn defect(network: &str, problems: Vec<Diag>) -> Diag {
    let message = format!("the memory plan of `{network}` cannot be proved, so nothing is written");
    let diag = Diag::new("unproved-plan", message);
    let diag = problems
        .into_iter()
        .fold(diag, |diag, problem| diag.note(problem.message));
    diag.note("this is a defect of mlc: please report it with the model")
}

/// A network, and the numbers of its buffers in the certificate.
struct About<'a> {
    compiled: &'a Compiled,
    numbers: BTreeMap<BufferId, usize>,
}

impl<'a> About<'a> {
    fn new(compiled: &'a Compiled) -> Self {
        let plan = &compiled.plan;
        let mut numbers: BTreeMap<_, _> = plan.blocks.keys().copied().zip(0..).collect();
        for (number, hot) in (plan.blocks.len()..).zip(&plan.hot) {
            numbers.extend(hot.constants.iter().map(|&id| (id, number)));
        }
        About { compiled, numbers }
    }

    fn program(&self) -> &'a Program {
        &self.compiled.program
    }

    fn region(&self, arena: usize) -> String {
        self.compiled.plan.arenas[arena].name.clone()
    }

    fn buffer(&self, id: BufferId, block: &Block) -> Buffer {
        Buffer {
            name: self.program().buffer(id).name.clone(),
            region: self.region(block.arena),
            offset: block.offset,
            bytes: block.size,
            align: block.align,
            first: block.lifetime.first,
            last: block.lifetime.last,
            holds: match self.program().keeps(id) {
                true => Holds::State,
                false => Holds::Tensor,
            },
        }
    }

    /// Weights that lie in an arena from the beginning to the end.
    fn copy(&self, hot: &HotWeight) -> Buffer {
        let sizes = hot
            .constants
            .iter()
            .map(|&id| self.program().buffer(id).element.size());
        Buffer {
            name: self.program().buffer(hot.constants[0]).name.clone(),
            region: self.region(hot.arena),
            offset: hot.offset,
            bytes: hot.bytes,
            align: sizes.max().unwrap_or(1),
            first: 0,
            last: self.program().steps.len() + 1,
            holds: Holds::Weights,
        }
    }

    /// What is used of the buffer that has a buffer's bytes; `None` of constants that lie in no arena, and of nothing.
    fn operand(&self, id: BufferId) -> Option<Operand> {
        let (root, at) = self.program().root(id);
        let used = self.program().buffer(id);
        Some(Operand {
            buffer: *self.numbers.get(&root)?,
            at,
            bytes: used.bytes(),
            align: used.element.size(),
        })
        .filter(|operand| operand.bytes > 0)
    }

    fn step(&self, step: &program::Step) -> Step {
        let mut stated = Step {
            name: step.layer.clone(),
            reads: Vec::new(),
            updates: Vec::new(),
            writes: Vec::new(),
        };
        let operands = step.call.kernel.operands.iter().zip(&step.call.operands);
        for (row, &id) in operands {
            let operand = self.operand(id);
            match (row.role, &self.program().buffer(id).storage) {
                (Role::Read, _) => stated.reads.extend(operand),
                // Row by row, it starts with the rows of another one.
                (Role::Update, &Storage::CopyOf(from)) => {
                    stated.reads.extend(self.operand(from));
                    stated.writes.extend(operand);
                }
                (Role::Update, _) => stated.updates.extend(operand),
                _ => stated.writes.extend(operand),
            }
        }
        stated
    }

    fn segment(&self, segment: &program::Segment) -> Segment {
        let number = |id| self.numbers.get(&id).copied().unwrap_or(usize::MAX);
        let tensor = |e: &program::Edge| Tensor {
            buffer: number(e.buffer),
            rows: e.rows,
            row_bytes: e.row,
            window: e.window,
            computed: e.computed,
            kept: e.kept,
        };
        Segment {
            first: segment.steps.start + 1,
            last: segment.steps.end,
            fed: segment.fed,
            tensors: segment.edges.iter().map(tensor).collect(),
            layers: segment.layers.iter().map(Layer::of).collect(),
        }
    }
}

impl Region {
    fn of(arena: &Arena) -> Self {
        Region {
            name: arena.name.clone(),
            bytes: arena.bytes,
            budget: arena.budget,
            lower_bound: arena.lower_bound,
        }
    }
}

impl Layer {
    fn of(layer: &program::Layer) -> Self {
        let read = |source: &rows::Source| Read {
            tensor: source.edge,
            extent: source.extent,
            stride: source.stride,
            pad: source.pad,
        };
        Layer {
            reads: layer.reads.iter().map(read).collect(),
            writes: layer.writes,
        }
    }
}
