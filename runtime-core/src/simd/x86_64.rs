//! Shells over SSE2, which every x86-64 has.

use core::arch::x86_64::{
    __m128i, _mm_add_epi32, _mm_cvtss_f32, _mm_loadu_si128, _mm_madd_epi16, _mm_set_ss,
    _mm_shuffle_epi32, _mm_sqrt_ss, _mm_storeu_si128, _mm_unpackhi_epi16, _mm_unpacklo_epi16,
};

/// The square root, correctly rounded.
#[inline(always)]
pub fn sqrt(x: f32) -> f32 {
    // SAFETY: SSE is part of the x86-64 baseline.
    unsafe { _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(x))) }
}

/// `sums[p][j] += Σk x[p][k] * w[k][j]` modulo 2³²; `L` is a multiple of eight.
///
/// Two products at a time, which `pmaddwd` adds; best where `K` is eight, as many elements of `x` as
/// a vector has.
#[inline(always)]
pub fn add_products<const P: usize, const L: usize, const K: usize>(
    sums: &mut [[i32; L]; P],
    x: &[[i16; K]; P],
    w: &[[i16; L]; K],
) {
    const { assert!(L.is_multiple_of(8)) };
    let (eights, rest) = w.as_chunks::<8>();
    for (i, [w0, w1, w2, w3, w4, w5, w6, w7]) in eights.iter().enumerate() {
        let x = x
            .each_ref()
            .map(|x| x.as_chunks::<8>().0.get(i).map_or_else(zero, load));
        add_pairs::<0x00, _, _>(sums, &x, w0, w1);
        add_pairs::<0x55, _, _>(sums, &x, w2, w3);
        add_pairs::<0xaa, _, _>(sums, &x, w4, w5);
        add_pairs::<0xff, _, _>(sums, &x, w6, w7);
    }
    for (k, w) in (K - rest.len()..K).zip(rest) {
        let x = x.each_ref().map(|x| {
            x.get(k)
                .map_or_else(zero, |&x| load(&[x, 0, 0, 0, 0, 0, 0, 0]))
        });
        add_pairs::<0, _, _>(sums, &x, w, &[0; L]);
    }
}

/// Adds the products of one pair of elements of each `x`, spread over a vector by `PAIR`, and of
/// weights.
#[inline(always)]
fn add_pairs<const PAIR: i32, const P: usize, const L: usize>(
    sums: &mut [[i32; L]; P],
    x: &[__m128i; P],
    w0: &[i16; L],
    w1: &[i16; L],
) {
    let weights = w0.as_chunks().0.iter().zip(w1.as_chunks().0);
    for (i, (w0, w1)) in weights.enumerate() {
        let (w0, w1) = (load(w0), load(w1));
        for (sums, x) in sums.iter_mut().zip(x) {
            let Some(sums) = sums.as_chunks_mut::<8>().0.get_mut(i) else {
                return;
            };
            let sums: *mut __m128i = sums.as_mut_ptr().cast();
            // SAFETY: SSE2 is part of the x86-64 baseline; `sums` are eight `i32`, which is two
            // vectors.
            unsafe {
                let x = _mm_shuffle_epi32::<PAIR>(*x);
                let low = _mm_madd_epi16(x, _mm_unpacklo_epi16(w0, w1));
                let high = _mm_madd_epi16(x, _mm_unpackhi_epi16(w0, w1));
                _mm_storeu_si128(sums, _mm_add_epi32(_mm_loadu_si128(sums), low));
                let next = sums.add(1);
                _mm_storeu_si128(next, _mm_add_epi32(_mm_loadu_si128(next), high));
            }
        }
    }
}

#[inline(always)]
fn load(x: &[i16; 8]) -> __m128i {
    // SAFETY: SSE2 is part of the x86-64 baseline; eight `i16` are one vector.
    unsafe { _mm_loadu_si128(x.as_ptr().cast()) }
}

#[inline(always)]
fn zero() -> __m128i {
    load(&[0; 8])
}
