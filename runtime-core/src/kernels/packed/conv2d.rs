//! Convolution over bytes with constants packed for an instruction set: which windows there are, and what they see.
//!
//! Outputs are computed a tile at a time, in order. A window that lies inside the image is read where it lies; one that
//! reaches beyond is copied first, with the element that stands for 0 around it, so that no tap has to be left out and
//! zero points are in the bias. A fully connected layer is a convolution of images of one pixel.

use super::super::super::arena;
pub use super::super::conv2d::Conv2d;
use super::super::rows::{ByRows, Rows, Span};
pub use super::finish::Finish;

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

/// The elements of a window as they lie in memory: `rows` times `taps` runs of `run` bytes.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Runs {
    /// Rows of taps.
    pub rows: usize,
    /// Bytes from one row to the next.
    pub row_step: usize,
    /// Runs of a row.
    pub taps: usize,
    /// Bytes from one run to the next.
    pub tap_step: usize,
    /// Bytes of a run.
    pub run: usize,
}

/// The inner loops of a convolution on some instruction set, made ready for a layer.
pub trait Columns: Sized {
    /// The most outputs that are computed together: one, two or four.
    const TILE: usize;
    /// Bytes of which runs have to be a multiple, so that they are laid out from where they are.
    const RUN: usize;

    /// Words of scratch that the windows of a tile take, of `len` bytes each.
    fn words(len: usize) -> usize;

    /// Made ready for windows of `len` bytes, and so many channels.
    fn new(len: usize, channels: usize, finish: &Finish) -> Self;

    /// Lays out the windows that start at these bytes of `x`, one or `TILE`.
    fn load(&self, x: &[u8], at: &[usize], runs: &Runs, windows: &mut [i32]);

    /// Copies a window that lies inside the image, and whose runs are no multiples of `RUN`.
    #[inline(always)]
    fn copy(x: &[u8], at: usize, runs: &Runs, bytes: &mut [u8]) {
        runs.copy(x, at, bytes);
    }

    /// Computes the channels of one output, or of `TILE`: as many as `y` has room for.
    fn compute(&self, windows: &[i32], packed: &[i32], y: &mut [u8]);
}

impl Runs {
    /// One run.
    fn single(run: usize) -> Runs {
        Runs {
            rows: 1,
            row_step: 0,
            taps: 1,
            tap_step: 0,
            run,
        }
    }

    /// Copies the runs of a window one after the other.
    #[inline(always)]
    pub fn copy(&self, x: &[u8], at: usize, bytes: &mut [u8]) {
        let (mut bytes, mut row) = (bytes, at);
        for _ in 0..self.rows {
            let mut from = row;
            for _ in 0..self.taps {
                let split = core::mem::take(&mut bytes).split_at_mut_checked(self.run);
                let Some((run, rest)) = split else { return };
                let Some(x) = x.get(from..).and_then(|x| x.get(..run.len())) else {
                    return;
                };
                run.copy_from_slice(x);
                bytes = rest;
                from = from.wrapping_add(self.tap_step);
            }
            row = row.wrapping_add(self.row_step);
        }
    }

    /// Bytes from the first of a window to behind the last.
    pub fn reach(&self) -> usize {
        (self.rows - 1) * self.row_step + (self.taps - 1) * self.tap_step + self.run
    }
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

