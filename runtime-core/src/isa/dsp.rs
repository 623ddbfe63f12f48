//! The DSP extension of Armv7E-M and Armv8-M: Cortex-M4, M7, M33 and their like.
//!
//! `smlad` adds two products of 16 bits to a sum. Two weights of 8 bits share a factor, `w₀ + 256 · w₁`: the products
//! with the whole of it sum to `L + 256 · S₁`, those with its low byte to `L = S₀`, so that the second channel takes no
//! factor of its own. This is exact while `S₁` has 24 bits, as the compiler proves.
//!
//! **Windows**: elements as 16 bits, of each four the pairs 0 and 2, then 1 and 3, as `sxtb16` makes them; of two windows
//! pairs take turns. **Constants**, for each four channels: the biases `b₀`, `b₀ + 256 · b₁`, `b₂`, `b₂ + 256 · b₃`; for
//! each pair of elements the factors of channels 0 and 1, and of 2 and 3, two to a word; four multipliers. Elements are
//! filled up to a multiple of four, and channels as well, by zeros.

use super::super::kernels::packed::conv2d::{Columns, Runs};
use super::super::kernels::packed::finish::Finish;
use super::super::kernels::packed::planes::{LINES, Pixels, Planes, PlanesOf, Taps, To};
use super::super::kernels::packed::windows::{Blocks, Copy2d};

/// The instruction set, made ready for a convolution.
pub struct Dsp {
    /// Channels of an output.
    channels: usize,
    /// Elements of a window, filled up.
    len: usize,
    /// What turns bytes into signed ones.
    sign: u8,
    finish: Finish,
    /// For one output, and for two.
    #[cfg_attr(
        not(all(target_arch = "arm", target_has_atomic = "32")),
        allow(dead_code, reason = "only the loops in assembly go by them")
    )]
    frames: [Frame; 2],
}

/// What the loops over the columns of a tile go by.
#[derive(Clone, Copy)]
#[repr(C)]
struct Frame {
    /// Bytes of the windows.
    bytes: usize,
    /// Where in a turn of 16 elements the first is entered: bytes of code, and one, as an address of code has.
    entry: usize,
    offset: i32,
    shift: u32,
    channels: usize,
    /// Whether there are bounds.
    bounded: u32,
    bounds: [u32; 3],
}

/// Channels that are computed together.
pub const CHANNELS: usize = 4;

/// Elements that windows are filled up to a multiple of, and that a fourth of a turn takes.
const ELEMENTS: usize = 4;

/// Bytes of code for so many elements of one window, and of two.
const CODE: [usize; 2] = [56, 96];

/// Words of constants that four channels take, for windows of `len` bytes.
pub const fn words(len: usize) -> usize {
    len.next_multiple_of(ELEMENTS) + 2 * CHANNELS
}

impl Copy2d for Dsp {
    #[inline(always)]
    fn copy(x: &[u8], blocks: &Blocks, _: u8, to: &mut [u8]) {
        if let Some([x_end, end]) = blocks.ends()
            && x_end <= x.len()
            && end <= to.len()
        {
            // SAFETY: all rows lie in `x`, and there is room for them.
            unsafe { loops::copy(x, blocks, to) };
        }
    }
}

impl Columns for Dsp {
    const TILE: usize = 2;
    const RUN: usize = ELEMENTS;

    fn words(len: usize, outputs: usize) -> usize {
        len.next_multiple_of(ELEMENTS) / 2 * outputs
    }

    fn new(len: usize, channels: usize, finish: &Finish) -> Self {
        let len = len.next_multiple_of(ELEMENTS);
        let frame = |windows: usize| Frame {
            bytes: 2 * windows * len,
            entry: len.wrapping_neg() / ELEMENTS % 4 * CODE[windows - 1] + 1,
            offset: finish.offset,
            shift: finish.shift,
            channels,
            bounded: u32::from(!finish.saturates()),
            bounds: finish.bounds(),
        };
        Dsp {
            channels,
            len,
            sign: if finish.unsigned { 0x80 } else { 0 },
            finish: *finish,
            frames: [frame(1), frame(2)],
        }
    }

    #[inline(always)]
    fn load(&self, x: &[u8], at: &[usize], runs: &Runs, windows: &mut [i32]) {
        let (reach, len) = (runs.reach(), runs.bytes());
        let enough = |&at: &usize| at.checked_add(reach).is_some_and(|end| end <= x.len());
        let fits = len > 0 && windows.len() * 2 >= len * at.len();
        if fits && runs.run.is_multiple_of(Self::RUN) && at.iter().all(enough) {
            // SAFETY: there are runs of whole words, all lie in `x`, and their elements fit `windows`.
            unsafe { loops::load(self, x, at, runs, windows) };
        }
    }

    #[inline(always)]
    fn compute(&self, windows: &[i32], packed: &[i32], y: &mut [u8]) {
        let two = y.len() > self.channels;
        let enough = windows.len() >= if two { self.len } else { self.len / 2 }
            && packed.len() >= self.channels.div_ceil(CHANNELS) * words(self.len)
            && y.len()
                >= if two {
                    2 * self.channels
                } else {
                    self.channels
                };
        if enough && self.channels > 0 && self.len > 0 {
            // SAFETY: the lengths were checked.
            unsafe { loops::compute(self, windows, packed, y, two) };
        }
    }
}

impl Planes for Dsp {
    const CHANNELS: usize = CHANNELS;

