//! What was measured, as tables and as data.

use anyhow::{Result, ensure};
use mlc_compiler::target::TargetRef;
use mlc_compiler::tensor::Tensor;
use mlc_tests::recorded::Worst;
use serde::Serialize;

use super::Model;
use super::board::{BOARDS, Board};
use super::emulator::Outcome;
use super::image::Image;
use super::layers::Layer;

/// How the outputs of a board compare.
#[derive(Serialize)]
pub(super) struct Agreement {
    /// Whether they are those of the host and those of the interpreter, bit for bit.
    host_identical: bool,
    interpreter_identical: bool,
    /// The largest difference from what was recorded, in units of what is allowed.
    recorded_error: Option<f64>,
    /// What is wrong with them, if more than what is allowed.
    mismatch: Option<String>,
}

impl Agreement {
    /// Compares outputs with the host's, the interpreter's and the recorded ones.
    pub(super) fn of(outputs: &[u8], host: &[u8], model: &Model) -> Self {
        let compared = compare(outputs, model);
        Self {
            host_identical: outputs == host,
            interpreter_identical: outputs == model.interpreted,
            recorded_error: compared.as_ref().ok().map(|worst| worst.of_allowed),
            mismatch: compared.err(),
        }
    }
}

/// Compares the outputs of all sets, one after another, with the recorded ones.
fn compare(mut outputs: &[u8], model: &Model) -> Result<Worst, String> {
    let mut worst = Worst::default();
    for (k, set) in model.sets.iter().enumerate() {
        let found = set
            .outputs
            .iter()
            .map(|recorded| take(&mut outputs, recorded));
        let found = found.collect::<Result<Vec<_>, _>>()?;
        let compared = model.case.tolerance.compare_set(&found, set);
        worst = worst.max(compared.map_err(|why| format!("data set {k}, {why}"))?);
    }
    match outputs.len() {
        0 => Ok(worst),
        more => Err(format!("{more} bytes too many")),
    }
}

/// The next tensor among `bytes`, of the type of `like`.
fn take(bytes: &mut &[u8], like: &Tensor) -> Result<Tensor, String> {
    let (these, rest) = bytes
        .split_at_checked(like.bytes().len())
        .ok_or("the outputs end too early")?;
    *bytes = rest;
    Tensor::from_bytes(like.ty.clone(), these).map_err(|diag| diag.to_string())
}

/// One network on one board.
#[derive(Serialize)]
pub(super) struct Report {
    pub(super) model: String,
    pub(super) board: &'static str,
    /// What the network and the firmware were compiled for.
    target: TargetRef,
    platform: &'static str,
    data_sets: usize,
    /// What the flash holds: instructions, weights, and other constants.
    flash_bytes: u64,
    code_bytes: u64,
    weight_bytes: u64,
    constant_bytes: u64,
    /// Variables: the arena and little else.
    ram_bytes: u64,
    arena_bytes: u64,
    /// The stack at its deepest, below the caller of the network: as measured, and as it can be at most.
    pub(super) stack_bytes: u64,
    stack_bound: u64,
    /// Instructions of one inference, the most expensive of those run.
    pub(super) instructions: u64,
    /// Estimated cycles of one inference, the mean of those run, if there is a model of the core.
    pub(super) cycles: Option<u64>,
    macs: u64,
    instructions_per_mac: f64,
    /// Proved by the link: there is no report otherwise.
    panic_free: bool,
    #[serde(flatten)]
    agreement: Agreement,
    /// What each layer takes, if that was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) layers: Vec<Layer>,
}

