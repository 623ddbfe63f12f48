//! A whole crate, with its manifest and runtime; or the items of one module.

use crate::c;
use crate::certificate::Certificate;
use crate::install::CONFIG;
use crate::manifest;
use crate::memories::{BorrowedArena, Memories};
use crate::names::crate_name;
use crate::page::page;
use crate::platform;
use crate::runtime;
use crate::seal::{build_id, marked, one_build, seal, seal_page};
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
    pub lent: Vec<BorrowedArena>,
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
    let page = page(compiled, name, runtime, weights)?;
    let [inputs, outputs] = page.places;
    let (items, weights) = match weights {
        WeightsAt::Inline => (page.items, compiled.plan.weights.bytes.clone()),
        _ => seal_page(&page.items, &marked(&compiled.plan.weights.bytes)),
    };
    Ok(Module {
        inputs,
        outputs,
        items,
        summary: page.summary,
        type_name: page.type_name,
        lent: Memories::of(&compiled.plan).lent(),
        weights,
    })
}

/// The network as a crate without dependencies.
pub fn emit_crate(compiled: &Compiled, name: &str) -> Result<Files, Diag> {
    let (files, certificate) = files(compiled, name)?;
    Ok(seal(files, vec![("", certificate)]))
}

/// The network as a crate without dependencies, and beside it a library for C.
pub fn emit_crate_with_c(compiled: &Compiled, name: &str) -> Result<Files, Diag> {
    let (mut files, certificate) = files(compiled, name)?;
    let member = c::Member {
        compiled,
        name,
        folder: "..".into(),
    };
    c::add(&mut files, &crate_name(name), &[member], None)?;
    Ok(seal(files, vec![("", certificate)]))
}

/// The files of the crate, before they know each other, and its plan.
fn files(compiled: &Compiled, name: &str) -> Result<(Files, Certificate), Diag> {
    let weights = WeightsAt::File("weights.bin".into());
    let page = page(compiled, name, &Runtime::Vendored, &weights)?;
    let mut files = Files::default();
    let crate_name = crate_name(name);
    let description = manifest::described(&crate_name, compiled.target);
    manifest::add(&mut files, "", &crate_name, &description, "");
    if let Some(config) = platform::config(&compiled.target) {
        files.add(CONFIG, config);
    }
    files.add("src/lib.rs", lib(&page.summary, &page.items));
    if !compiled.plan.weights.bytes.is_empty() {
        files.add("src/weights.bin", marked(&compiled.plan.weights.bytes));
    }
    for (path, text) in runtime::Runtime::get().vendor(page.imports.0)? {
        let text = match &*path {
            "mod.rs" => text + &build_id(),
            _ => text,
        };
        files.add(format!("src/runtime/{path}"), text);
    }
    Ok((files, page.certificate))
}

fn lib(summary: &str, items: &str) -> String {
    let docs: String = summary
        .lines()
        .map(|l| format!("//! {l}").trim_end().to_string() + "\n")
        .collect();
    format!(
        "{docs}#![no_std]\n\n// Copied files hold what other networks need, and what only mlc itself asks for.\n#[allow(dead_code, unexpected_cfgs, unused_imports)]\nmod runtime;\n\n{items}\n{}",
        one_build("runtime")
    )
}
