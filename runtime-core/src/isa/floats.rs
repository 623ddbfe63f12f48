//! Loops over floats, eight channels at a time: what instruction sets with floats in hardware have in common.
//!
//! **Constants**, for each eight channels: their biases, and for each element of a window their weights, as the bits of
//! floats. The last eight begin before the end of those before them, if channels do not come in eights; fewer than eight
//! channels are filled up by zeros. Sums start with the bias and run over the elements in order.

use super::super::kernels::packed::floats::{Bounds, FloatWindows, Floats, Layer};
use core::ops::Range;

/// Channels that are computed together.
pub const CHANNELS: usize = 8;

/// Bytes of a float.
const FLOAT: usize = size_of::<f32>();

/// Words of constants that eight channels take, for so many weights of each.
const fn words(weights: usize) -> usize {
    CHANNELS * (1 + weights)
}

/// Eight channels of neighbouring outputs. A window is `rows` times `taps` times `run` floats.
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
    /// Eight biases.
    pub biases: *const i32,
    /// The weights of the first element.
    pub weights: *const i32,
    /// How many outputs.
    pub outputs: usize,
    /// Rows of taps, or none.
    pub rows: usize,
    /// Taps of a row.
    pub taps: usize,
    /// Bytes from behind a tap to the next one.
    pub tap_step: usize,
    /// Bytes from where a tap would be behind the last of a row to the next row.
    pub row_step: usize,
    /// Bytes from behind the weights of a row to those of the next.
    pub weights_step: usize,
    /// Floats of a tap.
    pub run: usize,
    /// How many times four of them there are, and how many are left.
    pub fours: [usize; 2],
    /// The same of six.
    pub sixes: [usize; 2],
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
    /// There are outputs, taps and floats of a tap. All floats of all windows may be read, and as many weights. Eight floats
    /// of each output may be read and written. No bound is NaN or subnormal.
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
    not(all(target_arch = "arm", target_has_atomic = "32")),
    allow(dead_code, reason = "only loops in assembly take pairs")
)]
pub unsafe fn in_pairs(work: &Work, two: unsafe fn(&Work), one: unsafe fn(&Work)) {
    // SAFETY: as the caller says.
    unsafe {
        if work.outputs == 1 {
            return one(work);
        }
        two(work);
        if work.outputs % 2 == 1 {
            let pairs = work.outputs - 1;
            one(&Work {
                x: work.x.wrapping_byte_add(pairs * work.step),
                y: work.y.wrapping_byte_add(pairs * work.y_step),
                outputs: 1,
                ..*work
            });
        }
    }
}

/// Loops in assembly over a [`Work`] in `r0`, some of whose fields they name. They may use every register.
#[cfg(all(
    target_arch = "arm",
    target_has_atomic = "32",
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
    target_has_atomic = "32",
    not(any(target_os = "linux", target_os = "android"))
))]
pub(super) use loops;

/// The twin: from one channel to the next, floats of a tap are so many bytes apart.
///
/// # Safety
/// As that of [`Loops::columns`].
unsafe fn sums<L: Loops + ?Sized>(work: &Work, apart: usize) {
    let bounds = Bounds {
        lo: (work.bounds > 0).then_some(work.lo),
        hi: (work.bounds > 1).then_some(work.hi),
    };
    for output in 0..work.outputs {
        for channel in 0..CHANNELS {
            // SAFETY: as the caller says.
            let mut sum = unsafe { f32::from_bits(*work.biases.add(channel) as u32) };
            let mut x = work
                .x
                .wrapping_byte_add(output * work.step + channel * apart);
            let mut weights = work.weights.wrapping_add(channel);
            for _ in 0..work.rows {
                for _ in 0..work.taps {
                    for element in 0..work.run {
                        // SAFETY: as the caller says.
                        let (x, w) = unsafe { (*x.add(element), *weights) };
                        sum = L::add_product(sum, x, f32::from_bits(w as u32));
                        weights = weights.wrapping_add(CHANNELS);
                    }
                    let read = if apart == 0 { work.run } else { 0 };
                    x = x.wrapping_add(read).wrapping_byte_add(work.tap_step);
                }
                x = x.wrapping_byte_add(work.row_step);
                weights = weights.wrapping_byte_add(work.weights_step);
            }
            // SAFETY: as the caller says.
            let y = unsafe { &mut *work.y.byte_add(output * work.y_step).add(channel) };
            if work.accumulate > 0 {
                sum = L::add(*y, sum);
            }
            *y = bounds.apply(sum);
        }
    }
}

