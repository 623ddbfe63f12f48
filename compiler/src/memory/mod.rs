//! Memory: in which arena each buffer lies and where, and each constant in the blob of weights.

mod assign;
mod check;
mod hot;
pub mod place;
mod shapes;
mod traffic;
mod weights;

use crate::diag::Diag;
use crate::program::{BufferId, Program, Segment, Storage};
use crate::settings::{Effort, Region, Regions};
pub use check::check;
pub use hot::HotWeight;
use mlc_runtime_core::arena::ALIGN;
use place::Buffer;
use std::collections::BTreeMap;
pub use traffic::Traffic;
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

/// One block of an arena.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Block {
    /// Which of the arenas.
    pub arena: usize,
    /// Bytes from the start of the arena.
    pub offset: usize,
    /// Bytes.
    pub size: usize,
    /// Alignment in bytes.
    pub align: usize,
    /// When it is in use.
    pub lifetime: Lifetime,
}

/// The working memory in one region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arena {
    /// Its name.
    pub name: String,
    /// Bytes that it may take, if there is a limit.
    pub budget: Option<usize>,
    /// Bytes that it takes: if it is borrowed, a multiple of its alignment.
    pub bytes: usize,
    /// Bytes of those that buffers take; copies of weights lie above them.
    pub buffer_bytes: usize,
    /// The most bytes that its buffers use at one moment: with these buffers no arena can be smaller in this order
    /// of steps.
    pub lower_bound: usize,
    /// Whether no arena can be smaller with these buffers in this order of steps: it reaches the bound, or all
    /// placements were tried.
    pub proved: bool,
}

/// Where everything is.
#[derive(Clone, Debug)]
pub struct MemoryPlan {
    /// Bytes of all arenas.
    pub arena_bytes: usize,
    /// The bounds of all arenas together: of one, no arena can be smaller in this order of steps.
    pub lower_bound: usize,
    /// Whether each arena is known to be as small as can be with its buffers.
    pub proved: bool,
    /// The working memory, by region; at least one.
    pub arenas: Vec<Arena>,
    /// Whether the arenas belong to the caller, who lends them.
    pub borrowed: bool,
    /// The block of each buffer that is not a view, by buffer.
    pub blocks: BTreeMap<BufferId, Block>,
    /// The constants.
    pub weights: Weights,
    /// Constants of which there are copies in an arena.
    pub hot: Vec<HotWeight>,
}

/// The code of the problem that there is too little memory.
pub const OUT_OF_RAM: &str = "out-of-ram";

/// Plans a scheduled program with so much effort, and lets the independent validator confirm it.
pub fn plan(program: &Program, regions: &Regions, effort: Effort) -> Result<MemoryPlan, Diag> {
    let mut blocks = blocks(program);
    let weights = Weights::collect(program);
    let traffic = Traffic::of(program);
    assign::assign(program, &mut blocks, &traffic, regions)?;
    let list = regions.list();
    let arena = |(number, region)| fill(program, &mut blocks, number, region, effort);
    let mut arenas: Vec<_> = list.iter().enumerate().map(arena).collect();
    let hot = regions.hot_weights.map(|number| {
        let (region, arena) = (&list[number], &mut arenas[number]);
        hot::copies(program, &weights, &traffic, number, region, arena)
    });
    if !regions.is_own() {
        arenas.iter_mut().for_each(Arena::round);
    }
    let plan = MemoryPlan {
        arena_bytes: arenas.iter().map(|a| a.bytes).sum(),
        lower_bound: arenas.iter().map(|a| a.lower_bound).sum(),
        proved: arenas.iter().all(|a| a.proved),
        arenas,
        borrowed: !regions.is_own(),
        blocks,
        weights,
        hot: hot.unwrap_or_default(),
    };
    check(program, &plan)?;
    Ok(plan)
}

/// Places the blocks of one arena.
fn fill(
    program: &Program,
    blocks: &mut BTreeMap<BufferId, Block>,
    number: usize,
    region: &Region,
    effort: Effort,
) -> Arena {
    let own = blocks.iter().filter(|(_, block)| block.arena == number);
    let mut own: BTreeMap<_, _> = own.map(|(&id, &block)| (id, block)).collect();
    let segments = segments_of(program, &own);
    let capacity = region.capacity();
    let (bytes, lower_bound, proved) = match &segments[..] {
        [] => place_whole(&mut own, capacity, effort),
        segments => {
            let (bytes, bound) = shapes::place(segments, &mut own, shapes::ATTEMPTS);
            (bytes, bound, bytes <= bound)
        }
    };
    blocks.extend(own);
    Arena {
        name: region.name.clone(),
        budget: region.budget,
        bytes,
        buffer_bytes: bytes,
        lower_bound,
        proved,
    }
}

/// The segments whose tensors are among these blocks: those of one segment are never apart.
fn segments_of<'a>(program: &'a Program, blocks: &BTreeMap<BufferId, Block>) -> Vec<&'a Segment> {
    let has = |s: &&Segment| s.edges.iter().any(|e| blocks.contains_key(&e.buffer));
    program.segments.iter().filter(has).collect()
}

/// Places blocks that come and go as a whole: the bytes that they take, how few any placement takes, and whether
/// these are the fewest. If a placement within the capacity was found before, it is found again.
fn place_whole(
    blocks: &mut BTreeMap<BufferId, Block>,
    capacity: usize,
    effort: Effort,
) -> (usize, usize, bool) {
    let buffers: Vec<_> = blocks.values().map(Block::as_buffer).collect();
    let mut minimum = place::minimise(&buffers, effort);
    if minimum.placement.height > capacity {
        let within = place::within(&buffers, capacity);
        minimum.placement = within.unwrap_or(minimum.placement);
    }
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
    let buffers: Vec<_> = blocks(program).values().map(Block::as_buffer).collect();
    place::lower_bound(&buffers)
}

impl Arena {
    /// Fills the arena up to a multiple of its alignment, as its type does.
    fn round(&mut self) {
        self.bytes = self.bytes.next_multiple_of(ALIGN);
    }
}

impl Block {
    /// As placement sees it.
    fn as_buffer(&self) -> Buffer {
        Buffer {
            lower: self.lifetime.first,
            upper: self.lifetime.last + 1,
            size: self.size,
            align: self.align,
        }
    }
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
            arena: 0,
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
        let edges = segment.edges.iter().map(|edge| edge.buffer);
        for id in edges.chain(segment.scratch.iter().copied()) {
            touch(id, segment.steps.start + 1);
            touch(id, segment.steps.end);
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
    /// Bytes that buffers take of all arenas; copies of weights, which only fill what is left, do not count.
    pub fn buffer_bytes(&self) -> usize {
        self.arenas.iter().map(|a| a.buffer_bytes).sum()
    }

    /// Which arena a buffer lies in, if it lies in one.
    pub fn arena(&self, program: &Program, id: BufferId) -> Option<usize> {
        Some(self.blocks.get(&program.root(id).0)?.arena)
    }

    /// Bytes from the start of its arena to the first element of a buffer that lies in one.
    pub fn offset(&self, program: &Program, id: BufferId) -> Option<usize> {
        let (root, at) = program.root(id);
        Some(self.blocks.get(&root)?.offset + at)
    }
}
