//! Every case through every runner: each pair is a test by the name `RUNNER::CASE`.
//!
//! `MLC_ONNX_SUITE` adds the cases of ONNX's own suite (the folder `onnx/backend/test/data` of the Python
//! package); `cargo xtask conformance` runs it as a whole.

use libtest_mimic::{Arguments, Trial};
use mlc_compiler::interp;
use mlc_tests::expected::Expected;
use mlc_tests::{Batch, Case, Job};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// Cases that share an emitted program: few enough for a quick build, enough to share its cost.
const BATCH: usize = 50;

type Runner = fn(&Case, &Emitted) -> Result<(), String>;

const RUNNERS: &[(&str, Runner)] = &[("interpreter", interpreter), ("emitted", emitted)];

fn main() {
    let arguments = Arguments::from_args();
    let expected = Arc::new(Expected::parse(include_str!("../expected_failures.txt")));
    let (good, bad): (Vec<_>, Vec<_>) = cases().into_iter().partition(|case| case.must_compile);
    let known = |runner: &str, case: &str| {
        matches!(runner, "tract" | "zoo" | "rows")
            || RUNNERS.iter().any(|(name, _)| *name == runner)
                && good.iter().any(|c| c.name == case)
            || runner == "refused" && bad.iter().any(|c| c.name == case)
    };
    let unknown = expected.unknown(known);
    let mut trials: Vec<Trial> = bad
        .into_iter()
        .map(|case| trial("refused", case, &expected, refused))
        .collect();
    for (number, chunk) in good.chunks(BATCH).enumerate() {
        let emitted = Arc::new(Emitted::new(number, chunk));
        for case in chunk {
            for &(name, run) in RUNNERS {
                let emitted = emitted.clone();
                trials.push(trial(name, case.clone(), &expected, move |case| {
                    run(case, &emitted)
                }));
            }
        }
    }
    trials.push(Trial::test(
        "expected_failures_name_cases",
        move || match unknown.is_empty() {
            true => Ok(()),
            false => Err(format!("no such cases: {unknown:?}").into()),
        },
    ));
    libtest_mimic::run(&arguments, trials).exit();
}

fn cases() -> Vec<Case> {
    let mut cases = mlc_tests::networks();
    cases.extend(mlc_tests::operators());
    cases.extend(mlc_tests::importer());
    cases.extend(mlc_tests::exports());
    let folder = |variable| std::env::var_os(variable).map(PathBuf::from);
    if let Some(data) = folder("MLC_ONNX_SUITE") {
        cases.extend(mlc_tests::suite(&data));
    }
    cases
}

fn trial(
    runner: &'static str,
    case: Case,
    expected: &Arc<Expected>,
    run: impl FnOnce(&Case) -> Result<(), String> + Send + 'static,
) -> Trial {
    let expected = expected.clone();
    let name = format!("{runner}::{}", case.name);
    Trial::test(name, move || {
        let result = run(&case);
        Ok(expected.judge(runner, &case.name, result)?)
    })
}

/// The interpreter gives the recorded answers.
fn interpreter(case: &Case, _: &Emitted) -> Result<(), String> {
    let sets = case.sets().map_err(|diag| diag.to_string())?;
    if sets.is_empty() {
        return case.compile().map(drop).map_err(|diags| diags.to_string());
    }
    for (answer, set) in case.interpret()?.iter().zip(&sets) {
        case.tolerance.compare_set(answer, set)?;
    }
    Ok(())
}

/// Emitted code answers what the interpreter answers, bit for bit.
fn emitted(case: &Case, emitted: &Emitted) -> Result<(), String> {
    let (batch, jobs) = emitted.built()?;
    let number = jobs.iter().position(|job| job.name == case.name);
    let number = number.ok_or("it does not compile")?;
    for set in case.sets().map_err(|diag| diag.to_string())? {
        let outputs = batch.run(number, &set.inputs)?;
        let interpreted = interp::run(&jobs[number].compiled.program, &set.inputs);
        let interpreted = interpreted.map_err(|diag| diag.to_string())?;
        let same = outputs
            .iter()
            .zip(&interpreted)
            .all(|(a, b)| a.identical(b));
        if !same {
            return Err("the interpreter answers otherwise".into());
        }
        case.tolerance.compare_set(&outputs, &set)?;
    }
    Ok(())
}

/// The model is refused with a diagnostic that says what is at fault.
fn refused(case: &Case) -> Result<(), String> {
    let Err(diags) = case.compile() else {
        return Err("it compiles".into());
    };
    let said = diags.to_string();
    let silent = case.mentions.iter().find(|name| !said.contains(*name));
    silent.map_or(Ok(()), |name| {
        Err(format!("`{name}` is not mentioned:\n{said}"))
    })
}

/// The emitted program of some cases, built when it is first needed.
struct Emitted {
    dir: PathBuf,
    cases: Vec<Case>,
    built: OnceLock<Result<(Batch, Vec<Job>), String>>,
}

impl Emitted {
    fn new(number: usize, cases: &[Case]) -> Self {
        Emitted {
            dir: mlc_tests::target_dir().join(format!("batches/cases-{number}")),
            cases: cases.to_vec(),
            built: OnceLock::new(),
        }
    }

    fn built(&self) -> Result<&(Batch, Vec<Job>), String> {
        let build = || {
            let job = |case: &Case| {
                let compiled = case.compile().ok()?;
                Some(Job {
                    name: case.name.clone(),
                    compiled,
                })
            };
            let jobs: Vec<_> = self.cases.iter().filter_map(job).collect();
            let batch = Batch::build(&self.dir, &jobs)?;
            Ok((batch, jobs))
        };
        self.built
            .get_or_init(build)
            .as_ref()
            .map_err(String::clone)
    }
}
