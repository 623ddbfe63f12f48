//! What `mlc build` and `mlc workspace` leave in folders: from outside, with the command itself, real signals and real limits.

mod kills;
mod several;
mod surroundings;
mod trouble;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Where an emission keeps what is on its way.
const HOME: &str = ".mlc";

/// All files below a folder, by path.
type Tree = BTreeMap<PathBuf, Vec<u8>>;

fn tree(folder: &Path) -> Tree {
    let mut found = Tree::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    let name = path.strip_prefix(folder).unwrap().to_owned();
                    drop(found.insert(name, fs::read(&path).unwrap()));
                }
            }
        }
    }
    found
}

/// Makes a folder hold just these files.
fn plant(tree: &Tree, folder: &Path) {
    if folder.exists() {
        fs::remove_dir_all(folder).unwrap();
    }
    for (path, contents) in tree {
        let place = folder.join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, contents).unwrap();
    }
}

/// A model of a fixture, which may be in a folder of fixtures.
fn model(fixture: &str) -> PathBuf {
    mlc_fixtures::dir(fixture).join("model.onnx")
}

fn mlc() -> Command {
    Command::new(env!("CARGO_BIN_EXE_mlc"))
}

/// `mlc build` of a fixture into a folder.
fn build(fixture: &str, folder: &Path) -> Command {
    let mut command = mlc();
    command
        .arg("build")
        .arg(model(fixture))
        .arg("--out")
        .arg(folder);
    command
}

/// What a command says, be it good or bad, and its exit code.
fn said(command: &mut Command) -> (Option<i32>, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    let text = [stdout, stderr].concat();
    (status.code(), String::from_utf8_lossy(&text).into_owned())
}

fn succeeds(command: &mut Command) {
    let (code, text) = said(command);
    assert_eq!(code, Some(0), "{command:?}: {text}");
}

/// What is said by a command that refuses to do something.
fn refusal(command: &mut Command) -> String {
    let (code, text) = said(command);
    assert_eq!(code, Some(2), "{command:?}: {text}");
    text
}

/// Whether `mlc plan-check` agrees with what is in a folder.
fn holds(folder: &Path) -> bool {
    said(mlc().arg("plan-check").arg(folder)).0 == Some(0)
}

/// `cargo build` in a folder, without a network.
fn cargo_build(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("folders");
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["build", "--offline", "--quiet"])
        .args(args)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target);
    // What tests are built with is not for the crates of users.
    for variable in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"].map(OsStr::new) {
        cargo.env_remove(variable);
    }
    said(&mut cargo)
}
