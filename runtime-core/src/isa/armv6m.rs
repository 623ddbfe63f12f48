//! Armv6-M: Cortex-M0 and M0+.
//!
//! Eight registers multiply, the others add. Factors are unsigned: the product of a weight and of two elements in the halves
//! of a word has both products in its halves. Words sum to `A`, their upper halves to `H`, which is the sum of the second
//! output; that of the first is `A - (H << 16)`. Weights are greater by 128, so the elements of each window are summed as
//! well, at the head of its layout. Others are those of [`scalar`](super::scalar).

use super::scalar::Loops;
#[cfg(all(
    target_arch = "arm",
    not(any(target_os = "linux", target_os = "android"))
))]
use super::{super::kernels::packed::windows::Runs, scalar::Out};

/// The instruction set.
pub struct Armv6m;

impl Loops for Armv6m {
    const TILE: usize = 2;
    const UNSIGNED: bool = true;
    const HEAD: usize = 2;

    fn words(len: usize) -> usize {
        len
    }

    #[cfg(all(
        target_arch = "arm",
        not(any(target_os = "linux", target_os = "android"))
    ))]
    #[inline(always)]
    unsafe fn lay(x: &[u8], at: &[usize], len: usize, flip: u32, windows: &mut [i32], to: usize) {
        // Signed bytes become unsigned by the same turn.
        let (x, flip) = (x.as_ptr(), !flip & 0x80);
        // SAFETY: as the caller says.
        let sums = unsafe {
            let place = windows.as_mut_ptr().add(Self::HEAD + to);
            match *at {
                [a, b] => {
                    let a = x.add(a);
                    assembly::lay_two(a, x.add(b), a.add(len), place, flip)
                }
                [a] => assembly::lay_one(x.add(a), x.add(a + len), place, flip),
                _ => 0,
            }
        };
        if let [first, second, ..] = windows {
            *first += sums as i32;
            *second += (sums >> 32) as i32;
        }
    }

    #[cfg(all(
        target_arch = "arm",
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
            let end = x.add(Self::HEAD + len);
            match count {
                1 => assembly::columns_one::<TWICE>(x, w, end, out, groups),
                _ => assembly::columns_two::<TWICE>(x, w, end, out, groups),
            }
        }
    }

    #[cfg(all(
        target_arch = "arm",
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
    not(any(target_os = "linux", target_os = "android"))
))]
mod assembly {
    use super::super::super::kernels::packed::windows::Runs;
    use super::super::scalar::Out;
    use core::arch::naked_asm;
    use core::mem::offset_of;

    /// Words of pairs, for the bytes from `a` to `end` and those from `b` on; yields both sums.
    #[unsafe(naked)]
    pub(super) unsafe extern "C" fn lay_two(
        a: *const u8,
        b: *const u8,
        end: *const u8,
        to: *mut i32,
        flip: u32,
    ) -> u64 {
        naked_asm!(
            "push {{r4-r7, lr}}",
            "ldr r7, [sp, #20]",
            "movs r4, #0",
            "mov r12, r4",
            "mov lr, r4",
            "2:",
            ".irp i, 0, 1, 2, 3",
            "ldrb r4, [r0, #\\i]",
            "ldrb r5, [r1, #\\i]",
            "eors r4, r7",
            "eors r5, r7",
            "add r12, r4",
            "add lr, r5",
            "lsls r5, r5, #16",
            "orrs r4, r5",
            "stm r3!, {{r4}}",
            ".endr",
            "adds r0, #4",
            "adds r1, #4",
            "cmp r0, r2",
            "bne 2b",
            "mov r0, r12",
            "mov r1, lr",
            "pop {{r4-r7, pc}}",
        )
    }

    /// Words of one window, for the bytes from `a` to `end`; yields their sum.
    #[unsafe(naked)]
    pub(super) unsafe extern "C" fn lay_one(
        a: *const u8,
        end: *const u8,
        to: *mut i32,
        flip: u32,
    ) -> u64 {
        naked_asm!(
            "push {{r4, r5, lr}}",
            "movs r5, #0",
            "2:",
            ".irp i, 0, 1, 2, 3",
            "ldrb r4, [r0, #\\i]",
            "eors r4, r3",
            "adds r5, r5, r4",
            "stm r2!, {{r4}}",
            ".endr",
            "adds r0, #4",
            "cmp r0, r1",
            "bne 2b",
            "mov r0, r5",
            "movs r1, #0",
            "pop {{r4, r5, pc}}",
        )
    }

