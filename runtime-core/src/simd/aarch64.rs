//! Shells over the scalar floating point unit of AArch64.

/// The square root, correctly rounded.
#[inline(always)]
pub fn sqrt(x: f32) -> f32 {
    let y;
    // SAFETY: `fsqrt` reads one register and writes another.
    unsafe {
        core::arch::asm!("fsqrt {y:s}, {x:s}", x = in(vreg) x, y = lateout(vreg) y,
            options(pure, nomem, nostack, preserves_flags));
    }
    y
}
