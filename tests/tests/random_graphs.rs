//! Properties of all networks, tried on random ones.
//!
//! `MLC_SEEDS=N` tries the first N seeds instead of a few; a failure names its seed.

use mlc_compiler::diag::Diags;
use mlc_compiler::ir::Settings;
use mlc_compiler::lower::lower;
use mlc_compiler::memory::place::Effort;
use mlc_compiler::memory::{self, Block, MemoryPlan};
use mlc_compiler::passes::PASSES;
use mlc_compiler::schedule::{Way, schedule};
use mlc_compiler::stream::Ram;
use mlc_compiler::tensor::Tensor;
use mlc_compiler::{Compiled, compile, compile_observed, interp, onnx};
use mlc_tests::random::{Random, model};
use mlc_tests::recorded::Tolerance;
use mlc_tests::{Batch, Job, target_dir};
use std::cmp::Reverse;

/// Fusion reorders sums; that is all that may differ.
const TOLERANCE: Tolerance = Tolerance {
    relative: 1e-3,
    range: 1e-4,
    absolute: 1e-5,
};

fn seeds() -> u64 {
    let wanted = std::env::var("MLC_SEEDS").ok();
    wanted.and_then(|n| n.parse().ok()).unwrap_or(100)
}

/// The model of a seed, of a length that depends on it, and inputs for it.
fn subject(seed: u64) -> (onnx::Model, Vec<Tensor>) {
    let model = model(seed, 3 + seed as usize % 30);
    let model = onnx::parse(&model, None).unwrap_or_else(|diags| panic!("seed {seed}: {diags}"));
    let mut random = Random::new(!seed);
    let input = |input: &onnx::Input| {
        let size = |dim: &onnx::Dim| match dim {
            onnx::Dim::Known(n) => *n,
            open => panic!("seed {seed}: {open:?}"),
        };
        random.tensor(&input.dims.iter().map(size).collect::<Vec<_>>())
    };
    let inputs = model.inputs.iter().map(input).collect();
    (model, inputs)
}

fn compiled(seed: u64, model: &onnx::Model) -> Compiled {
    compile(model).unwrap_or_else(|diags| panic!("seed {seed}: {diags}"))
}

fn answer(seed: u64, compiled: &Compiled, inputs: &[Tensor]) -> Vec<Tensor> {
    interp::run(&compiled.program, inputs).unwrap_or_else(|diag| panic!("seed {seed}: {diag}"))
}

/// What the interpreter answers after the first `count` passes, each of which leaves a graph that verifies.
fn after_passes(seed: u64, count: usize) -> Vec<Tensor> {
    let (model, inputs) = subject(seed);
    let compiled = compile_observed(&model, Default::default(), &PASSES[..count], &mut |_, _| ());
    let compiled = compiled.unwrap_or_else(|diags| panic!("seed {seed}, {count} passes: {diags}"));
    answer(seed, &compiled, &inputs)
}

#[test]
fn passes_keep_the_meaning() {
    for seed in 0..seeds() {
        let expected = after_passes(seed, 0);
        let differs = |count: usize| {
            TOLERANCE
                .compare(&after_passes(seed, count), &expected)
                .err()
        };
        if let Some(difference) = differs(PASSES.len()) {
            let first = (1..PASSES.len()).find(|&count| differs(count).is_some());
            let culprit = PASSES[first.unwrap_or(PASSES.len()) - 1].name;
            panic!("seed {seed}: {difference}; wrong since pass {culprit}");
        }
    }
}

#[test]
fn plans_are_valid_and_no_worse_than_greedy_by_size() {
    for seed in 0..seeds() {
        let Compiled { program, plan, .. } = compiled(seed, &subject(seed).0);
        memory::check(&program, &plan).unwrap_or_else(|diag| panic!("seed {seed}: {diag}"));
        let (greedy, bound) = (greedy_by_size(&plan), lower_bound(&plan));
        assert!(
            plan.arena_bytes <= greedy,
            "seed {seed}: {} > {greedy}",
            plan.arena_bytes
        );
        assert!(
            plan.arena_bytes >= bound,
            "seed {seed}: {} < {bound}",
            plan.arena_bytes
        );
        assert!(
            plan.lower_bound >= bound,
            "seed {seed}: alignment only adds to it"
        );
        assert!(
            plan.proved || plan.arena_bytes > plan.lower_bound,
            "seed {seed}"
        );
    }
}

#[test]
fn emitted_code_answers_as_the_interpreter_does() {
    agree("random", |seed| Some(compiled(seed, &subject(seed).0)));
}

/// The network in as little memory as layers need that run row by row.
fn by_rows(seed: u64, stream_input: bool) -> Result<Compiled, Diags> {
    let settings = Settings {
        ram: Ram::Least,
        stream_input,
        ..Settings::default()
    };
    compile_observed(&subject(seed).0, settings, PASSES, &mut |_, _| ())
}

#[test]
fn layers_that_run_row_by_row_answer_as_whole_ones_do() {
    agree("rows", |seed| {
        Some(by_rows(seed, false).unwrap_or_else(|diags| panic!("seed {seed}: {diags}")))
    });
}

#[test]
fn networks_that_are_fed_row_by_row_answer_as_others_do() {
    agree("fed", |seed| by_rows(seed, true).ok());
}

/// As many networks as one program holds.
const BATCH: usize = 60;

