//! Matrix products.

use super::Evaluator;
use super::array::{Array, broadcast};
use super::call::Call;
use crate::tensor::DType;

pub(super) const EVALUATORS: &[(&str, Evaluator)] = &[
    ("Gemm", gemm),
    ("MatMul", matmul),
    ("MatMulInteger", matmul_integer),
];

fn matmul(call: &Call<'_>) -> Option<Vec<Array>> {
    Some(vec![product(&*call.floats(0)?, &*call.floats(1)?)?])
}

fn matmul_integer(call: &Call<'_>) -> Option<Vec<Array>> {
    let shifted = |i: usize, axis| super::quantisation::shifted(call, i, i + 2, axis);
    let y = product(&shifted(0, -2)?, &shifted(1, -1)?)?;
    Some(vec![Array {
        dtype: DType::I32,
        ..y
    }])
}

/// A product of matrices, stacked or not; a vector is a row on the left and a column on the right.
pub(super) fn product(a: &Array, b: &Array) -> Option<Array> {
    let (mut left, mut right) = (a.shape.clone(), b.shape.clone());
    if left.len() == 1 {
        left.insert(0, 1);
    }
    if right.len() == 1 {
        right.push(1);
    }
    let ([batch_a @ .., m, k], [batch_b @ .., inner, n]) = (&left[..], &right[..]) else {
        return None;
    };
    let batch = broadcast(batch_a, batch_b).filter(|_| k == inner)?;
    let items =
        |own: &[usize]| Array::floats(own, vec![0.0; own.iter().product()]).places_in(&batch);
    let mut y = Vec::new();
    for (i, j) in items(batch_a)?.into_iter().zip(items(batch_b)?) {
        let (a, b) = (
            &a.data[i * m * k..(i + 1) * m * k],
            &b.data[j * k * n..(j + 1) * k * n],
        );
        y.extend(multiplied(a, b, [*m, *k, *n]));
    }
    let rows = (a.shape.len() > 1).then_some(*m);
    let columns = (b.shape.len() > 1).then_some(*n);
    let shape = batch.into_iter().chain(rows).chain(columns);
    Some(Array::floats(shape.collect::<Vec<_>>(), y))
}

fn multiplied(a: &[f64], b: &[f64], [m, k, n]: [usize; 3]) -> Vec<f64> {
    let mut y = vec![0.0; m * n];
    for i in 0..m {
        for l in 0..k {
            let (x, row) = (a[i * k + l], &b[l * n..(l + 1) * n]);
            let y = &mut y[i * n..(i + 1) * n];
            y.iter_mut().zip(row).for_each(|(y, b)| *y += x * b);
        }
    }
    y
}

fn gemm(call: &Call<'_>) -> Option<Vec<Array>> {
    let turned = |i: usize, name| {
        let x = call.floats(i)?;
        let flat = x.shape.len() == 2;
        match call.int(name, 0).filter(|_| flat)? {
            0 => Some((*x).clone()),
            _ => x.transposed(&[1, 0]),
        }
    };
    let mut y = product(&turned(0, "transA")?, &turned(1, "transB")?)?;
    let (alpha, beta) = (call.float("alpha", 1.0)?, call.float("beta", 1.0)?);
    y.data.iter_mut().for_each(|y| *y *= alpha);
    if call.has(2) {
        let c = call.floats(2).filter(|_| call.node.version >= 7)?;
        let places = c.places_in(&y.shape)?;
        y.data
            .iter_mut()
            .zip(places)
            .for_each(|(y, i)| *y += beta * c.data[i]);
    }
    Some(vec![y])
}
