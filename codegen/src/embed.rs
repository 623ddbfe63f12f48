//! The network as part of the user's own crate, for build scripts and the macro.
//!
//! Everything is in a module of its own, so that the user's names are not in the way; just what is public is
//! passed on. What is not used causes no warning: the user did not write it.

use crate::{Module, Runtime, WeightsAt, emit_module};
use mlc_compiler::Compiled;
use mlc_compiler::diag::Diag;

/// The runtime, as the user's crate depends on it.
const RUNTIME: &str = "::mlc_runtime_core";

/// A network to be included in a module.
pub struct Embedded {
    /// Rust items, beginning with comments.
    pub source: String,
    /// Name of the network's type.
    pub type_name: String,
    /// The bytes of the weights, for where they are not inline.
    pub weights: Vec<u8>,
}

/// The network as items that depend on the crate `mlc-runtime-core`.
pub(crate) fn embed(
    compiled: &Compiled,
    name: &str,
    weights: &WeightsAt,
) -> Result<Embedded, Diag> {
    let runtime = Runtime::External(RUNTIME.into());
    let Module {
        items,
        summary,
        type_name,
        weights,
        ..
    } = emit_module(compiled, name, &runtime, weights)?;
    let lines = |prefix: &str, text: &str| -> String {
        let lines = text
            .lines()
            .map(|line| format!("{prefix}{line}").trim_end().to_owned() + "\n");
        lines.collect()
    };
    let source = format!(
        "{}\n#[allow(unused_imports)]\npub use network::*;\n\n#[allow(dead_code)]\nmod network {{\n{}}}\n",
        lines("// ", &summary),
        lines("    ", &items),
    );
    Ok(Embedded {
        source,
        type_name,
        weights,
    })
}
