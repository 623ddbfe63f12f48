//! Scheduling and planning within a budget: the plan that runs the fewest steps row by row.

use super::Choices;
use crate::diag::Diag;
use crate::ir::Settings;
use crate::memory::{self, MemoryPlan, parse_bytes};
use crate::program::Program;
use crate::schedule::schedule;
use std::fmt;
use std::str::FromStr;

/// How much working memory a network may take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ram {
    /// What layers take that run one after the other.
    #[default]
    Plain,
    /// As little as can be.
    Least,
    /// At most so many bytes.
    AtMost(usize),
}

impl FromStr for Ram {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match (text, parse_bytes(text)) {
            ("plain", _) => Ok(Ram::Plain),
            ("least", _) => Ok(Ram::Least),
            (_, Some(bytes)) => Ok(Ram::AtMost(bytes)),
            _ => Err("give bytes, such as 48000 or 48k (48 × 1024), or `least`".into()),
        }
    }
}

impl fmt::Display for Ram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ram::Plain => f.write_str("plain"),
            Ram::Least => f.write_str("least"),
            Ram::AtMost(bytes) => write!(f, "{bytes}"),
        }
    }
}

/// How many limits above the least are tried in search of the smallest arena: lifetimes are only a bound.
const ATTEMPTS: usize = 6;

/// Decides which steps run row by row, what is updated in place, and where everything lies.
pub fn arrange(program: Program, settings: &Settings) -> Result<(Program, MemoryPlan), Diag> {
    let (ram, fed) = (settings.ram, settings.stream_input);
    let plan = |program: &Program| memory::plan(program, &settings.regions, settings.effort);
    let enough = match ram {
        Ram::Plain if fed => 0,
        Ram::Plain => {
            let program = schedule(program, &[], false).expect("no segments, no misfit");
            let plan = plan(&program).map_err(with_rows)?;
            return Ok((program, plan));
        }
        Ram::Least => 0,
        Ram::AtMost(bytes) => bytes,
    };
    let choices = Choices::new(&program, fed);
    let Some(least) = choices.least() else {
        return Err(Diag::new("no-rows", "the input cannot be taken row by row")
            .note("the first layers have to be such as slide over rows of a single input, of one image"));
    };
    let mut best: Option<(Program, MemoryPlan)> = None;
    let mut misfit = None;
    // From the loosest limit that fits down, where a budget is given; from the tightest up, where not.
    let mut limit = enough.max(least);
    for _ in 0..ATTEMPTS {
        let Some(choice) = choices.within(limit) else {
            break;
        };
        if let Some(program) = schedule(program.clone(), &choice.segments, fed) {
            match plan(&program) {
                Ok(plan) if plan.buffer_bytes() <= enough => return Ok((program, plan)),
                Ok(plan) if is_smaller(&plan, &best) => best = Some((program, plan)),
                Ok(_) => {}
                // The regions are too small for this choice, but perhaps not for another.
                Err(diag) if diag.code == memory::OUT_OF_RAM => _ = misfit.get_or_insert(diag),
                Err(diag) => return Err(diag),
            }
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
    match (ram, best) {
        (Ram::AtMost(bytes), Some((_, plan))) => Err(over_budget(bytes, plan.buffer_bytes())),
        (_, Some(best)) => Ok(best),
        (_, None) => Err(misfit.unwrap_or_else(no_schedule)),
    }
}

/// Says what helps a network that does not fit when its layers run one after the other.
fn with_rows(diag: Diag) -> Diag {
    match diag.code == memory::OUT_OF_RAM {
        true => diag.note("`--ram least` runs layers row by row where that saves memory"),
        false => diag,
    }
}

fn is_smaller(plan: &MemoryPlan, best: &Option<(Program, MemoryPlan)>) -> bool {
    let best = best.as_ref();
    best.is_none_or(|(_, best)| plan.buffer_bytes() < best.buffer_bytes())
}

fn no_schedule() -> Diag {
    let message = "no choice of segments could be scheduled";
    Diag::new("invalid-program", message)
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
