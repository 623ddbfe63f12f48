//! `cargo xtask sanitize`: kernels and emitted networks under AddressSanitizer.
//!
//! All `unsafe` is in the arena and in `simd/`, and rustc takes our word for it; here every read and write of theirs is
//! watched. Before anything else, faults are planted in copies of the runtime, and have to be reported. The sanitizer needs
//! a nightly toolchain. Miri would see more, aliasing above all, but not the instructions of `simd/`; it runs where it is
//! installed.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Result, anyhow, ensure};
use mlc_compiler::passes::PASSES;
use mlc_compiler::settings::{Ram, Settings, TimeAxis};
use mlc_compiler::tensor::Tensor;
use mlc_compiler::{Compiled, compile_observed, interp};
use mlc_tests::properties::{by_rows, in_regions};
use mlc_tests::random::Random;
use mlc_tests::seeds::{Subject, Trial, disagreements};
use mlc_tests::sequences::{AXIS, Sequence, by_steps};
use mlc_tests::{Batch, Case, Job, Rustc};

use crate::sh;

/// Runs the tests of the kernels and a batch of emitted networks under AddressSanitizer.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// So many random networks in each form.
    #[arg(long, default_value_t = 10)]
    seeds: u64,
}

const TOOLCHAIN: &str = "nightly";
/// Tests leak what their constants are made of; what is emitted has no heap.
const NO_LEAKS: (&str, &str) = ("ASAN_OPTIONS", "detect_leaks=0");
const FLAGS: [&str; 1] = ["-Zsanitizer=address"];
/// Slices that one stepping network takes.
const SLICES: usize = 12;

pub(crate) fn run(args: Args) -> Result<()> {
    if !runs(&["rustc", "--version"]) {
        println!("left out: there is no nightly toolchain, which AddressSanitizer needs");
        return Ok(());
    }
    PLANTS.iter().try_for_each(Plant::is_seen)?;
    kernels()?;
    networks(&args)?;
    miri()
}

/// Whether a program of the toolchain runs.
fn runs(words: &[&str]) -> bool {
    let mut command = Command::new("rustup");
    command
        .args(["run", TOOLCHAIN])
        .args(words)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// `cargo` of the toolchain, with a target folder of its own.
fn cargo(words: &[&str]) -> Command {
    let mut command = Command::new("rustup");
    command
        .args(["run", TOOLCHAIN, "cargo"])
        .args(words)
        .current_dir(sh::root());
    for variable in ["RUSTC", "CARGO", "RUSTUP_TOOLCHAIN"] {
        command.env_remove(variable);
    }
    command.env("CARGO_TARGET_DIR", folder());
    command
}

fn folder() -> std::path::PathBuf {
    sh::target_dir().join("sanitize")
}

/// A fault in a place where the runtime is trusted, which has to be seen: else nothing that is not seen means anything.
struct Plant {
    name: &'static str,
    /// The file of the runtime's sources, what it says, and what it says instead.
    file: &'static str,
    sound: &'static str,
    unsound: &'static str,
    /// A network that comes by.
    network: &'static str,
}

const PLANTS: &[Plant] = &[
    Plant {
        name: "a place beyond its arena",
        file: "arena.rs",
        sound: "(&mut *base.add($r::SPAN.start).cast(),)",
        unsound: "(&mut *base.add($r::SPAN.start + $r::SPAN.memory.next_multiple_of(ALIGN)).cast(),)",
        network: "digits",
    },
    Plant {
        name: "a vector beyond its weights",
        file: "simd/x86_64.rs",
        sound: "V::load_integers(w.as_ptr().cast())",
        unsound: "V::load_integers(w.as_ptr().add(1 << 20).cast())",
        network: "digits_int8",
    },
];

impl Plant {
    /// Fails unless AddressSanitizer reports what the network does with the fault.
    fn is_seen(&self) -> Result<()> {
        let folder = folder().join("planted").join(self.network);
        let sources = folder.join("src");
        self.write(&sources)?;
        let rustc = Rustc::of(TOOLCHAIN, &FLAGS, folder.clone()).with_runtime(&sources, folder);
        let case = mlc_tests::networks()
            .into_iter()
            .find(|case| case.name.ends_with(self.network));
        let case = case.ok_or_else(|| anyhow!("there is no network `{}`", self.network))?;
        let seen = disagreements("faulty", cases(&case)?, &rustc).map_err(|e| anyhow!(e))?;
        let reported = |what: &String| what.contains("AddressSanitizer");
        ensure!(
            !seen.is_empty() && seen.iter().all(reported),
            "{} is not reported, so nothing here is watched: {}",
            self.name,
            seen.join("\n")
        );
        println!("{} is reported", self.name);
        Ok(())
    }

    /// The runtime's sources, with the fault.
    fn write(&self, sources: &Path) -> Result<()> {
        copy_folder(&sh::root().join("runtime-core/src"), sources)?;
        let path = sources.join(self.file);
        let text = fs::read_to_string(&path)?;
        ensure!(
            text.contains(self.sound),
            "`{}` has no `{}` any more, where a fault is to be planted",
            self.file,
            self.sound
        );
        Ok(fs::write(&path, text.replace(self.sound, self.unsound))?)
    }
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => copy_folder(&entry.path(), &place)?,
            false => drop(fs::copy(entry.path(), place)?),
        }
    }
    Ok(())
}

