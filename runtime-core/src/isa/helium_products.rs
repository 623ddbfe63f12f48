//! Helium, the vector extension of Armv8.1-M: products of whole windows.
//!
//! `vmlava` adds sixteen products of bytes to a sum in a register. Two windows meet four channels, so that six vectors are
//! loaded for eight sums. **Constants**, for each four channels: their biases; of each sixteen elements the weights of one
//! channel after those of another; their multipliers, and shifts where products are rounded twice. Elements and channels are
//! filled up by zeros.

use super::super::kernels::packed::finish::Finish;
use super::super::kernels::packed::product::{Product, Windows};
use super::super::kernels::packed::windows::{Blocks, Copy2d, OutputSpan};
use super::helium::{Helium, VECTOR};
use super::helium_twice;

/// The instruction set, made ready for a layer.
pub struct HeliumProducts<const TWICE: bool>(Helium);

/// Channels that are computed together.
pub const CHANNELS: usize = 4;

/// Words of constants that four channels take, for windows of `len` bytes.
const fn words(len: usize, twice: bool) -> usize {
    (2 + twice as usize) * CHANNELS + len.div_ceil(VECTOR) * VECTOR
}

impl<const TWICE: bool> Copy2d for HeliumProducts<TWICE> {
    #[inline(always)]
    fn fill(byte: u8, to: &mut [u8]) {
        Helium::fill(byte, to);
    }

    #[inline(always)]
    fn copy(x: &[u8], blocks: &Blocks, flip: u8, to: &mut [u8]) {
        Helium::copy(x, blocks, flip, to);
    }
}

impl<const TWICE: bool> Product for HeliumProducts<TWICE> {
    const TILE: usize = 2;
    const VECTOR: usize = VECTOR;

    fn new(len: usize, outputs: OutputSpan, finish: &Finish) -> Self {
        HeliumProducts(Helium::new(outputs, len.div_ceil(VECTOR), finish))
    }

    #[inline(always)]
    fn compute(&self, w: &Windows<'_>, packed: &[i32], y: &mut [u8]) {
        let Helium {
            channels,
            step,
            vectors,
            ..
        } = self.0;
        let (len, span) = (vectors * VECTOR, OutputSpan { channels, step });
        let enough = w.lie_within(len)
            && packed.len() >= channels.div_ceil(CHANNELS) * words(len, TWICE)
            && y.len() >= span.reach(w.n);
        if enough && channels > 0 && vectors > 0 {
            // SAFETY: the lengths were checked.
            unsafe { loops::product::<TWICE>(&self.0, w, packed, y) };
        }
    }
}

/// In assembly.
#[cfg(all(
    target_arch = "arm",
    target_has_atomic = "32",
    not(any(target_os = "linux", target_os = "android"))
))]
mod loops {
    use super::helium_twice::rounded;
    use super::{Helium, Windows};
    use core::arch::naked_asm;
    use core::mem::offset_of;

    /// As [`HeliumProducts::compute`](super::HeliumProducts).
    ///
    /// # Safety
    /// The windows lie in memory by whole vectors; `packed` and `y` have what belongs to the channels.
    #[inline(always)]
    pub(super) unsafe fn product<const TWICE: bool>(
        isa: &Helium,
        w: &Windows<'_>,
        packed: &[i32],
        y: &mut [u8],
    ) {
        // SAFETY: as the caller says.
        unsafe {
            let (x, y, packed) = (w.x.as_ptr().add(w.at), y.as_mut_ptr(), packed.as_ptr());
            if w.n > 1 {
                product_two::<TWICE>(isa, x, y, packed, w.n / 2, w.step);
            }
            if w.n % 2 > 0 {
                let last = w.n - 1;
                product_one::<TWICE>(isa, x.add(last * w.step), y.add(last * isa.step), packed);
            }
        }
    }

