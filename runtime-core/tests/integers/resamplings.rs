//! Resampling along an axis by integer weights.

use super::random::{Random, narrow};
use mlc_runtime_core::kernels::resize::{ResizeAxis, resize_axis_i32};

#[test]
fn resamplings_of_every_shape() {
    let mut r = Random(8);
    for _ in 0..500 {
        let p = ResizeAxis {
            outer: r.size(3),
            in_len: r.size(9),
            out_len: r.size(20),
            inner: r.size(20),
            taps: r.size(5),
            outside: r.between(-200, 200) as f32,
        };
        let x: Vec<i32> = r.numbers(p.outer * p.in_len * p.inner, (-1 << 16, 1 << 16));
        let weights: Vec<i32> = r.numbers(p.out_len * p.taps, (-1024, 1024));
        let mut indices = r.numbers::<i32>(p.out_len * p.taps, (0, p.in_len as i64 - 1));
        for indices in indices.chunks_mut(p.taps) {
            if r.below(6) == 0 {
                indices.fill(-1);
            }
        }
        let at = |i: usize| {
            let (column, place, image) = (
                i % p.inner,
                i / p.inner % p.out_len,
                i / p.inner / p.out_len,
            );
            let taps = place * p.taps..(place + 1) * p.taps;
            if indices[taps.start] < 0 {
                return p.outside as i64;
            }
            let term = |tap: usize| {
                let row = image * p.in_len + indices[tap] as usize;
                i64::from(weights[tap]) * i64::from(x[row * p.inner + column])
            };
            taps.map(term).sum()
        };
        let mut y = vec![0; p.outer * p.out_len * p.inner];
        let expected: Vec<i64> = (0..y.len()).map(at).collect();
        resize_axis_i32(&p, &x, &indices, &weights, &mut y);
        assert_eq!(y, narrow::<i32>(&expected), "{p:?}");
    }
}
