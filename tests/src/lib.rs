//! One set of cases, many runners.
//!
//! A [`Case`] is a folder: a model, recorded inputs and outputs, and a few words about it. Whatever can
//! run a model runs all of them: the interpreter, emitted code on this machine ([`Batch`]), emitted code
//! on emulated boards (`cargo xtask qemu`), and an independent evaluator. Adding a case means adding a
//! folder, and every runner picks it up.

pub mod alone;
pub mod assembly;
mod batch;
mod build;
mod case;
pub mod expected;
mod layers;
pub mod packing;
pub mod properties;
pub mod random;
pub mod recorded;
pub mod seeds;
pub mod sequences;
pub mod tflite;

mod resnet;

pub use batch::{Batch, Job, Rustc};
pub use case::{Case, exports, importer, networks, operators, suite, zoo};
pub use layers::layers;
pub use resnet::resnet50;

use std::path::{Path, PathBuf};

/// The folder of the repository.
pub fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// Cargo's target folder, where everything that tests make is put.
pub fn target_dir() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// An emitted page without the digest of its build, which is another one with every change of the runtime.
pub fn without_digest(page: &str) -> String {
    const BEFORE: &str = "pub const BUILD_ID: &str = \"";
    match page.split_once(BEFORE) {
        Some((before, rest)) => {
            let after = rest.trim_start_matches(|c: char| c.is_ascii_hexdigit());
            format!("{before}{BEFORE}…{after}")
        }
        None => page.into(),
    }
}
