//! Reading a model, whichever format its file is in: its first bytes say, not its name.

use crate::diag::Diags;
use crate::onnx::{self, Model};
use crate::tflite;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Reads the model in the file `path`; weights stored outside it are read from the file's folder.
pub fn load(path: &Path) -> Result<Model, Diags> {
    let bytes =
        onnx::read_file(path).map_err(|diag| diag.note(format!("file {}", path.display())))?;
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    parse(bytes, Some(folder.unwrap_or(Path::new("."))))
}

/// Reads the model in `bytes`; weights stored outside it are looked for in `folder`, if one is given.
pub fn parse(bytes: Vec<u8>, folder: Option<&Path>) -> Result<Model, Diags> {
    match tflite::recognises(&bytes) {
        true => tflite::parse(&bytes),
        false => onnx::from_bytes(bytes.into(), folder),
    }
}

/// Whether a file is one of TensorFlow Lite, as far as its first bytes say.
pub fn is_tflite(path: &Path) -> bool {
    let mut first = [0; 8];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut first));
    read.is_ok() && tflite::recognises(&first)
}