/// What is emitted answers as the interpreter does for networks without segments. Unless more are asked for, a batch is tried.
fn agree(name: &str, compile: impl Fn(u64) -> Option<Compiled>) {
    let mut all = (0..).filter_map(|seed| Some((seed, compile(seed)?)));
    let mut left = match std::env::var_os("MLC_SEEDS") {
        Some(_) => seeds() as usize,
        None => BATCH,
    };
    while left > 0 {
        let batch: Vec<_> = all.by_ref().take(left.min(BATCH)).collect();
        left -= batch.len();
        agree_in_batch(name, batch);
    }
}

fn agree_in_batch(name: &str, networks: Vec<(u64, Compiled)>) {
    let (seeds, jobs): (Vec<_>, Vec<_>) = networks
        .into_iter()
        .map(|(seed, compiled)| {
            let name = format!("{name} {seed}");
            (seed, Job { name, compiled })
        })
        .unzip();
    let dir = target_dir().join("batches").join(name);
    let batch = Batch::build(&dir, &jobs).unwrap_or_else(|e| panic!("{e}"));
    for (job, &seed) in seeds.iter().enumerate() {
        let (model, inputs) = subject(seed);
        let outputs = batch.run(job, &inputs);
        let outputs = outputs.unwrap_or_else(|e| panic!("seed {seed}: {e}"));
        let expected = answer(seed, &compiled(seed, &model), &inputs);
        let same = outputs.iter().zip(&expected).all(|(a, b)| a.identical(b));
        assert!(same && outputs.len() == expected.len(), "seed {seed}");
    }
}

#[test]
fn rows_never_cost_memory() {
    for seed in 0..seeds() {
        let whole = compiled(seed, &subject(seed).0).plan.arena_bytes;
        let rows = by_rows(seed, false).unwrap_or_else(|diags| panic!("seed {seed}: {diags}"));
        memory::check(&rows.program, &rows.plan)
            .unwrap_or_else(|diag| panic!("seed {seed}: {diag}"));
        assert!(
            rows.plan.arena_bytes <= whole,
            "seed {seed}: {} > {whole}",
            rows.plan.arena_bytes
        );
    }
}

#[test]
fn other_orders_and_copies_that_go_cost_no_memory_and_change_no_answer() {
    let (mut orders, mut copies) = (0, 0);
    for seed in 0..seeds() {
        let (model, inputs) = subject(seed);
        let compiled = compiled(seed, &model);
        let given = lower(&compiled.graph).unwrap_or_else(|diag| panic!("seed {seed}: {diag}"));
        let given = schedule(given, Way::default()).expect("no segments");
        let plan = memory::plan(&given, Effort::default());
        let plan = plan.unwrap_or_else(|diag| panic!("seed {seed}: {diag}"));
        let Compiled {
            program,
            plan: ours,
            ..
        } = &compiled;
        assert!(ours.arena_bytes <= plan.arena_bytes, "seed {seed}");
        assert!(
            ours.arena_bytes + program.order_saves <= plan.arena_bytes,
            "seed {seed}"
        );
        orders += usize::from(program.order_saves > 0);
        copies += given.steps.len().saturating_sub(program.steps.len());
        let expected = interp::run(&given, &inputs);
        let expected = expected.unwrap_or_else(|diag| panic!("seed {seed}: {diag}"));
        let answers = answer(seed, &compiled, &inputs);
        assert!(
            answers.iter().zip(&expected).all(|(a, b)| a.identical(b)),
            "seed {seed}"
        );
    }
    assert!(
        orders * 20 > seeds() as usize && copies > 0,
        "{orders} orders, {copies} copies"
    );
}

fn meet(a: &Block, b: &Block) -> bool {
    a.lifetime.first <= b.lifetime.last && b.lifetime.first <= a.lifetime.last
}

/// The arena that greedy-by-size needs (Pisarchyk and Lee, 2020), in the plainest form: each block, the
/// largest first, at the lowest offset where it meets nothing that is placed and alive with it.
fn greedy_by_size(plan: &MemoryPlan) -> usize {
    let mut blocks: Vec<Block> = plan.blocks.values().copied().collect();
    blocks.sort_by_key(|block| Reverse(block.size));
    let mut placed: Vec<Block> = Vec::new();
    for mut block in blocks {
        let alive: Vec<_> = placed.iter().filter(|other| meet(other, &block)).collect();
        let ends = alive
            .iter()
            .map(|other| (other.offset + other.size).next_multiple_of(block.align));
        let free = |at: &usize| {
            alive
                .iter()
                .all(|o| at + block.size <= o.offset || o.offset + o.size <= *at)
        };
        block.offset = ends.chain([0]).filter(free).min().unwrap_or(0);
        placed.push(block);
    }
    placed
        .iter()
        .map(|block| block.offset + block.size)
        .max()
        .unwrap_or(0)
}

/// The most bytes alive at one moment.
fn lower_bound(plan: &MemoryPlan) -> usize {
    let end = plan
        .blocks
        .values()
        .map(|block| block.lifetime.last)
        .max()
        .unwrap_or(0);
    let alive = |at: usize| {
        let blocks = plan
            .blocks
            .values()
            .filter(move |b| b.lifetime.first <= at && at <= b.lifetime.last);
        blocks.map(|block| block.size).sum()
    };
    (0..=end).map(alive).max().unwrap_or(0)
}
