//! Cores that multiply one pair of numbers at a time: what their loops have in common.
//!
//! Compilers spill the sums of a tile, so these loops are in assembly: [`Loops::lay`] makes factors of bytes, once for
//! all channels, [`Loops::columns`] computes four channels of a tile, and [`Loops::taps`] four channels that each have weights
//! of their own. Each has its twin here; the rest is plain Rust.
//!
//! **Constants**, for each four channels: the biases; for each element a word of four weights; the multipliers; where products
//! are rounded twice, a word of shifts. Elements
//! are filled up to a multiple of four, and channels as well, by weights that are 0. Those of a depthwise convolution are the
//! same, with a word for each tap.

use super::super::arena;
use super::super::kernels::packed::conv2d::{Columns, OutputSpan};
use super::super::kernels::packed::depthwise2d::{Taps, TapsOf};
use super::super::kernels::packed::finish::{Finish, Scale, scale_of_four, words_of_four};
use super::super::kernels::packed::windows::{Copy2d, Runs};
use core::marker::PhantomData;

/// Channels that are computed together.
pub const CHANNELS: usize = 4;

/// The most outputs that are computed together.
const TILE: usize = 4;

/// Elements that windows are filled up to a multiple of.
pub const ELEMENTS: usize = 4;

/// Words of constants that four channels take, for so many weights of each.
const fn words(weights: usize, twice: bool) -> usize {
    weights + words_of_four(twice)
}

/// What becomes of sums, and where it goes.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Out {
    /// The first channel of the first output.
    pub y: *mut u8,
    /// Bytes from one output to the next.
    pub step: usize,
    /// As that of [`Finish`], which the next ones are as well.
    pub offset: i32,
    /// Bits beyond the high word.
    pub shift: u32,
    /// The least element.
    pub lo: i32,
    /// The greatest element.
    pub hi: i32,
    /// What makes unsigned bytes of signed ones.
    pub flip: u32,
    /// Whether an element is anything but a saturated one.
    pub bounded: u32,
}

/// The loops of an instruction set; as they stand here, the twin of any.
pub trait Loops {
    /// The most outputs that are computed together, up to four: their windows lie element by element, each in turn.
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
    unsafe fn lay(x: &[u8], at: &[usize], len: usize, flip: u32, windows: &mut [i32], to: usize) {
        let windows = arena::bytes_mut(windows);
        for (turn, &from) in at.iter().enumerate() {
            let places = windows.iter_mut().skip(to * at.len() + turn);
            let bytes = x.iter().skip(from).take(len);
            for (place, byte) in places.step_by(at.len()).zip(bytes) {
                *place = byte ^ flip as u8;
            }
        }
    }

    /// Computes so many groups of four channels for each of `count` windows of `len` elements.
    ///
    /// # Safety
    /// There is a group, `len` is a positive multiple of four, and `count` is one or `TILE`. `windows` has their elements, and
    /// `packed` what belongs to the groups. As many bytes of as many outputs may be written.
    #[inline(always)]
    unsafe fn columns<const TWICE: bool>(
        windows: &[i32],
        count: usize,
        len: usize,
        packed: &[i32],
        groups: usize,
        out: &Out,
    ) {
        let windows = arena::bytes(windows);
        let (above, flip) = if Self::UNSIGNED { (128, 0x80) } else { (0, 0) };
        for turn in 0..count {
            let elements = windows.iter().skip(turn).step_by(count).take(len);
            for c in 0..groups * CHANNELS {
                let constants = Constants::of::<TWICE>(packed, len, c);
                let products = elements
                    .clone()
                    .zip(constants.weights())
                    .map(|(&x, weight)| {
                        let weight = i32::from((weight ^ flip) as i8);
                        (i32::from(x as i8) + above).wrapping_mul(weight)
                    });
                // SAFETY: as the caller says.
                unsafe { *out.y.add(turn * out.step + c) = out.byte(products, &constants) };
            }
        }
    }

