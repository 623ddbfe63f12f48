//! Convolutions, whole and by rows.

use super::random::{Activations, Random, Scales, Weights, element, narrow, packed};
use mlc_runtime_core::kernels::activation::Activation;
use mlc_runtime_core::kernels::conv2d::Conv2d;
use mlc_runtime_core::kernels::conv2d_int::{self, ConvInt2d};
use mlc_runtime_core::kernels::depthwise2d::Depthwise2d;
use mlc_runtime_core::kernels::depthwise2d_int::{self, DepthwiseInt2d};
use mlc_runtime_core::kernels::rows::Rows;

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
