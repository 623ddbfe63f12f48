//! What a user may ask of the compiler: one struct behind the command line, build scripts and the macro.

use crate::WeightsAt;
use crate::budget;
use crate::crate_files::{emit_crate, emit_crate_with_c};
use crate::embed::{Embedded, embed};
use crate::files::Files;
use crate::labels;
use crate::names::crate_name;
use crate::presentation::Presentation;
use crate::quantize::Calibration;
use crate::regions;
use crate::said::by_name;
use crate::samples;
use crate::self_test;
use mlc_compiler::diag::{Diag, Diags};
use mlc_compiler::ir::Graph;
use mlc_compiler::onnx::{Bindings, Model};
use mlc_compiler::passes::PASSES;
use mlc_compiler::quantization::Profile;
use mlc_compiler::quantize::{Progress, Report};
use mlc_compiler::settings::{Effort, Interface, Io, Ram, Settings, TimeAxis};
use mlc_compiler::target::TargetRef;
use mlc_compiler::{Compiled, compile_observed};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Which model to compile, and how. With the feature `clap` these are arguments of a command; as text they are read by
/// the names of their fields.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
#[cfg_attr(feature = "clap", derive(clap::Args))]
pub struct Options {
    /// The model, a file of ONNX or TensorFlow Lite.
    #[serde(skip)]
    pub model: PathBuf,
    /// Name of the network [default: that of the file, or of its folder if the file is `model.onnx`].
    #[cfg_attr(feature = "clap", arg(long))]
    pub name: Option<String>,
    /// Size of an open dimension, such as `batch=1`; may be repeated.
    #[cfg_attr(feature = "clap", arg(long, value_name = "NAME=SIZE"))]
    pub dim: Vec<String>,
    /// Shape of an input, such as `image:1x3x224x224`, or just the sizes of the only one; may be repeated.
    #[cfg_attr(feature = "clap", arg(long, value_name = "[INPUT:]SIZES"))]
    pub input_shape: Vec<String>,
    /// Range of an input's elements, such as `image:0..1`, or just the ends for the only one; may be repeated.
    /// Channels that never vary within it are not computed.
    #[cfg_attr(
        feature = "clap",
        arg(long, value_name = "[INPUT:]LEAST..MOST", allow_hyphen_values = true)
    )]
    pub input_range: Vec<String>,
    /// Fixes an input to a constant: a number for all elements, such as `rate=16000`, one for each, or a file,
    /// such as `mask=mask.npy` (or `.pb`); may be repeated. A branch that this rules out is not compiled.
    #[cfg_attr(
        feature = "clap",
        arg(long, value_name = "NAME=VALUE|FILE", allow_hyphen_values = true)
    )]
    pub input: Vec<String>,
    /// The folder that files among the options are relative to; where none is given, the current one.
    #[cfg_attr(feature = "clap", arg(skip))]
    #[serde(skip)]
    pub folder: PathBuf,
    /// The machine that runs the network, such as `cortex-m4`; on any other it computes the same bits, slower.
    #[cfg_attr(
        feature = "clap",
        arg(
            long,
            value_name = "TARGET",
            default_value_t,
            hide_default_value = true
        )
    )]
    #[serde(deserialize_with = "by_name")]
    pub target: TargetRef,
    /// Arithmetic of quantised operators: exact (`onnx`), or TensorFlow Lite's [default: that of the model's format].
    #[cfg_attr(feature = "clap", arg(long, value_enum))]
    pub profile: Option<Profile>,
    /// Types of inputs and outputs: as the model has them, or integers or floats where it says what these stand for.
    #[cfg_attr(
        feature = "clap",
        arg(long, value_enum, default_value_t, value_name = "TYPES")
    )]
    pub io: Io,
    /// Working memory: bytes, such as 48k, within which layers run row by row where they must, or `least`.
    #[cfg_attr(
        feature = "clap",
        arg(long, value_name = "BYTES", default_value_t, hide_default_value = true)
    )]
    #[serde(deserialize_with = "by_name")]
    pub ram: Ram,
    /// Memories for buffers, the fastest first, such as `dtcm=128k,sram=512k`. The network borrows an arena in each.
    #[cfg_attr(feature = "clap", arg(long, value_name = "NAME=BYTES,.."))]
    pub region: Vec<String>,
    /// A region into which the weights that are read most are copied, as far as there is room.
    #[cfg_attr(feature = "clap", arg(long, value_name = "REGION"))]
    pub hot_weights: Option<String>,
    /// A section of the linker's for the weights, such as `.flash.weights` [default: where constants are].
    #[cfg_attr(feature = "clap", arg(long, value_name = "NAME"))]
    pub weights_section: Option<String>,
    /// The network borrows its arena, rather than having one of its own.
    #[cfg_attr(feature = "clap", arg(long))]
    pub borrow_arena: bool,
    /// Beside the crate, writes a static library and headers for C and C++, in the folder `c`.
    #[cfg_attr(feature = "clap", arg(long))]
    pub c_api: bool,
    /// Layers can be watched: what each takes by a clock of yours, and what it writes. What is not called costs nothing.
    #[cfg_attr(feature = "clap", arg(long))]
    pub profile_layers: bool,
    /// A recorded input, a file or a folder, that the network can test itself with; it is kept with the weights.
    #[cfg_attr(feature = "clap", arg(long, value_name = "PATH"))]
    pub self_test: Option<PathBuf>,
    /// Names of classes, one a line; those in the model's metadata are known without.
    #[cfg_attr(feature = "clap", arg(long, value_name = "FILE"))]
    pub class_names: Option<PathBuf>,
    /// What comes bit by bit: `input`, of which then no more than some rows are in memory, or `time`, endlessly.
    #[cfg_attr(feature = "clap", arg(long, value_enum))]
    pub stream: Option<Stream>,
    /// Which axis of the input is time, from 0, where `--stream time` may be understood in several ways.
    #[cfg_attr(feature = "clap", arg(long, value_name = "AXIS", requires = "stream"))]
    pub time_axis: Option<usize>,
    /// How long to search for the smallest arena: in millions of looks at a buffer, some milliseconds each.
    #[cfg_attr(feature = "clap", arg(long, value_name = "N", default_value_t))]
    #[serde(deserialize_with = "by_name")]
    pub plan_effort: Effort,
    /// Fail if a run is estimated to take more cycles than that, such as 4.6M; needs a target whose pipeline is known.
    #[cfg_attr(feature = "clap", arg(long, value_name = "CYCLES", value_parser = cycles))]
    #[serde(deserialize_with = "cycles_as_said")]
    pub max_cycles: Option<u64>,
    /// Compute even those channels that are the same for every input.
    #[cfg_attr(feature = "clap", arg(long))]
    pub keep_constant_channels: bool,
    /// Inputs as they come, outputs as they are wanted.
    #[cfg_attr(feature = "clap", command(flatten))]
    #[serde(skip)]
    pub presentation: Presentation,
    /// Whether to quantise the model first, and with what.
    #[cfg_attr(feature = "clap", command(flatten))]
    #[serde(skip)]
    pub calibration: Calibration,
}

