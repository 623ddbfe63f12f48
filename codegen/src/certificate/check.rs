//! The proof that a plan holds, from its file alone.

use super::{Buffer, Certificate, Holds, Region};
use mlc_compiler::diag::{Diag, Diags};
use mlc_runtime_core::plan::ALIGN;
use serde::Serialize;

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// The network.
    pub network: String,
    /// Bytes of all arenas.
    pub arena_bytes: usize,
    /// Bytes in use at the fullest moment of each arena, computed anew, all together.
    pub lower_bound: usize,
    /// Whether each arena is as small as can be in this order of steps: its own bytes prove it.
    pub optimal: bool,
    /// The arenas.
    pub regions: Vec<CheckedRegion>,
    /// Whether the search that made the plan says so.
    pub claimed: bool,
    /// Buffers, and segments of steps that run row by row.
    pub buffers: usize,
    /// Segments of steps that run row by row.
    pub segments: usize,
    /// Bytes that are kept from one run to the next.
    pub persistent_bytes: usize,
}

/// What a check found in one region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckedRegion {
    /// Its name.
    pub name: String,
    /// Bytes of the arena.
    pub bytes: usize,
    /// Bytes that it may take, if there is a limit.
    pub budget: Option<usize>,
    /// Bytes in use at the fullest moment.
    pub lower_bound: usize,
}

impl Certificate {
    /// Confirms that buffers are as steps use them, that no two collide, that all lie in their arenas, that these keep
    /// within their budgets, and that the bounds are right.
    pub fn check(&self) -> Result<Checked, Diags> {
        let mut problems = self.misused();
        for segment in &self.segments {
            let differs = segment.differs(self);
            problems.extend(differs.map(|what| wrong(&segment.name(), what)));
        }
        for buffer in &self.buffers {
            problems.extend(self.misplaced(buffer).map(|what| wrong(&buffer.name, what)));
        }
        for (i, a) in self.buffers.iter().enumerate() {
            let others = self.buffers[..i].iter().enumerate();
            let collisions = others.filter(|&(j, b)| a.collides(b) && !self.share(i, j, a, b));
            problems.extend(
                collisions.map(|(_, b)| wrong(&a.name, &format!("it collides with `{}`", b.name))),
            );
        }
        for (i, region) in self.regions.iter().enumerate() {
            if self.regions[..i].iter().any(|r| r.name == region.name) {
                problems.push(wrong(&region.name, "there is another region of that name"));
            }
        }
        // What is no plan at all has no bounds.
        if !problems.is_empty() {
            return Err(Diags(problems));
        }
        let checked = self.regions.iter().map(|region| self.check_region(region));
        let mut regions = Vec::new();
        for (region, bound) in self.regions.iter().zip(checked) {
            match bound {
                Ok(bound) => regions.push(region.checked(bound)),
                Err(diag) => problems.push(diag),
            }
        }
        if !problems.is_empty() {
            return Err(Diags(problems));
        }
        let persistent = self.buffers.iter().filter(|b| b.holds == Holds::State);
        Ok(Checked {
            network: self.network.clone(),
            arena_bytes: total(regions.iter().map(|r| r.bytes)),
            lower_bound: total(regions.iter().map(|r| r.lower_bound)),
            optimal: regions.iter().all(CheckedRegion::is_optimal),
            regions,
            claimed: self.proved,
            buffers: self.buffers.len(),
            segments: self.segments.len(),
            persistent_bytes: total(persistent.map(|b| b.bytes)),
        })
    }

    /// The most bytes of a region that are in use at one moment, or what is wrong.
    fn check_region(&self, region: &Region) -> Result<usize, Diag> {
        let wrong_here = |what| wrong(&region.name, what);
        if region.budget.is_some_and(|budget| region.bytes > budget) {
            return Err(wrong_here("the arena takes more than it may"));
        }
        if region.lower_bound > region.bytes {
            return Err(wrong_here("its bound is above what it takes"));
        }
        let mut bound = self.fullest_moment(region);
        for segment in self.segments.iter().filter(|s| s.is_in(self, region)) {
            let fullest = segment.fullest(self, region);
            bound = bound.max(fullest.map_err(|what| wrong(&segment.name(), what))?);
        }
        match bound > region.bytes {
            true => Err(wrong_here("the arena holds less than is in use at once")),
            false => Ok(bound),
        }
    }

    fn region(&self, name: &str) -> Option<&Region> {
        self.regions.iter().find(|region| region.name == name)
    }

    fn misplaced(&self, buffer: &Buffer) -> Option<&'static str> {
        let Some(region) = self.region(&buffer.region) else {
            return Some("there is no such region");
        };
        let end = buffer.offset.checked_add(buffer.bytes);
        if end.is_none_or(|end| end > region.bytes) {
            return Some("it reaches past the end of the arena");
        }
        if buffer.align == 0 || !buffer.offset.is_multiple_of(buffer.align) {
            return Some("it is not aligned");
        }
        (buffer.align > ALIGN).then_some("it needs more alignment than an arena has")
    }

    /// Whether two buffers are in use together only while a segment runs that has both: its rows tell.
    fn share(&self, i: usize, j: usize, a: &Buffer, b: &Buffer) -> bool {
        let (first, last) = (a.first.max(b.first), a.last.min(b.last));
        self.segments.iter().any(|s| {
            let has = |buffer| s.tensors.iter().any(|t| t.buffer == buffer);
            s.first <= first && last <= s.last && has(i) && has(j)
        })
    }

    /// The most bytes of a region in use at a moment outside of segments whose rows lie there.
    fn fullest_moment(&self, region: &Region) -> usize {
        let segments: Vec<_> = self
            .segments
            .iter()
            .filter(|s| s.is_in(self, region))
            .collect();
        let inside = |m: usize| segments.iter().any(|s| s.first <= m && m <= s.last);
        let here = self.buffers.iter().filter(|b| b.region == region.name);
        let moments = here.clone().map(|b| b.first).filter(|&m| !inside(m));
        let alive = |m: usize| here.clone().filter(move |b| b.first <= m && m <= b.last);
        moments
            .map(|m| total(alive(m).map(|b| b.bytes)))
            .max()
            .unwrap_or(0)
    }
}

impl Region {
    fn checked(&self, lower_bound: usize) -> CheckedRegion {
        CheckedRegion {
            name: self.name.clone(),
            bytes: self.bytes,
            budget: self.budget,
            lower_bound,
        }
    }
}

impl CheckedRegion {
    /// Whether no arena in it can be smaller: one that is borrowed has a multiple of its alignment.
    fn is_optimal(&self) -> bool {
        [self.lower_bound, self.lower_bound.next_multiple_of(ALIGN)].contains(&self.bytes)
    }
}

/// The sum, or the most there can be: a file may say anything.
pub(super) fn total(bytes: impl Iterator<Item = usize>) -> usize {
    bytes.fold(0, usize::saturating_add)
}

/// A problem of something by that name.
pub(super) fn wrong(name: &str, what: &str) -> Diag {
    Diag::new("invalid-plan", format!("`{name}`: {what}"))
}

impl Buffer {
    fn collides(&self, other: &Buffer) -> bool {
        let in_time = self.first <= other.last && other.first <= self.last;
        let end = |b: &Buffer| b.offset.saturating_add(b.bytes);
        let in_space = self.region == other.region;
        in_time && in_space && self.offset < end(other) && other.offset < end(self)
    }
}
