//! From the bytes of an `.onnx` file to a [`Model`]: decoded, checked, name-resolved, and free of everything
//! that only describes how it was stored.
//!
//! What an operator means is not known here. Anything that is wrong with a file is a diagnostic, all of them
//! at once, and the memory taken stays within a few times the size of the files read.

mod attribute;
mod bind;
mod check;
mod cost;
mod external;
mod fixed;
mod functions;
mod hint;
mod labels;
pub mod model;
mod order;
mod problems;
#[rustfmt::skip]
pub mod proto;
mod ranges;
mod read;
mod sparse;
#[cfg(feature = "quantize")]
mod splice;
mod suggest;
pub mod tensor;
#[cfg(test)]
mod tests;
mod types;
mod weigh;
mod write;

pub use bind::Bindings;
pub use check::{NEWEST_IR, NEWEST_OPSET, OLDEST_OPSET};
pub use model::{Attribute, Dim, Input, Model, Node, Output, StringTensor, Subgraph};
pub(crate) use problems::Problems;
pub use ranges::Range;
#[cfg(feature = "quantize")]
pub(crate) use splice::splice;
pub(crate) use suggest::Suggestions;

use crate::diag::{Diag, Diags};
use crate::quantization::Profile;
use external::ExternalFiles;
use prost::Message;
use prost::bytes::Bytes;
use read::Document;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// No file of a model may be larger: lengths in it have 31 bits.
const MAX_FILE_BYTES: u64 = i32::MAX as u64;

/// Reads the model in `bytes`; weights stored outside it are looked for in `folder`, if one is given.
pub fn parse(bytes: &[u8], folder: Option<&Path>) -> Result<Model, Diags> {
    from_bytes(Bytes::copy_from_slice(bytes), folder)
}

/// As [`parse`], of bytes that the model may keep parts of.
pub(crate) fn from_bytes(bytes: Bytes, folder: Option<&Path>) -> Result<Model, Diags> {
    let hint = hint::other_format(&bytes);
    weigh::check(&bytes)?;
    let proto = proto::ModelProto::decode(bytes)
        .map_err(|error| hint::undecodable(&error, hint.clone()))?;
    if let (None, Some(hint)) = (&proto.graph, hint) {
        return Err(Diag::new("not-onnx", hint).into());
    }
    let mut problems = Problems::default();
    let document = read::document(proto, ExternalFiles::new(folder), &mut problems)?;
    check::document(&document, &mut problems);
    let document = problems.finish(document)?;
    inlined(document)
}

/// The model with its functions replaced by what they stand for.
fn inlined(document: Document) -> Result<Model, Diags> {
    let Document {
        mut graph,
        functions,
        ..
    } = document;
    let mut problems = Problems::default();
    functions::inline(&mut graph, &functions, &mut problems);
    problems.finish(Model {
        name: document.name,
        producer: document.producer,
        profile: Profile::Onnx,
        ir_version: document.ir_version.unwrap_or(0),
        inputs: document.inputs,
        fixed: Vec::new(),
        outputs: document.outputs,
        initializers: graph.initializers,
        strings: graph.strings,
        nodes: graph.nodes,
        labels: document.labels,
        files: document.files,
    })
}

/// The bytes of a file.
pub(crate) fn read_file(path: &Path) -> Result<Vec<u8>, Diag> {
    let failed =
        |e: std::io::Error| Diag::new("unreadable-file", format!("cannot read the model: {e}"));
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        let message = "the file is larger than the 2 GiB that a model's file may be";
        return Err(Diag::new("file-size", message)
            .note("keep large weights as external data beside an ONNX model"));
    }
    Ok(bytes)
}
