//! Exports of PyTorch, quantised: what is written is compared with the network in floats, with itself as the graph
//! says it literally, with the emitted code, and with onnxruntime where there is one: `MLC_ONNXRUNTIME` names a Python
//! that has it.

use libtest_mimic::{Arguments, Trial};
use mlc_compiler::onnx::{self, Model};
use mlc_compiler::passes::PASSES;
use mlc_compiler::quantization::Profile;
use mlc_compiler::quantize::{Preprocessing, Report, Samples, Settings, quantize};
use mlc_compiler::reference::Reference;
use mlc_compiler::reference::compare::Tolerance;
use mlc_compiler::reference::layers::{self, Contract, Off};
use mlc_compiler::settings::Settings as IrSettings;
use mlc_compiler::tensor::{Tensor, TensorType};
use mlc_compiler::{Compiled, compile, compile_observed, interp, npy, ops};
use mlc_tests::recorded::Set;
use mlc_tests::{Batch, Case, Job};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What of the outputs' power is signal at least, in decibels.
const SIGNAL: f64 = 25.0;
/// The same where two engines compute the same graph.
const AGREEMENT: f64 = 40.0;

fn main() {
    let trial = |case: Case| {
        let name = format!("quantized::{}", case.name);
        Trial::test(name, move || Ok(Quantized::of(&case)?.check()?))
    };
    let trials = mlc_tests::exports().into_iter().map(trial).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// An export, quantised with its samples, as it is read from the file that was written.
struct Quantized {
    folder: PathBuf,
    sets: Vec<Set>,
    report: Report,
    model: Model,
    compiled: Compiled,
    /// What the interpreter answers to each set.
    answers: Vec<Vec<Tensor>>,
}

fn text(problem: impl ToString) -> String {
    problem.to_string()
}

impl Quantized {
    fn of(case: &Case) -> Result<Self, String> {
        let float = case.model().map_err(text)?;
        let samples = case.dir.join("samples.npy");
        let samples = Samples::load(&samples, &inputs(&float)?, &Preprocessing::default());
        let quantized = quantize(
            &float,
            &samples.map_err(text)?,
            Settings::default(),
            &|_| (),
        );
        let quantized = quantized.map_err(text)?;
        let folder = mlc_tests::target_dir().join("quantized").join(&case.name);
        std::fs::create_dir_all(&folder).map_err(text)?;
        let written = quantized.model.encode().map_err(text)?;
        std::fs::write(folder.join("model.onnx"), &written).map_err(text)?;
        let model = onnx::parse(&written, None).map_err(text)?;
        let compiled = compile(&model).map_err(text)?;
        let sets = case.sets().map_err(text)?;
        let answer = |set: &Set| interp::run(&compiled.program, &set.inputs).map_err(text);
        Ok(Quantized {
            answers: sets.iter().map(answer).collect::<Result<_, _>>()?,
            report: quantized.report,
            folder,
            sets,
            model,
            compiled,
        })
    }

    fn check(self) -> Result<(), String> {
        self.check_layers()?;
        let recorded: Vec<_> = self.sets.iter().map(|set| set.outputs.clone()).collect();
        agree("the network in floats", &self.answers, &recorded, SIGNAL)?;
        self.check_literally()?;
        self.check_onnxruntime()?;
        self.check_emitted()
    }

    /// Every product of constant weights is a layer, but for those of recurrent operators.
    fn check_layers(&self) -> Result<(), String> {
        const PRODUCTS: [&str; 4] = ["Conv", "ConvTranspose", "Gemm", "MatMul"];
        let in_floats = |(_, operator): &&(String, String)| PRODUCTS.contains(&operator.as_str());
        match self.report.floats.iter().find(in_floats) {
            Some((name, operator)) => Err(format!("{operator} `{name}` stays in floats")),
            None if self.report.layers.is_empty() => Err("no layer is in integers".into()),
            None => Ok(()),
        }
    }

    /// Each layer on integers is what the graph says of it: with all channels, as tensors have fewer than in the file otherwise.
    fn check_literally(&self) -> Result<(), String> {
        let whole = IrSettings {
            keep_constant_channels: true,
            ..IrSettings::default()
        };
        let contract = Contract {
            profile: Profile::Onnx,
            tolerance: Tolerance::default(),
        };
        let compiled =
            compile_observed(&self.model, whole, PASSES, &mut |_, _| ()).map_err(text)?;
        for set in &self.sets {
            let reference = Reference::evaluate(&self.model, &set.inputs).map_err(text)?;
            let layers = layers::compare(&compiled.program, &set.inputs, &reference, contract);
            for layer in layers.map_err(|diag| diag.to_string())? {
                if matches!(layer.off, Off::Codes(_)) && !layer.holds() {
                    return Err(format!("layer {layer:?} is not within its contract"));
                }
            }
        }
        Ok(())
    }

    fn check_emitted(self) -> Result<(), String> {
        let job = Job {
            name: self.compiled.program.name.clone(),
            compiled: self.compiled,
        };
        let batch = Batch::build(&self.folder.join("emitted"), &[job])?;
        for (set, answer) in self.sets.iter().zip(&self.answers) {
            let outputs = batch.run(0, &set.inputs)?;
            if !outputs.iter().zip(answer).all(|(a, b)| a.identical(b)) {
                return Err("emitted code answers otherwise than the interpreter".into());
            }
        }
        Ok(())
    }

    fn check_onnxruntime(&self) -> Result<(), String> {
        let Some(python) = std::env::var_os("MLC_ONNXRUNTIME") else {
            return Ok(());
        };
        for (i, set) in self.sets.iter().enumerate() {
            let folder = self.folder.join(format!("set_{i}"));
            std::fs::create_dir_all(&folder).map_err(text)?;
            for (k, tensor) in set.inputs.iter().enumerate() {
                npy::save(&folder.join(format!("input_{k}.npy")), tensor).map_err(text)?;
            }
        }
        run(Command::new(python).arg("-c").arg(SCRIPT).arg(&self.folder))?;
        let answer =
            |i: usize| answers(&self.folder.join(format!("set_{i}")), self.answers[i].len());
        let found: Vec<_> = (0..self.sets.len()).map(answer).collect::<Result<_, _>>()?;
        agree("onnxruntime", &self.answers, &found, AGREEMENT)
    }
}

/// Answers with the model in a folder to what is in the folders within it.
const SCRIPT: &str = r#"
import pathlib, sys
import numpy, onnxruntime
folder = pathlib.Path(sys.argv[1])
options = onnxruntime.SessionOptions()
options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
options.log_severity_level = 3
model = onnxruntime.InferenceSession(folder / "model.onnx", options, providers=["CPUExecutionProvider"])
for here in folder.glob("set_*"):
    given = {x.name: numpy.load(here / f"input_{k}.npy") for k, x in enumerate(model.get_inputs())}
    for k, y in enumerate(model.run(None, given)):
        numpy.save(here / f"output_{k}.npy", y)
"#;

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(text)?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

fn answers(folder: &Path, count: usize) -> Result<Vec<Tensor>, String> {
    let load = |k| npy::load(&folder.join(format!("output_{k}.npy"))).map_err(text);
    (0..count).map(load).collect()
}

/// Names and types of what a model takes.
fn inputs(model: &Model) -> Result<Vec<(String, TensorType)>, String> {
    let graph = ops::import(model).map_err(text)?;
    let types = graph.inputs.iter().map(|&value| graph.ty(value).clone());
    let names = model.inputs.iter().map(|input| input.name.clone());
    Ok(names.zip(types).collect())
}

/// Makes sure that answers are those of another engine, but for noise: so many decibels weaker than the signal.
fn agree(
    who: &str,
    found: &[Vec<Tensor>],
    expected: &[Vec<Tensor>],
    decibels: f64,
) -> Result<(), String> {
    let (mut signal, mut noise) = (0.0, 0.0);
    for (found, expected) in found.iter().flatten().zip(expected.iter().flatten()) {
        let (Some(f), Some(e)) = (found.values::<f32>(), expected.values::<f32>()) else {
            return Err("an output is not of floats".into());
        };
        for (f, e) in f.iter().zip(e) {
            signal += f64::from(*e).powi(2);
            noise += f64::from(f - e).powi(2);
        }
    }
    let ratio = 10.0 * (signal / noise).log10();
    match ratio >= decibels {
        true => Ok(()),
        false => Err(format!("{who} answers otherwise: {ratio:.1} dB")),
    }
}
