//! Vectors of 256 bits: AVX2.

use super::x86_64::{Vectors, same_but_for_names};
use core::arch::x86_64::{
    __m256, __m256i, _mm_loadl_epi64, _mm_loadu_si128, _mm256_add_epi32, _mm256_add_ps,
    _mm256_broadcastsi128_si256, _mm256_cvtepi8_epi16, _mm256_cvtepi8_epi32, _mm256_cvtepi32_ps,
    _mm256_loadu_ps, _mm256_loadu_si256, _mm256_madd_epi16, _mm256_mul_ps,
    _mm256_permute4x64_epi64, _mm256_set1_ps, _mm256_shuffle_epi32, _mm256_storeu_ps,
    _mm256_storeu_si256, _mm256_unpackhi_epi16, _mm256_unpacklo_epi16,
};

/// 8 numbers of 32 bits.
pub(super) struct Avx2;

impl Vectors for Avx2 {
    const LANES: usize = 8;
    type Floats = __m256;
    type Integers = __m256i;

    same_but_for_names! {
        _mm256_add_ps _mm256_mul_ps _mm256_set1_ps _mm256_loadu_ps _mm256_storeu_ps
        _mm256_add_epi32 _mm256_madd_epi16 _mm256_shuffle_epi32 _mm256_unpacklo_epi16 _mm256_unpackhi_epi16
        _mm256_loadu_si256 _mm256_storeu_si256
    }

    #[inline(always)]
    unsafe fn floats_of_bytes(from: *const i8) -> __m256 {
        // SAFETY: this file is compiled where the target has AVX2; the caller sees to eight bytes.
        unsafe { _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(from.cast()))) }
    }

    #[inline(always)]
    fn to_unpack(x: __m256i) -> __m256i {
        // SAFETY: this file is compiled where the target has AVX2.
        unsafe { _mm256_permute4x64_epi64::<0b11_01_10_00>(x) }
    }

    #[inline(always)]
    fn repeated(x: &[i16; 8]) -> __m256i {
        // SAFETY: this file is compiled where the target has AVX2; eight `i16` are 128 bits.
        unsafe { _mm256_broadcastsi128_si256(_mm_loadu_si128(x.as_ptr().cast())) }
    }

    #[inline(always)]
    unsafe fn shorts_of_bytes(from: *const i8) -> __m256i {
        // SAFETY: this file is compiled where the target has AVX2; the caller sees to 16 bytes.
        unsafe { _mm256_cvtepi8_epi16(_mm_loadu_si128(from.cast())) }
    }
}
