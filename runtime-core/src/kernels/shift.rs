//! Windows over time: rows that come in at one end push out those at the other.
//!
//! A network that takes a sequence slice by slice keeps, in front of each layer that looks back in
//! time, the rows that this layer has still to see. They lie next to each other, the oldest first,
//! so that no kernel has to know that they are a part of something endless.

use super::blocks::{blocks, blocks_mut};
use core::cell::Cell;

/// Windows of `window` elements, each of which takes in `new` elements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShiftRows {
    /// Elements that come in.
    pub new: usize,
    /// Elements of a window, at least as many.
    pub window: usize,
}

/// In each window, moves all elements towards the start by `new` places and puts `x` at the end.
pub fn shift_rows<T: Copy>(p: &ShiftRows, x: &[T], windows: &mut [T]) {
    debug_assert!(p.new <= p.window && p.window > 0 && windows.len().is_multiple_of(p.window));
    debug_assert_eq!(x.len() * p.window, windows.len() * p.new);
    for (x, window) in blocks(x, p.new).zip(blocks_mut(windows, p.window)) {
        slide(window, p.new);
        let kept = window.len().saturating_sub(p.new);
        let end = window.get_mut(kept..).unwrap_or(&mut []);
        for (y, &x) in end.iter_mut().zip(x) {
            *y = x;
        }
    }
}

/// Moves the elements of a window but for the first `by` to its start; what they leave at the end stays as it is.
///
/// A few at a time: all that is read of these is read before any is written, and nothing that is written is read
/// later.
pub fn slide<T: Copy>(window: &mut [T], by: usize) {
    let cells = Cell::from_mut(window).as_slice_of_cells();
    let (from, rest) = cells.get(by..).unwrap_or(&[]).as_chunks::<8>();
    for (from, to) in from.iter().zip(cells.as_chunks::<8>().0) {
        let values = from.each_ref().map(Cell::get);
        for (to, value) in to.iter().zip(values) {
            to.set(value);
        }
    }
    let to = cells.get(8 * from.len()..).unwrap_or(&[]);
    for (from, to) in rest.iter().zip(to) {
        to.set(from.get());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_elements_are_kept_in_order() {
        let p = ShiftRows { new: 2, window: 5 };
        let mut windows = [0; 10];
        shift_rows(&p, &[1, 2, 11, 12], &mut windows);
        assert_eq!(windows, [0, 0, 0, 1, 2, 0, 0, 0, 11, 12]);
        shift_rows(&p, &[3, 4, 13, 14], &mut windows);
        shift_rows(&p, &[5, 6, 15, 16], &mut windows);
        assert_eq!(windows, [2, 3, 4, 5, 6, 12, 13, 14, 15, 16]);
    }

    #[test]
    fn elements_slide_over_each_other() {
        for len in [0, 1, 7, 8, 9, 24, 30] {
            for by in 0..=len + 1 {
                let mut window: [usize; 30] = core::array::from_fn(|i| i);
                let mut expected = window;
                expected.copy_within(by.min(len)..len, 0);
                slide(&mut window[..len], by);
                assert_eq!(window, expected, "{len} elements by {by}");
            }
        }
    }

    #[test]
    fn a_window_may_be_all_new() {
        let mut window = [0; 2];
        shift_rows(&ShiftRows { new: 2, window: 2 }, &[7, 8], &mut window);
        assert_eq!(window, [7, 8]);
    }
}
