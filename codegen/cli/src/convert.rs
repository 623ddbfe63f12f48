//! `mlc convert`: a model of TensorFlow Lite becomes one of ONNX.

use crate::Outcome;
use crate::terminal::{GOOD, Terminal, styled};
use mlc_codegen::{Options, write_file};
use mlc_compiler::diag::Diags;
use serde::Serialize;
use std::path::PathBuf;

/// Writes a model as a standard ONNX file: what the compiler reads it as, with weights inside.
///
/// Images keep their channels last: they are transposed around convolutions. What is quantised stands between QuantizeLinear and
/// DequantizeLinear.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    options: Options,
    /// The file to write.
    out: PathBuf,
}

/// What was written.
#[derive(Serialize)]
struct Summary {
    name: String,
    out: PathBuf,
    bytes: usize,
    nodes: usize,
}

pub(crate) fn run(args: Args, terminal: &Terminal) -> Result<Outcome, Diags> {
    let model = args.options.load()?;
    let bytes = model.encode()?;
    write_file(&args.out, &bytes)?;
    let summary = Summary {
        name: args.options.crate_name(),
        bytes: bytes.len(),
        nodes: model.nodes.len(),
        out: args.out,
    };
    terminal.result(&summary, || summary.text())?;
    Ok(Outcome::Success)
}

impl Summary {
    fn text(&self) -> String {
        format!(
            "{} {}: {} nodes, {} bytes, in {}\n",
            styled(GOOD, "Converted"),
            self.name,
            self.nodes,
            self.bytes,
            self.out.display()
        )
    }
}
