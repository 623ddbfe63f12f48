//! What `mlc verify` says.

use super::layers::{Layers, describe};
use crate::table::{Lean, grouped, table};
use crate::terminal::{BAD, FAINT, GOOD, styled};
use mlc_compiler::diag::Diag;
use mlc_compiler::reference::compare::{Difference, Tolerance};
use mlc_compiler::reference::layers::Layer;
use mlc_compiler::tensor::DType;
use serde::Serialize;

/// The result.
#[derive(Serialize)]
pub(super) struct Verdict {
    pub(super) name: String,
    /// Who says what is right.
    pub(super) reference: String,
    /// Whether that was recorded.
    pub(super) recorded: bool,
    /// Why it is not another one.
    pub(super) instead: Option<Diag>,
    pub(super) samples: usize,
    pub(super) passes: bool,
    pub(super) tolerance: Tolerance,
    pub(super) outputs: Vec<Output>,
    /// What layers do otherwise than the graph says, where that was looked at.
    pub(super) layers: Option<Layers>,
    /// Why layers were not judged that should have been.
    pub(super) unjudged: Option<Diag>,
    /// Outputs differ, but by no more than comes of halves.
    pub(super) explained: bool,
    pub(super) diverges: Option<Divergence>,
}

#[derive(Serialize)]
pub(super) struct Output {
    pub(super) name: String,
    #[serde(skip)]
    pub(super) dtype: DType,
    pub(super) passes: bool,
    #[serde(flatten)]
    pub(super) difference: Difference,
}

/// Where a network goes wrong.
#[derive(Serialize)]
#[serde(tag = "at", rename_all = "lowercase")]
pub(super) enum Divergence {
    /// At this layer, which is not within its contract.
    Layer { layer: Layer },
    /// At this step, counted from 1, the first of which the oracle says otherwise.
    Tensor {
        oracle: String,
        step: usize,
        layer: String,
        operator: String,
        kernel: &'static str,
        /// The ONNX tensor.
        tensor: String,
        difference: Difference,
    },
    /// Not before the outputs: no tensor that can be compared differs.
    Outputs,
    /// Every layer does what the graph says, and yet outputs are another network's.
    Elsewhere,
    /// In compiling the crate: the interpreter computes something else with the same kernels.
    Crate,
    /// Nobody knows.
    Unknown { why: Diag },
}

impl Verdict {
    pub(super) fn text(&self) -> String {
        let (style, word) = if self.passes {
            (GOOD, "Right")
        } else {
            (BAD, "Wrong")
        };
        let mut columns = vec![Lean::Left];
        columns.extend([Lean::Right; 5]);
        columns.push(Lean::Left);
        let heading = [
            "  output",
            "elements",
            "differ",
            "absolute",
            "of range",
            "of tolerance",
            "",
        ];
        let mut rows = vec![heading.map(String::from).to_vec()];
        rows.extend(self.outputs.iter().map(|output| output.row(self.explained)));
        let mut text = format!(
            "{} {}: {} on {} samples\n{}  {}\n",
            styled(style, word),
            self.name,
            self.reference,
            self.samples,
            table(&columns, &rows),
            styled(FAINT, format!("tolerance of floats: {}", self.tolerance)),
        );
        if let Some(why) = &self.instead {
            text += &format!(
                "  {}\n",
                styled(FAINT, format!("not tract: {}", one_line(why)))
            );
        }
        if self.explained {
            text += "  outputs differ by what follows from halves, which layers before them round either way\n";
        }
        if let Some(layers) = &self.layers {
            text += &format!("  {}", layers.text());
        }
        if let (Some(why), None) = (&self.unjudged, &self.diverges) {
            text += &format!("  {why}\n");
        }
        if let Some(divergence) = &self.diverges {
            text += &format!("  {}\n", divergence.text());
        }
        text
    }
}

/// A diagnostic on a line: the first of its notes says most.
fn one_line(diag: &Diag) -> String {
    let note = diag.notes.first().and_then(|note| note.lines().next());
    note.map_or(diag.message.clone(), |note| {
        format!("{}: {note}", diag.message)
    })
}

impl Output {
    fn row(&self, explained: bool) -> Vec<String> {
        let d = &self.difference;
        let verdict = match (self.passes, explained) {
            (true, _) => "right",
            (false, true) => "differs",
            (false, false) => "wrong",
        };
        let steps = matches!(self.dtype, DType::I8 | DType::U8 | DType::I16 | DType::U16);
        let absolute = match steps {
            true if d.absolute == 1.0 => "1 step".into(),
            true => format!("{} steps", d.absolute),
            false => format!("{:.2e}", d.absolute),
        };
        let part = |x: f64| {
            if d.range > 0.0 {
                format!("{:.3} %", 100.0 * x / d.range)
            } else {
                "-".into()
            }
        };
        vec![
            format!("  {}", self.name),
            grouped(d.elements as u64),
            grouped(d.beyond as u64),
            absolute,
            part(d.absolute),
            format!("{:.3}", d.of_tolerance),
            verdict.into(),
        ]
    }
}

impl Divergence {
    fn text(&self) -> String {
        match self {
            Divergence::Layer { layer } => {
                format!("first layer that differs from the graph as it is written: {}", describe(layer))
            }
            Divergence::Tensor {
                oracle,
                step,
                layer,
                operator,
                kernel,
                tensor,
                difference,
            } => format!(
                "first tensor that differs from that of {oracle}: step {step}, {layer} ({operator}, {kernel}): tensor \
                 `{tensor}` is off by {:.2e}, {:.1} of the tolerance",
                difference.absolute, difference.of_tolerance
            ),
            Divergence::Outputs => "no layer before the outputs differs".into(),
            Divergence::Elsewhere => {
                "every layer does what the graph says, but outputs are too far off to come of halves: they were recorded \
                 of another model, or for other inputs"
                    .into()
            }
            Divergence::Crate => {
                "the interpreter answers otherwise with the same kernels: a defect of mlc".into()
            }
            Divergence::Unknown { why } => format!("where it goes wrong is not known: {why}"),
        }
    }
}
