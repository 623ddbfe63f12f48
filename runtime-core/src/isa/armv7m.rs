//! Armv7-M without the DSP extension: Cortex-M3.
//!
//! Factors are words, so that two of them are one load, and `mla` adds a product to a sum: eight sums of two outputs are
//! in registers. Layouts are those of [`scalar`](super::scalar).

use super::scalar::Loops;
#[cfg(all(
    target_arch = "arm",
    target_has_atomic = "32",
    not(any(target_os = "linux", target_os = "android"))
))]
use super::{super::kernels::packed::windows::Runs, scalar::Out};

/// The instruction set.
pub struct Armv7m;

impl Loops for Armv7m {
    const TILE: usize = 2;

    fn words(len: usize) -> usize {
        2 * len
    }

    #[cfg(all(
        target_arch = "arm",
        target_has_atomic = "32",
        not(any(target_os = "linux", target_os = "android"))
    ))]
    #[inline(always)]
    unsafe fn lay(x: &[u8], at: &[usize], len: usize, flip: u32, windows: &mut [i32], to: usize) {
        let (x, windows) = (x.as_ptr(), windows.as_mut_ptr());
        // SAFETY: as the caller says.
        unsafe {
            match *at {
                [a, b] => {
                    let a = x.add(a);
                    assembly::lay_two(a, x.add(b), a.add(len), windows.add(2 * to), flip);
                }
                [a] => assembly::lay_one(x.add(a), x.add(a + len), windows.add(to), flip),
                _ => {}
            }
        }
    }

    #[cfg(all(
        target_arch = "arm",
        target_has_atomic = "32",
        not(any(target_os = "linux", target_os = "android"))
    ))]
    #[inline(always)]
    unsafe fn columns<const TWICE: bool>(
        windows: &[i32],
        count: usize,
        len: usize,
        packed: &[i32],
        groups: usize,
        out: &Out,
    ) {
        let (x, w) = (windows.as_ptr(), packed.as_ptr());
        // SAFETY: as the caller says.
        unsafe {
            match count {
                1 => assembly::columns_one::<TWICE>(x, w, x.add(len), out, groups),
                _ => assembly::columns_two::<TWICE>(x, w, x.add(2 * len), out, groups),
            }
        }
    }

    #[cfg(all(
        target_arch = "arm",
        target_has_atomic = "32",
        not(any(target_os = "linux", target_os = "android"))
    ))]
    #[inline(always)]
    unsafe fn taps<const TWICE: bool>(
        x: *const u8,
        runs: &Runs,
        packed: &[i32],
        groups: usize,
        out: &Out,
    ) {
        // SAFETY: as the caller says.
        unsafe { assembly::taps::<TWICE>(x, packed.as_ptr(), runs, out, groups) };
    }
}

#[cfg(all(
    target_arch = "arm",
    target_has_atomic = "32",
    not(any(target_os = "linux", target_os = "android"))
))]
mod assembly {
    use super::super::super::kernels::packed::windows::Runs;
    use super::super::scalar::Out;
    use core::arch::naked_asm;
    use core::mem::offset_of;

    /// Words of both windows in turn, for the bytes from `a` to `end` and those from `b` on.
    #[unsafe(naked)]
    pub(super) unsafe extern "C" fn lay_two(
        a: *const u8,
        b: *const u8,
        end: *const u8,
        to: *mut i32,
        flip: u32,
    ) {
        naked_asm!(
            "push {{r4-r11, lr}}",
            "ldr r12, [sp, #36]",
            "2:",
            "ldr r4, [r0], #4",
            "ldr r5, [r1], #4",
            "eor r4, r4, r12",
            "eor r5, r5, r12",
            "sxtb r6, r4",
            "sxtb r7, r5",
            "sxtb r8, r4, ror #8",
            "sxtb r9, r5, ror #8",
            "sxtb r10, r4, ror #16",
            "sxtb r11, r5, ror #16",
            "stm r3!, {{r6-r11}}",
            "asr r4, r4, #24",
            "asr r5, r5, #24",
            "strd r4, r5, [r3], #8",
            "cmp r0, r2",
            "bne 2b",
            "pop {{r4-r11, pc}}",
        )
    }

