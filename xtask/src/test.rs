//! `cargo xtask test`: every test of the workspace, and their number.

use std::fmt::{self, Display};
use std::io::{BufRead, BufReader};
use std::ops::AddAssign;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::sh;

/// Runs every test of the workspace.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// More arguments for `cargo test`.
    #[arg(last = true)]
    rest: Vec<String>,
}

pub(crate) fn run(args: Args) -> Result<()> {
    let mut command = sh::cargo(["test", "--workspace", "--no-fail-fast"]);
    let (success, total) = watch(command.args(args.rest))?;
    println!("\n{total}");
    ensure!(success, "some tests failed");
    Ok(())
}

/// Runs `cargo test`, passes on what it prints and adds up the results of all test programs.
fn watch(command: &mut Command) -> Result<(bool, Total)> {
    eprintln!("$ {}", sh::describe(command));
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot run cargo")?;
    let mut total = Total::default();
    for line in BufReader::new(child.stdout.take().context("cargo has no output")?).lines() {
        let line = line?;
        println!("{line}");
        total += Total::of_line(&line).unwrap_or_default();
    }
    Ok((child.wait()?.success(), total))
}

/// How many tests ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Total {
    passed: usize,
    failed: usize,
    ignored: usize,
}

impl Total {
    /// The figures of a line `test result: ok. 3 passed; 0 failed; 1 ignored; ...`.
    fn of_line(line: &str) -> Option<Self> {
        let (_, figures) = line.strip_prefix("test result: ")?.split_once(". ")?;
        let figure = |name: &str| {
            let words = figures
                .split("; ")
                .filter_map(|figure| figure.split_once(' '));
            let count = words.into_iter().find(|(_, word)| *word == name)?.0;
            count.parse().ok()
        };
        Some(Self {
            passed: figure("passed")?,
            failed: figure("failed")?,
            ignored: figure("ignored")?,
        })
    }
}

impl AddAssign for Total {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
    }
}

impl Display for Total {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            passed,
            failed,
            ignored,
        } = self;
        write!(f, "{passed} passed, {failed} failed, {ignored} skipped")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_read_from_the_test_runner() {
        let line = "test result: FAILED. 12 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        let total = Total::of_line(line).unwrap();
        assert_eq!(
            total,
            Total {
                passed: 12,
                failed: 1,
                ignored: 2
            }
        );
        assert_eq!(total.to_string(), "12 passed, 1 failed, 2 skipped");
        assert_eq!(Total::of_line("test result_is_fine ... ok"), None);
    }
}
