//! Helium, the vector extension of Armv8.1-M: Cortex-M55, M85 and their like.
//!
//! **Products**: `vmlava` adds sixteen products of bytes to a sum in a register. Two windows meet four channels, so that
//! six vectors are loaded for eight sums. **Constants**, for each four channels: their biases; of each sixteen elements
//! the weights of one channel after those of another; their multipliers; where products are rounded twice, their shifts as
//! words, to the left. Elements and channels are filled up by zeros.
//!
//! **Taps**: `vmullb` and `vmullt` multiply the even and the odd ones of sixteen channels. Products of two taps have 16
//! bits together, as the compiler proves, before they are widened. **Constants**, for each sixteen channels: their
//! biases, in the order of [`LANES`]; the weights of each tap; their multipliers, in that order, and shifts if there are any.

use super::super::kernels::packed::depthwise2d::{Taps, TapsOf};
use super::super::kernels::packed::finish::Finish;
#[cfg(not(all(
    target_arch = "arm",
    target_has_atomic = "32",
    not(any(target_os = "linux", target_os = "android"))
)))]
use super::super::kernels::packed::finish::Scale;
use super::super::kernels::packed::product::{Product, Windows};
use super::super::kernels::packed::windows::{Blocks, Copy2d, OutputSpan, Runs};

/// The instruction set, made ready for a layer.
#[repr(C)]
pub struct Helium<const TWICE: bool> {
    #[cfg_attr(
        all(target_arch = "arm", target_has_atomic = "32"),
        allow(dead_code, reason = "only the twin goes by all of it")
    )]
    finish: Finish,
    /// What is added before the shift, or after it where products are rounded twice.
    offset: i32,
    /// Bits to the left: fewer than none.
    shift: i32,
    /// What is turned in a signed byte.
    flip: u32,
    /// Channels of an output.
    channels: usize,
    /// Bytes from one output to the next.
    step: usize,
    /// Vectors of a window.
    vectors: usize,
}

/// Bytes of a vector.
pub const VECTOR: usize = 16;

/// Channels of a product that are computed together.
pub const CHANNELS: usize = 4;

/// The channels of a vector as they lie in four vectors of sums.
pub const LANES: [usize; VECTOR] = [0, 4, 8, 12, 2, 6, 10, 14, 1, 5, 9, 13, 3, 7, 11, 15];

/// Words of constants that four channels of a product take, for windows of `len` bytes.
pub const fn words_of_product(len: usize, twice: bool) -> usize {
    (2 + twice as usize) * CHANNELS + len.div_ceil(VECTOR) * VECTOR
}

/// Words of constants that sixteen channels take, for so many taps.
pub const fn words_of_taps(taps: usize, twice: bool) -> usize {
    (2 + twice as usize) * VECTOR + taps * VECTOR / 4
}

impl<const TWICE: bool> Helium<TWICE> {
    fn new_of(OutputSpan { channels, step }: OutputSpan, vectors: usize, finish: &Finish) -> Self {
        Helium {
            finish: *finish,
            offset: finish.offset >> u32::from(TWICE),
            shift: 0i32.wrapping_sub(finish.shift as i32),
            flip: if finish.unsigned { 0x80 } else { 0 },
            channels,
            step,
            vectors,
        }
    }

    fn outputs(&self) -> OutputSpan {
        OutputSpan {
            channels: self.channels,
            step: self.step,
        }
    }
}

impl<const TWICE: bool> Copy2d for Helium<TWICE> {
    #[inline(always)]
    fn fill(byte: u8, to: &mut [u8]) {
        // SAFETY: all of `to` is written, and nothing else.
        unsafe { loops::fill(byte, to) };
    }

    #[inline(always)]
    fn copy(x: &[u8], blocks: &Blocks, flip: u8, to: &mut [u8]) {
        if let Some([from, there]) = blocks.ends()
            && from <= x.len()
            && there <= to.len()
        {
            // SAFETY: all rows lie in `x`, and have room in `to`; there are some.
            unsafe { loops::copy(x, blocks, flip, to) };
        }
    }
}

impl<const TWICE: bool> Product for Helium<TWICE> {
    const TILE: usize = 2;
    const VECTOR: usize = VECTOR;

    fn new(len: usize, outputs: OutputSpan, finish: &Finish) -> Self {
        Self::new_of(outputs, len.div_ceil(VECTOR), finish)
    }

