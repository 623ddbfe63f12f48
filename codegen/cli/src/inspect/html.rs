//! `mlc inspect --html`: the memory map and the layers as one page that needs nothing else.
//!
//! Time goes from left to right, a column for each step; steps that run row by row share their columns, and how their
//! rows come and go is drawn to scale. Addresses go upwards.

use super::layers::columns;
use super::without_form_lines;
use crate::table::{Lean, grouped};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use mlc_codegen::report::{Block, Patch, Report, Span, listed};
use mlc_compiler::target::TargetRef;
use std::fmt::Write;

/// Width of the picture, at least, and of a step.
const WIDTH: f64 = 1200.0;
const STEP: f64 = 14.0;
/// Height of the arena and of the curve below it, the space between them, and that at the left for labels.
const HEIGHT: f64 = 420.0;
const CURVE: f64 = 90.0;
const GAP: f64 = 26.0;
const LEFT: f64 = 80.0;

const STYLE: &str = "
:root { color-scheme: light dark; --faint: #8888; }
body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 1400px; padding: 0 1rem; }
h1 { margin: 0; } p { margin: .3rem 0; } .faint { opacity: .7; }
.scroll { overflow-x: auto; margin: 1rem 0; }
svg text { font: 11px system-ui, sans-serif; fill: currentColor; }
svg .block { stroke: none; opacity: .85; } svg .block:hover { opacity: 1; stroke: currentColor; stroke-width: 1.5; }
svg .rows { fill: var(--faint); opacity: .25; } svg .line { stroke: currentColor; stroke-dasharray: 4 4; opacity: .6; }
svg .curve { fill: #4a90d9; opacity: .6; } svg .frame { fill: none; stroke: var(--faint); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .15rem .6rem; border-bottom: 1px solid var(--faint); text-align: left; white-space: nowrap; }
.number { text-align: right; }
";

/// The page.
pub(crate) fn page(report: &Report) -> String {
    let number = |n: usize| grouped(n as u64);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Memory of " (report.name) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { (report.name) }
                @if report.target != TargetRef::default() { p { "for " (report.target.about) } }
                p { "takes " (listed(&report.inputs)) }
                p { "gives " (listed(&report.outputs)) }
                p {
                    b { (number(report.arena_bytes)) " bytes of arena" }
                    " (" (number(report.live_bytes)) " in use at most), "
                    (number(report.weight_bytes)) " bytes of weights, "
                    (grouped(report.macs)) " multiply-accumulates"
                }
                div.scroll { (Picture::of(report).svg()) }
                p.faint {
                    "Each colour is a buffer: point at it to see what lies there. Shaded steps run row by row, all at \
                     once. The curve is the number of bytes in use."
                }
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

/// The memory map, drawn.
struct Picture<'a> {
    report: &'a Report,
    /// Where each span begins, and where the last one ends.
    starts: Vec<f64>,
}

impl<'a> Picture<'a> {
    fn of(report: &'a Report) -> Self {
        let moments = |s: &Span| (s.moments.last - s.moments.first + 1) as f64;
        let spans = &report.map.spans;
        let all: f64 = spans.iter().map(moments).sum();
        let step = STEP.max(WIDTH / all.max(1.0));
        let mut starts = vec![LEFT];
        for span in spans {
            let start = starts.last().copied().unwrap_or(LEFT);
            starts.push(start + moments(span) * step);
        }
        Picture { report, starts }
    }

    fn width(&self) -> f64 {
        self.starts.last().copied().unwrap_or(LEFT)
    }

    /// Where a tick of a span begins.
    fn x(&self, span: usize, tick: usize) -> f64 {
        let [start, end] = [self.starts[span], self.starts[span + 1]];
        start + (end - start) * tick as f64 / self.report.map.spans[span].ticks as f64
    }

    /// Where an address of an arena is.
    fn address(&self, arena: usize, bytes: usize) -> f64 {
        self.y(self.base(arena) + bytes, HEIGHT)
    }

    /// Bytes of the arenas that are drawn below an arena.
    fn base(&self, arena: usize) -> usize {
        self.report.arenas[..arena].iter().map(|a| a.bytes).sum()
    }

    /// The names of arenas, if there are several, and lines between them.
    fn arenas(&self) -> Markup {
        let arenas = self.report.arenas.iter().enumerate();
        let several = self.report.arenas.len() > 1;
        html! {
            @for (number, arena) in arenas.filter(|(_, arena)| several && arena.bytes > 0) {
                @let y = format!("{:.1}", self.address(number, 0));
                line.frame x1=(LEFT) x2=(format!("{:.1}", self.width())) y1=(y) y2=(y) {}
                text x=(LEFT + 4.0) y=(format!("{:.1}", self.address(number, 0) - 4.0)) {
                    (arena.name) ": " (grouped(arena.bytes as u64))
                }
            }
        }
    }

    /// Where an address is, upwards from the bottom of a picture so high.
    fn y(&self, bytes: usize, height: f64) -> f64 {
        height - height * bytes as f64 / self.report.arena_bytes.max(1) as f64
    }

    fn svg(&self) -> Markup {
        let (width, height) = (self.width() + 10.0, HEIGHT + GAP + CURVE + GAP);
        let size = format!("0 0 {width:.0} {height:.0}");
        let bound = self.y(self.report.live_bytes, HEIGHT);
        html! {
            svg viewBox=(size) width=(format!("{width:.0}")) height=(format!("{height:.0}")) role="img"
                aria-label="Memory over time" {
                (self.segments())
                @for (number, block) in self.report.blocks.iter().enumerate() { (self.block(number, block)) }
                (self.arenas())
                rect.frame x=(LEFT) y="0" width=(format!("{:.1}", self.width() - LEFT)) height=(HEIGHT) {}
                line.line x1=(LEFT) x2=(format!("{:.1}", self.width())) y1=(format!("{bound:.1}"))
                    y2=(format!("{bound:.1}")) {}
                text x=(LEFT - 6.0) y="11" text-anchor="end" { (grouped(self.report.arena_bytes as u64)) }
                text x=(LEFT - 6.0) y=(HEIGHT) text-anchor="end" { "0" }
                g transform=(format!("translate(0 {})", HEIGHT + GAP)) {
                    path.curve d=(self.curve()) {}
                    text x=(LEFT - 6.0) y=(CURVE) text-anchor="end" { "in use" }
                }
                (self.ticks())
            }
        }
    }

    /// The steps that run row by row.
    fn segments(&self) -> Markup {
        let spans = self.report.map.spans.iter().enumerate();
        html! {
            @for (number, span) in spans.filter(|(_, span)| span.segment.is_some()) {
                @let (start, end) = (self.starts[number], self.starts[number + 1]);
                rect.rows x=(format!("{start:.1}")) y="0" width=(format!("{:.1}", end - start))
                    height=(HEIGHT + GAP + CURVE) {}
                text x=(format!("{:.1}", start + 4.0)) y=(HEIGHT + 16.0) {
                    "steps " (span.moments.first) "–" (span.moments.last) ", row by row"
                }
            }
        }
    }

    fn block(&self, number: usize, block: &Block) -> Markup {
        // The golden angle: neighbours differ, however many there are.
        let hue = (number as f64 * 137.508) % 360.0;
        let patches = self.report.map.patches.iter().filter(|p| p.block == number);
        let outline = patches
            .map(|patch| self.rectangle(patch))
            .collect::<String>();
        html! {
            path.block d=(outline) fill=(format!("hsl({hue:.0} 55% 55%)")) {
                title {
                    (block.name) "\n"
                    (grouped(block.size as u64)) " bytes, "
                    (grouped(block.offset as u64)) ".." (grouped((block.offset + block.size) as u64)) "\n"
                    (self.region(block.arena))
                    "from " (self.moment(block.lifetime.first)) "\nto " (self.moment(block.lifetime.last))
                }
            }
        }
    }

    /// The region that a block lies in, if there are several.
    fn region(&self, arena: usize) -> String {
        match &self.report.arenas[..] {
            [_] => String::new(),
            several => format!("in {}\n", several[arena].name),
        }
    }

    fn rectangle(&self, patch: &Patch) -> String {
        let [left, right] = [patch.ticks.start, patch.ticks.end].map(|t| self.x(patch.span, t));
        let [bottom, top] =
            [patch.bytes.start, patch.bytes.end].map(|b| self.address(patch.arena, b));
        format!("M{left:.1} {top:.1}H{right:.1}V{bottom:.1}H{left:.1}Z")
    }

    fn moment(&self, moment: usize) -> String {
        match self.report.layers.get(moment.wrapping_sub(1)) {
            Some(layer) => format!("step {moment}, {} ({})", layer.name, layer.operator),
            None if moment == 0 => "the inputs".into(),
            None => "the outputs".into(),
        }
    }

    /// The number of bytes in use over time.
    fn curve(&self) -> String {
        let mut path = format!("M{LEFT} {CURVE}");
        for (number, span) in self.report.map.spans.iter().enumerate() {
            for tick in 0..span.ticks {
                let y = self.y(self.report.map.bytes_at(number, tick), CURVE);
                let x = self.x(number, tick + 1);
                // Writing to a string cannot fail.
                let _ = write!(path, "V{y:.1}H{x:.1}");
            }
        }
        path + &format!("V{CURVE}Z")
    }

    /// Numbers of steps, as many as there is room for.
    fn ticks(&self) -> Markup {
        let spans = self.report.map.spans.iter().enumerate();
        let steps = spans.filter(|(_, s)| s.segment.is_none() && s.moments.first > 0);
        let mut free = LEFT;
        let mut shown = Vec::new();
        for (number, span) in steps {
            let (x, step) = (self.starts[number], span.moments.first);
            if x >= free && step <= self.report.layers.len() {
                shown.push((x, step));
                free = x + 2.0 * STEP;
            }
        }
        html! {
            @for (x, step) in shown {
                text x=(format!("{x:.1}")) y=(HEIGHT + GAP + CURVE + 14.0) { (step) }
            }
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
        let page = page(&report);
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
        let page = page(&report);
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
