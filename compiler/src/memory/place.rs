//! Placement: offsets for blocks with known lifetimes.
//!
//! Several greedy orders are tried and the smallest arena is kept; one of them is greedy-by-size,
//! so the result is never worse than that.

use super::Block;
use crate::program::BufferId;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Blocks with smaller keys are placed first.
type Key = (Reverse<usize>, Reverse<usize>);

/// Sets the offset of every block; returns the bytes that all of them take.
pub(super) fn place(blocks: &mut BTreeMap<BufferId, Block>) -> usize {
    let orders: [fn(&Block) -> Key; 5] = [
        |b| (Reverse(b.size), Reverse(0)),
        |b| (Reverse(b.size), Reverse(b.lifetime.last - b.lifetime.first)),
        |b| (Reverse(b.lifetime.last - b.lifetime.first), Reverse(b.size)),
        |b| {
            (
                Reverse(b.size * (1 + b.lifetime.last - b.lifetime.first)),
                Reverse(b.size),
            )
        },
        |b| (Reverse(usize::MAX - b.lifetime.first), Reverse(b.size)),
    ];
    let attempts = orders.iter().map(|key| {
        let mut order: Vec<_> = blocks.values().copied().enumerate().collect();
        order.sort_by_key(|(_, b)| key(b));
        place_in_order(order)
    });
    let Some((bytes, offsets)) = attempts.min_by_key(|(bytes, _)| *bytes) else {
        return 0;
    };
    for (block, offset) in blocks.values_mut().zip(offsets) {
        block.offset = offset;
    }
    bytes
}

/// Puts each block at the lowest offset that is free during its lifetime; offsets are returned by
/// the blocks' numbers.
fn place_in_order(order: Vec<(usize, Block)>) -> (usize, Vec<usize>) {
    let mut offsets = vec![0; order.len()];
    let mut placed: Vec<Block> = Vec::with_capacity(order.len());
    for (number, mut block) in order {
        block.offset = lowest_offset(&block, &placed);
        offsets[number] = block.offset;
        let at = placed.partition_point(|b| b.offset <= block.offset);
        placed.insert(at, block);
    }
    let bytes = placed.iter().map(|b| b.offset + b.size).max().unwrap_or(0);
    (bytes, offsets)
}

/// `placed` is sorted by offset.
fn lowest_offset(block: &Block, placed: &[Block]) -> usize {
    let mut offset = 0;
    for other in placed.iter().filter(|b| b.lifetime.meets(block.lifetime)) {
        if offset + block.size <= other.offset {
            break;
        }
        offset = offset.max((other.offset + other.size).next_multiple_of(block.align));
    }
    offset
}
