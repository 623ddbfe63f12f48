//! `mlc run`: a model becomes a program of this machine, which answers for one sample.

use crate::Outcome;
use crate::slices::Slices;
use crate::terminal::{FAINT, GOOD, Terminal, styled};
use mlc_codegen::native::{Build, Builder};
use mlc_codegen::{Options, Socket, samples};
use mlc_compiler::diag::Diags;
use mlc_compiler::tensor::{DType, Tensor};
use serde::Serialize;
use std::path::PathBuf;

/// Emits, compiles and runs the crate of a model on this machine.
///
/// The inputs are files `input_0.pb`, `input_1.pb`, .. (TensorProto, as in ONNX test data), or `input_0.npy`, ..,
/// or `NAME.npy`; the only input may be a file of any name. With `--stream time` they hold the whole sequence that the model was made for, which is given step by
/// step, and the outputs are those of the last. Outputs are written in the same format as `output_0.pb`, ..
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    options: Options,
    /// Folder of the inputs, or the file of the only one.
    #[arg(long, value_name = "PATH")]
    inputs: PathBuf,
    /// Folder for the outputs [default: they are only summarised].
    #[arg(long, value_name = "DIR")]
    outputs: Option<PathBuf>,
}

/// What a run gave.
#[derive(Serialize)]
struct Summary {
    name: String,
    /// Whether the program was built in an earlier run.
    cached: bool,
    build_seconds: f64,
    rustc_peak_bytes: Option<u64>,
    microseconds: f64,
    outputs: Vec<Output>,
}

#[derive(Serialize)]
struct Output {
    name: String,
    #[serde(rename = "type")]
    ty: String,
    /// The first elements, if they are numbers.
    first: Vec<f64>,
    /// Place of the largest element, counted through all dimensions.
    largest: Option<usize>,
    /// What that class is called: of scores the one of the largest element, of classes the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
}

pub(crate) fn run(args: Args, terminal: &Terminal) -> Result<Outcome, Diags> {
    let name = args.options.crate_name();
    let progress = terminal.progress(format!("building {name}"));
    let model = args.options.load()?;
    let compiled = args.options.compile_model(&model, &mut |_, _| ())?;
    let slices = Slices::of(&args.options, &model, &compiled)?;
    let native = Builder::new()?.build(&compiled, &args.options.name())?;
    drop(progress);
    let interface = native.interface();
    let taken = slices
        .as_ref()
        .map_or(interface, |slices| &slices.interface);
    let (inputs, format) = samples::inputs(&args.inputs, &taken.inputs)?;
    let (outputs, time) = match &slices {
        Some(slices) => slices.run(&native, &inputs)?,
        None => {
            let mut ran = native.run(&[inputs])?;
            (ran.samples.pop().unwrap_or_default(), ran.time)
        }
    };
    let outputs = &outputs[..];
    if let Some(folder) = &args.outputs {
        samples::write_outputs(folder, &interface.outputs, outputs, format)?;
    }
    let summary = Summary::new(
        name,
        &native.build,
        time.as_secs_f64() * 1e6,
        &interface.outputs,
        outputs,
        &compiled.labels,
    );
    terminal.result(&summary, || summary.text())?;
    Ok(Outcome::Success)
}

impl Summary {
    fn new(
        name: String,
        build: &Build,
        microseconds: f64,
        sockets: &[Socket],
        outputs: &[Tensor],
        labels: &[String],
    ) -> Self {
        Summary {
            name,
            cached: build.cached,
            build_seconds: build.time.as_secs_f64(),
            rustc_peak_bytes: build.rustc_bytes,
            microseconds,
            outputs: sockets
                .iter()
                .zip(outputs)
                .map(|(s, t)| Output::new(s, t, labels))
                .collect(),
        }
    }

    fn text(&self) -> String {
        let built = if self.cached { "found built" } else { "built" };
        let mut text = format!(
            "{} {} in {:.1} µs {}\n",
            styled(GOOD, "Ran"),
            self.name,
            self.microseconds,
            styled(FAINT, format!("({built} in {:.2} s)", self.build_seconds)),
        );
        self.outputs
            .iter()
            .for_each(|output| text += &output.text());
        text
    }
}

impl Output {
    /// How many elements are shown.
    const SHOWN: usize = 10;

    fn new(socket: &Socket, tensor: &Tensor, labels: &[String]) -> Self {
        let values = tensor.to_vec::<f64>().unwrap_or_default();
        let largest = values.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
        let largest = largest.map(|(place, _)| place);
        let class = match socket.ty.dtype {
            DType::I32 if values.len() < labels.len() => {
                values.first().map(|&class| class as usize)
            }
            _ => largest.filter(|_| values.len() == labels.len()),
        };
        Output {
            label: class.and_then(|class| labels.get(class).cloned()),
            name: socket.name.clone(),
            ty: socket.ty.to_string(),
            largest,
            first: values.into_iter().take(Output::SHOWN).collect(),
        }
    }

    fn text(&self) -> String {
        let values: Vec<_> = self.first.iter().map(|x| format!("{x:.5}")).collect();
        let largest = self
            .largest
            .map_or(String::new(), |i| format!("; largest at {i}"));
        let label = self
            .label
            .as_ref()
            .map_or(String::new(), |label| format!(", {label}"));
        format!(
            "  {}: {} = {}{largest}{label}\n",
            self.name,
            self.ty,
            values.join(" ")
        )
    }
}
