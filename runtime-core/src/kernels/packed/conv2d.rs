//! Convolution over bytes with constants packed for an instruction set: which windows there are, and what they see.
//!
//! Outputs are computed a tile at a time, in order. A window that lies inside the image is read where it lies; one that
//! reaches beyond is copied first, with the element that stands for 0 around it, so that no tap has to be left out and
//! zero points are in the bias. A fully connected layer is a convolution of images of one pixel.

use super::super::super::arena;
pub use super::super::conv2d::Conv2d;
use super::super::rows::{ByRows, Rows, Span};
pub use super::finish::Finish;
pub use super::windows::Runs;
use super::windows::{Copy2d, Gather, Image, Walk};

/// A convolution with packed constants; a single group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PackedConv2d {
    /// The shapes. The activation is the identity, as `finish` has bounds.
    pub conv: Conv2d,
    /// The byte that stands for 0 in `x`, which is what padding is.
    pub zero_x: u8,
    /// What becomes of a sum.
    pub finish: Finish,
}

/// The inner loops of a convolution on some instruction set.
pub trait Columns: Copy2d {
    /// The most outputs that are computed together.
    const TILE: usize;
    /// Bytes of which runs have to be a multiple, so that they are laid out from where they are.
    const RUN: usize;

    /// Words of scratch that the windows of a tile take, of `len` bytes each.
    fn words(len: usize) -> usize;

    /// Lays out the windows that start at these bytes of `x`, one or `TILE`; bytes are of `u8` if they are `unsigned`.
    fn load(x: &[u8], at: &[usize], runs: &Runs, unsigned: bool, windows: &mut [i32]);

    /// Computes the channels of one output, or of `TILE`, from windows of `len` bytes.
    fn compute(
        len: usize,
        windows: &[i32],
        packed: &[i32],
        finish: &Finish,
        channels: usize,
        y: &mut [u8],
    );
}

impl PackedConv2d {
    /// Bytes of a window.
    pub fn len(&self) -> usize {
        self.conv.kernel[0] * self.conv.kernel[1] * self.conv.in_c
    }

    /// Words of scratch.
    pub fn scratch<I: Columns>(&self) -> usize {
        I::words(self.len()) + I::TILE * self.len().div_ceil(4)
    }

    /// How its windows are copied, in whose bytes `flip` is turned.
    pub(super) fn gather(&self, image: &Image, flip: u8) -> Gather {
        Gather {
            runs: image.runs(),
            zero: self.zero_x,
            flip,
        }
    }
}

impl ByRows for PackedConv2d {
    fn span(&self) -> Option<Span> {
        self.conv.span()
    }

    fn at(self, rows: Rows) -> Self {
        PackedConv2d {
            conv: self.conv.at(rows),
            ..self
        }
    }
}

/// The most outputs that any instruction set computes together.
const MOST: usize = 4;

/// `y = finish(Σ x · w + bias)`: see [`Columns`] for the instruction set, whose layout `packed` has.
#[inline(never)]
pub fn conv2d<I: Columns>(
    p: &PackedConv2d,
    x: &[u8],
    packed: &[i32],
    scratch: &mut [i32],
    y: &mut [u8],
) {
    let image = Image::from(&p.conv);
    let Some((windows, patches)) = scratch.split_at_mut_checked(I::words(p.len())) else {
        return;
    };
    let mut tiles = Tiles {
        gather: p.gather(&image, 0),
        unsigned: p.finish.unsigned,
        x,
        windows,
        patches: arena::bytes_mut(patches),
    };
    let mut y = y;
    for item in 0..p.conv.batch {
        let mut walk = Walk::new(&image, item * image.bytes());
        let mut left = image.windows();
        while left > 0 {
            let n = if left < I::TILE { 1 } else { I::TILE };
            let split = core::mem::take(&mut y).split_at_mut_checked(n * p.conv.out_c);
            let Some((tile, rest)) = split else { return };
            tiles.load::<I>(&image, &mut walk, n);
            let channels = p.conv.out_c;
            I::compute(p.len(), tiles.windows, packed, &p.finish, channels, tile);
            y = rest;
            left -= n;
        }
    }
}

/// What windows are read from, and written to.
struct Tiles<'a> {
    gather: Gather,
    unsigned: bool,
    x: &'a [u8],
    windows: &'a mut [i32],
    /// Room for windows that reach beyond the image, or whose runs cannot be laid out.
    patches: &'a mut [u8],
}

impl Tiles<'_> {
    /// Lays out the next `n` windows.
    #[inline(always)]
    fn load<I: Columns>(&mut self, image: &Image, walk: &mut Walk<'_>, n: usize) {
        let runs = &self.gather.runs;
        let (mut at, mut of) = ([0; MOST], [None; MOST]);
        let mut direct = runs.run.is_multiple_of(I::RUN);
        for (window, at) in of.iter_mut().zip(&mut at).take(n) {
            direct &= walk.inside() > 0;
            let next = walk.take();
            *at = next.at;
            *window = Some(next);
        }
        if direct {
            let at = at.get(..n).unwrap_or(&[]);
            I::load(self.x, at, runs, self.unsigned, self.windows);
            return;
        }
        let len = runs.rows * runs.taps * runs.run;
        for (i, (window, at)) in of.iter().flatten().zip(&mut at).enumerate() {
            *at = i * len.next_multiple_of(4);
            let patch = self.patches.get_mut(*at..).unwrap_or_default();
            self.gather.window::<I>(image, self.x, window, patch);
        }
        let (at, runs) = (
            at.get(..n).unwrap_or(&[]),
            Runs::single(len.next_multiple_of(I::RUN)),
        );
        I::load(self.patches, at, &runs, self.unsigned, self.windows);
    }
}
