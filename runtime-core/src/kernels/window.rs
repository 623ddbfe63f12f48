//! Where sliding windows fall: the geometry that convolutions and pools share.
//!
//! Outputs are visited region by region. A region is a box of outputs whose windows overlap the
//! input in the same taps, so that nothing has to be asked per tap: the interior is one region, and
//! padding makes a few thin ones around it. Everything is stated for three axes; a layer over
//! images has a first axis of length one.

use super::rows::Rows;
use core::ops::Range;

/// One spatial axis: its windows, and which of them are computed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    /// Length of the whole input.
    pub(super) input: usize,
    /// The input position at which `x` begins.
    pub(super) base: usize,
    /// First output computed; `y` begins with it.
    pub(super) first: usize,
    /// One past the last output computed.
    pub(super) end: usize,
    /// Taps of a window.
    pub(super) kernel: usize,
    /// Input positions from one window to the next.
    pub(super) stride: usize,
    /// Input positions from one tap to the next.
    pub(super) dilation: usize,
    /// Input positions by which the first window starts before the input.
    pub(super) pad: isize,
}

impl Axis {
    /// An axis of length one, along which nothing slides.
    pub(super) const POINT: Axis = Axis::whole(1, 1, 1, 1, 1, 0);

    /// An axis of which all outputs are computed.
    pub(super) const fn whole(
        input: usize,
        output: usize,
        kernel: usize,
        stride: usize,
        dilation: usize,
        pad: isize,
    ) -> Axis {
        Axis {
            input,
            base: 0,
            first: 0,
            end: output,
            kernel,
            stride,
            dilation,
            pad,
        }
    }

    /// Number of outputs computed.
    pub(super) fn outputs(&self) -> usize {
        self.end.saturating_sub(self.first)
    }

    /// Where the window of output `o` starts in the input.
    pub(super) fn start(&self, o: usize) -> isize {
        (o.wrapping_mul(self.stride) as isize).wrapping_sub(self.pad)
    }

    /// The taps of output `o` that fall inside the input.
    pub(super) fn taps(&self, o: usize) -> Range<usize> {
        let step = self.dilation as isize;
        let mut at = self.start(o);
        let mut last = at.wrapping_add((self.kernel as isize).wrapping_sub(1).wrapping_mul(step));
        let (mut lo, mut hi) = (0, self.kernel);
        while lo < hi && at < 0 {
            at = at.wrapping_add(step);
            lo += 1;
        }
        while lo < hi && last >= self.input as isize {
            last = last.wrapping_sub(step);
            hi -= 1;
        }
        lo..hi
    }

    /// The longest run of outputs from `first` whose windows have the same taps inside.
    fn run(&self, first: usize) -> Run {
        let taps = self.taps(first);
        let mut end = first + 1;
        while end < self.end && self.taps(end) == taps {
            end += 1;
        }
        Run { first, end, taps }
    }

    /// Consecutive runs that make up all outputs computed.
    fn runs(&self) -> impl Iterator<Item = Run> {
        let mut next = self.first;
        core::iter::from_fn(move || {
            let run = (next < self.end).then(|| self.run(next))?;
            next = run.end;
            Some(run)
        })
    }
}

/// Outputs of one axis whose windows have the same taps inside the input.
#[derive(Clone, Debug)]
struct Run {
    first: usize,
    end: usize,
    taps: Range<usize>,
}

/// The windows of a layer, outermost axis first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Windows {
    /// The axes: depth, height, width.
    pub(super) axes: [Axis; 3],
}

impl Windows {
    /// The windows of a layer over images; sizes are rows, then columns.
    pub(super) fn image(
        input: [usize; 2],
        out_w: usize,
        kernel: [usize; 2],
        stride: [usize; 2],
        dilation: [usize; 2],
        pad: [isize; 2],
        rows: Rows,
    ) -> Windows {
        let axis = |i: usize, output: usize| {
            Axis::whole(input[i], output, kernel[i], stride[i], dilation[i], pad[i])
        };
        let vertical = Axis {
            base: rows.input,
            first: rows.first,
            ..axis(0, rows.end)
        };
        Windows {
            axes: [Axis::POINT, vertical, axis(1, out_w)],
        }
    }

    /// Pixels of one batch item of the input.
    pub(super) fn input_pixels(&self) -> usize {
        self.axes.iter().map(|a| a.input).product()
    }

    /// Pixels of one batch item that are computed.
    pub(super) fn output_pixels(&self) -> usize {
        self.axes.iter().map(|a| a.outputs()).product()
    }

