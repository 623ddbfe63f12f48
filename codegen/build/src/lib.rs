//! Neural networks in build scripts: an ONNX model becomes a module of your crate.
//!
//! # A first network
//!
//! Put the model beside your `Cargo.toml`, and depend on this crate for building and on the runtime for running:
//!
//! ```toml
//! [dependencies]
//! mlc-runtime-core = "0.1"
//!
//! [build-dependencies]
//! mlc-build = "0.1"
//! ```
//!
//! The build script, `build.rs`, compiles it:
//!
//! ```no_run
//! // In fn main():
//! mlc_build::Model::new("digits.onnx").emit();
//! ```
//!
//! That leaves `digits.rs` and its weights in the build's folder. Include it in a module of your own:
//!
//! ```ignore
//! mod digits {
//!     include!(concat!(env!("OUT_DIR"), "/digits.rs"));
//! }
//!
//! static NET: Mutex<digits::Digits> = Mutex::new(digits::Digits::new());
//!
//! fn main() {
//!     let image = [0.0; 64];
//!     let mut net = NET.lock().unwrap();
//!     let scores = net.run(&image);
//!     println!("{scores:?}, in {} bytes of memory", digits::ARENA_BYTES);
//! }
//! ```
//!
//! The type is named after the model, and its functions after the model's inputs and outputs. There is no heap
//! and no `std` in what is emitted, so the same lines serve a microcontroller. The file begins with a table of
//! the network's layers and what each costs; it is worth opening.
//!
//! # Models with open dimensions
//!
//! All sizes are fixed when the network is built. Where the model leaves one open, say what it is:
//!
//! ```no_run
//! # fn main() {
//! mlc_build::Model::new("speech.onnx")
//!     .name("wake_word")
//!     .dim("batch", 1)
//!     .input_shape("audio", &[1, 16_000])
//!     .emit();
//! # }
//! ```
//!
//! # Several memories
//!
//! Where a machine has a small fast memory and a large slow one, buffers go into both, those that are used most into
//! the fast one. The network then borrows its memory, from statics in sections that the linker puts there:
//!
//! ```no_run
//! # fn main() {
//! mlc_build::Model::new("speech.onnx")
//!     .region("dtcm", 128 << 10)
//!     .region("sram", 512 << 10)
//!     .emit();
//! # }
//! ```
//!
//! ```ignore
//! let mut net = speech::Speech::new(&mut dtcm, &mut sram);
//! ```
//!
//! Networks that never run at once can borrow the same arena one after the other: with `borrow_arena`, and
//! `Arena::prefix` where one needs less than there is.
//!
//! # Integers
//!
//! A network in floats can be quantised as it is compiled, with some dozens of samples of what it will see:
//!
//! ```no_run
//! # fn main() {
//! mlc_build::Model::new("digits.onnx")
//!     .quantize("samples.npz")
//!     .emit();
//! # }
//! ```
//!
//! # Targets
//!
//! Where it is known which core runs the network, say so: its layers then use the core's own instructions, with weights
//! packed for them. The bits are the same on every machine. `mlc targets` lists the names:
//!
//! ```no_run
//! # fn main() {
//! mlc_build::Model::new("digits.onnx")
//!     .target("cortex-m4")
//!     .emit();
//! # }
//! ```
//!
//! A network that is too slow for its product can fail the build, with the layers that take most:
//!
//! ```no_run
//! # fn main() {
//! mlc_build::Model::new("digits.onnx")
//!     .target("cortex-m4")
//!     .max_cycles(4_600_000)
//!     .emit();
//! # }
//! ```
//!
//! # When something is wrong
//!
//! Everything that is wrong with the model is said at once, each problem as an error of the build with the node or
//! tensor concerned and what would help. The script runs again when the model or a file of its weights changes.
//!
//! A complete example is in `examples/digits`. For a crate that stands alone there is the command `mlc build`,
//! and for small networks the macro `include_model!` of `mlc-macros`, which needs no build script.

use mlc_codegen::{Files, Options, WeightsAt};
use mlc_compiler::diag::{Diag, Diags};
pub use mlc_compiler::quantization::Profile;
pub use mlc_compiler::quantize::Layout;
use mlc_compiler::settings::Effort;
pub use mlc_compiler::settings::{Io, Ram};
use std::path::{Path, PathBuf};

