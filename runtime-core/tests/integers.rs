//! Kernels on quantised tensors, compared with their definitions.
//!
//! Shapes, parameters and elements are random, and the same on every run; elements are often the
//! extremes of their types. Definitions are stated literally, in 128 bits.

use core::fmt::Debug;
use mlc_runtime_core::kernels::activation::Activation;
use mlc_runtime_core::kernels::conv2d::Conv2d;
use mlc_runtime_core::kernels::conv2d_int::{self, ConvInt2d};
use mlc_runtime_core::kernels::depthwise2d::Depthwise2d;
use mlc_runtime_core::kernels::depthwise2d_int::{self, DepthwiseInt2d};
use mlc_runtime_core::kernels::lookup::Byte;
use mlc_runtime_core::kernels::matmul::MatMul;
use mlc_runtime_core::kernels::matmul_int::{MatMulInt, matmul_int};
use mlc_runtime_core::kernels::matmul_weights::{MatMulWeights, matmul_w4, matmul_w8};
use mlc_runtime_core::kernels::pool::{AveragePool, Pool};
use mlc_runtime_core::kernels::pool_int::{
    AveragePoolInt2d, AveragePoolTfLite2d, average_pool2d_int, average_pool2d_tflite,
};
use mlc_runtime_core::kernels::quantized::Quantized;
use mlc_runtime_core::kernels::requantize::{Elements, Requantize, Rounding};
use mlc_runtime_core::kernels::rows::Rows;
use mlc_runtime_core::kernels::softmax_int::{
    Softmax, SoftmaxInt, SoftmaxTfLite, softmax_int, softmax_tflite,
};

/// A small generator of numbers.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1);
        (self.0 >> 33) as usize % n
    }

    fn between(&mut self, lo: i64, hi: i64) -> i64 {
        lo + self.below((hi - lo + 1) as usize) as i64
    }

    fn size(&mut self, most: usize) -> usize {
        1 + self.below(most)
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// Numbers from `lo` to `hi`, a quarter of them one of these.
    fn numbers<T: TryFrom<i64>>(&mut self, n: usize, (lo, hi): (i64, i64)) -> Vec<T> {
        let mut number = || match self.below(8) {
            0 => lo,
            1 => hi,
            _ => self.between(lo, hi),
        };
        let fits = |x| T::try_from(x).ok().expect("the range is one of the type");
        (0..n).map(|_| fits(number())).collect()
    }

    fn elements<T: Activations>(&mut self, n: usize) -> Vec<T> {
        self.numbers(n, T::RANGE)
    }

    fn zero<T: Activations>(&mut self) -> i32 {
        self.numbers(1, T::RANGE)[0]
    }

    fn requantize<T: Activations>(&mut self) -> Requantize {
        let mut bounds = [self.zero::<T>(), self.zero::<T>()];
        bounds.sort_unstable();
        let tie = self.below(1000) as i64;
        Requantize {
            rounding: self.one_of(&[
                Rounding::Nearest,
                Rounding::HalfEven { tie },
                Rounding::TfLite,
            ]),
            shift: self.between(12, 50) as u32,
            zero: self.zero::<T>(),
            lo: bounds[0],
            hi: bounds[1],
        }
    }

    /// Bias, multipliers and shifts of `n` channels.
    fn scales(&mut self, n: usize, requantize: &Requantize) -> Scales {
        let one = self.below(8) == 0;
        let given = if one { 1 } else { n };
        let with_bias = self.below(4) > 0;
        Scales {
            bias: self.numbers(if with_bias { n } else { 0 }, (-1 << 24, 1 << 24)),
            multipliers: self.numbers(given, (1 << 15, i64::from(i32::MAX))),
            shifts: match requantize.rounding {
                Rounding::TfLite => self.numbers(given, (-3, 20)),
                _ => vec![],
            },
        }
    }
}

/// Element types of activations.
trait Activations: Quantized + TryFrom<i64> + Into<i64> + Debug {
    const RANGE: (i64, i64);
}
impl Activations for i8 {
    const RANGE: (i64, i64) = (-128, 127);
}
impl Activations for u8 {
    const RANGE: (i64, i64) = (0, 255);
}
impl Activations for i16 {
    const RANGE: (i64, i64) = (-32768, 32767);
}

struct Scales {
    bias: Vec<i32>,
    multipliers: Vec<i32>,
    shifts: Vec<i8>,
}

