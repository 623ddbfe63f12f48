//! RISC-V of 32 bits with multiplication.
//!
//! There are registers for sixteen sums, the elements of four outputs, and weights. Factors are bytes, since nothing loads
//! more than one of them. Layouts are those of [`scalar`](super::scalar).

use super::scalar::Loops;
#[cfg(all(target_arch = "riscv32", target_feature = "m", target_feature = "c"))]
use super::{super::kernels::packed::windows::Runs, scalar::Out};

/// The instruction set.
pub struct Rv32;

impl Loops for Rv32 {
    const TILE: usize = 4;

    fn words(len: usize) -> usize {
        len
    }

    #[cfg(all(target_arch = "riscv32", target_feature = "m", target_feature = "c"))]
    #[inline(always)]
    unsafe fn lay(x: &[u8], at: &[usize], len: usize, flip: u32, windows: &mut [i32], to: usize) {
        let (x, windows) = (x.as_ptr(), windows.as_mut_ptr());
        // SAFETY: as the caller says.
        unsafe {
            // One window lies as the first of four.
            let place = windows.add(to).cast::<u8>();
            for (turn, &at) in at.iter().enumerate() {
                let from = x.add(at);
                assembly::lay(from, from.add(len), place.add(turn), flip);
            }
        }
    }

    #[cfg(all(target_arch = "riscv32", target_feature = "m", target_feature = "c"))]
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
                _ => assembly::columns_four::<TWICE>(x, w, x.add(len), out, groups),
            }
        }
    }

    #[cfg(all(target_arch = "riscv32", target_feature = "m", target_feature = "c"))]
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

#[cfg(all(target_arch = "riscv32", target_feature = "m", target_feature = "c"))]
mod assembly {
    use super::super::super::kernels::packed::windows::Runs;
    use super::super::scalar::Out;
    use core::arch::naked_asm;
    use core::mem::offset_of;

    /// Every fourth byte from `to` on, for those from `a` to `end`.
    #[unsafe(naked)]
    pub(super) unsafe extern "C" fn lay(a: *const u8, end: *const u8, to: *mut u8, flip: u32) {
        naked_asm!(
            ".option push",
            ".option arch, +m, +c",
            "2:",
            "lbu t0, 0(a0)",
            "lbu t1, 1(a0)",
            "lbu t2, 2(a0)",
            "lbu t3, 3(a0)",
            "addi a0, a0, 4",
            "xor t0, t0, a3",
            "xor t1, t1, a3",
            "xor t2, t2, a3",
            "xor t3, t3, a3",
            "sb t0, 0(a2)",
            "sb t1, 4(a2)",
            "sb t2, 8(a2)",
            "sb t3, 12(a2)",
            "addi a2, a2, 16",
            "bne a0, a1, 2b",
            "ret",
            ".option pop",
        )
    }

    /// Saves all registers that are a caller's.
    macro_rules! enter {
        () => {
            ".option push
            .option arch, +m, +c
            addi sp, sp, -80
            sw ra, 0(sp)
            sw s0, 4(sp)
            sw s1, 8(sp)
            sw s2, 12(sp)
            sw s3, 16(sp)
            sw s4, 20(sp)
            sw s5, 24(sp)
            sw s6, 28(sp)
            sw s7, 32(sp)
            sw s8, 36(sp)
            sw s9, 40(sp)
            sw s10, 44(sp)
            sw s11, 48(sp)"
        };
    }

    /// Goes back to the caller.
    macro_rules! leave {
        () => {
            "lw ra, 0(sp)
            lw s0, 4(sp)
            lw s1, 8(sp)
            lw s2, 12(sp)
            lw s3, 16(sp)
            lw s4, 20(sp)
            lw s5, 24(sp)
            lw s6, 28(sp)
            lw s7, 32(sp)
            lw s8, 36(sp)
            lw s9, 40(sp)
            lw s10, 44(sp)
            lw s11, 48(sp)
            addi sp, sp, 80
            ret
            .option pop"
        };
    }

