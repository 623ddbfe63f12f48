//! Which answers of steps and of the network over a whole sequence are about the same slices.
//!
//! Whoever compares both asks here: the positions of an output that a step gives, and where the whole network has them.

use crate::program::{Scope, Stepping};
use std::ops::Range;

/// Positions of an output that have to be alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// The slices of the sequence that the whole network is given.
    pub slices: Range<usize>,
    /// The positions along time, of those that the step gives; all of an output without time.
    pub given: Range<usize>,
    /// The positions along time, of those that the whole network gives.
    pub whole: Range<usize>,
}

/// How many slices the whole network takes, and how many positions along time either has of an output.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Slices that the whole network takes.
    pub slices: usize,
    /// Positions that a step gives; 1 of an output without time.
    pub given: usize,
    /// Positions that the whole network gives; 1 of an output without time.
    pub whole: usize,
}

impl Stepping {
    /// What the `output`-th output of step number `step`, counted from 0, has to be; nothing if the whole network does not
    /// say.
    pub fn beside(&self, output: usize, step: usize, sizes: Sizes) -> Vec<Beside> {
        if step < self.warm_up {
            return Vec::new();
        }
        match self.scope {
            Scope::SoFar => self.beside_all(output, step, sizes).into_iter().collect(),
            Scope::Latest(_) => self.beside_latest(output, step, sizes),
        }
    }

    /// Where the slices end that a step is about.
    fn end(&self, step: usize) -> isize {
        ((step + 1) * self.hop) as isize - self.late
    }

    /// All slices that there are, for which the whole network has positions, and a state at the end.
    fn beside_all(&self, output: usize, step: usize, sizes: Sizes) -> Option<Beside> {
        let Some(moving) = self.outputs.get(output)? else {
            return (self.end(step) == sizes.slices as isize).then_some(Beside {
                slices: 0..sizes.slices,
                given: 0..1,
                whole: 0..1,
            });
        };
        let until = self.end(step).div_euclid(moving.rate as isize) + moving.tail;
        let first = until - sizes.given as isize;
        let whole = first.max(0)..until.min(sizes.whole as isize);
        (!whole.is_empty()).then(|| Beside {
            slices: 0..sizes.slices,
            given: (whole.start - first) as usize..(whole.end - first) as usize,
            whole: whole.start as usize..whole.end as usize,
        })
    }

    /// The latest slices. A step may give more positions than the whole network has: the older ones are about slices
    /// that came earlier.
    fn beside_latest(&self, output: usize, step: usize, sizes: Sizes) -> Vec<Beside> {
        let rate = self
            .outputs
            .get(output)
            .copied()
            .flatten()
            .map_or(0, |moving| moving.rate);
        let earlier = (0..sizes.given).step_by(sizes.whole.max(1));
        let beside = |earlier: usize| {
            let end = usize::try_from(self.end(step) - (earlier * rate) as isize).ok()?;
            let count = sizes.whole.min(sizes.given - earlier);
            let until = sizes.given - earlier;
            Some(Beside {
                slices: end.checked_sub(sizes.slices)?..end,
                given: until - count..until,
                whole: sizes.whole - count..sizes.whole,
            })
        };
        earlier.filter_map(beside).collect()
    }
}
