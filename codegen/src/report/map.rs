//! The memory map: which bytes of the arenas are in use when, as rectangles.
//!
//! Time goes by in spans: a moment (before the first step, a step, after the last one), or a segment of steps that run
//! row by row, which has as many ticks as its layers compute rows.

use mlc_compiler::memory::{Lifetime, MemoryPlan};
use mlc_compiler::program::{Edge, Program};
use serde::Serialize;
use std::ops::Range;

/// All bytes that are in use at some time.
#[derive(Clone, Debug, Serialize)]
pub struct Map {
    /// Time, in order.
    pub spans: Vec<Span>,
    /// Bytes in use; patches of one block do not overlap.
    pub patches: Vec<Patch>,
}

/// A moment, or a segment.
#[derive(Clone, Debug, Serialize)]
pub struct Span {
    /// Its moments: 0 is before the first step, `i` is step `i`, counted from 1.
    #[serde(flatten)]
    pub moments: Lifetime,
    /// Rows that are computed one after the other; 1 for a moment.
    pub ticks: usize,
    /// Which of the segments it is.
    pub segment: Option<usize>,
}

/// Bytes that are in use for some time of a span.
#[derive(Clone, Debug, Serialize)]
pub struct Patch {
    /// Whose bytes, by number of the block.
    pub block: usize,
    /// When, by number of the span.
    pub span: usize,
    /// When within the span.
    pub ticks: Range<usize>,
    /// Which of the arenas.
    pub arena: usize,
    /// Bytes of the arena.
    pub bytes: Range<usize>,
}

impl Map {
    /// The map of a plan, whose blocks are numbered in its order; copies of weights come after them.
    pub(super) fn of(program: &Program, plan: &MemoryPlan) -> Map {
        let spans = spans(program);
        let mut patches = Vec::new();
        for (block, (&id, place)) in plan.blocks.iter().enumerate() {
            let alive = spans.iter().enumerate();
            for (span, at) in alive.filter(|(_, at)| place.lifetime.meets(at.moments)) {
                let edges = at.segment.map_or(&[][..], |s| &program.segments[s].edges);
                let patch = |bytes: Range<usize>, ticks| Patch {
                    block,
                    span,
                    ticks,
                    arena: place.arena,
                    bytes: place.offset + bytes.start..place.offset + bytes.end,
                };
                match edges.iter().find(|edge| edge.buffer == id) {
                    Some(edge) => patches.extend(parts(edge).map(|(b, ticks)| patch(b, ticks))),
                    None => patches.push(patch(0..place.size, 0..at.ticks)),
                }
            }
        }
        for (i, hot) in plan.hot.iter().enumerate() {
            patches.extend(spans.iter().enumerate().map(|(span, at)| Patch {
                block: plan.blocks.len() + i,
                span,
                ticks: 0..at.ticks,
                arena: hot.arena,
                bytes: hot.offset..hot.offset + hot.bytes,
            }));
        }
        Map { spans, patches }
    }

    /// The most bytes in use at a tick.
    pub(super) fn peak(&self) -> usize {
        let spans = self.spans.iter().enumerate();
        let ticks = spans.flat_map(|(span, at)| (0..at.ticks).map(move |tick| (span, tick)));
        ticks
            .map(|(span, tick)| self.bytes_at(span, tick))
            .max()
            .unwrap_or(0)
    }

    /// What is in use at a tick of a span.
    pub fn at(&self, span: usize, tick: usize) -> impl Iterator<Item = &Patch> {
        let patches = self.patches.iter();
        patches.filter(move |p| p.span == span && p.ticks.contains(&tick))
    }

    /// Bytes in use at a tick of a span.
    pub fn bytes_at(&self, span: usize, tick: usize) -> usize {
        self.at(span, tick).map(|p| p.bytes.len()).sum()
    }

    /// The most bytes in use at a tick while step `step` runs, counted from 1.
    pub(super) fn most_bytes(&self, step: usize) -> usize {
        let at = |s: &&Span| s.moments.first <= step && step <= s.moments.last;
        let Some(span) = self.spans.iter().position(|s| at(&s)) else {
            return 0;
        };
        let ticks = 0..self.spans[span].ticks;
        ticks
            .map(|tick| self.bytes_at(span, tick))
            .max()
            .unwrap_or(0)
    }
}

fn spans(program: &Program) -> Vec<Span> {
    let last = program.steps.len() + 1;
    let mut spans = Vec::new();
    let mut moment = 0;
    while moment <= last {
        let segments = program.segments.iter().enumerate();
        let mut here = segments.filter(|(_, s)| s.steps.start + 1 == moment);
        let span = match here.next() {
            Some((number, segment)) => Span {
                moments: Lifetime {
                    first: moment,
                    last: segment.steps.end,
                },
                ticks: segment.time.max(1),
                segment: Some(number),
            },
            None => Span {
                moments: Lifetime {
                    first: moment,
                    last: moment,
                },
                ticks: 1,
                segment: None,
            },
        };
        moment = span.moments.last + 1;
        spans.push(span);
    }
    spans
}

/// Bytes of a tensor that are in use, and when.
fn parts(edge: &Edge) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
    let parts = edge.parts.iter();
    parts.map(|part| (part.bytes.clone(), part.time.0..part.time.1 + 1))
}

#[cfg(test)]
mod tests {
    use crate::Options;
    use crate::report::Report;
    use mlc_compiler::settings::Ram;

    #[test]
    fn nothing_in_use_overlaps_and_all_of_it_is_within_the_bound() {
        for ram in [Ram::Plain, Ram::Least] {
            let model = mlc_fixtures::dir("digits_int8").join("model.onnx");
            let compiled = Options::new(model).ram(ram).compile().unwrap();
            let Report {
                map, live_bytes, ..
            } = Report::of(&compiled, "digits");
            let mut most = 0;
            for (number, span) in map.spans.iter().enumerate() {
                for tick in 0..span.ticks {
                    let mut live: Vec<_> = map.at(number, tick).map(|p| p.bytes.clone()).collect();
                    live.sort_by_key(|bytes| bytes.start);
                    assert!(live.windows(2).all(|pair| pair[0].end <= pair[1].start));
                    most = most.max(map.bytes_at(number, tick));
                }
            }
            assert_eq!(
                (most, map.spans.len() < 12),
                (live_bytes, ram == Ram::Least)
            );
        }
    }
}