    #[inline(always)]
    fn spread(x: &[u8], pixels: &Pixels, slot: usize, planes: &mut PlanesOf<'_>) {
        let Pixels {
            at,
            step,
            count,
            before,
        } = *pixels;
        let Some(last) = count.checked_sub(1) else {
            return;
        };
        let end = last
            .wrapping_mul(step)
            .wrapping_add(at)
            .wrapping_add(CHANNELS);
        let pairs = (before + count).div_ceil(2);
        let enough = at <= end
            && end <= x.len()
            && pairs <= planes.pairs
            && planes.words.len() >= CHANNELS * LINES * planes.pairs
            && slot < LINES;
        if !enough {
            return;
        }
        // SAFETY: all pixels have four channels in `x`, and their columns fit the planes.
        unsafe { loops::spread(x, pixels, slot, planes) };
    }

    #[inline(always)]
    fn compute(
        planes: &PlanesOf<'_>,
        first: usize,
        taps: &[Taps],
        finish: &Finish,
        to: &To,
        y: &mut [u8],
    ) {
        let Some(last) = to.count.checked_sub(1) else {
            return;
        };
        let end = last
            .wrapping_mul(to.step)
            .wrapping_add(to.at)
            .wrapping_add(CHANNELS);
        // Two outputs at a time touch so many pairs of columns.
        let pairs = last / 2 * to.stride + 1 + to.stride;
        let enough = to.at <= end
            && end <= y.len()
            && pairs <= planes.pairs
            && planes.words.len() >= CHANNELS * LINES * planes.pairs
            && taps.len() == CHANNELS
            && first < LINES
            && matches!(to.stride, 1 | 2);
        if !enough {
            return;
        }
        // The line in place 0 is so far below the first.
        let turn = (LINES - first) % LINES;
        // SAFETY: all windows lie in the planes, and all outputs in `y`.
        unsafe { loops::lines(planes, turn, taps, finish, to, y) };
    }
}

/// In assembly.
#[cfg(all(
    target_arch = "arm",
    target_has_atomic = "32",
    not(any(target_os = "linux", target_os = "android"))
))]
mod loops {
    use super::{Blocks, Dsp, Finish, Frame, LINES, Pixels, PlanesOf, Runs, Taps, To};
    use core::arch::asm;
    use core::mem::{offset_of, size_of};

    /// As [`Dsp::load`](super::Dsp).
    ///
    /// # Safety
    /// There are runs, of whole words; all lie in `x`, and `windows` has room for their elements.
    #[inline(always)]
    pub(super) unsafe fn load(isa: &Dsp, x: &[u8], at: &[usize], runs: &Runs, windows: &mut [i32]) {
        let sign = u32::from(isa.sign) * 0x0101_0101;
        let (x, to) = (x.as_ptr(), windows.as_mut_ptr());
        // SAFETY: as the caller says.
        unsafe {
            match *at {
                [a, b] => load_two(x.add(a), x.add(b), runs, to, sign),
                [a] => load_one(x.add(a), runs, to, sign),
                _ => {}
            }
        }
    }

    /// As [`Dsp::copy`](super::Dsp).
    ///
    /// # Safety
    /// All rows lie in `x` and fit `to`.
    #[inline(always)]
    pub(super) unsafe fn copy(x: &[u8], blocks: &Blocks, to: &mut [u8]) {
        // SAFETY: as the caller says.
        unsafe {
            let to = to.as_mut_ptr().add(blocks.to);
            copy_blocks(x.as_ptr().add(blocks.from), to, blocks);
        }
    }

    /// Rows of bytes: as many whole words as there are, and what is left.
    #[inline]
    unsafe fn copy_blocks(x: *const u8, to: *mut u8, blocks: &Blocks) {
        // SAFETY: as the caller says; registers that are not named are kept.
        unsafe {
            asm!(
                "push {{r4-r11}}",
                "add r3, r2, #{steps}",
                "ldm r3, {{r4-r9}}", // blocks, from, to, rows, from, to
                "ldr r2, [r2, #{len}]",
                "2:",
                "push {{r0, r1, r4-r7}}",
                "3:",
                "bic r12, r2, #3",
                "mov r10, r0",
                "mov r11, r1",
                "adds r12, r0",
                "cmp r10, r12",
                "beq 5f",
                "4:",
                "ldr r3, [r10], #4",
                "str r3, [r11], #4",
                "cmp r10, r12",
                "bne 4b",
                "5:",
                "lsls r3, r2, #31",
                "itt cs",
                "ldrhcs r3, [r10], #2",
                "strhcs r3, [r11], #2",
                "itt mi",
                "ldrbmi r3, [r10]",
                "strbmi r3, [r11]",
                "add r0, r8",
                "add r1, r9",
                "subs r7, #1",
                "bne 3b",
                "pop {{r0, r1, r4-r7}}",
                "add r0, r5",
                "add r1, r6",
                "subs r4, #1",
                "bne 2b",
                "pop {{r4-r11}}",
                steps = const offset_of!(Blocks, blocks),
                len = const offset_of!(Blocks, len),
                inout("r0") x => _,
                inout("r1") to => _,
                inout("r2") blocks => _,
                out("r3") _,
                out("r12") _,
                out("lr") _,
            );
        }
    }

