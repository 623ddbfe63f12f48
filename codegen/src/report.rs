//! What a compiled network is made of and costs, as data: layers, bytes, and who needs which memory when.

mod estimate;
mod flow;
mod map;
mod port;

use crate::cost::Cycles;
pub use estimate::Estimate;
pub use map::{Map, Patch, Span};
use mlc_compiler::Compiled;
use mlc_compiler::ir::Remark;
use mlc_compiler::memory::{Lifetime, MemoryPlan, Traffic};
use mlc_compiler::program::{BufferId, Program, Step, Stepping};
use mlc_compiler::target::TargetRef;
use mlc_runtime_core::table::Role;
pub use port::{Port, listed};
use serde::Serialize;

/// A whole network.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Its name.
    pub name: String,
    /// The machine that it is for.
    pub target: TargetRef,
    /// Bytes of working memory.
    pub arena_bytes: usize,
    /// The most bytes that are needed at one moment: no plan for this order of steps takes fewer.
    pub live_bytes: usize,
    /// Bytes of working memory that the order of steps saves over the order of the graph.
    pub order_saves: usize,
    /// The working memory, by region.
    pub arenas: Vec<Arena>,
    /// Bytes of weights.
    pub weight_bytes: usize,
    /// Multiply-accumulates of one run.
    pub macs: u64,
    /// The cycles that a run is estimated to take.
    pub cycles: Estimate,
    /// How it takes time, if it takes it slice by slice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stepping: Option<Stepping>,
    /// Bytes of working memory that are kept from one run to the next.
    pub state_bytes: usize,
    /// What it takes.
    pub inputs: Vec<Port>,
    /// What it gives.
    pub outputs: Vec<Port>,
    /// The steps, in order.
    pub layers: Vec<Layer>,
    /// Every block of the arenas, copies of weights included.
    pub blocks: Vec<Block>,
    /// Which of their bytes are in use when.
    pub map: Map,
    /// What people should know about layers: why some of a quantised network compute in floating point.
    pub remarks: Vec<Remark>,
}

/// One step.
#[derive(Clone, Debug, Serialize)]
pub struct Layer {
    /// The layer's name.
    pub name: String,
    /// The operator it came from.
    pub operator: String,
    /// The kernel that is called.
    pub kernel: &'static str,
    /// Why none of the kernel's forms for the target does its work, if there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_form: Option<String>,
    /// Types of what it reads from the arena.
    pub reads: Vec<String>,
    /// Types of what it writes.
    pub writes: Vec<String>,
    /// The steps, from 1, whose results it reads; 0 is whoever gives the inputs.
    pub after: Vec<usize>,
    /// Multiply-accumulates.
    pub macs: u64,
    /// Estimated cycles, if its kernel has rates for the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cycles: Option<u64>,
    /// Bytes of the constants that it reads.
    pub weight_bytes: usize,
    /// Bytes of the arena that are in use while it runs, at most.
    pub arena_bytes: usize,
}

/// The working memory in one region.
#[derive(Clone, Debug, Serialize)]
pub struct Arena {
    /// Its name.
    pub name: String,
    /// Bytes that it takes; if there are none, the network does not ask for it.
    pub bytes: usize,
    /// Bytes that it may take, if there is a limit.
    pub budget: Option<usize>,
    /// Bytes of copies of weights in it.
    pub weight_bytes: usize,
}

/// A block of an arena while something lies in it.
#[derive(Clone, Debug, Serialize)]
pub struct Block {
    /// What lies in it.
    pub name: String,
    /// Which of the arenas.
    pub arena: usize,
    /// Bytes from the start of the arena.
    pub offset: usize,
    /// Bytes.
    pub size: usize,
    /// Whether it is kept from one run to the next.
    pub persistent: bool,
    /// Bytes that one run moves to and from it.
    pub traffic: u64,
    /// From when to when: 0 is before the first step, `i` is step `i`, counted from 1.
    #[serde(flatten)]
    pub lifetime: Lifetime,
}

