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
use super::windows::{Copy2d, Image, PatchCopy, Walk};

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

/// The inner loops of a convolution on some instruction set, made ready for a layer.
pub trait Columns: Copy2d + Sized {
    /// The most outputs that are computed together: one, two or four.
    const TILE: usize;
    /// Bytes of which runs have to be a multiple, so that they are laid out from where they are.
    const RUN: usize;

    /// Words of scratch that the windows of so many outputs take, of `len` bytes each.
    fn words(len: usize, outputs: usize) -> usize;

    /// Made ready for windows of `len` bytes, and so many channels.
    fn new(len: usize, channels: usize, finish: &Finish) -> Self;

    /// Lays out the windows that start at these bytes of `x`, one or `TILE`.
    fn load(&self, x: &[u8], at: &[usize], runs: &Runs, windows: &mut [i32]);

    /// Computes the channels of one output, or of `TILE`: as many as `y` has room for.
    fn compute(&self, windows: &[i32], packed: &[i32], y: &mut [u8]);
}

impl PackedConv2d {
    /// Bytes of a window.
    pub fn window(&self) -> usize {
        self.conv.kernel[0] * self.conv.kernel[1] * self.conv.in_c
    }

    /// Words of scratch.
    pub fn scratch<I: Columns>(&self) -> usize {
        let (image, tile) = (Image::from(&self.conv), self.tile::<I>());
        let direct =
            image.runs().run.is_multiple_of(I::RUN) && image.holds_windows(self.conv.out_h);
        let patches = if direct {
            0
        } else {
            tile * self.window().div_ceil(4)
        };
        I::words(self.window(), tile) + patches
    }

    /// Outputs that are computed together.
    fn tile<I: Columns>(&self) -> usize {
        I::TILE.min(self.conv.out_h * self.conv.out_w)
    }

    /// How its windows are copied, in whose bytes `flip` is turned.
    pub(super) fn gather(&self, image: &Image, flip: u8) -> PatchCopy {
        PatchCopy {
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

/// `y = finish(Σ x · w + bias)`: see [`Columns`] for the instruction set, whose layout `packed` has.
#[inline(never)]
pub fn conv2d<I: Columns>(
    p: &PackedConv2d,
    x: &[u8],
    packed: &[i32],
    scratch: &mut [i32],
    y: &mut [u8],
) {
    // One body is for all layers: it is not to be copied for the shapes of each.
    let p = core::hint::black_box(p);
    let image = Image::from(&p.conv);
    let Some((windows, patches)) =
        scratch.split_at_mut_checked(I::words(p.window(), p.tile::<I>()))
    else {
        return;
    };
    let mut tiles = Tiles {
        channels: p.conv.out_c,
        isa: I::new(p.window(), p.conv.out_c, &p.finish),
        direct: image.runs().run.is_multiple_of(I::RUN),
        gather: p.gather(&image, 0),
        x,
        packed,
        windows,
        patches: arena::bytes_mut(patches),
        y,
    };
    for item in 0..p.conv.batch {
        let mut walk = Walk::new(&image, item * image.bytes());
        let mut left = image.windows();
        while left >= I::TILE {
            left -= I::TILE;
            match I::TILE {
                4 => tiles.compute::<4>(&mut walk),
                2 => tiles.compute::<2>(&mut walk),
                _ => tiles.compute::<1>(&mut walk),
            }
        }
        for _ in 0..left {
            tiles.compute::<1>(&mut walk);
        }
    }
}

/// What windows are read from, and written to.
struct Tiles<'a, I> {
    /// Channels of an output.
    channels: usize,
    isa: I,
    gather: PatchCopy,
    /// Whether runs can be laid out from where they are.
    direct: bool,
    x: &'a [u8],
    packed: &'a [i32],
    windows: &'a mut [i32],
    /// Room for windows that reach beyond the image, or whose runs cannot be laid out.
    patches: &'a mut [u8],
    /// The outputs that are left.
    y: &'a mut [u8],
}

impl<I: Columns> Tiles<'_, I> {
    /// Computes the next `N` outputs.
    #[inline(always)]
    fn compute<const N: usize>(&mut self, walk: &mut Walk<'_>) {
        let (start, mut at, mut inside) = (*walk, [0; N], self.direct);
        for at in &mut at {
            inside &= walk.inside() > 0;
            *at = walk.take().at;
        }
        match inside {
            true => self.isa.load(self.x, &at, &self.gather.runs, self.windows),
            false => {
                let patch = self.gather(start, N);
                let runs = Runs::single(self.gather.runs.bytes().next_multiple_of(I::RUN));
                let at = core::array::from_fn::<_, N, _>(|i| i * patch);
                self.isa.load(self.patches, &at, &runs, self.windows);
            }
        }
        let y = core::mem::take(&mut self.y);
        let split = y.split_at_mut_checked(N * self.channels);
        let Some((tile, rest)) = split else { return };
        self.isa.compute(self.windows, self.packed, tile);
        self.y = rest;
    }

    /// Copies the next windows; how far one is from the next.
    #[inline(never)]
    fn gather(&mut self, mut walk: Walk<'_>, n: usize) -> usize {
        let patch = self.gather.runs.bytes().next_multiple_of(4);
        self.gather
            .windows::<I>(self.x, &mut walk, n, patch, self.patches);
        patch
    }
}
