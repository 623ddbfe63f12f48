//! A cargo workspace of several networks that share their working memory: a crate for each, and one that holds the
//! arenas' types and the runtime.
//!
//! All of them borrow arenas of the same types, as large as the most demanding network needs. While one lives, it
//! borrows them exclusively: rustc refuses another one on the same arena.

use crate::c;
use crate::certificate::Certificate;
use crate::install::{CONFIG, MARK};
use crate::literal::Imports;
use crate::manifest;
use crate::memories::{Memories, bytes, shared_type};
use crate::names::crate_name;
use crate::page::{Page, page};
use crate::platform;
use crate::runtime;
use crate::seal::{build_id, marked, one_build, seal};
use crate::{Files, Runtime, WeightsAt};
use mlc_compiler::Compiled;
use mlc_compiler::diag::Diag;
use mlc_compiler::memory::Arena;
use mlc_compiler::target::TargetRef;
use std::collections::{BTreeMap, BTreeSet};

/// The crate that all networks depend on.
const SHARED: &str = "shared_arena";

/// The folder of the library for C.
const LIBRARY: &str = "c";

/// The networks, each with its name, as a workspace.
pub fn emit_workspace(networks: &[(&Compiled, &str)]) -> Result<Files, Diag> {
    let (files, plans) = files(networks)?;
    Ok(seal_all(files, plans))
}

/// The networks, each with its name, as a workspace, and beside it a library for C that has them all, called `library`.
pub fn emit_workspace_with_c(networks: &[(&Compiled, &str)], library: &str) -> Result<Files, Diag> {
    let (mut files, plans) = files(networks)?;
    if plans.iter().any(|(folder, _)| folder == LIBRARY) {
        let message = format!("`{LIBRARY}` is the folder of the library for C");
        return Err(Diag::new("duplicate-name", message).note("give the network another name"));
    }
    let members = networks.iter().map(|(compiled, name)| c::Member {
        compiled,
        name,
        folder: format!("../{}", crate_name(name)),
    });
    let arenas = largest(networks).into_iter();
    let arenas = arenas
        .map(|(name, (arena, _))| (name, arena.bytes))
        .collect();
    let members: Vec<_> = members.collect();
    c::add(&mut files, &crate_name(library), &members, Some(&arenas))?;
    Ok(seal_all(files, plans))
}

fn seal_all(files: Files, plans: Vec<(String, Certificate)>) -> Files {
    let plans = plans.iter().map(|(folder, plan)| (&**folder, plan.clone()));
    seal(files, plans.collect())
}

/// The files of the workspace, before they know each other, and the plan of each network by its folder.
fn files(networks: &[(&Compiled, &str)]) -> Result<(Files, Vec<(String, Certificate)>), Diag> {
    check_names(networks)?;
    let mut files = Files::default();
    let mut imports = Imports::default();
    let mut types = Vec::new();
    let folders: Vec<_> = networks.iter().map(|(_, name)| crate_name(name)).collect();
    let mut plans = Vec::new();
    for ((compiled, name), folder) in networks.iter().zip(&folders) {
        let page = member(&mut files, compiled, name)?;
        plans.push((folder.clone(), page.certificate));
        imports.0.extend(page.imports.0);
        types.push(page.type_name);
    }
    for (path, text) in runtime::Runtime::get().vendor(imports.0)? {
        match &*path {
            "mod.rs" => files.add(format!("{SHARED}/src/lib.rs"), lib(networks, &types, &text)),
            _ => files.add(format!("{SHARED}/src/{path}"), text),
        }
    }
    let description =
        "What networks compiled by mlc share: their working memory, and the code of their layers";
    manifest::add(&mut files, &format!("{SHARED}/"), SHARED, description, "");
    let members = folders.iter().map(String::as_str).chain([SHARED]);
    let members: Vec<_> = members.map(|name| format!("{name:?}")).collect();
    files.add(
        "Cargo.toml",
        format!(
            "{MARK}.\n[workspace]\nresolver = \"3\"\nmembers = [{}]\n",
            members.join(", ")
        ),
    );
    if let Some(config) = common_target(networks).and_then(|target| platform::config(&target)) {
        files.add(CONFIG, config);
    }
    Ok((files, plans))
}

/// The machine that all networks are for, if it is one.
fn common_target(networks: &[(&Compiled, &str)]) -> Option<TargetRef> {
    let mut targets = networks.iter().map(|(compiled, _)| compiled.target);
    let first = targets.next()?;
    targets.all(|target| target == first).then_some(first)
}

