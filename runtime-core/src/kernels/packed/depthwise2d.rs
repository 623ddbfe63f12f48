//! Depthwise convolution over bytes with constants packed for an instruction set, many channels at a time.
//!
//! Windows that are neighbours in a row and lie inside the image are read in place; one that reaches beyond is copied
//! first, with the element that stands for 0 around it, so that no tap has to be left out.

use super::super::super::arena;
pub use super::super::depthwise2d::Depthwise2d;
use super::super::rows::{ByRows, Rows, Span};
pub use super::finish::Finish;
use super::windows::{Copy2d, Image, PatchCopy, Runs, Walk};

/// A depthwise convolution with packed constants. Where there are several outputs for a channel, the constants of all
/// channels' first ones come first, then those of the second ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PackedDepthwise2d {
    /// The shapes. The activation is the identity, as `finish` has bounds.
    pub conv: Depthwise2d,
    /// The byte that stands for 0 in `x`, which is what padding is.
    pub zero_x: u8,
    /// What becomes of a sum.
    pub finish: Finish,
}

/// The inner loops of a depthwise convolution on some instruction set, made ready for a layer.
pub trait Taps: Copy2d + Sized {
    /// Channels that are read together: the last ones may be followed by others, which come to nothing.
    const CHANNELS: usize;
    /// Bytes of an element.
    const ELEMENT: usize = 1;
    /// Whether it takes bytes of `u8` where they lie, and not only signed ones.
    const UNSIGNED: bool;

    /// Words of scratch of its own, for so many taps.
    fn words(taps: usize) -> usize {
        let _ = taps;
        0
    }

    /// Made ready for so many channels.
    fn new(channels: usize, finish: &Finish) -> Self;

    /// Computes all channels of some outputs.
    fn compute(&self, windows: &TapsOf<'_>, packed: &[i32], scratch: &mut [i32], y: &mut [u8]);
}

/// Windows of neighbouring outputs: a run of bytes, one for each channel, for each tap.
#[derive(Clone, Copy)]
pub struct TapsOf<'a> {
    /// What they lie in.
    pub x: &'a [u8],
    /// Where the first starts.
    pub at: usize,
    /// Bytes from one to the next.
    pub step: usize,
    /// How many.
    pub n: usize,
    /// Their taps.
    pub runs: Runs,
}

impl TapsOf<'_> {
    /// Whether all of them can be read, so many bytes together.
    #[inline(always)]
    pub fn lie_within(&self, vector: usize) -> bool {
        let last = self.n.saturating_sub(1).wrapping_mul(self.step);
        let beyond = self.runs.run.next_multiple_of(vector) - self.runs.run;
        let end = last.wrapping_add(self.runs.reach() + beyond);
        self.at
            .checked_add(end)
            .is_some_and(|end| end <= self.x.len())
    }

    /// Leaves out those at the end that cannot be read.
    #[inline(never)]
    fn clip(&mut self, vector: usize) {
        while self.n > 0 && !self.lie_within(vector) {
            self.n -= 1;
        }
    }
}

impl PackedDepthwise2d {
    /// Words of scratch.
    pub fn scratch<I: Taps>(&self) -> usize {
        let Depthwise2d {
            channels,
            multiplier,
            ..
        } = self.conv;
        let outputs = if multiplier > 1 { channels } else { 0 };
        self.patch::<I>() + I::words(self.taps()) + (outputs * I::ELEMENT).div_ceil(4)
    }

    /// Taps of a window.
    fn taps(&self) -> usize {
        self.conv.kernel[0] * self.conv.kernel[1]
    }

    /// Words of a window that is copied.
    fn patch<I: Taps>(&self) -> usize {
        let channels = self.conv.channels;
        let beyond = channels.next_multiple_of(I::CHANNELS) - channels;
        ((self.taps() * channels + beyond) * I::ELEMENT).div_ceil(4)
    }
}

