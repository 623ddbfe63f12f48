//! From reset to the firmware: memory made ready, the floating-point unit on, faults reported.

use core::arch::global_asm;

use crate::{Failure, semihost};

// Arm-M: the core loads the stack pointer and the reset address from the vector table.
#[cfg(target_arch = "arm")]
global_asm!(
    ".section .boot, \"a\", %progbits",
    ".word _stack_top",
    ".word _start",
    ".rept 14", // the core's own exceptions; no interrupt is ever enabled
    ".word _fault",
    ".endr",
    ".section .text._start, \"ax\", %progbits",
    ".global _start",
    ".type _start, %function",
    ".thumb_func",
    "_start:",
    // copy the initialised variables
    "ldr r0, =_data_start",
    "ldr r1, =_data_end",
    "ldr r2, =_data_load",
    "b 1f",
    "0: ldr r3, [r2]",
    "str r3, [r0]",
    "adds r0, #4",
    "adds r2, #4",
    "1: cmp r0, r1",
    "blo 0b",
    // clear the others
    "ldr r0, =_bss_start",
    "ldr r1, =_bss_end",
    "movs r3, #0",
    "b 3f",
    "2: str r3, [r0]",
    "adds r0, #4",
    "3: cmp r0, r1",
    "blo 2b",
    // full access to floating point and vectors, where the target has them: CPACR, coprocessors 10 and 11
    #[cfg(target_abi = "eabihf")]
    "ldr r0, =0xE000ED88
     ldr r1, [r0]
     ldr r2, =0x00F00000
     orrs r1, r2
     str r1, [r0]
     dsb
     isb",
    "bl _firmware",
    ".global _fault",
    ".type _fault, %function",
    ".thumb_func",
    "_fault:",
    "bl _firmware_fault",
    ".ltorg",
);

// RISC-V: the core begins at the first instruction of the image, with no stack.
#[cfg(any(target_arch = "riscv32", target_arch = "riscv64"))]
global_asm!(
    ".section .boot, \"ax\", @progbits",
    ".global _start",
    ".type _start, @function",
    "_start:",
    "la sp, _stack_top",
    "la t0, _fault",
    "csrw mtvec, t0",
    // the floating-point unit on, where there is one: mstatus.FS
    "li t0, 0x6000",
    "csrs mstatus, t0",
    // copy the initialised variables
    "la a0, _data_start",
    "la a1, _data_end",
    "la a2, _data_load",
    "j 1f",
    "0: lw a3, 0(a2)",
    "sw a3, 0(a0)",
    "addi a0, a0, 4",
    "addi a2, a2, 4",
    "1: bltu a0, a1, 0b",
    // clear the others
    "la a0, _bss_start",
    "la a1, _bss_end",
    "j 3f",
    "2: sw zero, 0(a0)",
    "addi a0, a0, 4",
    "3: bltu a0, a1, 2b",
    "call _firmware",
    ".balign 4",
    ".type _fault, @function",
    "_fault:",
    "call _firmware_fault",
);

unsafe extern "Rust" {
    /// The program, defined by [`firmware!`](crate::firmware).
    safe fn firmware_main() -> Result<(), Failure>;
}

#[unsafe(no_mangle)]
extern "C" fn _firmware() -> ! {
    match firmware_main() {
        Ok(()) => semihost::exit(0),
        Err(failure) => {
            semihost::print(failure.0);
            semihost::exit(1)
        }
    }
}

#[unsafe(no_mangle)]
extern "C" fn _firmware_fault() -> ! {
    semihost::print(c"the processor took a fault\n");
    semihost::exit(101)
}
