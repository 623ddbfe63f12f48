//! Pipelines: how many cycles a core takes for its instructions, as rows of classes and cycles.
//!
//! A model of this kind is good for cores that take one instruction at a time, in order. Memories answer at once: there are no
//! wait states of a flash, and no caches. Where the maker of a core publishes a table, figures are that table's; a range
//! in it is taken in the middle, and where nothing is published, the row says whose figures stand in.

/// What an instruction is, as far as its cycles go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instruction {
    /// Arithmetic, moves, shifts, what saturates, products of halves.
    Simple,
    /// A product, its lower word.
    Multiply,
    /// A product, its lower word, added to something.
    MultiplyAdd,
    /// A product, its upper word.
    MultiplyHigh,
    /// A product of two words.
    MultiplyLong,
    /// A product of two words, added to something.
    MultiplyLongAdd,
    /// A division of integers.
    Divide,
    /// A load of one register.
    Load,
    /// A store of one register.
    Store,
    /// A load or store of several words.
    Several(u32),
    /// A load of several words, the program counter among them.
    Return(u32),
    /// A branch that may be taken.
    Branch,
    /// A branch that is.
    Jump,
    /// A call.
    Call,
    /// A jump to where a register says.
    JumpRegister,
    /// A jump to where a table in memory says.
    JumpTable,
    /// The end of a loop that the core counts itself.
    LoopEnd,
    /// Floats: sums, products, comparisons, conversions.
    Float,
    /// A product of floats, added to something.
    FloatMultiplyAdd,
    /// A division or a root of floats.
    FloatDivide,
    /// A vector to or from memory.
    VectorMemory,
    /// Arithmetic of vectors.
    Vector,
}

/// The cycles of a core, by class of instruction.
#[derive(Debug, PartialEq, Eq)]
pub struct Pipeline {
    /// Whose cycles these are, for people.
    pub about: &'static str,
    /// [`Instruction::Multiply`]
    pub multiply: u64,
    /// [`Instruction::MultiplyAdd`]
    pub multiply_add: u64,
    /// [`Instruction::MultiplyHigh`]
    pub multiply_high: u64,
    /// [`Instruction::MultiplyLong`]
    pub multiply_long: u64,
    /// [`Instruction::MultiplyLongAdd`]
    pub multiply_long_add: u64,
    /// [`Instruction::Divide`]
    pub divide: u64,
    /// A load.
    pub load: u64,
    /// A load right behind another load or store.
    pub next_load: u64,
    /// What an instruction waits that needs what was loaded right before, where the decoder can tell.
    pub load_use: u64,
    /// A store.
    pub store: u64,
    /// A branch that is not taken.
    pub passed: u64,
    /// A branch that is taken.
    pub taken: u64,
    /// A jump.
    pub jump: u64,
    /// A call.
    pub call: u64,
    /// A jump to where a register says.
    pub jump_register: u64,
    /// The end of a loop that the core counts itself.
    pub loop_end: u64,
    /// [`Instruction::Float`]
    pub float: u64,
    /// [`Instruction::FloatMultiplyAdd`]
    pub float_multiply_add: u64,
    /// [`Instruction::FloatDivide`]
    pub float_divide: u64,
    /// An instruction on vectors.
    pub vector: u64,
    /// An instruction on vectors right behind one of the other kind: memory and arithmetic overlap.
    pub overlapped: u64,
}

impl Pipeline {
    /// The cycles of an instruction behind another one; a branch is `taken` or is not.
    pub fn cycles(
        &self,
        instruction: Instruction,
        before: Option<Instruction>,
        taken: bool,
    ) -> u64 {
        use Instruction::*;
        match instruction {
            Simple => 1,
            Multiply => self.multiply,
            MultiplyAdd => self.multiply_add,
            MultiplyHigh => self.multiply_high,
            MultiplyLong => self.multiply_long,
            MultiplyLongAdd => self.multiply_long_add,
            Divide => self.divide,
            Load if matches!(before, Some(Load | Store)) => self.next_load,
            Load => self.load,
            Store => self.store,
            Several(words) => 1 + u64::from(words),
            Return(words) => u64::from(words) + self.jump_register,
            Branch if !taken => self.passed,
            Branch => self.taken,
            Jump => self.jump,
            Call => self.call,
            JumpRegister => self.jump_register,
            JumpTable => self.load + self.jump_register,
            LoopEnd => self.loop_end,
            Float => self.float,
            FloatMultiplyAdd => self.float_multiply_add,
            FloatDivide => self.float_divide,
            VectorMemory if before == Some(Vector) => self.overlapped,
            Vector if before == Some(VectorMemory) => self.overlapped,
            VectorMemory | Vector => self.vector,
        }
    }

