//! Vectors of 128 bits: SSE2, which every x86-64 has.

use core::arch::x86_64::_mm_loadu_si128;
pub(super) use core::arch::x86_64::{
    __m128i as Integers, _mm_add_epi32 as add_integers, _mm_add_ps as add,
    _mm_loadu_ps as load_floats, _mm_loadu_si128 as load_integers,
    _mm_madd_epi16 as multiply_pairs, _mm_mul_ps as multiply, _mm_set1_ps as splat,
    _mm_shuffle_epi32 as shuffle, _mm_storeu_ps as store_floats,
    _mm_storeu_si128 as store_integers, _mm_unpackhi_epi16 as unpack_high,
    _mm_unpacklo_epi16 as unpack_low,
};

/// Numbers of 32 bits in a vector.
pub(super) const LANES: usize = 4;

/// Eight numbers in each 128 bits.
#[inline(always)]
pub(super) fn repeated(x: &[i16; 8]) -> Integers {
    // SAFETY: SSE2 is part of the x86-64 baseline; eight `i16` are one vector.
    unsafe { _mm_loadu_si128(x.as_ptr().cast()) }
}

/// Arranges numbers so that [`unpack_low`] yields the first half of all.
#[inline(always)]
pub(super) fn to_unpack(x: Integers) -> Integers {
    x
}
