//! Which steps run row by row: the fewest that bring the network within a number of bytes.
//!
//! Segments follow one another in the order of steps. For a limit on the bytes in use, dynamic
//! programming over the places where a segment may end finds the cheapest choice: steps that run row by
//! row cost their number, others nothing.

use crate::program::{BufferId, Program, Segment, Storage};
use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

/// Every way to run a part of the steps, and the bytes that are then in use at most.
pub struct Choices {
    steps: usize,
    /// `(steps, bytes, whether they run row by row)`, by first step.
    parts: Vec<Vec<(Range<usize>, usize, bool)>>,
}

/// Segments, and the bytes that are in use at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The steps of each segment.
    pub segments: Vec<Range<usize>>,
    /// Bytes in use at most, by the lifetimes alone.
    pub bytes: usize,
}

impl Choices {
    /// Weighs all segments of a program that is not scheduled yet. With `fed`, the first of them takes the
    /// input row by row.
    pub fn new(program: &Program, fed: bool) -> Self {
        let steps = program.steps.len();
        let lives = LiveRanges::of(program);
        let mut parts = vec![Vec::new(); steps];
        for (first, parts) in parts.iter_mut().enumerate() {
            let takes_input = fed && first == 0;
            if !takes_input {
                parts.push((first..first + 1, lives.at_step(program, first), false));
            }
            for end in first + 1..=steps {
                let Some(segment) = Segment::new(program, first..end, takes_input) else {
                    continue;
                };
                parts.push((first..end, lives.in_segment(&segment), true));
            }
        }
        Choices { steps, parts }
    }

    /// The choice with the fewest steps in segments of those that use at most `limit` bytes.
    pub fn within(&self, limit: usize) -> Option<Choice> {
        // For each step, the cheapest choice for the steps before it: cost, bytes and the part that ends there.
        let mut best: Vec<Option<(usize, usize, usize)>> = vec![None; self.steps + 1];
        let mut from: Vec<(usize, bool)> = vec![(0, false); self.steps + 1];
        best[0] = Some((0, 0, 0));
        for first in 0..self.steps {
            let Some((cost, bytes, count)) = best[first] else {
                continue;
            };
            for (steps, part, by_rows) in self.parts[first].iter().filter(|p| p.1 <= limit) {
                let by_rows_steps = if *by_rows { steps.len() } else { 0 };
                let new = (
                    cost + by_rows_steps,
                    bytes.max(*part),
                    count + usize::from(*by_rows),
                );
                if best[steps.end].is_none_or(|old| new < old) {
                    best[steps.end] = Some(new);
                    from[steps.end] = (first, *by_rows);
                }
            }
        }
        let (_, bytes, _) = best[self.steps]?;
        let (mut segments, mut end) = (Vec::new(), self.steps);
        while end > 0 {
            let (first, by_rows) = from[end];
            if by_rows {
                segments.push(first..end);
            }
            end = first;
        }
        segments.reverse();
        Some(Choice { segments, bytes })
    }

    /// The fewest bytes that any choice uses.
    pub fn least(&self) -> Option<usize> {
        let mut all: Vec<usize> = self.parts.iter().flatten().map(|p| p.1).collect();
        all.sort_unstable();
        all.dedup();
        let at = all.partition_point(|&limit| self.within(limit).is_none());
        all.get(at).copied()
    }

    /// The next limit above which another choice may be possible.
    pub fn above(&self, limit: usize) -> Option<usize> {
        self.parts
            .iter()
            .flatten()
            .map(|p| p.1)
            .filter(|&bytes| bytes > limit)
            .min()
    }
}

/// When buffers are in use, in steps, and their bytes.
struct LiveRanges {
    /// First step, or 0 for inputs; last step, or the number of steps for outputs; bytes.
    roots: BTreeMap<BufferId, (usize, usize, usize)>,
}

impl LiveRanges {
    fn of(program: &Program) -> Self {
        let mut roots: BTreeMap<BufferId, (usize, usize, usize)> = BTreeMap::new();
        let mut touch = |id: BufferId, step: usize| {
            let root = program.root(id).0;
            let buffer = program.buffer(root);
            if !matches!(buffer.storage, Storage::Constant(_)) && !buffer.is_empty() {
                let life = roots.entry(root).or_insert((step, step, buffer.bytes()));
                *life = (life.0.min(step), life.1.max(step), life.2);
            }
            // A copy is made when it is first used.
            match buffer.storage {
                Storage::CopyOf(from) => Some(from),
                _ => None,
            }
        };
        program
            .inputs
            .iter()
            .for_each(|port| _ = touch(port.buffer, 0));
        let mut started = HashSet::new();
        for (i, step) in program.steps.iter().enumerate() {
            for &id in &step.call.operands {
                let from = touch(id, i);
                if let Some(from) = from.filter(|_| started.insert(program.root(id).0)) {
                    touch(from, i);
                }
            }
        }
        let end = program.steps.len();
        program
            .outputs
            .iter()
            .for_each(|port| _ = touch(port.buffer, end));
        LiveRanges { roots }
    }

    /// Bytes in use while one step runs, with its output over an operand where that is possible.
    fn at_step(&self, program: &Program, step: usize) -> usize {
        let alive = self
            .roots
            .values()
            .filter(|(first, last, _)| *first <= step && step <= *last);
        let bytes: usize = alive.map(|life| life.2).sum();
        let call = &program.steps[step].call;
        let Some((&output, inputs)) = call.operands.split_last() else {
            return bytes;
        };
        let size = program.buffer(output).bytes();
        let copy = matches!(program.buffer(output).storage, Storage::CopyOf(_));
        let overwrites = |id: &BufferId| {
            let life = self.roots.get(&program.root(*id).0);
            life.is_some_and(|&(_, last, bytes)| last == step && bytes == size)
        };
        let in_place = (call.kernel.in_place.is_some() && inputs.iter().any(overwrites)) || copy;
        if in_place {
            bytes - size.min(bytes)
        } else {
            bytes
        }
    }

    /// Bytes in use at most while a segment runs.
    fn in_segment(&self, segment: &Segment) -> usize {
        let (first, last) = (segment.steps.start, segment.steps.end - 1);
        let beside = self.roots.iter().filter(|(id, life)| {
            let is_edge = segment.edges.iter().any(|e| e.buffer == **id);
            let apart = !is_edge && !segment.scratch.contains(id);
            life.0 <= last && first <= life.1 && apart
        });
        // Steps share their scratch.
        let scratch = segment.scratch.iter().filter_map(|id| self.roots.get(id));
        let scratch = scratch.map(|life| life.2).max().unwrap_or(0);
        beside.map(|(_, life)| life.2).sum::<usize>() + segment.peak() + scratch
    }
}
