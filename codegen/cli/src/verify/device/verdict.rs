//! What is said of a device.

use super::protocol::Unit;
use crate::table::{Lean, distinct, grouped, table};
use crate::terminal::{BAD, FAINT, GOOD, styled};
use mlc_compiler::program::Program;
use mlc_compiler::reference::compare::Difference;
use serde::Serialize;

/// Columns that names of layers take at most.
const NAME: usize = 36;

/// What comparing a device brought to light.
pub(super) struct Judged {
    unit: Unit,
    samples: usize,
    ticks: Vec<u64>,
    /// Samples that are answered wrongly.
    pub(super) wrong: Vec<usize>,
    /// The first layer that differs.
    pub(super) fault: Option<Fault>,
    pub(super) layers: Vec<Row>,
    /// Whether layers were watched for every sample.
    pub(super) watched: bool,
    /// Whether the device's clock counts.
    pub(super) counts: bool,
}

/// The layer in which a difference begins.
#[derive(Clone, Serialize)]
pub(super) struct Fault {
    pub(super) layer: String,
    pub(super) operator: String,
    pub(super) difference: Difference,
}

/// A layer.
#[derive(Serialize)]
pub(super) struct Row {
    layer: String,
    operator: String,
    /// Samples for which it differs.
    pub(super) differs: usize,
    /// The least that it took.
    #[serde(skip_serializing_if = "Option::is_none")]
    ticks: Option<u64>,
}

impl Row {
    /// Notes what it took once.
    pub(super) fn took(&mut self, ticks: u64) {
        self.ticks = Some(self.ticks.map_or(ticks, |least| least.min(ticks)));
    }
}

/// What is said.
#[derive(Serialize)]
pub(super) struct Verdict {
    pub(super) passes: bool,
    device: String,
    samples: usize,
    /// Samples that are answered wrongly.
    wrong: Vec<usize>,
    /// What its clock counts: `cycles`, `us`, `ns`.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'static str>,
    /// What the fastest run took.
    #[serde(skip_serializing_if = "Option::is_none")]
    ticks: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<Fault>,
    #[serde(skip_serializing_if = "Option::is_none")]
    layers: Option<Vec<Row>>,
}

impl Judged {
    pub(super) fn new(program: &Program, unit: Unit, samples: usize) -> Self {
        let row = |step: &mlc_compiler::program::Step| Row {
            layer: step.layer.clone(),
            operator: step.operator.clone(),
            differs: 0,
            ticks: None,
        };
        Judged {
            unit,
            samples,
            ticks: Vec::new(),
            wrong: Vec::new(),
            fault: None,
            layers: program.steps.iter().map(row).collect(),
            watched: false,
            counts: false,
        }
    }

    /// Notes what a run took.
    pub(super) fn took(&mut self, ticks: u64) {
        self.ticks.push(ticks);
    }

    /// The verdict on the device of that name.
    pub(super) fn of(self, device: &str) -> Verdict {
        let unit = match self.unit {
            Unit::Nothing => None,
            Unit::Cycles => Some("cycles"),
            Unit::Microseconds => Some("us"),
            Unit::Nanoseconds => Some("ns"),
        };
        let mut layers = self.layers;
        if !self.counts {
            layers.iter_mut().for_each(|row| row.ticks = None);
        }
        Verdict {
            passes: self.wrong.is_empty() && self.fault.is_none(),
            device: device.to_owned(),
            samples: self.samples,
            wrong: self.wrong,
            unit,
            ticks: self.ticks.into_iter().min().filter(|_| self.counts),
            fault: self.fault,
            layers: self.watched.then_some(layers),
        }
    }
}

impl Verdict {
    pub(super) fn text(&self) -> String {
        let (device, samples, wrong) = (&self.device, self.samples, self.wrong.len());
        let mut text = match self.passes {
            true => format!(
                "{} {device}: it computes what the interpreter does on {samples} samples, bit for bit\n",
                styled(GOOD, "Right")
            ),
            false => format!(
                "{} {device}: it answers {wrong} of {samples} samples otherwise than the interpreter does\n",
                styled(BAD, "Wrong")
            ),
        };
        text += &match (self.unit, self.ticks) {
            (Some(unit), Some(ticks)) => format!("  {} {unit} a run\n", grouped(ticks)),
            _ => format!(
                "  {}\n",
                styled(
                    FAINT,
                    "its clock does not count: an emulator does not know cycles"
                )
            ),
        };
        if let Some(Fault {
            layer,
            operator,
            difference,
        }) = &self.fault
        {
            text += &format!(
                "  {} is the first layer that differs ({operator}): {} of {} elements, by {} at most; what follows differs for that\n",
                styled(BAD, layer),
                difference.beyond,
                grouped(difference.elements as u64),
                difference.absolute,
            );
        } else if wrong > 0 {
            text += "  every layer is right when it is watched: outputs are changed after they are computed, or on the way here\n";
        }
        text + &self
            .layers
            .as_ref()
            .map_or(String::new(), |rows| self.layers(rows))
    }

    fn layers(&self, rows: &[Row]) -> String {
        let unit = self.unit.unwrap_or_default();
        let heading = ["  layer", "operator", "differs", unit].map(String::from);
        let names: Vec<_> = rows.iter().map(|row| &*row.layer).collect();
        let row = |(row, name): (&Row, String)| {
            let differs = match row.differs {
                0 => String::new(),
                times => format!("{times} of {}", self.samples),
            };
            let ticks = row.ticks.map_or(String::new(), grouped);
            vec![format!("  {name}"), row.operator.clone(), differs, ticks]
        };
        let rows = rows.iter().zip(distinct(&names, NAME)).map(row);
        let rows: Vec<_> = std::iter::once(heading.to_vec()).chain(rows).collect();
        table(&[Lean::Left, Lean::Left, Lean::Right, Lean::Right], &rows)
    }
}
