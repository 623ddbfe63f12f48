//! Helium, the vector extension of Armv8.1-M, for elements of 16 bits and weights of 8.
//!
//! Weights are widened as they are loaded. **Products**: `vmlava` adds eight of them to a sum in a register; two windows meet
//! four channels. **Constants**, for each four channels: their biases; of each eight elements the weights of one channel
//! after those of another; their multipliers.
//!
//! **Taps**: `vmullb` and `vmullt` multiply the even and the odd ones of eight channels. **Constants**, for each eight channels:
//! their biases, in the order of [`LANES`]; the weights of each tap; their multipliers, in that order.
//!
//! Elements and channels are filled up by zeros.

use super::super::kernels::packed::depthwise2d::{Taps, TapsOf};
use super::super::kernels::packed::finish::Finish;
use super::super::kernels::packed::product::{Product, Windows};
use super::super::kernels::packed::windows::{Blocks, Copy2d, OutputSpan, Runs};
use super::helium::Helium;

/// The instruction set, made ready for a layer.
#[repr(C)]
pub struct Helium16 {
    finish: Finish,
    /// Bits to the left: fewer than none.
    shift: i32,
    channels: usize,
    /// Bytes of them.
    bytes: usize,
    /// Bytes from one output to the next.
    step: usize,
    /// Vectors of a window.
    vectors: usize,
}

/// Elements of a vector.
pub const LANE_COUNT: usize = 8;

/// Channels of a product that are computed together.
pub const CHANNELS: usize = 4;

/// The channels of a vector as they lie in two vectors of sums.
pub const LANES: [usize; LANE_COUNT] = [0, 2, 4, 6, 1, 3, 5, 7];

/// Bytes of a vector.
const VECTOR: usize = 2 * LANE_COUNT;

/// Words of constants that four channels of a product take, for windows of so many vectors.
const fn words_of_product(vectors: usize) -> usize {
    2 * CHANNELS + vectors * LANE_COUNT
}

/// Words of constants that eight channels take, for so many taps.
const fn words_of_taps(taps: usize) -> usize {
    2 * LANE_COUNT + taps * LANE_COUNT / 4
}

impl Helium16 {
    fn new(outputs: OutputSpan, vectors: usize, finish: &Finish) -> Self {
        Helium16 {
            finish: *finish,
            shift: 0i32.wrapping_sub(finish.shift as i32),
            channels: outputs.channels,
            bytes: 2 * outputs.channels,
            step: 2 * outputs.step,
            vectors,
        }
    }
}

impl Copy2d for Helium16 {
    #[inline(always)]
    fn fill(byte: u8, to: &mut [u8]) {
        Helium::fill(byte, to);
    }

    #[inline(always)]
    fn copy(x: &[u8], blocks: &Blocks, flip: u8, to: &mut [u8]) {
        Helium::copy(x, blocks, flip, to);
    }
}

impl Product for Helium16 {
    const TILE: usize = 2;
    const VECTOR: usize = VECTOR;
    const ELEMENT: usize = 2;
    const ALIGN: usize = 2;

    fn new(len: usize, outputs: OutputSpan, finish: &Finish) -> Self {
        Helium16::new(outputs, len.div_ceil(LANE_COUNT), finish)
    }

    #[inline(always)]
    fn compute(&self, w: &Windows<'_>, packed: &[i32], y: &mut [u8]) {
        let outputs = OutputSpan {
            channels: self.bytes,
            step: self.step,
        };
        let enough = w.lie_within(self.vectors * VECTOR)
            && packed.len() >= self.channels.div_ceil(CHANNELS) * words_of_product(self.vectors)
            && y.len() >= outputs.reach(w.n);
        if enough && self.channels > 0 && self.vectors > 0 {
            // SAFETY: the lengths were checked.
            unsafe { loops::product(self, w, packed, y) };
        }
    }
}

impl Taps for Helium16 {
    const CHANNELS: usize = LANE_COUNT;
    const ELEMENT: usize = 2;
    const UNSIGNED: bool = false;

