//! `tests/counts.json`: the instructions that networks take on boards, so that nothing gets slower unseen.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::report::Report;
use crate::sh;

/// The share by which a count may be off the one that was kept.
const TOLERANCE: f64 = 0.02;

/// Counts by network, board and optimisation level.
#[derive(Default, Serialize, Deserialize)]
struct Counts(BTreeMap<String, BTreeMap<String, BTreeMap<String, u64>>>);

/// Keeps the counts of `reports` in place of those that were kept of the same.
pub(super) fn bless(reports: &[Report], opt_level: &str) -> Result<()> {
    let mut counts = Counts::read().unwrap_or_default();
    for report in reports {
        let boards = counts.0.entry(report.model.clone()).or_default();
        let levels = boards.entry(report.board.to_owned()).or_default();
        levels.insert(opt_level.to_owned(), report.instructions);
    }
    let text = serde_json::to_string_pretty(&counts)?;
    Ok(fs::write(path(), text + "\n")?)
}

/// Says which counts are larger than those that were kept, or were not kept, and prints which are smaller.
pub(super) fn slower(reports: &[Report], opt_level: &str) -> Result<Vec<String>> {
    let kept = Counts::read()?;
    let mut slower = Vec::new();
    for report in reports {
        let now = report.instructions;
        let what = format!("{} on {}: {now} instructions", report.model, report.board);
        let Some(before) = kept.of(report, opt_level) else {
            slower.push(format!("{what}, and none are kept: --bless-counts"));
            continue;
        };
        let more = now as f64 / before as f64 - 1.0;
        let percent = 100.0 * more.abs();
        if more > TOLERANCE {
            slower.push(format!("{what}, {percent:.1} % more than {before}"));
        } else if more < -TOLERANCE {
            println!("{what}, {percent:.1} % fewer than {before}: --bless-counts");
        }
    }
    Ok(slower)
}

impl Counts {
    fn read() -> Result<Self> {
        let text = fs::read_to_string(path()).context("tests/counts.json cannot be read")?;
        serde_json::from_str(&text).context("tests/counts.json")
    }

    fn of(&self, report: &Report, opt_level: &str) -> Option<u64> {
        let boards = self.0.get(&report.model)?;
        boards.get(report.board)?.get(opt_level).copied()
    }
}

fn path() -> PathBuf {
    sh::root().join("tests/counts.json")
}
