//! Floats in vectors of Helium: Cortex-M55, M85 and their like.
//!
//! `vfma` adds products of four lanes to sums and rounds once. Vectors take subnormal numbers for zeros, and make zeros of
//! results that are subnormal before they are rounded; so does the twin. Two outputs meet eight channels, whose weights
//! are loaded several vectors at a time. The layout is that of [`floats`](super::floats).

use super::floats::Loops;
#[cfg(all(
    target_arch = "arm",
    target_has_atomic = "32",
    not(any(target_os = "linux", target_os = "android"))
))]
use super::floats::{self, Work};

/// The instruction set.
pub struct HeliumFloats;

/// A number, or zero for one that is subnormal.
#[inline(always)]
fn normal(x: f32) -> f32 {
    if x.is_subnormal() {
        0f32.copysign(x)
    } else {
        x
    }
}

impl Loops for HeliumFloats {
    /// The product is exact in 64 bits. The sum is rounded there to an odd neighbour, if it is not exact: 53 bits are
    /// enough that it is rounded to 24 then as if it had never been before.
    #[inline(always)]
    fn add_product(sum: f32, x: f32, w: f32) -> f32 {
        let (a, b) = (
            f64::from(normal(x)) * f64::from(normal(w)),
            f64::from(normal(sum)),
        );
        let sum = a + b;
        let of_b = sum - a;
        let error = (a - (sum - of_b)) + (b - of_b);
        let bits = sum.to_bits();
        let odd = match error != 0.0 && sum.is_finite() && bits % 2 == 0 {
            true if (error > 0.0) == (sum > 0.0) => f64::from_bits(bits + 1),
            true => f64::from_bits(bits - 1),
            false => sum,
        };
        if odd.abs() < f64::from(f32::MIN_POSITIVE) {
            return 0f32.copysign(odd as f32);
        }
        odd as f32
    }

    #[inline(always)]
    fn add(a: f32, b: f32) -> f32 {
        normal(normal(a) + normal(b))
    }

    #[cfg(all(
        target_arch = "arm",
        target_has_atomic = "32",
        not(any(target_os = "linux", target_os = "android"))
    ))]
    #[inline(always)]
    unsafe fn columns(work: &Work) {
        // SAFETY: as the caller says.
        unsafe { floats::in_pairs(work, assembly::columns_two, assembly::columns_one) };
    }

    #[cfg(all(
        target_arch = "arm",
        target_has_atomic = "32",
        not(any(target_os = "linux", target_os = "android"))
    ))]
    #[inline(always)]
    unsafe fn taps(work: &Work) {
        // SAFETY: as the caller says.
        unsafe { assembly::taps(work) };
    }
}

#[cfg(all(
    target_arch = "arm",
    target_has_atomic = "32",
    not(any(target_os = "linux", target_os = "android"))
))]
mod assembly {
    use super::super::floats::loops;
    use super::Work;

    /// Two elements of each of two windows, with the weights of eight channels for both.
    macro_rules! elements_of_two {
        () => {
            concat!(
                "ldrd r8, r9, [r5], #8\n",
                "ldrd r10, r11, [r12], #8\n",
                "vldmia r4!, {{d8-d15}}\n",
                "vfma.f32 q0, q4, r8\n",
                "vfma.f32 q1, q5, r8\n",
                "vfma.f32 q2, q4, r10\n",
                "vfma.f32 q3, q5, r10\n",
                "vfma.f32 q0, q6, r9\n",
                "vfma.f32 q1, q7, r9\n",
                "vfma.f32 q2, q6, r11\n",
                "vfma.f32 q3, q7, r11\n",
            )
        };
    }

    /// Three elements of a window, with the weights of eight channels for each.
    macro_rules! elements_of_one {
        ($a:literal, $b:literal, $c:literal) => {
            concat!(
                "vldmia r4!, {{d4-d15}}\n",
                "vfma.f32 q0, q2, ",
                $a,
                "\n",
                "vfma.f32 q1, q3, ",
                $a,
                "\n",
                "vfma.f32 q0, q4, ",
                $b,
                "\n",
                "vfma.f32 q1, q5, ",
                $b,
                "\n",
                "vfma.f32 q0, q6, ",
                $c,
                "\n",
                "vfma.f32 q1, q7, ",
                $c,
                "\n",
            )
        };
    }

    /// Adds sums to what is at an address, if that is to be.
    macro_rules! accumulated {
        ($y:literal: $first:literal $second:literal) => {
            concat!(
                "ldr r8, [r0, #{accumulate}]\n",
                "cmp r8, #0\n",
                "beq 91f\n",
                "vldmia ",
                $y,
                ", {{d8-d11}}\n",
                "vadd.f32 ",
                $first,
                ", ",
                $first,
                ", q4\n",
                "vadd.f32 ",
                $second,
                ", ",
                $second,
                ", q5\n",
                "91:\n",
            )
        };
    }