impl Report {
    pub(super) fn new(
        model: &Model,
        board: &'static Board,
        image: &Image,
        outcome: &Outcome,
        agreement: Agreement,
    ) -> Result<Self> {
        let weight_bytes = outcome.figure("weight_bytes")?;
        let macs = outcome.figure("macs")?;
        let instructions = outcome.counts.all;
        let [measured, bound] = [outcome.figure("stack_bytes")?, image.stack.network];
        ensure!(
            measured <= bound,
            "on {board}, {measured} bytes of stack were used, where {bound} were said to be the most"
        );
        Ok(Self {
            model: model.case.name.clone(),
            board: board.name,
            target: model.target,
            platform: board.triple(),
            data_sets: model.sets.len(),
            flash_bytes: image.sizes.code + image.sizes.constants,
            code_bytes: image.sizes.code,
            weight_bytes,
            constant_bytes: image.sizes.constants.saturating_sub(weight_bytes),
            ram_bytes: image.sizes.variables,
            arena_bytes: outcome.figure("arena_bytes")?,
            stack_bytes: measured,
            stack_bound: bound,
            instructions,
            cycles: None,
            macs,
            instructions_per_mac: instructions as f64 / macs.max(1) as f64,
            panic_free: true,
            agreement,
            layers: Vec::new(),
        })
    }

    /// Whether the outputs are what they should be.
    pub(super) fn passes(&self) -> bool {
        self.is_as_elsewhere() && self.agreement.mismatch.is_none()
    }

    /// Whether the outputs are those of this machine and of the interpreter, bit for bit.
    pub(super) fn is_as_elsewhere(&self) -> bool {
        self.agreement.host_identical && self.agreement.interpreter_identical
    }

    fn row(&self) -> [String; COLUMNS.len()] {
        let bits = |same| if same { "same bits" } else { "DIFFERS" };
        [
            self.model.clone(),
            self.instructions.to_string(),
            format!("{:.2}", self.instructions_per_mac),
            self.cycles.map_or("-".into(), |cycles| cycles.to_string()),
            self.flash_bytes.to_string(),
            self.code_bytes.to_string(),
            self.constant_bytes.to_string(),
            self.weight_bytes.to_string(),
            self.ram_bytes.to_string(),
            self.arena_bytes.to_string(),
            self.stack_bytes.to_string(),
            self.stack_bound.to_string(),
            bits(self.agreement.host_identical).into(),
            bits(self.agreement.interpreter_identical).into(),
            match self.agreement.recorded_error {
                Some(error) => format!("{error:.3}"),
                None => "TOO LARGE".into(),
            },
        ]
    }
}

const COLUMNS: [&str; 15] = [
    "model",
    "instructions",
    "per MAC",
    "cycles",
    "flash",
    "code",
    "constants",
    "weights",
    "RAM",
    "arena",
    "stack",
    "at most",
    "host",
    "interpreter",
    "error",
];

const LEGEND: &str = "Instructions of one inference, of that per multiply-accumulate, and estimated cycles; the rest is bytes. Flash is code, constants and weights; \
    RAM is\nvariables, the arena among them; the stack is measured by painting, and at most what the code can take. The error is the largest\n\
    difference from the recorded outputs over what is allowed. Every image links without a panic path.";

/// Prints one table per board, and one of layers for each network that has some.
pub(super) fn print(reports: &[Report]) {
    for board in BOARDS {
        let here = || reports.iter().filter(|report| report.board == board.name);
        let rows: Vec<_> = here().map(Report::row).collect();
        if !rows.is_empty() {
            println!("\n{board}");
            print_table(COLUMNS, &rows);
        }
        for report in here().filter(|report| !report.layers.is_empty()) {
            println!(
                "\n{} by layers, each with the call of its mark",
                report.model
            );
            let rows = report.layers.iter().map(|layer| layer.row(&report.layers));
            print_table(Layer::COLUMNS, &rows.collect::<Vec<_>>());
        }
    }
    for report in reports {
        if let Some(mismatch) = &report.agreement.mismatch {
            println!("\n{} on {}: {mismatch}", report.model, report.board);
        }
    }
    println!("\n{LEGEND}");
}

/// Prints rows below their header, texts to the left and numbers to the right.
fn print_table<const N: usize>(header: [&str; N], rows: &[[String; N]]) {
    let header = header.map(String::from);
    let all = || std::iter::once(&header).chain(rows);
    let width = |column: usize| all().map(|row| row[column].len()).max().unwrap_or(0);
    for row in all() {
        let cells = row.iter().enumerate().map(|(column, cell)| match column {
            0 => format!("{cell:<0$}", width(column)),
            _ => format!("{cell:>0$}", width(column)),
        });
        println!("  {}", cells.collect::<Vec<_>>().join("  "));
    }
}
