//! Whole and row-wise copies, and constant fills.
//!
//! Concatenation along an axis where rows of its inputs alternate is one [`copy_rows`] for the first input and one
//! [`copy_rows_update`] for each further one: seen along that axis, both sides are rows, on one
//! side packed and on the other a pitch apart. [`take_rows`] is the inverse, for Split.

use super::blocks::{blocks, blocks_mut};

/// A copy of `len` elements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CopyAll {
    /// Elements.
    pub len: usize,
}

/// `y = x`.
pub fn copy<T: Copy>(p: &CopyAll, x: &[T], y: &mut [T]) {
    debug_assert!(x.len() == p.len && y.len() == p.len);
    assign(x, y);
}

/// Rows that are packed on one side and `pitch` apart on the other. All count elements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CopyRows {
    /// Number of rows.
    pub rows: usize,
    /// Elements of a row.
    pub row: usize,
    /// From the beginning of a row to that of the next, on the spaced side.
    pub pitch: usize,
    /// Beginning of the first row on the spaced side.
    pub offset: usize,
}

/// `y[offset + r·pitch + i] = x[r·row + i]`, into a `y` that held nothing before.
pub fn copy_rows<T: Copy>(p: &CopyRows, x: &[T], y: &mut [T]) {
    copy_rows_update(p, x, y);
}

/// `y[offset + r·pitch + i] = x[r·row + i]`; the rest of `y` stays as it is.
pub fn copy_rows_update<T: Copy>(p: &CopyRows, x: &[T], y: &mut [T]) {
    debug_assert_eq!(x.len(), p.rows * p.row);
    let mut at = p.offset;
    for x in blocks(x, p.row).take(p.rows) {
        assign(x, y.get_mut(at..).unwrap_or(&mut []));
        at = at.wrapping_add(p.pitch);
    }
}

/// `y[r·row + i] = x[offset + r·pitch + i]`.
pub fn take_rows<T: Copy>(p: &CopyRows, x: &[T], y: &mut [T]) {
    debug_assert_eq!(y.len(), p.rows * p.row);
    let mut at = p.offset;
    for y in blocks_mut(y, p.row).take(p.rows) {
        assign(x.get(at..).unwrap_or(&[]), y);
        at = at.wrapping_add(p.pitch);
    }
}

/// A constant block of `len` elements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fill {
    /// Elements.
    pub len: usize,
}

/// `y[i] = value[0]`.
pub fn fill<T: Copy>(p: &Fill, value: &[T], y: &mut [T]) {
    debug_assert_eq!(y.len(), p.len);
    if let Some(&value) = value.first() {
        y.fill(value);
    }
}

#[inline(always)]
fn assign<T: Copy>(x: &[T], y: &mut [T]) {
    for (y, &x) in y.iter_mut().zip(x) {
        *y = x;
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::{vec, vec::Vec};

    /// Concatenation of `[rows, row]` inputs along the last axis, and its undoing.
    #[test]
    fn split_undoes_concatenation() {
        for (rows, parts) in [
            (1, &[3][..]),
            (4, &[1, 5, 2]),
            (3, &[2, 0, 2]),
            (0, &[4, 1]),
        ] {
            let pitch: usize = parts.iter().sum();
            let expected: Vec<u16> = (0..(rows * pitch) as u16).collect();
            let mut y = vec![999; rows * pitch];
            let mut offset = 0;
            for &row in parts {
                let p = CopyRows {
                    rows,
                    row,
                    pitch,
                    offset,
                };
                let mut part = vec![999; rows * row];
                take_rows(&p, &expected, &mut part);
                for (i, &x) in part.iter().enumerate() {
                    assert_eq!(x as usize, i / row * pitch + offset + i % row);
                }
                match offset {
                    0 => copy_rows(&p, &part, &mut y),
                    _ => copy_rows_update(&p, &part, &mut y),
                }
                offset += row;
            }
            assert_eq!(y, expected);
        }
    }

    #[test]
    fn blocks_are_copied_and_filled() {
        let mut y = [0u8; 3];
        copy(&CopyAll { len: 3 }, &[1, 2, 3], &mut y);
        assert_eq!(y, [1, 2, 3]);
        fill(&Fill { len: 3 }, &[7], &mut y);
        assert_eq!(y, [7; 3]);
    }
}
