//! `cargo xtask channels`: what networks are without the channels that never vary.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use mlc_codegen::Options;
use mlc_compiler::onnx::Range;
use mlc_compiler::tensor::{DType, Tensor, TensorType};
use mlc_compiler::{Compiled, interp};
use mlc_tests::random::Random;
use serde::Serialize;

use crate::models;

/// Drops constant channels of models of the zoo, and compares answers with those of the whole networks.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Names of models [default: the networks of MLPerf Tiny in integers].
    models: Vec<String>,
    /// How many random inputs each is given, beside the recorded ones.
    #[arg(long, default_value_t = 20)]
    inputs: u64,
    /// What all elements of their inputs are between, such as `0..1`: floats are nothing to start from otherwise.
    #[arg(long, value_name = "LEAST..MOST", allow_hyphen_values = true)]
    input_range: Option<String>,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

/// What a network costs, whole and without.
#[derive(Serialize)]
struct Row {
    model: String,
    /// Layers that lose channels.
    layers: usize,
    macs: [u64; 2],
    weight_bytes: [usize; 2],
    /// Of weights only those that are multiplied: without biases, multipliers and tables.
    filter_bytes: [usize; 2],
    arena_bytes: [usize; 2],
    /// Inputs that were tried, and those that are answered otherwise.
    inputs: usize,
    differing: usize,
}

pub(crate) fn run(args: Args) -> Result<()> {
    let mut rows = Vec::new();
    let usual = |name: &str| name.starts_with("mlperf") && name.ends_with("int8");
    for (name, case) in models::chosen(&args.models, usual)? {
        let row = Row::of(&case, name, &args)?;
        if !args.json {
            println!("{}", row.text());
        }
        rows.push(row);
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
    }
    let wrong: usize = rows.iter().map(|row| row.differing).sum();
    ensure!(wrong == 0, "{wrong} inputs are answered otherwise");
    Ok(())
}

impl Row {
    fn of(case: &mlc_tests::Case, model: String, args: &Args) -> Result<Self> {
        let options = Options {
            input_range: args.input_range.iter().cloned().collect(),
            ..Options::new(case.onnx())
        };
        let whole = Options {
            keep_constant_channels: true,
            ..options.clone()
        }
        .compile()?;
        let less = options.compile()?;
        let recorded = case.sets()?.into_iter().map(|set| set.inputs);
        let types: Vec<_> = whole
            .program
            .inputs
            .iter()
            .map(|port| port.ty.clone())
            .collect();
        let ranges = whole.graph.edges.ranges.clone();
        let random = (0..args.inputs).map(|seed| {
            let mut random = Random::new(seed);
            let inputs = types.iter().zip(&ranges);
            let input = |(ty, range)| anything(&mut random, ty, range);
            inputs.map(input).collect::<Result<Vec<_>>>()
        });
        let inputs: Vec<_> = recorded.map(Ok).chain(random).collect::<Result<_>>()?;
        let mut differing = 0;
        for inputs in &inputs {
            let pair = [&whole, &less].map(|c| interp::run(&c.program, inputs));
            let [expected, found] = pair;
            let same = expected?.iter().zip(&found?).all(|(a, b)| equal(a, b));
            differing += usize::from(!same);
        }
        let both = [&whole, &less];
        Ok(Row {
            model,
            layers: less
                .graph
                .remarks
                .iter()
                .filter(|r| r.text.starts_with("loses"))
                .count(),
            macs: both.map(|c| c.program.macs()),
            weight_bytes: both.map(|c| c.plan.weights.bytes.len()),
            filter_bytes: both.map(filter_bytes),
            arena_bytes: both.map(|c| c.plan.arena_bytes),
            inputs: inputs.len(),
            differing,
        })
    }

    fn text(&self) -> String {
        let Row {
            model,
            layers,
            macs,
            weight_bytes,
            filter_bytes,
            arena_bytes,
            inputs,
            differing,
        } = self;
        let change = |[before, after]: [u64; 2]| {
            format!(
                "{before} → {after} ({:.1} %)",
                100.0 * after as f64 / before.max(1) as f64
            )
        };
        format!(
            "{model:<18} {layers:>2} layers lose channels; MACs {}; weight bytes {}, of filters {}; arena {} → {}; {differing} of {inputs} inputs differ",
            change(*macs),
            change(weight_bytes.map(|n| n as u64)),
            change(filter_bytes.map(|n| n as u64)),
            arena_bytes[0],
            arena_bytes[1],
        )
    }
}

/// Bytes of the filters and matrices that data is multiplied with.
fn filter_bytes(compiled: &Compiled) -> usize {
    let program = &compiled.program;
    let products = program.steps.iter().filter(|step| step.macs > 0);
    let read: BTreeSet<_> = products.flat_map(|step| &step.call.operands).collect();
    let constants = read.into_iter().filter_map(|&id| program.constant(id));
    let filters = constants.filter(|tensor| tensor.ty.rank() > 1);
    filters.map(|tensor| tensor.ty.bytes()).sum()
}

/// The same bits; of floats the same numbers, as a zero may lose its sign.
fn equal(a: &Tensor, b: &Tensor) -> bool {
    match (a.values::<f32>(), b.values::<f32>()) {
        (Some(a), Some(b)) => a == b,
        _ => a.identical(b),
    }
}

/// A tensor of any elements of the type, or of any in the range; of other floats, some around 0.
fn anything(random: &mut Random, ty: &TensorType, range: &Option<Range>) -> Result<Tensor> {
    let bytes: Vec<u8> = match (ty.dtype, range) {
        (DType::F32, range) => {
            let Range { least, most } = range.unwrap_or(Range {
                least: -1.0,
                most: 1.0,
            });
            let float = |x: f32| least as f32 + (x + 1.0) / 2.0 * (most - least) as f32;
            let floats = (0..ty.len()).map(|_| float(random.float()).to_le_bytes());
            floats.flatten().collect()
        }
        (DType::I8, Some(range)) => {
            let codes = (range.most - range.least) as usize + 1;
            let code = |i: usize| (range.least as i64 + i as i64) as u8;
            (0..ty.len()).map(|_| code(random.below(codes))).collect()
        }
        _ => (0..ty.bytes()).map(|_| random.below(256) as u8).collect(),
    };
    Tensor::from_bytes(ty.clone(), &bytes[..]).map_err(|diag| anyhow::anyhow!("{diag}"))
}
