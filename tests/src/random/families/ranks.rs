//! Tensors of no axis to five, constants among the values, axes of size one that come and go.

use super::super::builder::{Builder, any_shape, small};
use super::super::known::Known;
use super::Add;
use super::integers::TYPES;
use mlc_compiler::tensor::{DType, TensorType};

pub(super) const OPERATORS: &[Add] = &[
    constant, number, unsqueeze, squeeze, outer, same_twice, plain,
];

/// A constant for any operator to take.
fn constant(b: &mut Builder) -> Option<()> {
    let dtype = b
        .random
        .one_of(&[DType::F32, DType::F32, TYPES[0], TYPES[1], DType::Bool]);
    let shape = any_shape(&mut b.random, 0, 5);
    b.constant_value(&TensorType::new(dtype, shape));
    Some(())
}

/// An input of no axes.
fn number(b: &mut Builder) -> Option<()> {
    let x = b.value_or_input(
        |x| x.is_float() && x.rank() == 0,
        |_| TensorType::new(DType::F32, []),
    )?;
    b.node("Sigmoid", &[&x.name], vec![], Known::rounded([]));
    Some(())
}

fn unsqueeze(b: &mut Builder) -> Option<()> {
    let x = b.value(|x| x.rank() < 5 && x.grid.is_none())?;
    let axis = b.random.below(x.rank() + 1);
    let mut shape = x.shape().to_vec();
    shape.insert(axis, 1);
    let axes = b.integers(&[axis as i64]);
    b.node("Unsqueeze", &[&x.name, &axes], vec![], x.shaped(shape));
    Some(())
}

fn squeeze(b: &mut Builder) -> Option<()> {
    let x = b.value(|x| x.shape().contains(&1) && x.grid.is_none())?;
    let axis = x.shape().iter().position(|&n| n == 1)?;
    let (axes, mut one) = (b.integers(&[axis as i64]), x.shape().to_vec());
    one.remove(axis);
    match b.random.once_in(2) {
        true => b.node("Squeeze", &[&x.name, &axes], vec![], x.shaped(one)),
        false => {
            let none: Vec<_> = x.shape().iter().copied().filter(|&n| n != 1).collect();
            b.node("Squeeze", &[&x.name], vec![], x.shaped(none))
        }
    };
    Some(())
}

/// Two values, each of which is broadcast to the other.
fn outer(b: &mut Builder) -> Option<()> {
    let (x, y) = (b.floats_of(0..=3)?, b.floats_of(0..=2)?);
    let axes: Vec<i64> = (x.rank()..x.rank() + y.rank())
        .map(|axis| axis as i64)
        .collect();
    let axes = b.integers(&axes);
    let mut shape = x.shape().to_vec();
    shape.extend(vec![1; y.rank()]);
    let tall = b.node("Unsqueeze", &[&x.name, &axes], vec![], x.shaped(&*shape));
    shape.truncate(x.rank());
    shape.extend(y.shape());
    small(&shape).then(|| b.node("Sub", &[&tall.name, &y.name], vec![], Known::rounded(shape)))?;
    Some(())
}

/// One value as both operands.
fn same_twice(b: &mut Builder) -> Option<()> {
    let x = b.floats()?;
    let operator = b.random.one_of(&["Add", "Sub", "Max", "Min"]);
    b.node(
        operator,
        &[&x.name, &x.name],
        vec![],
        Known::rounded(x.shape()),
    );
    Some(())
}

fn plain(b: &mut Builder) -> Option<()> {
    let add = b.random.one_of(super::pointwise::OPERATORS);
    add(b)
}
