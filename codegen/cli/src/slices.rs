//! Networks that take time slice by slice, given samples of the whole sequence that the model was made for.

use mlc_codegen::native::{Native, Ran};
use mlc_codegen::{Interface, Options};
use mlc_compiler::Compiled;
use mlc_compiler::diag::{Diag, Diags};
use mlc_compiler::onnx::Model;
use mlc_compiler::ops::layout::concat::Concat;
use mlc_compiler::ops::layout::slice::{Part, Slice};
use mlc_compiler::program::{Moving, Scope, Stepping};
use mlc_compiler::tensor::{Tensor, TensorType};
use mlc_compiler::time::Sizes;
use std::collections::HashMap;
use std::ops::Range;
use std::time::Duration;

/// A network in steps beside the one over the whole sequence.
pub(crate) struct Slices {
    /// The network over the whole sequence.
    pub(crate) whole: Compiled,
    /// How it is used.
    pub(crate) interface: Interface,
    stepping: Stepping,
    /// Slices that the whole network takes.
    len: usize,
    /// Slices of anything that come before a sample.
    before: usize,
}

/// Answers of the whole network for some slices, if they can be had.
pub(crate) type Answers<'a> = dyn Fn(&[Tensor]) -> Result<Vec<Tensor>, Diag> + 'a;

/// Steps that answer for made-up slices after a sample.
const FURTHER: usize = 15;

impl Slices {
    /// `None` if the network takes its input as a whole. A diagnostic if no step answers for just the sequence that it
    /// was made for.
    pub(crate) fn of(
        options: &Options,
        model: &Model,
        compiled: &Compiled,
    ) -> Result<Option<Self>, Diags> {
        let Some(stepping) = compiled.program.stepping.clone() else {
            return Ok(None);
        };
        let at_once = Options {
            stream: None,
            time_axis: None,
            ..options.clone()
        };
        let whole = at_once.compile_model(model, &mut |_, _| ())?;
        let len = whole.program.inputs[0].ty.shape[stepping.axis];
        let mut slices = Slices {
            interface: Interface::of(&whole, &options.name())?,
            whole,
            stepping,
            len,
            before: 0,
        };
        slices.before = slices.lead().ok_or_else(|| slices.incomparable("it"))?;
        Ok(Some(slices))
    }

    /// Slices that have to come before a sample so that it ends where a step does; where the start of time matters,
    /// nothing may.
    fn lead(&self) -> Option<usize> {
        let ends = self.last_step().map(|step| self.end(step))?;
        let before = usize::try_from(ends).ok()?.checked_sub(self.len)?;
        let open = matches!(self.stepping.scope, Scope::Latest(_));
        // Outputs with an axis of time have their positions, wherever a step ends.
        let timed = self.stepping.outputs.iter().all(Option::is_some);
        match before {
            _ if open => Some(before),
            0 => Some(0),
            _ => timed.then_some(0),
        }
    }

    /// Where the slices end that a step is about.
    fn end(&self, step: usize) -> isize {
        ((step + 1) * self.stepping.hop) as isize - self.stepping.late
    }

    /// The first step that answers for as many slices as the whole network takes.
    fn last_step(&self) -> Option<usize> {
        let after = self.len as isize + self.stepping.late;
        let step = usize::try_from(after)
            .ok()?
            .div_ceil(self.stepping.hop)
            .checked_sub(1)?;
        (step >= self.stepping.warm_up).then_some(step)
    }

    fn incomparable(&self, what: &str) -> Diag {
        let (len, hop) = (self.len, self.stepping.hop);
        let message = format!(
            "no step answers for just the sequence of {len} slices, in steps of {hop}, that {what} is about"
        );
        Diag::new("incomparable-steps", message)
            .note("leave out `--stream time` to run the network over the whole sequence")
    }

    /// Runs a sample from the start of time: what the step gives with which it ends.
    pub(crate) fn run(
        &self,
        native: &Native,
        sample: &[Tensor],
    ) -> Result<(Vec<Tensor>, Duration), Diag> {
        let last = self.last_step().ok_or_else(|| self.incomparable("it"))?;
        let Ran {
            mut samples, time, ..
        } = native.run(&self.steps(&self.sequence(sample, 0)?, last + 1)?)?;
        Ok((samples.pop().unwrap_or_default(), time))
    }

