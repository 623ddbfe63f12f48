//! Helium, the vector extension of Armv8.1-M: Cortex-M55, M85 and their like.
//!
//! **Products**: `vmlava` adds sixteen products of bytes to a sum in a register. Two windows meet four channels, so that
//! six vectors are loaded for eight sums. **Constants**, for each four channels: their biases; of each sixteen elements
//! the weights of one channel after those of another; their multipliers. Elements and channels are filled up by zeros.
//!
//! **Taps**: `vmullb` and `vmullt` multiply the even and the odd ones of sixteen channels. Products of two taps have 16
//! bits together, as the compiler proves, before they are widened. **Constants**, for each sixteen channels: their
//! biases, in the order of [`LANES`]; the weights of each tap; their multipliers, in that order.

use super::super::kernels::packed::depthwise2d::{Taps, TapsOf};
use super::super::kernels::packed::finish::Finish;
use super::super::kernels::packed::product::{Product, Windows};
use super::super::kernels::packed::windows::{Copy2d, Rectangle};

/// The instruction set.
pub struct Helium;

/// Bytes of a vector.
pub const VECTOR: usize = 16;

/// Channels of a product that are computed together.
pub const CHANNELS: usize = 4;

/// The channels of a vector as they lie in four vectors of sums.
pub const LANES: [usize; VECTOR] = [0, 4, 8, 12, 2, 6, 10, 14, 1, 5, 9, 13, 3, 7, 11, 15];

/// Words of constants that four channels of a product take, for windows of `len` bytes.
pub const fn words_of_product(len: usize) -> usize {
    2 * CHANNELS + len.div_ceil(VECTOR) * VECTOR
}

/// Words of constants that sixteen channels take, for so many taps.
pub const fn words_of_taps(taps: usize) -> usize {
    2 * VECTOR + taps * VECTOR / 4
}

impl Copy2d for Helium {
    #[inline(always)]
    fn copy(x: &[u8], r: &Rectangle, flip: u8, to: &mut [u8]) {
        let (Some(rows), true) = (r.rows.checked_sub(1), r.len > 0) else {
            return;
        };
        let end = |at: usize, step: usize| at.checked_add(rows * step + r.len);
        let enough = end(r.from, r.from_step).is_some_and(|end| end <= x.len())
            && end(r.to, r.to_step).is_some_and(|end| end <= to.len());
        if !enough {
            return;
        }
        // SAFETY: all rows lie in `x`, and have room in `to`.
        unsafe { loops::copy(x, r, flip, to) };
    }
}

impl Product for Helium {
    const TILE: usize = 2;
    const VECTOR: usize = VECTOR;

    #[inline(always)]
    fn compute(w: &Windows<'_>, packed: &[i32], finish: &Finish, channels: usize, y: &mut [u8]) {
        let enough = w.lie_within(VECTOR)
            && packed.len() >= channels.div_ceil(CHANNELS) * words_of_product(w.len)
            && y.len() >= w.n * channels;
        if !enough || channels == 0 || w.len == 0 {
            return;
        }
        // SAFETY: the lengths were checked.
        unsafe { loops::product(w, packed, finish, channels, y) };
    }
}

impl Taps for Helium {
    const CHANNELS: usize = VECTOR;
    const UNSIGNED: bool = false;

    #[inline(always)]
    fn compute(w: &TapsOf<'_>, packed: &[i32], finish: &Finish, y: &mut [u8]) {
        let (channels, taps) = (w.runs.run, w.runs.rows * w.runs.taps);
        let enough = w.lie_within(VECTOR)
            && packed.len() >= channels.div_ceil(VECTOR) * words_of_taps(taps)
            && y.len() >= w.n * channels;
        if !enough || channels == 0 || taps == 0 {
            return;
        }
        // SAFETY: the lengths were checked.
        unsafe { loops::taps(w, packed, finish, y) };
    }
}

/// In assembly.
#[cfg(all(
    target_arch = "arm",
    not(any(target_os = "linux", target_os = "android"))
))]
mod loops {
    use super::{Finish, Rectangle, TapsOf, VECTOR, Windows};
    use core::arch::naked_asm;
    use core::mem::offset_of;

    /// What the loops are told.
    #[repr(C)]
    struct Work {
        x: *const u8,
        /// Bytes from one window to the next.
        step: usize,
        y: *mut u8,
        channels: usize,
        packed: *const i32,
        offset: i32,
        /// Bits to the left: fewer than none.
        shift: i32,
        lo: i32,
        hi: i32,
        /// What is turned in a signed byte.
        flip: u32,
        /// Outputs, or pairs of them.
        outputs: usize,
        /// Vectors of a window.
        vectors: usize,
        rows: usize,
        taps: usize,
        row_step: usize,
        tap_step: usize,
    }

