//! Firmware that answers: a project for a board, written and built in a folder of its own.

use crate::new::{self, Board, Template};
use mlc_codegen::Options;
use mlc_compiler::diag::{Diag, Diags};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// An image, as long as its folder is there.
pub(super) struct Firmware {
    pub(super) image: PathBuf,
    _folder: TempDir,
}

/// A line of what cargo says of what it builds.
#[derive(Deserialize)]
struct Message {
    executable: Option<PathBuf>,
}

/// Writes and builds the project of a network for a board.
pub(super) fn build(
    options: &Options,
    board: &Board,
    template: Template,
) -> Result<Firmware, Diags> {
    let folder = tempfile::tempdir()
        .map_err(|e| Diag::new("io", format!("there is no folder to build in: {e}")))?;
    let dir = folder.path().join("verified");
    new::write(&dir, options, board, template)?;
    Ok(Firmware {
        image: cargo(&dir)?,
        _folder: folder,
    })
}

/// Builds the project in a folder: its program.
fn cargo(dir: &Path) -> Result<PathBuf, Diag> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    cargo.args([
        "build",
        "--release",
        "--features",
        "verify",
        "--message-format",
        "json-render-diagnostics",
    ]);
    // What is built there goes with it, and its own flags apply.
    for variable in [
        "CARGO_TARGET_DIR",
        "CARGO_BUILD_TARGET",
        "RUSTFLAGS",
        "CARGO_ENCODED_RUSTFLAGS",
    ] {
        cargo.env_remove(variable);
    }
    let output = cargo.current_dir(dir).output();
    let output = output.map_err(|e| Diag::new("io", format!("cannot run cargo: {e}")))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let message = |line: &str| serde_json::from_str::<Message>(line).ok()?.executable;
    let image = text.lines().filter_map(message).next_back();
    image.filter(|_| output.status.success()).ok_or_else(|| {
        Diag::new("unbuilt-firmware", "the firmware cannot be built")
            .note(String::from_utf8_lossy(&output.stderr).trim().to_owned())
    })
}