    /// Words of one window, for the bytes from `a` to `end`.
    #[unsafe(naked)]
    pub(super) unsafe extern "C" fn lay_one(a: *const u8, end: *const u8, to: *mut i32, flip: u32) {
        naked_asm!(
            "push {{r4-r7}}",
            "2:",
            "ldr r12, [r0], #4",
            "eor r12, r12, r3",
            "sxtb r4, r12",
            "sxtb r5, r12, ror #8",
            "sxtb r6, r12, ror #16",
            "asr r7, r12, #24",
            "stm r2!, {{r4-r7}}",
            "cmp r0, r1",
            "bne 2b",
            "pop {{r4-r7}}",
            "bx lr",
        )
    }

    /// Four elements of two windows.
    macro_rules! two {
        () => {
            ".rept 4
            ldrd r2, r3, [r0], #8
            ldrsb r12, [r1], #1
            ldrsb lr, [r1], #1
            mla r4, r2, r12, r4
            mla r8, r3, r12, r8
            mla r5, r2, lr, r5
            mla r9, r3, lr, r9
            ldrsb r12, [r1], #1
            ldrsb lr, [r1], #1
            mla r6, r2, r12, r6
            mla r10, r3, r12, r10
            mla r7, r2, lr, r7
            mla r11, r3, lr, r11
            .endr"
        };
    }

