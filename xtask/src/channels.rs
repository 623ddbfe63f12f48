//! `cargo xtask channels`: what quantised networks are without the channels that never vary.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use mlc_codegen::Options;
use mlc_compiler::interp;
use mlc_compiler::tensor::{DType, Tensor, TensorType};
use mlc_tests::random::Random;
use serde::Serialize;

/// Drops constant channels of the quantised models of the zoo, and compares answers with those of the whole networks.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Names of models [default: the networks of MLPerf Tiny in integers].
    models: Vec<String>,
    /// How many random inputs each is given, beside the recorded ones.
    #[arg(long, default_value_t = 20)]
    inputs: u64,
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
    arena_bytes: [usize; 2],
    /// Inputs that were tried, and those that are answered otherwise.
    inputs: usize,
    differing: usize,
}

pub(crate) fn run(args: Args) -> Result<()> {
    let folder = std::env::var_os("MLC_ZOO").map(PathBuf::from);
    let folder = folder.context("MLC_ZOO has to name the folder of the model zoo")?;
    let folder = std::env::current_dir()?.join(folder);
    let mut rows = Vec::new();
    for case in mlc_tests::zoo(&folder) {
        let name = case.name.trim_start_matches("zoo/").to_owned();
        let usual = name.starts_with("mlperf") && name.ends_with("int8");
        let wanted = match args.models.is_empty() {
            true => usual,
            false => args.models.contains(&name),
        };
        if wanted {
            let row = Row::of(&case, name, args.inputs)?;
            if !args.json {
                println!("{}", row.text());
            }
            rows.push(row);
        }
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
    }
    ensure!(!rows.is_empty(), "no such model");
    let wrong: usize = rows.iter().map(|row| row.differing).sum();
    ensure!(wrong == 0, "{wrong} inputs are answered otherwise");
    Ok(())
}

impl Row {
    fn of(case: &mlc_tests::Case, model: String, random_inputs: u64) -> Result<Self> {
        let options = Options::new(case.onnx());
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
        let random = (0..random_inputs).map(|seed| {
            let mut random = Random::new(seed);
            types
                .iter()
                .map(|ty| anything(&mut random, ty))
                .collect::<Result<Vec<_>>>()
        });
        let inputs: Vec<_> = recorded.map(Ok).chain(random).collect::<Result<_>>()?;
        let mut differing = 0;
        for inputs in &inputs {
            let pair = [&whole, &less].map(|c| interp::run(&c.program, inputs));
            let [expected, found] = pair;
            let same = expected?.iter().zip(&found?).all(|(a, b)| a.identical(b));
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
            "{model:<18} {layers:>2} layers lose channels; MACs {}; weight bytes {}; arena {} → {}; {differing} of {inputs} inputs differ",
            change(*macs),
            change(weight_bytes.map(|n| n as u64)),
            arena_bytes[0],
            arena_bytes[1],
        )
    }
}

/// A tensor of any elements of the type; of floats, some around 0.
fn anything(random: &mut Random, ty: &TensorType) -> Result<Tensor> {
    if ty.dtype == DType::F32 {
        return Ok(random.tensor(&ty.shape));
    }
    let bytes: Vec<u8> = (0..ty.bytes()).map(|_| random.below(256) as u8).collect();
    Tensor::from_bytes(ty.clone(), &bytes[..]).map_err(|diag| anyhow::anyhow!("{diag}"))
}
