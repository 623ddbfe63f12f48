//! What onnxruntime takes on this machine, on one thread: a measure for what is emitted.

use mlc_compiler::diag::Diag;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Prints the seconds of a run: of the model, on the inputs in a folder, so many times.
const SCRIPT: &str = r#"
import sys, time
import onnx, onnxruntime
from onnx import numpy_helper
model, folder, runs = sys.argv[1], sys.argv[2], int(sys.argv[3])
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
options.log_severity_level = 4
session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
names = [i.name for i in session.get_inputs()]
files = [folder + f"/input_{i}.pb" for i in range(len(names))]
inputs = {n: numpy_helper.to_array(onnx.load_tensor(f)) for n, f in zip(names, files)}
session.run(None, inputs)
start = time.perf_counter()
for _ in range(runs):
    session.run(None, inputs)
print((time.perf_counter() - start) / runs)
"#;

/// The time of one run of several in a row: of the model in a file, on `input_0.pb` and so on in a folder, by a Python that has
/// `onnx` and `onnxruntime`.
pub fn onnxruntime(
    python: &str,
    model: &Path,
    inputs: &Path,
    runs: usize,
) -> Result<Duration, Diag> {
    let mut command = Command::new(python);
    command
        .args(["-c", SCRIPT])
        .arg(model)
        .arg(inputs)
        .arg(runs.to_string());
    let failed = |what: String| {
        Diag::new(
            "no-onnxruntime",
            format!("onnxruntime cannot be timed: {what}"),
        )
        .note(format!(
            "`{python}` has to be a Python with onnx and onnxruntime"
        ))
    };
    let output = command.output().map_err(|e| failed(e.to_string()))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let seconds = said
        .trim()
        .parse()
        .ok()
        .and_then(|s| Duration::try_from_secs_f64(s).ok());
    let errors = || String::from_utf8_lossy(&output.stderr).trim().to_owned();
    seconds
        .filter(|_| output.status.success())
        .ok_or_else(|| failed(errors()))
}
