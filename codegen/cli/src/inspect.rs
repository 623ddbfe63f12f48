//! `mlc inspect`: what a model is made of and what it will cost, before anything is built.

mod html;
mod layers;
#[cfg(test)]
mod tests;
mod timeline;

use crate::Outcome;
use crate::footprint::takes;
use crate::table::{distinct, grouped};
use crate::terminal::{STRONG, Terminal, styled};
use layers::{NAME, Order};
use mlc_codegen::image::{Measured, OptLevel, measure};
use mlc_codegen::report::{Arena, Block, Report, listed};
use mlc_codegen::{Options, write_file};
use mlc_compiler::Compiled;
use mlc_compiler::diag::{Diag, Diags};
use mlc_compiler::ir::{Graph, Remark};
use mlc_compiler::passes::PASSES;
use mlc_compiler::program::{Scope, Stepping};
use mlc_compiler::target::TargetRef;
use serde::Serialize;
use std::path::PathBuf;

/// Shows a model's layers, kernels, costs and use of memory.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    options: Options,
    /// Print the graph after all passes instead.
    #[arg(long)]
    ir: bool,
    /// Print the graph after a pass, or after each if `all`; may be repeated. `import` is before the first.
    #[arg(long, value_name = "PASS")]
    dump_after: Vec<String>,
    /// Print the graph after all passes in the language of Graphviz instead.
    #[arg(long, conflicts_with = "ir")]
    dot: bool,
    /// Write the memory map and the layers as a page to this file, too.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["ir", "dot", "dump_after"])]
    html: Option<PathBuf>,
    /// Order of layers.
    #[arg(long, value_enum, value_name = "ORDER", default_value_t)]
    layers_by: Order,
    /// The optimisation level of the firmware that flash and stack are measured for.
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t)]
    opt_level: OptLevel,
}

/// A report, and what the network takes on its machine.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    report: &'a Report,
    /// Flash, RAM and stack, or why they are not known, if a machine was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    footprint: Option<Measured>,
}

pub(crate) fn run(args: Args, terminal: &Terminal) -> Result<Outcome, Diags> {
    check_passes(&args.dump_after)?;
    let name = args.options.crate_name();
    let wanted = |pass: &str| {
        args.dump_after
            .iter()
            .any(|name| name == pass || name == "all")
    };
    let mut dumps = Vec::new();
    let progress = terminal.progress(format!("compiling {name}"));
    let compiled = args.options.compile_observed(&mut |pass, graph| {
        if wanted(pass) {
            dumps.push((pass.to_owned(), graph.to_string()));
        }
    });
    drop(progress);
    // The dumps show the way to a problem, too.
    let dumped = !dumps.is_empty();
    print_dumps(dumps, terminal)?;
    print(&args, &compiled?, &name, dumped, terminal)?;
    Ok(Outcome::Success)
}

fn print(
    args: &Args,
    compiled: &Compiled,
    name: &str,
    dumped: bool,
    terminal: &Terminal,
) -> Result<(), Diag> {
    let graph = |text: fn(&Graph) -> String| {
        let text = text(&compiled.graph);
        terminal.result(&serde_json::json!({ "graph": text }), || text.clone())
    };
    match (args.ir, args.dot) {
        (true, _) => graph(Graph::to_string),
        (_, true) => graph(Graph::dot),
        _ if dumped => Ok(()),
        _ => {
            let report = Report::of(compiled, name);
            let footprint = args.footprint(compiled, terminal)?;
            if let Some(file) = &args.html {
                write_file(file, html::page(&report, footprint.as_ref()).as_bytes())?;
            }
            let document = Document {
                report: &report,
                footprint,
            };
            terminal.result(&document, || {
                text(&document, args.layers_by, terminal.width())
            })
        }
    }
}

impl Args {
    /// What the network takes on its machine, if one was named.
    fn footprint(
        &self,
        compiled: &Compiled,
        terminal: &Terminal,
    ) -> Result<Option<Measured>, Diag> {
        if compiled.target == TargetRef::default() {
            return Ok(None);
        }
        let name = self.options.name();
        let _progress = terminal.progress(format!("measuring {name}"));
        measure(compiled, &name, self.opt_level).map(Some)
    }
}

/// Makes sure that each name is that of a pass.
fn check_passes(names: &[String]) -> Result<(), Diag> {
    let known: Vec<_> = ["import"]
        .into_iter()
        .chain(PASSES.iter().map(|p| p.name))
        .chain(["time"])
        .collect();
    match names
        .iter()
        .find(|name| *name != "all" && !known.contains(&name.as_str()))
    {
        Some(name) => Err(
            Diag::new("unknown-pass", format!("no pass is called `{name}`")).note(format!(
                "the passes are, in order, {}; or `all`",
                known.join(", ")
            )),
        ),
        None => Ok(()),
    }
}

fn print_dumps(dumps: Vec<(String, String)>, terminal: &Terminal) -> Result<(), Diag> {
    for (pass, graph) in dumps {
        let json = serde_json::json!({ "after": pass, "graph": graph });
        terminal.result(&json, || {
            format!("{}\n{graph}\n", styled(STRONG, format!("after {pass}")))
        })?;
    }
    Ok(())
}

