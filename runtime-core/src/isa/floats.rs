//! Loops over floats, eight channels at a time: what instruction sets with floats in hardware have in common.
//!
//! **Constants**, for each eight channels: their biases, and for each element of a window their weights, as the bits of
//! floats. The last channels are filled up by zeros. Sums start with the bias and run over the elements in order.

use super::super::kernels::packed::depthwise2d::TapsOf;
use super::super::kernels::packed::floats::{Floats, Layer};
use super::super::kernels::packed::windows::Copy2d;

/// Channels that are computed together.
pub const CHANNELS: usize = 8;

/// Bytes of a float.
const FLOAT: usize = size_of::<f32>();

/// Words of constants that eight channels take, for so many weights of each.
const fn words(weights: usize) -> usize {
    CHANNELS * (1 + weights)
}

/// Eight channels of neighbouring outputs. A window is `rows` times `taps` floats, or of as many times eight floats.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Work {
    /// Where the first window starts.
    pub x: *const f32,
    /// Bytes from one window to the next.
    pub step: usize,
    /// The first of eight results.
    pub y: *mut f32,
    /// Bytes from one output to the next.
    pub y_step: usize,
    /// Constants of these channels.
    pub packed: *const i32,
    /// How many outputs.
    pub outputs: usize,
    /// Rows of taps.
    pub rows: usize,
    /// Bytes from one row to the next.
    pub row_step: usize,
    /// Taps of a row.
    pub taps: usize,
    /// Bytes from one tap to the next.
    pub tap_step: usize,
    /// A fourth of the taps of a row.
    pub fours: usize,
    /// What is left of them.
    pub ones: usize,
    /// Whether sums are added to what is there.
    pub accumulate: u32,
    /// How many bounds there are: none, a lower one, or both.
    pub bounds: u32,
    /// The least result.
    pub lo: f32,
    /// The greatest result.
    pub hi: f32,
}

/// The loops of an instruction set; as they stand here, the twin of any.
pub trait Loops {
    /// `sum + x · w`, as the instruction set rounds it.
    fn add_product(sum: f32, x: f32, w: f32) -> f32;

    /// `a + b`, as the instruction set rounds it.
    fn add(a: f32, b: f32) -> f32;

    /// Computes from windows whose every float meets all channels.
    ///
    /// # Safety
    /// There are outputs, rows and taps. All floats of all windows may be read, and constants for as many weights. Eight
    /// floats of each output may be read and written. No bound is NaN or subnormal.
    #[inline(always)]
    unsafe fn columns(work: &Work) {
        // SAFETY: as the caller says.
        unsafe { sums::<Self>(work, 0) };
    }

    /// Computes from windows whose taps have a float for each channel.
    ///
    /// # Safety
    /// As that of `columns`.
    #[inline(always)]
    unsafe fn taps(work: &Work) {
        // SAFETY: as the caller says.
        unsafe { sums::<Self>(work, FLOAT) };
    }
}

/// Computes pairs of outputs by one loop, and one that is left by another.
///
/// # Safety
/// As that of [`Loops::columns`].
#[inline(always)]
#[cfg_attr(
    not(target_arch = "arm"),
    allow(dead_code, reason = "only loops in assembly take pairs")
)]
pub unsafe fn in_pairs(work: &Work, two: unsafe fn(&Work), one: unsafe fn(&Work)) {
    let pairs = work.outputs & !1;
    let last = Work {
        x: work.x.wrapping_byte_add(pairs * work.step),
        y: work.y.wrapping_byte_add(pairs * work.y_step),
        outputs: work.outputs % 2,
        ..*work
    };
    // SAFETY: as the caller says.
    unsafe {
        if pairs > 0 {
            two(work);
        }
        if last.outputs > 0 {
            one(&last);
        }
    }
}

/// Loops in assembly over a [`Work`] in `r0`, some of whose fields they name. They may use every register.
#[cfg(all(
    target_arch = "arm",
    not(any(target_os = "linux", target_os = "android"))
))]
macro_rules! loops {
    ($work:ident: $($field:ident),*; $($line:expr),* $(,)?) => {
        core::arch::asm!(
            "push {{r4-r11}}",
            "vpush {{d8-d15}}",
            $($line,)*
            "vpop {{d8-d15}}",
            "pop {{r4-r11}}",
            inout("r0") $work => _,
            out("r1") _,
            out("r2") _,
            out("r3") _,
            out("r12") _,
            out("lr") _,
            out("d0") _,
            out("d1") _,
            out("d2") _,
            out("d3") _,
            out("d4") _,
            out("d5") _,
            out("d6") _,
            out("d7") _,
            $($field = const core::mem::offset_of!(Work, $field),)*
        )
    };
}
#[cfg(all(
    target_arch = "arm",
    not(any(target_os = "linux", target_os = "android"))
))]
pub(super) use loops;

/// The twin: from one channel to the next, floats of a tap are so many bytes apart.
///
/// # Safety
/// As that of [`Loops::columns`].
unsafe fn sums<L: Loops + ?Sized>(work: &Work, apart: usize) {
    let layer = Layer {
        channels: CHANNELS,
        accumulate: work.accumulate > 0,
        lo: (work.bounds > 0).then_some(work.lo),
        hi: (work.bounds > 1).then_some(work.hi),
    };
    let elements = work.rows * work.taps;
    for output in 0..work.outputs {
        for channel in 0..CHANNELS {
            // SAFETY: as the caller says.
            let constant =
                |i: usize| unsafe { f32::from_bits(*work.packed.add(i * CHANNELS + channel) as u32) };
            let mut sum = constant(0);
            for element in 0..elements {
                let (row, tap) = (element / work.taps, element % work.taps);
                let at = output * work.step + row * work.row_step + tap * work.tap_step;
                // SAFETY: as the caller says.
                let x = unsafe { *work.x.byte_add(at + channel * apart) };
                sum = L::add_product(sum, x, constant(1 + element));
            }
            // SAFETY: as the caller says.
            let y = unsafe { &mut *work.y.byte_add(output * work.y_step).add(channel) };
            if layer.accumulate {
                sum = L::add(*y, sum);
            }
            *y = layer.bounded(sum);
        }
    }
}