    /// The products of four elements and a weight, added to four sums.
    macro_rules! products {
        ($w:literal, $a:literal, $b:literal, $c:literal, $d:literal) => {
            concat!(
                "mul t5, t0, ",
                $w,
                "\n mul ra, t1, ",
                $w,
                "\n",
                "add ",
                $a,
                ", ",
                $a,
                ", t5\n add ",
                $b,
                ", ",
                $b,
                ", ra\n",
                "mul t5, t2, ",
                $w,
                "\n mul ra, t3, ",
                $w,
                "\n",
                "add ",
                $c,
                ", ",
                $c,
                ", t5\n add ",
                $d,
                ", ",
                $d,
                ", ra\n",
            )
        };
    }

    /// Loads what `finish` takes.
    macro_rules! bounds {
        () => {
            "lw t1, {step}(a3)
            lw t2, {offset}(a3)
            lw t3, {shift}(a3)
            lw t4, {lo}(a3)
            lw t5, {hi}(a3)
            lw ra, {flip}(a3)"
        };
    }

    /// Stores what becomes of the sums of a channel, in turn at `a0`, each `step` further.
    macro_rules! finish {
        ($channel:literal, $($sum:literal),*) => {
            concat!(
                "lw t0, 4*", $channel, "(a1)\n addi t6, a0, ", $channel, "\n",
                ".if {twice}\n",
                "lw t2, {offset}(a3)\n lbu t3, 16 + ", $channel, "(a1)\n sll t2, t2, t3\n",
                $(
                    "slli ", $sum, ", ", $sum, ", 1\n",
                    "mul t4, ", $sum, ", t0\n",
                    "srai t5, ", $sum, ", 31\n",
                    "mulh ", $sum, ", ", $sum, ", t0\n",
                    "srli t4, t4, 31\n",
                    "add t5, t5, t2\n",
                    "add ", $sum, ", ", $sum, ", t4\n",
                    "add ", $sum, ", ", $sum, ", t5\n",
                    "sra ", $sum, ", ", $sum, ", t3\n",
                    "srai ", $sum, ", ", $sum, ", 1\n",
                )*
                "lw t4, {lo}(a3)\n lw t5, {hi}(a3)\n",
                ".else\n",
                $(
                    "mulh ", $sum, ", ", $sum, ", t0\n",
                    "add ", $sum, ", ", $sum, ", t2\n",
                    "sra ", $sum, ", ", $sum, ", t3\n",
                )*
                ".endif\n",
                $(
                    "bge ", $sum, ", t4, 5f\n",
                    "mv ", $sum, ", t4\n",
                    "5:\n",
                    "ble ", $sum, ", t5, 6f\n",
                    "mv ", $sum, ", t5\n",
                    "6:\n",
                    "xor ", $sum, ", ", $sum, ", ra\n",
                    "sb ", $sum, ", 0(t6)\n",
                    "add t6, t6, t1\n",
                )*
            )
        };
    }

