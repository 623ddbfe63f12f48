//! Floats of 32 bits in hardware: Cortex-M4, M7, M33 and their like.
//!
//! `vmla` rounds a product before it adds it to a sum, so that results have the bits of the portable kernels. Two outputs
//! meet eight channels: their sums, the weights of an element and four elements of each window fill all 32 registers.
//! The layout is that of [`floats`](super::floats).

use super::floats::Loops;
#[cfg(all(
    target_arch = "arm",
    target_has_atomic = "32",
    not(any(target_os = "linux", target_os = "android"))
))]
use super::floats::{self, Work};

/// The instruction set.
pub struct Fpu;

impl Loops for Fpu {
    #[inline(always)]
    fn add_product(sum: f32, x: f32, w: f32) -> f32 {
        sum + x * w
    }

    #[inline(always)]
    fn add(a: f32, b: f32) -> f32 {
        a + b
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

    /// Adds the products of an element, and of the weights of eight channels from a register on, to their sums.
    macro_rules! products {
        ($x:literal: $($sum:literal $w:literal),*) => {
            concat!($("vmla.f32 s", $sum, ", s", $x, ", s", $w, "\n"),*)
        };
    }

    /// The products of an element of each of two windows, with eight weights that are loaded.
    macro_rules! element_of_two {
        ($a:literal, $b:literal) => {
            concat!(
                "vldmia r4!, {{s16-s23}}\n",
                products!($a: 0 16, 1 17, 2 18, 3 19, 4 20, 5 21, 6 22, 7 23),
                products!($b: 8 16, 9 17, 10 18, 11 19, 12 20, 13 21, 14 22, 15 23),
            )
        };
    }

    /// The products of an element with the first weights that are loaded, and of another with the others.
    macro_rules! elements_of_one {
        ($a:literal, $b:literal) => {
            concat!(
                "vldmia r4!, {{s16-s31}}\n",
                products!($a: 0 16, 1 17, 2 18, 3 19, 4 20, 5 21, 6 22, 7 23),
                products!($b: 0 24, 1 25, 2 26, 3 27, 4 28, 5 29, 6 30, 7 31),
            )
        };
    }

    /// Bounds sums: bounds are in `s24` and `s25`, and `lr` says how many there are. What is not a number stays so.
    macro_rules! bounded {
        ($($sum:literal)*) => {
            concat!(
                "ldr lr, [r0, #{bounds}]\n",
                "cmp lr, #0\n",
                "beq 92f\n",
                "vldr s24, [r0, #{lo}]\n",
                "vldr s25, [r0, #{lo} + 4]\n",
                $(
                    "vcmp.f32 s", $sum, ", s24\n",
                    "vmrs APSR_nzcv, fpscr\n",
                    "it ls\n",
                    "vmovls.f32 s", $sum, ", s24\n",
                )*
                "cmp lr, #1\n",
                "beq 92f\n",
                $(
                    "vcmp.f32 s", $sum, ", s25\n",
                    "vmrs APSR_nzcv, fpscr\n",
                    "it ge\n",
                    "vmovge.f32 s", $sum, ", s25\n",
                )*
                "92:\n",
            )
        };
    }

    /// Adds eight sums from `s0` on to what is at `r2`, if that is to be.
    macro_rules! accumulated {
        () => {
            concat!(
                "ldr lr, [r0, #{accumulate}]\n",
                "cmp lr, #0\n",
                "beq 91f\n",
                "vldmia r2, {{s16-s23}}\n",
                sums!(0 16, 1 17, 2 18, 3 19, 4 20, 5 21, 6 22, 7 23),
                "91:\n",
            )
        };
    }

    /// Adds registers to others.
    macro_rules! sums {
        ($($sum:literal $y:literal),*) => {
            concat!($("vadd.f32 s", $sum, ", s", $sum, ", s", $y, "\n"),*)
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
            loops!(work: x, step, y, biases, outputs, rows, taps, row_step, run, accumulate, bounds, lo;
                "ldr r9, [r0, #{outputs}]",
                "ldr r1, [r0, #{x}]",
                "ldrd r2, r12, [r0, #{y}]",
                "lsr r9, r9, #1",
                // Two outputs.
                "2:",
                "ldrd r3, r4, [r0, #{biases}]",
                "vldmia r3, {{s0-s7}}",
                "vldmia r3, {{s8-s15}}",
                "ldr r7, [r0, #{rows}]",
                "ldr lr, [r0, #{step}]",
                "cmp r7, #0",
                "beq 9f",
                "mov r5, r1",
                "add r6, r1, lr",
                // A row of taps.
                "3:",
                "ldrd r8, r3, [r0, #{taps}]",
                // A tap.
                "11:",
                "ldr r10, [r0, #{run}]",
                "subs r10, #4",
                "blt 5f",
                "4:",
                "vldmia r5!, {{s24-s27}}",
                "vldmia r6!, {{s28-s31}}",
                element_of_two!(24, 28),
                element_of_two!(25, 29),
                element_of_two!(26, 30),
                element_of_two!(27, 31),
                "subs r10, #4",
                "bge 4b",
                "5:",
                "adds r10, #4",
                "beq 7f",
                "6:",
                "vldmia r5!, {{s24}}",
                "vldmia r6!, {{s28}}",
                element_of_two!(24, 28),
                "subs r10, #1",
                "bne 6b",
                "7:",
                "add r5, r3",
                "add r6, r3",
                "subs r8, #1",
                "bne 11b",
                "ldrd r10, lr, [r0, #{row_step}]",
                "subs r7, #1",
                "add r5, r10",
                "add r6, r10",
                "add r4, lr",
                "bne 3b",
                "9:",
                accumulated!(),
                "ldr lr, [r0, #{accumulate}]",
                "add r5, r2, r12",
                "cmp lr, #0",
                "beq 8f",
                "vldmia r5, {{s16-s23}}",
                sums!(8 16, 9 17, 10 18, 11 19, 12 20, 13 21, 14 22, 15 23),
                "8:",
                bounded!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15),
                "vstmia r2, {{s0-s7}}",
                "vstmia r5, {{s8-s15}}",
                "ldr lr, [r0, #{step}]",
                "add r2, r5, r12",
                "subs r9, #1",
                "add r1, r1, lr, lsl #1",
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
            loops!(work: x, step, y, biases, outputs, rows, taps, row_step, run, accumulate, bounds, lo;
                "ldr r9, [r0, #{outputs}]",
                "ldr r1, [r0, #{x}]",
                "ldrd r2, r12, [r0, #{y}]",
                "2:",
                "ldrd r3, r4, [r0, #{biases}]",
                "vldmia r3, {{s0-s7}}",
                "ldr r7, [r0, #{rows}]",
                "cmp r7, #0",
                "beq 9f",
                "mov r5, r1",
                "3:",
                "ldrd r8, r3, [r0, #{taps}]",
                "11:",
                "ldr r10, [r0, #{run}]",
                "subs r10, #8",
                "blt 5f",
                "4:",
                "vldmia r5!, {{s8-s15}}",
                elements_of_one!(8, 9),
                elements_of_one!(10, 11),
                elements_of_one!(12, 13),
                elements_of_one!(14, 15),
                "subs r10, #8",
                "bge 4b",
                "5:",
                "adds r10, #8",
                "beq 7f",
                "6:",
                "vldmia r5!, {{s8}}",
                "vldmia r4!, {{s16-s23}}",
                products!(8: 0 16, 1 17, 2 18, 3 19, 4 20, 5 21, 6 22, 7 23),
                "subs r10, #1",
                "bne 6b",
                "7:",
                "add r5, r3",
                "subs r8, #1",
                "bne 11b",
                "ldrd r10, lr, [r0, #{row_step}]",
                "subs r7, #1",
                "add r5, r10",
                "add r4, lr",
                "bne 3b",
                "9:",
                accumulated!(),
                bounded!(0 1 2 3 4 5 6 7),
                "vstmia r2, {{s0-s7}}",
                "ldr lr, [r0, #{step}]",
                "subs r9, #1",
                "add r2, r12",
                "add r1, lr",
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
            loops!(work: x, step, y, biases, outputs, rows, taps, row_step, accumulate, bounds, lo;
                "ldr r9, [r0, #{outputs}]",
                "ldr r1, [r0, #{x}]",
                "ldrd r2, r12, [r0, #{y}]",
                "2:",
                "ldrd r3, r4, [r0, #{biases}]",
                "vldmia r3, {{s0-s7}}",
                "ldr r7, [r0, #{rows}]",
                "cmp r7, #0",
                "beq 9f",
                "mov r5, r1",
                "3:",
                "ldrd r10, r6, [r0, #{taps}]",
                "4:",
                "vldmia r5, {{s8-s15}}",
                "vldmia r4!, {{s16-s23}}",
                products!(8: 0 16),
                products!(9: 1 17),
                products!(10: 2 18),
                products!(11: 3 19),
                products!(12: 4 20),
                products!(13: 5 21),
                products!(14: 6 22),
                products!(15: 7 23),
                "subs r10, #1",
                "add r5, r6",
                "bne 4b",
                "ldrd r10, lr, [r0, #{row_step}]",
                "subs r7, #1",
                "add r5, r10",
                "add r4, lr",
                "bne 3b",
                "9:",
                accumulated!(),
                bounded!(0 1 2 3 4 5 6 7),
                "vstmia r2, {{s0-s7}}",
                "ldr lr, [r0, #{step}]",
                "subs r9, #1",
                "add r2, r12",
                "add r1, lr",
                "bne 2b",
            );
        }
    }
}
