//! What steps cost in bytes, in any order: the model by which orders are compared.
//!
//! Buffers of one root, and those that copies will let come to be in one, are a block. Blocks are in use from the first
//! step that touches them to the last. A step may put its output over an operand that nobody needs any more. It is a
//! model: in-place updates and copies are decided for an order as a whole afterwards, by [`schedule`](super::super).

use super::depends::{Dependencies, dependencies};
use crate::program::{BufferId, Program, Storage};
use crate::schedule::join::copied;
use crate::schedule::{may_overwrite, operands_within};
use mlc_runtime_core::table::Role;
use petgraph::Direction::{Incoming, Outgoing};
use petgraph::graph::NodeIndex;
use std::collections::{BTreeMap, BTreeSet};

/// A program as blocks and who uses them.
pub(super) struct Model {
    pub(super) graph: Dependencies,
    pub(super) blocks: Vec<Block>,
    pub(super) tasks: Vec<Task>,
}

/// Bytes that are in use together.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    pub(super) bytes: usize,
    /// How many steps use it.
    pub(super) uses: usize,
    /// Whether it is in use from the start: an input.
    pub(super) given: bool,
    /// Whether it is in use to the end: an output.
    pub(super) kept: bool,
}

/// A step.
#[derive(Clone, Debug, Default)]
pub(super) struct Task {
    /// The blocks that it uses.
    pub(super) blocks: BTreeSet<usize>,
    /// Blocks whose bytes its output may take over where it is the last to use them, and how many bytes that saves.
    pub(super) over: Vec<(usize, usize)>,
    /// The steps that must come before it, and those that must come after it.
    pub(super) before: Vec<usize>,
    pub(super) after: Vec<usize>,
}

impl Model {
    /// The model of a program whose updates are not decided; with `join`, copies go where they can.
    pub(super) fn of(program: &Program, join: bool) -> Model {
        let uses = Uses::of(program);
        let mut names = Names((0..program.buffers.len()).collect());
        if join {
            uses.join(program, &mut names);
        }
        let mut model = Model {
            graph: dependencies(program),
            blocks: Vec::new(),
            tasks: vec![Task::default(); program.steps.len()],
        };
        let numbers = model.add_blocks(program, &uses, &names);
        model.add_tasks(program, &uses, |id| numbers.get(&names.of(id)).copied());
        model
    }

    /// Adds the blocks; returns their numbers by name.
    fn add_blocks(
        &mut self,
        program: &Program,
        uses: &Uses,
        names: &Names,
    ) -> BTreeMap<BufferId, usize> {
        let mut numbers = BTreeMap::new();
        for (&root, steps) in &uses.steps {
            let number = *numbers.entry(names.of(root)).or_insert(self.blocks.len());
            if number == self.blocks.len() {
                self.blocks.push(Block::default());
            }
            let block = &mut self.blocks[number];
            block.bytes = block.bytes.max(program.buffer(root).bytes());
            block.given |= uses.inputs.contains(&root);
            block.kept |= uses.outputs.contains(&root);
            for &step in steps {
                block.uses += usize::from(self.tasks[step].blocks.insert(number));
            }
        }
        numbers
    }

    fn add_tasks(
        &mut self,
        program: &Program,
        uses: &Uses,
        number: impl Fn(BufferId) -> Option<usize>,
    ) {
        for i in 0..self.tasks.len() {
            let over = uses.over(program, i).into_iter().filter_map(|root| {
                let block = number(root)?;
                let bytes = program.buffer(root).bytes();
                (self.blocks[block].bytes == bytes).then_some((block, bytes))
            });
            let over = over.collect();
            let steps = |way| {
                let steps = self.graph.neighbors_directed(NodeIndex::new(i), way);
                steps.map(|n| n.index()).collect()
            };
            let (before, after) = (steps(Incoming), steps(Outgoing));
            let task = &mut self.tasks[i];
            (task.over, task.before, task.after) = (over, before, after);
        }
    }
}

/// Which steps use each root.
struct Uses {
    /// Whoever uses what starts as a copy first uses what it is a copy of, too.
    steps: BTreeMap<BufferId, BTreeSet<usize>>,
    /// The steps that write it.
    writers: BTreeMap<BufferId, BTreeSet<usize>>,
    /// The first step that uses it.
    first: BTreeMap<BufferId, usize>,
    inputs: BTreeSet<BufferId>,
    outputs: BTreeSet<BufferId>,
}

