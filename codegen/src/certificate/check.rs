//! The proof that a plan holds, from its file alone.

use super::{Buffer, Certificate, Layer, Read, Region, Segment, Tensor};
use mlc_compiler::diag::{Diag, Diags};
use mlc_runtime_core::arena::ALIGN;
use mlc_runtime_core::stream as rows;
use serde::Serialize;

/// The most rows that a tensor of a file may have.
const MOST_ROWS: usize = 1 << 20;

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
    /// Confirms that no two buffers collide, that all lie in their arenas, that these keep within their budgets, and
    /// that the bounds are right.
    pub fn check(&self) -> Result<Checked, Diags> {
        let mut problems = Vec::new();
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
        let persistent = self.buffers.iter().filter(|b| b.persistent);
        Ok(Checked {
            network: self.network.clone(),
            arena_bytes: regions.iter().map(|r| r.bytes).sum(),
            lower_bound: regions.iter().map(|r| r.lower_bound).sum(),
            optimal: regions.iter().all(CheckedRegion::is_optimal),
            regions,
            claimed: self.proved,
            buffers: self.buffers.len(),
            segments: self.segments.len(),
            persistent_bytes: persistent.map(|b| b.bytes).sum(),
        })
    }

    /// The most bytes of a region that are in use at one moment, or what is wrong.
    fn check_region(&self, region: &Region) -> Result<usize, Diag> {
        let wrong_here = |what| wrong(&region.name, what);
        if region.budget.is_some_and(|budget| region.bytes > budget) {
            return Err(wrong_here("the arena takes more than it may"));
        }
        if self
            .regions
            .iter()
            .filter(|r| r.name == region.name)
            .count()
            > 1
        {
            return Err(wrong_here("there is another region of that name"));
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
        if buffer.persistent && (buffer.first, buffer.last) != (0, self.steps + 1) {
            return Some("it is kept from one run to the next, but not in place all the time");
        }
        (buffer.first > buffer.last || buffer.last > self.steps + 1).then_some("it has no lifetime")
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
            .map(|m| alive(m).map(|b| b.bytes).sum())
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

fn wrong(name: &str, what: &str) -> Diag {
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

impl Segment {
    fn name(&self) -> String {
        format!("steps {} to {}", self.first, self.last)
    }

    /// Whether rows lie in a region.
    fn is_in(&self, plan: &Certificate, region: &Region) -> bool {
        let mut buffers = self.tensors.iter().map(|t| plan.buffers.get(t.buffer));
        buffers.any(|b| b.is_none_or(|b| b.region == region.name))
    }

    /// Runs the steps on row numbers: the most bytes of a region in use at once, other buffers included, or what is
    /// wrong.
    fn fullest(&self, plan: &Certificate, region: &Region) -> Result<usize, &'static str> {
        let edges = self.tensors.iter().map(|t| t.edge(plan, region));
        let edges: Vec<_> = edges
            .collect::<Option<_>>()
            .ok_or("there is a tensor without a place, or elsewhere")?;
        let sources = self.layers.iter().map(Layer::sources);
        let sources: Vec<Vec<_>> = sources
            .collect::<Option<_>>()
            .ok_or("there are windows beyond all rows, or such that do not move")?;
        let known = |edge: usize| edge < edges.len();
        let named = self.layers.iter().all(|l| known(l.writes))
            && sources.iter().flatten().all(|source| known(source.edge));
        if !named {
            return Err("there is a layer of a tensor that is not there");
        }
        let layers = self.layers.iter().zip(&sources);
        let layers: Vec<_> = layers
            .map(|(l, reads)| rows::Layer {
                reads,
                writes: l.writes,
            })
            .collect();
        let stream = rows::Stream {
            edges: &edges,
            layers: &layers,
        };
        let start = self
            .tensors
            .iter()
            .map(|t| if t.computed { 0 } else { t.rows });
        let mut done: Vec<usize> = start.collect();
        if let Some(problem) = stream.check(&mut done.clone(), region.bytes) {
            return Err(problem);
        }
        let most = most_rows(&stream, &self.tensors, &mut done);
        let is_tensor = |i: usize| self.tensors.iter().any(|t| t.buffer == i);
        let beside = plan
            .buffers
            .iter()
            .enumerate()
            .filter(|(_, b)| b.region == region.name)
            .filter(|(i, b)| !is_tensor(*i) && b.first <= self.first && self.last <= b.last);
        Ok(most + beside.map(|(_, b)| b.bytes).sum::<usize>())
    }
}

/// The most bytes of rows in use at once: each from when it is computed, or from the beginning, to when it is read last,
/// or to the end.
fn most_rows(stream: &rows::Stream<'_>, tensors: &[Tensor], done: &mut [usize]) -> usize {
    let mut uses: Vec<Vec<Option<[usize; 2]>>> =
        tensors.iter().map(|t| vec![None; t.rows]).collect();
    let mut time = 0;
    while let Some(layer) = stream.next(done) {
        let rows::Layer { reads, writes } = stream.layers[layer];
        let row = done[writes];
        uses[writes][row] = Some([time; 2]);
        for source in reads {
            let (first, end) = source.window(row, tensors[source.edge].rows);
            for used in &mut uses[source.edge][first..end] {
                *used = Some([used.map_or(0, |[first, _]| first), time]);
            }
        }
        done[writes] += 1;
        time += 1;
    }
    let mut change = vec![0isize; time + 1];
    for (tensor, uses) in tensors.iter().zip(&uses) {
        // Sums grow in one row.
        let grows = tensor.window == 1 && tensor.kept;
        let rows = if grows { &uses[..1] } else { &uses[..] };
        for [first, last] in rows.iter().map(|used| used.unwrap_or([0; 2])) {
            let last = if tensor.kept {
                time.saturating_sub(1)
            } else {
                last
            };
            change[first] += tensor.row_bytes as isize;
            change[(last + 1).min(time)] -= tensor.row_bytes as isize;
        }
    }
    let mut now = 0;
    let totals = change.iter().map(|change| {
        now += change;
        now as usize
    });
    totals.max().unwrap_or(0)
}

impl Layer {
    /// What it reads, as what runs rows sees it; `None` if no rows can be meant.
    fn sources(&self) -> Option<Vec<rows::Source>> {
        let source = |r: &Read| {
            let is_sane = r.stride > 0
                && [r.extent, r.stride, r.pad.unsigned_abs()]
                    .iter()
                    .all(|&n| n <= MOST_ROWS);
            is_sane.then_some(rows::Source {
                edge: r.tensor,
                extent: r.extent,
                stride: r.stride,
                pad: r.pad,
            })
        };
        self.reads.iter().map(source).collect()
    }
}

impl Tensor {
    /// As what runs rows sees it; `None` if it does not fit its buffer.
    fn edge(&self, plan: &Certificate, region: &Region) -> Option<rows::Edge> {
        let buffer = plan.buffers.get(self.buffer)?;
        let bytes = self.row_bytes.checked_mul(self.window)?;
        let here = buffer.region == region.name;
        let fits =
            here && bytes <= buffer.bytes && self.rows <= MOST_ROWS && self.window <= self.rows;
        fits.then_some(rows::Edge {
            at: buffer.offset,
            row: self.row_bytes,
            rows: self.rows,
            window: self.window,
            align: buffer.align,
            kept: self.kept,
        })
    }
}
