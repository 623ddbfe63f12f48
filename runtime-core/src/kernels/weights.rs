//! Weights in memory, as rows of one weight for each output channel.
//!
//! Neighbouring weights of a row, `L` at a time, are what a tile multiplies with one element of `x`
//! each. They are widened as they are read.

use super::super::simd;
use super::tile::lanes;

/// Numbers that others in memory stand for, several at a time.
///
/// The common ones have shells over vector instructions, as a compiler that is left to find any may widen across rows.
pub trait Widen<W>: Copy + Default {
    /// The numbers that `narrow` stands for.
    fn widen<const L: usize>(narrow: &[W; L]) -> [Self; L];
}

macro_rules! widen { ($($from:ident $to:ident $each:expr;)*) => { $(
    impl Widen<$from> for $to {
        #[inline(always)]
        fn widen<const L: usize>(narrow: &[$from; L]) -> [$to; L] {
            $each(narrow)
        }
    }
)* } }
widen! {
    i8 f32 simd::floats_of_bytes;
    i8 i16 simd::shorts_of_bytes;
    i16 i16 |x: &[i16; L]| *x;
    i8 i32 |x: &[i8; L]| x.map(i32::from);
    i16 i32 |x: &[i16; L]| x.map(i32::from);
}

/// How elements of `w` become factors.
pub(super) trait Factors<W, F>: Copy {
    /// The factors that elements are.
    fn factors<const L: usize>(self, w: &[W; L]) -> [F; L];
}

/// Elements are factors.
#[derive(Clone, Copy)]
pub(super) struct Same;

impl<F: Copy> Factors<F, F> for Same {
    #[inline(always)]
    fn factors<const L: usize>(self, w: &[F; L]) -> [F; L] {
        *w
    }
}

/// Elements are factors once they are widened.
#[derive(Clone, Copy)]
pub(super) struct Widened;

impl<W, F: Widen<W>> Factors<W, F> for Widened {
    #[inline(always)]
    fn factors<const L: usize>(self, w: &[W; L]) -> [F; L] {
        F::widen(w)
    }
}

/// Rows of weights, read as factors of type `F`.
pub(super) trait WeightRows<F>: Copy {
    /// The rows from `row` on, each from `column` on.
    fn starting_at(self, row: usize, column: usize) -> Self;
    /// The rows behind the first `rows`; none if nothing follows in memory.
    fn after(self, rows: usize) -> Option<Self>;
    /// Whether each of the first `rows` rows has `L` weights, or what follows in memory: then
    /// [`full`](WeightRows::full) yields them.
    fn have<const L: usize>(&self, rows: usize) -> bool;
    /// The first `L` weights of a row, if they are there and begin at a whole byte.
    fn full<const L: usize>(&self, row: usize) -> Option<[F; L]>;
    /// The first `L` weights of each of `K` rows from `row` on, if `full` yields them.
    #[inline(always)]
    fn full_rows<const L: usize, const K: usize>(&self, row: usize) -> Option<[[F; L]; K]>
    where
        F: Copy + Default,
    {
        let mut rows = [[F::default(); L]; K];
        for (k, weights) in rows.iter_mut().enumerate() {
            *weights = self.full(row + k)?;
        }
        Some(rows)
    }
    /// The first `L` weights of a row, and zeros if there are fewer.
    ///
    /// Where a block has fewer channels, the last lanes hold weights of other channels: what is
    /// made of them is not stored. So weights are lacking only at the very end of a tensor.
    fn some<const L: usize>(&self, row: usize) -> Option<[F; L]>;
}

/// One element for each weight.
#[derive(Clone, Copy)]
pub(super) struct Plain<'a, W, C> {
    /// All rows, one after the other.
    pub(super) values: &'a [W],
    /// Weights of a row.
    pub(super) columns: usize,
    /// Makes elements factors.
    pub(super) convert: C,
}

