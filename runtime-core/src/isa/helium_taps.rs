//! Helium, the vector extension of Armv8.1-M: depthwise convolutions, tap by tap.
//!
//! `vmullb` and `vmullt` multiply the even and the odd ones of sixteen channels. Products of two taps have 16 bits together,
//! as the compiler proves, before they are widened. **Constants**, for each sixteen channels: their biases, in the order of
//! [`LANES`]; the weights of each tap; their multipliers, in that order, and shifts where products are rounded twice.

use super::super::kernels::packed::depthwise2d::{Taps, TapsOf};
use super::super::kernels::packed::finish::Finish;
use super::super::kernels::packed::windows::{Blocks, Copy2d, OutputSpan, Runs};
use super::helium::{Helium, VECTOR};
use super::helium_twice;

/// The instruction set, made ready for a layer.
pub struct HeliumTaps<const TWICE: bool>(Helium);

/// The channels of a vector as they lie in four vectors of sums.
pub const LANES: [usize; VECTOR] = [0, 4, 8, 12, 2, 6, 10, 14, 1, 5, 9, 13, 3, 7, 11, 15];

/// Words of constants that sixteen channels take, for so many taps.
const fn words(taps: usize, twice: bool) -> usize {
    (2 + twice as usize) * VECTOR + taps * VECTOR / 4
}

impl<const TWICE: bool> Copy2d for HeliumTaps<TWICE> {
    #[inline(always)]
    fn fill(byte: u8, to: &mut [u8]) {
        Helium::fill(byte, to);
    }

    #[inline(always)]
    fn copy(x: &[u8], blocks: &Blocks, flip: u8, to: &mut [u8]) {
        Helium::copy(x, blocks, flip, to);
    }
}

impl<const TWICE: bool> Taps for HeliumTaps<TWICE> {
    const CHANNELS: usize = VECTOR;
    const UNSIGNED: bool = false;

    fn new(channels: usize, finish: &Finish) -> Self {
        let step = channels;
        HeliumTaps(Helium::new(OutputSpan { channels, step }, 0, finish))
    }

