//! `cargo xtask qemu`: emitted crates on emulated microcontrollers.
//!
//! A network is emitted once, built for each board and for this machine, and run on its recorded inputs. The board
//! must answer exactly what this machine and the interpreter answer, bit for bit, and what was recorded, within the
//! tolerance of floats. That an image links proves that it holds no panic path. Sizes are read from
//! the image, and from its code how deep the stack can go; how deep it went, painted memory tells. Instructions are counted by a plugin
//! of QEMU, and kept in `tests/counts.json`; what they take of cycles, a model of the core's pipeline says.

mod board;
mod choice;
mod counts;
mod cycles;
mod emulator;
mod firmware;
mod image;
mod layers;
mod random;
mod report;
mod timer;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use clap::builder::PossibleValuesParser;
use mlc_codegen::{Interface, Options, Stream, emit_crate, install};
use mlc_compiler::Compiled;
use mlc_compiler::interp::Session;
use mlc_compiler::quantization::Profile;
use mlc_compiler::settings::Ram;
use mlc_compiler::target::TargetRef;
use mlc_tests::Case;
use mlc_tests::recorded::{Set, Tolerance};

use crate::toolchain::{self, Toolchain};
use crate::{packages, sh};
use board::{BOARDS, Board};
use choice::Choice;
use cycles::Cycles;
use emulator::{Emulator, Outcome};
use firmware::{Built, Firmware};
use image::Image;
use report::{Agreement, Report};
pub(crate) use timer::{Timed, Timer};

/// Builds networks for microcontrollers, runs them in QEMU, and compares and measures them.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Folders with a `model.onnx` and recorded `test_data_set_*` [default: the networks that read digits].
    folders: Vec<PathBuf>,
    /// A network of the fixtures or of the zoo (`MLC_ZOO`), by name; may be repeated.
    #[arg(long = "model", value_name = "NAME")]
    models: Vec<String>,
    /// A board to run on; may be repeated [default: all].
    #[arg(long = "board", value_name = "BOARD", value_parser = PossibleValuesParser::new(BOARDS.iter().map(|b| b.name)))]
    boards: Vec<String>,
    /// Run every network of the fixtures, and MLPerf Tiny from the zoo, each on the boards that are large enough for it.
    #[arg(long, conflicts_with_all = ["folders", "models"])]
    all: bool,
    /// What to compile networks for, as for `mlc build`, such as `portable` [default: the core of each board].
    #[arg(long, value_name = "TARGET")]
    target: Option<TargetRef>,
    /// Arithmetic of quantised operators, as for `mlc build`.
    #[arg(long, value_enum)]
    profile: Option<Profile>,
    /// Run random layers in their forms instead, from these seeds [default boards: one of each instruction set].
    #[arg(long, value_name = "SEEDS", value_parser = crate::random::seeds, conflicts_with_all = ["folders", "models", "all", "target", "layers", "counts", "bless_counts"])]
    random: Option<Range<u64>>,
    /// Count the instructions of each layer, too.
    #[arg(long)]
    layers: bool,
    /// Compare counts with `tests/counts.json`: of `--all`, of what is named, or of a sample.
    #[arg(long, conflicts_with_all = ["target", "ram", "regions", "hot_weights", "stream"])]
    counts: bool,
    /// Keep counts in `tests/counts.json`, for `--counts` to compare with.
    #[arg(long, conflicts_with_all = ["counts", "target", "ram", "regions", "hot_weights", "stream"])]
    bless_counts: bool,
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
    if let Some(seeds) = &args.random {
        let boards = choice::with_forms(&args.boards);
        return random::run(&Bench::prepare(&boards, &args.opt_level)?, &boards, seeds);
    }
    let choices = choice::chosen(&args)?;
    let mut bench = Bench::prepare(&choice::boards(&args.boards), &args.opt_level)?;
    bench.layers = args.layers;
    let (mut reports, mut failures) = (Vec::new(), Vec::new());
    for Choice { case, boards } in choices {
        for (target, boards) in by_target(&boards, args.target) {
            match bench.try_case(&case, &args.options(&case, target), &boards) {
                Ok(tried) => reports.extend(tried),
                Err(why) => failures.push(format!("{}, for {target}: {why:#}", case.name)),
            }
        }
    }
    match args.json {
        true => println!("{}", serde_json::to_string_pretty(&reports)?),
        false => report::print(&reports),
    }
    let passes = reports.iter().all(Report::passes);
    ensure!(passes, "an output is not what it should be");
    if args.bless_counts {
        counts::bless(&reports, &args.opt_level)?;
    }
    if args.counts {
        failures.extend(counts::slower(&reports, &args.opt_level)?);
    }
    ensure!(failures.is_empty(), "{}", failures.join("\n"));
    ensure!(!reports.is_empty(), "no network fits a board");
    Ok(())
}