    /// As [`Dsp::compute`](super::Dsp).
    ///
    /// # Safety
    /// `windows` has the elements of one window, or of `two`; `packed` and `y` have what belongs to all channels.
    #[inline(always)]
    pub(super) unsafe fn compute(
        isa: &Dsp,
        windows: &[i32],
        packed: &[i32],
        y: &mut [u8],
        two: bool,
    ) {
        let (x, w, y) = (windows.as_ptr(), packed.as_ptr(), y.as_mut_ptr());
        // SAFETY: as the caller says.
        unsafe {
            match two {
                true => columns_two(x, w, y, &isa.frames[1]),
                false => columns_one(x, w, y, &isa.frames[0]),
            }
        }
    }

    /// Two windows, whose runs are multiples of four bytes.
    #[inline]
    unsafe fn load_two(a: *const u8, b: *const u8, runs: &Runs, to: *mut i32, sign: u32) {
        // SAFETY: as the caller says; registers that are not named are kept.
        unsafe {
            asm!(
                "push {{r4-r11}}",
                // r2: runs; r3: to; r12: sign; on the stack: rows left, taps left, a and b of the row, a and b of the tap.
                "sub sp, #24",
                "ldr r4, [r2, #{rows}]",
                "str r4, [sp]",
                "strd r0, r1, [sp, #8]",
                "2:",
                "ldr r4, [r2, #{taps}]",
                "str r4, [sp, #4]",
                "3:",
                "strd r0, r1, [sp, #16]",
                "ldr r10, [r2, #{run}]",
                "add r10, r0, r10",
                "4:",
                "ldr r4, [r0], #4",
                "ldr r5, [r1], #4",
                "eor r4, r4, r12",
                "eor r5, r5, r12",
                "sxtb16 r6, r4",
                "sxtb16 r7, r5",
                "sxtb16 r8, r4, ror #8",
                "sxtb16 r9, r5, ror #8",
                "stm r3!, {{r6-r9}}",
                "cmp r0, r10",
                "bne 4b",
                "ldr r4, [sp, #4]",
                "subs r4, #1",
                "beq 5f",
                "str r4, [sp, #4]",
                "ldrd r0, r1, [sp, #16]",
                "ldr r4, [r2, #{tap_step}]",
                "add r0, r4",
                "add r1, r4",
                "b 3b",
                "5:",
                "ldr r4, [sp]",
                "subs r4, #1",
                "beq 6f",
                "str r4, [sp]",
                "ldrd r0, r1, [sp, #8]",
                "ldr r4, [r2, #{row_step}]",
                "add r0, r4",
                "add r1, r4",
                "strd r0, r1, [sp, #8]",
                "b 2b",
                "6:",
                "add sp, #24",
                "pop {{r4-r11}}",
                inout("r0") a => _,
                inout("r1") b => _,
                inout("r2") runs => _,
                inout("r3") to => _,
                inout("r12") sign => _,
                out("lr") _,
                rows = const offset_of!(Runs, rows),
                row_step = const offset_of!(Runs, row_step),
                taps = const offset_of!(Runs, taps),
                tap_step = const offset_of!(Runs, tap_step),
                run = const offset_of!(Runs, run),
            );
        }
    }

    /// One window, whose runs are multiples of four bytes.
    #[inline]
    unsafe fn load_one(a: *const u8, runs: &Runs, to: *mut i32, sign: u32) {
        // SAFETY: as the caller says; registers that are not named are kept.
        unsafe {
            asm!(
                "push {{r4-r11}}",
                "ldrd r10, r11, [r1, #{rows}]", // rows, bytes from one to the next
                "mov r12, r0",
                "2:",
                "ldr r9, [r1, #{taps}]",
                "mov lr, r0",
                "3:",
                "ldr r8, [r1, #{run}]",
                "add r8, r0",
                "4:",
                "ldr r4, [r0], #4",
                "eor r4, r4, r3",
                "sxtb16 r5, r4",
                "sxtb16 r6, r4, ror #8",
                "stm r2!, {{r5, r6}}",
                "cmp r0, r8",
                "bne 4b",
                "ldr r4, [r1, #{tap_step}]",
                "add lr, r4",
                "mov r0, lr",
                "subs r9, #1",
                "bne 3b",
                "add r12, r11",
                "mov r0, r12",
                "subs r10, #1",
                "bne 2b",
                "pop {{r4-r11}}",
                inout("r0") a => _,
                inout("r1") runs => _,
                inout("r2") to => _,
                inout("r3") sign => _,
                out("r12") _,
                out("lr") _,
                rows = const offset_of!(Runs, rows),
                taps = const offset_of!(Runs, taps),
                tap_step = const offset_of!(Runs, tap_step),
                run = const offset_of!(Runs, run),
            );
        }
    }

