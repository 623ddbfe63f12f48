//! Vectors of 128 bits: SSE2, which every x86-64 has.

use super::x86_64::{Vectors, same_but_for_names};
use core::arch::x86_64::{
    __m128, __m128i, _mm_add_epi32, _mm_add_ps, _mm_cvtepi32_ps, _mm_cvtsi32_si128,
    _mm_loadl_epi64, _mm_loadu_ps, _mm_loadu_si128, _mm_madd_epi16, _mm_mul_ps, _mm_set1_ps,
    _mm_shuffle_epi32, _mm_srai_epi16, _mm_srai_epi32, _mm_storeu_ps, _mm_storeu_si128,
    _mm_unpackhi_epi16, _mm_unpacklo_epi8, _mm_unpacklo_epi16,
};

/// 4 numbers of 32 bits.
pub(super) struct Sse2;

impl Vectors for Sse2 {
    const LANES: usize = 4;
    type Floats = __m128;
    type Integers = __m128i;

    same_but_for_names! {
        _mm_add_ps _mm_mul_ps _mm_set1_ps _mm_loadu_ps _mm_storeu_ps
        _mm_add_epi32 _mm_madd_epi16 _mm_shuffle_epi32 _mm_unpacklo_epi16 _mm_unpackhi_epi16
        _mm_loadu_si128 _mm_storeu_si128
    }

    #[inline(always)]
    unsafe fn floats_of_bytes(from: *const i8) -> __m128 {
        // SAFETY: SSE2 is part of the x86-64 baseline; the caller sees to four bytes.
        unsafe {
            let x = _mm_cvtsi32_si128(from.cast::<i32>().read_unaligned());
            let x = _mm_unpacklo_epi8(x, x);
            _mm_cvtepi32_ps(_mm_srai_epi32::<24>(_mm_unpacklo_epi16(x, x)))
        }
    }

    #[inline(always)]
    fn to_unpack(x: __m128i) -> __m128i {
        x
    }

    #[inline(always)]
    fn repeated(x: &[i16; 8]) -> __m128i {
        // SAFETY: SSE2 is part of the x86-64 baseline; eight `i16` are one vector.
        unsafe { _mm_loadu_si128(x.as_ptr().cast()) }
    }

    #[inline(always)]
    unsafe fn shorts_of_bytes(from: *const i8) -> __m128i {
        // SAFETY: SSE2 is part of the x86-64 baseline; the caller sees to eight bytes.
        unsafe {
            let x = _mm_loadl_epi64(from.cast());
            _mm_srai_epi16::<8>(_mm_unpacklo_epi8(x, x))
        }
    }
}