    /// Stores four elements at `y`, which their sums become. The callers have saved all registers that they need.
    #[unsafe(naked)]
    unsafe extern "C" fn finish<const TWICE: bool>(
        sums: *const i32,
        scales: *const i32,
        y: *mut u8,
        out: &Out,
    ) {
        naked_asm!(
            "ldr r4, [r3, #{offset}]",
            "mov r8, r4",
            "ldr r4, [r3, #{lo}]",
            "mov r9, r4",
            "ldr r4, [r3, #{hi}]",
            "mov r10, r4",
            "ldr r4, [r3, #{flip}]",
            "mov r12, r4",
            "ldr r3, [r3, #{shift}]",
            ".irp i, 0, 1, 2, 3",
            "ldr r4, [r0, #4 * \\i]",
            ".if {twice}",
            // What is added to the high word.
            "lsls r4, r4, #1",
            "ldrb r5, [r1, #16 + \\i]",
            "mov r6, r8",
            "lsls r6, r5",
            "asrs r7, r4, #31",
            "adds r6, r7",
            "mov r11, r6",
            ".endif",
            // The high word of a product, from products of halves.
            "ldrh r6, [r1, #4 * \\i]",
            "uxth r5, r4",
            "asrs r4, r4, #16",
            "movs r7, r5",
            "muls r7, r6, r7",
            "lsrs r7, r7, #16",
            "muls r6, r4, r6",
            "adds r7, r7, r6",
            "ldrh r6, [r1, #4 * \\i + 2]",
            "muls r5, r6, r5",
            "muls r4, r6, r4",
            "uxth r6, r7",
            "adds r5, r5, r6",
            ".if {twice}",
            "movs r6, #128",
            "lsls r6, r6, #8",
            "adds r5, r5, r6",
            ".endif",
            "lsrs r5, r5, #16",
            "asrs r7, r7, #16",
            "adds r4, r4, r7",
            "adds r4, r4, r5",
            // The element.
            ".if {twice}",
            "add r4, r11",
            "ldrb r5, [r1, #16 + \\i]",
            "asrs r4, r5",
            "asrs r4, r4, #1",
            ".else",
            "add r4, r8",
            "asrs r4, r3",
            ".endif",
            "cmp r4, r9",
            "bge 2f",
            "mov r4, r9",
            "2:",
            "cmp r4, r10",
            "ble 3f",
            "mov r4, r10",
            "3:",
            "mov r5, r12",
            "eors r4, r5",
            "strb r4, [r2, #\\i]",
            ".endr",
            "bx lr",
            twice = const TWICE as u32,
            offset = const offset_of!(Out, offset),
            shift = const offset_of!(Out, shift),
            lo = const offset_of!(Out, lo),
            hi = const offset_of!(Out, hi),
            flip = const offset_of!(Out, flip),
        )
    }

