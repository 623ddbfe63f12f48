//! `Einsum`, composed of transpositions, sums, and products of matrices.
//!
//! Operands are taken in from left to right. At each product an index is one of four kinds: *batch*
//! (of both sides, needed later), *contracted* (of both sides, needed no more), or *free* on the left
//! or on the right. That is a batched matrix product of `[batch, left, contracted]` and
//! `[batch, contracted, right]`.

mod equation;

use crate::diag::Diag;
use crate::ir::ValueId;
use crate::ops::layout::slice::Part;
use crate::ops::reduction::reduce::Reduction;
use crate::ops::{Importer, OnnxOp, onnx};
use crate::tensor::DType;
use equation::{Equation, Index};
use std::collections::HashMap;

/// A value and the index that each of its axes runs over; no index twice.
struct Operand {
    value: ValueId,
    indices: Vec<Index>,
}

fn einsum(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let values = cx.inputs()?;
    let ranks: Vec<_> = values.iter().map(|&v| cx.ty(v).rank()).collect();
    let equation = Equation::parse(cx.node.string("equation", "")?, &ranks)
        .map_err(|d| d.at_attribute("equation"))?;
    let sizes = sizes(cx, &equation, &values)?;
    let mut operands = Vec::new();
    for (&value, term) in values.iter().zip(&equation.terms) {
        operands.push(without_repetitions(cx, value, term, &sizes)?);
    }
    // The first operand last, to take them from the end.
    operands.reverse();
    let mut result = operands
        .pop()
        .ok_or_else(|| Diag::new("missing-input", "no operands"))?;
    while let Some(next) = operands.pop() {
        let needed: Vec<Index> = operands
            .iter()
            .flat_map(|o| &o.indices)
            .chain(&equation.output)
            .copied()
            .collect();
        let (a, b) = (result.indices.clone(), next.indices.clone());
        let left = sum_away(cx, result, |i| needed.contains(&i) || b.contains(&i))?;
        let right = sum_away(cx, next, |i| needed.contains(&i) || a.contains(&i))?;
        result = product(cx, left, right, &needed, &sizes)?;
    }
    let result = sum_away(cx, result, |i| equation.output.contains(&i))?;
    let y = arranged(cx, &result, &equation.output)?;
    cx.finish(y)
}

/// The size of every index. Where one operand has 1 and another more, that one is broadcast.
fn sizes(
    cx: &Importer<'_>,
    equation: &Equation,
    values: &[ValueId],
) -> Result<HashMap<Index, usize>, Diag> {
    let mut sizes = HashMap::new();
    for (&value, term) in values.iter().zip(&equation.terms) {
        for (&index, &size) in term.iter().zip(&cx.ty(value).shape) {
            let known = sizes.entry(index).or_insert(size);
            if *known == 1 {
                *known = size;
            } else if size != 1 && size != *known {
                let message = format!("index {index} is {known} long and {size} long");
                return Err(Diag::new("shape-mismatch", message));
            }
        }
    }
    Ok(sizes)
}

/// An input with broadcast axes dropped, and the diagonal taken of indices that it has twice.
fn without_repetitions(
    cx: &mut Importer<'_>,
    value: ValueId,
    term: &[Index],
    sizes: &HashMap<Index, usize>,
) -> Result<Operand, Diag> {
    let shape = cx.shape(value);
    let kept: Vec<usize> = (0..term.len())
        .filter(|&d| shape[d] == sizes[&term[d]])
        .collect();
    let value = cx.reshape(value, kept.iter().map(|&d| shape[d]).collect())?;
    let indices = kept.iter().map(|&d| term[d]).collect();
    let mut operand = Operand { value, indices };
    while let Some((a, b)) = repetition(&operand.indices) {
        operand = diagonal(cx, operand, a, b)?;
    }
    Ok(operand)
}

/// Two axes that run over the same index.
fn repetition(indices: &[Index]) -> Option<(usize, usize)> {
    let mut axes = indices.iter().enumerate();
    axes.find_map(|(b, index)| Some((indices[..b].iter().position(|i| i == index)?, b)))
}

/// Takes the diagonal of two axes of equal length `n`: every `n + 1`-th element of both as one.
fn diagonal(cx: &mut Importer<'_>, x: Operand, a: usize, b: usize) -> Result<Operand, Diag> {
    let shape = cx.shape(x.value);
    let n = shape[a];
    let others = (0..shape.len()).filter(|&d| d != a && d != b);
    let perm: Vec<_> = others.chain([a, b]).collect();
    let value = cx.transpose(x.value, &perm)?;
    let outer = &perm[..perm.len() - 2];
    let mut flat: Vec<_> = outer.iter().map(|&d| shape[d]).collect();
    flat.push(n * n);
    let value = cx.reshape(value, flat)?;
    let part = Part {
        begin: 0,
        len: n,
        step: n as isize + 1,
    };
    let value = cx.slice(value, outer.len(), part)?;
    let indices = outer.iter().chain([&a]).map(|&d| x.indices[d]).collect();
    Ok(Operand { value, indices })
}

