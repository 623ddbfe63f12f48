//! Sections of time, and the bound that the fullest of them sets.

use super::Buffer;
use std::collections::BTreeMap;
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

/// What is in use as time passes, as it would be if all offsets were multiples of one alignment.
struct Aligned {
    align: usize,
    /// How many buffers are in use that need no more than this alignment.
    count: usize,
    bytes: usize,
    /// How often each number of bytes is lost behind a buffer.
    padding: BTreeMap<usize, usize>,
}

impl Aligned {
    fn rounded(&self, buffer: &Buffer) -> (usize, usize) {
        let rounded = buffer.size.next_multiple_of(self.align);
        (rounded, rounded - buffer.size)
    }

    fn begin(&mut self, buffer: &Buffer) {
        let (rounded, padding) = self.rounded(buffer);
        self.count += usize::from(buffer.align == self.align);
        self.bytes += rounded;
        *self.padding.entry(padding).or_default() += 1;
    }

    fn end(&mut self, buffer: &Buffer) {
        let (rounded, padding) = self.rounded(buffer);
        self.count -= usize::from(buffer.align == self.align);
        self.bytes -= rounded;
        if let Some(times) = self.padding.get_mut(&padding) {
            *times -= 1;
            if *times == 0 {
                self.padding.remove(&padding);
            }
        }
    }

    /// The bytes in use, without what is lost behind the topmost.
    fn load(&self) -> usize {
        let most = self
            .padding
            .last_key_value()
            .map_or(0, |(padding, _)| *padding);
        self.bytes - most
    }
}

/// The most bytes that are in use at one moment, with the gaps that alignment forces between them. No placement is
/// lower.
///
/// All offsets of one moment are multiples of the smallest alignment there, so every buffer but the topmost takes a
/// multiple of it.
pub fn lower_bound(buffers: &[Buffer]) -> usize {
    let sections = Sections::of(buffers);
    let mut events = vec![(Vec::new(), Vec::new()); sections.len() + 1];
    for buffer in buffers {
        let range = sections.range(buffer);
        events[range.start].0.push(buffer);
        events[range.end].1.push(buffer);
    }
    let mut aligns: Vec<usize> = buffers.iter().map(|buffer| buffer.align).collect();
    aligns.sort_unstable();
    aligns.dedup();
    let aligned = |align| Aligned {
        align,
        count: 0,
        bytes: 0,
        padding: BTreeMap::new(),
    };
    let mut in_use: Vec<Aligned> = aligns.into_iter().map(aligned).collect();
    let mut most = 0;
    for (begin, end) in events {
        for aligned in &mut in_use {
            end.iter().for_each(|buffer| aligned.end(buffer));
            begin.iter().for_each(|buffer| aligned.begin(buffer));
        }
        let smallest = in_use.iter().find(|aligned| aligned.count > 0);
        most = most.max(smallest.map_or(0, Aligned::load));
    }
    most
}

/// Numbers of which the greatest within any range is found at once.
pub(super) struct Greatest(Vec<Vec<usize>>);

impl Greatest {
    /// Of these numbers.
    pub(super) fn of(numbers: Vec<usize>) -> Self {
        let mut levels = vec![numbers];
        let mut width = 1;
        while let Some(last) = levels.last().filter(|last| last.len() > width) {
            let pairs = last.iter().zip(&last[width..]);
            let next = pairs.map(|(a, b)| *a.max(b)).collect();
            levels.push(next);
            width *= 2;
        }
        Greatest(levels)
    }

    /// The greatest in a range; 0 if it is empty.
    pub(super) fn within(&self, range: Range<usize>) -> usize {
        let Some(level) = range.len().checked_ilog2() else {
            return 0;
        };
        let numbers = &self.0[level as usize];
        numbers[range.start].max(numbers[range.end - (1 << level)])
    }
}
