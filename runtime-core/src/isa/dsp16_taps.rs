//! The DSP extension of Armv7E-M and Armv8-M, for elements of 16 bits and weights of 8: depthwise convolutions.
//!
//! As [`dsp_taps`](super::dsp_taps), whose constants these are: two taps of a channel become the halves of a word. Four channels
//! are two words, which are read where they lie.

use super::super::kernels::packed::depthwise2d::{Taps, TapsOf};
use super::super::kernels::packed::finish::Finish;
use super::super::kernels::packed::windows::{Blocks, Copy2d};
use super::dsp::{CHANNELS, Dsp};
#[cfg(not(all(
    target_arch = "arm",
    target_has_atomic = "32",
    not(any(target_os = "linux", target_os = "android"))
)))]
use super::dsp_halves;
use super::dsp_taps::{list, words};

/// The instruction set, made ready for a depthwise convolution.
pub struct Dsp16Taps {
    channels: usize,
    finish: Finish,
}

impl Copy2d for Dsp16Taps {
    #[inline(always)]
    fn copy(x: &[u8], blocks: &Blocks, flip: u8, to: &mut [u8]) {
        Dsp::<false>::copy(x, blocks, flip, to);
    }
}

impl Taps for Dsp16Taps {
    const CHANNELS: usize = CHANNELS;
    const ELEMENT: usize = 2;
    const UNSIGNED: bool = true;

    fn words(taps: usize) -> usize {
        taps.next_multiple_of(2)
    }

    fn new(channels: usize, finish: &Finish) -> Self {
        Dsp16Taps {
            channels,
            finish: *finish,
        }
    }

