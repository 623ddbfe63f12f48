//! Files that are mistaken for ONNX models: naming what they are saves the reader a search.

use crate::diag::Diag;

/// First bytes, where they are, and what a file is that has them.
const FORMATS: [(usize, &[u8], &str); 8] = [
    (
        0,
        b"version https://git-lfs",
        "a Git LFS pointer, not the file it stands for (run `git lfs pull`)",
    ),
    (
        0,
        b"PK\x03\x04",
        "a zip archive, such as PyTorch and Keras save (export the model to ONNX)",
    ),
    (
        0,
        b"\x89HDF",
        "an HDF5 file, such as Keras saves (convert the model with tf2onnx)",
    ),
    (
        4,
        b"TFL3",
        "a TensorFlow Lite model, which is not read as ONNX",
    ),
    (
        4,
        b"ORTM",
        "an ONNX Runtime `.ort` model (use the `.onnx` file it was made from)",
    ),
    (0, b"GGUF", "a GGUF file (export the model to ONNX)"),
    (0, b"\x93NUMPY", "a NumPy array, not a model"),
    (0, b"<", "a web page or XML, not a model"),
];

/// What the file is instead of a model, if its first bytes say.
pub(super) fn other_format(bytes: &[u8]) -> Option<String> {
    if bytes.is_empty() {
        return Some("the file is empty".into());
    }
    let found = FORMATS
        .iter()
        .find(|(at, magic, _)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(magic)));
    found.map(|(_, _, what)| format!("the file is {what}"))
}

/// The diagnostic for bytes that are no protobuf message of a model.
pub(super) fn undecodable(error: &prost::DecodeError, hint: Option<String>) -> Diag {
    // The decoder's message leads through every message around the place, as in `GraphProto.node: `.
    let error = error.to_string();
    let cause = error
        .split(": ")
        .skip(1)
        .filter(|part| part.contains(' ') || !part.contains('.'));
    let cause = cause.collect::<Vec<_>>().join(": ");
    match hint {
        Some(hint) => Diag::new("not-onnx", hint),
        None if cause.contains("recursion") => {
            Diag::new("malformed-file", "graphs are nested too deep")
        }
        None => Diag::new(
            "malformed-file",
            "the file is not a valid ONNX model, or it is cut short",
        )
        .note(cause),
    }
}
