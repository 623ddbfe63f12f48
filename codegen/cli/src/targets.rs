//! `mlc targets`: the machines that networks can be compiled for.

use crate::Outcome;
use crate::table::{Lean, table};
use crate::terminal::{FAINT, Terminal, styled};
use mlc_compiler::diag::Diags;
use mlc_compiler::target::{TARGETS, Target};
use serde::Serialize;

/// Lists the machines that `--target` knows, and how rustc is told to build for each.
#[derive(clap::Args)]
pub(crate) struct Args {}

/// A machine.
#[derive(Serialize)]
struct Row {
    name: &'static str,
    about: &'static str,
    triple: Option<&'static str>,
    flags: Vec<String>,
}

pub(crate) fn run(_: Args, terminal: &Terminal) -> Result<Outcome, Diags> {
    let rows: Vec<_> = TARGETS.iter().map(Row::of).collect();
    terminal.result(&rows, || text(&rows))?;
    Ok(Outcome::Success)
}

impl Row {
    fn of(target: &Target) -> Self {
        Row {
            name: target.name,
            about: target.about,
            triple: target.triple,
            flags: target.flags(),
        }
    }

    fn cells(&self) -> Vec<String> {
        vec![
            self.name.into(),
            self.about.into(),
            self.triple.unwrap_or("-").into(),
            self.flags.join(" "),
        ]
    }
}

fn text(rows: &[Row]) -> String {
    let heading = ["target", "machine", "triple", "flags"].map(String::from);
    let mut lines = vec![heading.to_vec()];
    lines.extend(rows.iter().map(Row::cells));
    let table = table(&[Lean::Left; 4], &lines);
    let (heading, rows) = table.split_once('\n').unwrap_or((&table, ""));
    format!("{}\n{rows}", styled(FAINT, heading))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A target as a row of the documentation.
    fn documented(row: &Row) -> String {
        let code = |text: &str| match text {
            "" => String::new(),
            text => format!("`{text}`"),
        };
        let (triple, flags) = (
            code(row.triple.unwrap_or_default()),
            code(&row.flags.join(" ")),
        );
        format!("| `{}` | {} | {triple} | {flags} |\n", row.name, row.about)
    }

    /// The pipeline of a target as a row of the documentation.
    fn documented_pipeline(target: &Target) -> Option<String> {
        let p = target.pipeline?;
        let cells = [
            p.store,
            p.multiply,
            p.multiply_add,
            p.multiply_long,
            p.multiply_long_add,
            p.multiply_high,
            p.divide,
            p.passed,
            p.taken,
            p.jump,
            p.call,
            p.jump_register,
            p.float,
            p.float_multiply_add,
            p.float_divide,
        ];
        let cells = cells.map(|cycles| cycles.to_string()).join(" | ");
        let loads = format!("{}, {}", p.load, p.next_load);
        let vectors = format!("{}, {}", p.vector, p.overlapped);
        Some(format!(
            "| `{}` | {loads} | {cells} | {vectors} |\n",
            target.name
        ))
    }

    #[test]
    fn the_documentation_has_every_pipeline() {
        let page = include_str!("../../../docs/targets.md");
        let rows: String = TARGETS.iter().filter_map(documented_pipeline).collect();
        assert!(page.contains(&rows), "docs/targets.md should have\n{rows}");
    }

    #[test]
    fn the_documentation_lists_every_target() {
        let page = include_str!("../../../docs/targets.md");
        let rows: String = TARGETS
            .iter()
            .map(Row::of)
            .map(|row| documented(&row))
            .collect();
        assert!(page.contains(&rows), "docs/targets.md should have\n{rows}");
    }
}