impl<W: Copy, F: Copy + Default, C: Factors<W, F>> WeightRows<F> for Plain<'_, W, C> {
    #[inline(always)]
    fn starting_at(self, row: usize, column: usize) -> Self {
        let at = row.wrapping_mul(self.columns).wrapping_add(column);
        Plain {
            values: self.values.get(at..).unwrap_or(&[]),
            ..self
        }
    }

    #[inline(always)]
    fn after(self, rows: usize) -> Option<Self> {
        let values = self.values.get(rows * self.columns..)?;
        Some(Plain { values, ..self })
    }

    #[inline(always)]
    fn have<const L: usize>(&self, rows: usize) -> bool {
        self.values.len() >= rows.saturating_sub(1) * self.columns + L
    }

    #[inline(always)]
    fn full<const L: usize>(&self, row: usize) -> Option<[F; L]> {
        let values = self.values.get(row * self.columns..)?;
        Some(self.convert.factors(values.first_chunk::<L>()?))
    }

    /// One check for all rows, of a length that is a constant where `columns` is.
    #[inline(always)]
    fn full_rows<const L: usize, const K: usize>(&self, row: usize) -> Option<[[F; L]; K]> {
        let values = self.values.get(row * self.columns..)?;
        let values = values.get(..K.saturating_sub(1) * self.columns + L)?;
        let mut rows = [[F::default(); L]; K];
        for (k, weights) in rows.iter_mut().enumerate() {
            let values = values.get(k * self.columns..)?.first_chunk::<L>()?;
            *weights = self.convert.factors(values);
        }
        Some(rows)
    }

    #[inline(always)]
    fn some<const L: usize>(&self, row: usize) -> Option<[F; L]> {
        Some(self.full(row).unwrap_or_else(|| {
            let values = self.values.get(row * self.columns..).unwrap_or(&[]);
            lanes(values.iter().flat_map(|&w| self.convert.factors(&[w])))
        }))
    }
}

/// Two signed weights of four bits in each byte, the one of even column in the low bits; rows begin
/// at whole bytes.
#[derive(Clone, Copy)]
pub(super) struct Nibbles<'a> {
    values: &'a [u8],
    /// Bytes of a row.
    bytes: usize,
    /// Whether rows begin in the high bits of their first byte.
    odd: bool,
}

impl<'a> Nibbles<'a> {
    /// Rows of `columns` weights.
    pub(super) fn new(values: &'a [u8], columns: usize) -> Self {
        Nibbles {
            values,
            bytes: columns.div_ceil(2),
            odd: false,
        }
    }
}

impl<F: Copy + Default + From<i8>> WeightRows<F> for Nibbles<'_> {
    #[inline(always)]
    fn starting_at(self, row: usize, column: usize) -> Self {
        let at = row.wrapping_mul(self.bytes).wrapping_add(column / 2);
        Nibbles {
            values: self.values.get(at..).unwrap_or(&[]),
            odd: column % 2 == 1,
            ..self
        }
    }

    #[inline(always)]
    fn after(self, rows: usize) -> Option<Self> {
        let values = self.values.get(rows * self.bytes..)?;
        Some(Nibbles { values, ..self })
    }

    #[inline(always)]
    fn have<const L: usize>(&self, rows: usize) -> bool {
        !self.odd && self.values.len() >= rows.saturating_sub(1) * self.bytes + L.div_ceil(2)
    }

    #[inline(always)]
    fn full<const L: usize>(&self, row: usize) -> Option<[F; L]> {
        if self.odd {
            return None;
        }
        let bytes = self.values.get(row * self.bytes..)?.get(..L / 2)?;
        let mut lanes = [F::default(); L];
        for (pair, &byte) in lanes.as_chunks_mut().0.iter_mut().zip(bytes) {
            *pair = nibbles(byte).map(F::from);
        }
        Some(lanes)
    }

    #[inline(always)]
    fn some<const L: usize>(&self, row: usize) -> Option<[F; L]> {
        let bytes = self.values.get(row * self.bytes..).unwrap_or(&[]);
        let weights = bytes.iter().flat_map(|&byte| nibbles(byte));
        Some(lanes(weights.skip(usize::from(self.odd)).map(F::from)))
    }
}

/// The two weights of a byte.
#[inline(always)]
fn nibbles(byte: u8) -> [i8; 2] {
    let byte = byte as i8;
    [(byte << 4) >> 4, byte >> 4]
}