    /// Computes so many groups of four channels of a window whose taps have them from `x` on.
    ///
    /// # Safety
    /// There is a group. All taps have its signed bytes, and `packed` has what belongs to them. As many bytes of an output
    /// may be written.
    #[inline(always)]
    unsafe fn taps<const TWICE: bool>(
        x: *const u8,
        runs: &Runs,
        packed: &[i32],
        groups: usize,
        out: &Out,
    ) {
        let taps = runs.rows * runs.taps;
        for c in 0..groups * CHANNELS {
            let constants = Constants::of::<TWICE>(packed, taps, c);
            let products = constants.weights().enumerate().map(|(tap, weight)| {
                let (row, tap) = (tap / runs.taps, tap % runs.taps);
                let at = row * runs.row_step + tap * runs.tap_step + c;
                // SAFETY: as the caller says.
                let x = unsafe { *x.add(at) } as i8;
                i32::from(x).wrapping_mul((weight as i8).into())
            });
            // SAFETY: as the caller says.
            unsafe { *out.y.add(c) = out.byte(products, &constants) };
        }
    }
}

/// The constants of a channel.
struct Constants<'a> {
    bias: i32,
    /// Words that have a weight of the channel.
    words: &'a [i32],
    channel: usize,
    scale: Scale,
}

impl<'a> Constants<'a> {
    /// Those of channel `c`, of so many weights.
    fn of<const TWICE: bool>(packed: &'a [i32], weights: usize, c: usize) -> Self {
        let (group, channel) = (c / CHANNELS, c % CHANNELS);
        let packed = packed.get(group * words(weights, TWICE)..).unwrap_or(&[]);
        Constants {
            bias: packed.get(channel).copied().unwrap_or(0),
            words: packed.get(CHANNELS..CHANNELS + weights).unwrap_or(&[]),
            channel,
            scale: scale_of_four(packed.get(CHANNELS + weights..).unwrap_or(&[]), channel),
        }
    }

    fn weights(&self) -> impl Iterator<Item = u8> {
        self.words
            .iter()
            .map(|word| word.to_le_bytes()[self.channel])
    }
}

impl Out {
    /// Nowhere yet.
    fn new(finish: &Finish) -> Out {
        Out {
            y: core::ptr::null_mut(),
            step: 0,
            offset: finish.offset,
            shift: finish.shift,
            lo: finish.lo,
            hi: finish.hi,
            flip: if finish.unsigned { 0x80 } else { 0 },
            bounded: u32::from(!finish.saturates()),
        }
    }

    /// The byte that the products of a channel become.
    fn byte(&self, products: impl Iterator<Item = i32>, constants: &Constants<'_>) -> u8 {
        let finish = Finish {
            offset: self.offset,
            shift: self.shift,
            lo: self.lo,
            hi: self.hi,
            unsigned: self.flip != 0,
        };
        let sum = products.fold(constants.bias, i32::wrapping_add);
        finish.byte(sum, constants.scale)
    }
}

/// An instruction set, made ready for a convolution.
pub struct Scalar<L, const TWICE: bool> {
    /// Elements of a window, filled up.
    len: usize,
    outputs: OutputSpan,
    out: Out,
    loops: PhantomData<L>,
}

impl<L, const TWICE: bool> Copy2d for Scalar<L, TWICE> {}

impl<L: Loops, const TWICE: bool> Columns for Scalar<L, TWICE> {
    const TILE: usize = L::TILE;
    const RUN: usize = ELEMENTS;

    fn words(len: usize, _: usize) -> usize {
        L::HEAD + L::words(len.next_multiple_of(ELEMENTS))
    }

    fn new(len: usize, outputs: OutputSpan, finish: &Finish) -> Self {
        Scalar {
            len: len.next_multiple_of(ELEMENTS),
            outputs,
            out: Out::new(finish),
            loops: PhantomData,
        }
    }

