//! The table of layers: its columns, and which of them there is room for.

use crate::table::{Lean, distinct, grouped, table};
use crate::terminal::{FAINT, styled};
use mlc_codegen::report::{Layer, Report};
use std::cmp::Reverse;

/// Columns that names take at most.
pub(super) const NAME: usize = 32;

/// In which order layers are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Order {
    /// As they run.
    #[default]
    Step,
    /// The most expensive first: by estimated cycles, or by products where there are none.
    Cost,
}

/// A column of the table.
pub(super) struct Column {
    pub(super) heading: &'static str,
    pub(super) lean: Lean,
    /// Where there is no room, the column of the greatest rank goes first; those of rank 0 stay.
    rank: u8,
    /// The cell of a layer, which are numbered from 1.
    pub(super) cell: fn(usize, &Layer) -> String,
}

const fn left(rank: u8, heading: &'static str, cell: fn(usize, &Layer) -> String) -> Column {
    Column {
        heading,
        lean: Lean::Left,
        rank,
        cell,
    }
}

const fn right(rank: u8, heading: &'static str, cell: fn(usize, &Layer) -> String) -> Column {
    Column {
        heading,
        lean: Lean::Right,
        rank,
        cell,
    }
}

/// The name of a layer: the one column whose cells are shortened.
const LAYER: &str = "layer";
/// The column that only a target with a model of its pipeline has.
const CYCLES: &str = "cycles";

const COLUMNS: &[Column] = &[
    right(0, "step", |number, _| number.to_string()),
    left(0, LAYER, |_, layer| layer.name.clone()),
    left(4, "operator", |_, layer| layer.operator.clone()),
    left(2, "kernel", |_, layer| layer.kernel.into()),
    left(5, "shapes", |_, layer| {
        format!("{} → {}", layer.reads.join(", "), layer.writes.join(", "))
    }),
    right(1, "MACs", |_, layer| grouped(layer.macs)),
    right(0, CYCLES, |_, layer| {
        layer.cycles.map_or("?".into(), grouped)
    }),
    right(2, "weights", |_, layer| grouped(layer.weight_bytes as u64)),
    right(3, "arena", |_, layer| grouped(layer.arena_bytes as u64)),
];

/// The columns that a report has something for.
pub(super) fn columns(report: &Report) -> Vec<&'static Column> {
    let is_known = report.layers.iter().any(|layer| layer.cycles.is_some());
    let columns = COLUMNS.iter();
    columns
        .filter(|column| is_known || column.heading != CYCLES)
        .collect()
}

/// The table, its heading, and a line for columns that were left out since there are only so many.
pub(super) fn text(report: &Report, order: Order, width: Option<usize>) -> String {
    let mut columns = columns(report);
    let mut out = Vec::new();
    let mut text = lines(report, order, &columns);
    while let Some(last) = columns.iter().map(|column| column.rank).max()
        && width.is_some_and(|width| text.lines().any(|line| line.chars().count() > width))
        && last > 0
    {
        out.extend(
            columns
                .extract_if(.., |column| column.rank == last)
                .map(|c| c.heading),
        );
        text = lines(report, order, &columns);
    }
    let (heading, rows) = text.split_once('\n').unwrap_or((&text, ""));
    let heading = styled(FAINT, heading);
    match out.is_empty() {
        true => format!("{heading}\n{rows}"),
        false => {
            let left_out = format!(
                "no room for {}: `--json` and `--html` have all",
                out.join(", ")
            );
            format!("{heading}\n{rows}{}\n", styled(FAINT, left_out))
        }
    }
}

/// The heading and a line for each layer.
fn lines(report: &Report, order: Order, columns: &[&Column]) -> String {
    let names: Vec<_> = report.layers.iter().map(|layer| &*layer.name).collect();
    let names = distinct(&names, NAME);
    let mut steps: Vec<usize> = (0..report.layers.len()).collect();
    if order == Order::Cost {
        let cost = |layer: &Layer| (layer.cycles, layer.macs);
        steps.sort_by_key(|&i| Reverse(cost(&report.layers[i])));
    }
    let row = |i: usize| {
        let cells = columns.iter().map(|column| match column.heading {
            LAYER => names[i].clone(),
            _ => (column.cell)(i + 1, &report.layers[i]),
        });
        cells.collect()
    };
    let heading = columns.iter().map(|column| column.heading.to_owned());
    let rows = [heading.collect()]
        .into_iter()
        .chain(steps.into_iter().map(row));
    let leans: Vec<_> = columns.iter().map(|column| column.lean).collect();
    table(&leans, &rows.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use mlc_codegen::Options;

    fn report() -> Report {
        let model = mlc_fixtures::dir("digits_int8").join("model.onnx");
        let options = Options::new(model).target("cortex-m4").unwrap();
        Report::of(&options.compile().unwrap(), "digits")
    }

    #[test]
    fn lines_fit_the_width_and_say_what_they_lack() {
        let report = report();
        let all = text(&report, Order::Step, None);
        assert!(all.contains("shapes") && !all.contains("no room"));
        for width in [80, 100, 120] {
            let text = text(&report, Order::Step, Some(width));
            let plain = anstream::adapter::strip_str(&text).to_string();
            assert!(
                plain.lines().all(|line| line.chars().count() <= width),
                "{plain}"
            );
            assert!(
                plain.contains("cycles") && plain.contains("no room for shapes"),
                "{plain}"
            );
        }
    }

    #[test]
    fn the_most_expensive_layer_comes_first() {
        let report = report();
        let text = text(&report, Order::Cost, None);
        let dearest = report
            .layers
            .iter()
            .max_by_key(|layer| layer.cycles)
            .unwrap();
        let first = text.lines().nth(1).unwrap();
        assert!(first.contains(&grouped(dearest.cycles.unwrap())), "{text}");
    }
}
