//! The memory plan of a network, proved by the compiler that builds it.
//!
//! A [`Plan`] is a list of [`Block`]s: bytes of an arena, and the steps in which they are taken. Step 0 is the caller who
//! gives inputs, the last one the caller who reads outputs. There is no plan but those of [`Plan::proved`], which does not
//! compile unless no two blocks that are taken in the same step have a byte in common. What each step uses is a
//! [`Step`](super::arena::Step), which does not compile in steps that are not its blocks'; so lifetimes cannot be
//! shorter than they are used.
//!
//! The proof walks through the steps with the blocks that are taken: it costs as much as blocks have neighbours.

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
    /// Fails to compile unless all blocks lie within `bytes` bytes, and no two that are taken in the same step overlap,
    /// but for those that share bytes row by row.
    ///
    /// Blocks that are always taken come first, by their addresses; then the others, by their first steps.
    pub const fn proved<const N: usize>(
        bytes: usize,
        blocks: &'static [Block; N],
        by_rows: &[ByRows<'_>],
    ) -> Self {
        let always = always(blocks, bytes);
        // The blocks that are taken while the steps go by.
        let (mut taken, mut count) = ([0; N], 0);
        let mut i = always;
        while i < N {
            let block = &blocks[i];
            block.check(bytes);
            assert!(
                i == always || blocks[i - 1].first <= block.first,
                "blocks are not in the order of their first steps"
            );
            beside(blocks, always, block);
            let (mut j, mut left) = (0, 0);
            while j < count {
                let other = &blocks[taken[j]];
                if other.last >= block.first {
                    assert!(
                        !block.overlaps(other) || share(by_rows, blocks, taken[j], i),
                        "two blocks overlap that are taken in the same step"
                    );
                    taken[left] = taken[j];
                    left += 1;
                }
                j += 1;
            }
            taken[left] = i;
            count = left + 1;
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

/// How many blocks are always taken; they lie one after the other.
const fn always(blocks: &[Block], bytes: usize) -> usize {
    let mut i = 0;
    while i < blocks.len() && blocks[i].is_always() {
        blocks[i].check(bytes);
        assert!(
            i == 0 || blocks[i - 1].end() <= blocks[i].at,
            "two blocks overlap that are always taken, or are not in the order of their addresses"
        );
        i += 1;
    }
    i
}

/// Fails unless a block lies beside those that are always taken, of which there are so many.
const fn beside(blocks: &[Block], always: usize, block: &Block) {
    let (mut low, mut high) = (0, always);
    while low < high {
        let middle = low + (high - low) / 2;
        if blocks[middle].end() <= block.at {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    assert!(
        low == always || !block.overlaps(&blocks[low]),
        "a block overlaps one that is always taken"
    );
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

    const fn block(at: usize, bytes: usize, first: usize, last: usize) -> Block {
        Block::at(at, bytes).during(first, last)
    }

    fn proves<const N: usize>(blocks: [Block; N], by_rows: &[ByRows<'static>]) -> bool {
        let by_rows = by_rows.to_vec();
        let blocks = Box::leak(Box::new(blocks));
        catch_unwind(|| Plan::proved(32, blocks, &by_rows)).is_ok()
    }

    #[test]
    fn blocks_that_are_taken_at_once_are_apart() {
        let plan = [
            block(0, 8, 0, 1),
            block(8, 8, 1, 3),
            block(0, 8, 2, 4),
            block(16, 8, 2, 2),
        ];
        assert!(proves(plan, &[]));
        for i in 0..plan.len() {
            let with = |change: fn(&mut Block)| {
                let mut plan = plan;
                change(&mut plan[i]);
                proves(plan, &[])
            };
            assert!(!with(|b| b.bytes = 0), "{i}: no bytes");
            assert!(!with(|b| b.at = 32), "{i}: beyond the end");
            assert!(!with(|b| b.bytes = usize::MAX), "{i}: far beyond the end");
            assert!(!with(|b| b.last = b.first.wrapping_sub(1).min(b.first)) || plan[i].first == 0);
            assert!(
                !with(|b| (b.first, b.at) = (4, 0)) || i >= 2,
                "{i}: not in order"
            );
        }
        let longer = [block(0, 8, 0, 2), plan[1], plan[2], plan[3]];
        assert!(!proves(longer, &[]), "a life into that of another");
    }

    #[test]
    fn blocks_that_are_always_taken_are_apart_from_all() {
        let always = [Block::at(0, 4).always(), Block::at(8, 8).always()];
        assert!(proves(
            [always[0], always[1], block(4, 4, 0, 9), block(16, 16, 1, 2)],
            &[]
        ));
        assert!(!proves([always[1], always[0]], &[]), "not in order");
        assert!(
            !proves([Block::at(0, 9).always(), always[1]], &[]),
            "overlap"
        );
        for at in 0..16 {
            let other = block(at, 4, 3, 3);
            assert_eq!(proves([always[0], always[1], other], &[]), at == 4, "{at}");
        }
        assert!(
            !proves([block(0, 8, 0, 1), always[0]], &[]),
            "after another"
        );
    }

    #[test]
    fn rows_excuse_what_they_prove_and_nothing_else() {
        let rows = |blocks: &'static [usize], first, last| [ByRows::proved(blocks, first, last)];
        let (a, b, c) = (block(0, 8, 0, 3), block(4, 8, 1, 5), block(10, 4, 2, 2));
        assert!(!proves([a, b], &[]));
        assert!(proves([a, b], &rows(&[0, 1], 1, 3)));
        assert!(!proves([a, b], &rows(&[0, 1], 2, 3)), "before");
        assert!(!proves([a, b], &rows(&[0, 1], 1, 2)), "after");
        assert!(!proves([a, b], &rows(&[0], 1, 3)), "of one alone");
        assert!(!proves([a, b, c], &rows(&[0, 1], 1, 3)), "a third one");
    }
}
