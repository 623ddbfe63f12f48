//! Placement problems with a known answer, of the kind that MiniMalloc's "challenging" benchmarks are: some hundred
//! buffers that just fit into 1 MiB, and that greedy placements do not get into it.
//!
//! The rectangle of time and memory is cut into boxes, which is a perfect packing; then most boxes lose some of their time
//! and size, so that there is room to go wrong. Those of one moment stay whole: no packing is lower.

use crate::random::Random;
use mlc_compiler::memory::place::Buffer;

/// Bytes that the buffers of a challenge fit into, and no fewer.
pub const CAPACITY: usize = 1 << 20;

/// Sizes are multiples of this many bytes.
const GRAIN: usize = 64;

/// What a challenge is like.
#[derive(Clone, Copy, Debug)]
pub struct Challenge {
    /// The seed of everything random.
    pub seed: u64,
    /// How many buffers.
    pub buffers: usize,
    /// How many moments.
    pub moments: usize,
    /// How much a box may lose, in percent of its time and of its size.
    pub slack: usize,
}

/// A rectangle of time and memory: `[start, end)` in each.
#[derive(Clone, Copy)]
struct Piece {
    time: [usize; 2],
    memory: [usize; 2],
}

impl Challenge {
    /// Its buffers, in no order.
    pub fn buffers(&self) -> Vec<Buffer> {
        let mut random = Random::new(self.seed);
        let mut pieces = vec![Piece {
            time: [0, self.moments],
            memory: [0, CAPACITY / GRAIN],
        }];
        while pieces.len() < self.buffers {
            cut(&mut pieces, &mut random);
        }
        let full = random.below(self.moments);
        let mut buffers: Vec<_> = pieces
            .iter()
            .map(|p| self.shrunk(p, full, &mut random))
            .collect();
        shuffle(&mut buffers, &mut random);
        buffers
    }

    /// A piece as a buffer, smaller than it was unless it is needed at the moment that stays full.
    fn shrunk(&self, piece: &Piece, full: usize, random: &mut Random) -> Buffer {
        let [mut lower, mut upper] = piece.time;
        let mut size = piece.memory[1] - piece.memory[0];
        if !(lower..upper).contains(&full) {
            let mut loss = |of: usize| random.below(of * self.slack / 100 + 1);
            lower += loss(upper - lower).min(upper - lower - 1);
            upper -= loss(upper - lower).min(upper - lower - 1);
            size -= loss(size).min(size - 1);
        }
        Buffer {
            lower,
            upper,
            size: size * GRAIN,
            align: GRAIN,
        }
    }
}

/// Cuts one of the larger pieces into two across time or memory, or into five around a middle.
fn cut(pieces: &mut Vec<Piece>, random: &mut Random) {
    let candidates = [0; 3].map(|_| random.below(pieces.len()));
    let area = |i: &usize| {
        (pieces[*i].time[1] - pieces[*i].time[0]) * (pieces[*i].memory[1] - pieces[*i].memory[0])
    };
    let Some(chosen) = candidates.into_iter().max_by_key(area) else {
        return;
    };
    let Piece { time, memory } = pieces[chosen];
    let (ts, ms) = (two(time, random), two(memory, random));
    let parts = match (random.below(5), ts, ms) {
        (0, Some([a, b]), Some([c, d])) => pinwheel(time, memory, [a, b], [c, d]),
        (1 | 2, Some([a, _]), _) => vec![([time[0], a], memory), ([a, time[1]], memory)],
        (_, _, Some([c, _])) => vec![(time, [memory[0], c]), (time, [c, memory[1]])],
        _ => return,
    };
    pieces.swap_remove(chosen);
    pieces.extend(
        parts
            .into_iter()
            .map(|(time, memory)| Piece { time, memory }),
    );
}

/// Two points within an interval, in order, if it is wide enough.
fn two([start, end]: [usize; 2], random: &mut Random) -> Option<[usize; 2]> {
    let inner = (end - start).checked_sub(2).filter(|&n| n > 0)?;
    let first = start + 1 + random.below(inner);
    Some([first, first + 1 + random.below(end - first - 1)])
}

type Rectangle = ([usize; 2], [usize; 2]);

/// Four boxes around a fifth: no straight cut divides them.
fn pinwheel(
    time: [usize; 2],
    memory: [usize; 2],
    [a, b]: [usize; 2],
    [c, d]: [usize; 2],
) -> Vec<Rectangle> {
    vec![
        ([time[0], b], [memory[0], c]),
        ([b, time[1]], [memory[0], d]),
        ([a, time[1]], [d, memory[1]]),
        ([time[0], a], [c, memory[1]]),
        ([a, b], [c, d]),
    ]
}

/// Fisher and Yates.
fn shuffle<T>(items: &mut [T], random: &mut Random) {
    for i in (1..items.len()).rev() {
        items.swap(i, random.below(i + 1));
    }
}
