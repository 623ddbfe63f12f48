//! Scheduling and planning within a budget: the plan that runs the fewest steps row by row.

use crate::diag::Diag;
use crate::memory::{self, MemoryPlan};
use crate::program::{Program, Step};
use crate::schedule::{Way, order, schedule};
use crate::settings::{Ram, Settings};
use crate::stream::Choices;
use crate::tensor::TensorType;
use std::ops::Range;

/// How many limits above the least are tried in search of the smallest arena: lifetimes are only a bound.
const ATTEMPTS: usize = 6;

/// A scheduled program, and its plan.
type Arranged = (Program, MemoryPlan);

/// Decides the order of steps, which of them run row by row, what is updated in place, and where everything lies.
/// The given order is kept where no other takes fewer bytes.
pub(crate) fn arrange(program: Program, settings: &Settings) -> Result<Arranged, Diag> {
    let (ram, fed) = (settings.ram, settings.stream_input);
    // Where nothing runs, because all is constant, nothing runs row by row.
    let whole = !fed && (ram == Ram::Plain || program.steps.is_empty());
    let arranged = |program: &Program| match whole {
        true => settled(program, &[], settings).map_err(with_rows),
        false => by_rows(program, settings),
    };
    let mut best = Best::default();
    best.offer(arranged(&program))?;
    let given = best.bytes();
    if !given.is_some_and(|bytes| ram.allows(bytes)) {
        let mut others = order::better(&program);
        others.extend(order::side_by_side(&program).filter(|_| !whole));
        for program in &others {
            best.offer(arranged(program))?;
        }
    }
    let (mut program, plan) = best.into_result()?.ok_or_else(|| no_rows(&program, fed))?;
    let bytes = plan.buffer_bytes();
    program.order_saves = given.map_or(0, |given| given - bytes);
    match ram {
        Ram::AtMost(budget) if bytes > budget => Err(over_budget(budget, bytes)),
        _ => Ok((program, plan)),
    }
}

/// The plan with the fewest bytes so far, and why there is none, if there is none.
#[derive(Default)]
struct Best {
    arranged: Option<Arranged>,
    misfit: Option<Diag>,
}

impl Best {
    /// Takes a plan that is smaller than all before it. Regions that are too small for it may do for another.
    fn offer(&mut self, found: Result<Option<Arranged>, Diag>) -> Result<(), Diag> {
        match found {
            Ok(Some(found)) => {
                let bytes = found.1.buffer_bytes();
                if self.bytes().is_none_or(|best| bytes < best) {
                    self.arranged = Some(found);
                }
            }
            Ok(None) => {}
            Err(diag) if diag.code == memory::OUT_OF_RAM => _ = self.misfit.get_or_insert(diag),
            Err(diag) => return Err(diag),
        }
        Ok(())
    }

    fn bytes(&self) -> Option<usize> {
        let arranged = self.arranged.as_ref();
        arranged.map(|(_, plan)| plan.buffer_bytes())
    }

    fn into_result(self) -> Result<Option<Arranged>, Diag> {
        match (self.arranged, self.misfit) {
            (None, Some(diag)) => Err(diag),
            (arranged, _) => Ok(arranged),
        }
    }
}

/// The program with these segments; without copies that could go, if they take fewer bytes. `None` if segments cannot
/// run row by row.
fn settled(
    program: &Program,
    segments: &[Range<usize>],
    settings: &Settings,
) -> Result<Option<Arranged>, Diag> {
    let scheduled = |join| {
        let way = Way {
            segments,
            fed: settings.stream_input,
            join,
        };
        schedule(program.clone(), way)
    };
    let planned = |program: Program| {
        let plan = memory::plan(&program, &settings.regions, settings.effort)?;
        Ok(Some((program, plan)))
    };
    let Some(joined) = scheduled(true) else {
        return Ok(None);
    };
    let apart = scheduled(false).filter(|apart| apart.steps.len() > joined.steps.len());
    let mut best = Best::default();
    best.offer(planned(joined))?;
    // Whoever reaches the bound is not worse: without segments, joining does not raise it.
    let reaches_bound = |(_, plan): &Arranged| plan.buffer_bytes() <= plan.lower_bound;
    let is_best = segments.is_empty() && best.arranged.as_ref().is_some_and(reaches_bound);
    if let Some(apart) = apart.filter(|_| !is_best) {
        best.offer(planned(apart))?;
    }
    best.into_result()
}

