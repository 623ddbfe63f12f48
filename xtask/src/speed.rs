//! `cargo xtask speed`: how long networks take on this machine, by what they are built for.
//!
//! Every network is built for processors with ever longer vectors, and all builds take turns, round by round, so that
//! what else the machine does meets all of them; ratios are made within a round. All of it is on one thread, and the
//! answers are looked at: of different builds they are the same bits.

use anyhow::{Context, Result, anyhow, ensure};
use mlc_codegen::native::{self, Builder, Native};
use mlc_compiler::Compiled;
use mlc_compiler::tensor::Tensor;
use mlc_tests::Case;
use mlc_tests::assembly::gathers;

use crate::{models, sh};

/// Times networks of the zoo, or of this project where `MLC_ZOO` names none, built for several processors.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Names of models [default: all].
    models: Vec<String>,
    /// Rounds in which each build has its turn.
    #[arg(long, default_value_t = 9)]
    rounds: usize,
    /// The optimisation level.
    #[arg(long, default_value = "3")]
    opt_level: String,
    /// More flags for rustc.
    #[arg(long = "flag", allow_hyphen_values = true)]
    flags: Vec<String>,
    /// Only for these processors, by the names that rustc has for them [default: those that this machine is].
    #[arg(long = "cpu")]
    cpus: Vec<String>,
    /// A Python that has onnxruntime and onnx: it takes turns, too.
    #[arg(long)]
    python: Option<String>,
    /// Count the instructions that gather elements one by one, too, where vectors are the longest.
    #[arg(long)]
    gathers: bool,
}

/// A turn takes so long at least, if it is not a single run.
const TURN_SECONDS: f64 = 0.05;

pub(crate) fn run(args: Args) -> Result<()> {
    let cpus = match &args.cpus[..] {
        [] => processors(),
        given => given.to_vec(),
    };
    let mut heading = format!("{:<24} {:>10}", "ms; others ÷ the first", cpus[0]);
    for cpu in &cpus[1..] {
        heading += &format!(" {cpu:>10}");
    }
    if args.python.is_some() {
        heading += "      onnxruntime";
    }
    println!("{heading}");
    for (name, case) in cases(&args.models)? {
        println!("{}", row(&args, &cpus, &name, &case).context(name)?);
    }
    Ok(())
}

/// What this machine is, from what any of its kind is to itself.
fn processors() -> Vec<String> {
    #[cfg(target_arch = "x86_64")]
    let known = [
        ("x86-64", true),
        ("x86-64-v3", is_x86_feature_detected!("avx2")),
        ("x86-64-v4", is_x86_feature_detected!("avx512bw")),
    ];
    #[cfg(not(target_arch = "x86_64"))]
    let known = [("generic", true)];
    let here = known.into_iter().filter(|(_, is_here)| *is_here);
    here.map(|(cpu, _)| cpu)
        .chain(["native"])
        .map(str::to_owned)
        .collect()
}

fn cases(names: &[String]) -> Result<Vec<(String, Case)>> {
    if std::env::var_os("MLC_ZOO").is_some() {
        return models::chosen(names, |_| true);
    }
    let wanted = |case: &Case| names.is_empty() || names.contains(&case.name);
    let cases: Vec<_> = mlc_tests::networks().into_iter().filter(wanted).collect();
    ensure!(!cases.is_empty(), "no such model");
    Ok(cases
        .into_iter()
        .map(|case| (case.name.clone(), case))
        .collect())
}

fn row(args: &Args, cpus: &[String], name: &str, case: &Case) -> Result<String> {
    let compiled = case.compile()?;
    let sets = case.sets()?;
    let inputs = &sets.first().context("there is no recorded data")?.inputs;
    let builds = cpus.iter().map(|cpu| build(args, &compiled, name, cpu));
    let builds: Vec<Native> = builds.collect::<Result<_>>()?;
    check(&builds, inputs)?;
    let runs = turn(&builds[0], inputs)?;
    let (mut times, mut peers) = (vec![Vec::new(); builds.len()], Vec::new());
    for _ in 0..args.rounds.max(1) {
        for (build, times) in builds.iter().zip(&mut times) {
            times.push(milliseconds(build, inputs, runs)?);
        }
        if let Some(python) = &args.python {
            peers.push(onnxruntime(python, case, runs)?);
        }
    }
    let mut text = format!("{name:<24} {:>10.3}", median(&times[0]));
    for times_of_build in &times[1..] {
        text += &format!(" {:>10.2}", median(&ratios(times_of_build, &times[0])));
    }
    if !peers.is_empty() {
        let ratio = median(&ratios(&peers, &times[0]));
        text += &format!(" {:>10.3} {ratio:>5.2}", median(&peers));
    }
    if args.gathers {
        let dir = sh::target_dir().join("speed/assembly").join(name);
        let found = gathers(&dir, &compiled, name, "x86-64-v4").map_err(|e| anyhow!(e))?;
        for (function, counts) in found {
            text += &format!("\n    {function}: {counts:?}");
        }
    }
    Ok(text)
}

fn build(args: &Args, compiled: &Compiled, name: &str, cpu: &str) -> Result<Native> {
    let opt_level = format!("-Copt-level={}", args.opt_level);
    let mut flags = vec![&*opt_level];
    flags.extend(args.flags.iter().map(String::as_str));
    let builder = Builder::in_cache(sh::target_dir().join("speed/cache"));
    Ok(builder
        .for_cpu(cpu)
        .with_flags(&flags)
        .build(compiled, name)?)
}

/// All builds give the same bits; what these should be, `cargo xtask zoo` asks.
fn check(builds: &[Native], inputs: &[Tensor]) -> Result<()> {
    let answer = |build: &Native| Ok(build.run(&[inputs.to_vec()])?.samples.concat());
    let answers: Vec<Vec<Tensor>> = builds.iter().map(answer).collect::<Result<_>>()?;
    let first = answers.first().context("nothing is built")?;
    for other in &answers[1..] {
        let same = other.iter().zip(first).all(|(a, b)| a.identical(b));
        ensure!(same, "builds for different processors answer differently");
    }
    Ok(())
}

/// How many runs a turn has.
fn turn(build: &Native, inputs: &[Tensor]) -> Result<usize> {
    let once = milliseconds(build, inputs, 3)?;
    Ok((TURN_SECONDS * 1e3 / once.max(1e-6))
        .ceil()
        .clamp(2.0, 20_000.0) as usize)
}

/// What one run takes, of several in a row.
fn milliseconds(build: &Native, inputs: &[Tensor], runs: usize) -> Result<f64> {
    let ran = build.run(&vec![inputs.to_vec(); runs])?;
    Ok(ran.time.as_secs_f64() * 1e3 / runs as f64)
}

fn onnxruntime(python: &str, case: &Case, runs: usize) -> Result<f64> {
    let inputs = case.dir.join("test_data_set_0");
    let time = native::onnxruntime(python, &case.onnx(), &inputs, runs)?;
    Ok(time.as_secs_f64() * 1e3)
}

/// The ratios of times, round by round.
fn ratios(times: &[f64], first: &[f64]) -> Vec<f64> {
    times
        .iter()
        .zip(first)
        .map(|(time, first)| time / first)
        .collect()
}

fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
