//! Layers that run row by row, through buffers that hold a few rows each.
//!
//! A [`Stream`] says which rows of which tensors each layer reads and writes. The deepest layer whose
//! input rows are there computes its next row, until no layer can: rows are used as soon as they
//! may be, so that few are kept, and none is computed twice. A tensor between layers has a window of
//! rows; when that is full, a new row moves the others up by one. Tensors that come from elsewhere,
//! or go elsewhere, are whole; layers may write into what is no longer needed of them.
//!
//! [`Stream::prove`] runs all that on row numbers alone: an emitted crate asks it in a `const` block,
//! so that a plan by which a row would be lost does not compile.

use super::arena::{ALIGN, Element, elements, elements_mut};
use super::kernels::rows::Rows;
use super::kernels::shift::slide;

/// A tensor, and which of its rows are in memory.
#[derive(Clone, Copy, Debug)]
pub struct Edge {
    /// Bytes from the start of the arena to its first row, or to that of its window.
    pub at: usize,
    /// Bytes of a row.
    pub row: usize,
    /// Rows it has.
    pub rows: usize,
    /// Rows that are in memory at a time: the last ones that were computed. Of a window of one row in
    /// which sums grow, it is the same row each time.
    pub window: usize,
    /// Alignment in bytes.
    pub align: usize,
    /// Whether it is needed afterwards.
    pub kept: bool,
}

/// The rows of a tensor that a layer reads.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// The tensor.
    pub edge: usize,
    /// Rows of a window.
    pub extent: usize,
    /// Rows from one window to the next.
    pub stride: usize,
    /// Rows by which the first window starts before the first row.
    pub pad: isize,
}

/// A layer: row `n` of a tensor is computed from the `n`-th windows of others.
#[derive(Clone, Copy, Debug)]
pub struct Layer<'a> {
    /// What it reads.
    pub reads: &'a [Source],
    /// The tensor that it writes.
    pub writes: usize,
}

/// Layers in order, and the tensors between them.
#[derive(Clone, Copy, Debug)]
pub struct Stream<'a> {
    /// The tensors.
    pub edges: &'a [Edge],
    /// The layers.
    pub layers: &'a [Layer<'a>],
}

/// The next row of a layer, and what it is computed from.
pub struct Work<'a, const R: usize> {
    /// Which row, and the first input row that is there.
    pub rows: Rows,
    /// The rows that it reads.
    pub reads: [&'a [u8]; R],
    /// The row that it writes.
    pub write: &'a mut [u8],
}

impl Layer<'_> {
    const NONE: Self = Layer {
        reads: &[],
        writes: usize::MAX,
    };
}

impl Source {
    /// The same row of `edge`.
    pub const fn row(edge: usize) -> Self {
        Source {
            edge,
            extent: 1,
            stride: 1,
            pad: 0,
        }
    }

    /// The rows that the window of output row `row` touches, of `rows` that there are.
    pub const fn window(&self, row: usize, rows: usize) -> (usize, usize) {
        let first = (row.wrapping_mul(self.stride) as isize).wrapping_sub(self.pad);
        let end = first.wrapping_add(self.extent as isize);
        let (first, end) = (at_least_0(first), at_least_0(end));
        (least(first, rows), least(end, rows))
    }
}

impl Edge {
    const NONE: Self = Edge {
        at: 0,
        row: 0,
        rows: 0,
        window: 0,
        align: 1,
        kept: false,
    };

    /// The first row that is in memory when `done` rows have been computed.
    pub const fn base(&self, done: usize) -> usize {
        done.saturating_sub(self.window)
    }

    /// Where row `row` is when `done` rows have been computed, in bytes of the arena.
    const fn place(&self, row: usize, done: usize) -> usize {
        let within = row.wrapping_sub(self.base(done));
        self.at.wrapping_add(within.wrapping_mul(self.row))
    }

    /// The bytes that change when a row is computed after `done` others: all of a window that moves.
    const fn changes(&self, done: usize) -> (usize, usize) {
        if done >= self.window {
            return (self.at, self.at + self.window * self.row);
        }
        let start = self.place(done, done);
        (start, start + self.row)
    }
}

