//! The DSP extension of Armv7E-M and Armv8-M: depthwise convolutions of any taps, window by window.
//!
//! Words of four channels are read at two taps, and the halves of one word made of the bytes that a channel has there:
//! `smlad` multiplies both with their weights. Where taps lie is listed beforehand, so that one loop goes over all of them.
//!
//! **Constants**, for each four channels: the biases; for each two taps, the weights of each channel as halves of a word; the
//! multipliers. A tap that is lacking has weights of 0, as have channels. Elements of `u8` are taken as they are, and
//! biases are less by what that amounts to. Where products are rounded twice, weights and biases are doubled, and a word of
//! shifts follows the multipliers.

use super::super::kernels::packed::depthwise2d::{Taps, TapsOf};
use super::super::kernels::packed::finish::{Finish, words_of_four};
use super::super::kernels::packed::windows::{Blocks, Copy2d};
use super::dsp::{CHANNELS, Dsp};
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

/// The instruction set, made ready for a depthwise convolution.
pub struct DspTaps<const TWICE: bool> {
    channels: usize,
    finish: Finish,
}

/// Words of constants that four channels take, for so many taps.
pub const fn words(taps: usize, twice: bool) -> usize {
    taps.div_ceil(2) * CHANNELS + words_of_four(twice)
}

impl<const TWICE: bool> Copy2d for DspTaps<TWICE> {
    #[inline(always)]
    fn copy(x: &[u8], blocks: &Blocks, flip: u8, to: &mut [u8]) {
        Dsp::<TWICE>::copy(x, blocks, flip, to);
    }
}

impl<const TWICE: bool> Taps for DspTaps<TWICE> {
    const CHANNELS: usize = CHANNELS;
    const UNSIGNED: bool = true;

    fn words(taps: usize) -> usize {
        taps.next_multiple_of(2)
    }

