//! A whole crate, with its manifest and runtime; or the items of one module.

use crate::certificate;
use crate::install::MARK;
use crate::memories::{Lent, Memories};
use crate::names::{snake, type_name};
use crate::page::page;
use crate::runtime;
use crate::{Files, Runtime, WeightsAt};
use mlc_compiler::Compiled;
use mlc_compiler::diag::Diag;

/// The items that make up a network, for a module of the user's crate.
pub struct Module {
    /// Rust items.
    pub items: String,
    /// What the module is, in Markdown.
    pub summary: String,
    /// Name of the network's type.
    pub type_name: String,
    /// Names of the functions that give the inputs' places, in order.
    pub inputs: Vec<String>,
    /// Names of the functions that give the outputs' places, in order.
    pub outputs: Vec<String>,
    /// The arenas that its constructor takes, in order.
    pub lent: Vec<Lent>,
    /// The bytes of the weights.
    pub weights: Vec<u8>,
}

/// The network as a module that uses the runtime at `runtime` and reads the weights at `weights`.
pub fn emit_module(
    compiled: &Compiled,
    name: &str,
    runtime: &Runtime,
    weights: &WeightsAt,
) -> Result<Module, Diag> {
    let type_name = type_name(name);
    let page = page(compiled, name, runtime, weights)?;
    let [inputs, outputs] = page.places;
    Ok(Module {
        inputs,
        outputs,
        items: page.items,
        summary: page.summary,
        type_name,
        lent: Memories::of(&compiled.plan).lent(),
        weights: compiled.plan.weights.bytes.clone(),
    })
}

/// The network as a crate without dependencies.
pub fn emit_crate(compiled: &Compiled, name: &str) -> Result<Files, Diag> {
    let weights = WeightsAt::File("weights.bin".into());
    let page = page(compiled, name, &Runtime::Vendored, &weights)?;
    let mut files = Files::default();
    files.add("Cargo.toml", manifest(&snake(name, "network")));
    files.add(certificate::FILE, page.certificate.to_json());
    files.add("src/lib.rs", lib(&page.summary, &page.items));
    if !compiled.plan.weights.bytes.is_empty() {
        files.add("src/weights.bin", compiled.plan.weights.bytes.clone());
    }
    for (path, text) in runtime::Runtime::get().vendor(page.imports.0)? {
        files.add(format!("src/runtime/{path}"), text);
    }
    Ok(files)
}

fn lib(summary: &str, items: &str) -> String {
    let docs: String = summary
        .lines()
        .map(|l| format!("//! {l}").trim_end().to_string() + "\n")
        .collect();
    format!(
        "{docs}#![no_std]\n\n// Copied files hold what other networks need, and what only mlc itself asks for.\n#[allow(dead_code, unexpected_cfgs, unused_imports)]\nmod runtime;\n\n{items}"
    )
}

fn manifest(name: &str) -> String {
    format!(
        "{MARK}.\n[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[lib]\ntest = false\ndoctest = false\n\n[workspace]\n"
    )
}