    /// Two outputs.
    #[inline]
    unsafe fn columns_two(x: *const i32, w: *const i32, y: *mut u8, frame: &Frame) {
        // SAFETY: as the caller says; registers that are not named are kept.
        unsafe {
            asm!(
                "push {{r4-r11}}",
                // Of the stack: end 0, entry 4, offset 8, shift 12, channels 16, bounded 20, x 24, frame 28, y of both 32.
                "sub sp, #44",
                "ldm r3, {{r4-r9}}",
                "add r4, r0",
                "stm sp, {{r4-r9}}",
                "strd r0, r3, [sp, #24]",
                "add r3, r2, r8",
                "strd r2, r3, [sp, #32]",
                "2:",
                "ldr r0, [sp, #24]",
                "ldr r12, [sp, #4]",
                "ldm r1!, {{r4-r7}}",
                "adr.w lr, 3f",
                "mov r8, r4",
                "mov r9, r5",
                "mov r10, r6",
                "mov r11, r7",
                "add r12, lr",
                "bx r12",
                ".p2align 2",
                "3:",
                ".rept 8",
                "ldrd r2, r3, [r0], #8",
                "ldrd r12, lr, [r1], #8",
                "smlad r5, r2, r12, r5",
                "smlad r9, r3, r12, r9",
                "sxtb16 r12, r12",
                "smlad r4, r2, r12, r4",
                "smlad r8, r3, r12, r8",
                "smlad r7, r2, lr, r7",
                "smlad r11, r3, lr, r11",
                "sxtb16 lr, lr",
                "smlad r6, r2, lr, r6",
                "smlad r10, r3, lr, r10",
                ".endr",
                "ldr r12, [sp]",
                "cmp r0, r12",
                "bne 3b",
                "sub r5, r5, r4",
                "sub r7, r7, r6",
                "sub r9, r9, r8",
                "sub r11, r11, r10",
                "ldm r1!, {{r2, r3, r12, lr}}",
                "ldr r0, [sp, #8]",
                "asr r5, r5, #8",
                "asr r7, r7, #8",
                "asr r9, r9, #8",
                "asr r11, r11, #8",
                "smmla r4, r4, r2, r0",
                "smmla r5, r5, r3, r0",
                "smmla r6, r6, r12, r0",
                "smmla r7, r7, lr, r0",
                "smmla r8, r8, r2, r0",
                "smmla r9, r9, r3, r0",
                "smmla r10, r10, r12, r0",
                "smmla r11, r11, lr, r0",
                "ldr r0, [sp, #12]",
                "ldr r12, [sp, #20]",
                "ldrd r2, r3, [sp, #32]",
                "asr r4, r4, r0",
                "asr r5, r5, r0",
                "asr r6, r6, r0",
                "asr r7, r7, r0",
                "asr r8, r8, r0",
                "asr r9, r9, r0",
                "asr r10, r10, r0",
                "asr r11, r11, r0",
                "ssat r4, #8, r4",
                "ssat r5, #8, r5",
                "ssat r6, #8, r6",
                "ssat r7, #8, r7",
                "ssat r8, #8, r8",
                "ssat r9, #8, r9",
                "ssat r10, #8, r10",
                "ssat r11, #8, r11",
                "cmp r12, #0",
                "bne 6f",
                "4:",
                "ldr r12, [sp, #16]",
                "subs r12, #4",
                "str r12, [sp, #16]",
                "blt 5f",
                "strb r4, [r2], #1",
                "strb r5, [r2], #1",
                "strb r6, [r2], #1",
                "strb r7, [r2], #1",
                "strb r8, [r3], #1",
                "strb r9, [r3], #1",
                "strb r10, [r3], #1",
                "strb r11, [r3], #1",
                "strd r2, r3, [sp, #32]",
                "bne 2b",
                "b 8f",
                // The last channels, fewer than four.
                "5:",
                "strb r4, [r2]",
                "strb r8, [r3]",
                "adds r12, #2",
                "itt ge",
                "strbge r5, [r2, #1]",
                "strbge r9, [r3, #1]",
                "itt gt",
                "strbgt r6, [r2, #2]",
                "strbgt r10, [r3, #2]",
                "b 8f",
                // Bounds of their own.
                "6:",
                "ldr r12, [sp, #28]",
                "ldrd r0, lr, [r12, #{bounds}]",
                "ldr r12, [r12, #{bounds} + 8]",
                ".irp r, r4, r5, r6, r7, r8, r9, r10, r11",
                "eor \\r, \\r, #0x80",
                "uqsub8 \\r, \\r, r0",
                "uqadd8 \\r, \\r, lr",
                "usub8 \\r, \\r, r12",
                ".endr",
                "b 4b",
                "8:",
                "add sp, #44",
                "pop {{r4-r11}}",
                inout("r0") x => _,
                inout("r1") w => _,
                inout("r2") y => _,
                inout("r3") frame => _,
                out("r12") _,
                out("lr") _,
                bounds = const offset_of!(Frame, bounds),
            );
        }
    }

