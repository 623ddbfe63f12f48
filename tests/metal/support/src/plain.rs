//! Numbers seen as the bytes they are.

use core::slice;

/// A type without padding of which any bytes are a value.
///
/// # Safety
/// As said.
pub unsafe trait Plain: Sized {
    /// The bytes of `values`.
    fn bytes(values: &[Self]) -> &[u8] {
        // SAFETY: the same memory for the same time, without padding.
        unsafe { slice::from_raw_parts(values.as_ptr().cast(), size_of_val(values)) }
    }

    /// The bytes of `values`, to be written.
    fn bytes_mut(values: &mut [Self]) -> &mut [u8] {
        // SAFETY: as above, and any bytes are a value.
        unsafe { slice::from_raw_parts_mut(values.as_mut_ptr().cast(), size_of_val(values)) }
    }
}

/// A stretch of memory, of which one slice after another is taken.
pub struct Memory<'a>(&'a mut [u64]);

impl<'a> Memory<'a> {
    /// All of it.
    pub fn new(words: &'a mut [u64]) -> Self {
        Self(words)
    }

    /// The next `len` elements, which begin at a multiple of 16 bytes; `guard` words behind them are left out.
    pub fn take<T: Plain>(&mut self, len: usize, guard: usize) -> Option<&'a mut [T]> {
        let words = len.checked_mul(size_of::<T>())?.div_ceil(16) * 2;
        let (here, rest) = core::mem::take(&mut self.0).split_at_mut_checked(words)?;
        self.0 = rest.get_mut(guard..)?;
        // SAFETY: there are as many words, which are aligned for any number; any bytes are elements.
        Some(unsafe { slice::from_raw_parts_mut(here.as_mut_ptr().cast(), len) })
    }
}

macro_rules! plain { ($($t:ty)*) => { $(
    // SAFETY: a primitive number.
    unsafe impl Plain for $t {}
)* } }
plain! { f32 f64 i8 i16 i32 i64 u8 u16 u32 u64 }
