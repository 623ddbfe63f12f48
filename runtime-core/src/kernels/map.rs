//! Element-wise kernels: any scalar function of one to four operands, with or without broadcasting.
//!
//! `mapN` walks operands of equal shape; `mapN_broadcast` walks operands of different shapes by
//! strides. The `_update` forms overwrite their first operand, so that it needs no second buffer.
//! The function is a closure: whatever chain of ONNX operators was fused, it is one loop.

/// Dimensions and strides of an element-wise kernel with `N` operands, outermost first.
///
/// Unused outer dimensions are 1. Strides count elements; the innermost ones are 0 or 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Broadcast<const N: usize> {
    /// Output dimensions.
    pub dims: [usize; 6],
    /// For each operand, how far it moves along each output dimension.
    pub strides: [[usize; 6]; N],
}

impl<const N: usize> Broadcast<N> {
    /// Steps `index` and `offsets` to the next row of the output.
    #[inline]
    fn advance(&self, index: &mut [usize; 5], offsets: &mut [usize; N]) {
        for d in (0..5).rev() {
            index[d] += 1;
            for (offset, strides) in offsets.iter_mut().zip(&self.strides) {
                *offset = offset.wrapping_add(strides[d]);
            }
            if index[d] < self.dims[d] {
                return;
            }
            for (offset, strides) in offsets.iter_mut().zip(&self.strides) {
                *offset = offset.wrapping_sub(strides[d].wrapping_mul(index[d]));
            }
            index[d] = 0;
        }
    }
}

/// The part of `x` a row reads: `n` elements, or a single one where the stride is 0.
#[inline(always)]
fn row<T>(x: &[T], offset: usize, stride: usize, n: usize) -> &[T] {
    let n = if stride == 0 { 1 } else { n };
    x.get(offset..offset.wrapping_add(n)).unwrap_or(&[])
}

/// All ones where the operand moves with the row, zero where it stands still.
#[inline(always)]
fn mask(stride: usize) -> usize {
    if stride == 0 { 0 } else { usize::MAX }
}

macro_rules! map_kernels { ($(
    $map:ident $update:ident ($($x:ident $t:ident),*) ($($u:ident $v:ident),*);
)*) => { $(
    /// `y[i] = f(x0[i], ...)` for operands of equal length.
    #[inline]
    #[allow(clippy::needless_range_loop)]
    pub fn $map<$($t: Copy,)* Y>(f: impl Fn($($t),*) -> Y, $($x: &[$t],)* y: &mut [Y]) {
        let n = y.len();
        $(debug_assert_eq!($x.len(), n);
        let Some($x) = $x.get(..n) else { return };)*
        for i in 0..n {
            y[i] = f($($x[i]),*);
        }
    }

    /// `y[i] = f(y[i], x1[i], ...)` for operands of equal length.
    #[inline]
    #[allow(clippy::needless_range_loop)]
    pub fn $update<Y: Copy, $($v: Copy),*>(f: impl Fn(Y, $($v),*) -> Y, y: &mut [Y], $($u: &[$v]),*) {
        let n = y.len();
        $(debug_assert_eq!($u.len(), n);
        let Some($u) = $u.get(..n) else { return };)*
        for i in 0..n {
            y[i] = f(y[i], $($u[i]),*);
        }
    }
)* } }

map_kernels! {
    map1 map1_update (x0 A) ();
    map2 map2_update (x0 A, x1 B) (x1 B);
    map3 map3_update (x0 A, x1 B, x2 C) (x1 B, x2 C);
    map4 map4_update (x0 A, x1 B, x2 C, x3 D) (x1 B, x2 C, x3 D);
}

