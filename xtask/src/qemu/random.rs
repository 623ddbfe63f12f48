//! `cargo xtask qemu --random`: random layers in their forms, on cores that have the instructions.
//!
//! The layers are those of the tests of forms, each from its seed. One firmware makes all calls of a board. Memory around
//! operands is looked at, too: what a call leaves there must be what its twin leaves on this machine, but for scratch.

use std::collections::BTreeSet;
use std::ops::Range;

use anyhow::{Result, bail, ensure};
use mlc_runtime_core::table::forms::forms;

#[path = "../../../runtime-core/tests/forms/layers.rs"]
mod layers;
#[path = "../../../runtime-core/tests/forms/packed.rs"]
mod packed;

use super::board::Board;
use super::firmware::{Built, Firmware};
use super::{Bench, emulator};
use crate::sh;
use layers::Layer;
use packed::{GUARD, Packed};

/// As many layers as one firmware has.
const BATCH: usize = 400;

/// A layer in a form of the board's.
struct Trial {
    seed: u64,
    packed: Packed,
}

/// Tries the forms of each board on the layers of all seeds.
pub(super) fn run(bench: &Bench, boards: &[&'static Board], seeds: &Range<u64>) -> Result<()> {
    let mut wrong = 0;
    for board in boards {
        let (mut trials, mut failures) = (0, Vec::new());
        let seeds: Vec<_> = seeds.clone().collect();
        for seeds in seeds.chunks(BATCH) {
            let batch: Vec<_> = seeds
                .iter()
                .flat_map(|&seed| of_seed(seed, board))
                .collect();
            failures.extend(differences(bench, board, &batch)?);
            trials += batch.len();
        }
        ensure!(trials > 0, "{board} has no form for any of these layers");
        let failed = failures.len();
        println!("{board}: {trials} layers in forms, {failed} of which differ");
        failures.iter().for_each(|failure| println!("  {failure}"));
        wrong += failed;
    }
    ensure!(
        wrong == 0,
        "{wrong} layers are not what their twins compute"
    );
    Ok(())
}

/// The layer of a seed in all forms that the board has for it.
fn of_seed(seed: u64, board: &Board) -> impl Iterator<Item = Trial> {
    let (layer, target) = (Layer::random(seed), board.target());
    let of_board = |isa| target.isas.contains(&isa);
    let fits = forms()
        .filter(move |form| of_board(form.isa) && std::ptr::eq(form.kernel, layer.call.kernel))
        .filter_map(|form| Packed::new(&layer, form).ok());
    let fits: Vec<_> = fits.collect();
    fits.into_iter().map(move |packed| Trial { seed, packed })
}

/// What the board makes otherwise of these layers than the twins.
fn differences(bench: &Bench, board: &'static Board, trials: &[Trial]) -> Result<Vec<String>> {
    if trials.is_empty() {
        return Ok(Vec::new());
    }
    let dir = sh::target_dir().join("qemu/random").join(board.name);
    let core = sh::root().join("runtime-core");
    let core = format!("mlc-runtime-core = {{ path = {core:?} }}");
    let firmware = Firmware::write(dir.clone(), &core, &program(trials), &bench.opt_level)?;
    let image = match firmware.build(&bench.toolchain, board)? {
        Built::Image(path) => path,
        Built::TooLarge(why) => bail!("{board} is too small: {why}"),
    };
    let memories = trials.iter().map(|trial| trial.packed.memory());
    let memories: Vec<Vec<u64>> = memories.collect();
    let inputs: Vec<u8> = memories
        .iter()
        .flatten()
        .flat_map(|w| w.to_le_bytes())
        .collect();
    let outputs = emulator::run_plain(board, &image, &inputs, &dir.join(board.name))?;
    ensure!(outputs.len() == inputs.len(), "{board} ended too early");
    let mut outputs = outputs.as_chunks().0.iter().map(|&b| u64::from_le_bytes(b));
    let mut differ = Vec::new();
    for (trial, mut memory) in trials.iter().zip(memories) {
        let found: Vec<u64> = outputs.by_ref().take(memory.len()).collect();
        trial.packed.run(&mut memory);
        differ.extend(trial.difference(&found, &memory));
    }
    Ok(differ)
}

impl Trial {
    /// What is otherwise in memory than it should be.
    fn difference(&self, found: &[u64], expected: &[u64]) -> Option<String> {
        let ((y, all), (expected_y, expected)) =
            (self.packed.seen(found), self.packed.seen(expected));
        if all == expected {
            return None;
        }
        let at = y.iter().zip(expected_y).position(|(a, b)| a != b);
        let what = match at {
            Some(at) => format!(
                "byte {at} of {} is {}, not {}",
                y.len(),
                y[at],
                expected_y[at]
            ),
            None => "memory is written that is not the output's".to_owned(),
        };
        let call = &self.packed.call;
        let (seed, name, params) = (self.seed, call.kernel.name, &call.params);
        Some(format!("seed {seed}: {name}: {what}: {params:?}"))
    }

    /// Its line of the firmware.
    fn line(&self) -> String {
        let Packed { call, operands } = &self.packed;
        let kernel = format!(
            "mlc_runtime_core::kernels::{}::{}",
            call.kernel.module, call.kernel.name
        );
        let operands = operands.iter().map(|o| {
            let len = o.bytes.len() / o.ty.size();
            format!("{}: {len}", o.ty.rust_name())
        });
        let operands: Vec<_> = operands.collect();
        let params = call
            .params
            .as_ref()
            .map_or(String::new(), |p| format!("{p:?}"));
        let words = self.packed.memory().len();
        format!(
            "    {words}: {kernel}, {params}, [{}];\n",
            operands.join(", ")
        )
    }
}

/// The firmware that makes all calls.
fn program(trials: &[Trial]) -> String {
    let modules: BTreeSet<_> = trials.iter().map(|t| t.packed.call.kernel.module).collect();
    let imports = modules.iter();
    let imports = imports.map(|module| format!("use mlc_runtime_core::kernels::{module}::*;\n"));
    let imports: String = imports.collect();
    let most = trials
        .iter()
        .map(|t| t.packed.memory().len())
        .max()
        .unwrap_or(0);
    let calls: String = trials.iter().map(Trial::line).collect();
    format!(
        "//! Random layers on one board: generated by `cargo xtask qemu --random`.\n\
         #![no_std]\n#![no_main]\n#![allow(unused_imports)]\n\n\
         use mlc_runtime_core::kernels::activation::Activation::*;\n\
         use mlc_runtime_core::kernels::rows::Rows;\n{imports}\n\
         metal_support::calls! {{\n    guard: {GUARD}, most: {most},\n{calls}}}\n",
    )
}