    impl Work {
        #[inline(always)]
        fn new(finish: &Finish, packed: &[i32], channels: usize, y: *mut u8) -> Work {
            Work {
                x: core::ptr::null(),
                step: 0,
                y,
                channels,
                packed: packed.as_ptr(),
                offset: finish.offset,
                shift: 0i32.wrapping_sub(finish.shift as i32),
                lo: finish.lo,
                hi: finish.hi,
                flip: if finish.unsigned { 0x80 } else { 0 },
                outputs: 0,
                vectors: 0,
                rows: 0,
                taps: 0,
                row_step: 0,
                tap_step: 0,
            }
        }
    }

    /// As [`Helium::copy`](super::Helium).
    ///
    /// # Safety
    /// All rows lie in `x`, and have room in `to`.
    #[inline(always)]
    pub(super) unsafe fn copy(x: &[u8], r: &Rectangle, flip: u8, to: &mut [u8]) {
        // SAFETY: as the caller says.
        unsafe {
            copy_rows(
                x.as_ptr().add(r.from),
                to.as_mut_ptr().add(r.to),
                r,
                flip.into(),
            )
        }
    }

    /// As [`Helium::compute`](super::Helium) of products.
    ///
    /// # Safety
    /// The windows lie in memory by whole vectors; `packed` and `y` have what belongs to `channels`.
    #[inline(always)]
    pub(super) unsafe fn product(
        w: &Windows<'_>,
        packed: &[i32],
        finish: &Finish,
        channels: usize,
        y: &mut [u8],
    ) {
        let mut work = Work {
            step: w.step,
            outputs: w.n / 2,
            vectors: w.len.div_ceil(VECTOR),
            ..Work::new(finish, packed, channels, y.as_mut_ptr())
        };
        // SAFETY: as the caller says.
        unsafe {
            work.x = w.x.as_ptr().add(w.at);
            if work.outputs > 0 {
                product_two(&work);
            }
            if w.n % 2 > 0 {
                work.x = work.x.add((w.n - 1) * w.step);
                work.y = work.y.add((w.n - 1) * channels);
                product_one(&work);
            }
        }
    }

    /// As [`Helium::compute`](super::Helium) of taps.
    ///
    /// # Safety
    /// The windows lie in memory by whole vectors; `packed` and `y` have what belongs to their channels.
    #[inline(always)]
    pub(super) unsafe fn taps(w: &TapsOf<'_>, packed: &[i32], finish: &Finish, y: &mut [u8]) {
        // SAFETY: as the caller says.
        unsafe {
            depthwise(&Work {
                x: w.x.as_ptr().add(w.at),
                step: w.step,
                outputs: w.n,
                rows: w.runs.rows,
                taps: w.runs.taps,
                row_step: w.runs.row_step,
                tap_step: w.runs.tap_step,
                ..Work::new(finish, packed, w.runs.run, y.as_mut_ptr())
            });
        }
    }

    /// Rows of bytes.
    #[unsafe(naked)]
    unsafe extern "C" fn copy_rows(from: *const u8, to: *mut u8, r: &Rectangle, flip: u32) {
        naked_asm!(
            ".arch armv8.1-m.main",
            ".arch_extension mve.fp",
            "push {{r4-r9, lr}}",
            "ldr r4, [r2, #{from_step}]",
            "ldr r5, [r2, #{to_step}]",
            "ldr r6, [r2, #{len}]",
            "ldr r7, [r2, #{rows}]",
            "2:",
            "mov r8, r0",
            "mov r9, r1",
            "wlstp.8 lr, r6, 4f",
            "3:",
            "vldrb.u8 q0, [r8], #16",
            "vadd.i8 q0, q0, r3",
            "vstrb.8 q0, [r9], #16",
            "letp lr, 3b",
            "4:",
            "add r0, r4",
            "add r1, r5",
            "subs r7, #1",
            "bne 2b",
            "pop {{r4-r9, pc}}",
            from_step = const offset_of!(Rectangle, from_step),
            to_step = const offset_of!(Rectangle, to_step),
            len = const offset_of!(Rectangle, len),
            rows = const offset_of!(Rectangle, rows),
        )
    }

