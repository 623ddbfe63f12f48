//! The memory plan of a network, proved by the compiler that builds it.
//!
//! A [`Plan`] is a list of [`Block`]s: bytes of an arena, and the steps in which they are taken. Step 0 is the caller who
//! gives inputs, the last one the caller who reads outputs. There is no plan but those of [`Plan::proved`], which does not
//! compile unless no two blocks that are taken in the same step have a byte in common. What each step uses is a
//! [`Step`](super::arena::Step), which does not compile in steps that are not its blocks'; so lifetimes cannot be
//! shorter than they are used.
//!
//! The proof goes up through the arena, block by block, and knows of each step how far it is taken: a tree over the
//! steps makes that cost little more than there are blocks.

/// Alignment in bytes of an arena and of a blob of weights; every place is aligned within it.
pub const ALIGN: usize = 16;

/// Bytes of an arena, and the steps in which they are taken.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    /// Bytes from the start of the arena.
    pub(super) at: usize,
    pub(super) bytes: usize,
    /// The step that writes it first, and the last one that needs it.
    pub(super) first: usize,
    pub(super) last: usize,
}

/// Blocks that run out of rows and into rows of each other for some steps. Whoever makes one has proved that no row is lost.
#[derive(Clone, Copy)]
pub struct ByRows<'a> {
    blocks: &'a [usize],
    first: usize,
    last: usize,
}

/// Blocks of which no two that are taken at once have a byte in common.
#[derive(Clone, Copy)]
pub struct Plan {
    bytes: usize,
    blocks: &'static [Block],
}

/// An arena, or a blob of weights, that is planned.
pub trait Memory {
    /// The plan.
    const PLAN: Plan;
}

impl Block {
    /// So many bytes, `at` bytes from the start of an arena.
    pub const fn at(at: usize, bytes: usize) -> Self {
        Block {
            at,
            bytes,
            first: 0,
            last: 0,
        }
    }

    /// Taken from the step that writes it first to the last one that needs it.
    pub const fn during(self, first: usize, last: usize) -> Self {
        Block {
            first,
            last,
            ..self
        }
    }

    /// Taken in all steps: by weights, or by what is kept from one run to the next.
    pub const fn always(self) -> Self {
        self.during(0, usize::MAX)
    }

    const fn is_always(&self) -> bool {
        self.first == 0 && self.last == usize::MAX
    }

    /// The end of its bytes; the proof has seen that there is one.
    pub(super) const fn end(&self) -> usize {
        self.at.saturating_add(self.bytes)
    }

    /// The first and the last step in which it is taken, of so many that there are.
    const fn steps(&self, steps: usize) -> (usize, usize) {
        let last = if self.is_always() {
            steps.wrapping_sub(1)
        } else {
            self.last
        };
        assert!(last < steps, "a block is taken beyond the last step");
        (self.first, last)
    }

    const fn check(&self, bytes: usize) {
        assert!(self.bytes > 0, "a block has no bytes");
        assert!(self.first <= self.last, "a block ends before it begins");
        assert!(
            self.end() <= bytes && self.end() < usize::MAX,
            "a block reaches past the end of the arena"
        );
    }

    const fn overlaps(&self, other: &Block) -> bool {
        self.at < other.end() && other.at < self.end()
    }
}

impl<'a> ByRows<'a> {
    /// Blocks that share bytes row by row from step `first` to step `last`, as was proved.
    pub(super) const fn proved(blocks: &'a [usize], first: usize, last: usize) -> Self {
        ByRows {
            blocks,
            first,
            last,
        }
    }

    const fn has(&self, block: usize) -> bool {
        let mut i = 0;
        while i < self.blocks.len() {
            if self.blocks[i] == block {
                return true;
            }
            i += 1;
        }
        false
    }
}

