//! From the bytes of a `.tflite` file to the [`Model`] that an ONNX file of the same network would be.
//!
//! `read` takes apart the FlatBuffer, whose types are generated (`schema.rs`); `builtins` has a file for each family of operators,
//! which says in ONNX's operators what they mean: images are transposed around windows, integers stand between QuantizeLinear and
//! DequantizeLinear, and fused activations are written out. Everything behind is shared with models that were ONNX all along.
//!
//! Anything that is wrong with a file is a diagnostic, all of them at once; what is copied from a file stays within a few times its size.

mod builtins;
mod call;
mod constants;
mod fixed_point;
mod names;
mod quantised;
mod read;
#[rustfmt::skip]
pub mod schema;
mod scope;
mod tables;

use crate::diag::{Diag, Diags};
use crate::onnx::{Dim, Input, Model, Output, Problems};
use crate::quantization::Profile;
use read::{Document, TensorInfo};
use scope::Scope;
use std::collections::HashSet;

/// What every file begins with, after the place of its root.
const IDENTIFIER: &[u8] = b"TFL3";
/// The version of ONNX's file format that a file is told in.
const IR: i64 = 10;

/// Whether bytes are those of a `.tflite` file.
pub fn recognises(bytes: &[u8]) -> bool {
    bytes.get(4..8) == Some(IDENTIFIER)
}

/// Builtins that are read.
pub fn builtins() -> impl Iterator<Item = schema::BuiltinOperator> {
    builtins::codes()
}

/// Reads the model in `bytes`.
pub fn parse(bytes: &[u8]) -> Result<Model, Diags> {
    let document = read::document(bytes)?;
    let mut problems = Problems::default();
    let mut scope = Scope::of_network(&document);
    scope.operators(&mut problems);
    let model = model(&document, scope, &mut problems);
    problems.finish(model)
}

fn model(document: &Document<'_>, mut scope: Scope<'_, '_>, problems: &mut Problems) -> Model {
    let graph = &document.subgraphs[0];
    let inputs = graph
        .inputs
        .iter()
        .map(|&i| input(&graph.tensors[i], scope.raw(i)));
    let inputs: Vec<_> = inputs.filter_map(|input| problems.value(input)).collect();
    let mut seen = HashSet::new();
    let mut outputs = Vec::new();
    for &i in &graph.outputs {
        let output = scope.result(i).map(|name| output(&graph.tensors[i], name));
        outputs.extend(
            problems
                .value(output)
                .filter(|output| seen.insert(output.name.clone())),
        );
    }
    let (nodes, initializers) = scope.into_parts();
    Model {
        labels: Vec::new(),
        name: graph.name.to_owned(),
        producer: document.description.to_owned(),
        profile: Profile::TfLite,
        ir_version: IR,
        inputs,
        fixed: Vec::new(),
        outputs,
        initializers,
        strings: Vec::new(),
        nodes,
        files: Vec::new(),
    }
}

fn input(tensor: &TensorInfo<'_>, name: Result<String, Diag>) -> Result<Input, Diag> {
    Ok(Input {
        name: name?,
        dtype: tensor.dtype()?,
        dims: dims(tensor),
        ranked: true,
        range: None,
    })
}

fn output(tensor: &TensorInfo<'_>, name: String) -> Output {
    Output {
        name,
        dtype: tensor.dtype,
        dims: Some(dims(tensor)),
    }
}

fn dims(tensor: &TensorInfo<'_>) -> Vec<Dim> {
    tensor.shape.iter().map(|&size| Dim::Known(size)).collect()
}