/// What may come bit by bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum Stream {
    /// The network's only input, row by row.
    Input,
    /// Time, slice by slice: the network keeps what it has to remember and never ends.
    Time,
}

impl Options {
    /// To compile `model` as it is.
    pub fn new(model: impl Into<PathBuf>) -> Self {
        Options {
            model: model.into(),
            ..Options::default()
        }
    }

    /// Gives all dimensions called `name` a size.
    pub fn dim(mut self, name: &str, size: usize) -> Self {
        self.dim.push(format!("{name}={size}"));
        self
    }

    /// Gives an input its shape; without a name, the model's only input.
    pub fn input_shape(mut self, input: Option<&str>, shape: &[usize]) -> Self {
        let sizes: Vec<_> = shape.iter().map(usize::to_string).collect();
        let input = input.map_or(String::new(), |name| format!("{name}:"));
        self.input_shape.push(input + &sizes.join("x"));
        self
    }

    /// Promises that all elements of an input are between two numbers; without a name, of the model's only input.
    pub fn input_range(mut self, input: Option<&str>, least: f32, most: f32) -> Self {
        let input = input.map_or(String::new(), |name| format!("{name}:"));
        self.input_range.push(format!("{input}{least}..{most}"));
        self
    }

    /// Fixes an input to a constant: `value` is a number for all elements, one for each between commas, or the name of
    /// a file (`.npy`, `.pb`).
    pub fn input(mut self, name: &str, value: &str) -> Self {
        self.input.push(format!("{name}={value}"));
        self
    }

