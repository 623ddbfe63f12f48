//! Vectors of 512 bits: AVX-512, with its instructions on 16 bits (`avx512bw`).

use super::x86_64::{Vectors, same_but_for_names};
use core::arch::x86_64::{
    __m512, __m512i, _mm_loadu_si128, _mm256_loadu_si256, _mm512_add_epi32, _mm512_add_ps,
    _mm512_broadcast_i32x4, _mm512_cvtepi8_epi16, _mm512_cvtepi8_epi32, _mm512_cvtepi32_ps,
    _mm512_loadu_ps, _mm512_loadu_si512, _mm512_madd_epi16, _mm512_mul_ps,
    _mm512_permutexvar_epi64, _mm512_set1_ps, _mm512_setr_epi64, _mm512_shuffle_epi32,
    _mm512_storeu_ps, _mm512_storeu_si512, _mm512_unpackhi_epi16, _mm512_unpacklo_epi16,
};

/// 16 numbers of 32 bits.
pub(super) struct Avx512;

impl Vectors for Avx512 {
    const LANES: usize = 16;
    type Floats = __m512;
    type Integers = __m512i;

    same_but_for_names! {
        _mm512_add_ps _mm512_mul_ps _mm512_set1_ps _mm512_loadu_ps _mm512_storeu_ps
        _mm512_add_epi32 _mm512_madd_epi16 _mm512_shuffle_epi32 _mm512_unpacklo_epi16 _mm512_unpackhi_epi16
        _mm512_loadu_si512 _mm512_storeu_si512
    }

    #[inline(always)]
    unsafe fn floats_of_bytes(from: *const i8) -> __m512 {
        // SAFETY: this file is compiled where the target has AVX-512; the caller sees to 16 bytes.
        unsafe { _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(from.cast()))) }
    }

    #[inline(always)]
    fn to_unpack(x: __m512i) -> __m512i {
        // SAFETY: this file is compiled where the target has AVX-512.
        unsafe { _mm512_permutexvar_epi64(_mm512_setr_epi64(0, 4, 1, 5, 2, 6, 3, 7), x) }
    }

    #[inline(always)]
    fn repeated(x: &[i16; 8]) -> __m512i {
        // SAFETY: this file is compiled where the target has AVX-512; eight `i16` are 128 bits.
        unsafe { _mm512_broadcast_i32x4(_mm_loadu_si128(x.as_ptr().cast())) }
    }

    #[inline(always)]
    unsafe fn shorts_of_bytes(from: *const i8) -> __m512i {
        // SAFETY: this file is compiled where the target has AVX-512; the caller sees to 32 bytes.
        unsafe { _mm512_cvtepi8_epi16(_mm256_loadu_si256(from.cast())) }
    }
}