    #[inline(always)]
    fn compute(&self, w: &Windows<'_>, packed: &[i32], y: &mut [u8]) {
        let len = self.vectors * VECTOR;
        let enough = w.lie_within(len)
            && packed.len() >= self.channels.div_ceil(CHANNELS) * words_of_product(len, TWICE)
            && y.len() >= self.outputs().reach(w.n);
        if enough && self.channels > 0 && self.vectors > 0 {
            // SAFETY: the lengths were checked.
            unsafe { loops::product(self, w, packed, y) };
        }
    }
}

impl<const TWICE: bool> Taps for Helium<TWICE> {
    const CHANNELS: usize = VECTOR;
    const UNSIGNED: bool = false;

    fn new(channels: usize, finish: &Finish) -> Self {
        let step = channels;
        Self::new_of(OutputSpan { channels, step }, 0, finish)
    }

    #[inline(always)]
    fn compute(&self, w: &TapsOf<'_>, packed: &[i32], _: &mut [i32], y: &mut [u8]) {
        let Runs {
            rows, taps, run, ..
        } = w.runs;
        let taps = rows * taps;
        let enough = run == self.channels
            && w.lie_within(VECTOR)
            && packed.len() >= self.channels.div_ceil(VECTOR) * words_of_taps(taps, TWICE)
            && y.len() >= w.n * self.channels;
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
    use super::{Blocks, Helium, Runs, TapsOf, Windows};
    use core::arch::naked_asm;
    use core::mem::offset_of;

    /// Rounds high words of products a second time, halves away from zero, by shifts to the right that are negative, and
    /// adds what stands for 0. One more register is used.
    macro_rules! rounded {
        ($high:literal, $used:literal, $shifts:literal, $offset:literal) => {
            concat!(
                "vshr.s32 ",
                $used,
                ", ",
                $high,
                ", #31\n",
                "vadd.i32 ",
                $high,
                ", ",
                $high,
                ", ",
                $used,
                "\n",
                "vrshl.s32 ",
                $high,
                ", ",
                $high,
                ", ",
                $shifts,
                "\n",
                "vadd.i32 ",
                $high,
                ", ",
                $high,
                ", ",
                $offset,
                "\n",
            )
        };
    }

    /// As [`Helium::copy`](super::Helium).
    ///
    /// # Safety
    /// All rows lie in `x`, and have room in `to`; there are some.
    #[inline(always)]
    pub(super) unsafe fn copy(x: &[u8], blocks: &Blocks, flip: u8, to: &mut [u8]) {
        let (from, to) = (x.as_ptr(), to.as_mut_ptr());
        // SAFETY: as the caller says.
        unsafe {
            copy_blocks(
                from.add(blocks.from),
                to.add(blocks.to),
                blocks,
                flip.into(),
            )
        }
    }

    /// As [`Helium::fill`](super::Helium).
    ///
    /// # Safety
    /// None is asked for: all of `to` is written, and nothing else.
    #[inline(always)]
    pub(super) unsafe fn fill(byte: u8, to: &mut [u8]) {
        // SAFETY: as the caller says.
        unsafe { fill_bytes(byte.into(), to.as_mut_ptr(), to.len()) }
    }

    /// As [`Helium::compute`](super::Helium) of products.
    ///
    /// # Safety
    /// The windows lie in memory by whole vectors; `packed` and `y` have what belongs to the channels.
    #[inline(always)]
    pub(super) unsafe fn product<const TWICE: bool>(
        isa: &Helium<TWICE>,
        w: &Windows<'_>,
        packed: &[i32],
        y: &mut [u8],
    ) {
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

    /// As [`Helium::compute`](super::Helium) of taps.
    ///
    /// # Safety
    /// The windows lie in memory by whole vectors; `packed` and `y` have what belongs to the channels.
    #[inline(always)]
    pub(super) unsafe fn taps<const TWICE: bool>(
        isa: &Helium<TWICE>,
        w: &TapsOf<'_>,
        packed: &[i32],
        y: &mut [u8],
    ) {
        // SAFETY: as the caller says.
        unsafe {
            let (x, y, packed) = (w.x.as_ptr().add(w.at), y.as_mut_ptr(), packed.as_ptr());
            depthwise(isa, x, y, packed, w.n, w.step, &w.runs);
        }
    }

    /// Bytes that are alike.
    #[unsafe(naked)]
    unsafe extern "C" fn fill_bytes(byte: u32, to: *mut u8, len: usize) {
        naked_asm!(
            ".arch armv8.1-m.main",
            ".arch_extension mve.fp",
            "push {{r7, lr}}",
            "vdup.8 q0, r0",
            "wlstp.8 lr, r2, 3f",
            "2:",
            "vstrb.8 q0, [r1], #16",
            "letp lr, 2b",
            "3:",
            "pop {{r7, pc}}",
        )
    }

    /// Blocks of rows of bytes.
    #[unsafe(naked)]
    unsafe extern "C" fn copy_blocks(from: *const u8, to: *mut u8, blocks: &Blocks, flip: u32) {
        naked_asm!(
            ".arch armv8.1-m.main",
            ".arch_extension mve.fp",
            "push {{r4-r11, lr}}",
            "ldr r4, [r2, #{row_from}]",
            "ldr r5, [r2, #{row_to}]",
            "ldr r6, [r2, #{len}]",
            "ldr r7, [r2, #{blocks}]",
            "vctp.8 r6",
            "2:",
            "mov r8, r0",
            "mov r9, r1",
            "ldr r10, [r2, #{rows}]",
            "cmp r6, #16",
            "bhi 5f",
            // Rows that are a part of a vector.
            "dls lr, r10",
            "3:",
            "vpsttt",
            "vldrbt.u8 q0, [r8]",
            "vaddt.i8 q0, q0, r3",
            "vstrbt.8 q0, [r9]",
            "add r8, r4",
            "add r9, r5",
            "le lr, 3b",
            "4:",
            "ldr r8, [r2, #{block_from}]",
            "ldr r9, [r2, #{block_to}]",
            "subs r7, #1",
            "add r0, r8",
            "add r1, r9",
            "bne 2b",
            "pop {{r4-r11, pc}}",
            // Longer rows.
            "5:",
            "mov r11, r8",
            "mov r12, r9",
            "wlstp.8 lr, r6, 7f",
            "6:",
            "vldrb.u8 q0, [r11], #16",
            "vadd.i8 q0, q0, r3",
            "vstrb.8 q0, [r12], #16",
            "letp lr, 6b",
            "7:",
            "add r8, r4",
            "add r9, r5",
            "subs r10, #1",
            "bne 5b",
            "b 4b",
            blocks = const offset_of!(Blocks, blocks.count),
            block_from = const offset_of!(Blocks, blocks.from),
            block_to = const offset_of!(Blocks, blocks.to),
            rows = const offset_of!(Blocks, rows.count),
            row_from = const offset_of!(Blocks, rows.from),
            row_to = const offset_of!(Blocks, rows.to),
            len = const offset_of!(Blocks, len),
        )
    }

    /// Pairs of outputs.
    #[unsafe(naked)]
    unsafe extern "C" fn product_two<const TWICE: bool>(
        isa: &Helium<TWICE>,
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
            step = const offset_of!(Helium<TWICE>, step),
            channels = const offset_of!(Helium<TWICE>, channels),
            vectors = const offset_of!(Helium<TWICE>, vectors),
            flip = const offset_of!(Helium<TWICE>, flip),
            shift = const offset_of!(Helium<TWICE>, shift),
            twice = const TWICE as u32,
            offset = const offset_of!(Helium<TWICE>, offset),
            lo = const offset_of!(Helium<TWICE>, finish.lo),
            hi = const offset_of!(Helium<TWICE>, finish.hi),
        )
    }

    /// One output.
    #[unsafe(naked)]
    unsafe extern "C" fn product_one<const TWICE: bool>(
        isa: &Helium<TWICE>,
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
            channels = const offset_of!(Helium<TWICE>, channels),
            vectors = const offset_of!(Helium<TWICE>, vectors),
            flip = const offset_of!(Helium<TWICE>, flip),
            shift = const offset_of!(Helium<TWICE>, shift),
            twice = const TWICE as u32,
            offset = const offset_of!(Helium<TWICE>, offset),
            lo = const offset_of!(Helium<TWICE>, finish.lo),
            hi = const offset_of!(Helium<TWICE>, finish.hi),
        )
    }

