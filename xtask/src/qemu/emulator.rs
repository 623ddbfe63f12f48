//! Running an image in QEMU, and the program of the host beside it, on recorded inputs.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use super::board::Board;
use super::cycles::Executed;
use super::image::Image;
use crate::sh;

/// An emulated inference that takes longer than this hangs.
const PATIENCE: Duration = Duration::from_secs(600);

/// What a program answered, and what it said that it cost.
pub(super) struct Outcome {
    /// The outputs of all data sets, one after another, as they lay in memory.
    pub(super) outputs: Vec<u8>,
    said: BTreeMap<String, u64>,
    /// The most expensive inference; nothing on the host, where none are counted.
    pub(super) counts: Counts,
    /// What was executed in all inferences, and how many there were; nothing on the host.
    pub(super) executed: Vec<Executed>,
    pub(super) inferences: u64,
}

/// Instructions of an inference.
#[derive(Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Counts {
    pub(super) all: u64,
    /// Those of each layer, if the image has marks of layers.
    pub(super) layers: Vec<u64>,
}

impl Outcome {
    /// A figure that the program printed.
    pub(super) fn figure(&self, name: &str) -> Result<u64> {
        self.said
            .get(name)
            .copied()
            .with_context(|| format!("the program did not print `{name}`"))
    }
}

/// QEMU, with the plugin that counts instructions.
pub(super) struct Emulator {
    plugin: PathBuf,
}

impl Emulator {
    /// Builds the plugin.
    pub(super) fn prepare() -> Result<Self> {
        let target = sh::target_dir().join("qemu/plugin");
        let manifest = sh::root().join("tests/metal/qcount/Cargo.toml");
        let mut command = sh::cargo(["build", "-q", "--release", "--manifest-path"]);
        sh::run(command.arg(manifest).arg("--target-dir").arg(&target))?;
        Ok(Self {
            plugin: target.join("release/libqcount.so"),
        })
    }

    /// Runs an image on `inputs` in the folder `dir`.
    pub(super) fn run(
        &self,
        board: &Board,
        image: &Image,
        inputs: &[u8],
        dir: &Path,
    ) -> Result<Outcome> {
        let counts = dir.join("counts");
        let mut plugin = format!(
            "{},begin={:#x},end={:#x},out={}",
            self.plugin.display(),
            image.begin,
            image.end,
            counts.display()
        );
        if !image.layers.is_empty() {
            let layers: Vec<_> = image.layers.iter().map(|at| format!("{at:#x}")).collect();
            plugin += &format!(",layers={}", layers.join(":"));
        }
        let mut command = command(board, &image.path);
        command.args(["-plugin", &plugin]);
        let mut outcome =
            run_in(&mut command, inputs, dir).with_context(|| format!("on {board}"))?;
        let counts = fs::read_to_string(counts)?;
        let behind = |word: &'static str| {
            counts
                .lines()
                .filter_map(move |line| line.strip_prefix(word))
        };
        outcome.counts = most_expensive(behind("region "))?;
        outcome.inferences = behind("region ").count() as u64;
        let executed = behind("block ").map(Executed::parse);
        outcome.executed = executed
            .collect::<Option<_>>()
            .context("the plugin's profile is damaged")?;
        Ok(outcome)
    }
}

/// QEMU as the board, with an image.
fn command(board: &Board, image: &Path) -> Command {
    let mut command = Command::new(board.machine.emulator);
    command
        .args(["-M", board.machine.name, "-nographic"])
        .args(["-monitor", "none", "-serial", "none"])
        .args(["-semihosting-config", "enable=on,target=native"])
        .args(board.machine.options)
        .arg("-kernel")
        .arg(image);
    command
}

/// Runs an image without counting anything, and gives what it leaves.
pub(super) fn run_plain(board: &Board, image: &Path, inputs: &[u8], dir: &Path) -> Result<Vec<u8>> {
    let outcome = run_in(&mut command(board, image), inputs, dir);
    Ok(outcome.with_context(|| format!("on {board}"))?.outputs)
}

/// Runs the program that was built for this machine.
pub(super) fn run_host(program: &Path, inputs: &[u8], dir: &Path) -> Result<Outcome> {
    run_in(&mut Command::new(program), inputs, dir).context("on this machine")
}

/// Runs a firmware where it finds `inputs.bin`, and reads what it leaves.
fn run_in(command: &mut Command, inputs: &[u8], dir: &Path) -> Result<Outcome> {
    fs::create_dir_all(dir)?;
    fs::write(dir.join("inputs.bin"), inputs)?;
    let log = dir.join("log");
    command
        .current_dir(dir)
        .stdin(Stdio::null())
        .stdout(File::create(&log)?)
        .stderr(File::options().append(true).open(&log)?);
    let child = command
        .spawn()
        .with_context(|| format!("cannot run `{}`", sh::describe(command)))?;
    let status = wait(child)?;
    let text = fs::read_to_string(&log)?;
    ensure!(
        status.success(),
        "`{}` failed: {status}\n{text}",
        sh::describe(command)
    );
    Ok(Outcome {
        outputs: fs::read(dir.join("outputs.bin"))?,
        said: text.lines().filter_map(figure).collect(),
        counts: Counts::default(),
        executed: Vec::new(),
        inferences: 0,
    })
}

fn wait(mut child: Child) -> Result<ExitStatus> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if start.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            bail!("still running after {} s", PATIENCE.as_secs());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A line `name HEX`.
fn figure(line: &str) -> Option<(String, u64)> {
    let (name, value) = line.split_once(' ')?;
    Some((name.to_owned(), u64::from_str_radix(value, 16).ok()?))
}

/// The largest count among those of regions, behind which are those of layers.
fn most_expensive<'a>(regions: impl Iterator<Item = &'a str>) -> Result<Counts> {
    let region = |line: &str| {
        let mut numbers = line.split(' ').map_while(|number| number.parse().ok());
        Some(Counts {
            all: numbers.next()?,
            layers: numbers.collect(),
        })
    };
    let most = regions.filter_map(region).max();
    most.context("the plugin saw no inference")
}
