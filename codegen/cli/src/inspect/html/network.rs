//! The network as a graph: a box for each layer from top to bottom, as they run, and at its right the lines to layers further on.

use crate::table::{distinct, grouped};
use maud::{Markup, html};
use mlc_codegen::report::{Layer, Report};

/// A box, and the room from one to the next.
const WIDTH: usize = 320;
const BOX: usize = 40;
const ROW: usize = 54;
/// The room for a line to a layer further on.
const LANE: usize = 12;
/// Columns of text in a box.
const NAME: usize = 40;

/// A line from a layer to one that is not the next: from 1, or from 0, the inputs.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Jump {
    from: usize,
    to: usize,
    lane: usize,
}

/// What layers cost: estimated cycles if all have them, else multiply-accumulates.
fn costs(report: &Report) -> (Vec<u64>, &'static str) {
    let cycles: Option<Vec<_>> = report.layers.iter().map(|layer| layer.cycles).collect();
    match cycles.filter(|cycles| !cycles.is_empty()) {
        Some(cycles) => (cycles, "estimated cycles"),
        None => {
            let macs = report.layers.iter().map(|layer| layer.macs);
            (macs.collect(), "multiply-accumulates")
        }
    }
}

/// What the costs of layers are counted in.
pub(super) fn unit(report: &Report) -> &'static str {
    costs(report).1
}

/// The graph, drawn.
pub(super) fn svg(report: &Report) -> Markup {
    let (costs, unit) = costs(report);
    let most = costs.iter().copied().max().unwrap_or(0).max(1);
    let names: Vec<_> = report.layers.iter().map(|layer| &*layer.name).collect();
    let names = distinct(&names, NAME);
    let jumps = jumps(&report.layers);
    let lanes = jumps.iter().map(|jump| jump.lane + 1).max().unwrap_or(0);
    let (width, height) = (WIDTH + (lanes + 1) * LANE, (report.layers.len() + 1) * ROW);
    let rows = report.layers.iter().zip(&names).zip(&costs).enumerate();
    html! {
        svg.network viewBox=(format!("0 0 {width} {height}")) width=(width) role="img" aria-label="The network" {
            text.name x="8" y="26" { "inputs" }
            @for (i, ((layer, name), &cost)) in rows {
                g transform=(format!("translate(0 {})", (i + 1) * ROW)) {
                    (node(i + 1, layer, name, (cost, unit), WIDTH as f64 * cost as f64 / most as f64))
                }
            }
            @for jump in &jumps { (line(jump)) }
        }
    }
}

/// The box of a layer with a bar of what it costs, and the line from the layer before if that is read.
fn node(number: usize, layer: &Layer, name: &str, cost: (u64, &str), bar: f64) -> Markup {
    let (cost, unit) = (grouped(cost.0), cost.1);
    let writes = layer.writes.join(", ");
    html! {
        @if layer.after.contains(&(number - 1)) {
            path.edge d=(format!("M{0} {1}V0", WIDTH / 2, BOX as isize - ROW as isize)) {}
        }
        rect.node width=(WIDTH) height=(BOX) rx="6" {
            title { (layer.name) "\n" (layer.kernel) "\n" (layer.reads.join(", ")) " → " (writes) "\n" (cost) " " (unit) }
        }
        rect.cost width=(format!("{bar:.1}")) y=(BOX - 4) height="4" rx="2" {}
        text.name x="8" y="15" { (number) ". " (name) }
        text x="8" y="30" { (layer.operator) " → " (writes) }
        text x=(WIDTH - 8) y="30" text-anchor="end" { (cost) }
    }
}

/// A line at the right of the boxes.
fn line(jump: &Jump) -> Markup {
    let x = WIDTH + (jump.lane + 1) * LANE;
    let [from, to] = [jump.from * ROW + BOX / 2 + 4, jump.to * ROW + BOX / 2 - 4];
    let start = if jump.from == 0 { WIDTH / 4 } else { WIDTH };
    html! { path.edge d=(format!("M{start} {from}H{x}V{to}H{WIDTH}")) {} }
}

/// The lines to layers that are not the next, each in a lane that is free from its begin to its end.
fn jumps(layers: &[Layer]) -> Vec<Jump> {
    let mut ends: Vec<usize> = Vec::new();
    let mut all: Vec<_> = layers
        .iter()
        .zip(1..)
        .flat_map(|(layer, to)| layer.after.iter().map(move |&from| (from, to)))
        .filter(|(from, to)| from + 1 < *to)
        .collect();
    all.sort_unstable();
    let place = |(from, to): (usize, usize)| {
        let free = ends.iter().position(|&end| end <= from);
        let lane = free.unwrap_or(ends.len());
        match free {
            Some(lane) => ends[lane] = to,
            None => ends.push(to),
        }
        Jump { from, to, lane }
    };
    all.into_iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use mlc_codegen::Options;

    #[test]
    fn lines_that_run_side_by_side_have_lanes_of_their_own() {
        let model = mlc_fixtures::dir("mlp").join("model.onnx");
        let report = Report::of(&Options::new(model).compile().unwrap(), "mlp");
        let layer = |after: &[usize]| Layer {
            after: after.into(),
            ..report.layers[0].clone()
        };
        let layers = [&[0][..], &[1], &[1, 2], &[0, 3], &[4, 3]].map(layer);
        let found: Vec<_> = jumps(&layers)
            .iter()
            .map(|j| (j.from, j.to, j.lane))
            .collect();
        assert_eq!(found, [(0, 4, 0), (1, 3, 1), (3, 5, 1)]);
    }

    #[test]
    fn each_layer_has_a_box() {
        let model = mlc_fixtures::dir("digits_int8").join("model.onnx");
        let report = Report::of(&Options::new(model).compile().unwrap(), "digits");
        let page = svg(&report).into_string();
        assert_eq!(page.matches("class=\"node\"").count(), report.layers.len());
        assert_eq!(
            page.matches("class=\"edge\"").count(),
            report.layers.len(),
            "a chain: {page}"
        );
    }
}