    /// Arm's table in the Technical Reference Manual of the core.
    pub const CORTEX_M4: Pipeline = Pipeline {
        about: "Arm's table for the Cortex-M4",
        multiply: 1,
        multiply_add: 1,
        multiply_high: 1,
        multiply_long: 1,
        multiply_long_add: 1,
        divide: 7,
        load: 2,
        next_load: 1,
        load_use: 0,
        store: 1,
        passed: 1,
        taken: 3,
        jump: 3,
        call: 3,
        jump_register: 3,
        loop_end: 3,
        float: 1,
        float_multiply_add: 3,
        float_divide: 14,
        vector: 1,
        overlapped: 1,
    };

    /// As that of the Cortex-M4, but for products.
    pub const CORTEX_M3: Pipeline = Pipeline {
        about: "Arm's table for the Cortex-M3",
        multiply_add: 2,
        multiply_long: 4,
        multiply_long_add: 6,
        ..Self::CORTEX_M4
    };

    /// With the multiplier that takes one cycle. Loads do not overlap.
    pub const CORTEX_M0: Pipeline = Pipeline {
        about: "Arm's table for the Cortex-M0, with the fast multiplier",
        next_load: 2,
        store: 2,
        call: 4,
        ..Self::CORTEX_M4
    };

    /// A pipeline of two stages: what is taken takes less.
    pub const CORTEX_M0PLUS: Pipeline = Pipeline {
        about: "Arm's table for the Cortex-M0+, with the fast multiplier",
        taken: 2,
        jump: 2,
        call: 3,
        jump_register: 2,
        ..Self::CORTEX_M0
    };

    /// Arm publishes no table: cycles of the Cortex-M4, which takes as many instructions and is hardly slower.
    pub const CORTEX_M33: Pipeline = Pipeline {
        about: "Arm's table for the Cortex-M4, as there is none for the Cortex-M33",
        ..Self::CORTEX_M4
    };

    /// Vectors of 128 bits pass through 64 bits in two cycles, and memory overlaps with arithmetic. Scalar instructions
    /// are those of the Cortex-M4, but for floats, of which one begins with each cycle.
    pub const CORTEX_M55: Pipeline = Pipeline {
        about: "two beats a cycle for vectors, and Arm's table for the Cortex-M4 for the rest",
        loop_end: 1,
        float_multiply_add: 1,
        vector: 2,
        overlapped: 1,
        ..Self::CORTEX_M4
    };

    /// A core of four stages that OpenHW documents, and many are like: loads that are not waited for take a cycle.
    pub const RISC_V: Pipeline = Pipeline {
        about: "the table of OpenHW's CV32E40P, in order with four stages",
        multiply: 1,
        multiply_add: 1,
        multiply_high: 5,
        multiply_long: 5,
        multiply_long_add: 5,
        divide: 19,
        load: 1,
        next_load: 1,
        load_use: 1,
        store: 1,
        passed: 1,
        taken: 3,
        jump: 2,
        call: 2,
        jump_register: 2,
        loop_end: 3,
        float: 1,
        float_multiply_add: 1,
        float_divide: 11,
        vector: 1,
        overlapped: 1,
    };
}

#[cfg(test)]
mod tests {
    use super::Instruction::*;
    use super::*;

    #[test]
    fn loads_overlap_and_branches_refill() {
        let m4 = Pipeline::CORTEX_M4;
        let cycles = |instruction, before| m4.cycles(instruction, before, true);
        assert_eq!(cycles(Load, None), 2);
        assert_eq!(cycles(Load, Some(Load)), 1);
        assert_eq!(cycles(Load, Some(Simple)), 2);
        assert_eq!(cycles(Several(8), None), 9);
        assert_eq!(
            (cycles(Branch, None), m4.cycles(Branch, None, false)),
            (3, 1)
        );
        assert_eq!(Pipeline::CORTEX_M0.cycles(Load, Some(Load), false), 2);
    }

    #[test]
    fn vectors_overlap_in_turns() {
        let m55 = Pipeline::CORTEX_M55;
        let turns = [VectorMemory, Vector, VectorMemory, Vector, Vector];
        let before = [None].into_iter().chain(turns.map(Some));
        let cycles = turns
            .into_iter()
            .zip(before)
            .map(|(i, b)| m55.cycles(i, b, false));
        assert_eq!(cycles.collect::<Vec<_>>(), [2, 1, 1, 1, 2]);
    }
}
