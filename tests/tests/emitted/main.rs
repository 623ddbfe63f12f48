//! Emitted crates as their users meet them: no warning of any tool, and a memory plan that rustc proves.

mod memories;

use mlc_codegen::{Files, emit_crate};
use mlc_compiler::time::TimeAxis;
use mlc_compiler::{Compiled, onnx};
use mlc_tests::sequences::{AXIS, Sequence, by_steps};
use mlc_tests::{Case, networks, target_dir};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

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

#[test]
fn a_plan_that_was_tampered_with_does_not_compile() {
    let case = networks()
        .into_iter()
        .find(|case| case.name == "digits")
        .expect("there are digits");
    let (files, dir) = emit(&case);
    let page = String::from_utf8_lossy(files.get("src/lib.rs").expect("it is there")).into_owned();
    assert!(compiles(&dir, &page), "the crate as it was emitted");
    let places = places(&page);
    assert!(places.len() > 3, "{places:?}");
    // Beyond the end of the arena, and off alignment: each place alone is noticed.
    for place in &places {
        assert!(
            !compiles(&dir, &place.moved(&page, 1 << 30)),
            "{place:?} beyond the end"
        );
        assert!(
            !compiles(&dir, &place.moved(&page, place.offset + 1)),
            "{place:?} off alignment"
        );
    }
    // Over each other: what one call reads and writes.
    let clashes = places
        .windows(2)
        .filter(|pair| pair[0].offset != pair[1].offset);
    let noticed = clashes
        .filter(|pair| !compiles(&dir, &pair[1].moved(&page, pair[0].offset)))
        .count();
    assert!(noticed > 0, "no overlap was noticed");
}

/// A place in the arena as it is written: `Place<f32, 256, 64>`.
#[derive(Debug)]
struct Place {
    text: String,
    element: String,
    offset: usize,
    length: String,
}

impl Place {
    /// The page with this place at another offset.
    fn moved(&self, page: &str, offset: usize) -> String {
        let text = format!("Place<{}, {offset}, {}>", self.element, self.length);
        page.replacen(&self.text, &text, 1)
    }
}

/// The places in an emitted page, in the order in which they are declared.
fn places(page: &str) -> Vec<Place> {
    let mut places = Vec::new();
    let declared = page.lines().filter(|line| line.contains("type "));
    for rest in declared.filter_map(|line| line.split_once("Place<")?.1.split_once('>')) {
        let parts: Vec<_> = rest.0.split(", ").collect();
        let [element, offset, length] = parts[..] else {
            continue;
        };
        let Ok(offset) = offset.replace('_', "").parse() else {
            continue;
        };
        places.push(Place {
            text: format!("Place<{}>", rest.0),
            element: element.into(),
            offset,
            length: length.into(),
        });
    }
    places
}

/// Whether rustc takes the crate in `dir` with another page.
fn compiles(dir: &Path, page: &str) -> bool {
    let path = dir.join("src/tampered.rs");
    std::fs::write(&path, page).expect("it is written");
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or("rustc".into()));
    rustc
        .args([
            "--edition=2024",
            "--crate-type=lib",
            "--emit=obj",
            "--cap-lints=allow",
        ])
        .arg("-o")
        .arg(dir.join("tampered.o"))
        .arg(&path);
    rustc.output().expect("rustc runs").status.success()
}
