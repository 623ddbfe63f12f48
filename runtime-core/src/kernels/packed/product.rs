//! Convolution as a product of windows with packed constants, for machines that take bytes as they lie.
//!
//! Windows without a gap in them are read in place, as many together as are neighbours; others are copied, a few at a
//! time. An instruction set may read whole vectors: what lies beyond a window meets weights of 0.

use super::super::super::arena;
use super::conv2d::PackedConv2d;
use super::finish::Finish;
use super::windows::{Copy2d, Image, OutputSpan, Walk};

/// The inner loops of such a product on some instruction set, made ready for a layer.
pub trait Product: Copy2d + Sized {
    /// Outputs that are best computed together.
    const TILE: usize;
    /// Bytes that are read together.
    const VECTOR: usize;
    /// Bytes of an element.
    const ELEMENT: usize = 1;
    /// Bytes to a multiple of which windows are aligned.
    const ALIGN: usize = 1;

    /// Made ready for windows of `len` elements.
    fn new(len: usize, outputs: OutputSpan, finish: &Finish) -> Self;

    /// Computes all channels of some outputs. Of each window whole vectors are read; their elements are signed.
    fn compute(&self, windows: &Windows<'_>, packed: &[i32], y: &mut [u8]);
}

/// Windows that lie in memory.
#[derive(Clone, Copy)]
pub struct Windows<'a> {
    /// What they lie in.
    pub x: &'a [u8],
    /// Where the first starts.
    pub at: usize,
    /// Bytes from one to the next.
    pub step: usize,
    /// How many.
    pub n: usize,
}

impl Windows<'_> {
    /// Whether `len` bytes of each can be read.
    #[inline(always)]
    pub fn lie_within(&self, len: usize) -> bool {
        let last = self.n.saturating_sub(1).wrapping_mul(self.step);
        let end = last.wrapping_add(len);
        self.at
            .checked_add(end)
            .is_some_and(|end| end <= self.x.len())
    }

    /// Whether all of them are aligned.
    #[inline(always)]
    fn are_aligned(&self, to: usize) -> bool {
        let at = (self.x.as_ptr() as usize).wrapping_add(self.at);
        at.is_multiple_of(to) && self.step.is_multiple_of(to)
    }

    /// Leaves out those at the end of which `len` bytes cannot be read.
    #[inline(never)]
    fn clip(&mut self, len: usize) {
        while self.n > 0 && !self.lie_within(len) {
            self.n -= 1;
        }
    }
}

impl PackedConv2d {
    /// Words of scratch, where it is a product.
    pub fn scratch_of_product<I: Product>(&self) -> usize {
        let patch = self.patch::<I>();
        together::<I>(patch) * patch / 4
    }

    /// Bytes of a window that is copied.
    fn patch<I: Product>(&self) -> usize {
        (self.window() * I::ELEMENT).next_multiple_of(I::VECTOR)
    }
}

/// Bytes of small windows that are copied together.
const ROOM: usize = 256;

/// How many windows are copied together, of so many bytes each: tiles.
fn together<I: Product>(patch: usize) -> usize {
    let tiles = ROOM.checked_div(I::TILE * patch).unwrap_or(0);
    I::TILE * tiles.max(1)
}

/// `y = finish(Σ x · w + bias)`.
#[inline(never)]
pub fn conv2d<I: Product>(
    p: &PackedConv2d,
    x: &[u8],
    packed: &[i32],
    scratch: &mut [i32],
    y: &mut [u8],
) {
    let image = Image::from(&p.conv).of_elements(I::ELEMENT).in_one_row();
    let outputs = p.outputs();
    let isa = I::new(p.window(), outputs, &p.finish);
    let constants = packed.len().checked_div(p.conv.groups).unwrap_or(0);
    let patches = arena::bytes_mut(scratch);
    for item in 0..p.conv.batch {
        for group in 0..p.conv.groups {
            let mut walk = Walk::new(&image, item * image.bytes() + group * image.seen);
            let packed = packed.get(group * constants..).unwrap_or(&[]);
            let at = item * image.windows() * outputs.step + group * outputs.channels;
            let y = y.get_mut(at * I::ELEMENT..).unwrap_or_default();
            compute(p, &isa, x, &mut walk, packed, patches, y);
        }
    }
}

/// Computes the outputs of a group.
#[inline(always)]
fn compute<I: Product>(
    p: &PackedConv2d,
    isa: &I,
    x: &[u8],
    walk: &mut Walk<'_>,
    packed: &[i32],
    patches: &mut [u8],
    y: &mut [u8],
) {
    let image = walk.image();
    let flip = if p.finish.unsigned { 0x80 } else { 0 };
    let gather = p.gather(image, flip);
    let patch = p.patch::<I>();
    let in_place = flip == 0 && gather.runs.is_dense();
    let (mut left, mut at) = (image.windows(), 0);
    while left > 0 {
        let mut windows = Windows {
            x,
            at: walk.at(),
            step: image.step(),
            n: if in_place { walk.inside().min(left) } else { 0 },
        };
        windows.clip(patch);
        if !windows.are_aligned(I::ALIGN) {
            windows.n = 0;
        }
        if windows.n > 0 {
            walk.skip(windows.n);
        } else {
            let n = left.min(together::<I>(patch));
            gather.windows::<I>(x, walk, n, patch, patches);
            windows = Windows {
                x: patches,
                at: 0,
                step: patch,
                n,
            };
        }
        isa.compute(&windows, packed, y.get_mut(at..).unwrap_or_default());
        at += windows.n * p.conv.out_c * I::ELEMENT;
        left -= windows.n;
    }
}