impl Uses {
    fn of(program: &Program) -> Uses {
        let root = |id| program.root(id).0;
        // What is kept from one run to the next is there all the time.
        let states = || program.states().map(|(id, _)| id);
        let inputs = program.inputs.iter().map(|p| root(p.buffer));
        let outputs = program.outputs.iter().map(|p| root(p.buffer));
        let mut uses = Uses {
            steps: BTreeMap::new(),
            writers: BTreeMap::new(),
            first: BTreeMap::new(),
            inputs: inputs.chain(states()).collect(),
            outputs: outputs.chain(states()).collect(),
        };
        for (i, step) in program.steps.iter().enumerate() {
            for (row, &id) in step.call.kernel.operands.iter().zip(&step.call.operands) {
                uses.touch(program, i, root(id));
                if row.role != Role::Read {
                    uses.writers.entry(root(id)).or_default().insert(i);
                }
            }
        }
        uses
    }

    fn touch(&mut self, program: &Program, step: usize, root: BufferId) {
        let buffer = program.buffer(root);
        if matches!(buffer.storage, Storage::Constant(_)) || buffer.is_empty() {
            return;
        }
        self.steps.entry(root).or_default().insert(step);
        let is_first = *self.first.entry(root).or_insert(step) == step;
        if let (true, &Storage::CopyOf(from)) = (is_first, &buffer.storage) {
            self.touch(program, step, program.root(from).0);
        }
    }

    /// The roots whose bytes the output of a step may take over if nobody else needs them.
    fn over(&self, program: &Program, step: usize) -> Vec<BufferId> {
        let call = &program.steps[step].call;
        let starts = |&&id: &&BufferId| self.first.get(&program.root(id).0) == Some(&step);
        let copied = call.operands.iter().filter(starts).filter_map(|&id| {
            let Storage::CopyOf(from) = program.buffer(id).storage else {
                return None;
            };
            let same = program.buffer(from).bytes() == program.buffer(id).bytes();
            (same && operands_within(program, from, call) == 0).then_some(from)
        });
        let operands = may_overwrite(program, call).into_iter();
        let operands = operands.map(|k| call.operands[k]);
        let is_all = |&id: &BufferId| {
            let root = program.root(id).0;
            let bytes = program.buffer(root).bytes();
            let is_constant = matches!(program.buffer(root).storage, Storage::Constant(_));
            !is_constant && bytes == program.buffer(id).bytes()
        };
        let all = copied.chain(operands).filter(is_all);
        all.map(|id| program.root(id).0).collect()
    }

    /// Gives what is copied into another buffer, and what it certainly comes to be over, that one's name.
    fn join(&self, program: &Program, names: &mut Names) {
        for (i, step) in program.steps.iter().enumerate() {
            let Some((x, part)) = copied(step) else {
                continue;
            };
            let (original, whole) = (program.root(x).0, program.root(part).0);
            let same = program.buffer(original).bytes() == program.buffer(x).bytes();
            let is_known = names.of(original) != original;
            if same && !is_known && original != whole && self.is_final(original, i) {
                names.join(original, whole);
                let mut over = original;
                while let Some(under) = self.certainly_over(program, over) {
                    names.join(under, whole);
                    over = under;
                }
            }
        }
    }

    /// Whether a root is in the arena, and nobody writes it after step `i` in any order.
    fn is_final(&self, root: BufferId, i: usize) -> bool {
        let writers = self.writers.get(&root);
        self.steps.contains_key(&root)
            && writers.is_none_or(|w| w.last().is_none_or(|&last| last < i))
    }

    /// The root whose bytes this one takes over in any order.
    fn certainly_over(&self, program: &Program, root: BufferId) -> Option<BufferId> {
        let maker = *self.first.get(&root)?;
        let under = *self.over(program, maker).first()?;
        let writers = self.writers.get(&under);
        let others = self.steps[&under].iter().filter(|&&step| step != maker);
        let mut readers = others.filter(|step| writers.is_none_or(|w| !w.contains(step)));
        let is_free = readers.next().is_none() && !self.outputs.contains(&under);
        (is_free && !self.inputs.contains(&under)).then_some(under)
    }
}

/// Under which name each root goes.
struct Names(Vec<usize>);

impl Names {
    fn of(&self, BufferId(mut id): BufferId) -> BufferId {
        while self.0[id] != id {
            id = self.0[id];
        }
        BufferId(id)
    }

    fn join(&mut self, root: BufferId, whole: BufferId) {
        let root = self.of(root).0;
        self.0[root] = self.of(whole).0;
    }
}
