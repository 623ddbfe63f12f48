//! The best order of a region: complete search over the sets of steps that can be done, and what follows from it.
//!
//! What is in use depends on which steps are done and not on their order, so a set from which there is no way within a
//! limit has to be looked at once. The limit falls below each order that is found, until there is none. Sets are
//! counted, not timed, so that equal input gives equal orders on every machine.

use super::beam;
use super::state::State;
use std::collections::HashSet;
use std::ops::Range;

/// How many sets of steps the search of all regions of a program may look at; large ones, and those from which many steps
/// can be taken, count more than once.
pub(super) const SETS: usize = 50_000;

/// Steps of a set that can be told apart, and steps that can be taken, for the price of one set.
pub(super) const STEPS_FOR_ONE: usize = 1024;
const CHOICES_FOR_ONE: usize = 64;

/// Steps in an order, and the most bytes in use while they run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Order {
    pub(super) steps: Vec<usize>,
    pub(super) peak: usize,
}

/// The order with the smallest peak of the steps `region` from a state in which all before them are done; it need not
/// be less than `enough`. The given order, of that peak, is kept if none is better.
pub(super) fn best(
    state: &State<'_>,
    region: Range<usize>,
    peak: usize,
    enough: usize,
    sets: &mut usize,
) -> Order {
    let mut best = Order {
        steps: region.clone().collect(),
        peak,
    };
    let mut search = Search {
        state: state.clone(),
        region,
        dead: HashSet::new(),
    };
    while best.peak > enough {
        match search.within(best.peak - 1, sets) {
            Verdict::Found(order) => best = order,
            Verdict::None => break,
            Verdict::Unknown => {
                let region = search.region;
                return beam::search(state, region, best.peak - 1).unwrap_or(best);
            }
        }
    }
    best
}

/// Steps that are done, of a region, as bits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Done(Vec<u64>);

impl Done {
    /// None of so many.
    pub(super) fn none(count: usize) -> Done {
        Done(vec![0; count.div_ceil(64)])
    }

    /// Adds or removes one.
    pub(super) fn flip(&mut self, step: usize) {
        self.0[step / 64] ^= 1 << (step % 64);
    }
}

enum Verdict {
    Found(Order),
    None,
    Unknown,
}

struct Search<'a> {
    state: State<'a>,
    region: Range<usize>,
    /// Sets from which there is no way within the limit, nor within a lower one.
    dead: HashSet<Done>,
}

/// A set of steps that is being looked at.
struct Frame {
    /// What to try next, the last one first.
    choices: Vec<usize>,
    /// The step that led here, and the bytes in use before it and while it ran.
    step: usize,
    bytes: usize,
    running: usize,
}

impl Search<'_> {
    /// Looks for an order of which no step has more than `limit` bytes in use, given ones first.
    fn within(&mut self, limit: usize, sets: &mut usize) -> Verdict {
        let mut done = Done::none(self.region.len());
        let mut choices = self.choices(limit);
        let mut frames: Vec<Frame> = Vec::new();
        loop {
            if frames.len() == self.region.len() {
                return Verdict::Found(self.unwind(frames));
            }
            if let Some(step) = choices.pop() {
                done.flip(step - self.region.start);
                if self.dead.contains(&done) {
                    done.flip(step - self.region.start);
                    continue;
                }
                let ready = self.state.ready().len();
                let price = 1 + self.region.len() / STEPS_FOR_ONE + ready / CHOICES_FOR_ONE;
                if *sets < price {
                    self.unwind(frames);
                    return Verdict::Unknown;
                }
                *sets -= price;
                let bytes = self.state.bytes();
                let running = self.state.run(step).running;
                let next = self.choices(limit);
                frames.push(Frame {
                    choices: std::mem::replace(&mut choices, next),
                    step,
                    bytes,
                    running,
                });
            } else if let Some(frame) = frames.pop() {
                self.dead.insert(done.clone());
                done.flip(frame.step - self.region.start);
                self.state.undo(frame.step, frame.bytes);
                choices = frame.choices;
            } else {
                return Verdict::None;
            }
        }
    }

    fn choices(&self, limit: usize) -> Vec<usize> {
        let mut choices = self.state.choices(limit);
        choices.reverse();
        choices
    }

    /// Undoes all steps; returns them.
    fn unwind(&mut self, frames: Vec<Frame>) -> Order {
        for frame in frames.iter().rev() {
            self.state.undo(frame.step, frame.bytes);
        }
        Order {
            peak: frames.iter().map(|f| f.running).max().unwrap_or(0),
            steps: frames.into_iter().map(|f| f.step).collect(),
        }
    }
}
