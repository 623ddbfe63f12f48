//! What was measured, as tables and as data.

use mlc_compiler::tensor::Tensor;
use mlc_tests::recorded::Worst;
use serde::Serialize;

use super::Model;
use super::board::{BOARDS, Board};
use super::emulator::Outcome;
use super::image::Image;

/// How the outputs of a board compare.
#[derive(Serialize)]
pub(super) struct Agreement {
    /// Whether they are those of the host, bit for bit.
    host_identical: bool,
    /// The largest difference from what was recorded, in units of what is allowed.
    recorded_error: Option<f64>,
    /// What is wrong with them, if more than what is allowed.
    mismatch: Option<String>,
}

impl Agreement {
    /// Compares outputs with the host's and with the recorded ones.
    pub(super) fn of(outputs: &[u8], host: &[u8], model: &Model) -> Self {
        let compared = compare(outputs, model);
        Self {
            host_identical: outputs == host,
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
    model: String,
    board: &'static str,
    target: &'static str,
    data_sets: usize,
    /// Code, constants and weights.
    flash_bytes: u64,
    /// Of these, all but the weights.
    code_bytes: u64,
    /// Variables: the arena and little else.
    ram_bytes: u64,
    arena_bytes: u64,
    weight_bytes: u64,
    /// The stack at its deepest, below the caller of the network.
    pub(super) stack_bytes: u64,
    /// Instructions of one inference, the most expensive of those run.
    pub(super) instructions: u64,
    macs: u64,
    instructions_per_mac: f64,
    /// Proved by the link: there is no report otherwise.
    panic_free: bool,
    #[serde(flatten)]
    agreement: Agreement,
}

impl Report {
    pub(super) fn new(
        model: &Model,
        board: &'static Board,
        image: &Image,
        outcome: &Outcome,
        agreement: Agreement,
    ) -> anyhow::Result<Self> {
        let weight_bytes = outcome.figure("weight_bytes")?;
        let macs = outcome.figure("macs")?;
        Ok(Self {
            model: model.case.name.clone(),
            board: board.name,
            target: board.target,
            data_sets: model.sets.len(),
            flash_bytes: image.flash_bytes,
            code_bytes: image.flash_bytes.saturating_sub(weight_bytes),
            ram_bytes: image.ram_bytes,
            arena_bytes: outcome.figure("arena_bytes")?,
            weight_bytes,
            stack_bytes: outcome.figure("stack_bytes")?,
            instructions: outcome.instructions,
            macs,
            instructions_per_mac: outcome.instructions as f64 / macs.max(1) as f64,
            panic_free: true,
            agreement,
        })
    }

    /// Whether the outputs are what they should be.
    pub(super) fn passes(&self) -> bool {
        self.is_as_on_the_host() && self.agreement.mismatch.is_none()
    }

    /// Whether the outputs are those of this machine, bit for bit.
    pub(super) fn is_as_on_the_host(&self) -> bool {
        self.agreement.host_identical
    }

    fn row(&self) -> [String; COLUMNS.len()] {
        [
            self.model.clone(),
            self.flash_bytes.to_string(),
            self.code_bytes.to_string(),
            self.ram_bytes.to_string(),
            self.arena_bytes.to_string(),
            self.stack_bytes.to_string(),
            self.instructions.to_string(),
            self.macs.to_string(),
            format!("{:.2}", self.instructions_per_mac),
            if self.agreement.host_identical {
                "same bits"
            } else {
                "DIFFERS"
            }
            .into(),
            match self.agreement.recorded_error {
                Some(error) => format!("{error:.3}"),
                None => "TOO LARGE".into(),
            },
        ]
    }
}

const COLUMNS: [&str; 11] = [
    "model",
    "flash",
    "but weights",
    "RAM",
    "arena",
    "stack",
    "instructions",
    "MACs",
    "per MAC",
    "host",
    "error",
];

const LEGEND: &str = "Bytes, except: instructions (of one inference), MACs, instructions per MAC; the error is the largest difference\n\
    from the recorded outputs over what is allowed. Every image links without a panic path.";

/// Prints one table per board.
pub(super) fn print(reports: &[Report]) {
    for board in BOARDS {
        let rows: Vec<_> = reports
            .iter()
            .filter(|r| r.board == board.name)
            .map(Report::row)
            .collect();
        if !rows.is_empty() {
            println!("\n{board}");
            print_table(&rows);
        }
    }
    for report in reports {
        if let Some(mismatch) = &report.agreement.mismatch {
            println!("\n{} on {}: {mismatch}", report.model, report.board);
        }
    }
    println!("\n{LEGEND}");
}

fn print_table(rows: &[[String; COLUMNS.len()]]) {
    let header = COLUMNS.map(String::from);
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
