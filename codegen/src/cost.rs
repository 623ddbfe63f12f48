//! Estimated cycles of a network's steps, without building or running it.
//!
//! The program says how much a step has to do ([`Work`]): how often its kernel is called, how many products, elements and
//! positions there are. `rates.json` says what one of each takes, for each kernel on each core. These rates are fitted
//! by `cargo xtask cycles` to layers of random shapes, each of which was run in an emulator and timed by the core's pipeline
//! ([`Pipeline`]); what they are good for is checked on networks that are not among them.

use mlc_compiler::Compiled;
use mlc_compiler::program::{BufferId, Program};
use mlc_compiler::target::{Pipeline, TargetRef};
use mlc_runtime_core::scalar::{ElementType, Expr};
use mlc_runtime_core::table::{Kernel, Role, kernels};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// What there may be to do in a step, by name:
///
/// * `calls` of its kernel: one, or one for each row;
/// * `rows`: elements that it writes, but for the last two axes, such as the lines of an image;
/// * `positions`: elements that it writes, but for the last axis, such as the pixels;
/// * `elements` that it writes;
/// * `reads`: elements that it reads, or overwrites, and that are no constants;
/// * `gathered`: elements below the windows of all positions;
/// * `macs`: multiply-accumulates;
/// * `integer`, `float`: scalar functions of such numbers, for all elements.
pub const AMOUNTS: [&str; 9] = [
    "calls",
    "rows",
    "positions",
    "elements",
    "reads",
    "gathered",
    "macs",
    "integer",
    "float",
];

/// What a step has to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Work {
    /// The kernel, with what of its call makes other code of it.
    pub kernel: String,
    /// How much there is of each of [`AMOUNTS`].
    pub amounts: [f64; AMOUNTS.len()],
}

/// Cycles by name of what there is to do.
pub type Rates = BTreeMap<String, f64>;

/// Rates by target and kernel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CostModel(pub BTreeMap<String, BTreeMap<String, Rates>>);

/// The estimated cycles of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycles {
    /// Those of each step, where its kernel has rates.
    pub steps: Vec<Option<u64>>,
    /// The model of the core.
    pub pipeline: &'static Pipeline,
}

impl Work {
    /// What the steps of a program have to do.
    pub fn all(program: &Program) -> Vec<Work> {
        (0..program.steps.len())
            .map(|step| Work::of(program, step))
            .collect()
    }

    fn of(program: &Program, step: usize) -> Self {
        let (macs, call) = (program.steps[step].macs, &program.steps[step].call);
        let operands = call.kernel.operands.iter().zip(&call.operands);
        let of_role = |roles: &'static [Role]| {
            let operands = operands.clone();
            let these = operands.filter(move |(row, _)| roles.contains(&row.role));
            these.map(|(_, &id)| id)
        };
        let written = of_role(&[Role::Write, Role::Update]);
        let written = |but: usize| written.clone().map(|id| len(program, id, but)).sum::<f64>();
        let [elements, positions, rows] = [0, 1, 2].map(written);
        let inputs = of_role(&[Role::Read, Role::Update]);
        let inputs = inputs.filter(|&id| program.constant(id).is_none());
        let reads = inputs.map(|id| len(program, id, 0)).sum();
        let macs = macs as f64;
        let gathered = macs * positions / elements.max(1.0);
        let mut functions = Functions::default();
        call.closure
            .iter()
            .for_each(|closure| functions.count(closure));
        let [integer, float] = [functions.integer, functions.float].map(|n| n * elements);
        let calls = calls(program, step) as f64;
        Work {
            kernel: kernel(program, step, &functions, macs > 0.0 && positions == 1.0),
            amounts: [
                calls, rows, positions, elements, reads, gathered, macs, integer, float,
            ],
        }
    }
}

/// How often a step calls its kernel: once, or for each row that it computes.
fn calls(program: &Program, step: usize) -> usize {
    let segment = program.steps[step]
        .segment
        .map(|segment| &program.segments[segment]);
    segment.map_or(1, |segment| {
        let layer = &segment.layers[step - segment.steps.start];
        segment.edges[layer.writes].rows
    })
}

/// Elements of a buffer, but for the last axes.
fn len(program: &Program, id: BufferId, but: usize) -> f64 {
    let shape = &program.buffer(id).ty.shape;
    shape.iter().rev().skip(but).map(|&n| n as f64).product()
}

/// The scalar functions of a kernel: those that are some instructions are counted, those of mathematics named.
#[derive(Default)]
struct Functions {
    integer: f64,
    float: f64,
    named: String,
}

impl Functions {
    fn count(&mut self, expr: &Expr) {
        let Expr::Call(function, arguments) = expr else {
            return;
        };
        arguments.iter().for_each(|argument| self.count(argument));
        let is_float = |ty: &ElementType| matches!(ty, ElementType::F32 | ElementType::F64);
        match function.args.iter().chain([&function.ret]).any(is_float) {
            _ if function.body.contains("math ::") || function.body.contains("math::") => {
                self.named += &format!(" {}", function.name);
            }
            true => self.float += 1.0,
            false => self.integer += 1.0,
        }
    }
}

/// The kernel of a step as it is compiled: for which type, with which functions of mathematics, and whether for a single
/// position, of which there is nothing to share.
fn kernel(program: &Program, step: usize, functions: &Functions, single: bool) -> String {
    let call = &program.steps[step].call;
    let operands = call.kernel.operands.iter().zip(&call.operands);
    let mut generic = operands.filter(|(row, _)| row.generic || row.types.len() > 1);
    let types = generic
        .next()
        .map(|(_, &id)| width(program.buffer(id).element));
    let types = types.map_or(String::new(), |name| format!("<{name}>"));
    let single = if single { " at one position" } else { "" };
    format!(
        "{}{types}{}{single}",
        elsewhere(call.kernel).name,
        functions.named
    )
}

