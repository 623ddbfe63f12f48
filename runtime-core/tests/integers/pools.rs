//! Average pools.

use super::random::{Activations, Random, Scales, element, narrow};
use mlc_runtime_core::kernels::pool::{AveragePool, Pool};
use mlc_runtime_core::kernels::pool_int::{
    AveragePoolInt2d, AveragePoolTfLite2d, average_pool2d_int, average_pool2d_tflite,
};
use mlc_runtime_core::kernels::requantize::{Requantize, Rounding};
use mlc_runtime_core::kernels::rows::Rows;

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