impl<'a> Stream<'a> {
    /// The deepest layer that can compute a row, where `done` rows of each tensor have been.
    pub const fn next(&self, done: &[usize]) -> Option<usize> {
        let mut layer = self.layers.len();
        while layer > 0 {
            layer -= 1;
            if self.is_ready(layer, done) {
                return Some(layer);
            }
        }
        None
    }

    const fn is_ready(&self, layer: usize, done: &[usize]) -> bool {
        let Layer { reads, writes } = item(self.layers, layer, Layer::NONE);
        let row = item(done, writes, usize::MAX);
        if row >= item(self.edges, writes, Edge::NONE).rows {
            return false;
        }
        let mut i = 0;
        while i < reads.len() {
            let edge = reads[i].edge;
            let rows = item(self.edges, edge, Edge::NONE).rows;
            if reads[i].window(row, rows).1 > item(done, edge, 0) {
                return false;
            }
            i += 1;
        }
        true
    }

    /// The first row of `edge` that is still needed.
    ///
    /// Of one that is needed afterwards, that is the first row.
    pub const fn needed(&self, edge: usize, done: &[usize]) -> usize {
        if self.edges[edge].kept {
            return 0;
        }
        let (rows, mut needed, mut layer) = (self.edges[edge].rows, self.edges[edge].rows, 0);
        while layer < self.layers.len() {
            let Layer { reads, writes } = self.layers[layer];
            let (mut i, row) = (0, done[writes]);
            while i < reads.len() {
                if reads[i].edge == edge && row < self.edges[writes].rows {
                    needed = least(needed, reads[i].window(row, rows).0);
                }
                i += 1;
            }
            layer += 1;
        }
        needed
    }

    /// Fails, at compile time if asked there, unless [`Stream::check`] has nothing to say.
    pub const fn prove<const E: usize>(&self, mut done: [usize; E], bytes: usize) {
        if let Some(problem) = self.check(&mut done, bytes) {
            panic!("{}", problem);
        }
    }

