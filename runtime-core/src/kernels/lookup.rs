//! Functions of one byte as tables: any element-wise function of an 8-bit quantised tensor.

use super::super::arena::Element;

/// How many elements are looked up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lookup {
    /// Elements of `x` and `y`.
    pub len: usize,
}

/// An element of one byte.
pub trait Byte: Element + Into<i32> {
    /// Its bits.
    fn bits(self) -> u8;
    /// The element of those bits.
    fn from_bits(bits: u8) -> Self;
}

impl Byte for u8 {
    #[inline(always)]
    fn bits(self) -> u8 {
        self
    }

    #[inline(always)]
    fn from_bits(bits: u8) -> u8 {
        bits
    }
}

impl Byte for i8 {
    #[inline(always)]
    fn bits(self) -> u8 {
        self as u8
    }

    #[inline(always)]
    fn from_bits(bits: u8) -> i8 {
        bits as i8
    }
}

/// `y[i] = table[x[i]]`, where the bits of `x[i]` count from 0 to 255: entries 128 to 255 are those
/// of -128 to -1 where `x` is signed.
pub fn lookup<X: Byte, T: Copy>(p: &Lookup, x: &[X], table: &[T], y: &mut [T]) {
    debug_assert_eq!((x.len(), table.len(), y.len()), (p.len, 256, p.len));
    let Some(table) = table.first_chunk::<256>() else {
        return;
    };
    for (y, x) in y.iter_mut().zip(x) {
        *y = table[usize::from(x.bits())];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_and_unsigned_bytes_index_by_their_bits() {
        let table: [u16; 256] = core::array::from_fn(|i| 1000 + i as u16);
        let mut y = [0; 4];
        lookup(&Lookup { len: 4 }, &[0i8, 127, -128, -1], &table, &mut y);
        assert_eq!(y, [1000, 1127, 1128, 1255]);
        lookup(&Lookup { len: 4 }, &[0u8, 1, 128, 255], &table, &mut y);
        assert_eq!(y, [1000, 1001, 1128, 1255]);
    }
}
