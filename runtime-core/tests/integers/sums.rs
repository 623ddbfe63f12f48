//! Sums over the pixels of an image, and means made of them.

use super::random::{Activations, Random, Scales, element, half_away, narrow};
use mlc_runtime_core::kernels::rows::Rows;
use mlc_runtime_core::kernels::sums::{
    ChannelSums, MeanTfLite, RequantizeSums, channel_sums, mean_sums_tflite, requantize_sums,
};

fn sums_and_means<T: Activations>(r: &mut Random) {
    let (rows, width, channels) = (r.size(6), r.size(6), r.size(40));
    let zero_x = r.zero::<T>();
    let x: Vec<T> = r.elements(rows * width * channels);
    let of = |channel: usize, zero: i32| -> i64 {
        let elements = x.iter().skip(channel).step_by(channels);
        elements
            .map(|&x| Into::<i64>::into(x) - i64::from(zero))
            .sum()
    };
    let expected = |zero| (0..channels).map(|c| of(c, zero)).collect::<Vec<_>>();
    let sums = |r: &mut Random, zero_x| {
        let mut sums = r.numbers(channels, (i32::MIN.into(), i32::MAX.into()));
        let (mut first, row) = (0, width * channels);
        while first < rows {
            let end = first + r.size(rows - first);
            let input = first;
            let p = ChannelSums {
                channels,
                zero_x,
                rows: Rows { first, end, input },
            };
            channel_sums(&p, &x[first * row..end * row], &mut sums);
            first = end;
        }
        sums
    };
    let exact = expected(zero_x);
    let of_steps: Vec<i32> = sums(r, zero_x);
    assert_eq!(of_steps, narrow::<i32>(&exact), "{rows}x{width}x{channels}");

    let requantize = r.requantize::<T>();
    let scales = Scales {
        bias: vec![],
        ..r.scales(1, &requantize)
    };
    let p = RequantizeSums {
        len: channels,
        requantize,
    };
    let mut y = vec![T::default(); channels];
    let (multipliers, shifts) = (&scales.multipliers, &scales.shifts);
    requantize_sums(&p, &of_steps, multipliers, shifts, &mut y);
    let at = |&sum: &i64| element::<T>(&requantize, &scales, 0, sum);
    let expected_y: Vec<i64> = exact.iter().map(at).collect();
    assert_eq!(y, narrow::<T>(&expected_y), "{p:?}");

    let (lo, hi) = (requantize.lo, requantize.hi);
    let count = rows * width;
    let p = MeanTfLite {
        len: channels,
        count: count as i32,
        lo,
        hi,
    };
    mean_sums_tflite(&p, &sums(r, 0), &mut y);
    let mean = |&sum: &i64| {
        let mean = half_away(sum.into(), count as i128);
        mean.clamp(lo.into(), hi.into()) as i64
    };
    let expected_y: Vec<i64> = expected(0).iter().map(mean).collect();
    assert_eq!(y, narrow::<T>(&expected_y), "{p:?}");
}

#[test]
fn sums_and_means_of_every_shape() {
    let mut r = Random(7);
    for _ in 0..200 {
        sums_and_means::<i8>(&mut r);
        sums_and_means::<u8>(&mut r);
        sums_and_means::<i16>(&mut r);
    }
}
