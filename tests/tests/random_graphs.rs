//! Properties of all networks, tried on random ones.
//!
//! `MLC_SEEDS=N` tries the first N seeds instead of a few; a failure names its seed.

use mlc_codegen::certificate::Certificate;
use mlc_compiler::diag::Diags;
use mlc_compiler::ir::Settings;
use mlc_compiler::lower::lower;
use mlc_compiler::memory::place::Effort;
use mlc_compiler::memory::{self, Block, MemoryPlan, Regions};
use mlc_compiler::onnx::Model;
use mlc_compiler::passes::PASSES;
use mlc_compiler::schedule::{Way, schedule};
use mlc_compiler::stream::Ram;
use mlc_compiler::tensor::Tensor;
use mlc_compiler::{Compiled, compile_observed, interp};
use mlc_tests::recorded::Tolerance;
use mlc_tests::seeds::{agree, agree_on, answer, compiled, seeds, strided_subject, subject};
use std::cmp::Reverse;

/// Fusion reorders sums; that is all that may differ.
const TOLERANCE: Tolerance = Tolerance {
    relative: 1e-3,
    range: 1e-4,
    absolute: 1e-5,
};

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
    model_by_rows(&subject(seed).0, stream_input)
}

fn model_by_rows(model: &Model, stream_input: bool) -> Result<Compiled, Diags> {
    let settings = Settings {
        ram: Ram::Least,
        stream_input,
        ..Settings::default()
    };
    compile_observed(model, settings, PASSES, &mut |_, _| ())
}

#[test]
fn rows_of_several_strides_get_plans_that_are_proved() {
    let mut segments = 0;
    for seed in 0..4 * seeds() {
        let (model, _) = strided_subject(seed);
        for stream_input in [false, true] {
            let Ok(compiled) = model_by_rows(&model, stream_input) else {
                assert!(stream_input, "seed {seed}");
                continue;
            };
            let proved = Certificate::proved(&compiled, "strided");
            proved.unwrap_or_else(|diag| panic!("seed {seed}: {diag}"));
            segments += compiled.program.segments.len();
        }
    }
    assert!(segments as u64 > 2 * seeds(), "{segments} segments");
}

#[test]
fn rows_of_several_strides_answer_as_whole_ones_do() {
    agree_on("strided", strided_subject, |seed| {
        model_by_rows(&strided_subject(seed).0, seed % 2 == 0).ok()
    });
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
        let plan = memory::plan(&given, &Regions::default(), Effort::default());
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
