//! `mlc verify`: the emitted crate against tract, or against recorded answers.

use crate::Outcome;
use crate::oracle::Oracle;
use crate::slices::{Answers, Slices};
use crate::steps::{Steps, describe};
use crate::table::{Lean, table};
use crate::terminal::{BAD, FAINT, GOOD, Terminal, styled};
use mlc_codegen::compare::{ABSOLUTE, Difference, RELATIVE};
use mlc_codegen::native::{Builder, Native};
use mlc_codegen::samples::{self, Recorded};
use mlc_codegen::{Interface, Options, Socket, trace};
use mlc_compiler::Compiled;
use mlc_compiler::diag::{Diag, Diags};
use mlc_compiler::ir::Io;
use mlc_compiler::literal::LayerDifference;
use mlc_compiler::tensor::Tensor;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Compares what the emitted crate computes with what it should.
///
/// The crate of the model is compiled and run on this machine. Without `--data`, its outputs are compared with those of
/// tract on inputs that are made up from a seed; with it, with recorded outputs. A float may be off by 1e-4 of its
/// value plus 1e-5 of its output's range; anything else must be equal. If an output is wrong, the first layer whose
/// result differs from tract's is named. Layers on integers are compared with the graph as it is written as well, each
/// given the graph's own inputs: the first that differs is named, and by how many steps of its scale.
/// With `--stream time`, samples of the whole sequence are given step by step, and every answer of a step that is about
/// as many slices as the model was made for is compared; made-up samples go on for some steps.
///
/// Exit codes: 0 all outputs are right, 1 one is wrong, 2 they could not be compared.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    options: Options,
    /// Folder with recorded `test_data_set_*` folders of `input_K.pb` and `output_K.pb`.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Seed of inputs that are made up.
    #[arg(long, default_value_t = 0, conflicts_with = "data")]
    seed: u64,
    /// How many samples are made up.
    #[arg(long, default_value_t = 3, conflicts_with = "data", value_parser = clap::value_parser!(u64).range(1..))]
    samples: u64,
}

/// The result.
#[derive(Serialize)]
struct Verdict {
    name: String,
    /// What the crate is compared with.
    reference: &'static str,
    samples: usize,
    passes: bool,
    outputs: Vec<Output>,
    /// What layers on integers do otherwise than the graph says, on the first sample that is wrong, or else the first.
    integers: Option<Steps>,
    diverges: Option<Divergence>,
}

#[derive(Serialize)]
struct Output {
    name: String,
    passes: bool,
    #[serde(flatten)]
    difference: Difference,
}

/// Where a network goes wrong.
#[derive(Serialize)]
#[serde(tag = "at", rename_all = "lowercase")]
enum Divergence {
    /// At this step, counted from 1.
    Layer {
        step: usize,
        layer: String,
        operator: String,
        kernel: &'static str,
        /// The ONNX tensor that it gets wrong.
        tensor: String,
        difference: Difference,
    },
    /// At this layer on integers, which differs from the graph as it is written.
    Integers(LayerDifference),
    /// Not before the outputs: no tensor that can be compared differs.
    Outputs,
    /// In compiling the crate: the interpreter computes something else with the same kernels.
    Crate,
    /// Nobody knows.
    Unknown { why: Diag },
}

pub(crate) fn run(args: Args, terminal: &Terminal) -> Result<Outcome, Diags> {
    args.check()?;
    let name = args.options.crate_name();
    let progress = terminal.progress(format!("building {name}"));
    let model = args.options.load()?;
    let compiled = args.options.compile_model(&model, &mut |_, _| ())?;
    let slices = Slices::of(&args.options, &model, &compiled)?;
    let native = Builder::new()?.build(&compiled, &args.options.name())?;
    drop(progress);
    let progress = terminal.progress(format!("comparing {name}"));
    let taken = slices
        .as_ref()
        .map_or(native.interface(), |slices| &slices.interface);
    let mut expected = args.expected(taken)?;
    let inputs: Vec<_> = expected
        .iter()
        .map(|sample| sample.inputs.clone())
        .collect();
    let found = match &slices {
        Some(slices) => by_steps(
            slices,
            &native,
            &mut expected,
            args.further(slices)?.as_deref(),
        )?,
        None => native.run(&inputs)?.samples,
    };
    let mut verdict = Verdict {
        name,
        reference: if args.data.is_some() {
            "recorded outputs"
        } else {
            "tract"
        },
        samples: expected.len(),
        outputs: outputs(&native.interface().outputs, &found, &expected),
        integers: None,
        passes: false,
        diverges: None,
    };
    verdict.passes = !verdict.outputs.is_empty() && verdict.outputs.iter().all(|o| o.passes);
    let wrong = first_wrong(&found, &expected);
    if let Some(inputs) = inputs.get(wrong.unwrap_or(0)) {
        let whole = slices.as_ref().map_or(&compiled, |slices| &slices.whole);
        verdict.integers = Steps::count(&model, whole, inputs)?;
    }
    if !verdict.passes {
        let integers = verdict.integers.as_ref().and_then(Steps::unexpected);
        let floats = || {
            match &slices {
            Some(_) => Divergence::Unknown {
                why: Diag::new("incomparable-steps", "layers are not compared step by step")
                    .note("leave out `--stream time` to compare those of the network over the whole sequence"),
            },
            None => diverges(&args.options.model, &compiled, &native, &found, &expected),
        }
        };
        verdict.diverges = Some(integers.cloned().map_or_else(floats, Divergence::Integers));
    }
    drop(progress);
    terminal.result(&verdict, || verdict.text())?;
    Ok(if verdict.passes {
        Outcome::Success
    } else {
        Outcome::Mismatch
    })
}

