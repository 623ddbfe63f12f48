//! Handing a model to engines that read nothing but ONNX.

use mlc_compiler::diag::Diag;
use mlc_compiler::is_tflite;
use mlc_compiler::onnx::Model;
use std::io::Write;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// A file in ONNX: the model's own, or one that is there for as long as this is.
pub enum OnnxFile {
    /// The model's own.
    Own(PathBuf),
    /// Written from what the model was read as.
    Written(NamedTempFile),
}

impl OnnxFile {
    /// The file at `path`, or `model`, which was read from it, in a file of ONNX.
    ///
    /// # Errors
    /// If that cannot be written.
    pub fn of(path: &Path, model: &Model) -> Result<Self, Diag> {
        if !is_tflite(path) {
            return Ok(OnnxFile::Own(path.into()));
        }
        let bytes = model.encode()?;
        let written = || {
            let mut file = NamedTempFile::with_suffix(".onnx")?;
            file.write_all(&bytes)?;
            file.flush()?;
            Ok(OnnxFile::Written(file))
        };
        written().map_err(|e: std::io::Error| {
            Diag::new(
                "unwritable-file",
                format!("cannot write the model as ONNX: {e}"),
            )
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        match self {
            OnnxFile::Own(path) => path,
            OnnxFile::Written(file) => file.path(),
        }
    }
}
