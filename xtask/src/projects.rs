//! `cargo xtask projects`: every project that `mlc new` writes, built without a warning, and run where an emulator or this
//! machine can: it says itself whether its answer is right, `mlc verify` says so of each layer, and finds one that is falsified.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use mlc_compiler::target::TargetRef;
use serde::Deserialize;
use serde_json::Value;

use crate::toolchain::{self, Toolchain};
use crate::{packages, sh};

/// Writes, builds and runs a project for each board.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only these boards [default: all that `mlc new --list` shows].
    #[arg(long, value_name = "BOARD")]
    board: Vec<String>,
    /// The network [default: the digits that come along].
    #[arg(long, value_name = "MODEL")]
    model: Option<PathBuf>,
}

/// A board, as `mlc new --list --json` has it.
#[derive(Deserialize)]
struct Board {
    name: String,
    target: String,
    emulator: Option<String>,
}

/// No answer takes longer in an emulator.
const PATIENCE: Duration = Duration::from_secs(300);

pub(crate) fn run(args: Args) -> Result<()> {
    let mlc = command()?;
    let list = sh::capture(Command::new(&mlc).args(["new", "--list", "--json"]))?;
    let mut boards: Vec<Board> = serde_json::from_str(&list).context("the list of boards")?;
    if let Some(unknown) = args
        .board
        .iter()
        .find(|name| boards.iter().all(|b| b.name != **name))
    {
        bail!("no board is called `{unknown}`");
    }
    boards.retain(|board| args.board.is_empty() || args.board.contains(&board.name));
    let targets = boards
        .iter()
        .map(Board::triple)
        .collect::<Result<Vec<_>>>()?;
    let triples: Vec<&str> = targets.iter().flatten().copied().collect();
    packages::install(&toolchain::missing_packages(&triples))?;
    let toolchain = Toolchain::for_targets(&triples)?;
    let folder = sh::target_dir().join("projects");
    // One for all: what they depend on is built once for each core.
    let built = folder.join("target");
    println!("{:<12} {:>8} {:>8}  answer", "board", "flash", "RAM");
    for (board, triple) in boards.iter().zip(targets) {
        let dir = folder.join(&board.name);
        if dir.exists() {
            fs::remove_dir_all(&dir)?;
        }
        write(&mlc, board, &dir, args.model.as_deref())?;
        let line = match triple {
            Some(triple) if dir.join(PAGE).exists() => page(&toolchain, triple, &dir)?,
            Some(triple) => {
                let asked = Asked {
                    mlc: &mlc,
                    model: args.model.as_deref(),
                };
                firmware(&toolchain, asked, board, triple, [&dir, &built])?
            }
            None if dir.join("Makefile").exists() => made(&dir)?,
            None => program([&dir, &built])?,
        };
        println!("{:<12} {line}", board.name);
    }
    Ok(())
}

impl Board {
    fn triple(&self) -> Result<Option<&'static str>> {
        let target: TargetRef = self
            .target
            .parse()
            .map_err(|diag| anyhow::anyhow!("{diag}"))?;
        Ok(target.triple)
    }
}

/// The command `mlc`, built.
fn command() -> Result<PathBuf> {
    sh::run(&mut sh::cargo(["build", "-q", "--bin", "mlc"]))?;
    Ok(sh::target_dir().join("debug/mlc"))
}

fn write(mlc: &Path, board: &Board, dir: &Path, model: Option<&Path>) -> Result<()> {
    let mut command = Command::new(mlc);
    command.arg("new").arg(dir).args(["--board", &board.name]);
    command.args(model.iter().flat_map(|model| [Path::new("--model"), model]));
    sh::capture(&mut command)?;
    Ok(())
}

/// How firmware is built that answers `mlc verify`.
const VERIFY: &[&str] = &["--features", "verify"];

/// What a web page has to be asked without a browser.
const PAGE: &str = "check.mjs";

/// Builds a web page, and lets node answer.
fn page(toolchain: &Toolchain, triple: &str, dir: &Path) -> Result<String> {
    build(&mut toolchain.cargo_in(dir, triple, &[]))?;
    if !packages::runs("node") {
        packages::install(&["nodejs"])?;
    }
    let mut command = Command::new("node");
    command.arg(dir.join(PAGE));
    Ok(format!("{:>8} {:>8}  {}", "-", "-", answer(&mut command)?))
}

/// What is asked of firmware: whether it computes what a model does.
#[derive(Clone, Copy)]
struct Asked<'a> {
    mlc: &'a Path,
    model: Option<&'a Path>,
}

impl Asked<'_> {
    /// What `mlc verify` says of an image on an emulated board.
    fn verdict(self, board: &Board, image: &Path) -> Result<Value> {
        let mut command = Command::new(self.mlc);
        command
            .args([
                "verify",
                "--json",
                "--layers",
                "--qemu",
                &board.name,
                "--firmware",
            ])
            .arg(image);
        match self.model {
            Some(model) => command.arg(model),
            None => command
                .arg(sh::root().join(EXAMPLE))
                .args(["--name", "digits"]),
        };
        let output = command.output().context("cannot run mlc")?;
        let said = String::from_utf8_lossy(&output.stderr);
        serde_json::from_slice(&output.stdout).with_context(|| format!("mlc verify says {said}"))
    }
}

