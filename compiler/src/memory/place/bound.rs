//! Sections of time, and the bound that the fullest of them sets.

use super::Buffer;
use std::ops::Range;

/// The moments that matter: those where buffers are in use that are not all in use at another.
pub(super) struct Sections(Vec<usize>);

impl Sections {
    /// Of moments at which something starts, those are kept after which something ends before more starts.
    pub(super) fn of(buffers: &[Buffer]) -> Self {
        let mut starts: Vec<usize> = buffers.iter().map(|b| b.lower).collect();
        starts.sort_unstable();
        starts.dedup();
        let mut ends: Vec<usize> = buffers.iter().map(|b| b.upper).collect();
        ends.sort_unstable();
        let ended_by = |moment: usize| ends.partition_point(|&end| end <= moment);
        let next = starts.iter().skip(1).copied().chain([usize::MAX]);
        let kept = starts.iter().zip(next);
        let kept = kept.filter(|&(&start, next)| ended_by(start) < ended_by(next));
        Sections(kept.map(|(&start, _)| start).collect())
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The sections in which a buffer is in use, at least one. Buffers meet if they share one.
    pub(super) fn range(&self, buffer: &Buffer) -> Range<usize> {
        let first_at = |moment| self.0.partition_point(|&section| section < moment);
        first_at(buffer.lower)..first_at(buffer.upper)
    }
}

/// What a section holds.
#[derive(Clone, Copy)]
struct Load {
    bytes: usize,
    padding: usize,
    align: usize,
}

/// The most bytes that are in use at one moment, with the gaps that alignment forces between them. No placement is
/// lower.
///
/// All offsets of one moment are multiples of the smallest alignment there, so every buffer but the topmost takes a
/// multiple of it.
pub fn lower_bound(buffers: &[Buffer]) -> usize {
    let sections = Sections::of(buffers);
    let empty = Load {
        bytes: 0,
        padding: 0,
        align: usize::MAX,
    };
    let mut loads = vec![empty; sections.len()];
    let ranges: Vec<_> = buffers.iter().map(|b| sections.range(b)).collect();
    for (buffer, range) in buffers.iter().zip(&ranges) {
        loads[range.clone()]
            .iter_mut()
            .for_each(|load| load.align = load.align.min(buffer.align));
    }
    for (buffer, range) in buffers.iter().zip(&ranges) {
        for load in &mut loads[range.clone()] {
            let rounded = buffer.size.next_multiple_of(load.align);
            load.bytes += rounded;
            load.padding = load.padding.max(rounded - buffer.size);
        }
    }
    loads
        .iter()
        .map(|load| load.bytes - load.padding)
        .max()
        .unwrap_or(0)
}
