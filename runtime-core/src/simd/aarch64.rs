//! Shells over the floating point unit and the vectors (NEON) of AArch64, which every core of it has.

use core::arch::aarch64::{
    int16x8_t, vget_low_s16, vld1q_s16, vld1q_s32, vmlal_high_laneq_s16, vmlal_laneq_s16, vst1q_s32,
};

/// The square root, correctly rounded.
#[inline(always)]
pub fn sqrt(x: f32) -> f32 {
    let y;
    // SAFETY: `fsqrt` reads one register and writes another.
    unsafe {
        core::arch::asm!("fsqrt {y:s}, {x:s}", x = in(vreg) x, y = lateout(vreg) y,
            options(pure, nomem, nostack, preserves_flags));
    }
    y
}

/// `sums[p][j] += Σk x[p][k] * w[k][j]` modulo 2³²; `L` is a multiple of eight.
///
/// Products are added along channels, eight at a time (`smlal` by lane), so that no sum has to be made of
/// lanes; best where `K` is eight, as many elements of `x` as a vector has.
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
            .map(|x| load(x.as_chunks::<8>().0.get(i).unwrap_or(&[0; 8])));
        add_lane::<0, _, _>(sums, &x, w0);
        add_lane::<1, _, _>(sums, &x, w1);
        add_lane::<2, _, _>(sums, &x, w2);
        add_lane::<3, _, _>(sums, &x, w3);
        add_lane::<4, _, _>(sums, &x, w4);
        add_lane::<5, _, _>(sums, &x, w5);
        add_lane::<6, _, _>(sums, &x, w6);
        add_lane::<7, _, _>(sums, &x, w7);
    }
    for (k, w) in (K - rest.len()..K).zip(rest) {
        let x = x
            .each_ref()
            .map(|x| load(&[x.get(k).copied().unwrap_or(0); 8]));
        add_lane::<0, _, _>(sums, &x, w);
    }
}

/// Adds the products of one lane of each `x` and of weights.
#[inline(always)]
fn add_lane<const LANE: i32, const P: usize, const L: usize>(
    sums: &mut [[i32; L]; P],
    x: &[int16x8_t; P],
    w: &[i16; L],
) {
    for (i, w) in w.as_chunks().0.iter().enumerate() {
        let w = load(w);
        for (sums, &x) in sums.iter_mut().zip(x) {
            let Some(sums) = sums.as_chunks_mut::<8>().0.get_mut(i) else {
                return;
            };
            let (low, high) = (sums.as_mut_ptr(), sums.as_mut_ptr().wrapping_add(4));
            // SAFETY: NEON is part of AArch64's baseline; `low` and `high` are four `i32` each, of eight.
            unsafe {
                let sum = vmlal_laneq_s16::<LANE>(vld1q_s32(low), vget_low_s16(w), x);
                vst1q_s32(low, sum);
                let sum = vmlal_high_laneq_s16::<LANE>(vld1q_s32(high), w, x);
                vst1q_s32(high, sum);
            }
        }
    }
}

#[inline(always)]
fn load(x: &[i16; 8]) -> int16x8_t {
    // SAFETY: NEON is part of AArch64's baseline; eight `i16` are one vector.
    unsafe { vld1q_s16(x.as_ptr()) }
}
