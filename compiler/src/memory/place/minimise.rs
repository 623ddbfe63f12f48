//! The smallest arena: greedy placements from above, the bound from below, and the search in between.

use super::order::Shaken;
use super::search::{Search, Verdict};
use super::{Buffer, Minimum, Placement, bound, greedy, order};
use crate::settings::Effort;

/// Places buffers as low as that effort allows.
pub fn minimise(buffers: &[Buffer], effort: Effort) -> Minimum {
    let placement = greedy::best(buffers);
    let lower_bound = bound::lower_bound(buffers);
    let proved = placement.height <= lower_bound;
    let mut minimum = Minimum {
        placement,
        lower_bound,
        proved,
        nodes: 0,
    };
    if !proved && is_searched(buffers) {
        Minimiser::new(buffers, effort).run(&mut minimum);
    }
    minimum
}

/// More buffers than this are not searched for: the way to a node holds what is left of them at each node before it.
const MOST_SEARCHED: usize = 2048;

/// Whether a search may find anything in the time that it is given.
fn is_searched(buffers: &[Buffer]) -> bool {
    buffers.len() <= MOST_SEARCHED && greedy::meet_rarely(buffers)
}

/// How often the search for a placement of a given height may look at a buffer.
const LOOKS: u64 = 200_000;

/// A placement of at most `capacity` bytes, if a short search finds one.
pub fn within(buffers: &[Buffer], capacity: usize) -> Option<Placement> {
    let placement = greedy::best(buffers);
    if placement.height <= capacity {
        return Some(placement);
    }
    if !is_searched(buffers) || bound::lower_bound(buffers) > capacity {
        return None;
    }
    let mut hunt = Minimiser::new(buffers, Effort::default());
    match hunt.fits(capacity, LOOKS) {
        Verdict::Fits(placement) => Some(placement),
        _ => None,
    }
}

/// Searches of one instance.
struct Minimiser<'a> {
    buffers: &'a [Buffer],
    searches: Vec<Search>,
    orders: Shaken,
    looks: u64,
    /// Nodes of searches that were given up.
    nodes: u64,
}

/// The first turn of a search in one order gets this share of the looks for that height, each later one twice as many as the one before.
const FIRST_TURN: u64 = 1024;

/// So many turns that begin anew come after each round, together as long as one of its turns: most searches that
/// succeed do so soon, or lose their way near the root (Gomes, Selman, Crato and Kautz, "Heavy-Tailed Phenomena", 2000).
const RESTARTS: u64 = 32;

impl<'a> Minimiser<'a> {
    fn new(buffers: &'a [Buffer], effort: Effort) -> Self {
        let ranks: Vec<_> = order::ranks(buffers).collect();
        let searches = ranks.iter().map(|ranks| Search::new(buffers, ranks));
        Minimiser {
            buffers,
            searches: searches.collect(),
            orders: Shaken::new(ranks),
            looks: effort.looks(),
            nodes: 0,
        }
    }

    /// Tries the bound first, then heights between what is impossible and what was found. Each gets half of the looks that are left.
    fn run(&mut self, minimum: &mut Minimum) {
        let mut impossible_below = minimum.lower_bound;
        let mut doubtful_below = minimum.lower_bound;
        let mut height = minimum.lower_bound;
        while doubtful_below < minimum.placement.height && self.looks > 1000 {
            let granted = self.looks / 2;
            match self.fits(height, granted) {
                Verdict::Fits(placement) => minimum.placement = placement,
                Verdict::NoneBelow(next) => {
                    impossible_below = impossible_below.max(next);
                    doubtful_below = doubtful_below.max(next);
                }
                Verdict::Unknown => doubtful_below = height + 1,
            }
            height = doubtful_below + minimum.placement.height.saturating_sub(doubtful_below) / 2;
            height = height.min(minimum.placement.height - 1);
        }
        minimum.proved = impossible_below >= minimum.placement.height;
        let nodes = self.searches.iter().map(|s| s.nodes);
        minimum.nodes = self.nodes + nodes.sum::<u64>();
    }

    /// Searches in all orders in turn, in ever longer turns, and between them in others for a while.
    fn fits(&mut self, height: usize, granted: u64) -> Verdict {
        let end = self.looks - granted;
        let mut turn = granted / FIRST_TURN / self.searches.len() as u64;
        while self.looks > end {
            for i in 0..self.searches.len() {
                let mut search = self.searches.swap_remove(i);
                let verdict = self.turn(&mut search, height, turn.min(self.looks - end));
                self.searches.push(search);
                let last = self.searches.len() - 1;
                self.searches.swap(i, last);
                if !matches!(verdict, Verdict::Unknown) {
                    return verdict;
                }
            }
            for _ in 0..RESTARTS {
                let mut search = Search::new(self.buffers, &self.orders.next());
                let verdict = self.turn(&mut search, height, turn.min(self.looks - end));
                self.nodes += search.nodes;
                if !matches!(verdict, Verdict::Unknown) {
                    return verdict;
                }
            }
            turn = (turn * 2).max(1);
        }
        Verdict::Unknown
    }

    fn turn(&mut self, search: &mut Search, height: usize, granted: u64) -> Verdict {
        let mut looks = granted;
        let verdict = search.run(self.buffers, height, &mut looks);
        self.looks -= granted - looks;
        verdict
    }
}
