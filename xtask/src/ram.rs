//! `cargo xtask ram`: the working memory of real networks, beside what others need for it.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use mlc_codegen::Options;
use mlc_compiler::Compiled;
use mlc_compiler::memory::{Block, MemoryPlan};
use mlc_compiler::settings::Ram;
use mlc_tests::Case;
use mlc_tests::expected::Expected;
use serde::Serialize;

use crate::{models, packages, qemu, sh};

/// Measures the working memory of the models of the zoo: layer by layer, row by row, and elsewhere.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Names of models [default: all].
    models: Vec<String>,
    /// Do without TensorFlow Lite Micro and without the emulator, which tells the stack.
    #[arg(long)]
    alone: bool,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

/// TensorFlow Lite Micro as a package of PyPI.
const TFLM: &str = "tflite-micro==0.dev20261023182759";

/// Prints what its interpreter allocates for a model.
const SCRIPT: &str = "import sys\n\
    from tflite_micro.python.tflite_micro import runtime\n\
    runtime.Interpreter.from_file(sys.argv[1]).print_allocations()\n";

/// What the networks of MLPerf Tiny in integers may take: as they are, and fed row by row.
const TARGETS: [(&str, usize, Option<usize>); 4] = [
    ("mlperf_ad_int8", 1_000, None),
    ("mlperf_ic_int8", 14_000, None),
    ("mlperf_kws_int8", 5_000, None),
    ("mlperf_vww_int8", 30_000, Some(16_000)),
];

/// What running row by row may cost.
const MOST_MORE_INSTRUCTIONS: f64 = 0.1;

/// Networks whose weights are larger are not tried on the emulated board.
const MOST_WEIGHTS: usize = 1 << 20;

pub(crate) fn run(args: Args) -> Result<()> {
    let mut rows = Vec::new();
    if !args.json {
        println!("{HEADING}");
    }
    for (name, case) in models::chosen(&args.models, |_| true)? {
        let row = Row::of(&case, name, args.alone).with_context(|| case.name.clone())?;
        if !args.json {
            println!("{}", row.text());
        }
        rows.push(row);
    }
    match args.json {
        true => println!("{}", serde_json::to_string_pretty(&rows)?),
        false => println!("{LEGEND}"),
    }
    let expected = Expected::parse(include_str!("../../tests/expected_failures.txt"));
    let slow = rows.iter().filter_map(|row| row.slowness(&expected));
    let failures: Vec<_> = rows.iter().filter_map(Row::failure).chain(slow).collect();
    ensure!(failures.is_empty(), "{}", failures.join("; "));
    Ok(())
}

/// The figures of a network, in bytes.
#[derive(Serialize)]
struct Row {
    model: String,
    /// What inputs and outputs take alone.
    edges: usize,
    /// Layer by layer: the least that any plan needs, greedy-by-size, and ours.
    lower_bound: usize,
    greedy_by_size: usize,
    whole: usize,
    /// The arena of TensorFlow Lite Micro.
    tflm: Option<usize>,
    /// Row by row.
    rows: usize,
    /// The steps that then run row by row, and all.
    steps_by_rows: usize,
    steps: usize,
    /// Row by row, with the input fed so as well.
    fed: Option<usize>,
    /// The stack of a run on a Cortex-M4F, and its instructions: layer by layer and row by row.
    stack: Option<u64>,
    stack_by_rows: Option<u64>,
    instructions: Option<u64>,
    instructions_by_rows: Option<u64>,
}

const HEADING: &str = "model                      in, out      bound     greedy      whole       TFLM       rows   of steps        fed  stack  by rows  instructions";
const LEGEND: &str = "Bytes. in, out: inputs and outputs alone; bound: in use at once, layer by layer; greedy: placed by size; whole: the arena \
    layer by layer;\nTFLM: the arena of TensorFlow Lite Micro with its own bookkeeping; rows: the arena with layers row by row, and how many \
    of the steps are;\nfed: the same with the input fed row by row; stack: of a run on a Cortex-M4F, measured with painted memory;\n\
    instructions: how many more a run takes there row by row.";

impl Row {
    fn of(case: &Case, model: String, alone: bool) -> Result<Self> {
        let options = || Options::new(case.onnx());
        let whole = options().compile()?;
        let rows = options().ram(Ram::Least).compile()?;
        let fed = options().ram(Ram::Least).stream_input().compile().ok();
        let tflite = Some(case.dir.join("model.tflite")).filter(|path| path.exists() && !alone);
        let small = whole.plan.weights.bytes.len() <= MOST_WEIGHTS && !alone;
        let cost = |options: Options| match small {
            true => qemu::cost(case, &options),
            false => Ok(None),
        };
        let costs = [cost(options())?, cost(options().ram(Ram::Least))?];
        let [stack, stack_by_rows] = [0, 1].map(|i| costs[i].as_ref().map(|c| c.stack));
        let [plain, by_rows_too] = [0, 1].map(|i| costs[i].as_ref().map(|c| c.instructions));
        let ports = whole.program.inputs.iter().chain(&whole.program.outputs);
        Ok(Row {
            model,
            edges: ports.map(|port| port.ty.bytes()).sum(),
            lower_bound: whole.plan.lower_bound,
            greedy_by_size: greedy_by_size(&whole.plan),
            whole: whole.plan.arena_bytes,
            tflm: tflite.map(|path| tflm(&path)).transpose()?.flatten(),
            rows: rows.plan.arena_bytes,
            steps_by_rows: by_rows(&rows),
            steps: rows.program.steps.len(),
            fed: fed.map(|fed| fed.plan.arena_bytes),
            stack,
            stack_by_rows,
            instructions: plain,
            instructions_by_rows: by_rows_too,
        })
    }

