//! `cargo xtask ci`: everything that must hold before a change lands.
//!
//! What others need is checked and built first; the rest runs side by side, a log each, since most checks keep one
//! processor busy. The tests' log comes last, so that the test runner's own closing lines close ours.

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, bail};

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

/// One after the other, cheapest first.
const FIRST: &[Step] = &[
    Step {
        name: "format",
        commands: &[&["xtask", "format", "--check"]],
        needs: None,
    },
    Step {
        name: "lints",
        commands: &[
            &["clippy", "--workspace", "--all-targets", "--", "-Dwarnings"],
            // The only code that is there or not by a feature of the command.
            &[
                "clippy",
                "-p",
                "mlc-cli",
                "--all-targets",
                "--all-features",
                "--",
                "-Dwarnings",
            ],
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
        name: "build",
        commands: &[&["test", "--workspace", "--no-run"]],
        needs: None,
    },
];

/// The tests begin with those that run side by side and are shown after all of them.
const TESTS: Step = Step {
    name: "tests",
    commands: &[&["xtask", "test"]],
    needs: None,
};

/// Side by side, the longest first.
const THEN: &[Step] = &[
    TESTS,
    // One after the other: they share what is built for boards.
    Step {
        name: "boards",
        commands: &[
            &["xtask", "qemu", "--counts"],
            &["xtask", "qemu", "--random", "0..200"],
            &[
                "xtask",
                "qemu",
                "--board=mps2-an386",
                "--region=dtcm=1500,psram=16k",
                "--hot-weights=dtcm",
                "fixtures/digits_int8",
            ],
            &["xtask", "panics"],
            &["xtask", "panics", "--opt-level", "s"],
        ],
        needs: None,
    },
    Step {
        name: "zoo",
        commands: &[&["xtask", "zoo"]],
        needs: Some("MLC_ZOO"),
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
        name: "conformance",
        commands: &[&["xtask", "conformance"]],
        needs: None,
    },
    Step {
        name: "tflite",
        commands: &[&["xtask", "tflite"]],
        needs: None,
    },
    Step {
        name: "accuracy",
        commands: &[&["xtask", "accuracy", "--alone"]],
        needs: Some("MLC_ZOO"),
    },
    Step {
        name: "fuzz",
        // From one seed, so that luck has little to do with what lands; longer runs are for people.
        commands: &[&["xtask", "fuzz", "--seconds", "15", "--seed", "1"]],
        needs: None,
    },
    Step {
        name: "sanitizer",
        commands: &[&["xtask", "sanitize"]],
        needs: None,
    },
    Step {
        name: "doors",
        commands: &[
            &["xtask", "digits"],
            &["run", "-q", "-p", "mlc-cli", "--example", "digits"],
            &[
                "run",
                "-q",
                "-p",
                "mlc-macros",
                "--example",
                "digits_in_place",
            ],
            &["run", "-q", "--manifest-path", DOOR_OF_SCRIPTS],
            // A sample: `cargo xtask projects` builds all of them.
            &[
                "xtask",
                "projects",
                "--board=stm32f405",
                "--board=microbit",
                "--board=c",
                "--board=linux",
                "--board=web",
            ],
            &["xtask", "c"],
            &[
                "test",
                "-q",
                "-p",
                "mlc-cli",
                "--features",
                "tract",
                "--test",
                "verify",
            ],
        ],
        needs: None,
    },
    Step {
        name: "packages",
        commands: &[&["xtask", "package"]],
        needs: None,
    },
    Step {
        name: "memory",
        commands: &[&["xtask", "memory"]],
        needs: None,
    },
];

pub(crate) fn run(_: Args) -> Result<()> {
    let mut summary = Vec::new();
    for step in FIRST {
        println!("\n== {} ==", step.name);
        let took = step.run(None)?;
        println!("{took}");
        summary.push((step.name, took));
    }
    summary.extend(side_by_side(THEN)?);
    let lines = summary
        .iter()
        .map(|(name, took)| format!("\n  {name:<14} {took}"));
    println!("\nAll checks:{}\n", lines.collect::<String>());
    show(&TESTS)
}

/// Runs steps, as many at a time as there are processors, and says how long each took. What a step prints is shown as soon
/// as it is done; one that fails stops no other, so that all failures are seen.
fn side_by_side(steps: &'static [Step]) -> Result<Vec<(&'static str, String)>> {
    fs::create_dir_all(folder())?;
    let queue = Mutex::new(steps.iter());
    let done = Mutex::new((Vec::new(), Vec::new()));
    let worker = || {
        while let Some(step) = next(&queue) {
            println!("== {} begins ==", step.name);
            let result = File::create(log(step))
                .context("cannot write a log")
                .and_then(|log| step.run(Some(log)));
            let mut done = done.lock().unwrap_or_else(|broken| broken.into_inner());
            let is_last = step.name == TESTS.name && result.is_ok();
            if !is_last && let Err(error) = show(step) {
                println!("{error:#}");
            }
            match result {
                Ok(took) => done.0.push((step.name, took)),
                Err(error) => done.1.push(format!("{error:#}")),
            }
        }
    };
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(worker);
        }
    });
    let (done, failures) = done
        .into_inner()
        .unwrap_or_else(|broken| broken.into_inner());
    match failures.is_empty() {
        true => Ok(done),
        false => bail!("{}", failures.join("\n")),
    }
}

fn next(queue: &Mutex<std::slice::Iter<'static, Step>>) -> Option<&'static Step> {
    let mut queue = queue.lock().unwrap_or_else(|broken| broken.into_inner());
    queue.next()
}

fn folder() -> PathBuf {
    sh::target_dir().join("ci")
}

fn log(step: &Step) -> PathBuf {
    folder().join(step.name).with_extension("log")
}

/// Prints what a step has printed.
fn show(step: &Step) -> Result<()> {
    println!("\n== {} ==", step.name);
    let mut log = File::open(log(step)).context("a log is gone")?;
    io::copy(&mut log, &mut io::stdout().lock()).context("cannot print a log")?;
    Ok(())
}

impl Step {
    /// Runs the check, which prints into `log` if there is one, and says how long it took, or why it was left out.
    fn run(&self, log: Option<File>) -> Result<String> {
        if let Some(variable) = self.needs.filter(|name| std::env::var_os(name).is_none()) {
            return Ok(format!("left out: {variable} is not set"));
        }
        let start = Instant::now();
        for arguments in self.commands {
            let mut command = command(arguments)?;
            if let Some(log) = &log {
                command.stdout(log.try_clone()?).stderr(log.try_clone()?);
            }
            sh::run(&mut command).with_context(|| format!("check `{}`", self.name))?;
        }
        Ok(format!("{:6.1} s", start.elapsed().as_secs_f64()))
    }
}

/// Cargo with warnings of the documentation made errors; tasks of ours without it, since it would wait for whatever is being
/// built.
fn command(arguments: &[&str]) -> Result<Command> {
    let mut command = match arguments {
        ["xtask", arguments @ ..] => {
            let mut task =
                Command::new(std::env::current_exe().context("this program has a path")?);
            task.args(arguments).current_dir(sh::root());
            task
        }
        _ => sh::cargo(arguments),
    };
    command
        .env("RUSTDOCFLAGS", "-Dwarnings")
        .stdin(Stdio::null());
    Ok(command)
}
