//! Shells for x86-64: the same over vectors of any width, which are named in a file each.

#[cfg(all(target_feature = "avx2", not(target_feature = "avx512bw")))]
use super::avx2 as vectors;
#[cfg(target_feature = "avx512bw")]
use super::avx512 as vectors;
#[cfg(not(target_feature = "avx2"))]
use super::sse2 as vectors;
use core::arch::x86_64::{_mm_cvtss_f32, _mm_set_ss, _mm_sqrt_ss};
use vectors::{
    Integers, LANES, add, add_integers, load_floats, load_integers, multiply, multiply_pairs,
    repeated, shuffle, splat, store_floats, store_integers, to_unpack, unpack_high, unpack_low,
};

/// Numbers of 16 bits in a vector.
const SHORT_LANES: usize = 2 * LANES;

/// The square root, correctly rounded.
#[inline(always)]
pub fn sqrt(x: f32) -> f32 {
    // SAFETY: SSE is part of the x86-64 baseline.
    unsafe { _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(x))) }
}

/// `sums[p][j] += x[p][k] * w[k][j]` in order of `k`, each product and each sum rounded; `L` is a multiple
/// of the vector's lanes.
///
/// Vectors are named, and not left to the compiler: where it finds better ones along `k`, it has to gather them.
#[inline(always)]
pub fn add_float_products<const P: usize, const L: usize, const K: usize>(
    sums: &mut [[f32; L]; P],
    x: &[[f32; K]; P],
    w: &[[f32; L]; K],
) {
    const { assert!(L.is_multiple_of(LANES)) };
    for (k, w) in w.iter().enumerate() {
        for (i, w) in w.as_chunks::<LANES>().0.iter().enumerate() {
            for (sums, x) in sums.iter_mut().zip(x) {
                let sums = sums.as_chunks_mut::<LANES>().0.get_mut(i);
                let (Some(sums), Some(&x)) = (sums, x.get(k)) else {
                    return;
                };
                // SAFETY: the target has the instructions; `w` and `sums` are a vector each.
                unsafe {
                    let product = multiply(splat(x), load_floats(w.as_ptr()));
                    let sum = add(load_floats(sums.as_ptr()), product);
                    store_floats(sums.as_mut_ptr(), sum);
                }
            }
        }
    }
}

/// `sums[p][j] += Σk x[p][k] * w[k][j]` modulo 2³²; `L` is a multiple of the vector's lanes of 16 bits.
///
/// Two products at a time, which `pmaddwd` adds; best where `K` is eight, as many elements of `x` as
/// 128 bits have.
#[inline(always)]
pub fn add_products<const P: usize, const L: usize, const K: usize>(
    sums: &mut [[i32; L]; P],
    x: &[[i16; K]; P],
    w: &[[i16; L]; K],
) {
    const { assert!(L.is_multiple_of(SHORT_LANES)) };
    let (eights, rest) = w.as_chunks::<8>();
    for (i, [w0, w1, w2, w3, w4, w5, w6, w7]) in eights.iter().enumerate() {
        let x = x
            .each_ref()
            .map(|x| repeated(x.as_chunks::<8>().0.get(i).unwrap_or(&[0; 8])));
        add_pairs::<0x00, _, _>(sums, &x, w0, w1);
        add_pairs::<0x55, _, _>(sums, &x, w2, w3);
        add_pairs::<0xaa, _, _>(sums, &x, w4, w5);
        add_pairs::<0xff, _, _>(sums, &x, w6, w7);
    }
    for (k, w) in (K - rest.len()..K).zip(rest) {
        let x = x
            .each_ref()
            .map(|x| repeated(&[x.get(k).copied().unwrap_or(0), 0, 0, 0, 0, 0, 0, 0]));
        add_pairs::<0, _, _>(sums, &x, w, &[0; L]);
    }
}

/// Adds the products of one pair of elements of each `x`, spread over a vector by `PAIR`, and of
/// weights.
#[inline(always)]
fn add_pairs<const PAIR: i32, const P: usize, const L: usize>(
    sums: &mut [[i32; L]; P],
    x: &[Integers; P],
    w0: &[i16; L],
    w1: &[i16; L],
) {
    let weights = w0.as_chunks().0.iter().zip(w1.as_chunks().0);
    for (i, (w0, w1)) in weights.enumerate() {
        let (w0, w1) = (to_unpack(load(w0)), to_unpack(load(w1)));
        for (sums, x) in sums.iter_mut().zip(x) {
            let Some(sums) = sums.as_chunks_mut::<SHORT_LANES>().0.get_mut(i) else {
                return;
            };
            let sums: *mut Integers = sums.as_mut_ptr().cast();
            // SAFETY: the target has the instructions; `sums` are two vectors.
            unsafe {
                let x = shuffle::<PAIR>(*x);
                let low = multiply_pairs(x, unpack_low(w0, w1));
                let high = multiply_pairs(x, unpack_high(w0, w1));
                store_integers(sums, add_integers(load_integers(sums), low));
                let next = sums.add(1);
                store_integers(next, add_integers(load_integers(next), high));
            }
        }
    }
}

#[inline(always)]
fn load(x: &[i16; SHORT_LANES]) -> Integers {
    // SAFETY: the target has the instruction; so many `i16` are one vector.
    unsafe { load_integers(x.as_ptr().cast()) }
}
