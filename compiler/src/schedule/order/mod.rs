//! The order of steps: of all orders that compute the same, one with few bytes in use at the fullest moment.
//!
//! Steps that every other comes before or after cut a network into regions, which are ordered one by one: by complete
//! search where that is possible, by beam search where not. Only regions that hold the fullest moment need another order
//! than the given one, which is kept wherever no other is better.

mod beam;
mod depends;
mod model;
mod rows;
mod search;
mod state;
#[cfg(test)]
mod tests;

use crate::program::Program;
use depends::cuts;
use model::Model;
pub use rows::side_by_side;
use search::Order;
use state::State;
use std::cmp::Reverse;
use std::ops::Range;

/// A program, whose updates are not decided, in orders that seem to need less memory than the given one: with and
/// without copies that go. What they need in fact, their plans say.
pub fn better(program: &Program) -> Vec<Program> {
    let mut orders = Vec::new();
    for join in [true, false] {
        let order = better_order(&Model::of(program, join));
        orders.extend(order.filter(|order| !orders.contains(order)));
    }
    let others = orders.iter().map(|order| program.in_order(order));
    others.collect()
}

/// The steps in the order with the smallest peak that was found, unless it is the given one.
fn better_order(model: &Model) -> Option<Vec<usize>> {
    let mut regions = regions(model);
    let given = regions.iter().map(|r| r.order.peak).max()?;
    let mut by_peak: Vec<_> = (0..regions.len()).collect();
    by_peak.sort_by_key(|&i| Reverse(regions[i].order.peak));
    let (mut enough, mut sets) = (0, search::SETS);
    for i in by_peak {
        let Region { steps, order } = &mut regions[i];
        // Getting there takes a look at every step.
        let way = 1 + model.tasks.len() / search::STEPS_FOR_ONE;
        if order.peak <= enough || sets < way {
            break;
        }
        sets -= way;
        let start = State::after(model, steps.start);
        *order = search::best(&start, steps.clone(), order.peak, enough, &mut sets);
        enough = enough.max(order.peak);
        if enough == given {
            return None;
        }
    }
    Some(regions.into_iter().flat_map(|r| r.order.steps).collect())
}

/// Steps that depend on nothing but those before them, and nothing but those after them on them.
struct Region {
    steps: Range<usize>,
    order: Order,
}

/// The regions of a program, in the given order.
fn regions(model: &Model) -> Vec<Region> {
    let count = model.tasks.len();
    let mut ends: Vec<usize> = cuts(&model.graph).into_iter().map(|cut| cut + 1).collect();
    if ends.last() != Some(&count) {
        ends.push(count);
    }
    let (mut state, mut first) = (State::new(model), 0);
    let region = |end: usize| {
        let steps = first..end;
        first = end;
        let peak = steps.clone().map(|step| state.run(step).running).max();
        let order = Order {
            steps: steps.clone().collect(),
            peak: peak.unwrap_or(0),
        };
        Region { steps, order }
    };
    ends.into_iter().map(region).collect()
}
