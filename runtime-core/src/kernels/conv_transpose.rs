//! Transposed convolution over images and volumes, with bias and activation.
//!
//! Outputs whose positions agree modulo the stride are reached by the same taps, and from
//! neighbouring inputs. So each such phase is an ordinary convolution of stride one with some of the
//! taps in reverse order, stored to every stride-th output: every output is written once, by the
//! loops of [`conv`](super::conv), and nothing is scattered.

use super::activation::{Activation, specialise};
use super::conv::{Channels, conv};
use super::rows::Rows;
use super::window::{Axis, Output, Weights, Windows};

/// Shapes of `x[batch, input.., in_c]`, `w[kernel.., in_c / groups, out_c]` and
/// `y[batch, output.., out_c]`.
///
/// Group `g` makes output channels `g * out_c / groups..` from input channels
/// `g * in_c / groups..`. Element `[k.., ci, g * out_c / groups + co]` of `w` is element
/// `[g * in_c / groups + ci, co, k..]` of the weights of ONNX ConvTranspose.
///
/// Input `i` reaches output `i * stride + k * dilation - pad` through tap `k`. Padding at the end
/// and output padding are implied by the size of the output.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConvTranspose<const N: usize> {
    /// Batch items.
    pub batch: usize,
    /// Spatial size of the input.
    pub input: [usize; N],
    /// Channels of the input.
    pub in_c: usize,
    /// Spatial size of the output.
    pub output: [usize; N],
    /// Channels of the output.
    pub out_c: usize,
    /// Groups of channels; divides both channel counts.
    pub groups: usize,
    /// Taps.
    pub kernel: [usize; N],
    /// Output pixels between those that neighbouring inputs reach through one tap.
    pub stride: [usize; N],
    /// Output pixels between taps.
    pub dilation: [usize; N],
    /// Output pixels cut off at the beginning.
    pub pad: [isize; N],
    /// Applied to each result.
    pub activation: Activation,
}

/// Transposed convolution over images; over sequences with a height of one.
pub type ConvTranspose2d = ConvTranspose<2>;
/// Transposed convolution over volumes.
pub type ConvTranspose3d = ConvTranspose<3>;

/// `y = activation(conv_transpose(x, w) + bias)`; `bias` has `out_c` elements, or none.
#[inline(always)]
pub fn conv_transpose2d_f32(
    p: &ConvTranspose2d,
    x: &[f32],
    w: &[f32],
    bias: &[f32],
    y: &mut [f32],
) {
    specialise!(p.activation, f => conv_transpose(p, f, (x, w, bias), y));
}

/// `y = activation(conv_transpose(x, w) + bias)`; `bias` has `out_c` elements, or none.
#[inline(always)]
pub fn conv_transpose3d_f32(
    p: &ConvTranspose3d,
    x: &[f32],
    w: &[f32],
    bias: &[f32],
    y: &mut [f32],
) {
    specialise!(p.activation, f => conv_transpose(p, f, (x, w, bias), y));
}

fn conv_transpose<const N: usize>(
    p: &ConvTranspose<N>,
    f: impl Fn(f32) -> f32 + Copy,
    (x, w, bias): (&[f32], &[f32], &[f32]),
    y: &mut [f32],
) {
    debug_assert_eq!(
        y.len(),
        p.batch * p.output.iter().product::<usize>() * p.out_c
    );
    let channels = Channels {
        in_c: p.in_c,
        out_c: p.out_c,
        groups: p.groups,
    };
    let [depth, height, width] = p.spans();
    for d in depth.phases() {
        for h in height.phases() {
            for w_axis in width.phases() {
                let windows = Windows {
                    axes: [d, h, w_axis],
                };
                conv((&windows, &channels), f, false, (x, w, bias), y);
            }
        }
    }
}

/// One spatial axis of a transposed convolution.
#[derive(Clone, Copy)]
struct Span {
    input: usize,
    output: usize,
    kernel: usize,
    stride: usize,
    dilation: usize,
    pad: isize,
}

impl<const N: usize> ConvTranspose<N> {
    /// The axes, preceded by ones of length one.
    fn spans(&self) -> [Span; 3] {
        let point = Span {
            input: 1,
            output: 1,
            kernel: 1,
            stride: 1,
            dilation: 1,
            pad: 0,
        };
        let mut spans = [point; 3];
        let sizes = self.input.into_iter().zip(self.output).zip(self.kernel);
        let steps = self.stride.into_iter().zip(self.dilation).zip(self.pad);
        for (span, (((input, output), kernel), ((stride, dilation), pad))) in
            spans.iter_mut().skip(3 - N).zip(sizes.zip(steps))
        {
            *span = Span {
                input,
                output,
                kernel,
                stride,
                dilation,
                pad,
            };
        }
        spans
    }
}

impl Span {
    /// The convolutions that together make all outputs of the axis.
    fn phases(&self) -> impl Iterator<Item = Axis> {
        (0..self.stride.min(self.output)).map(|phase| self.phase(phase))
    }