/// The plan that runs the fewest steps row by row of those within a budget, or the smallest one. `None` if no steps can.
fn by_rows(program: &Program, settings: &Settings) -> Result<Option<Arranged>, Diag> {
    let (ram, fed) = (settings.ram, settings.stream_input);
    let enough = match ram {
        Ram::Plain | Ram::Least => 0,
        Ram::AtMost(bytes) => bytes,
    };
    let choices = Choices::new(program, fed);
    let Some(least) = choices.least() else {
        return Ok(None);
    };
    let mut best = Best::default();
    // From the loosest limit that fits down, where a budget is given; from the tightest up, where not.
    let mut limit = enough.max(least);
    for _ in 0..ATTEMPTS {
        let Some(choice) = choices.within(limit) else {
            break;
        };
        best.offer(settled(program, &choice.segments, settings))?;
        if best.bytes().is_some_and(|bytes| bytes <= enough) {
            break;
        }
        let next = match ram {
            Ram::AtMost(_) if choice.bytes > least => {
                Some(choice.bytes - 1).filter(|&l| l >= least)
            }
            _ => choices.above(limit.max(choice.bytes)),
        };
        match next {
            Some(next) => limit = next,
            None => break,
        }
    }
    best.into_result()
}

fn no_rows(program: &Program, fed: bool) -> Diag {
    if !fed {
        let message = "no choice of segments could be scheduled";
        return Diag::new("invalid-program", message);
    }
    channels_first(program).unwrap_or_else(|| {
        Diag::new("no-rows", "the input cannot be taken row by row").note(
            "the first layers have to be such as slide over rows of a single input, of one image",
        )
    })
}

/// What to say of a network that puts channels last before it does anything else.
fn channels_first(program: &Program) -> Option<Diag> {
    let [input] = &program.inputs[..] else {
        return None;
    };
    let reads = |step: &&Step| step.call.operands.contains(&input.buffer);
    let reader = program.steps.iter().find(reads)?;
    let &to = reader.call.operands.last()?;
    let (given, taken) = (&input.ty.shape, &program.buffer(to).ty.shape);
    let [batch, channels, spatial @ ..] = &given[..] else {
        return None;
    };
    let last = [&[*batch], spatial, &[*channels]].concat();
    if reader.call.kernel.name != "transpose" || *taken != last {
        return None;
    }
    let perm: Vec<_> = [0, given.len() - 1]
        .into_iter()
        .chain(1..given.len() - 1)
        .collect();
    let (name, wanted) = (&input.name, TensorType::new(input.ty.dtype, last));
    let message =
        "the input cannot be taken row by row: its channels come first, one after the other";
    let cause = format!(
        "of `{name}`, {}, no row is there with all its {channels} channels before the last channel begins",
        input.ty
    );
    let help = format!(
        "let the model take {wanted}, and begin with a Transpose by {perm:?}: that costs nothing, since it is undone at once"
    );
    Some(
        Diag::new("no-rows", message)
            .at_tensor(name)
            .note(cause)
            .note(help),
    )
}

/// Says what helps a network that does not fit when its layers run one after the other.
fn with_rows(diag: Diag) -> Diag {
    match diag.code == memory::OUT_OF_RAM {
        true => diag.note("`--ram least` runs layers row by row where that saves memory"),
        false => diag,
    }
}

fn over_budget(budget: usize, found: usize) -> Diag {
    Diag::new(
        memory::OUT_OF_RAM,
        format!("the network does not fit {budget} bytes: the smallest plan found takes {found}"),
    )
    .note(
        "`--stream input` takes the input row by row, so that it need not be in memory as a whole",
    )
}
