//! What only moves elements: joins, parts, other orders and shapes.

use super::super::builder::{Builder, small};
use super::super::known::Known;
use super::Add;
use crate::build::{int, ints};
use mlc_compiler::tensor::{DType, Tensor};

pub(super) const OPERATORS: &[Add] = &[
    concat,
    slice,
    strided_slice,
    pad,
    transpose,
    swap_twice,
    reshape,
    split,
    gather,
    tile,
    expand,
    depth_to_space,
    flatten,
    identity,
];

/// Any value with axes, as long as it may be moved.
fn movable(b: &mut Builder) -> Option<Known> {
    let known = b.value(|x| x.rank() >= 1 && x.grid.is_none());
    known.or_else(|| b.floats_of(1..=5))
}

fn any_axis(b: &mut Builder, x: &Known) -> usize {
    b.random.below(x.rank())
}

fn concat(b: &mut Builder) -> Option<()> {
    let x = movable(b)?;
    let axis = any_axis(b, &x);
    let fits = |y: &Known| {
        y.ty.dtype == x.ty.dtype
            && y.rank() == x.rank()
            && (0..x.rank()).all(|i| i == axis || y.shape()[i] == x.shape()[i])
    };
    let mut parts = vec![x.clone()];
    for _ in 0..1 + b.random.below(3) {
        parts.extend(b.value(fits));
    }
    let joined = parts
        .iter()
        .skip(1)
        .fold(x.clone(), |all, part| all.joined(part));
    let mut shape = x.shape().to_vec();
    shape[axis] = parts.iter().map(|part| part.shape()[axis]).sum();
    let names: Vec<_> = parts.iter().map(|part| &*part.name).collect();
    small(&shape).then(|| {
        b.node(
            "Concat",
            &names,
            vec![int("axis", axis)],
            joined.shaped(shape),
        )
    })?;
    Some(())
}

fn slice(b: &mut Builder) -> Option<()> {
    let x = movable(b)?;
    let axis = any_axis(b, &x);
    let start = b.random.below(x.shape()[axis]);
    let end = start + 1 + b.random.below(x.shape()[axis] - start);
    sliced(
        b,
        &x,
        [start as i64, end as i64, axis as i64, 1],
        end - start,
    )
}

/// Every second element or so, forwards or backwards.
fn strided_slice(b: &mut Builder) -> Option<()> {
    let x = movable(b)?;
    let axis = any_axis(b, &x);
    let (len, step) = (x.shape()[axis], 1 + b.random.below(3));
    let ends = match b.random.once_in(2) {
        true => [0, i64::MAX, axis as i64, step as i64],
        false => [-1, i64::MIN + 1, axis as i64, -(step as i64)],
    };
    sliced(b, &x, ends, len.div_ceil(step))
}

/// The part of an axis given as start, end, axis and step.
fn sliced(b: &mut Builder, x: &Known, part: [i64; 4], len: usize) -> Option<()> {
    let mut shape = x.shape().to_vec();
    shape[part[2] as usize] = len;
    let [start, end, axis, step] = part.map(|n| b.integers(&[n]));
    let inputs = [&*x.name, &start, &end, &axis, &step];
    b.node("Slice", &inputs, vec![], x.shaped(shape));
    Some(())
}

fn pad(b: &mut Builder) -> Option<()> {
    let x = b.image()?;
    let pads = [b.random.below(2), b.random.below(3)];
    let [p, q] = pads.map(|n| n as i64);
    let mut shape = x.shape().to_vec();
    shape[2] += pads[0] + pads[1];
    shape[3] += pads[0] + pads[1];
    let pads = b.integers(&[0, 0, p, q, 0, 0, q, p]);
    let value = b.shared(Tensor::scalar(0.5f32));
    let (mode, count) = b.random.one_of(&[
        ("constant", 2),
        ("constant", 3),
        ("reflect", 2),
        ("edge", 2),
    ]);
    let inputs = &[&*x.name, &pads, &value][..count];
    b.node(
        "Pad",
        inputs,
        vec![crate::build::text("mode", mode)],
        x.shaped(shape),
    );
    Some(())
}

fn transpose(b: &mut Builder) -> Option<()> {
    let x = movable(b)?;
    let mut perm: Vec<usize> = (0..x.rank()).collect();
    for _ in 0..1 + b.random.below(2) {
        let (i, j) = (any_axis(b, &x), any_axis(b, &x));
        perm.swap(i, j);
    }
    transposed(b, &x, &perm);
    Some(())
}

pub(super) fn transposed(b: &mut Builder, x: &Known, perm: &[usize]) -> Known {
    let moved: Vec<_> = perm.iter().map(|&axis| x.shape()[axis]).collect();
    b.node(
        "Transpose",
        &[&x.name],
        vec![ints("perm", perm)],
        x.shaped(moved),
    )
}

/// To the other layout and back, with something between, as some exporters write it.
fn swap_twice(b: &mut Builder) -> Option<()> {
    let x = b.image()?;
    let there = transposed(b, &x, &[0, 2, 3, 1]);
    let between = b.node("Relu", &[&there.name], vec![], there.clone());
    transposed(b, &between, &[0, 3, 1, 2]);
    Some(())
}

