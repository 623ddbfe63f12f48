//! What unit tests of operators and passes share: random tensors, and comparisons through the
//! interpreter.

use crate::interp;
use crate::ir::{Graph, Op, Permuted};
use crate::lower::lower;
use crate::ops::layout::transpose::{Transpose, inverse};
use crate::tensor::{Tensor, TensorType};

/// A small generator of numbers, the same on every run.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1);
        (self.0 >> 33) as usize % n
    }

    pub(crate) fn tensor(&mut self, shape: &[usize]) -> Tensor {
        let len = shape.iter().product();
        let value = |_| self.below(801) as f32 / 100.0 - 4.0;
        let values: Vec<f32> = (0..len).map(value).collect();
        Tensor::new(shape, &values)
    }

    fn permutation(&mut self, rank: usize) -> Vec<usize> {
        let mut axes: Vec<_> = (0..rank).collect();
        let mut perm = Vec::new();
        while !axes.is_empty() {
            perm.push(axes.swap_remove(self.below(axes.len())));
        }
        perm
    }
}

/// Checks an operator's [`Op::permuted`] against its results for inputs in their own order.
pub(crate) fn assert_permutes(op: &dyn Op, inputs: &[Tensor]) {
    let types: Vec<_> = inputs.iter().map(|t| Some(&t.ty)).collect();
    let given: Vec<_> = inputs.iter().map(Some).collect();
    let expected = crate::ir::evaluate(op, &given).unwrap();
    let mut random = Random(1);
    for _ in 0..20 {
        let perm = random.permutation(inputs[0].ty.rank());
        let Permuted {
            op: new,
            inputs: data,
            output,
        } = op.permuted(&perm, &types).unwrap();
        let moved: Vec<_> = inputs
            .iter()
            .zip(data)
            .map(|(t, is_data)| {
                if is_data {
                    transpose(t, &perm)
                } else {
                    t.clone()
                }
            })
            .collect();
        let moved: Vec<_> = moved.iter().map(Some).collect();
        let results = crate::ir::evaluate(&*new, &moved).unwrap();
        for (result, expected) in results.iter().zip(&expected) {
            let back = transpose(result, &inverse(&output));
            assert!(back.identical(expected), "{op:?} permuted by {perm:?}");
        }
    }
}

fn transpose(t: &Tensor, perm: &[usize]) -> Tensor {
    crate::ir::evaluate(&Transpose(perm.into()), &[Some(t)])
        .unwrap()
        .remove(0)
}

/// Runs a pass and checks that the graph computes what it did before.
pub(crate) fn assert_same(graph: &mut Graph, pass: impl Fn(&mut Graph)) {
    let mut random = Random(2);
    let shapes: Vec<_> = graph
        .inputs
        .iter()
        .map(|&v| graph.ty(v).shape.clone())
        .collect();
    let inputs: Vec<_> = shapes.iter().map(|shape| random.tensor(shape)).collect();
    let run = |graph: &Graph| interp::run(&lower(graph).unwrap(), &inputs).unwrap();
    let before = run(graph);
    pass(graph);
    *graph = graph.compact();
    graph.verify().unwrap();
    for (new, old) in run(graph).iter().zip(&before) {
        assert_eq!(new.ty, old.ty);
        let pairs = new
            .to_vec::<f32>()
            .unwrap()
            .into_iter()
            .zip(old.to_vec::<f32>().unwrap());
        for (new, old) in pairs {
            assert!(
                (new - old).abs() <= 1e-5 * old.abs().max(1.0),
                "{new} was {old}"
            );
        }
    }
}

/// The operators that are reachable, in order, by name.
pub(crate) fn names(graph: &Graph) -> Vec<&'static str> {
    graph
        .order()
        .into_iter()
        .map(|id| graph.node(id).op.name())
        .collect()
}

/// A float tensor type.
pub(crate) fn f32s(shape: &[usize]) -> TensorType {
    TensorType::new(crate::tensor::DType::F32, shape)
}