    fn new(channels: usize, finish: &Finish) -> Self {
        let step = channels;
        Helium16::new(OutputSpan { channels, step }, 0, finish)
    }

    #[inline(always)]
    fn compute(&self, w: &TapsOf<'_>, packed: &[i32], _: &mut [i32], y: &mut [u8]) {
        let Runs {
            rows, taps, run, ..
        } = w.runs;
        let taps = rows * taps;
        let enough = run == self.bytes
            && w.lie_within(VECTOR)
            && packed.len() >= self.channels.div_ceil(LANE_COUNT) * words_of_taps(taps)
            && y.len() >= w.n * self.bytes;
        if enough && self.channels > 0 && taps > 0 {
            // SAFETY: the lengths were checked.
            unsafe { loops::taps(self, w, packed, y) };
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
    use super::{Helium16, Runs, TapsOf, Windows};
    use core::arch::naked_asm;
    use core::mem::offset_of;

    /// As [`Helium16::compute`](super::Helium16) of products.
    ///
    /// # Safety
    /// The windows lie in memory by whole vectors; `packed` and `y` have what belongs to the channels.
    #[inline(always)]
    pub(super) unsafe fn product(isa: &Helium16, w: &Windows<'_>, packed: &[i32], y: &mut [u8]) {
        // SAFETY: as the caller says.
        unsafe {
            let (x, y, packed) = (w.x.as_ptr().add(w.at), y.as_mut_ptr(), packed.as_ptr());
            if w.n > 1 {
                product_two(isa, x, y, packed, w.n / 2, w.step);
            }
            if w.n % 2 > 0 {
                let last = w.n - 1;
                product_one(isa, x.add(last * w.step), y.add(last * isa.step), packed);
            }
        }
    }

    /// As [`Helium16::compute`](super::Helium16) of taps.
    ///
    /// # Safety
    /// The windows lie in memory by whole vectors; `packed` and `y` have what belongs to the channels.
    #[inline(always)]
    pub(super) unsafe fn taps(isa: &Helium16, w: &TapsOf<'_>, packed: &[i32], y: &mut [u8]) {
        // SAFETY: as the caller says.
        unsafe {
            let (x, y, packed) = (w.x.as_ptr().add(w.at), y.as_mut_ptr(), packed.as_ptr());
            depthwise(isa, x, y, packed, w.n, w.step, &w.runs);
        }
    }

    /// Pairs of outputs.
    #[unsafe(naked)]
    unsafe extern "C" fn product_two(
        isa: &Helium16,
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
            "vpush {{d8-d11}}",
            "sub sp, #36",
            // Of the stack: x0 0, x1 4, vectors 8, channels left 12, y0 16, y1 20, constants 24, the instruction set 28,
            // pairs 104, bytes from one window to the next 108.
            "strd r3, r0, [sp, #24]",
            "ldr r3, [sp, #108]",
            "add r4, r1, r3",
            "strd r1, r4, [sp]",
            "ldr r3, [r0, #{step}]",
            "add r4, r2, r3",
            "strd r2, r4, [sp, #16]",
            "ldr r3, [r0, #{vectors}]",
            "str r3, [sp, #8]",
            "ldr r1, [r0, #{lo}]",
            "ldr r2, [r0, #{hi}]",
            "ldr r11, [r0, #{offset}]",
            "ldr r9, [r0, #{shift}]",
            "vdup.16 q4, r1",
            "vdup.16 q5, r2",
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
            "4:",
            "vldrh.u16 q0, [r1], #16",
            "vldrb.s16 q1, [r3], #8",
            "vmlava.s16 r0, q0, q1",
            "vldrh.u16 q3, [r5], #16",
            "vmlava.s16 r8, q3, q1",
            "vldrb.s16 q2, [r3], #8",
            "vmlava.s16 r2, q0, q2",
            "vmlava.s16 r10, q3, q2",
            "vldrb.s16 q1, [r3], #8",
            "vmlava.s16 r4, q0, q1",
            "vmlava.s16 r12, q3, q1",
            "vldrb.s16 q2, [r3], #8",
            "vmlava.s16 r6, q0, q2",
            "vmlava.s16 lr, q3, q2",
            "subs r7, #1",
            "bne 4b",
            "vmov q0[2], q0[0], r0, r4",
            "vmov q0[3], q0[1], r2, r6",
            "vmov q1[2], q1[0], r8, r12",
            "vmov q1[3], q1[1], r10, lr",
            "vldrw.u32 q2, [r3], #16",
            "ldrd r1, r5, [sp, #16]",
            "ldr r7, [sp, #12]",
            ".irp q, q0, q1",
            "vmulh.s32 \\q, \\q, q2",
            "vadd.i32 \\q, \\q, r11",
            "vshl.s32 \\q, r9",
            "vqmovnb.s32 \\q, \\q",
            "vmax.s16 \\q, \\q, q4",
            "vmin.s16 \\q, \\q, q5",
            ".endr",
            "subs r7, #4",
            "blt 6f",
            "vstrh.32 q0, [r1], #8",
            "vstrh.32 q1, [r5], #8",
            "str r7, [sp, #12]",
            "strd r1, r5, [sp, #16]",
            "bne 3b",
            "b 7f",
            // The last channels, fewer than four.
            "6:",
            "adds r7, #4",
            "vctp.32 r7",
            "vpstt",
            "vstrht.32 q0, [r1]",
            "vstrht.32 q1, [r5]",
            "add r5, r5, r7, lsl #1",
            "7:",
            "ldr r0, [sp, #28]",
            "ldrd r7, r2, [sp, #104]",
            "ldr r6, [r0, #{step}]",
            "ldr r3, [r0, #{bytes}]",
            "ldr r4, [sp, #4]",
            "add r5, r6",
            "sub r5, r3",
            "add r6, r5",
            "strd r5, r6, [sp, #16]",
            "add r4, r2",
            "add r6, r4, r2",
            "strd r4, r6, [sp]",
            "subs r7, #1",
            "str r7, [sp, #104]",
            "bne 2b",
            "add sp, #36",
            "vpop {{d8-d11}}",
            "pop {{r4-r11, pc}}",
            step = const offset_of!(Helium16, step),
            channels = const offset_of!(Helium16, channels),
            bytes = const offset_of!(Helium16, bytes),
            vectors = const offset_of!(Helium16, vectors),
            shift = const offset_of!(Helium16, shift),
            offset = const offset_of!(Helium16, finish.offset),
            lo = const offset_of!(Helium16, finish.lo),
            hi = const offset_of!(Helium16, finish.hi),
        )
    }

    /// One output.
    #[unsafe(naked)]
    unsafe extern "C" fn product_one(isa: &Helium16, x: *const u8, y: *mut u8, packed: *const i32) {
        naked_asm!(
            ".arch armv8.1-m.main",
            ".arch_extension mve.fp",
            "push {{r4-r11, lr}}",
            "vpush {{d8-d11}}",
            "mov r8, r1",
            "mov r5, r2",
            "ldr r1, [r0, #{lo}]",
            "ldr r2, [r0, #{hi}]",
            "ldr r11, [r0, #{offset}]",
            "ldr r9, [r0, #{shift}]",
            "ldr r7, [r0, #{channels}]",
            "ldr r10, [r0, #{vectors}]",
            "vdup.16 q4, r1",
            "vdup.16 q5, r2",
            "2:",
            "ldrd r0, r2, [r3], #8",
            "ldrd r4, r6, [r3], #8",
            "mov r1, r8",
            "dls lr, r10",
            "3:",
            "vldrh.u16 q0, [r1], #16",
            "vldrb.s16 q1, [r3], #8",
            "vmlava.s16 r0, q0, q1",
            "vldrb.s16 q2, [r3], #8",
            "vmlava.s16 r2, q0, q2",
            "vldrb.s16 q1, [r3], #8",
            "vmlava.s16 r4, q0, q1",
            "vldrb.s16 q2, [r3], #8",
            "vmlava.s16 r6, q0, q2",
            "le lr, 3b",
            "vmov q0[2], q0[0], r0, r4",
            "vmov q0[3], q0[1], r2, r6",
            "vldrw.u32 q1, [r3], #16",
            "vctp.32 r7",
            "vmulh.s32 q0, q0, q1",
            "vadd.i32 q0, q0, r11",
            "vshl.s32 q0, r9",
            "vqmovnb.s32 q0, q0",
            "vmax.s16 q0, q0, q4",
            "vmin.s16 q0, q0, q5",
            "vpst",
            "vstrht.32 q0, [r5], #8",
            "subs r7, #4",
            "bgt 2b",
            "vpop {{d8-d11}}",
            "pop {{r4-r11, pc}}",
            channels = const offset_of!(Helium16, channels),
            vectors = const offset_of!(Helium16, vectors),
            shift = const offset_of!(Helium16, shift),
            offset = const offset_of!(Helium16, finish.offset),
            lo = const offset_of!(Helium16, finish.lo),
            hi = const offset_of!(Helium16, finish.hi),
        )
    }

    /// Neighbouring outputs, eight channels at a time.
    #[unsafe(naked)]
    unsafe extern "C" fn depthwise(
        isa: &Helium16,
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
            "push {{r4-r11, lr}}",
            "vpush {{d8-d15}}",
            "sub sp, #4",
            // Of the stack: constants 0, outputs left 104, bytes from one window to the next 108, runs 112.
            "str r3, [sp]",
            "ldr r4, [r0, #{lo}]",
            "ldr r5, [r0, #{hi}]",
            "vdup.16 q6, r4",
            "vdup.16 q7, r5",
            "mov r9, r0",
            "mov r10, r1",
            "ldr r11, [sp, #112]",
            "ldr r4, [r11, #{row_step}]",
            "ldr r3, [r11, #{tap_step}]",
            // An output.
            "2:",
            "ldr r6, [r9, #{channels}]",
            "ldr r1, [sp]",
            "mov r5, r10",
            // Eight channels.
            "3:",
            "vldrw.u32 q0, [r1], #16",
            "vldrw.u32 q1, [r1], #16",
            "mov r0, r5",
            "ldr r12, [r11, #{rows}]",
            "4:",
            "mov r8, r0",
            "ldr lr, [r11, #{taps}]",
            "5:",
            "vldrh.u16 q2, [r0]",
            "vldrb.s16 q3, [r1], #8",
            "add r0, r3",
            "vmullb.s16 q4, q2, q3",
            "vmullt.s16 q5, q2, q3",
            "vadd.i32 q0, q0, q4",
            "vadd.i32 q1, q1, q5",
            "subs lr, #1",
            "bne 5b",
            "add r0, r8, r4",
            "subs r12, #1",
            "bne 4b",
            "ldr r12, [r9, #{offset}]",
            "ldr lr, [r9, #{shift}]",
            "vldrw.u32 q2, [r1], #16",
            "vldrw.u32 q3, [r1], #16",
            "vmulh.s32 q0, q0, q2",
            "vmulh.s32 q1, q1, q3",
            "vadd.i32 q0, q0, r12",
            "vadd.i32 q1, q1, r12",
            "vshl.s32 q0, lr",
            "vshl.s32 q1, lr",
            "vqmovnb.s32 q0, q0",
            "vqmovnt.s32 q0, q1",
            "vmax.s16 q0, q0, q6",
            "vmin.s16 q0, q0, q7",
            "subs r6, #8",
            "blt 6f",
            "vstrh.16 q0, [r2], #16",
            "add r5, #16",
            "bne 3b",
            "b 7f",
            // The last channels, fewer than eight.
            "6:",
            "adds r6, #8",
            "vctp.16 r6",
            "vpst",
            "vstrht.16 q0, [r2]",
            "add r2, r2, r6, lsl #1",
            "7:",
            "ldrd r0, r1, [sp, #104]",
            "add r10, r1",
            "subs r0, #1",
            "str r0, [sp, #104]",
            "bne 2b",
            "add sp, #4",
            "vpop {{d8-d15}}",
            "pop {{r4-r11, pc}}",
            channels = const offset_of!(Helium16, channels),
            shift = const offset_of!(Helium16, shift),
            offset = const offset_of!(Helium16, finish.offset),
            lo = const offset_of!(Helium16, finish.lo),
            hi = const offset_of!(Helium16, finish.hi),
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
    use super::{
        CHANNELS, Helium16, LANE_COUNT, LANES, TapsOf, Windows, words_of_product, words_of_taps,
    };

    /// The constants of some channels: words, and weights among them.
    struct Constants<'a>(&'a [i32]);

    impl Constants<'_> {
        fn word(&self, at: usize) -> i32 {
            self.0.get(at).copied().unwrap_or(0)
        }

        /// Byte `at` of the words behind the first `words`.
        fn weight(&self, words: usize, at: usize) -> i32 {
            let bytes = self.word(words + at / 4).to_le_bytes();
            bytes.get(at % 4).map_or(0, |&byte| (byte as i8).into())
        }
    }

