//! The windows of a spatial layer: where they lie in an image of bytes, and how those that reach beyond it are copied.

use super::super::conv2d::Conv2d;
use super::super::depthwise2d::Depthwise2d;
use super::super::rows::Rows;

/// An image of bytes, its windows, and which of these are computed.
#[derive(Clone, Copy)]
pub struct Image {
    /// Rows and columns.
    pub input: [usize; 2],
    /// Bytes of a pixel.
    pub channels: usize,
    /// Windows of a row.
    pub out_w: usize,
    /// Rows and columns of taps.
    pub kernel: [usize; 2],
    /// Pixels between windows.
    pub stride: [usize; 2],
    /// Pixels between taps.
    pub dilation: [usize; 2],
    /// Pixels by which the first window starts before the image.
    pub pad: [isize; 2],
    /// Rows of windows.
    pub rows: Rows,
}

/// The bytes of a window as they lie in memory: `rows` times `taps` runs of `run` bytes.
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

impl Runs {
    /// One run.
    pub fn single(run: usize) -> Runs {
        Runs::dense(1, 1, run)
    }

    /// Runs without anything between them.
    pub fn dense(rows: usize, taps: usize, run: usize) -> Runs {
        Runs {
            rows,
            row_step: taps * run,
            taps,
            tap_step: run,
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

    /// Bytes of a window.
    pub fn bytes(&self) -> usize {
        self.rows * self.taps * self.run
    }

    /// Bytes from the first of a window to behind the last.
    pub fn reach(&self) -> usize {
        self.rows.saturating_sub(1) * self.row_step
            + self.taps.saturating_sub(1) * self.tap_step
            + self.run
    }

    /// Whether there is nothing between the runs.
    pub fn is_dense(&self) -> bool {
        self.reach() == self.bytes()
    }
}

impl From<&Conv2d> for Image {
    fn from(conv: &Conv2d) -> Self {
        Image {
            input: [conv.in_h, conv.in_w],
            channels: conv.in_c,
            out_w: conv.out_w,
            kernel: conv.kernel,
            stride: conv.stride,
            dilation: conv.dilation,
            pad: [conv.pad_top, conv.pad_left],
            rows: conv.rows,
        }
    }
}

impl From<&Depthwise2d> for Image {
    fn from(conv: &Depthwise2d) -> Self {
        Image {
            input: [conv.in_h, conv.in_w],
            channels: conv.channels,
            out_w: conv.out_w,
            kernel: conv.kernel,
            stride: conv.stride,
            dilation: conv.dilation,
            pad: [conv.pad_top, conv.pad_left],
            rows: conv.rows,
        }
    }
}

impl Image {
    /// Bytes of the whole image.
    pub fn bytes(&self) -> usize {
        self.input[0] * self.input[1] * self.channels
    }

    /// Windows that are computed.
    pub fn windows(&self) -> usize {
        self.out_w * self.rows.end.saturating_sub(self.rows.first)
    }

    /// A run for each tap.
    pub fn taps(&self) -> Runs {
        let Image {
            input,
            channels,
            kernel,
            dilation,
            ..
        } = *self;
        Runs {
            rows: kernel[0],
            row_step: dilation[0] * input[1] * channels,
            taps: kernel[1],
            tap_step: dilation[1] * channels,
            run: channels,
        }
    }

    /// The same, but taps without anything between them are one run.
    pub fn runs(&self) -> Runs {
        let taps = self.taps();
        match taps.tap_step == taps.run {
            true => Runs {
                taps: 1,
                run: taps.taps * taps.run,
                ..taps
            },
            false => taps,
        }
    }

    /// Bytes from one window to the next in its row.
    pub fn step(&self) -> usize {
        self.stride[1] * self.channels
    }

    /// The same windows in one row, if each is a pixel and the next one the next.
    pub fn in_one_row(self) -> Image {
        let rows = self.rows;
        let same = self.kernel == [1, 1]
            && self.stride == [1, 1]
            && self.pad == [0, 0]
            && self.out_w == self.input[1]
            && rows.end <= self.input[0];
        if !same {
            return self;
        }
        Image {
            input: [1, self.bytes() / self.channels.max(1)],
            out_w: self.windows(),
            pad: [
                0,
                -((rows.first.wrapping_sub(rows.input) * self.out_w) as isize),
            ],
            rows: Rows::all(1),
            ..self
        }
    }
}

/// A window: where it starts in the image, in pixels.
#[derive(Clone, Copy)]
pub struct Window {
    top: isize,
    left: isize,
    /// The byte of `x`, modulo 2ⁿ.
    pub at: usize,
}

/// Windows of one image in the order of outputs.
#[derive(Clone, Copy)]
pub struct Walk<'a> {
    image: &'a Image,
    next: Window,
    column: usize,
    /// Bytes from the last window of a row to the first of the next.
    turn: usize,
    /// One past the last row in which a window starts that is inside the image.
    bottom: usize,
    /// The first window of a row that is inside, and one past the last.
    inside: [usize; 2],
}

/// How many of `places` that lie `stride` apart and start at `first` lie below `end`.
fn below(end: isize, first: isize, stride: usize, places: usize) -> usize {
    let room = end.wrapping_sub(first).max(0) as usize;
    room.div_ceil(stride.max(1)).min(places)
}

impl<'a> Walk<'a> {
    /// The windows of the image that begins at byte `base` of `x`.
    pub fn new(image: &'a Image, base: usize) -> Self {
        let Image {
            input,
            channels,
            out_w,
            kernel,
            stride,
            dilation,
            pad,
            rows,
        } = *image;
        let top = ((rows.first * stride[0]) as isize).wrapping_sub(pad[0]);
        let left = 0isize.wrapping_sub(pad[1]);
        let row = (top as usize)
            .wrapping_sub(rows.input)
            .wrapping_mul(input[1]);
        let at = row
            .wrapping_add(left as usize)
            .wrapping_mul(channels)
            .wrapping_add(base);
        // One past the last place in which a window starts that is inside.
        let end = |axis: usize| {
            let extent = kernel[axis].saturating_sub(1) * dilation[axis];
            input[axis].saturating_sub(extent)
        };
        let first = below(0, left, stride[1], out_w);
        let last = below(end(1) as isize, left, stride[1], out_w);
        Walk {
            image,
            next: Window { top, left, at },
            column: 0,
            turn: (stride[0] * input[1])
                .wrapping_sub(out_w * stride[1])
                .wrapping_mul(channels),
            bottom: end(0),
            inside: [first, last],
        }
    }

