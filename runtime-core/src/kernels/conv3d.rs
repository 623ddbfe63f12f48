//! Convolution over volumes, with bias, residual and activation.

use super::activation::Activation;
use super::conv::{Convolution, conv};
use super::window::{Axis, Windows};

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
}

impl Conv3d {
    fn shape(&self) -> Convolution {
        let axis = |i: usize| {
            let (kernel, stride, dilation) = (self.kernel[i], self.stride[i], self.dilation[i]);
            Axis::whole(
                self.input[i],
                self.output[i],
                kernel,
                stride,
                dilation,
                self.pad[i],
            )
        };
        Convolution {
            batch: self.batch,
            in_c: self.in_c,
            out_c: self.out_c,
            groups: self.groups,
            windows: Windows {
                axes: [axis(0), axis(1), axis(2)],
            },
        }
    }
}

/// `y = activation(conv(x, w) + bias)`; `bias` has `out_c` elements, or none.
#[inline(always)]
pub fn conv3d_f32(p: &Conv3d, x: &[f32], w: &[f32], bias: &[f32], y: &mut [f32]) {
    super::activation::specialise!(p.activation, f => conv(&p.shape(), f, false, x, w, bias, y));
}

/// `y = activation(y + conv(x, w) + bias)`.
#[inline(always)]
pub fn conv3d_add_f32(p: &Conv3d, x: &[f32], w: &[f32], bias: &[f32], y: &mut [f32]) {
    super::activation::specialise!(p.activation, f => conv(&p.shape(), f, true, x, w, bias, y));
}