    fn text(&self) -> String {
        let or_dash = |n: Option<u64>| n.map_or("-".into(), |n| n.to_string());
        let bytes = |n: Option<usize>| or_dash(n.map(|n| n as u64));
        let more = self.more_instructions();
        let more = more.map_or("-".into(), |more| format!("{:+.1} %", 100.0 * more));
        format!(
            "{:<24} {:>9} {:>10} {:>10} {:>10} {:>10} {:>10} {:>4} of {:>3} {:>10} {:>6} {:>8} {more:>13}",
            self.model,
            self.edges,
            self.lower_bound,
            self.greedy_by_size,
            self.whole,
            bytes(self.tflm),
            self.rows,
            self.steps_by_rows,
            self.steps,
            bytes(self.fed),
            or_dash(self.stack),
            or_dash(self.stack_by_rows),
        )
    }

    /// How many more instructions it takes to run row by row, as a share of those that it takes otherwise.
    fn more_instructions(&self) -> Option<f64> {
        let (plain, by_rows) = (self.instructions?, self.instructions_by_rows?);
        Some(by_rows as f64 / plain as f64 - 1.0)
    }

    /// Whether it takes too many instructions row by row, judged by the list of expected failures.
    fn slowness(&self, expected: &Expected) -> Option<String> {
        let more = self.more_instructions()?;
        let result = match more > MOST_MORE_INSTRUCTIONS {
            true => Err("it takes too many instructions row by row".into()),
            false => Ok(()),
        };
        let judged = expected.judge("rows", &self.model, result);
        judged.err().map(|what| format!("{}: {what}", self.model))
    }

    /// What it should need less for.
    fn failure(&self) -> Option<String> {
        let (_, most, most_fed) = TARGETS.iter().find(|target| target.0 == self.model)?;
        let fed = most_fed.zip(self.fed).filter(|(most, fed)| fed > most);
        match fed {
            _ if self.rows > *most => Some(format!(
                "{} takes {} bytes, not {most}",
                self.model, self.rows
            )),
            Some((most, fed)) => Some(format!(
                "{}, fed, takes {fed} bytes, not {most}",
                self.model
            )),
            None => None,
        }
    }
}

fn by_rows(compiled: &Compiled) -> usize {
    compiled
        .program
        .segments
        .iter()
        .map(|s| s.steps.len())
        .sum()
}

/// The arena that greedy-by-size needs (Pisarchyk and Lee, 2020), as TensorFlow Lite Micro places: each block,
/// the largest first, at the lowest offset where it meets nothing that is alive with it.
fn greedy_by_size(plan: &MemoryPlan) -> usize {
    let mut blocks: Vec<Block> = plan.blocks.values().copied().collect();
    blocks.sort_by_key(|block| Reverse(block.size));
    let mut placed: BTreeMap<(usize, usize), Block> = BTreeMap::new();
    for (i, mut block) in blocks.into_iter().enumerate() {
        block.offset = 0;
        for other in placed.values().filter(|o| o.lifetime.meets(block.lifetime)) {
            if block.offset + block.size <= other.offset {
                break;
            }
            block.offset = block
                .offset
                .max((other.offset + other.size).next_multiple_of(block.align));
        }
        placed.insert((block.offset, i), block);
    }
    placed
        .values()
        .map(|b| b.offset + b.size)
        .max()
        .unwrap_or(0)
}

/// The arena that TensorFlow Lite Micro needs for a model; `None` if it cannot run it.
fn tflm(model: &Path) -> Result<Option<usize>> {
    let folder = sh::target_dir().join("ram");
    std::fs::create_dir_all(&folder)?;
    let site = packages::python(&folder, &[TFLM])?;
    let mut python = Command::new("python3");
    python
        .args(["-c", SCRIPT])
        .arg(model)
        .env("PYTHONPATH", site);
    let output = python.output().context("cannot run python3")?;
    let said = String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
    let total = said.lines().find_map(|line| {
        line.split_once("Arena allocation total ")?
            .1
            .split(' ')
            .next()?
            .parse()
            .ok()
    });
    Ok(total)
}
