//! `cargo xtask tflite`: files of TensorFlow Lite, and what its engines make of them.
//!
//! Networks of one operator each (`tests/src/tflite`), and with `MLC_ZOO` those of the zoo that are there in this format, are
//! given to LiteRT's reference kernels and to TensorFlow Lite for Microcontrollers (`engines.py`), which come from PyPI into a folder below
//! Cargo's target folder. Each engine's profile has to answer as it does: integers bit for bit, floats within 1e-5. Failures are
//! expected where `tests/tflite.txt` lists them, and nowhere else.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use mlc_codegen::Options;
use mlc_compiler::quantization::Profile;
use mlc_compiler::tensor::{DType, Tensor};
use mlc_compiler::{interp, npy};
use mlc_tests::expected::Expected;
use mlc_tests::tflite::{Random, layers, made_up};

use crate::{models, packages, sh};

/// Compares networks in TensorFlow Lite's format with what its engines answer.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Parts of the names of cases [default: all].
    cases: Vec<String>,
    /// Rounds of made up inputs.
    #[arg(long, default_value_t = 4)]
    rounds: usize,
    /// Write the list of expected failures anew.
    #[arg(long)]
    bless: bool,
}

/// What is installed.
const PACKAGES: [&str; 4] = [
    "ai-edge-litert==2.3.0",
    "tflite-micro==0.dev20261023182759",
    "flatbuffers==25.12.19",
    "numpy==2.4.6",
];

const SCRIPT: &str = include_str!("tflite/engines.py");
const LIST: &str = "tests/tflite.txt";

/// Engines by the names of their answers, with their arithmetic.
const ENGINES: [(&str, Profile); 2] = [("tflite", Profile::TfLite), ("tflm", Profile::TfLm)];

/// A file and its inputs, round by round.
struct Case {
    name: String,
    /// The builtin, if it is a single one.
    builtin: Option<&'static str>,
    file: PathBuf,
    rounds: Vec<Vec<Tensor>>,
}

/// What became of a case under an engine that answers.
struct Outcome<'a> {
    engine: &'static str,
    case: &'a Case,
    result: Result<(), String>,
}

pub(crate) fn run(args: Args) -> Result<()> {
    let folder = sh::target_dir().join("tflite");
    let given = folder.join("cases");
    if given.exists() {
        std::fs::remove_dir_all(&given)?;
    }
    let mut cases = singles(&given, args.rounds)?;
    cases.extend(zoo(args.rounds)?);
    let wanted = |case: &Case| {
        args.cases.is_empty() || args.cases.iter().any(|part| case.name.contains(part))
    };
    cases.retain(wanted);
    ensure!(!cases.is_empty(), "no such case");
    let mut outcomes = Vec::new();
    ask(&folder, &given, &cases)?;
    for case in &cases {
        let answered = outcomes.len();
        for (engine, profile) in ENGINES {
            if let Some(result) = judged(&given, case, engine, profile)? {
                outcomes.push(Outcome {
                    engine,
                    case,
                    result,
                });
            }
        }
        ensure!(
            outcomes.len() > answered,
            "{}: no engine answers; what they said is in {}",
            case.name,
            given.display()
        );
    }
    print(&outcomes);
    match args.bless {
        true => Ok(std::fs::write(sh::root().join(LIST), list(&outcomes))?),
        false => judge(&outcomes, args.cases.is_empty()),
    }
}

/// Networks of one operator.
fn singles(folder: &Path, rounds: usize) -> Result<Vec<Case>> {
    let case = |layer: mlc_tests::tflite::Layer| {
        let file = folder.join(&layer.name).with_extension("tflite");
        std::fs::create_dir_all(folder)?;
        std::fs::write(&file, layer.file())?;
        Ok(Case {
            rounds: (0..rounds).map(|round| layer.given(round)).collect(),
            builtin: Some(layer.code.name()),
            name: layer.name,
            file,
        })
    };
    layers().into_iter().map(case).collect()
}

/// Networks of the zoo, on made up inputs.
fn zoo(rounds: usize) -> Result<Vec<Case>> {
    let Ok(folder) = models::zoo() else {
        eprintln!("MLC_ZOO names no folder: no network of the zoo is tried");
        return Ok(Vec::new());
    };
    let cases = mlc_tests::zoo(&folder).into_iter();
    let files = cases.map(|case| (case.name.replace('/', "_"), case.dir.join("model.tflite")));
    let case = |(name, file): (String, PathBuf)| {
        let model = mlc_compiler::load(&file)?;
        let mut random = Random::of(&name);
        let shapes = model
            .inputs
            .iter()
            .map(|input| (input.dtype, input.shape().unwrap_or_default()));
        let shapes: Vec<_> = shapes.collect();
        let mut round = || {
            shapes
                .iter()
                .map(|(dtype, shape)| made_up(*dtype, shape, range(*dtype), &mut random))
                .collect()
        };
        Ok(Case {
            rounds: (0..rounds).map(|_| round()).collect(),
            builtin: None,
            name,
            file,
        })
    };
    files.filter(|(_, file)| file.is_file()).map(case).collect()
}

/// Between which numbers made up elements are.
fn range(dtype: DType) -> (f64, f64) {
    match dtype {
        DType::I8 => (-128.0, 127.0),
        DType::U8 => (0.0, 255.0),
        _ => (-1.0, 1.0),
    }
}

