//! Matrix products.

use super::random::{Activations, Random, Scales, Weights, element, narrow, packed};
use mlc_runtime_core::kernels::activation::Activation;
use mlc_runtime_core::kernels::matmul::MatMul;
use mlc_runtime_core::kernels::matmul_int::{MatMulInt, matmul_int};
use mlc_runtime_core::kernels::matmul_weights::{MatMulWeights, matmul_w4, matmul_w8};

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
