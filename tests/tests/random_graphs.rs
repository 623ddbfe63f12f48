//! Properties of all networks, tried on random ones.
//!
//! `MLC_SEEDS=N` tries the first N seeds instead of a few; a failure names its seed.

use mlc_codegen::certificate::Certificate;
use mlc_compiler::lower::lower;
use mlc_compiler::memory::{self, Block, MemoryPlan};
use mlc_compiler::schedule::{Way, schedule};
use mlc_compiler::settings::{Effort, Regions};
use mlc_compiler::{Compiled, interp};
use mlc_tests::properties::{PROPERTIES, by_rows};
use mlc_tests::seeds::{Subject, agree, agree_on, alike, seeds};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// All networks that are tried.
fn subjects() -> impl Iterator<Item = Subject> {
    (0..seeds()).map(Subject::of)
}

/// What there is in a network that a test could want.
fn kinds(subject: &Subject) -> BTreeSet<String> {
    let model = &subject.model;
    let operators = model.nodes.iter().map(|node| node.operator.clone());
    let types = model
        .inputs
        .iter()
        .map(|input| format!("input of {}", input.dtype));
    let ranks = model
        .inputs
        .iter()
        .map(|input| format!("input of {} axes", input.dims.len()));
    let is = |name: &str, what: &str| {
        let input = model.inputs.iter().any(|input| input.name == name);
        let constant = model
            .initializers
            .iter()
            .any(|(constant, _)| constant == name);
        (input && what == "input") || (constant && what == "constant")
    };
    let outputs = model.outputs.iter().flat_map(|output| {
        let kinds = ["input", "constant"]
            .into_iter()
            .filter(|what| is(&output.name, what));
        kinds
            .map(|what| format!("output that is a {what}"))
            .collect::<Vec<_>>()
    });
    let twice = model.nodes.iter().any(|node| {
        let [a, b, ..] = &node.inputs[..] else {
            return false;
        };
        a == b
    });
    let others = [
        (model.outputs.len() > 1, "several outputs"),
        (twice, "one value twice"),
        (subject.network.special, "infinities and the like"),
        (by_rows(subject, true).is_ok(), "fed row by row"),
    ];
    let others = others
        .into_iter()
        .filter(|(is, _)| *is)
        .map(|(_, what)| what.to_owned());
    operators
        .chain(types)
        .chain(ranks)
        .chain(outputs)
        .chain(others)
        .collect()
}

/// What the first networks have to show, beside the operators of each family.
const WANTED: &str = "If, Loop, Scan, LSTM, GRU, RNN, Resize, QuantizeLinear, DequantizeLinear, Where, And, Greater, IsNaN, \
    Cast, Round, ArgMax, TopK, GatherElements, OneHot, MatMulInteger, BitShift, BitwiseAnd, CumSum, Shape, Range, Expand, \
    Conv, ConvTranspose, MaxPool, AveragePool, BatchNormalization, LayerNormalization, Softmax, Einsum, ReduceMean, \
    input of f32, input of i32, input of i64, input of u8, input of i8, input of bool, input of 0 axes, input of 1 axes, \
    input of 2 axes, input of 3 axes, input of 4 axes, input of 5 axes, output that is a input, output that is a constant, \
    several outputs, one value twice, infinities and the like, fed row by row";

#[test]
fn random_networks_have_everything_in_them() {
    let seen: BTreeSet<_> = (0..300)
        .map(Subject::of)
        .flat_map(|subject| kinds(&subject))
        .collect();
    let missing: Vec<_> = WANTED
        .split(", ")
        .filter(|wanted| !seen.contains(*wanted))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn properties_hold() {
    let mut failures = Vec::new();
    for subject in subjects() {
        for (name, holds) in PROPERTIES {
            let failure = holds(&subject).err();
            failures.extend(failure.map(|what| format!("seed {}, {name}: {what}", subject.seed)));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn plans_are_no_worse_than_greedy_by_size() {
    for subject in subjects() {
        let seed = subject.seed;
        let Compiled { plan, .. } = subject.compiled().unwrap();
        let (greedy, bound) = (greedy_by_size(plan), lower_bound(plan));
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
    agree("random", |subject| {
        Some(subject.compiled().unwrap().clone())
    });
}

#[test]
fn layers_that_run_row_by_row_answer_as_whole_ones_do() {
    agree("rows", |subject| Some(by_rows(subject, false).unwrap()));
}

#[test]
fn rows_of_several_strides_get_plans_that_are_proved() {
    let mut segments = 0;
    for subject in (0..4 * seeds()).map(Subject::strided) {
        let seed = subject.seed;
        for stream_input in [false, true] {
            let Ok(compiled) = by_rows(&subject, stream_input) else {
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
    agree_on("strided", Subject::strided, |subject| {
        by_rows(subject, subject.seed % 2 == 0).ok()
    });
}

#[test]
fn networks_that_are_fed_row_by_row_answer_as_others_do() {
    agree("fed", |subject| by_rows(subject, true).ok());
}

#[test]
fn other_orders_and_copies_that_go_cost_no_memory_and_change_no_answer() {
    let (mut orders, mut copies) = (0, 0);
    for subject in subjects() {
        let seed = subject.seed;
        let compiled = subject.compiled().unwrap();
        let given = lower(&compiled.graph).unwrap_or_else(|diag| panic!("seed {seed}: {diag}"));
        let given = schedule(given, Way::default()).expect("no segments");
        let plan = memory::plan(&given, &Regions::default(), Effort::default());
        let plan = plan.unwrap_or_else(|diag| panic!("seed {seed}: {diag}"));
        let Compiled {
            program,
            plan: ours,
            ..
        } = compiled;
        assert!(ours.arena_bytes <= plan.arena_bytes, "seed {seed}");
        assert!(
            ours.arena_bytes + program.order_saves <= plan.arena_bytes,
            "seed {seed}"
        );
        orders += usize::from(program.order_saves > 0);
        copies += given.steps.len().saturating_sub(program.steps.len());
        let expected = interp::run(&given, &subject.inputs);
        let expected = expected.unwrap_or_else(|diag| panic!("seed {seed}: {diag}"));
        assert!(
            alike(&subject.answer(compiled).unwrap(), &expected),
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