impl Work {
    /// All outputs, and no channel yet.
    #[inline(always)]
    fn new(windows: &TapsOf<'_>, taps: usize, tap_step: usize, layer: &Layer) -> Work {
        Work {
            x: windows.x.as_ptr().wrapping_add(windows.at).cast(),
            step: windows.step,
            y: core::ptr::null_mut(),
            y_step: layer.channels * FLOAT,
            packed: core::ptr::null(),
            outputs: windows.n,
            rows: windows.runs.rows,
            row_step: windows.runs.row_step,
            taps,
            tap_step,
            fours: taps / 4,
            ones: taps % 4,
            accumulate: layer.accumulate.into(),
            bounds: u32::from(layer.lo.is_some()) + u32::from(layer.hi.is_some()),
            lo: layer.lo.unwrap_or(0.0),
            hi: layer.hi.unwrap_or(0.0),
        }
    }

    /// Whether all windows start at whole floats, and something is to be done.
    #[inline(always)]
    fn is_sound(&self) -> bool {
        let aligned = [self.x as usize, self.step, self.row_step, self.tap_step];
        aligned.iter().all(|bytes| bytes.is_multiple_of(FLOAT))
            && self.outputs > 0
            && self.rows > 0
            && self.taps > 0
    }

    /// Computes all channels, eight after the other, of inputs that lie so many bytes after each other.
    ///
    /// # Safety
    /// As that of [`Loops::columns`] for all channels of `y` and `packed`, filled up.
    #[inline(always)]
    unsafe fn run(
        mut self,
        blocks: unsafe fn(&Work),
        channels: usize,
        apart: usize,
        packed: &[i32],
        y: &mut [f32],
    ) {
        let words = words(self.rows * self.taps);
        self.packed = packed.as_ptr();
        self.y = y.as_mut_ptr();
        let mut left = channels;
        while left >= CHANNELS {
            // SAFETY: as the caller says; these are eight channels more.
            unsafe {
                blocks(&self);
                self.y = self.y.add(CHANNELS);
                self.packed = self.packed.add(words);
            }
            self.x = self.x.wrapping_byte_add(CHANNELS * apart);
            left -= CHANNELS;
        }
        if left > 0 {
            // SAFETY: as the caller says; eight results have a place of their own.
            unsafe { self.rest(blocks, channels, left, y) };
        }
    }

    /// Computes the last channels, fewer than eight, one output after the other.
    ///
    /// # Safety
    /// As that of [`Loops::columns`], but that `y` has what is written.
    #[inline(never)]
    unsafe fn rest(
        mut self,
        blocks: unsafe fn(&Work),
        channels: usize,
        left: usize,
        y: &mut [f32],
    ) {
        for at in 0..core::mem::replace(&mut self.outputs, 1) {
            let mut eight = [0.0; CHANNELS];
            let first = (at + 1) * channels - left;
            let y = y.get_mut(first..).and_then(|y| y.get_mut(..left));
            let y = y.unwrap_or_default();
            eight.iter_mut().zip(&*y).for_each(|(to, &y)| *to = y);
            self.y = eight.as_mut_ptr();
            // SAFETY: as the caller says.
            unsafe { blocks(&self) };
            y.iter_mut().zip(eight).for_each(|(y, result)| *y = result);
            self.x = self.x.wrapping_byte_add(self.step);
        }
    }
}

impl<L: Loops + Copy2d> Floats for L {
    const CHANNELS: usize = CHANNELS;

    #[inline(always)]
    fn columns(windows: &TapsOf<'_>, packed: &[i32], layer: &Layer, y: &mut [f32]) {
        let work = Work::new(windows, windows.runs.run / FLOAT, FLOAT, layer);
        if windows.runs.taps == 1 && windows.lie_within(1) && enough(&work, packed, layer, y) {
            // SAFETY: the lengths were checked, and a layer has no other bounds.
            unsafe { work.run(L::columns, layer.channels, 0, packed, y) };
        }
    }

    #[inline(always)]
    fn taps(windows: &TapsOf<'_>, packed: &[i32], layer: &Layer, y: &mut [f32]) {
        let runs = &windows.runs;
        let work = Work::new(windows, runs.taps, runs.tap_step, layer);
        let has_all = runs.run == layer.channels * FLOAT && windows.lie_within(CHANNELS * FLOAT);
        if has_all && enough(&work, packed, layer, y) {
            // SAFETY: the lengths were checked, and a layer has no other bounds.
            unsafe { work.run(L::taps, layer.channels, FLOAT, packed, y) };
        }
    }
}

/// Whether there are constants for all channels and room for all results.
#[inline(always)]
fn enough(work: &Work, packed: &[i32], layer: &Layer, y: &[f32]) -> bool {
    let blocks = layer.channels.div_ceil(CHANNELS);
    work.is_sound()
        && packed.len() >= blocks * words(work.rows * work.taps)
        && y.len() >= work.outputs * layer.channels
}
