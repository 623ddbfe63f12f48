//! What may be spent on constants while a model is compiled: a few nodes can ask for any amount of memory and time.

use crate::diag::Diag;
use crate::program::Program;
use crate::tensor::Tensor;

/// Bytes of constants that may be made, whatever the model brings.
const FREE_BYTES: usize = 512 << 20;

/// Bytes that may be made besides for each byte of the model's own constants: weights are put into other orders.
const BYTES_PER_BYTE: usize = 16;

/// Multiply-accumulates, and elements written, that computing constants may take: some seconds.
const MAX_WORK: u64 = 4_000_000_000;

/// What has been spent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Budget {
    /// Bytes of constants that the model brings.
    given: usize,
    /// Bytes of constants that were made.
    made: usize,
    work: u64,
    refused: bool,
}

impl Budget {
    /// Notes a constant that the model brings.
    pub fn give(&mut self, tensor: &Tensor) {
        self.given = self.given.saturating_add(tensor.bytes().len());
    }

    /// Notes a constant that was made all the same.
    pub fn charge(&mut self, tensor: &Tensor) {
        self.made = self.made.saturating_add(tensor.bytes().len());
        self.refused |= self.made > self.limit();
    }

    /// Notes that constants of so many bytes are made; whether they may be.
    pub fn make(&mut self, bytes: usize) -> bool {
        let made = self.made.saturating_add(bytes);
        self.spend(made <= self.limit(), |budget| budget.made = made)
    }

    fn limit(&self) -> usize {
        self.given
            .saturating_mul(BYTES_PER_BYTE)
            .saturating_add(FREE_BYTES)
    }

    /// Refuses to go on once more was made than may be.
    pub fn check(&self) -> Result<(), Diag> {
        let overdrawn = self.problem().filter(|_| self.made > self.limit());
        overdrawn.map_or(Ok(()), Err)
    }

    /// Notes that a program is run; whether it may be.
    pub fn run(&mut self, program: &Program) -> bool {
        let written = |step: &crate::program::Step| {
            let last = step.call.operands.last();
            last.map_or(0, |&id| program.buffer(id).len() as u64)
        };
        let written: u64 = program.steps.iter().map(written).sum();
        let work = self
            .work
            .saturating_add(program.macs())
            .saturating_add(written);
        self.spend(work <= MAX_WORK, |budget| budget.work = work)
    }

    fn spend(&mut self, is_left: bool, spend: impl FnOnce(&mut Self)) -> bool {
        match is_left {
            true => spend(self),
            false => self.refused = true,
        }
        is_left
    }

    /// Why something is not computed although it depends on constants only, if that was ever so.
    pub fn problem(&self) -> Option<Diag> {
        let message = format!(
            "computing the model's constants takes more than {} MiB or {} million operations",
            FREE_BYTES >> 20,
            MAX_WORK / 1_000_000
        );
        self.refused.then(|| {
            Diag::new("constants-too-large", message)
                .note("store what is computed from constants in the model, or feed it as an input")
        })
    }
}