    /// Pairs of outputs.
    #[unsafe(naked)]
    unsafe extern "C" fn product_two(work: &Work) {
        naked_asm!(
            ".arch armv8.1-m.main",
            ".arch_extension mve.fp",
            "push {{r4-r11, lr}}",
            "vpush {{d8-d13}}",
            "sub sp, #32",
            // Of the stack: x0 0, x1 4, vectors 8, channels left 12, y0 16, y1 20, pairs left 24, work 28.
            "str r0, [sp, #28]",
            "ldrd r1, r2, [r0, #{lo}]",
            "ldrd r3, r4, [r0, #{flip}]",
            "vdup.8 q5, r1",
            "vdup.8 q6, r2",
            "vdup.8 q4, r3",
            "str r4, [sp, #24]",
            "ldrd r11, r9, [r0, #{offset}]",
            "ldrd r1, r2, [r0, #{x}]",
            "add r2, r1",
            "strd r1, r2, [sp]",
            "ldrd r1, r2, [r0, #{y}]",
            "add r2, r1",
            "strd r1, r2, [sp, #16]",
            "ldr r1, [r0, #{vectors}]",
            "str r1, [sp, #8]",
            // Two outputs.
            "2:",
            "ldrd r1, r3, [r0, #{channels}]",
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
            "vmulh.s32 q0, q0, q2",
            "vmulh.s32 q1, q1, q2",
            "vadd.i32 q0, q0, r11",
            "vadd.i32 q1, q1, r11",
            "vshl.s32 q0, r9",
            "vshl.s32 q1, r9",
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
            "ldr r7, [sp, #24]",
            "ldr r6, [r0, #{channels}]",
            "ldr r2, [r0, #{step}]",
            "ldr r4, [sp, #4]",
            "add r6, r5",
            "strd r5, r6, [sp, #16]",
            "add r4, r2",
            "add r6, r4, r2",
            "strd r4, r6, [sp]",
            "subs r7, #1",
            "str r7, [sp, #24]",
            "bne 2b",
            "add sp, #32",
            "vpop {{d8-d13}}",
            "pop {{r4-r11, pc}}",
            x = const offset_of!(Work, x),
            step = const offset_of!(Work, step),
            y = const offset_of!(Work, y),
            channels = const offset_of!(Work, channels),
            offset = const offset_of!(Work, offset),
            lo = const offset_of!(Work, lo),
            flip = const offset_of!(Work, flip),
            vectors = const offset_of!(Work, vectors),
        )
    }

    /// One output.
    #[unsafe(naked)]
    unsafe extern "C" fn product_one(work: &Work) {
        naked_asm!(
            ".arch armv8.1-m.main",
            ".arch_extension mve.fp",
            "push {{r4-r11, lr}}",
            "vpush {{d8-d13}}",
            "ldrd r1, r2, [r0, #{lo}]",
            "ldr r3, [r0, #{flip}]",
            "vdup.8 q5, r1",
            "vdup.8 q6, r2",
            "vdup.8 q4, r3",
            "ldrd r11, r9, [r0, #{offset}]",
            "ldrd r7, r3, [r0, #{channels}]",
            "ldr r8, [r0, #{x}]",
            "ldr r5, [r0, #{y}]",
            "ldr r10, [r0, #{vectors}]",
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
            "vmulh.s32 q0, q0, q1",
            "vadd.i32 q0, q0, r11",
            "vshl.s32 q0, r9",
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
            x = const offset_of!(Work, x),
            y = const offset_of!(Work, y),
            channels = const offset_of!(Work, channels),
            offset = const offset_of!(Work, offset),
            lo = const offset_of!(Work, lo),
            flip = const offset_of!(Work, flip),
            vectors = const offset_of!(Work, vectors),
        )
    }

    /// Neighbouring outputs, sixteen channels at a time.
    #[unsafe(naked)]
    unsafe extern "C" fn depthwise(work: &Work) {
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
            "sub sp, #48",
            // Of the stack: lo 0, hi 16, flip 32.
            "ldrd r1, r2, [r0, #{lo}]",
            "ldr r3, [r0, #{flip}]",
            "vdup.8 q0, r1",
            "vdup.8 q1, r2",
            "vdup.8 q2, r3",
            "vstrw.32 q0, [sp]",
            "vstrw.32 q1, [sp, #16]",
            "vstrw.32 q2, [sp, #32]",
            "mov r9, r0",
            "ldr r10, [r9, #{x}]",
            "ldr r2, [r9, #{y}]",
            "ldr r11, [r9, #{outputs}]",
            "ldrd r4, r3, [r9, #{row_step}]",
            "ldrd r7, r8, [r9, #{rows}]",
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
            "ldrd r6, r1, [r9, #{channels}]",
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
            "ldr lr, [r9, #{taps}]",
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
            "ldrd r12, lr, [r9, #{offset}]",
            "vldrw.u32 q4, [r1], #16",
            "vldrw.u32 q5, [r1], #16",
            "vldrw.u32 q6, [r1], #16",
            "vldrw.u32 q7, [r1], #16",
            "vmulh.s32 q0, q0, q4",
            "vmulh.s32 q1, q1, q5",
            "vmulh.s32 q2, q2, q6",
            "vmulh.s32 q3, q3, q7",
            ".irp q, q0, q1, q2, q3",
            "vadd.i32 \\q, \\q, r12",
            "vshl.s32 \\q, lr",
            ".endr",
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
            "ldr r0, [r9, #{step}]",
            "subs r11, #1",
            "add r10, r0",
            "bne 2b",
            "add sp, #48",
            "vpop {{d8-d15}}",
            "pop {{r4-r11, pc}}",
            ".purgem mlc_taps",
            ".purgem mlc_tap",
            ".purgem mlc_widen",
            x = const offset_of!(Work, x),
            step = const offset_of!(Work, step),
            y = const offset_of!(Work, y),
            channels = const offset_of!(Work, channels),
            offset = const offset_of!(Work, offset),
            lo = const offset_of!(Work, lo),
            flip = const offset_of!(Work, flip),
            outputs = const offset_of!(Work, outputs),
            rows = const offset_of!(Work, rows),
            taps = const offset_of!(Work, taps),
            row_step = const offset_of!(Work, row_step),
        )
    }
}

