//! Scheduling and planning within a budget: the plan that runs the fewest steps row by row.

use super::Choices;
use crate::diag::Diag;
use crate::memory::place::Effort;
use crate::memory::{self, MemoryPlan};
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
        let (digits, unit) = match text.to_ascii_lowercase().as_bytes().last() {
            Some(b'k') => (&text[..text.len() - 1], 1 << 10),
            Some(b'm') => (&text[..text.len() - 1], 1 << 20),
            _ => (text, 1),
        };
        match (
            text,
            digits
                .parse::<usize>()
                .ok()
                .and_then(|n| n.checked_mul(unit)),
        ) {
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

/// Decides which steps run row by row, what is updated in place, and where everything lies. With `fed`, the
/// input comes row by row.
pub fn arrange(
    program: Program,
    ram: Ram,
    fed: bool,
    effort: Effort,
) -> Result<(Program, MemoryPlan), Diag> {
    let plain = |program: Program| {
        let program = schedule(program, &[], false).expect("no segments, no misfit");
        let plan = memory::plan(&program, effort)?;
        Ok::<_, Diag>((program, plan))
    };
    let enough = match ram {
        Ram::Plain if fed => 0,
        Ram::Plain => return plain(program),
        Ram::Least => 0,
        Ram::AtMost(bytes) => bytes,
    };
    let choices = Choices::new(&program, fed);
    let Some(least) = choices.least() else {
        return Err(Diag::new("no-rows", "the input cannot be taken row by row")
            .note("the first layers have to be such as slide over rows of a single input, of one image"));
    };
    let mut best: Option<(Program, MemoryPlan)> = None;
    // From the loosest limit that fits down, where a budget is given; from the tightest up, where not.
    let mut limit = enough.max(least);
    for _ in 0..ATTEMPTS {
        let Some(choice) = choices.within(limit) else {
            break;
        };
        if let Some(program) = schedule(program.clone(), &choice.segments, fed) {
            let plan = memory::plan(&program, effort)?;
            if plan.arena_bytes <= enough {
                return Ok((program, plan));
            }
            if best
                .as_ref()
                .is_none_or(|(_, b)| plan.arena_bytes < b.arena_bytes)
            {
                best = Some((program, plan));
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
    let Some((program, plan)) = best else {
        return Err(Diag::new(
            "invalid-program",
            "no choice of segments could be scheduled",
        ));
    };
    match ram {
        Ram::AtMost(bytes) => Err(over_budget(bytes, plan.arena_bytes)),
        _ => Ok((program, plan)),
    }
}

fn over_budget(budget: usize, found: usize) -> Diag {
    Diag::new(
        "out-of-ram",
        format!("the network does not fit {budget} bytes: the smallest plan found takes {found}"),
    )
    .note(
        "`--stream input` takes the input row by row, so that it need not be in memory as a whole",
    )
}