    /// Uses the instructions of that machine, such as `cortex-m4`; on any other, the network computes the same bits.
    ///
    /// # Errors
    /// If there is no such target.
    pub fn target(mut self, name: &str) -> Result<Self, Diag> {
        self.target = name.parse()?;
        Ok(self)
    }

    /// Computes quantised operators by that arithmetic.
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = Some(profile);
        self
    }

    /// Takes inputs and gives outputs in such types.
    pub fn io(mut self, io: Io) -> Self {
        self.io = io;
        self
    }

    /// Takes no more working memory than that.
    pub fn ram(mut self, ram: Ram) -> Self {
        self.ram = ram;
        self
    }

    /// Places buffers in a memory of so many bytes; the fastest memory comes first. The network borrows an arena in each.
    pub fn region(mut self, name: &str, bytes: usize) -> Self {
        self.region.push(format!("{name}={bytes}"));
        self
    }

    /// Copies the weights that are read most into a region, as far as there is room.
    pub fn hot_weights(mut self, region: &str) -> Self {
        self.hot_weights = Some(region.into());
        self
    }

    /// Puts the weights into a section of the linker's.
    pub fn weights_section(mut self, name: &str) -> Self {
        self.weights_section = Some(name.into());
        self
    }

    /// Borrows the arena.
    pub fn borrow_arena(mut self) -> Self {
        self.borrow_arena = true;
        self
    }

    /// Lets layers be watched.
    pub fn profile_layers(mut self) -> Self {
        self.profile_layers = true;
        self
    }

    /// Lets the network test itself with the input in a file or folder.
    pub fn self_test(mut self, input: impl Into<PathBuf>) -> Self {
        self.self_test = Some(input.into());
        self
    }

    /// Gives classes the names in a file, one a line.
    pub fn class_names(mut self, file: impl Into<PathBuf>) -> Self {
        self.class_names = Some(file.into());
        self
    }

    /// Takes the input row by row.
    pub fn stream_input(mut self) -> Self {
        self.stream = Some(Stream::Input);
        self
    }

    /// Takes time slice by slice.
    pub fn stream_time(mut self) -> Self {
        self.stream = Some(Stream::Time);
        self
    }

    /// Takes time slice by slice, along this axis of the input.
    pub fn time_axis(mut self, axis: usize) -> Self {
        self.time_axis = Some(axis);
        self.stream_time()
    }

    /// Fails if a run is estimated to take more cycles than that on the target.
    pub fn max_cycles(mut self, cycles: u64) -> Self {
        self.max_cycles = Some(cycles);
        self
    }

    /// Along which axis time is to be taken slice by slice, if it is.
    fn time(&self) -> Option<TimeAxis> {
        let axis = self.time_axis.map_or(TimeAxis::Found, TimeAxis::Given);
        (self.stream == Some(Stream::Time)).then_some(axis)
    }

    /// The network's name: as given, or after the file, or after its folder where all files are called `model`.
    pub fn name(&self) -> String {
        let text = |name: &OsStr| name.to_string_lossy().into_owned();
        let folder = || {
            let path = self.model.canonicalize().ok()?;
            path.parent().and_then(Path::file_name).map(text)
        };
        let stem = self.model.file_stem().map_or("network".into(), text);
        let after_file = || match stem == "model" {
            true => folder().unwrap_or(stem.clone()),
            false => stem.clone(),
        };
        self.name.clone().unwrap_or_else(after_file)
    }

    /// The network's name as one for a crate, a module or a file.
    pub fn crate_name(&self) -> String {
        crate_name(&self.name())
    }

    /// Quantises the model first, calibrated with the samples in a file or folder.
    pub fn quantize(mut self, samples: impl Into<PathBuf>) -> Self {
        self.calibration.quantize = Some(samples.into());
        self
    }

    /// Reads the model, gives all its dimensions sizes, fixes inputs, and quantises it if that was asked for.
    pub fn load(&self) -> Result<Model, Diags> {
        Ok(self.load_observed(&|_| ())?.0)
    }

    /// As [`Options::load`], with what there is to say of the quantised model; `progress` hears how that comes along.
    pub fn load_observed(
        &self,
        progress: &dyn Fn(Progress),
    ) -> Result<(Model, Option<Report>), Diags> {
        let model = self.load_as_it_is()?;
        if self.calibration.quantize.is_none() {
            self.calibration.check_unused()?;
            return Ok((model, None));
        }
        let quantized = self.calibration.apply(&model, &self.model, progress)?;
        let files = model.files.into_iter().chain(self.calibration.files());
        let model = Model {
            files: files.collect(),
            ..quantized.model
        };
        Ok((model, Some(quantized.report)))
    }

    fn bindings(&self) -> Result<Bindings, Diag> {
        let mut bindings = Bindings::in_folder(&self.folder);
        for dim in &self.dim {
            bindings.parse_dim(dim)?;
        }
        for shape in &self.input_shape {
            bindings.parse_input_shape(shape)?;
        }
        for input in &self.input {
            bindings.input(input);
        }
        Ok(bindings)
    }

    /// Reads the model, gives all its dimensions sizes, and fixes inputs.
    pub fn load_as_it_is(&self) -> Result<Model, Diags> {
        let bindings = self.bindings()?;
        let mut model = mlc_compiler::load(&self.model)?;
        model.bind(&bindings)?;
        model.files.extend(self.class_names_path());
        let tested = self.self_test_path();
        model
            .files
            .extend(tested.iter().flat_map(|path| samples::files(path)));
        Ok(model)
    }

    fn class_names_path(&self) -> Option<PathBuf> {
        Some(self.folder.join(self.class_names.as_ref()?))
    }

    fn self_test_path(&self) -> Option<PathBuf> {
        Some(self.folder.join(self.self_test.as_ref()?))
    }

    /// How inputs are given and outputs taken.
    pub fn interface(&self) -> Result<Interface, Diag> {
        self.presentation.interface()
    }

    /// Whether they name dimensions or inputs.
    #[cfg(feature = "clap")]
    pub(crate) fn names_anything(&self) -> bool {
        let named = [&self.dim, &self.input_shape, &self.input_range, &self.input];
        named.iter().any(|names| !names.is_empty())
    }

    /// What they name that the model does not know, if anything.
    #[cfg(feature = "clap")]
    pub(crate) fn unknown_to(&self, model: &Model) -> Option<Diag> {
        let mut model = model.clone();
        let bound = self.bindings().map_err(Diags::from);
        let bound = bound.and_then(|bindings| model.bind(&bindings));
        let promised = self.input_range.iter().map(|range| model.promise(range));
        let promised: Vec<_> = promised.filter_map(Result::err).collect();
        let problems = bound.err().into_iter().flat_map(|diags| diags.0);
        let mut problems = problems.chain(promised);
        problems.find(|diag| diag.code.starts_with("unknown-"))
    }

    /// Reads and compiles the model.
    pub fn compile(&self) -> Result<Compiled, Diags> {
        self.compile_observed(&mut |_, _| ())
    }

    /// As [`Options::compile`], showing the graph after the import and after each pass, with the pass's name.
    pub fn compile_observed(
        &self,
        observe: &mut dyn FnMut(&str, &Graph),
    ) -> Result<Compiled, Diags> {
        self.compile_model(&self.load()?, observe)
    }

    /// What is written of a compiled model: its crate, with a library for C if that was asked for.
    pub fn emit(&self, compiled: &Compiled) -> Result<Files, Diag> {
        match self.c_api {
            true => emit_crate_with_c(compiled, &self.name()),
            false => emit_crate(compiled, &self.name()),
        }
    }

    /// A compiled model as items of the user's own crate.
    pub fn embed(&self, compiled: &Compiled, weights: &WeightsAt) -> Result<Embedded, Diag> {
        match self.c_api {
            true => Err(Diag::new(
                "no-c-api",
                "a network that is part of another crate has no functions for C",
            )
            .note("`mlc build --c-api` writes a crate with a library and headers for C beside it")),
            false => embed(compiled, &self.name(), weights),
        }
    }

    /// Compiles a model that was read before.
    pub fn compile_model(
        &self,
        model: &Model,
        observe: &mut dyn FnMut(&str, &Graph),
    ) -> Result<Compiled, Diags> {
        if self.time_axis.is_some() && self.stream != Some(Stream::Time) {
            let message = "an axis of time is given, but time is not taken slice by slice";
            return Err(Diag::new("no-steps", message)
                .note("that is `--stream time`")
                .into());
        }
        self.weights_section
            .as_deref()
            .map_or(Ok(()), check_section)?;
        let settings = Settings {
            weights_section: self.weights_section.clone(),
            target: self.target,
            profile: self.profile.unwrap_or(model.profile),
            io: self.io,
            interface: self.interface()?,
            ram: self.ram,
            regions: regions::parse(&self.region, self.borrow_arena, self.hot_weights.as_deref())?,
            stream_input: self.stream == Some(Stream::Input),
            time: self.time(),
            effort: self.plan_effort,
            watched: self.profile_layers,
            keep_constant_channels: self.keep_constant_channels,
        };
        let mut model = model.clone();
        for range in &self.input_range {
            model.promise(range)?;
        }
        let mut compiled = compile_observed(&model, settings, PASSES, observe)?;
        labels::add(&mut compiled, self.class_names_path().as_deref(), &model)?;
        if let Some(path) = self.self_test_path() {
            self_test::add(&mut compiled, &path, &self.name())?;
        }
        if let Some(most) = self.max_cycles {
            budget::check_cycles(&compiled, most)?;
        }
        Ok(compiled)
    }
}

