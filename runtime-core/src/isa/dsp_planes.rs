//! The DSP extension of Armv7E-M and Armv8-M: depthwise convolutions of three by three taps, in planes.
//!
//! Elements of a plane are 16 bits: two neighbours share a word, which `smlad` multiplies with two taps at once. Two
//! outputs are computed together, which touch the same words. Constants are those of
//! [`kernels::packed::planes`](super::super::kernels::packed::planes). Sums whose products are rounded twice become
//! elements as in `dsp_twice.rs`.

use super::super::kernels::packed::finish::Finish;
use super::super::kernels::packed::planes::{LINES, Pixels, Planes, PlanesOf, Taps, To};
use super::dsp::CHANNELS;
#[cfg(not(all(
    target_arch = "arm",
    target_has_atomic = "32",
    not(any(target_os = "linux", target_os = "android"))
)))]
use super::dsp_halves;

/// Depthwise convolutions on the instruction set.
pub struct DspPlanes<const TWICE: bool>;

impl<const TWICE: bool> Planes for DspPlanes<TWICE> {
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
        unsafe { loops::lines::<TWICE>(planes, turn, taps, finish, to, y) };
    }
}

/// In assembly.
#[cfg(all(
    target_arch = "arm",
    target_has_atomic = "32",
    not(any(target_os = "linux", target_os = "android"))
))]
mod loops {
    use super::{Finish, LINES, Pixels, PlanesOf, Taps, To};
    use core::arch::asm;
    use core::mem::{offset_of, size_of};

    /// As [`DspPlanes::spread`](super::DspPlanes).
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

    /// As [`DspPlanes::compute`](super::DspPlanes).
    ///
    /// # Safety
    /// All windows lie in the planes, all outputs in `y`, and there are taps for four channels.
    #[inline(always)]
    pub(super) unsafe fn lines<const TWICE: bool>(
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
            bounds: finish.bounds(),
        };
        // SAFETY: as the caller says.
        unsafe {
            let (x, y) = (planes.words.as_ptr(), y.as_mut_ptr().add(to.at));
            let taps = taps.as_ptr();
            match (to.stride, finish.saturates()) {
                (1, true) => line_of::<1, 0, TWICE>(x, y, taps, &line),
                (1, false) => line_of::<1, 1, TWICE>(x, y, taps, &line),
                (_, true) => line_of::<2, 0, TWICE>(x, y, taps, &line),
                (_, false) => line_of::<2, 1, TWICE>(x, y, taps, &line),
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
    unsafe fn line_of<const STRIDE: u32, const BOUNDED: u32, const TWICE: bool>(
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
                "strd r0, r1, [sp, #16]",
                "movs r4, #4",
                "strd r3, r4, [sp, #24]",
                "2:",
                "ldrd r10, r11, [r2, #{bias}]",
                "strd r10, r11, [sp]",
                "ldrd r10, r11, [r2, #{offset}]",
                "strd r10, r11, [sp, #8]",
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
                ".if {twice}",
                "add r3, r3, r10, asr #31",
                "smmlar r10, r10, r2, r3",
                "ldr r3, [sp, #8]",
                "add r3, r3, r11, asr #31",
                "smmlar r11, r11, r2, r3",
                ".else",
                "smmla r10, r10, r2, r3",
                "smmla r11, r11, r2, r3",
                ".endif",
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
                ".if {twice}",
                "add r3, r3, r10, asr #31",
                "smmlar r10, r10, r2, r3",
                ".else",
                "smmla r10, r10, r2, r3",
                ".endif",
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
                twice = const TWICE as u32,
                offset = const offset_of!(Taps, offset),
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
    use super::dsp_halves::{pair, smlad};
    use super::{Finish, LINES, Pixels, PlanesOf, Taps, To};

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

    pub(super) unsafe fn lines<const TWICE: bool>(
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
                    *y = finish.byte(if TWICE { sum >> 1 } else { sum }, taps.scale());
                }
            }
        }
    }
}
