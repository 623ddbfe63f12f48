//! The DSP extension of Armv7E-M and Armv8-M, for elements of 16 bits and weights of 8: convolutions.
//!
//! Two neighbours share a word where they lie, so windows are read as they are; `sxtb16` makes two weights the halves of a
//! word, and `smlad` adds two products to a sum. Two windows meet two channels.
//!
//! **Constants**, for each two channels: their biases; of each four elements the weights of one channel, then those of the
//! other, bytes in the order 0, 2, 1, 3; their multipliers. Elements and channels are filled up by zeros.

use super::super::kernels::packed::finish::Finish;
use super::super::kernels::packed::product::{Product, Windows};
use super::super::kernels::packed::windows::{Blocks, Copy2d, OutputSpan};
use super::dsp::Dsp;

/// The instruction set, made ready for a convolution.
pub struct Dsp16 {
    outputs: OutputSpan,
    /// Elements of a window, filled up.
    len: usize,
    finish: Finish,
}

/// Channels that are computed together.
pub const CHANNELS: usize = 2;

/// Elements that are multiplied together.
pub const ELEMENTS: usize = 4;

/// Words of constants that two channels take, for windows of `len` elements, a multiple of four.
const fn words(len: usize) -> usize {
    2 * CHANNELS + len / ELEMENTS * CHANNELS
}

impl Copy2d for Dsp16 {
    #[inline(always)]
    fn copy(x: &[u8], blocks: &Blocks, flip: u8, to: &mut [u8]) {
        Dsp::<false>::copy(x, blocks, flip, to);
    }
}

impl Product for Dsp16 {
    const TILE: usize = 2;
    const VECTOR: usize = 2 * ELEMENTS;
    const ELEMENT: usize = 2;
    const ALIGN: usize = 4;

    fn new(len: usize, outputs: OutputSpan, finish: &Finish) -> Self {
        Dsp16 {
            outputs,
            len: len.next_multiple_of(ELEMENTS),
            finish: *finish,
        }
    }

