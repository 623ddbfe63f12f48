//! Networks that borrow their memory: in several regions, and one arena for several of them.

use super::cargo;
use mlc_codegen::{Files, Options, emit_crate, emit_workspace};
use mlc_compiler::{Compiled, interp};
use mlc_tests::{networks, target_dir, without_digest};
use std::path::{Path, PathBuf};
use std::process::Output;

/// The digits in integers, in two memories of which the faster one holds weights, too.
fn in_regions() -> Compiled {
    let model = mlc_fixtures::dir("digits_int8").join("model.onnx");
    let options = Options::new(model)
        .region("dtcm", 1500)
        .region("sram", 2 << 10);
    options
        .hot_weights("dtcm")
        .compile()
        .unwrap_or_else(|diags| panic!("{diags}"))
}

fn borrowing(name: &str) -> Compiled {
    let model = mlc_fixtures::dir(name).join("model.onnx");
    let options = Options::new(model).borrow_arena();
    options.compile().unwrap_or_else(|diags| panic!("{diags}"))
}

/// The digits in floats and in integers, in one arena.
fn workspace() -> Files {
    let (floats, integers) = (borrowing("digits"), borrowing("digits_int8"));
    emit_workspace(&[(&floats, "digits"), (&integers, "digits_int8")]).expect("it is emitted")
}

fn write(files: &Files, name: &str) -> PathBuf {
    let dir = target_dir().join("emitted").join(name);
    files.write_to(&dir).expect("it is written");
    dir
}

fn text(files: &Files, path: &str) -> String {
    String::from_utf8_lossy(files.get(path).expect("it is there")).into_owned()
}

#[track_caller]
fn succeeds(output: &Output) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && !said.contains("warning"),
        "{said}"
    );
}

#[test]
fn pages_read_well() {
    let crate_of_two = emit_crate(&in_regions(), "digits").expect("it is emitted");
    insta::assert_snapshot!(
        "regions_lib.rs",
        without_digest(&text(&crate_of_two, "src/lib.rs"))
    );
    let files = workspace();
    let pages = [
        "Cargo.toml",
        "digits/Cargo.toml",
        "shared_arena/Cargo.toml",
        "shared_arena/src/lib.rs",
    ];
    let pages = pages.map(|path| format!("-- {path}\n{}\n", without_digest(&text(&files, path))));
    let page = text(&files, "digits_int8/src/lib.rs");
    insta::assert_snapshot!("workspace", pages.join("\n"));
    insta::assert_snapshot!("workspace_lib.rs", without_digest(&page));
}

#[test]
fn equal_input_gives_equal_bytes() {
    let emit = || emit_crate(&in_regions(), "digits").expect("it is emitted");
    assert!(emit() == emit() && workspace() == workspace());
}

#[test]
fn no_tool_has_anything_to_say() {
    let crate_of_two = emit_crate(&in_regions(), "digits_in_regions").expect("it is emitted");
    for dir in [
        write(&crate_of_two, "regions"),
        write(&workspace(), "workspace"),
    ] {
        succeeds(&cargo(&dir, &["clippy", "--quiet"]));
        succeeds(&cargo(&dir, &["doc", "--quiet"]));
    }
}

/// A program that uses the crates of the workspace.
fn user(dir: &Path, name: &str, main: &str) -> PathBuf {
    let crates = ["digits", "digits_int8", "shared_arena"].map(|name| (name, dir.join(name)));
    let crates: Vec<_> = crates.iter().map(|(name, dir)| (*name, &**dir)).collect();
    super::user(name, &crates, main)
}

/// Both networks on one arena; what the first one knows is there at the end.
const ONE_AFTER_THE_OTHER: &str = r#"
use std::io::Read;

fn main() {
    let mut bytes = [0; 256];
    std::io::stdin().read_exact(&mut bytes).unwrap();
    let mut image = [0.0; 64];
    for (pixel, bytes) in image.iter_mut().zip(bytes.as_chunks().0) {
        *pixel = f32::from_le_bytes(*bytes);
    }
    let mut arena = shared_arena::SharedArena::new();
    let floats = *digits::Digits::new(&mut arena).run(&image);
    let integers = *digits_int8::DigitsInt8::new(&mut arena).run(&image);
    for score in floats.iter().chain(&integers) {
        println!("{}", score.to_bits());
    }
}
"#;

/// The second network is made while the first one lives.
const BOTH_AT_ONCE: &str = r#"
fn main() {
    let mut arena = shared_arena::SharedArena::new();
    let mut floats = digits::Digits::new(&mut arena);
    let mut integers = digits_int8::DigitsInt8::new(&mut arena);
    floats.run(&[0.0; 64]);
    integers.run(&[0.0; 64]);
}
"#;

#[test]
fn networks_share_an_arena_one_after_the_other() {
    let dir = write(&workspace(), "workspace-used");
    let program = user(&dir, "one_after_the_other", ONE_AFTER_THE_OTHER);
    let case = networks()
        .into_iter()
        .find(|case| case.name == "digits")
        .expect("there are digits");
    let inputs = case.sets().expect("data is recorded").remove(0).inputs;
    let answer = |name| {
        let outputs = interp::run(&borrowing(name).program, &inputs).expect("it runs");
        outputs[0].to_vec::<f32>().expect("there are floats")
    };
    let expected = [answer("digits"), answer("digits_int8")].concat();
    let expected: String = expected
        .iter()
        .map(|x| format!("{}\n", x.to_bits()))
        .collect();
    let input = program.join("image.bin");
    std::fs::write(&input, inputs[0].bytes()).expect("it is written");
    let output = super::command(&program, &["run", "--quiet"])
        .stdin(std::fs::File::open(input).expect("it is there"))
        .output()
        .expect("cargo runs");
    succeeds(&output);
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
}

#[test]
fn two_networks_on_one_arena_at_once_do_not_compile() {
    let dir = write(&workspace(), "workspace-misused");
    let output = cargo(
        &user(&dir, "both_at_once", BOTH_AT_ONCE),
        &["check", "--quiet"],
    );
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    let wanted = "error[E0499]: cannot borrow `arena` as mutable more than once at a time";
    assert!(said.contains(wanted), "{said}");
    assert_eq!(said.matches("error[").count(), 1, "{said}");
}
