//! Vectors of 512 bits: AVX-512, with its instructions on 16 bits (`avx512bw`).

pub(super) use core::arch::x86_64::{
    __m512i as Integers, _mm512_add_epi32 as add_integers, _mm512_add_ps as add,
    _mm512_loadu_ps as load_floats, _mm512_loadu_si512 as load_integers,
    _mm512_madd_epi16 as multiply_pairs, _mm512_mul_ps as multiply, _mm512_set1_ps as splat,
    _mm512_shuffle_epi32 as shuffle, _mm512_storeu_ps as store_floats,
    _mm512_storeu_si512 as store_integers, _mm512_unpackhi_epi16 as unpack_high,
    _mm512_unpacklo_epi16 as unpack_low,
};
use core::arch::x86_64::{
    _mm_loadu_si128, _mm512_broadcast_i32x4, _mm512_permutexvar_epi64, _mm512_setr_epi64,
};

/// Numbers of 32 bits in a vector.
pub(super) const LANES: usize = 16;

/// Eight numbers in each 128 bits.
#[inline(always)]
pub(super) fn repeated(x: &[i16; 8]) -> Integers {
    // SAFETY: this file is compiled where the target has AVX-512; eight `i16` are 128 bits.
    unsafe { _mm512_broadcast_i32x4(_mm_loadu_si128(x.as_ptr().cast())) }
}

/// Arranges numbers so that [`unpack_low`], which goes by 128 bits, yields the first half of all.
#[inline(always)]
pub(super) fn to_unpack(x: Integers) -> Integers {
    // SAFETY: this file is compiled where the target has AVX-512.
    unsafe { _mm512_permutexvar_epi64(_mm512_setr_epi64(0, 4, 1, 5, 2, 6, 3, 7), x) }
}
