//! The DSP extension of Armv7E-M and Armv8-M, Cortex-M4, M7, M33 and their like: convolutions. Depthwise ones are in
//! `dsp_planes.rs`.
//!
//! `smlad` adds two products of 16 bits to a sum. Two weights of 8 bits share a factor, `w₀ + 256 · w₁`: the products
//! with the whole of it sum to `L + 256 · S₁`, those with its low byte to `L = S₀`, so that the second channel takes no
//! factor of its own. This is exact while `S₁` has 24 bits, as the compiler proves.
//!
//! **Windows**: elements as 16 bits, of each four the pairs 0 and 2, then 1 and 3, as `sxtb16` makes them; of two windows
//! pairs take turns. **Constants**, for each four channels: the biases `b₀`, `b₀ + 256 · b₁`, `b₂`, `b₂ + 256 · b₃`; for
//! each pair of elements the factors of channels 0 and 1, and of 2 and 3, two to a word; four multipliers, and a word of
//! shifts where products are rounded twice. Elements are filled up to a multiple of four, and channels as well, by zeros.

use super::super::kernels::packed::conv2d::{Columns, OutputSpan, Runs};
use super::super::kernels::packed::finish::{Finish, words_of_four};
use super::super::kernels::packed::windows::{Blocks, Copy2d};
#[cfg(not(all(
    target_arch = "arm",
    target_has_atomic = "32",
    not(any(target_os = "linux", target_os = "android"))
)))]
use super::dsp_halves;
#[cfg(all(
    target_arch = "arm",
    target_has_atomic = "32",
    not(any(target_os = "linux", target_os = "android"))
))]
use super::dsp_twice;

/// The instruction set, made ready for a convolution.
pub struct Dsp<const TWICE: bool> {
    outputs: OutputSpan,
    /// Elements of a window, filled up.
    len: usize,
    /// What turns bytes into signed ones.
    sign: u8,
    #[cfg_attr(
        all(target_arch = "arm", target_has_atomic = "32"),
        allow(dead_code, reason = "only the twin goes by it")
    )]
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
    /// Bytes from one output to the next.
    step: usize,
}

/// Channels that are computed together.
pub const CHANNELS: usize = 4;

/// Elements that windows are filled up to a multiple of, and that a fourth of a turn takes.
const ELEMENTS: usize = 4;

/// Bytes of code for so many elements of one window, and of two.
const CODE: [usize; 2] = [56, 96];

/// Words of constants that four channels take, for windows of `len` bytes.
const fn words(len: usize, twice: bool) -> usize {
    len.next_multiple_of(ELEMENTS) + words_of_four(twice)
}

impl<const TWICE: bool> Copy2d for Dsp<TWICE> {
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

impl<const TWICE: bool> Columns for Dsp<TWICE> {
    const TILE: usize = 2;
    const RUN: usize = ELEMENTS;

    fn words(len: usize, outputs: usize) -> usize {
        len.next_multiple_of(ELEMENTS) / 2 * outputs
    }

