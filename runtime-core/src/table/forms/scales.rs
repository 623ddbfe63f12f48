//! The multipliers of packed layers and, where products are rounded twice, the shifts of their channels.

use crate::kernels::packed::finish::{Finish, Scale};
use std::vec::Vec;

/// What the sums of each channel are multiplied by.
pub(super) struct Scales {
    pub(super) twice: bool,
    each: Vec<Scale>,
}

impl Scales {
    pub(super) fn new(finish: &Finish, each: Vec<Scale>) -> Self {
        let twice = finish.twice();
        Scales { twice, each }
    }

    /// Those of some channels.
    pub(super) fn of_channels(&self, channels: &[usize]) -> Self {
        Scales {
            twice: self.twice,
            each: channels.iter().map(|&c| self.each[c]).collect(),
        }
    }

    /// That of a channel; nothing comes of one that there is not.
    pub(super) fn of(&self, channel: usize) -> Scale {
        self.each.get(channel).copied().unwrap_or_default()
    }

    /// The multiplier of a channel.
    pub(super) fn multiplier(&self, channel: usize) -> i32 {
        self.of(channel).multiplier
    }

    /// By how many bits high words of a channel are shifted to the left: fewer than none; if there are shifts.
    pub(super) fn left_shift(&self, channel: usize) -> Option<i32> {
        let shift = !i32::from(self.of(channel).shift);
        self.twice.then_some(shift)
    }

    /// The multipliers of four channels, and a word of their shifts if there are any.
    pub(super) fn of_four(&self, first: usize) -> impl Iterator<Item = i32> {
        let four = [0, 1, 2, 3].map(|c| self.of(first + c));
        let shifts = self.twice.then(|| four.map(|scale| scale.shift));
        let multipliers = four.map(|scale| scale.multiplier);
        let shifts = shifts.map(i32::from_le_bytes);
        multipliers.into_iter().chain(shifts)
    }
}
