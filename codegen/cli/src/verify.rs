//! `mlc verify`: the emitted crate against what the model says, by its outputs and layer by layer.

mod data;
mod device;
mod edges;
mod judge;
mod layers;
mod oracle;
mod subject;
mod verdict;

use crate::Outcome;
use crate::terminal::Terminal;
use mlc_codegen::Options;
use mlc_compiler::diag::{Diag, Diags};
use mlc_compiler::reference::compare::{Absolute, Tolerance};
use oracle::Choice;
use std::path::PathBuf;
use subject::Subject;

/// Compares what the emitted crate computes with what it should.
///
/// The crate of the model is compiled and run on this machine. Its outputs are compared with recorded ones (`--data`),
/// or else with those of tract, or where tract cannot run the model or is not in this `mlc`, of the graph as it is
/// written, evaluated in 64 bits node by node, without any pass. Without `--data`, inputs are made up from a seed.
///
/// Quantised networks are judged layer by layer as well, each layer given the graph's own inputs: an integer is at most
/// half a step from the number that it stands for, which leaves two right answers where that is a half (under the other
/// profiles it is one of the number's two neighbours), and floats are within the tolerance. Where every layer is, the
/// network is right: differences of its outputs follow from halves, and are shown. A layer that is not is named.
///
/// With `--stream time`, samples of the whole sequence are given step by step, and every answer of a step that is about
/// as many slices as the model was made for is compared; made-up samples go on for some steps.
///
/// Exit codes: 0 the network is right, 1 it is wrong, 2 it could not be compared.
#[derive(Clone, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    options: Options,
    /// Samples: a folder with `test_data_set_*` folders of `input_K.pb` and `output_K.pb`, a .npz file with an array for
    /// each input and output by its name, a .npy file for the only input, a folder of .npy files called after inputs and
    /// outputs, or what `mlc quantize` takes.
    ///
    /// Arrays hold one sample, or many along the first axis. Where there are no outputs, they are asked of the oracle.
    /// With `--io`, samples are of the model's types, or of the crate's.
    #[arg(long, value_name = "PATH")]
    data: Option<PathBuf>,
    /// Seed of inputs that are made up.
    #[arg(long, default_value_t = 0, conflicts_with = "data")]
    seed: u64,
    /// How many samples are made up.
    #[arg(long, default_value_t = 3, conflicts_with = "data", value_parser = clap::value_parser!(u64).range(1..))]
    samples: u64,
    /// Who says what outputs should be that are not recorded.
    #[arg(long, value_enum, default_value_t = Choice::Auto)]
    oracle: Choice,
    /// What a float may be off by, as a part of its value.
    #[arg(long, value_name = "PART", default_value_t = 1e-4, value_parser = tolerance)]
    rtol: f64,
    /// What a float may be off by besides [default: 1e-5 of what its tensor spans].
    #[arg(long, value_name = "NUMBER", value_parser = tolerance)]
    atol: Option<f64>,
    /// Show every layer.
    #[arg(long)]
    layers: bool,
    #[command(flatten)]
    device: device::Device,
}

fn tolerance(text: &str) -> Result<f64, String> {
    let number = text
        .parse()
        .ok()
        .filter(|x: &f64| x.is_finite() && *x >= 0.0);
    number.ok_or_else(|| "it must be a number, 0 or more".into())
}

pub(crate) fn run(args: Args, terminal: &Terminal) -> Result<Outcome, Diags> {
    args.check()?;
    if args.device.is_meant() {
        return device::run(args, terminal);
    }
    let name = args.options.crate_name();
    let progress = terminal.progress(format!("building {name}"));
    let subject = Subject::build(&args)?;
    drop(progress);
    let progress = terminal.progress(format!("comparing {name}"));
    let verdict = judge::verdict(&subject, &args, name)?;
    drop(progress);
    terminal.result(&verdict, || verdict.text())?;
    Ok(if verdict.passes {
        Outcome::Success
    } else {
        Outcome::Mismatch
    })
}

impl Args {
    /// Makes sure that what is compared is what the file has.
    fn check(&self) -> Result<(), Diag> {
        if self.options.calibration.quantize.is_none() {
            return Ok(());
        }
        let message = "a model is compared as its file has it";
        let help = "quantise it by `mlc quantize` first, and verify the file that this writes";
        Err(Diag::new("incomparable-model", message).note(help))
    }

    fn tolerance(&self) -> Tolerance {
        let absolute = self
            .atol
            .map_or(Tolerance::default().absolute, Absolute::Number);
        let relative = self.rtol;
        Tolerance { relative, absolute }
    }
}
