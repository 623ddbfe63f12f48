//! `cargo xtask cycles`: the rates by which `mlc build` and `mlc inspect` estimate cycles.
//!
//! Layers of random shapes, in floats and in integers, are compiled for each core, run in QEMU, and timed by the core's
//! pipeline; rates are fitted to what each step took (`fit.rs`). Then real networks, none of which had a part in that, are timed in
//! the same way, and the estimates of whole networks are compared.

mod fit;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use mlc_codegen::Options;
use mlc_codegen::cost::{CostModel, Rates, Work};
use mlc_compiler::onnx;
use mlc_compiler::target::{TARGETS, TargetRef};
use mlc_tests::Case;
use mlc_tests::recorded::Tolerance;

use crate::qemu::{Timed, Timer};
use crate::{models, sh};
use fit::Sample;

/// The seeds of the networks that rates are fitted to.
const SEEDS: std::ops::Range<u64> = 0..2;

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
    let known = TARGETS.iter().filter(|target| target.pipeline.is_some());
    let targets = match args.targets.is_empty() {
        true => known.map(|target| target.name.parse()).collect::<Result<_, _>>()?,
        false => args.targets,
    };
    let checked = models::chosen(&args.models, |name| name.starts_with(TINY))?;
    let mut wrong = Vec::new();
    for target in targets {
        let timer = Timer::of(target)?;
        if args.bless {
            model.0.insert(target.name.into(), fitted(&timer)?);
            fs::write(rates(), serde_json::to_string_pretty(&model)? + "\n")?;
        }
        for (name, case) in &checked {
            match timer.time(case)? {
                Some(timed) => wrong.extend(compare(&model, name, &timed)?),
                None => println!("{target}: {name} is too large"),
            }
        }
    }
    ensure!(wrong.is_empty(), "estimates are off:\n{}", wrong.join("\n"));
    Ok(())
}

fn rates() -> PathBuf {
    sh::root().join("codegen/src/cost/rates.json")
}

/// Rates of all kernels of the random layers.
fn fitted(timer: &Timer) -> Result<BTreeMap<String, Rates>> {
    let mut samples = Vec::new();
    for seed in SEEDS {
        for case in random_layers(seed)? {
            let timed = timer.time(&case)?;
            let timed = timed.with_context(|| format!("{} does not fit the board", case.name))?;
            let work = Work::all(&timed.compiled.program).into_iter();
            samples.extend(work.zip(timed.steps).map(|(work, cycles)| Sample { work, cycles }));
        }
    }
    let mut kernels: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for sample in &samples {
        kernels.entry(sample.work.kernel.clone()).or_default().push(sample);
    }
    let rates = kernels.into_iter().map(|(kernel, samples)| (kernel, fit::rates(&samples)));
    Ok(rates.collect())
}

/// The network of a seed, as it is and quantised, each in a folder with values for its inputs.
fn random_layers(seed: u64) -> Result<[Case; 2]> {
    let (model, inputs) = mlc_tests::layers(seed);
    let folder = |name: String| sh::target_dir().join("cycles/models").join(name);
    let [floats, integers] = ["f32", "int8"].map(|kind| folder(format!("layers_{seed}_{kind}")));
    for dir in [&floats, &integers] {
        let set = dir.join("test_data_set_0");
        fs::create_dir_all(&set)?;
        for (i, input) in inputs.iter().enumerate() {
            onnx::tensor::save(&set.join(format!("input_{i}.pb")), &format!("x{i}"), input)?;
        }
    }
    fs::write(floats.join("model.onnx"), model)?;
    let quantised = Options::new(floats.join("model.onnx")).quantize(&floats).load()?;
    fs::write(integers.join("model.onnx"), quantised.encode()?)?;
    Ok([floats, integers].map(|dir| Case::plain("", dir, Tolerance::NETWORK)))
}

/// Prints what is estimated for a network beside what it took; says so if that is too far off.
fn compare(model: &CostModel, name: &str, timed: &Timed) -> Result<Option<String>> {
    let target = timed.compiled.target;
    let cycles = match model.cycles(&timed.compiled) {
        Ok(cycles) => cycles,
        Err(why) => bail!("{target}: {why}"),
    };
    let (estimate, took) = (cycles.total(), timed.steps.iter().sum::<u64>());
    let off = estimate as f64 / took.max(1) as f64 - 1.0;
    let line = format!(
        "{target}: {name} took {took} cycles, estimated are {estimate}, {:+.1} %",
        100.0 * off
    );
    println!("{line}");
    for (i, (step, took)) in cycles.steps.iter().zip(&timed.steps).enumerate() {
        let kernel = || timed.compiled.program.steps[i].call.kernel.name;
        match step {
            None => println!("  step {}: no rates of {}", i + 1, kernel()),
            Some(step) if 20 * step.abs_diff(*took) > estimate => {
                println!("  step {}, {}: {took}, estimated are {step}", i + 1, kernel());
            }
            Some(_) => {}
        }
    }
    let is_wrong = off.abs() > TOLERANCE || !cycles.unknown().is_empty();
    Ok(is_wrong.then_some(line))
}
