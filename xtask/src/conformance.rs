//! `cargo xtask conformance`: ONNX's own test suite through the interpreter, and emitted code if wanted.
//!
//! The suite comes in the Python package `onnx`, which is installed below the target folder unless
//! `MLC_ONNX_SUITE` names its data. Failures are expected where `tests/conformance.txt` lists them, and
//! nowhere else: a listed case that passes has to leave the list.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, anyhow, ensure};
use mlc_compiler::interp;
use mlc_compiler::onnx::{self, Dim};
use mlc_compiler::tensor::DType;
use mlc_tests::expected::Expected;
use mlc_tests::{Batch, Case, Job};

use crate::{packages, sh};

/// Runs ONNX's own test suite.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Parts of the names of cases [default: all].
    cases: Vec<String>,
    /// Also compile and run emitted code.
    #[arg(long)]
    emitted: bool,
    /// Write the list of expected failures anew.
    #[arg(long)]
    bless: bool,
}

/// The package, and the version whose cases are counted.
const PACKAGE: &str = "onnx==1.22.0";
const LIST: &str = "tests/conformance.txt";
const RUNNER: &str = "interpreter";

/// The element types of inputs and outputs that count.
const TYPES: &[DType] = &[
    DType::F32,
    DType::I64,
    DType::I32,
    DType::I8,
    DType::U8,
    DType::Bool,
];

pub(crate) fn run(args: Args) -> Result<()> {
    let mut cases = mlc_tests::suite(&data()?);
    let wanted = |case: &Case| {
        args.cases.is_empty() || args.cases.iter().any(|part| case.name.contains(part))
    };
    cases.retain(wanted);
    ensure!(!cases.is_empty(), "no such case");
    std::panic::set_hook(Box::new(|_| ()));
    let mut outcomes = in_parallel(&cases, outcome);
    drop(std::panic::take_hook());
    if args.emitted {
        emitted(&cases, &mut outcomes);
    }
    let results: Vec<_> = cases.iter().zip(&outcomes).collect();
    print!("{}", summary(&results));
    if args.bless {
        std::fs::write(sh::root().join(LIST), list(&results))?;
        return Ok(());
    }
    judge(&results, args.cases.is_empty())
}

/// The folder of the suite's cases.
fn data() -> Result<PathBuf> {
    if let Some(data) = std::env::var_os("MLC_ONNX_SUITE") {
        return Ok(PathBuf::from(data));
    }
    let site = sh::target_dir().join("conformance").join(PACKAGE);
    let data = site.join("onnx/backend/test/data");
    if !data.is_dir() {
        if !packages::runs("python3") {
            packages::install(&["python3", "python3-pip"])?;
        }
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "-q", "--no-deps", "--target"])
            .arg(&site)
            .arg(PACKAGE);
        sh::run(&mut pip)?;
    }
    ensure!(data.is_dir(), "{} is not there", data.display());
    Ok(data)
}

/// What came of a case.
#[derive(Clone, Debug)]
enum Outcome {
    Passes,
    /// It is not for a compiler of static networks over the element types that there are.
    Beside(&'static str),
    Fails(String),
}

fn outcome(case: &Case) -> Outcome {
    let attempt = catch_unwind(AssertUnwindSafe(|| attempt(case)));
    attempt.unwrap_or_else(|_| Outcome::Fails("PANICS".into()))
}

fn attempt(case: &Case) -> Outcome {
    let model = match mlc_compiler::load(&case.onnx()) {
        Ok(model) => model,
        Err(diags) => return Outcome::Fails(diags.to_string()),
    };
    if let Some(reason) = beside(&model) {
        return Outcome::Beside(reason);
    }
    let tested = || -> Result<(), String> {
        let sets = case.sets().map_err(|diag| diag.to_string())?;
        for (answer, set) in case.interpret()?.iter().zip(&sets) {
            case.tolerance.compare(answer, &set.outputs)?;
        }
        Ok(())
    };
    match tested() {
        Ok(()) => Outcome::Passes,
        Err(reason) => Outcome::Fails(reason),
    }
}

/// Why a case does not count, if it does not.
fn beside(model: &onnx::Model) -> Option<&'static str> {
    let ours = |dtype: DType| TYPES.contains(&dtype);
    let known = |dims: &[Dim]| dims.iter().all(|dim| matches!(dim, Dim::Known(_)));
    if !model.inputs.iter().all(|input| ours(input.dtype))
        || !model
            .outputs
            .iter()
            .all(|output| output.dtype.is_some_and(ours))
    {
        return Some("other element types");
    }
    let open_output = |output: &onnx::Output| output.dims.as_ref().is_some_and(|dims| !known(dims));
    if !model
        .inputs
        .iter()
        .all(|input| input.ranked && known(&input.dims))
        || model.outputs.iter().any(open_output)
    {
        return Some("dynamic shapes");
    }
    let foreign = |node: &onnx::Node| !matches!(&*node.domain, "" | "ai.onnx");
    model.nodes.iter().any(foreign).then_some("other domains")
}

