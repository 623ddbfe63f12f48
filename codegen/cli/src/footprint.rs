//! What a network takes on a machine, as lines.

use crate::table::grouped;
use mlc_codegen::image::{Footprint, Measured};
use mlc_codegen::report::Estimate;
use mlc_compiler::Compiled;
use mlc_compiler::target::TargetRef;

/// Flash, RAM and stack, as they were read from an image, and estimated cycles.
pub(crate) fn takes(target: TargetRef, measured: &Measured, cycles: &Estimate) -> String {
    bytes(target, measured) + &format!("    {cycles}\n")
}

/// The cycles that a run takes on the machine of a network, if one was named.
pub(crate) fn estimated(compiled: &Compiled) -> Option<Estimate> {
    (compiled.target != TargetRef::default()).then(|| Estimate::for_network(compiled))
}

fn bytes(target: TargetRef, measured: &Measured) -> String {
    let Footprint {
        opt_level,
        flash_bytes,
        code_bytes,
        constant_bytes,
        weight_bytes,
        ram_bytes,
        variable_bytes,
        stack_bytes,
        ..
    } = match measured {
        Measured::Footprint(footprint) => footprint,
        Measured::Unknown { unknown } => {
            let about = target.about;
            return format!("  for {about}; flash, RAM and stack are not known: {unknown}\n");
        }
    };
    let numbers = [flash_bytes, code_bytes, constant_bytes, weight_bytes];
    let [flash, code, constants, weights] = numbers.map(|&n| grouped(n));
    let [ram, variables, stack] = [ram_bytes, variable_bytes, stack_bytes].map(|&n| grouped(n));
    format!(
        "  on {}, at opt-level {opt_level}:\n    \
         {flash} bytes of flash: {code} of code, {constants} of constants, {weights} of weights\n    \
         {ram} bytes of RAM: {variables} of variables, {stack} of stack at most\n",
        target.about,
    )
}
