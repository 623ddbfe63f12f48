//! Shells for x86-64, written once over vectors of any width, which have a file each.
//!
//! Each takes the widest vectors that the target has and that its lanes fill: vectors are named, and not left to the
//! compiler, which gathers elements one by one where it believes to see longer vectors across rows.

#[cfg(target_feature = "avx2")]
use super::avx2::Avx2;
#[cfg(target_feature = "avx512bw")]
use super::avx512::Avx512;
use super::sse2::Sse2;
use core::arch::x86_64::{_mm_cvtss_f32, _mm_set_ss, _mm_sqrt_ss};

/// Vectors of one width, by the instructions on them.
///
/// Implementations exist only where the target has these; what is unsafe is that pointers have to lead to a whole
/// vector of elements.
pub(super) trait Vectors {
    /// Numbers of 32 bits in a vector.
    const LANES: usize;
    /// Numbers of 16 bits in a vector.
    const SHORTS: usize = 2 * Self::LANES;
    /// As many `f32`.
    type Floats: Copy;
    /// As many `i32`, or twice as many `i16`.
    type Integers: Copy;

    fn splat(x: f32) -> Self::Floats;
    fn multiply(a: Self::Floats, b: Self::Floats) -> Self::Floats;
    fn add(a: Self::Floats, b: Self::Floats) -> Self::Floats;
    unsafe fn load_floats(from: *const f32) -> Self::Floats;
    unsafe fn store_floats(to: *mut f32, x: Self::Floats);
    /// `LANES` bytes as floats.
    unsafe fn floats_of_bytes(from: *const i8) -> Self::Floats;

    fn add_integers(a: Self::Integers, b: Self::Integers) -> Self::Integers;
    /// The sums of the products of two neighbouring `i16` each.
    fn multiply_pairs(a: Self::Integers, b: Self::Integers) -> Self::Integers;
    /// Numbers of 32 bits, picked within each 128 bits.
    fn shuffle<const PICK: i32>(x: Self::Integers) -> Self::Integers;
    /// The `i16` of the lower halves of each 128 bits in turns, and those of the upper halves.
    fn unpack(a: Self::Integers, b: Self::Integers) -> [Self::Integers; 2];
    /// Arranges `i16` so that what [`unpack`](Vectors::unpack) yields is the first half of all, and the second.
    fn to_unpack(x: Self::Integers) -> Self::Integers;
    /// Eight `i16` in each 128 bits.
    fn repeated(x: &[i16; 8]) -> Self::Integers;
    unsafe fn load_integers(from: *const Self::Integers) -> Self::Integers;
    unsafe fn store_integers(to: *mut Self::Integers, x: Self::Integers);
    /// `SHORTS` bytes as `i16`.
    unsafe fn shorts_of_bytes(from: *const i8) -> Self::Integers;
}

/// What is the same for each width but for the names of instructions.
macro_rules! same_but_for_names {
    ($add:ident $multiply:ident $splat:ident $load:ident $store:ident
     $add_integers:ident $multiply_pairs:ident $shuffle:ident $unpack_low:ident $unpack_high:ident
     $load_integers:ident $store_integers:ident) => {
        #[inline(always)]
        fn splat(x: f32) -> Self::Floats {
            // SAFETY: the target has the instruction.
            unsafe { $splat(x) }
        }
        #[inline(always)]
        fn multiply(a: Self::Floats, b: Self::Floats) -> Self::Floats {
            // SAFETY: the target has the instruction.
            unsafe { $multiply(a, b) }
        }
        #[inline(always)]
        fn add(a: Self::Floats, b: Self::Floats) -> Self::Floats {
            // SAFETY: the target has the instruction.
            unsafe { $add(a, b) }
        }
        #[inline(always)]
        unsafe fn load_floats(from: *const f32) -> Self::Floats {
            // SAFETY: the target has the instruction, and the caller sees to the rest.
            unsafe { $load(from) }
        }
        #[inline(always)]
        unsafe fn store_floats(to: *mut f32, x: Self::Floats) {
            // SAFETY: the target has the instruction, and the caller sees to the rest.
            unsafe { $store(to, x) }
        }
        #[inline(always)]
        fn add_integers(a: Self::Integers, b: Self::Integers) -> Self::Integers {
            // SAFETY: the target has the instruction.
            unsafe { $add_integers(a, b) }
        }
        #[inline(always)]
        fn multiply_pairs(a: Self::Integers, b: Self::Integers) -> Self::Integers {
            // SAFETY: the target has the instruction.
            unsafe { $multiply_pairs(a, b) }
        }
        #[inline(always)]
        fn shuffle<const PICK: i32>(x: Self::Integers) -> Self::Integers {
            // SAFETY: the target has the instruction.
            unsafe { $shuffle::<PICK>(x) }
        }
        #[inline(always)]
        fn unpack(a: Self::Integers, b: Self::Integers) -> [Self::Integers; 2] {
            // SAFETY: the target has the instructions.
            unsafe { [$unpack_low(a, b), $unpack_high(a, b)] }
        }
        #[inline(always)]
        unsafe fn load_integers(from: *const Self::Integers) -> Self::Integers {
            // SAFETY: the target has the instruction, and the caller sees to the rest.
            unsafe { $load_integers(from) }
        }
        #[inline(always)]
        unsafe fn store_integers(to: *mut Self::Integers, x: Self::Integers) {
            // SAFETY: the target has the instruction, and the caller sees to the rest.
            unsafe { $store_integers(to, x) }
        }
    };
}
pub(super) use same_but_for_names;

