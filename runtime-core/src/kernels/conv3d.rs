//! Convolution over volumes, with bias, residual and activation.

use super::activation::{Activation, specialise};
use super::conv::{Channels, conv};
pub use super::rows::Rows;
use super::window::Windows;

/// Shapes of `x[batch, input.., in_c]`, `w[kernel.., in_c / groups, out_c]` and
/// `y[batch, output.., out_c]`; spatial sizes are depth, rows, columns.
///
/// Padding is zero and implied: the windows start at `-pad`, and however far the last ones reach,
/// taps outside the input count as zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conv3d {
    /// Batch items.
    pub batch: usize,
    /// Spatial size of the input.
    pub input: [usize; 3],
    /// Channels of the input.
    pub in_c: usize,
    /// Spatial size of the output.
    pub output: [usize; 3],
    /// Channels of the output.
    pub out_c: usize,
    /// Groups of channels; divides both channel counts.
    pub groups: usize,
    /// Taps.
    pub kernel: [usize; 3],
    /// Input voxels between windows.
    pub stride: [usize; 3],
    /// Input voxels between taps.
    pub dilation: [usize; 3],
    /// Padding before the input.
    pub pad: [isize; 3],
    /// Applied to each result.
    pub activation: Activation,
    /// The output slices computed, along the depth.
    pub rows: Rows,
}

impl Conv3d {
    fn windows(&self) -> Windows {
        Windows::new(
            self.input,
            self.output,
            self.kernel,
            self.stride,
            self.dilation,
            self.pad,
            self.rows,
        )
    }

    fn channels(&self) -> Channels {
        Channels {
            in_c: self.in_c,
            out_c: self.out_c,
            groups: self.groups,
        }
    }
}

/// `y = activation(conv(x, w) + bias)`; `bias` has `out_c` elements, or none.
#[inline(always)]
pub fn conv3d_f32(p: &Conv3d, x: &[f32], w: &[f32], bias: &[f32], y: &mut [f32]) {
    let shape = (&p.windows(), &p.channels());
    specialise!(p.activation, f => conv(shape, f, false, (x, w, bias), y));
}

/// `y = activation(y + conv(x, w) + bias)`.
#[inline(always)]
pub fn conv3d_add_f32(p: &Conv3d, x: &[f32], w: &[f32], bias: &[f32], y: &mut [f32]) {
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
        fn three(&mut self, most: usize) -> [usize; 3] {
            [(); 3].map(|()| 1 + self.below(most))
        }
        fn values(&mut self, n: usize) -> Vec<f32> {
            (0..n)
                .map(|_| self.below(2001) as f32 / 1000.0 - 1.0)
                .collect()
        }
    }

    fn layer(r: &mut Random) -> Conv3d {
        let (groups, output) = (1 + r.below(2), r.three(5));
        Conv3d {
            batch: 1 + r.below(2),
            input: r.three(6),
            in_c: groups * (1 + r.below(3)),
            output,
            out_c: groups * [1, 5, 9][r.below(3)],
            groups,
            kernel: r.three(3),
            stride: r.three(2),
            dilation: r.three(2),
            pad: [(); 3].map(|()| r.below(4) as isize - 1),
            activation: Activation::Relu,
            rows: Rows::all(output[0]),
        }
    }

    /// One output, by the definition.
    fn output(p: &Conv3d, b: usize, o: [usize; 3], c: usize, x: &[f32], w: &[f32]) -> f32 {
        let (cin, cout) = (p.in_c / p.groups, p.out_c / p.groups);
        let mut sum = 0.0;
        for tap in 0..p.kernel.iter().product() {
            let [_, kh, kw] = p.kernel;
            let k = [tap / kw / kh, tap / kw % kh, tap % kw];
            let i: Vec<isize> = (0..3)
                .map(|a| (o[a] * p.stride[a] + k[a] * p.dilation[a]) as isize - p.pad[a])
                .collect();
            if (0..3).any(|a| i[a] < 0 || i[a] >= p.input[a] as isize) {
                continue;
            }
            let pixel = (0..3).fold(b, |at, a| at * p.input[a] + i[a] as usize);
            for ci in 0..cin {
                let weight = w[(tap * cin + ci) * p.out_c + c];
                sum += x[pixel * p.in_c + c / cout * cin + ci] * weight;
            }
        }
        sum
    }

    #[test]
    fn every_shape_equals_the_definition() {
        let mut r = Random(1);
        for _ in 0..200 {
            let p = layer(&mut r);
            let [d, h, w] = p.output;
            let x = r.values(p.batch * p.input.iter().product::<usize>() * p.in_c);
            let weights =
                r.values(p.kernel.iter().product::<usize>() * p.in_c / p.groups * p.out_c);
            let sums: Vec<f32> = (0..p.batch * d * h * w * p.out_c)
                .map(|i| {
                    let (c, i) = (i % p.out_c, i / p.out_c);
                    let o = [i / w / h % d, i / w % h, i % w];
                    output(&p, i / w / h / d, o, c, &x, &weights)
                })
                .collect();
            let mut y = vec![f32::NAN; sums.len()];
            conv3d_f32(&p, &x, &weights, &[], &mut y);
            assert!(y.iter().zip(&sums).all(|(y, s)| *y == s.max(0.0)), "{p:?}");
            let mut y = vec![-0.5; sums.len()];
            conv3d_add_f32(&p, &x, &weights, &[], &mut y);
            assert!(
                y.iter().zip(&sums).all(|(y, s)| *y == (s - 0.5).max(0.0)),
                "{p:?}"
            );
        }
    }
}