    /// Pairs of outputs.
    #[unsafe(naked)]
    unsafe extern "C" fn product_two<const TWICE: bool>(
        isa: &Helium,
        x: *const u8,
        y: *mut u8,
        packed: *const i32,
        pairs: usize,
        step: usize,
    ) {
        naked_asm!(
            ".arch armv8.1-m.main",
            ".arch_extension mve.fp",
            "push {{r4-r11, lr}}",
            "vpush {{d8-d13}}",
            "sub sp, #36",
            // Of the stack: x0 0, x1 4, vectors 8, channels left 12, y0 16, y1 20, constants 24, the instruction set 28,
            // pairs 120, bytes from one window to the next 124.
            "strd r3, r0, [sp, #24]",
            "ldr r3, [sp, #124]",
            "add r4, r1, r3",
            "strd r1, r4, [sp]",
            "ldr r3, [r0, #{step}]",
            "add r4, r2, r3",
            "strd r2, r4, [sp, #16]",
            "ldr r3, [r0, #{vectors}]",
            "str r3, [sp, #8]",
            "ldr r1, [r0, #{lo}]",
            "ldr r2, [r0, #{hi}]",
            "ldr r3, [r0, #{flip}]",
            "ldr r11, [r0, #{offset}]",
            "ldr r9, [r0, #{shift}]",
            "vdup.8 q5, r1",
            "vdup.8 q6, r2",
            "vdup.8 q4, r3",
            // Two outputs.
            "2:",
            "ldrd r3, r0, [sp, #24]",
            "ldr r1, [r0, #{channels}]",
            "str r1, [sp, #12]",
            // Four channels, whose sums are in even registers.
            "3:",
            "ldr r7, [sp, #8]",
            "ldrd r0, r2, [r3]",
            "ldrd r8, r10, [r3], #8",
            "ldrd r4, r6, [r3]",
            "ldrd r12, lr, [r3], #8",
            "ldrd r1, r5, [sp]",
            "tst r7, #1",
            "bne 5f",
            ".irp half, 4, 5",
            "\\half:",
            "vldrb.u8 q0, [r1], #16",
            "vldrb.u8 q1, [r3], #16",
            "vmlava.s8 r0, q0, q1",
            "vldrb.u8 q3, [r5], #16",
            "vmlava.s8 r8, q3, q1",
            "vldrb.u8 q2, [r3], #16",
            "vmlava.s8 r2, q0, q2",
            "vmlava.s8 r10, q3, q2",
            "vldrb.u8 q1, [r3], #16",
            "vmlava.s8 r4, q0, q1",
            "vmlava.s8 r12, q3, q1",
            "vldrb.u8 q2, [r3], #16",
            "vmlava.s8 r6, q0, q2",
            "vmlava.s8 lr, q3, q2",
            ".endr",
            "subs r7, #2",
            "bgt 4b",
            "vmov q0[2], q0[0], r0, r4",
            "vmov q0[3], q0[1], r2, r6",
            "vmov q1[2], q1[0], r8, r12",
            "vmov q1[3], q1[1], r10, lr",
            "vldrw.u32 q2, [r3], #16",
            "ldrd r1, r5, [sp, #16]",
            "ldr r7, [sp, #12]",
            ".if {twice}",
            "vldrw.u32 q3, [r3], #16",
            "vqrdmulh.s32 q0, q0, q2",
            "vqrdmulh.s32 q1, q1, q2",
            rounded!("q0", "q2", "q3", "r11"),
            rounded!("q1", "q2", "q3", "r11"),
            ".else",
            "vmulh.s32 q0, q0, q2",
            "vmulh.s32 q1, q1, q2",
            "vadd.i32 q0, q0, r11",
            "vadd.i32 q1, q1, r11",
            "vshl.s32 q0, r9",
            "vshl.s32 q1, r9",
            ".endif",
            "vqmovnb.s32 q0, q0",
            "vqmovnt.s32 q0, q1",
            "vqmovnb.s16 q0, q0",
            "subs r7, #4",
            "vmax.s8 q0, q0, q5",
            "vmin.s8 q0, q0, q6",
            "veor q0, q0, q4",
            "vshr.u32 q1, q0, #16",
            "blt 6f",
            "vstrb.32 q0, [r1], #4",
            "vstrb.32 q1, [r5], #4",
            "str r7, [sp, #12]",
            "strd r1, r5, [sp, #16]",
            "bne 3b",
            "b 7f",
            // The last channels, fewer than four.
            "6:",
            "adds r7, #4",
            "vctp.32 r7",
            "vpstt",
            "vstrbt.32 q0, [r1]",
            "vstrbt.32 q1, [r5]",
            "add r5, r7",
            "7:",
            "ldr r0, [sp, #28]",
            "ldrd r7, r2, [sp, #120]",
            "ldr r6, [r0, #{step}]",
            "ldr r3, [r0, #{channels}]",
            "ldr r4, [sp, #4]",
            "add r5, r6",
            "sub r5, r3",
            "add r6, r5",
            "strd r5, r6, [sp, #16]",
            "add r4, r2",
            "add r6, r4, r2",
            "strd r4, r6, [sp]",
            "subs r7, #1",
            "str r7, [sp, #120]",
            "bne 2b",
            "add sp, #36",
            "vpop {{d8-d13}}",
            "pop {{r4-r11, pc}}",
            step = const offset_of!(Helium, step),
            channels = const offset_of!(Helium, channels),
            vectors = const offset_of!(Helium, vectors),
            flip = const offset_of!(Helium, flip),
            shift = const offset_of!(Helium, shift),
            twice = const TWICE as u32,
            offset = const offset_of!(Helium, offset),
            lo = const offset_of!(Helium, finish.lo),
            hi = const offset_of!(Helium, finish.hi),
        )
    }