impl Args {
    /// Makes sure that what is compared has the same types.
    fn check(&self) -> Result<(), Diag> {
        if self.options.calibration.quantize.is_some() {
            let message = "a model is compared as its file has it";
            return Err(Diag::new("incomparable-model", message).note(
                "quantise it by `mlc quantize` first, and verify the file that this writes",
            ));
        }
        match self.options.io {
            Io::AsIs => Ok(()),
            Io::Int8 | Io::Float => Err(Diag::new(
                "incomparable-edges",
                "what the model takes and gives is compared in its own types",
            )
            .note("leave out `--io`: between the edges it changes nothing")),
        }
    }

    /// tract's answers for further slices of a sample, if samples are made up.
    fn further(&self, slices: &Slices) -> Result<Option<Box<Answers<'_>>>, Diag> {
        if self.data.is_some() {
            return Ok(None);
        }
        let Interface {
            inputs, outputs, ..
        } = &slices.interface;
        let names: Vec<_> = outputs.iter().map(|s| s.name.clone()).collect();
        let oracle = Oracle::load(&self.options.model, inputs, &names)?;
        Ok(Some(Box::new(move |inputs| {
            let mut values = oracle.run(inputs)?;
            let outputs = names
                .iter()
                .map(|name| values.remove(name).ok_or_else(|| missing(name)));
            outputs.collect()
        })))
    }

    /// Inputs, and the outputs that they should give.
    fn expected(&self, interface: &Interface) -> Result<Vec<Recorded>, Diag> {
        if let Some(folder) = &self.data {
            return samples::recorded(folder, &interface.inputs, &interface.outputs);
        }
        let names: Vec<_> = interface.outputs.iter().map(|s| s.name.clone()).collect();
        let oracle = Oracle::load(&self.options.model, &interface.inputs, &names)?;
        let seeds = (0..self.samples).map(|i| self.seed.wrapping_add(i));
        let sample = |seed| {
            let inputs = samples::seeded(&interface.inputs, seed)?;
            let mut values = oracle.run(&inputs)?;
            let outputs = names
                .iter()
                .map(|name| values.remove(name).ok_or_else(|| missing(name)));
            Ok(Recorded {
                name: format!("seed {seed}"),
                outputs: outputs.collect::<Result<_, _>>()?,
                inputs,
            })
        };
        seeds.map(sample).collect()
    }
}

fn missing(name: &String) -> Diag {
    Diag::new("oracle-failed", format!("tract gives no output `{name}`"))
}

/// Gives each sample step by step: what all steps give of each output, one after the other. What is expected becomes the
/// same.
fn by_steps(
    slices: &Slices,
    native: &Native,
    expected: &mut [Recorded],
    further: Option<&Answers<'_>>,
) -> Result<Vec<Vec<Tensor>>, Diag> {
    let mut found = Vec::with_capacity(expected.len());
    for sample in expected {
        let [given, wanted] = slices.compare(native, &sample.inputs, &sample.outputs, further)?;
        found.push(given);
        sample.outputs = wanted;
    }
    Ok(found)
}

/// The largest difference of each output over all samples.
fn outputs(sockets: &[Socket], found: &[Vec<Tensor>], expected: &[Recorded]) -> Vec<Output> {
    let output = |(i, socket): (usize, &Socket)| {
        let pairs = found.iter().zip(expected);
        let differences = pairs.map(|(f, e)| Difference::of(&f[i], &e.outputs[i]));
        let difference = differences.reduce(|a, b| a.max(&b))?;
        Some(Output {
            name: socket.name.clone(),
            passes: difference.passes(),
            difference,
        })
    };
    sockets.iter().enumerate().filter_map(output).collect()
}

