//! `cargo xtask zoo`: real networks through emission, rustc and a run, against their recorded answers.
//!
//! The zoo is a folder of models in the layout of ONNX test data, which `MLC_ZOO` names. Beside it runs
//! a ResNet-50 with random weights, which shows what a hundred megabytes of them cost to compile.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, anyhow, ensure};
use mlc_codegen::emit_crate;
use mlc_codegen::native::{Builder, Native};
use mlc_compiler::onnx::Bindings;
use mlc_compiler::tensor::Tensor;
use mlc_compiler::{Compiled, interp};
use mlc_tests::Case;
use mlc_tests::expected::Expected;
use mlc_tests::random::Random;
use mlc_tests::recorded::{Set, Worst};
use serde::Serialize;

use crate::{models, sh};

mod quantised;

/// Compiles and runs the models of the zoo, and compares them with their recorded answers.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Names of models, or `resnet50` [default: all].
    models: Vec<String>,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

/// The large model: what its emission and compilation may cost.
const RESNET: &str = "resnet50";
const MAX_EMIT_SECONDS: f64 = 10.0;
const MAX_COMPILE_SECONDS: f64 = 60.0;
const MAX_RUSTC_BYTES: u64 = 1 << 30;

pub(crate) fn run(args: Args) -> Result<()> {
    let folder = models::zoo()?;
    let wanted =
        |name: &str| args.models.is_empty() || args.models.iter().any(|model| model == name);
    let mut rows = Vec::new();
    for case in mlc_tests::zoo(&folder) {
        if !wanted(short(&case)) {
            continue;
        }
        let work = match is_float(&case.dir)? {
            true => try_model,
            false => quantised::try_model,
        };
        rows.push(show(&args, row(short(&case), || work(&case))));
    }
    if wanted(RESNET) {
        rows.push(show(&args, row(RESNET, try_resnet)));
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
    }
    ensure!(!rows.is_empty(), "no such model");
    let expected = Expected::parse(include_str!("../../tests/expected_failures.txt"));
    let surprise = |row: &&Row| row.failure.is_some() != expected.lists("zoo", &row.model);
    let surprises: Vec<_> = rows
        .iter()
        .filter(surprise)
        .map(|row| &*row.model)
        .collect();
    ensure!(
        surprises.is_empty(),
        "these fail, or pass in spite of the list of expected failures: {}",
        surprises.join(", ")
    );
    Ok(())
}

fn short(case: &Case) -> &str {
    case.name.trim_start_matches("zoo/")
}

/// Whether a model of the zoo is in floats: what is quantised says so in its `META.json`.
fn is_float(dir: &Path) -> Result<bool> {
    let text = std::fs::read_to_string(dir.join("META.json"))?;
    let meta: serde_json::Value = serde_json::from_str(&text)?;
    Ok(meta["quant"] == "fp32")
}

/// What came of a model.
#[derive(Serialize)]
struct Row {
    model: String,
    #[serde(flatten)]
    figures: Option<Figures>,
    failure: Option<String>,
}

#[derive(Serialize)]
struct Figures {
    /// The largest difference from a recorded output.
    error: f64,
    /// The same in units of what is allowed.
    error_of_allowed: f64,
    arena_bytes: usize,
    /// No plan for this order of steps can need less.
    lower_bound: usize,
    weight_bytes: usize,
    macs: u64,
    lines: usize,
    emit_seconds: f64,
    compile_seconds: f64,
    rustc_peak_bytes: Option<u64>,
    /// Of quantised models: how the graph as it is written differs.
    quantised: Option<quantised::Figures>,
}

fn row(model: &str, work: impl FnOnce() -> Result<Figures>) -> Row {
    let (figures, failure) = match work() {
        Ok(figures) => (Some(figures), None),
        Err(error) => (None, Some(format!("{error:#}"))),
    };
    Row {
        model: model.into(),
        figures,
        failure,
    }
}

/// Prints a row as soon as it is there, unless all are wanted as JSON.
fn show(args: &Args, row: Row) -> Row {
    if args.json {
        return row;
    }
    let mib = |bytes: Option<u64>| bytes.map_or("?".into(), |b| format!("{} MiB", b >> 20));
    match (&row.figures, &row.failure) {
        (Some(f), _) => println!(
            "{:<22} error {:7.1e} = {:4.2} of allowed  arena {:>9} (bound {:>9})  weights {:>9}  MACs {:>10}  \
             {:>5} lines  emitted {:4.1} s  compiled {:4.1} s in {}",
            row.model,
            f.error,
            f.error_of_allowed,
            f.arena_bytes,
            f.lower_bound,
            f.weight_bytes,
            f.macs,
            f.lines,
            f.emit_seconds,
            f.compile_seconds,
            mib(f.rustc_peak_bytes)
        ),
        (None, failure) => println!(
            "{:<22} FAILS: {}",
            row.model,
            failure.as_deref().unwrap_or("")
        ),
    }
    if let Some(figures) = row.figures.as_ref().and_then(|f| f.quantised.as_ref()) {
        println!("{:<22} {figures}", "");
    }
    row
}