/// Makes sure that each crate has a name of its own.
fn check_names(networks: &[(&Compiled, &str)]) -> Result<(), Diag> {
    let mut taken = BTreeSet::from([SHARED.to_owned()]);
    match networks
        .iter()
        .find(|(_, name)| !taken.insert(crate_name(name)))
    {
        None => Ok(()),
        Some((_, name)) => {
            let message = format!(
                "two crates of the workspace would be called `{}`",
                crate_name(name)
            );
            Err(Diag::new("duplicate-name", message)
                .note("networks are called after their files, or the folders of these: rename one"))
        }
    }
}

/// Adds the crate of one network; its page.
fn member(files: &mut Files, compiled: &Compiled, name: &str) -> Result<Page, Diag> {
    let runtime = Runtime::Shared(SHARED.into());
    let weights = WeightsAt::File("weights.bin".into());
    let page = page(compiled, name, &runtime, &weights)?;
    let folder = crate_name(name);
    let dependency = format!("\n[dependencies]\n{SHARED} = {{ path = \"../{SHARED}\" }}\n");
    let description = manifest::described(&folder, compiled.target);
    manifest::add(
        files,
        &format!("{folder}/"),
        &folder,
        &description,
        &dependency,
    );
    let docs = docs(&page.summary);
    files.add(
        format!("{folder}/src/lib.rs"),
        format!("{docs}#![no_std]\n\n{}\n{}", page.items, one_build(SHARED)),
    );
    if !compiled.plan.weights.bytes.is_empty() {
        files.add(
            format!("{folder}/src/weights.bin"),
            marked(&compiled.plan.weights.bytes),
        );
    }
    Ok(page)
}

fn docs(text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| format!("//! {line}").trim_end().to_owned() + "\n");
    lines.collect()
}

/// The crate of the arenas; `modules` is the root of the runtime, which it holds.
fn lib(networks: &[(&Compiled, &str)], types: &[String], modules: &str) -> String {
    let modules = modules.lines().filter(|line| line.starts_with("pub mod "));
    let modules: String = modules
        .map(|module| format!("#[doc(hidden)]\n{module}\n"))
        .collect();
    let arenas = largest(networks).into_values();
    let arenas: String = arenas.map(|(arena, user)| shared(arena, user)).collect();
    format!(
        "{}#![no_std]\n// The runtime holds what other networks need, and what only mlc itself asks for.\n\
         #![allow(dead_code, unexpected_cfgs, unused_imports, rustdoc::private_intra_doc_links)]\n\n{modules}\npub use arena::Arena;\n{}{arenas}",
        docs(&summary(networks, types)),
        build_id(),
    )
}

/// For each region the largest arena, and the network that needs it.
fn largest<'a>(networks: &[(&'a Compiled, &'a str)]) -> BTreeMap<&'a str, (&'a Arena, &'a str)> {
    let mut largest: BTreeMap<&str, (&Arena, &str)> = BTreeMap::new();
    for (compiled, user) in networks {
        for (_, arena) in Memories::of(&compiled.plan).used() {
            let known = largest.entry(&arena.name).or_insert((arena, user));
            if known.0.bytes < arena.bytes {
                *known = (arena, user);
            }
        }
    }
    largest
}

fn shared(arena: &Arena, user: &str) -> String {
    let (constant, ty, name) = (bytes(arena), shared_type(&arena.name), &arena.name);
    let user = crate_name(user);
    format!(
        "\n/// Bytes of `{name}`: what `{user}` needs, which needs most.\npub const {constant}: usize = {};\n\
         /// The working memory `{name}`, which one network at a time borrows.\npub type {ty} = Arena<{constant}>;\n",
        arena.bytes
    )
}

/// How to use the networks, and what they need.
fn summary(networks: &[(&Compiled, &str)], types: &[String]) -> String {
    let arenas = largest(networks);
    let made = arenas
        .keys()
        .map(|name| format!("let mut {name} = {}::new();\n", shared_type(name)));
    let runs = networks.iter().zip(types).map(|((compiled, name), ty)| {
        let lent = Memories::of(&compiled.plan).lent();
        let lent: Vec<_> = lent
            .iter()
            .map(|lent| format!("&mut {}", lent.name))
            .collect();
        format!(
            "let mut net = {}::{ty}::new({});\n",
            crate_name(name),
            lent.join(", ")
        )
    });
    let rows = networks.iter().map(|(compiled, name)| {
        let costs = Memories::of(&compiled.plan).costs();
        format!("| `{}` | {costs} |\n", crate_name(name))
    });
    format!(
        "What the networks of this workspace share, emitted by mlc: their working memory, one at a time, and the code of \
         their layers.\n\n```ignore\n{}{}```\n\nA network borrows its memory for as long as it is used: two at once do not \
         compile.\n\n| network | needs |\n|---|---|\n{}",
        made.collect::<String>(),
        runs.collect::<String>(),
        rows.collect::<String>(),
    )
}