/// The first sample that has a wrong output.
fn first_wrong(found: &[Vec<Tensor>], expected: &[Recorded]) -> Option<usize> {
    let is_wrong = |(found, expected): (&Vec<Tensor>, &Recorded)| {
        let mut outputs = found.iter().zip(&expected.outputs);
        outputs.any(|(f, e)| !Difference::of(f, e).passes())
    };
    found.iter().zip(expected).position(is_wrong)
}

/// Looks for the place where the first sample that is wrong goes wrong.
fn diverges(
    model: &Path,
    compiled: &Compiled,
    native: &Native,
    found: &[Vec<Tensor>],
    expected: &[Recorded],
) -> Divergence {
    let Some(wrong) = first_wrong(found, expected) else {
        return Divergence::Outputs;
    };
    let divergence = first_layer(
        model,
        compiled,
        &native.interface().inputs,
        &found[wrong],
        &expected[wrong].inputs,
    );
    divergence.unwrap_or_else(|why| Divergence::Unknown { why })
}

fn first_layer(
    model: &Path,
    compiled: &Compiled,
    sockets: &[Socket],
    found: &[Tensor],
    inputs: &[Tensor],
) -> Result<Divergence, Diag> {
    let program = &compiled.program;
    let (interpreted, traced) = trace::run(program, inputs)?;
    let is_same = |(a, b): (&Tensor, &Tensor)| Difference::of(a, b).absolute == 0.0;
    if !interpreted.iter().zip(found).all(is_same) {
        return Ok(Divergence::Crate);
    }
    let oracle = Oracle::load(model, sockets, &trace::tensors(program))?;
    let values = oracle.run(inputs)?;
    for traced in traced {
        // A tensor that was given another type on the way cannot be compared.
        let value = values
            .get(&traced.tensor)
            .filter(|value| value.ty == traced.value.ty);
        let difference = value.map(|value| Difference::of(&traced.value, value));
        if let Some(difference) = difference.filter(|d| !d.passes()) {
            let step = &program.steps[traced.step];
            return Ok(Divergence::Layer {
                step: traced.step + 1,
                layer: step.layer.clone(),
                operator: step.operator.clone(),
                kernel: step.call.kernel.name,
                tensor: traced.tensor,
                difference,
            });
        }
    }
    Ok(Divergence::Outputs)
}

impl Verdict {
    fn text(&self) -> String {
        let (style, word) = if self.passes {
            (GOOD, "Right")
        } else {
            (BAD, "Wrong")
        };
        let columns = [
            Lean::Left,
            Lean::Right,
            Lean::Right,
            Lean::Right,
            Lean::Left,
        ];
        let mut rows = vec![
            ["  output", "absolute", "relative", "of tolerance", ""]
                .map(String::from)
                .to_vec(),
        ];
        rows.extend(self.outputs.iter().map(Output::row));
        let mut text = format!(
            "{} {}: {} on {} samples\n{}  {}\n",
            styled(style, word),
            self.name,
            self.reference,
            self.samples,
            table(&columns, &rows),
            styled(
                FAINT,
                format!(
                    "tolerance: {RELATIVE:e} of the value + {ABSOLUTE:e} of the output's range"
                )
            ),
        );
        if let Some(integers) = &self.integers {
            text += &format!("  integers: {}\n", integers.text());
        }
        if let Some(divergence) = &self.diverges {
            text += &format!("  {}\n", divergence.text());
        }
        text
    }
}

impl Output {
    fn row(&self) -> Vec<String> {
        let d = &self.difference;
        let verdict = if self.passes { "right" } else { "wrong" };
        vec![
            format!("  {}", self.name),
            format!("{:.2e}", d.absolute),
            format!("{:.2e}", d.relative),
            format!("{:.3}", d.of_tolerance),
            verdict.into(),
        ]
    }
}

impl Divergence {
    fn text(&self) -> String {
        match self {
            Divergence::Layer {
                step,
                layer,
                operator,
                kernel,
                tensor,
                difference,
            } => format!(
                "first layer that differs from tract: step {step}, {layer} ({operator}, {kernel}): tensor `{tensor}` \
                 is off by {:.2e}, {:.1} of the tolerance",
                difference.absolute, difference.of_tolerance
            ),
            Divergence::Integers(layer) => {
                format!(
                    "first layer that differs from the graph as it is written: {}",
                    describe(layer)
                )
            }
            Divergence::Outputs => "no layer before the outputs differs from tract".into(),
            Divergence::Crate => {
                "the interpreter answers otherwise with the same kernels: a defect of mlc".into()
            }
            Divergence::Unknown { why } => format!("where it goes wrong is not known: {why}"),
        }
    }
}