    /// The element at a byte.
    fn element(x: &[u8], at: usize) -> i32 {
        let bytes = x.get(at..).and_then(|x| x.first_chunk());
        i16::from_le_bytes(bytes.copied().unwrap_or([0; 2])).into()
    }

    pub(super) unsafe fn product(isa: &Helium16, w: &Windows<'_>, packed: &[i32], y: &mut [u8]) {
        let words = words_of_product(isa.vectors);
        for (i, y) in y.chunks_mut(isa.step.max(1)).take(w.n).enumerate() {
            let x = w.x.get(w.at + i * w.step..).unwrap_or(&[]);
            let places = y.as_chunks_mut().0.iter_mut();
            for (c, y) in places.take(isa.channels).enumerate() {
                let (four, c) = (c / CHANNELS * words, c % CHANNELS);
                let constants = Constants(packed.get(four..).unwrap_or(&[]));
                let mut sum = constants.word(c);
                for k in 0..isa.vectors * LANE_COUNT {
                    let at = (k / LANE_COUNT * CHANNELS + c) * LANE_COUNT + k % LANE_COUNT;
                    let weight = constants.weight(CHANNELS, at);
                    sum = sum.wrapping_add(element(x, 2 * k).wrapping_mul(weight));
                }
                let multiplier = constants.word(words - CHANNELS + c);
                *y = (isa.finish.element(sum, multiplier) as i16).to_le_bytes();
            }
        }
    }

