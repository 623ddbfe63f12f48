//! What kernels that multiply and sum compute with: floats, or the integers of `quantized`.
//!
//! Convolutions and matrix products are written once, over an [`Arithmetic`]; what it says is
//! inlined, so that a kernel's loops are those one would write for its types alone.

use super::tile::Columns;

/// How elements are multiplied, summed and stored.
pub(super) trait Arithmetic: Copy {
    /// Elements of `x`.
    type X: Copy + Default;
    /// Elements of `y`.
    type Y;
    /// What is multiplied: elements of `x` and weights, made wide enough.
    type Factor: Copy + Default;
    /// Sums of products.
    type Sum: Copy;
    /// What the results of one channel are made with.
    type Channel: Copy;

    /// An element of `x` as a factor.
    fn factor(self, x: Self::X) -> Self::Factor;
    /// `sum + x * w`.
    fn add_product(self, sum: Self::Sum, x: Self::Factor, w: Self::Factor) -> Self::Sum;
    /// What the sums of some channels start with.
    fn start<const L: usize>(self, columns: &Columns) -> [Self::Sum; L];
    /// What the results of some channels are made with.
    fn channels<const L: usize>(self, columns: &Columns) -> [Self::Channel; L];
    /// Stores the result of a sum.
    fn finish(self, channel: Self::Channel, sum: Self::Sum, y: &mut Self::Y);
}

/// Floats: `y = f(bias + Σ x · w)`, or `y = f(y + (bias + Σ x · w))`.
#[derive(Clone, Copy)]
pub(super) struct Floats<'a, F> {
    /// The activation.
    pub(super) f: F,
    /// Whether the sum is added to `y`.
    pub(super) accumulate: bool,
    /// An element for each channel, or none.
    pub(super) bias: &'a [f32],
}

impl<F: Fn(f32) -> f32 + Copy> Arithmetic for Floats<'_, F> {
    type X = f32;
    type Y = f32;
    type Factor = f32;
    type Sum = f32;
    type Channel = ();

    #[inline(always)]
    fn factor(self, x: f32) -> f32 {
        x
    }

    #[inline(always)]
    fn add_product(self, sum: f32, x: f32, w: f32) -> f32 {
        sum + x * w
    }

    #[inline(always)]
    fn start<const L: usize>(self, columns: &Columns) -> [f32; L] {
        columns.load(self.bias)
    }

    #[inline(always)]
    fn channels<const L: usize>(self, _: &Columns) -> [(); L] {
        [(); L]
    }

    #[inline(always)]
    fn finish(self, (): (), sum: f32, y: &mut f32) {
        *y = (self.f)(if self.accumulate { *y + sum } else { sum });
    }
}