    /// One output.
    #[inline]
    unsafe fn columns_one(x: *const i32, w: *const i32, y: *mut u8, frame: &Frame) {
        // SAFETY: as the caller says; registers that are not named are kept.
        unsafe {
            asm!(
                "push {{r4-r11}}",
                // Of the stack: end 0, entry 4, offset 8, shift 12, channels 16, bounded 20, x 24, frame 28, y 32.
                "sub sp, #36",
                "ldm r3, {{r4-r9}}",
                "add r4, r0",
                "stm sp, {{r4-r9}}",
                "strd r0, r3, [sp, #24]",
                "str r2, [sp, #32]",
                "2:",
                "ldr r0, [sp, #24]",
                "ldr r12, [sp, #4]",
                "ldm r1!, {{r4-r7}}",
                "adr.w lr, 3f",
                "add r12, lr",
                "bx r12",
                ".p2align 2",
                "3:",
                ".rept 4",
                "ldrd r2, r3, [r0], #8",
                "ldm.w r1!, {{r8-r11}}",
                "smlad r5, r2, r8, r5",
                "sxtb16 r8, r8",
                "smlad r7, r2, r9, r7",
                "sxtb16 r9, r9",
                "smlad r4, r2, r8, r4",
                "smlad r6, r2, r9, r6",
                "smlad r5, r3, r10, r5",
                "sxtb16 r10, r10",
                "smlad r7, r3, r11, r7",
                "sxtb16 r11, r11",
                "smlad r4, r3, r10, r4",
                "smlad r6, r3, r11, r6",
                ".endr",
                "ldr r12, [sp]",
                "cmp r0, r12",
                "bne 3b",
                "sub r5, r5, r4",
                "sub r7, r7, r6",
                "ldm r1!, {{r8-r11}}",
                "ldrd r0, r3, [sp, #8]",
                "asr r5, r5, #8",
                "asr r7, r7, #8",
                "smmla r4, r4, r8, r0",
                "smmla r5, r5, r9, r0",
                "smmla r6, r6, r10, r0",
                "smmla r7, r7, r11, r0",
                "ldr r12, [sp, #20]",
                "ldr r2, [sp, #32]",
                "asr r4, r4, r3",
                "asr r5, r5, r3",
                "asr r6, r6, r3",
                "asr r7, r7, r3",
                "ssat r4, #8, r4",
                "ssat r5, #8, r5",
                "ssat r6, #8, r6",
                "ssat r7, #8, r7",
                "cmp r12, #0",
                "bne 6f",
                "4:",
                "ldr r12, [sp, #16]",
                "subs r12, #4",
                "str r12, [sp, #16]",
                "blt 5f",
                "strb r4, [r2], #1",
                "strb r5, [r2], #1",
                "strb r6, [r2], #1",
                "strb r7, [r2], #1",
                "str r2, [sp, #32]",
                "bne 2b",
                "b 8f",
                "5:",
                "strb r4, [r2]",
                "adds r12, #2",
                "it ge",
                "strbge r5, [r2, #1]",
                "it gt",
                "strbgt r6, [r2, #2]",
                "b 8f",
                "6:",
                "ldr r12, [sp, #28]",
                "ldrd r0, lr, [r12, #{bounds}]",
                "ldr r12, [r12, #{bounds} + 8]",
                ".irp r, r4, r5, r6, r7",
                "eor \\r, \\r, #0x80",
                "uqsub8 \\r, \\r, r0",
                "uqadd8 \\r, \\r, lr",
                "usub8 \\r, \\r, r12",
                ".endr",
                "b 4b",
                "8:",
                "add sp, #36",
                "pop {{r4-r11}}",
                inout("r0") x => _,
                inout("r1") w => _,
                inout("r2") y => _,
                inout("r3") frame => _,
                out("r12") _,
                out("lr") _,
                bounds = const offset_of!(Frame, bounds),
            );
        }
    }

    /// As [`Dsp::spread`](super::Dsp).
    ///
    /// # Safety
    /// All pixels have four channels in `x`, and their columns fit the planes.
    #[inline(always)]
    pub(super) unsafe fn spread(x: &[u8], pixels: &Pixels, slot: usize, planes: &mut PlanesOf<'_>) {
        let plane = planes.pairs * LINES * size_of::<i32>();
        let odd = pixels.before % 2;
        let spread = Spread {
            step: pixels.step,
            plane,
            odd,
            count: pixels.count - odd,
            zero: planes.zero,
        };
        // SAFETY: as the caller says.
        unsafe {
            let to = planes
                .words
                .as_mut_ptr()
                .add(pixels.before / 2 * LINES + slot);
            let x = x.as_ptr().add(pixels.at);
            match planes.sign {
                0 => spread_pairs::<0>(x, to, &spread),
                _ => spread_pairs::<1>(x, to, &spread),
            }
        }
    }

    /// As [`Dsp::compute`](super::Dsp).
    ///
    /// # Safety
    /// All windows lie in the planes, all outputs in `y`, and there are taps for four channels.
    #[inline(always)]
    pub(super) unsafe fn lines(
        planes: &PlanesOf<'_>,
        turn: usize,
        taps: &[Taps],
        finish: &Finish,
        to: &To,
        y: &mut [u8],
    ) {
        let line = Line {
            step: to.step,
            turn: turn * size_of::<[i32; 2]>(),
            end: to.count / 2 * to.stride * LINES * size_of::<i32>(),
            odd: to.count % 2,
            plane: planes.pairs * LINES * size_of::<i32>(),
            offset: finish.offset,
            shift: finish.shift,
            bounds: finish.bounds(),
        };
        // SAFETY: as the caller says.
        unsafe {
            let (x, y) = (planes.words.as_ptr(), y.as_mut_ptr().add(to.at));
            let taps = taps.as_ptr();
            match (to.stride, finish.saturates()) {
                (1, true) => line_of::<1, 0>(x, y, taps, &line),
                (1, false) => line_of::<1, 1>(x, y, taps, &line),
                (_, true) => line_of::<2, 0>(x, y, taps, &line),
                (_, false) => line_of::<2, 1>(x, y, taps, &line),
            }
        }
    }

    /// What pixels are spread by.
    #[repr(C)]
    struct Spread {
        /// Bytes from one to the next.
        step: usize,
        /// Bytes of a plane.
        plane: usize,
        /// Whether the first one is the second of a pair.
        odd: usize,
        /// Pixels behind it.
        count: usize,
        /// What stands for 0, in both halves.
        zero: i32,
    }