    fn new(len: usize, outputs: OutputSpan, finish: &Finish) -> Self {
        let len = len.next_multiple_of(ELEMENTS);
        let frame = |windows: usize| Frame {
            bytes: 2 * windows * len,
            entry: len.wrapping_neg() / ELEMENTS % 4 * CODE[windows - 1] + 1,
            offset: finish.offset,
            shift: finish.shift,
            channels: outputs.channels,
            bounded: u32::from(!finish.saturates()),
            bounds: finish.bounds(),
            step: outputs.step,
        };
        Dsp {
            outputs,
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
    fn compute(&self, windows: &[i32], packed: &[i32], n: usize, y: &mut [u8]) {
        let Dsp { outputs, len, .. } = *self;
        let enough = matches!(n, 1 | 2)
            && windows.len() >= len / 2 * n
            && packed.len() >= outputs.channels.div_ceil(CHANNELS) * words(len, TWICE)
            && y.len() >= outputs.reach(n);
        if enough && outputs.channels > 0 && len > 0 {
            // SAFETY: the lengths were checked.
            unsafe { loops::compute(self, windows, packed, y, n == 2) };
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
    use super::dsp_twice::twice;
    use super::{Blocks, Dsp, Frame, Runs};
    use core::arch::asm;
    use core::mem::offset_of;

    /// As [`Dsp::load`](super::Dsp).
    ///
    /// # Safety
    /// There are runs, of whole words; all lie in `x`, and `windows` has room for their elements.
    #[inline(always)]
    pub(super) unsafe fn load<const TWICE: bool>(
        isa: &Dsp<TWICE>,
        x: &[u8],
        at: &[usize],
        runs: &Runs,
        windows: &mut [i32],
    ) {
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
    pub(super) unsafe fn compute<const TWICE: bool>(
        isa: &Dsp<TWICE>,
        windows: &[i32],
        packed: &[i32],
        y: &mut [u8],
        two: bool,
    ) {
        let (x, w, y) = (windows.as_ptr(), packed.as_ptr(), y.as_mut_ptr());
        // SAFETY: as the caller says.
        unsafe {
            match two {
                true => columns_two::<TWICE>(x, w, y, &isa.frames[1]),
                false => columns_one::<TWICE>(x, w, y, &isa.frames[0]),
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
    unsafe fn columns_two<const TWICE: bool>(
        x: *const i32,
        w: *const i32,
        y: *mut u8,
        frame: &Frame,
    ) {
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
                "ldr r3, [r3, #{step}]",
                "add r3, r2",
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
                ".if {twice}",
                ".irp r, r4, r6, r8, r10",
                "lsl \\r, \\r, #1",
                ".endr",
                ".irp r, r5, r7, r9, r11",
                "asr \\r, \\r, #7",
                ".endr",
                "ldr r0, [sp, #8]",
                "ldr r2, [r1, #16]",
                twice!("r4", "r8"),
                twice!("r5", "r9"),
                twice!("r6", "r10"),
                twice!("r7", "r11"),
                "adds r1, #4",
                ".else",
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
                ".endif",
                "ldr r12, [sp, #20]",
                "ldrd r2, r3, [sp, #32]",
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
                twice = const TWICE as u32,
                bounds = const offset_of!(Frame, bounds),
                step = const offset_of!(Frame, step),
            );
        }
    }

    /// One output.
    #[inline]
    unsafe fn columns_one<const TWICE: bool>(
        x: *const i32,
        w: *const i32,
        y: *mut u8,
        frame: &Frame,
    ) {
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
                ".if {twice}",
                "lsl r4, r4, #1",
                "lsl r6, r6, #1",
                "asr r5, r5, #7",
                "asr r7, r7, #7",
                "ldr r0, [sp, #8]",
                "ldr r2, [r1, #16]",
                twice!("r4"),
                twice!("r5"),
                twice!("r6"),
                twice!("r7"),
                "adds r1, #4",
                ".else",
                "ldm r1!, {{r8-r11}}",
                "ldrd r0, r3, [sp, #8]",
                "asr r5, r5, #8",
                "asr r7, r7, #8",
                "smmla r4, r4, r8, r0",
                "smmla r5, r5, r9, r0",
                "smmla r6, r6, r10, r0",
                "smmla r7, r7, r11, r0",
                "asr r4, r4, r3",
                "asr r5, r5, r3",
                "asr r6, r6, r3",
                "asr r7, r7, r3",
                "ssat r4, #8, r4",
                "ssat r5, #8, r5",
                "ssat r6, #8, r6",
                "ssat r7, #8, r7",
                ".endif",
                "ldr r12, [sp, #20]",
                "ldr r2, [sp, #32]",
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
                twice = const TWICE as u32,
                bounds = const offset_of!(Frame, bounds),
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
    use super::super::super::kernels::packed::finish::scale_of_four;
    use super::dsp_halves::{pair, smlad};
    use super::{Blocks, CHANNELS, Dsp, OutputSpan, Runs, words};

    /// The low bytes of both halves.
    fn sxtb16(x: i32) -> i32 {
        pair((x as i8).into(), ((x >> 16) as i8).into())
    }

    pub(super) unsafe fn load<const TWICE: bool>(
        isa: &Dsp<TWICE>,
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

    pub(super) unsafe fn compute<const TWICE: bool>(
        isa: &Dsp<TWICE>,
        windows: &[i32],
        packed: &[i32],
        y: &mut [u8],
        two: bool,
    ) {
        let len = isa.len;
        let turns = if two { 2 } else { 1 };
        let OutputSpan { channels, step } = isa.outputs;
        for (turn, y) in y.chunks_mut(step.max(1)).take(turns).enumerate() {
            let x = windows.iter().skip(turn).step_by(turns);
            let y = y.get_mut(..channels).unwrap_or_default();
            for (y, packed) in y
                .chunks_mut(CHANNELS)
                .zip(packed.chunks_exact(words(len, TWICE)))
            {
                let (sums, scales) = packed.split_at(CHANNELS + len);
                for (c, (y, sum)) in y.iter_mut().zip(four(sums, x.clone())).enumerate() {
                    *y = isa.finish.byte(sum, scale_of_four(scales, c));
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
}
