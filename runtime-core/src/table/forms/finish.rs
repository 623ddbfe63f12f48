//! The requantisation of packed layers: found from the layer's own, and proved to be the same for every sum there can be.

use super::scales::Scales;
use crate::kernels::packed::finish::{Finish, Scale};
use crate::kernels::requantize::{Requantize, Rounding};
use crate::scalar::ElementType;
use std::ops::RangeInclusive;
use std::string::String;

/// What is known of an output channel.
pub(super) struct Channel {
    /// Every sum that any elements lead to.
    pub(super) sums: RangeInclusive<i64>,
    pub(super) multiplier: i32,
    pub(super) shift: i8,
}

/// How the sums of these channels become elements of a type, and what they are multiplied by.
pub(super) fn finish(
    requantize: &Requantize,
    channels: &[Channel],
    element: ElementType,
) -> Result<(Finish, Scales), String> {
    let unsigned = element == ElementType::U8;
    let elements = super::weights::signed(element);
    let nearest = |x: i32| i64::from(x).clamp(*elements.start(), *elements.end()) as i32;
    let signed = |x: i32| x - if unsigned { 128 } else { 0 };
    let zero = signed(requantize.zero);
    let bounded = Finish {
        offset: 0,
        shift: 0,
        lo: nearest(signed(requantize.lo)),
        hi: nearest(signed(requantize.hi)),
        unsigned,
    };
    let once = bits(requantize, channels).find_map(|bits| {
        let finish = Finish {
            offset: offset(zero, bits),
            shift: bits,
            ..bounded
        };
        let scale = |c: &Channel| {
            Some(Scale {
                multiplier: multiplier(requantize, c, &finish, zero, element)?,
                shift: 0,
            })
        };
        Some((finish, channels.iter().map(scale).collect::<Option<_>>()?))
    });
    let twice = || {
        let finish = Finish {
            offset: 2 * zero + 1,
            ..bounded
        };
        let rounds = requantize.rounding == Rounding::TfLite && element.size() == 1;
        let scale = |c: &Channel| c.scale(&finish).filter(|_| rounds);
        Some((finish, channels.iter().map(scale).collect::<Option<_>>()?))
    };
    let (finish, scales) = once.or_else(twice).ok_or(match requantize.rounding {
        Rounding::TfLite => "its scales are a half of a step or more, or have no multiplier",
        _ => "its requantisation has no multiplier for a single rounding of the high word",
    })?;
    Ok((finish, Scales::new(&finish, scales)))
}

impl Channel {
    /// The channel's own scale, if its products are rounded twice and nothing overflows.
    fn scale(&self, finish: &Finish) -> Option<Scale> {
        // Where nothing comes of any sum, there may be no shift.
        let shift = if self.multiplier == 0 { 1 } else { self.shift };
        let scale = Scale {
            multiplier: self.multiplier,
            shift: u8::try_from(shift - 1).ok()?,
        };
        let fits = |sum: i64| {
            let high = (sum * i64::from(self.multiplier)) >> 31;
            let offset = i64::from(finish.offset) << scale.shift.min(31);
            [2 * sum, offset, high + offset - 1, high + offset + 1]
                .iter()
                .all(|&x| i32::try_from(x).is_ok())
        };
        (fits(*self.sums.start()) && fits(*self.sums.end())).then_some(scale)
    }
}

/// `zero`, and a half.
fn offset(zero: i32, bits: u32) -> i32 {
    zero.wrapping_shl(bits).wrapping_add(1 << (bits - 1))
}

/// Shifts to try, those that leave most bits to multipliers first.
fn bits(requantize: &Requantize, channels: &[Channel]) -> impl Iterator<Item = u32> {
    let of_all = match requantize.rounding {
        Rounding::Nearest | Rounding::HalfEven { .. } => requantize.shift as i32 - 32,
        Rounding::NearestEach | Rounding::TfLite => {
            let shifts = channels.iter().map(|c| i32::from(c.shift));
            shifts.min().unwrap_or(0) - 1
        }
    };
    let most = of_all.clamp(1, 23) as u32;
    (1..=most).rev().take(6)
}