    /// Whether outputs or inputs of some axis are only a part of the layer.
    pub(super) fn is_whole(&self) -> bool {
        self.axes.iter().all(|a| a.base == 0 && a.first == 0)
    }

    /// How far tap `[kd, ky, kx]` lies from its window's start, in pixels of `x`.
    pub(super) fn tap(&self, kd: usize, ky: usize, kx: usize) -> usize {
        let [d, h, w] = &self.axes;
        ((kd * d.dilation * h.input) + ky * h.dilation) * w.input + kx * w.dilation
    }

    /// Position of tap `[kd, ky, kx]` among all taps of the window.
    pub(super) fn tap_index(&self, kd: usize, ky: usize, kx: usize) -> usize {
        let [_, h, w] = &self.axes;
        (kd * h.kernel + ky) * w.kernel + kx
    }

    /// Visits the regions, which together hold each output computed once.
    #[inline(always)]
    pub(super) fn regions(&self, mut visit: impl FnMut(&Region<'_>)) {
        let [d, h, w] = &self.axes;
        for d in d.runs() {
            for h in h.runs() {
                for w in w.runs() {
                    visit(&Region {
                        windows: self,
                        runs: [d.clone(), h.clone(), w],
                    });
                }
            }
        }
    }

    /// The pixel of `x` (modulo 2ⁿ, where it lies before `x`) at which the window of `o` starts.
    fn origin(&self, o: [usize; 3]) -> usize {
        let at = |a: &Axis, o| (a.start(o) as usize).wrapping_sub(a.base);
        let [d, h, w] = &self.axes;
        at(d, o[0])
            .wrapping_mul(h.input)
            .wrapping_add(at(h, o[1]))
            .wrapping_mul(w.input)
            .wrapping_add(at(w, o[2]))
    }

    /// The pixel of `y` that holds output `o`.
    fn place(&self, o: [usize; 3]) -> usize {
        let [d, h, w] = &self.axes;
        ((o[0] - d.first) * h.outputs() + o[1] - h.first) * w.outputs() + o[2] - w.first
    }
}

/// A box of outputs whose windows have the same taps inside the input.
pub(super) struct Region<'a> {
    /// The windows it is a part of.
    pub(super) windows: &'a Windows,
    runs: [Run; 3],
}

/// A few outputs of one region that are computed together.
pub(super) struct Tile<const P: usize> {
    /// For each, the pixel of `x` at which its window starts, modulo 2ⁿ.
    pub(super) x: [usize; P],
    /// For each, its pixel of `y`.
    pub(super) y: [usize; P],
    /// How many there are; the last is repeated in the rest of the arrays.
    pub(super) len: usize,
}

impl<const P: usize> Tile<P> {
    /// The outputs one by one.
    #[inline(always)]
    pub(super) fn each(&self) -> impl Iterator<Item = Tile<1>> {
        let outputs = self.x.iter().zip(&self.y).take(self.len);
        outputs.map(|(&x, &y)| Tile {
            x: [x],
            y: [y],
            len: 1,
        })
    }
}

impl Region<'_> {
    /// The taps that fall inside the input, along each axis.
    pub(super) fn taps(&self) -> [Range<usize>; 3] {
        let [d, h, w] = &self.runs;
        [d.taps.clone(), h.taps.clone(), w.taps.clone()]
    }

    /// Visits the outputs in row-major order, `P` at a time across the ends of rows.
    #[inline(always)]
    pub(super) fn tiles<const P: usize>(&self, mut visit: impl FnMut(&Tile<P>)) {
        let [d, h, w] = &self.runs;
        let mut o = [d.first, h.first, w.first];
        let mut left = (d.end - d.first) * (h.end - h.first) * (w.end - w.first);
        while left > 0 {
            let mut tile = Tile {
                x: [0; P],
                y: [0; P],
                len: if left < P { left } else { P },
            };
            for (i, (x, y)) in tile.x.iter_mut().zip(&mut tile.y).enumerate() {
                *x = self.windows.origin(o);
                *y = self.windows.place(o);
                if i + 1 < tile.len {
                    self.advance(&mut o);
                }
            }
            visit(&tile);
            self.advance(&mut o);
            left -= tile.len;
        }
    }

    /// Steps to the next output of the region.
    #[inline(always)]
    fn advance(&self, o: &mut [usize; 3]) {
        for (o, run) in o.iter_mut().zip(&self.runs).rev() {
            *o += 1;
            if *o < run.end {
                return;
            }
            *o = run.first;
        }
    }
}
