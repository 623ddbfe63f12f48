//! `cargo xtask qemu`: emitted crates on emulated microcontrollers.
//!
//! A network is emitted once, built for each board and for this machine, and run on its recorded inputs. The board
//! must answer exactly what this machine answers, bit for bit, and what was recorded, within the
//! tolerance of floats. That an image links proves that it holds no panic path. Sizes are read from
//! the image, the stack's depth from painted memory, and instructions are counted by a plugin of QEMU.

mod board;
mod emulator;
mod firmware;
mod image;
mod report;

use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use clap::builder::PossibleValuesParser;
use mlc_codegen::{Interface, Options, Stream, emit_crate, install};
use mlc_compiler::settings::Ram;
use mlc_tests::Case;
use mlc_tests::recorded::{Set, Tolerance};

use crate::toolchain::{self, Toolchain};
use crate::{packages, sh};
use board::{BOARDS, Board};
use emulator::Emulator;
use firmware::{Built, Firmware};
use image::Image;
use report::{Agreement, Report};

/// Networks that every board is large enough for, in floats and in integers.
const EVERYWHERE: [&str; 2] = ["digits", "digits_int8"];

/// Builds networks for microcontrollers, runs them in QEMU, and compares and measures them.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Folders with a `model.onnx` and recorded `test_data_set_*` [default: the networks that read digits].
    models: Vec<PathBuf>,
    /// A board to run on; may be repeated [default: all].
    #[arg(long = "board", value_name = "BOARD", value_parser = PossibleValuesParser::new(BOARDS.iter().map(|b| b.name)))]
    boards: Vec<String>,
    /// Run every network of the fixtures, each on the boards that are large enough for it; those that read digits on all.
    #[arg(long, conflicts_with = "models")]
    all: bool,
    /// The optimisation level of the firmware, as in a Cargo profile.
    #[arg(long, default_value = "3", value_parser = ["1", "2", "3", "s", "z"])]
    opt_level: String,
    /// Working memory, as for `mlc build`: layers run row by row to keep within it, or to take the `least`.
    #[arg(long, value_name = "BYTES", default_value_t)]
    ram: Ram,
    /// Memories for buffers, the fastest first, as for `mlc build`: each becomes an arena in a section of its own.
    #[arg(long = "region", value_name = "NAME=BYTES", value_delimiter = ',')]
    regions: Vec<String>,
    /// The region into which hot weights are copied, as for `mlc build`.
    #[arg(long, value_name = "REGION")]
    hot_weights: Option<String>,
    /// The input comes row by row, as with `mlc build --stream input`.
    #[arg(long)]
    stream: bool,
    /// Print JSON instead of tables.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: Args) -> Result<()> {
    let boards = chosen_boards(&args.boards);
    let cases = chosen_cases(&args);
    let bench = Bench::prepare(&boards, args.opt_level, args.all)?;
    let mut reports = Vec::new();
    for case in cases {
        let name = case.name.clone();
        let options = Options {
            ram: args.ram,
            regions: args.regions.clone(),
            hot_weights: args.hot_weights.clone(),
            stream: args.stream.then_some(Stream::Input),
            ..Options::new(case.onnx())
        };
        reports.extend(bench.try_case(case, &options, &boards).context(name)?);
    }
    match args.json {
        true => println!("{}", serde_json::to_string_pretty(&reports)?),
        false => report::print(&reports),
    }
    ensure!(
        reports.iter().all(Report::passes),
        "an output is not what it should be"
    );
    Ok(())
}

/// What a run of a network takes on a Cortex-M4F.
pub(crate) struct Cost {
    /// Bytes of the stack at its deepest.
    pub(crate) stack: u64,
    /// Instructions.
    pub(crate) instructions: u64,
}

/// What one network takes on a Cortex-M4F, where it answers as on this machine; `None` if it is too large for the board.
pub(crate) fn cost(case: &Case, options: &Options) -> Result<Option<Cost>> {
    let boards = chosen_boards(&["mps2-an386".into()]);
    let bench = Bench::prepare(&boards, "3".into(), true)?;
    let name = case.name.trim_start_matches("zoo/");
    let case = Case::plain(name, case.dir.clone(), Tolerance::NETWORK);
    let reports = bench.try_case(case, options, &boards)?;
    ensure!(
        reports.iter().all(Report::is_as_on_the_host),
        "an output is not what it is on this machine"
    );
    Ok(reports.first().map(|report| Cost {
        stack: report.stack_bytes,
        instructions: report.instructions,
    }))
}