/// A model whose crate was emitted and compiled.
struct Built {
    compiled: Compiled,
    native: Native,
    lines: usize,
    emit_seconds: f64,
}

/// Emits the model in a file as `mlc build` does, and compiles the crate in release mode.
fn build(name: &str, onnx: &Path) -> Result<Built> {
    let work = sh::target_dir().join("zoo");
    let start = Instant::now();
    let compiled = compile(onnx, &Bindings::default())?;
    let files = emit_crate(&compiled, name)?;
    files.write_to(&work.join(name))?;
    let emit_seconds = start.elapsed().as_secs_f64();
    let page = files.get("src/lib.rs").unwrap_or_default();
    let native = Builder::in_cache(work.join("cache"))
        .fresh()
        .build(&compiled, name)?;
    ensure!(
        native.build.messages.is_empty(),
        "rustc says: {}",
        native.build.messages
    );
    Ok(Built {
        compiled,
        native,
        lines: page.iter().filter(|&&byte| byte == b'\n').count(),
        emit_seconds,
    })
}

fn compile(onnx: &Path, bindings: &Bindings) -> Result<Compiled> {
    let mut model = mlc_compiler::load(onnx)?;
    model.bind(bindings)?;
    Ok(mlc_compiler::compile(&model)?)
}

impl Built {
    fn figures(&self, worst: Worst) -> Figures {
        let Compiled { program, plan, .. } = &self.compiled;
        Figures {
            error: worst.absolute,
            error_of_allowed: worst.of_allowed,
            arena_bytes: plan.arena_bytes,
            lower_bound: plan.lower_bound,
            weight_bytes: plan.weights.bytes.len(),
            macs: program.macs(),
            lines: self.lines,
            emit_seconds: self.emit_seconds,
            compile_seconds: self.native.build.time.as_secs_f64(),
            rustc_peak_bytes: self.native.build.rustc_bytes,
            quantised: None,
        }
    }
}

fn try_model(case: &Case) -> Result<Figures> {
    let built = build(short(case), &case.onnx())?;
    let sets = case.sets()?;
    ensure!(!sets.is_empty(), "there is no recorded data");
    let samples: Vec<_> = sets.iter().map(|set| set.inputs.clone()).collect();
    let mut worst = Worst::default();
    for (outputs, set) in built.native.run(&samples)?.samples.iter().zip(&sets) {
        worst = worst.max(compare(case, outputs, set)?);
    }
    let original = case.dir.join("original.onnx");
    if original.exists() {
        try_original(case, &original, &built.compiled, &sets[0]).context("original.onnx")?;
    }
    Ok(built.figures(worst))
}

fn compare(case: &Case, outputs: &[Tensor], set: &Set) -> Result<Worst> {
    case.tolerance
        .compare_set(outputs, set)
        .map_err(|e| anyhow!(e))
}

/// The model as it was shipped, its open dimensions bound, gives the same answers.
fn try_original(case: &Case, original: &Path, fixed: &Compiled, set: &Set) -> Result<()> {
    let mut bindings = Bindings::default();
    for port in &fixed.program.inputs {
        bindings.input_shape(Some(&port.name), port.ty.shape.clone());
    }
    let compiled = compile(original, &bindings)?;
    let outputs = interp::run(&compiled.program, &set.inputs)?;
    compare(case, &outputs, set).map(drop)
}

/// Builds the large model; the emitted crate answers as the interpreter does, and its cost is bounded.
fn try_resnet() -> Result<Figures> {
    let onnx = sh::target_dir().join("zoo/resnet50.onnx");
    std::fs::create_dir_all(onnx.parent().context("no folder")?)?;
    std::fs::write(&onnx, mlc_tests::resnet50())?;
    let built = build(RESNET, &onnx)?;
    let image = vec![Random::new(1).tensor(&[1, 3, 224, 224])];
    let expected = interp::run(&built.compiled.program, &image)?;
    let outputs = built.native.run(&[image])?.samples.concat();
    let same = outputs.iter().zip(&expected).all(|(a, b)| a.identical(b));
    ensure!(
        same,
        "the emitted crate does not answer what the interpreter does"
    );
    let figures = built.figures(Worst::default());
    let (emit, compile) = (figures.emit_seconds, figures.compile_seconds);
    ensure!(emit < MAX_EMIT_SECONDS, "emitted in {emit:.1} s");
    ensure!(compile < MAX_COMPILE_SECONDS, "compiled in {compile:.1} s");
    let peak = figures.rustc_peak_bytes.unwrap_or(0);
    ensure!(peak < MAX_RUSTC_BYTES, "rustc took {} MiB", peak >> 20);
    Ok(figures)
}
