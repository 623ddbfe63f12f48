//! `cargo xtask format`: every source file as rustfmt has it, those included that only a macro's list of modules names,
//! which `cargo fmt` does not find.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::sh;

/// Formats all source files.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Change nothing, and fail where something would be changed.
    #[arg(long)]
    check: bool,
}

/// What is built, what prost and planus generate, and what users write in tests of the macro.
const LEFT_OUT: &[&str] = &["target", "proto.rs", "schema.rs", "ui"];

pub(crate) fn run(args: Args) -> Result<()> {
    let mut files = Vec::new();
    collect(&sh::root(), &mut files)?;
    files.sort();
    let mut rustfmt = Command::new("rustfmt");
    rustfmt.args(["--edition", "2024"]);
    if args.check {
        rustfmt.arg("--check");
    }
    eprintln!("$ {} ({} files)", sh::describe(&rustfmt), files.len());
    let status = rustfmt.args(files).status().context("cannot run rustfmt")?;
    ensure!(
        status.success(),
        "some files are not as rustfmt has them: `cargo xtask format`"
    );
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries = folder
        .read_dir()
        .with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if LEFT_OUT.contains(&&*name) || name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
    Ok(())
}