    /// Makes room for registers, and on the stack: `r0` 0, `r2` 4, `Out` 8, where outputs go 12, groups that are left 52.
    macro_rules! enter {
        () => {
            "push {{r4-r7, lr}}
            mov r4, r8
            mov r5, r9
            mov r6, r10
            mov r7, r11
            push {{r4-r7}}
            ldr r4, [r3, #{y}]
            push {{r0, r2-r4}}"
        };
    }

    /// Stores what becomes of the sums in `r4` to `r7`, of the multipliers at `r1`, and goes on with the next channels.
    macro_rules! store {
        () => {
            "sub sp, #16
            mov r0, sp
            stm r0!, {{r4-r7}}
            mov r0, sp
            ldr r3, [sp, #24]
            ldr r2, [sp, #28]
            bl {finish}
            add sp, #16
            adds r1, #16 + 4 * {twice}
            ldr r4, [sp, #12]
            adds r4, #4
            str r4, [sp, #12]
            ldr r4, [sp, #52]
            subs r4, #1
            str r4, [sp, #52]
            beq 8f
            b 7b
            8:
            add sp, #16
            pop {{r4-r7}}
            mov r8, r4
            mov r9, r5
            mov r10, r6
            mov r11, r7
            pop {{r4-r7, pc}}"
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
            "ldr r0, [sp]",
            "ldr r2, [sp, #4]",
            "mov r12, r2",
            "adds r0, #8",
            // `H` begins with the bias, and `A` with both.
            "ldm r1!, {{r4-r7}}",
            "mov r8, r4",
            "mov r9, r5",
            "mov r10, r6",
            "mov r11, r7",
            ".irp a, r4, r5, r6, r7",
            "lsls r2, \\a, #16",
            "adds \\a, \\a, r2",
            ".endr",
            "2:",
            ".irp i, 0, 4, 8, 12",
            "ldm r0!, {{r2}}",
            "ldrb r3, [r1, #\\i]",
            "muls r3, r2, r3",
            "adds r4, r4, r3",
            "lsrs r3, r3, #16",
            "add r8, r3",
            "ldrb r3, [r1, #\\i + 1]",
            "muls r3, r2, r3",
            "adds r5, r5, r3",
            "lsrs r3, r3, #16",
            "add r9, r3",
            "ldrb r3, [r1, #\\i + 2]",
            "muls r3, r2, r3",
            "adds r6, r6, r3",
            "lsrs r3, r3, #16",
            "add r10, r3",
            "ldrb r3, [r1, #\\i + 3]",
            "muls r3, r2, r3",
            "adds r7, r7, r3",
            "lsrs r3, r3, #16",
            "add r11, r3",
            ".endr",
            "adds r1, #16",
            "cmp r0, r12",
            "bne 2b",
            // What weights are greater by.
            "mov r12, r1",
            "ldr r0, [sp]",
            "ldm r0!, {{r2, r3}}",
            "lsls r2, r2, #7",
            "lsls r3, r3, #7",
            ".macro apart a, h",
            "mov r0, \\h",
            "lsls r0, r0, #16",
            "subs \\a, \\a, r0",
            "subs \\a, \\a, r2",
            ".endm",
            "apart r4, r8",
            "apart r5, r9",
            "apart r6, r10",
            "apart r7, r11",
            ".purgem apart",
            // The second output, and then the first.
            "sub sp, #32",
            "mov r1, sp",
            "stm r1!, {{r4-r7}}",
            "mov r4, r8",
            "mov r5, r9",
            "mov r6, r10",
            "mov r7, r11",
            ".irp h, r4, r5, r6, r7",
            "subs \\h, \\h, r3",
            ".endr",
            "stm r1!, {{r4-r7}}",
            "mov r0, sp",
            "adds r0, #16",
            "mov r1, r12",
            "ldr r3, [sp, #40]",
            "ldr r2, [sp, #44]",
            "ldr r4, [r3, #{step}]",
            "adds r2, r2, r4",
            "bl {finish}",
            "pop {{r4-r7}}",
            "add sp, #16",
            store!(),
            twice = const TWICE as u32,
            y = const offset_of!(Out, y),
            step = const offset_of!(Out, step),
            finish = sym finish::<TWICE>,
        )
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
            "ldr r0, [sp]",
            "ldr r2, [sp, #4]",
            "adds r0, #8",
            "ldm r1!, {{r4-r7}}",
            "mov r8, r7",
            "mov r12, r2",
            // Eight elements a turn, but four in the first if these are left over.
            "subs r2, r2, r0",
            "lsls r2, r2, #27",
            "bpl 2f",
            "subs r1, #16",
            "b 3f",
            ".macro element x, i",
            "ldrb r3, [r1, #\\i]",
            "muls r3, \\x, r3",
            "adds r4, r4, r3",
            "ldrb r3, [r1, #\\i + 1]",
            "muls r3, \\x, r3",
            "adds r5, r5, r3",
            "ldrb r3, [r1, #\\i + 2]",
            "muls r3, \\x, r3",
            "adds r6, r6, r3",
            "ldrb r3, [r1, #\\i + 3]",
            "muls r3, \\x, r3",
            "add r8, r3",
            ".endm",
            "2:",
            ".irp i, 0, 8",
            "ldm r0!, {{r2, r7}}",
            "element r2, \\i",
            "element r7, \\i + 4",
            ".endr",
            "3:",
            ".irp i, 16, 24",
            "ldm r0!, {{r2, r7}}",
            "element r2, \\i",
            "element r7, \\i + 4",
            ".endr",
            ".purgem element",
            "adds r1, #32",
            "cmp r0, r12",
            "bne 2b",
            "mov r7, r8",
            "ldr r0, [sp]",
            "ldr r0, [r0]",
            "lsls r0, r0, #7",
            ".irp a, r4, r5, r6, r7",
            "subs \\a, \\a, r0",
            ".endr",
            store!(),
            twice = const TWICE as u32,
            y = const offset_of!(Out, y),
            finish = sym finish::<TWICE>,
        )
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
            "mov r8, r4",
            "mov r9, r5",
            "mov r10, r6",
            "mov r11, r7",
            "ldr r0, [sp]",
            "ldr r2, [sp, #4]",
            "ldr r5, [r2, #{tap_step}]",
            "ldr r6, [r2, #{rows}]",
            "mov r7, r0",
            "2:",
            "ldr r2, [sp, #4]",
            "ldr r4, [r2, #{taps}]",
            "3:",
            ".macro product sum, i",
            "ldrb r2, [r0, #\\i]",
            "ldrb r3, [r1, #\\i]",
            "sxtb r2, r2",
            "sxtb r3, r3",
            "muls r2, r3, r2",
            "add \\sum, r2",
            ".endm",
            "product r8, 0",
            "product r9, 1",
            "product r10, 2",
            "product r11, 3",
            ".purgem product",
            "adds r1, #4",
            "adds r0, r0, r5",
            "subs r4, #1",
            "bne 3b",
            "ldr r2, [sp, #4]",
            "ldr r2, [r2, #{row_step}]",
            "adds r7, r7, r2",
            "mov r0, r7",
            "subs r6, #1",
            "bne 2b",
            "mov r4, r8",
            "mov r5, r9",
            "mov r6, r10",
            "mov r7, r11",
            // The next group of channels.
            "ldr r0, [sp]",
            "adds r0, #4",
            "str r0, [sp]",
            store!(),
            rows = const offset_of!(Runs, rows),
            row_step = const offset_of!(Runs, row_step),
            taps = const offset_of!(Runs, taps),
            tap_step = const offset_of!(Runs, tap_step),
            twice = const TWICE as u32,
            y = const offset_of!(Out, y),
            finish = sym finish::<TWICE>,
        )
    }
}
