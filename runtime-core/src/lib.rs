//! What an emitted model is made of: memory places, mathematics and kernels.
//!
//! This crate is `no_std`, allocates nothing and depends on nothing. A model emitted by the
//! command line carries byte-for-byte copies of the files it uses; behind `build.rs` and
//! `include_model!` the same paths resolve to this crate. It knows nothing of graphs or ONNX.
//!
//! * [`plan`]: which bytes of a memory are taken in which steps, proved at compile time to be nobody else's.
//! * [`arena`]: typed places in such a memory.
//! * [`math`]: the scalar functions that `core` lacks, in portable, deterministic arithmetic.
//! * [`mark`]: the proof, at compile time, that files are of one build.
//! * [`digest`]: by which a network knows whether it answers what it should.
//! * [`isa`]: loops for instruction sets that only the compiler knows a machine to have, each with a twin.
//! * [`kernels`]: plain functions over slices, one file per family.
//! * [`stream`]: layers that run row by row, and the proof that none of their rows is lost.
//! * [`simd`]: shells over instructions, each with a portable twin of the same bits.
//! * [`watch`]: what is told of each layer while a network runs.
//! * `table` and `scalar` (feature `host`): the same kernels and scalar functions as data, for the
//!   compiler to name, check and interpret.
#![no_std]

#[cfg(feature = "host")]
extern crate std;

pub mod arena;
pub mod digest;
pub mod isa;
pub mod kernels;
pub mod mark;
pub mod math;
pub mod plan;
#[cfg(feature = "host")]
pub mod scalar;
pub mod simd;
pub mod stream;
#[cfg(feature = "host")]
pub mod table;
pub mod watch;