impl Report {
    /// The report on a network.
    pub fn of(compiled: &Compiled, name: &str) -> Self {
        let (program, plan) = (&compiled.program, &compiled.plan);
        let map = Map::of(program, plan);
        let live_bytes = match plan.borrowed {
            true => map.peak(),
            false => plan.lower_bound,
        };
        let steps = program.steps.iter().enumerate();
        let cycles = Cycles::of(compiled);
        let mut sources = flow::sources(program);
        let of_step = |i: usize| cycles.as_ref().ok().and_then(|cycles| cycles.steps[i]);
        Report {
            name: name.into(),
            target: compiled.target,
            arena_bytes: plan.arena_bytes,
            live_bytes,
            order_saves: program.order_saves,
            arenas: (0..plan.arenas.len())
                .map(|number| Arena::of(plan, number))
                .collect(),
            weight_bytes: plan.weights.bytes.len(),
            macs: program.macs(),
            cycles: Estimate::of(&cycles),
            stepping: program.stepping.clone(),
            state_bytes: program
                .states()
                .map(|(id, _)| program.buffer(id).bytes())
                .sum(),
            inputs: program.inputs.iter().map(Port::of).collect(),
            outputs: program.outputs.iter().map(Port::of).collect(),
            layers: steps
                .map(|(i, step)| Layer {
                    cycles: of_step(i),
                    after: std::mem::take(&mut sources[i]),
                    ..Layer::of(compiled, step, map.most_bytes(i + 1))
                })
                .collect(),
            blocks: Block::all(program, plan),
            map,
            remarks: compiled.graph.remarks.clone(),
        }
    }
}

impl Report {
    /// Why kernels that have forms for the target are called as they are: each reason, and the numbers of its steps.
    pub fn without_form(&self) -> Vec<(&str, Vec<usize>)> {
        let mut reasons: Vec<(&str, Vec<usize>)> = Vec::new();
        for (i, layer) in self.layers.iter().enumerate() {
            let Some(why) = layer.no_form.as_deref() else {
                continue;
            };
            match reasons.iter_mut().find(|(known, _)| *known == why) {
                Some((_, steps)) => steps.push(i + 1),
                None => reasons.push((why, vec![i + 1])),
            }
        }
        reasons
    }
}

impl Block {
    /// Every block, and after them every copy of weights.
    fn all(program: &Program, plan: &MemoryPlan) -> Vec<Block> {
        let traffic = Traffic::of(program);
        let buffers = plan.blocks.iter().map(|(&id, block)| Block {
            name: program.buffer(id).name.clone(),
            arena: block.arena,
            offset: block.offset,
            size: block.size,
            traffic: traffic.bytes(id),
            persistent: program.keeps(id),
            lifetime: block.lifetime,
        });
        let copies = plan.hot.iter().map(|hot| Block {
            name: program.buffer(hot.constants[0]).name.clone(),
            arena: hot.arena,
            offset: hot.offset,
            size: hot.bytes,
            traffic: hot.constants.iter().map(|&id| traffic.bytes(id)).sum(),
            persistent: false,
            lifetime: Lifetime {
                first: 0,
                last: program.steps.len() + 1,
            },
        });
        buffers.chain(copies).collect()
    }
}

impl Arena {
    fn of(plan: &MemoryPlan, number: usize) -> Self {
        let arena = &plan.arenas[number];
        let hot = plan.hot.iter().filter(|hot| hot.arena == number);
        Arena {
            name: arena.name.clone(),
            bytes: arena.bytes,
            budget: arena.budget,
            weight_bytes: hot.map(|hot| hot.bytes).sum(),
        }
    }
}

impl Layer {
    fn of(compiled: &Compiled, step: &Step, arena_bytes: usize) -> Self {
        let program = &compiled.program;
        let operands: Vec<(Role, BufferId)> = step
            .call
            .kernel
            .operands
            .iter()
            .map(|row| row.role)
            .zip(step.call.operands.iter().copied())
            .filter(|(_, id)| !program.buffer(*id).is_empty())
            .collect();
        let is_constant = |id: BufferId| program.constant(id).is_some();
        let types = |wanted: &[Role]| {
            let shown = operands
                .iter()
                .filter(|(role, id)| wanted.contains(role) && !is_constant(*id));
            shown
                .map(|(_, id)| program.buffer(*id).ty.to_string())
                .collect()
        };
        let constants = operands.iter().filter(|(_, id)| is_constant(*id));
        Layer {
            name: step.layer.clone(),
            operator: step.operator.clone(),
            kernel: step.call.kernel.name,
            no_form: step.unpacked.clone(),
            reads: types(&[Role::Read]),
            writes: types(&[Role::Write, Role::Update]),
            after: Vec::new(),
            macs: step.macs,
            cycles: None,
            weight_bytes: constants.map(|(_, id)| program.buffer(*id).bytes()).sum(),
            arena_bytes,
        }
    }
}
