//! Segments: steps that run row by row, through buffers that hold a few rows of each tensor.
//!
//! Which rows a step needs is what its kernel's row of the table says ([`Streams`]). The order in which
//! rows are computed is that of [`runtime_core::stream`](mlc_runtime_core::stream), which emitted crates
//! follow as well; [`Segment::new`] runs it once to see how many rows each window must hold, and when
//! which bytes are in use.

mod choose;

use crate::program::{BufferId, Edge, Layer, Part, Program, Segment, Step, Storage};
pub use choose::{Choice, Choices};
use mlc_runtime_core::stream::{self, Source};
use mlc_runtime_core::table::{ParamsOfPart, Role, Streams};
use std::collections::HashSet;
use std::ops::Range;

impl Segment {
    /// The steps as a segment; `None` if one cannot run row by row, or their rows do not fit together.
    /// With `fed`, the program's input comes row by row and is used nowhere else.
    pub fn new(program: &Program, steps: Range<usize>, fed: bool) -> Option<Segment> {
        let mut segment = Segment {
            steps: steps.clone(),
            edges: Vec::new(),
            layers: Vec::new(),
            fed,
            time: 0,
            scratch: Vec::new(),
        };
        for step in &program.steps[steps] {
            let layer = segment.layer(program, step)?;
            segment.layers.push(layer);
            segment.scratch.extend(scratch(program, step));
        }
        segment.scratch.sort_unstable();
        segment.scratch.dedup();
        segment.find_kept(program);
        if fed {
            segment.feed(program)?;
        }
        segment.run();
        Some(segment)
    }

    /// Which layer a step is.
    pub fn layer_of(&self, step: usize) -> usize {
        step - self.steps.start + usize::from(self.fed)
    }

    /// What a step reads and writes.
    fn layer(&mut self, program: &Program, step: &Step) -> Option<Layer> {
        let Moving {
            reads,
            base,
            output,
        } = moving(program, step)?;
        let params = step.call.params.as_ref().map(|p| (**p).as_any());
        match step.call.kernel.streams.as_ref()? {
            Streams::Windows(span) => {
                let span = span(params?)?;
                let &[input] = &reads[..] else {
                    return None;
                };
                let mut reads = vec![Source {
                    edge: self.edge(program, input, Some(span.input))?,
                    extent: span.extent,
                    stride: span.stride,
                    pad: span.pad,
                }];
                if let Some(base) = base {
                    let edge = self.edge(program, base, Some(span.output))?;
                    reads.push(Source::row(edge));
                }
                let writes = self.output(program, output, span.output, false)?;
                Some(Layer { reads, writes })
            }
            elements_or_sums => {
                let mut read = |id: BufferId| Some(Source::row(self.edge(program, id, None)?));
                let reads: Vec<_> = reads.into_iter().map(&mut read).collect::<Option<_>>()?;
                let rows = self.edges[reads.first()?.edge].rows;
                let alike = reads.iter().all(|s| self.edges[s.edge].rows == rows);
                if let Streams::Elements(part) = elements_or_sums {
                    parts_are_alike(program, step, *part, rows).then_some(())?;
                }
                let sums = matches!(elements_or_sums, Streams::Sums);
                let writes = self.output(program, output, alike.then_some(rows)?, sums)?;
                Some(Layer { reads, writes })
            }
        }
    }

    /// The number of the tensor in a buffer that has, or may have, so many rows.
    fn edge(&mut self, program: &Program, id: BufferId, rows: Option<usize>) -> Option<usize> {
        let buffer = whole(program, id)?;
        if let Some(known) = self.edges.iter().position(|e| e.buffer == buffer) {
            let edge = &self.edges[known];
            let fits = rows.is_none_or(|rows| rows == edge.rows) && !edge.sums;
            return fits.then_some(known);
        }
        let shape = &program.buffer(id).ty.shape;
        let image = || (shape.len() > 2 && shape[0] == 1).then(|| shape[1]);
        self.push(program, buffer, rows.or_else(image)?)
    }

    /// The number of the tensor that a step writes.
    fn output(
        &mut self,
        program: &Program,
        id: BufferId,
        rows: usize,
        sums: bool,
    ) -> Option<usize> {
        let buffer = whole(program, id)?;
        if self.edges.iter().any(|e| e.buffer == buffer) {
            return None;
        }
        let number = self.push(program, buffer, if sums { 1 } else { rows })?;
        let edge = &mut self.edges[number];
        (edge.rows, edge.computed, edge.sums) = (rows, true, sums);
        Some(number)
    }

    fn push(&mut self, program: &Program, buffer: BufferId, rows: usize) -> Option<usize> {
        let bytes = program.buffer(buffer).bytes();
        if rows == 0 || bytes == 0 || !bytes.is_multiple_of(rows) {
            return None;
        }
        self.edges.push(Edge {
            buffer,
            rows,
            row: bytes / rows,
            window: rows,
            computed: false,
            sums: false,
            kept: false,
            parts: Vec::new(),
        });
        Some(self.edges.len() - 1)
    }

