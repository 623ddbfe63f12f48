//! Greedy placements: one buffer after the other, never moved again.

use super::{Buffer, Placement};
use std::cmp::Reverse;

/// Buffers with smaller keys are placed first.
type Key = (Reverse<usize>, Reverse<usize>);

const ORDERS: [fn(&Buffer) -> Key; 5] = [
    |b| (Reverse(b.size), Reverse(0)),
    |b| (Reverse(b.size), Reverse(b.upper - b.lower)),
    |b| (Reverse(b.upper - b.lower), Reverse(b.size)),
    |b| (Reverse(b.size * (b.upper - b.lower)), Reverse(b.size)),
    |b| (Reverse(usize::MAX - b.lower), Reverse(b.size)),
];

/// The lowest of several greedy placements.
pub(super) fn best(buffers: &[Buffer]) -> Placement {
    let in_orders = ORDERS.iter().map(|key| in_order(buffers, key, lowest));
    let all = in_orders.chain([best_fit(buffers)]);
    let best = all.min_by_key(|placement| placement.height);
    best.unwrap_or_else(|| Placement::new(buffers, Vec::new()))
}

/// Greedy by size (Pisarchyk and Lee, 2020, arXiv:2001.03288): the largest first, each as low as it fits.
pub fn by_size(buffers: &[Buffer]) -> Placement {
    in_order(buffers, &ORDERS[0], lowest)
}

/// Best fit: in the order of time, each in the tightest gap that it fits, as an allocator at run time would.
pub fn best_fit(buffers: &[Buffer]) -> Placement {
    in_order(buffers, &ORDERS[4], tightest)
}

/// A stretch of bytes that is free as long as a buffer needs it.
#[derive(Clone, Copy)]
struct Gap {
    start: usize,
    len: usize,
}

fn lowest(gaps: &mut dyn Iterator<Item = Gap>) -> Option<Gap> {
    gaps.next()
}

fn tightest(gaps: &mut dyn Iterator<Item = Gap>) -> Option<Gap> {
    gaps.min_by_key(|gap| gap.len)
}

/// Chooses one of the gaps that a buffer fits, which come from low to high; the last of them is endless.
type Choose = fn(&mut dyn Iterator<Item = Gap>) -> Option<Gap>;

fn in_order(buffers: &[Buffer], key: &dyn Fn(&Buffer) -> Key, choose: Choose) -> Placement {
    let mut order: Vec<_> = (0..buffers.len()).collect();
    order.sort_by_key(|&i| key(&buffers[i]));
    let mut offsets = vec![0; buffers.len()];
    let mut placed: Vec<(usize, &Buffer)> = Vec::with_capacity(buffers.len());
    for i in order {
        let buffer = &buffers[i];
        let mut fitting = gaps(buffer, &placed)
            .into_iter()
            .filter(|gap| gap.len >= buffer.size);
        let offset = choose(&mut fitting).map_or(0, |gap| gap.start);
        offsets[i] = offset;
        placed.insert(
            placed.partition_point(|(at, _)| *at <= offset),
            (offset, buffer),
        );
    }
    Placement::new(buffers, offsets)
}

/// The gaps between those buffers, sorted by offset, that meet `buffer`; they start where it could.
fn gaps(buffer: &Buffer, placed: &[(usize, &Buffer)]) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut start: usize = 0;
    for (offset, other) in placed.iter().filter(|(_, other)| other.meets(buffer)) {
        let len = offset.saturating_sub(start);
        gaps.push(Gap { start, len });
        start = start.max((offset + other.size).next_multiple_of(buffer.align));
    }
    gaps.push(Gap {
        start,
        len: usize::MAX,
    });
    gaps
}
