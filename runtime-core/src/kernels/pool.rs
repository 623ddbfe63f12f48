//! Pooling over images and volumes: the greatest, the mean or a norm of each window.
//!
//! Padding never counts as an element. Windows are visited tap by tap, each tap being a row of
//! channels, so that the innermost loop runs over neighbouring elements.

use super::super::math;
use super::number::Number;
pub use super::rows::Rows;
use super::rows::{ByRows, Span, extent};
use super::rows_of::by_rows_of;
use super::window::{Axis, Pixel, Region, Windows};

/// Shapes of `x[batch, input.., channels]` and `y[batch, output.., channels]`.
///
/// However far the last windows reach beyond the input, by padding or by rounding up the number of
/// windows, is implied.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pool<const N: usize> {
    /// Batch items.
    pub batch: usize,
    /// Spatial size of the whole input.
    pub input: [usize; N],
    /// Spatial size of the whole output.
    pub output: [usize; N],
    /// Channels.
    pub channels: usize,
    /// Taps.
    pub kernel: [usize; N],
    /// Input pixels between windows.
    pub stride: [usize; N],
    /// Input pixels between taps.
    pub dilation: [usize; N],
    /// Padding before the input.
    pub pad: [isize; N],
    /// The outputs computed along the first spatial axis.
    pub rows: Rows,
}

impl<const N: usize> ByRows for Pool<N> {
    fn span(&self) -> Option<Span> {
        let single = self.batch == 1;
        let first = |sizes: &[usize; N]| sizes.first().copied();
        Some(Span {
            input: first(&self.input).filter(|_| single)?,
            output: first(&self.output)?,
            extent: extent(first(&self.kernel)?, first(&self.dilation)?),
            stride: first(&self.stride)?,
            pad: self.pad.first().copied()?,
        })
    }

    fn at(self, rows: Rows) -> Self {
        Pool { rows, ..self }
    }
}

/// Pooling of images.
pub type Pool2d = Pool<2>;
/// Pooling of volumes.
pub type Pool3d = Pool<3>;

/// Parameters of a pool that also says where it found the greatest elements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MaxPoolIndices<const N: usize> {
    /// The windows.
    pub pool: Pool<N>,
    /// Whether indices count along the first spatial axis first (ONNX `storage_order` 1).
    pub column_major: bool,
}

/// [`MaxPoolIndices`] of images.
pub type MaxPoolIndices2d = MaxPoolIndices<2>;
/// [`MaxPoolIndices`] of volumes.
pub type MaxPoolIndices3d = MaxPoolIndices<3>;

/// Parameters of an average pool.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AveragePool<const N: usize> {
    /// The windows.
    pub pool: Pool<N>,
    /// Padding after the input; it matters only if padding is counted.
    pub pad_end: [isize; N],
    /// Whether a sum is divided by its window's taps inside input and padding, rather than by those
    /// inside the input.
    pub count_include_pad: bool,
}

by_rows_of!(AveragePool<N>, pool, const N: usize);

/// [`AveragePool`] of images.
pub type AveragePool2d = AveragePool<2>;
/// [`AveragePool`] of volumes.
pub type AveragePool3d = AveragePool<3>;

/// Parameters of a pool of norms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LpPool<const N: usize> {
    /// The windows.
    pub pool: Pool<N>,
    /// The norm's exponent.
    pub p: u32,
}

by_rows_of!(LpPool<N>, pool, const N: usize);

/// [`LpPool`] of images.
pub type LpPool2d = LpPool<2>;
/// [`LpPool`] of volumes.
pub type LpPool3d = LpPool<3>;