impl Plan {
    /// Fails to compile unless all blocks lie within `bytes` bytes and `STEPS` steps, and no two that are taken in the
    /// same step overlap, but for those that share bytes row by row.
    ///
    /// Blocks come in the order of their addresses.
    pub const fn proved<const STEPS: usize>(
        bytes: usize,
        blocks: &'static [Block],
        by_rows: &[ByRows<'_>],
    ) -> Self {
        let mut taken = Taken::<STEPS>::NOTHING;
        let mut i = 0;
        while i < blocks.len() {
            let block = &blocks[i];
            block.check(bytes);
            assert!(
                i == 0 || blocks[i - 1].at <= block.at,
                "blocks are not in the order of their addresses"
            );
            let (first, last) = block.steps(STEPS);
            if taken.end(first, last) > block.at {
                only_rows(blocks, i, by_rows);
            }
            taken.take(first, last, block.end());
            i += 1;
        }
        Plan { bytes, blocks }
    }

    /// Bytes of the arena.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// A block by its number.
    pub(super) const fn block(&self, number: usize) -> Block {
        assert!(number < self.blocks.len(), "there is no such block");
        self.blocks[number]
    }
}

/// How far an arena is taken in each step, from its start.
///
/// This is a binary tree: its root is node 1, below node `n` are `2 n` and `2 n + 1`, and step `s` is node `STEPS + s`. So many
/// nodes are pairs of numbers, since there is no array of `2 * STEPS`.
struct Taken<const STEPS: usize> {
    /// How far all steps below a node are taken, and as far as any of them is.
    all: [[usize; 2]; STEPS],
    any: [[usize; 2]; STEPS],
}

impl<const STEPS: usize> Taken<STEPS> {
    const NOTHING: Self = Taken {
        all: [[0; 2]; STEPS],
        any: [[0; 2]; STEPS],
    };

    /// As far as any of the steps from `first` to `last` is taken.
    const fn end(&self, first: usize, last: usize) -> usize {
        let (mut low, mut high) = (STEPS + first, STEPS + last);
        let mut end = greatest(above(&self.all, low), above(&self.all, high));
        while low <= high {
            if low % 2 == 1 {
                end = greatest(end, self.any[low / 2][1]);
                low += 1;
            }
            if high.is_multiple_of(2) {
                end = greatest(end, self.any[high / 2][0]);
                high -= 1;
            }
            (low, high) = (low / 2, high / 2);
        }
        end
    }

