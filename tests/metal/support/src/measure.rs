//! What an inference costs: how deep the stack went, and where the instruction counter looks.

use core::arch::{asm, global_asm};

use crate::Failure;

/// A word that a program hardly leaves on the stack by chance.
const PAINT: u32 = 0xA5C3_3C5A;

unsafe extern "C" {
    static mut _stack_low: u32;
    safe fn region_begin();
    safe fn region_end();
}

// The marks of the counter: functions that do nothing, found by their names. They are opaque to the
// optimiser, so nothing that is measured can move across them.
global_asm!(
    ".section .text.marks, \"ax\"",
    ".macro mark name",
    ".balign 4",
    ".global \\name",
    ".type \\name, %function",
    #[cfg(target_arch = "arm")]
    ".thumb_func
     \\name: bx lr",
    #[cfg(any(target_arch = "riscv32", target_arch = "riscv64"))]
    "\\name: ret",
    ".size \\name, . - \\name",
    ".endm",
    "mark region_begin",
    "mark region_end",
);

/// Runs `work` between the marks, so that the emulator's plugin counts its instructions.
#[inline(always)]
pub fn region<T>(work: impl FnOnce() -> T) -> T {
    region_begin();
    let result = in_own_frame(work);
    region_end();
    result
}

/// Keeps `work` out of the caller's frame, which is not measured.
#[inline(never)]
fn in_own_frame<T>(work: impl FnOnce() -> T) -> T {
    work()
}

/// The free part of the stack, painted to see later how much of it was used.
pub struct Stack {
    /// The stack pointer of the caller when it was painted.
    top: *const u32,
}

impl Stack {
    /// Paints what lies below the caller's frame.
    #[inline(always)]
    pub fn paint() -> Self {
        let top;
        // SAFETY: below the stack pointer nothing is alive, and no interrupt is enabled. One block, since
        // nothing of the compiler's may use the stack between reading the pointer and the end.
        unsafe {
            #[cfg(target_arch = "arm")]
            asm!(
                "mov {top}, sp",
                "b 3f",
                "2: str {paint}, [{word}]",
                "adds {word}, #4",
                "3: cmp {word}, {top}",
                "blo 2b",
                word = inout(reg) &raw mut _stack_low => _, paint = in(reg) PAINT, top = out(reg) top,
            );
            #[cfg(any(target_arch = "riscv32", target_arch = "riscv64"))]
            asm!(
                "mv {top}, sp",
                "j 3f",
                "2: sw {paint}, 0({word})",
                "addi {word}, {word}, 4",
                "3: bltu {word}, {top}, 2b",
                word = inout(reg) &raw mut _stack_low => _, paint = in(reg) PAINT, top = out(reg) top,
            );
        }
        Self { top }
    }

    /// Bytes of stack used below the frame of `paint`'s caller since then, at the deepest.
    pub fn used(&self) -> Result<usize, Failure> {
        let bottom = (&raw const _stack_low).cast::<u32>();
        let mut low = bottom;
        // SAFETY: words of the stack's memory, between its lower end and a frame that is alive.
        while low < self.top && unsafe { low.read_volatile() } == PAINT {
            low = low.wrapping_add(1);
        }
        match low == bottom {
            true => Err(Failure(c"the stack ran into the variables\n")),
            false => Ok(self.top as usize - low as usize),
        }
    }
}
