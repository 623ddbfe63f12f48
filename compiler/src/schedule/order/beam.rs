//! A good order of a region that is too large for a complete search: of the sets of as many steps, only those are
//! followed that leave the least in use.

use super::search::{Done, Order};
use super::state::State;
use std::collections::BTreeSet;
use std::ops::Range;

/// How many sets of steps are followed: of long regions fewer, since each is as long.
const WIDTH: usize = 64;

/// Steps of a region that so many sets are followed for.
const LENGTH: usize = 256;

/// A way that is followed.
#[derive(Clone)]
struct Way<'a> {
    state: State<'a>,
    done: Done,
    order: Order,
}

/// A step that one of the ways could take next. The least is followed first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Turn {
    after: usize,
    peak: usize,
    way: usize,
    step: usize,
}

/// An order of the steps `region` of which none has more than `limit` bytes in use, if one is found.
pub(super) fn search(state: &State<'_>, region: Range<usize>, limit: usize) -> Option<Order> {
    let order = Order {
        steps: Vec::new(),
        peak: 0,
    };
    let width = WIDTH.min(WIDTH * LENGTH / region.len().max(1));
    let mut ways = vec![Way {
        state: state.clone(),
        done: Done::none(region.len()),
        order,
    }];
    for _ in region.clone() {
        ways = advanced(&ways, region.start, limit, width);
    }
    let orders = ways.into_iter().map(|way| way.order);
    orders.min_by_key(|order| order.peak)
}

/// The ways that are followed after one more step each.
fn advanced<'a>(ways: &[Way<'a>], start: usize, limit: usize, width: usize) -> Vec<Way<'a>> {
    let mut turns = Vec::new();
    for (number, way) in ways.iter().enumerate() {
        for step in way.state.choices(limit) {
            let cost = way.state.cost(step);
            turns.push(Turn {
                after: cost.after,
                peak: way.order.peak.max(cost.running),
                way: number,
                step,
            });
        }
    }
    turns.sort_unstable();
    let mut known = BTreeSet::new();
    let mut next = Vec::with_capacity(width);
    for turn in turns {
        if next.len() == width {
            break;
        }
        let way = &ways[turn.way];
        let mut done = way.done.clone();
        done.flip(turn.step - start);
        if known.insert(done.clone()) {
            let mut way = Way {
                done,
                ..way.clone()
            };
            way.state.run(turn.step);
            way.order.steps.push(turn.step);
            way.order.peak = turn.peak;
            next.push(way);
        }
    }
    next
}
