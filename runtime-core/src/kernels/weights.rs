//! Weights in memory, as rows of one weight for each output channel.
//!
//! Neighbouring weights of a row, `L` at a time, are what a tile multiplies with one element of `x`
//! each. They are widened as they are read.

use super::tile::lanes;

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
    /// Makes an element a factor.
    pub(super) convert: C,
}

impl<W: Copy, F: Copy + Default, C: Fn(W) -> F + Copy> WeightRows<F> for Plain<'_, W, C> {
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
        let values = values.first_chunk::<L>()?;
        let mut lanes = [F::default(); L];
        for (lane, &w) in lanes.iter_mut().zip(values) {
            *lane = (self.convert)(w);
        }
        Some(lanes)
    }

    /// One check for all rows, of a length that is a constant where `columns` is.
    #[inline(always)]
    fn full_rows<const L: usize, const K: usize>(&self, row: usize) -> Option<[[F; L]; K]> {
        let values = self.values.get(row * self.columns..)?;
        let values = values.get(..K.saturating_sub(1) * self.columns + L)?;
        let mut rows = [[F::default(); L]; K];
        for (k, weights) in rows.iter_mut().enumerate() {
            let values = values.get(k * self.columns..)?.first_chunk::<L>()?;
            for (weight, &w) in weights.iter_mut().zip(values) {
                *weight = (self.convert)(w);
            }
        }
        Some(rows)
    }

    #[inline(always)]
    fn some<const L: usize>(&self, row: usize) -> Option<[F; L]> {
        Some(self.full(row).unwrap_or_else(|| {
            let values = self.values.get(row * self.columns..).unwrap_or(&[]);
            lanes(values.iter().map(|&w| (self.convert)(w)))
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