    /// Neighbouring outputs, sixteen channels at a time.
    #[unsafe(naked)]
    unsafe extern "C" fn depthwise<const TWICE: bool>(
        isa: &Helium<TWICE>,
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
            channels = const offset_of!(Helium<TWICE>, channels),
            flip = const offset_of!(Helium<TWICE>, flip),
            shift = const offset_of!(Helium<TWICE>, shift),
            twice = const TWICE as u32,
            offset = const offset_of!(Helium<TWICE>, offset),
            lo = const offset_of!(Helium<TWICE>, finish.lo),
            hi = const offset_of!(Helium<TWICE>, finish.hi),
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
        Blocks, CHANNELS, Copy2d, Finish, Helium, LANES, Scale, TapsOf, VECTOR, Windows,
        words_of_product, words_of_taps,
    };

    /// An instruction set that copies as any machine does.
    struct Plain;
    impl Copy2d for Plain {}

    pub(super) unsafe fn copy(x: &[u8], blocks: &Blocks, flip: u8, to: &mut [u8]) {
        Plain::copy(x, blocks, flip, to);
    }

    pub(super) unsafe fn fill(byte: u8, to: &mut [u8]) {
        Plain::fill(byte, to);
    }

    pub(super) unsafe fn product<const TWICE: bool>(
        isa: &Helium<TWICE>,
        w: &Windows<'_>,
        packed: &[i32],
        y: &mut [u8],
    ) {
        for (i, y) in y.chunks_mut(isa.step.max(1)).take(w.n).enumerate() {
            let start = w.at + i * w.step;
            let x = w.x.get(start..).unwrap_or(&[]);
            let y = y.get_mut(..isa.channels).unwrap_or_default();
            let tiles = packed.chunks_exact(words_of_product(isa.vectors * VECTOR, TWICE));
            for (y, packed) in y.chunks_mut(CHANNELS).zip(tiles) {
                four(x, packed, &isa.finish, y);
            }
        }
    }