/// A model to be compiled.
#[derive(Clone, Debug)]
pub struct Model {
    options: Options,
    /// The name of the target; whether there is such a one is said with everything else that is wrong.
    target: Option<String>,
}

impl Model {
    /// The model in a file of ONNX or TensorFlow Lite, whose path is relative to the package.
    pub fn new(path: impl AsRef<Path>) -> Self {
        Model {
            options: Options::new(path.as_ref()),
            target: None,
        }
    }

    /// Names the network; otherwise it is called after the file, or after its folder if the file is `model.onnx`.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.options.name = Some(name.into());
        self
    }

    /// Gives all dimensions of that name a size.
    pub fn dim(mut self, name: &str, size: usize) -> Self {
        self.options = self.options.dim(name, size);
        self
    }

    /// Gives an input its shape.
    pub fn input_shape(mut self, input: &str, shape: &[usize]) -> Self {
        self.options = self.options.input_shape(Some(input), shape);
        self
    }

    /// Fixes an input to a constant: `value` is a number for all elements, such as `"16000"`, one for each between
    /// commas, or a file (`.npy`, `.pb`) relative to the package. A branch that this rules out is not compiled.
    pub fn input(mut self, name: &str, value: &str) -> Self {
        self.options = self.options.input(name, value);
        self
    }

    /// Uses the instructions of that machine, such as `cortex-m4`; `mlc targets` lists them. On any other, the network
    /// computes the same bits, and cargo warns if that is what it builds for.
    pub fn target(mut self, name: impl Into<String>) -> Self {
        self.target = Some(name.into());
        self
    }

    /// Fails if a run is estimated to take more cycles than that on the target, whose pipeline has to be a known one:
    /// `docs/targets.md` says which are, and how good estimates are.
    pub fn max_cycles(mut self, cycles: u64) -> Self {
        self.options = self.options.max_cycles(cycles);
        self
    }

    /// Computes quantised operators by that arithmetic.
    pub fn profile(mut self, profile: Profile) -> Self {
        self.options = self.options.profile(profile);
        self
    }

    /// Takes inputs and gives outputs in such types. The file has scale and zero point of quantised ones as constants.
    pub fn io(mut self, io: Io) -> Self {
        self.options = self.options.io(io);
        self
    }

    /// Takes an input with its axes in another order, such as `"nhwc"`, or `"image:nhwc"` where there are several.
    pub fn input_layout(mut self, layout: &str) -> Self {
        self.options.presentation.input_layout.push(layout.into());
        self
    }

    /// Takes an input in another type, such as `"u8"`, or `"image:u8"` where there are several. The model takes
    /// `(number - mean) * scale`, as [`Model::input_mean`] and [`Model::input_scale`] say.
    pub fn input_type(mut self, element: &str) -> Self {
        self.options.presentation.input_type.push(element.into());
        self
    }

    /// What is subtracted from the numbers of an input: `"127.5"`, or `"image:124,116,104"` for each channel.
    pub fn input_mean(mut self, mean: &str) -> Self {
        self.options.presentation.input_mean.push(mean.into());
        self
    }

    /// What is left of them is multiplied with that: `"1/255"`, or one number for each channel.
    pub fn input_scale(mut self, scale: &str) -> Self {
        self.options.presentation.input_scale.push(scale.into());
        self
    }

    /// Gives an output with its axes in another order, such as `"nhwc"`.
    pub fn output_layout(mut self, layout: &str) -> Self {
        self.options.presentation.output_layout.push(layout.into());
        self
    }

    /// Gives only so many greatest scores, and as another output of which classes they are: `"1"`, or `"scores:5"`.
    pub fn top(mut self, count: &str) -> Self {
        self.options.presentation.top.push(count.into());
        self
    }

    /// Takes no more working memory than that: layers run row by row where they must, or, for [`Ram::Least`], can.
    pub fn ram(mut self, ram: Ram) -> Self {
        self.options = self.options.ram(ram);
        self
    }

    /// Takes the only input row by row, by `push_row`.
    pub fn stream_input(mut self) -> Self {
        self.options = self.options.stream_input();
        self
    }

    /// Promises what all elements of an input are between: channels that never vary then are not computed.
    pub fn input_range(mut self, input: &str, least: f32, most: f32) -> Self {
        self.options = self.options.input_range(Some(input), least, most);
        self
    }

    /// Computes even those channels that are the same for every input.
    pub fn keep_constant_channels(mut self) -> Self {
        self.options.keep_constant_channels = true;
        self
    }

    /// Searches so long for the smallest arena: in millions of looks at a buffer.
    pub fn plan_effort(mut self, effort: u32) -> Self {
        self.options.plan_effort = Effort(effort);
        self
    }

    /// Takes time slice by slice: the network has a `step` in place of `run`, and keeps what it has to remember.
    pub fn stream_time(mut self) -> Self {
        self.options = self.options.stream_time();
        self
    }

    /// As [`Model::stream_time`], where time may be several axes of the input: this one, counted from 0.
    pub fn time_axis(mut self, axis: usize) -> Self {
        self.options = self.options.time_axis(axis);
        self
    }

    /// Places buffers in a memory of so many bytes; the fastest memory comes first. The network borrows an arena in each.
    pub fn region(mut self, name: &str, bytes: usize) -> Self {
        self.options = self.options.region(name, bytes);
        self
    }

    /// Copies the weights that are read most into a region, as far as there is room.
    pub fn hot_weights(mut self, region: &str) -> Self {
        self.options = self.options.hot_weights(region);
        self
    }

    /// Puts the weights into a section of the linker's, such as `.flash.weights`.
    pub fn weights_section(mut self, name: &str) -> Self {
        self.options = self.options.weights_section(name);
        self
    }

    /// Gives classes the names in a file, one a line: the constant `LABELS`. Those in the model's metadata are known without.
    pub fn class_names(mut self, file: impl Into<std::path::PathBuf>) -> Self {
        self.options = self.options.class_names(file);
        self
    }

    /// Lets layers be watched: `run_profiled` says what each takes by a clock of yours.
    pub fn profile_layers(mut self) -> Self {
        self.options = self.options.profile_layers();
        self
    }

    /// Lets the network test itself: `self_test` says whether it answers the input in a file (`.npy`, `.pb`) or folder as it did
    /// when it was compiled.
    pub fn self_test(mut self, input: impl Into<std::path::PathBuf>) -> Self {
        self.options = self.options.self_test(input);
        self
    }

    /// Borrows the arena, so that networks that never run at once can share one.
    pub fn borrow_arena(mut self) -> Self {
        self.options = self.options.borrow_arena();
        self
    }

    /// Quantises the model first, to integers of 8 bits, calibrated with the samples in a file or folder: `.npy`,
    /// `.npz`, `.pb` or images, some dozens of what the network will see.
    pub fn quantize(mut self, samples: impl AsRef<Path>) -> Self {
        self.options = self.options.quantize(samples.as_ref());
        self
    }

    /// Of each number of a sample subtracts the mean and multiplies it with the scale then: one number each, or one
    /// for each channel.
    pub fn normalized(mut self, mean: &[f32], scale: &[f32]) -> Self {
        let calibration = &mut self.options.calibration;
        (calibration.mean, calibration.scale) = (mean.into(), scale.into());
        self
    }

    /// Takes the axes of images among the samples to be in this order, where the input's shape leaves it open.
    pub fn layout(mut self, layout: Layout) -> Self {
        self.options.calibration.layout = Some(layout);
        self
    }

    /// Resizes images among the samples to the size of the input.
    pub fn resize(mut self) -> Self {
        self.options.calibration.resize = true;
        self
    }

    /// Reads the right class of each sample from a file, a `.npy` array of integers.
    pub fn labels(mut self, file: impl AsRef<Path>) -> Self {
        self.options.calibration.labels = Some(file.as_ref().into());
        self
    }

    /// Loses no more percentage points of accuracy than that: layers take 16 bits or stay in floats until no more are
    /// lost.
    pub fn max_accuracy_drop(mut self, points: f64) -> Self {
        self.options.calibration.max_accuracy_drop = Some(points);
        self
    }

    /// Compiles the model to `NAME.rs` in `OUT_DIR`, and tells cargo when to do so again. If something is wrong
    /// with the model, cargo is told what, and the process ends with a failure.
    pub fn emit(&self) {
        let emitted = out_dir().and_then(|folder| self.emit_to(&folder));
        if let Err(problems) = emitted {
            problems
                .0
                .iter()
                .for_each(|diag| println!("{}", error(diag)));
            std::process::exit(1);
        }
    }

    /// Compiles the model to `NAME.rs` in a folder, and tells cargo when to do so again; gives the file's path.
    ///
    /// Weights are looked for in `OUT_DIR` when the file is compiled, so another folder is of use for tests only.
    pub fn emit_to(&self, folder: &Path) -> Result<PathBuf, Diags> {
        rerun_if_changed(&self.options.model);
        let options = self.options()?;
        let (model, report) = options.load_observed(&|_| ())?;
        model.files.iter().for_each(|file| rerun_if_changed(file));
        let warnings = report.map_or(Vec::new(), |report| report.warnings);
        warnings
            .iter()
            .for_each(|text| println!("cargo::warning={text}"));
        let platform = std::env::var("TARGET").ok();
        let other = platform.and_then(|triple| options.target.compiled_for(&triple));
        other
            .iter()
            .for_each(|diag| println!("cargo::warning={}", line(diag)));
        let name = options.crate_name();
        let (page, weights) = (format!("{name}.rs"), format!("{name}.weights.bin"));
        let at = WeightsAt::OutDir(weights.clone());
        let compiled = options.compile_model(&model, &mut |_, _| ())?;
        let network = options.embed(&compiled, &at)?;
        let mut files = Files::default();
        files.add(&page, network.source);
        files.add(&weights, network.weights);
        files.write_to(folder)?;
        Ok(folder.join(page))
    }

    fn options(&self) -> Result<Options, Diag> {
        let options = self.options.clone();
        match &self.target {
            Some(name) => options.target(name),
            None => Ok(options),
        }
    }
}

