//! Helium, the vector extension of Armv8.1-M: Cortex-M55, M85 and their like. What its loops go by, and how bytes are
//! copied.

use super::super::kernels::packed::finish::Finish;
use super::super::kernels::packed::windows::{Blocks, Copy2d, OutputSpan};

/// The instruction set, made ready for a layer.
#[repr(C)]
pub struct Helium {
    #[cfg_attr(
        all(target_arch = "arm", target_has_atomic = "32"),
        allow(dead_code, reason = "only twins go by all of it")
    )]
    pub(super) finish: Finish,
    /// What is added before the shift, or after it where products are rounded twice.
    pub(super) offset: i32,
    /// Bits to the left: fewer than none.
    pub(super) shift: i32,
    /// What is turned in a signed byte.
    pub(super) flip: u32,
    /// Channels of an output.
    pub(super) channels: usize,
    /// Bytes from one output to the next.
    pub(super) step: usize,
    /// Vectors of a window.
    pub(super) vectors: usize,
}

/// Bytes of a vector.
pub const VECTOR: usize = 16;

impl Helium {
    pub(super) fn new(outputs: OutputSpan, vectors: usize, finish: &Finish) -> Self {
        let OutputSpan { channels, step } = outputs;
        Helium {
            finish: *finish,
            offset: finish.offset >> u32::from(finish.twice()),
            shift: 0i32.wrapping_sub(finish.shift as i32),
            flip: if finish.unsigned { 0x80 } else { 0 },
            channels,
            step,
            vectors,
        }
    }
}

impl Copy2d for Helium {
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

/// In assembly.
#[cfg(all(
    target_arch = "arm",
    target_has_atomic = "32",
    not(any(target_os = "linux", target_os = "android"))
))]
mod loops {
    use super::Blocks;
    use core::arch::naked_asm;
    use core::mem::offset_of;

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
}

/// In plain Rust.
#[cfg(not(all(
    target_arch = "arm",
    target_has_atomic = "32",
    not(any(target_os = "linux", target_os = "android"))
)))]
mod loops {
    use super::{Blocks, Copy2d};

    /// An instruction set that copies as any machine does.
    struct Plain;
    impl Copy2d for Plain {}

    pub(super) unsafe fn copy(x: &[u8], blocks: &Blocks, flip: u8, to: &mut [u8]) {
        Plain::copy(x, blocks, flip, to);
    }

    pub(super) unsafe fn fill(byte: u8, to: &mut [u8]) {
        Plain::fill(byte, to);
    }
}