/// How a network that takes time slice by slice takes it, as a line.
fn stepping(report: &Report) -> String {
    let Some(Stepping {
        axis,
        hop,
        warm_up,
        scope,
        late,
        ..
    }) = report.stepping
    else {
        return String::new();
    };
    let slices = if hop == 1 { "slice" } else { "slices" };
    let first = match warm_up {
        0 => "the first step answers".into(),
        steps => format!("step {} is the first that answers", steps + 1),
    };
    let scope = match scope {
        Scope::SoFar => ", for all so far".into(),
        Scope::Latest(len) => format!(", for the latest {len}"),
    };
    let late = match late {
        0 => scope,
        1.. => format!("{scope}, late by {late}"),
        ..0 => format!(
            "{scope} and {} still to come that make no difference",
            -late
        ),
    };
    format!(
        "  steps of {hop} {slices} along axis {axis}; {first}{late}; {} bytes are kept\n",
        grouped(report.state_bytes as u64)
    )
}

/// The whole report, in lines of so many columns where there is a terminal.
fn text(document: &Document<'_>, order: Order, width: Option<usize>) -> String {
    let report = document.report;
    let measured = document.footprint.as_ref();
    let takes = measured.map(|measured| takes(report.target, measured, &report.cycles));
    let text = format!(
        "{}\n{}  takes {}\n  gives {}\n{}\n{}\n{}\n{}{}{}{}\n{}",
        styled(STRONG, &report.name),
        target(report),
        listed(&report.inputs),
        listed(&report.outputs),
        stepping(report),
        layers::text(report, order, width),
        timeline::text(report),
        regions(report),
        remarks(report),
        without_form(report),
        totals(report),
        takes.unwrap_or_default(),
    );
    width.map_or(text.clone(), |width| fitting(&text, width))
}

/// Lines of so many columns: longer ones go on below, a little to the right.
fn fitting(text: &str, width: usize) -> String {
    let line = |line: &str| {
        if textwrap::core::display_width(line) <= width {
            return format!("{line}\n");
        }
        let indent = line.len() - line.trim_start().len();
        let below = " ".repeat(indent + 4);
        let options = textwrap::Options::new(width).subsequent_indent(&below);
        textwrap::fill(line, options.break_words(false)) + "\n"
    };
    text.lines().map(line).collect()
}

/// The machine that the network is for, as a line, unless it is any.
fn target(report: &Report) -> String {
    match report.target == TargetRef::default() {
        true => String::new(),
        false => format!("  for {}\n", report.target.about),
    }
}

/// A line for each reason why steps have no form for the target, after an empty one.
fn without_form(report: &Report) -> String {
    let lines = without_form_lines(report);
    let lines: String = lines.map(|line| line + "\n").collect();
    if lines.is_empty() {
        lines
    } else {
        lines + "\n"
    }
}

/// Why steps have no form for the target, each reason once.
fn without_form_lines(report: &Report) -> impl Iterator<Item = String> {
    let reasons = report.without_form().into_iter();
    reasons.map(|(why, steps)| {
        let word = if steps.len() == 1 { "step" } else { "steps" };
        let steps: Vec<_> = steps.iter().map(usize::to_string).collect();
        let steps = steps.join(", ");
        format!("no form for {}: {why} ({word} {steps})", report.target)
    })
}

/// What lies in each region, unless the network has an arena of its own: the hottest first.
fn regions(report: &Report) -> String {
    let is_limited = report.arenas.iter().any(|arena| arena.budget.is_some());
    let regions = report.arenas.iter().enumerate().filter(|_| is_limited);
    let regions: String = regions.map(|(i, arena)| region(report, i, arena)).collect();
    if regions.is_empty() {
        regions
    } else {
        regions + "\n"
    }
}

fn region(report: &Report, number: usize, arena: &Arena) -> String {
    let budget = arena
        .budget
        .map_or(String::new(), |n| format!(" of {}", grouped(n as u64)));
    let names: Vec<_> = report.blocks.iter().map(|block| &*block.name).collect();
    let blocks = report.blocks.iter().zip(distinct(&names, NAME));
    let mut here: Vec<_> = blocks.filter(|(b, _)| b.arena == number).collect();
    here.sort_by_key(|(b, _)| std::cmp::Reverse(b.traffic / b.size.max(1) as u64));
    let what = match here.is_empty() {
        true => "unused, and no parameter of the network".into(),
        false => {
            let blocks: Vec<_> = here.iter().map(|(b, name)| block(b, name)).collect();
            blocks.join(", ")
        }
    };
    let name = styled(STRONG, &arena.name);
    format!(
        "{name}: {}{budget} bytes: {what}\n",
        grouped(arena.bytes as u64)
    )
}

/// A block, its bytes, and how often a run moves them.
fn block(block: &Block, name: &str) -> String {
    let times = block.traffic / block.size.max(1) as u64;
    format!(
        "{name} ({} × {})",
        grouped(block.size as u64),
        grouped(times)
    )
}

/// A line for each remark, after an empty one.
fn remarks(report: &Report) -> String {
    let line =
        |remark: &Remark| format!("{} ({}) {}\n", remark.layer, remark.operator, remark.text);
    let lines: String = report.remarks.iter().map(line).collect();
    if lines.is_empty() {
        lines
    } else {
        lines + "\n"
    }
}

fn totals(report: &Report) -> String {
    let order = match report.order_saves {
        0 => String::new(),
        bytes => format!(
            ", {} fewer than in the order of the graph",
            grouped(bytes as u64)
        ),
    };
    format!(
        "{} steps, {} bytes of arena ({} in use at most{order}), {} bytes of weights, {} multiply-accumulates",
        report.layers.len(),
        grouped(report.arena_bytes as u64),
        grouped(report.live_bytes as u64),
        grouped(report.weight_bytes as u64),
        grouped(report.macs),
    )
}
