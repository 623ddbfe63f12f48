//! Orders in which the search prefers one buffer to another where both could lie equally low.
//!
//! No order suits all instances, so several are tried in turn (Moffitt 2024, section 5).

use super::Buffer;
use super::bound::Sections;
use std::cmp::Reverse;

/// What an order may look at.
struct Traits {
    /// How long it is in use.
    width: usize,
    size: usize,
    area: usize,
    /// The bytes in use at the fullest of its moments.
    contention: usize,
    lower: usize,
}

type Key = [Reverse<usize>; 3];

const ORDERS: [fn(&Traits) -> Key; 5] = [
    |t| [t.width, t.area, t.contention].map(Reverse),
    |t| [t.contention, t.area, t.width].map(Reverse),
    |t| [t.contention, t.width, t.area].map(Reverse),
    |t| [t.area, t.size, t.contention].map(Reverse),
    |t| [t.size, t.width, usize::MAX - t.lower].map(Reverse),
];

/// For each order the ranks of all buffers: the smallest is preferred.
pub(super) fn ranks(buffers: &[Buffer]) -> impl Iterator<Item = Vec<u32>> {
    let traits = traits(buffers);
    ORDERS.into_iter().map(move |key| {
        let mut order: Vec<_> = (0..traits.len()).collect();
        order.sort_by_key(|&i| key(&traits[i]));
        let mut ranks = vec![0; order.len()];
        (0..).zip(order).for_each(|(rank, i)| ranks[i] = rank);
        ranks
    })
}

fn traits(buffers: &[Buffer]) -> Vec<Traits> {
    let sections = Sections::of(buffers);
    let mut loads = vec![0; sections.len()];
    for buffer in buffers {
        loads[sections.range(buffer)]
            .iter_mut()
            .for_each(|load| *load += buffer.size);
    }
    let of = |buffer: &Buffer| Traits {
        width: buffer.upper - buffer.lower,
        size: buffer.size,
        area: buffer.size.saturating_mul(buffer.upper - buffer.lower),
        contention: loads[sections.range(buffer)]
            .iter()
            .copied()
            .max()
            .unwrap_or(0),
        lower: buffer.lower,
    };
    buffers.iter().map(of).collect()
}