    fn new(channels: usize, finish: &Finish) -> Self {
        DspTaps {
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
        let enough = w.runs.run == self.channels
            && w.lie_within(CHANNELS)
            && packed.len() >= self.channels.div_ceil(CHANNELS) * words(taps, TWICE)
            && y.len() >= w.n * self.channels;
        if enough && self.channels > 0 && taps > 0 {
            list(w, places);
            // SAFETY: the lengths were checked, and windows reach no further than `x` from the places that are listed.
            unsafe { loops::taps(self, w, packed, places, y) };
        }
    }
}

/// Lists where taps lie, from the first byte of a window on; what is listed beyond them is the first.
#[inline(always)]
pub(super) fn list(w: &TapsOf<'_>, places: &mut [i32]) {
    places.fill(0);
    let (mut row, mut places) = (0, places.iter_mut());
    for _ in 0..w.runs.rows {
        let mut at = row;
        for _ in 0..w.runs.taps {
            if let Some(place) = places.next() {
                *place = at as i32;
            }
            at += w.runs.tap_step;
        }
        row += w.runs.row_step;
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
    use super::{DspTaps, TapsOf};
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
        bounds: [u32; 3],
    }

    /// As [`DspTaps::compute`](super::DspTaps).
    ///
    /// # Safety
    /// All taps that are listed lie in `x`, four channels at a time; they are a positive even number. `packed` and `y` have
    /// what belongs to the channels, of which there are some.
    #[inline(always)]
    pub(super) unsafe fn taps<const TWICE: bool>(
        isa: &DspTaps<TWICE>,
        w: &TapsOf<'_>,
        packed: &[i32],
        places: &[i32],
        y: &mut [u8],
    ) {
        let DspTaps { channels, finish } = isa;
        let list = places.as_ptr_range();
        let frame = Frame {
            places: list.start,
            end: list.end,
            offset: finish.offset,
            shift: finish.shift,
            channels: *channels,
            bounded: u32::from(!finish.saturates()),
            bounds: finish.bounds(),
        };
        for i in 0..w.n {
            // SAFETY: as the caller says.
            unsafe {
                let x = w.x.as_ptr().add(w.at + i * w.step);
                let y = y.as_mut_ptr().add(i * channels);
                match finish.unsigned {
                    false => signed::<TWICE>(x, packed.as_ptr(), y, &frame),
                    true => unsigned::<TWICE>(x, packed.as_ptr(), y, &frame),
                }
            }
        }
    }

    /// Two taps of four channels.
    macro_rules! pair {
        ($widen:literal) => {
            concat!(
                "ldrd r2, r3, [r10], #8\n",
                "ldr r2, [r0, r2]\n",
                "ldr r3, [r0, r3]\n",
                "ldm r1!, {{r8, r9, r11, r12}}\n",
                "pkhbt lr, r2, r3, lsl #16\n",
                "pkhtb r3, r3, r2, asr #16\n",
                $widen,
                " r2, lr\n",
                "smlad r4, r2, r8, r4\n",
                $widen,
                " lr, lr, ror #8\n",
                "smlad r5, lr, r9, r5\n",
                $widen,
                " r2, r3\n",
                "smlad r6, r2, r11, r6\n",
                $widen,
                " r3, r3, ror #8\n",
                "smlad r7, r3, r12, r7",
            )
        };
    }

    /// The channels of one output, of elements that are widened so.
    macro_rules! channels {
        ($name:ident, $widen:literal) => {
            #[inline]
            unsafe fn $name<const TWICE: bool>(x: *const u8, w: *const i32, y: *mut u8, frame: &Frame) {
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
                        pair!($widen),
                        "4:",
                        pair!($widen),
                        "ldr r2, [sp, #4]",
                        "cmp r10, r2",
                        "bne 3b",
                        "ldr r3, [sp, #16]",
                        ".if {twice}",
                        // Weights and biases are doubled.
                        "ldr r0, [r3, #{offset}]",
                        "ldr r2, [r1, #16]",
                        twice!("r4"),
                        twice!("r5"),
                        twice!("r6"),
                        twice!("r7"),
                        "adds r1, #4",
                        "ldr r0, [sp]",
                        "ldr r3, [sp, #16]",
                        ".else",
                        "ldm r1!, {{r8, r9, r11, r12}}",
                        "ldrd r2, lr, [r3, #{offset}]",
                        "smmla r4, r4, r8, r2",
                        "smmla r5, r5, r9, r2",
                        "smmla r6, r6, r11, r2",
                        "smmla r7, r7, r12, r2",
                        "asr r4, r4, lr",
                        "asr r5, r5, lr",
                        "asr r6, r6, lr",
                        "asr r7, r7, lr",
                        "ssat r4, #8, r4",
                        "ssat r5, #8, r5",
                        "ssat r6, #8, r6",
                        "ssat r7, #8, r7",
                        ".endif",
                        "ldr r12, [r3, #{bounded}]",
                        "cmp r12, #0",
                        "bne 6f",
                        "5:",
                        "ldrd r2, r12, [sp, #8]",
                        "adds r0, #4",
                        "str r0, [sp]",
                        "subs r12, #4",
                        "blt 7f",
                        "strb r4, [r2], #1",
                        "strb r5, [r2], #1",
                        "strb r6, [r2], #1",
                        "strb r7, [r2], #1",
                        "strd r2, r12, [sp, #8]",
                        "bne 2b",
                        "b 8f",
                        // Bounds of their own.
                        "6:",
                        "ldrd r8, r9, [r3, #{bounds}]",
                        "ldr r11, [r3, #{bounds} + 8]",
                        ".irp r, r4, r5, r6, r7",
                        "eor \\r, \\r, #0x80",
                        "uqsub8 \\r, \\r, r8",
                        "uqadd8 \\r, \\r, r9",
                        "usub8 \\r, \\r, r11",
                        ".endr",
                        "b 5b",
                        // The last channels, fewer than four.
                        "7:",
                        "strb r4, [r2]",
                        "adds r12, #2",
                        "it ge",
                        "strbge r5, [r2, #1]",
                        "it gt",
                        "strbgt r6, [r2, #2]",
                        "8:",
                        "add sp, #20",
                        "pop {{r4-r11}}",
                        inout("r0") x => _,
                        inout("r1") w => _,
                        inout("r2") y => _,
                        inout("r3") frame => _,
                        out("r12") _,
                        out("lr") _,
                        twice = const TWICE as u32,
                        places = const offset_of!(Frame, places),
                        end = const offset_of!(Frame, end),
                        channels = const offset_of!(Frame, channels),
                        offset = const offset_of!(Frame, offset),
                        bounded = const offset_of!(Frame, bounded),
                        bounds = const offset_of!(Frame, bounds),
                    );
                }
            }
        };
    }

    channels!(signed, "sxtb16");
    channels!(unsigned, "uxtb16");
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
    use super::{CHANNELS, DspTaps, TapsOf, words, words_of_four};

    pub(super) unsafe fn taps<const TWICE: bool>(
        isa: &DspTaps<TWICE>,
        w: &TapsOf<'_>,
        packed: &[i32],
        places: &[i32],
        y: &mut [u8],
    ) {
        let widen = |byte: u8| match isa.finish.unsigned {
            true => i32::from(byte),
            false => i32::from(byte as i8),
        };
        let words = words(w.runs.rows * w.runs.taps, TWICE);
        let four = packed.chunks_exact(words.max(1));
        for (i, y) in y.chunks_exact_mut(isa.channels).take(w.n).enumerate() {
            let start = w.at + i * w.step;
            for (c, y) in y.iter_mut().enumerate() {
                let element = |place: i32| {
                    let byte = w.x.get(start + place as usize + c);
                    widen(byte.copied().unwrap_or(0))
                };
                let constants = four.clone().nth(c / CHANNELS).unwrap_or(&[]);
                let mut own = constants.iter().skip(c % CHANNELS).step_by(CHANNELS);
                let mut sum = own.next().copied().unwrap_or(0);
                for (&[a, b], &weights) in places.as_chunks().0.iter().zip(own) {
                    sum = smlad(pair(element(a), element(b)), weights, sum);
                }
                let scales = constants.get(words - words_of_four(TWICE) + CHANNELS..);
                let scale = scale_of_four(scales.unwrap_or(&[]), c % CHANNELS);
                *y = isa.finish.byte(if TWICE { sum >> 1 } else { sum }, scale);
            }
        }
    }
}
