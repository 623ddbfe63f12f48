//! Convolution over images, with bias, residual and activation.

use super::activation::{Activation, specialise};
use super::conv::{Channels, conv};
pub use super::rows::Rows;
use super::rows::{ByRows, Span, extent};
use super::window::Windows;

/// Shapes of `x[batch, in_h, in_w, in_c]`, `w[kernel.., in_c / groups, out_c]` and
/// `y[batch, out_h, out_w, out_c]`.
///
/// Padding is zero and implied: the windows start at `-pad_top`, `-pad_left`, and however far the
/// last ones reach, taps outside the input count as zero. A convolution over sequences has a height
/// of one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conv2d {
    /// Batch items.
    pub batch: usize,
    /// Rows of the whole input.
    pub in_h: usize,
    /// Columns of the input.
    pub in_w: usize,
    /// Channels of the input.
    pub in_c: usize,
    /// Rows of the whole output.
    pub out_h: usize,
    /// Columns of the output.
    pub out_w: usize,
    /// Channels of the output.
    pub out_c: usize,
    /// Groups of channels; divides both channel counts.
    pub groups: usize,
    /// Taps, vertically and horizontally.
    pub kernel: [usize; 2],
    /// Input pixels between windows.
    pub stride: [usize; 2],
    /// Input pixels between taps.
    pub dilation: [usize; 2],
    /// Rows of padding above.
    pub pad_top: isize,
    /// Columns of padding on the left.
    pub pad_left: isize,
    /// Applied to each result.
    pub activation: Activation,
    /// The output rows computed.
    pub rows: Rows,
}

impl Conv2d {
    pub(super) fn windows(&self) -> Windows {
        Windows::new(
            [self.in_h, self.in_w],
            [self.out_h, self.out_w],
            self.kernel,
            self.stride,
            self.dilation,
            [self.pad_top, self.pad_left],
            self.rows,
        )
    }

    pub(super) fn channels(&self) -> Channels {
        Channels {
            in_c: self.in_c,
            out_c: self.out_c,
            groups: self.groups,
        }
    }
}

impl ByRows for Conv2d {
    fn span(&self) -> Option<Span> {
        (self.batch == 1).then_some(Span {
            input: self.in_h,
            output: self.out_h,
            extent: extent(self.kernel[0], self.dilation[0]),
            stride: self.stride[0],
            pad: self.pad_top,
        })
    }

    fn at(self, rows: Rows) -> Self {
        Conv2d { rows, ..self }
    }
}

/// `y = activation(conv(x, w) + bias)`; `bias` has `out_c` elements, or none.
#[inline(always)]
pub fn conv2d_f32(p: &Conv2d, x: &[f32], w: &[f32], bias: &[f32], y: &mut [f32]) {
    let shape = (&p.windows(), &p.channels());
    specialise!(p.activation, f => conv(shape, f, false, (x, w, bias), y));
}

