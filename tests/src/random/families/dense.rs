//! Products of matrices and what stands around them.

use super::super::builder::{Builder, small};
use super::super::known::Known;
use super::Add;
use crate::build::{int, number, text};

pub(super) const OPERATORS: &[Add] = &[dense, gemm, product, softmax, layer_norm, einsum, lookup];

fn dense(b: &mut Builder) -> Option<()> {
    let x = b.floats_of(1..=4)?;
    let (into, out) = (*x.shape().last()?, 1 + b.random.below(20));
    let w = b.weights(&[into, out], into);
    let mut shape = x.shape().to_vec();
    *shape.last_mut()? = out;
    small(&shape).then(|| b.node("MatMul", &[&x.name, &w], vec![], Known::rounded(shape)))?;
    Some(())
}

/// With factors, transpositions and a bias that is broadcast.
fn gemm(b: &mut Builder) -> Option<()> {
    let x = b.floats_of(2..=2)?;
    let [across, along] = [b.random.once_in(3), b.random.once_in(2)];
    let [rows, into] = if across {
        [x.shape()[1], x.shape()[0]]
    } else {
        [x.shape()[0], x.shape()[1]]
    };
    let out = 1 + b.random.below(12);
    let shape = if along { [out, into] } else { [into, out] };
    let w = b.weights(&shape, into);
    let bias = [
        vec![out],
        vec![1, out],
        vec![rows, 1],
        vec![rows, out],
        vec![],
    ];
    let bias = b.random.pick(&bias).clone();
    let bias = b.weights(&bias, 1);
    let attributes = vec![
        int("transA", across.into()),
        int("transB", along.into()),
        number("alpha", b.random.one_of(&[1.0, 0.5])),
        number("beta", b.random.one_of(&[1.0, 2.0])),
    ];
    let inputs = &[&*x.name, &w, &bias][..2 + b.random.below(2)];
    b.node("Gemm", inputs, attributes, Known::rounded([rows, out]));
    Some(())
}

/// Of two values, as in attention: one with itself transposed, bounded afterwards.
fn product(b: &mut Builder) -> Option<()> {
    let x = b.floats_of(2..=4)?;
    let mut perm: Vec<_> = (0..x.rank()).collect();
    perm.swap(x.rank() - 1, x.rank() - 2);
    let across = super::moves::transposed(b, &x, &perm);
    let mut shape = x.shape().to_vec();
    *shape.last_mut()? = shape[x.rank() - 2];
    if !small(&shape) {
        return None;
    }
    let scores = b.node(
        "MatMul",
        &[&x.name, &across.name],
        vec![],
        Known::rounded(&*shape),
    );
    let attributes = vec![int("axis", x.rank() - 1)];
    let weights = b.node(
        "Softmax",
        &[&scores.name],
        attributes,
        Known::rounded(shape),
    );
    b.node(
        "MatMul",
        &[&weights.name, &x.name],
        vec![],
        Known::rounded(x.shape()),
    );
    Some(())
}

fn softmax(b: &mut Builder) -> Option<()> {
    let x = b.floats_of(1..=5)?;
    let axis = b.random.below(x.rank());
    let operator = b.random.one_of(&["Softmax", "Softmax", "LogSoftmax"]);
    b.node(
        operator,
        &[&x.name],
        vec![int("axis", axis)],
        Known::rounded(x.shape()),
    );
    Some(())
}

fn layer_norm(b: &mut Builder) -> Option<()> {
    let x = b.floats_of(2..=4)?;
    let axis = b.random.below(x.rank());
    let len = x.shape()[axis..].iter().product();
    let s = b.positive(len);
    let bias = b.weights(&x.shape()[axis..], 1);
    let shape: Vec<_> = x.shape()[axis..].iter().map(|&n| n as i64).collect();
    let shape = b.integers(&shape);
    let s = b.node(
        "Reshape",
        &[&s, &shape],
        vec![],
        Known::rounded(&x.shape()[axis..]),
    );
    // Large enough that what is all but constant is not blown up.
    let attributes = vec![int("axis", axis), number("epsilon", 0.01)];
    b.node(
        "LayerNormalization",
        &[&x.name, &s.name, &bias],
        attributes,
        Known::rounded(x.shape()),
    );
    Some(())
}

fn einsum(b: &mut Builder) -> Option<()> {
    let x = b.floats_of(3..=3)?;
    let &[n, m, k] = x.shape() else { return None };
    let out = 1 + b.random.below(4);
    let w = b.weights(&[k, out], k);
    let (equation, shape) = match b.random.below(3) {
        0 => ("bij,jk->bik", vec![n, m, out]),
        1 => ("bij,jk->kbi", vec![out, n, m]),
        _ => ("bij,jk->bk", vec![n, out]),
    };
    b.node(
        "Einsum",
        &[&x.name, &w],
        vec![text("equation", equation)],
        Known::rounded(shape),
    );
    Some(())
}

/// Rows of a table by integers, which a remainder keeps within it.
fn lookup(b: &mut Builder) -> Option<()> {
    use mlc_compiler::tensor::DType;
    let x = b.certain(&[DType::I64, DType::I32])?;
    let (rows, wide) = (2 + b.random.below(6), 1 + b.random.below(6));
    let bound = b.integer(x.ty.dtype, rows as i64);
    let index = b.node("Mod", &[&x.name, &bound], vec![], x.clone());
    let table = b.weights(&[rows, wide], 1);
    let mut shape = x.shape().to_vec();
    shape.push(wide);
    (shape.len() <= 5).then(|| {
        b.node(
            "Gather",
            &[&table, &index.name],
            vec![],
            Known::exactly(DType::F32, shape),
        )
    })?;
    Some(())
}
