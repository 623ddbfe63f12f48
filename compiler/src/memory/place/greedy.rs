//! Greedy placements: one buffer after the other, never moved again.

use super::{Buffer, Placement};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

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
    let Some(meetings) = Meetings::of(buffers) else {
        return at_run_time(buffers);
    };
    let in_orders = ORDERS
        .iter()
        .map(|key| in_order(buffers, &meetings, key, lowest));
    let all = in_orders.chain([in_order(buffers, &meetings, &ORDERS[4], tightest)]);
    let best = all.min_by_key(|placement| placement.height);
    best.unwrap_or_else(|| Placement::new(buffers, Vec::new()))
}

/// Greedy by size (Pisarchyk and Lee, 2020, arXiv:2001.03288): the largest first, each as low as it fits.
pub fn by_size(buffers: &[Buffer]) -> Placement {
    alone(buffers, &ORDERS[0], lowest)
}

/// Best fit: in the order of time, each in the tightest gap that it fits, as an allocator at run time would.
pub fn best_fit(buffers: &[Buffer]) -> Placement {
    alone(buffers, &ORDERS[4], tightest)
}

fn alone(buffers: &[Buffer], key: &dyn Fn(&Buffer) -> Key, choose: Choose) -> Placement {
    match Meetings::of(buffers) {
        Some(meetings) => in_order(buffers, &meetings, key, choose),
        None => at_run_time(buffers),
    }
}

/// Which buffers are in use together.
struct Meetings {
    /// For each buffer, those that are in use when it begins to be.
    earlier: Vec<Vec<u32>>,
    later: Vec<Vec<u32>>,
}

/// More pairs of buffers than this are not looked at one by one: no network that was measured has a tenth of them.
const PAIRS: usize = 400_000;

/// Whether pairs of buffers that are in use together are few enough to be looked at one by one.
pub(super) fn meet_rarely(buffers: &[Buffer]) -> bool {
    Meetings::of(buffers).is_some()
}

impl Meetings {
    /// All of them, unless they are too many.
    fn of(buffers: &[Buffer]) -> Option<Self> {
        let mut meetings = Meetings {
            earlier: vec![Vec::new(); buffers.len()],
            later: vec![Vec::new(); buffers.len()],
        };
        let mut pairs = 0;
        let mut in_use: Vec<usize> = Vec::new();
        for i in by_time(buffers) {
            in_use.retain(|&other| buffers[other].upper > buffers[i].lower);
            pairs += in_use.len();
            if pairs > PAIRS {
                return None;
            }
            for &other in &in_use {
                meetings.earlier[i].push(other as u32);
                meetings.later[other].push(i as u32);
            }
            in_use.push(i);
        }
        Some(meetings)
    }

    fn with(&self, i: usize) -> impl Iterator<Item = usize> {
        let both = self.earlier[i].iter().chain(&self.later[i]);
        both.map(|&other| other as usize)
    }
}

/// Buffers in the order in which they begin to be in use.
fn by_time(buffers: &[Buffer]) -> Vec<usize> {
    let mut order: Vec<_> = (0..buffers.len()).collect();
    order.sort_by_key(|&i| buffers[i].lower);
    order
}

/// Each in the first gap that it fits among what is in use when it begins to be: for any number of buffers.
fn at_run_time(buffers: &[Buffer]) -> Placement {
    let mut offsets = vec![0; buffers.len()];
    // Free stretches by their starts; the last is endless. Buffers in use, by when they end.
    let mut free = BTreeMap::from([(0, usize::MAX)]);
    let mut in_use = BinaryHeap::new();
    for i in by_time(buffers) {
        let buffer = &buffers[i];
        while let Some(&Reverse((upper, start, end))) = in_use.peek()
            && upper <= buffer.lower
        {
            in_use.pop();
            release(&mut free, start, end);
        }
        let at = |start: usize| start.next_multiple_of(buffer.align);
        let fits = |(&start, &end): (&usize, &usize)| {
            (at(start).saturating_add(buffer.size) <= end).then_some((start, end))
        };
        let Some((start, end)) = free.iter().find_map(fits) else {
            continue;
        };
        free.remove(&start);
        let (begin, stop) = (at(start), at(start) + buffer.size);
        let rests = [(start, begin), (stop, end)];
        free.extend(rests.into_iter().filter(|(start, end)| start < end));
        in_use.push(Reverse((buffer.upper, begin, stop)));
        offsets[i] = begin;
    }
    Placement::new(buffers, offsets)
}

/// Makes a stretch free, and one with those that it touches.
fn release(free: &mut BTreeMap<usize, usize>, mut start: usize, mut end: usize) {
    if let Some((&before, &stop)) = free.range(..start).next_back()
        && stop == start
    {
        free.remove(&before);
        start = before;
    }
    if let Some(stop) = free.remove(&end) {
        end = stop;
    }
    free.insert(start, end);
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

fn in_order(
    buffers: &[Buffer],
    meetings: &Meetings,
    key: &dyn Fn(&Buffer) -> Key,
    choose: Choose,
) -> Placement {
    let mut order: Vec<_> = (0..buffers.len()).collect();
    order.sort_by_key(|&i| key(&buffers[i]));
    let mut offsets: Vec<Option<usize>> = vec![None; buffers.len()];
    let mut placed: Vec<(usize, &Buffer)> = Vec::new();
    for i in order {
        let buffer = &buffers[i];
        placed.clear();
        let met = meetings.with(i);
        placed.extend(met.filter_map(|other| Some((offsets[other]?, &buffers[other]))));
        placed.sort_unstable_by_key(|(offset, _)| *offset);
        let mut fitting = gaps(buffer, &placed)
            .into_iter()
            .filter(|gap| gap.len >= buffer.size);
        offsets[i] = Some(choose(&mut fitting).map_or(0, |gap| gap.start));
    }
    let offsets = offsets.into_iter().map(Option::unwrap_or_default);
    Placement::new(buffers, offsets.collect())
}

/// The gaps between those buffers, sorted by offset, all of which meet `buffer`; they start where it could.
fn gaps(buffer: &Buffer, placed: &[(usize, &Buffer)]) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut start: usize = 0;
    for (offset, other) in placed {
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