impl ByRows for PackedDepthwise2d {
    fn span(&self) -> Option<Span> {
        self.conv.span()
    }

    fn at(self, rows: Rows) -> Self {
        PackedDepthwise2d {
            conv: self.conv.at(rows),
            ..self
        }
    }
}

/// `y = finish(Σ x · w + bias)`, channel by channel.
#[inline(never)]
pub fn depthwise2d<I: Taps>(
    p: &PackedDepthwise2d,
    x: &[u8],
    packed: &[i32],
    scratch: &mut [i32],
    y: &mut [u8],
) {
    // One body is for all layers: it is not to be copied for the shapes of each.
    let p = core::hint::black_box(p);
    let image = Image::from(&p.conv).of_elements(I::ELEMENT);
    let in_place = I::UNSIGNED || !p.finish.unsigned;
    let gather = PatchCopy {
        runs: image.runs(),
        zero: p.zero_x,
        flip: if in_place { 0 } else { 0x80 },
    };
    let isa = I::new(p.conv.channels, &p.finish);
    let Some((patch, scratch)) = scratch.split_at_mut_checked(p.patch::<I>()) else {
        return;
    };
    let Some((own, line)) = scratch.split_at_mut_checked(I::words(p.taps())) else {
        return;
    };
    let (taps, patch, line) = (
        image.taps(),
        arena::bytes_mut(patch),
        arena::bytes_mut(line),
    );
    let multiplier = p.conv.multiplier;
    let mut y = y;
    for item in 0..p.conv.batch {
        let mut walk = Walk::new(&image, item * image.bytes());
        let mut left = image.windows();
        while left > 0 {
            let mut windows = TapsOf {
                x,
                at: walk.at(),
                step: image.step(),
                n: if in_place { walk.inside().min(left) } else { 0 },
                runs: taps,
            };
            windows.clip(I::CHANNELS * I::ELEMENT);
            if windows.n > 0 {
                walk.skip(windows.n);
            } else {
                gather.windows::<I>(x, &mut walk, 1, 0, patch);
                windows = TapsOf {
                    x: patch,
                    at: 0,
                    step: 0,
                    n: 1,
                    runs: Runs::dense(taps.rows, taps.taps, taps.run),
                };
            }
            let outputs = windows.n * image.channels * multiplier;
            let split = core::mem::take(&mut y).split_at_mut_checked(outputs);
            let Some((outputs, rest)) = split else { return };
            match multiplier {
                1 => isa.compute(&windows, packed, own, outputs),
                _ => several(&isa, windows, packed, own, line, multiplier, outputs),
            }
            y = rest;
            left -= windows.n;
        }
    }
}

/// Computes windows of which each channel has several outputs: all channels' first ones, then the second ones.
#[inline(never)]
fn several<I: Taps>(
    isa: &I,
    mut windows: TapsOf<'_>,
    packed: &[i32],
    scratch: &mut [i32],
    line: &mut [u8],
    multiplier: usize,
    y: &mut [u8],
) {
    let bytes = windows.runs.run;
    let constants = packed.len().checked_div(multiplier).unwrap_or(0);
    let Some(line) = line.get_mut(..bytes) else {
        return;
    };
    let n = core::mem::replace(&mut windows.n, 1);
    for output in 0..n {
        let y = y.get_mut(output * bytes * multiplier..).unwrap_or_default();
        for turn in 0..multiplier {
            let packed = packed.get(turn * constants..).unwrap_or(&[]);
            isa.compute(&windows, packed, scratch, line);
            let places = y.chunks_exact_mut(I::ELEMENT).skip(turn);
            let places = places.step_by(multiplier.max(1));
            for (place, element) in places.zip(line.chunks_exact(I::ELEMENT)) {
                place
                    .iter_mut()
                    .zip(element)
                    .for_each(|(y, &byte)| *y = byte);
            }
        }
        windows.at = windows.at.wrapping_add(windows.step);
    }
}
