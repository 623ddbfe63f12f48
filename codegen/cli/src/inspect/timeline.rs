//! The use of the arena over time: a line for each moment, a column for each part of the arena.

use crate::table::grouped;
use crate::terminal::{FAINT, styled};
use mlc_codegen::report::Report;

/// How many columns the arena is cut into.
const COLUMNS: usize = 60;

/// The timeline: `█` is in use, `▓` is in use in part, `·` is free.
pub(crate) fn text(report: &Report) -> String {
    let per_column = report.arena_bytes.div_ceil(COLUMNS).max(1);
    let columns = report.arena_bytes.div_ceil(per_column);
    let heading = format!(
        "memory: a column is {} bytes of the arena",
        grouped(per_column as u64)
    );
    let mut out = format!("{}\n", styled(FAINT, heading));
    let last = report.layers.len() + 1;
    for moment in 0..=last {
        let line: String = (0..columns)
            .map(|c| cell(report, moment, c * per_column, per_column))
            .collect();
        let live: usize = report
            .blocks
            .iter()
            .filter(|b| b.is_live(moment))
            .map(|b| b.size)
            .sum();
        let label = match moment {
            0 => "inputs".into(),
            m if m == last => "outputs".into(),
            m => m.to_string(),
        };
        out += &format!("{label:>7} {line} {}\n", grouped(live as u64));
    }
    out
}

/// Whether the bytes `start..start + len` of the arena are in use at a moment.
fn cell(report: &Report, moment: usize, start: usize, len: usize) -> char {
    let end = (start + len).min(report.arena_bytes);
    let live = report.blocks.iter().filter(|b| b.is_live(moment));
    let used: usize = live
        .map(|b| {
            (b.offset + b.size)
                .min(end)
                .saturating_sub(b.offset.max(start))
        })
        .sum();
    match used {
        0 => '·',
        used if used >= end - start => '█',
        _ => '▓',
    }
}
