//! The use of the arenas over time: a line for each moment, a column for each part of an arena.

use crate::table::grouped;
use crate::terminal::{FAINT, styled};
use mlc_codegen::report::{Report, Span};

/// How many columns the arenas are cut into.
const COLUMNS: usize = 60;

/// Lines at most for steps that run row by row.
const LINES: usize = 12;

/// The timeline: `█` is in use, `▓` is in use in part, `·` is free. Steps that run row by row, all at once, have lines
/// of some of the moments at which they compute a row.
pub(crate) fn text(report: &Report) -> String {
    let per_column = report.arena_bytes.div_ceil(COLUMNS).max(1);
    let heading = format!(
        "memory: a column is {} bytes of {}",
        grouped(per_column as u64),
        names(report),
    );
    let mut out = format!("{}\n", styled(FAINT, heading));
    for (number, span) in report.map.spans.iter().enumerate() {
        let lines = span.ticks.min(LINES);
        for line in 0..lines {
            // Evenly from the first tick to the last.
            let tick = line * (span.ticks - 1) / (lines - 1).max(1);
            let label = label(report, span, line);
            let arenas = report
                .arenas
                .iter()
                .enumerate()
                .filter(|(_, a)| a.bytes > 0);
            let pictures =
                arenas.map(|(arena, _)| picture(report, arena, (number, tick), per_column));
            let picture = pictures.collect::<Vec<_>>().join("│");
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

/// What the arenas are called, in the order in which they are shown.
fn names(report: &Report) -> String {
    match &report.arenas[..] {
        [_] => "the arena".into(),
        several => {
            let used = several.iter().filter(|arena| arena.bytes > 0);
            used.map(|arena| &*arena.name)
                .collect::<Vec<_>>()
                .join(" │ ")
        }
    }
}

/// A character for each column of an arena.
fn picture(
    report: &Report,
    arena: usize,
    (span, tick): (usize, usize),
    per_column: usize,
) -> String {
    let bytes = report.arenas[arena].bytes;
    let starts = (0..bytes).step_by(per_column);
    let cell = |start: usize| {
        let end = (start + per_column).min(bytes);
        let within = |x: usize| x.clamp(start, end);
        let live = report.map.at(span, tick).filter(|p| p.arena == arena);
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
