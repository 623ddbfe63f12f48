//! Placement where tensors come and go row by row.
//!
//! In a segment, rows of a tensor that are not needed any more may be overwritten by another while the
//! rest is in use: blocks have shapes in time. For two of them, the offsets from one to the other at which
//! they would collide are an interval, which is computed once; blocks are then put, in some order, at the
//! lowest offset that is outside the intervals of those that have a place. Orders are improved by
//! exchanging blocks, a fixed number of times, so that results are the same everywhere.

use super::{Block, lower_bound};
use crate::program::{BufferId, Part, Segment};
use std::collections::BTreeMap;
use std::ops::Range;

/// How many orders are tried after the first ones.
pub(super) const ATTEMPTS: usize = 20_000;

/// Sets the offset of every block after so many attempts; returns the bytes that all of them take, and how few any
/// plan can.
pub(super) fn place(
    segments: &[&Segment],
    blocks: &mut BTreeMap<BufferId, Block>,
    attempts: usize,
) -> (usize, usize) {
    let bound = bound(segments, blocks);
    let instance = Instance::new(segments, blocks);
    let mut best = instance.first_orders();
    let mut random = Random(1);
    for _ in 0..attempts {
        if best.bytes <= bound {
            break;
        }
        let order = random.exchanged(&best.order);
        let other = instance.place(order);
        if other.bytes <= best.bytes {
            best = other;
        }
    }
    for (block, offset) in blocks.values_mut().zip(&best.offsets) {
        block.offset = *offset;
    }
    (best.bytes, bound)
}

/// The most bytes in use at one moment, rows of segments counted one by one.
pub(super) fn bound(segments: &[&Segment], blocks: &BTreeMap<BufferId, Block>) -> usize {
    let during = |segment: &Segment| {
        let moment = segment.steps.start + 1;
        let is_edge = |id: &BufferId| segment.edges.iter().any(|e| e.buffer == *id);
        let beside = blocks.iter().filter(|(id, b)| {
            b.lifetime.first <= moment && moment <= b.lifetime.last && !is_edge(id)
        });
        beside.map(|(_, b)| b.size).sum::<usize>() + segment.peak()
    };
    // A moment inside a segment does not count as a whole.
    let inside = |moment: usize| {
        segments
            .iter()
            .any(|s| s.steps.contains(&moment.wrapping_sub(1)))
    };
    let moments = blocks
        .values()
        .flat_map(|b| [b.lifetime.first, b.lifetime.last]);
    let outside = moments.filter(|&m| !inside(m)).map(|moment| {
        let alive = blocks
            .values()
            .filter(|b| b.lifetime.first <= moment && moment <= b.lifetime.last);
        lower_bound(
            alive
                .map(|b| Block {
                    lifetime: super::Lifetime { first: 0, last: 0 },
                    ..*b
                })
                .collect::<Vec<_>>()
                .iter(),
        )
    });
    segments
        .iter()
        .copied()
        .map(during)
        .chain(outside)
        .max()
        .unwrap_or(0)
}

/// Blocks, and which offsets between them are forbidden.
struct Instance {
    sizes: Vec<usize>,
    aligns: Vec<usize>,
    blocks: Vec<Block>,
    /// Whether a block has to lie above others.
    is_above: Vec<bool>,
    /// `(i, interval)` for block `j`: its offset less that of block `i` must not be inside the interval.
    forbidden: Vec<Vec<(usize, Range<isize>)>>,
}

/// An order of blocks, and where they are then.
struct Placed {
    order: Vec<usize>,
    offsets: Vec<usize>,
    bytes: usize,
}

impl Instance {
    fn new(segments: &[&Segment], blocks: &BTreeMap<BufferId, Block>) -> Self {
        let all: Vec<_> = blocks.iter().collect();
        let forbidden = all.iter().map(|&b| {
            let each = all.iter().enumerate().filter(|(_, a)| a.0 != b.0);
            each.filter_map(|(i, &a)| Some((i, collisions(segments, a, b)?)))
                .collect()
        });
        let is_scratch = |id: &BufferId| segments.iter().any(|s| s.scratch.contains(id));
        Instance {
            is_above: all.iter().map(|(id, _)| is_scratch(id)).collect(),
            sizes: blocks.values().map(|b| b.size).collect(),
            aligns: blocks.values().map(|b| b.align).collect(),
            forbidden: forbidden.collect(),
            blocks: blocks.values().copied().collect(),
        }
    }

