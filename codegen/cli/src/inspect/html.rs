//! `mlc inspect --html`: numbers, the network as a graph, the memory map and the layers as one page that needs nothing else, on
//! a phone, too.

mod memory;
mod network;

use super::layers::columns;
use super::without_form_lines;
use crate::table::{Lean, grouped};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use memory::Picture;
use mlc_codegen::image::Measured;
use mlc_codegen::report::{Estimate, Report, listed};
use mlc_compiler::target::TargetRef;

const STYLE: &str = "
:root { color-scheme: light dark; --faint: #8884; --accent: #2f7dd1; --card: #8881; }
@media (prefers-color-scheme: dark) { :root { --accent: #6cb0f5; } }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 1400px; padding: 1rem; }
h1 { margin: 0; overflow-wrap: anywhere; } h2 { font-size: 1.1rem; margin: 1.5rem 0 .3rem; }
p { margin: .3rem 0; overflow-wrap: anywhere; } .faint { opacity: .7; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .5rem; margin: 1rem 0; padding: 0; }
.cards div { background: var(--card); border-radius: .5rem; padding: .5rem .75rem; }
.cards dt { opacity: .7; } .cards dd { font-size: 1.3rem; font-variant-numeric: tabular-nums; margin: 0; }
.scroll { overflow-x: auto; margin: .5rem 0; }
svg text { font: 11px system-ui, sans-serif; fill: currentColor; }
svg .block { stroke: none; opacity: .85; } svg .block:hover { opacity: 1; stroke: currentColor; stroke-width: 1.5; }
svg .rows { fill: var(--faint); opacity: .5; } svg .line { stroke: currentColor; stroke-dasharray: 4 4; opacity: .6; }
svg .curve { fill: var(--accent); opacity: .6; } svg .frame { fill: none; stroke: var(--faint); }
svg .node { fill: var(--card); stroke: var(--faint); } svg .cost { fill: var(--accent); }
svg .edge { fill: none; stroke: currentColor; opacity: .5; } svg .name { font-weight: 600; }
svg.network { display: block; max-width: 100%; height: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .15rem .6rem; border-bottom: 1px solid var(--faint); text-align: left; white-space: nowrap; }
.number { text-align: right; }
";

/// The page of a network, and of what it takes on its machine if one was named.
pub(crate) fn page(report: &Report, measured: Option<&Measured>) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (report.name) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { (report.name) }
                @if report.target != TargetRef::default() { p { "for " (report.target.about) } }
                (cards(report, measured))
                p { "takes " (listed(&report.inputs)) }
                p { "gives " (listed(&report.outputs)) }
                h2 { "Network" }
                p.faint { "A bar is what a layer costs beside the most expensive one, in " (network::unit(report)) "." }
                (network::svg(report))
                h2 { "Memory" }
                div.scroll { (Picture::of(report).svg()) }
                p.faint {
                    "Each colour is a buffer: point at it to see what lies there. Shaded steps run row by row, all at \
                     once. The curve is the number of bytes in use."
                }
                h2 { "Layers" }
                (layers(report))
                @for remark in &report.remarks {
                    p { (remark.layer) " (" (remark.operator) ") " (remark.text) }
                }
                @for line in without_form_lines(report) { p { (line) } }
            }
        }
    };
    page.into_string()
}

/// The figures of the whole network.
fn cards(report: &Report, measured: Option<&Measured>) -> Markup {
    let of_machine = match measured {
        Some(Measured::Footprint(footprint)) => vec![
            ("bytes of flash", footprint.flash_bytes),
            ("bytes of RAM", footprint.ram_bytes),
            ("bytes of stack", footprint.stack_bytes),
        ],
        _ => Vec::new(),
    };
    let cycles = match &report.cycles {
        Estimate::Cycles { total, .. } => vec![("estimated cycles", *total)],
        Estimate::Unknown { .. } => Vec::new(),
    };
    let of_network = [
        ("bytes of arena", report.arena_bytes as u64),
        ("of them in use at most", report.live_bytes as u64),
        ("bytes of weights", report.weight_bytes as u64),
        ("multiply-accumulates", report.macs),
    ];
    let all = cycles.into_iter().chain(of_machine).chain(of_network);
    html! {
        dl.cards { @for (what, number) in all { div { dt { (what) } dd { (grouped(number)) } } } }
        @if let Some(Measured::Unknown { unknown }) = measured {
            p.faint { "flash, RAM and stack are not known: " (unknown) }
        }
    }
}

fn layers(report: &Report) -> Markup {
    let columns = columns(report);
    html! {
        div.scroll { table {
            thead { tr { @for column in &columns { th { (column.heading) } } } }
            tbody {
                @for (i, layer) in report.layers.iter().enumerate() {
                    tr title=[layer.no_form.as_deref()] {
                        @for column in &columns {
                            td.number[column.lean == Lean::Right] { ((column.cell)(i + 1, layer)) }
                        }
                    }
                }
            }
        } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mlc_codegen::Options;
    use mlc_compiler::settings::Ram;

    #[test]
    fn a_page_shows_every_buffer_and_needs_nothing_else() {
        let model = mlc_fixtures::dir("digits_int8").join("model.onnx");
        let compiled = Options::new(model).ram(Ram::Least).compile().unwrap();
        let report = Report::of(&compiled, "<digits>");
        let page = page(&report, None);
        assert!(page.contains("<h1>&lt;digits&gt;</h1>") && page.contains("row by row"));
        assert_eq!(
            page.matches("class=\"block\"").count(),
            report.blocks.len(),
            "{page}"
        );
        nothing_else_is_needed(&page);
    }

    #[test]
    fn a_page_shows_regions_above_each_other() {
        let model = mlc_fixtures::dir("digits_int8").join("model.onnx");
        let options = Options::new(model)
            .region("dtcm", 1500)
            .region("sram", 2000);
        let compiled = options.hot_weights("dtcm").compile().unwrap();
        let report = Report::of(&compiled, "digits");
        let page = page(&report, None);
        assert_eq!(page.matches("class=\"block\"").count(), report.blocks.len());
        assert!(
            report.blocks.len() > compiled.plan.blocks.len(),
            "weights are shown"
        );
        assert!(
            page.contains("dtcm: 1,488") && page.contains("in sram\n"),
            "{page}"
        );
        nothing_else_is_needed(&page);
    }

    fn nothing_else_is_needed(page: &str) {
        let outside = ["http", "src=", "@import", "url(", "href"];
        assert!(outside.iter().all(|link| !page.contains(link)), "{page}");
        assert!(!page.contains("NaN") && !page.contains("inf"), "{page}");
    }
}