/// Sums over the indices that are not to be kept.
fn sum_away(
    cx: &mut Importer<'_>,
    x: Operand,
    keep: impl Fn(Index) -> bool,
) -> Result<Operand, Diag> {
    let axes: Vec<_> = (0..x.indices.len())
        .filter(|&d| !keep(x.indices[d]))
        .collect();
    if axes.is_empty() {
        return Ok(x);
    }
    let value = cx.reduce(Reduction::Sum, x.value, &axes, false)?;
    let indices = x.indices.into_iter().filter(|&i| keep(i)).collect();
    Ok(Operand { value, indices })
}

/// The product of two operands, summed over the indices that both have and that are not `needed`.
fn product(
    cx: &mut Importer<'_>,
    a: Operand,
    b: Operand,
    needed: &[Index],
    sizes: &HashMap<Index, usize>,
) -> Result<Operand, Diag> {
    let contracted = a
        .indices
        .iter()
        .any(|i| b.indices.contains(i) && !needed.contains(i));
    let float = [&a, &b].iter().all(|o| cx.ty(o.value).dtype == DType::F32);
    if !contracted || !float {
        return elementwise(cx, a, b, needed);
    }
    match prefers_swapped(cx, &a, &b, needed)? {
        true => matrix(cx, b, a, needed, sizes),
        false => matrix(cx, a, b, needed, sizes),
    }
}

/// Weights belong on the right; otherwise what the output has first belongs on the left.
fn prefers_swapped(
    cx: &Importer<'_>,
    a: &Operand,
    b: &Operand,
    needed: &[Index],
) -> Result<bool, Diag> {
    let constant = |o: &Operand| cx.graph.constant(o.value).is_some();
    if constant(a) != constant(b) {
        return Ok(constant(a));
    }
    let first_of = |o: &Operand, other: &Operand| {
        let free = |i: &Index| o.indices.contains(i) && !other.indices.contains(i);
        needed.iter().position(free).unwrap_or(usize::MAX)
    };
    Ok(first_of(b, a) < first_of(a, b))
}

/// The product as a product of matrices.
fn matrix(
    cx: &mut Importer<'_>,
    a: Operand,
    b: Operand,
    needed: &[Index],
    sizes: &HashMap<Index, usize>,
) -> Result<Operand, Diag> {
    let of_both = |i: &Index| b.indices.contains(i);
    let (common, left): (Vec<_>, Vec<_>) = a.indices.iter().copied().partition(of_both);
    let (batch, contracted): (Vec<_>, Vec<_>) =
        common.into_iter().partition(|i| needed.contains(i));
    let right = b.indices.iter().copied().filter(|i| !a.indices.contains(i));
    let right: Vec<_> = right.collect();
    let x = grouped(cx, &a, [&batch, &left, &contracted])?;
    let w = grouped(cx, &b, [&batch, &contracted, &right])?;
    let y = cx.matmul(x, w, None)?;
    let indices = [batch, left, right].concat();
    let shape = indices.iter().map(|i| sizes[i]).collect();
    let value = cx.reshape(y, shape)?;
    Ok(Operand { value, indices })
}

/// A value with the axes of each group merged into one; without the first axis if nothing is in it.
fn grouped(cx: &mut Importer<'_>, x: &Operand, groups: [&[Index]; 3]) -> Result<ValueId, Diag> {
    let value = arranged(cx, x, &groups.concat())?;
    let mut sizes = cx.shape(value).into_iter();
    let mut merged = groups
        .map(|g| sizes.by_ref().take(g.len()).product())
        .to_vec();
    if groups[0].is_empty() {
        merged.remove(0);
    }
    cx.reshape(value, merged)
}

/// A value with its axes in the order of `indices`.
fn arranged(cx: &mut Importer<'_>, x: &Operand, indices: &[Index]) -> Result<ValueId, Diag> {
    let axis = |index: &Index| x.indices.iter().position(|i| i == index);
    let perm: Option<Vec<_>> = indices.iter().map(axis).collect();
    let perm = perm.filter(|perm| perm.len() == x.indices.len());
    let perm = perm.ok_or_else(|| {
        Diag::new(
            "invalid-attribute",
            "the output has an index that no operand has",
        )
    })?;
    cx.transpose(x.value, &perm)
}

/// The product by broadcasting, for what no matrix product computes.
fn elementwise(
    cx: &mut Importer<'_>,
    a: Operand,
    b: Operand,
    needed: &[Index],
) -> Result<Operand, Diag> {
    let mut indices = a.indices.clone();
    indices.extend(b.indices.iter().filter(|i| !a.indices.contains(i)));
    let a = spread(cx, &a, &indices)?;
    let b = spread(cx, &b, &indices)?;
    let value = cx.map("mul", &[a, b])?;
    sum_away(cx, Operand { value, indices }, |i| needed.contains(&i))
}

/// A value with the axes of `indices`, of length 1 where it has none.
fn spread(cx: &mut Importer<'_>, x: &Operand, indices: &[Index]) -> Result<ValueId, Diag> {
    let own: Vec<_> = indices
        .iter()
        .copied()
        .filter(|i| x.indices.contains(i))
        .collect();
    let value = arranged(cx, x, &own)?;
    let mut sizes = cx.shape(value).into_iter();
    let size = |i: &Index| {
        if own.contains(i) {
            sizes.next().unwrap_or(1)
        } else {
            1
        }
    };
    let shape = indices.iter().map(size).collect();
    cx.reshape(value, shape)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("Einsum", einsum)];
