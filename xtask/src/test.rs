//! `cargo xtask test`: every test of the workspace.

use crate::sh;

/// Runs every test of the workspace.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// More arguments for `cargo test`.
    #[arg(last = true)]
    rest: Vec<String>,
}

pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    sh::run(sh::cargo(["test", "--workspace"]).args(args.rest))
}