    #[inline(always)]
    fn compute(&self, w: &TapsOf<'_>, packed: &[i32], _: &mut [i32], y: &mut [u8]) {
        let Runs {
            rows, taps, run, ..
        } = w.runs;
        let (taps, channels) = (rows * taps, self.0.channels);
        let enough = run == channels
            && w.lie_within(VECTOR)
            && packed.len() >= channels.div_ceil(VECTOR) * words(taps, TWICE)
            && y.len() >= w.n * channels;
        if enough && channels > 0 && taps > 0 {
            // SAFETY: the lengths were checked.
            unsafe { loops::taps::<TWICE>(&self.0, w, packed, y) };
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
    use super::{Helium, Runs, TapsOf};
    use core::arch::naked_asm;
    use core::mem::offset_of;

    /// As [`HeliumTaps::compute`](super::HeliumTaps).
    ///
    /// # Safety
    /// The windows lie in memory by whole vectors; `packed` and `y` have what belongs to the channels.
    #[inline(always)]
    pub(super) unsafe fn taps<const TWICE: bool>(
        isa: &Helium,
        w: &TapsOf<'_>,
        packed: &[i32],
        y: &mut [u8],
    ) {
        // SAFETY: as the caller says.
        unsafe {
            let (x, y, packed) = (w.x.as_ptr().add(w.at), y.as_mut_ptr(), packed.as_ptr());
            depthwise::<TWICE>(isa, x, y, packed, w.n, w.step, &w.runs);
        }
    }

    /// Neighbouring outputs, sixteen channels at a time.
    #[unsafe(naked)]
    unsafe extern "C" fn depthwise<const TWICE: bool>(
        isa: &Helium,
        x: *const u8,
        y: *mut u8,
        packed: *const i32,
        outputs: usize,
        step: usize,
        runs: &Runs,
    ) {
        naked_asm!(
            ".arch armv8.1-m.main",
            ".arch_extension mve.fp",
            // Sums and the products in `q4` and `q6`, of odd channels and even ones.
            ".macro mlc_widen",
            "vmovlb.s16 q5, q6",
            "vmovlt.s16 q6, q6",
            "vadd.i32 q0, q0, q5",
            "vadd.i32 q1, q1, q6",
            "vmovlb.s16 q5, q4",
            "vmovlt.s16 q4, q4",
            "vadd.i32 q2, q2, q5",
            "vadd.i32 q3, q3, q4",
            ".endm",
            ".macro mlc_tap",
            "vldrb.u8 q4, [r0]",
            "vldrb.u8 q5, [r1], #16",
            "vmullb.s8 q6, q4, q5",
            "vmullt.s8 q4, q4, q5",
            "mlc_widen",
            ".endm",
            ".macro mlc_taps first, second",
            "vldrb.u8 q4, [r0]",
            "vldrb.u8 q5, [r1], #16",
            "add r0, \\first",
            "vmullb.s8 q6, q4, q5",
            "vmullt.s8 q4, q4, q5",
            "vldrb.u8 q5, [r1], #16",
            "vldrb.u8 q7, [r0]",
            "vmullb.s8 q7, q7, q5",
            "vadd.i16 q6, q6, q7",
            "vldrb.u8 q7, [r0]",
            "add r0, \\second",
            "vmullt.s8 q7, q7, q5",
            "vadd.i16 q4, q4, q7",
            "mlc_widen",
            ".endm",
            "push {{r4-r11, lr}}",
            "vpush {{d8-d15}}",
            "sub sp, #52",
            // Of the stack: lo 0, hi 16, flip 32, constants 48, outputs left 152, bytes from one window to the next 156,
            // runs 160.
            "str r3, [sp, #48]",
            "ldr r4, [r0, #{lo}]",
            "ldr r5, [r0, #{hi}]",
            "ldr r6, [r0, #{flip}]",
            "vdup.8 q0, r4",
            "vdup.8 q1, r5",
            "vdup.8 q2, r6",
            "vstrw.32 q0, [sp]",
            "vstrw.32 q1, [sp, #16]",
            "vstrw.32 q2, [sp, #32]",
            "mov r9, r0",
            "mov r10, r1",
            "ldr r11, [sp, #160]",
            "ldr r7, [r11, #{rows}]",
            "ldr r8, [r11, #{taps}]",
            "ldr r4, [r11, #{row_step}]",
            "ldr r3, [r11, #{tap_step}]",
            // r7: whether there are not three by three taps; r3: from tap to tap; r4: from row to row, or from the last
            // tap of a row to the next one.
            "cmp r7, #3",
            "it eq",
            "cmpeq r8, #3",
            "ittt eq",
            "moveq r7, #0",
            "subeq r4, r3",
            "subeq r4, r3",
            // An output.
            "2:",
            "ldr r6, [r9, #{channels}]",
            "ldr r1, [sp, #48]",
            "mov r5, r10",
            // Sixteen channels.
            "3:",
            "vldrw.u32 q0, [r1], #16",
            "vldrw.u32 q1, [r1], #16",
            "vldrw.u32 q2, [r1], #16",
            "vldrw.u32 q3, [r1], #16",
            "mov r0, r5",
            "cbz r7, 8f",
            // Any taps.
            "mov r12, r7",
            "6:",
            "mov r8, r0",
            "ldr lr, [r11, #{taps}]",
            "7:",
            "mlc_tap",
            "add r0, r3",
            "subs lr, #1",
            "bne 7b",
            "add r0, r8, r4",
            "subs r12, #1",
            "bne 6b",
            "b 4f",
            "8:",
            "mlc_taps r3, r3",
            "mlc_taps r4, r3",
            "mlc_taps r3, r4",
            "mlc_taps r3, r3",
            "mlc_tap",
            "4:",
            "ldr r12, [r9, #{offset}]",
            "ldr lr, [r9, #{shift}]",
            "vldrw.u32 q4, [r1], #16",
            "vldrw.u32 q5, [r1], #16",
            "vldrw.u32 q6, [r1], #16",
            "vldrw.u32 q7, [r1], #16",
            ".if {twice}",
            "vqrdmulh.s32 q0, q0, q4",
            "vqrdmulh.s32 q1, q1, q5",
            "vqrdmulh.s32 q2, q2, q6",
            "vqrdmulh.s32 q3, q3, q7",
            ".irp q, q0, q1, q2, q3",
            "vldrw.u32 q4, [r1], #16",
            rounded!("\\q", "q5", "q4", "r12"),
            ".endr",
            ".else",
            "vmulh.s32 q0, q0, q4",
            "vmulh.s32 q1, q1, q5",
            "vmulh.s32 q2, q2, q6",
            "vmulh.s32 q3, q3, q7",
            ".irp q, q0, q1, q2, q3",
            "vadd.i32 \\q, \\q, r12",
            "vshl.s32 \\q, lr",
            ".endr",
            ".endif",
            "vqmovnb.s32 q0, q0",
            "vqmovnb.s32 q2, q2",
            "vqmovnt.s32 q0, q1",
            "vqmovnt.s32 q2, q3",
            "vldrw.u32 q4, [sp]",
            "vqmovnb.s16 q0, q0",
            "vldrw.u32 q5, [sp, #16]",
            "vqmovnt.s16 q0, q2",
            "vldrw.u32 q6, [sp, #32]",
            "vmax.s8 q0, q0, q4",
            "vmin.s8 q0, q0, q5",
            "veor q0, q0, q6",
            "subs r6, #16",
            "blt 5f",
            "vstrb.8 q0, [r2], #16",
            "add r5, #16",
            "bne 3b",
            "b 9f",
            // The last channels, fewer than sixteen.
            "5:",
            "adds r6, #16",
            "vctp.8 r6",
            "vpst",
            "vstrbt.8 q0, [r2]",
            "add r2, r6",
            "9:",
            "ldrd r0, r1, [sp, #152]",
            "add r10, r1",
            "subs r0, #1",
            "str r0, [sp, #152]",
            "bne 2b",
            "add sp, #52",
            "vpop {{d8-d15}}",
            "pop {{r4-r11, pc}}",
            ".purgem mlc_taps",
            ".purgem mlc_tap",
            ".purgem mlc_widen",
            channels = const offset_of!(Helium, channels),
            flip = const offset_of!(Helium, flip),
            shift = const offset_of!(Helium, shift),
            twice = const TWICE as u32,
            offset = const offset_of!(Helium, offset),
            lo = const offset_of!(Helium, finish.lo),
            hi = const offset_of!(Helium, finish.hi),
            rows = const offset_of!(Runs, rows),
            taps = const offset_of!(Runs, taps),
            row_step = const offset_of!(Runs, row_step),
            tap_step = const offset_of!(Runs, tap_step),
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
    use super::{Finish, Helium, LANES, TapsOf, VECTOR, words};

    pub(super) unsafe fn taps<const TWICE: bool>(
        isa: &Helium,
        w: &TapsOf<'_>,
        packed: &[i32],
        y: &mut [u8],
    ) {
        let taps = w.runs.rows * w.runs.taps;
        for (i, y) in y.chunks_exact_mut(isa.channels).take(w.n).enumerate() {
            let start = w.at + i * w.step;
            let x = w.x.get(start..).unwrap_or(&[]);
            let groups = packed.chunks_exact(words(taps, TWICE));
            for ((group, y), packed) in y.chunks_mut(VECTOR).enumerate().zip(groups) {
                let x = x.get(group * VECTOR..).unwrap_or(&[]);
                sixteen(x, w, packed, &isa.finish, y);
            }
        }
    }

    /// Sixteen channels of an output, of which `y` has some.
    fn sixteen(x: &[u8], w: &TapsOf<'_>, packed: &[i32], finish: &Finish, y: &mut [u8]) {
        let Some((biases, weights)) = packed.split_first_chunk::<VECTOR>() else {
            return;
        };
        let Some((weights, scales)) = Scales::<VECTOR>::of(weights, finish) else {
            return;
        };
        let starts = (0..w.runs.rows).flat_map(|row| {
            (0..w.runs.taps).map(move |tap| row * w.runs.row_step + tap * w.runs.tap_step)
        });
        let mut sums = [0i32; VECTOR];
        for (start, weights) in starts.zip(weights.as_chunks::<{ VECTOR / 4 }>().0) {
            let x = x.get(start..).unwrap_or(&[]);
            let weights = weights.iter().flat_map(|word| word.to_le_bytes());
            for ((sum, &x), weight) in sums.iter_mut().zip(x).zip(weights) {
                *sum = sum.wrapping_add(i32::from(x as i8).wrapping_mul((weight as i8).into()));
            }
        }
        for ((&lane, &bias), scale) in LANES.iter().zip(biases).zip(scales.each()) {
            if let (Some(sum), Some(y)) = (sums.get(lane), y.get_mut(lane)) {
                *y = finish.byte(sum.wrapping_add(bias), scale);
            }
        }
    }
}
