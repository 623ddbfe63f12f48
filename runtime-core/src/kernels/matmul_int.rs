//! Products of quantised matrices, both computed when run.
//!
//! Where one of them is constant, the product is the convolution of `conv2d_int`.

use super::matmul::{MatMul, matmul};
use super::quantized::{Integers, Quantized};
use super::requantize::{Requantize, specialise};
use super::tile::{INTEGER_K, INTEGER_MR};
use super::weights::{Factors, Plain};
use core::marker::PhantomData;

/// A matrix product whose results are requantised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MatMulInt {
    /// The shapes: `a` is `x` there, and `b` is `w`. The activation is the identity, as `requantize`
    /// has bounds.
    pub product: MatMul,
    /// The element of `a` that stands for 0.
    pub zero_a: i32,
    /// The element of `b` that stands for 0.
    pub zero_b: i32,
    /// What becomes of a sum.
    pub requantize: Requantize,
}

/// `y = requantize(Σ (a - zero_a) * (b - zero_b))`; `multipliers` has one element, and `shifts` one
/// or none.
#[inline(always)]
pub fn matmul_int<T: Quantized>(
    p: &MatMulInt,
    a: &[T],
    b: &[T],
    multipliers: &[i32],
    shifts: &[i8],
    y: &mut [T],
) {
    specialise!(p.requantize, f => product(p, f, (multipliers, shifts), a, b, y));
}

/// Elements are factors once the one that stands for 0 is taken off.
#[derive(Clone, Copy)]
struct Less {
    zero: i32,
}

impl<T: Quantized> Factors<T, T::Factor> for Less {
    #[inline(always)]
    fn factors<const L: usize>(self, w: &[T; L]) -> [T::Factor; L] {
        let mut factors = [T::Factor::default(); L];
        for (factor, &w) in factors.iter_mut().zip(w) {
            *factor = w.less(self.zero);
        }
        factors
    }
}

#[inline(always)]
fn product<T: Quantized>(
    p: &MatMulInt,
    f: impl Fn(T::Sum, i32, i8) -> i32 + Copy,
    (multipliers, shifts): (&[i32], &[i8]),
    a: &[T],
    b: &[T],
    y: &mut [T],
) {
    let integers = Integers {
        zero_x: p.zero_a,
        f,
        bias: &[],
        multipliers,
        shifts,
        element: PhantomData,
    };
    let b = Plain {
        values: b,
        columns: p.product.n,
        convert: Less { zero: p.zero_b },
    };
    matmul::<_, _, INTEGER_MR, INTEGER_K>(&p.product, integers, a, b, y);
}
