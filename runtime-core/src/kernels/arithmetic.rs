//! What kernels that multiply and sum compute with: floats, or the integers of `quantized`.
//!
//! Convolutions and matrix products are written once, over an [`Arithmetic`]; what it says is
//! inlined, so that a kernel's loops are those one would write for its types alone.

use super::super::simd;
use super::super::simd::scalar::each_product;
use super::tile::{Columns, Sums, lanes};

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
    /// What the results of some channels are made with.
    type Channels<const L: usize>: Copy;

    /// An element of `x` as a factor.
    fn factor(self, x: Self::X) -> Self::Factor;
    /// `sum + x * w`.
    fn add_product(self, sum: Self::Sum, x: Self::Factor, w: Self::Factor) -> Self::Sum;
    /// `sums[p][j] += Σk x[p][k] * w[k][j]`, in order of `k`.
    #[inline(always)]
    fn add_products<const P: usize, const L: usize, const K: usize>(
        self,
        sums: &mut Sums<Self::Sum, P, L>,
        x: &[[Self::Factor; K]; P],
        w: &[[Self::Factor; L]; K],
    ) {
        each_product(sums, x, w, |sum, x, w| self.add_product(sum, x, w));
    }
    /// What the sums of some channels start with.
    fn start<const L: usize>(self, columns: &Columns) -> [Self::Sum; L];
    /// What the results of some channels are made with.
    fn channels<const L: usize>(self, columns: &Columns) -> Self::Channels<L>;
    /// Stores the results of sums, as many as `y` has room for.
    fn finish<const L: usize>(
        self,
        channels: &Self::Channels<L>,
        sums: &[Self::Sum; L],
        y: &mut [Self::Y],
    );
    /// As [`finish`](Arithmetic::finish), where there is room for fewer.
    #[inline(always)]
    fn finish_few<const L: usize>(
        self,
        channels: &Self::Channels<L>,
        sums: &[Self::Sum; L],
        y: &mut [Self::Y],
    ) {
        self.finish(channels, sums, y);
    }
}

/// The first `L` elements as factors, if they are there.
#[inline(always)]
pub(super) fn full_factors<A: Arithmetic, const L: usize>(
    arithmetic: A,
    x: &[A::X],
) -> Option<[A::Factor; L]> {
    let mut factors = [A::Factor::default(); L];
    for (factor, &x) in factors.iter_mut().zip(x.first_chunk::<L>()?) {
        *factor = arithmetic.factor(x);
    }
    Some(factors)
}

/// The first `L` elements as factors, and zeros if there are fewer.
///
/// Where a block has fewer channels, the last lanes hold values of other channels: what is made of
/// them is not stored. So elements are lacking only at the very end of a tensor.
#[inline(always)]
pub(super) fn some_factors<A: Arithmetic, const L: usize>(
    arithmetic: A,
    x: &[A::X],
) -> Option<[A::Factor; L]> {
    let tail = || lanes(x.iter().map(|&x| arithmetic.factor(x)));
    Some(full_factors(arithmetic, x).unwrap_or_else(tail))
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
    type Channels<const L: usize> = ();

    #[inline(always)]
    fn factor(self, x: f32) -> f32 {
        x
    }

    #[inline(always)]
    fn add_product(self, sum: f32, x: f32, w: f32) -> f32 {
        sum + x * w
    }

    #[inline(always)]
    fn add_products<const P: usize, const L: usize, const K: usize>(
        self,
        sums: &mut Sums<f32, P, L>,
        x: &[[f32; K]; P],
        w: &[[f32; L]; K],
    ) {
        simd::add_float_products(sums, x, w);
    }

    #[inline(always)]
    fn start<const L: usize>(self, columns: &Columns) -> [f32; L] {
        columns.load(self.bias)
    }

    #[inline(always)]
    fn channels<const L: usize>(self, _: &Columns) {}

    #[inline(always)]
    fn finish<const L: usize>(self, (): &(), sums: &[f32; L], y: &mut [f32]) {
        for (y, &sum) in y.iter_mut().zip(sums) {
            *y = (self.f)(if self.accumulate { *y + sum } else { sum });
        }
    }

    /// Out of line, and of a copy: sums that are counted have to lie in memory, others can stay in registers.
    #[inline(always)]
    fn finish_few<const L: usize>(self, (): &(), sums: &[f32; L], y: &mut [f32]) {
        #[inline(never)]
        fn apart<A: Arithmetic, const L: usize>(
            arithmetic: A,
            channels: A::Channels<L>,
            sums: [A::Sum; L],
            y: &mut [A::Y],
        ) {
            arithmetic.finish(&channels, &sums, y);
        }
        apart(self, (), *sums, y);
    }
}