    /// Bounds sums. What is not a number stays so.
    macro_rules! bounded {
        ($($sum:literal)*) => {
            concat!(
                "ldrd r8, r10, [r0, #{bounds}]\n",
                "cmp r8, #0\n",
                "beq 92f\n",
                "vdup.32 q4, r10\n",
                $("vpt.f32 ge, q4, ", $sum, "\nvorrt ", $sum, ", q4, q4\n",)*
                "cmp r8, #1\n",
                "beq 92f\n",
                "ldr r10, [r0, #{hi}]\n",
                "vdup.32 q4, r10\n",
                $("vpt.f32 ge, ", $sum, ", q4\nvorrt ", $sum, ", q4, q4\n",)*
                "92:\n",
            )
        };
    }

    /// Pairs of outputs.
    ///
    /// # Safety
    /// As that of [`Loops::columns`](super::Loops), of all pairs.
    #[inline]
    pub(super) unsafe fn columns_two(work: &Work) {
        // SAFETY: as the caller says.
        unsafe {
            loops!(work: x, step, y, y_step, biases, outputs, rows, taps, tap_step, weights_step, fours, accumulate, bounds, hi;
                "ldr r3, [r0, #{outputs}]",
                "ldr r1, [r0, #{x}]",
                "ldr r2, [r0, #{y}]",
                "lsr r3, r3, #1",
                // Two outputs.
                "2:",
                "ldrd r8, r4, [r0, #{biases}]",
                "vldmia r8, {{d0-d3}}",
                "vldmia r8, {{d4-d7}}",
                "ldr r6, [r0, #{rows}]",
                "ldr r9, [r0, #{step}]",
                "cmp r6, #0",
                "beq 9f",
                "mov r5, r1",
                "add r12, r1, r9",
                // A row of taps.
                "3:",
                "ldr r7, [r0, #{taps}]",
                // A tap.
                "8:",
                "ldr r8, [r0, #{fours}]",
                "wls lr, r8, 5f",
                "4:",
                elements_of_two!(),
                elements_of_two!(),
                "le lr, 4b",
                "5:",
                "ldr r8, [r0, #{fours} + 4]",
                "wls lr, r8, 7f",
                "6:",
                "ldr r8, [r5], #4",
                "ldr r10, [r12], #4",
                "vldmia r4!, {{d8-d11}}",
                "vfma.f32 q0, q4, r8",
                "vfma.f32 q1, q5, r8",
                "vfma.f32 q2, q4, r10",
                "vfma.f32 q3, q5, r10",
                "le lr, 6b",
                "7:",
                "ldrd r8, r9, [r0, #{tap_step}]",
                "subs r7, #1",
                "add r5, r8",
                "add r12, r8",
                "bne 8b",
                "ldr r8, [r0, #{weights_step}]",
                "subs r6, #1",
                "add r5, r9",
                "add r12, r9",
                "add r4, r8",
                "bne 3b",
                "9:",
                "ldr r12, [r0, #{y_step}]",
                "add r5, r2, r12",
                accumulated!("r2": "q0" "q1"),
                accumulated!("r5": "q2" "q3"),
                bounded!("q0" "q1" "q2" "q3"),
                "vstmia r2, {{d0-d3}}",
                "vstmia r5, {{d4-d7}}",
                "ldr r8, [r0, #{step}]",
                "add r2, r5, r12",
                "subs r3, #1",
                "add r1, r1, r8, lsl #1",
                "bne 2b",
            );
        }
    }

