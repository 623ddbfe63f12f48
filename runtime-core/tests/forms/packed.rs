//! A layer in a form, with its operands side by side in memory: here they meet the twin, on a board the instructions.

use mlc_runtime_core::arena;
use mlc_runtime_core::scalar::ElementType;
use mlc_runtime_core::table::forms::{Form, Given, Part};
use mlc_runtime_core::table::{Bytes, Call, Role};

use super::layers::Layer;

/// What lies in scratch, and around operands.
const FILL: u8 = 0x5a;

/// Words behind each operand, which nobody may touch.
pub(crate) const GUARD: usize = 2;

/// A packed call and its operands.
pub(crate) struct Packed {
    pub(crate) call: Call<Part>,
    pub(crate) operands: Vec<Operand>,
}

/// An operand as it is before the call.
pub(crate) struct Operand {
    pub(crate) ty: ElementType,
    pub(crate) role: Role,
    pub(crate) bytes: Vec<u8>,
}

impl Operand {
    /// Words that it takes in memory, with its guard.
    fn words(&self) -> usize {
        self.bytes.len().div_ceil(16) * 2 + GUARD
    }
}

/// Bytes in memory that is aligned for all elements.
pub(crate) fn words(bytes: &[u8]) -> Vec<u64> {
    let mut words = vec![0; bytes.len().div_ceil(8)];
    arena::bytes_mut(&mut words)[..bytes.len()].copy_from_slice(bytes);
    words
}

impl Packed {
    /// A layer in a form, or why it has none.
    pub(crate) fn new(layer: &Layer, form: &Form) -> Result<Self, String> {
        let constants = layer.constants.iter().map(|c| Some(&c[..]));
        let constants: Vec<_> = [None].into_iter().chain(constants).chain([None]).collect();
        let params = layer.call.params.as_ref().expect("it has parameters");
        let call = (form.pack)(&Given {
            params: (**params).as_any(),
            types: &layer.types,
            constants: &constants,
        })?;
        let operand = |(part, row): (&Part, &mlc_runtime_core::table::Operand)| {
            let (ty, bytes) = match part {
                Part::Given(0) => (layer.types[0], layer.x.clone()),
                Part::Given(y) => (layer.types[*y], layer.output.clone()),
                Part::Constant(words) => (ElementType::I32, arena::bytes(words).to_vec()),
                Part::Scratch(len) => (ElementType::I32, vec![FILL; 4 * len]),
            };
            Operand {
                ty,
                role: row.role,
                bytes,
            }
        };
        let operands = call.operands.iter().zip(call.kernel.operands).map(operand);
        Ok(Packed {
            operands: operands.collect(),
            call,
        })
    }

    /// All operands, one after the other, each with its guard.
    pub(crate) fn memory(&self) -> Vec<u64> {
        let mut memory = Vec::new();
        for operand in &self.operands {
            let mut bytes = operand.bytes.clone();
            bytes.resize(8 * operand.words(), FILL);
            memory.extend(words(&bytes));
        }
        memory
    }

    /// Computes it in `memory`, by the twin.
    pub(crate) fn run(&self, memory: &mut [u64]) {
        let mut rest = memory;
        let mut operands = Vec::new();
        for operand in &self.operands {
            let (here, behind) = rest.split_at_mut(operand.words());
            let bytes = &mut arena::bytes_mut(here)[..operand.bytes.len()];
            operands.push(match operand.role {
                Role::Read => Bytes::Shared(bytes),
                _ => Bytes::Exclusive(bytes),
            });
            rest = behind;
        }
        let types: Vec<_> = self.operands.iter().map(|o| o.ty).collect();
        let ran = self.call.run(&types, operands);
        ran.expect("operands fit the form");
    }

    /// The output in `memory`, and whatever must be there besides: scratch may be anything.
    pub(crate) fn seen<'a>(&self, memory: &'a [u64]) -> (&'a [u8], Vec<u64>) {
        let (mut output, mut all) = (&[][..], Vec::new());
        let mut rest = memory;
        for operand in &self.operands {
            let (here, behind) = rest.split_at(operand.words());
            if operand.role == Role::Scratch {
                all.extend(&here[operand.words() - GUARD..]);
            } else {
                all.extend(here);
            }
            if matches!(operand.role, Role::Write | Role::Update) {
                output = &arena::bytes(here)[..operand.bytes.len()];
            }
            rest = behind;
        }
        (output, all)
    }
}
