//! The project's own tasks, run as `cargo xtask TASK`.
//!
//! One file per task: its `Args` are what the command line takes, and its `run` does the work. A new
//! task is a new file, its `mod` line and its row in `tasks!`.

mod accuracy;
mod bless;
mod c;
mod channels;
mod ci;
mod conformance;
mod cycles;
mod digits;
mod flatbuffers;
mod format;
mod fuzz;
mod halves;
mod memory;
mod models;
mod package;
mod packages;
mod panics;
mod profiles;
mod projects;
mod proto;
mod qemu;
mod ram;
mod random;
mod sanitize;
mod sh;
mod speed;
mod start;
mod steps;
mod test;
mod tflite;
mod toolchain;
mod zoo;

use std::process::ExitCode;

use clap::Parser;

macro_rules! tasks { ($($name:ident: $module:ident,)*) => {
    #[derive(clap::Subcommand)]
    enum Task {
        $($name($module::Args),)*
    }

    impl Task {
        fn run(self) -> anyhow::Result<()> {
            match self {
                $(Task::$name(args) => $module::run(args),)*
            }
        }
    }
} }

tasks! {
    Accuracy: accuracy,
    Bless: bless,
    C: c,
    Channels: channels,
    Ci: ci,
    Conformance: conformance,
    Cycles: cycles,
    Digits: digits,
    Flatbuffers: flatbuffers,
    Format: format,
    Fuzz: fuzz,
    Halves: halves,
    Memory: memory,
    Package: package,
    Panics: panics,
    Profiles: profiles,
    Projects: projects,
    Proto: proto,
    Qemu: qemu,
    Ram: ram,
    Random: random,
    Sanitize: sanitize,
    Speed: speed,
    Start: start,
    Steps: steps,
    Test: test,
    Tflite: tflite,
    Zoo: zoo,
}

/// The tasks of the mlc project.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

fn main() -> ExitCode {
    match Cli::parse().task.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
