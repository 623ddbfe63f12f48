//! Forms of kernels for instruction sets: the same computation, with constants packed for a machine.
//!
//! A form says of a call whether it fits, and writes the call that takes its place. Nothing is computed otherwise than
//! the kernel would: what cannot be proved to be the same bits is no form. Sums of floats have the same order; where an
//! instruction set fuses products with sums, that is all that differs, and its twin rounds as it does.

mod dsp;
mod dsp16;
mod finish;
mod floats;
mod halves;
mod helium;
mod helium16;
mod scalar;
mod scales;
mod weights;

use super::{Call, Kernel};
use crate::scalar::ElementType;
use std::any::Any;
use std::string::String;
use std::vec::Vec;

/// An instruction set that forms are for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Isa {
    /// Armv6-M: Cortex-M0 and M0+.
    Armv6m,
    /// Armv7-M without more: Cortex-M3.
    Armv7m,
    /// The DSP extension of Armv7E-M and Armv8-M.
    Dsp,
    /// Floats of 32 bits in hardware on Armv7E-M and Armv8-M.
    Fpu,
    /// Helium, the vector extension of Armv8.1-M.
    Helium,
    /// RISC-V of 32 bits with multiplication.
    Rv32,
}

/// A form of a kernel.
pub struct Form {
    /// The instruction set.
    pub isa: Isa,
    /// The kernel that it takes the place of.
    pub kernel: &'static Kernel,
    /// The call that does the same; or why there is none.
    pub pack: fn(&Given<'_>) -> Result<Call<Part>, String>,
}

/// A call to be packed.
pub struct Given<'a> {
    /// The kernel's parameters.
    pub params: &'a dyn Any,
    /// The type of each operand.
    pub types: &'a [ElementType],
    /// The bytes of each operand that is constant.
    pub constants: &'a [Option<&'a [u8]>],
}

/// An operand of a packed call.
#[derive(Clone, Debug)]
pub enum Part {
    /// That operand of the call that was given.
    Given(usize),
    /// A constant of words.
    Constant(Vec<i32>),
    /// So many words of scratch.
    Scratch(usize),
}

impl Given<'_> {
    /// The parameters, if they are of that type.
    fn params<P: Any + Clone>(&self) -> Result<P, String> {
        let params = self.params.downcast_ref::<P>().cloned();
        params.ok_or_else(|| "its parameters are of another kernel".into())
    }

    /// Whether the input is bytes, which is all that most loops take.
    fn is_of_bytes(&self) -> Result<(), String> {
        match self.types[0].size() {
            1 => Ok(()),
            _ => Err("its elements have 16 bits".into()),
        }
    }

    /// The elements of a constant operand, each of `N` bytes.
    fn constant<T, const N: usize>(
        &self,
        operand: usize,
        of_bytes: fn([u8; N]) -> T,
    ) -> Result<Vec<T>, String> {
        let bytes = self.constants.get(operand).copied().flatten();
        let bytes = bytes.ok_or("its weights are computed when it runs")?;
        Ok(bytes.as_chunks().0.iter().map(|&b| of_bytes(b)).collect())
    }
}

/// Every form.
pub fn forms() -> impl Iterator<Item = &'static Form> {
    [scalar::FORMS, dsp::FORMS, floats::FORMS, helium::FORMS]
        .into_iter()
        .flatten()
}
