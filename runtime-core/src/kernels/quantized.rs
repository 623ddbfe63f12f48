//! The element types of quantised tensors, and the arithmetic of kernels on them.
//!
//! An element `q` stands for the real number `scale * (q - zero)`. Kernels take the zero point off
//! as they read; their sums of products are exact, and become elements again by requantisation.

use super::super::arena::Element;
use super::super::simd;
use super::super::simd::scalar::each_product;
use super::arithmetic::Arithmetic;
use super::requantize::Sum;
use super::tile::{Columns, Sums};
use super::weights::Widen;
use core::marker::PhantomData;

/// An integer type that activations are quantised to.
pub trait Quantized: Element + Into<i32> {
    /// An element less a zero point, or a weight of up to 16 bits.
    type Factor: Copy + Default + From<i8> + From<i16> + Widen<i8> + Widen<i16>;
    /// A sum of products; it wraps, and the compiler sees to it that it need not.
    type Sum: Sum + Default + From<i32> + Into<i64>;
    /// `self - zero`, where `zero` is an element.
    fn less(self, zero: i32) -> Self::Factor;
    /// `sum + x`.
    fn add(sum: Self::Sum, x: Self::Factor) -> Self::Sum;
    /// `sum + x * w`.
    fn add_product(sum: Self::Sum, x: Self::Factor, w: Self::Factor) -> Self::Sum;
    /// `sums[p][j] += Σk x[p][k] * w[k][j]`.
    #[inline(always)]
    fn add_products<const P: usize, const L: usize, const K: usize>(
        sums: &mut Sums<Self::Sum, P, L>,
        x: &[[Self::Factor; K]; P],
        w: &[[Self::Factor; L]; K],
    ) {
        each_product(sums, x, w, Self::add_product);
    }
    /// The element that a number within the type's range is.
    fn element(x: i32) -> Self;
}

/// The shells over vector instructions, for factors of 16 bits.
macro_rules! in_vectors {
    () => {
        #[inline(always)]
        fn add_products<const P: usize, const L: usize, const K: usize>(
            sums: &mut Sums<i32, P, L>,
            x: &[[i16; K]; P],
            w: &[[i16; L]; K],
        ) {
            simd::add_products(sums, x, w);
        }
    };
}

macro_rules! quantized { ($($t:ident $factor:ident $sum:ident $($shells:ident)?;)*) => { $(
    impl Quantized for $t {
        type Factor = $factor;
        type Sum = $sum;
        #[inline(always)]
        fn less(self, zero: i32) -> $factor {
            i32::from(self).wrapping_sub(zero) as $factor
        }
        #[inline(always)]
        fn add(sum: $sum, x: $factor) -> $sum {
            sum.wrapping_add(x.into())
        }
        #[inline(always)]
        fn add_product(sum: $sum, x: $factor, w: $factor) -> $sum {
            sum.wrapping_add($sum::from(x).wrapping_mul(w.into()))
        }
        $($shells! { })?
        #[inline(always)]
        fn element(x: i32) -> $t {
            x as $t
        }
    }
)* } }
quantized! {
    i8 i16 i32 in_vectors;
    u8 i16 i32 in_vectors;
    i16 i32 i64;
}

/// Elements of type `T`: `y = f(bias + Σ (x - zero_x) · w, multiplier, shift)`.
#[derive(Clone, Copy)]
pub(super) struct Integers<'a, T, F> {
    /// The element of `x` that stands for 0.
    pub(super) zero_x: i32,
    /// Requantises a sum with its channel's multiplier and shift.
    pub(super) f: F,
    /// An element for each channel, or none.
    pub(super) bias: &'a [i32],
    /// One for each channel, or one for all.
    pub(super) multipliers: &'a [i32],
    /// One for each channel, one for all, or none.
    pub(super) shifts: &'a [i8],
    /// The type of elements.
    pub(super) element: PhantomData<T>,
}

impl<T: Quantized, F: Fn(T::Sum, i32, i8) -> i32 + Copy> Arithmetic for Integers<'_, T, F> {
    type X = T;
    type Y = T;
    type Factor = T::Factor;
    type Sum = T::Sum;
    type Channels<const L: usize> = ([i32; L], [i8; L]);

    #[inline(always)]
    fn factor(self, x: T) -> T::Factor {
        x.less(self.zero_x)
    }

    #[inline(always)]
    fn add_product(self, sum: T::Sum, x: T::Factor, w: T::Factor) -> T::Sum {
        T::add_product(sum, x, w)
    }

    #[inline(always)]
    fn add_products<const P: usize, const L: usize, const K: usize>(
        self,
        sums: &mut Sums<T::Sum, P, L>,
        x: &[[T::Factor; K]; P],
        w: &[[T::Factor; L]; K],
    ) {
        T::add_products(sums, x, w);
    }

    #[inline(always)]
    fn start<const L: usize>(self, columns: &Columns) -> [T::Sum; L] {
        columns.load(self.bias).map(T::Sum::from)
    }

    #[inline(always)]
    fn channels<const L: usize>(self, columns: &Columns) -> ([i32; L], [i8; L]) {
        let multipliers = each_or_all(columns, self.multipliers);
        (multipliers, each_or_all(columns, self.shifts))
    }

    #[inline(always)]
    fn finish<const L: usize>(
        self,
        (multipliers, shifts): &([i32; L], [i8; L]),
        sums: &[T::Sum; L],
        y: &mut [T],
    ) {
        let scales = multipliers.iter().zip(shifts);
        for ((y, &sum), (&multiplier, &shift)) in y.iter_mut().zip(sums).zip(scales) {
            *y = T::element((self.f)(sum, multiplier, shift));
        }
    }
}

/// The values for some channels, of one for each or one for all.
#[inline(always)]
fn each_or_all<V: Copy + Default, const L: usize>(columns: &Columns, values: &[V]) -> [V; L] {
    match values {
        [all] => [*all; L],
        each => columns.load(each),
    }
}

/// Sums that are stored as they are, in 32 bits: `y = Σ (x - zero_x) · w`.
#[derive(Clone, Copy)]
pub(super) struct Totals<T> {
    /// The element of `x` that stands for 0.
    pub(super) zero_x: T,
}

impl<T: Quantized> Arithmetic for Totals<T> {
    type X = T;
    type Y = i32;
    type Factor = T::Factor;
    type Sum = T::Sum;
    type Channels<const L: usize> = ();

    #[inline(always)]
    fn factor(self, x: T) -> T::Factor {
        x.less(self.zero_x.into())
    }

    #[inline(always)]
    fn add_product(self, sum: T::Sum, x: T::Factor, w: T::Factor) -> T::Sum {
        T::add_product(sum, x, w)
    }

    #[inline(always)]
    fn add_products<const P: usize, const L: usize, const K: usize>(
        self,
        sums: &mut Sums<T::Sum, P, L>,
        x: &[[T::Factor; K]; P],
        w: &[[T::Factor; L]; K],
    ) {
        T::add_products(sums, x, w);
    }

    #[inline(always)]
    fn start<const L: usize>(self, _: &Columns) -> [T::Sum; L] {
        [T::Sum::default(); L]
    }

    #[inline(always)]
    fn channels<const L: usize>(self, _: &Columns) {}

    #[inline(always)]
    fn finish<const L: usize>(self, (): &(), sums: &[T::Sum; L], y: &mut [i32]) {
        for (y, &sum) in y.iter_mut().zip(sums) {
            *y = sum.into() as i32;
        }
    }
}
