//! `cargo xtask steps`: what networks cost that take time slice by slice, and whether they answer as before.

use anyhow::{Context, Result, anyhow, ensure};
use mlc_codegen::Options;
use mlc_compiler::Compiled;
use mlc_compiler::interp::{self, Session};
use mlc_compiler::ops::layout::concat::Concat;
use mlc_compiler::ops::layout::slice::{Part, Slice};
use mlc_compiler::program::{Scope, Stepping};
use mlc_compiler::reference::compare::{Difference, Tolerance};
use mlc_compiler::tensor::{DType, Tensor};
use mlc_compiler::time::Sizes;
use serde::Serialize;
use std::ops::Range;

use crate::models;

/// Runs models of the zoo step by step over their recorded inputs, one after the other, and compares each answer with
/// that of the whole network for the latest slices.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Names of models [default: those that look back over slices without padding].
    models: Vec<String>,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

/// Models whose answers are about the latest slices.
const USUAL: [&str; 3] = ["mlperf_sww_fp32", "mlperf_sww_int8", "oww_embedding"];

/// What a network costs, whole and by a step.
#[derive(Serialize)]
struct Row {
    model: String,
    stepping: Stepping,
    macs: [u64; 2],
    arena_bytes: [usize; 2],
    state_bytes: usize,
    /// Answers that were compared, and those that differ: in any bit of integers, or by more than rounding of floats.
    answers: usize,
    differing: usize,
}

pub(crate) fn run(args: Args) -> Result<()> {
    let mut rows = Vec::new();
    for (name, case) in models::chosen(&args.models, |name| USUAL.contains(&name))? {
        let row = Row::of(&case, name)?;
        if !args.json {
            println!("{}", row.text());
        }
        rows.push(row);
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
    }
    let wrong: usize = rows.iter().map(|row| row.differing).sum();
    ensure!(wrong == 0, "{wrong} answers differ");
    Ok(())
}

impl Row {
    fn of(case: &mlc_tests::Case, model: String) -> Result<Self> {
        let options = Options::new(case.onnx());
        let (whole, steps) = (options.compile()?, options.stream_time().compile()?);
        let stepping = steps
            .program
            .stepping
            .clone()
            .context("it takes time in steps")?;
        let inputs = case.sets()?.into_iter().map(|set| set.inputs);
        let sequence = joined(inputs.flatten().collect(), stepping.axis)?;
        let (answers, differing) = compare(&whole, &steps, &stepping, &sequence)?;
        ensure!(answers > 0, "{model}: too few slices are recorded");
        let both = [&whole, &steps];
        let program = &steps.program;
        Ok(Row {
            model,
            stepping,
            macs: both.map(|c| c.program.macs()),
            arena_bytes: both.map(|c| c.plan.arena_bytes),
            state_bytes: program
                .states()
                .map(|(id, _)| program.buffer(id).bytes())
                .sum(),
            answers,
            differing,
        })
    }

    fn text(&self) -> String {
        let Row {
            model,
            stepping,
            macs,
            arena_bytes,
            state_bytes,
            answers,
            differing,
        } = self;
        format!(
            "{model:<18} {} slices a step; MACs {} → {} ({:.1} times fewer); arena {} → {}, of which {state_bytes} are kept; \
             {differing} of {answers} answers differ",
            stepping.hop,
            macs[0],
            macs[1],
            macs[0] as f64 / macs[1].max(1) as f64,
            arena_bytes[0],
            arena_bytes[1],
        )
    }
}

/// How many answers of steps there are, and how many of them are otherwise than the whole network's for the same slices.
fn compare(
    whole: &Compiled,
    steps: &Compiled,
    stepping: &Stepping,
    sequence: &Tensor,
) -> Result<(usize, usize)> {
    let (axis, hop) = (stepping.axis, stepping.hop);
    let Scope::Latest(slices) = stepping.scope else {
        return Err(anyhow!(
            "answers are about all slices so far: no whole network is made for as many"
        ));
    };
    let mut session = Session::new(&steps.program);
    let (mut answers, mut differing) = (0, 0);
    for step in 0..sequence.ty.shape[axis] / hop {
        let found = session.run(&[part(sequence, axis, step * hop..(step + 1) * hop)?])?;
        for (i, found) in found.iter().enumerate() {
            let moving = stepping.outputs[i];
            let along = |x: &Tensor| moving.map_or(1, |moving| x.ty.shape[moving.axis]);
            let positions =
                |x: &Tensor, at| moving.map_or(Ok(x.clone()), |moving| part(x, moving.axis, at));
            let sizes = Sizes {
                slices,
                given: along(found),
                whole: moving.map_or(1, |moving| whole.program.outputs[i].ty.shape[moving.axis]),
            };
            for beside in stepping.beside(i, step, sizes) {
                let expected =
                    interp::run(&whole.program, &[part(sequence, axis, beside.slices)?])?;
                let expected = positions(&expected[i], beside.whole)?;
                answers += 1;
                differing += usize::from(!is_same(&positions(found, beside.given)?, &expected));
            }
        }
    }
    Ok((answers, differing))
}

fn is_same(a: &Tensor, b: &Tensor) -> bool {
    match a.ty.dtype {
        DType::F32 => Difference::of(a, b, Tolerance::default()).passes(),
        _ => a.identical(b),
    }
}

/// Tensors one after the other along an axis.
fn joined(tensors: Vec<Tensor>, axis: usize) -> Result<Tensor> {
    let mut tensors = tensors.into_iter();
    let first = tensors.next().context("no inputs are recorded")?;
    tensors.try_fold(first, |all, next| {
        let both = [Some(&all), Some(&next)];
        Ok(mlc_compiler::ir::evaluate(&Concat { axis }, &both)?.swap_remove(0))
    })
}

/// Some positions of a tensor along an axis.
fn part(x: &Tensor, axis: usize, at: Range<usize>) -> Result<Tensor> {
    let mut parts: Vec<_> = x.ty.shape.iter().map(|&dim| Part::all(dim)).collect();
    parts[axis] = Part {
        begin: at.start,
        len: at.len(),
        step: 1,
    };
    Ok(mlc_compiler::ir::evaluate(&Slice(parts), &[Some(x)])?.swap_remove(0))
}