/// The element of a sum over products, by the requantisation that has tests of its own.
fn element<T: Activations>(p: &Requantize, s: &Scales, channel: usize, sum: i64) -> i64 {
    fn of<V: Copy + Default>(values: &[V], channel: usize) -> V {
        let at = if values.len() == 1 { 0 } else { channel };
        values.get(at).copied().unwrap_or_default()
    }
    let sum = sum + i64::from(s.bias.get(channel).copied().unwrap_or(0));
    let (multiplier, shift) = (of(&s.multipliers, channel), of(&s.shifts, channel));
    match i32::try_from(sum) {
        Ok(sum) if size_of::<T>() == 1 => p.apply(sum, multiplier, shift).into(),
        _ => p.apply(sum, multiplier, shift).into(),
    }
}

/// Rows of weights of 4 bits, as kernels take them.
fn packed(weights: &[i64], columns: usize) -> Vec<u8> {
    let pair = |pair: &[i64]| (pair[0] & 15 | pair.get(1).unwrap_or(&0) << 4) as u8;
    let row = |row: &[i64]| row.chunks(2).map(pair).collect::<Vec<_>>();
    weights.chunks(columns).flat_map(row).collect()
}

/// How weights are kept.
#[derive(Clone, Copy, Debug)]
enum Weights {
    W4,
    W8,
    W16,
}

impl Weights {
    fn range(self) -> (i64, i64) {
        match self {
            Weights::W4 => (-8, 7),
            Weights::W8 => (-128, 127),
            Weights::W16 => (-255, 255),
        }
    }
}

fn narrow<T: TryFrom<i64>>(values: &[i64]) -> Vec<T> {
    let fits = |&x| T::try_from(x).ok().expect("the value is one of the type");
    values.iter().map(fits).collect()
}

fn conv2d(r: &mut Random) -> Conv2d {
    let groups = r.one_of(&[1, 1, 2, 3]);
    let out_h = r.size(7);
    let dense = r.below(6) == 0;
    let (in_h, out_h) = if dense { (1, 1) } else { (r.size(9), out_h) };
    Conv2d {
        batch: r.size(2),
        in_h,
        in_w: if dense { 1 } else { r.size(9) },
        in_c: groups * r.one_of(&[1, 2, 3, 5, 8, 16]),
        out_h,
        out_w: if dense { 1 } else { r.size(9) },
        out_c: groups * r.one_of(&[1, 3, 4, 8, 17, 40]),
        groups,
        kernel: [r.size(4), r.size(4)],
        stride: [r.size(3), r.size(3)],
        dilation: [r.size(3), r.size(3)],
        pad_top: r.between(-1, 4) as isize,
        pad_left: r.between(-1, 4) as isize,
        activation: Activation::Identity,
        rows: Rows::all(out_h),
    }
}

/// The sums of a convolution, by the definition.
fn conv2d_sums<T: Activations>(p: &Conv2d, zero_x: i32, x: &[T], w: &[i64]) -> Vec<i64> {
    let (cin, cout) = (p.in_c / p.groups, p.out_c / p.groups);
    let sum = |i: usize| {
        let (o, pixel) = (i % p.out_c, i / p.out_c);
        let (ox, oy) = (pixel % p.out_w, pixel / p.out_w % p.out_h);
        let b = pixel / p.out_w / p.out_h;
        let mut sum = 0;
        for tap in 0..p.kernel[0] * p.kernel[1] {
            let (ky, kx) = (tap / p.kernel[1], tap % p.kernel[1]);
            let iy = (oy * p.stride[0] + ky * p.dilation[0]) as isize - p.pad_top;
            let ix = (ox * p.stride[1] + kx * p.dilation[1]) as isize - p.pad_left;
            if iy < 0 || ix < 0 || iy >= p.in_h as isize || ix >= p.in_w as isize {
                continue;
            }
            let pixel = (b * p.in_h + iy as usize) * p.in_w + ix as usize;
            for c in 0..cin {
                let x: i64 = x[pixel * p.in_c + o / cout * cin + c].into();
                sum += (x - i64::from(zero_x)) * w[(tap * cin + c) * p.out_c + o];
            }
        }
        sum
    };
    (0..p.batch * p.out_h * p.out_w * p.out_c)
        .map(sum)
        .collect()
}

