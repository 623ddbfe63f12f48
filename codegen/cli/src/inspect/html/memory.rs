//! The memory map: time from left to right, a column for each step, addresses upwards. Steps that run row by row share their
//! columns, and how their rows come and go is drawn to scale.

use crate::table::grouped;
use maud::{Markup, html};
use mlc_codegen::report::{Block, Patch, Report, Span};
use std::fmt::Write;

/// Width of the picture, at least, and of a step.
const WIDTH: f64 = 1200.0;
const STEP: f64 = 14.0;
/// Height of the arena and of the curve below it, the space between them, and that at the left for labels.
const HEIGHT: f64 = 420.0;
const CURVE: f64 = 90.0;
const GAP: f64 = 26.0;
const LEFT: f64 = 80.0;

/// The memory map, drawn.
pub(super) struct Picture<'a> {
    report: &'a Report,
    /// Where each span begins, and where the last one ends.
    starts: Vec<f64>,
}

impl<'a> Picture<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
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

    pub(super) fn svg(&self) -> Markup {
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