    pub(super) unsafe fn taps(isa: &Helium16, w: &TapsOf<'_>, packed: &[i32], y: &mut [u8]) {
        let taps = w.runs.rows * w.runs.taps;
        let words = words_of_taps(taps);
        for (i, y) in y.chunks_exact_mut(isa.bytes.max(1)).take(w.n).enumerate() {
            let x = w.x.get(w.at + i * w.step..).unwrap_or(&[]);
            for (c, y) in y.as_chunks_mut().0.iter_mut().enumerate() {
                let (eight, own) = (c / LANE_COUNT * words, c % LANE_COUNT);
                let constants = Constants(packed.get(eight..).unwrap_or(&[]));
                let lane = LANES.iter().position(|&lane| lane == own).unwrap_or(0);
                let mut sum = constants.word(lane);
                for tap in 0..taps {
                    let row = tap.checked_div(w.runs.taps).unwrap_or(0);
                    let column = tap - row * w.runs.taps;
                    let at = row * w.runs.row_step + column * w.runs.tap_step + 2 * c;
                    let weight = constants.weight(LANE_COUNT, tap * LANE_COUNT + own);
                    sum = sum.wrapping_add(element(x, at).wrapping_mul(weight));
                }
                let multiplier = constants.word(words - LANE_COUNT + lane);
                *y = (isa.finish.element(sum, multiplier) as i16).to_le_bytes();
            }
        }
    }
}