impl Work {
    /// All outputs, and no channel yet. A tap has `run` floats, of which loops take all, or none on their way to the next.
    #[inline(always)]
    fn new(windows: &FloatWindows<'_>, run: usize, taken: usize, layer: &Layer) -> Work {
        let (runs, bounds) = (&windows.runs, &layer.bounds);
        let row = runs.taps.wrapping_mul(runs.tap_step);
        let weights = windows.row.wrapping_sub(runs.taps * run);
        Work {
            x: windows.x.as_ptr().wrapping_add(windows.at),
            step: windows.step * FLOAT,
            y: core::ptr::null_mut(),
            y_step: layer.channels * FLOAT,
            biases: core::ptr::null(),
            weights: core::ptr::null(),
            outputs: windows.n,
            rows: runs.rows,
            taps: runs.taps,
            tap_step: runs.tap_step.wrapping_sub(taken).wrapping_mul(FLOAT),
            row_step: runs.row_step.wrapping_sub(row).wrapping_mul(FLOAT),
            weights_step: weights.wrapping_mul(CHANNELS * FLOAT),
            run,
            fours: [run / 4, run % 4],
            sixes: [run / 6, run % 6],
            accumulate: layer.accumulate.into(),
            bounds: u32::from(bounds.lo.is_some()) + u32::from(bounds.hi.is_some()),
            lo: bounds.lo.unwrap_or(0.0),
            hi: bounds.hi.unwrap_or(0.0),
        }
    }

    /// Computes all channels, eight after the other, of inputs that lie so many floats after each other.
    #[inline(always)]
    fn run(
        mut self,
        eight: impl Fn(&Work),
        apart: usize,
        skipped: usize,
        (packed, layer): (&[i32], &Layer),
        y: &mut [f32],
    ) {
        self.biases = packed.as_ptr();
        self.weights = self.biases.wrapping_add(words(skipped));
        self.y = y.as_mut_ptr();
        let mut left = layer.channels;
        while left >= CHANNELS {
            eight(&self);
            self.y = self.y.wrapping_add(CHANNELS);
            self.biases = self.biases.wrapping_add(words(layer.len));
            self.weights = self.weights.wrapping_add(words(layer.len));
            self.x = self.x.wrapping_add(CHANNELS * apart);
            left -= CHANNELS;
        }
        if left > 0 {
            let again = if layer.channels < CHANNELS {
                0
            } else {
                CHANNELS - left
            };
            self.x = self.x.wrapping_sub(again * apart);
            self.rest(eight, again..again + left, layer.channels, y);
        }
    }

    /// Computes the last channels, of which these are new, one output after the other, in a place of their own.
    #[inline(never)]
    fn rest(mut self, eight: impl Fn(&Work), new: Range<usize>, channels: usize, y: &mut [f32]) {
        for at in 0..core::mem::replace(&mut self.outputs, 1) {
            let mut results = [0.0; CHANNELS];
            let first = (at + 1) * channels - new.len();
            let Some(y) = y.get_mut(first..) else { return };
            let old = results.iter_mut().skip(new.start).take(new.len());
            old.zip(&*y).for_each(|(old, &y)| *old = y);
            self.y = results.as_mut_ptr();
            eight(&self);
            let results = results.iter().skip(new.start).take(new.len());
            y.iter_mut().zip(results).for_each(|(y, &new)| *y = new);
            self.x = self.x.wrapping_byte_add(self.step);
        }
    }
}

impl<L: Loops> Floats for L {
    #[inline(always)]
    fn columns(windows: &FloatWindows<'_>, packed: &[i32], layer: &Layer, y: &mut [f32]) {
        let run = windows.runs.run;
        let work = Work::new(windows, run, run, layer);
        if (run > 0 || windows.runs.rows == 0) && enough(windows, run, packed, layer, y) {
            // SAFETY: the lengths were checked for all channels, and a layer has no other bounds.
            let eight = |work: &Work| unsafe { L::columns(work) };
            work.run(eight, 0, windows.skipped, (packed, layer), y);
        }
    }

    #[inline(always)]
    fn taps(windows: &FloatWindows<'_>, packed: &[i32], layer: &Layer, y: &mut [f32]) {
        let work = Work::new(windows, 1, 0, layer);
        let has_all = windows.runs.run == layer.channels && layer.channels >= CHANNELS;
        if has_all && enough(windows, 1, packed, layer, y) {
            // SAFETY: the lengths were checked for all channels, and a layer has no other bounds.
            let eight = |work: &Work| unsafe { L::taps(work) };
            work.run(eight, 1, windows.skipped, (packed, layer), y);
        }
    }
}

/// Whether windows with so many elements to a tap can be read, there are constants for all channels, and room for results.
#[inline(always)]
fn enough(
    windows: &FloatWindows<'_>,
    run: usize,
    packed: &[i32],
    layer: &Layer,
    y: &[f32],
) -> bool {
    let rows = windows.runs.rows.saturating_sub(1) * windows.row;
    let elements = windows.skipped + rows + windows.runs.taps * run;
    windows.n > 0
        && windows.lie_within()
        && (windows.runs.rows == 0 || elements <= layer.len)
        && packed.len() >= layer.channels.div_ceil(CHANNELS) * words(layer.len)
        && y.len() >= windows.n * layer.channels
}
