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
    /// First window computed.
    pub(super) first: usize,
    /// One past the last window computed.
    pub(super) end: usize,
    /// Taps of a window.
    pub(super) kernel: usize,
    /// Input positions from one window to the next.
    pub(super) stride: usize,
    /// Input positions from one tap to the next.
    pub(super) dilation: usize,
    /// Input positions by which the first window starts before the input.
    pub(super) pad: isize,
    /// What becomes of the windows.
    pub(super) output: Output,
    /// Where the taps' weights are.
    pub(super) weights: Weights,
}

/// Where the windows of an axis are stored.
#[derive(Clone, Copy, Debug)]
pub(super) struct Output {
    /// Length of `y` along the axis.
    pub(super) len: usize,
    /// Where the first window computed is stored.
    pub(super) first: usize,
    /// Positions from one to the next.
    pub(super) step: usize,
}

/// Which of the weights along an axis the taps use.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weights {
    /// Length of the weights along the axis.
    pub(super) len: usize,
    /// The first tap's, modulo 2ⁿ.
    pub(super) first: usize,
    /// Positions from one to the next, modulo 2ⁿ.
    pub(super) step: usize,
}

impl Axis {
    /// An axis of length one, along which nothing slides.
    pub(super) const POINT: Axis = Axis::new(1, Rows::all(1), 1, 1, 1, 0);

    /// The windows of `rows`, stored one after the other; every tap has a weight.
    pub(super) const fn new(
        input: usize,
        rows: Rows,
        kernel: usize,
        stride: usize,
        dilation: usize,
        pad: isize,
    ) -> Axis {
        Axis {
            input,
            base: rows.input,
            first: rows.first,
            end: rows.end,
            kernel,
            stride,
            dilation,
            pad,
            output: Output {
                len: rows.end.saturating_sub(rows.first),
                first: 0,
                step: 1,
            },
            weights: Weights {
                len: kernel,
                first: 0,
                step: 1,
            },
        }
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
    /// The windows of a layer over `N` axes; `rows` are those of the first.
    pub(super) fn new<const N: usize>(
        input: [usize; N],
        output: [usize; N],
        kernel: [usize; N],
        stride: [usize; N],
        dilation: [usize; N],
        pad: [isize; N],
        rows: Rows,
    ) -> Windows {
        let mut axes = [Axis::POINT; 3];
        let sizes = input.into_iter().zip(output).zip(kernel);
        let steps = stride.into_iter().zip(dilation).zip(pad);
        let mut rows = Some(rows);
        for (axis, (((input, output), kernel), ((stride, dilation), pad))) in
            axes.iter_mut().skip(3 - N).zip(sizes.zip(steps))
        {
            let rows = rows.take().unwrap_or(Rows::all(output));
            *axis = Axis::new(input, rows, kernel, stride, dilation, pad);
        }
        Windows { axes }
    }

    /// Pixels of one batch item of the input.
    pub(super) fn input_pixels(&self) -> usize {
        self.axes.iter().map(|a| a.input).product()
    }

    /// Pixels of one batch item of `y`.
    pub(super) fn output_pixels(&self) -> usize {
        self.axes.iter().map(|a| a.output.len).product()
    }

    /// Whether `x` and `y` hold the whole layer.
    pub(super) fn is_whole(&self) -> bool {
        self.axes.iter().all(|a| a.base == 0 && a.first == 0)
    }

    /// How many taps of an output fall inside the input.
    pub(super) fn taps(&self, o: [usize; 3]) -> usize {
        let taps = self.axes.iter().zip(o).map(|(axis, o)| axis.taps(o).len());
        taps.product()
    }

    /// How far tap `[kd, ky, kx]` lies from its window's start, in pixels of `x`.
    pub(super) fn tap(&self, kd: usize, ky: usize, kx: usize) -> usize {
        let [d, h, w] = &self.axes;
        ((kd * d.dilation * h.input) + ky * h.dilation) * w.input + kx * w.dilation
    }

    /// Position of the weights of tap `[kd, ky, kx]` among all taps.
    pub(super) fn weight(&self, kd: usize, ky: usize, kx: usize) -> usize {
        let at = |a: &Axis, k: usize| a.weights.first.wrapping_add(k.wrapping_mul(a.weights.step));
        let [d, h, w] = &self.axes;
        (at(d, kd) * h.weights.len + at(h, ky)) * w.weights.len + at(w, kx)
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
        let at = |a: &Axis, o| a.output.first + (o - a.first) * a.output.step;
        let [d, h, w] = &self.axes;
        (at(d, o[0]) * h.output.len + at(h, o[1])) * w.output.len + at(w, o[2])
    }
}

/// A box of outputs whose windows have the same taps inside the input.
pub(super) struct Region<'a> {
    /// The windows it is a part of.
    pub(super) windows: &'a Windows,
    runs: [Run; 3],
}

/// One output.
pub(super) struct Pixel {
    /// Its position in the whole output.
    pub(super) at: [usize; 3],
    /// The pixel of `x` at which its window starts, modulo 2ⁿ.
    pub(super) x: usize,
    /// Its pixel of `y`.
    pub(super) y: usize,
}

/// A few outputs of one region that are computed together.
pub(super) struct Tile<const P: usize> {
    /// For each, the pixel of `x` at which its window starts, modulo 2ⁿ.
    pub(super) x: [usize; P],
    /// For each, its pixel of `y`.
    pub(super) y: [usize; P],
}

