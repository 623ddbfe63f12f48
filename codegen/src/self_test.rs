//! The self-test that a user asks for: an input that was recorded, read as the network takes it.

use crate::{Interface, samples};
use mlc_compiler::Compiled;
use mlc_compiler::diag::Diag;
use mlc_compiler::self_test::self_test;
use std::path::Path;

/// Gives a network, whose name is `name`, the first input that is recorded at `path` to test itself with.
pub(crate) fn add(compiled: &mut Compiled, path: &Path, name: &str) -> Result<(), Diag> {
    let interface = Interface::of(compiled, name)?;
    let time = interface.stepping.as_ref().map(|stepping| stepping.axis);
    let within = |diag: Diag| {
        diag.note(format!(
            "`--self-test` takes an input as the network does, from {}",
            path.display()
        ))
    };
    let sample = samples::first(path, &interface.inputs, time).map_err(within)?;
    let test = self_test(&mut compiled.program, &mut compiled.plan.weights, &sample);
    compiled.self_test = Some(test.map_err(within)?);
    Ok(())
}