/// In plain Rust, from the same layouts.
#[cfg(not(all(
    target_arch = "arm",
    not(any(target_os = "linux", target_os = "android"))
)))]
mod loops {
    use super::{
        CHANNELS, Copy2d, Finish, LANES, Rectangle, TapsOf, VECTOR, Windows, words_of_product,
        words_of_taps,
    };

    /// An instruction set that copies as any machine does.
    struct Plain;
    impl Copy2d for Plain {}

    pub(super) unsafe fn copy(x: &[u8], r: &Rectangle, flip: u8, to: &mut [u8]) {
        Plain::copy(x, r, flip, to);
    }

    pub(super) unsafe fn product(
        w: &Windows<'_>,
        packed: &[i32],
        finish: &Finish,
        channels: usize,
        y: &mut [u8],
    ) {
        for (i, y) in y.chunks_exact_mut(channels).take(w.n).enumerate() {
            let start = w.at + i * w.step;
            let x = w.x.get(start..).unwrap_or(&[]);
            let tiles = packed.chunks_exact(words_of_product(w.len));
            for (y, packed) in y.chunks_mut(CHANNELS).zip(tiles) {
                four(x, packed, finish, y);
            }
        }
    }

    /// Four channels of an output.
    fn four(x: &[u8], packed: &[i32], finish: &Finish, y: &mut [u8]) {
        let Some((biases, weights)) = packed.split_first_chunk::<CHANNELS>() else {
            return;
        };
        let Some((weights, multipliers)) = weights.split_last_chunk::<CHANNELS>() else {
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
        for ((y, sum), &multiplier) in y.iter_mut().zip(sums).zip(multipliers) {
            *y = finish.byte(sum, multiplier);
        }
    }

    fn product_of(x: u8, weight: u8) -> i32 {
        i32::from(x as i8).wrapping_mul((weight as i8).into())
    }

    pub(super) unsafe fn taps(w: &TapsOf<'_>, packed: &[i32], finish: &Finish, y: &mut [u8]) {
        let (channels, taps) = (w.runs.run, w.runs.rows * w.runs.taps);
        for (i, y) in y.chunks_exact_mut(channels).take(w.n).enumerate() {
            let start = w.at + i * w.step;
            let x = w.x.get(start..).unwrap_or(&[]);
            let groups = packed.chunks_exact(words_of_taps(taps));
            for ((group, y), packed) in y.chunks_mut(VECTOR).enumerate().zip(groups) {
                let x = x.get(group * VECTOR..).unwrap_or(&[]);
                sixteen(x, w, packed, finish, y);
            }
        }
    }

    /// Sixteen channels of an output, of which `y` has some.
    fn sixteen(x: &[u8], w: &TapsOf<'_>, packed: &[i32], finish: &Finish, y: &mut [u8]) {
        let Some((biases, weights)) = packed.split_first_chunk::<VECTOR>() else {
            return;
        };
        let Some((weights, multipliers)) = weights.split_last_chunk::<VECTOR>() else {
            return;
        };
        let starts = (0..w.runs.rows).flat_map(|row| {
            (0..w.runs.taps).map(move |tap| row * w.runs.row_step + tap * w.runs.tap_step)
        });
        let mut sums = [0i32; VECTOR];
        for (start, weights) in starts.zip(weights.as_chunks::<CHANNELS>().0) {
            let x = x.get(start..).unwrap_or(&[]);
            let weights = weights.iter().flat_map(|word| word.to_le_bytes());
            for ((sum, &x), weight) in sums.iter_mut().zip(x).zip(weights) {
                *sum = sum.wrapping_add(product_of(x, weight));
            }
        }
        for ((&lane, &bias), &multiplier) in LANES.iter().zip(biases).zip(multipliers) {
            if let (Some(sum), Some(y)) = (sums.get(lane), y.get_mut(lane)) {
                *y = finish.byte(sum.wrapping_add(bias), multiplier);
            }
        }
    }
}