    /// What is the same for all channels of a line.
    #[repr(C)]
    struct Line {
        step: usize,
        /// Bytes of taps before those of the line in place 0.
        turn: usize,
        /// Bytes of a plane from the first pair of outputs to behind the last.
        end: usize,
        /// Whether there is one more output.
        odd: usize,
        plane: usize,
        offset: i32,
        shift: u32,
        bounds: [u32; 3],
    }

    /// A pixel's four channels, in `$x`, as 16 bits: channels 0 and 2 in `$even`, 1 and 3 in `$odd`.
    macro_rules! widened {
        ($x:literal, $even:literal, $odd:literal) => {
            concat!(
                ".if {unsigned}\n eor ",
                $x,
                ", ",
                $x,
                ", #0x80808080\n .endif\n",
                "sxtb16 ",
                $even,
                ", ",
                $x,
                "\n sxtb16 ",
                $odd,
                ", ",
                $x,
                ", ror #8\n"
            )
        };
    }

    /// Pairs of pixels into the planes, which are at r2, r11, r12 and r3, the channels of which are as `widened` has them.
    macro_rules! stored {
        ($even0:literal, $odd0:literal, $even1:literal, $odd1:literal) => {
            concat!(
                "pkhbt r4, ",
                $even0,
                ", ",
                $even1,
                ", lsl #16\n",
                "pkhbt r5, ",
                $odd0,
                ", ",
                $odd1,
                ", lsl #16\n",
                "pkhtb r8, ",
                $even1,
                ", ",
                $even0,
                ", asr #16\n",
                "pkhtb r9, ",
                $odd1,
                ", ",
                $odd0,
                ", asr #16\n",
                "str r4, [r2], #12\n str r5, [r11], #12\n str r8, [r12], #12\n str r9, [r3], #12\n"
            )
        };
    }

    /// Two pixels.
    macro_rules! spread {
        () => {
            concat!(
                "ldr r4, [r0]\n ldr r5, [r0, r1]\n add r0, r0, r1, lsl #1\n",
                widened!("r4", "r6", "r7"),
                widened!("r5", "r8", "r9"),
                stored!("r6", "r7", "r8", "r9")
            )
        };
    }

    /// Four channels of pixels into the planes: of an odd one first, of pairs, and of the one that is left.
    #[inline]
    unsafe fn spread_pairs<const UNSIGNED: u32>(x: *const u8, to: *mut i32, spread: &Spread) {
        // SAFETY: as the caller says; registers that are not named are kept.
        unsafe {
            asm!(
                "push {{r4-r11}}",
                "mov r12, r1",
                "ldm r2, {{r1, r3, r4, r10, lr}}",
                "mov r2, r12",
                "add r11, r2, r3",
                "add r12, r11, r3",
                "add r3, r12",
                "cbz r4, 2f",
                "ldr r5, [r0]",
                "add r0, r1",
                widened!("r5", "r8", "r9"),
                stored!("lr", "lr", "r8", "r9"),
                // Two pairs at a time; of an odd number of them, the first turn is the second half of one.
                "2:",
                "subs r10, #2",
                "blt 5f",
                "tst r10, #2",
                "beq 4f",
                "3:",
                spread!(),
                "sub r10, #2",
                "4:",
                spread!(),
                "subs r10, #2",
                "bge 3b",
                "5:",
                "tst r10, #1",
                "beq 6f",
                "ldr r5, [r0]",
                widened!("r5", "r6", "r7"),
                stored!("r6", "r7", "lr", "lr"),
                "6:",
                "pop {{r4-r11}}",
                inout("r0") x => _,
                inout("r1") to => _,
                inout("r2") spread => _,
                out("r3") _,
                out("r12") _,
                out("lr") _,
                unsigned = const UNSIGNED,
            );
        }
    }

