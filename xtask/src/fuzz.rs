//! `cargo xtask fuzz`: feeds the importer with changed models, guided by the code they reach.
//!
//! What `cargo fuzz` does with a nightly toolchain is done here with the stable one: the instrumentation is a
//! pass of LLVM, and libFuzzer comes as a crate. Only the sanitizers are missing, which safe code can spare.

use std::fs;
use std::process::Command;

use crate::packages;
use crate::sh;

/// Feeds the importer with changed models; fails if it panics, hangs, or takes too much memory.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// How long.
    #[arg(long, default_value_t = 30)]
    seconds: u32,
    /// More arguments for libFuzzer, such as a file to reproduce a failure with.
    #[arg(last = true)]
    rest: Vec<String>,
}

/// What rustc needs to be told to watch which edges of the code are taken, as in cargo-fuzz.
const INSTRUMENT: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table --cfg fuzzing";

pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    if !packages::runs("c++") {
        packages::install(&["g++"])?;
    }
    let target = sh::capture(Command::new("rustc").args(["--print", "host-tuple"]))?;
    let target = target.trim();
    let folder = sh::target_dir().join("fuzz");
    let mut build = sh::cargo([
        "build",
        "--release",
        "--manifest-path",
        "tests/fuzz/Cargo.toml",
    ]);
    // With a target given, build scripts and macros are not instrumented.
    build
        .args(["--target", target])
        .env("RUSTFLAGS", INSTRUMENT);
    sh::run(build.env("CARGO_TARGET_DIR", &folder))?;
    let found = folder.join("corpus/importer");
    fs::create_dir_all(&found)?;
    let mut fuzz = Command::new(folder.join(target).join("release/importer"));
    fuzz.arg(format!("-max_total_time={}", args.seconds));
    fuzz.arg(format!("-artifact_prefix={}/", folder.display()));
    fuzz.args([
        "-rss_limit_mb=1024",
        "-timeout=10",
        "-max_len=16384",
        "-print_final_stats=1",
        "-verbosity=0",
    ]);
    fuzz.args(args.rest)
        .arg(found)
        .arg(sh::root().join("fixtures/importer"));
    sh::run(&mut fuzz)
}
