//! Convolution over bytes with constants packed for an instruction set: which windows there are, and what they see.
//!
//! Outputs are computed a tile at a time, in order. A window that lies inside the image is read where it lies; one that
//! reaches beyond is copied first, with the element that stands for 0 around it, so that no tap has to be left out and
//! zero points are in the bias. A fully connected layer is a convolution of images of one pixel.

use super::super::super::arena;
pub use super::super::conv2d::Conv2d;
use super::super::rows::{ByRows, Rows, Span};
pub use super::finish::Finish;
use super::windows::{Copy2d, Image, PatchCopy, Walk};
pub use super::windows::{OutputSpan, Runs};

/// A convolution with packed constants: those of one group after those of another.
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

    /// Made ready for windows of `len` bytes.
    fn new(len: usize, outputs: OutputSpan, finish: &Finish) -> Self;

    /// Lays out the windows that start at these bytes of `x`, one or `TILE`.
    fn load(&self, x: &[u8], at: &[usize], runs: &Runs, windows: &mut [i32]);

    /// Computes the channels of `n` outputs, one or `TILE`.
    fn compute(&self, windows: &[i32], packed: &[i32], n: usize, y: &mut [u8]);
}

impl PackedConv2d {
    /// Bytes of a window.
    pub fn window(&self) -> usize {
        let Conv2d {
            kernel,
            in_c,
            groups,
            ..
        } = self.conv;
        kernel[0] * kernel[1] * in_c.checked_div(groups).unwrap_or(0)
    }

    /// The channels of a group.
    pub fn outputs(&self) -> OutputSpan {
        let Conv2d { out_c, groups, .. } = self.conv;
        OutputSpan {
            channels: out_c.checked_div(groups).unwrap_or(0),
            step: out_c,
        }
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
    let outputs = p.outputs();
    let mut tiles = Tiles {
        isa: I::new(p.window(), outputs, &p.finish),
        outputs,
        direct: image.runs().run.is_multiple_of(I::RUN),
        gather: p.gather(&image, 0),
        x,
        packed,
        windows,
        patches: arena::bytes_mut(patches),
        y,
        at: 0,
    };
    let constants = packed.len().checked_div(p.conv.groups).unwrap_or(0);
    for item in 0..p.conv.batch {
        for group in 0..p.conv.groups {
            let first = item * image.bytes() + group * image.seen;
            tiles.at = item * image.windows() * outputs.step + group * outputs.channels;
            tiles.packed = packed.get(group * constants..).unwrap_or(&[]);
            tiles.all(&mut Walk::new(&image, first), image.windows());
        }
    }
}

/// What windows are read from, and written to.
struct Tiles<'a, I> {
    isa: I,
    outputs: OutputSpan,
    gather: PatchCopy,
    /// Whether runs can be laid out from where they are.
    direct: bool,
    x: &'a [u8],
    packed: &'a [i32],
    windows: &'a mut [i32],
    /// Room for windows that reach beyond the image, or whose runs cannot be laid out.
    patches: &'a mut [u8],
    y: &'a mut [u8],
    /// Where in `y` the next output is.
    at: usize,
}

impl<I: Columns> Tiles<'_, I> {
    /// Computes the outputs of a group.
    #[inline(always)]
    fn all(&mut self, walk: &mut Walk<'_>, mut left: usize) {
        while left >= I::TILE {
            left -= I::TILE;
            match I::TILE {
                4 => self.compute::<4>(walk),
                2 => self.compute::<2>(walk),
                _ => self.compute::<1>(walk),
            }
        }
        for _ in 0..left {
            self.compute::<1>(walk);
        }
    }

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
        let y = self.y.get_mut(self.at..).unwrap_or_default();
        self.isa.compute(self.windows, self.packed, N, y);
        self.at += N * self.outputs.step;
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