    /// A line of outputs of four channels: two at a time, `STRIDE` pairs of columns further on.
    ///
    /// A pair of columns is a word of each of the three lines. A word's halves are taps 0 and 1 of an output, or 1 and 2 of
    /// the one before, or its low half is tap 2 of the one before.
    #[inline]
    unsafe fn line_of<const STRIDE: u32, const BOUNDED: u32>(
        x: *const i32,
        y: *mut u8,
        taps: *const Taps,
        line: &Line,
    ) {
        // SAFETY: as the caller says; registers that are not named are kept.
        unsafe {
            asm!(
                "push {{r4-r11}}",
                // Of the stack: bias 0, multiplier 4, offset 8, shift 12, x 16, y 20, line 24, channels 28, taps 32.
                "sub sp, #36",
                "ldrd r4, r5, [r3, #{offset}]",
                "strd r4, r5, [sp, #8]",
                "strd r0, r1, [sp, #16]",
                "movs r4, #4",
                "strd r3, r4, [sp, #24]",
                "2:",
                "ldrd r10, r11, [r2, #{bias}]",
                "strd r10, r11, [sp]",
                "ldrd r10, r11, [r3, #{turn}]",
                "ldr lr, [r3, #{step}]",
                "add r10, r2",
                "ldm r10, {{r4-r9}}",
                "add r2, #{taps}",
                "str r2, [sp, #32]",
                "ldrd r0, r1, [sp, #16]",
                "add r12, r0, r11",
                "cmp r0, r12",
                "beq 4f",
                "3:",
                "ldrd r2, r3, [r0]",
                "ldr r10, [sp]",
                ".if {stride} == 1",
                "smlatb r11, r2, r4, r10",
                "smlad r10, r2, r4, r10",
                "smlatb r11, r3, r6, r11",
                "smlad r10, r3, r6, r10",
                "ldrd r2, r3, [r0, #8]",
                "smlatb r11, r2, r8, r11",
                "smlad r10, r2, r8, r10",
                "smlad r11, r3, r5, r11",
                "smlabt r10, r3, r5, r10",
                "ldrd r2, r3, [r0, #16]",
                "smlad r11, r2, r7, r11",
                "smlabt r10, r2, r7, r10",
                "smlad r11, r3, r9, r11",
                "smlabt r10, r3, r9, r10",
                ".else",
                "mov r11, r10",
                "smlad r10, r2, r4, r10",
                "smlad r10, r3, r6, r10",
                "ldrd r2, r3, [r0, #8]",
                "smlad r10, r2, r8, r10",
                "smlad r11, r3, r4, r11",
                "smlabt r10, r3, r5, r10",
                "ldrd r2, r3, [r0, #16]",
                "smlad r11, r2, r6, r11",
                "smlabt r10, r2, r7, r10",
                "smlad r11, r3, r8, r11",
                "smlabt r10, r3, r9, r10",
                "ldrd r2, r3, [r0, #24]",
                "smlabt r11, r2, r5, r11",
                "smlabt r11, r3, r7, r11",
                "ldr r2, [r0, #32]",
                "smlabt r11, r2, r9, r11",
                ".endif",
                "add r0, #12 * {stride}",
                "ldrd r2, r3, [sp, #4]",
                "smmla r10, r10, r2, r3",
                "smmla r11, r11, r2, r3",
                "ldr r2, [sp, #12]",
                "asr r10, r10, r2",
                "asr r11, r11, r2",
                "ssat r10, #8, r10",
                "ssat r11, #8, r11",
                ".if {bounded}",
                "ldr r3, [sp, #24]",
                "ldr r2, [r3, #{bounds}]",
                "eor r10, r10, #0x80",
                "eor r11, r11, #0x80",
                "uqsub8 r10, r10, r2",
                "uqsub8 r11, r11, r2",
                "ldrd r2, r3, [r3, #{bounds} + 4]",
                "uqadd8 r10, r10, r2",
                "uqadd8 r11, r11, r2",
                "usub8 r10, r10, r3",
                "usub8 r11, r11, r3",
                ".endif",
                "strb r10, [r1]",
                "strb r11, [r1, lr]",
                "add r1, r1, lr, lsl #1",
                "cmp r0, r12",
                "bne 3b",
                "4:",
                "ldr r3, [sp, #24]",
                "ldr r2, [r3, #{odd}]",
                "cbz r2, 5f",
                // The last output, if it is a single one.
                "ldr r10, [sp]",
                "ldrd r2, r3, [r0]",
                "smlad r10, r2, r4, r10",
                "smlad r10, r3, r6, r10",
                "ldrd r2, r3, [r0, #8]",
                "smlad r10, r2, r8, r10",
                "smlabt r10, r3, r5, r10",
                "ldrd r2, r3, [r0, #16]",
                "smlabt r10, r2, r7, r10",
                "smlabt r10, r3, r9, r10",
                "ldrd r2, r3, [sp, #4]",
                "smmla r10, r10, r2, r3",
                "ldr r2, [sp, #12]",
                "ldr r3, [sp, #24]",
                "asr r10, r10, r2",
                "ssat r10, #8, r10",
                ".if {bounded}",
                "ldrd r4, r5, [r3, #{bounds}]",
                "ldr r6, [r3, #{bounds} + 8]",
                "eor r10, r10, #0x80",
                "uqsub8 r10, r10, r4",
                "uqadd8 r10, r10, r5",
                "usub8 r10, r10, r6",
                ".endif",
                "strb r10, [r1]",
                "5:",
                "ldrd r0, r1, [sp, #16]",
                "ldr r4, [r3, #{plane}]",
                "ldr r5, [sp, #28]",
                "ldr r2, [sp, #32]",
                "add r0, r4",
                "add r1, #1",
                "strd r0, r1, [sp, #16]",
                "subs r5, #1",
                "str r5, [sp, #28]",
                "bne 2b",
                "add sp, #36",
                "pop {{r4-r11}}",
                inout("r0") x => _,
                inout("r1") y => _,
                inout("r2") taps => _,
                inout("r3") line => _,
                out("r12") _,
                out("lr") _,
                stride = const STRIDE,
                bounded = const BOUNDED,
                offset = const offset_of!(Line, offset),
                turn = const offset_of!(Line, turn),
                step = const offset_of!(Line, step),
                odd = const offset_of!(Line, odd),
                plane = const offset_of!(Line, plane),
                bounds = const offset_of!(Line, bounds),
                bias = const offset_of!(Taps, bias),
                taps = const size_of::<Taps>(),
            );
        }
    }
}

/// In plain Rust, from the same layouts.
#[cfg(not(all(
    target_arch = "arm",
    target_has_atomic = "32",
    not(any(target_os = "linux", target_os = "android"))
)))]
mod loops {
    use super::{Blocks, CHANNELS, Dsp, Finish, LINES, Pixels, PlanesOf, Runs, Taps, To, words};

    /// Two halves of a word.
    fn pair(low: i32, high: i32) -> i32 {
        low & 0xffff | high << 16
    }

