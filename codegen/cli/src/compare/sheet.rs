//! What is known of a network: of a model by compiling it, of a printed report or a plan by reading it.

use mlc_codegen::Options;
use mlc_codegen::image::{OptLevel, measure};
use mlc_codegen::report::Report;
use mlc_compiler::diag::{Diag, Diags};
use mlc_compiler::target::TargetRef;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// A file of a crate.
const PLAN: &str = "PLAN.json";
const WEIGHTS: &str = "src/weights.bin";
/// What follows the weights in their file: the digest of the build.
const MARK: u64 = 64;

/// The facts of a network, as text and numbers that can be compared.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// Where it is from.
    pub(super) from: String,
    pub(super) target: Option<String>,
    /// `input` or `output`, and what each is; none if that is not known.
    pub(super) ports: Option<Vec<Port>>,
    pub(super) layers: Vec<Layer>,
    /// Figures of the whole network by what they are.
    pub(super) totals: BTreeMap<&'static str, u64>,
}

/// An input or output.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Port {
    pub(super) name: String,
    pub(super) ty: String,
}

/// A layer, and what is known of it by name.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Layer {
    pub(super) name: String,
    pub(super) facts: BTreeMap<&'static str, String>,
}

/// Figures of a network: where a report has them, and what they are called.
const TOTALS: &[(&str, &str)] = &[
    ("/arena_bytes", "bytes of arena"),
    ("/weight_bytes", "bytes of weights"),
    ("/state_bytes", "bytes that are kept"),
    ("/macs", "multiply-accumulates"),
    ("/cycles/total", "estimated cycles"),
    ("/footprint/flash_bytes", "bytes of flash"),
    ("/footprint/code_bytes", "bytes of code"),
    ("/footprint/ram_bytes", "bytes of RAM"),
    ("/footprint/stack_bytes", "bytes of stack"),
];

/// Facts of a layer, in the same way.
const FACTS: &[(&str, &str)] = &[
    ("/operator", "operator"),
    ("/kernel", "kernel"),
    ("/reads", "reads"),
    ("/writes", "writes"),
    ("/macs", "multiply-accumulates"),
    ("/weight_bytes", "bytes of weights"),
    ("/cycles", "estimated cycles"),
];

impl Sheet {
    /// What is known of what is at a path; `options` are those of models.
    pub(super) fn of(path: &Path, options: &Options, level: OptLevel) -> Result<Self, Diags> {
        let from = path.display().to_string();
        let sheet = if path.is_dir() {
            Sheet::of_crate(path)?
        } else if path.extension().is_some_and(|end| end == "json") {
            match read(path)? {
                plan if plan.get("steps").is_some() => Sheet::of_plan(&plan),
                report => Sheet::of_report(&report),
            }
        } else {
            Sheet::of_model(path, options, level)?
        };
        match sheet.layers.is_empty() && sheet.totals.is_empty() {
            true => Err(nothing(path).into()),
            false => Ok(Sheet { from, ..sheet }),
        }
    }

    fn of_model(path: &Path, options: &Options, level: OptLevel) -> Result<Self, Diags> {
        let options = Options {
            model: path.into(),
            ..options.clone()
        };
        let compiled = options.compile()?;
        let name = options.name();
        let report = serde_json::to_value(Report::of(&compiled, &name));
        let mut report = report.unwrap_or_default();
        if compiled.target != TargetRef::default() {
            let measured = measure(&compiled, &name, level)?;
            report["footprint"] = serde_json::to_value(measured).unwrap_or_default();
        }
        Ok(Sheet::of_report(&report))
    }

    fn of_report(report: &Value) -> Self {
        let figure = |&(path, what): &(_, _)| Some((what, report.pointer(path)?.as_u64()?));
        let ports = ["inputs", "outputs"].map(|kind| list(&report[kind]));
        let layer = |layer: &Value| Layer {
            name: text(&layer["name"]),
            facts: FACTS
                .iter()
                .filter_map(|&(path, what)| Some((what, text(layer.pointer(path)?))))
                .collect(),
        };
        Sheet {
            target: report["target"].as_str().map(String::from),
            ports: Some(ports.concat().iter().map(port).collect()),
            layers: list(&report["layers"]).iter().map(layer).collect(),
            totals: TOTALS.iter().filter_map(figure).collect(),
            ..Sheet::default()
        }
    }

    fn of_crate(folder: &Path) -> Result<Self, Diag> {
        let mut sheet = Sheet::of_plan(&read(&folder.join(PLAN))?);
        let weights = std::fs::metadata(folder.join(WEIGHTS)).map(|about| about.len());
        let weights = weights.unwrap_or(MARK).saturating_sub(MARK);
        sheet.totals.insert("bytes of weights", weights);
        Ok(sheet)
    }

    /// What a plan knows: layers, and the bytes of their operands.
    fn of_plan(plan: &Value) -> Self {
        let bytes = |operands: &Value| {
            let bytes = list(operands);
            let bytes: Vec<_> = bytes
                .iter()
                .map(|operand| text(&operand["bytes"]))
                .collect();
            bytes.join(", ")
        };
        let layer = |step: &Value| Layer {
            name: text(&step["name"]),
            facts: [("bytes read", "reads"), ("bytes written", "writes")]
                .map(|(what, field)| (what, bytes(&step[field])))
                .into(),
        };
        let regions = list(&plan["regions"]);
        let arena = regions
            .iter()
            .filter_map(|region| region["bytes"].as_u64())
            .sum();
        Sheet {
            layers: list(&plan["steps"]).iter().map(layer).collect(),
            totals: [("bytes of arena", arena)].into(),
            ..Sheet::default()
        }
    }
}

fn port(port: &Value) -> Port {
    let shape: Vec<_> = list(&port["shape"]).iter().map(text).collect();
    let scale = port.pointer("/quantization/scale").map(text);
    let zero = port.pointer("/quantization/zero").map(text);
    let meaning = scale
        .zip(zero)
        .map(|(scale, zero)| format!(" (scale {scale}, zero {zero})"));
    Port {
        name: text(&port["name"]),
        ty: format!(
            "{}[{}]{}",
            text(&port["element"]),
            shape.join("×"),
            meaning.unwrap_or_default()
        ),
    }
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

/// A value as a person writes it.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(text).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn read(path: &Path) -> Result<Value, Diag> {
    let unreadable = |why: String| {
        Diag::new(
            "unreadable-file",
            format!("cannot read {}: {why}", path.display()),
        )
        .note("compare models, crates that `mlc build` wrote, or what `mlc inspect --json` prints")
    };
    let text = std::fs::read(path).map_err(|e| unreadable(e.to_string()))?;
    serde_json::from_slice(&text).map_err(|e| unreadable(e.to_string()))
}

fn nothing(path: &Path) -> Diag {
    Diag::new(
        "no-network",
        format!("{} says nothing of a network", path.display()),
    )
    .note("compare models, crates that `mlc build` wrote, or what `mlc inspect --json` prints")
}
