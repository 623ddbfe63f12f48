//! `cargo xtask profiles`: arithmetic that is meant to be an engine's, against that engine.
//!
//! Layers of made-up weights and scales are written as models of TensorFlow Lite and as quantised ONNX, and both engines
//! answer made-up inputs (`engines.py`). They come from PyPI into a folder below Cargo's target folder. With `MLC_ZOO`,
//! networks of the zoo that have a twin in TensorFlow Lite's format are tried as well.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow, ensure};
use mlc_codegen::Options;
use mlc_compiler::quantization::Profile;
use mlc_compiler::tensor::Tensor;
use mlc_compiler::{interp, npy};
use serde::Serialize;

use crate::{models, packages, sh};

/// Compares layers and networks with the engines whose arithmetic they should have, element by element.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

/// What is installed.
const PACKAGES: [&str; 5] = [
    "ai-edge-litert==2.3.0",
    "tflite-micro==0.dev20261023182759",
    "flatbuffers==25.12.19",
    "onnx==1.22.0",
    "numpy==2.4.6",
];

const SCRIPT: &str = include_str!("profiles/engines.py");

/// Each profile with the name of its engine's answers.
const PROFILES: [(Profile, &str); 2] = [(Profile::TfLite, "tflite"), (Profile::TfLm, "tflm")];

/// A kind of layer, or a network.
#[derive(Default, Serialize)]
struct Row {
    elements: usize,
    /// Elements that differ from the engine's, by profile.
    differing: [usize; 2],
    /// Elements in which the two engines differ.
    engines: usize,
}

pub(crate) fn run(args: Args) -> Result<()> {
    let folder = sh::target_dir().join("profiles");
    let cases = folder.join("cases");
    if cases.exists() {
        std::fs::remove_dir_all(&cases)?;
    }
    let twins = twins()?;
    answer(&folder, &cases, &twins)?;
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    let mut folders: Vec<_> = std::fs::read_dir(&cases)?.collect::<std::io::Result<_>>()?;
    folders.sort_by_key(|entry| entry.path());
    for entry in folders {
        let name = entry.file_name().to_string_lossy().into_owned();
        // What is of a kind is numbered.
        let number = |c: char| c.is_ascii_digit();
        let kind = name.trim_end_matches(number).trim_end_matches('_');
        let twin = twins.iter().find(|twin| twin.name == kind);
        let model = twin.map_or(entry.path().join("model.onnx"), |twin| twin.onnx.clone());
        let row = rows.entry(kind.to_owned()).or_default();
        compare(&entry.path(), &model, row).with_context(|| name.clone())?;
    }
    match args.json {
        true => println!("{}", serde_json::to_string_pretty(&rows)?),
        false => print(&rows),
    }
    let differing: usize = rows.values().flat_map(|row| row.differing).sum();
    ensure!(
        differing == 0,
        "{differing} elements differ from their engine's"
    );
    Ok(())
}

fn print(rows: &BTreeMap<String, Row>) {
    println!(
        "{:<24} {:>9} {:>8} {:>8} {:>20}",
        "", "elements", "tflite", "tflm", "between the engines"
    );
    for (name, row) in rows {
        let Row {
            elements,
            differing: [tflite, tflm],
            engines,
        } = row;
        println!("{name:<24} {elements:>9} {tflite:>8} {tflm:>8} {engines:>20}");
    }
}

/// A network of the zoo that was converted from TensorFlow Lite's format.
struct Twin {
    name: String,
    onnx: PathBuf,
    tflite: PathBuf,
    /// The shape of its input in ONNX.
    shape: Vec<usize>,
}

fn twins() -> Result<Vec<Twin>> {
    let Ok(zoo) = models::zoo() else {
        return Ok(Vec::new());
    };
    let mut twins = Vec::new();
    for case in mlc_tests::zoo(&zoo) {
        let tflite = case.dir.join("model.tflite");
        let model = case.model().map_err(|diags| anyhow!("{diags}"))?;
        let inputs = mlc_compiler::ops::import(&model);
        let Ok(graph) = inputs else { continue };
        let [input] = graph.inputs[..] else { continue };
        if !tflite.is_file() || graph.ty(input).dtype != mlc_compiler::tensor::DType::I8 {
            continue;
        }
        let shape = graph.ty(input).shape.clone();
        let name = case.name.trim_start_matches("zoo/").to_owned();
        twins.push(Twin {
            name,
            onnx: case.onnx(),
            tflite,
            shape,
        });
    }
    Ok(twins)
}

/// Lets the engines answer.
fn answer(folder: &Path, cases: &Path, twins: &[Twin]) -> Result<()> {
    std::fs::create_dir_all(cases)?;
    let script = folder.join("run.py");
    std::fs::write(&script, SCRIPT)?;
    let mut python = Command::new("python3");
    python
        .arg(script)
        .arg(cases)
        .env("PYTHONPATH", packages::python(folder, &PACKAGES)?);
    for Twin {
        name,
        tflite,
        shape,
        ..
    } in twins
    {
        let shape: Vec<_> = shape.iter().map(usize::to_string).collect();
        python.arg(tflite).arg(name).arg(shape.join("x"));
    }
    sh::capture(&mut python).map(drop)
}

/// Compares a model under each profile with what the engine answered.
fn compare(folder: &Path, model: &Path, row: &mut Row) -> Result<()> {
    let inputs = (0..)
        .map(|i| folder.join(format!("input_{i}.npy")))
        .take_while(|path| path.is_file());
    let inputs = inputs
        .map(|path| Ok(npy::load(&path)?))
        .collect::<Result<Vec<Tensor>>>()?;
    let mut answers = Vec::new();
    for (i, (profile, engine)) in PROFILES.into_iter().enumerate() {
        let compiled = Options::new(model).profile(profile).compile()?;
        let found = interp::run(&compiled.program, &inputs)?;
        let answer = npy::load(&folder.join(format!("{engine}.npy")))?;
        row.differing[i] += differing(&found[0], &answer)?;
        answers.push(answer);
    }
    row.elements += answers[0].ty.len();
    row.engines += differing(&answers[0], &answers[1])?;
    Ok(())
}

fn differing(a: &Tensor, b: &Tensor) -> Result<usize> {
    ensure!(a.ty == b.ty, "{} instead of {}", a.ty, b.ty);
    Ok(a.bytes()
        .iter()
        .zip(b.bytes())
        .filter(|(a, b)| a != b)
        .count())
}
