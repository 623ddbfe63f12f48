//! The use of the arena over time: a line for each moment, a column for each part of the arena.

use crate::table::grouped;
use crate::terminal::{FAINT, styled};
use mlc_codegen::report::{Report, Span};

/// How many columns the arena is cut into.
const COLUMNS: usize = 60;

/// Lines at most for steps that run row by row.
const LINES: usize = 12;

/// The timeline: `█` is in use, `▓` is in use in part, `·` is free. Steps that run row by row, all at once, have lines
/// of some of the moments at which they compute a row.
pub(crate) fn text(report: &Report) -> String {
    let per_column = report.arena_bytes.div_ceil(COLUMNS).max(1);
    let heading = format!(
        "memory: a column is {} bytes of the arena",
        grouped(per_column as u64)
    );
    let mut out = format!("{}\n", styled(FAINT, heading));
    for (number, span) in report.map.spans.iter().enumerate() {
        let lines = span.ticks.min(LINES);
        for line in 0..lines {
            // Evenly from the first tick to the last.
            let tick = line * (span.ticks - 1) / (lines - 1).max(1);
            let label = label(report, span, line);
            let picture = picture(report, number, tick, per_column);
            let live = grouped(report.map.bytes_at(number, tick) as u64);
            out += &format!("{label:>11} {picture} {live}\n");
        }
    }
    out
}

fn label(report: &Report, span: &Span, line: usize) -> String {
    match (span.segment, span.moments.first) {
        (Some(_), first) if line == 0 => format!("{first}-{} rows", span.moments.last),
        (Some(_), _) => "┆".into(),
        (None, 0) => "inputs".into(),
        (None, moment) if moment > report.layers.len() => "outputs".into(),
        (None, step) => step.to_string(),
    }
}

/// A character for each column of the arena.
fn picture(report: &Report, span: usize, tick: usize, per_column: usize) -> String {
    let starts = (0..report.arena_bytes).step_by(per_column);
    let cell = |start: usize| {
        let end = (start + per_column).min(report.arena_bytes);
        let within = |x: usize| x.clamp(start, end);
        let live = report.map.at(span, tick);
        let used: usize = live
            .map(|p| within(p.bytes.end) - within(p.bytes.start))
            .sum();
        match used {
            0 => '·',
            used if used >= end - start => '█',
            _ => '▓',
        }
    };
    starts.map(cell).collect()
}
