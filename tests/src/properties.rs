//! What must hold of every network, tried on random ones.
//!
//! A property is a function and its line in the list; tests and `cargo xtask random` try all of them.

use crate::random::Random;
use crate::seeds::Subject;
use mlc_codegen::certificate::Certificate;
use mlc_compiler::diag::Diags;
use mlc_compiler::passes::PASSES;
use mlc_compiler::settings::{Ram, Region, Regions, Settings};
use mlc_compiler::tensor::Tensor;
use mlc_compiler::{Compiled, compile_observed, memory};

/// Says what is wrong, if anything.
type Holds = fn(&Subject) -> Result<(), String>;

/// All properties that need no compiler of Rust, by name.
pub const PROPERTIES: &[(&str, Holds)] = &[
    ("passes keep the meaning", passes_keep_the_meaning),
    ("plans are valid", plans_are_valid),
    ("plans by rows are valid", plans_by_rows_are_valid),
    (
        "plans of fed networks are valid",
        plans_of_fed_networks_are_valid,
    ),
    ("plans are the same again", plans_are_the_same_again),
];

/// What the interpreter answers after the first `count` passes, each of which leaves a graph that verifies.
fn after_passes(subject: &Subject, count: usize) -> Result<Vec<Tensor>, String> {
    let passes = &PASSES[..count];
    let compiled = compile_observed(&subject.model, Settings::default(), passes, &mut |_, _| ());
    subject.answer(&compiled.map_err(|diags| format!("{count} passes: {diags}"))?)
}

fn passes_keep_the_meaning(subject: &Subject) -> Result<(), String> {
    let expected = after_passes(subject, 0)?;
    let answers = subject.answer(subject.compiled()?)?;
    let Err(difference) = subject.compare(&answers, &expected) else {
        return Ok(());
    };
    let differs = |count: &usize| {
        let answers = after_passes(subject, *count);
        answers
            .and_then(|answers| subject.compare(&answers, &expected))
            .is_err()
    };
    let first = (1..PASSES.len()).find(differs).unwrap_or(PASSES.len());
    Err(format!(
        "{difference}; wrong since pass {}",
        PASSES[first - 1].name
    ))
}

/// Confirms a plan by the validator, and by the check of its file.
fn check(compiled: &Compiled) -> Result<(), String> {
    memory::check(&compiled.program, &compiled.plan).map_err(|diag| diag.to_string())?;
    let proved = Certificate::proved(compiled, "random");
    proved
        .map(drop)
        .map_err(|diag| format!("the certificate: {diag}"))
}

fn plans_are_valid(subject: &Subject) -> Result<(), String> {
    check(subject.compiled()?)
}

/// The network in as little memory as layers need that run row by row.
pub fn by_rows(subject: &Subject, stream_input: bool) -> Result<Compiled, String> {
    let settings = Settings {
        ram: Ram::Least,
        stream_input,
        ..Settings::default()
    };
    let compiled = compile_observed(&subject.model, settings, PASSES, &mut |_, _| ());
    compiled.map_err(|diags| diags.to_string())
}

fn plans_by_rows_are_valid(subject: &Subject) -> Result<(), String> {
    let (rows, whole) = (
        by_rows(subject, false)?,
        subject.compiled()?.plan.arena_bytes,
    );
    check(&rows)?;
    let bytes = rows.plan.arena_bytes;
    (bytes <= whole)
        .then_some(())
        .ok_or_else(|| format!("rows take {bytes} bytes instead of {whole}"))
}

/// Not every network can be fed row by row.
fn plans_of_fed_networks_are_valid(subject: &Subject) -> Result<(), String> {
    by_rows(subject, true).map_or(Ok(()), |fed| check(&fed))
}

/// Equal input gives equal plans: nothing depends on the order in which something was looked up.
fn plans_are_the_same_again(subject: &Subject) -> Result<(), String> {
    let again = Subject::of(subject.seed);
    let plan = |compiled: &Compiled| Certificate::of(compiled, "random");
    let same = plan(subject.compiled()?) == plan(again.compiled()?);
    same.then_some(())
        .ok_or_else(|| "compiled again, the plan is another one".into())
}

/// Two or three regions that have, together, as many bytes as the network takes in one and `slack` hundredths more. Where
/// they are cut depends on the seed.
fn regions(seed: u64, bytes: usize, slack: usize) -> Regions {
    let mut random = Random::new(seed ^ 0x5eed);
    let mut left = bytes + bytes * slack / 100;
    let count = 2 + seed as usize % 2;
    let mut budgets: Vec<usize> = (1..count).map(|_| cut(&mut random, &mut left)).collect();
    budgets.push(left);
    let region = |(i, budget): (usize, usize)| Region {
        name: format!("memory{i}"),
        budget: Some(budget),
    };
    Regions {
        lent: budgets.into_iter().enumerate().map(region).collect(),
        hot_weights: seed.is_multiple_of(3).then_some(0),
    }
}

/// Some of the bytes that are left.
fn cut(random: &mut Random, left: &mut usize) -> usize {
    let part = random.below(*left + 1);
    *left -= part;
    part
}

/// The network in several memories, which have as many bytes as it takes in one and `slack` hundredths more.
///
/// # Panics
/// If it does not compile for one memory.
pub fn in_regions(
    subject: &Subject,
    slack: usize,
    ram: Ram,
    stream_input: bool,
) -> Result<Compiled, Diags> {
    let whole = subject.compiled().unwrap().plan.arena_bytes;
    let settings = Settings {
        regions: regions(subject.seed, whole, slack),
        ram,
        stream_input,
        ..Settings::default()
    };
    compile_observed(&subject.model, settings, PASSES, &mut |_, _| ())
}