fn out_dir() -> Result<PathBuf, Diags> {
    let folder = std::env::var_os("OUT_DIR").map(PathBuf::from);
    folder.ok_or_else(|| Diag::new("io", "OUT_DIR is not set: `emit` is for build scripts").into())
}

fn rerun_if_changed(file: &Path) {
    println!("cargo::rerun-if-changed={}", file.display());
}

/// A problem as cargo is told.
fn error(diag: &Diag) -> String {
    format!("cargo::error={}", line(diag))
}

/// A diagnostic as one line.
fn line(diag: &Diag) -> String {
    let text = diag.to_string();
    let lines: Vec<_> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    lines.join("; ")
}

/// The examples of the README are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_becomes_a_file_and_its_weights() {
        let dir = tempfile::tempdir().unwrap();
        let model = Model::new(mlc_fixtures::dir("digits").join("model.onnx"));
        let page = model.emit_to(dir.path()).unwrap();
        assert_eq!(page, dir.path().join("digits.rs"));
        let text = std::fs::read_to_string(page).unwrap();
        assert!(text.contains("pub struct Digits") && text.contains("/digits.weights.bin"));
        assert!(!text.contains("link_section"));
        assert!(dir.path().join("digits.weights.bin").is_file());
    }

    #[test]
    fn targets_reach_the_compiler_by_name() {
        let dir = tempfile::tempdir().unwrap();
        let model = Model::new(mlc_fixtures::dir("digits_int8").join("model.onnx"));
        let page = model.clone().target("cortex-m4").emit_to(dir.path());
        let text = std::fs::read_to_string(page.unwrap()).unwrap();
        assert!(text.contains("// It is for Arm Cortex-M4") && text.contains("conv2d_dsp"));
        let unknown = model.target("cortex-m9").emit_to(dir.path()).unwrap_err();
        assert_eq!(unknown.0[0].code, "unknown-target");
        assert!(
            unknown
                .to_string()
                .contains("the targets are portable, cortex-m0,")
        );
    }

    #[test]
    fn a_network_that_is_too_slow_fails_the_build() {
        let dir = tempfile::tempdir().unwrap();
        let model = Model::new(mlc_fixtures::dir("digits_int8").join("model.onnx"));
        let slow = model.clone().target("cortex-m4").max_cycles(1_000);
        let problems = slow.emit_to(dir.path()).unwrap_err();
        assert!(
            problems.to_string().contains("most of the cycles"),
            "{problems}"
        );
        let unknown = model.max_cycles(1_000).emit_to(dir.path()).unwrap_err();
        assert_eq!(unknown.0[0].code, "unknown-cycles");
        assert!(!dir.path().join("digits_int8.rs").exists());
    }

    #[test]
    fn time_may_come_slice_by_slice() {
        let dir = tempfile::tempdir().unwrap();
        let model = || Model::new(mlc_fixtures::dir("lstm").join("model.onnx"));
        for model in [model().stream_time(), model().time_axis(1)] {
            let text = std::fs::read_to_string(model.emit_to(dir.path()).unwrap()).unwrap();
            assert!(text.contains("pub fn step") && text.contains("STATE_BYTES"));
        }
        let problems = model().time_axis(9).emit_to(dir.path()).unwrap_err();
        assert!(problems.to_string().contains("none has the number 9"));
    }

    #[test]
    fn inputs_may_be_fixed() {
        let dir = tempfile::tempdir().unwrap();
        let case = mlc_fixtures::dir("importer/ok_fixed_inputs");
        let mask = case.join("mask.npy");
        let model = Model::new(case.join("model.onnx")).input("n", "2");
        let fixed = model.clone().input("mask", mask.to_str().unwrap());
        let text = std::fs::read_to_string(fixed.emit_to(dir.path()).unwrap()).unwrap();
        assert!(
            text.contains("x: &[f32; 6]") && !text.contains("mask:"),
            "{text}"
        );
        let wrong = model.dim("N", 3).input("mask", "many");
        let problems = wrong.emit_to(dir.path()).unwrap_err();
        assert!(problems.to_string().contains("many"), "{problems}");
    }

    #[test]
    fn rows_ranges_and_budgets_reach_the_compiler() {
        let dir = tempfile::tempdir().unwrap();
        let model = Model::new(mlc_fixtures::dir("digits").join("model.onnx"));
        let emitted = |model: Model| {
            let page = model.emit_to(dir.path()).map(std::fs::read_to_string);
            page.map(Result::unwrap).map_err(|diags| diags.to_string())
        };
        let fed = model.clone().ram(Ram::Least).stream_input().plan_effort(1);
        let fed = fed.input_range("image", 0.0, 16.0).keep_constant_channels();
        assert!(emitted(fed).unwrap().contains("pub fn push_row"));
        let little = emitted(model.clone().ram(Ram::AtMost(100))).unwrap_err();
        assert!(little.contains("does not fit 100 bytes"), "{little}");
        let unknown = emitted(model.input_range("picture", 0.0, 1.0)).unwrap_err();
        assert!(
            unknown.contains("no input of the model is called `picture`"),
            "{unknown}"
        );
    }

    #[test]
    fn models_are_quantised_with_samples() {
        let dir = tempfile::tempdir().unwrap();
        let model = mlc_fixtures::dir("exports/script_cnn/model.onnx");
        let model = Model::new(&model).name("cnn").dim("batch", 1);
        let bytes = |model: &Model| {
            model.emit_to(dir.path()).unwrap();
            std::fs::metadata(dir.path().join("cnn.weights.bin"))
                .unwrap()
                .len()
        };
        let samples = mlc_fixtures::dir("exports/script_cnn/samples.npy");
        let quantized = model.clone().quantize(&samples).max_accuracy_drop(5.0);
        assert!(2 * bytes(&quantized) < bytes(&model));
        let unlike = quantized.labels(&samples).emit_to(dir.path()).unwrap_err();
        assert_eq!(unlike.0[0].code, "wrong-labels");
        let missing = model
            .quantize("nowhere.npz")
            .emit_to(dir.path())
            .unwrap_err();
        assert_eq!(missing.0[0].code, "unreadable-file");
    }

    #[test]
    fn weights_go_where_the_linker_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let model = || Model::new(mlc_fixtures::dir("digits").join("model.onnx"));
        let page = model().weights_section(".flash.w").emit_to(dir.path());
        let text = std::fs::read_to_string(page.unwrap()).unwrap();
        assert!(text.contains("#[unsafe(link_section = \".flash.w\")]\n    static WEIGHTS"));
        for name in ["", "two words", "a\"b"] {
            let refused = model().weights_section(name).emit_to(dir.path());
            assert_eq!(refused.unwrap_err().0[0].code, "invalid-section");
        }
    }

    #[test]
    fn each_problem_is_one_line() {
        let diag = Diag::new("code", "it is wrong")
            .at_node("n", "Op")
            .note("two\nlines");
        assert_eq!(
            error(&diag),
            "cargo::error=it is wrong [code]; at node `n`, operator `Op`; note: two; lines"
        );
        let missing = Model::new("nowhere.onnx")
            .emit_to(Path::new("."))
            .unwrap_err();
        assert_eq!(missing.0[0].code, "unreadable-file");
    }
}