    #[inline(always)]
    fn load(&self, x: &[u8], at: &[usize], runs: &Runs, windows: &mut [i32]) {
        let reach = runs.reach();
        let enough = |&at: &usize| at.checked_add(reach).is_some_and(|end| end <= x.len());
        let fits = (at.len() == 1 || at.len() == L::TILE)
            && at.iter().all(enough)
            && runs.rows * runs.taps * runs.run <= self.len
            && windows.len() >= <Self as Columns>::words(self.len, TILE);
        if !fits || runs.run == 0 || !runs.run.is_multiple_of(ELEMENTS) {
            return;
        }
        if let Some(head) = windows.get_mut(..L::HEAD) {
            head.fill(0);
        }
        let flip = self.out.flip * 0x0101_0101;
        let (mut to, mut row) = (0, 0);
        for _ in 0..runs.rows {
            let mut from = row;
            for _ in 0..runs.taps {
                let x = x.get(from..).unwrap_or(&[]);
                // SAFETY: the windows reach no further than `x`, of which this is a run, and their elements fit.
                unsafe { L::lay(x, at, runs.run, flip, windows, to) };
                to += runs.run;
                from += runs.tap_step;
            }
            row += runs.row_step;
        }
    }

    #[inline(always)]
    fn compute(&self, windows: &[i32], packed: &[i32], count: usize, y: &mut [u8]) {
        let OutputSpan { channels, step } = self.outputs;
        let len = self.len;
        let enough = (count == 1 || count == L::TILE)
            && windows.len() >= <Self as Columns>::words(len, TILE)
            && packed.len() >= channels.div_ceil(CHANNELS) * words(len, TWICE)
            && y.len() >= self.outputs.reach(count);
        if !enough || len == 0 {
            return;
        }
        let mut out = Out {
            y: y.as_mut_ptr(),
            step,
            ..self.out
        };
        let (groups, left) = (channels / CHANNELS, channels % CHANNELS);
        if groups > 0 {
            // SAFETY: the lengths were checked.
            unsafe { L::columns::<TWICE>(windows, count, len, packed, groups, &out) };
        }
        if left > 0 {
            let packed = packed.get(groups * words(len, TWICE)..).unwrap_or(&[]);
            let mut last = [0; TILE * CHANNELS];
            out.y = last.as_mut_ptr();
            out.step = CHANNELS;
            // SAFETY: the lengths were checked.
            unsafe { L::columns::<TWICE>(windows, count, len, packed, 1, &out) };
            let mut at = channels - left;
            for last in last.as_chunks::<CHANNELS>().0.iter().take(count) {
                let places = y.iter_mut().skip(at).take(left);
                places.zip(last).for_each(|(y, &last)| *y = last);
                at += step;
            }
        }
    }
}

impl<L: Loops, const TWICE: bool> Taps for Scalar<L, TWICE> {
    const CHANNELS: usize = CHANNELS;
    const UNSIGNED: bool = false;

    fn new(channels: usize, finish: &Finish) -> Self {
        let step = channels;
        <Self as Columns>::new(0, OutputSpan { channels, step }, finish)
    }

    #[inline(always)]
    fn compute(&self, windows: &TapsOf<'_>, packed: &[i32], _: &mut [i32], y: &mut [u8]) {
        let runs = &windows.runs;
        let (channels, taps) = (runs.run, runs.rows * runs.taps);
        let enough = windows.lie_within(CHANNELS)
            && packed.len() >= channels.div_ceil(CHANNELS) * words(taps, TWICE)
            && y.len() >= windows.n * channels;
        if !enough || taps == 0 {
            return;
        }
        let mut out = self.out;
        let (groups, left) = (channels / CHANNELS, channels % CHANNELS);
        let last = packed.get(groups * words(taps, TWICE)..).unwrap_or(&[]);
        let (mut y, mut x) = (y, windows.x.as_ptr().wrapping_add(windows.at));
        for _ in 0..windows.n {
            let Some((now, rest)) = core::mem::take(&mut y).split_at_mut_checked(channels) else {
                return;
            };
            if groups > 0 {
                out.y = now.as_mut_ptr();
                // SAFETY: the windows reach no further than `x`, and the other lengths were checked.
                unsafe { L::taps::<TWICE>(x, runs, packed, groups, &out) };
            }
            if left > 0 {
                let mut four = [0; CHANNELS];
                out.y = four.as_mut_ptr();
                // SAFETY: as before; the windows may be read four channels at a time.
                unsafe { L::taps::<TWICE>(x.wrapping_add(channels - left), runs, last, 1, &out) };
                let places = now.iter_mut().skip(channels - left);
                places.zip(four).for_each(|(y, byte)| *y = byte);
            }
            y = rest;
            x = x.wrapping_add(windows.step);
        }
    }
}
