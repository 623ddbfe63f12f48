//! Memory: where each buffer lies in the arena, and each constant in the blob of weights.

mod check;
pub mod place;
mod shapes;
mod weights;

use crate::diag::Diag;
use crate::program::{BufferId, Program, Storage};
pub use check::check;
use place::{Buffer, Effort};
use std::collections::BTreeMap;
pub use weights::Weights;

/// The bytes that must not be shared from one moment to another. Moment 0 is when the caller gives
/// the inputs, moment `i + 1` is step `i`, and after the last step the caller reads the outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Lifetime {
    /// First moment.
    pub first: usize,
    /// Last moment.
    pub last: usize,
}

impl Lifetime {
    /// Whether both are alive at some moment.
    pub fn meets(self, other: Lifetime) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

/// One block of the arena.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Block {
    /// Bytes from the start of the arena.
    pub offset: usize,
    /// Bytes.
    pub size: usize,
    /// Alignment in bytes.
    pub align: usize,
    /// When it is in use.
    pub lifetime: Lifetime,
}

impl Block {
    /// As placement sees it.
    fn as_placed(&self) -> Buffer {
        Buffer {
            lower: self.lifetime.first,
            upper: self.lifetime.last + 1,
            size: self.size,
            align: self.align,
        }
    }
}

/// Where everything is.
#[derive(Clone, Debug)]
pub struct MemoryPlan {
    /// Bytes of the arena.
    pub arena_bytes: usize,
    /// The most bytes that are in use at one moment: no arena can be smaller in this order of steps.
    pub lower_bound: usize,
    /// Whether no arena can be smaller than this one in this order of steps: it reaches the bound, or all
    /// placements were tried.
    pub proved: bool,
    /// The block of each buffer that is not a view, by buffer.
    pub blocks: BTreeMap<BufferId, Block>,
    /// The constants.
    pub weights: Weights,
}

/// Plans a scheduled program with so much effort, and lets the independent validator confirm it.
pub fn plan(program: &Program, effort: Effort) -> Result<MemoryPlan, Diag> {
    let mut blocks = blocks(program);
    let (arena_bytes, lower_bound, proved) = match &program.segments[..] {
        [] => place_whole(&mut blocks, effort),
        segments => {
            let (bytes, bound) = shapes::place(segments, &mut blocks);
            (bytes, bound, bytes <= bound)
        }
    };
    let plan = MemoryPlan {
        arena_bytes,
        lower_bound,
        proved,
        blocks,
        weights: Weights::collect(program),
    };
    check(program, &plan)?;
    Ok(plan)
}

/// Places blocks that come and go as a whole: the bytes that they take, how few any placement takes, and whether
/// these are the fewest.
fn place_whole(blocks: &mut BTreeMap<BufferId, Block>, effort: Effort) -> (usize, usize, bool) {
    let buffers: Vec<_> = blocks.values().map(Block::as_placed).collect();
    let minimum = place::minimise(&buffers, effort);
    for (block, offset) in blocks.values_mut().zip(&minimum.placement.offsets) {
        block.offset = *offset;
    }
    (
        minimum.placement.height,
        minimum.lower_bound,
        minimum.proved,
    )
}

/// The most bytes that are in use at one moment if all steps run one after the other: no plan takes fewer.
pub fn live_bytes(program: &Program) -> usize {
    let buffers: Vec<_> = blocks(program).values().map(Block::as_placed).collect();
    place::lower_bound(&buffers)
}

/// The blocks that are needed, not placed yet.
fn blocks(program: &Program) -> BTreeMap<BufferId, Block> {
    let end = program.steps.len() + 1;
    let mut blocks: BTreeMap<BufferId, Block> = BTreeMap::new();
    let mut touch = |id: BufferId, moment: usize| {
        let root = program.root(id).0;
        let (buffer, view) = (program.buffer(root), program.buffer(id));
        if matches!(buffer.storage, Storage::Constant(_)) || buffer.is_empty() {
            return;
        }
        let lifetime = Lifetime {
            first: moment,
            last: moment,
        };
        let new = Block {
            offset: 0,
            size: buffer.bytes(),
            align: 1,
            lifetime,
        };
        let block = blocks.entry(root).or_insert(new);
        block.lifetime.first = block.lifetime.first.min(moment);
        block.lifetime.last = block.lifetime.last.max(moment);
        block.align = block.align.max(view.element.size());
    };
    program.inputs.iter().for_each(|port| touch(port.buffer, 0));
    for (i, step) in program.steps.iter().enumerate() {
        step.call.operands.iter().for_each(|&id| touch(id, i + 1));
    }
    // What runs row by row runs all at once.
    for segment in &program.segments {
        for edge in &segment.edges {
            touch(edge.buffer, segment.steps.start + 1);
            touch(edge.buffer, segment.steps.end);
        }
    }
    program
        .outputs
        .iter()
        .for_each(|port| touch(port.buffer, end));
    // What is kept from one run to the next is needed all the time.
    for (id, _) in program.states() {
        touch(id, 0);
        touch(id, end);
    }
    for edge in program.segments.iter().flat_map(|s| &s.edges) {
        if let Some(block) = blocks.get_mut(&edge.buffer) {
            block.size = block.size.min(edge.bytes());
        }
    }
    if let Some(fed) = program.segments.first().filter(|s| s.fed) {
        let input = fed.edges[fed.layers[0].writes].buffer;
        blocks
            .entry(input)
            .and_modify(|b| b.lifetime.first = fed.steps.start + 1);
    }
    blocks
}

/// The most bytes in use at one moment.
fn lower_bound<'a>(blocks: impl Iterator<Item = &'a Block> + Clone) -> usize {
    let at = |m: usize| {
        let alive = blocks
            .clone()
            .filter(move |b| b.lifetime.first <= m && m <= b.lifetime.last);
        alive.map(|b| b.size).sum()
    };
    blocks
        .clone()
        .map(|b| at(b.lifetime.first))
        .max()
        .unwrap_or(0)
}

impl MemoryPlan {
    /// Bytes from the start of the arena to the first element of a buffer that lies in it.
    pub fn offset(&self, program: &Program, id: BufferId) -> Option<usize> {
        let (root, at) = program.root(id);
        Some(self.blocks.get(&root)?.offset + at)
    }
}