/// Cycles as an argument.
fn cycles(text: &str) -> Result<u64, String> {
    let cycles = budget::parse_cycles(text);
    cycles.ok_or_else(|| "give whole cycles, such as 4600000, 400k or 4.6M".into())
}

fn cycles_as_said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let text = String::deserialize(deserializer)?;
    cycles(&text).map(Some).map_err(D::Error::custom)
}

/// Makes sure that a linker may have a section of that name.
fn check_section(name: &str) -> Result<(), Diag> {
    let is_plain = |c: char| c.is_ascii_graphic() && c != '"' && c != '\\';
    match !name.is_empty() && name.chars().all(is_plain) {
        true => Ok(()),
        false => Err(Diag::new(
            "invalid-section",
            format!("no section can be called `{name}`"),
        )
        .note("a section is a name without spaces, such as `.flash.weights`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_from_the_option_the_file_or_the_folder() {
        let name = |model: &str| Options::new(model).name();
        assert_eq!(name("nets/kws.onnx"), "kws");
        assert_eq!(
            name(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../fixtures/digits/model.onnx"
            )),
            "digits"
        );
        assert_eq!(name("nowhere/model.onnx"), "model");
        let given = Options {
            name: Some("Wake Word".into()),
            ..Options::new("kws.onnx")
        };
        assert_eq!(given.crate_name(), "wake_word");
    }
}
