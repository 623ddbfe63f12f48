//! What operators say of permuted axes must be so: each is computed both ways, for every permutation.

use crate::ir::{Op, Permuted, evaluate};
use crate::ops::control_flow::scan::Scan;
use crate::ops::indexing::gather::{Gather, GatherElements};
use crate::ops::indexing::one_hot::OneHot;
use crate::ops::indexing::scatter::ScatterElements;
use crate::ops::layout::concat::Concat;
use crate::ops::layout::expand::{Expand, Tile};
use crate::ops::layout::reshape::Reshape;
use crate::ops::layout::reverse_sequence::ReverseSequence;
use crate::ops::layout::slice::{Part, Slice};
use crate::ops::layout::transpose::Transpose;
use crate::ops::layout::trilu::Trilu;
use crate::ops::normalisation::layer_norm::{self, LayerNorm, Statistics};
use crate::ops::normalisation::softmax::{self, Softmax};
use crate::ops::reduction::arg_reduce::ArgReduce;
use crate::ops::reduction::reduce::{Reduce, Reduction};
use crate::ops::reduction::top_k::TopK;
use crate::tensor::Tensor;
use mlc_runtime_core::kernels::scatter::Combine;

/// Every permutation of `0..n`.
fn permutations(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![vec![]];
    }
    let shorter = permutations(n - 1).into_iter();
    let inserted = |p: Vec<usize>| {
        (0..n).map(move |at| {
            let mut p = p.clone();
            p.insert(at, n - 1);
            p
        })
    };
    shorter.flat_map(inserted).collect()
}

/// Distinct numbers, in no order.
fn data(shape: &[usize]) -> Tensor {
    let len: usize = shape.iter().product();
    let values: Vec<f32> = (0..len).map(|i| (i * 7919 % 1009) as f32).collect();
    Tensor::new(shape, &values)
}

/// Integers from 0 up to `bound`, in no order.
fn indices(shape: &[usize], bound: usize) -> Tensor {
    let len: usize = shape.iter().product();
    let values: Vec<i64> = (0..len).map(|i| (i * 7919 % 1009 % bound) as i64).collect();
    Tensor::new(shape, &values)
}

fn transposed(x: &Tensor, perm: &[usize]) -> Tensor {
    let x = match perm.len() - x.ty.rank() {
        0 => x.clone(),
        new => x.reshaped([vec![1; new], x.ty.shape.clone()].concat()),
    };
    evaluate(&Transpose(perm.into()), &[Some(&x)])
        .expect("a permutation")
        .remove(0)
}

fn run(op: &dyn Op, inputs: &[Tensor]) -> Vec<Tensor> {
    let inputs: Vec<_> = inputs.iter().map(Some).collect();
    evaluate(op, &inputs).expect("inputs fit")
}

/// Compares for all permutations of the first input's axes; at least `count` must be possible.
fn check(op: impl Op, inputs: &[Tensor], count: usize) {
    let types: Vec<_> = inputs.iter().map(|x| Some(&x.ty)).collect();
    let mut possible = 0;
    for perm in permutations(inputs[0].ty.rank()) {
        let Some(permuted) = op.permuted(&perm, &types) else {
            continue;
        };
        compare(&op, inputs, &perm, &permuted);
        possible += 1;
    }
    assert!(possible >= count, "{op:?}: {possible} permutations");
}

fn compare(op: &dyn Op, inputs: &[Tensor], perm: &[usize], permuted: &Permuted) {
    let given = inputs.iter().zip(&permuted.inputs);
    let given: Vec<_> = given
        .map(|(x, is_data)| {
            if *is_data {
                transposed(x, perm)
            } else {
                x.clone()
            }
        })
        .collect();
    let outputs = run(&*permuted.op, &given);
    for (y, new) in run(op, inputs).iter().zip(outputs) {
        let expected = transposed(y, &permuted.output);
        assert!(
            alike(&expected, &new),
            "{op:?} {perm:?}: {expected:?} {new:?}"
        );
    }
}

/// Whether two results are equal, but for sums that were taken in another order.
fn alike(a: &Tensor, b: &Tensor) -> bool {
    let near = |(a, b): (&f32, &f32)| (a - b).abs() <= 1e-5 * a.abs().max(1.0);
    match (a.values::<f32>(), b.values::<f32>()) {
        (Some(x), Some(y)) => a.ty == b.ty && x.iter().zip(y).all(near),
        _ => a.identical(b),
    }
}

fn part(begin: usize, len: usize, step: isize) -> Part {
    Part { begin, len, step }
}

