//! `mlc bench`: how long a model takes on this machine, and each of its layers.

use crate::Outcome;
use crate::table::{Lean, distinct, grouped, table};
use crate::terminal::{FAINT, GOOD, Terminal, styled};
use mlc_codegen::native::{Builder, Native, OnnxFile, onnxruntime};
use mlc_codegen::{Options, Socket, samples};
use mlc_compiler::Compiled;
use mlc_compiler::diag::{Diag, Diags};
use mlc_compiler::onnx;
use mlc_compiler::tensor::Tensor;
use serde::Serialize;
use std::path::PathBuf;
use std::time::Duration;

/// Times a model on this machine: as a whole, by layers, and beside onnxruntime.
///
/// It is built in release mode for the processor that this is, and runs on one thread. There are several rounds, of many
/// runs each; the fastest says what the model takes, the median what to expect on a machine that has other things to do.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    options: Options,
    /// Folder of the inputs, or the file of the only one [default: numbers that differ].
    #[arg(long, value_name = "PATH")]
    inputs: Option<PathBuf>,
    /// Rounds.
    #[arg(long, value_name = "N", default_value_t = 9, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// A Python that has onnx and onnxruntime: it takes turns, on one thread, and ratios are made within a round.
    #[arg(long, value_name = "PYTHON")]
    python: Option<String>,
}

/// A round takes so long at least, if it is not a single run.
const ROUND: Duration = Duration::from_millis(50);

/// Times of one run over several rounds, in microseconds.
#[derive(Clone, Debug, Serialize)]
struct Times {
    fastest: f64,
    median: f64,
}

/// What was measured.
#[derive(Serialize)]
struct Summary {
    name: String,
    macs: u64,
    rounds: u32,
    runs_per_round: usize,
    microseconds: Times,
    layers: Vec<Layer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    onnxruntime: Option<Peer>,
}

/// A step.
#[derive(Serialize)]
struct Layer {
    name: String,
    operator: String,
    kernel: &'static str,
    macs: u64,
    microseconds: Times,
}

/// Another engine.
#[derive(Serialize)]
struct Peer {
    microseconds: Times,
    /// What the model takes here of what it takes there: the median of the rounds.
    ratio: f64,
}

pub(crate) fn run(args: Args, terminal: &Terminal) -> Result<Outcome, Diags> {
    let name = args.options.crate_name();
    let target = args.options.target;
    if target.is_bare() {
        let message = format!("{target} is not this machine, which is what is timed");
        return Err(Diag::new("other-machine", message)
            .note("`mlc inspect --target` estimates cycles of each layer")
            .into());
    }
    let progress = terminal.progress(format!("building {name}"));
    let compiled = args.options.compile()?;
    let builder = Builder::new()?;
    let native = builder.build(&compiled, &args.options.name())?;
    let clocked = builder
        .with_clock()
        .build(&compiled, &args.options.name())?;
    progress.say(format!("timing {name}"));
    let summary = args.measure(name, &compiled, [&native, &clocked])?;
    drop(progress);
    terminal.result(&summary, || summary.text())?;
    Ok(Outcome::Success)
}

impl Args {
    fn measure(
        &self,
        name: String,
        compiled: &Compiled,
        [native, clocked]: [&Native; 2],
    ) -> Result<Summary, Diags> {
        let sockets = &native.interface().inputs;
        let inputs = match &self.inputs {
            Some(path) => samples::inputs(path, sockets)?.0,
            None => sockets.iter().map(differing).collect::<Result<_, _>>()?,
        };
        let peer = match &self.python {
            Some(python) => {
                let file = OnnxFile::of(&self.options.model, &self.options.load()?)?;
                Some((python, file, saved(&inputs)?))
            }
            None => None,
        };
        let once = native
            .run(std::slice::from_ref(&inputs))?
            .time
            .max(Duration::from_nanos(1));
        let runs = (ROUND.as_nanos() / once.as_nanos()).clamp(1, 10_000) as usize;
        let samples = vec![inputs; runs];
        let each = |time: Duration| time.as_secs_f64() * 1e6 / runs as f64;
        let (mut whole, mut peers) = (Vec::new(), Vec::new());
        let mut steps = vec![Vec::new(); compiled.program.steps.len()];
        for _ in 0..self.rounds {
            whole.push(each(native.run(&samples)?.time));
            if let Some((python, file, folder)) = &peer {
                let time = onnxruntime(python, file.path(), folder.path(), runs)?;
                peers.push(time.as_secs_f64() * 1e6);
            }
            let times = clocked.run(&samples)?.steps;
            steps
                .iter_mut()
                .zip(times)
                .for_each(|(step, time)| step.push(each(time)));
        }
        let layers = compiled.program.steps.iter().zip(steps);
        Ok(Summary {
            name,
            macs: compiled.program.macs(),
            rounds: self.rounds,
            runs_per_round: runs,
            onnxruntime: peer.map(|_| Peer::of(&whole, peers)),
            microseconds: Times::of(whole),
            layers: layers
                .map(|(step, times)| Layer {
                    name: step.layer.clone(),
                    operator: step.operator.clone(),
                    kernel: step.call.kernel.name,
                    macs: step.macs,
                    microseconds: Times::of(times),
                })
                .collect(),
        })
    }
}