/// The kernels' own tests.
fn kernels() -> Result<()> {
    let host = sh::capture(Command::new("rustc").args(["--print", "host-tuple"]))?;
    // With a target given, the build script's and macros' own code is not watched.
    let words = [
        "test",
        "-q",
        "-p",
        "mlc-runtime-core",
        "--features",
        "host",
        "--lib",
        "--target",
        host.trim(),
    ];
    let mut tests = cargo(&words);
    sh::run(
        tests
            .env("RUSTFLAGS", FLAGS.join(" "))
            .env(NO_LEAKS.0, NO_LEAKS.1),
    )
}

/// Networks of this project and random ones, whole, by rows, fed row by row, in several memories and by steps.
fn networks(args: &Args) -> Result<()> {
    let start = Instant::now();
    let rustc = Rustc::of(TOOLCHAIN, &FLAGS, folder());
    let mut trials = Vec::new();
    for case in mlc_tests::networks() {
        trials.extend(cases(&case)?);
    }
    for subject in (0..args.seeds).map(Subject::of) {
        trials.extend(Trial::of("whole", &subject, |s| s.compiled().ok().cloned()));
        trials.extend(Trial::of("rows", &subject, |s| by_rows(s, false).ok()));
        trials.extend(Trial::of("fed", &subject, |s| by_rows(s, true).ok()));
        trials.extend(Trial::of("regions", &subject, |s| {
            in_regions(s, 30, Ram::Least, false).ok()
        }));
    }
    let count = trials.len();
    let mut wrong = disagreements("networks", trials, &rustc).map_err(|e| anyhow!(e))?;
    let (stepping, failed) = steps(args.seeds, &rustc)?;
    wrong.extend(failed);
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{count} networks and {stepping} that take steps under AddressSanitizer, {seconds:.0} s"
    );
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// A network of this project, whole and by rows, for each recorded input.
fn cases(case: &Case) -> Result<Vec<Trial>> {
    let mut trials = Vec::new();
    for ram in [Ram::Plain, Ram::Least] {
        let settings = Settings {
            ram,
            ..Settings::default()
        };
        let compiled = compile_observed(&case.model()?, settings, PASSES, &mut |_, _| ())?;
        // One recorded run shows what is read and written.
        for set in case.sets()?.into_iter().take(1) {
            let expected = interp::run(&compiled.program, &set.inputs)?;
            let job = Job {
                name: format!("{} {ram}", case.name),
                compiled: compiled.clone(),
            };
            trials.push(Trial {
                job,
                inputs: set.inputs,
                expected,
            });
        }
    }
    Ok(trials)
}

/// Networks that take time slice by slice: how many there are, and what went wrong.
fn steps(seeds: u64, rustc: &Rustc) -> Result<(usize, Vec<String>)> {
    let compiled = |seed| -> Option<(Job, Vec<Tensor>)> {
        let sequence = Sequence::of(seed);
        let model = mlc_compiler::onnx::parse(&sequence.model(SLICES), None).ok()?;
        let compiled: Compiled = by_steps(&model, TimeAxis::Given(AXIS)).ok()?;
        let port = compiled.program.inputs.first()?.ty.clone();
        let mut random = Random::new(seed);
        let slices = (0..SLICES).map(|_| random.of(&port, false)).collect();
        Some((
            Job {
                name: format!("steps {seed}"),
                compiled,
            },
            slices,
        ))
    };
    let (jobs, inputs): (Vec<_>, Vec<_>) = (0..seeds).filter_map(compiled).unzip();
    let batch = Batch::build_by(rustc, &rustc.folder("steps"), &jobs).map_err(|e| anyhow!(e))?;
    let runs = inputs.iter().enumerate().filter_map(|(job, slices)| {
        let failure = batch.run_steps(job, slices).err()?;
        Some(format!("{}: {failure}", jobs[job].name))
    });
    Ok((jobs.len(), runs.collect()))
}

/// The arena and streams under Miri, where that is installed.
fn miri() -> Result<()> {
    if !runs(&["cargo", "miri", "--version"]) {
        println!("Miri is left out: it is not part of the nightly toolchain here");
        return Ok(());
    }
    let words = [
        "miri",
        "test",
        "-q",
        "-p",
        "mlc-runtime-core",
        "--lib",
        "arena",
        "stream",
    ];
    sh::run(&mut cargo(&words))
}
