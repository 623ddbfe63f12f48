//! `mlc plan-check`: the memory plan of an emitted crate, proved from its file alone.

use crate::Outcome;
use crate::terminal::{GOOD, Terminal, styled};
use mlc_codegen::certificate::{Certificate, Checked, CheckedRegion};
use mlc_compiler::diag::Diags;
use std::path::PathBuf;

/// Checks the memory plan of an emitted crate from its `PLAN.json` alone.
///
/// How long each buffer is in use, and how large it is, is counted anew from what each step reads and writes. No two that
/// are in use at once may share a byte; where layers run row by row, they are run on row numbers. The bytes in use at the fullest moment are counted anew: if the arena has no more, it is the smallest for its order
/// of steps.
///
/// Exit codes: 0 the plan holds, 2 it does not, or cannot be read.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Folder of the crate.
    dir: PathBuf,
}

pub(crate) fn run(args: Args, terminal: &Terminal) -> Result<Outcome, Diags> {
    let plan = Certificate::read(&args.dir)?;
    plan.check_files(&args.dir)?;
    let checked = plan.check()?;
    terminal.result(&checked, || text(&checked))?;
    Ok(Outcome::Success)
}

fn text(checked: &Checked) -> String {
    let Checked {
        network,
        arena_bytes,
        lower_bound,
        regions,
        buffers,
        segments,
        ..
    } = checked;
    let smallest = match (checked.optimal, checked.claimed) {
        (true, _) => "as many as are in use at once: no arena is smaller".to_owned(),
        (false, true) => {
            format!(
                "{lower_bound} in use at once; the search that made it found no smaller one possible"
            )
        }
        (false, false) => format!("{lower_bound} in use at once"),
    };
    let in_each: String = match &regions[..] {
        [_] => String::new(),
        several => several.iter().map(region).collect(),
    };
    format!(
        "{} {network}: {buffers} buffers, {segments} segments row by row\n{in_each}  {arena_bytes} bytes of arena, {smallest}\n",
        styled(GOOD, "Holds"),
    )
}

fn region(region: &CheckedRegion) -> String {
    let CheckedRegion {
        name,
        bytes,
        budget,
        lower_bound,
    } = region;
    let budget = budget.map_or(String::new(), |budget| format!(" of {budget}"));
    format!("  {name}: {bytes}{budget} bytes, {lower_bound} in use at once\n")
}