/// An input whose elements differ: what they are hardly matters for time, but zeros may.
fn differing(socket: &Socket) -> Result<Tensor, Diag> {
    let element = |i: usize| (i * 37 % 101) as f64 / 101.0;
    let bytes = match socket.element {
        "f32" => (0..socket.ty.len())
            .flat_map(|i| (element(i) as f32).to_le_bytes())
            .collect(),
        "f64" => (0..socket.ty.len())
            .flat_map(|i| element(i).to_le_bytes())
            .collect(),
        // Small integers: they may be indices, or truth values.
        _ => {
            let size = socket.ty.bytes() / socket.ty.len().max(1);
            let mut bytes = vec![0; socket.ty.bytes()];
            bytes
                .iter_mut()
                .step_by(size.max(1))
                .enumerate()
                .for_each(|(i, byte)| *byte = (i % 2) as u8);
            bytes
        }
    };
    let bytes: Vec<u8> = bytes;
    Tensor::from_bytes(socket.ty.clone(), &bytes[..])
}

/// Inputs as files in a folder.
fn saved(inputs: &[Tensor]) -> Result<tempfile::TempDir, Diag> {
    let folder = tempfile::tempdir();
    let folder =
        folder.map_err(|e| Diag::new("io", format!("there is no temporary folder: {e}")))?;
    for (i, input) in inputs.iter().enumerate() {
        onnx::tensor::save(&folder.path().join(format!("input_{i}.pb")), "", input)?;
    }
    Ok(folder)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

impl Times {
    fn of(rounds: Vec<f64>) -> Self {
        let fastest = rounds.iter().copied().fold(f64::INFINITY, f64::min);
        Times {
            fastest,
            median: median(rounds),
        }
    }
}

impl Peer {
    fn of(whole: &[f64], peers: Vec<f64>) -> Self {
        let ratios = whole.iter().zip(&peers).map(|(here, there)| here / there);
        Peer {
            ratio: median(ratios.collect()),
            microseconds: Times::of(peers),
        }
    }
}

impl Summary {
    fn text(&self) -> String {
        let Times { fastest, median } = &self.microseconds;
        let heading = format!(
            "{} {} in {fastest:.1} µs, in the median of {} rounds {median:.1} µs; {} multiply-accumulates\n",
            styled(GOOD, "Ran"),
            self.name,
            self.rounds,
            grouped(self.macs),
        );
        let peer = self.onnxruntime.as_ref().map(|peer| {
            let Times { fastest, median } = &peer.microseconds;
            format!(
                "  onnxruntime: {fastest:.1} µs, in the median {median:.1} µs; mlc takes × {:.2} of that\n",
                peer.ratio
            )
        });
        heading + &peer.unwrap_or_default() + &self.table()
    }

    fn table(&self) -> String {
        const COLUMNS: [(&str, Lean); 6] = [
            ("step", Lean::Right),
            ("layer", Lean::Left),
            ("kernel", Lean::Left),
            ("MACs", Lean::Right),
            ("µs", Lean::Right),
            ("share", Lean::Right),
        ];
        let names: Vec<_> = self.layers.iter().map(|layer| &*layer.name).collect();
        let names = distinct(&names, 28);
        let all: f64 = self
            .layers
            .iter()
            .map(|layer| layer.microseconds.fastest)
            .sum();
        let row = |(i, (layer, name)): (usize, (&Layer, String))| {
            let time = layer.microseconds.fastest;
            vec![
                (i + 1).to_string(),
                name,
                layer.kernel.into(),
                grouped(layer.macs),
                format!("{time:.2}"),
                format!("{:.1} %", 100.0 * time / all.max(f64::MIN_POSITIVE)),
            ]
        };
        let heading = COLUMNS.map(|(name, _)| name.to_owned()).to_vec();
        let layers = self.layers.iter().zip(names).enumerate().map(row);
        let rows: Vec<_> = [heading].into_iter().chain(layers).collect();
        let text = table(&COLUMNS.map(|(_, lean)| lean), &rows);
        let (heading, rows) = text.split_once('\n').unwrap_or((&text, ""));
        format!("{}\n{rows}", styled(FAINT, heading))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layer_is_timed() {
        let model = mlc_fixtures::dir("digits_int8").join("model.onnx");
        let compiled = Options::new(model).compile().unwrap();
        let cache = tempfile::tempdir().unwrap();
        let builder = Builder::in_cache(cache.path());
        let native = builder.clone().build(&compiled, "digits").unwrap();
        let clocked = builder.with_clock().build(&compiled, "digits").unwrap();
        let args = Args {
            options: Options::default(),
            inputs: None,
            rounds: 2,
            python: None,
        };
        let summary = args
            .measure("digits".into(), &compiled, [&native, &clocked])
            .unwrap();
        assert_eq!(summary.layers.len(), compiled.program.steps.len());
        assert!(
            summary
                .layers
                .iter()
                .all(|layer| layer.microseconds.fastest > 0.0)
        );
        let text = summary.text();
        assert!(text.contains("µs") && text.contains("conv2d"), "{text}");
    }

    #[test]
    fn ratios_are_made_within_rounds() {
        let peer = Peer::of(&[10.0, 30.0, 20.0], vec![20.0, 60.0, 50.0]);
        assert_eq!((peer.ratio, peer.microseconds.fastest), (0.5, 20.0));
    }
}