/// Calls a function with the widest vectors of which `L` elements are a whole number, and how many one has.
macro_rules! widest {
    ($lanes:ident, $f:ident::<$($sizes:ident),*>($($argument:expr),*)) => {{
        #[cfg(target_feature = "avx512bw")]
        if L.is_multiple_of(Avx512::$lanes) {
            return $f::<Avx512, { Avx512::$lanes }, $($sizes),*>($($argument),*);
        }
        #[cfg(target_feature = "avx2")]
        if L.is_multiple_of(Avx2::$lanes) {
            return $f::<Avx2, { Avx2::$lanes }, $($sizes),*>($($argument),*);
        }
        $f::<Sse2, { Sse2::$lanes }, $($sizes),*>($($argument),*)
    }};
}

/// The square root, correctly rounded.
#[inline(always)]
pub fn sqrt(x: f32) -> f32 {
    // SAFETY: SSE is part of the x86-64 baseline.
    unsafe { _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(x))) }
}

/// `sums[p][j] += x[p][k] * w[k][j]` in order of `k`, each product and each sum rounded; `L` is a multiple
/// of four.
#[inline(always)]
pub fn add_float_products<const P: usize, const L: usize, const K: usize>(
    sums: &mut [[f32; L]; P],
    x: &[[f32; K]; P],
    w: &[[f32; L]; K],
) {
    const { assert!(L.is_multiple_of(Sse2::LANES)) };
    widest!(LANES, float_products::<P, L, K>(sums, x, w))
}

#[inline(always)]
fn float_products<
    V: Vectors,
    const LANES: usize,
    const P: usize,
    const L: usize,
    const K: usize,
>(
    sums: &mut [[f32; L]; P],
    x: &[[f32; K]; P],
    w: &[[f32; L]; K],
) {
    for (k, w) in w.iter().enumerate() {
        for (i, w) in w.as_chunks::<LANES>().0.iter().enumerate() {
            for (sums, x) in sums.iter_mut().zip(x) {
                let sums = sums.as_chunks_mut::<LANES>().0.get_mut(i);
                let (Some(sums), Some(&x)) = (sums, x.get(k)) else {
                    return;
                };
                // SAFETY: `w` and `sums` are a vector each.
                unsafe {
                    let product = V::multiply(V::splat(x), V::load_floats(w.as_ptr()));
                    let sum = V::add(V::load_floats(sums.as_ptr()), product);
                    V::store_floats(sums.as_mut_ptr(), sum);
                }
            }
        }
    }
}

/// `totals[p][j] += sums[p][j] * scales[j]`, each product and each sum rounded; `L` is a multiple of four.
#[inline(always)]
pub fn add_scaled<const P: usize, const L: usize>(
    totals: &mut [[f32; L]; P],
    sums: &[[f32; L]; P],
    scales: &[f32; L],
) {
    const { assert!(L.is_multiple_of(Sse2::LANES)) };
    widest!(LANES, scaled::<P, L>(totals, sums, scales))
}

#[inline(always)]
fn scaled<V: Vectors, const LANES: usize, const P: usize, const L: usize>(
    totals: &mut [[f32; L]; P],
    sums: &[[f32; L]; P],
    scales: &[f32; L],
) {
    for (totals, sums) in totals.iter_mut().zip(sums) {
        let totals = totals.as_chunks_mut::<LANES>().0.iter_mut();
        let factors = sums
            .as_chunks::<LANES>()
            .0
            .iter()
            .zip(scales.as_chunks::<LANES>().0);
        for (total, (sum, scale)) in totals.zip(factors) {
            // SAFETY: each of them is a vector.
            unsafe {
                let product =
                    V::multiply(V::load_floats(sum.as_ptr()), V::load_floats(scale.as_ptr()));
                let total_so_far = V::load_floats(total.as_ptr());
                V::store_floats(total.as_mut_ptr(), V::add(total_so_far, product));
            }
        }
    }
}

/// `sums[p][j] += Σk x[p][k] * w[k][j]` modulo 2³²; `L` is a multiple of eight.
///
/// Two products at a time, which `pmaddwd` adds; best where `K` is eight, as many elements of `x` as
/// 128 bits have.
#[inline(always)]
pub fn add_products<const P: usize, const L: usize, const K: usize>(
    sums: &mut [[i32; L]; P],
    x: &[[i16; K]; P],
    w: &[[i16; L]; K],
) {
    const { assert!(L.is_multiple_of(Sse2::SHORTS)) };
    widest!(SHORTS, products::<P, L, K>(sums, x, w))
}

