//! `cargo xtask ci`: everything that must hold before a change lands, cheapest first.
//!
//! The tests come last, so that the test runner's own closing lines close the log.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::sh;

/// Runs every check: formatting, lints, documentation, panic paths, emulated boards, the model zoo and the tests.
#[derive(clap::Args)]
pub(crate) struct Args {}

/// A check: what cargo is asked to do.
struct Step {
    name: &'static str,
    commands: &'static [&'static [&'static str]],
    /// It needs this variable of the environment, and is left out, with a word, where that is not set.
    needs: Option<&'static str>,
}

/// The workspace of what runs on boards and in the emulator.
const METAL: &str = "tests/metal/Cargo.toml";

/// A program that gets its network from a build script.
const DOOR_OF_SCRIPTS: &str = "codegen/build/examples/digits/Cargo.toml";

const STEPS: &[Step] = &[
    Step {
        name: "format",
        commands: &[&["xtask", "format", "--check"]],
        needs: None,
    },
    Step {
        name: "lints",
        commands: &[
            &["clippy", "--workspace", "--all-targets", "--", "-Dwarnings"],
            &["clippy", "--manifest-path", METAL, "--", "-Dwarnings"],
        ],
        needs: None,
    },
    Step {
        name: "documentation",
        commands: &[&[
            "doc",
            "--workspace",
            "--no-deps",
            "--document-private-items",
        ]],
        needs: None,
    },
    Step {
        name: "doors",
        commands: &[
            &["xtask", "digits"],
            &["run", "-q", "-p", "mlc", "--example", "digits"],
            &[
                "run",
                "-q",
                "-p",
                "mlc-macros",
                "--example",
                "digits_in_place",
            ],
            &["run", "-q", "--manifest-path", DOOR_OF_SCRIPTS],
        ],
        needs: None,
    },
    Step {
        name: "panics",
        commands: &[
            &["xtask", "panics"],
            &["xtask", "panics", "--opt-level", "s"],
        ],
        needs: None,
    },
    Step {
        name: "fuzz",
        commands: &[&["xtask", "fuzz", "--seconds", "30"]],
        needs: None,
    },
    Step {
        name: "qemu",
        commands: &[
            &["xtask", "qemu", "--all"],
            &[
                "xtask",
                "qemu",
                "--board=mps2-an386",
                "--region=dtcm=1500,psram=16k",
                "--hot-weights=dtcm",
                "fixtures/digits_int8",
            ],
        ],
        needs: None,
    },
    Step {
        name: "zoo",
        commands: &[&["xtask", "zoo"]],
        needs: Some("MLC_ZOO"),
    },
    Step {
        name: "memory",
        commands: &[&["xtask", "memory"]],
        needs: None,
    },
    Step {
        name: "ram",
        commands: &[
            &["xtask", "ram", "--alone"],
            &["xtask", "channels"],
            // Floats are known to be finite within a range only.
            &[
                "xtask",
                "channels",
                "mlperf_vww_fp32",
                "--input-range",
                "0..1",
            ],
            &["xtask", "steps"],
        ],
        needs: Some("MLC_ZOO"),
    },
    Step {
        name: "accuracy",
        commands: &[&["xtask", "accuracy", "--alone"]],
        needs: Some("MLC_ZOO"),
    },
    Step {
        name: "conformance",
        commands: &[&["xtask", "conformance"]],
        needs: None,
    },
];

const TESTS: Step = Step {
    name: "tests",
    commands: &[&["xtask", "test"]],
    needs: None,
};

pub(crate) fn run(_: Args) -> Result<()> {
    let mut summary = Vec::new();
    for step in STEPS {
        summary.push(format!("{:<14} {}", step.name, step.run()?));
    }
    println!("\nChecks before the tests:\n  {}", summary.join("\n  "));
    TESTS.run().map(drop)
}

impl Step {
    /// Runs the check and says how long it took, or why it was left out.
    fn run(&self) -> Result<String> {
        println!("\n== {} ==", self.name);
        if let Some(variable) = self.needs.filter(|name| std::env::var_os(name).is_none()) {
            let word = format!("left out: {variable} is not set");
            println!("{word}");
            return Ok(word);
        }
        let start = Instant::now();
        for command in self.commands {
            sh::run(&mut strict(command)).with_context(|| format!("check `{}`", self.name))?;
        }
        Ok(format!("{:6.1} s", start.elapsed().as_secs_f64()))
    }
}

/// Cargo with warnings of the documentation made errors.
fn strict(arguments: &[&str]) -> Command {
    let mut command = sh::cargo(arguments);
    command.env("RUSTDOCFLAGS", "-Dwarnings");
    command
}