    /// `sum` and the products of the halves of two words.
    fn smlad(x: i32, w: i32, sum: i32) -> i32 {
        let product = |x: i32, w: i32| i32::from(x as i16).wrapping_mul(i32::from(w as i16));
        sum.wrapping_add(product(x, w))
            .wrapping_add(product(x >> 16, w >> 16))
    }

    /// The low bytes of both halves.
    fn sxtb16(x: i32) -> i32 {
        pair((x as i8).into(), ((x >> 16) as i8).into())
    }

    pub(super) unsafe fn load(
        isa: &Dsp,
        x: &[u8],
        at_of: &[usize],
        runs: &Runs,
        windows: &mut [i32],
    ) {
        let sign = isa.sign;
        for (turn, &at) in at_of.iter().enumerate() {
            let starts = (0..runs.rows).flat_map(|row| {
                (0..runs.taps).map(move |tap| at + row * runs.row_step + tap * runs.tap_step)
            });
            let elements = starts.flat_map(|start| x.get(start..start + runs.run).unwrap_or(&[]));
            let mut elements = elements.map(|&byte| i32::from((byte ^ sign) as i8));
            let mut places = windows.iter_mut().skip(turn).step_by(at_of.len());
            while let Some(four) = next_four(&mut elements) {
                for word in [pair(four[0], four[2]), pair(four[1], four[3])] {
                    if let Some(place) = places.next() {
                        *place = word;
                    }
                }
            }
        }
    }

    pub(super) unsafe fn copy(x: &[u8], blocks: &Blocks, to: &mut [u8]) {
        blocks.copy(x, 0, to);
    }

    fn next_four(elements: &mut impl Iterator<Item = i32>) -> Option<[i32; 4]> {
        Some([
            elements.next()?,
            elements.next()?,
            elements.next()?,
            elements.next()?,
        ])
    }

    pub(super) unsafe fn compute(
        isa: &Dsp,
        windows: &[i32],
        packed: &[i32],
        y: &mut [u8],
        two: bool,
    ) {
        let len = isa.len;
        let turns = if two { 2 } else { 1 };
        for (turn, y) in y.chunks_mut(isa.channels).enumerate() {
            let x = windows.iter().skip(turn).step_by(turns);
            for (y, packed) in y.chunks_mut(CHANNELS).zip(packed.chunks_exact(words(len))) {
                let (sums, multipliers) = packed.split_at(CHANNELS + len);
                for ((y, sum), &multiplier) in
                    y.iter_mut().zip(four(sums, x.clone())).zip(multipliers)
                {
                    *y = isa.finish.byte(sum, multiplier);
                }
            }
        }
    }

    /// The sums of four channels.
    fn four<'a>(packed: &[i32], x: impl Iterator<Item = &'a i32>) -> [i32; 4] {
        let Some((&[mut l0, mut a0, mut l2, mut a2], factors)) = packed.split_first_chunk() else {
            return [0; 4];
        };
        for (&x, w) in x.zip(factors.as_chunks::<2>().0) {
            l0 = smlad(x, sxtb16(w[0]), l0);
            a0 = smlad(x, w[0], a0);
            l2 = smlad(x, sxtb16(w[1]), l2);
            a2 = smlad(x, w[1], a2);
        }
        [l0, a0.wrapping_sub(l0) >> 8, l2, a2.wrapping_sub(l2) >> 8]
    }

    pub(super) unsafe fn spread(x: &[u8], pixels: &Pixels, slot: usize, planes: &mut PlanesOf<'_>) {
        let (pairs, zero) = (planes.pairs, planes.zero);
        for (c, plane) in planes.words.chunks_exact_mut(LINES * pairs).enumerate() {
            let mut places = plane
                .iter_mut()
                .skip(slot)
                .step_by(LINES)
                .skip(pixels.before / 2);
            let element = |i: usize| match x.get(pixels.at + i * pixels.step + c) {
                Some(byte) if i < pixels.count => i32::from((byte ^ planes.sign) as i8),
                _ => zero >> 16,
            };
            let mut next = 0;
            if pixels.before % 2 == 1
                && let Some(place) = places.next()
            {
                *place = pair(zero, element(0));
                next = 1;
            }
            while next < pixels.count
                && let Some(place) = places.next()
            {
                *place = pair(element(next), element(next + 1));
                next += 2;
            }
        }
    }

    pub(super) unsafe fn lines(
        planes: &PlanesOf<'_>,
        turn: usize,
        taps: &[Taps],
        finish: &Finish,
        to: &To,
        y: &mut [u8],
    ) {
        let planes = planes.words.chunks_exact(LINES * planes.pairs);
        for ((c, plane), taps) in planes.enumerate().zip(taps) {
            for output in 0..to.count {
                // Where windows start within a word, products are those of the halves that are theirs.
                let column = output * to.stride;
                let half = |line: usize, column: usize| {
                    let word = plane.get(column / 2 * LINES + line).copied().unwrap_or(0);
                    word >> (16 * (column % 2))
                };
                let mut sum = taps.bias;
                for (line, [first, second]) in taps.pairs.iter().skip(turn).take(LINES).enumerate()
                {
                    sum = smlad(
                        pair(half(line, column), half(line, column + 1)),
                        *first,
                        sum,
                    );
                    sum = smlad(pair(0, half(line, column + 2)), *second, sum);
                }
                if let Some(y) = y.get_mut(to.at + c + output * to.step) {
                    *y = finish.byte(sum, taps.multiplier);
                }
            }
        }
    }
}
