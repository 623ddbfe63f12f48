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
    /// Bytes of a pixel that belong to a window.
    pub seen: usize,
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

/// Where the channels of outputs go.
#[derive(Clone, Copy)]
pub struct OutputSpan {
    /// Channels that are computed.
    pub channels: usize,
    /// Channels from one output to the next.
    pub step: usize,
}

impl OutputSpan {
    /// Channels from the first of `n` outputs to behind the last.
    #[inline(always)]
    pub fn reach(&self, n: usize) -> usize {
        let last = n.saturating_sub(1).wrapping_mul(self.step);
        last.wrapping_add(self.channels)
    }
}

impl From<&Conv2d> for Image {
    fn from(conv: &Conv2d) -> Self {
        Image {
            input: [conv.in_h, conv.in_w],
            channels: conv.in_c,
            seen: conv.in_c.checked_div(conv.groups).unwrap_or(0),
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
            seen: conv.channels,
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
    /// The same with elements of so many bytes.
    pub fn of_elements(self, bytes: usize) -> Self {
        Image {
            channels: self.channels * bytes,
            seen: self.seen * bytes,
            ..self
        }
    }

    /// Bytes of the whole image.
    pub fn bytes(&self) -> usize {
        self.input[0] * self.input[1] * self.channels
    }

    /// Whether no window of so many rows of them reaches beyond the image.
    pub fn holds_windows(&self, rows: usize) -> bool {
        let outputs = [rows, self.out_w];
        (0..2).all(|axis| {
            let last = outputs[axis].saturating_sub(1) * self.stride[axis];
            let extent = self.kernel[axis].saturating_sub(1) * self.dilation[axis];
            let end = (last + extent) as isize - self.pad[axis];
            self.pad[axis] <= 0 && end < self.input[axis] as isize
        })
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
            seen,
            kernel,
            dilation,
            ..
        } = *self;
        Runs {
            rows: kernel[0],
            row_step: dilation[0] * input[1] * channels,
            taps: kernel[1],
            tap_step: dilation[1] * channels,
            run: seen,
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
            ..
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

    /// The image.
    #[inline(always)]
    pub fn image(&self) -> &'a Image {
        self.image
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

/// Blocks of bytes to be copied, each of them rows.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Blocks {
    /// The first byte.
    pub from: usize,
    /// Where it goes.
    pub to: usize,
    /// Blocks; bytes from one to the next; and where they go.
    pub blocks: Steps,
    /// Rows of a block.
    pub rows: Steps,
    /// Bytes of a row.
    pub len: usize,
}

/// How many of something there are, how far one is from the next, and how far where it goes.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Steps {
    /// How many.
    pub count: usize,
    /// Bytes from one to the next.
    pub from: usize,
    /// Bytes from one to the next, there.
    pub to: usize,
}

impl Steps {
    /// One.
    pub const ONE: Steps = Steps {
        count: 1,
        from: 0,
        to: 0,
    };
}

impl Blocks {
    /// Copies them and turns the bits of `flip` in every byte.
    pub fn copy(&self, x: &[u8], flip: u8, to: &mut [u8]) {
        let Blocks {
            blocks, rows, len, ..
        } = *self;
        for block in 0..blocks.count {
            for row in 0..rows.count {
                let from = block * blocks.from + row * rows.from;
                let x = x.get(self.from.wrapping_add(from)..);
                let x = x.and_then(|x| x.get(..len));
                let place = self.to + block * blocks.to + row * rows.to;
                let to = to.get_mut(place..).and_then(|to| to.get_mut(..len));
                if let (Some(x), Some(to)) = (x, to) {
                    to.copy_from_slice(x);
                    if flip != 0 {
                        to.iter_mut().for_each(|byte| *byte ^= flip);
                    }
                }
            }
        }
    }

    /// One past the last byte, and one past the last where they go; `None` if there are none.
    #[inline(always)]
    pub fn ends(&self) -> Option<[usize; 2]> {
        let last = |of: fn(&Steps) -> usize| {
            let blocks = self
                .blocks
                .count
                .checked_sub(1)?
                .wrapping_mul(of(&self.blocks));
            let rows = self.rows.count.checked_sub(1)?.wrapping_mul(of(&self.rows));
            Some(blocks.wrapping_add(rows).wrapping_add(self.len))
        };
        let from = self.from.checked_add(last(|steps| steps.from)?)?;
        let to = self.to.checked_add(last(|steps| steps.to)?)?;
        (self.len > 0).then_some([from, to])
    }
}

/// How an instruction set copies.
pub trait Copy2d {
    /// Lets all bytes be alike.
    #[inline(always)]
    fn fill(byte: u8, to: &mut [u8]) {
        to.fill(byte);
    }

    /// Copies blocks and turns the bits of `flip` in every byte.
    fn copy(x: &[u8], blocks: &Blocks, flip: u8, to: &mut [u8]) {
        blocks.copy(x, flip, to);
    }
}

/// How windows are copied.
pub struct PatchCopy {
    /// The bytes of a window: [`Image::runs`].
    pub runs: Runs,
    /// The byte that padding is.
    pub zero: u8,
    /// What is turned in every byte.
    pub flip: u8,
}

impl PatchCopy {
    /// Copies the next `n` windows, each to a patch of so many bytes, with what stands for 0 where they reach beyond the
    /// image.
    #[inline(never)]
    pub fn windows<I: Copy2d>(
        &self,
        x: &[u8],
        walk: &mut Walk<'_>,
        n: usize,
        patch: usize,
        patches: &mut [u8],
    ) {
        let mut next = 0;
        while next < n {
            let inside = walk.inside().min(n - next);
            let to = patches.get_mut(next * patch..).unwrap_or_default();
            if inside > 0 {
                self.inside::<I>(x, walk, inside, patch, to);
                next += inside;
            } else {
                self.border::<I>(walk.image, x, &walk.take(), to);
                next += 1;
            }
        }
    }

    /// Copies windows that lie inside the image.
    #[inline(always)]
    fn inside<I: Copy2d>(
        &self,
        x: &[u8],
        walk: &mut Walk<'_>,
        n: usize,
        patch: usize,
        patches: &mut [u8],
    ) {
        let (runs, step) = (&self.runs, walk.image.step());
        let window = walk.skip(n);
        for tap in 0..runs.taps {
            let blocks = Blocks {
                from: window.at + tap * runs.tap_step,
                to: tap * runs.run,
                blocks: Steps {
                    count: n,
                    from: step,
                    to: patch,
                },
                rows: self.rows(runs.rows),
                len: runs.run,
            };
            I::copy(x, &blocks, self.flip, patches);
        }
    }

    /// Some rows of a window.
    #[inline(always)]
    fn rows(&self, count: usize) -> Steps {
        Steps {
            count,
            from: self.runs.row_step,
            to: self.runs.taps * self.runs.run,
        }
    }

    /// Copies a window that reaches beyond the image.
    #[inline(never)]
    fn border<I: Copy2d>(&self, image: &Image, x: &[u8], window: &Window, patch: &mut [u8]) {
        let (runs, [height, width]) = (self.runs, image.input.map(|n| n as isize));
        let [down, right] = image.dilation;
        let first = below(0, window.top, down, runs.rows);
        let last = below(height, window.top, down, runs.rows).max(first);
        let columns = (runs.run / image.seen.max(1)) as isize;
        let all = patch.get_mut(..runs.bytes()).unwrap_or_default();
        I::fill(self.zero ^ self.flip, all);
        for tap in 0..runs.taps {
            let left = window.left + (tap * right) as isize;
            let before = 0isize.wrapping_sub(left).max(0).min(columns) as usize * image.seen;
            let end = width.wrapping_sub(left).max(0).min(columns) as usize * image.seen;
            let from = first * runs.row_step + tap * runs.tap_step + before;
            let blocks = Blocks {
                from: window.at.wrapping_add(from),
                to: (first * runs.taps + tap) * runs.run + before,
                blocks: Steps::ONE,
                rows: self.rows(last - first),
                len: end.saturating_sub(before),
            };
            I::copy(x, &blocks, self.flip, patch);
        }
    }
}
