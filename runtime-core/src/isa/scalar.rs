//! Cores that multiply one pair of numbers at a time: what their loops have in common.
//!
//! Compilers spill the sums of a tile, so these loops are in assembly: [`Loops::lay`] makes factors of bytes, once for
//! all channels, and [`Loops::sums`] computes four channels of a tile. Each has its twin here; the rest is plain Rust.
//!
//! **Constants**, for each four channels: the biases; for each element a word of four weights; the multipliers. Elements
//! are filled up to a multiple of four, and channels as well, by weights that are 0.

use super::super::arena;
use super::super::kernels::packed::conv2d::{Columns, Runs};
use super::super::kernels::packed::finish::Finish;

/// Channels that are computed together.
pub const CHANNELS: usize = 4;

/// The most sums that are computed together.
const SUMS: usize = 4 * CHANNELS;

/// Words of constants that four channels take, for windows of `len` bytes.
pub const fn words(len: usize) -> usize {
    len.next_multiple_of(4) + 2 * CHANNELS
}

/// The loops of an instruction set; as they stand here, the twin of any.
pub trait Loops {
    /// The most outputs that are computed together: their windows lie element by element, each in turn.
    const TILE: usize;
    /// Whether factors are unsigned: elements and weights are greater by 128 than they are elsewhere, and biases less by
    /// what the former amounts to.
    const UNSIGNED: bool = false;
    /// Words before the elements of windows.
    const HEAD: usize = 0;

    /// Words that `TILE` windows of `len` elements take, without the head.
    fn words(len: usize) -> usize;

    /// Makes `len` factors of each window that has bytes from `at` of `x` on, as its elements from `to` on. Bytes are
    /// signed; others are made so by `flip`, which has in each byte what turns over their highest bit.
    ///
    /// # Safety
    /// `len` is a positive multiple of four, as is `to`. There are one or `TILE` windows, each has `len` bytes in `x`, and
    /// `windows` has room for the elements of `TILE`.
    #[inline(always)]
    unsafe fn lay(
        x: &[u8],
        at: &[usize],
        len: usize,
        flip: u32,
        windows: &mut [i32],
        to: usize,
    ) {
        let windows = arena::bytes_mut(windows);
        for (turn, &from) in at.iter().enumerate() {
            let places = windows.iter_mut().skip(to * at.len() + turn);
            let bytes = x.iter().skip(from).take(len);
            for (place, byte) in places.step_by(at.len()).zip(bytes) {
                *place = byte ^ flip as u8;
            }
        }
    }

    /// The sums of four channels for each of `count` windows of `len` elements, biases included.
    ///
    /// # Safety
    /// `len` is a positive multiple of four, and `count` is one or `TILE`. `windows` has their elements, and `packed` what
    /// belongs to four channels.
    #[inline(always)]
    unsafe fn sums(
        windows: &[i32],
        count: usize,
        len: usize,
        packed: &[i32],
        sums: &mut [i32; SUMS],
    ) {
        let windows = arena::bytes(windows);
        let (above, flip) = if Self::UNSIGNED { (128, 0x80) } else { (0, 0) };
        for (i, sum) in sums.iter_mut().take(count * CHANNELS).enumerate() {
            let (turn, channel) = (i / CHANNELS, i % CHANNELS);
            let weights = packed.iter().skip(CHANNELS);
            let elements = windows.iter().skip(turn).step_by(count).take(len);
            *sum = packed.get(channel).copied().unwrap_or(0);
            for (&x, w) in elements.zip(weights) {
                let weight = (w.to_le_bytes()[channel] ^ flip) as i8;
                let x = i32::from(x as i8) + above;
                *sum = sum.wrapping_add(x.wrapping_mul(weight.into()));
            }
        }
    }

    /// The high word of a product.
    #[inline(always)]
    fn high(sum: i32, multiplier: i32) -> i32 {
        (i64::from(sum).wrapping_mul(i64::from(multiplier)) >> 32) as i32
    }
}

impl<L: Loops> Columns for L {
    const TILE: usize = L::TILE;
    const RUN: usize = 4;

    fn words(len: usize) -> usize {
        L::HEAD + <L as Loops>::words(len.next_multiple_of(4))
    }

    #[inline(always)]
    fn load(x: &[u8], at: &[usize], runs: &Runs, unsigned: bool, windows: &mut [i32]) {
        let reach = runs.reach();
        let enough = |&at: &usize| at.checked_add(reach).is_some_and(|end| end <= x.len());
        let len = runs.rows * runs.taps * runs.run;
        let fits = (at.len() == 1 || at.len() == <L as Loops>::TILE)
            && at.iter().all(enough)
            && windows.len() >= <L as Columns>::words(len);
        if !fits || runs.run == 0 || !runs.run.is_multiple_of(4) {
            return;
        }
        if let Some(head) = windows.get_mut(..L::HEAD) {
            head.fill(0);
        }
        let flip = if unsigned { 0x8080_8080 } else { 0 };
        let mut to = 0;
        for row in 0..runs.rows {
            for tap in 0..runs.taps {
                let from = row * runs.row_step + tap * runs.tap_step;
                let x = x.get(from..).unwrap_or(&[]);
                // SAFETY: the windows reach no further than `x`, of which this is a run, and their elements fit.
                unsafe { L::lay(x, at, runs.run, flip, windows, to) };
                to += runs.run;
            }
        }
    }

    #[inline(always)]
    fn compute(
        len: usize,
        windows: &[i32],
        packed: &[i32],
        finish: &Finish,
        channels: usize,
        y: &mut [u8],
    ) {
        let len = len.next_multiple_of(4);
        let count = match y.len() > channels {
            true => <L as Loops>::TILE,
            false => 1,
        };
        if len == 0 || windows.len() < <L as Columns>::words(len) {
            return;
        }
        let (mut packed, mut first) = (packed, 0);
        while first < channels
            && let Some((four, rest)) = packed.split_at_checked(words(len))
        {
            let mut sums = [0; SUMS];
            // SAFETY: the lengths were checked.
            unsafe { L::sums(windows, count, len, four, &mut sums) };
            let multipliers = four.get(CHANNELS + len..).unwrap_or(&[]);
            let mut at = first;
            for sums in sums.as_chunks::<CHANNELS>().0.iter().take(count) {
                let y = y.get_mut(at..).unwrap_or_default();
                let y = y.iter_mut().take(channels - first);
                for ((y, &sum), &multiplier) in y.zip(sums).zip(multipliers) {
                    *y = finish.of_high(L::high(sum, multiplier));
                }
                at += channels;
            }
            packed = rest;
            first += CHANNELS;
        }
    }
}
