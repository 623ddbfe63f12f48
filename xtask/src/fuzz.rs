//! `cargo xtask fuzz`: feeds what reads files with changed ones, guided by the code they reach.
//!
//! What `cargo fuzz` does with a nightly toolchain is done here with the stable one: the instrumentation is a
//! pass of LLVM, and libFuzzer comes as a crate. Only the sanitizers are missing, which safe code can spare.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow, ensure};
use mlc_codegen::certificate::Certificate;
use mlc_compiler::settings::Ram;
use mlc_tests::properties::{by_rows, in_regions};
use mlc_tests::random;
use mlc_tests::seeds::Subject;

use crate::packages;
use crate::sh;

/// Feeds the importer, the compiler and the readers of samples and plans with changed files; fails if one panics,
/// hangs, or takes too much memory.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Names of targets [default: all].
    targets: Vec<String>,
    /// How long each is fed; 0 is as long as it takes, such as for `-- -runs=10000`.
    #[arg(long, default_value_t = 30)]
    seconds: u32,
    /// What the changes follow from [default: the time].
    #[arg(long)]
    seed: Option<u32>,
    /// More arguments for libFuzzer, such as a file to reproduce a failure with.
    #[arg(last = true)]
    rest: Vec<String>,
}

/// What rustc needs to be told to watch which edges of the code are taken, as in cargo-fuzz.
const INSTRUMENT: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table --cfg fuzzing";

/// Something that reads files, and the files that changes begin with.
struct Target {
    name: &'static str,
    /// Seconds that one file may take.
    patience: u32,
    /// Writes files into a folder.
    seeds: fn(&Path) -> Result<()>,
}

const TARGETS: &[Target] = &[
    Target {
        name: "importer",
        patience: 10,
        seeds: models,
    },
    Target {
        name: "network",
        patience: 20,
        seeds: networks,
    },
    Target {
        name: "tflite",
        patience: 10,
        seeds: layers,
    },
    Target {
        name: "samples",
        patience: 10,
        seeds: samples,
    },
    Target {
        name: "plan",
        patience: 10,
        seeds: plans,
    },
];

pub(crate) fn run(args: Args) -> Result<()> {
    for name in &args.targets {
        let known: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
        ensure!(
            known.contains(&&**name),
            "there is no target `{name}`, but {}",
            known.join(", ")
        );
    }
    let wanted = |target: &&Target| {
        args.targets.is_empty() || args.targets.iter().any(|name| name == target.name)
    };
    let programs = build()?;
    let mut targets = TARGETS.iter().filter(wanted);
    targets.try_for_each(|target| target.feed(&programs, &args))
}

fn folder() -> PathBuf {
    sh::target_dir().join("fuzz")
}

/// Builds all targets, and gives the folder that they are in.
fn build() -> Result<PathBuf> {
    if !packages::runs("c++") {
        packages::install(&["g++"])?;
    }
    let host = sh::capture(Command::new("rustc").args(["--print", "host-tuple"]))?;
    let host = host.trim();
    let mut build = sh::cargo([
        "build",
        "--release",
        "--manifest-path",
        "tests/fuzz/Cargo.toml",
    ]);
    // With a target given, build scripts and macros are not instrumented.
    build.args(["--target", host]).env("RUSTFLAGS", INSTRUMENT);
    sh::run(build.env("CARGO_TARGET_DIR", folder()))?;
    Ok(folder().join(host).join("release"))
}

impl Target {
    fn feed(&self, programs: &Path, args: &Args) -> Result<()> {
        let [found, seeds] = ["corpus", "seeds"].map(|kind| folder().join(kind).join(self.name));
        fs::create_dir_all(&found)?;
        fs::create_dir_all(&seeds)?;
        (self.seeds)(&seeds)?;
        let mut fuzz = Command::new(programs.join(self.name));
        fuzz.arg(format!("-max_total_time={}", args.seconds));
        fuzz.arg(format!("-timeout={}", self.patience));
        fuzz.arg(format!(
            "-artifact_prefix={}/{}-",
            folder().display(),
            self.name
        ));
        fuzz.args(args.seed.map(|seed| format!("-seed={seed}")));
        fuzz.args([
            "-rss_limit_mb=1024",
            "-max_len=16384",
            "-print_final_stats=1",
            "-verbosity=0",
        ]);
        fuzz.args(&args.rest).arg(found).arg(seeds);
        sh::run(&mut fuzz).with_context(|| format!("target `{}`", self.name))
    }
}

/// Models that the importer takes or refuses.
fn models(folder: &Path) -> Result<()> {
    for case in mlc_tests::importer() {
        fs::copy(case.onnx(), folder.join(case.name.replace('/', "-")))?;
    }
    Ok(())
}

/// Networks of one operator each, as TensorFlow Lite keeps them.
fn layers(folder: &Path) -> Result<()> {
    for layer in mlc_tests::tflite::layers() {
        fs::write(folder.join(&layer.name), layer.file())?;
    }
    Ok(())
}

/// How many random networks there are to begin with.
const NETWORKS: u64 = 200;

/// Small random networks: valid ones, so that changes come far.
fn networks(folder: &Path) -> Result<()> {
    for seed in 0..NETWORKS {
        fs::write(folder.join(seed.to_string()), random::network(seed, 4).file)?;
    }
    Ok(())
}

/// Samples of each kind, after the number of the kind.
fn samples(folder: &Path) -> Result<()> {
    let made = sh::root().join("tests/fuzz/samples");
    for (kind, extension) in ["npy", "npz", "png", "jpg", "pb"].iter().enumerate() {
        let sample = fs::read(made.join("sample").with_extension(extension))?;
        fs::write(folder.join(extension), [&[kind as u8], &*sample].concat())?;
    }
    Ok(())
}

/// Plans of random networks by rows and in several memories.
fn plans(folder: &Path) -> Result<()> {
    for subject in (0..NETWORKS / 4).map(Subject::of) {
        let rows = by_rows(&subject, false).map_err(|e| anyhow!(e)).ok();
        let regions = in_regions(&subject, 30, Ram::Least, false).ok();
        for (kind, compiled) in [("rows", rows), ("regions", regions)] {
            let plan = compiled.map(|compiled| Certificate::of(&compiled, "random").to_json());
            let path = folder.join(format!("{kind}-{}", subject.seed));
            plan.map_or(Ok(()), |plan| fs::write(path, plan))?;
        }
    }
    Ok(())
}