fn chosen_cases(args: &Args) -> Vec<Case> {
    let case = |dir: &PathBuf| Case::plain("", dir.clone(), Tolerance::NETWORK);
    match args.models.is_empty() {
        true if args.all => mlc_tests::networks(),
        true => EVERYWHERE.map(|name| case(&mlc_fixtures::dir(name))).into(),
        false => args.models.iter().map(case).collect(),
    }
}

fn chosen_boards(names: &[String]) -> Vec<&'static Board> {
    let chosen = |board: &&Board| names.is_empty() || names.iter().any(|name| name == board.name);
    BOARDS.iter().filter(chosen).collect()
}

/// Everything that is needed to build for the boards and to run on them.
struct Bench {
    toolchain: Toolchain,
    emulator: Emulator,
    opt_level: String,
    /// Whether a board may be too small.
    where_it_fits: bool,
}

impl Bench {
    fn prepare(boards: &[&Board], opt_level: String, where_it_fits: bool) -> Result<Self> {
        let targets: Vec<_> = boards.iter().map(|board| board.target).collect();
        let mut missing = toolchain::missing_packages(&targets);
        let without = boards
            .iter()
            .filter(|board| !packages::runs(board.machine.emulator));
        missing.extend(without.map(|board| board.machine.package));
        missing.dedup();
        packages::install(&missing)?;
        Ok(Self {
            toolchain: Toolchain::for_targets(&targets)?,
            emulator: Emulator::prepare()?,
            opt_level,
            where_it_fits,
        })
    }

    /// Emits a model, and runs it on this machine and on each board.
    fn try_case(
        &self,
        case: Case,
        options: &Options,
        boards: &[&'static Board],
    ) -> Result<Vec<Report>> {
        let work = sh::target_dir().join("qemu").join(&case.name);
        let model = Model::emit(case, options, work.join("crate"))?;
        let firmware = Firmware::generate(work.join("firmware"), &model, &self.opt_level)?;
        let host = emulator::run_host(&firmware.build_host()?, &model.inputs, &work.join("host"))?;
        let report = |board: &&'static Board| {
            let Some(image) = self.image(&model, &firmware, board)? else {
                return Ok(None);
            };
            let folder = work.join(board.name);
            let outcome = self.emulator.run(board, &image, &model.inputs, &folder)?;
            let agreement = Agreement::of(&outcome.outputs, &host.outputs, &model);
            Report::new(&model, board, &image, &outcome, agreement).map(Some)
        };
        boards
            .iter()
            .filter_map(|board| report(board).transpose())
            .collect()
    }

    /// The image of a firmware for a board, proved free of panics; none if the board may be and is too small.
    fn image(&self, model: &Model, firmware: &Firmware, board: &Board) -> Result<Option<Image>> {
        let must_fit = !self.where_it_fits || EVERYWHERE.contains(&&*model.case.name);
        match firmware.build(&self.toolchain, board)? {
            Built::Image(path) => {
                let image = Image::read(path)?;
                firmware.check_panic_proof(&self.toolchain, board)?;
                Ok(Some(image))
            }
            Built::TooLarge(why) if !must_fit => {
                eprintln!("left out: {board} is too small: {why}");
                Ok(None)
            }
            Built::TooLarge(why) => bail!("{board} is too small: {why}"),
        }
    }
}

/// A network, emitted, with its recorded data.
struct Model {
    case: Case,
    /// Where its crate is, and how it is called.
    dir: PathBuf,
    interface: Interface,
    sets: Vec<Set>,
    /// The inputs of all sets, one after another, as they lie in memory.
    inputs: Vec<u8>,
}

impl Model {
    /// Compiles the model of a case into a crate in `dir`, as `mlc build` does.
    fn emit(case: Case, options: &Options, dir: PathBuf) -> Result<Self> {
        let compiled = options.compile()?;
        install(&emit_crate(&compiled, &case.name)?, &dir, false)?;
        let sets = case.sets()?;
        ensure!(!sets.is_empty(), "there is no recorded data");
        let inputs = sets.iter().flat_map(|set| &set.inputs);
        Ok(Self {
            dir,
            interface: Interface::of(&compiled, &case.name)?,
            inputs: inputs.flat_map(|tensor| tensor.bytes()).copied().collect(),
            sets,
            case,
        })
    }
}
