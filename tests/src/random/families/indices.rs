//! Positions: the greatest and where it is, elements by computed numbers, elements put elsewhere.

use super::super::builder::Builder;
use super::super::known::Known;
use super::Add;
use super::integers::TYPES;
use crate::build::int;
use mlc_compiler::tensor::{DType, Tensor};

pub(super) const OPERATORS: &[Add] = &[arg, arg, top_k, gather_elements, scatter, one_hot, reverse];

const ORDERED: &[DType] = &[DType::F32, DType::F32, DType::I32, DType::I64];

fn ordered(b: &mut Builder) -> Option<Known> {
    b.certain(ORDERED).filter(|x| x.rank() >= 1)
}

fn arg(b: &mut Builder) -> Option<()> {
    let x = ordered(b)?;
    let (axis, keep) = (b.random.below(x.rank()), b.random.below(2));
    let attributes = vec![
        int("axis", axis),
        int("keepdims", keep),
        int("select_last_index", b.random.below(2)),
    ];
    let operator = b.random.one_of(&["ArgMax", "ArgMin"]);
    let shape = super::reductions::reduced(x.shape(), &[axis], keep == 1);
    b.node(
        operator,
        &[&x.name],
        attributes,
        Known::exactly(DType::I64, shape),
    );
    Some(())
}

fn top_k(b: &mut Builder) -> Option<()> {
    let x = ordered(b)?;
    let axis = b.random.below(x.rank());
    let mut shape = x.shape().to_vec();
    shape[axis] = 1 + b.random.below(shape[axis]);
    let k = b.integers(&[shape[axis] as i64]);
    let attributes = vec![int("axis", axis), int("largest", b.random.below(2))];
    let outputs = vec![x.shaped(&*shape), Known::exactly(DType::I64, shape)];
    b.nodes("TopK", &[&x.name, &k], attributes, outputs);
    Some(())
}

/// Integers as positions along an axis, which a remainder keeps within it.
fn positions(b: &mut Builder, len: usize, fits: impl Fn(&[usize]) -> bool) -> Option<Known> {
    let x = b.value(|x| x.exact && x.ty.dtype == DType::I64 && fits(x.shape()))?;
    let bound = b.integer(DType::I64, len as i64);
    Some(b.node("Mod", &[&x.name, &bound], vec![], x.clone()))
}

fn gather_elements(b: &mut Builder) -> Option<()> {
    let x = b.value(|x| x.rank() >= 1 && x.slack == 0.0 && x.grid.is_none())?;
    let axis = b.random.below(x.rank());
    let within = |shape: &[usize]| {
        shape.len() == x.rank() && (0..x.rank()).all(|i| i == axis || shape[i] <= x.shape()[i])
    };
    let index = positions(b, x.shape()[axis], within)?;
    b.node(
        "GatherElements",
        &[&x.name, &index.name],
        vec![int("axis", axis)],
        x.shaped(index.shape()),
    );
    Some(())
}

/// Rows put at constant places, no two at one.
fn scatter(b: &mut Builder) -> Option<()> {
    let x = b.value(|x| x.is_float() && x.rank() >= 1 && x.shape()[0] >= 2)?;
    let rows = x.shape()[0] as i64;
    let first = b.random.between(0, rows - 2);
    let indices = b.shared(Tensor::new([2, 1], &[first + 1, first]));
    let mut shape = x.shape().to_vec();
    shape[0] = 2;
    let updates = b.weights(&shape, 1);
    b.node(
        "ScatterND",
        &[&x.name, &indices, &updates],
        vec![],
        x.shaped(x.shape()),
    );
    Some(())
}

fn one_hot(b: &mut Builder) -> Option<()> {
    let index = positions(b, 4, |shape| shape.len() <= 3)?;
    let depth = b.integer(DType::I64, 4);
    let values = b.shared(Tensor::new([2], &[-0.5f32, 1.0]));
    let mut shape = index.shape().to_vec();
    shape.push(4);
    b.node(
        "OneHot",
        &[&index.name, &depth, &values],
        vec![],
        Known::exactly(DType::F32, shape),
    );
    Some(())
}

/// The first rows of each sequence backwards.
fn reverse(b: &mut Builder) -> Option<()> {
    let x = b.value(|x| {
        x.rank() >= 2 && (TYPES.contains(&x.ty.dtype) || x.is_float()) && x.grid.is_none()
    })?;
    let lengths: Vec<i64> = (0..x.shape()[1])
        .map(|_| b.random.between(1, x.shape()[0] as i64))
        .collect();
    let lengths = b.integers(&lengths);
    let attributes = vec![int("time_axis", 0), int("batch_axis", 1)];
    b.node(
        "ReverseSequence",
        &[&x.name, &lengths],
        attributes,
        x.clone(),
    );
    Some(())
}