    /// Finds out which tensors are needed afterwards.
    fn find_kept(&mut self, program: &Program) {
        let (before, after) = program.steps.split_at(self.steps.end);
        let roots = |steps: &[Step]| -> HashSet<BufferId> {
            let operands = steps.iter().flat_map(|s| &s.call.operands);
            operands.map(|&id| program.root(id).0).collect()
        };
        let (started, mut used) = (roots(before), roots(after));
        // A copy reads what it is a copy of when it is first used.
        let copied = used.iter().filter(|root| !started.contains(root));
        let copied = copied.filter_map(|&root| match program.buffer(root).storage {
            Storage::CopyOf(from) => Some(program.root(from).0),
            _ => None,
        });
        let copied: Vec<_> = copied.collect();
        used.extend(copied);
        used.extend(
            program
                .outputs
                .iter()
                .map(|port| program.root(port.buffer).0),
        );
        for edge in &mut self.edges {
            edge.kept = used.contains(&edge.buffer);
        }
    }

    /// Rows of each tensor that are there before the segment runs.
    pub fn start(&self) -> Vec<usize> {
        let rows = |e: &Edge| if e.computed { 0 } else { e.rows };
        self.edges.iter().map(rows).collect()
    }

    /// The most bytes of its tensors that are in use at a time.
    pub fn peak(&self) -> usize {
        let mut change = vec![0isize; self.time + 1];
        for part in self.edges.iter().flat_map(|e| &e.parts) {
            change[part.time.0] += part.bytes.len() as isize;
            change[part.time.1 + 1] -= part.bytes.len() as isize;
        }
        let mut now = 0;
        let totals = change.into_iter().map(|c| {
            now += c;
            now as usize
        });
        totals.max().unwrap_or(0)
    }

    /// Whether a buffer is scratch of the segment, which has to lie above another: it is one of rows.
    pub fn is_above(&self, scratch: &BufferId, other: &BufferId) -> bool {
        let is_edge = || self.edges.iter().any(|e| e.buffer == *other);
        self.scratch.contains(scratch) && is_edge()
    }

    /// Lets the caller be the layer that writes the input.
    fn feed(&mut self, program: &Program) -> Option<()> {
        let [port] = &program.inputs[..] else {
            return None;
        };
        let input = program.root(port.buffer).0;
        let writes = self
            .edges
            .iter()
            .position(|e| e.buffer == input && !e.computed)?;
        if self.edges[writes].kept || self.edges.iter().filter(|e| !e.computed).count() > 1 {
            return None;
        }
        self.edges[writes].computed = true;
        self.layers.insert(
            0,
            Layer {
                reads: Vec::new(),
                writes,
            },
        );
        Some(())
    }

    /// Computes all rows, on their numbers alone, and notes what is in memory when.
    fn run(&mut self) {
        let edges: Vec<_> = self.edges.iter().map(|e| e.placed(0, 1)).collect();
        let layers: Vec<_> = self.layers.iter().map(Layer::as_run).collect();
        let stream = stream::Stream {
            edges: &edges,
            layers: &layers,
        };
        let mut uses: Vec<_> = self.edges.iter().map(|e| vec![None; e.rows]).collect();
        let (mut done, mut time) = (self.start(), 0);
        let mut windows = vec![0; edges.len()];
        let mut oldest = vec![0; edges.len()];
        while let Some(layer) = stream.next(&done) {
            let stream::Layer { reads, writes } = layers[layer];
            let row = done[writes];
            let oldest = &mut oldest[writes];
            while *oldest < row && !stream.is_needed(writes, *oldest, &done) {
                *oldest += 1;
            }
            windows[writes] = windows[writes].max(row + 1 - *oldest);
            use_at(&mut uses[writes][row], time);
            for source in reads {
                let (first, end) = source.window(row, edges[source.edge].rows);
                uses[source.edge][first..end]
                    .iter_mut()
                    .for_each(|u| use_at(u, time));
            }
            done[writes] += 1;
            time += 1;
        }
        self.time = time;
        for ((edge, window), uses) in self.edges.iter_mut().zip(windows).zip(uses) {
            edge.settle(window, &uses, time.saturating_sub(1));
        }
    }
}

impl Layer {
    /// As what runs it sees it.
    pub fn as_run(&self) -> stream::Layer<'_> {
        stream::Layer {
            reads: &self.reads,
            writes: self.writes,
        }
    }
}

impl Edge {
    /// As what runs the segment sees it, `at` bytes from the start of the arena.
    pub fn placed(&self, at: usize, align: usize) -> stream::Edge {
        let Edge {
            row,
            rows,
            window,
            kept,
            ..
        } = *self;
        stream::Edge {
            at,
            row,
            rows,
            window,
            align,
            kept,
        }
    }

    /// Bytes that it takes.
    pub fn bytes(&self) -> usize {
        self.window * self.row
    }

