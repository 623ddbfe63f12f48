//! `cargo xtask ci`: everything that must hold before a change lands, cheapest first.
//!
//! The tests come last, so that the test runner's own closing lines close the log.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::sh;

/// Runs every check: formatting, lints, documentation and the tests.
#[derive(clap::Args)]
pub(crate) struct Args {}

/// A check by name: what cargo is asked to do, and settings of its environment.
struct Step {
    name: &'static str,
    cargo: &'static [&'static str],
    env: &'static [(&'static str, &'static str)],
}

const fn step(name: &'static str, cargo: &'static [&'static str]) -> Step {
    Step {
        name,
        cargo,
        env: &[],
    }
}

const STEPS: &[Step] = &[
    step("format", &["fmt", "--all", "--check"]),
    step(
        "lints",
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
    ),
    Step {
        name: "documentation",
        cargo: &[
            "doc",
            "--workspace",
            "--no-deps",
            "--document-private-items",
        ],
        env: &[("RUSTDOCFLAGS", "-D warnings")],
    },
];

pub(crate) fn run(_: Args) -> Result<()> {
    let mut times = Vec::new();
    for step in STEPS {
        let time = timed(step).with_context(|| format!("the check `{}` failed", step.name))?;
        times.push((step.name, time));
    }
    report(&times);
    sh::run(&mut sh::cargo(["xtask", "test"]))
}

fn timed(step: &Step) -> Result<Duration> {
    eprintln!("\n== {} ==", step.name);
    let start = Instant::now();
    sh::run(sh::cargo(step.cargo).envs(step.env.iter().copied()))?;
    Ok(start.elapsed())
}

fn report(times: &[(&str, Duration)]) {
    println!("\nChecks passed, in seconds:");
    for (name, time) in times {
        println!("{:>8.1}  {name}", time.as_secs_f64());
    }
    println!("\n== tests ==");
}