impl Region<'_> {
    /// The taps that fall inside the input, along each axis.
    pub(super) fn taps(&self) -> [Range<usize>; 3] {
        let [d, h, w] = &self.runs;
        [d.taps.clone(), h.taps.clone(), w.taps.clone()]
    }

    /// Visits the taps that fall inside the input, with how far each lies from the window's start
    /// in pixels of `x`.
    #[inline(always)]
    pub(super) fn each_tap(&self, mut visit: impl FnMut([usize; 3], usize)) {
        let [d, h, w] = self.taps();
        for kd in d {
            for ky in h.clone() {
                for kx in w.clone() {
                    visit([kd, ky, kx], self.windows.tap(kd, ky, kx));
                }
            }
        }
    }

    /// The outputs in row-major order.
    #[inline(always)]
    pub(super) fn pixels(&self) -> impl Iterator<Item = Pixel> {
        let [d, h, w] = &self.runs;
        let mut next = [d.first, h.first, w.first];
        core::iter::from_fn(move || {
            let at = next;
            (at[0] < d.end).then(|| {
                self.advance(&mut next);
                Pixel {
                    at,
                    x: self.windows.origin(at),
                    y: self.windows.place(at),
                }
            })
        })
    }

    /// Steps to the next output, or beyond the end of the outermost axis.
    #[inline(always)]
    fn advance(&self, o: &mut [usize; 3]) {
        let [_, h, w] = &self.runs;
        o[2] += 1;
        if o[2] == w.end {
            o[2] = w.first;
            o[1] += 1;
            if o[1] == h.end {
                o[1] = h.first;
                o[0] += 1;
            }
        }
    }

    /// Steps to the output before, or from the first to the last.
    #[inline(always)]
    fn retreat(&self, o: &mut [usize; 3]) {
        for (o, run) in o.iter_mut().zip(&self.runs).rev() {
            if *o != run.first {
                *o -= 1;
                return;
            }
            *o = run.end.wrapping_sub(1);
        }
    }

    /// How many outputs there are.
    #[inline(always)]
    fn len(&self) -> usize {
        self.runs.iter().map(|run| run.end - run.first).product()
    }

    /// The outputs in row-major order, `P` at a time across the ends of rows, but for [`rest`](Region::rest).
    #[inline(always)]
    pub(super) fn tiles<const P: usize>(&self) -> Tiles<'_, P> {
        Tiles {
            region: self,
            next: self.runs.each_ref().map(|run| run.first),
            left: self.len() / P,
        }
    }

    /// The last outputs, which do not fill a tile of `P`, one by one.
    #[inline(always)]
    pub(super) fn rest<const P: usize>(&self) -> Rest<'_> {
        Rest {
            region: self,
            last: self.runs.each_ref().map(|run| run.end.wrapping_sub(1)),
            left: self.len() % P,
        }
    }
}

/// Full tiles of a region, in order.
///
/// An iterator of its own, as a closure of `map` would not always be inlined.
pub(super) struct Tiles<'a, const P: usize> {
    region: &'a Region<'a>,
    next: [usize; 3],
    left: usize,
}

impl<const P: usize> Iterator for Tiles<'_, P> {
    type Item = Tile<P>;

    #[inline(always)]
    fn next(&mut self) -> Option<Tile<P>> {
        self.left = self.left.checked_sub(1)?;
        let mut tile = Tile {
            x: [0; P],
            y: [0; P],
        };
        for (x, y) in tile.x.iter_mut().zip(&mut tile.y) {
            let windows = self.region.windows;
            (*x, *y) = (windows.origin(self.next), windows.place(self.next));
            self.region.advance(&mut self.next);
        }
        Some(tile)
    }

    #[inline(always)]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<const P: usize> ExactSizeIterator for Tiles<'_, P> {}

/// Outputs of a region one by one, the last first.
pub(super) struct Rest<'a> {
    region: &'a Region<'a>,
    last: [usize; 3],
    left: usize,
}

impl Iterator for Rest<'_> {
    type Item = Tile<1>;

    #[inline(always)]
    fn next(&mut self) -> Option<Tile<1>> {
        self.left = self.left.checked_sub(1)?;
        let windows = self.region.windows;
        let tile = Tile {
            x: [windows.origin(self.last)],
            y: [windows.place(self.last)],
        };
        self.region.retreat(&mut self.last);
        Some(tile)
    }

    #[inline(always)]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Rest<'_> {}

impl<const P: usize> Tile<P> {
    /// The first rows of a matrix: row `r` is the `r`-th pixel of `y`.
    #[inline(always)]
    pub(super) fn of_rows() -> Tile<P> {
        Tile {
            x: [0; P],
            y: core::array::from_fn(|r| r),
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec;

    /// How often tiles of `P` and what they leave hold each output.
    fn visits<const P: usize>(windows: &Windows) -> vec::Vec<usize> {
        let mut visits = vec![0; windows.output_pixels()];
        windows.regions(|region| {
            let before = (region.tiles::<P>().len() * P, region.rest::<P>().len());
            let mut count = |y: usize| visits[y] += 1;
            let tiles = region.tiles::<P>().flat_map(|tile| tile.y);
            let (tiles, rest) = (tiles.map(&mut count).count(), region.rest::<P>());
            assert_eq!((tiles, rest.map(|tile| count(tile.y[0])).count()), before);
        });
        visits
    }

    #[test]
    fn tiles_and_the_rest_hold_each_output_once() {
        for (height, width, pad) in [(1, 1, 0), (1, 5, 1), (7, 1, 2), (6, 9, 1), (3, 4, 0)] {
            let rows = Rows::all(height);
            let (size, taps) = ([height, width], [3, 3]);
            let windows = Windows::new(size, size, taps, [1, 1], [1, 1], [pad, pad], rows);
            for visits in [
                visits::<1>(&windows),
                visits::<2>(&windows),
                visits::<4>(&windows),
            ] {
                assert_eq!(visits, vec![1; height * width], "{windows:?}");
            }
        }
    }
}
