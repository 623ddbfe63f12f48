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

macro_rules! plain { ($($t:ty)*) => { $(
    // SAFETY: a primitive number.
    unsafe impl Plain for $t {}
)* } }
plain! { f32 f64 i8 i16 i32 i64 u8 u16 u32 u64 }
