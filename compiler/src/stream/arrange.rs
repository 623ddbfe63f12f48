//! Scheduling and planning within a budget: the plan that runs the fewest steps row by row.

use super::Choices;
use crate::diag::Diag;
use crate::memory::place::Effort;
use crate::memory::{self, MemoryPlan};
use crate::program::Program;
use crate::schedule::{Way, order, schedule};
use std::fmt;
use std::ops::Range;
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

/// A scheduled program, and its plan.
type Arranged = (Program, MemoryPlan);

/// Decides the order of steps, which of them run row by row, what is updated in place, and where everything lies. With
/// `fed`, the input comes row by row. The given order is kept where no other takes fewer bytes.
pub fn arrange(program: Program, ram: Ram, fed: bool, effort: Effort) -> Result<Arranged, Diag> {
    let whole = ram == Ram::Plain && !fed;
    let arranged = |program: &Program| match whole {
        true => settled(program, &[], false, effort),
        false => by_rows(program, ram, fed, effort),
    };
    let mut best = arranged(&program)?.ok_or_else(|| no_rows(fed))?;
    let fits = |plan: &MemoryPlan| matches!(ram, Ram::AtMost(bytes) if plan.arena_bytes <= bytes);
    if fits(&best.1) {
        return Ok(best);
    }
    let given = best.1.arena_bytes;
    let mut others = order::better(&program);
    others.extend(order::side_by_side(&program).filter(|_| !whole));
    for program in others {
        let other = arranged(&program)?;
        best = other.into_iter().fold(best, smaller);
    }
    best.0.order_saves = given - best.1.arena_bytes;
    match ram {
        Ram::AtMost(bytes) if !fits(&best.1) => Err(over_budget(bytes, best.1.arena_bytes)),
        _ => Ok(best),
    }
}

/// The one whose arena is smaller; if they are alike, the first.
fn smaller(one: Arranged, other: Arranged) -> Arranged {
    match other.1.arena_bytes < one.1.arena_bytes {
        true => other,
        false => one,
    }
}

/// The program with these segments; without copies that could go, if they take fewer bytes. `None` if segments cannot
/// run row by row.
fn settled(
    program: &Program,
    segments: &[Range<usize>],
    fed: bool,
    effort: Effort,
) -> Result<Option<Arranged>, Diag> {
    let scheduled = |join| {
        let way = Way {
            segments,
            fed,
            join,
        };
        schedule(program.clone(), way)
    };
    let Some(joined) = scheduled(true) else {
        return Ok(None);
    };
    let plan = memory::plan(&joined, effort)?;
    // Whoever reaches the bound is not worse: without segments, joining does not raise it.
    let is_best = segments.is_empty() && plan.arena_bytes <= plan.lower_bound;
    let apart = scheduled(false).filter(|p| !is_best && p.steps.len() > joined.steps.len());
    let joined = (joined, plan);
    Ok(Some(match apart {
        Some(apart) => {
            let plan = memory::plan(&apart, effort)?;
            smaller(joined, (apart, plan))
        }
        None => joined,
    }))
}

/// The plan that runs the fewest steps row by row of those within a budget, or the smallest one. `None` if no steps can.
fn by_rows(
    program: &Program,
    ram: Ram,
    fed: bool,
    effort: Effort,
) -> Result<Option<Arranged>, Diag> {
    let enough = match ram {
        Ram::Plain | Ram::Least => 0,
        Ram::AtMost(bytes) => bytes,
    };
    let choices = Choices::new(program, fed);
    let Some(least) = choices.least() else {
        return Ok(None);
    };
    let mut best: Option<Arranged> = None;
    // From the loosest limit that fits down, where a budget is given; from the tightest up, where not.
    let mut limit = enough.max(least);
    for _ in 0..ATTEMPTS {
        let Some(choice) = choices.within(limit) else {
            break;
        };
        if let Some(found) = settled(program, &choice.segments, fed, effort)? {
            if found.1.arena_bytes <= enough {
                return Ok(Some(found));
            }
            best = Some(match best {
                Some(best) => smaller(best, found),
                None => found,
            });
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
    Ok(best)
}

fn no_rows(fed: bool) -> Diag {
    match fed {
        true => Diag::new("no-rows", "the input cannot be taken row by row").note(
            "the first layers have to be such as slide over rows of a single input, of one image",
        ),
        false => Diag::new(
            "invalid-program",
            "no choice of segments could be scheduled",
        ),
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
