//! `cargo xtask bless`: takes over what is printed now as what should be printed.

use anyhow::Result;

use crate::sh;

/// Takes over changes of emitted pages, printed graphs, diagnostics and other snapshots.
#[derive(clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(_: Args) -> Result<()> {
    let mut cargo = sh::cargo([
        "test",
        "--workspace",
        "--no-fail-fast",
        "--",
        "--skip",
        "emitted::",
    ]);
    // Both runners of snapshots, insta's and trybuild's.
    let blessed = sh::run(
        cargo
            .env("INSTA_UPDATE", "always")
            .env("TRYBUILD", "overwrite"),
    );
    sh::run(
        std::process::Command::new("git")
            .args(["status", "--short"])
            .current_dir(sh::root()),
    )?;
    blessed
}