/// The range of rows as a layer of its own, and the input that it reads.
fn row_range<'a, T>(r: &mut Random, p: &Conv2d, first: usize, x: &'a [T]) -> (Rows, &'a [T]) {
    let end = first + r.size(p.out_h - first);
    let clamp = |o: isize| o.clamp(0, p.in_h as isize) as usize;
    let input = clamp((first * p.stride[0]) as isize - p.pad_top);
    let reach = (p.kernel[0] - 1) * p.dilation[0] + 1;
    let held = clamp(((end - 1) * p.stride[0] + reach) as isize - p.pad_top).max(input);
    let rows = Rows { first, end, input };
    let row = p.in_w * p.in_c;
    (rows, &x[input * row..held * row])
}

fn run_conv2d<T: Activations>(
    kind: Weights,
    p: &ConvInt2d,
    (x, w): (&[T], &[i64]),
    s: &Scales,
    y: &mut [T],
) {
    use conv2d_int::{conv2d_w4, conv2d_w8, conv2d_w16};
    let (b, m, n) = (&*s.bias, &*s.multipliers, &*s.shifts);
    match kind {
        Weights::W4 => conv2d_w4(p, x, &packed(w, p.conv.out_c), b, m, n, y),
        Weights::W8 => conv2d_w8(p, x, &narrow::<i8>(w), b, m, n, y),
        Weights::W16 => conv2d_w16(p, x, &narrow::<i16>(w), b, m, n, y),
    }
}

fn convolutions<T: Activations>(r: &mut Random, kind: Weights) {
    let p = ConvInt2d {
        conv: conv2d(r),
        zero_x: r.zero::<T>(),
        requantize: r.requantize::<T>(),
    };
    let c = &p.conv;
    let x: Vec<T> = r.elements(c.batch * c.in_h * c.in_w * c.in_c);
    let taps = c.kernel[0] * c.kernel[1] * c.in_c / c.groups;
    let w: Vec<i64> = r.numbers(taps * c.out_c, kind.range());
    let scales = r.scales(c.out_c, &p.requantize);
    let sums = conv2d_sums(c, p.zero_x, &x, &w);
    let at = |(i, &sum): (usize, &i64)| element::<T>(&p.requantize, &scales, i % c.out_c, sum);
    let expected: Vec<T> = narrow(&sums.iter().enumerate().map(at).collect::<Vec<_>>());
    let mut y = vec![T::default(); expected.len()];
    run_conv2d(kind, &p, (&x, &w), &scales, &mut y);
    assert_eq!(y, expected, "{kind:?} {p:?}");
    if let Weights::W8 = kind {
        let mut y = vec![0; sums.len()];
        let (w, zero) = (narrow::<i8>(&w), T::element(p.zero_x));
        conv2d_int::conv2d_sums(c, &x, &w, &[zero], &mut y);
        let as_i32 = |&sum: &i64| sum as i32;
        assert_eq!(y, sums.iter().map(as_i32).collect::<Vec<_>>(), "{c:?}");
    }
    let mut first = 0;
    while c.batch == 1 && first < c.out_h {
        let (rows, x) = row_range(r, c, first, &x);
        let part = ConvInt2d {
            conv: Conv2d { rows, ..*c },
            ..p
        };
        let row = c.out_w * c.out_c;
        let mut y = vec![T::default(); (rows.end - first) * row];
        run_conv2d(kind, &part, (x, &w), &scales, &mut y);
        assert_eq!(y, expected[first * row..rows.end * row], "{part:?}");
        first = rows.end;
    }
}

#[test]
fn convolutions_of_every_shape() {
    let mut r = Random(1);
    for _ in 0..80 {
        for kind in [Weights::W4, Weights::W8, Weights::W16] {
            convolutions::<i8>(&mut r, kind);
            convolutions::<u8>(&mut r, kind);
            convolutions::<i16>(&mut r, kind);
        }
    }
}

/// A depthwise convolution as a convolution whose groups have one input channel.
fn as_groups(p: &Depthwise2d) -> Conv2d {
    Conv2d {
        batch: p.batch,
        in_h: p.in_h,
        in_w: p.in_w,
        in_c: p.channels,
        out_h: p.out_h,
        out_w: p.out_w,
        out_c: p.channels * p.multiplier,
        groups: p.channels,
        kernel: p.kernel,
        stride: p.stride,
        dilation: p.dilation,
        pad_top: p.pad_top,
        pad_left: p.pad_left,
        activation: p.activation,
        rows: p.rows,
    }
}