/// Runs emitted code of the cases that pass; it has to answer as the interpreter does.
fn emitted(cases: &[Case], outcomes: &mut [Outcome]) {
    let passing: Vec<_> = (0..cases.len())
        .filter(|&i| matches!(outcomes[i], Outcome::Passes))
        .collect();
    let chunks: Vec<_> = passing.chunks(60).enumerate().collect();
    for (number, failures) in in_parallel(&chunks, |(number, chunk)| {
        (*number, emitted_chunk(*number, cases, chunk))
    }) {
        match failures {
            Ok(failures) => failures
                .into_iter()
                .for_each(|(i, reason)| outcomes[i] = Outcome::Fails(reason)),
            Err(reason) => chunks[number]
                .1
                .iter()
                .for_each(|&i| outcomes[i] = Outcome::Fails(reason.clone())),
        }
    }
}

fn emitted_chunk(
    number: usize,
    cases: &[Case],
    chunk: &[usize],
) -> Result<Vec<(usize, String)>, String> {
    let job = |&i: &usize| {
        let compiled = cases[i].compile().map_err(|diags| diags.to_string())?;
        Ok(Job {
            name: cases[i].name.clone(),
            compiled,
        })
    };
    let jobs: Vec<Job> = chunk.iter().map(job).collect::<Result<_, String>>()?;
    let batch = Batch::build(
        &sh::target_dir().join(format!("conformance/batch-{number}")),
        &jobs,
    )?;
    let differs = |(k, &i): (usize, &usize)| {
        let same = || -> Result<bool> {
            for set in cases[i].sets()? {
                let outputs = batch.run(k, &set.inputs).map_err(|e| anyhow!(e))?;
                let expected = interp::run(&jobs[k].compiled.program, &set.inputs)?;
                if !outputs.iter().zip(&expected).all(|(a, b)| a.identical(b)) {
                    return Ok(false);
                }
            }
            Ok(true)
        };
        match same() {
            Ok(true) => None,
            Ok(false) => Some((
                i,
                "emitted code answers otherwise than the interpreter".into(),
            )),
            Err(error) => Some((i, format!("emitted code: {error:#}"))),
        }
    };
    Ok(chunk.iter().enumerate().filter_map(differs).collect())
}

/// Applies a function to all items, on all processors; results are in the order of the items.
fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let take = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|&i| i < items.len());
        let numbers = std::iter::from_fn(take);
        numbers.map(|i| (i, work(&items[i]))).collect::<Vec<_>>()
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut results: Vec<_> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        running
            .into_iter()
            .flat_map(|thread| thread.join().unwrap_or_default())
            .collect()
    });
    results.sort_by_key(|(i, _)| *i);
    results.into_iter().map(|(_, result)| result).collect()
}

/// How many cases of each group came to what, and why the others failed.
fn summary(results: &[(&Case, &Outcome)]) -> String {
    let mut groups: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for (case, outcome) in results {
        let group = case.name.split('/').nth(1).unwrap_or_default();
        let column = match outcome {
            Outcome::Passes => 0,
            Outcome::Fails(_) => 1,
            Outcome::Beside(_) => 2,
        };
        for name in [group, "all"] {
            groups.entry(name).or_default()[column] += 1;
        }
        let reason = match outcome {
            Outcome::Passes => continue,
            Outcome::Fails(reason) => kind(reason),
            Outcome::Beside(reason) => format!("beside: {reason}"),
        };
        *reasons.entry(reason).or_default() += 1;
    }
    let mut text = String::from("group                    pass   fail  beside\n");
    for (name, [passed, failed, beside]) in groups {
        let _ = writeln!(text, "{name:<22} {passed:>6} {failed:>6} {beside:>7}");
    }
    for (reason, count) in reasons {
        let _ = writeln!(text, "{count:>6} {reason}");
    }
    text
}

/// The kind of a failure: the code of the first diagnostic, or that the answer is wrong.
fn kind(reason: &str) -> String {
    let first = reason.lines().next().unwrap_or_default();
    let code = first
        .rsplit_once(" [")
        .and_then(|(_, code)| code.strip_suffix(']'));
    match code {
        Some(code) => code.to_owned(),
        None if reason.contains("instead of") => "wrong answer".into(),
        None => first.to_owned(),
    }
}

/// The list of expected failures as a file.
fn list(results: &[(&Case, &Outcome)]) -> String {
    let mut text = format!(
        "# Cases of ONNX's suite ({PACKAGE}) that fail, and why. Written by `cargo xtask conformance --bless`.\n"
    );
    for (case, outcome) in results {
        if let Outcome::Fails(reason) = outcome {
            let first = reason.lines().next().unwrap_or_default();
            let short: String = first.chars().take(160).collect();
            let _ = writeln!(text, "{RUNNER} {}: {short}", case.name);
        }
    }
    text
}

/// Compares what happened with the list.
fn judge(results: &[(&Case, &Outcome)], whole: bool) -> Result<()> {
    let path: &Path = &sh::root().join(LIST);
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let expected = Expected::parse(&text);
    let mut wrong = Vec::new();
    for (case, outcome) in results {
        let result = match outcome {
            Outcome::Fails(reason) => Err(reason.clone()),
            Outcome::Passes | Outcome::Beside(_) => Ok(()),
        };
        if let Err(reason) = expected.judge(RUNNER, &case.name, result) {
            wrong.push(format!("{}: {reason}", case.name));
        }
    }
    if whole {
        let exists = |_: &str, name: &str| results.iter().any(|(case, _)| case.name == name);
        wrong.extend(
            expected
                .unknown(exists)
                .into_iter()
                .map(|entry| format!("{entry}: there is no such case")),
        );
    }
    ensure!(
        wrong.is_empty(),
        "not as {LIST} says:\n{}",
        wrong.join("\n")
    );
    Ok(())
}
