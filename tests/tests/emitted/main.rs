//! Emitted crates as their users meet them: no warning of any tool, and a memory plan that rustc proves.

mod memories;
mod rows;
mod soundness;
mod tampering;
mod watched;

use mlc_codegen::{Files, emit_crate};
use mlc_compiler::settings::TimeAxis;
use mlc_compiler::{Compiled, onnx};
use mlc_tests::sequences::{AXIS, Sequence, by_steps};
use mlc_tests::{Case, networks, target_dir};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The crate of a case, written to a folder of its own.
fn emit(case: &Case) -> (Files, PathBuf) {
    let compiled = case
        .compile()
        .unwrap_or_else(|diags| panic!("{}: {diags}", case.name));
    let files = emit_crate(&compiled, &case.name).expect("it is emitted");
    let dir = target_dir().join("emitted").join(&case.name);
    files.write_to(&dir).expect("it is written");
    (files, dir)
}

fn cargo(dir: &Path, arguments: &[&str]) -> Output {
    command(dir, arguments).output().expect("cargo runs")
}

fn command(dir: &Path, arguments: &[&str]) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    cargo
        .args(arguments)
        .arg("--manifest-path")
        .arg(dir.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(target_dir().join("emitted/target"))
        .env("RUSTDOCFLAGS", "-Dwarnings")
        .env("RUSTFLAGS", "-Dwarnings");
    cargo
}

#[track_caller]
fn succeeds(name: &str, output: Output) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}:\n{said}", name);
    assert!(!said.contains("warning"), "{}:\n{said}", name);
}

#[test]
fn no_tool_has_anything_to_say() {
    for case in networks() {
        let (_, dir) = emit(&case);
        succeeds(&case.name, cargo(&dir, &["clippy", "--quiet"]));
        succeeds(&case.name, cargo(&dir, &["doc", "--quiet"]));
    }
}

/// Networks that take time slice by slice: with steps before the first answer, and without but with something to
/// begin with.
fn in_steps() -> impl Iterator<Item = (String, Compiled)> {
    let compiled = |seed| {
        let model = onnx::parse(&Sequence::of(seed).model(48), None).expect("it is a model");
        by_steps(&model, TimeAxis::Given(AXIS)).ok()
    };
    let begins = |steps: Option<Compiled>, with: &str| {
        let program = steps.map(|steps| steps.program);
        program.is_some_and(|program| {
            let mut initial = program.states().map(|(_, initial)| format!("{initial:?}"));
            initial.any(|initial| initial.starts_with(with))
        })
    };
    let first = |with| {
        (1..1000)
            .find(|&seed| begins(compiled(seed), with))
            .expect(with)
    };
    [0, 1, 3, first("Fill(F32(-inf))"), first("Constant")]
        .into_iter()
        .filter_map(move |seed| Some((format!("steps_{seed}"), compiled(seed)?)))
}

#[test]
fn no_tool_has_anything_to_say_about_steps() {
    for (name, compiled) in in_steps() {
        let dir = target_dir().join("emitted").join(&name);
        let files = emit_crate(&compiled, &name).expect("it is emitted");
        files.write_to(&dir).expect("it is written");
        succeeds(&name, cargo(&dir, &["clippy", "--quiet"]));
        succeeds(&name, cargo(&dir, &["doc", "--quiet"]));
    }
}

#[test]
fn nothing_is_depended_on_and_all_unsafe_code_is_vendored() {
    for case in networks() {
        let (files, _) = emit(&case);
        let text =
            |path| String::from_utf8_lossy(files.get(path).expect("it is there")).into_owned();
        assert!(
            !text("Cargo.toml").contains("dependencies"),
            "{}",
            case.name
        );
        let page = text("src/lib.rs");
        assert!(
            page.contains("#![no_std]") && !page.contains("unsafe"),
            "{}",
            case.name
        );
        for (path, contents) in files.iter().filter(|(path, _)| path.ends_with("arena.rs")) {
            let ours = mlc_tests::root().join("runtime-core/src/arena.rs");
            assert_eq!(
                contents,
                std::fs::read(ours).expect("it is there"),
                "{path} is a copy"
            );
        }
    }
}

/// The page of an emitted crate.
fn page_of(files: &Files) -> String {
    String::from_utf8_lossy(files.get("src/lib.rs").expect("it is there")).into_owned()
}

/// Whether rustc takes the crate in `dir` with another page, and makes so much of it: `metadata` or code.
fn rustc(dir: &Path, page: &str, emit: &str) -> bool {
    // Tests run side by side.
    static PAGES: AtomicUsize = AtomicUsize::new(0);
    let number = PAGES.fetch_add(1, Ordering::Relaxed);
    let (path, out) = (
        dir.join(format!("src/tampered_{number}.rs")),
        dir.join(format!("tampered_{number}.out")),
    );
    std::fs::write(&path, page).expect("it is written");
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or("rustc".into()));
    rustc
        .args(["--edition=2024", "--crate-type=lib", "--cap-lints=allow"])
        .arg(format!("--emit={emit}"))
        .arg("-o")
        .arg(&out)
        .arg(&path);
    let compiles = rustc.output().expect("rustc runs").status.success();
    [path, out]
        .iter()
        .for_each(|file| _ = std::fs::remove_file(file));
    compiles
}

/// A program of a user's that depends on these crates, written to a folder of its own.
fn user(name: &str, dependencies: &[(&str, &Path)], main: &str) -> PathBuf {
    let dependency = |(name, path): &(&str, &Path)| format!("{name} = {{ path = {path:?} }}\n");
    let dependencies: String = dependencies.iter().map(dependency).collect();
    let mut files = Files::default();
    files.add(
        "Cargo.toml",
        format!("[package]\nname = {name:?}\nedition = \"2024\"\n\n[dependencies]\n{dependencies}\n[workspace]\n"),
    );
    files.add("src/main.rs", main);
    let dir = target_dir().join("emitted").join(name);
    files.write_to(&dir).expect("it is written");
    dir
}