    /// How many windows lie inside the image from the next one on: such as are neighbours in a row.
    #[inline(always)]
    pub fn inside(&self) -> usize {
        let [first, end] = self.inside;
        match (self.next.top as usize) < self.bottom && self.column >= first {
            true => end.saturating_sub(self.column),
            false => 0,
        }
    }

    /// The byte of `x` where the next window starts, modulo 2ⁿ.
    #[inline(always)]
    pub fn at(&self) -> usize {
        self.next.at
    }

    /// The next window.
    #[inline(always)]
    pub fn take(&mut self) -> Window {
        self.skip(1)
    }

    /// The next of `n` windows of a row, behind which the walk goes on.
    #[inline(always)]
    pub fn skip(&mut self, n: usize) -> Window {
        let (image, window) = (self.image, self.next);
        self.next.left += (n * image.stride[1]) as isize;
        self.next.at = window.at.wrapping_add(n * image.step());
        self.column += n;
        if self.column >= image.out_w {
            self.column = 0;
            self.next.left = 0isize.wrapping_sub(image.pad[1]);
            self.next.top += image.stride[0] as isize;
            self.next.at = self.next.at.wrapping_add(self.turn);
        }
        window
    }
}

/// Rows of bytes to be copied.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Rectangle {
    /// The first byte.
    pub from: usize,
    /// Bytes from one row to the next.
    pub from_step: usize,
    /// Where the first byte goes.
    pub to: usize,
    /// Bytes from one row to the next, there.
    pub to_step: usize,
    /// Bytes of a row.
    pub len: usize,
    /// Rows.
    pub rows: usize,
}

/// How an instruction set copies.
pub trait Copy2d {
    /// Copies a rectangle and turns the bits of `flip` in every byte.
    fn copy(x: &[u8], rectangle: &Rectangle, flip: u8, to: &mut [u8]) {
        let r = *rectangle;
        for row in 0..r.rows {
            let from = r.from.wrapping_add(row.wrapping_mul(r.from_step));
            let x = x.get(from..).and_then(|x| x.get(..r.len));
            let to = to.get_mut(r.to + row * r.to_step..);
            if let (Some(x), Some(to)) = (x, to.and_then(|to| to.get_mut(..r.len))) {
                to.copy_from_slice(x);
                if flip != 0 {
                    to.iter_mut().for_each(|byte| *byte ^= flip);
                }
            }
        }
    }
}

/// How windows are copied.
pub struct Gather {
    /// The bytes of a window: [`Image::runs`].
    pub runs: Runs,
    /// The byte that padding is.
    pub zero: u8,
    /// What is turned in every byte.
    pub flip: u8,
}

impl Gather {
    /// Copies the next window, with what stands for 0 where it reaches beyond the image.
    #[inline(never)]
    pub fn window<I: Copy2d>(&self, x: &[u8], walk: &mut Walk<'_>, patch: &mut [u8]) {
        let (image, window) = (walk.image, walk.take());
        let (runs, [height, width]) = (self.runs, image.input.map(|n| n as isize));
        let [down, right] = image.dilation;
        let first = below(0, window.top, down, runs.rows);
        let last = below(height, window.top, down, runs.rows).max(first);
        let columns = (runs.run / image.channels.max(1)) as isize;
        let reach = (runs.taps.saturating_sub(1) * right) as isize + columns;
        let is_inside =
            last - first == runs.rows && window.left >= 0 && window.left + reach <= width;
        if !is_inside {
            let patch = patch.get_mut(..runs.bytes()).unwrap_or_default();
            patch.fill(self.zero ^ self.flip);
        }
        for tap in 0..runs.taps {
            let left = window.left + (tap * right) as isize;
            let before = 0isize.wrapping_sub(left).max(0).min(columns) as usize * image.channels;
            let end = width.wrapping_sub(left).max(0).min(columns) as usize * image.channels;
            let rectangle = Rectangle {
                from: window
                    .at
                    .wrapping_add(first * runs.row_step + tap * runs.tap_step + before),
                from_step: runs.row_step,
                to: (first * runs.taps + tap) * runs.run + before,
                to_step: runs.taps * runs.run,
                len: end.saturating_sub(before),
                rows: last - first,
            };
            if rectangle.len > 0 && rectangle.rows > 0 {
                I::copy(x, &rectangle, self.flip, patch);
            }
        }
    }
}