    /// Makes room for registers, and on the stack: `r0` 0, `r2` 4, where outputs go 8, `Out` 12, groups that are left 52.
    macro_rules! enter {
        () => {
            "push {{r0-r11, lr}}
            ldr r12, [r3, #{y}]
            str r2, [sp, #4]
            str r12, [sp, #8]"
        };
    }

    /// What becomes of the high words of products that are rounded once.
    macro_rules! once {
        ($($sum:literal),*) => {
            concat!(
                "ldr r0, [sp, #12]\n",
                "ldrd r2, r3, [r0, #{offset}]\n",
                $("add ", $sum, ", ", $sum, ", r2\n asr ", $sum, ", ", $sum, ", r3\n",)*
                $("ssat ", $sum, ", #8, ", $sum, "\n",)*
            )
        };
    }

    /// What becomes of the sums of one channel, whose products are rounded twice. The next multiplier is at `r1`; `r2` has
    /// the shift of the channel, and that of the next one after it.
    macro_rules! twice {
        ($($sum:literal),*) => {
            concat!(
                "ldr r12, [sp, #12]\n ldr r3, [r1], #4\n ldr r12, [r12, #{offset}]\n lsl r12, r12, r2\n",
                $(
                    "lsl ", $sum, ", ", $sum, ", #1\n",
                    "mov lr, #0x80000000\n",
                    "add r0, r12, ", $sum, ", asr #31\n",
                    "smlal lr, r0, ", $sum, ", r3\n",
                    "asr ", $sum, ", r0, r2\n",
                    "ssat ", $sum, ", #8, ", $sum, ", asr #1\n",
                )*
                "lsr r2, r2, #8\n",
            )
        };
    }

    /// The sums of four channels of one output, if products are rounded twice.
    macro_rules! four {
        () => {
            concat!(
                ".if {twice}\n ldr r2, [r1, #16]\n",
                twice!("r4"),
                twice!("r5"),
                twice!("r6"),
                twice!("r7"),
                "ldr r0, [sp, #12]\n adds r1, #4\n",
            )
        };
    }

    /// What is left to do: bounds of their own.
    macro_rules! bound {
        () => {
            "ldr r12, [r0, #{bounded}]
            cmp r12, #0
            bne 6f
            5:"
        };
    }

    /// Stores four channels at `r2`, and goes on with the next ones.
    macro_rules! store {
        () => {
            "strb r4, [r2], #1
            strb r5, [r2], #1
            strb r6, [r2], #1
            strb r7, [r2], #1
            str r2, [sp, #8]
            ldr r3, [sp, #52]
            subs r3, #1
            str r3, [sp, #52]
            bne 7b
            add sp, #16
            pop {{r4-r11, pc}}"
        };
    }

    /// What is bounded otherwise; goes back.
    macro_rules! bounded {
        ($($sum:literal),*) => {
            concat!(
                "6:\n",
                "ldrd r2, r3, [r0, #{lo}]\n",
                "ldr r12, [r0, #{flip}]\n",
                $(
                    "cmp ", $sum, ", r2\n it lt\n movlt ", $sum, ", r2\n",
                    "cmp ", $sum, ", r3\n it gt\n movgt ", $sum, ", r3\n",
                    "eor ", $sum, ", ", $sum, ", r12\n",
                )*
                "b 5b\n",
            )
        };
    }

    /// Two outputs.
    #[unsafe(naked)]
    pub(super) unsafe extern "C" fn columns_two<const TWICE: bool>(
        x: *const i32,
        w: *const i32,
        end: *const i32,
        out: &Out,
        groups: usize,
    ) {
        naked_asm!(
            enter!(),
            "7:",
            "ldm r1!, {{r4-r7}}",
            "ldrd r0, r2, [sp]",
            "mov r8, r4",
            "mov r9, r5",
            "mov r10, r6",
            "mov r11, r7",
            // Eight elements a turn, but four in the first if these are left over.
            "sub r12, r2, r0",
            "tst r12, #32",
            "bne 3f",
            "2:",
            two!(),
            "3:",
            two!(),
            "ldr r12, [sp, #4]",
            "cmp r0, r12",
            "bne 2b",
            ".if {twice}",
            "ldr r2, [r1, #16]",
            twice!("r4", "r8"),
            twice!("r5", "r9"),
            twice!("r6", "r10"),
            twice!("r7", "r11"),
            "ldr r0, [sp, #12]",
            "adds r1, #4",
            ".else",
            "ldm r1!, {{r0, r2, r3, r12}}",
            "smull lr, r4, r4, r0",
            "smull lr, r8, r8, r0",
            "smull lr, r5, r5, r2",
            "smull lr, r9, r9, r2",
            "smull lr, r6, r6, r3",
            "smull lr, r10, r10, r3",
            "smull lr, r7, r7, r12",
            "smull lr, r11, r11, r12",
            once!("r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11"),
            ".endif",
            bound!(),
            "ldr r2, [sp, #8]",
            "ldr r3, [r0, #{step}]",
            "add r3, r2",
            "strb r8, [r3]",
            "strb r9, [r3, #1]",
            "strb r10, [r3, #2]",
            "strb r11, [r3, #3]",
            store!(),
            bounded!("r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11"),
            twice = const TWICE as u32,
            y = const offset_of!(Out, y),
            step = const offset_of!(Out, step),
            offset = const offset_of!(Out, offset),
            lo = const offset_of!(Out, lo),
            flip = const offset_of!(Out, flip),
            bounded = const offset_of!(Out, bounded),
        )
    }

    /// Four elements of one window.
    macro_rules! one {
        () => {
            "ldm r0!, {{r8-r11}}
            .irp x, r8, r9, r10, r11
            ldrsb r2, [r1], #1
            ldrsb r3, [r1], #1
            ldrsb r12, [r1], #1
            ldrsb lr, [r1], #1
            mla r4, \\x, r2, r4
            mla r5, \\x, r3, r5
            mla r6, \\x, r12, r6
            mla r7, \\x, lr, r7
            .endr"
        };
    }

    /// One output.
    #[unsafe(naked)]
    pub(super) unsafe extern "C" fn columns_one<const TWICE: bool>(
        x: *const i32,
        w: *const i32,
        end: *const i32,
        out: &Out,
        groups: usize,
    ) {
        naked_asm!(
            enter!(),
            "7:",
            "ldm r1!, {{r4-r7}}",
            "ldrd r0, r2, [sp]",
            "sub r12, r2, r0",
            "tst r12, #16",
            "bne 3f",
            "2:",
            one!(),
            "3:",
            one!(),
            "ldr r12, [sp, #4]",
            "cmp r0, r12",
            "bne 2b",
            four!(),
            ".else",
            "ldm r1!, {{r0, r2, r3, r12}}",
            "smull lr, r4, r4, r0",
            "smull lr, r5, r5, r2",
            "smull lr, r6, r6, r3",
            "smull lr, r7, r7, r12",
            once!("r4", "r5", "r6", "r7"),
            ".endif",
            bound!(),
            "ldr r2, [sp, #8]",
            store!(),
            bounded!("r4", "r5", "r6", "r7"),
            twice = const TWICE as u32,
            y = const offset_of!(Out, y),
            offset = const offset_of!(Out, offset),
            lo = const offset_of!(Out, lo),
            flip = const offset_of!(Out, flip),
            bounded = const offset_of!(Out, bounded),
        )
    }

    /// A tap of four channels.
    macro_rules! tap {
        () => {
            "ldrsb r2, [r0]
            ldrsb r3, [r1], #1
            ldrsb r12, [r0, #1]
            ldrsb lr, [r1], #1
            mla r4, r2, r3, r4
            mla r5, r12, lr, r5
            ldrsb r2, [r0, #2]
            ldrsb r3, [r1], #1
            ldrsb r12, [r0, #3]
            ldrsb lr, [r1], #1
            mla r6, r2, r3, r6
            mla r7, r12, lr, r7
            add r0, r10"
        };
    }

    /// One output, of which each channel has weights of its own.
    #[unsafe(naked)]
    pub(super) unsafe extern "C" fn taps<const TWICE: bool>(
        x: *const u8,
        w: *const i32,
        runs: &Runs,
        out: &Out,
        groups: usize,
    ) {
        naked_asm!(
            enter!(),
            "7:",
            "ldm r1!, {{r4-r7}}",
            "ldrd r0, r2, [sp]",
            "ldr r8, [r2, #{rows}]",
            "ldr r10, [r2, #{tap_step}]",
            "mov r11, r0",
            "2:",
            "ldr r9, [r2, #{taps}]",
            "cmp r9, #3",
            "bne 3f",
            tap!(),
            tap!(),
            tap!(),
            "b 4f",
            "3:",
            tap!(),
            "subs r9, #1",
            "bne 3b",
            "4:",
            "ldr r2, [sp, #4]",
            "ldr r3, [r2, #{row_step}]",
            "add r11, r3",
            "mov r0, r11",
            "subs r8, #1",
            "bne 2b",
            // The next group of channels.
            "ldr r0, [sp]",
            "adds r0, #4",
            "str r0, [sp]",
            four!(),
            ".else",
            "ldm r1!, {{r2, r3, r8, r12}}",
            "smull lr, r4, r4, r2",
            "smull lr, r5, r5, r3",
            "smull lr, r6, r6, r8",
            "smull lr, r7, r7, r12",
            once!("r4", "r5", "r6", "r7"),
            ".endif",
            bound!(),
            "ldr r2, [sp, #8]",
            store!(),
            bounded!("r4", "r5", "r6", "r7"),
            twice = const TWICE as u32,
            y = const offset_of!(Out, y),
            offset = const offset_of!(Out, offset),
            lo = const offset_of!(Out, lo),
            flip = const offset_of!(Out, flip),
            bounded = const offset_of!(Out, bounded),
            rows = const offset_of!(Runs, rows),
            row_step = const offset_of!(Runs, row_step),
            taps = const offset_of!(Runs, taps),
            tap_step = const offset_of!(Runs, tap_step),
        )
    }
}
