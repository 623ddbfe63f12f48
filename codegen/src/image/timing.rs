//! Cycles of code that was executed: each instruction by its class, as the pipeline of the core takes it.
//!
//! An emulator says how often each block of code ran, and how often its last branch was not taken; what the instructions
//! of a block are is read from the image. So an estimate is exact in what is executed, and a model in how long that takes
//! ([`Pipeline`]).

mod riscv;
mod thumb;

use super::elf::unreadable;
use mlc_compiler::diag::Diag;
use mlc_compiler::target::{Instruction, Pipeline};
use object::{Architecture, Object, ObjectSection, SectionKind};

/// An instruction as it is read.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Decoded {
    /// Bytes that it has.
    length: usize,
    instruction: Instruction,
    /// Whether it needs what the instruction before it loads.
    waits: bool,
}

/// Reads the first instruction of `code`; `before` are the bytes of the one that was executed before it, if any.
type Decode = fn(code: &[u8], before: Option<&[u8]>) -> Option<Decoded>;

/// A block of code: instructions that are executed one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Where it begins.
    pub address: u64,
    /// How many instructions it has.
    pub instructions: u64,
}

/// How often a block was executed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// In all.
    pub all: u64,
    /// Of these, with the code that lies behind it next: its last branch was not taken.
    pub passed: u64,
}

/// The code of an image, and the pipeline that executes it.
pub struct Timing<'a> {
    pipeline: &'static Pipeline,
    decode: Decode,
    /// Sections of code, by where they begin.
    code: Vec<(u64, &'a [u8])>,
}

impl<'a> Timing<'a> {
    /// The code of an image that such a pipeline executes.
    pub fn of(file: &impl Object<'a>, pipeline: &'static Pipeline) -> Result<Self, Diag> {
        let decode: Decode = match file.architecture() {
            Architecture::Arm => thumb::decode,
            Architecture::Riscv32 | Architecture::Riscv64 => riscv::decode,
            other => {
                let message = format!("no cycles are known for {other:?}");
                return Err(Diag::new("no-cycles", message));
            }
        };
        let sections = file.sections().filter(|s| s.kind() == SectionKind::Text);
        let code = sections.map(|s| Ok((s.address(), s.data().map_err(unreadable)?)));
        Ok(Self {
            pipeline,
            decode,
            code: code.collect::<Result<_, Diag>>()?,
        })
    }

    /// The cycles that a block takes when it is executed so often.
    pub fn cycles(&self, block: Block, times: Times) -> Result<u64, Diag> {
        let code = self.code_at(block.address);
        let [passed, taken] = [false, true].map(|taken| self.once(code, block, taken));
        Ok(passed? * times.passed + taken? * (times.all - times.passed))
    }

    fn code_at(&self, address: u64) -> &'a [u8] {
        let behind = |&(start, code): &(u64, &'a [u8])| {
            code.get(usize::try_from(address.checked_sub(start)?).ok()?..)
        };
        self.code.iter().find_map(behind).unwrap_or_default()
    }

    /// The cycles of a block; its last branch is `taken` or is not.
    fn once(&self, mut code: &[u8], block: Block, taken: bool) -> Result<u64, Diag> {
        let mut cycles = 0;
        let (mut before, mut bytes) = (None, None);
        for _ in 0..block.instructions {
            let decoded = (self.decode)(code, bytes).ok_or_else(|| unknown(block))?;
            let Decoded {
                length,
                instruction,
                waits,
            } = decoded;
            cycles += self.pipeline.cycles(instruction, before, taken);
            cycles += if waits { self.pipeline.load_use } else { 0 };
            (before, bytes) = (Some(instruction), code.get(..length));
            code = code.get(length..).unwrap_or_default();
        }
        Ok(cycles)
    }
}

fn unknown(block: Block) -> Diag {
    let message = format!(
        "what is executed at {:#x} is no code of the image",
        block.address
    );
    Diag::new("no-cycles", message)
}

/// Bytes `at` as a number, as far as there are any.
fn half(code: &[u8], at: usize) -> Option<u16> {
    let bytes = code.get(at..)?.first_chunk()?;
    Some(u16::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timing(code: &[u8]) -> Timing<'_> {
        Timing {
            pipeline: &Pipeline::CORTEX_M4,
            decode: thumb::decode,
            code: vec![(0x100, code)],
        }
    }

    #[test]
    fn a_loop_is_its_instructions_and_its_branches() {
        // ldr r1, [r0]; ldr r2, [r0, #4]; smlad r3, r1, r2, r3; subs r4, #1; bne
        let halves: [u16; 6] = [0x6801, 0x6842, 0xFB21, 0x3302, 0x3C01, 0xD1F9];
        let code: Vec<u8> = halves.iter().flat_map(|half| half.to_le_bytes()).collect();
        let block = Block {
            address: 0x100,
            instructions: 5,
        };
        let times = Times { all: 10, passed: 1 };
        // 2 + 1 + 1 + 1, and 3 for each branch but the last.
        let cycles = timing(&code).cycles(block, times).unwrap();
        assert_eq!(cycles, 10 * 5 + 9 * 3 + 1);
    }

    #[test]
    fn what_is_no_code_is_an_error() {
        let block = Block {
            address: 0x200,
            instructions: 1,
        };
        let said = timing(&[]).cycles(block, Times::default()).unwrap_err();
        assert!(said.message.contains("0x200"), "{said}");
    }
}
