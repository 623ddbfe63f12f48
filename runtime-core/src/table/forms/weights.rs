//! The constants of a layer as numbers, with the zero point of its input folded into the bias.

use super::Given;
use super::finish::Channel;
use super::scales::Scales;
use crate::scalar::ElementType;
use std::ops::RangeInclusive;
use std::string::String;
use std::vec::Vec;

/// Weights and biases of a layer whose input is seen as signed: bytes of `u8` are less by 128.
pub(super) struct Weights {
    /// Elements of the input.
    elements: RangeInclusive<i64>,
    /// Output channels.
    pub(super) channels: usize,
    /// Weights of a channel.
    pub(super) len: usize,
    /// Of each element of a window, the weights of all channels.
    values: Vec<i32>,
    /// `bias - zero_x · Σ w`, for each channel.
    pub(super) bias: Vec<i64>,
}

/// Where a layer's constants are among its operands: weights, biases, multipliers, shifts.
const WEIGHTS: usize = 1;
const BIAS: usize = 2;
const MULTIPLIERS: usize = 3;
const SHIFTS: usize = 4;

impl Weights {
    /// Those of a call with weights of 8 bits, the channel last.
    pub(super) fn of(given: &Given<'_>, zero_x: i32, channels: usize) -> Result<Self, String> {
        let values = given.constant(WEIGHTS, |b| i32::from(i8::from_le_bytes(b)))?;
        let bias = given.constant(BIAS, i32::from_le_bytes)?;
        let zero = zero_x
            - if given.types[0] == ElementType::U8 {
                128
            } else {
                0
            };
        let mut folded = Vec::new();
        for channel in 0..channels {
            let sum: i64 = values
                .iter()
                .skip(channel)
                .step_by(channels)
                .map(|&w| i64::from(w))
                .sum();
            let own = bias.get(channel).copied().unwrap_or(0);
            folded.push(i64::from(own) - i64::from(zero) * sum);
        }
        Ok(Weights {
            elements: signed(given.types[0]),
            channels,
            len: values.len() / channels.max(1),
            values,
            bias: folded,
        })
    }

    /// Those of some channels.
    fn of_channels(&self, channels: &[usize]) -> Self {
        let of_element = |k| channels.iter().map(move |&c| self.weight(k, c));
        Weights {
            elements: self.elements.clone(),
            channels: channels.len(),
            len: self.len,
            values: (0..self.len).flat_map(of_element).collect(),
            bias: channels.iter().map(|&c| self.bias[c]).collect(),
        }
    }

    /// Constants that are packed for each group of channels, one group after another.
    pub(super) fn in_groups(
        &self,
        groups: usize,
        scales: &Scales,
        pack: impl Fn(&Weights, &Scales) -> Vec<i32>,
    ) -> Vec<i32> {
        let size = self.channels / groups.max(1);
        let group = |group| Vec::from_iter(group * size..(group + 1) * size);
        self.in_parts((0..groups).map(group), scales, pack)
    }

    /// Constants that are packed for all channels' first outputs, then for their second ones, and so on.
    pub(super) fn in_turns(
        &self,
        turns: usize,
        scales: &Scales,
        pack: impl Fn(&Weights, &Scales) -> Vec<i32>,
    ) -> Vec<i32> {
        let turn = |turn| Vec::from_iter((turn..self.channels).step_by(turns.max(1)));
        self.in_parts((0..turns).map(turn), scales, pack)
    }

    fn in_parts(
        &self,
        parts: impl Iterator<Item = Vec<usize>>,
        scales: &Scales,
        pack: impl Fn(&Weights, &Scales) -> Vec<i32>,
    ) -> Vec<i32> {
        let part = |channels: Vec<usize>| {
            pack(&self.of_channels(&channels), &scales.of_channels(&channels))
        };
        parts.flat_map(part).collect()
    }

    /// The weight of an element of a window for a channel; 0 where there is none.
    pub(super) fn weight(&self, element: usize, channel: usize) -> i32 {
        match channel < self.channels {
            true => self
                .values
                .get(element * self.channels + channel)
                .copied()
                .unwrap_or(0),
            false => 0,
        }
    }

    /// The same as a byte.
    pub(super) fn element(&self, element: usize, channel: usize) -> i8 {
        self.weight(element, channel) as i8
    }

    /// The folded bias of a channel; 0 where there is none.
    pub(super) fn bias(&self, channel: usize) -> i32 {
        self.bias.get(channel).map_or(0, |&b| b as i32)
    }

    /// Every sum that any elements lead to.
    fn sums(&self, channel: usize) -> RangeInclusive<i64> {
        let (mut lo, mut hi) = (self.bias[channel], self.bias[channel]);
        for &w in self.values.iter().skip(channel).step_by(self.channels) {
            let [a, b] = [self.elements.start(), self.elements.end()].map(|x| i64::from(w) * x);
            lo += a.min(b);
            hi += a.max(b);
        }
        lo..=hi
    }

    /// What is known of each channel.
    pub(super) fn known(&self, given: &Given<'_>) -> Result<Vec<Channel>, String> {
        let multipliers = given.constant(MULTIPLIERS, i32::from_le_bytes)?;
        let shifts = given.constant(SHIFTS, i8::from_le_bytes)?;
        let known = |channel| Channel {
            sums: self.sums(channel),
            multiplier: each_or_all(&multipliers, channel),
            shift: each_or_all(&shifts, channel),
        };
        Ok((0..self.channels).map(known).collect())
    }
}

/// All elements of a type, those of `u8` less by 128.
pub(super) fn signed(element: ElementType) -> RangeInclusive<i64> {
    let bits = 8 * element.size() as u32;
    -1 << (bits - 1)..=(1 << (bits - 1)) - 1
}

/// The value for a channel, of one for each or one for all; 0 if there are none.
fn each_or_all<T: Copy + Default>(values: &[T], channel: usize) -> T {
    match values {
        [all] => *all,
        each => each.get(channel).copied().unwrap_or_default(),
    }
}
