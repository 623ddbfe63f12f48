//! Copies that walk each axis of their input on its own: slices, repetitions, broadcasts.
//!
//! A walk whose elements lie one after the other is no copy but a view.

use crate::diag::Diag;
use crate::ir::Lower;
use crate::ops::support::strides::{merge, row_major, walk};
use crate::program::BufferId;
use mlc_runtime_core::kernels::copy::CopyRows;
use mlc_runtime_core::table::{Call, call};

/// How one axis is walked: loops from the outermost to the innermost, each with the number of its
/// turns and the positions from one to the next.
#[derive(Clone, Debug, PartialEq)]
pub struct AxisWalk {
    /// The first position.
    pub begin: usize,
    /// Turns and step of each loop.
    pub loops: Vec<(usize, isize)>,
}

impl AxisWalk {
    /// Every position of an axis, in order.
    pub fn all(len: usize) -> Self {
        AxisWalk {
            begin: 0,
            loops: vec![(len, 1)],
        }
    }

    fn len(&self) -> usize {
        self.loops.iter().map(|l| l.0).product()
    }
}

/// A walk over all axes: sizes, strides and first element.
struct Walk {
    dims: Vec<usize>,
    strides: Vec<isize>,
    offset: usize,
}

impl Walk {
    fn new(shape: &[usize], axes: &[AxisWalk]) -> Self {
        let mut walk = Walk {
            dims: Vec::new(),
            strides: Vec::new(),
            offset: 0,
        };
        for (axis, stride) in axes.iter().zip(row_major(shape)) {
            walk.offset += axis.begin * stride as usize;
            for &(turns, step) in &axis.loops {
                walk.dims.push(turns);
                walk.strides.push(step * stride);
            }
        }
        walk
    }

    /// Where the walk begins, if it takes one element after the other.
    fn run(&self) -> Option<usize> {
        if self.dims.contains(&0) {
            return Some(0);
        }
        let merged = merge(&self.dims, &self.strides);
        matches!(merged[..], [] | [(_, 1)]).then_some(self.offset)
    }

    fn call(&self, x: BufferId, y: BufferId) -> Result<Call<BufferId>, Diag> {
        if let [(rows, pitch @ 1..), (row, 1)] = merge(&self.dims, &self.strides)[..] {
            let p = CopyRows {
                rows,
                row,
                pitch: pitch as usize,
                offset: self.offset,
            };
            return Ok(call::take_rows(p, x, y));
        }
        let p = walk(&self.dims, &self.strides, self.offset)?;
        Ok(call::strided_copy(p, x, y))
    }
}

/// Lets the output of an operator be its first input with its axes walked like that: as a view if
/// it is one.
pub fn lower_walk(cx: &mut Lower<'_>, shape: &[usize], axes: &[AxisWalk]) -> Result<(), Diag> {
    let x = cx.input(0);
    if let Some(at) = Walk::new(shape, axes).run() {
        cx.output_view(0, x, at);
        return Ok(());
    }
    let y = cx.output(0);
    copy_walk(cx, x, shape, axes, y)
}

/// Copies `x`, of that shape, to `y` with its axes walked like that. A walk of too many dimensions
/// for one kernel goes axis by axis.
pub fn copy_walk(
    cx: &mut Lower<'_>,
    x: BufferId,
    shape: &[usize],
    axes: &[AxisWalk],
    y: BufferId,
) -> Result<(), Diag> {
    let (mut x, mut shape, mut axes) = (x, shape.to_vec(), axes.to_vec());
    loop {
        let error = match Walk::new(&shape, &axes).call(x, y) {
            Ok(call) => {
                cx.call(call);
                return Ok(());
            }
            Err(error) => error,
        };
        let whole: Vec<_> = shape.iter().map(|&dim| AxisWalk::all(dim)).collect();
        let changed = (0..axes.len()).find(|&d| axes[d] != whole[d]);
        let d = changed.ok_or(error)?;
        let mut single = whole;
        single[d] = axes[d].clone();
        let walk = Walk::new(&shape, &single);
        shape[d] = axes[d].len();
        axes[d] = AxisWalk::all(shape[d]);
        let step = cx.temporary_like(y, shape.iter().product());
        cx.call(walk.call(x, step)?);
        x = step;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(shape: &[usize], axes: &[AxisWalk]) -> Option<usize> {
        Walk::new(shape, axes).run()
    }

    #[test]
    fn what_lies_together_is_a_view() {
        let part = |begin, len| AxisWalk {
            begin,
            loops: vec![(len, 1)],
        };
        let all = AxisWalk::all;
        assert_eq!(run(&[1, 8, 3], &[all(1), part(2, 4), all(3)]), Some(6));
        assert_eq!(
            run(&[5, 8, 3], &[part(3, 1), part(2, 1), part(1, 2)]),
            Some(79)
        );
        assert_eq!(run(&[2, 8], &[all(2), part(0, 4)]), None);
        assert_eq!(run(&[2, 8], &[all(2), part(8, 0)]), Some(0));
        let repeated = AxisWalk {
            begin: 0,
            loops: vec![(1, 0), (8, 1)],
        };
        assert_eq!(run(&[2, 8], &[all(2), repeated]), Some(0));
    }
}