    /// Sets the window and which bytes are in use when, from the first and last use of each row.
    fn settle(&mut self, window: usize, uses: &[Option<(usize, usize)>], end: usize) {
        if self.computed && !self.kept {
            self.window = window;
        }
        let until = |last| if self.kept { end } else { last };
        let from = |first| if self.computed { first } else { 0 };
        let used = uses.iter().map(|u| u.unwrap_or((0, 0)));
        let spans: Vec<_> = used.map(|(a, b)| (from(a), until(b))).collect();
        if self.sums {
            self.window = 1;
            let first = spans.first().map_or(0, |s| s.0);
            self.parts = vec![self.part(0, (first, end))];
        } else if self.window < self.rows {
            self.parts = self.moving_parts(&spans);
        } else {
            let part = |(row, &time)| self.part(row, time);
            self.parts = spans.iter().enumerate().map(part).collect();
        }
    }

    /// The bytes of the `slot`-th row in memory.
    fn part(&self, slot: usize, time: (usize, usize)) -> Part {
        let bytes = slot * self.row..(slot + 1) * self.row;
        Part { bytes, time }
    }

    /// Which rows of a window that moves are in use when: while it moves, all of them, and then those
    /// that hold rows whose last use is still to come.
    fn moving_parts(&self, spans: &[(usize, usize)]) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        let mut open: Vec<Option<usize>> = vec![None; self.window];
        for (i, &(now, _)) in spans.iter().enumerate() {
            let next = spans.get(i + 1).map_or(usize::MAX, |s| s.0);
            let base = (i + 1).saturating_sub(self.window);
            for (slot, open) in open.iter_mut().enumerate() {
                let last = spans
                    .get(base + slot)
                    .filter(|_| base + slot <= i)
                    .map(|s| s.1);
                let moves = i >= self.window;
                let last = last.filter(|&last| last >= now).or(moves.then_some(now));
                let Some(last) = last.map(|last| last.min(next - 1)) else {
                    continue;
                };
                match open.and_then(|open| parts.get_mut(open)) {
                    Some(part) if part.time.1 + 1 >= now => part.time.1 = last,
                    _ => {
                        *open = Some(parts.len());
                        parts.push(self.part(slot, (now, last)));
                    }
                }
            }
        }
        parts
    }
}

/// Extends the time of a use.
fn use_at(used: &mut Option<(usize, usize)>, time: usize) {
    let (first, _) = used.unwrap_or((time, time));
    *used = Some((first, time));
}

/// What a step reads that is not constant, and the one buffer that it writes.
struct Moving {
    reads: Vec<BufferId>,
    /// What the output starts as a copy of.
    base: Option<BufferId>,
    output: BufferId,
}

fn moving(program: &Program, step: &Step) -> Option<Moving> {
    let operands = step.call.kernel.operands.iter().zip(&step.call.operands);
    let mut reads = Vec::new();
    let mut writes = Vec::new();
    for (row, &id) in operands {
        let constant = program.constant(program.root(id).0).is_some();
        match (row.role, &program.buffer(id).storage) {
            (Role::Read, _) if constant || program.buffer(id).is_empty() => {}
            (Role::Read, _) => reads.push(id),
            (Role::Write, _) => writes.push((None, id)),
            (Role::Update, &Storage::CopyOf(from)) => writes.push((Some(from), id)),
            (Role::Scratch, _) => {}
            (Role::Update, _) => return None,
        }
    }
    match writes[..] {
        [(base, output)] if !reads.is_empty() => Some(Moving {
            reads,
            base,
            output,
        }),
        _ => None,
    }
}

/// The buffers that a step uses as scratch.
pub(crate) fn scratch(program: &Program, step: &Step) -> impl Iterator<Item = BufferId> {
    let operands = step.call.kernel.operands.iter().zip(&step.call.operands);
    let scratch = operands.filter(|(row, _)| row.role == Role::Scratch);
    scratch.map(|(_, &id)| program.root(id).0)
}

/// Whether each of so many equal parts of an element-wise step is computed alike: constants are read whole.
fn parts_are_alike(
    program: &Program,
    step: &Step,
    part: Option<ParamsOfPart>,
    parts: usize,
) -> bool {
    let Some(&output) = step.call.operands.last() else {
        return false;
    };
    let len = program.buffer(output).len();
    let operands = step.call.operands.iter();
    let fits = operands.map(|&id| (program.buffer(id).len(), program.constant(id).is_some()));
    let fits = fits
        .filter(|(n, _)| *n > 0)
        .all(|(n, constant)| constant != (n == len));
    let params = step.call.params.as_ref().map(|p| (**p).as_any());
    fits && match (part, params) {
        (Some(part), Some(params)) => part(params, parts).is_some(),
        _ => true,
    }
}

/// The buffer that `id` is another name for, if it has just its bytes and may lie anywhere.
fn whole(program: &Program, id: BufferId) -> Option<BufferId> {
    let (root, offset) = program.root(id);
    let (all, part) = (program.buffer(root), program.buffer(id));
    let same = offset == 0 && all.bytes() == part.bytes();
    let moves = matches!(all.storage, Storage::Arena | Storage::CopyOf(_));
    (same && moves).then_some(root)
}
