//! Inner loops for instruction sets that only the compiler knows a machine to have.
//!
//! Stable Rust has no `cfg` for the DSP extension or for Helium, so a network that was compiled for such a core names
//! these loops outright. Each file has a layout of constants that were packed beforehand, the loops over it in
//! assembly, and their twin in plain Rust: the twin computes the same bits and runs wherever the instruction set cannot
//! be, such as in the interpreter. A core that is of the right family but lacks the instructions does not assemble them.
//!
//! Cores of which a `cfg` would do are here for another reason: compilers spill the sums of a tile there (`scalar.rs`).
//!
//! What has atomic instructions is not Armv6-M: there is no other `cfg` for that. Functions in assembly are `#[inline]`, since
//! such are compiled only where they are called: this crate as a whole is for cores that lack the instructions, too.
//!
//! Geometry, edges and tails are in [`kernels::packed`](super::kernels::packed), once for all.

pub mod armv6m;
pub mod armv7m;
pub mod dsp;
pub mod dsp16;
pub mod dsp16_taps;
pub mod dsp_halves;
pub mod dsp_planes;
pub mod dsp_taps;
pub mod dsp_twice;
pub mod floats;
pub mod fpu;
pub mod helium;
pub mod helium16;
pub mod helium_floats;
pub mod helium_products;
pub mod helium_taps;
pub mod helium_twice;
pub mod rv32;
pub mod scalar;
