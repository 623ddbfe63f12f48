//! `mlc verify --qemu` and `--serial`: what a device computes against what the compiler's interpreter does, bit for bit.
//!
//! The device runs a project of `mlc new` with its feature `verify`, and answers by the protocol that is written down in
//! `templates/shared/src/protocol.rs`, of which both sides use the same file.

mod client;
mod emulator;
mod firmware;
mod judge;
#[allow(
    missing_docs,
    unreachable_pub,
    reason = "it is a file of projects, too"
)]
#[path = "../../../templates/shared/src/protocol.rs"]
mod protocol;
mod serial;
mod verdict;

use super::data;
use super::edges::Edges;
use crate::Outcome;
use crate::new::{self, board};
use crate::terminal::Terminal;
use client::{Client, Wire};
use mlc_codegen::{Interface, Options};
use mlc_compiler::Compiled;
use mlc_compiler::diag::{Diag, Diags};
use mlc_compiler::tensor::Tensor;
use std::path::PathBuf;
use std::time::Duration;

/// Which device to ask.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Device {
    /// Ask a board in QEMU, of those that `mlc new --list` shows, or `linux`, a program on this machine: it must compute what
    /// the compiler's interpreter does, bit for bit. If not, the layer is named in which that begins.
    #[arg(long, value_name = "BOARD", conflicts_with_all = ["serial", "oracle", "rtol", "atol"])]
    qemu: Option<String>,
    /// The firmware to ask there, built of a project of `mlc new` with its feature `verify` [default: it is written and built].
    #[arg(long, value_name = "FILE", requires = "qemu")]
    firmware: Option<PathBuf>,
    /// Ask a device at a serial port, such as `/dev/ttyACM0` or `COM3`, which runs such firmware.
    #[arg(long, value_name = "PORT", conflicts_with_all = ["oracle", "rtol", "atol"])]
    serial: Option<String>,
    /// Bits per second of the serial port.
    #[arg(long, default_value_t = 115_200, requires = "serial")]
    baud: u32,
    /// How many seconds a device may take to answer.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
}

impl Device {
    /// Whether a device is asked.
    pub(super) fn is_meant(&self) -> bool {
        self.qemu.is_some() || self.serial.is_some()
    }

    fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }

    /// The options of the network on the device.
    fn options(&self, asked: &Options) -> Result<Options, Diag> {
        match &self.qemu {
            Some(name) => board(name)?.0.options(asked),
            None => Ok(asked.clone().profile_layers()),
        }
    }

    /// A link to the device, on which the firmware runs.
    fn connect(&self, options: &Options, terminal: &Terminal) -> Result<Box<Wire>, Diags> {
        let Some(name) = &self.qemu else {
            let port = self.serial.as_deref().unwrap_or_default();
            return Ok(serial::open(port, self.baud, self.timeout())?);
        };
        let (board, template) = board(name)?;
        emulator::check(&board)?;
        let progress = terminal.progress(format!("building firmware for {name}"));
        let built;
        let image = match &self.firmware {
            Some(image) => image,
            None => {
                built = firmware::build(options, &board, template)?;
                &built.image
            }
        };
        drop(progress);
        Ok(emulator::start(&board, image, self.timeout())?)
    }
}

/// What a device is given, as the network takes it.
type Samples = Vec<Vec<Tensor>>;

pub(super) fn run(args: super::Args, terminal: &Terminal) -> Result<Outcome, Diags> {
    let device = &args.device;
    let options = device.options(&args.options)?;
    let model = options.load()?;
    let compiled = options.compile_model(&model, &mut |_, _| ())?;
    let interface = Interface::of(&compiled, &options.name())?;
    new::check_driven(&interface, &compiled)?;
    let edges = Edges::of(&options, &model, &compiled)?;
    let samples = samples(&args, &edges)?;
    let link = device.connect(&options, terminal)?;
    let progress = terminal.progress(format!("asking {}", device.name()));
    let mut client = Client::new(link);
    let hello = client.hello()?;
    check_build(&hello.build, &options, &compiled)?;
    let verdict = judge::verdict(&mut client, &hello, &compiled, &samples, args.layers)?;
    client.bye()?;
    drop(progress);
    let verdict = verdict.of(device.name());
    terminal.result(&verdict, || verdict.text())?;
    Ok(match verdict.passes {
        true => Outcome::Success,
        false => Outcome::Mismatch,
    })
}

impl Device {
    fn name(&self) -> &str {
        let named = self.qemu.as_deref().or(self.serial.as_deref());
        named.unwrap_or_default()
    }
}

/// Recorded samples, or ones that are made up, in the types that the network takes.
fn samples(args: &super::Args, edges: &Edges) -> Result<Samples, Diag> {
    const END: u8 = 2;
    let samples = match &args.data {
        Some(path) => data::recorded(path, edges)?,
        None => data::seeded(edges, args.seed, args.samples, END)?,
    };
    let taken = |sample: data::Sample| {
        let inputs = sample.inputs.iter().zip(&edges.inputs);
        inputs.map(|(tensor, edge)| edge.to_port(tensor)).collect()
    };
    samples.into_iter().map(taken).collect()
}

/// Makes sure that the firmware is of the network that it is compared with.
fn check_build(found: &str, options: &Options, compiled: &Compiled) -> Result<(), Diag> {
    let expected = options.emit(compiled)?.build_id().unwrap_or_default();
    match found == expected {
        true => Ok(()),
        false => Err(Diag::new(
            "other-build",
            "the device runs another network, or one that was built otherwise",
        )
        .note(format!("it says that it is build {found}, and this model with these options is {expected}"))
        .note("give the options that its crate was built with, `--name` and `--target` as well: its project's README.md has them")),
    }
}
