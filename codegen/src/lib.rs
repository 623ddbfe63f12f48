//! Emission: from a compiled network to a crate, or to a module of the user's own crate.
//!
//! ```text
//! Program + MemoryPlan ─▶ page (lib.rs) + weights.bin + vendored runtime ─▶ Files
//! ```
//!
//! Nothing here knows any operator: everything that is printed follows from the kernel table and
//! from the program.

mod buffers;
mod calls;
mod crate_files;
mod face;
mod files;
mod literal;
mod names;
mod page;
mod runtime;
mod summary;

pub use crate_files::{Module, emit_crate, emit_module};
pub use files::Files;

/// Where the emitted code finds the runtime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// In a module `runtime` of its own crate: copies of the files it needs.
    Vendored,
    /// At this path, such as `::mlc_build::runtime`.
    External(String),
}

/// Where the emitted code finds the weights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WeightsAt {
    /// In this file, as a path from the emitted one, or absolute.
    File(String),
    /// In this file of the folder that `OUT_DIR` names.
    OutDir(String),
    /// In a byte string within the code.
    Inline,
}