    /// The convolution that makes outputs `phase`, `phase + stride`, ...
    fn phase(&self, phase: usize) -> Axis {
        let taps = self.taps(phase);
        let last = taps.first + taps.count.saturating_sub(1) * taps.step;
        let start = self.reach(phase, last).0;
        let outputs = self.output.saturating_sub(phase) + self.stride - 1;
        let outputs = outputs.checked_div(self.stride).unwrap_or(0);
        let dilation = (taps.step * self.dilation).checked_div(self.stride);
        Axis {
            output: Output {
                len: self.output,
                first: phase,
                step: self.stride,
            },
            weights: Weights {
                len: self.kernel,
                first: last,
                step: taps.step.wrapping_neg(),
            },
            ..Axis::new(
                self.input,
                Rows::all(outputs),
                taps.count,
                1,
                dilation.unwrap_or(1),
                start.wrapping_neg(),
            )
        }
    }

    /// The input from which tap `k` reaches output `o`, and by how many outputs that is missed.
    fn reach(&self, o: usize, k: usize) -> (isize, isize) {
        let stride = self.stride as isize;
        let at = (o as isize + self.pad).wrapping_sub((k * self.dilation) as isize);
        let input = at.checked_div_euclid(stride).unwrap_or(0);
        (input, at.wrapping_sub(input.wrapping_mul(stride)))
    }

    /// The taps that reach output `o` from some input, if it is not outside.
    fn taps(&self, o: usize) -> Taps {
        let mut reaching = (0..self.kernel).filter(|&k| self.reach(o, k).1 == 0);
        let first = reaching.next();
        let second = reaching.next();
        let start = first.unwrap_or(0);
        Taps {
            first: start,
            step: second.map_or(self.stride, |second| second - start),
            count: usize::from(first.is_some()) + usize::from(second.is_some()) + reaching.count(),
        }
    }
}

/// Taps at equal distances.
struct Taps {
    first: usize,
    step: usize,
    count: usize,
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
        fn sizes<const N: usize>(&mut self, most: usize) -> [usize; N] {
            [(); N].map(|()| 1 + self.below(most))
        }
        fn values(&mut self, n: usize) -> Vec<f32> {
            // Multiples of 1/8: sums are exact in any order.
            (0..n).map(|_| self.below(41) as f32 / 8.0 - 2.5).collect()
        }
        fn layer<const N: usize>(&mut self) -> ConvTranspose<N> {
            let groups = 1 + self.below(3);
            ConvTranspose {
                batch: 1 + self.below(2),
                input: self.sizes(5),
                in_c: groups * (1 + self.below(4)),
                output: self.sizes(11),
                out_c: groups * [1, 3, 8, 19][self.below(4)],
                groups,
                kernel: self.sizes(4),
                stride: self.sizes(4),
                dilation: self.sizes(3),
                pad: [(); N].map(|()| self.below(5) as isize - 1),
                activation: Activation::Relu,
            }
        }
    }

    /// `at` as the coordinates of element `i` of a box, outermost first.
    fn coordinates<const N: usize>(mut i: usize, sizes: &[usize; N]) -> [usize; N] {
        let mut at = [0; N];
        for a in (0..N).rev() {
            (at[a], i) = (i % sizes[a], i / sizes[a]);
        }
        at
    }

    /// By the definition: every input is scattered through every tap.
    fn reference<const N: usize>(
        p: &ConvTranspose<N>,
        x: &[f32],
        w: &[f32],
        bias: &[f32],
    ) -> Vec<f32> {
        let pixels: usize = p.input.iter().product();
        let (cin, cout) = (p.in_c / p.groups, p.out_c / p.groups);
        let mut y: Vec<f32> = (0..p.batch * p.output.iter().product::<usize>() * p.out_c)
            .map(|i| bias.get(i % p.out_c).copied().unwrap_or(0.0))
            .collect();
        for (i, x) in x.iter().enumerate() {
            let (c, pixel) = (i % p.in_c, i / p.in_c);
            let (b, at) = (pixel / pixels, coordinates(pixel % pixels, &p.input));
            for tap in 0..p.kernel.iter().product() {
                let k = coordinates(tap, &p.kernel);
                let o: [isize; N] = core::array::from_fn(|a| {
                    (at[a] * p.stride[a] + k[a] * p.dilation[a]) as isize - p.pad[a]
                });
                if (0..N).all(|a| (0..p.output[a] as isize).contains(&o[a])) {
                    let pixel = (0..N).fold(b, |at, a| at * p.output[a] + o[a] as usize);
                    for co in c / cin * cout..(c / cin + 1) * cout {
                        y[pixel * p.out_c + co] += x * w[(tap * cin + c % cin) * p.out_c + co];
                    }
                }
            }
        }
        y.into_iter().map(|y| p.activation.apply(y)).collect()
    }

    fn check<const N: usize>(
        kernel: impl Fn(&ConvTranspose<N>, &[f32], &[f32], &[f32], &mut [f32]),
    ) {
        let mut r = Random(1);
        for _ in 0..300 {
            let p: ConvTranspose<N> = r.layer();
            let x = r.values(p.batch * p.input.iter().product::<usize>() * p.in_c);
            let w = r.values(p.kernel.iter().product::<usize>() * p.in_c / p.groups * p.out_c);
            let with_bias = r.below(2);
            let bias = r.values(with_bias * p.out_c);
            let expected = reference(&p, &x, &w, &bias);
            let mut y = vec![f32::NAN; expected.len()];
            kernel(&p, &x, &w, &bias, &mut y);
            assert_eq!(y, expected, "{p:?}");
        }
    }

    #[test]
    fn images_equal_the_definition() {
        check::<2>(conv_transpose2d_f32);
    }

    #[test]
    fn volumes_equal_the_definition() {
        check::<3>(conv_transpose3d_f32);
    }
}