/// Lets the engines answer: what they are asked stands in a folder for each round of each case.
fn ask(folder: &Path, given: &Path, cases: &[Case]) -> Result<()> {
    for case in cases {
        for (round, inputs) in case.rounds.iter().enumerate() {
            let place = place(given, case, round);
            std::fs::create_dir_all(&place)?;
            std::fs::copy(&case.file, place.join("model.tflite"))?;
            for (i, input) in inputs.iter().enumerate() {
                npy::save(&place.join(format!("input_{i}.npy")), input)?;
            }
        }
    }
    let script = folder.join("run.py");
    std::fs::write(&script, SCRIPT)?;
    let mut python = Command::new("python3");
    python
        .arg(script)
        .arg(given)
        .env("PYTHONPATH", packages::python(folder, &PACKAGES)?);
    sh::capture(&mut python).map(drop)
}

fn place(given: &Path, case: &Case, round: usize) -> PathBuf {
    given.join(format!("{}.{round}", case.name))
}

/// Whether a case answers as an engine does; nothing if the engine has no answer.
fn judged(
    given: &Path,
    case: &Case,
    engine: &str,
    profile: Profile,
) -> Result<Option<Result<(), String>>> {
    let mut answers = Vec::new();
    for round in 0..case.rounds.len() {
        let place = place(given, case, round);
        let files = (0..).map(|i| place.join(format!("{engine}_{i}.npy")));
        let files = files.take_while(|file| file.is_file());
        let answer = files
            .map(|file| Ok(npy::load(&file)?))
            .collect::<Result<Vec<_>>>()?;
        if answer.is_empty() {
            return Ok(None);
        }
        answers.push(answer);
    }
    let compiled = match Options::new(&case.file).profile(profile).compile() {
        Ok(compiled) => compiled,
        Err(diags) => return Ok(Some(Err(diags.to_string()))),
    };
    for (inputs, answer) in case.rounds.iter().zip(&answers) {
        let found = interp::run(&compiled.program, inputs).with_context(|| case.name.clone())?;
        if let Err(reason) = compare(&found, answer, case.builtin.is_some()) {
            return Ok(Some(Err(reason)));
        }
    }
    Ok(Some(Ok(())))
}

fn compare(found: &[Tensor], answers: &[Tensor], single: bool) -> Result<(), String> {
    if found.len() != answers.len() {
        return Err(format!("{} outputs, not {}", found.len(), answers.len()));
    }
    for (a, b) in found.iter().zip(answers) {
        // Truth values come back as bytes.
        if a.ty.shape != b.ty.shape || a.ty.dtype.storage() != b.ty.dtype.storage() {
            return Err(format!("{} instead of {}", a.ty, b.ty));
        }
        let differing = match (a.values::<f32>(), b.values::<f32>()) {
            (Some(a), Some(b)) => {
                // Of sums of sums, as networks have them, the greatest is the measure.
                let greatest = b.iter().fold(1.0, |most: f32, x| most.max(x.abs()));
                let measure = |x: f32| if single { x.abs().max(1.0) } else { greatest };
                let is_far = |(a, b): &(&f32, &f32)| !is_close(**a, **b, measure(**b));
                a.iter().zip(b).filter(is_far).count()
            }
            _ => differing_integers(a, b),
        };
        if differing > 0 {
            return Err(format!("{differing} of {} elements differ", a.ty.len()));
        }
    }
    Ok(())
}

fn is_close(a: f32, b: f32, measure: f32) -> bool {
    a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-5 * measure
}

fn differing_integers(a: &Tensor, b: &Tensor) -> usize {
    let both = a.to_vec::<i64>().zip(b.to_vec::<i64>());
    both.map_or(a.ty.len(), |(a, b)| {
        a.iter().zip(&b).filter(|(a, b)| a != b).count()
    })
}

fn print(outcomes: &[Outcome<'_>]) {
    for (engine, _) in ENGINES {
        let tried = outcomes.iter().filter(|outcome| outcome.engine == engine);
        let passed = tried
            .clone()
            .filter(|outcome| outcome.result.is_ok())
            .count();
        println!("{engine}: {passed} of {} cases", tried.count());
    }
    let mut builtins: BTreeMap<_, bool> = BTreeMap::new();
    for outcome in outcomes {
        let name = outcome.case.builtin;
        name.into_iter()
            .for_each(|name| *builtins.entry(name).or_insert(true) &= outcome.result.is_ok());
    }
    let whole = builtins.values().filter(|passes| **passes).count();
    println!("{whole} of {} builtins without a failure", builtins.len());
}

/// The list of expected failures as a file.
fn list(outcomes: &[Outcome<'_>]) -> String {
    let mut text = "# Cases in which an engine of TensorFlow Lite answers otherwise. Written by `cargo xtask tflite --bless`.\n".to_owned();
    for Outcome {
        engine,
        case,
        result,
    } in outcomes
    {
        if let Err(reason) = result {
            let first = reason.lines().next().unwrap_or_default();
            let _ = writeln!(text, "{engine} {}: {first}", case.name);
        }
    }
    text
}

/// Compares what happened with the list.
fn judge(outcomes: &[Outcome<'_>], whole: bool) -> Result<()> {
    let path = sh::root().join(LIST);
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let expected = Expected::parse(&text);
    let mut wrong = Vec::new();
    for Outcome {
        engine,
        case,
        result,
    } in outcomes
    {
        if let Err(reason) = expected.judge(engine, &case.name, result.clone()) {
            wrong.push(format!("{engine} {}: {reason}", case.name));
        }
    }
    if whole {
        let exists = |engine: &str, name: &str| {
            outcomes
                .iter()
                .any(|o| o.engine == engine && o.case.name == name)
        };
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
