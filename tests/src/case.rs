//! Cases: a folder with a model, recorded data, and a `case.txt` where something about it is special.

use crate::recorded::{self, Set, Tolerance};
use mlc_compiler::diag::{Diag, Diags};
use mlc_compiler::onnx::{Bindings, Model};
use mlc_compiler::tensor::Tensor;
use mlc_compiler::{Compiled, interp};
use std::path::{Path, PathBuf};

/// A model and what has to come of it.
#[derive(Clone, Debug)]
pub struct Case {
    /// Where it is from and what it is called: `operators/conv_1d`.
    pub name: String,
    /// Its folder.
    pub dir: PathBuf,
    /// Whether it must compile. If not, compiling it must end in diagnostics.
    pub must_compile: bool,
    /// What the diagnostics have to mention.
    pub mentions: Vec<String>,
    /// Sizes of dimensions that the model leaves open.
    pub bindings: Bindings,
    /// How far outputs may be from the recorded ones.
    pub tolerance: Tolerance,
}

impl Case {
    /// A case without a `case.txt`.
    pub fn plain(source: &str, dir: PathBuf, tolerance: Tolerance) -> Self {
        let folder = dir.file_name().unwrap_or_default().to_string_lossy();
        let name = [source, &folder].join("/");
        Case {
            name: name.trim_start_matches('/').to_owned(),
            dir,
            must_compile: true,
            mentions: Vec::new(),
            bindings: Bindings::default(),
            tolerance,
        }
    }

    /// The model file.
    pub fn onnx(&self) -> PathBuf {
        self.dir.join("model.onnx")
    }

    /// The recorded data.
    pub fn sets(&self) -> Result<Vec<Set>, Diag> {
        recorded::sets(&self.dir)
    }

    /// The model, its dimensions bound.
    pub fn model(&self) -> Result<Model, Diags> {
        let mut model = mlc_compiler::load(&self.onnx())?;
        model.bind(&self.bindings)?;
        Ok(model)
    }

    /// The compiled model.
    pub fn compile(&self) -> Result<Compiled, Diags> {
        mlc_compiler::compile(&self.model()?)
    }

    /// What the interpreter answers for each recorded set.
    pub fn interpret(&self) -> Result<Vec<Vec<Tensor>>, String> {
        let compiled = self.compile().map_err(|diags| diags.to_string())?;
        let run = |set: &Set| {
            fits(&compiled, &set.inputs)?;
            interp::run(&compiled.program, &set.inputs).map_err(|diag| diag.to_string())
        };
        let sets = self.sets().map_err(|diag| diag.to_string())?;
        sets.iter().map(run).collect()
    }
}

/// Whether recorded inputs are those that the network takes.
fn fits(compiled: &Compiled, inputs: &[Tensor]) -> Result<(), String> {
    let wanted: Vec<_> = compiled.program.inputs.iter().map(|p| &p.ty).collect();
    let given: Vec<_> = inputs.iter().map(|t| &t.ty).collect();
    match wanted == given {
        true => Ok(()),
        false => Err(format!(
            "the network takes {wanted:?}, recorded are {given:?}"
        )),
    }
}

/// The networks among the fixtures.
pub fn networks() -> Vec<Case> {
    let case = |model: mlc_fixtures::Model| Case::plain("", model.dir, Tolerance::NETWORK);
    mlc_fixtures::models().map(case).collect()
}

/// What is odd about a model file: storage, dialects, defects.
pub fn importer() -> Vec<Case> {
    described("importer", mlc_fixtures::importer_cases())
}

/// One operator with one of its features each.
pub fn operators() -> Vec<Case> {
    described("operators", mlc_fixtures::operator_cases())
}

/// Networks as PyTorch's exporters write them.
pub fn exports() -> Vec<Case> {
    described("exports", mlc_fixtures::export_cases())
}

fn described(source: &str, cases: impl Iterator<Item = mlc_fixtures::Case>) -> Vec<Case> {
    let case = |case: mlc_fixtures::Case| {
        let mut bindings = Bindings::in_folder(&case.dir);
        for input in case.inputs {
            bindings.input(input);
        }
        for (name, size) in case.dims {
            bindings.dim(name, size);
        }
        for (input, shape) in case.shapes {
            bindings.input_shape(Some(&input), shape);
        }
        Case {
            must_compile: case.must_import,
            mentions: case.names,
            bindings,
            ..Case::plain(source, case.dir, Tolerance::NETWORK)
        }
    };
    cases.map(case).collect()
}

/// The cases of ONNX's own suite, in the folder `onnx/backend/test/data` of the Python package.
pub fn suite(data: &Path) -> Vec<Case> {
    let groups = folders(data).into_iter();
    let cases = |group: PathBuf| {
        let name = group
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let case = move |dir| Case::plain(&format!("suite/{name}"), dir, Tolerance::SUITE);
        models(&group).into_iter().map(case)
    };
    groups.flat_map(cases).collect()
}

/// The networks of the model zoo.
pub fn zoo(folder: &Path) -> Vec<Case> {
    let case = |dir| Case::plain("zoo", dir, Tolerance::NETWORK);
    models(folder).into_iter().map(case).collect()
}

/// The folders in `dir` that hold a model, by name.
fn models(dir: &Path) -> Vec<PathBuf> {
    let mut dirs = folders(dir);
    dirs.retain(|dir| dir.join("model.onnx").is_file());
    dirs
}

fn folders(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let mut dirs: Vec<_> = entries.map(|entry| entry.path()).collect();
    dirs.retain(|path| path.is_dir());
    dirs.sort();
    dirs
}
