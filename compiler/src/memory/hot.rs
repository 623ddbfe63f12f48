//! Hot weights: constants that are copied into what is left of a region, and read from there.

use super::weights::{Weights, align_of};
use super::{Arena, Traffic};
use crate::program::{BufferId, Program};
use crate::settings::Region;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Constants that have the same bytes, and a copy of these in an arena for as long as the network lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HotWeight {
    /// The constants; at least one.
    pub constants: Vec<BufferId>,
    /// Which of the arenas.
    pub arena: usize,
    /// Bytes from its start.
    pub offset: usize,
    /// Bytes.
    pub bytes: usize,
}

/// Copies of the hottest weights, above the buffers of an arena, as far as its budget goes.
pub(super) fn copies(
    program: &Program,
    weights: &Weights,
    traffic: &Traffic,
    number: usize,
    region: &Region,
    arena: &mut Arena,
) -> Vec<HotWeight> {
    let mut shared: BTreeMap<usize, Vec<BufferId>> = BTreeMap::new();
    for (&id, &offset) in &weights.offsets {
        shared.entry(offset).or_default().push(id);
    }
    let size = |ids: &[BufferId]| program.buffer(ids[0]).bytes();
    let moved = |ids: &[BufferId]| ids.iter().map(|&id| traffic.bytes(id)).sum::<u64>();
    let mut hottest: Vec<_> = shared.into_iter().collect();
    // Traffic for each byte, in thousandths, and what comes first of equals.
    hottest.sort_by_key(|(start, ids)| {
        let density = moved(ids).saturating_mul(1000) / size(ids).max(1) as u64;
        (Reverse(density), *start)
    });
    let mut copies = Vec::new();
    for (_, constants) in hottest {
        // What the network only begins with is read once.
        if moved(&constants) == 0 {
            continue;
        }
        let bytes = size(&constants);
        let align = constants.iter().map(|&id| align_of(program, id)).max();
        let offset = arena.bytes.next_multiple_of(align.unwrap_or(1));
        if offset.saturating_add(bytes) > region.capacity() {
            continue;
        }
        arena.bytes = offset + bytes;
        copies.push(HotWeight {
            constants,
            arena: number,
            offset,
            bytes,
        });
    }
    copies
}
