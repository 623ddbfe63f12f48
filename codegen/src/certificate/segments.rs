//! Steps that run row by row: that a segment is what its steps and its buffers are, and the proof that no row is lost.

use super::check::total;
use super::{Buffer, Certificate, Holds, Layer, Operand, Read, Region, Segment, Step, Tensor};
use mlc_runtime_core::stream as rows;
use std::collections::BTreeSet;

/// The most rows that all tensors of a segment in a file may have together.
const MOST_ROWS: usize = 1 << 20;

impl Segment {
    pub(super) fn name(&self) -> String {
        format!("steps {} to {}", self.first, self.last)
    }

    /// Whether rows lie in a region.
    pub(super) fn is_in(&self, plan: &Certificate, region: &Region) -> bool {
        let mut buffers = self.tensors.iter().map(|t| plan.buffers.get(t.buffer));
        buffers.any(|b| b.is_none_or(|b| b.region == region.name))
    }

    /// How it differs from the steps that it is of.
    pub(super) fn differs(&self, plan: &Certificate) -> Option<&'static str> {
        let steps = self
            .first
            .checked_sub(1)
            .and_then(|first| plan.steps.get(first..self.last));
        let Some(steps) = steps.filter(|steps| !steps.is_empty()) else {
            return Some("there are no such steps");
        };
        let others = plan.segments.iter().filter(|s| !std::ptr::eq(*s, self));
        if others
            .clone()
            .any(|s| s.first <= self.last && self.first <= s.last)
        {
            return Some("a step is in another segment as well");
        }
        let (caller, layers) = self
            .layers
            .split_at(usize::from(self.fed).min(self.layers.len()));
        if layers.len() != steps.len() || !caller.iter().all(|l| self.is_input(l, plan)) {
            return Some("layers are not the steps");
        }
        if !layers
            .iter()
            .zip(steps)
            .all(|(l, step)| self.is_step(l, step, plan))
        {
            return Some("a layer reads or writes what its step does not");
        }
        let buffers: BTreeSet<_> = self.tensors.iter().map(|t| t.buffer).collect();
        if buffers.len() != self.tensors.len() {
            return Some("two tensors are in one buffer");
        }
        let fits = |(i, t): (usize, &Tensor)| {
            let buffer = plan.buffers.get(t.buffer);
            buffer.is_some_and(|b| self.fits(i, t, b, steps))
        };
        (!self.tensors.iter().enumerate().all(fits)).then_some("a tensor is not its buffer")
    }

    fn buffer(&self, tensor: usize) -> Option<usize> {
        self.tensors.get(tensor).map(|t| t.buffer)
    }

    /// Whether a layer is the caller, who feeds the network's only input.
    fn is_input(&self, layer: &Layer, plan: &Certificate) -> bool {
        let inputs = plan.inputs.iter().map(|input| Some(input.buffer));
        layer.reads.is_empty() && inputs.eq([self.buffer(layer.writes)])
    }

    /// Whether a layer reads and writes what a step does, weights apart.
    fn is_step(&self, layer: &Layer, step: &Step, plan: &Certificate) -> bool {
        let moves = |buffer: usize| {
            let buffer = plan.buffers.get(buffer);
            buffer.is_none_or(|b| b.holds != Holds::Weights)
        };
        let stated = step.reads.iter().map(|read| read.buffer);
        let stated: BTreeSet<_> = stated.filter(|&b| moves(b)).map(Some).collect();
        let reads = layer.reads.iter().map(|read| self.buffer(read.tensor));
        let is_tensor = |buffer: &usize| self.tensors.iter().any(|t| t.buffer == *buffer);
        let written = step.writes.iter().map(|write| write.buffer);
        let written = written.filter(is_tensor).map(Some);
        step.updates.is_empty()
            && reads.collect::<BTreeSet<_>>() == stated
            && written.eq([self.buffer(layer.writes)])
    }

    /// The buffers that its steps write beside its tensors: their scratch, which is in use all the time.
    pub(super) fn scratch<'a>(&'a self, plan: &'a Certificate) -> impl Iterator<Item = usize> + 'a {
        let first = self.first.saturating_sub(1);
        let steps = plan.steps.get(first..self.last).unwrap_or(&[]);
        let written = steps.iter().flat_map(|step| &step.writes);
        let written = written.map(|write| write.buffer);
        written.filter(|buffer| self.tensors.iter().all(|t| t.buffer != *buffer))
    }

    /// Whether a tensor has the bytes and the lifetime of its buffer.
    fn fits(&self, number: usize, tensor: &Tensor, buffer: &Buffer, steps: &[Step]) -> bool {
        let writers = self.layers.iter().filter(|l| l.writes == number).count();
        let is_sum = tensor.computed && tensor.kept && tensor.window == 1;
        let bytes = tensor.rows.saturating_mul(tensor.row_bytes);
        let is_whole = |operand: &Operand| {
            let sums =
                is_sum && operand.bytes == tensor.row_bytes && self.adds(number, tensor.rows);
            operand.at == 0 && (operand.bytes == bytes || sums)
        };
        let operands = steps.iter().flat_map(|s| s.reads.iter().chain(&s.writes));
        let mut operands = operands.filter(|operand| operand.buffer == tensor.buffer);
        let moves = tensor.computed && !tensor.kept;
        writers == usize::from(tensor.computed)
            && tensor.kept == (buffer.last > self.last)
            && (tensor.computed || buffer.first < self.first)
            && (tensor.window == tensor.rows || moves || is_sum)
            && operands.all(is_whole)
    }

    /// Whether a tensor is a sum over all rows, so many, of what its layer reads.
    fn adds(&self, tensor: usize, rows: usize) -> bool {
        let layers = self.layers.iter().filter(|l| l.writes == tensor);
        layers.flat_map(|l| &l.reads).all(|read| {
            let of = self.tensors.get(read.tensor);
            (read.extent, read.stride, read.pad) == (1, 1, 0) && of.is_some_and(|t| t.rows == rows)
        })
    }

    /// Runs the steps on row numbers: the most bytes of a region in use at once, other buffers included, or what is
    /// wrong.
    pub(super) fn fullest(
        &self,
        plan: &Certificate,
        region: &Region,
    ) -> Result<usize, &'static str> {
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
        if total(self.tensors.iter().map(|t| t.rows)) > MOST_ROWS {
            return Err("there are more rows than can be");
        }
        let start = self.tensors.iter();
        let start = start.map(|t| if t.computed { 0 } else { t.rows });
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
        Ok(total(beside.map(|(_, b)| b.bytes)).saturating_add(most))
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
