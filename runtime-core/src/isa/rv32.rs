//! RISC-V of 32 bits with multiplication.
//!
//! There are registers for sixteen sums, the elements of four outputs, and weights. Factors are bytes, since nothing loads
//! more than one of them. Layouts are those of [`scalar`](super::scalar).

use super::scalar::Loops;

/// The instruction set.
pub struct Rv32;

impl Loops for Rv32 {
    const TILE: usize = 4;

    fn words(len: usize) -> usize {
        len
    }

    #[cfg(all(target_arch = "riscv32", target_feature = "m", target_feature = "c"))]
    #[inline(always)]
    unsafe fn lay(
        x: &[u8],
        at: &[usize],
        len: usize,
        flip: u32,
        windows: &mut [i32],
        to: usize,
    ) {
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
    unsafe fn sums(
        windows: &[i32],
        count: usize,
        len: usize,
        packed: &[i32],
        sums: &mut [i32; 16],
    ) {
        let (x, w, sums) = (windows.as_ptr(), packed.as_ptr(), sums.as_mut_ptr());
        // SAFETY: as the caller says.
        unsafe {
            match count {
                1 => assembly::sums_one(x, w, x.add(len), sums),
                _ => assembly::sums_four(x, w, x.add(len), sums),
            }
        }
    }
}

#[cfg(all(target_arch = "riscv32", target_feature = "m", target_feature = "c"))]
mod assembly {
    use core::arch::naked_asm;

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

    /// The products of four elements and a weight, added to four sums.
    macro_rules! products {
        ($w:literal, $a:literal, $b:literal, $c:literal, $d:literal) => {
            concat!(
                "mul t5, t0, ", $w, "\n mul ra, t1, ", $w, "\n",
                "add ", $a, ", ", $a, ", t5\n add ", $b, ", ", $b, ", ra\n",
                "mul t5, t2, ", $w, "\n mul ra, t3, ", $w, "\n",
                "add ", $c, ", ", $c, ", t5\n add ", $d, ", ", $d, ", ra\n",
            )
        };
    }

    /// Sixteen sums.
    #[unsafe(naked)]
    pub(super) unsafe extern "C" fn sums_four(
        x: *const i32,
        w: *const i32,
        end: *const i32,
        sums: *mut i32,
    ) {
        naked_asm!(
            ".option push",
            ".option arch, +m, +c",
            "addi sp, sp, -64",
            "sw ra, 0(sp)",
            "sw s0, 4(sp)",
            "sw s1, 8(sp)",
            "sw s2, 12(sp)",
            "sw s3, 16(sp)",
            "sw s4, 20(sp)",
            "sw s5, 24(sp)",
            "sw s6, 28(sp)",
            "sw s7, 32(sp)",
            "sw s8, 36(sp)",
            "sw s9, 40(sp)",
            "sw s10, 44(sp)",
            "sw s11, 48(sp)",
            // Of the outputs in turn: s0 to s3, s4 to s7, s8 to s11, a4 to a7.
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
            "sw s0, 0(a3)",
            "sw s1, 4(a3)",
            "sw s2, 8(a3)",
            "sw s3, 12(a3)",
            "sw s4, 16(a3)",
            "sw s5, 20(a3)",
            "sw s6, 24(a3)",
            "sw s7, 28(a3)",
            "sw s8, 32(a3)",
            "sw s9, 36(a3)",
            "sw s10, 40(a3)",
            "sw s11, 44(a3)",
            "sw a4, 48(a3)",
            "sw a5, 52(a3)",
            "sw a6, 56(a3)",
            "sw a7, 60(a3)",
            "lw ra, 0(sp)",
            "lw s0, 4(sp)",
            "lw s1, 8(sp)",
            "lw s2, 12(sp)",
            "lw s3, 16(sp)",
            "lw s4, 20(sp)",
            "lw s5, 24(sp)",
            "lw s6, 28(sp)",
            "lw s7, 32(sp)",
            "lw s8, 36(sp)",
            "lw s9, 40(sp)",
            "lw s10, 44(sp)",
            "lw s11, 48(sp)",
            "addi sp, sp, 64",
            "ret",
            ".option pop",
        )
    }

    /// Four sums.
    #[unsafe(naked)]
    pub(super) unsafe extern "C" fn sums_one(
        x: *const i32,
        w: *const i32,
        end: *const i32,
        sums: *mut i32,
    ) {
        naked_asm!(
            ".option push",
            ".option arch, +m, +c",
            "lw a4, 0(a1)",
            "lw a5, 4(a1)",
            "lw a6, 8(a1)",
            "lw a7, 12(a1)",
            "addi a1, a1, 16",
            "2:",
            ".irp i, 0, 4, 8, 12",
            "lb t0, \\i(a0)",
            "lb t1, \\i(a1)",
            "lb t2, \\i + 1(a1)",
            "lb t3, \\i + 2(a1)",
            "lb t4, \\i + 3(a1)",
            "mul t1, t0, t1",
            "mul t2, t0, t2",
            "mul t3, t0, t3",
            "mul t4, t0, t4",
            "add a4, a4, t1",
            "add a5, a5, t2",
            "add a6, a6, t3",
            "add a7, a7, t4",
            ".endr",
            "addi a0, a0, 16",
            "addi a1, a1, 16",
            "bne a0, a2, 2b",
            "sw a4, 0(a3)",
            "sw a5, 4(a3)",
            "sw a6, 8(a3)",
            "sw a7, 12(a3)",
            "ret",
            ".option pop",
        )
    }
}
