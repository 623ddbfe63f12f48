//! The compiler: from an ONNX model to a scheduled program of kernel calls with a memory plan.
//!
//! ```text
//! model.onnx ─ import ─▶ Graph ─ passes ─▶ Graph ─ lower ─▶ Program ─ select ─▶ Program ─ schedule ─▶ Program ─ plan ─▶ MemoryPlan
//! ```
//!
//! [`compile`] is this picture; each arrow is a module.

mod arrange;
pub mod diag;
pub mod interp;
pub mod ir;
mod load;
pub mod lower;
pub mod memory;
pub mod npy;
pub mod onnx;
pub mod ops;
pub mod passes;
pub mod program;
pub mod quantization;
#[cfg(feature = "quantize")]
pub mod quantize;
pub mod reference;
pub mod requantize;
pub mod schedule;
mod select;
pub mod self_test;
pub mod settings;
pub mod stream;
pub mod target;
pub mod tensor;
pub mod tflite;
pub mod time;

pub use load::{is_tflite, load, parse};

use diag::Diags;
use ir::Graph;
use memory::MemoryPlan;
use passes::{PASSES, Pass};
use program::Program;
use self_test::SelfTest;
use settings::Settings;
use target::TargetRef;

/// A compiled model: what to run, and where everything lies in memory.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The graph after all passes.
    pub graph: Graph,
    /// The kernel calls, scheduled.
    pub program: Program,
    /// Places in the arena and in the blob of weights.
    pub plan: MemoryPlan,
    /// The machine that it is for.
    pub target: TargetRef,
    /// Whether layers can be watched while the network runs.
    pub watched: bool,
    /// Names of classes that outputs are about, if they are known.
    pub labels: Vec<String>,
    /// What it tests itself with.
    pub self_test: Option<SelfTest>,
}

/// Compiles a model whose input dimensions are all known.
pub fn compile(model: &onnx::Model) -> Result<Compiled, Diags> {
    compile_observed(model, Settings::default(), PASSES, &mut |_, _| ())
}

/// As [`compile`], with settings and only some passes, showing the graph after the import and after each pass, with the
/// pass's name. No pass is needed for a right answer.
pub fn compile_observed(
    model: &onnx::Model,
    settings: Settings,
    passes: &[Pass],
    observe: &mut dyn FnMut(&str, &Graph),
) -> Result<Compiled, Diags> {
    let mut graph = ops::import(model)?;
    observe("import", &graph);
    passes::run(passes, &mut graph, &settings, observe)?;
    let mut stepping = None;
    if let Some(axis) = settings.time {
        stepping = Some(time::by_steps(&mut graph, axis)?);
        observe("time", &graph);
    }
    let mut program = lower::lower(&graph)?;
    program.stepping = stepping;
    select::select(&mut program, &settings.target);
    let (program, mut plan) = arrange::arrange(program, &settings)?;
    plan.weights.section = settings.weights_section;
    Ok(Compiled {
        graph,
        program,
        plan,
        target: settings.target,
        watched: settings.watched,
        labels: Vec::new(),
        self_test: None,
    })
}

/// The examples of the README are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