    /// Four outputs.
    #[unsafe(naked)]
    pub(super) unsafe extern "C" fn columns_four<const TWICE: bool>(
        x: *const i32,
        w: *const i32,
        end: *const i32,
        out: &Out,
        groups: usize,
    ) {
        naked_asm!(
            enter!(),
            // Of the stack: x 56, where outputs go 60, groups that are left 64.
            "lw t0, {y}(a3)",
            "sw a0, 56(sp)",
            "sw t0, 60(sp)",
            "sw a4, 64(sp)",
            "7:",
            // Of the outputs in turn: s0 to s3, s4 to s7, s8 to s11, a4 to a7.
            "lw a0, 56(sp)",
            "lw s0, 0(a1)",
            "lw s1, 4(a1)",
            "lw s2, 8(a1)",
            "lw s3, 12(a1)",
            "addi a1, a1, 16",
            "mv s4, s0",
            "mv s5, s1",
            "mv s6, s2",
            "mv s7, s3",
            "mv s8, s0",
            "mv s9, s1",
            "mv s10, s2",
            "mv s11, s3",
            "mv a4, s0",
            "mv a5, s1",
            "mv a6, s2",
            "mv a7, s3",
            "2:",
            ".irp i, 0, 4, 8, 12",
            "lb t0, \\i(a0)",
            "lb t1, \\i + 1(a0)",
            "lb t2, \\i + 2(a0)",
            "lb t3, \\i + 3(a0)",
            "lb t4, \\i(a1)",
            "lb t6, \\i + 1(a1)",
            products!("t4", "s0", "s4", "s8", "a4"),
            "lb t4, \\i + 2(a1)",
            products!("t6", "s1", "s5", "s9", "a5"),
            "lb t6, \\i + 3(a1)",
            products!("t4", "s2", "s6", "s10", "a6"),
            products!("t6", "s3", "s7", "s11", "a7"),
            ".endr",
            "addi a0, a0, 16",
            "addi a1, a1, 16",
            "bne a0, a2, 2b",
            "lw a0, 60(sp)",
            bounds!(),
            finish!("0", "s0", "s4", "s8", "a4"),
            finish!("1", "s1", "s5", "s9", "a5"),
            finish!("2", "s2", "s6", "s10", "a6"),
            finish!("3", "s3", "s7", "s11", "a7"),
            "addi a1, a1, 16 + 4 * {twice}",
            "addi a0, a0, 4",
            "sw a0, 60(sp)",
            "lw t0, 64(sp)",
            "addi t0, t0, -1",
            "sw t0, 64(sp)",
            "bnez t0, 7b",
            leave!(),
            twice = const TWICE as u32,
            y = const offset_of!(Out, y),
            step = const offset_of!(Out, step),
            offset = const offset_of!(Out, offset),
            shift = const offset_of!(Out, shift),
            lo = const offset_of!(Out, lo),
            hi = const offset_of!(Out, hi),
            flip = const offset_of!(Out, flip),
        )
    }

    /// The products of the element in `t0` and four weights, added to four sums.
    macro_rules! element {
        ($w:literal, $a:literal, $b:literal, $c:literal, $d:literal) => {
            concat!(
                "lb t1, \\i(",
                $w,
                ")\n lb t2, \\i + 1(",
                $w,
                ")\n",
                "lb t3, \\i + 2(",
                $w,
                ")\n lb t4, \\i + 3(",
                $w,
                ")\n",
                "mul t1, t0, t1\n mul t2, t0, t2\n mul t3, t0, t3\n mul t4, t0, t4\n",
                "add ",
                $a,
                ", ",
                $a,
                ", t1\n add ",
                $b,
                ", ",
                $b,
                ", t2\n",
                "add ",
                $c,
                ", ",
                $c,
                ", t3\n add ",
                $d,
                ", ",
                $d,
                ", t4\n",
            )
        };
    }