    /// Outputs one by one.
    ///
    /// # Safety
    /// As that of [`Loops::columns`](super::Loops).
    #[inline]
    pub(super) unsafe fn columns_one(work: &Work) {
        // SAFETY: as the caller says.
        unsafe {
            loops!(work: x, step, y, biases, outputs, rows, taps, tap_step, weights_step, sixes, accumulate, bounds, hi;
                "ldr r3, [r0, #{outputs}]",
                "ldr r1, [r0, #{x}]",
                "ldrd r2, r12, [r0, #{y}]",
                "2:",
                "ldrd r8, r4, [r0, #{biases}]",
                "strd r2, r3, [sp, #-8]!",
                "vldmia r8, {{d0-d3}}",
                "ldr r6, [r0, #{rows}]",
                "cmp r6, #0",
                "beq 9f",
                "mov r5, r1",
                "3:",
                "ldr r7, [r0, #{taps}]",
                "8:",
                "ldr r8, [r0, #{sixes}]",
                "wls lr, r8, 5f",
                "4:",
                "ldmia.w r5!, {{r2, r3, r8-r11}}",
                elements_of_one!("r2", "r3", "r8"),
                elements_of_one!("r9", "r10", "r11"),
                "le lr, 4b",
                "5:",
                "ldr r8, [r0, #{sixes} + 4]",
                "wls lr, r8, 7f",
                "6:",
                "ldr r8, [r5], #4",
                "vldmia r4!, {{d8-d11}}",
                "vfma.f32 q0, q4, r8",
                "vfma.f32 q1, q5, r8",
                "le lr, 6b",
                "7:",
                "ldrd r8, r9, [r0, #{tap_step}]",
                "subs r7, #1",
                "add r5, r8",
                "bne 8b",
                "ldr r8, [r0, #{weights_step}]",
                "subs r6, #1",
                "add r5, r9",
                "add r4, r8",
                "bne 3b",
                "9:",
                "ldrd r2, r3, [sp], #8",
                accumulated!("r2": "q0" "q1"),
                bounded!("q0" "q1"),
                "vstmia r2, {{d0-d3}}",
                "ldr r8, [r0, #{step}]",
                "subs r3, #1",
                "add r2, r12",
                "add r1, r8",
                "bne 2b",
            );
        }
    }

    /// Outputs of which each channel has floats of its own.
    ///
    /// # Safety
    /// As that of [`Loops::taps`](super::Loops).
    #[inline]
    pub(super) unsafe fn taps(work: &Work) {
        // SAFETY: as the caller says.
        unsafe {
            loops!(work: x, step, y, biases, outputs, rows, tap_step, weights_step, accumulate, bounds, hi;
                "ldr r3, [r0, #{outputs}]",
                "ldr r1, [r0, #{x}]",
                "ldrd r2, r12, [r0, #{y}]",
                "2:",
                "ldrd r8, r4, [r0, #{biases}]",
                "vldmia r8, {{d0-d3}}",
                "ldrd r6, r9, [r0, #{rows}]",
                "ldrd r10, r11, [r0, #{tap_step}]",
                "ldr r7, [r0, #{weights_step}]",
                "cmp r6, #0",
                "beq 9f",
                "mov r5, r1",
                "3:",
                "dls lr, r9",
                "4:",
                "vldmia r5, {{d8-d11}}",
                "vldmia r4!, {{d12-d15}}",
                "vfma.f32 q0, q4, q6",
                "vfma.f32 q1, q5, q7",
                "add r5, r10",
                "le lr, 4b",
                "subs r6, #1",
                "add r5, r11",
                "add r4, r7",
                "bne 3b",
                "9:",
                accumulated!("r2": "q0" "q1"),
                bounded!("q0" "q1"),
                "vstmia r2, {{d0-d3}}",
                "ldr r8, [r0, #{step}]",
                "subs r3, #1",
                "add r2, r12",
                "add r1, r8",
                "bne 2b",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers of any exponent, the same on every run; often with few bits, so that halves occur.
    fn numbers(seed: &mut u64) -> [f32; 3] {
        core::array::from_fn(|_| {
            *seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1);
            let bits = (*seed >> 32) as u32;
            let few = [u32::MAX, 0xfffc_0000, 0xffff_f000][bits as usize % 3];
            // Exponents near each other, so that sums have something of both.
            let exponent = 127 - 15 + (bits >> 8) % 30;
            f32::from_bits(bits & few & 0x807f_ffff | exponent << 23)
        })
    }

    #[test]
    fn products_are_fused_with_sums() {
        let mut seed = 1;
        for _ in 0..1_000_000 {
            let [sum, x, w] = numbers(&mut seed);
            let expected = x.mul_add(w, sum);
            let found = HeliumFloats::add_product(sum, x, w);
            assert_eq!(found.to_bits(), expected.to_bits(), "{sum} + {x} · {w}");
        }
    }

    #[test]
    fn subnormal_numbers_are_zeros() {
        let least = f32::MIN_POSITIVE;
        assert_eq!(
            HeliumFloats::add_product(least / 2.0, 1.0, least / 2.0),
            0.0
        );
        assert_eq!(
            HeliumFloats::add_product(0.0, least, -0.5).to_bits(),
            (-0f32).to_bits()
        );
        assert_eq!(HeliumFloats::add_product(0.0, least, 1.0), least);
        // It would be rounded to the least normal number.
        let below = 1.0 - f32::EPSILON / 2.0;
        assert_eq!(HeliumFloats::add_product(0.0, least, below), 0.0);
        assert_eq!(HeliumFloats::add(least, least * -1.5), -0.0);
        assert!(HeliumFloats::add_product(f32::INFINITY, 1.0, f32::NEG_INFINITY).is_nan());
    }
}