    /// The multipliers of channels, and their shifts to the left if there are any.
    struct Scales<'a, const N: usize> {
        multipliers: &'a [i32; N],
        shifts: Option<&'a [i32; N]>,
    }

    impl<'a, const N: usize> Scales<'a, N> {
        /// Those at the end of constants, and what is before them.
        fn of(packed: &'a [i32], finish: &Finish) -> Option<(&'a [i32], Self)> {
            let (packed, shifts) = match finish.twice() {
                true => packed.split_last_chunk::<N>().map(|(p, s)| (p, Some(s)))?,
                false => (packed, None),
            };
            let (packed, multipliers) = packed.split_last_chunk::<N>()?;
            let scales = Scales {
                multipliers,
                shifts,
            };
            Some((packed, scales))
        }

        fn each(&self) -> impl Iterator<Item = Scale> {
            let shift = |c: usize| self.shifts.and_then(|shifts| shifts.get(c));
            let scale = move |(c, &multiplier)| Scale {
                multiplier,
                shift: !shift(c).copied().unwrap_or(-1) as u8,
            };
            self.multipliers.iter().enumerate().map(scale)
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

    pub(super) unsafe fn taps<const TWICE: bool>(
        isa: &Helium<TWICE>,
        w: &TapsOf<'_>,
        packed: &[i32],
        y: &mut [u8],
    ) {
        let taps = w.runs.rows * w.runs.taps;
        for (i, y) in y.chunks_exact_mut(isa.channels).take(w.n).enumerate() {
            let start = w.at + i * w.step;
            let x = w.x.get(start..).unwrap_or(&[]);
            let groups = packed.chunks_exact(words_of_taps(taps, TWICE));
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
        for (start, weights) in starts.zip(weights.as_chunks::<CHANNELS>().0) {
            let x = x.get(start..).unwrap_or(&[]);
            let weights = weights.iter().flat_map(|word| word.to_le_bytes());
            for ((sum, &x), weight) in sums.iter_mut().zip(x).zip(weights) {
                *sum = sum.wrapping_add(product_of(x, weight));
            }
        }
        for ((&lane, &bias), scale) in LANES.iter().zip(biases).zip(scales.each()) {
            if let (Some(sum), Some(y)) = (sums.get(lane), y.get_mut(lane)) {
                *y = finish.byte(sum.wrapping_add(bias), scale);
            }
        }
    }
}
