//! Blocks: the memory plan as tables of the page, one for each arena and one for the weights, each proved as a whole.
//!
//! A block is what a buffer, or a constant, takes of a memory; places are parts of blocks, known by number.

use crate::tokens::number;
use mlc_compiler::Compiled;
use mlc_compiler::memory::Lifetime;
use mlc_compiler::program::BufferId;
use proc_macro2::TokenStream;
use quote::quote;
use std::collections::BTreeMap;

/// Bytes of a memory, and in which steps they are taken; without any, always.
#[derive(Clone, Copy)]
struct Block {
    life: Option<(usize, usize)>,
    at: usize,
    bytes: usize,
}

/// The blocks of a memory in the order of its proof: by address, and of those with the same one by first step.
#[derive(Default)]
pub(crate) struct Table {
    blocks: Vec<Block>,
    numbers: BTreeMap<BufferId, usize>,
}

/// Blocks whose proof rustc must be told to finish: by its lint it would stop after some millions of steps.
const MANY: usize = 1000;

impl Table {
    /// The buffers and copies of weights in an arena.
    pub(crate) fn of_arena(compiled: &Compiled, arena: usize) -> Self {
        let (program, plan) = (&compiled.program, &compiled.plan);
        let blocks = plan.blocks.iter().filter(|(_, block)| block.arena == arena);
        let buffers = blocks.map(|(&id, block)| {
            let Lifetime { first, last } = block.lifetime;
            let block = Block {
                life: (!program.keeps(id)).then_some((first, last)),
                at: block.offset,
                bytes: block.size,
            };
            (vec![id], block)
        });
        let copies = plan.hot.iter().filter(|hot| hot.arena == arena);
        let copies =
            copies.map(|hot| (hot.constants.clone(), Block::always(hot.offset, hot.bytes)));
        Table::new(buffers.chain(copies).collect())
    }

    /// The constants.
    pub(crate) fn of_weights(compiled: &Compiled) -> Self {
        let mut constants: BTreeMap<usize, Vec<BufferId>> = BTreeMap::new();
        for (&id, &at) in &compiled.plan.weights.offsets {
            constants.entry(at).or_default().push(id);
        }
        let size = |id: &BufferId| compiled.program.buffer(*id).bytes();
        let block = |(at, ids): (usize, Vec<BufferId>)| {
            let bytes = ids.iter().map(size).max().unwrap_or(0);
            (ids, Block::always(at, bytes))
        };
        Table::new(constants.into_iter().map(block).collect())
    }

    fn new(mut entries: Vec<(Vec<BufferId>, Block)>) -> Self {
        entries.sort_by_key(|(_, block)| (block.at, block.life));
        let mut table = Table::default();
        for (ids, block) in entries {
            let number = table.blocks.len();
            table.numbers.extend(ids.into_iter().map(|id| (id, number)));
            table.blocks.push(block);
        }
        table
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// The number of the block that a buffer, or a constant, has here.
    pub(crate) fn number(&self, id: BufferId) -> Option<usize> {
        self.numbers.get(&id).copied()
    }

    /// The bytes of a block.
    pub(crate) fn bytes(&self, number: usize) -> usize {
        self.blocks[number].bytes
    }

    /// In which steps a block is taken, if not always.
    pub(crate) fn life(&self, number: usize) -> Option<(usize, usize)> {
        self.blocks[number].life
    }

    /// The table, and its proof for a memory of so many bytes.
    pub(crate) fn proof(
        &self,
        doc: &str,
        bytes: &TokenStream,
        by_rows: &TokenStream,
    ) -> TokenStream {
        let blocks = self.blocks.iter().map(Block::row);
        let (count, steps) = (number(self.blocks.len()), number(self.steps()));
        let is_long = self.blocks.len() > MANY;
        let patience = is_long.then(|| quote!(#[allow(long_running_const_eval)]));
        quote! {
            #[doc = #doc]
            pub const BLOCKS: [Block; #count] = [#(#blocks),*];
            /// This does not compile if two of them overlap that are taken in the same step.
            #patience
            const PLAN: Plan = Plan::proved::<#steps>(#bytes, &BLOCKS, &[#by_rows]);
        }
    }

    /// Steps up to the last one that anything is taken in.
    fn steps(&self) -> usize {
        let lives = self.blocks.iter().filter_map(|block| block.life);
        lives.map(|(_, last)| last + 1).max().unwrap_or(1)
    }
}

impl Block {
    fn always(at: usize, bytes: usize) -> Self {
        let life = None;
        Block { life, at, bytes }
    }

    /// As a line of the table.
    fn row(&self) -> TokenStream {
        let (at, bytes) = (number(self.at), number(self.bytes));
        match self.life {
            None => quote!(Block::at(#at, #bytes).always()),
            Some((first, last)) => {
                let (first, last) = (number(first), number(last));
                quote!(Block::at(#at, #bytes).during(#first, #last))
            }
        }
    }
}