/// The network of projects that are made without one.
const EXAMPLE: &str = "codegen/cli/templates/digits.onnx";

/// Falsifies some weights in the crate of a project's network.
fn falsify(dir: &Path) -> Result<()> {
    let entries = fs::read_dir(dir)?.flatten();
    let mut weights = entries.map(|entry| entry.path().join("src/weights.bin"));
    let weights = weights
        .find(|path| path.is_file())
        .context("a project has a network")?;
    let mut bytes = fs::read(&weights)?;
    // In the middle of them are those of some layer.
    let middle = bytes.len() / 2;
    bytes[middle..]
        .iter_mut()
        .take(64)
        .for_each(|byte| *byte ^= 0x55);
    Ok(fs::write(weights, bytes)?)
}

/// Builds firmware as its project says, and lets the emulator answer.
fn firmware(
    toolchain: &Toolchain,
    asked: Asked<'_>,
    board: &Board,
    triple: &str,
    [dir, built]: [&Path; 2],
) -> Result<String> {
    let features: &[&str] = match board.emulator {
        Some(_) => &["--features", "semihosting"],
        None => &[],
    };
    // What the board itself gets has to build as well, and what answers `mlc verify`.
    for features in [VERIFY, &[], features] {
        let mut cargo = toolchain.cargo_in(dir, triple, features);
        build(cargo.env("CARGO_TARGET_DIR", built))?;
    }
    let image = built.join(triple).join("release").join(&board.name);
    let sizes = sizes(&image)?;
    let Some(emulator) = &board.emulator else {
        return Ok(format!("{sizes}  no emulator has it"));
    };
    let mut words = emulator.split(' ');
    let mut command = Command::new(words.next().context("an emulator has a name")?);
    command.args(words);
    command.args([
        "-nographic",
        "-monitor",
        "none",
        "-serial",
        "none",
        "-kernel",
    ]);
    command.arg(&image);
    command.args(["-semihosting-config", "enable=on,target=native"]);
    let answer = answer(&mut command)?;
    let verify = || {
        build(
            toolchain
                .cargo_in(dir, triple, VERIFY)
                .env("CARGO_TARGET_DIR", built),
        )
    };
    verify()?;
    let verdict = asked.verdict(board, &image)?;
    ensure!(verdict["passes"] == true, "{}: {verdict:#}", board.name);
    falsify(dir)?;
    verify()?;
    let verdict = asked.verdict(board, &image)?;
    let layer = verdict["fault"]["layer"].as_str();
    let layer = layer.with_context(|| {
        format!(
            "{}: nothing is found of weights that were falsified",
            board.name
        )
    })?;
    Ok(format!(
        "{sizes}  {answer}; layer by layer; falsified weights show in {layer}"
    ))
}

/// Builds a program for this machine, and lets it answer.
fn program([dir, built]: [&Path; 2]) -> Result<String> {
    let mut cargo = sh::cargo(["build", "--release"]);
    build(cargo.current_dir(dir).env("CARGO_TARGET_DIR", built))?;
    let name = dir.file_name().context("a project has a name")?;
    let mut command = Command::new(built.join("release").join(name));
    Ok(format!("{:>8} {:>8}  {}", "-", "-", answer(&mut command)?))
}

/// Builds a program in C, and lets it answer.
fn made(dir: &Path) -> Result<String> {
    let name = dir.file_name().context("a project has a name")?;
    let mut make = Command::new("make");
    make.arg("-C").arg(dir).arg(Path::new("build").join(name));
    build(make.env("CFLAGS", "-Werror").env_remove("CARGO_TARGET_DIR"))?;
    let mut command = Command::new(dir.join("build").join(name));
    Ok(format!("{:>8} {:>8}  {}", "-", "-", answer(&mut command)?))
}

/// Builds without a warning.
fn build(command: &mut Command) -> Result<()> {
    let line = sh::describe(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| line.clone())?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`{line}` failed\n{said}");
    ensure!(!said.contains("warning"), "`{line}` warns\n{said}");
    Ok(())
}

/// What a project says at last, if that is that its answer is right.
fn answer(command: &mut Command) -> Result<String> {
    let line = sh::describe(command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot run `{line}`"))?;
    let start = Instant::now();
    while child.try_wait()?.is_none() {
        if start.elapsed() > PATIENCE {
            child.kill()?;
            bail!("`{line}` still runs after {} s", PATIENCE.as_secs());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let output = child.wait_with_output()?;
    // Semihosting of some emulators says everything as errors.
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    ensure!(
        output.status.success(),
        "`{line}` failed: {}\n{text}",
        output.status
    );
    let last = text
        .lines()
        .rfind(|line| !line.is_empty())
        .unwrap_or_default();
    ensure!(last.ends_with("right"), "`{line}` said\n{text}");
    Ok(last.to_owned())
}

/// Bytes of flash and of RAM that sections of an image take.
fn sizes(image: &Path) -> Result<String> {
    let text = sh::capture(Command::new("size").arg(image))?;
    let numbers = text.lines().nth(1).context("size says nothing")?;
    let mut numbers = numbers
        .split_whitespace()
        .map_while(|n| n.parse::<u64>().ok());
    let mut next = || numbers.next().context("size says something else");
    let (code, data, zeros) = (next()?, next()?, next()?);
    Ok(format!("{:>8} {:>8}", code + data, data + zeros))
}