fn run_depthwise2d<T: Activations>(
    kind: Weights,
    p: &DepthwiseInt2d,
    (x, w): (&[T], &[i64]),
    s: &Scales,
    y: &mut [T],
) {
    use depthwise2d_int::{depthwise2d_w4, depthwise2d_w8, depthwise2d_w16};
    let (b, m, n) = (&*s.bias, &*s.multipliers, &*s.shifts);
    let columns = p.conv.channels * p.conv.multiplier;
    match kind {
        Weights::W4 => depthwise2d_w4(p, x, &packed(w, columns), b, m, n, y),
        Weights::W8 => depthwise2d_w8(p, x, &narrow::<i8>(w), b, m, n, y),
        Weights::W16 => depthwise2d_w16(p, x, &narrow::<i16>(w), b, m, n, y),
    }
}

fn depthwise_convolutions<T: Activations>(r: &mut Random, kind: Weights) {
    let shape = conv2d(r);
    let conv = Depthwise2d {
        batch: shape.batch,
        in_h: shape.in_h,
        in_w: shape.in_w,
        channels: r.size(70),
        multiplier: r.one_of(&[1, 1, 2, 3, 20]),
        out_h: shape.out_h,
        out_w: shape.out_w,
        kernel: shape.kernel,
        stride: shape.stride,
        dilation: shape.dilation,
        pad_top: shape.pad_top,
        pad_left: shape.pad_left,
        activation: Activation::Identity,
        rows: shape.rows,
    };
    let p = DepthwiseInt2d {
        conv,
        zero_x: r.zero::<T>(),
        requantize: r.requantize::<T>(),
    };
    let c = as_groups(&p.conv);
    let x: Vec<T> = r.elements(c.batch * c.in_h * c.in_w * c.in_c);
    let w: Vec<i64> = r.numbers(c.kernel[0] * c.kernel[1] * c.out_c, kind.range());
    let scales = r.scales(c.out_c, &p.requantize);
    let sums = conv2d_sums(&c, p.zero_x, &x, &w);
    let at = |(i, &sum): (usize, &i64)| element::<T>(&p.requantize, &scales, i % c.out_c, sum);
    let expected: Vec<T> = narrow(&sums.iter().enumerate().map(at).collect::<Vec<_>>());
    let mut y = vec![T::default(); expected.len()];
    run_depthwise2d(kind, &p, (&x, &w), &scales, &mut y);
    assert_eq!(y, expected, "{kind:?} {p:?}");
    let mut first = 0;
    while c.batch == 1 && first < c.out_h {
        let (rows, x) = row_range(r, &c, first, &x);
        let part = DepthwiseInt2d {
            conv: Depthwise2d { rows, ..p.conv },
            ..p
        };
        let row = c.out_w * c.out_c;
        let mut y = vec![T::default(); (rows.end - first) * row];
        run_depthwise2d(kind, &part, (x, &w), &scales, &mut y);
        assert_eq!(y, expected[first * row..rows.end * row], "{part:?}");
        first = rows.end;
    }
}

#[test]
fn depthwise_convolutions_of_every_shape() {
    let mut r = Random(2);
    for _ in 0..60 {
        for kind in [Weights::W4, Weights::W8, Weights::W16] {
            depthwise_convolutions::<i8>(&mut r, kind);
            depthwise_convolutions::<u8>(&mut r, kind);
            depthwise_convolutions::<i16>(&mut r, kind);
        }
    }
}

