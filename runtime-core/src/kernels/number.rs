//! The arithmetic that kernels for all ten number types are written with.

use super::super::arena::Element;
use super::super::math;

/// A number: integers wrap, and of floats NaN is both the greatest and the least.
pub trait Number: Element {
    /// Zero.
    const ZERO: Self;
    /// One.
    const ONE: Self;
    /// No number is less: minus infinity for floats.
    const LEAST: Self;
    /// No number is greater: infinity for floats.
    const GREATEST: Self;
    /// The sum.
    fn plus(self, other: Self) -> Self;
    /// The product.
    fn times(self, other: Self) -> Self;
    /// The greater of the two.
    fn or_greater(self, other: Self) -> Self;
    /// The lesser of the two.
    fn or_less(self, other: Self) -> Self;
}

macro_rules! integers { ($($t:ident)*) => { $(
    impl Number for $t {
        const ZERO: $t = 0;
        const ONE: $t = 1;
        const LEAST: $t = $t::MIN;
        const GREATEST: $t = $t::MAX;
        #[inline(always)]
        fn plus(self, other: $t) -> $t {
            self.wrapping_add(other)
        }
        #[inline(always)]
        fn times(self, other: $t) -> $t {
            self.wrapping_mul(other)
        }
        #[inline(always)]
        fn or_greater(self, other: $t) -> $t {
            self.max(other)
        }
        #[inline(always)]
        fn or_less(self, other: $t) -> $t {
            self.min(other)
        }
    }
)* } }
integers! { i8 i16 i32 i64 u8 u16 u32 u64 }

macro_rules! floats { ($($t:ident: $max:expr, $min:expr;)*) => { $(
    impl Number for $t {
        const ZERO: $t = 0.0;
        const ONE: $t = 1.0;
        const LEAST: $t = $t::NEG_INFINITY;
        const GREATEST: $t = $t::INFINITY;
        #[inline(always)]
        fn plus(self, other: $t) -> $t {
            self + other
        }
        #[inline(always)]
        fn times(self, other: $t) -> $t {
            self * other
        }
        #[inline(always)]
        fn or_greater(self, other: $t) -> $t {
            $max(self, other)
        }
        #[inline(always)]
        fn or_less(self, other: $t) -> $t {
            $min(self, other)
        }
    }
)* } }
floats! {
    f32: math::max, math::min;
    f64: |a: f64, b: f64| if a > b || a.is_nan() { a } else { b },
         |a: f64, b: f64| if a < b || a.is_nan() { a } else { b };
}
