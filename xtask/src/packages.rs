//! Programs that are not Rust's own, and the Debian packages that bring them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::sh;

/// Installs `packages` where that can be done without asking, or says precisely what to install.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    if packages.is_empty() {
        return Ok(());
    }
    let names = packages.join(" ");
    if !can_install() {
        bail!(
            "some programs are missing; on Debian: apt-get install --no-install-recommends {names}"
        );
    }
    sh::run(apt().arg("update").arg("-q"))?;
    sh::run(
        apt()
            .args(["install", "-q", "-y", "--no-install-recommends"])
            .args(packages),
    )
}

/// The folder below `folder` that holds `packages` from PyPI, for `PYTHONPATH`; they are installed if they are not there.
pub(crate) fn python(folder: &Path, packages: &[&str]) -> Result<PathBuf> {
    let site = folder.join(packages.join("-").replace("==", "_"));
    if site.is_dir() {
        return Ok(site);
    }
    if !runs("python3") {
        install(&["python3", "python3-pip"])?;
    }
    // Under its name only when it is complete.
    let unfinished = site.with_extension("unfinished");
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "-q", "--upgrade", "--target"])
        .arg(&unfinished)
        .args(packages);
    sh::run(&mut pip)?;
    std::fs::rename(&unfinished, &site)?;
    Ok(site)
}

/// What is installed of onnxruntime, and what it needs.
const ONNXRUNTIME: [&str; 4] = [
    "onnxruntime==1.32.0",
    "onnx==1.22.0",
    "numpy==2.4.6",
    "sympy==1.14.0",
];

/// The folder below `folder` that holds onnxruntime.
pub(crate) fn onnxruntime(folder: &Path) -> Result<PathBuf> {
    python(folder, &ONNXRUNTIME)
}

/// Whether `program --version` runs.
pub(crate) fn runs(program: &str) -> bool {
    let mut command = Command::new(program);
    command
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn can_install() -> bool {
    let root = sh::capture(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    root && Path::new("/usr/bin/apt-get").exists()
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}
