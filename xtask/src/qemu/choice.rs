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
    let everywhere = || mlc_tests::networks().into_iter().filter(runs_everywhere);
    let others = || {
        mlc_tests::networks()
            .into_iter()
            .filter(|case| !runs_everywhere(case))
    };
    let boards = boards(&args.boards);
    let on_all = |case| Choice {
        case,
        boards: boards.clone(),
    };
    let on_sample = |case| Choice {
        case,
        boards: boards
            .iter()
            .copied()
            .filter(|board| SAMPLE.contains(&board.name))
            .collect(),
    };
    if !args.folders.is_empty() || !args.models.is_empty() {
        let folders = args.folders.iter().cloned().map(in_folder).map(Ok);
        let named = args.models.iter().map(|name| named(name));
        return folders.chain(named).map(|case| case.map(on_all)).collect();
    }
    let networks = everywhere().map(on_all);
    Ok(if args.all {
        let tiny = zoo(|name| name.starts_with(TINY))?;
        networks.chain(others().chain(tiny).map(on_all)).collect()
    } else if args.counts || args.bless_counts {
        let sampled = zoo(|name| name == SAMPLED)?;
        networks
            .chain(others().chain(sampled).map(on_sample))
            .collect()
    } else {
        networks.collect()
    })
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

fn in_folder(dir: PathBuf) -> Case {
    Case::plain("", dir, Tolerance::NETWORK)
}

/// A network of the fixtures or of the zoo.
fn named(name: &str) -> Result<Case> {
    let mut fixtures = mlc_tests::networks().into_iter();
    if let Some(case) = fixtures.find(|case| case.name == name) {
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

/// Networks of the zoo, if it is there.
fn zoo(wanted: impl Fn(&str) -> bool) -> Result<Vec<Case>> {
    let Ok(zoo) = models::zoo() else {
        println!("left out: networks of the zoo, as MLC_ZOO is not set");
        return Ok(Vec::new());
    };
    let cases = mlc_tests::zoo(&zoo)
        .into_iter()
        .map(|case| in_folder(case.dir));
    Ok(cases.filter(|case| wanted(&case.name)).collect())
}
