//! The memory plan as a file, `PLAN.json`, and the proof that nothing in it collides, from the file alone.
//!
//! Moment 0 is when the caller gives the inputs, moment `i` is step `i`, and after the last step the caller reads the
//! outputs. Steps of a segment run row by row: what they read and write is in the file, and the check runs them on
//! row numbers.

mod check;
#[cfg(test)]
mod tests;

pub use check::{Checked, CheckedRegion};
use mlc_compiler::Compiled;
use mlc_compiler::diag::{Diag, Diags};
use mlc_compiler::memory::{Arena, HotWeight};
use mlc_compiler::stream;
use mlc_runtime_core::stream as rows;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The name of the file in an emitted crate.
pub const FILE: &str = "PLAN.json";

/// The version of the format.
const FORMAT: u32 = 2;

/// A memory plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    format: u32,
    /// The network.
    pub network: String,
    /// Whether the search found that no arena can be smaller.
    pub proved: bool,
    regions: Vec<Region>,
    steps: usize,
    buffers: Vec<Buffer>,
    segments: Vec<Segment>,
}

/// The working memory in one region, which has addresses of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Region {
    name: String,
    /// Bytes that the arena takes, and that it may.
    bytes: usize,
    budget: Option<usize>,
    /// With these buffers, no arena can be smaller in this order of steps.
    lower_bound: usize,
}

/// Bytes of an arena that are in use for some time: by a tensor, or by a copy of weights from the beginning to the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Buffer {
    name: String,
    region: String,
    offset: usize,
    bytes: usize,
    align: usize,
    first: usize,
    last: usize,
    /// Whether its contents are kept from one run to the next.
    #[serde(default, skip_serializing_if = "is_false")]
    persistent: bool,
}

fn is_false(value: &bool) -> bool {
    !value
}

/// Steps that run row by row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Segment {
    first: usize,
    last: usize,
    tensors: Vec<Tensor>,
    layers: Vec<Layer>,
}

/// A tensor of which rows come and go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
struct Layer {
    reads: Vec<Read>,
    writes: usize,
}

/// Rows that a step reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Read {
    tensor: usize,
    extent: usize,
    stride: usize,
    pad: isize,
}

impl Certificate {
    /// The plan of a network, once its own check holds: what cannot be proved is not written.
    pub fn proved(compiled: &Compiled, network: &str) -> Result<Self, Diag> {
        let certificate = Certificate::of(compiled, network);
        match certificate.check() {
            Ok(_) => Ok(certificate),
            Err(Diags(problems)) => Err(defect(network, problems)),
        }
    }

    /// The plan of a network.
    pub fn of(compiled: &Compiled, network: &str) -> Self {
        let (program, plan) = (&compiled.program, &compiled.plan);
        let buffers = plan.blocks.iter().map(|(&id, block)| Buffer {
            name: program.buffer(id).name.clone(),
            region: plan.arenas[block.arena].name.clone(),
            offset: block.offset,
            bytes: block.size,
            align: block.align,
            first: block.lifetime.first,
            last: block.lifetime.last,
            persistent: program.keeps(id),
        });
        let copy = |hot: &HotWeight| Buffer {
            name: program.buffer(hot.constants[0]).name.clone(),
            region: plan.arenas[hot.arena].name.clone(),
            offset: hot.offset,
            bytes: hot.bytes,
            align: program.buffer(hot.constants[0]).element.size(),
            first: 0,
            last: program.steps.len() + 1,
            persistent: false,
        };
        let number = |id| {
            plan.blocks
                .keys()
                .position(|&key| key == id)
                .unwrap_or(usize::MAX)
        };
        let tensor = |e: &stream::Edge| Tensor {
            buffer: number(e.buffer),
            rows: e.rows,
            row_bytes: e.row,
            window: e.window,
            computed: e.computed,
            kept: e.kept,
        };
        let segment = |s: &stream::Segment| Segment {
            first: s.steps.start + 1,
            last: s.steps.end,
            tensors: s.edges.iter().map(tensor).collect(),
            layers: s.layers.iter().map(Layer::of).collect(),
        };
        Certificate {
            format: FORMAT,
            network: network.into(),
            proved: plan.proved,
            regions: plan.arenas.iter().map(Region::of).collect(),
            steps: program.steps.len(),
            buffers: buffers.chain(plan.hot.iter().map(copy)).collect(),
            segments: program.segments.iter().map(segment).collect(),
        }
    }

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
        let plan: Certificate = serde_json::from_slice(&text)
            .map_err(|e| about(Diag::new("invalid-plan", format!("not a plan: {e}"))))?;
        match plan.format {
            FORMAT => Ok(plan),
            other => Err(about(Diag::new(
                "invalid-plan",
                format!("format {other} is not known"),
            ))),
        }
    }

    /// The file's contents.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

/// A plan of ours that does not hold.
fn defect(network: &str, problems: Vec<Diag>) -> Diag {
    let message = format!("the memory plan of `{network}` cannot be proved, so nothing is written");
    let diag = Diag::new("unproved-plan", message);
    let diag = problems
        .into_iter()
        .fold(diag, |diag, problem| diag.note(problem.message));
    diag.note("this is a defect of mlc: please report it with the model; other options, such as another `--ram`, give another plan")
}

impl Region {
    fn of(arena: &Arena) -> Self {
        Region {
            name: arena.name.clone(),
            bytes: arena.bytes,
            budget: arena.budget,
            lower_bound: arena.lower_bound,
        }
    }
}

impl Layer {
    fn of(layer: &stream::Layer) -> Self {
        let read = |source: &rows::Source| Read {
            tensor: source.edge,
            extent: source.extent,
            stride: source.stride,
            pad: source.pad,
        };
        Layer {
            reads: layer.reads.iter().map(read).collect(),
            writes: layer.writes,
        }
    }
}
