//! Softmax.

use super::random::{Activations, Random, half_away, narrow};
use mlc_runtime_core::kernels::lookup::Byte;
use mlc_runtime_core::kernels::requantize::Elements;
use mlc_runtime_core::kernels::softmax_int::{
    Softmax, SoftmaxInt, SoftmaxTfLite, softmax_int, softmax_tflite,
};

/// A fraction rounded to the nearest integer, halves to even.
fn half_even(n: i128, d: i128) -> i128 {
    let (q, r) = (n.div_euclid(d), n.rem_euclid(d));
    match (2 * r).cmp(&d) {
        core::cmp::Ordering::Less => q,
        core::cmp::Ordering::Greater => q + 1,
        core::cmp::Ordering::Equal => q + (q & 1),
    }
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
