//! Which networks are run on which boards.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use mlc_tests::Case;
use mlc_tests::recorded::Tolerance;

use super::Args;
use super::board::{BOARDS, Board};
use crate::models;

/// Networks that every board is large enough for, in floats and in integers.
const EVERYWHERE: [&str; 2] = ["digits", "digits_int8"];

/// Boards on which more networks are run than those: one of each instruction set.
const SAMPLE: [&str; 5] = [
    "mps2-an385-m0",
    "mps2-an385",
    "mps2-an386",
    "mps3-an547",
    "virt-rv32imc",
];

/// The network of the zoo that a sample has.
const SAMPLED: &str = "mlperf_kws_int8";

/// The zoo's networks that are made for microcontrollers begin so.
const TINY: &str = "mlperf_";

/// A network and the boards it is run on.
pub(super) struct Choice {
    pub(super) case: Case,
    pub(super) boards: Vec<&'static Board>,
}

/// What the command line asks for: networks by folder or name; all there are; a sample of these, whose counts are compared; or,
/// if it says nothing, what runs everywhere.
pub(super) fn chosen(args: &Args) -> Result<Vec<Choice>> {
    let boards = boards(&args.boards);
    let is_sample = !args.all && (args.counts || args.bless_counts);
    let cases = match args.folders.is_empty() && args.models.is_empty() {
        false => asked_for(args)?,
        true if args.all => all(|name| name.starts_with(TINY)),
        true if is_sample => return Ok(sample(&boards, all(|name| name == SAMPLED))),
        true => networks().filter(runs_everywhere).collect(),
    };
    let on_all = |case| Choice {
        case,
        boards: boards.clone(),
    };
    Ok(cases.into_iter().map(on_all).collect())
}

/// Networks on boards of the sample, if they do not run everywhere.
fn sample(boards: &[&'static Board], cases: Vec<Case>) -> Vec<Choice> {
    let choice = |case: Case| {
        let everywhere = runs_everywhere(&case);
        let wanted = |board: &&Board| everywhere || SAMPLE.contains(&board.name);
        let boards = boards.iter().copied().filter(wanted).collect();
        Choice { case, boards }
    };
    cases.into_iter().map(choice).collect()
}

/// Networks that are named, or whose folders are.
fn asked_for(args: &Args) -> Result<Vec<Case>> {
    let folders = args.folders.iter().cloned().map(in_folder).map(Ok);
    let named = args.models.iter().map(|name| named(name));
    folders.chain(named).collect()
}

/// The networks of the fixtures, and of the zoo, if it is there, those that are wanted.
fn all(wanted: impl Fn(&str) -> bool) -> Vec<Case> {
    let zoo = match models::zoo() {
        Ok(folder) => mlc_tests::zoo(&folder),
        Err(why) => {
            println!("left out: networks of the zoo: {why}");
            Vec::new()
        }
    };
    let zoo = zoo.into_iter().map(|case| in_folder(case.dir));
    let zoo = zoo.filter(|case| wanted(&case.name));
    networks().chain(zoo).collect()
}

fn networks() -> impl Iterator<Item = Case> {
    mlc_tests::networks().into_iter()
}

/// Whether every board must be large enough for a network.
pub(super) fn runs_everywhere(case: &Case) -> bool {
    EVERYWHERE.contains(&&*case.name)
}

/// The boards of these names, or all.
pub(super) fn boards(names: &[String]) -> Vec<&'static Board> {
    let chosen = |board: &&Board| names.is_empty() || names.iter().any(|name| name == board.name);
    BOARDS.iter().filter(chosen).collect()
}

/// The boards of these names, or one of each instruction set.
pub(super) fn with_forms(names: &[String]) -> Vec<&'static Board> {
    let mut boards = boards(names);
    boards.retain(|board| !names.is_empty() || SAMPLE.contains(&board.name));
    boards
}

fn in_folder(dir: PathBuf) -> Case {
    Case::plain("", dir, Tolerance::NETWORK)
}

/// A network of the fixtures or of the zoo.
fn named(name: &str) -> Result<Case> {
    if let Some(case) = networks().find(|case| case.name == name) {
        return Ok(case);
    }
    let dir = models::zoo()
        .with_context(|| format!("{name} is none of the fixtures"))?
        .join(name);
    match dir.join("model.onnx").is_file() {
        true => Ok(in_folder(dir)),
        false => bail!("there is no network {name}, neither among the fixtures nor in the zoo"),
    }
}