macro_rules! pools { ($(
    $(#[$doc:meta])*
    $body:ident $(<$t:ident: $number:ident>)? $in_2d:ident $in_3d:ident ($params:ident)
        ($($x:ident: $xt:ty),*);
)*) => { $(
    $(#[$doc])*
    pub fn $in_2d$(<$t: $number>)?(p: &$params<2>, $($x: $xt),*) {
        $body(p, $($x),*);
    }

    $(#[$doc])*
    pub fn $in_3d$(<$t: $number>)?(p: &$params<3>, $($x: $xt),*) {
        $body(p, $($x),*);
    }
)* } }

pools! {
    /// The greatest element of each window, of which NaN is the greatest; the least number of the
    /// type if the window lies in the padding.
    max_pool<T: Number> max_pool2d max_pool3d (Pool) (x: &[T], y: &mut [T]);

    /// As `max_pool2d`, and where the first of the greatest elements is.
    ///
    /// An index counts elements of the whole input laid out as `[batch, channels, input..]`; it is
    /// -1 if the window lies in the padding.
    max_pool_indices<T: Number> max_pool_indices2d max_pool_indices3d (MaxPoolIndices)
        (x: &[T], y: &mut [T], indices: &mut [i64]);

    /// The mean of each window.
    average_pool average_pool2d_f32 average_pool3d_f32 (AveragePool) (x: &[f32], y: &mut [f32]);

    /// `(Σ |x|ᵖ)^(1/p)` of each window.
    lp_pool lp_pool2d_f32 lp_pool3d_f32 (LpPool) (x: &[f32], y: &mut [f32]);
}

impl<const N: usize> Pool<N> {
    pub(super) fn windows(&self) -> Windows {
        Windows::new(
            self.input,
            self.output,
            self.kernel,
            self.stride,
            self.dilation,
            self.pad,
            self.rows,
        )
    }

    /// The same windows over an input that includes its padding.
    fn padded(&self, pad_end: &[isize; N]) -> Windows {
        let mut padded = *self;
        let pads = self.pad.iter().zip(pad_end);
        for (input, (before, after)) in padded.input.iter_mut().zip(pads) {
            *input = input.wrapping_add_signed(before.wrapping_add(*after));
        }
        padded.pad = [0; N];
        padded.windows()
    }
}

fn max_pool<const N: usize, T: Number>(p: &Pool<N>, x: &[T], y: &mut [T]) {
    fold(p, T::LEAST, T::or_greater, |_, _| (), x, y);
}

impl<const N: usize> AveragePool<N> {
    /// The windows whose taps count.
    pub(super) fn counted(&self) -> Windows {
        if self.count_include_pad {
            self.pool.padded(&self.pad_end)
        } else {
            self.pool.windows()
        }
    }
}

fn average_pool<const N: usize>(p: &AveragePool<N>, x: &[f32], y: &mut [f32]) {
    let counted = p.counted();
    let divide = |y: &mut [f32], pixel: &Pixel| {
        let count = counted.taps(pixel.at).max(1) as f32;
        y.iter_mut().for_each(|y| *y /= count);
    };
    fold(&p.pool, 0.0, |sum, x| sum + x, divide, x, y);
}

fn lp_pool<const N: usize>(p: &LpPool<N>, x: &[f32], y: &mut [f32]) {
    let power = p.p as f32;
    match p.p {
        1 => fold(&p.pool, 0.0, |sum, x| sum + x.abs(), |_, _| (), x, y),
        2 => fold(&p.pool, 0.0, |sum, x| sum + x * x, each(math::sqrt), x, y),
        _ => {
            let add = |sum, x: f32| sum + math::pow(x.abs(), power);
            let root = each(|sum| math::pow(sum, 1.0 / power));
            fold(&p.pool, 0.0, add, root, x, y);
        }
    }
}

/// Replaces each element by `f` of it.
fn each(f: impl Fn(f32) -> f32) -> impl Fn(&mut [f32], &Pixel) {
    move |y, _| y.iter_mut().for_each(|y| *y = f(*y))
}

/// Visits the outputs: the item they belong to, its part of `x`, their region and pixel.
#[inline(always)]
pub(super) fn visit<const N: usize, T>(
    p: &Pool<N>,
    x: &[T],
    mut visit: impl FnMut(usize, &[T], &Region<'_>, &Pixel),
) {
    let windows = p.windows();
    debug_assert!(p.batch == 1 || windows.is_whole());
    for item in 0..p.batch {
        let x = from(x, item * windows.input_pixels(), p.channels);
        windows.regions(|region| {
            region
                .pixels()
                .for_each(|pixel| visit(item, x, region, &pixel));
        });
    }
}

/// For each output: `start`, then `add` for each tap inside the input, then `finish` for all its
/// channels.
fn fold<const N: usize, T: Copy>(
    p: &Pool<N>,
    start: T,
    add: impl Fn(T, T) -> T,
    finish: impl Fn(&mut [T], &Pixel),
    x: &[T],
    y: &mut [T],
) {
    let item_pixels = p.windows().output_pixels();
    debug_assert_eq!(y.len(), p.batch * item_pixels * p.channels);
    visit(p, x, |item, x, region, pixel| {
        let y = pixel_mut(y, item * item_pixels + pixel.y, p.channels);
        y.fill(start);
        region.each_tap(|_, tap| {
            let x = from(x, pixel.x.wrapping_add(tap), p.channels);
            for (y, &x) in y.iter_mut().zip(x) {
                *y = add(*y, x);
            }
        });
        finish(y, pixel);
    });
}

fn max_pool_indices<const N: usize, T: Number>(
    p: &MaxPoolIndices<N>,
    x: &[T],
    y: &mut [T],
    indices: &mut [i64],
) {
    let (windows, channels) = (p.pool.windows(), p.pool.channels);
    let (item_pixels, plane) = (windows.output_pixels(), windows.input_pixels());
    debug_assert_eq!(y.len(), p.pool.batch * item_pixels * channels);
    debug_assert_eq!(y.len(), indices.len());
    visit(&p.pool, x, |item, x, region, pixel| {
        let at = item * item_pixels + pixel.y;
        let (y, indices) = (pixel_mut(y, at, channels), pixel_mut(indices, at, channels));
        y.fill(T::LEAST);
        indices.fill(-1);
        region.each_tap(|taps, tap| {
            let mut index = item * channels * plane + p.place(&windows, pixel, taps);
            let x = from(x, pixel.x.wrapping_add(tap), channels);
            for ((y, i), &x) in y.iter_mut().zip(indices.iter_mut()).zip(x) {
                if *i < 0 || beats(x, *y) {
                    (*y, *i) = (x, index as i64);
                }
                index += plane;
            }
        });
    });
}

impl<const N: usize> MaxPoolIndices<N> {
    /// Index within its plane of what a tap of an output's window reads.
    fn place(&self, windows: &Windows, pixel: &Pixel, taps: [usize; 3]) -> usize {
        let [d, h, w] = &windows.axes;
        let at = |a: &Axis, o, k: usize| (a.start(o) as usize).wrapping_add(k * a.dilation);
        let [id, iy, ix] = [
            at(d, pixel.at[0], taps[0]),
            at(h, pixel.at[1], taps[1]),
            at(w, pixel.at[2], taps[2]),
        ];
        if self.column_major {
            (ix * h.input + iy) * d.input + id
        } else {
            (id * h.input + iy) * w.input + ix
        }
    }
}

/// Whether `x` comes before `y` as the greatest: it is greater, or the first NaN.
fn beats<T: Number>(x: T, y: T) -> bool {
    let is_nan = |x: T| x.partial_cmp(&x).is_none();
    x > y || (is_nan(x) && !is_nan(y))
}

/// `x` from a pixel on.
#[inline(always)]
pub(super) fn from<T>(x: &[T], pixel: usize, channels: usize) -> &[T] {
    x.get(pixel.wrapping_mul(channels)..).unwrap_or(&[])
}

/// The channels of a pixel of `y`.
#[inline(always)]
pub(super) fn pixel_mut<T>(y: &mut [T], pixel: usize, channels: usize) -> &mut [T] {
    let y = y.get_mut(pixel.wrapping_mul(channels)..).unwrap_or(&mut []);
    y.get_mut(..channels).unwrap_or(&mut [])
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec;
    use std::vec::Vec;

    /// A small generator of numbers, the same on every run.
    struct Random(u64);

    impl Random {
        fn below(&mut self, n: usize) -> usize {
            self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1);
            (self.0 >> 33) as usize % n
        }
        fn sizes<const N: usize>(&mut self, most: usize) -> [usize; N] {
            [(); N].map(|()| 1 + self.below(most))
        }
        fn values(&mut self, n: usize) -> Vec<f32> {
            (0..n).map(|_| self.below(41) as f32 / 8.0 - 2.5).collect()
        }
        fn pool<const N: usize>(&mut self) -> Pool<N> {
            let output = self.sizes(5);
            Pool {
                batch: 1 + self.below(2),
                input: self.sizes(8),
                output,
                channels: 1 + self.below(5),
                kernel: self.sizes(3),
                stride: self.sizes(3),
                dilation: self.sizes(2),
                pad: [(); N].map(|()| self.below(3) as isize),
                rows: Rows::all(output[0]),
            }
        }
    }

    /// `at` as the coordinates of element `i` of a box, outermost first.
    fn coordinates<const N: usize>(mut i: usize, sizes: &[usize; N]) -> [usize; N] {
        let mut at = [0; N];
        for a in (0..N).rev() {
            (at[a], i) = (i % sizes[a], i / sizes[a]);
        }
        at
    }

    /// Positions in the input, possibly outside, that the taps of output `o` read.
    fn window<const N: usize>(p: &Pool<N>, o: [usize; N]) -> Vec<[isize; N]> {
        (0..p.kernel.iter().product())
            .map(|tap| {
                let k = coordinates(tap, &p.kernel);
                core::array::from_fn(|a| {
                    (o[a] * p.stride[a] + k[a] * p.dilation[a]) as isize - p.pad[a]
                })
            })
            .collect()
    }

    /// Calls `f` with batch, output position, channel, and index and place of each of its elements.
    fn reference<const N: usize, Y>(
        p: &Pool<N>,
        x: &[f32],
        f: impl Fn(usize, [usize; N], usize, &[(f32, [usize; N])]) -> Y,
    ) -> Vec<Y> {
        let pixels: usize = p.output.iter().product();
        (0..p.batch * pixels * p.channels)
            .map(|i| {
                let (c, pixel) = (i % p.channels, i / p.channels);
                let (b, o) = (pixel / pixels, coordinates(pixel % pixels, &p.output));
                let inside =
                    |i: &[isize; N]| (0..N).all(|a| (0..p.input[a] as isize).contains(&i[a]));
                let elements: Vec<_> = window(p, o)
                    .into_iter()
                    .filter(inside)
                    .map(|i| {
                        let i = i.map(|i| i as usize);
                        let pixel = (0..N).fold(b, |at, a| at * p.input[a] + i[a]);
                        (x[pixel * p.channels + c], i)
                    })
                    .collect();
                f(b, o, c, &elements)
            })
            .collect()
    }

    fn max_of(elements: &[(f32, [usize; 2])]) -> f32 {
        elements.iter().fold(f32::NEG_INFINITY, |m, e| m.max(e.0))
    }

    fn input<const N: usize>(r: &mut Random, p: &Pool<N>) -> Vec<f32> {
        r.values(p.batch * p.input.iter().product::<usize>() * p.channels)
    }

    #[test]
    fn the_greatest_and_its_index() {
        let mut r = Random(1);
        for _ in 0..300 {
            let p: Pool2d = r.pool();
            let x = input(&mut r, &p);
            let column_major = r.below(2) == 1;
            let expected = reference(&p, &x, |b, _, c, e| {
                let greatest = max_of(e);
                let plane = ((b * p.channels + c) * p.input[0] * p.input[1]) as i64;
                let index = e
                    .iter()
                    .find(|e| e.0 == greatest)
                    .map_or(-1, |(_, [y, x])| {
                        let at = if column_major {
                            x * p.input[0] + y
                        } else {
                            y * p.input[1] + x
                        };
                        plane + at as i64
                    });
                (greatest, index)
            });
            let mut y = vec![f32::NAN; expected.len()];
            max_pool2d(&p, &x, &mut y);
            assert!(y.iter().zip(&expected).all(|(y, e)| *y == e.0), "{p:?}");
            let (mut y, mut indices) = (vec![f32::NAN; y.len()], vec![0; y.len()]);
            let p = MaxPoolIndices {
                pool: p,
                column_major,
            };
            max_pool_indices2d(&p, &x, &mut y, &mut indices);
            let found = y.into_iter().zip(indices);
            assert_eq!(found.collect::<Vec<_>>(), expected, "{p:?}");
        }
    }

    #[test]
    fn integers_and_nan() {
        let p = Pool {
            batch: 1,
            input: [1, 4],
            output: [1, 2],
            channels: 1,
            kernel: [1, 2],
            stride: [1, 2],
            dilation: [1, 1],
            pad: [0, 0],
            rows: Rows::all(1),
        };
        let mut y = [0i8; 2];
        max_pool2d(&p, &[-7, -128, -3, -2], &mut y);
        assert_eq!(y, [-7, -2]);
        let (mut y, mut indices) = ([0.0f32; 2], [0; 2]);
        let p = MaxPoolIndices {
            pool: p,
            column_major: false,
        };
        max_pool_indices2d(
            &p,
            &[1.0, f32::NAN, f32::NEG_INFINITY, -3.0],
            &mut y,
            &mut indices,
        );
        assert!(y[0].is_nan() && y[1] == -3.0);
        assert_eq!(indices, [1, 3]);
    }

    #[test]
    fn means_count_what_they_should() {
        let mut r = Random(2);
        for _ in 0..300 {
            let pool: Pool3d = r.pool();
            let p = AveragePool {
                pool,
                pad_end: [(); 3].map(|()| r.below(3) as isize),
                count_include_pad: r.below(2) == 1,
            };
            let x = input(&mut r, &pool);
            let expected = reference(&pool, &x, |_, o, _, e| {
                let padded =
                    |i: &[isize; 3]| (0..3).all(|a| i[a] < pool.input[a] as isize + p.pad_end[a]);
                let count = if p.count_include_pad {
                    window(&pool, o).iter().filter(|i| padded(i)).count()
                } else {
                    e.len()
                };
                e.iter().fold(0.0, |sum, e| sum + e.0) / count.max(1) as f32
            });
            let mut y = vec![f32::NAN; expected.len()];
            average_pool3d_f32(&p, &x, &mut y);
            assert_eq!(y, expected, "{p:?}");
        }
    }

    #[test]
    fn norms() {
        let mut r = Random(3);
        for p in [1, 2, 3] {
            let pool: Pool2d = r.pool();
            let x = input(&mut r, &pool);
            let expected = reference(&pool, &x, |_, _, _, e| {
                let sum: f64 = e.iter().map(|e| f64::from(e.0.abs()).powi(p)).sum();
                sum.powf(1.0 / f64::from(p)) as f32
            });
            let mut y = vec![f32::NAN; expected.len()];
            lp_pool2d_f32(&LpPool { pool, p: p as u32 }, &x, &mut y);
            let near = |(y, e): (&f32, &f32)| (y - e).abs() <= 1e-5 * e.abs();
            assert!(y.iter().zip(&expected).all(near), "{y:?} {expected:?}");
        }
    }

    #[test]
    fn ranges_of_rows_make_up_the_whole() {
        let mut r = Random(4);
        for _ in 0..100 {
            let pool: Pool2d = Pool {
                batch: 1,
                ..r.pool()
            };
            let p = AveragePool {
                pool,
                pad_end: [2, 1],
                count_include_pad: true,
            };
            let x = input(&mut r, &pool);
            let row = pool.output[1] * pool.channels;
            let mut whole = vec![f32::NAN; pool.output[0] * row];
            average_pool2d_f32(&p, &x, &mut whole);
            for first in 0..pool.output[0] {
                let start = (first * pool.stride[0]) as isize - pool.pad[0];
                let input = start.clamp(0, pool.input[0] as isize) as usize;
                let rows = Rows {
                    first,
                    end: first + 1,
                    input,
                };
                let part = AveragePool {
                    pool: Pool { rows, ..pool },
                    ..p
                };
                let mut y = vec![f32::NAN; row];
                let window = &x[input * pool.input[1] * pool.channels..];
                average_pool2d_f32(&part, window, &mut y);
                assert_eq!(y, whole[first * row..][..row], "{part:?}");
            }
        }
    }
}