    /// One output.
    #[unsafe(naked)]
    unsafe extern "C" fn product_one<const TWICE: bool>(
        isa: &Helium,
        x: *const u8,
        y: *mut u8,
        packed: *const i32,
    ) {
        naked_asm!(
            ".arch armv8.1-m.main",
            ".arch_extension mve.fp",
            "push {{r4-r11, lr}}",
            "vpush {{d8-d13}}",
            "mov r8, r1",
            "mov r5, r2",
            "ldr r1, [r0, #{lo}]",
            "ldr r2, [r0, #{hi}]",
            "ldr r4, [r0, #{flip}]",
            "ldr r11, [r0, #{offset}]",
            "ldr r9, [r0, #{shift}]",
            "ldr r7, [r0, #{channels}]",
            "ldr r10, [r0, #{vectors}]",
            "vdup.8 q5, r1",
            "vdup.8 q6, r2",
            "vdup.8 q4, r4",
            "2:",
            "ldrd r0, r2, [r3], #8",
            "ldrd r4, r6, [r3], #8",
            "mov r1, r8",
            "dls lr, r10",
            "3:",
            "vldrb.u8 q0, [r1], #16",
            "vldrb.u8 q1, [r3], #16",
            "vmlava.s8 r0, q0, q1",
            "vldrb.u8 q2, [r3], #16",
            "vmlava.s8 r2, q0, q2",
            "vldrb.u8 q1, [r3], #16",
            "vmlava.s8 r4, q0, q1",
            "vldrb.u8 q2, [r3], #16",
            "vmlava.s8 r6, q0, q2",
            "le lr, 3b",
            "vmov q0[2], q0[0], r0, r4",
            "vmov q0[3], q0[1], r2, r6",
            "vldrw.u32 q1, [r3], #16",
            "vctp.32 r7",
            ".if {twice}",
            "vldrw.u32 q2, [r3], #16",
            "vqrdmulh.s32 q0, q0, q1",
            rounded!("q0", "q1", "q2", "r11"),
            ".else",
            "vmulh.s32 q0, q0, q1",
            "vadd.i32 q0, q0, r11",
            "vshl.s32 q0, r9",
            ".endif",
            "vqmovnb.s32 q0, q0",
            "vqmovnb.s16 q0, q0",
            "vmax.s8 q0, q0, q5",
            "vmin.s8 q0, q0, q6",
            "veor q0, q0, q4",
            "vpst",
            "vstrbt.32 q0, [r5], #4",
            "subs r7, #4",
            "bgt 2b",
            "vpop {{d8-d13}}",
            "pop {{r4-r11, pc}}",
            channels = const offset_of!(Helium, channels),
            vectors = const offset_of!(Helium, vectors),
            flip = const offset_of!(Helium, flip),
            shift = const offset_of!(Helium, shift),
            twice = const TWICE as u32,
            offset = const offset_of!(Helium, offset),
            lo = const offset_of!(Helium, finish.lo),
            hi = const offset_of!(Helium, finish.hi),
        )
    }
}

/// In plain Rust, from the same layouts.
#[cfg(not(all(
    target_arch = "arm",
    target_has_atomic = "32",
    not(any(target_os = "linux", target_os = "android"))
)))]
mod loops {
    use super::helium_twice::Scales;
    use super::{CHANNELS, Finish, Helium, VECTOR, Windows, words};

    pub(super) unsafe fn product<const TWICE: bool>(
        isa: &Helium,
        w: &Windows<'_>,
        packed: &[i32],
        y: &mut [u8],
    ) {
        for (i, y) in y.chunks_mut(isa.step.max(1)).take(w.n).enumerate() {
            let start = w.at + i * w.step;
            let x = w.x.get(start..).unwrap_or(&[]);
            let y = y.get_mut(..isa.channels).unwrap_or_default();
            let tiles = packed.chunks_exact(words(isa.vectors * VECTOR, TWICE));
            for (y, packed) in y.chunks_mut(CHANNELS).zip(tiles) {
                four(x, packed, &isa.finish, y);
            }
        }
    }

    /// Four channels of an output.
    fn four(x: &[u8], packed: &[i32], finish: &Finish, y: &mut [u8]) {
        let Some((biases, weights)) = packed.split_first_chunk::<CHANNELS>() else {
            return;
        };
        let Some((weights, scales)) = Scales::<CHANNELS>::of(weights, finish) else {
            return;
        };
        let mut sums = *biases;
        let (x, weights) = (x.as_chunks::<VECTOR>().0, weights.as_chunks::<VECTOR>().0);
        for (x, weights) in x.iter().zip(weights) {
            for (sum, weights) in sums.iter_mut().zip(weights.as_chunks::<CHANNELS>().0) {
                let weights = weights.iter().flat_map(|word| word.to_le_bytes());
                for (&x, weight) in x.iter().zip(weights) {
                    *sum = sum.wrapping_add(product_of(x, weight));
                }
            }
        }
        for ((y, sum), scale) in y.iter_mut().zip(sums).zip(scales.each()) {
            *y = finish.byte(sum, scale);
        }
    }

    fn product_of(x: u8, weight: u8) -> i32 {
        i32::from(x as i8).wrapping_mul((weight as i8).into())
    }
}
