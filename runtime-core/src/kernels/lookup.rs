//! Functions of one byte as tables: any element-wise function of an 8-bit quantised tensor, one for all or one for each
//! channel.

use super::super::arena::Element;

/// How many elements are looked up, and in how many tables.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lookup {
    /// Elements of `x` and `y`.
    pub len: usize,
    /// Tables of 256 entries, which neighbouring elements take turns at; the last axis is so long, or there is one.
    pub tables: usize,
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

/// `y[i] = table[i mod tables][x[i]]`, where the bits of `x[i]` count from 0 to 255: entries 128 to 255 are those
/// of -128 to -1 where `x` is signed.
pub fn lookup<X: Byte, T: Copy>(p: &Lookup, x: &[X], table: &[T], y: &mut [T]) {
    debug_assert_eq!((x.len(), y.len()), (p.len, p.len));
    match tables(p, table) {
        [table] => {
            for (y, x) in y.iter_mut().zip(x) {
                *y = table[usize::from(x.bits())];
            }
        }
        tables => {
            let channels = tables.len().max(1);
            for (y, x) in y.chunks_mut(channels).zip(x.chunks(channels)) {
                for ((y, x), table) in y.iter_mut().zip(x).zip(tables) {
                    *y = table[usize::from(x.bits())];
                }
            }
        }
    }
}

/// As [`lookup`], of elements that give way to what is found.
pub fn lookup_update<T: Byte>(p: &Lookup, y: &mut [T], table: &[T]) {
    debug_assert_eq!(y.len(), p.len);
    match tables(p, table) {
        [table] => {
            for y in y {
                *y = table[usize::from(y.bits())];
            }
        }
        tables => {
            for y in y.chunks_mut(tables.len().max(1)) {
                for (y, table) in y.iter_mut().zip(tables) {
                    *y = table[usize::from(y.bits())];
                }
            }
        }
    }
}

fn tables<'a, T>(p: &Lookup, table: &'a [T]) -> &'a [[T; 256]] {
    debug_assert_eq!(table.len(), 256 * p.tables);
    table.as_chunks().0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_and_unsigned_bytes_index_by_their_bits() {
        let table: [u16; 256] = core::array::from_fn(|i| 1000 + i as u16);
        let mut y = [0; 4];
        let p = Lookup { len: 4, tables: 1 };
        lookup(&p, &[0i8, 127, -128, -1], &table, &mut y);
        assert_eq!(y, [1000, 1127, 1128, 1255]);
        lookup(&p, &[0u8, 1, 128, 255], &table, &mut y);
        assert_eq!(y, [1000, 1001, 1128, 1255]);
    }

    #[test]
    fn channels_have_tables_of_their_own() {
        let table: [u8; 512] = core::array::from_fn(|i| (i / 256 * 100 + i % 256) as u8);
        let p = Lookup { len: 4, tables: 2 };
        let mut y = [0; 4];
        lookup(&p, &[1u8, 1, 2, 2], &table, &mut y);
        assert_eq!(y, [1, 101, 2, 102]);
        lookup_update(&p, &mut y, &table);
        assert_eq!(y, [1, 201, 2, 202]);
    }
}