    /// Runs a sample from the start of time, and says of each output what all steps give, one after the other, and what
    /// they should: what `recorded` has of the sample, and where the start of time does not matter what `answers` say of
    /// further slices.
    pub(crate) fn compare(
        &self,
        native: &Native,
        sample: &[Tensor],
        recorded: &[Tensor],
        answers: Option<&Answers<'_>>,
    ) -> Result<[Vec<Tensor>; 2], Diag> {
        let open = matches!(self.stepping.scope, Scope::Latest(_));
        let further = if open && answers.is_some() {
            FURTHER
        } else {
            0
        };
        let last = self.last_step().ok_or_else(|| self.incomparable("it"))?;
        let sequence = self.sequence(sample, further * self.stepping.hop)?;
        let found = native
            .run(&self.steps(&sequence, last + 1 + further)?)?
            .samples;
        let own = self.before..self.before + self.len;
        let mut known = HashMap::from([(own.start, recorded.to_vec())]);
        let mut pairs = [vec![], vec![]];
        for (i, socket) in native.interface().outputs.iter().enumerate() {
            let (mut given, mut wanted) = (Vec::new(), Vec::new());
            for (step, outputs) in found.iter().enumerate() {
                let sizes = self.sizes(i, &socket.ty, &recorded[i].ty);
                for beside in self.stepping.beside(i, step, sizes) {
                    let begin = beside.slices.start;
                    if !known.contains_key(&begin)
                        && let Some(answers) = answers
                    {
                        let window = part(&sequence, self.stepping.axis, begin..begin + self.len)?;
                        known.insert(begin, answers(&[window])?);
                    }
                    let Some(whole) = known.get(&begin) else {
                        continue;
                    };
                    given.push(self.positions(i, &outputs[i], beside.given)?);
                    wanted.push(self.positions(i, &whole[i], beside.whole)?);
                }
            }
            if given.is_empty() {
                return Err(self.incomparable(&format!("`{}`", socket.name)));
            }
            pairs[0].push(one_after_the_other(&given)?);
            pairs[1].push(one_after_the_other(&wanted)?);
        }
        Ok(pairs)
    }

    fn moving(&self, output: usize) -> Option<Moving> {
        self.stepping.outputs.get(output).copied().flatten()
    }

    fn sizes(&self, output: usize, step: &TensorType, whole: &TensorType) -> Sizes {
        let along = |ty: &TensorType| {
            self.moving(output)
                .map_or(1, |moving| ty.shape[moving.axis])
        };
        Sizes {
            slices: self.len,
            given: along(step),
            whole: along(whole),
        }
    }

    /// Some positions along time of an output.
    fn positions(&self, output: usize, x: &Tensor, at: Range<usize>) -> Result<Tensor, Diag> {
        match self.moving(output) {
            Some(moving) => part(x, moving.axis, at),
            None => Ok(x.clone()),
        }
    }

    /// A sample after what has to come before it; then `further` slices, and as many as steps are late. What is made up
    /// are its own slices again and again.
    fn sequence(&self, sample: &[Tensor], further: usize) -> Result<Tensor, Diag> {
        let (x, axis, len) = (&sample[0], self.stepping.axis, self.len);
        let late = usize::try_from(self.stepping.late).unwrap_or(0);
        let wanted = (self.before + len + further + late).next_multiple_of(self.stepping.hop);
        let begin = (len - self.before % len) % len;
        let mut again = std::iter::repeat_n(x, (begin + wanted).div_ceil(len) - 1);
        let endless = again.try_fold(x.clone(), |all, x| joined(&all, x, axis))?;
        part(&endless, axis, begin..begin + wanted)
    }

    /// What so many steps take of a sequence.
    fn steps(&self, sequence: &Tensor, count: usize) -> Result<Vec<Vec<Tensor>>, Diag> {
        let Stepping { axis, hop, .. } = self.stepping;
        let step = |k| Ok(vec![part(sequence, axis, k * hop..(k + 1) * hop)?]);
        (0..count).map(step).collect()
    }
}

/// Some positions of a tensor along an axis.
fn part(x: &Tensor, axis: usize, at: Range<usize>) -> Result<Tensor, Diag> {
    let mut parts: Vec<_> = x.ty.shape.iter().map(|&dim| Part::all(dim)).collect();
    parts[axis] = Part {
        begin: at.start,
        len: at.len(),
        step: 1,
    };
    Ok(mlc_compiler::ir::evaluate(&Slice(parts), &[Some(x)])?.swap_remove(0))
}

/// One tensor and then another, along an axis.
fn joined(a: &Tensor, b: &Tensor, axis: usize) -> Result<Tensor, Diag> {
    Ok(mlc_compiler::ir::evaluate(&Concat { axis }, &[Some(a), Some(b)])?.swap_remove(0))
}

/// The elements of tensors of one element type, in one row.
fn one_after_the_other(tensors: &[Tensor]) -> Result<Tensor, Diag> {
    let bytes: Vec<u8> = tensors
        .iter()
        .flat_map(|x| x.bytes().iter().copied())
        .collect();
    let len = tensors.iter().map(|x| x.ty.len()).sum::<usize>();
    Tensor::from_bytes(TensorType::new(tensors[0].ty.dtype, [len]), &*bytes)
}
