//! Shells over the floating point unit of 32-bit Arm with the hard-float ABI.

/// The square root, correctly rounded.
#[inline(always)]
pub fn sqrt(x: f32) -> f32 {
    let y;
    // SAFETY: `vsqrt` reads one register and writes another.
    unsafe {
        core::arch::asm!("vsqrt.f32 {y}, {x}", x = in(sreg) x, y = lateout(sreg) y,
            options(pure, nomem, nostack, preserves_flags));
    }
    y
}
