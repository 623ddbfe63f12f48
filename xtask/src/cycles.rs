//! `cargo xtask cycles`: the rates by which `mlc build` and `mlc inspect` estimate cycles.
//!
//! Layers of random shapes, in floats and in integers, are compiled for each core, run in QEMU, and timed by the core's
//! pipeline; rates are fitted to what each step took (`fit.rs`). Then real networks, none of which had a part in that, are timed in
//! the same way, and the estimates of whole networks are compared.

mod fit;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, ensure};
use mlc_codegen::Options;
use mlc_codegen::cost::{CostModel, Rates, Work};
use mlc_compiler::target::{Pipeline, TARGETS, TargetRef};
use mlc_compiler::tensor::Tensor;
use mlc_compiler::{Compiled, onnx};
use mlc_tests::Case;
use mlc_tests::recorded::Tolerance;

use crate::qemu::{Timed, Timer};
use crate::{models, sh};
use fit::Sample;

/// How far an estimate for a whole network may be off.
const TOLERANCE: f64 = 0.15;

/// The zoo's networks that are made for microcontrollers begin so.
const TINY: &str = "mlperf_";

/// Times networks on emulated cores, and compares what is estimated for them.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A core; may be repeated [default: all that have a model of their pipeline].
    #[arg(long = "target", value_name = "TARGET")]
    targets: Vec<TargetRef>,
    /// A network of the zoo to check estimates with; may be repeated [default: MLPerf Tiny].
    #[arg(long = "model", value_name = "NAME")]
    models: Vec<String>,
    /// Fit rates to layers of random shapes first, and keep them.
    #[arg(long)]
    bless: bool,
}

pub(crate) fn run(args: Args) -> Result<()> {
    let mut model = CostModel::parse(&fs::read_to_string(rates())?)?;
    let checked = models::chosen(&args.models, |name| name.starts_with(TINY))?;
    let mut wrong = Vec::new();
    for group in groups(&args.targets)? {
        let timer = Timer::of(group[0].0)?;
        if args.bless {
            let layers = random_layers(&timer)?;
            for (target, pipeline) in &group {
                model
                    .0
                    .insert(target.name.into(), fitted(&layers, pipeline)?);
            }
            fs::write(rates(), serde_json::to_string_pretty(&model)? + "\n")?;
        }
        for (name, case) in &checked {
            let Some(timed) = timer.time(case)? else {
                println!("{name} is too large for a board of {}", group[0].0);
                continue;
            };
            for (target, pipeline) in &group {
                wrong.extend(compare(&model, name, &timed, *target, pipeline)?);
            }
        }
    }
    ensure!(wrong.is_empty(), "estimates are off:\n{}", wrong.join("\n"));
    Ok(())
}

fn rates() -> PathBuf {
    sh::root().join("codegen/src/cost/rates.json")
}

