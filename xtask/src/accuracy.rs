//! `cargo xtask accuracy`: what quantisation costs real networks, beside what it costs elsewhere.
//!
//! Every sample is judged by a network that was calibrated without it: the data are split in two halves, and each half
//! is answered by networks calibrated with samples of the other. onnxruntime quantises from the same samples (QDQ,
//! a scale for each channel of weights, 8 bits, its own choice of ranges) and runs with its optimisations off; it also
//! runs our model, whose answers have to be those of our own run.

mod reference;
mod tasks;

use anyhow::{Context, Result, ensure};
use mlc_compiler::onnx::Model;
use mlc_compiler::quantize::{Samples, Settings, quantize};
use mlc_compiler::tensor::Tensor;
use mlc_compiler::{compile, interp};
use serde::Serialize;
use std::path::Path;
use tasks::{Measure, Task};

use crate::sh;

/// Measures float networks, the same in integers as shipped, and as quantised here and by onnxruntime.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Names of tasks [default: all].
    tasks: Vec<String>,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
    /// Do without onnxruntime.
    #[arg(long)]
    alone: bool,
}

/// At most so many samples are calibrated with.
const CALIBRATION: usize = 50;
/// What quantising may cost, in percentage points of right answers.
const MAX_LOSS: f64 = 0.5;

pub(crate) fn run(args: Args) -> Result<()> {
    let tasks: Vec<Task> = tasks::all()?;
    let wanted =
        |task: &&Task| args.tasks.is_empty() || args.tasks.iter().any(|name| name == task.name);
    let mut rows = Vec::new();
    if !args.json {
        println!("{}", Row::HEADING);
    }
    for task in tasks.iter().filter(wanted) {
        let measured = measure(task, args.alone).with_context(|| task.name.to_owned())?;
        if !args.json {
            measured.iter().for_each(|row| println!("{row}"));
        }
        rows.extend(measured);
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
    }
    ensure!(!rows.is_empty(), "no such task");
    let failures: Vec<String> = rows.iter().filter_map(Row::failure).collect();
    ensure!(failures.is_empty(), "{}", failures.join("; "));
    Ok(())
}

/// The figures of a task.
#[derive(Serialize)]
struct Row {
    task: &'static str,
    measure: Measure,
    samples: usize,
    calibrated_with: usize,
    float: f64,
    shipped: Option<f64>,
    ours: f64,
    /// Our model in onnxruntime.
    ours_elsewhere: Option<f64>,
    /// onnxruntime's model.
    onnxruntime: Option<f64>,
}

/// The outputs for each sample, by who made the network.
#[derive(Default)]
struct Answers {
    float: Vec<Tensor>,
    shipped: Vec<Tensor>,
    ours: Vec<Tensor>,
    ours_elsewhere: Vec<Tensor>,
    onnxruntime: Vec<Tensor>,
}

fn measure(task: &Task, alone: bool) -> Result<Vec<Row>> {
    let model = mlc_compiler::load(&task.float)?;
    let samples = task.samples()?;
    let count = samples.inputs.len();
    let mut made = Answers {
        float: answers(&model, &samples.inputs)?,
        ..Answers::default()
    };
    if let Some(shipped) = &task.shipped {
        made.shipped = shipped_answers(shipped, &samples.inputs)?;
    }
    let mut calibrated_with = 0;
    for half in 0..2 {
        let (judged, others): (Vec<usize>, Vec<usize>) = (0..count).partition(|i| i % 2 == half);
        let calibration = spread(&others, CALIBRATION);
        calibrated_with = calibrated_with.max(calibration.len());
        fold(
            task,
            &model,
            &samples,
            &calibration,
            &judged,
            alone,
            &mut made,
        )?;
    }
    made.reorder(count);
    let row = |&measure: &Measure| {
        let figure = |answers: &Vec<Tensor>| {
            (!answers.is_empty()).then(|| measure.of(answers, &made.float, &samples))
        };
        Row {
            task: task.name,
            measure,
            samples: count,
            calibrated_with,
            float: figure(&made.float).unwrap_or_default(),
            shipped: figure(&made.shipped),
            ours: figure(&made.ours).unwrap_or_default(),
            ours_elsewhere: figure(&made.ours_elsewhere),
            onnxruntime: figure(&made.onnxruntime),
        }
    };
    Ok(task.measures.iter().map(row).collect())
}