    /// One output: eight channels at a time, as long as there are so many.
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
            "mv s4, a4", // groups that are left
            "mv s5, a0",
            "lw s6, {y}(a3)",
            "sub s7, a2, a0", // bytes of a group's constants
            "addi s7, s7, 32 + 4 * {twice}",
            "li s9, 1",
            "7:",
            "lw a4, 0(a1)",
            "lw a5, 4(a1)",
            "lw a6, 8(a1)",
            "lw a7, 12(a1)",
            "mv a0, s5",
            "beq s4, s9, 3f",
            "add s8, a1, s7",
            "lw s0, 0(s8)",
            "lw s1, 4(s8)",
            "lw s2, 8(s8)",
            "lw s3, 12(s8)",
            "addi a1, a1, 16",
            "addi s8, s8, 16",
            "2:",
            ".irp i, 0, 4, 8, 12",
            "lb t0, \\i(a0)",
            element!("a1", "a4", "a5", "a6", "a7"),
            element!("s8", "s0", "s1", "s2", "s3"),
            ".endr",
            "addi a0, a0, 16",
            "addi a1, a1, 16",
            "addi s8, s8, 16",
            "bne a0, a2, 2b",
            bounds!(),
            "mv a0, s6",
            finish!("0", "a4"),
            finish!("1", "a5"),
            finish!("2", "a6"),
            finish!("3", "a7"),
            "mv a1, s8",
            "addi a0, a0, 4",
            finish!("0", "s0"),
            finish!("1", "s1"),
            finish!("2", "s2"),
            finish!("3", "s3"),
            "addi a1, a1, 16 + 4 * {twice}",
            "addi s6, s6, 8",
            "addi s4, s4, -2",
            "bnez s4, 7b",
            "j 8f",
            // The last group.
            "3:",
            "addi a1, a1, 16",
            "4:",
            ".irp i, 0, 4, 8, 12",
            "lb t0, \\i(a0)",
            element!("a1", "a4", "a5", "a6", "a7"),
            ".endr",
            "addi a0, a0, 16",
            "addi a1, a1, 16",
            "bne a0, a2, 4b",
            bounds!(),
            "mv a0, s6",
            finish!("0", "a4"),
            finish!("1", "a5"),
            finish!("2", "a6"),
            finish!("3", "a7"),
            "8:",
            leave!(),
            twice = const TWICE as u32,
            y = const offset_of!(Out, y),
            step = const offset_of!(Out, step),
            offset = const offset_of!(Out, offset),
            shift = const offset_of!(Out, shift),
            lo = const offset_of!(Out, lo),
            hi = const offset_of!(Out, hi),
            flip = const offset_of!(Out, flip),
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
            "mv s1, a4",
            "mv s2, a0",
            "lw s3, {y}(a3)",
            "lw s4, {row_step}(a2)",
            "7:",
            "lw a4, 0(a1)",
            "lw a5, 4(a1)",
            "lw a6, 8(a1)",
            "lw a7, 12(a1)",
            "addi a1, a1, 16",
            "lw s0, {rows}(a2)",
            "lw t5, {tap_step}(a2)",
            "mv a0, s2",
            "2:",
            "lw t4, {taps}(a2)",
            "mv t6, a0",
            "3:",
            "lb t0, 0(t6)",
            "lb t1, 0(a1)",
            "lb t2, 1(t6)",
            "lb t3, 1(a1)",
            "mul t0, t0, t1",
            "mul t2, t2, t3",
            "add a4, a4, t0",
            "add a5, a5, t2",
            "lb t0, 2(t6)",
            "lb t1, 2(a1)",
            "lb t2, 3(t6)",
            "lb t3, 3(a1)",
            "mul t0, t0, t1",
            "mul t2, t2, t3",
            "add a6, a6, t0",
            "add a7, a7, t2",
            "addi a1, a1, 4",
            "add t6, t6, t5",
            "addi t4, t4, -1",
            "bnez t4, 3b",
            "add a0, a0, s4",
            "addi s0, s0, -1",
            "bnez s0, 2b",
            bounds!(),
            "mv a0, s3",
            finish!("0", "a4"),
            finish!("1", "a5"),
            finish!("2", "a6"),
            finish!("3", "a7"),
            "addi a1, a1, 16 + 4 * {twice}",
            "addi s2, s2, 4",
            "addi s3, s3, 4",
            "addi s1, s1, -1",
            "bnez s1, 7b",
            leave!(),
            rows = const offset_of!(Runs, rows),
            row_step = const offset_of!(Runs, row_step),
            taps = const offset_of!(Runs, taps),
            tap_step = const offset_of!(Runs, tap_step),
            twice = const TWICE as u32,
            y = const offset_of!(Out, y),
            step = const offset_of!(Out, step),
            offset = const offset_of!(Out, offset),
            shift = const offset_of!(Out, shift),
            lo = const offset_of!(Out, lo),
            hi = const offset_of!(Out, hi),
            flip = const offset_of!(Out, flip),
        )
    }
}
