//! What must stay true of the shape of the project, as ARCHITECTURE.md states it.

use mlc_compiler::ops;
use mlc_tests::{networks, root};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The crates from the bottom up: each may depend on those above it in this list, and on no others of ours.
const LAYERS: &[&str] = &["mlc-runtime-core", "mlc-compiler", "mlc-codegen"];

/// The doors: they stand on all layers, `mlc-macros` and `mlc-cli` on `mlc-build` perhaps, and nothing on them.
const DOORS: &[&str] = &["mlc-build", "mlc-macros", "mlc-cli"];

/// The dependencies of each package of the workspace: those that users of it get.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    cargo
        .args(["metadata", "--no-deps", "--format-version=1", "--offline"])
        .current_dir(root());
    let output = cargo.output().expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("metadata is JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let of = |package: &Value| {
        let dependencies = package["dependencies"].as_array().into_iter().flatten();
        let shipped = dependencies.filter(|d| d["kind"] != "dev");
        (
            text(&package["name"]),
            shipped.map(|d| text(&d["name"])).collect(),
        )
    };
    let packages = metadata["packages"]
        .as_array()
        .expect("packages are listed");
    packages.iter().map(of).collect()
}

#[test]
fn dependencies_run_one_way() {
    let all = dependencies();
    let ours: BTreeSet<_> = all.keys().cloned().collect();
    for (i, layer) in LAYERS.iter().enumerate() {
        let below: BTreeSet<_> = LAYERS[..i].iter().map(|s| s.to_string()).collect();
        let used: BTreeSet<_> = all[*layer].intersection(&ours).cloned().collect();
        assert!(used.is_subset(&below), "{layer} depends on {used:?}");
    }
    for door in DOORS {
        let allowed: BTreeSet<_> = LAYERS
            .iter()
            .chain(&["mlc-build", "mlc-macros"])
            .map(|s| s.to_string())
            .collect();
        let used: BTreeSet<_> = all[*door].intersection(&ours).cloned().collect();
        assert!(used.is_subset(&allowed), "{door} depends on {used:?}");
    }
}

#[test]
fn the_runtime_depends_on_nothing() {
    assert!(dependencies()["mlc-runtime-core"].is_empty());
    let root_module = read(&root().join("runtime-core/src/lib.rs"));
    assert!(root_module.contains("\n#![no_std]\n"));
    for (path, text) in sources("runtime-core/src") {
        assert!(!text.contains("extern crate alloc"), "{}", path.display());
    }
}

/// A page imports both, and calls them by these names.
#[test]
fn what_runs_rows_is_not_called_like_a_kernel() {
    let text = read(&root().join("runtime-core/src/stream.rs"));
    for kernel in mlc_runtime_core::table::kernels() {
        let is_taken = ["<", "("].map(|end| format!("pub fn {}{end}", kernel.name));
        let taken = is_taken.iter().any(|name| text.contains(name));
        assert!(!taken, "{} is a function of rows, too", kernel.name);
    }
}

#[test]
fn unsafe_code_stays_where_it_is_explained() {
    for (path, text) in sources("runtime-core/src") {
        let allowed = path.ends_with("arena.rs")
            || path
                .components()
                .any(|c| ["simd", "isa"].map(OsStr::new).contains(&c.as_os_str()));
        let unsafe_code = code(&text).any(|line| words(line).any(|word| word == "unsafe"));
        assert!(
            allowed || !unsafe_code,
            "{} holds unsafe code",
            path.display()
        );
    }
}

/// What each room of a crate, a folder or file at the root of its sources, imports from others; tests may look everywhere.
fn rooms(folder: &str) -> BTreeMap<String, BTreeSet<String>> {
    let root = root().join(folder);
    let mut rooms: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, text) in sources(folder) {
        let inside = path.strip_prefix(&root).expect("it is below the folder");
        let room = inside.with_extension("");
        let room = room.iter().next().expect("it has a name").to_string_lossy();
        let is_test = inside
            .iter()
            .any(|part| part.to_string_lossy().contains("test"));
        if is_test || room == "lib" {
            continue;
        }
        let shipped = &text[..text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len())];
        let of_crate = code(shipped).flat_map(|line| line.split("crate::").skip(1));
        let others = of_crate.filter_map(|path| words(path).next());
        let others = others.filter(|other| *other != room && root_has(&root, other));
        let others: Vec<_> = others.map(String::from).collect();
        rooms.entry(room.into_owned()).or_default().extend(others);
    }
    rooms
}

fn root_has(root: &Path, room: &str) -> bool {
    root.join(room).is_dir() || root.join(room).with_extension("rs").is_file()
}

/// What is left when rooms are taken away that import none of the others: circles.
fn circles(mut rooms: BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    loop {
        let left: BTreeSet<_> = rooms.keys().cloned().collect();
        rooms.retain(|_, imports| imports.iter().any(|other| left.contains(other)));
        if rooms.len() == left.len() {
            return left.into_iter().collect();
        }
    }
}