/// A core with the model of its pipeline.
type Core = (TargetRef, &'static Pipeline);

/// The cores that are asked for, or all that have a pipeline: side by side those that execute the same instructions, so that one run
/// tells of each.
fn groups(asked: &[TargetRef]) -> Result<Vec<Vec<Core>>> {
    let mut groups: Vec<Vec<Core>> = Vec::new();
    for target in TARGETS {
        let target: TargetRef = target.name.parse()?;
        let Some(pipeline) = target.pipeline else {
            continue;
        };
        if !asked.is_empty() && !asked.contains(&target) {
            continue;
        }
        let alike = |group: &&mut Vec<Core>| {
            let first = group[0].0;
            first.isas == target.isas && first.floats == target.floats
        };
        match groups.iter_mut().find(alike) {
            Some(group) => group.push((target, pipeline)),
            None => groups.push(vec![(target, pipeline)]),
        }
    }
    ensure!(
        !groups.is_empty(),
        "none of these has a model of its pipeline"
    );
    Ok(groups)
}

/// What was executed of the random layers, in floats and in integers.
fn random_layers(timer: &Timer) -> Result<Vec<Timed>> {
    let mut all = Vec::new();
    for case in random_networks()? {
        let timed = timer.time(&case)?;
        all.push(timed.with_context(|| format!("{} does not fit the board", case.name))?);
    }
    Ok(all)
}

/// Rates of all kernels of the random layers, where such a pipeline executes them.
fn fitted(layers: &[Timed], pipeline: &'static Pipeline) -> Result<BTreeMap<String, Rates>> {
    let mut kernels: BTreeMap<String, Vec<Sample>> = BTreeMap::new();
    for timed in layers {
        let work = Work::all(&timed.compiled.program).into_iter();
        for (work, cycles) in work.zip(timed.steps(pipeline)?) {
            let samples = kernels.entry(work.kernel.clone()).or_default();
            samples.push(Sample { work, cycles });
        }
    }
    let rates = kernels
        .into_iter()
        .map(|(kernel, samples)| (kernel, fit::rates(&samples)));
    Ok(rates.collect())
}

/// The networks of random layers, as they are and quantised.
fn random_networks() -> Result<Vec<Case>> {
    let networks = mlc_tests::layers().into_iter().enumerate();
    let cases = networks.map(|(i, (model, inputs))| saved(i, &model, &inputs));
    Ok(cases.collect::<Result<Vec<_>>>()?.concat())
}

/// A network and its quantised form, each in a folder with values for its inputs.
fn saved(number: usize, model: &[u8], inputs: &[Tensor]) -> Result<[Case; 2]> {
    let folder = sh::target_dir().join("cycles/models");
    let named = |kind| folder.join(format!("layers_{number}_{kind}"));
    let [floats, integers] = ["f32", "int8"].map(named);
    for dir in [&floats, &integers] {
        // What an earlier version of them left would be inputs, too.
        let _ = fs::remove_dir_all(dir);
        let set = dir.join("test_data_set_0");
        fs::create_dir_all(&set)?;
        for (i, input) in inputs.iter().enumerate() {
            onnx::tensor::save(&set.join(format!("input_{i}.pb")), &format!("x{i}"), input)?;
        }
    }
    fs::write(floats.join("model.onnx"), model)?;
    let quantised = Options::new(floats.join("model.onnx"))
        .quantize(&floats)
        .load()?;
    fs::write(integers.join("model.onnx"), quantised.encode()?)?;
    Ok([floats, integers].map(|dir| Case::plain("", dir, Tolerance::NETWORK)))
}

/// Prints what is estimated for a network beside what it took; says so if that is too far off.
fn compare(
    model: &CostModel,
    name: &str,
    timed: &Timed,
    target: TargetRef,
    pipeline: &'static Pipeline,
) -> Result<Option<String>> {
    let compiled = Compiled {
        target,
        ..timed.compiled.clone()
    };
    let cycles = model
        .cycles(&compiled)
        .map_err(|why| anyhow!("{target}: {why}"))?;
    let took = timed.steps(pipeline)?;
    let (estimate, all) = (cycles.total(), took.iter().sum::<u64>());
    let off = estimate as f64 / all.max(1) as f64 - 1.0;
    let line = format!(
        "{target}: {name} took {all} cycles, estimated are {estimate}, {:+.1} %",
        100.0 * off
    );
    println!("{line}");
    for (i, (step, took)) in cycles.steps.iter().zip(took).enumerate() {
        let kernel = || Work::all(&compiled.program).swap_remove(i).kernel;
        match step {
            None => println!("  step {}: no rates of {}", i + 1, kernel()),
            Some(step) if 20 * step.abs_diff(took) > estimate => {
                println!(
                    "  step {}, {}: {took}, estimated are {step}",
                    i + 1,
                    kernel()
                );
            }
            Some(_) => {}
        }
    }
    let is_wrong = off.abs() > TOLERANCE || !cycles.unknown().is_empty();
    Ok(is_wrong.then_some(line))
}
