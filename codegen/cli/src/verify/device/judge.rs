//! Comparing what a device computes with what the interpreter does, and finding the layer in which a difference begins.

use super::Samples;
use super::client::{Client, Hello};
use super::protocol::{Unit, crc32};
use super::verdict::{Fault, Judged, Row};
use mlc_codegen::trace;
use mlc_compiler::Compiled;
use mlc_compiler::diag::Diag;
use mlc_compiler::program::{Program, Step};
use mlc_compiler::reference::compare::{Absolute, Difference, Tolerance};
use mlc_compiler::tensor::Tensor;
use mlc_runtime_core::table::Role;

/// Bits are compared, so nothing may be off.
const NOTHING: Tolerance = Tolerance {
    relative: 0.0,
    absolute: Absolute::Number(0.0),
};

/// Compares all samples. Layers are watched where an output differs, or for every sample if `all_layers`.
pub(super) fn verdict(
    client: &mut Client,
    hello: &Hello,
    compiled: &Compiled,
    samples: &Samples,
    all_layers: bool,
) -> Result<Judged, Diag> {
    let program = &compiled.program;
    if hello.layers != program.steps.len() {
        let message = format!(
            "the device has {} layers, and the network {}",
            hello.layers,
            program.steps.len()
        );
        return Err(Diag::new("other-build", message));
    }
    let mut judged = Judged::new(program, hello.unit, samples.len());
    for (i, inputs) in samples.iter().enumerate() {
        let (outputs, written) = trace::written_by_steps(program, inputs)?;
        let given: Vec<_> = inputs.iter().map(Tensor::bytes).collect();
        judged.took(client.run(&given)?);
        let is_right = answers(client, &outputs)?;
        judged.wrong.extend((!is_right).then_some(i));
        if !is_right || all_layers {
            let fault = layers(client, &mut judged.layers, program, &given, &written)?;
            judged.fault = judged.fault.take().or(fault);
        }
    }
    judged.watched = all_layers;
    judged.counts = hello.unit != Unit::Nothing;
    Ok(judged)
}

/// Whether the outputs of the last run are these.
fn answers(client: &mut Client, expected: &[Tensor]) -> Result<bool, Diag> {
    for (which, expected) in expected.iter().enumerate() {
        let bytes = client.output(which as u8, expected.bytes().len())?;
        let found = Tensor::from_bytes(expected.ty.clone(), &bytes[..])?;
        if !found.identical(expected) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Watches the layers on some inputs: which differ, and the first one of them.
fn layers(
    client: &mut Client,
    rows: &mut [Row],
    program: &Program,
    inputs: &[&[u8]],
    written: &[Vec<u8>],
) -> Result<Option<Fault>, Diag> {
    let seen = client.watch(inputs, rows.len())?;
    let mut fault = None;
    for (i, (layer, expected)) in seen.iter().zip(written).enumerate() {
        rows[i].took(layer.ticks);
        if layer.digest == crc32(0, expected) {
            continue;
        }
        // Another NaN is none the less one: only what follows from a fault is not looked at again.
        if fault.is_none() {
            let found = client.trace(inputs, i)?;
            // A layer that adds up rows shows each sum so far, and the last one counts.
            let by_rows = program.steps[i].segment.is_some();
            let sums = if by_rows {
                found.len().saturating_sub(expected.len())
            } else {
                0
            };
            fault = difference(program, i, &found[sums..], expected)?;
        }
        rows[i].differs += usize::from(fault.is_some());
    }
    Ok(fault)
}

/// How what a layer wrote differs from what it should have written, if it does.
fn difference(
    program: &Program,
    layer: usize,
    found: &[u8],
    expected: &[u8],
) -> Result<Option<Fault>, Diag> {
    let step = &program.steps[layer];
    let fault = |difference: Difference| Fault {
        layer: step.layer.clone(),
        operator: step.operator.clone(),
        difference,
    };
    if found.len() != expected.len() {
        return Err(
            Diag::new("no-answer", "the device shows another part of a layer")
                .at_node(&step.layer, &step.operator),
        );
    }
    let mut at = 0;
    let mut all: Option<Difference> = None;
    for ty in types(program, step) {
        let bytes = at..at + ty.bytes();
        at = bytes.end;
        let tensor =
            |of: &[u8]| Tensor::from_bytes(ty.clone(), of.get(bytes.clone()).unwrap_or_default());
        let (found, expected) = (tensor(found)?, tensor(expected)?);
        if !found.identical(&expected) {
            let difference = Difference::of(&found, &expected, NOTHING);
            all = Some(all.map_or(difference.clone(), |all| all.and(&difference)));
        }
    }
    Ok(all.map(fault))
}

/// The types of what a step writes, in order.
fn types(program: &Program, step: &Step) -> Vec<mlc_compiler::tensor::TensorType> {
    let operands = step.call.kernel.operands.iter().zip(&step.call.operands);
    let written = operands.filter(|(row, _)| matches!(row.role, Role::Write | Role::Update));
    written
        .map(|(_, &id)| program.buffer(id).ty.clone())
        .collect()
}