#[test]
fn rooms_import_no_circle() {
    for folder in ["compiler/src", "codegen/src"] {
        let found = circles(rooms(folder));
        assert!(found.is_empty(), "{folder}: a circle among {found:?}");
    }
    let two = [("a", "b"), ("b", "a"), ("c", "a")];
    let two = two.map(|(a, b)| (a.to_owned(), BTreeSet::from([b.to_owned()])));
    assert_eq!(circles(two.into()), ["a", "b", "c"]);
}

/// The graph knows operators by their trait, and nothing that comes after it.
#[test]
fn the_graph_looks_at_nothing_downstream() {
    let imports = &rooms("compiler/src")["ir"];
    let known = [
        "diag",
        "interp",
        "onnx",
        "program",
        "quantization",
        "tensor",
    ];
    let known = known.map(String::from).into();
    let others: Vec<_> = imports.difference(&known).collect();
    assert!(others.is_empty(), "ir imports {others:?}");
}

/// Parts of the page, from the top down: each may import those below it.
#[test]
fn the_page_stands_on_its_parts() {
    let layers = [
        &["page"][..],
        &["summary"],
        &["face"],
        &["calls"],
        &["rows"],
        &["call"],
        &["watched"],
        &["buffers"],
        &["blocks", "memories"],
        &["literal", "names", "prose", "tokens"],
    ];
    let rooms = rooms("codegen/src");
    for (i, layer) in layers.iter().enumerate() {
        for part in *layer {
            let above = layers[..=i].iter().flat_map(|layer| layer.iter());
            let mut above = above.filter(|other| rooms[*part].contains(**other));
            assert_eq!(above.next(), None, "{part} imports it");
        }
    }
}

/// Words of Rust and of the intermediate representation that happen to be names of operators as well.
const HOMONYMS: &[&str] = &[
    "Constant", "Size", "Shape", "Range", "Split", "Or", "And", "Not", "If", "Mod",
];

#[test]
fn code_generation_names_no_operator() {
    let operators: BTreeSet<_> = ops::onnx_operators().map(|op| op.name).collect();
    for (path, text) in sources("codegen/src") {
        let tests = text.find("#[cfg(test)]").unwrap_or(text.len());
        let named: Vec<_> = code(&text[..tests])
            .flat_map(words)
            .filter(|word| operators.contains(word) && !HOMONYMS.contains(word))
            .collect();
        assert!(named.is_empty(), "{} names {named:?}", path.display());
    }
}

#[test]
fn the_compiler_writes_no_rust() {
    let writers = ["quote", "syn", "proc-macro2", "prettyplease"].map(String::from);
    let used = &dependencies()["mlc-compiler"];
    assert!(
        writers.iter().all(|writer| !used.contains(writer)),
        "{used:?}"
    );
}

#[test]
fn every_source_file_says_why_it_is_there() {
    for folder in [
        "runtime-core/src",
        "compiler/src",
        "codegen",
        "fixtures/src",
        "tests",
        "xtask/src",
    ] {
        for (path, text) in sources(folder) {
            // What prost generates, and what users write in tests of the macro.
            let theirs =
                path.ends_with("proto.rs") || path.components().any(|c| c.as_os_str() == "ui");
            assert!(
                theirs || text.starts_with("//!"),
                "{} does not open with `//!`",
                path.display()
            );
        }
    }
}

#[test]
fn emission_is_the_same_in_every_run_and_process() {
    let emitted: Vec<String> = networks().iter().map(fingerprint).collect();
    if std::env::var_os("MLC_PRINT_FINGERPRINTS").is_some() {
        return println!("fingerprints: {}", emitted.join(" "));
    }
    assert_eq!(
        emitted,
        networks().iter().map(fingerprint).collect::<Vec<_>>()
    );
    let mut again = Command::new(std::env::current_exe().expect("this test has a path"));
    again.args([
        "--exact",
        "emission_is_the_same_in_every_run_and_process",
        "--nocapture",
    ]);
    let output = again
        .env("MLC_PRINT_FINGERPRINTS", "1")
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        said.contains(&format!("fingerprints: {}", emitted.join(" "))),
        "{said}"
    );
}

/// A hash of all files of the crate that is emitted for a case.
fn fingerprint(case: &mlc_tests::Case) -> String {
    let compiled = case
        .compile()
        .unwrap_or_else(|diags| panic!("{}: {diags}", case.name));
    let files = mlc_codegen::emit_crate(&compiled, &case.name).expect("it is emitted");
    // FNV-1a: any hash that is the same in every process will do.
    let bytes = files
        .iter()
        .flat_map(|(path, contents)| path.bytes().chain(contents.iter().copied()));
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325u64, |h, b| {
        (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

/// All Rust files below a folder of the repository, apart from what is built there.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut pending = vec![root().join(folder)];
    while let Some(dir) = pending.pop() {
        for entry in std::fs::read_dir(&dir)
            .expect("the folder is there")
            .flatten()
        {
            let path = entry.path();
            if path.is_dir() && !path.ends_with("target") {
                pending.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = read(&path);
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "no sources in {folder}");
    found
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The lines that are not comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| c != '_' && !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
}
