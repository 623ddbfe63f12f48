//! Running an emitted crate on this machine: it is built together with a small program that feeds it.
//!
//! Programs are built for the very processor that they run on. They are kept in a cache of the user's under a key of
//! everything that goes into them, so that the second run of a model starts at once.

pub(crate) mod cache;
mod exchange;
mod machine;
mod onnxruntime;
mod runner;
mod watch;

use crate::{Interface, Socket, emit_crate, marks};
pub(crate) use cache::Entry;
pub use exchange::OnnxFile;
pub(crate) use machine::Flags;
use mlc_compiler::Compiled;
use mlc_compiler::diag::Diag;
use mlc_compiler::tensor::Tensor;
pub use onnxruntime::onnxruntime;
use std::io::{Seek, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Builds programs out of networks.
#[derive(Clone, Debug)]
pub struct Builder {
    cache: PathBuf,
    fresh: bool,
    cpu: String,
    flags: Vec<String>,
    marked: bool,
}

/// How a program was built.
#[derive(Clone, Debug, PartialEq)]
pub struct Build {
    /// Whether it was there already.
    pub cached: bool,
    /// How long it took.
    pub time: Duration,
    /// The most memory that a rustc process had, in bytes, where the system tells; it does on Linux.
    pub rustc_bytes: Option<u64>,
    /// What rustc had to say: empty for a crate as it should be.
    pub messages: String,
}

/// A network that runs on this machine.
#[derive(Clone, Debug)]
pub struct Native {
    interface: Interface,
    program: PathBuf,
    /// How it was built.
    pub build: Build,
}

/// What runs of a network gave.
#[derive(Clone, Debug)]
pub struct Ran {
    /// The outputs of each sample, in order.
    pub samples: Vec<Vec<Tensor>>,
    /// How long the network ran, all samples together; reading and writing not counted.
    pub time: Duration,
    /// How long each step of the network ran, if it was built with a clock.
    pub steps: Vec<Duration>,
}

impl Builder {
    /// Builds in the user's cache.
    pub fn new() -> Result<Self, Diag> {
        Ok(Builder::in_cache(cache::folder()?))
    }

    /// Builds in the folder `cache`.
    pub fn in_cache(cache: impl Into<PathBuf>) -> Self {
        Builder {
            cache: cache.into(),
            fresh: false,
            cpu: "native".into(),
            flags: Vec::new(),
            marked: false,
        }
    }

    /// Builds even what is in the cache, to measure it.
    pub fn fresh(mut self) -> Self {
        self.fresh = true;
        self
    }

    /// Builds for a processor that rustc knows by this name instead of the one that this is.
    pub fn for_cpu(mut self, cpu: impl Into<String>) -> Self {
        self.cpu = cpu.into();
        self
    }

    /// Builds with these flags of rustc's, too.
    pub fn with_flags(mut self, flags: &[&str]) -> Self {
        self.flags = flags.iter().map(|flag| flag.to_string()).collect();
        self
    }

    /// Builds with a clock between steps, so that the time of each is known.
    pub fn with_clock(mut self) -> Self {
        self.marked = true;
        self
    }

    /// Emits the network under `name`, and compiles it in release mode.
    pub fn build(&self, compiled: &Compiled, name: &str) -> Result<Native, Diag> {
        let start = Instant::now();
        let interface = Interface::of(compiled, name)?;
        let steps = compiled.program.steps.len();
        let mut network = emit_crate(compiled, name)?;
        if self.marked {
            marks::add(&mut network, steps, &runner::marks(steps))?;
        }
        let files = runner::files(&interface, &network, self.marked.then_some(steps))?;
        let cpu = format!("-Ctarget-cpu={}", self.cpu);
        let ours = std::iter::once(&cpu).chain(&self.flags);
        let flags = Flags::new(None, ours.cloned().collect());
        let entry = Entry::open(&self.cache, &files, flags)?;
        let built = match entry.holds_program() && !self.fresh {
            true => None,
            false => Some(entry.build(&files)?),
        };
        let cached = built.is_none();
        let built = built.unwrap_or_default();
        Ok(Native {
            interface,
            program: entry.program(),
            build: Build {
                cached,
                time: start.elapsed(),
                rustc_bytes: built.rustc_bytes,
                messages: built.messages,
            },
        })
    }
}

impl Native {
    /// The names and types of inputs and outputs.
    pub fn interface(&self) -> &Interface {
        &self.interface
    }

    /// Runs the network on each sample, in one process and with one state of its memory.
    pub fn run(&self, samples: &[Vec<Tensor>]) -> Result<Ran, Diag> {
        for sample in samples {
            check(sample, &self.interface.inputs)?;
        }
        let output = self.execute(samples).map_err(|error| {
            Diag::new("run-failed", format!("cannot run the network: {error}"))
                .note(format!("program {}", self.program.display()))
        })?;
        let messages = String::from_utf8_lossy(&output.stderr);
        let times = messages.split_whitespace().map(str::parse);
        let times = times.map(|nanoseconds| nanoseconds.map(Duration::from_nanos));
        let times = times.collect::<Result<Vec<_>, _>>();
        match (output.status.success(), times.as_deref()) {
            (true, Ok([time, steps @ ..])) => Ok(Ran {
                samples: self.outputs(&output.stdout, samples.len())?,
                time: *time,
                steps: steps.to_vec(),
            }),
            _ => Err(Diag::new(
                "run-failed",
                format!("the network's program ended with {}", output.status),
            )
            .note(messages)),
        }
    }

    fn execute(&self, samples: &[Vec<Tensor>]) -> std::io::Result<std::process::Output> {
        let mut input = tempfile::tempfile()?;
        for tensor in samples.iter().flatten() {
            input.write_all(tensor.bytes())?;
        }
        input.rewind()?;
        let mut command = Command::new(&self.program);
        command.arg(samples.len().to_string());
        command.stdin(Stdio::from(input)).output()
    }

    /// Cuts what the program wrote into tensors.
    fn outputs(&self, mut bytes: &[u8], samples: usize) -> Result<Vec<Vec<Tensor>>, Diag> {
        let short = || Diag::new("run-failed", "the network's program wrote too little");
        let mut next = |socket: &Socket| {
            let (own, rest) = bytes
                .split_at_checked(socket.ty.bytes())
                .ok_or_else(short)?;
            bytes = rest;
            Tensor::from_bytes(socket.ty.clone(), own)
        };
        let outputs = &self.interface.outputs;
        (0..samples)
            .map(|_| outputs.iter().map(&mut next).collect())
            .collect()
    }
}

/// Makes sure that a sample has the inputs that the network takes.
fn check(sample: &[Tensor], inputs: &[Socket]) -> Result<(), Diag> {
    if sample.len() != inputs.len() {
        let message = format!(
            "{} inputs given, but the network takes {}",
            sample.len(),
            inputs.len()
        );
        return Err(Diag::new("wrong-input", message));
    }
    let misfit = sample
        .iter()
        .zip(inputs)
        .find(|(t, socket)| t.ty != socket.ty);
    match misfit {
        Some((tensor, socket)) => {
            let message = format!(
                "input `{}` is {}, not {}",
                socket.name, socket.ty, tensor.ty
            );
            Err(Diag::new("wrong-input", message).at_tensor(&socket.name))
        }
        None => Ok(()),
    }
}
