//! Pages that were tampered with: nothing compiles in which bytes are overwritten that are still needed, be it within a step
//! or from one to another.
//!
//! Whatever can be seen from the page alone is seen by `cargo check`: here, no code is generated.

use super::{in_steps, page_of, rustc};
use mlc_codegen::{Options, emit_crate};
use mlc_compiler::Compiled;
use mlc_compiler::settings::Ram;
use std::ops::Range;
use std::path::PathBuf;

/// A block as it is written: `Block::at(0, 256).during(0, 1)`.
#[derive(Clone, Debug)]
struct Block {
    /// Where that is on the page.
    text: Range<usize>,
    /// Which of the page's tables it is in.
    table: usize,
    at: usize,
    bytes: usize,
    first: usize,
    last: usize,
}

impl Block {
    fn meets(&self, other: &Block) -> bool {
        self.table == other.table && self.first <= other.last && other.first <= self.last
    }

    /// The page with this block changed.
    fn changed(&self, page: &str, change: impl FnOnce(&mut Block)) -> String {
        let mut block = self.clone();
        change(&mut block);
        let Block {
            at,
            bytes,
            first,
            last,
            ..
        } = block;
        let text = format!("Block::at({at}, {bytes}).during({first}, {last})");
        let mut page = page.to_owned();
        page.replace_range(self.text.clone(), &text);
        page
    }
}

/// The blocks of a page that are not always taken.
fn blocks(page: &str) -> Vec<Block> {
    let tables: Vec<_> = page
        .match_indices("const BLOCKS")
        .map(|(at, _)| at)
        .collect();
    let block = |(start, _): (usize, &str)| {
        let ends = page[start..].match_indices(')').nth(1)?;
        let len = ends.0 + 1;
        let numbers = page[start..start + len].split(|c: char| !c.is_ascii_digit());
        let numbers: Vec<usize> = numbers.filter_map(|n| n.parse().ok()).collect();
        let [at, bytes, first, last] = numbers[..] else {
            return None;
        };
        Some(Block {
            text: start..start + len,
            table: tables.iter().filter(|&&table| table < start).count(),
            at,
            bytes,
            first,
            last,
        })
    };
    page.match_indices("Block::at(").filter_map(block).collect()
}

/// An emitted crate, in which pages are tried.
struct Subject {
    dir: PathBuf,
    page: String,
}

impl Subject {
    fn new(name: &str, compiled: &Compiled) -> Self {
        let files = emit_crate(compiled, name).expect("it is emitted");
        let dir = mlc_tests::target_dir().join("emitted").join(name);
        files.write_to(&dir).expect("it is written");
        let page = page_of(&files);
        let subject = Subject { dir, page };
        assert!(subject.checks(&subject.page), "{name} as it was emitted");
        subject
    }

    fn checks(&self, page: &str) -> bool {
        rustc(&self.dir, page, "metadata")
    }

    fn blocks(&self) -> Vec<Block> {
        let blocks = blocks(&self.page);
        assert!(!blocks.is_empty(), "{}", self.page);
        blocks
    }
}

fn options(model: &str) -> Options {
    Options::new(mlc_fixtures::dir(model).join("model.onnx"))
}

fn compiled(options: Options) -> Compiled {
    options.compile().unwrap_or_else(|diags| panic!("{diags}"))
}

/// The digits at once, in two memories with weights, by rows of layers and of the input; and a network in steps of time.
fn subjects() -> Vec<Subject> {
    let regions = options("digits_int8")
        .region("dtcm", 1500)
        .region("sram", 2 << 10);
    let by_rows = options("digits_int8").ram(Ram::Least);
    let in_time = in_steps().nth(1).expect("there are some").1;
    vec![
        Subject::new("tampered_digits", &compiled(options("digits"))),
        Subject::new("tampered_regions", &compiled(regions.hot_weights("dtcm"))),
        Subject::new("tampered_rows", &compiled(by_rows.clone())),
        Subject::new("tampered_fed", &compiled(by_rows.stream_input())),
        Subject::new("tampered_steps", &in_time),
    ]
}

/// What may be done to a block that no plan allows.
const CHANGES: [fn(&mut Block); 4] = [
    |block| block.last = block.last.saturating_sub(1),
    |block| block.first += 1,
    |block| block.at = 1 << 30,
    |block| block.bytes = 0,
];

#[test]
fn blocks_with_other_bytes_or_shorter_lives_do_not_compile() {
    for (number, subject) in subjects().into_iter().enumerate() {
        for (i, block) in subject.blocks().into_iter().enumerate() {
            // All of it to blocks of the first page; to those of others in turn.
            let changes = CHANGES.iter().enumerate();
            for (_, change) in changes.filter(|(c, _)| number == 0 || c % 4 == i % 4) {
                let page = block.changed(&subject.page, change);
                assert!(
                    page == subject.page || !subject.checks(&page),
                    "{block:?} in {:?}",
                    subject.dir
                );
            }
        }
    }
}