/// The multiplier of a channel with which `finish` makes of every sum what `requantize` makes of it.
fn multiplier(
    requantize: &Requantize,
    channel: &Channel,
    finish: &Finish,
    zero: i32,
    of: ElementType,
) -> Option<i32> {
    let own = Own::of(requantize, channel, of);
    if let Some(exact) = own.exact(finish.shift) {
        return within(channel, finish, exact).then_some(exact);
    }
    let (first, last) = (*channel.sums.start(), *channel.sums.end());
    // Sums of elements of 16 bits have 64.
    let element = |sum: i64| match of.size() {
        1 => requantize.apply(sum as i32, channel.multiplier, channel.shift),
        _ => requantize.apply(sum, channel.multiplier, channel.shift),
    };
    let (mut lo, mut hi) = (0i128, i128::from(i32::MAX));
    let (mut from, mut gap, least) = (first, 1, element(first));
    for k in least + 1..=element(last) {
        // The least sum that yields `k` or more: elements do not decrease.
        let (mut below, mut at) = (from, last);
        if element(from) >= k {
            at = from;
        }
        // It is about as far from the last one as that was from the one before.
        while from + gap < at && element(from + gap) < k {
            below = from + gap;
            gap *= 2;
        }
        at = at.min(from + gap);
        while at - below > 1 {
            let middle = below + (at - below) / 2;
            if element(middle) >= k {
                at = middle
            } else {
                below = middle
            }
        }
        gap = (at - from).max(1) + 1;
        from = at;
        let goal = goal(
            k - if finish.unsigned { 128 } else { 0 },
            zero,
            finish.shift,
        );
        reach(at, goal, &mut lo, &mut hi);
        if at > first {
            stay_below(at - 1, goal, &mut lo, &mut hi);
        }
    }
    let ideal = own.ideal(finish.shift);
    let found = (lo <= hi).then(|| ideal.clamp(lo, hi) as i32)?;
    // Where no threshold is, one element is for all.
    let flip = if finish.unsigned { 128 } else { 0 };
    let same = finish.element(first as i32, found) == element(first) - flip;
    (same && within(channel, finish, found)).then_some(found)
}

/// Whether no sum of a channel overflows on its way, and none is too long for the interpreter's own arithmetic.
fn within(channel: &Channel, finish: &Finish, multiplier: i32) -> bool {
    let fits = |sum: i64| {
        let high = (sum * i64::from(multiplier)) >> 32;
        i32::try_from(sum).is_ok() && i32::try_from(high + i64::from(finish.offset)).is_ok()
    };
    fits(*channel.sums.start()) && fits(*channel.sums.end())
}

/// `sum · m` must reach this for an element to be `k` or greater.
fn goal(k: i32, zero: i32, bits: u32) -> i128 {
    let steps = (i128::from(k - zero) << bits) - (1 << (bits - 1));
    steps << 32
}

/// Bounds `m` by `sum · m ≥ goal`.
fn reach(sum: i64, goal: i128, lo: &mut i128, hi: &mut i128) {
    let sum = i128::from(sum);
    match sum.signum() {
        1 => *lo = (*lo).max(-(-goal).div_euclid(sum)),
        -1 => *hi = (*hi).min((-goal).div_euclid(-sum)),
        _ if goal > 0 => *hi = -1,
        _ => {}
    }
}

/// Bounds `m` by `sum · m < goal`.
fn stay_below(sum: i64, goal: i128, lo: &mut i128, hi: &mut i128) {
    let sum = i128::from(sum);
    match sum.signum() {
        1 => *hi = (*hi).min(-(-goal).div_euclid(sum) - 1),
        -1 => *lo = (*lo).max((-goal).div_euclid(-sum) + 1),
        _ if goal <= 0 => *hi = -1,
        _ => {}
    }
}

/// A channel's own multiplier, in units of `2^-shift`.
struct Own {
    multiplier: i128,
    shift: i32,
    /// Whether products with it are rounded once, halves up.
    nearest: bool,
}

impl Own {
    fn of(requantize: &Requantize, channel: &Channel, element: ElementType) -> Self {
        let multiplier = i128::from(channel.multiplier);
        let each = 31 + i32::from(channel.shift);
        let (multiplier, shift, nearest) = match requantize.rounding {
            Rounding::Nearest => (multiplier, requantize.shift as i32, true),
            Rounding::HalfEven { .. } => (multiplier, requantize.shift as i32, false),
            Rounding::NearestEach => (multiplier, each.clamp(1, 62), true),
            // Of elements of 16 bits, sums are multiplied with the high half.
            Rounding::TfLite if element.size() == 2 => {
                let high = ((multiplier + (1 << 15)) >> 16).min(0x7fff);
                (high << 16, each.max(17), true)
            }
            Rounding::TfLite => (multiplier, each, false),
        };
        Own {
            multiplier,
            shift,
            nearest,
        }
    }

    /// The nearest multiplier in units of `2^-(32 + bits)`.
    fn ideal(&self, bits: u32) -> i128 {
        match 32 + bits as i32 - self.shift {
            by @ 0.. => self.multiplier << by.min(64),
            by => self.multiplier >> (-by).min(64),
        }
    }

    /// That multiplier, if products with it are rounded as with this one.
    fn exact(&self, bits: u32) -> Option<i32> {
        let ideal = self.ideal(bits);
        let back = self.shift - 32 - bits as i32;
        let same = back <= 0 || ideal << back.min(64) == self.multiplier;
        (self.nearest && same).then(|| i32::try_from(ideal).ok())?
    }
}