    #[inline(always)]
    fn compute(&self, w: &Windows<'_>, packed: &[i32], y: &mut [u8]) {
        let Dsp16 { outputs, len, .. } = *self;
        let enough = w.lie_within(2 * len)
            && packed.len() >= outputs.channels.div_ceil(CHANNELS) * words(len)
            && y.len() >= 2 * outputs.reach(w.n);
        if enough && outputs.channels > 0 && len > 0 {
            // SAFETY: the lengths were checked; the geometry sees to alignment.
            unsafe { loops::product(self, w, packed, y) };
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
    use super::{Dsp16, Windows};
    use core::arch::asm;
    use core::mem::offset_of;

    /// What the loop over the channels of one or two windows goes by.
    #[repr(C)]
    struct Frame {
        /// Bytes of a window.
        bytes: usize,
        channels: usize,
        offset: i32,
        shift: u32,
        /// Whether there are bounds.
        bounded: u32,
        lo: i32,
        hi: i32,
    }

    /// As [`Dsp16::compute`](super::Dsp16).
    ///
    /// # Safety
    /// The windows lie in memory, aligned, by whole groups of elements; `packed` and `y` have what belongs to the channels.
    #[inline(always)]
    pub(super) unsafe fn product(isa: &Dsp16, w: &Windows<'_>, packed: &[i32], y: &mut [u8]) {
        let finish = &isa.finish;
        let frame = Frame {
            bytes: 2 * isa.len,
            channels: isa.outputs.channels,
            offset: finish.offset,
            shift: finish.shift,
            bounded: u32::from(finish.lo > i16::MIN.into() || finish.hi < i16::MAX.into()),
            lo: finish.lo,
            hi: finish.hi,
        };
        let (step, packed) = (2 * isa.outputs.step, packed.as_ptr());
        let mut next = 0;
        while next < w.n {
            // SAFETY: as the caller says.
            unsafe {
                let x = w.x.as_ptr().add(w.at + next * w.step);
                let y = y.as_mut_ptr().add(next * step);
                if next + 1 < w.n {
                    two(x, x.add(w.step), y, y.add(step), packed, &frame);
                } else {
                    one(x, y, packed, &frame);
                }
            }
            next += 2;
        }
    }

    /// Four elements of two windows, for two channels.
    macro_rules! two {
        () => {
            "ldrd r8, r9, [r0], #8
            ldrd r10, r11, [r12], #8
            .irp sum, 4, 6
            ldr r2, [r1], #4
            sxtb16 r3, r2
            sxtb16 r2, r2, ror #8
            .if \\sum == 4
            smlad r4, r8, r3, r4
            smlad r5, r10, r3, r5
            smlad r4, r9, r2, r4
            smlad r5, r11, r2, r5
            .else
            smlad r6, r8, r3, r6
            smlad r7, r10, r3, r7
            smlad r6, r9, r2, r6
            smlad r7, r11, r2, r7
            .endif
            .endr"
        };
    }

    /// What becomes of sums, as `r2` has it for the offset and `r3` for the shift, and `r12` for bounds, if any.
    macro_rules! finish {
        ($($sum:literal),*) => {
            concat!(
                $("asr ", $sum, ", ", $sum, ", r3\n", "ssat ", $sum, ", #16, ", $sum, "\n",)*
                "ldr r3, [r12, #{bounded}]\n cmp r3, #0\n beq 6f\n",
                "ldrd r2, r3, [r12, #{lo}]\n",
                $(
                    "cmp ", $sum, ", r2\n it lt\n movlt ", $sum, ", r2\n",
                    "cmp ", $sum, ", r3\n it gt\n movgt ", $sum, ", r3\n",
                )*
                "6:",
            )
        };
    }

    /// Two outputs.
    #[inline]
    unsafe fn two(
        a: *const u8,
        b: *const u8,
        y: *mut u8,
        z: *mut u8,
        w: *const i32,
        frame: &Frame,
    ) {
        let arguments = [a as usize, b as usize, y as usize, z as usize];
        // SAFETY: as the caller says; registers that are not named are kept.
        unsafe {
            asm!(
                "push {{r4-r11}}",
                // Of the stack: windows 0 and 4, outputs 8 and 12, channels that are left 16, frame 20.
                "sub sp, #24",
                "ldm r0, {{r4-r7}}",
                "ldr r8, [r2, #{channels}]",
                "mov r9, r2",
                "stm sp, {{r4-r9}}",
                // Two channels: eight elements a turn, but four in the first if these are left over.
                "2:",
                "ldrd r0, r12, [sp]",
                "ldr r3, [sp, #20]",
                "ldr lr, [r3, #{bytes}]",
                "ldrd r4, r6, [r1], #8",
                "mov r5, r4",
                "mov r7, r6",
                "tst lr, #8",
                "add lr, r0",
                "bne 4f",
                "3:",
                two!(),
                "4:",
                two!(),
                "cmp r0, lr",
                "bne 3b",
                "ldr r12, [sp, #20]",
                "ldrd r8, r9, [r1], #8",
                "ldrd r2, r3, [r12, #{offset}]",
                "smmla r4, r4, r8, r2",
                "smmla r5, r5, r8, r2",
                "smmla r6, r6, r9, r2",
                "smmla r7, r7, r9, r2",
                finish!("r4", "r5", "r6", "r7"),
                "ldrd r2, r3, [sp, #8]",
                "ldr lr, [sp, #16]",
                "strh r4, [r2], #2",
                "strh r5, [r3], #2",
                "subs lr, #2",
                "blt 5f",
                "strh r6, [r2], #2",
                "strh r7, [r3], #2",
                "str lr, [sp, #16]",
                "strd r2, r3, [sp, #8]",
                "bne 2b",
                "5:",
                "add sp, #24",
                "pop {{r4-r11}}",
                inout("r0") arguments.as_ptr() => _,
                inout("r1") w => _,
                inout("r2") frame => _,
                out("r3") _,
                out("r12") _,
                out("lr") _,
                bytes = const offset_of!(Frame, bytes),
                channels = const offset_of!(Frame, channels),
                offset = const offset_of!(Frame, offset),
                bounded = const offset_of!(Frame, bounded),
                lo = const offset_of!(Frame, lo),
            );
        }
    }

    /// Four elements of a window, for two channels.
    macro_rules! one {
        () => {
            "ldrd r8, r9, [r0], #8
            ldrd r2, r3, [r1], #8
            sxtb16 r10, r2
            sxtb16 r2, r2, ror #8
            sxtb16 r11, r3
            sxtb16 r3, r3, ror #8
            smlad r4, r8, r10, r4
            smlad r6, r8, r11, r6
            smlad r4, r9, r2, r4
            smlad r6, r9, r3, r6"
        };
    }

    /// One output.
    #[inline]
    unsafe fn one(x: *const u8, y: *mut u8, w: *const i32, frame: &Frame) {
        // SAFETY: as the caller says; registers that are not named are kept.
        unsafe {
            asm!(
                "push {{r4-r11}}",
                // Of the stack: window 0, output 4, channels that are left 8, frame 12.
                "sub sp, #16",
                "ldr r4, [r3, #{channels}]",
                "strd r0, r2, [sp]",
                "strd r4, r3, [sp, #8]",
                "2:",
                "ldr r0, [sp]",
                "ldr r12, [sp, #12]",
                "ldr lr, [r12, #{bytes}]",
                "ldrd r4, r6, [r1], #8",
                "tst lr, #8",
                "add lr, r0",
                "bne 4f",
                "3:",
                one!(),
                "4:",
                one!(),
                "cmp r0, lr",
                "bne 3b",
                "ldrd r8, r9, [r1], #8",
                "ldrd r2, r3, [r12, #{offset}]",
                "smmla r4, r4, r8, r2",
                "smmla r6, r6, r9, r2",
                finish!("r4", "r6"),
                "ldrd r2, r3, [sp, #4]",
                "strh r4, [r2], #2",
                "subs r3, #2",
                "blt 5f",
                "strh r6, [r2], #2",
                "strd r2, r3, [sp, #4]",
                "bne 2b",
                "5:",
                "add sp, #16",
                "pop {{r4-r11}}",
                inout("r0") x => _,
                inout("r1") w => _,
                inout("r2") y => _,
                inout("r3") frame => _,
                out("r12") _,
                out("lr") _,
                bytes = const offset_of!(Frame, bytes),
                channels = const offset_of!(Frame, channels),
                offset = const offset_of!(Frame, offset),
                bounded = const offset_of!(Frame, bounded),
                lo = const offset_of!(Frame, lo),
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
    use super::{CHANNELS, Dsp16, ELEMENTS, Windows, words};

    /// Where the weight of an element is among four.
    const ORDER: [usize; ELEMENTS] = [0, 2, 1, 3];

    pub(super) unsafe fn product(isa: &Dsp16, w: &Windows<'_>, packed: &[i32], y: &mut [u8]) {
        let step = (2 * isa.outputs.step).max(1);
        for (i, y) in y.chunks_mut(step).take(w.n).enumerate() {
            let x = w.x.get(w.at + i * w.step..).unwrap_or(&[]);
            let places = y.as_chunks_mut::<2>().0.iter_mut();
            for (c, y) in places.take(isa.outputs.channels).enumerate() {
                let (two, c) = (c / CHANNELS * words(isa.len), c % CHANNELS);
                let constants = packed.get(two..).unwrap_or(&[]);
                let element = element(isa, x, constants, c);
                *y = (element as i16).to_le_bytes();
            }
        }
    }

    /// That of a channel of two, from constants that begin with theirs.
    fn element(isa: &Dsp16, x: &[u8], constants: &[i32], c: usize) -> i32 {
        let word = |at: usize| constants.get(at).copied().unwrap_or(0);
        let mut sum = word(c);
        for k in 0..isa.len {
            let weights = word(CHANNELS + k / ELEMENTS * CHANNELS + c).to_le_bytes();
            let weight = ORDER.get(k % ELEMENTS).and_then(|&at| weights.get(at));
            let x = x.get(2 * k..2 * k + 2).and_then(|x| x.first_chunk());
            let (x, weight) = (x.copied().unwrap_or([0; 2]), weight.copied().unwrap_or(0));
            let product = i32::from(i16::from_le_bytes(x)).wrapping_mul((weight as i8).into());
            sum = sum.wrapping_add(product);
        }
        isa.finish.element(sum, word(words(isa.len) - CHANNELS + c))
    }
}