/// For each window: the sum of its elements less `zero_x`, and how many taps count.
fn windows<T: Activations>(p: &AveragePool<2>, zero_x: i32, x: &[T]) -> Vec<(i64, usize)> {
    let pool = &p.pool;
    let window = |i: usize| {
        let (c, pixel) = (i % pool.channels, i / pool.channels);
        let o = [
            pixel / pool.output[1] % pool.output[0],
            pixel % pool.output[1],
        ];
        let b = pixel / pool.output[1] / pool.output[0];
        let (mut sum, mut count) = (0, 0);
        for tap in 0..pool.kernel[0] * pool.kernel[1] {
            let k = [tap / pool.kernel[1], tap % pool.kernel[1]];
            let at =
                |a: usize| (o[a] * pool.stride[a] + k[a] * pool.dilation[a]) as isize - pool.pad[a];
            let i = [at(0), at(1)];
            let len = |a: usize| pool.input[a] as isize;
            if (0..2).all(|a| (0..len(a)).contains(&i[a])) {
                let pixel = (b * pool.input[0] + i[0] as usize) * pool.input[1] + i[1] as usize;
                let x: i64 = x[pixel * pool.channels + c].into();
                sum += x - i64::from(zero_x);
                count += 1;
            } else if p.count_include_pad {
                let counts = |a: usize| (-pool.pad[a]..len(a) + p.pad_end[a]).contains(&i[a]);
                count += usize::from((0..2).all(counts));
            }
        }
        (sum, count)
    };
    let pixels: usize = pool.batch * pool.output[0] * pool.output[1];
    (0..pixels * pool.channels).map(window).collect()
}

fn average_pool<T: Activations>(r: &mut Random) {
    let output = [r.size(5), r.size(5)];
    let average = AveragePool {
        pool: Pool {
            batch: r.size(2),
            input: [r.size(9), r.size(9)],
            output,
            channels: r.size(40),
            kernel: [r.size(9), r.size(9)],
            stride: [r.size(3), r.size(3)],
            dilation: [r.size(2), r.size(2)],
            pad: [r.below(3) as isize, r.below(3) as isize],
            rows: Rows::all(output[0]),
        },
        pad_end: [r.below(3) as isize, r.below(3) as isize],
        count_include_pad: r.below(2) == 1,
    };
    let (zero_x, requantize) = (r.zero::<T>(), r.requantize::<T>());
    let pool = &average.pool;
    let x: Vec<T> = r.elements(pool.batch * pool.input[0] * pool.input[1] * pool.channels);
    let most = pool.kernel[0] * pool.kernel[1];
    let scales = Scales {
        bias: vec![],
        multipliers: r.numbers(most.max(2), (1 << 15, i64::from(i32::MAX))),
        shifts: match requantize.rounding {
            Rounding::TfLite => r.numbers(most.max(2), (-3, 20)),
            _ => vec![],
        },
    };
    let sums = windows(&average, zero_x, &x);
    let mut y = vec![T::default(); sums.len()];
    let p = AveragePoolInt2d {
        average,
        zero_x,
        requantize,
    };
    average_pool2d_int(&p, &x, &scales.multipliers, &scales.shifts, &mut y);
    let expected: Vec<i64> = sums
        .iter()
        .map(|&(sum, count)| match count {
            0 => requantize.zero.clamp(requantize.lo, requantize.hi).into(),
            n => element::<T>(&requantize, &scales, n - 1, sum),
        })
        .collect();
    assert_eq!(y, narrow::<T>(&expected), "{p:?}");

    let Requantize { lo, hi, .. } = requantize;
    let p = AveragePoolTfLite2d { average, lo, hi };
    average_pool2d_tflite(&p, &x, &mut y);
    let mean = |&(sum, count): &(i64, usize)| {
        let n = count.max(1) as i64;
        let away = if sum > 0 {
            (sum + n / 2) / n
        } else {
            (sum - n / 2) / n
        };
        away.clamp(lo.into(), hi.into())
    };
    let expected: Vec<i64> = windows(&average, 0, &x).iter().map(mean).collect();
    assert_eq!(y, narrow::<T>(&expected), "{p:?}");
}

#[test]
fn average_pools_of_every_shape() {
    let mut r = Random(3);
    for _ in 0..150 {
        average_pool::<i8>(&mut r);
        average_pool::<u8>(&mut r);
        average_pool::<i16>(&mut r);
    }
}

fn matmul(r: &mut Random) -> MatMul {
    MatMul {
        batch: [1, r.size(2), r.size(3)],
        x_batch: [0, 3, 1],
        w_batch: r.one_of(&[[0, 0, 0], [0, 3, 1]]),
        m: r.size(9),
        k: r.one_of(&[1, 3, 8, 32, 33]),
        n: r.one_of(&[1, 5, 8, 16, 17, 40]),
        activation: Activation::Identity,
    }
}

