//! Orders in which the search prefers one buffer to another where both could lie equally low.
//!
//! No order suits all instances, so several are tried in turn (Moffitt 2024, section 5).

use super::Buffer;
use super::bound::{Greatest, Sections};
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
    let mut changes = vec![(0, 0); sections.len() + 1];
    for buffer in buffers {
        let range = sections.range(buffer);
        changes[range.start].0 += buffer.size;
        changes[range.end].1 += buffer.size;
    }
    let load = |load: &mut usize, (more, less): &(usize, usize)| {
        *load = *load + more - less;
        Some(*load)
    };
    let loads = Greatest::of(changes.iter().scan(0, load).collect());
    let of = |buffer: &Buffer| Traits {
        width: buffer.upper - buffer.lower,
        size: buffer.size,
        area: buffer.size.saturating_mul(buffer.upper - buffer.lower),
        contention: loads.within(sections.range(buffer)),
        lower: buffer.lower,
    };
    buffers.iter().map(of).collect()
}

/// Orders that resemble given ones, without end: the same on every run.
pub(super) struct Shaken {
    orders: Vec<Vec<u32>>,
    count: usize,
    random: u64,
}

impl Shaken {
    pub(super) fn new(orders: Vec<Vec<u32>>) -> Self {
        Shaken {
            orders,
            count: 0,
            random: 1,
        }
    }

    /// The ranks of all buffers, moved up or down by up to a quarter of them.
    pub(super) fn next(&mut self) -> Vec<u32> {
        let ranks = self.orders[self.count % self.orders.len()].clone();
        self.count += 1;
        let reach = (ranks.len() / 4).max(1) as u32;
        let mut order: Vec<_> = (0..ranks.len()).collect();
        let moved: Vec<_> = ranks
            .iter()
            .map(|&rank| (rank + self.below(reach), rank))
            .collect();
        order.sort_unstable_by_key(|&i| moved[i]);
        let mut shaken = vec![0; order.len()];
        (0..).zip(order).for_each(|(rank, i)| shaken[i] = rank);
        shaken
    }

    /// A linear congruential generator (Knuth, The Art of Computer Programming, volume 2, section 3.3.4).
    fn below(&mut self, n: u32) -> u32 {
        self.random = self
            .random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 33) as u32 % n
    }
}