impl Args {
    /// How a network is compiled for `target`.
    fn options(&self, case: &Case, target: TargetRef) -> Options {
        Options {
            ram: self.ram,
            region: self.regions.clone(),
            hot_weights: self.hot_weights.clone(),
            stream: self.stream.then_some(Stream::Input),
            target,
            profile: self.profile,
            ..Options::new(case.onnx())
        }
    }
}

/// Boards side by side with what networks are compiled for there: `target`, or the core of each.
fn by_target(
    boards: &[&'static Board],
    target: Option<TargetRef>,
) -> Vec<(TargetRef, Vec<&'static Board>)> {
    let target_of = |board: &Board| target.unwrap_or(board.target());
    let groups = boards.chunk_by(|a, b| target_of(a) == target_of(b));
    let groups = groups.map(|group| (target_of(group[0]), group.to_vec()));
    groups.collect()
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
    let boards = choice::boards(&["mps2-an386".into()]);
    let bench = Bench::prepare(&boards, "3")?;
    let name = case.name.trim_start_matches("zoo/");
    let case = Case::plain(name, case.dir.clone(), Tolerance::NETWORK);
    let reports = bench.try_case(&case, options, &boards)?;
    let same = reports.iter().all(Report::is_as_elsewhere);
    ensure!(same, "an output is not what it is on this machine");
    Ok(reports.first().map(|report| Cost {
        stack: report.stack_bytes,
        instructions: report.instructions,
    }))
}

/// Everything that is needed to build for the boards and to run on them.
struct Bench {
    toolchain: Toolchain,
    emulator: Emulator,
    opt_level: String,
    /// Whether layers are counted, too.
    layers: bool,
    /// Boards for which an image with a panic in it was seen not to link.
    proved: RefCell<BTreeSet<&'static str>>,
}

impl Bench {
    fn prepare(boards: &[&Board], opt_level: &str) -> Result<Self> {
        let targets: Vec<_> = boards.iter().map(|board| board.triple()).collect();
        let mut missing = toolchain::missing_packages(&targets);
        let machines = boards.iter().map(|board| board.machine);
        let without = machines.filter(|machine| !packages::runs(machine.emulator));
        missing.extend(without.map(|machine| machine.package));
        missing.sort();
        missing.dedup();
        packages::install(&missing)?;
        Ok(Self {
            toolchain: Toolchain::for_targets(&targets)?,
            emulator: Emulator::prepare()?,
            opt_level: opt_level.to_owned(),
            layers: false,
            proved: RefCell::default(),
        })
    }

    /// Emits a model, and runs it on this machine and on each board.
    fn try_case(
        &self,
        case: &Case,
        options: &Options,
        boards: &[&'static Board],
    ) -> Result<Vec<Report>> {
        let work = sh::target_dir()
            .join("qemu")
            .join(&case.name)
            .join(options.target.name);
        let model = Model::emit(case, options, &work)?;
        let host = model.firmware("crate", &self.opt_level)?.build_host()?;
        let host = emulator::run_host(&host, &model.inputs, &work.join("host"))?;
        let report = |board: &&'static Board| {
            let Some((image, outcome)) = self.try_crate("crate", &model, board)? else {
                return Ok(None);
            };
            let agreement = Agreement::of(&outcome.outputs, &host.outputs, &model);
            let mut report = Report::new(&model, board, &image, &outcome, agreement)?;
            report.cycles = model
                .cycles(board, &image, &outcome)?
                .map(|cycles| cycles.all);
            if self.layers
                && let Some((image, marked)) = self.try_crate("marked", &model, board)?
            {
                let cycles = model.cycles(board, &image, &marked)?;
                let cycles = cycles.map(|cycles| cycles.layers).unwrap_or_default();
                let instructions = &marked.counts.layers;
                report.layers = layers::layers(&model.compiled.program, instructions, &cycles);
            }
            Ok(Some(report))
        };
        let reports = boards.iter().map(report).filter_map(Result::transpose);
        reports.collect()
    }

    /// Builds a firmware for a board, with the crate of that name, and runs it; not where it does not fit.
    fn try_crate(
        &self,
        name: &str,
        model: &Model,
        board: &Board,
    ) -> Result<Option<(Image, Outcome)>> {
        let firmware = model.firmware(name, &self.opt_level)?;
        match self.image(&firmware, board)? {
            Ok(image) => {
                let folder = firmware.dir.join(board.name);
                let outcome = self.emulator.run(board, &image, &model.inputs, &folder)?;
                Ok(Some((image, outcome)))
            }
            Err(why) if choice::runs_everywhere(&model.case) => {
                bail!("{board} is too small: {why}")
            }
            Err(why) => {
                eprintln!("left out: {} on {board}: {why}", model.case.name);
                Ok(None)
            }
        }
    }

    /// The image of a firmware for a board, proved free of panics, or why the board is too small.
    fn image(&self, firmware: &Firmware, board: &Board) -> Result<Result<Image, String>> {
        let path = match firmware.build(&self.toolchain, board)? {
            Built::Image(path) => path,
            Built::TooLarge(why) => return Ok(Err(why)),
        };
        let image = Image::read(path).with_context(|| format!("the image for {board}"))?;
        if self.proved.borrow_mut().insert(board.name) {
            firmware.check_panic_proof(&self.toolchain, board)?;
        }
        Ok(match image.stack.lack() {
            Some(why) => Err(why),
            None => Ok(image),
        })
    }
}

/// A network, emitted, with its recorded data.
struct Model {
    case: Case,
    target: TargetRef,
    compiled: Compiled,
    /// Where its crates are: `crate`, and `marked`, which has marks of layers.
    dir: PathBuf,
    interface: Interface,
    sets: Vec<Set>,
    /// The inputs of all sets, one after another, as they lie in memory, and the interpreter's outputs.
    inputs: Vec<u8>,
    interpreted: Vec<u8>,
}

impl Model {
    /// Compiles the model of a case into crates in `dir`, as `mlc build` does.
    fn emit(case: &Case, options: &Options, dir: &Path) -> Result<Self> {
        let compiled = options.compile()?;
        let mut files = emit_crate(&compiled, &case.name)?;
        install(&files, &dir.join("crate"), false)?;
        layers::add_marks(&mut files, compiled.program.steps.len())?;
        install(&files, &dir.join("marked"), false)?;
        let sets = case.sets()?;
        ensure!(!sets.is_empty(), "there is no recorded data");
        let inputs = sets.iter().flat_map(|set| &set.inputs);
        Ok(Self {
            dir: dir.to_owned(),
            interface: Interface::of(&compiled, &case.name)?,
            inputs: inputs.flat_map(|tensor| tensor.bytes()).copied().collect(),
            interpreted: interpreted(&compiled, &sets)?,
            sets,
            case: case.clone(),
            target: options.target,
            compiled,
        })
    }

    /// The cycles of what was executed on a board, if there is a model of its core or of the one that was compiled for.
    fn cycles(&self, board: &Board, image: &Image, outcome: &Outcome) -> Result<Option<Cycles>> {
        let pipeline = self.target.pipeline.or(board.target().pipeline);
        let cycles = pipeline
            .map(|pipeline| Cycles::of(image, pipeline, &outcome.executed, outcome.inferences));
        cycles.transpose()
    }

    /// The program around one of its crates.
    fn firmware(&self, name: &str, opt_level: &str) -> Result<Firmware> {
        let dir = self.dir.join(format!("firmware-{name}"));
        Firmware::generate(dir, &self.interface, &self.dir.join(name), opt_level)
    }
}

/// What the interpreter answers to all sets, one after another.
fn interpreted(compiled: &Compiled, sets: &[Set]) -> Result<Vec<u8>> {
    let mut session = Session::new(&compiled.program);
    let mut bytes = Vec::new();
    for set in sets {
        for output in session.run(&set.inputs)? {
            bytes.extend_from_slice(output.bytes());
        }
    }
    Ok(bytes)
}