    #[inline(always)]
    fn compute(&self, w: &TapsOf<'_>, packed: &[i32], places: &mut [i32], y: &mut [u8]) {
        let taps = w.runs.rows * w.runs.taps;
        let Some(places) = places.get_mut(..Self::words(taps)) else {
            return;
        };
        let enough = w.runs.run == 2 * self.channels
            && w.lie_within(2 * CHANNELS)
            && packed.len() >= self.channels.div_ceil(CHANNELS) * words(taps, false)
            && y.len() >= 2 * w.n * self.channels;
        if enough && self.channels > 0 && taps > 0 {
            list(w, places);
            // SAFETY: the lengths were checked, and windows reach no further than `x` from the places that are listed.
            unsafe { loops::taps(self, w, packed, places, y) };
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
    use super::{Dsp16Taps, TapsOf};
    use core::arch::asm;
    use core::mem::offset_of;

    /// What the loop over the channels of a window goes by.
    #[repr(C)]
    struct Frame {
        /// Where taps lie, and the end of the list.
        places: *const i32,
        end: *const i32,
        offset: i32,
        shift: u32,
        channels: usize,
        /// Whether there are bounds.
        bounded: u32,
        lo: i32,
        hi: i32,
    }

    /// As [`Dsp16Taps::compute`](super::Dsp16Taps).
    ///
    /// # Safety
    /// All taps that are listed lie in `x`, four channels at a time; they are a positive even number. `packed` and `y` have
    /// what belongs to the channels, of which there are some.
    #[inline(always)]
    pub(super) unsafe fn taps(
        isa: &Dsp16Taps,
        w: &TapsOf<'_>,
        packed: &[i32],
        places: &[i32],
        y: &mut [u8],
    ) {
        let Dsp16Taps { channels, finish } = isa;
        let list = places.as_ptr_range();
        let frame = Frame {
            places: list.start,
            end: list.end,
            offset: finish.offset,
            shift: finish.shift,
            channels: *channels,
            bounded: u32::from(finish.lo > i16::MIN.into() || finish.hi < i16::MAX.into()),
            lo: finish.lo,
            hi: finish.hi,
        };
        for i in 0..w.n {
            // SAFETY: as the caller says.
            unsafe {
                let x = w.x.as_ptr().add(w.at + i * w.step);
                let y = y.as_mut_ptr().add(i * w.runs.run);
                window(x, packed.as_ptr(), y, &frame);
            }
        }
    }

    /// Two taps of four channels.
    macro_rules! pair {
        () => {
            "ldrd r2, r3, [r10], #8
            add r2, r0
            add r3, r0
            ldm r1!, {{r8, r9}}
            ldr r11, [r2]
            ldr r12, [r3]
            pkhbt lr, r11, r12, lsl #16
            pkhtb r12, r12, r11, asr #16
            smlad r4, lr, r8, r4
            smlad r5, r12, r9, r5
            ldm r1!, {{r8, r9}}
            ldr r2, [r2, #4]
            ldr r3, [r3, #4]
            pkhbt lr, r2, r3, lsl #16
            pkhtb r3, r3, r2, asr #16
            smlad r6, lr, r8, r6
            smlad r7, r3, r9, r7"
        };
    }

    /// The channels of one output.
    #[inline]
    unsafe fn window(x: *const u8, w: *const i32, y: *mut u8, frame: &Frame) {
        // SAFETY: as the caller says; registers that are not named are kept.
        unsafe {
            asm!(
                "push {{r4-r11}}",
                // Of the stack: x 0, end 4, y 8, channels that are left 12, frame 16.
                "sub sp, #20",
                "ldr r4, [r3, #{end}]",
                "ldr r5, [r3, #{channels}]",
                "strd r0, r4, [sp]",
                "strd r2, r5, [sp, #8]",
                "str r3, [sp, #16]",
                // Four channels: four taps a turn, but two in the first if these are left over.
                "2:",
                "ldrd r10, r12, [r3, #{places}]",
                "ldm r1!, {{r4-r7}}",
                "ldr r0, [sp]",
                "sub r12, r12, r10",
                "tst r12, #8",
                "bne 4f",
                "3:",
                pair!(),
                "4:",
                pair!(),
                "ldr r2, [sp, #4]",
                "cmp r10, r2",
                "bne 3b",
                "ldr r3, [sp, #16]",
                "ldm r1!, {{r8, r9, r11, r12}}",
                "ldrd r2, lr, [r3, #{offset}]",
                "smmla r4, r4, r8, r2",
                "smmla r5, r5, r9, r2",
                "smmla r6, r6, r11, r2",
                "smmla r7, r7, r12, r2",
                "ldr r12, [r3, #{bounded}]",
                ".irp r, r4, r5, r6, r7",
                "asr \\r, \\r, lr",
                "ssat \\r, #16, \\r",
                ".endr",
                "cmp r12, #0",
                "beq 5f",
                "ldrd r8, r9, [r3, #{lo}]",
                ".irp r, r4, r5, r6, r7",
                "cmp \\r, r8",
                "it lt",
                "movlt \\r, r8",
                "cmp \\r, r9",
                "it gt",
                "movgt \\r, r9",
                ".endr",
                "5:",
                "ldrd r2, r12, [sp, #8]",
                "adds r0, #8",
                "str r0, [sp]",
                "subs r12, #4",
                "blt 7f",
                "strh r4, [r2], #2",
                "strh r5, [r2], #2",
                "strh r6, [r2], #2",
                "strh r7, [r2], #2",
                "strd r2, r12, [sp, #8]",
                "bne 2b",
                "b 8f",
                // The last channels, fewer than four.
                "7:",
                "strh r4, [r2]",
                "adds r12, #2",
                "it ge",
                "strhge r5, [r2, #2]",
                "it gt",
                "strhgt r6, [r2, #4]",
                "8:",
                "add sp, #20",
                "pop {{r4-r11}}",
                inout("r0") x => _,
                inout("r1") w => _,
                inout("r2") y => _,
                inout("r3") frame => _,
                out("r12") _,
                out("lr") _,
                places = const offset_of!(Frame, places),
                end = const offset_of!(Frame, end),
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
    use super::dsp_halves::{pair, smlad};
    use super::{CHANNELS, Dsp16Taps, TapsOf, words};

    pub(super) unsafe fn taps(
        isa: &Dsp16Taps,
        w: &TapsOf<'_>,
        packed: &[i32],
        places: &[i32],
        y: &mut [u8],
    ) {
        let words = words(w.runs.rows * w.runs.taps, false);
        let four = packed.chunks_exact(words.max(1));
        for (i, y) in y.chunks_exact_mut(w.runs.run.max(1)).take(w.n).enumerate() {
            let start = w.at + i * w.step;
            for (c, y) in y.as_chunks_mut().0.iter_mut().enumerate() {
                let element = |place: i32| {
                    let bytes = w.x.get(start + place as usize + 2 * c..);
                    let bytes = bytes.and_then(|bytes| bytes.first_chunk());
                    i32::from(i16::from_le_bytes(bytes.copied().unwrap_or([0; 2])))
                };
                let constants = four.clone().nth(c / CHANNELS).unwrap_or(&[]);
                let mut own = constants.iter().skip(c % CHANNELS).step_by(CHANNELS);
                let mut sum = own.next().copied().unwrap_or(0);
                for (&[a, b], &weights) in places.as_chunks().0.iter().zip(own.by_ref()) {
                    sum = smlad(pair(element(a), element(b)), weights, sum);
                }
                let multiplier = own.next().copied().unwrap_or(0);
                *y = (isa.finish.element(sum, multiplier) as i16).to_le_bytes();
            }
        }
    }
}
