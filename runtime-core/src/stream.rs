//! Layers that run row by row, through buffers that hold a few rows each.
//!
//! A [`Stream`] says which rows of which tensors each layer reads and writes. The deepest layer whose
//! input rows are there computes its next row, until no layer can: rows are used as soon as they
//! may be, so that few are kept, and none is computed twice. A tensor between layers has a window of
//! rows; when that is full, a new row moves the others up by one. Tensors that come from elsewhere,
//! or go elsewhere, are whole; layers may write into what is no longer needed of them.
//!
//! [`Stream::by_rows`] runs all that on row numbers alone: an emitted crate asks it in a constant of its plan,
//! so that one by which a row would be lost does not compile.

use super::arena::{Element, elements, elements_mut};
use super::kernels::rows::Rows;
use super::kernels::shift::slide;
use super::plan::{ALIGN, Block, ByRows};

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

    /// Whether the window of any of the output rows from `next` to `rows` touches input row `row`.
    const fn is_read(&self, row: usize, next: usize, rows: usize) -> bool {
        let Source {
            extent,
            stride,
            pad,
            ..
        } = *self;
        // The first window that ends behind the row is the only one of those to come that matters: others start later.
        let behind = (row as isize)
            .wrapping_add(pad)
            .wrapping_sub(extent as isize);
        let first = match (behind < 0, (behind as usize).checked_div(stride)) {
            (false, Some(before)) => greatest(before.wrapping_add(1), next),
            _ => next,
        };
        let start = (first.wrapping_mul(stride) as isize).wrapping_sub(pad);
        first < rows && start <= row as isize
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

    /// Fails unless it lies in a block for these steps at least, with as many rows before as the block has then.
    const fn prove(&self, block: &Block, done: usize, first: usize, last: usize) {
        let bytes = self.window.saturating_mul(self.row);
        assert!(
            self.at == block.at && bytes <= block.bytes,
            "rows are not in their block"
        );
        assert!(
            block.first <= first && last <= block.last,
            "rows are used in steps in which their block is not taken"
        );
        assert!(
            self.kept || block.last == last,
            "rows are not kept that are needed afterwards"
        );
        let before = if block.first < first { self.rows } else { 0 };
        assert!(
            done == before,
            "rows are there before they are computed, or are not"
        );
    }

    /// Whether it does not fit the arena, or has nothing to fit.
    const fn check(&self, bytes: usize) -> Option<&'static str> {
        let Edge {
            at,
            row,
            window,
            align,
            ..
        } = *self;
        if row == 0 || window == 0 {
            return Some("rows take no bytes");
        }
        if at.saturating_add(row.saturating_mul(window)) > bytes {
            return Some("rows reach past the end of the arena");
        }
        if !at.is_multiple_of(align) || !row.is_multiple_of(align) || align > ALIGN {
            return Some("rows are not aligned");
        }
        None
    }

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

    /// Whether a row of `edge` is read by any row that is still to come after `done` rows of each tensor, or afterwards.
    ///
    /// This says when rows die: plans are made by it, and proved by it.
    pub const fn is_needed(&self, edge: usize, row: usize, done: &[usize]) -> bool {
        if self.edges[edge].kept {
            return true;
        }
        let mut layer = 0;
        while layer < self.layers.len() {
            let Layer { reads, writes } = self.layers[layer];
            let (next, rows) = (done[writes], self.edges[writes].rows);
            let mut i = 0;
            while i < reads.len() {
                if reads[i].edge == edge && reads[i].is_read(row, next, rows) {
                    return true;
                }
                i += 1;
            }
            layer += 1;
        }
        false
    }

    /// The blocks of a plan, one for each tensor, that may share bytes row by row from step `first` to step `last`.
    ///
    /// Fails, at compile time if asked there, unless [`Stream::check`] has nothing to say of `done` rows that are there
    /// before, and tensors lie where their blocks do, for as long as they are needed.
    pub const fn by_rows<'b, const E: usize>(
        &self,
        [first, last]: [usize; 2],
        mut done: [usize; E],
        plan: &[Block],
        blocks: &'b [usize; E],
        bytes: usize,
    ) -> ByRows<'b> {
        assert!(
            self.edges.len() == E,
            "there is not a block for each tensor"
        );
        let mut i = 0;
        while i < E {
            self.edges[i].prove(&plan[blocks[i]], done[i], first, last);
            let mut j = 0;
            while j < i {
                assert!(blocks[i] != blocks[j], "two tensors are in one block");
                j += 1;
            }
            i += 1;
        }
        if let Some(problem) = self.check(&mut done, bytes) {
            panic!("{}", problem);
        }
        ByRows::proved(blocks, first, last)
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
            if let Some(problem) = self.edges[edge].check(bytes) {
                return Some(problem);
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
        if full && self.is_needed(writes, lost, done) {
            return Some("a row moves out that is still needed");
        }
        let mut edge = 0;
        while edge < self.edges.len() {
            if edge != writes && self.has_needed(edge, start, end, done) {
                return Some("a row is overwritten that is still needed");
            }
            edge += 1;
        }
        None
    }

    /// Whether a row of `edge` that is still needed has any of these bytes of the arena.
    const fn has_needed(&self, edge: usize, start: usize, end: usize, done: &[usize]) -> bool {
        let Edge { at, row: bytes, .. } = self.edges[edge];
        let base = self.edges[edge].base(done[edge]);
        let mut row = base + start.saturating_sub(at) / bytes;
        while row < done[edge] && at + (row - base) * bytes < end {
            if self.is_needed(edge, row, done) {
                return true;
            }
            row += 1;
        }
        false
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
pub fn copy_row(from: &[u8], to: &mut [u8]) {
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

const fn greatest(a: usize, b: usize) -> usize {
    if a > b { a } else { b }
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
            assert_eq!(stream.check(&mut [6, 0, 0], 64), None);
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
    fn a_row_is_needed_as_long_as_a_window_to_come_touches_it() {
        for extent in 1..5 {
            for stride in 1..5 {
                for pad in -2..4 {
                    let source = Source {
                        edge: 0,
                        extent,
                        stride,
                        pad,
                    };
                    for (row, next) in (0..9).flat_map(|row| (0..7).map(move |next| (row, next))) {
                        let touches = |out| {
                            let (first, end) = source.window(out, 9);
                            first <= row && row < end
                        };
                        let expected = (next..6).any(touches);
                        assert_eq!(
                            source.is_read(row, next, 6),
                            expected,
                            "{source:?} {row} {next}"
                        );
                    }
                }
            }
        }
    }

    /// Two rows of every two, and two of every three: when the second layer is done, a row is not needed any more that lies
    /// behind all that the first one needs.
    #[test]
    fn rows_die_one_by_one_where_strides_differ() {
        let every = |stride| Source {
            stride,
            ..source(0, 2, 0)
        };
        let (twos, threes) = ([every(2)], [every(3)]);
        let layers = [
            Layer {
                reads: &twos,
                writes: 1,
            },
            Layer {
                reads: &threes,
                writes: 2,
            },
        ];
        let proves = |at| {
            let edges = [
                edge(0, 5, 5, false),
                edge(at, 2, 2, true),
                edge(12, 2, 2, true),
            ];
            let stream = Stream {
                edges: &edges,
                layers: &layers,
            };
            stream.check(&mut [5, 0, 0], 16)
        };
        // The second layer is done before the first one starts, which never reads row 4.
        assert_eq!(proves(8), None);
        assert_eq!(proves(6), Some("a row is overwritten that is still needed"));
    }

    #[test]
    fn lost_rows_are_noticed() {
        let proves = |edges: [Edge; 3], bytes: usize| {
            let stream = Stream {
                edges: &edges,
                layers: LAYERS,
            };
            stream.check(&mut [6, 0, 0], bytes).is_none()
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

    #[test]
    fn rows_lie_in_their_blocks_for_as_long_as_these_are_taken() {
        let edges = [
            edge(2, 6, 6, false),
            edge(20, 6, 3, false),
            edge(0, 6, 6, true),
        ];
        let block = |at, bytes, first, last| Block::at(at, bytes).during(first, last);
        let plan = [block(2, 12, 0, 4), block(20, 6, 3, 4), block(0, 12, 3, 5)];
        let proves = |plan: [Block; 3], blocks: [usize; 3], done: [usize; 3]| {
            catch_unwind(move || {
                let stream = Stream {
                    edges: &edges,
                    layers: LAYERS,
                };
                _ = stream.by_rows([3, 4], done, &plan, &blocks, 26);
            })
            .is_ok()
        };
        let there = [6, 0, 0];
        assert!(proves(plan, [0, 1, 2], there));
        assert!(!proves(plan, [2, 1, 0], there), "blocks of each other");
        assert!(!proves(plan, [0, 1, 1], there), "one block twice");
        assert!(
            !proves(plan, [0, 1, 2], [6, 0, 6]),
            "an output that is there before"
        );
        for i in 0..plan.len() {
            let with = |change: fn(&mut Block)| {
                let mut plan = plan;
                change(&mut plan[i]);
                proves(plan, [0, 1, 2], there)
            };
            assert!(!with(|b| b.at += 1), "{i}: elsewhere");
            assert!(!with(|b| b.bytes -= 1), "{i}: too small");
            assert!(!with(|b| b.last = 3), "{i}: not to the end");
            assert!(!with(|b| b.first = 4), "{i}: not from the beginning");
            assert!(!with(|b| b.last = 9) || i == 2, "{i}: needed afterwards");
        }
    }
}