    fn runs(&self) -> Runs {
        let Conv2d {
            in_w,
            in_c,
            kernel,
            dilation,
            ..
        } = self.conv;
        // Taps without a gap between them are one run.
        let (taps, run) = match dilation[1] {
            1 => (1, kernel[1] * in_c),
            _ => (kernel[1], in_c),
        };
        Runs {
            rows: kernel[0],
            row_step: dilation[0] * in_w * in_c,
            taps,
            tap_step: dilation[1] * in_c,
            run,
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

/// A window: where it starts in the image, in pixels.
#[derive(Clone, Copy)]
struct Window {
    top: isize,
    left: isize,
    /// The byte of `x`, modulo 2ⁿ.
    at: usize,
}

/// Windows of one image in the order of outputs.
#[derive(Clone, Copy)]
struct Walk<'a> {
    conv: &'a Conv2d,
    next: Window,
    /// Windows of the row that are left.
    left: usize,
    /// Bytes from the last window of a row to the first of the next.
    turn: usize,
    /// The last places in which a window starts that is inside the image.
    inside: [usize; 2],
    step: usize,
}

impl<'a> Walk<'a> {
    /// The windows of the image that begins at byte `image` of `x`.
    fn new(conv: &'a Conv2d, image: usize) -> Self {
        let Conv2d {
            in_h,
            in_w,
            in_c,
            kernel,
            stride,
            dilation,
            rows,
            ..
        } = *conv;
        let top = ((rows.first * stride[0]) as isize).wrapping_sub(conv.pad_top);
        let left = 0isize.wrapping_sub(conv.pad_left);
        let row = (top as usize).wrapping_sub(rows.input).wrapping_mul(in_w);
        let at = row
            .wrapping_add(left as usize)
            .wrapping_mul(in_c)
            .wrapping_add(image);
        let last = |input: usize, axis: usize| {
            let extent = (kernel[axis] - 1) * dilation[axis];
            // Behind the input, no window is inside.
            input.checked_sub(extent + 1).map_or(0, |last| last + 1)
        };
        Walk {
            next: Window { top, left, at },
            left: conv.out_w,
            turn: (stride[0] * in_w)
                .wrapping_sub(conv.out_w * stride[1])
                .wrapping_mul(in_c),
            inside: [last(in_h, 0), last(in_w, 1)],
            step: stride[1] * in_c,
            conv,
        }
    }

    /// Whether the next window lies inside the image.
    #[inline(always)]
    fn is_inside(&self) -> bool {
        (self.next.top as usize) < self.inside[0] && (self.next.left as usize) < self.inside[1]
    }

    /// Goes on behind the next window.
    #[inline(always)]
    fn step(&mut self) {
        let conv = self.conv;
        self.next.left = self.next.left.wrapping_add(conv.stride[1] as isize);
        self.next.at = self.next.at.wrapping_add(self.step);
        self.left -= 1;
        if self.left == 0 {
            self.left = conv.out_w;
            self.next.left = 0isize.wrapping_sub(conv.pad_left);
            self.next.top = self.next.top.wrapping_add(conv.stride[0] as isize);
            self.next.at = self.next.at.wrapping_add(self.turn);
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
    let conv = &p.conv;
    let Some((windows, patches)) = scratch.split_at_mut_checked(I::words(p.len())) else {
        return;
    };
    let mut tiles = Tiles {
        layer: p,
        len: p.len(),
        isa: I::new(p.len(), conv.out_c, &p.finish),
        runs: p.runs(),
        direct: p.runs().run.is_multiple_of(I::RUN),
        x,
        packed,
        windows,
        patches: arena::bytes_mut(patches),
        y,
    };
    let pixels = conv.out_w * conv.rows.end.saturating_sub(conv.rows.first);
    let mut image = 0;
    for _ in 0..conv.batch {
        let mut walk = Walk::new(conv, image);
        image += conv.in_h * conv.in_w * conv.in_c;
        let mut left = pixels;
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
    layer: &'a PackedConv2d,
    /// Bytes of a window.
    len: usize,
    isa: I,
    runs: Runs,
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
            *at = walk.next.at;
            inside &= walk.is_inside();
            walk.step();
        }
        match inside {
            true => self.isa.load(self.x, &at, &self.runs, self.windows),
            false => self.gather::<N>(start),
        }
        let y = core::mem::take(&mut self.y);
        let split = y.split_at_mut_checked(N * self.layer.conv.out_c);
        let Some((tile, rest)) = split else { return };
        self.isa.compute(self.windows, self.packed, tile);
        self.y = rest;
    }

    /// Lays out copies of the next windows.
    #[inline(never)]
    fn gather<const N: usize>(&mut self, mut walk: Walk<'_>) {
        let patch = self.len.next_multiple_of(4);
        let at: [usize; N] = core::array::from_fn(|i| i * patch);
        for &at in &at {
            let bytes = self
                .patches
                .get_mut(at..)
                .and_then(|p| p.get_mut(..self.len));
            let bytes = bytes.unwrap_or_default();
            match walk.is_inside() {
                true => I::copy(self.x, walk.next.at, &self.runs, bytes),
                false => gather(self.layer, &self.runs, self.x, &walk.next, bytes),
            }
            walk.step();
        }
        let runs = Runs::single(self.len.next_multiple_of(I::RUN));
        self.isa.load(self.patches, &at, &runs, self.windows);
    }
}

/// Copies a window, with what stands for 0 where it reaches beyond the image.
#[inline(never)]
fn gather(p: &PackedConv2d, runs: &Runs, x: &[u8], window: &Window, bytes: &mut [u8]) {
    let Conv2d {
        in_h,
        in_w,
        in_c,
        dilation,
        ..
    } = p.conv;
    let (mut bytes, mut row) = (bytes, window.at);
    let mut y = window.top;
    for _ in 0..runs.rows {
        let (mut at, mut left) = (row, window.left);
        for _ in 0..runs.taps {
            let split = core::mem::take(&mut bytes).split_at_mut_checked(runs.run);
            let Some((run, rest)) = split else { return };
            let reach = if (y as usize) < in_h { in_w } else { 0 };
            copy(run, in_c, x, at, left, reach, p.zero_x);
            bytes = rest;
            left += dilation[1] as isize;
            at = at.wrapping_add(runs.tap_step);
        }
        y += dilation[0] as isize;
        row = row.wrapping_add(runs.row_step);
    }
}

/// Copies neighbouring pixels from column `left` on of a row that has `columns`, and fills what lies beyond these.
#[inline(always)]
fn copy(run: &mut [u8], in_c: usize, x: &[u8], at: usize, left: isize, columns: usize, zero: u8) {
    let before = (0isize.wrapping_sub(left).max(0) as usize)
        .wrapping_mul(in_c)
        .min(run.len());
    let end = ((columns as isize).wrapping_sub(left).max(0) as usize)
        .wrapping_mul(in_c)
        .min(run.len());
    let end = end.max(before);
    let from = at.wrapping_add(before);
    if let Some(inside) = run.get_mut(before..end)
        && let Some(x) = x.get(from..).and_then(|x| x.get(..inside.len()))
    {
        inside.copy_from_slice(x);
    }
    run.get_mut(..before).unwrap_or_default().fill(zero);
    run.get_mut(end..).unwrap_or_default().fill(zero);
}
