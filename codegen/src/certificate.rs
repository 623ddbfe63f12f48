//! The memory plan as a file, `PLAN.json`, and the proof that nothing in it collides, from the file alone.
//!
//! Moment 0 is when the caller gives the inputs, moment `i` is step `i`, and after the last step the caller reads the
//! outputs. What each of them reads and writes is in the file: the check counts from it how long each buffer is needed,
//! and how large it is. Steps of a segment run row by row: the check runs them on row numbers.

mod check;
mod lives;
mod of;
mod segments;
#[cfg(test)]
mod tests;

pub use check::{Checked, CheckedRegion};
use mlc_compiler::diag::Diag;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// The files of a build by their paths, each with its digest; plans have none, since they would be in themselves.
pub(crate) type Listed = BTreeMap<String, Option<String>>;

/// The name of the file in an emitted crate.
pub const FILE: &str = "PLAN.json";

/// The version of the format.
const FORMAT: u32 = 3;

/// A memory plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    format: u32,
    /// The network.
    pub network: String,
    /// Whether the search found that no arena can be smaller.
    pub proved: bool,
    /// The digest of all files of the build that it is of.
    #[serde(default)]
    pub(crate) build: String,
    /// Those files, as paths from its folder.
    #[serde(default)]
    pub(crate) files: Listed,
    regions: Vec<Region>,
    buffers: Vec<Buffer>,
    /// What the caller gives.
    inputs: Vec<Operand>,
    steps: Vec<Step>,
    /// What the caller reads.
    outputs: Vec<Operand>,
    segments: Vec<Segment>,
}

/// The working memory in one region, which has addresses of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Region {
    name: String,
    /// Bytes that the arena takes, and that it may.
    bytes: usize,
    budget: Option<usize>,
    /// With these buffers, no arena can be smaller in this order of steps.
    lower_bound: usize,
}

/// Bytes of an arena that are in use from one moment to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Buffer {
    name: String,
    region: String,
    offset: usize,
    bytes: usize,
    align: usize,
    first: usize,
    last: usize,
    #[serde(default, skip_serializing_if = "Holds::is_tensor")]
    holds: Holds,
}

/// What a buffer is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Holds {
    /// What steps read and write.
    #[default]
    Tensor,
    /// What is kept from one run to the next.
    State,
    /// A copy of weights.
    Weights,
}

impl Holds {
    fn is_tensor(&self) -> bool {
        *self == Holds::Tensor
    }
}

/// What a step, or the caller, uses of a buffer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Operand {
    buffer: usize,
    /// Bytes from the buffer's start; of one that runs row by row, as if all rows were there.
    at: usize,
    bytes: usize,
    align: usize,
}

/// A call of a kernel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    /// The layer that it belongs to.
    name: String,
    reads: Vec<Operand>,
    /// What it reads and writes.
    updates: Vec<Operand>,
    writes: Vec<Operand>,
}

/// Steps that run row by row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Segment {
    first: usize,
    last: usize,
    /// Whether the caller gives the network's input row by row: then the first layer is the caller.
    fed: bool,
    tensors: Vec<Tensor>,
    layers: Vec<Layer>,
}

/// A tensor of which rows come and go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tensor {
    /// Which of the buffers.
    buffer: usize,
    /// Rows it has, bytes of one, and how many are in memory at a time.
    rows: usize,
    row_bytes: usize,
    window: usize,
    /// Whether its rows come to be here, and whether they are needed afterwards.
    computed: bool,
    kept: bool,
}

/// What a step reads and writes, by numbers of tensors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Layer {
    reads: Vec<Read>,
    writes: usize,
}

/// Rows that a step reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    tensor: usize,
    extent: usize,
    stride: usize,
    pad: isize,
}

impl Certificate {
    /// Reads the plan of the crate in `folder`.
    pub fn read(folder: &Path) -> Result<Self, Diag> {
        let path = folder.join(FILE);
        let about = |diag: Diag| diag.note(format!("file {}", path.display()));
        let text = std::fs::read(&path).map_err(|e| {
            about(Diag::new(
                "unreadable-file",
                format!("cannot read the plan: {e}"),
            ))
            .note("`mlc build` writes it into each crate")
        })?;
        Certificate::parse(&text).map_err(about)
    }

    /// Reads a plan of the format of this version.
    pub fn parse(text: &[u8]) -> Result<Self, Diag> {
        /// What a plan of any format says.
        #[derive(Deserialize)]
        struct Any {
            format: u32,
        }
        let not_a_plan = |e| Diag::new("invalid-plan", format!("not a plan: {e}"));
        match serde_json::from_slice(text).map_err(not_a_plan)? {
            Any { format: FORMAT } => serde_json::from_slice(text).map_err(not_a_plan),
            Any { format } => {
                Err(
                    Diag::new("invalid-plan", format!("format {format} is not known")).note(
                        format!("this version reads format {FORMAT}: build the crate anew"),
                    ),
                )
            }
        }
    }

    /// The file's contents.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}