    /// Notes that the steps from `first` to `last` are taken up to `end`.
    const fn take(&mut self, first: usize, last: usize, end: usize) {
        let (mut low, mut high) = (STEPS + first, STEPS + last);
        raise_above(&mut self.any, low, end);
        raise_above(&mut self.any, high, end);
        while low <= high {
            if low % 2 == 1 {
                raise(&mut self.all, low, end);
                raise(&mut self.any, low, end);
                low += 1;
            }
            if high.is_multiple_of(2) {
                raise(&mut self.all, high, end);
                raise(&mut self.any, high, end);
                high -= 1;
            }
            (low, high) = (low / 2, high / 2);
        }
    }
}

/// The greatest number of a node and those above it.
const fn above(nodes: &[[usize; 2]], mut node: usize) -> usize {
    let mut most = 0;
    while node > 0 {
        most = greatest(most, nodes[node / 2][node % 2]);
        node /= 2;
    }
    most
}

/// Makes the numbers of a node and those above it no less than `end`.
const fn raise_above(nodes: &mut [[usize; 2]], mut node: usize, end: usize) {
    while node > 0 {
        raise(nodes, node, end);
        node /= 2;
    }
}

const fn raise(nodes: &mut [[usize; 2]], node: usize, end: usize) {
    let number = &mut nodes[node / 2][node % 2];
    *number = greatest(*number, end);
}

const fn greatest(a: usize, b: usize) -> usize {
    if a > b { a } else { b }
}

/// Fails unless block `i` overlaps none of those before it that are taken in the same step, but for rows.
const fn only_rows(blocks: &[Block], i: usize, by_rows: &[ByRows<'_>]) {
    let block = &blocks[i];
    let mut j = 0;
    while j < i {
        let other = &blocks[j];
        let meets = block.first <= other.last && other.first <= block.last;
        assert!(
            !meets || !block.overlaps(other) || share(by_rows, blocks, j, i),
            "two blocks overlap that are taken in the same step"
        );
        j += 1;
    }
}

/// Whether two blocks are taken together in no steps but such as share their bytes row by row.
const fn share(by_rows: &[ByRows<'_>], blocks: &[Block], a: usize, b: usize) -> bool {
    let (a_block, b_block) = (&blocks[a], &blocks[b]);
    let mut i = 0;
    while i < by_rows.len() {
        let rows = &by_rows[i];
        let begins = a_block.first >= rows.first || b_block.first >= rows.first;
        let ends = a_block.last <= rows.last || b_block.last <= rows.last;
        if begins && ends && rows.has(a) && rows.has(b) {
            return true;
        }
        i += 1;
    }
    false
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::boxed::Box;
    use std::panic::catch_unwind;
    use std::vec::Vec;

    const fn block(at: usize, bytes: usize, first: usize, last: usize) -> Block {
        Block::at(at, bytes).during(first, last)
    }

    fn proves(blocks: &[Block], by_rows: &[ByRows<'static>]) -> bool {
        let by_rows = by_rows.to_vec();
        let blocks = Box::leak(blocks.to_vec().into_boxed_slice());
        catch_unwind(|| Plan::proved::<10>(32, blocks, &by_rows)).is_ok()
    }

    #[test]
    fn blocks_that_are_taken_at_once_are_apart() {
        let plan = [
            block(0, 8, 0, 1),
            block(0, 8, 2, 4),
            block(8, 8, 1, 3),
            block(16, 8, 2, 2),
        ];
        assert!(proves(&plan, &[]));
        for i in 0..plan.len() {
            let with = |change: fn(&mut Block)| {
                let mut plan = plan;
                change(&mut plan[i]);
                proves(&plan, &[])
            };
            assert!(!with(|b| b.bytes = 0), "{i}: no bytes");
            assert!(!with(|b| b.at = 32), "{i}: beyond the end");
            assert!(!with(|b| b.bytes = usize::MAX), "{i}: far beyond the end");
            assert!(!with(|b| (b.first, b.last) = (3, 2)), "{i}: no steps");
            assert!(!with(|b| b.last = 10), "{i}: beyond the last step");
            assert!(!with(|b| b.last = usize::MAX), "{i}: far beyond it");
            assert!(!with(|b| b.bytes += 24 - b.at) || i == 3, "{i}: over all");
        }
        let longer = [block(0, 8, 0, 2), plan[1], plan[2], plan[3]];
        assert!(!proves(&longer, &[]), "a life into that of another");
        assert!(!proves(&[plan[2], plan[0]], &[]), "not in order");
    }

    /// Against all pairs, for every plan of three blocks in a small arena.
    #[test]
    fn the_tree_sees_what_pairs_do() {
        let lives = (0..10).flat_map(|first| (first..10).map(move |last| (first, last)));
        let lives: Vec<_> = lives.chain([(0, usize::MAX)]).collect();
        let ends = [(0, 8), (0, 16), (8, 8), (8, 16), (16, 8)];
        let mut counts = [0; 2];
        let mut random = 1u32;
        let mut below = |n: usize| {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (random >> 8) as usize % n
        };
        for _ in 0..4000 {
            let mut plan = [(); 4].map(|()| {
                let (at, bytes) = ends[below(ends.len())];
                let (first, last) = lives[below(lives.len())];
                block(at, bytes, first, last)
            });
            plan.sort_by_key(|block| block.at);
            let apart = (0..4).all(|i| {
                plan[..i].iter().all(|a| {
                    let b = &plan[i];
                    !a.overlaps(b) || a.last < b.first || b.last < a.first
                })
            });
            counts[usize::from(apart)] += 1;
            assert_eq!(proves(&plan, &[]), apart, "{plan:?}");
        }
        assert!(counts.iter().all(|&count| count > 200), "{counts:?}");
    }

    #[test]
    fn blocks_that_are_always_taken_are_apart_from_all() {
        let always = [Block::at(0, 4).always(), Block::at(8, 8).always()];
        let others = [block(4, 4, 0, 9), block(16, 16, 1, 2)];
        assert!(proves(&[always[0], others[0], always[1], others[1]], &[]));
        assert!(!proves(&[always[1], always[0]], &[]), "not in order");
        let longer = [Block::at(0, 9).always(), always[1]];
        assert!(!proves(&longer, &[]), "overlap");
        for at in 0..16 {
            let mut plan = [always[0], always[1], block(at, 4, 3, 3)];
            plan.sort_by_key(|block| block.at);
            assert_eq!(proves(&plan, &[]), at == 4, "{at}");
        }
        let blocks: &[Block] = Box::leak(Box::new(always));
        Plan::proved::<1>(16, blocks, &[]);
        assert!(catch_unwind(|| Plan::proved::<0>(16, blocks, &[])).is_err());
    }

    #[test]
    fn rows_excuse_what_they_prove_and_nothing_else() {
        let rows = |blocks: &'static [usize], first, last| [ByRows::proved(blocks, first, last)];
        let (a, b, c) = (block(0, 8, 0, 3), block(4, 8, 1, 5), block(10, 4, 2, 2));
        assert!(!proves(&[a, b], &[]));
        assert!(proves(&[a, b], &rows(&[0, 1], 1, 3)));
        assert!(!proves(&[a, b], &rows(&[0, 1], 2, 3)), "before");
        assert!(!proves(&[a, b], &rows(&[0, 1], 1, 2)), "after");
        assert!(!proves(&[a, b], &rows(&[0], 1, 3)), "of one alone");
        assert!(!proves(&[a, b, c], &rows(&[0, 1], 1, 3)), "a third one");
    }
}
