//! The blob of weights: every constant that a kernel reads, once.

use crate::program::{BufferId, Initial, Program, Storage};
use std::collections::{BTreeMap, HashMap};

/// Constants of at least this many bytes start at a multiple of it.
const LINE: usize = 16;

/// The constants of a program, laid out in the order of their first use.
#[derive(Clone, Debug, Default)]
pub struct Weights {
    /// The blob.
    pub bytes: Vec<u8>,
    /// Where each constant buffer starts in it.
    pub offsets: BTreeMap<BufferId, usize>,
    /// The section of the linker's that it is put into, if it is a certain one.
    pub section: Option<String>,
}

/// What the place of a constant is a multiple of.
pub(super) fn align_of(program: &Program, id: BufferId) -> usize {
    let buffer = program.buffer(id);
    match buffer.bytes() < LINE {
        true => buffer.element.size(),
        false => LINE,
    }
}

impl Weights {
    /// Lays out all constants that steps of the program use, and those that it starts with; equal bytes are stored once.
    pub(super) fn collect(program: &Program) -> Self {
        let mut weights = Weights::default();
        let mut known: HashMap<&[u8], usize> = HashMap::new();
        let initial = program.states().filter_map(|(_, initial)| match initial {
            Initial::Constant(id) => Some(id),
            Initial::Fill(_) => None,
        });
        let used = program.steps.iter().flat_map(|s| &s.call.operands);
        for id in used.copied().chain(initial) {
            let Storage::Constant(tensor) = &program.buffer(id).storage else {
                continue;
            };
            if tensor.ty.is_empty() || weights.offsets.contains_key(&id) {
                continue;
            }
            let bytes = tensor.bytes();
            let align = align_of(program, id);
            let offset = match known.get(bytes).filter(|&&at| at % align == 0) {
                Some(&at) => at,
                None => weights.append(bytes, align),
            };
            known.insert(bytes, offset);
            weights.offsets.insert(id, offset);
        }
        weights
    }

    /// Lays out one more constant, behind all others.
    pub(crate) fn add(&mut self, program: &Program, id: BufferId) {
        if let Some(tensor) = program.constant(id) {
            let offset = self.append(tensor.bytes(), align_of(program, id));
            self.offsets.insert(id, offset);
        }
    }

    fn append(&mut self, bytes: &[u8], align: usize) -> usize {
        let offset = self.bytes.len().next_multiple_of(align);
        self.bytes.resize(offset, 0);
        self.bytes.extend_from_slice(bytes);
        offset
    }
}