/// The name of a type, by which integers with and without signs are alike.
fn width(element: ElementType) -> String {
    element.rust_name().replace('u', "i")
}

/// The kernel that does the same without overwriting what it reads, if there is one: it takes as long.
fn elsewhere(kernel: &'static Kernel) -> &'static Kernel {
    let in_place = |other: &&Kernel| other.in_place.is_some_and(|own| std::ptr::eq(own, kernel));
    kernels().find(in_place).unwrap_or(kernel)
}

impl CostModel {
    /// The model that is part of mlc.
    pub fn built_in() -> &'static CostModel {
        static MODEL: OnceLock<CostModel> = OnceLock::new();
        // A test reads it.
        MODEL.get_or_init(|| CostModel::parse(include_str!("cost/rates.json")).unwrap_or_default())
    }

    /// Reads a model.
    pub fn parse(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }

    /// The cycles of each step of a network on its target, or why they are not known.
    pub fn cycles(&self, compiled: &Compiled) -> Result<Cycles, String> {
        let target = compiled.target;
        let pipeline = target.pipeline.ok_or_else(|| without(target))?;
        let rates = self.0.get(target.name);
        let rates = rates.ok_or_else(|| format!("no kernels were timed on {target}"))?;
        let work = Work::all(&compiled.program).into_iter();
        let cycles = |work: Work| Some(work.cycles(rates.get(&work.kernel)?));
        Ok(Cycles {
            steps: work.map(cycles).collect(),
            pipeline,
        })
    }
}

fn without(target: TargetRef) -> String {
    match target == TargetRef::default() {
        true => "no machine is named: `--target`".into(),
        false => format!("there is no model of the pipeline of {target}"),
    }
}

impl Work {
    /// The cycles that it takes by some rates.
    pub fn cycles(&self, rates: &Rates) -> u64 {
        let both = AMOUNTS.iter().zip(self.amounts);
        let cycles = both.map(|(name, amount)| rates.get(*name).map_or(0.0, |rate| rate * amount));
        cycles.sum::<f64>().round() as u64
    }
}

impl Cycles {
    /// The estimated cycles of a network on its target, or why they are not known.
    pub fn of(compiled: &Compiled) -> Result<Self, String> {
        CostModel::built_in().cycles(compiled)
    }

    /// All cycles, but for those of steps whose kernels have no rates.
    pub fn total(&self) -> u64 {
        self.steps.iter().flatten().sum()
    }

    /// The numbers, from 1, of steps whose kernels have no rates.
    pub fn unknown(&self) -> Vec<usize> {
        let steps = self.steps.iter().enumerate();
        let unknown = steps.filter(|(_, cycles)| cycles.is_none());
        unknown.map(|(i, _)| i + 1).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Options;

    fn digits(target: &str) -> Compiled {
        let model = mlc_fixtures::dir("digits_int8").join("model.onnx");
        Options::new(model)
            .target(target)
            .unwrap()
            .compile()
            .unwrap()
    }

    #[test]
    fn every_core_with_a_pipeline_has_rates_and_no_other() {
        let text = include_str!("cost/rates.json");
        let model = CostModel::parse(text).unwrap();
        let cores = mlc_compiler::target::TARGETS.iter();
        let cores = cores.filter(|target| target.pipeline.is_some());
        let mut cores: Vec<_> = cores.map(|target| target.name).collect();
        cores.sort();
        assert_eq!(model.0.keys().collect::<Vec<_>>(), cores);
        let kernels = model.0.values().flatten();
        for (kernel, rates) in kernels {
            assert!(rates.values().all(|&rate| rate > 0.0), "{kernel}");
            assert!(
                rates.keys().all(|name| AMOUNTS.contains(&&**name)),
                "{kernel}"
            );
        }
    }

    #[test]
    fn work_is_read_off_the_program() {
        let compiled = digits("cortex-m4");
        let work = Work::all(&compiled.program);
        let conv = work
            .iter()
            .find(|work| work.kernel.starts_with("conv2d_dsp"));
        let [calls, rows, positions, elements, reads, gathered, macs, ..] = conv.unwrap().amounts;
        assert_eq!(calls, 1.0);
        assert!(macs > elements && elements > positions && positions > rows && gathered > reads);
        assert_eq!(macs / elements, gathered / positions);
    }

    #[test]
    fn steps_without_rates_are_said() {
        let compiled = digits("cortex-m4");
        let known = Cycles::of(&compiled).unwrap();
        assert_eq!(known.unknown(), Vec::<usize>::new());
        let mut model = CostModel::built_in().clone();
        let first = Work::all(&compiled.program).remove(0).kernel;
        model.0.get_mut("cortex-m4").unwrap().remove(&first);
        let partly = model.cycles(&compiled).unwrap();
        assert!(partly.unknown().contains(&1) && partly.total() < known.total());
        let why = Cycles::of(&digits("portable")).unwrap_err();
        assert!(why.contains("--target"), "{why}");
        let why = Cycles::of(&digits("cortex-m7")).unwrap_err();
        assert!(why.contains("cortex-m7"), "{why}");
    }

    #[test]
    fn rates_add_up() {
        let work = Work {
            kernel: String::new(),
            amounts: [1.0, 5.0, 5.0, 10.0, 20.0, 50.0, 100.0, 0.0, 0.0],
        };
        let rates = [("calls", 40.0), ("macs", 0.5)].map(|(name, rate)| (name.to_owned(), rate));
        assert_eq!(work.cycles(&rates.into()), 90);
    }
}
