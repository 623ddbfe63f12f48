//! The memory plan as a file, `PLAN.json`, and the proof that nothing in it collides, from the file alone.
//!
//! Moment 0 is when the caller gives the inputs, moment `i` is step `i`, and after the last step the caller reads the
//! outputs. Steps of a segment run row by row: what they read and write is in the file, and the check runs them on
//! row numbers.

#[cfg(test)]
mod tests;

use mlc_compiler::Compiled;
use mlc_compiler::diag::{Diag, Diags};
use mlc_compiler::stream;
use mlc_runtime_core::stream as rows;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The name of the file in an emitted crate.
pub const FILE: &str = "PLAN.json";

/// The version of the format.
const FORMAT: u32 = 1;

/// The most rows that a tensor of a file may have.
const MOST_ROWS: usize = 1 << 20;

/// A memory plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    format: u32,
    /// The network.
    pub network: String,
    /// Bytes of the arena.
    pub arena_bytes: usize,
    /// No arena can be smaller in this order of steps.
    pub lower_bound: usize,
    /// Whether the search found that no arena can be smaller than this one.
    pub proved: bool,
    steps: usize,
    buffers: Vec<Buffer>,
    segments: Vec<Segment>,
}

/// Bytes of the arena that are in use for some time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Buffer {
    name: String,
    offset: usize,
    bytes: usize,
    align: usize,
    first: usize,
    last: usize,
    /// Whether its contents are kept from one run to the next.
    #[serde(default, skip_serializing_if = "is_false")]
    persistent: bool,
}

fn is_false(value: &bool) -> bool {
    !value
}

/// Steps that run row by row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Segment {
    first: usize,
    last: usize,
    tensors: Vec<Tensor>,
    layers: Vec<Layer>,
}

/// A tensor of which rows come and go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Tensor {
    /// Which of the buffers.
    buffer: usize,
    /// Rows it has, bytes of one, and how many are in memory at a time.
    rows: usize,
    row_bytes: usize,
    window: usize,
    /// Whether its rows come to be here, and whether they are needed afterwards.
    computed: bool,
    kept: bool,
}

/// What a step reads and writes, by numbers of tensors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Layer {
    reads: Vec<Read>,
    writes: usize,
}

/// Rows that a step reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Read {
    tensor: usize,
    extent: usize,
    stride: usize,
    pad: isize,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// The network.
    pub network: String,
    /// Bytes of the arena.
    pub arena_bytes: usize,
    /// Bytes in use at the fullest moment, computed anew.
    pub lower_bound: usize,
    /// Whether the arena is as small as can be in this order of steps: its own bytes prove it.
    pub optimal: bool,
    /// Whether the search that made the plan says so.
    pub claimed: bool,
    /// Buffers, and segments of steps that run row by row.
    pub buffers: usize,
    /// Segments of steps that run row by row.
    pub segments: usize,
    /// Bytes that are kept from one run to the next.
    pub persistent_bytes: usize,
}

impl Certificate {
    /// The plan of a network.
    pub fn of(compiled: &Compiled, network: &str) -> Self {
        let (program, plan) = (&compiled.program, &compiled.plan);
        let buffers = plan.blocks.iter().map(|(&id, block)| Buffer {
            name: program.buffer(id).name.clone(),
            offset: block.offset,
            bytes: block.size,
            align: block.align,
            first: block.lifetime.first,
            last: block.lifetime.last,
            persistent: program.keeps(id),
        });
        let number = |id| {
            plan.blocks
                .keys()
                .position(|&key| key == id)
                .unwrap_or(usize::MAX)
        };
        let tensor = |e: &stream::Edge| Tensor {
            buffer: number(e.buffer),
            rows: e.rows,
            row_bytes: e.row,
            window: e.window,
            computed: e.computed,
            kept: e.kept,
        };
        let segment = |s: &stream::Segment| Segment {
            first: s.steps.start + 1,
            last: s.steps.end,
            tensors: s.edges.iter().map(tensor).collect(),
            layers: s.layers.iter().map(Layer::of).collect(),
        };
        Certificate {
            format: FORMAT,
            network: network.into(),
            arena_bytes: plan.arena_bytes,
            lower_bound: plan.lower_bound,
            proved: plan.proved,
            steps: program.steps.len(),
            buffers: buffers.collect(),
            segments: program.segments.iter().map(segment).collect(),
        }
    }

    /// Reads the plan of the crate in `folder`.
    pub fn read(folder: &Path) -> Result<Self, Diag> {
        let path = folder.join(FILE);
        let about = |diag: Diag| diag.note(format!("file {}", path.display()));
        let text = std::fs::read(&path).map_err(|e| {
            about(Diag::new(
                "unreadable-file",
                format!("cannot read the plan: {e}"),
            ))
            .note("`mlc build` writes it into each crate")
        })?;
        let plan: Certificate = serde_json::from_slice(&text)
            .map_err(|e| about(Diag::new("invalid-plan", format!("not a plan: {e}"))))?;
        match plan.format {
            FORMAT => Ok(plan),
            other => Err(about(Diag::new(
                "invalid-plan",
                format!("format {other} is not known"),
            ))),
        }
    }

