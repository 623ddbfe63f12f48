//! Networks that take time slice by slice, given samples of the whole sequence that the model was made for.

use mlc_codegen::native::{Native, Ran};
use mlc_codegen::{Interface, Options};
use mlc_compiler::Compiled;
use mlc_compiler::diag::{Diag, Diags};
use mlc_compiler::interp;
use mlc_compiler::onnx::Model;
use mlc_compiler::ops::concat::Concat;
use mlc_compiler::ops::slice::{Part, Slice};
use mlc_compiler::tensor::{Tensor, TensorType};
use mlc_compiler::time::{Scope, Stepping};
use std::time::Duration;

/// A network in steps beside the one over the whole sequence.
pub(crate) struct Slices {
    /// The network over the whole sequence.
    pub(crate) whole: Compiled,
    /// How it is used.
    pub(crate) interface: Interface,
    stepping: Stepping,
    steps: usize,
    /// Slices of anything that come before the sequence.
    before: usize,
}

impl Slices {
    /// `None` if the network takes its input as a whole. A diagnostic if the sequence that it was made for does not
    /// end with a step, or the last step does not answer for it.
    pub(crate) fn of(
        options: &Options,
        model: &Model,
        compiled: &Compiled,
    ) -> Result<Option<Self>, Diags> {
        let Some(stepping) = compiled.program.stepping else {
            return Ok(None);
        };
        let at_once = Options {
            stream: None,
            time_axis: None,
            ..options.clone()
        };
        let whole = at_once.compile_model(model, &mut |_, _| ())?;
        let len = whole.program.inputs[0].ty.shape[stepping.axis];
        let Stepping {
            hop,
            warm_up,
            scope,
            late,
            ..
        } = stepping;
        let steps = len.div_ceil(hop);
        // Where the start of time makes no difference, something may come before.
        let ends = len.is_multiple_of(hop) || matches!(scope, Scope::Latest(_));
        if !ends || warm_up >= steps || late != 0 {
            let message = format!(
                "a sequence of {len} slices, in steps of {hop}, does not end with a step that answers for it"
            );
            return Err(Diag::new("incomparable-steps", message)
                .note("leave out `--stream time` to run the network over the whole sequence")
                .into());
        }
        Ok(Some(Slices {
            interface: Interface::of(&whole, &options.name()),
            whole,
            stepping,
            steps,
            before: steps * hop - len,
        }))
    }

    /// Runs a sample from the start of time: what the last step gives.
    pub(crate) fn run(
        &self,
        native: &Native,
        sample: &[Tensor],
    ) -> Result<(Vec<Tensor>, Duration), Diag> {
        let Stepping { axis, hop, .. } = self.stepping;
        let lead = |x: &Tensor| match self.before {
            0 => Ok(x.clone()),
            before => joined(&part(x, axis, 0, before)?, x, axis),
        };
        let sample = sample.iter().map(lead).collect::<Result<Vec<_>, Diag>>()?;
        let step = |k| sample.iter().map(|x| part(x, axis, k * hop, hop)).collect();
        let steps = (0..self.steps)
            .map(step)
            .collect::<Result<Vec<_>, Diag>>()?;
        let Ran { mut samples, time } = native.run(&steps)?;
        Ok((samples.pop().unwrap_or_default(), time))
    }

    /// The last positions of an output over the whole sequence, as many as a step gives.
    pub(crate) fn latest(&self, output: &Tensor, step: &TensorType) -> Result<Tensor, Diag> {
        let pairs = output.ty.shape.iter().zip(&step.shape);
        match pairs.clone().position(|(all, new)| all > new) {
            Some(axis) => {
                let (all, new) = (output.ty.shape[axis], step.shape[axis]);
                part(output, axis, all - new, new)
            }
            None => Ok(output.clone()),
        }
    }
}

/// Some positions of a tensor along an axis.
fn part(x: &Tensor, axis: usize, begin: usize, len: usize) -> Result<Tensor, Diag> {
    let mut parts: Vec<_> = x.ty.shape.iter().map(|&dim| Part::all(dim)).collect();
    parts[axis] = Part {
        begin,
        len,
        step: 1,
    };
    Ok(interp::evaluate(&Slice(parts), &[Some(x)])?.swap_remove(0))
}

/// One tensor and then another, along an axis.
fn joined(a: &Tensor, b: &Tensor, axis: usize) -> Result<Tensor, Diag> {
    Ok(interp::evaluate(&Concat { axis }, &[Some(a), Some(b)])?.swap_remove(0))
}