/// For each element of `y`: the matrices of `x` and `w`, its row and its column.
fn places(p: &MatMul) -> Vec<(usize, usize, usize, usize)> {
    let place = |i: usize| {
        let (row, column, matrix) = (i / p.n % p.m, i % p.n, i / p.n / p.m);
        let at = [0, matrix / p.batch[2], matrix % p.batch[2]];
        let of = |steps: [usize; 3]| (0..3).map(|a| at[a] * steps[a]).sum();
        (of(p.x_batch), of(p.w_batch), row, column)
    };
    let count = p.batch.iter().product::<usize>() * p.m * p.n;
    (0..count).map(place).collect()
}

fn products<T: Activations>(r: &mut Random) {
    let requantize = r.requantize::<T>();
    let p = MatMulInt {
        product: matmul(r),
        zero_a: r.zero::<T>(),
        zero_b: r.zero::<T>(),
        requantize,
    };
    let MatMul { m, k, n, .. } = p.product;
    let (a, b): (Vec<T>, Vec<T>) = (r.elements(6 * m * k), r.elements(6 * k * n));
    let scales = Scales {
        bias: vec![],
        ..r.scales(1, &requantize)
    };
    let less = |x: T, zero: i32| Into::<i64>::into(x) - i64::from(zero);
    let of = |(ma, mb, row, column): (usize, usize, usize, usize)| {
        let a = |i: usize| less(a[(ma * m + row) * k + i], p.zero_a);
        let b = |i: usize| less(b[(mb * k + i) * n + column], p.zero_b);
        let sum = (0..k).map(|i| a(i) * b(i)).sum();
        element::<T>(&requantize, &scales, 0, sum)
    };
    let expected: Vec<i64> = places(&p.product).into_iter().map(of).collect();
    let mut y = vec![T::default(); expected.len()];
    matmul_int(&p, &a, &b, &scales.multipliers, &scales.shifts, &mut y);
    assert_eq!(y, narrow::<T>(&expected), "{p:?}");
}

#[test]
fn matrix_products_of_every_shape() {
    let mut r = Random(4);
    for _ in 0..200 {
        products::<i8>(&mut r);
        products::<u8>(&mut r);
        products::<i16>(&mut r);
    }
}

#[test]
fn matrix_products_with_quantised_weights() {
    let mut r = Random(5);
    for _ in 0..300 {
        let p = MatMulWeights {
            product: MatMul {
                activation: Activation::Relu,
                ..matmul(&mut r)
            },
            block: r.one_of(&[1, 3, 8, 16, 64]),
        };
        let MatMul { m, k, n, .. } = p.product;
        let kind = r.one_of(&[Weights::W4, Weights::W8]);
        let blocks = k.div_ceil(p.block);
        // Eighths and powers of two: every sum is exact, whatever its order.
        let x: Vec<f32> = (0..6 * m * k)
            .map(|_| r.between(-16, 16) as f32 / 8.0)
            .collect();
        let w: Vec<i64> = r.numbers(6 * k * n, kind.range());
        let scales: Vec<f32> = (0..6 * blocks * n)
            .map(|_| r.one_of(&[0.25, 0.5, 1.0]))
            .collect();
        let bias: Vec<f32> = (0..n * r.below(2)).map(|i| i as f32 / 2.0).collect();
        let of = |(mx, mw, row, column): (usize, usize, usize, usize)| {
            let term = |i: usize| {
                let scale = scales[(mw * blocks + i / p.block) * n + column];
                x[(mx * m + row) * k + i] * w[(mw * k + i) * n + column] as f32 * scale
            };
            let sum: f32 = (0..k).map(term).sum();
            (sum + bias.get(column).unwrap_or(&0.0)).max(0.0)
        };
        let expected: Vec<f32> = places(&p.product).into_iter().map(of).collect();
        let mut y = vec![f32::NAN; expected.len()];
        match kind {
            Weights::W4 => matmul_w4(&p, &x, &packed(&w, n), &scales, &bias, &mut y),
            _ => matmul_w8(&p, &x, &narrow::<i8>(&w), &scales, &bias, &mut y),
        }
        assert_eq!(y, expected, "{kind:?} {p:?}");
    }
}

/// A fraction rounded to the nearest integer, halves to even.
fn half_even(n: i128, d: i128) -> i128 {
    let (q, r) = (n.div_euclid(d), n.rem_euclid(d));
    match (2 * r).cmp(&d) {
        core::cmp::Ordering::Less => q,
        core::cmp::Ordering::Greater => q + 1,
        core::cmp::Ordering::Equal => q + (q & 1),
    }
}

