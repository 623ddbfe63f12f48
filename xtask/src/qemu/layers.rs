//! Instructions by layer: a second image of the same network, in which each step begins with a mark.
//!
//! A mark is a function that does nothing, one for each step, and the plugin counts on behalf of the step whose mark was
//! seen last; so it does not matter which bodies steps share, or in which order they run. Optimisation across
//! steps ends at marks, so layers add up to a little more than the network takes without them.

use anyhow::Result;
use mlc_codegen::{Files, marks};
use mlc_compiler::program::Program;
use serde::Serialize;

/// Puts marks into an emitted crate. Each has a comment of its own in assembly, so that no two are merged, and none is known to do nothing.
pub(super) fn add_marks(files: &mut Files, steps: usize) -> Result<()> {
    let names = (1..=steps).map(marks::mark);
    let functions = names.map(|name| {
        format!(
            "#[unsafe(no_mangle)] #[inline(never)] pub(super) extern \"C\" fn {name}() \
             {{ unsafe {{ core::arch::asm!(\"/* {name} */\") }} }}\n"
        )
    });
    Ok(marks::add(files, steps, &functions.collect::<String>())?)
}

/// What a step takes.
#[derive(Serialize)]
pub(super) struct Layer {
    step: usize,
    layer: String,
    operator: String,
    kernel: &'static str,
    macs: u64,
    pub(super) instructions: u64,
    /// Estimated, if there is a model of the core.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cycles: Option<u64>,
}

/// The steps of a program beside what each takes.
pub(super) fn layers(program: &Program, instructions: &[u64], cycles: &[u64]) -> Vec<Layer> {
    let both = program.steps.iter().zip(instructions).enumerate();
    let layer = |(i, (step, &instructions)): (usize, (&mlc_compiler::program::Step, _))| Layer {
        step: i + 1,
        layer: step.layer.clone(),
        operator: step.operator.clone(),
        kernel: step.call.kernel.name,
        macs: step.macs,
        instructions,
        cycles: cycles.get(i).copied(),
    };
    both.map(layer).collect()
}

impl Layer {
    pub(super) const COLUMNS: [&'static str; 8] = [
        "step",
        "operator",
        "kernel",
        "instructions",
        "share",
        "MACs",
        "per MAC",
        "cycles",
    ];

    /// Its line in a table of all.
    pub(super) fn row(&self, all: &[Self]) -> [String; Self::COLUMNS.len()] {
        let total: u64 = all.iter().map(|layer| layer.instructions).sum();
        let share = 100.0 * self.instructions as f64 / total.max(1) as f64;
        let per_mac = self.instructions as f64 / self.macs as f64;
        [
            self.step.to_string(),
            self.operator.clone(),
            self.kernel.to_owned(),
            self.instructions.to_string(),
            format!("{share:.1} %"),
            self.macs.to_string(),
            match self.macs {
                0 => "-".into(),
                _ => format!("{per_mac:.2}"),
            },
            self.cycles.map_or("-".into(), |cycles| cycles.to_string()),
        ]
    }
}