    /// Runs the layers on row numbers from `done` on. `None` if every row that is read is in memory, none is
    /// overwritten before its last use, all lie aligned in `bytes` bytes, and what is kept is computed in the end;
    /// else what is wrong.
    ///
    /// # Panics
    /// If layers name tensors that there are not.
    pub const fn check(&self, done: &mut [usize], bytes: usize) -> Option<&'static str> {
        let mut edge = 0;
        while edge < self.edges.len() {
            let Edge {
                at,
                row,
                window,
                align,
                ..
            } = self.edges[edge];
            if at + row * window > bytes {
                return Some("rows reach past the end of the arena");
            }
            if !at.is_multiple_of(align) || !row.is_multiple_of(align) || align > ALIGN {
                return Some("rows are not aligned");
            }
            edge += 1;
        }
        while let Some(layer) = self.next(done) {
            if let Some(problem) = self.check_row(layer, done) {
                return Some(problem);
            }
            done[self.layers[layer].writes] += 1;
        }
        let mut edge = 0;
        while edge < self.edges.len() {
            if self.edges[edge].kept && done[edge] < self.edges[edge].rows {
                return Some("rows are never computed");
            }
            edge += 1;
        }
        None
    }

    /// Whether the next row of `layer` lacks a row or destroys one.
    const fn check_row(&self, layer: usize, done: &[usize]) -> Option<&'static str> {
        let Layer { reads, writes } = self.layers[layer];
        let (start, end) = self.edges[writes].changes(done[writes]);
        let mut i = 0;
        while i < reads.len() {
            let edge = reads[i].edge;
            let first = reads[i].window(done[writes], self.edges[edge].rows).0;
            if first < self.edges[edge].base(done[edge]) {
                return Some("a row is no longer there");
            }
            i += 1;
        }
        let lost = self.edges[writes].base(done[writes]);
        let full = done[writes] >= self.edges[writes].window && !self.edges[writes].kept;
        if full && self.needed(writes, done) <= lost {
            return Some("a row moves out that is still needed");
        }
        let mut edge = 0;
        while edge < self.edges.len() {
            let (first, last) = self.live(edge, done);
            if first != last && edge != writes && start < last && first < end {
                return Some("a row is overwritten that is still needed");
            }
            edge += 1;
        }
        None
    }

    /// Bytes of all tensors that are in memory and still needed.
    pub const fn live_bytes(&self, done: &[usize]) -> usize {
        let (mut bytes, mut edge) = (0, 0);
        while edge < self.edges.len() {
            let (first, last) = self.live(edge, done);
            bytes += last - first;
            edge += 1;
        }
        bytes
    }

    /// The bytes of the rows of `edge` that are in memory and still needed.
    const fn live(&self, edge: usize, done: &[usize]) -> (usize, usize) {
        let (e, done_of) = (&self.edges[edge], done[edge]);
        let needed = self.needed(edge, done);
        let base = e.base(done_of);
        let first = if needed > base { needed } else { base };
        if first >= done_of {
            return (0, 0);
        }
        let start = e.place(first, done_of);
        (start, start + (done_of - first) * e.row)
    }

    /// The next row of `layer`: its place, after the window has moved if it must, and the rows that it reads.
    /// `done` counts the row as computed from now on.
    #[inline]
    pub fn take<'m, const R: usize>(
        &self,
        layer: usize,
        done: &mut [usize],
        memory: &'m mut [u8],
    ) -> Option<Work<'m, R>> {
        let Layer { reads, writes } = self.layers.get(layer)?;
        let (edge, count) = (self.edges.get(*writes)?, done.get_mut(*writes)?);
        let row = *count;
        if row >= edge.window && edge.window > 1 {
            let window = memory
                .get_mut(edge.at..)?
                .get_mut(..edge.window.wrapping_mul(edge.row))?;
            move_up(window, edge.row);
        }
        *count = row.wrapping_add(1);
        let start = edge.place(row, *count);
        let (before, rest) = memory.split_at_mut_checked(start)?;
        let (write, after) = rest.split_at_mut_checked(edge.row)?;
        let (before, after) = (&*before, &*after);
        let end = start.wrapping_add(edge.row);
        let mut rows = Rows {
            first: row,
            end: row.wrapping_add(1),
            input: 0,
        };
        let mut slices: [&[u8]; R] = [&[]; R];
        for (i, (slice, source)) in slices.iter_mut().zip(*reads).enumerate() {
            let (edge, done) = (self.edges.get(source.edge)?, *done.get(source.edge)?);
            let (first, last) = source.window(row, edge.rows);
            let at = edge.place(first, done);
            let from = match at.checked_sub(end) {
                Some(at) => after.get(at..)?,
                None => before.get(at..)?,
            };
            *slice = from.get(..last.wrapping_sub(first).wrapping_mul(edge.row))?;
            if i == 0 {
                rows.input = first;
            }
        }
        Some(Work {
            rows,
            reads: slices,
            write,
        })
    }
}

/// Moves all rows of a window but the first to its start, as words where they consist of words.
fn move_up(window: &mut [u8], row: usize) {
    const WORD: usize = size_of::<u32>();
    match elements_mut::<u32>(window).filter(|_| row.is_multiple_of(WORD)) {
        Some(words) => slide(words, row / WORD),
        None => slide(window, row),
    }
}

/// Rows as elements of type `T`.
#[inline(always)]
pub fn read<T: Element>(bytes: &[u8]) -> &[T] {
    elements(bytes).unwrap_or(&[])
}

/// Starts a row with another one.
#[inline]
pub fn copy(from: &[u8], to: &mut [u8]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
}

/// A row as elements of type `T`, to be written.
#[inline(always)]
pub fn write<T: Element>(bytes: &mut [u8]) -> &mut [T] {
    elements_mut(bytes).unwrap_or(&mut [])
}

/// The `i`-th of `items`; no check of bounds that could fail is left in the code.
const fn item<T: Copy>(items: &[T], i: usize, none: T) -> T {
    if i < items.len() { items[i] } else { none }
}

