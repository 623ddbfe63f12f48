//! `mlc compare`: what two models, or two builds, differ in.

mod difference;
mod sheet;
#[cfg(test)]
mod tests;

use crate::Outcome;
use crate::terminal::Terminal;
use difference::Difference;
use mlc_codegen::Options;
use mlc_codegen::image::OptLevel;
use mlc_compiler::diag::Diags;
use sheet::Sheet;
use std::path::PathBuf;

/// Shows what two models or builds differ in: inputs and outputs, layers and how they are computed, bytes and cycles.
///
/// Each of them is a model, which is compiled with these options, a file that `mlc inspect --json` printed, or the folder of a
/// crate, whose plan knows of layers and bytes of memory alone.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    options: Options,
    /// The other one.
    #[arg(value_name = "OTHER")]
    other: PathBuf,
    /// The optimisation level of the firmware that flash and stack are measured for.
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t)]
    opt_level: OptLevel,
}

pub(crate) fn run(args: Args, terminal: &Terminal) -> Result<Outcome, Diags> {
    let sheet = |path: &PathBuf| {
        let _progress = terminal.progress(format!("reading {}", path.display()));
        Sheet::of(path, &args.options, args.opt_level)
    };
    let (a, b) = (sheet(&args.options.model)?, sheet(&args.other)?);
    let difference = Difference::of(&a, &b);
    terminal.result(&difference, || difference.text())?;
    Ok(Outcome::Success)
}