    /// The best of some plain orders.
    fn first_orders(&self) -> Placed {
        let span = |b: &Block| b.lifetime.last - b.lifetime.first + 1;
        let keys: [&dyn Fn(&Block) -> usize; 3] = [&|b| b.size, &|b| b.size * span(b), &|b| {
            usize::MAX - b.lifetime.first
        }];
        let placed = keys.into_iter().map(|key| {
            let mut order: Vec<_> = (0..self.sizes.len()).collect();
            order.sort_by_key(|&i| std::cmp::Reverse((key(&self.blocks[i]), self.sizes[i])));
            self.place(order)
        });
        placed.min_by_key(|p| p.bytes).expect("there are orders")
    }

    /// Puts each block at the lowest offset where it collides with none before it.
    fn place(&self, mut order: Vec<usize>) -> Placed {
        // What has to lie above others comes after them.
        order.sort_by_key(|&i| self.is_above[i]);
        let mut offsets = vec![None; self.sizes.len()];
        let mut intervals = Vec::new();
        for &j in &order {
            intervals.clear();
            intervals.extend(self.forbidden[j].iter().filter_map(|(i, range)| {
                let at = offsets[*i]? as isize;
                Some((range.start + at, range.end + at))
            }));
            intervals.sort_unstable();
            let mut offset: isize = 0;
            for &(start, end) in &intervals {
                if offset > start && offset < end {
                    offset = (end as usize).next_multiple_of(self.aligns[j]) as isize;
                }
            }
            offsets[j] = Some(offset as usize);
        }
        let offsets: Vec<usize> = offsets.into_iter().map(Option::unwrap_or_default).collect();
        let ends = offsets.iter().zip(&self.sizes).map(|(o, s)| o + s);
        Placed {
            bytes: ends.max().unwrap_or(0),
            order,
            offsets,
        }
    }
}

/// Offsets of `b` less that of `a`, both ends excluded, at which bytes of both are in use at once.
fn collisions(
    segments: &[&Segment],
    (a_id, a): (&BufferId, &Block),
    (b_id, b): (&BufferId, &Block),
) -> Option<Range<isize>> {
    if !a.lifetime.meets(b.lifetime) {
        return None;
    }
    let (first, last) = (
        a.lifetime.first.max(b.lifetime.first),
        a.lifetime.last.min(b.lifetime.last),
    );
    let parts = |segment: &Segment, id: &BufferId| {
        let edge = segment.edges.iter().position(|e| e.buffer == *id)?;
        Some(edge)
    };
    let shared = segments.iter().find_map(|s| {
        let within = s.steps.start < first && last <= s.steps.end;
        within.then_some(())?;
        Some((
            &s.edges[parts(s, a_id)?].parts,
            &s.edges[parts(s, b_id)?].parts,
        ))
    });
    let size = |block: &Block| block.size as isize;
    let is_above =
        |scratch: &BufferId, id: &BufferId| segments.iter().any(|s| s.is_above(scratch, id));
    match shared {
        Some((a, b)) => collisions_of_parts(a, b),
        None if is_above(b_id, a_id) => Some(isize::MIN / 2..size(a)),
        None if is_above(a_id, b_id) => Some(-size(b)..isize::MAX / 2),
        None => Some(-size(b)..size(a)),
    }
}

/// The same for parts of two blocks; those of each are in the order of their first use, or nearly.
fn collisions_of_parts(a: &[Part], b: &[Part]) -> Option<Range<isize>> {
    let mut hull: Option<Range<isize>> = None;
    for a in a {
        for b in b
            .iter()
            .filter(|b| a.time.0 <= b.time.1 && b.time.0 <= a.time.1)
        {
            let start = a.bytes.start as isize - b.bytes.end as isize;
            let end = a.bytes.end as isize - b.bytes.start as isize;
            hull = Some(match hull {
                Some(h) => h.start.min(start)..h.end.max(end),
                None => start..end,
            });
        }
    }
    hull
}

/// A small generator of numbers, the same on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n.max(1)
    }

    /// The order with one block moved elsewhere, or two exchanged.
    fn exchanged(&mut self, order: &[usize]) -> Vec<usize> {
        let mut order = order.to_vec();
        let (i, j) = (self.below(order.len()), self.below(order.len()));
        if self.below(2) == 0 {
            order.swap(i, j);
        } else {
            let block = order.remove(i);
            order.insert(j, block);
        }
        order
    }
}
