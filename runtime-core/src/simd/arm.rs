//! Shells over the floating point unit of 32-bit Arm with the hard-float ABI.

/// The square root, correctly rounded.
#[inline(always)]
pub fn sqrt(x: f32) -> f32 {
    let y: u32;
    // The operand takes the way of core registers, as `asm!` offers floating point registers only
    // where the target says `vfp2`, and those with single precision alone do not.
    // SAFETY: the instructions touch the registers named, and nothing else.
    unsafe {
        core::arch::asm!(
            "vmov s0, {x}",
            "vsqrt.f32 s0, s0",
            "vmov {y}, s0",
            x = in(reg) x.to_bits(),
            y = lateout(reg) y,
            out("s0") _,
            options(pure, nomem, nostack, preserves_flags),
        );
    }
    f32::from_bits(y)
}