/// `y = activation(y + conv(x, w) + bias)`.
#[inline(always)]
pub fn conv2d_add_f32(p: &Conv2d, x: &[f32], w: &[f32], bias: &[f32], y: &mut [f32]) {
    let shape = (&p.windows(), &p.channels());
    specialise!(p.activation, f => conv(shape, f, true, (x, w, bias), y));
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec;
    use std::vec::Vec;

    /// A small generator of numbers, the same on every run.
    struct Random(u64);

    impl Random {
        fn below(&mut self, n: usize) -> usize {
            self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1);
            (self.0 >> 33) as usize % n
        }
        fn between(&mut self, lo: usize, hi: usize) -> usize {
            lo + self.below(hi - lo + 1)
        }
        fn values(&mut self, n: usize) -> Vec<f32> {
            (0..n)
                .map(|_| self.below(2001) as f32 / 1000.0 - 1.0)
                .collect()
        }
    }

    fn layer(r: &mut Random) -> Conv2d {
        let groups = [1, 1, 2, 3][r.below(4)];
        let (kernel, dilation) = (
            [r.between(1, 4), r.between(1, 4)],
            [r.between(1, 3), r.between(1, 3)],
        );
        let pad = [r.below(6) as isize - 1, r.below(6) as isize - 1];
        let out_h = r.between(1, 9);
        Conv2d {
            batch: r.between(1, 2),
            in_h: r.between(1, 12),
            in_w: r.between(1, 12),
            in_c: groups * [1, 2, 3, 5, 8][r.below(5)],
            out_h,
            out_w: r.between(1, 9),
            out_c: groups * [1, 3, 4, 8, 17, 40][r.below(6)],
            groups,
            kernel,
            stride: [r.between(1, 3), r.between(1, 3)],
            dilation,
            pad_top: pad[0],
            pad_left: pad[1],
            activation: [Activation::Identity, Activation::Relu][r.below(2)],
            rows: Rows::all(out_h),
        }
    }

    /// Element `[b, y, x, c]` of the input, or none in the padding.
    fn at(p: &Conv2d, x: &[f32], b: usize, iy: isize, ix: isize, c: usize) -> Option<f32> {
        let inside = iy >= 0 && ix >= 0 && iy < p.in_h as isize && ix < p.in_w as isize;
        inside.then(|| x[((b * p.in_h + iy as usize) * p.in_w + ix as usize) * p.in_c + c])
    }

    fn reference(p: &Conv2d, x: &[f32], w: &[f32], bias: &[f32]) -> Vec<f32> {
        let (cin, cout) = (p.in_c / p.groups, p.out_c / p.groups);
        let mut y = vec![];
        for i in 0..p.batch * p.out_h * p.out_w * p.out_c {
            let (o, pixel) = (i % p.out_c, i / p.out_c);
            let (ox, oy) = (pixel % p.out_w, pixel / p.out_w % p.out_h);
            let b = pixel / p.out_w / p.out_h;
            let mut sum = bias.get(o).copied().unwrap_or(0.0);
            for ky in 0..p.kernel[0] {
                for kx in 0..p.kernel[1] {
                    let iy = (oy * p.stride[0] + ky * p.dilation[0]) as isize - p.pad_top;
                    let ix = (ox * p.stride[1] + kx * p.dilation[1]) as isize - p.pad_left;
                    for c in 0..cin {
                        let weight = w[((ky * p.kernel[1] + kx) * cin + c) * p.out_c + o];
                        if let Some(x) = at(p, x, b, iy, ix, o / cout * cin + c) {
                            sum += x * weight;
                        }
                    }
                }
            }
            y.push(p.activation.apply(sum));
        }
        y
    }

    #[test]
    fn every_shape_equals_the_definition() {
        let mut r = Random(1);
        for _ in 0..400 {
            let p = layer(&mut r);
            let x = r.values(p.batch * p.in_h * p.in_w * p.in_c);
            let w = r.values(p.kernel[0] * p.kernel[1] * p.in_c / p.groups * p.out_c);
            let with_bias = r.below(2);
            let bias = r.values(p.out_c * with_bias);
            let expected = reference(&p, &x, &w, &bias);
            let mut y = vec![f32::NAN; expected.len()];
            conv2d_f32(&p, &x, &w, &bias, &mut y);
            assert_eq!(y, expected, "{p:?}");
        }
    }

    #[test]
    fn a_residual_is_added_before_the_activation() {
        let mut r = Random(2);
        for _ in 0..50 {
            let p = layer(&mut r);
            let x = r.values(p.batch * p.in_h * p.in_w * p.in_c);
            let w = r.values(p.kernel[0] * p.kernel[1] * p.in_c / p.groups * p.out_c);
            let bias = r.values(p.out_c);
            let plain = Conv2d {
                activation: Activation::Identity,
                ..p
            };
            let sums = reference(&plain, &x, &w, &bias);
            let mut y = r.values(sums.len());
            let expected: Vec<f32> = y
                .iter()
                .zip(&sums)
                .map(|(y, s)| p.activation.apply(y + s))
                .collect();
            conv2d_add_f32(&p, &x, &w, &bias, &mut y);
            assert_eq!(y, expected, "{p:?}");
        }
    }

    #[test]
    fn ranges_of_rows_make_up_the_whole() {
        let mut r = Random(3);
        for _ in 0..200 {
            let p = Conv2d {
                batch: 1,
                ..layer(&mut r)
            };
            let x = r.values(p.in_h * p.in_w * p.in_c);
            let w = r.values(p.kernel[0] * p.kernel[1] * p.in_c / p.groups * p.out_c);
            let bias = r.values(p.out_c);
            let mut whole = vec![f32::NAN; p.out_h * p.out_w * p.out_c];
            conv2d_f32(&p, &x, &w, &bias, &mut whole);
            let (row, mut first) = (p.out_w * p.out_c, 0);
            while first < p.out_h {
                let end = r.between(first + 1, p.out_h);
                // Just the input rows that the range reads.
                let reach = (p.kernel[0] - 1) * p.dilation[0];
                let clamp = |o: isize| o.clamp(0, p.in_h as isize) as usize;
                let input = clamp((first * p.stride[0]) as isize - p.pad_top);
                let held = clamp(((end - 1) * p.stride[0] + reach + 1) as isize - p.pad_top);
                let window = &x[input * p.in_w * p.in_c..held.max(input) * p.in_w * p.in_c];
                let part = Conv2d {
                    rows: Rows { first, end, input },
                    ..p
                };
                let mut y = vec![f32::NAN; (end - first) * row];
                conv2d_f32(&part, window, &w, &bias, &mut y);
                assert_eq!(y, whole[first * row..end * row], "{part:?}");
                first = end;
            }
        }
    }
}
