//! Emission: from a compiled network to a crate, or to a module of the user's own crate.
//!
//! ```text
//! Program + MemoryPlan ─▶ page (lib.rs) + weights.bin + vendored runtime ─▶ Files
//! ```
//!
//! Nothing here knows any operator: everything that is printed follows from the kernel table and
//! from the program.

mod arguments;
mod blocks;
mod budget;
mod buffers;
mod c;
mod call;
mod calls;
pub mod certificate;
pub mod cost;
mod crate_files;
mod disk;
mod embed;
mod face;
mod files;
#[cfg(feature = "image")]
pub mod image;
mod install;
mod interface;
mod labels;
mod literal;
mod manifest;
pub mod marks;
mod memories;
mod names;
pub mod native;
mod options;
mod page;
mod platform;
mod presentation;
mod prose;
pub mod quantize;
mod regions;
pub mod report;
mod rows;
mod runtime;
mod said;
pub mod samples;
mod seal;
mod self_test;
#[cfg(feature = "clap")]
mod several;
#[cfg(feature = "clap")]
mod spoken;
mod summary;
mod surroundings;
mod tokens;
pub mod trace;
mod watched;
mod workspace;

pub use c::CNames;
pub use crate_files::{Module, emit_crate, emit_crate_with_c, emit_module};
pub use embed::Embedded;
pub use files::{Files, write_file};
pub use install::install;
pub use interface::{Interface, Socket};
pub use memories::BorrowedArena;
pub use options::{Options, Stream};
pub use presentation::Presentation;
#[cfg(feature = "clap")]
pub use several::Several;
#[cfg(feature = "clap")]
pub use spoken::Spoken;
pub use surroundings::workspace_around;
pub use workspace::{emit_workspace, emit_workspace_with_c};

/// Where the emitted code finds the runtime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// In a module `runtime` of its own crate: copies of the files it needs.
    Vendored,
    /// At this path, such as `::mlc_build::runtime`.
    External(String),
    /// At this path, in a crate that also has the types of the arenas that several networks share.
    Shared(String),
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

/// The examples of the README are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