#[inline(always)]
fn products<V: Vectors, const SHORTS: usize, const P: usize, const L: usize, const K: usize>(
    sums: &mut [[i32; L]; P],
    x: &[[i16; K]; P],
    w: &[[i16; L]; K],
) {
    let (eights, rest) = w.as_chunks::<8>();
    for (i, [w0, w1, w2, w3, w4, w5, w6, w7]) in eights.iter().enumerate() {
        let x = x
            .each_ref()
            .map(|x| V::repeated(x.as_chunks::<8>().0.get(i).unwrap_or(&[0; 8])));
        add_pairs::<V, SHORTS, 0x00, _, _>(sums, &x, w0, w1);
        add_pairs::<V, SHORTS, 0x55, _, _>(sums, &x, w2, w3);
        add_pairs::<V, SHORTS, 0xaa, _, _>(sums, &x, w4, w5);
        add_pairs::<V, SHORTS, 0xff, _, _>(sums, &x, w6, w7);
    }
    for (k, w) in (K - rest.len()..K).zip(rest) {
        let x = x
            .each_ref()
            .map(|x| V::repeated(&[x.get(k).copied().unwrap_or(0), 0, 0, 0, 0, 0, 0, 0]));
        add_pairs::<V, SHORTS, 0, _, _>(sums, &x, w, &[0; L]);
    }
}

/// Adds the products of one pair of elements of each `x`, spread over a vector by `PAIR`, and of
/// weights.
#[inline(always)]
fn add_pairs<V: Vectors, const SHORTS: usize, const PAIR: i32, const P: usize, const L: usize>(
    sums: &mut [[i32; L]; P],
    x: &[V::Integers; P],
    w0: &[i16; L],
    w1: &[i16; L],
) {
    let weights = w0
        .as_chunks::<SHORTS>()
        .0
        .iter()
        .zip(w1.as_chunks::<SHORTS>().0);
    for (i, (w0, w1)) in weights.enumerate() {
        // SAFETY: `w0` and `w1` are a vector each.
        let [w0, w1] = [w0, w1].map(|w| unsafe { V::load_integers(w.as_ptr().cast()) });
        let [low, high] = V::unpack(V::to_unpack(w0), V::to_unpack(w1));
        for (sums, &x) in sums.iter_mut().zip(x) {
            let Some(sums) = sums.as_chunks_mut::<SHORTS>().0.get_mut(i) else {
                return;
            };
            let sums: *mut V::Integers = sums.as_mut_ptr().cast();
            let x = V::shuffle::<PAIR>(x);
            // SAFETY: `sums`, of 32 bits each, are two vectors.
            unsafe {
                let sum = V::add_integers(V::load_integers(sums), V::multiply_pairs(x, low));
                V::store_integers(sums, sum);
                let next = sums.add(1);
                let sum = V::add_integers(V::load_integers(next), V::multiply_pairs(x, high));
                V::store_integers(next, sum);
            }
        }
    }
}

/// Bytes as numbers of 16 bits.
#[inline(always)]
pub fn shorts_of_bytes<const L: usize>(x: &[i8; L]) -> [i16; L] {
    widest!(SHORTS, shorts::<L>(x))
}

#[inline(always)]
fn shorts<V: Vectors, const SHORTS: usize, const L: usize>(x: &[i8; L]) -> [i16; L] {
    let mut shorts = [0; L];
    let (vectors, rest) = shorts.as_chunks_mut::<SHORTS>();
    let (bytes, last) = x.as_chunks::<SHORTS>();
    for (to, from) in vectors.iter_mut().zip(bytes) {
        // SAFETY: `to` is a vector, made of half as many bytes.
        unsafe { V::store_integers(to.as_mut_ptr().cast(), V::shorts_of_bytes(from.as_ptr())) }
    }
    for (to, &from) in rest.iter_mut().zip(last) {
        *to = from.into();
    }
    shorts
}

/// Bytes as floats.
#[inline(always)]
pub fn floats_of_bytes<const L: usize>(x: &[i8; L]) -> [f32; L] {
    widest!(LANES, floats::<L>(x))
}

#[inline(always)]
fn floats<V: Vectors, const LANES: usize, const L: usize>(x: &[i8; L]) -> [f32; L] {
    let mut floats = [0.0; L];
    let (vectors, rest) = floats.as_chunks_mut::<LANES>();
    let (bytes, last) = x.as_chunks::<LANES>();
    for (to, from) in vectors.iter_mut().zip(bytes) {
        // SAFETY: `to` is a vector, made of a quarter as many bytes.
        unsafe { V::store_floats(to.as_mut_ptr(), V::floats_of_bytes(from.as_ptr())) }
    }
    for (to, &from) in rest.iter_mut().zip(last) {
        *to = from.into();
    }
    floats
}