fn reshape(b: &mut Builder) -> Option<()> {
    let x = movable(b)?;
    let (len, first) = (x.ty.len(), x.shape()[0]);
    let last = x.shape()[x.rank() - 1];
    let shapes = [
        vec![first, len / first],
        vec![len],
        vec![len / last, 1, last],
        vec![first, 1, 1, len / first],
    ];
    let to = b.random.pick(&shapes).clone();
    let mut target: Vec<i64> = to.iter().map(|&n| n as i64).collect();
    if b.random.once_in(2) {
        let open = b.random.below(target.len());
        target[open] = -1;
    }
    let target = b.integers(&target);
    b.node("Reshape", &[&x.name, &target], vec![], x.shaped(to));
    Some(())
}

fn flatten(b: &mut Builder) -> Option<()> {
    let x = movable(b)?;
    let axis = b.random.below(x.rank() + 1);
    let [outer, inner] =
        [&x.shape()[..axis], &x.shape()[axis..]].map(|s| s.iter().product::<usize>());
    b.node(
        "Flatten",
        &[&x.name],
        vec![int("axis", axis)],
        x.shaped([outer, inner]),
    );
    Some(())
}

fn split(b: &mut Builder) -> Option<()> {
    let x = movable(b)?;
    let axis = any_axis(b, &x);
    let first = 1 + b.random.below(x.shape()[axis]);
    let sizes: Vec<_> = [first, x.shape()[axis] - first]
        .into_iter()
        .filter(|&n| n > 0)
        .collect();
    let part = |&n: &usize| {
        let mut shape = x.shape().to_vec();
        shape[axis] = n;
        x.shaped(shape)
    };
    let parts = sizes.iter().map(part).collect();
    let list: Vec<_> = sizes.iter().map(|&n| n as i64).collect();
    let list = b.integers(&list);
    b.nodes("Split", &[&x.name, &list], vec![int("axis", axis)], parts);
    Some(())
}

/// Positions along an axis by constant numbers, negative ones too; one number alone takes the axis away.
fn gather(b: &mut Builder) -> Option<()> {
    let x = movable(b)?;
    let axis = any_axis(b, &x);
    let (len, scalar) = (x.shape()[axis] as i64, b.random.once_in(3));
    let count = if scalar { 1 } else { 1 + b.random.below(4) };
    let indices: Vec<i64> = (0..count)
        .map(|_| b.random.between(-len, len - 1))
        .collect();
    let mut shape = x.shape().to_vec();
    let indices = match scalar {
        true => {
            shape.remove(axis);
            b.integer(DType::I64, indices[0])
        }
        false => {
            shape[axis] = count;
            b.integers(&indices)
        }
    };
    b.node(
        "Gather",
        &[&x.name, &indices],
        vec![int("axis", axis)],
        x.shaped(shape),
    );
    Some(())
}

fn tile(b: &mut Builder) -> Option<()> {
    let x = movable(b)?;
    let repeats: Vec<usize> = (0..x.rank()).map(|_| 1 + b.random.below(2)).collect();
    let shape: Vec<_> = x.shape().iter().zip(&repeats).map(|(n, r)| n * r).collect();
    let repeats: Vec<_> = repeats.iter().map(|&n| n as i64).collect();
    let repeats = b.integers(&repeats);
    small(&shape).then(|| b.node("Tile", &[&x.name, &repeats], vec![], x.shaped(shape)))?;
    Some(())
}

fn expand(b: &mut Builder) -> Option<()> {
    let x = b.value(|x| x.rank() < 5 && x.grid.is_none())?;
    let mut shape = x.shape().to_vec();
    shape.insert(0, 1 + b.random.below(3));
    for n in &mut shape[1..] {
        *n = if *n == 1 { 1 + b.random.below(3) } else { *n };
    }
    let target: Vec<_> = shape.iter().map(|&n| n as i64).collect();
    let target = b.integers(&target);
    small(&shape).then(|| b.node("Expand", &[&x.name, &target], vec![], x.shaped(shape)))?;
    Some(())
}

fn depth_to_space(b: &mut Builder) -> Option<()> {
    let x = b.value(|x| x.is_float() && x.rank() == 4 && x.shape()[1].is_multiple_of(4));
    if let Some(x) = x {
        let &[n, c, h, w] = x.shape() else {
            return None;
        };
        let mode = crate::build::text("mode", b.random.one_of(&["DCR", "CRD"]));
        let attributes = vec![int("blocksize", 2), mode];
        b.node(
            "DepthToSpace",
            &[&x.name],
            attributes,
            x.shaped([n, c / 4, h * 2, w * 2]),
        );
        return Some(());
    }
    let even = |x: &Known| x.shape()[2..].iter().all(|n| n.is_multiple_of(2));
    let x = b.value(|x| x.is_float() && x.rank() == 4 && even(x))?;
    let &[n, c, h, w] = x.shape() else {
        return None;
    };
    b.node(
        "SpaceToDepth",
        &[&x.name],
        vec![int("blocksize", 2)],
        x.shaped([n, c * 4, h / 2, w / 2]),
    );
    Some(())
}

fn identity(b: &mut Builder) -> Option<()> {
    let x = b.value(|x| x.grid.is_none())?;
    b.node("Identity", &[&x.name], vec![], x.clone());
    Some(())
}