/// A fraction rounded to the nearest integer, halves away from zero.
fn half_away(n: i128, d: i128) -> i128 {
    (2 * n.abs() + d) / (2 * d) * n.signum()
}

/// TensorFlow Lite's reciprocal of a sum with 19 fractional bits, in the steps of its definition, and
/// how many bits the sum has above 1.
fn tf_lite_reciprocal(sum: i128) -> (i128, u32) {
    let bits = sum.ilog2() - 19;
    let above_one = (sum << (31 - 19 - bits)) - (1 << 31);
    let product = |a: i128, b: i128| (a * b + (1 << 30)).div_euclid(1 << 31);
    let half = (above_one + i128::from(i32::MAX) + 1) / 2;
    let mut x = 1_515_870_810 + product(half, -1_010_580_540);
    for _ in 0..3 {
        x += 4 * product(x, (1 << 29) - product(half, x));
    }
    ((2 * x).min(i32::MAX.into()), bits)
}

/// A table of exponentials as steep as any: each entry is at most the one before.
fn exponentials(r: &mut Random, one: u32) -> Vec<u32> {
    let ratio = 1.0 - r.one_of(&[0.0, 0.001, 0.02, 0.3, 0.9]);
    let entry = |d: i32| (f64::from(one) * f64::powi(ratio, d)) as u32;
    (0..256).map(entry).collect()
}

fn softmaxes<X: Activations + Byte, Y: Activations + Byte>(r: &mut Random) {
    let softmax = Softmax {
        outer: r.size(3),
        axis: r.one_of(&[1, 2, 7, 40, 100]),
        inner: r.one_of(&[1, 1, 2, 5]),
    };
    let Softmax { outer, axis, inner } = softmax;
    let x: Vec<X> = r.elements(outer * axis * inner);
    let line = |i: usize| {
        let first = i / inner / axis * axis * inner + i % inner;
        (0..axis).map(move |k| first + k * inner)
    };
    let number = |i: usize| Into::<i64>::into(x[i]);
    let most = |i: usize| line(i).map(number).max().expect("a line has elements");
    let (zero, [lo, hi]) = (r.zero::<Y>(), [Y::RANGE.0 as i32, Y::RANGE.1 as i32]);
    let elements = Elements { zero, lo, hi };
    let element = |steps: i128| (steps + i128::from(zero)).clamp(lo.into(), hi.into()) as i64;

    let table = exponentials(r, 1 << 31);
    let of = |i: usize, j: usize| i128::from(table[(most(i) - number(j)) as usize]);
    let (numerator, shift) = (
        r.between(1 << 55, i64::MAX) as u64,
        r.between(40, 63) as u32,
    );
    let expected = |i: usize| {
        let sum: i128 = line(i).map(|j| of(i, j)).sum();
        let product = of(i, i) * (i128::from(numerator) / sum);
        element(half_even(product, 1 << shift))
    };
    let expected: Vec<i64> = (0..x.len()).map(expected).collect();
    let p = SoftmaxInt {
        softmax,
        numerator,
        shift,
        elements,
    };
    let mut y = vec![Y::default(); x.len()];
    softmax_int(&p, &x, &table, &mut y);
    assert_eq!(y, narrow::<Y>(&expected), "{p:?}");

    let table = exponentials(r, i32::MAX as u32);
    let of = |i: usize, j: usize| i128::from(table[(most(i) - number(j)) as usize]);
    let expected = |i: usize| {
        let sum = line(i).map(|j| half_away(of(i, j), 1 << 12)).sum();
        let (scale, bits) = tf_lite_reciprocal(sum);
        let product = half_away(scale * of(i, i), 1 << 31);
        element(half_away(product, 1 << (bits + 23)))
    };
    let expected: Vec<i64> = (0..x.len()).map(expected).collect();
    let p = SoftmaxTfLite { softmax, elements };
    softmax_tflite(&p, &x, &table, &mut y);
    assert_eq!(y, narrow::<Y>(&expected), "{p:?}");
}

#[test]
fn softmaxes_of_every_shape() {
    let mut r = Random(6);
    for _ in 0..40 {
        softmaxes::<i8, i8>(&mut r);
        softmaxes::<u8, u8>(&mut r);
        softmaxes::<i8, u8>(&mut r);
        softmaxes::<u8, i8>(&mut r);
    }
}