#[test]
fn selections() {
    let x = [data(&[3, 4, 1, 5])];
    let parts = vec![part(1, 2, 1), part(3, 2, -2), part(0, 1, 1), part(0, 5, 1)];
    check(Slice(parts), &x, 24);
    check(
        Slice(vec![
            Part::all(3),
            part(1, 2, 1),
            Part::all(1),
            Part::all(5),
        ]),
        &x,
        24,
    );
    check(Expand(vec![2, 3, 4, 6, 5]), &x, 24);
    check(Tile(vec![2, 1, 3, 2]), &x, 24);
}

#[test]
fn joins() {
    let x = [
        data(&[2, 3, 2]),
        data(&[2, 1, 2]),
        data(&[2, 0, 2]),
        data(&[2, 4, 2]),
    ];
    check(Concat { axis: 1 }, &x, 6);
}

#[test]
fn indexed_reads_and_writes() {
    let x = data(&[3, 4, 5]);
    check(Gather { axis: 1 }, &[x.clone(), indices(&[2, 3], 4)], 6);
    check(Gather { axis: 2 }, &[x.clone(), indices(&[], 5)], 6);
    check(
        GatherElements { axis: 1 },
        &[x.clone(), indices(&[3, 6, 2], 4)],
        6,
    );
    let scatter = ScatterElements {
        axis: 1,
        combine: Combine::Overwrite,
    };
    check(scatter, &[x, indices(&[2, 6, 5], 4), data(&[2, 6, 5])], 6);
}

#[test]
fn orders_and_marks() {
    let x = [data(&[3, 4, 5])];
    for axis in 0..3 {
        let top = TopK {
            axis,
            k: 2,
            largest: axis == 1,
        };
        check(top, &x, 6);
    }
    for axis in 0..4 {
        let values = Tensor::new([2], &[0f32, 1.0]);
        check(
            OneHot { axis, depth: 6 },
            &[indices(&[2, 3, 4], 6), values],
            6,
        );
    }
}

#[test]
fn matrices_and_sequences() {
    for (diagonal, upper) in [(0, true), (1, false), (-2, true)] {
        check(Trilu { diagonal, upper }, &[data(&[2, 4, 5])], 2);
    }
    for time_major in [false, true] {
        let x = data(&[3, 3, 2]);
        check(ReverseSequence { time_major }, &[x, indices(&[3], 4)], 2);
    }
}

#[test]
fn reshapes() {
    check(Reshape(vec![2, 12, 5]), &[data(&[2, 3, 4, 5])], 6);
    check(Reshape(vec![2, 1, 3, 4, 5]), &[data(&[2, 12, 5])], 6);
    check(Reshape(vec![1, 4]), &[data(&[1, 4, 1, 1])], 24);
    check(Reshape(vec![3, 1, 1, 4, 1]), &[data(&[3, 4])], 2);
}

#[test]
fn reductions() {
    use Reduction::*;
    let x = [data(&[2, 3, 4, 5])];
    for keepdims in [false, true] {
        for reduction in [Sum, Max, Min, Mean] {
            for axes in [vec![], vec![1], vec![0, 3], vec![1, 2], vec![0, 1, 2, 3]] {
                let op = Reduce {
                    reduction,
                    axes,
                    keepdims,
                };
                check(op, &x, 24);
            }
        }
        for axis in 0..4 {
            let op = ArgReduce {
                greatest: keepdims,
                axis,
                keepdims,
                select_last: false,
            };
            check(op, &x, 24);
        }
    }
}

#[test]
fn lines() {
    let x = data(&[3, 4, 5]);
    let small: Vec<f32> = x
        .to_vec()
        .expect("floats")
        .iter()
        .map(|x: &f32| x / 500.0)
        .collect();
    let x = [Tensor::new([3, 4, 5], &small)];
    for axis in 0..3 {
        for kind in [
            softmax::Kind::Softmax,
            softmax::Kind::LogSoftmax,
            softmax::Kind::Hardmax,
        ] {
            check(Softmax { kind, axis }, &x, 6);
        }
        let op = Scan {
            product: false,
            axis,
            exclusive: axis == 1,
            reverse: axis == 2,
        };
        check(op, &x, 6);
    }
}

#[test]
fn normalisations() {
    let (x, epsilon) = (data(&[2, 3, 4]), 1e-3);
    for (axis, shape, count) in [(2, [1, 1, 4], 2), (1, [1, 3, 4], 2), (0, [2, 3, 4], 6)] {
        let op = LayerNorm {
            kind: layer_norm::Kind::Layer,
            axis,
            epsilon,
        };
        let inputs = [x.clone(), data(&shape), data(&shape)];
        check(op, &inputs, count);
        check(Statistics { axis, epsilon }, &inputs[..1], count);
    }
}