#[test]
fn blocks_that_are_needed_at_the_same_time_do_not_compile_over_each_other() {
    /// How many pairs of a page are tried.
    const MOST: usize = 5;
    for subject in subjects() {
        let blocks = subject.blocks();
        let pairs = blocks
            .iter()
            .flat_map(|a| blocks.iter().map(move |b| (a, b)));
        let pairs: Vec<_> = pairs.filter(|(a, b)| a.meets(b) && a.at != b.at).collect();
        for (a, b) in pairs.iter().step_by(pairs.len().div_ceil(MOST).max(1)) {
            let page = a.changed(&subject.page, |block| block.at = b.at);
            assert!(
                !subject.checks(&page),
                "{a:?} over {b:?} in {:?}",
                subject.dir
            );
        }
    }
}

/// A tensor that waits for its residual sum lies under one of the layers beside it: they have no step in common, so each
/// call is right by itself.
#[test]
fn a_tensor_that_waits_is_not_overwritten() {
    let subject = Subject::new("tampered_transformer", &compiled(options("transformer")));
    let blocks = subject.blocks();
    let passes_by = |skip: &Block, other: &Block| {
        skip.first + 1 < other.first && other.last < skip.last && other.bytes <= skip.bytes
    };
    let pairs = blocks
        .iter()
        .flat_map(|a| blocks.iter().map(move |b| (a, b)));
    let pairs: Vec<_> = pairs.filter(|(a, b)| passes_by(a, b)).collect();
    assert!(pairs.len() >= 4, "{blocks:?}");
    for (skip, other) in pairs.iter().take(4) {
        let page = other.changed(&subject.page, |block| block.at = skip.at);
        assert!(!subject.checks(&page), "{other:?} over {skip:?}");
    }
}

#[test]
fn places_in_blocks_of_others_do_not_compile() {
    for subject in subjects() {
        let Subject { page, .. } = &subject;
        let end = page.find("mod weight").unwrap_or(page.len());
        // Of what is always there, one may be as good as another.
        let always = ["a copy of weights", "kept from one step"];
        let is_always = |at: usize| {
            let doc = page[..at].rsplit("///").next().unwrap_or_default();
            always.iter().any(|what| doc.contains(what))
        };
        let places = page[..end].match_indices("Place<Here, ");
        // An input that comes row by row has a place by name that no call uses.
        let is_used = |at: usize| {
            let name = page[..at].rsplit("type ").next().unwrap_or_default();
            page.contains(&format!("::{},", name.trim_end_matches([' ', '='])))
        };
        let places = places.filter(|&(at, _)| is_used(at) && !is_always(at));
        for (at, text) in places.step_by(3) {
            let digits = at + text.len();
            let len = page[digits..].find(',').expect("there are more arguments");
            let number: usize = page[digits..digits + len].parse().expect("it is a number");
            let mut swapped = page.clone();
            swapped.replace_range(digits..digits + len, &(number + 1).to_string());
            let line = page[at..].lines().next();
            assert!(!subject.checks(&swapped), "{line:?} in {:?}", subject.dir);
        }
    }
}

#[test]
fn constants_that_overlap_or_do_not_fit_do_not_compile() {
    let subject = Subject::new("tampered_weights", &compiled(options("digits")));
    let (before, weights) = subject
        .page
        .split_at(subject.page.find("mod weight").expect("there are some"));
    let rows: Vec<_> = weights.match_indices("Block::at(").collect();
    assert!(rows.len() > 3);
    for (at, text) in rows.into_iter().skip(1).step_by(2) {
        let start = at + text.len();
        let len = weights[start..].find(',').expect("there are bytes");
        let offset: usize = weights[start..start + len].parse().expect("it is a number");
        for moved in [offset - 16, 1 << 30] {
            let mut weights = weights.to_owned();
            weights.replace_range(start..start + len, &moved.to_string());
            assert!(
                !subject.checks(&format!("{before}{weights}")),
                "{offset} to {moved}"
            );
        }
    }
}

#[test]
fn segments_of_rows_are_those_of_the_plan() {
    let rows = options("digits_int8").ram(Ram::Least);
    let subject = Subject::new("tampered_segments", &compiled(rows));
    let page = &subject.page;
    let call = page.find(".by_rows(").expect("there are rows");
    let call = call..call + page[call..].find("super::").expect("its bytes come last");
    // The steps, the rows that are there before, and which blocks they are.
    for (at, _) in page[call.clone()].match_indices(|c: char| c.is_ascii_digit()) {
        let at = call.start + at;
        let digit = page.as_bytes()[at] - b'0';
        let mut changed = page.clone();
        changed.replace_range(at..=at, &((digit + 1) % 10).to_string());
        assert!(!subject.checks(&changed), "{} at {at}", &page[call.clone()]);
    }
    let edge = page.find("Edge {").expect("there are rows");
    let at = edge + page[edge..].find("at: ").expect("it lies somewhere") + 4;
    let mut changed = page.clone();
    changed.insert(at, '1');
    assert!(!subject.checks(&changed), "an edge beside its block");
}