macro_rules! broadcast_kernels { ($(
    $map:ident $update:ident $n:literal ($($x:ident $t:ident $k:tt),*) ($($u:ident $v:ident $l:tt),*);
)*) => { $(
    /// `y = f(x0, ...)` for operands broadcast to the shape of `y`.
    #[inline]
    #[allow(clippy::needless_range_loop)]
    pub fn $map<$($t: Copy,)* Y>(
        p: &Broadcast<$n>, f: impl Fn($($t),*) -> Y, $($x: &[$t],)* y: &mut [Y],
    ) {
        let n = p.dims[5];
        debug_assert_eq!(y.len(), p.dims.iter().product());
        let (mut index, mut offsets) = ([0; 5], [0; $n]);
        for y in y.chunks_exact_mut(n.max(1)) {
            $(let $x = row($x, offsets[$k], p.strides[$k][5], n);)*
            if $($x.len() == y.len())&&* {
                for i in 0..y.len() {
                    y[i] = f($($x[i]),*);
                }
            } else {
                let m = [$(mask(p.strides[$k][5])),*];
                for (i, y) in y.iter_mut().enumerate() {
                    if let ($(Some(&$x),)*) = ($($x.get(i & m[$k]),)*) {
                        *y = f($($x),*);
                    }
                }
            }
            p.advance(&mut index, &mut offsets);
        }
    }

    /// `y = f(y, x1, ...)` for operands broadcast to the shape of `y`.
    #[inline]
    #[allow(clippy::needless_range_loop)]
    pub fn $update<Y: Copy, $($v: Copy),*>(
        p: &Broadcast<$n>, f: impl Fn(Y, $($v),*) -> Y, y: &mut [Y], $($u: &[$v]),*
    ) {
        let n = p.dims[5];
        debug_assert_eq!(y.len(), p.dims.iter().product());
        let (mut index, mut offsets) = ([0; 5], [0; $n]);
        for y in y.chunks_exact_mut(n.max(1)) {
            $(let $u = row($u, offsets[$l], p.strides[$l][5], n);)*
            if $($u.len() == y.len())&&* {
                for i in 0..y.len() {
                    y[i] = f(y[i], $($u[i]),*);
                }
            } else {
                let m = [0, $(mask(p.strides[$l][5])),*];
                for (i, y) in y.iter_mut().enumerate() {
                    if let ($(Some(&$u),)*) = ($($u.get(i & m[$l]),)*) {
                        *y = f(*y, $($u),*);
                    }
                }
            }
            p.advance(&mut index, &mut offsets);
        }
    }
)* } }

broadcast_kernels! {
    map2_broadcast map2_broadcast_update 2 (x0 A 0, x1 B 1) (x1 B 1);
    map3_broadcast map3_broadcast_update 3 (x0 A 0, x1 B 1, x2 C 2) (x1 B 1, x2 C 2);
    map4_broadcast map4_broadcast_update 4
        (x0 A 0, x1 B 1, x2 C 2, x3 D 3) (x1 B 1, x2 C 2, x3 D 3);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_scalars_broadcast() {
        // [2, 3] - [2, 1] and [2, 3] - [3]
        let a = [1.0f32, 2.0, 3.0, 4.0, 5.0, 6.0];
        let mut y = [0.0; 6];
        let mut p = Broadcast {
            dims: [1, 1, 1, 1, 2, 3],
            strides: [[0, 0, 0, 0, 3, 1], [0, 0, 0, 0, 1, 0]],
        };
        map2_broadcast(&p, |a, b| a - b, &a, &[1.0, 4.0], &mut y);
        assert_eq!(y, [0.0, 1.0, 2.0, 0.0, 1.0, 2.0]);
        p.strides[1] = [0, 0, 0, 0, 0, 1];
        map2_broadcast(&p, |a, b| a - b, &a, &[1.0, 2.0, 3.0], &mut y);
        assert_eq!(y, [0.0, 0.0, 0.0, 3.0, 3.0, 3.0]);
        map2_broadcast_update(&p, |a, b| a * b, &mut y, &[1.0, 2.0, 3.0]);
        assert_eq!(y, [0.0, 0.0, 0.0, 3.0, 6.0, 9.0]);
    }
}
