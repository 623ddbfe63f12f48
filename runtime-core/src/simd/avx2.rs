//! Vectors of 256 bits: AVX2.

pub(super) use core::arch::x86_64::{
    __m256i as Integers, _mm256_add_epi32 as add_integers, _mm256_add_ps as add,
    _mm256_loadu_ps as load_floats, _mm256_loadu_si256 as load_integers,
    _mm256_madd_epi16 as multiply_pairs, _mm256_mul_ps as multiply, _mm256_set1_ps as splat,
    _mm256_shuffle_epi32 as shuffle, _mm256_storeu_ps as store_floats,
    _mm256_storeu_si256 as store_integers, _mm256_unpackhi_epi16 as unpack_high,
    _mm256_unpacklo_epi16 as unpack_low,
};
use core::arch::x86_64::{_mm_loadu_si128, _mm256_broadcastsi128_si256, _mm256_permute4x64_epi64};

/// Numbers of 32 bits in a vector.
pub(super) const LANES: usize = 8;

/// Eight numbers in each 128 bits.
#[inline(always)]
pub(super) fn repeated(x: &[i16; 8]) -> Integers {
    // SAFETY: this file is compiled where the target has AVX2; eight `i16` are 128 bits.
    unsafe { _mm256_broadcastsi128_si256(_mm_loadu_si128(x.as_ptr().cast())) }
}

/// Arranges numbers so that [`unpack_low`], which goes by 128 bits, yields the first half of all.
#[inline(always)]
pub(super) fn to_unpack(x: Integers) -> Integers {
    // SAFETY: this file is compiled where the target has AVX2.
    unsafe { _mm256_permute4x64_epi64::<0b11_01_10_00>(x) }
}
