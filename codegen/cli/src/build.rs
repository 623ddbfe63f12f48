//! `mlc build`: a model becomes a crate.

use crate::Outcome;
use crate::footprint::{estimated, takes};
use crate::table::grouped;
use crate::terminal::{GOOD, Terminal, styled, warnings};
use mlc_codegen::image::{Budgets, Measured, OptLevel, measure};
use mlc_codegen::report::{Estimate, Port, listed};
use mlc_codegen::{Files, Options, emit_crate, install};
use mlc_compiler::Compiled;
use mlc_compiler::diag::Diags;
use mlc_compiler::memory::MemoryPlan;
use mlc_compiler::target::TargetRef;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

/// Writes the crate of a model: no_std, without heap and without dependencies.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    options: Options,
    /// Folder of the crate [default: the network's name].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write even into a folder that holds something else.
    #[arg(long)]
    force: bool,
    /// The optimisation level of the firmware that flash and stack are measured for.
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t)]
    opt_level: OptLevel,
    #[command(flatten)]
    budgets: Budgets,
}

/// What was built.
#[derive(Serialize)]
struct Summary {
    name: String,
    out: PathBuf,
    files: Vec<String>,
    /// What it takes.
    inputs: Vec<Port>,
    /// What it gives.
    outputs: Vec<Port>,
    arena_bytes: usize,
    /// Bytes of the arenas that the network borrows, by region.
    regions: BTreeMap<String, usize>,
    weight_bytes: usize,
    macs: u64,
    /// The machine that it is for.
    target: TargetRef,
    /// What it takes there of flash and RAM, or why that is not known, if a machine was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    footprint: Option<Measured>,
    /// The cycles that a run is estimated to take there, or why that is not known, if a machine was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    cycles: Option<Estimate>,
    /// Lines of `src/lib.rs`.
    lines: usize,
    seconds: f64,
    /// What should be known of the quantised model, if it was quantised.
    warnings: Vec<String>,
}

pub(crate) fn run(args: Args, terminal: &Terminal) -> Result<Outcome, Diags> {
    let start = Instant::now();
    let name = args.options.crate_name();
    let out = args.out.clone().unwrap_or_else(|| PathBuf::from(&name));
    let progress = terminal.progress(format!("compiling {name}"));
    let (model, quantized) = args.options.load_observed(&|step| progress.step(step))?;
    let compiled = args.options.compile_model(&model, &mut |_, _| ())?;
    let files = emit_crate(&compiled, &args.options.name())?;
    progress.say(format!("measuring {name}"));
    let measured = args.footprint(&compiled)?;
    install(&files, &out, args.force)?;
    drop(progress);
    let summary = Summary {
        footprint: measured,
        warnings: quantized.map_or(Vec::new(), |report| report.warnings),
        ..Summary::new(name, out, &compiled, &files, start)
    };
    terminal.result(&summary, || summary.text())?;
    Ok(Outcome::Success)
}

impl Args {
    /// What the network takes on its machine, if one was named; nothing is written if that is more than it may.
    fn footprint(&self, compiled: &Compiled) -> Result<Option<Measured>, Diags> {
        let budgets = &self.budgets;
        if compiled.target == TargetRef::default() && !budgets.any() {
            return Ok(None);
        }
        let measured = measure(compiled, &self.options.name(), self.opt_level)?;
        match &measured {
            Measured::Footprint(footprint) => budgets.check(footprint, compiled)?,
            Measured::Unknown { unknown } if budgets.any() => Err(budgets.unknown(unknown))?,
            Measured::Unknown { .. } => {}
        }
        Ok(Some(measured))
    }
}

/// Bytes of the arenas that are borrowed.
fn regions(plan: &MemoryPlan) -> BTreeMap<String, usize> {
    let arenas = plan.arenas.iter().filter(|_| plan.borrowed);
    arenas
        .map(|arena| (arena.name.clone(), arena.bytes))
        .collect()
}

fn borrowed(regions: &BTreeMap<String, usize>) -> String {
    let region = |(name, bytes): (&String, &usize)| match bytes {
        0 => format!("{name} is not used"),
        &bytes => format!("{} bytes in {name}", grouped(bytes as u64)),
    };
    match regions.is_empty() {
        true => String::new(),
        false => {
            let regions: Vec<_> = regions.iter().map(region).collect();
            format!("  borrows {}\n", regions.join(", "))
        }
    }
}

impl Summary {
    fn new(name: String, out: PathBuf, compiled: &Compiled, files: &Files, start: Instant) -> Self {
        let page = files.get("src/lib.rs").unwrap_or_default();
        Summary {
            name,
            out,
            files: files.iter().map(|(path, _)| path.to_owned()).collect(),
            inputs: compiled.program.inputs.iter().map(Port::of).collect(),
            outputs: compiled.program.outputs.iter().map(Port::of).collect(),
            arena_bytes: compiled.plan.arena_bytes,
            regions: regions(&compiled.plan),
            weight_bytes: compiled.plan.weights.bytes.len(),
            macs: compiled.program.macs(),
            target: compiled.target,
            footprint: None,
            cycles: estimated(compiled),
            lines: page.split(|&b| b == b'\n').count() - 1,
            seconds: start.elapsed().as_secs_f64(),
            warnings: Vec::new(),
        }
    }

    fn text(&self) -> String {
        let numbers = [self.arena_bytes as u64, self.weight_bytes as u64, self.macs].map(grouped);
        let [arena, weights, macs] = numbers;
        format!(
            "{} {} in {}: {} files, lib.rs of {} lines, in {:.2} s\n  takes {}\n  gives {}\n{}  {arena} bytes of arena, \
             {weights} bytes of weights, {macs} multiply-accumulates\n",
            styled(GOOD, "Built"),
            self.name,
            self.out.display(),
            self.files.len(),
            self.lines,
            self.seconds,
            listed(&self.inputs),
            listed(&self.outputs),
            borrowed(&self.regions),
        ) + &self.takes()
            + &warnings(&self.warnings)
    }

    fn takes(&self) -> String {
        let both = self.footprint.as_ref().zip(self.cycles.as_ref());
        both.map_or(String::new(), |(measured, cycles)| {
            takes(self.target, measured, cycles)
        })
    }
}