const fn least(a: usize, b: usize) -> usize {
    if a < b { a } else { b }
}

const fn at_least_0(x: isize) -> usize {
    if x < 0 { 0 } else { x as usize }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::panic::catch_unwind;
    use std::vec::Vec;

    const fn edge(at: usize, rows: usize, window: usize, kept: bool) -> Edge {
        Edge {
            at,
            row: 2,
            rows,
            window,
            align: 1,
            kept,
        }
    }

    const fn source(edge: usize, extent: usize, pad: isize) -> Source {
        Source {
            edge,
            extent,
            stride: 1,
            pad,
        }
    }

    /// Six rows, sums of three neighbours twice, and the sum of both ends of that.
    const LAYERS: &[Layer<'_>] = &[
        Layer {
            reads: &[source(0, 3, 1)],
            writes: 1,
        },
        Layer {
            reads: &[source(1, 3, 1), source(0, 1, 0)],
            writes: 2,
        },
    ];

    /// Runs the layers on bytes, each adding up what it reads.
    fn run(edges: &[Edge], memory: &mut [u8]) -> Vec<u8> {
        let stream = Stream {
            edges,
            layers: LAYERS,
        };
        let mut done = [6, 0, 0];
        while let Some(layer) = stream.next(&done) {
            let work = match layer {
                0 => stream
                    .take::<1>(0, &mut done, memory)
                    .map(|w| (w.reads.to_vec(), w.write)),
                _ => stream
                    .take::<2>(1, &mut done, memory)
                    .map(|w| (w.reads.to_vec(), w.write)),
            };
            let (reads, write) = work.expect("rows that are there");
            let total = reads.concat().iter().fold(0u8, |a, b| a.wrapping_add(*b));
            write.fill(total);
        }
        memory[edges[2].at..][..12].to_vec()
    }

    #[test]
    fn windows_yield_what_whole_tensors_do() {
        let input: Vec<u8> = (0..12).collect();
        let with = |edges: &[Edge; 3]| {
            let stream = Stream {
                edges,
                layers: LAYERS,
            };
            stream.prove([6, 0, 0], 64);
            let mut memory = [0; 64];
            memory[edges[0].at..][..12].copy_from_slice(&input);
            run(edges, &mut memory)
        };
        let whole = with(&[
            edge(0, 6, 6, false),
            edge(20, 6, 6, false),
            edge(40, 6, 6, true),
        ]);
        let window = with(&[
            edge(0, 6, 6, false),
            edge(20, 6, 3, false),
            edge(40, 6, 6, true),
        ]);
        // The output trails behind the input, into rows that are needed no more.
        let over = with(&[
            edge(2, 6, 6, false),
            edge(20, 6, 3, false),
            edge(0, 6, 6, true),
        ]);
        assert_eq!(whole, window);
        assert_eq!(whole, over);
    }

    #[test]
    fn lost_rows_are_noticed() {
        let proves = |edges: [Edge; 3], bytes: usize| {
            catch_unwind(move || {
                let stream = Stream {
                    edges: &edges,
                    layers: LAYERS,
                };
                stream.prove([6, 0, 0], bytes);
            })
            .is_ok()
        };
        let (input, window, output) = (
            edge(0, 6, 6, false),
            edge(12, 6, 3, false),
            edge(18, 6, 6, true),
        );
        assert!(proves([input, window, output], 30));
        assert!(!proves([input, window, output], 29), "past the end");
        assert!(
            !proves([input, edge(12, 6, 2, false), output], 30),
            "too small a window"
        );
        assert!(
            !proves([input, window, edge(0, 6, 6, true)], 30),
            "over rows that are needed"
        );
        assert!(
            !proves([input, edge(11, 6, 3, false), output], 30),
            "over the input's end"
        );
        let odd = Edge {
            align: 2,
            ..edge(13, 6, 3, false)
        };
        assert!(
            !proves([input, odd, edge(19, 6, 6, true)], 64),
            "not aligned"
        );
    }
}