    /// The file's contents.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Confirms that no two buffers collide, that all lie in the arena, and that the bound is right.
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
        let mut bound = self.fullest_moment();
        for segment in &self.segments {
            match segment.fullest(self) {
                Ok(bytes) => bound = bound.max(bytes),
                Err(what) => problems.extend([wrong(&segment.name(), what)]),
            }
        }
        if problems.is_empty() && bound > self.arena_bytes {
            problems.extend([wrong("the arena", "it holds less than is in use at once")]);
        }
        if !problems.is_empty() {
            return Err(Diags(problems));
        }
        Ok(Checked {
            network: self.network.clone(),
            arena_bytes: self.arena_bytes,
            lower_bound: bound,
            optimal: bound == self.arena_bytes,
            claimed: self.proved,
            buffers: self.buffers.len(),
            segments: self.segments.len(),
            persistent_bytes: self
                .buffers
                .iter()
                .filter(|b| b.persistent)
                .map(|b| b.bytes)
                .sum(),
        })
    }

    fn misplaced(&self, buffer: &Buffer) -> Option<&'static str> {
        let end = buffer.offset.checked_add(buffer.bytes);
        if end.is_none_or(|end| end > self.arena_bytes) {
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

    /// The most bytes in use at a moment outside of segments.
    fn fullest_moment(&self) -> usize {
        let inside = |m: usize| self.segments.iter().any(|s| s.first <= m && m <= s.last);
        let moments = self.buffers.iter().map(|b| b.first).filter(|&m| !inside(m));
        let alive = |m: usize| {
            self.buffers
                .iter()
                .filter(move |b| b.first <= m && m <= b.last)
        };
        moments
            .map(|m| alive(m).map(|b| b.bytes).sum())
            .max()
            .unwrap_or(0)
    }
}

fn wrong(name: &str, what: &str) -> Diag {
    Diag::new("invalid-plan", format!("`{name}`: {what}"))
}

impl Buffer {
    fn collides(&self, other: &Buffer) -> bool {
        let in_time = self.first <= other.last && other.first <= self.last;
        let end = |b: &Buffer| b.offset.saturating_add(b.bytes);
        in_time && self.offset < end(other) && other.offset < end(self)
    }
}

impl Layer {
    fn of(layer: &stream::Layer) -> Self {
        let read = |source: &rows::Source| Read {
            tensor: source.edge,
            extent: source.extent,
            stride: source.stride,
            pad: source.pad,
        };
        Layer {
            reads: layer.reads.iter().map(read).collect(),
            writes: layer.writes,
        }
    }
}

impl Segment {
    fn name(&self) -> String {
        format!("steps {} to {}", self.first, self.last)
    }

    /// Runs the steps on row numbers: the most bytes in use at once, other buffers included, or what is wrong.
    fn fullest(&self, plan: &Certificate) -> Result<usize, &'static str> {
        let edges = self.tensors.iter().map(|t| t.edge(plan));
        let edges: Vec<_> = edges
            .collect::<Option<_>>()
            .ok_or("there is a tensor without a place")?;
        let sources: Vec<Vec<_>> = self.layers.iter().map(Layer::sources).collect();
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
        if let Some(problem) = stream.check(&mut done.clone(), plan.arena_bytes) {
            return Err(problem);
        }
        let mut most = 0;
        while let Some(layer) = stream.next(&done) {
            let written = layers[layer].writes;
            most = most.max(stream.live_bytes(&done) + new_row(&stream, written, &done));
            done[written] += 1;
        }
        let is_tensor = |i: usize| self.tensors.iter().any(|t| t.buffer == i);
        let beside = plan
            .buffers
            .iter()
            .enumerate()
            .filter(|(i, b)| !is_tensor(*i) && b.first <= self.first && self.last <= b.last);
        Ok(most + beside.map(|(_, b)| b.bytes).sum::<usize>())
    }
}

/// Bytes of the row that is computed next, unless it grows in place.
fn new_row(stream: &rows::Stream<'_>, edge: usize, done: &[usize]) -> usize {
    let edge_of = &stream.edges[edge];
    let grows = edge_of.window == 1 && edge_of.kept && done[edge] > 0;
    if grows { 0 } else { edge_of.row }
}

impl Layer {
    fn sources(&self) -> Vec<rows::Source> {
        let source = |r: &Read| rows::Source {
            edge: r.tensor,
            extent: r.extent,
            stride: r.stride,
            pad: r.pad,
        };
        self.reads.iter().map(source).collect()
    }
}

impl Tensor {
    /// As what runs rows sees it; `None` if it does not fit its buffer.
    fn edge(&self, plan: &Certificate) -> Option<rows::Edge> {
        let buffer = plan.buffers.get(self.buffer)?;
        let bytes = self.row_bytes.checked_mul(self.window)?;
        let fits = bytes <= buffer.bytes && self.rows <= MOST_ROWS && self.window <= self.rows;
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