impl Answers {
    /// Puts answers to one half of the samples and then the other into the order of the samples.
    fn reorder(&mut self, count: usize) {
        let first = count.div_ceil(2);
        for answers in [
            &mut self.ours,
            &mut self.ours_elsewhere,
            &mut self.onnxruntime,
        ] {
            let ordered = (0..answers.len()).map(|i| answers[i % 2 * first + i / 2].clone());
            *answers = ordered.collect();
        }
    }
}

/// Quantises with some samples and answers others.
fn fold(
    task: &Task,
    model: &Model,
    samples: &Samples,
    calibration: &[usize],
    judged: &[usize],
    alone: bool,
    answers_of: &mut Answers,
) -> Result<()> {
    let of = |indices: &[usize]| -> Vec<Vec<Tensor>> {
        indices.iter().map(|&i| samples.inputs[i].clone()).collect()
    };
    let (calibration, judged) = (of(calibration), of(judged));
    let given = Samples {
        inputs: calibration.clone(),
        ..Samples::default()
    };
    let ours = quantize(model, &given, Settings::default(), &|_| ())?.model;
    answers_of.ours.extend(answers(&ours, &judged)?);
    if !alone {
        let found = reference::run(task, &ours.encode()?, &calibration, &judged)?;
        answers_of.ours_elsewhere.extend(found.ours);
        answers_of.onnxruntime.extend(found.onnxruntime);
    }
    Ok(())
}

/// At most `count` of the indices, spread evenly.
fn spread(indices: &[usize], count: usize) -> Vec<usize> {
    let count = count.min(indices.len());
    (0..count)
        .map(|i| indices[i * indices.len() / count])
        .collect()
}

/// The first output for each sample.
fn answers(model: &Model, inputs: &[Vec<Tensor>]) -> Result<Vec<Tensor>> {
    let program = compile(model)?.program;
    let answer = |inputs: &Vec<Tensor>| {
        let outputs = interp::run(&program, inputs)?;
        outputs
            .into_iter()
            .next()
            .context("the model has no output")
    };
    inputs.iter().map(answer).collect()
}

/// As [`answers`], for a model whose input and output are integers: they are converted as its first and last nodes say.
fn shipped_answers(path: &Path, inputs: &[Vec<Tensor>]) -> Result<Vec<Tensor>> {
    let model = mlc_compiler::load(path)?;
    let ends = tasks::Ends::of(&model)?;
    let stored: Vec<Vec<Tensor>> = inputs
        .iter()
        .map(|inputs| inputs.iter().map(|x| ends.store(x)).collect())
        .collect();
    Ok(answers(&model, &stored)?
        .iter()
        .map(|y| ends.restore(y))
        .collect())
}

impl Row {
    const HEADING: &'static str = "task     measure                        samples  calibrated  float    shipped  mlc      in onnxruntime  onnxruntime";

    /// What is not as it should be. That a network answers better in integers than in floats is luck, and does not
    /// count.
    fn failure(&self) -> Option<String> {
        let lost = |figure: f64| self.measure.loss(self.float, figure).max(0.0);
        let (ours, theirs) = (lost(self.ours), self.onnxruntime.map(lost));
        if let Some(theirs) = theirs.filter(|&theirs| ours > theirs) {
            return Some(format!(
                "{}: {ours:.2} are lost, by onnxruntime {theirs:.2}",
                self.task
            ));
        }
        (self.measure == Measure::Right && ours > MAX_LOSS)
            .then(|| format!("{}: {ours:.2} points are lost", self.task))
    }
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let figure = |x: Option<f64>| x.map_or("-".into(), |x| format!("{x:.2}"));
        write!(
            f,
            "{:<8} {:<30} {:<8} {:<11} {:<8} {:<8} {:<8} {:<15} {}",
            self.task,
            self.measure.name(),
            self.samples,
            self.calibrated_with,
            figure(Some(self.float)),
            figure(self.shipped),
            figure(Some(self.ours)),
            figure(self.ours_elsewhere),
            figure(self.onnxruntime),
        )
    }
}

/// The folder of everything that is made on the way.
fn folder() -> std::path::PathBuf {
    sh::target_dir().join("accuracy")
}
