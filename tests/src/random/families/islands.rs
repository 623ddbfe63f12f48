//! Quantised layers as exporters write them: between dequantisation and quantisation, per tensor and per channel.
//!
//! What is dequantised is known by its grid. A layer that is computed on integers may be off by one step of its output's
//! grid, and by what its inputs are off, times how much it can enlarge that.

use super::super::builder::{Builder, small};
use super::super::known::{Grid, Known, limits};
use super::super::numbers::integers;
use super::Add;
use crate::build::{int, ints};
use mlc_compiler::tensor::{DType, Tensor, TensorType};

pub(super) const OPERATORS: &[Add] = &[
    enter, enter, conv, conv, dense, add, multiply, pool, activation, moved, joined, leave,
];

/// Types of activations: bytes mostly.
const TYPES: [DType; 6] = [
    DType::U8,
    DType::I8,
    DType::U8,
    DType::I8,
    DType::I16,
    DType::U16,
];

fn any_grid(b: &mut Builder) -> Grid {
    let dtype = b.random.one_of(&TYPES);
    let (low, high) = limits(dtype);
    let range = 1.0 + 3.0 * b.random.float().abs();
    let zero = match b.random.below(3) {
        0 => (low + high + 1) / 2,
        1 => low,
        _ => low + b.random.between(0, high - low),
    };
    Grid {
        dtype,
        scale: range / (high - low) as f32,
        zero,
    }
}

/// Rounds to a grid and comes back. Integers that `x` may make differ are off by a step.
fn quantised(b: &mut Builder, x: &Known, grid: Grid) -> Known {
    let slack = if x.exact {
        0.0
    } else {
        x.slack + f64::from(grid.scale)
    };
    let steps = (slack / f64::from(grid.scale)).round();
    let scale = b.shared(Tensor::scalar(grid.scale));
    let zero = b.integer(grid.dtype, grid.zero);
    let known = |dtype, slack| Known {
        exact: x.exact,
        slack,
        ..Known::exactly(dtype, x.shape())
    };
    let q = b.node(
        "QuantizeLinear",
        &[&x.name, &scale, &zero],
        vec![],
        known(grid.dtype, steps),
    );
    let made = Known {
        grid: Some(grid),
        ..known(DType::F32, slack)
    };
    b.node("DequantizeLinear", &[&q.name, &scale, &zero], vec![], made)
}

/// Rounds the result of a layer, which is off by `slack`, to a grid of its own; or now and then, leaves it.
fn rounded(b: &mut Builder, y: Known) -> Option<()> {
    if !b.random.once_in(8) {
        let grid = any_grid(b);
        quantised(b, &y, grid);
    }
    Some(())
}

/// Dequantised values of so many axes.
fn inside(b: &mut Builder, rank: Option<usize>) -> Option<Known> {
    b.value(|x| x.grid.is_some() && rank.is_none_or(|rank| x.rank() == rank))
}

fn enter(b: &mut Builder) -> Option<()> {
    let x = if b.random.once_in(2) {
        b.image()?
    } else {
        b.floats_of(1..=4)?
    };
    let grid = any_grid(b);
    quantised(b, &x, grid);
    Some(())
}

/// Integer weights with a scale for each channel along `axis`, or one; and by how much outputs can exceed inputs.
struct Weights {
    name: String,
    scales: Vec<f32>,
    gain: f64,
}

fn weights(b: &mut Builder, shape: &[usize], axis: usize) -> Weights {
    let (channels, terms) = (shape[axis], shape.iter().product::<usize>() / shape[axis]);
    let dtype = b.random.one_of(&[DType::I8, DType::I8, DType::U8]);
    let count = if dtype == DType::I8 && b.random.once_in(2) {
        channels
    } else {
        1
    };
    let (low, high) = if dtype == DType::I8 {
        (-127, 127)
    } else {
        (0, 255)
    };
    let unit = 2.0 / (high - low) as f32 / (terms as f32).sqrt();
    let scales: Vec<f32> = (0..count)
        .map(|_| unit * (0.5 + b.random.float().abs()))
        .collect();
    let ty = TensorType::new(dtype, shape);
    let values: Vec<i64> = (0..ty.len()).map(|_| b.random.between(low, high)).collect();
    let q = b.constant(integers(&ty, values), 0);
    let zero = if dtype == DType::I8 { 0 } else { 128 };
    let per = if count == 1 { vec![] } else { vec![count] };
    let zeros = TensorType::new(dtype, &*per);
    let zeros = b.shared(integers(&zeros, vec![zero; count]));
    let scale = b.shared(Tensor::new(per, &scales));
    let made = Known::exactly(DType::F32, shape);
    let name = b
        .node(
            "DequantizeLinear",
            &[&q, &scale, &zeros],
            vec![int("axis", axis)],
            made,
        )
        .name;
    let most = scales.iter().fold(0.0f32, |most, &s| most.max(s));
    let gain = terms as f64 * f64::from(most) * 128.0;
    Weights { name, scales, gain }
}

/// A bias on the grid of the sums.
fn bias(b: &mut Builder, x: Grid, weights: &Weights, channels: usize) -> String {
    let scales: Vec<f32> = weights.scales.iter().map(|s| s * x.scale).collect();
    let per = if scales.len() == 1 {
        vec![]
    } else {
        vec![channels]
    };
    let values: Vec<i32> = (0..channels)
        .map(|_| b.random.between(-500, 500) as i32)
        .collect();
    let q = b.constant(Tensor::new([channels], &values), 0);
    let scale = b.shared(Tensor::new(per, &scales));
    b.node(
        "DequantizeLinear",
        &[&q, &scale],
        vec![int("axis", 0)],
        Known::exactly(DType::F32, [channels]),
    )
    .name
}

fn conv(b: &mut Builder) -> Option<()> {
    let x = inside(b, Some(4)).or_else(|| enter(b).and_then(|()| inside(b, Some(4))))?;
    let (shape, grid) = (x.shape(), x.grid?);
    let groups = b.random.one_of(&[1, 1, shape[1]]);
    let out = groups * (1 + b.random.below(if groups == 1 { 6 } else { 1 }));
    let (kernel, stride) = (b.random.one_of(&[1usize, 3]), 1 + b.random.below(2));
    let pad = b.random.below(kernel.div_ceil(2));
    let size = |n: usize| Some((n + 2 * pad).checked_sub(kernel)? / stride + 1);
    let y = [shape[0], out, size(shape[2])?, size(shape[3])?];
    small(&y).then_some(())?;
    let w = weights(b, &[out, shape[1] / groups, kernel, kernel], 0);
    let c = bias(b, grid, &w, out);
    let attributes = vec![
        int("group", groups),
        ints("strides", &[stride; 2]),
        ints("pads", &[pad; 4]),
    ];
    let inputs = &[&*x.name, &w.name, &c][..2 + b.random.below(2)];
    let made = Known::rounded(y).off_by(x.slack * w.gain);
    let y = b.node("Conv", inputs, attributes, made);
    let y = relu(b, y);
    rounded(b, y)
}

fn relu(b: &mut Builder, y: Known) -> Known {
    match b.random.once_in(2) {
        true => b.node("Relu", &[&y.name], vec![], y.clone()),
        false => y,
    }
}

fn dense(b: &mut Builder) -> Option<()> {
    let x = inside(b, None).filter(|x| x.rank() >= 2)?;
    let (grid, into, out) = (x.grid?, *x.shape().last()?, 1 + b.random.below(8));
    let mut shape = x.shape().to_vec();
    *shape.last_mut()? = out;
    small(&shape).then_some(())?;
    let w = weights(b, &[into, out], 1);
    let made = Known::rounded(shape).off_by(x.slack * w.gain);
    let y = match x.rank() == 2 && b.random.once_in(2) {
        true => {
            let c = bias(b, grid, &w, out);
            b.node("Gemm", &[&x.name, &w.name, &c], vec![], made)
        }
        false => b.node("MatMul", &[&x.name, &w.name], vec![], made),
    };
    let y = relu(b, y);
    rounded(b, y)
}

/// Two values inside, the second broadcast to the first.
fn pair(b: &mut Builder) -> Option<(Known, Known)> {
    let x = inside(b, None)?;
    let y = b.value(|y| y.grid.is_some() && super::pointwise::reaches(y.shape(), x.shape()))?;
    Some((x, y))
}

fn add(b: &mut Builder) -> Option<()> {
    let (x, y) = pair(b)?;
    let operator = b.random.one_of(&["Add", "Sub"]);
    let made = Known::rounded(x.shape()).off_by(x.slack + y.slack);
    let sum = b.node(operator, &[&x.name, &y.name], vec![], made);
    let sum = relu(b, sum);
    rounded(b, sum)
}

fn multiply(b: &mut Builder) -> Option<()> {
    let (x, y) = pair(b)?;
    let slack = x.slack * y.grid?.reach() + y.slack * x.grid?.reach();
    let made = Known::rounded(x.shape()).off_by(slack);
    let product = b.node("Mul", &[&x.name, &y.name], vec![], made);
    rounded(b, product)
}

fn pool(b: &mut Builder) -> Option<()> {
    let x = inside(b, Some(4))?;
    let y = match b.random.once_in(3) {
        true => {
            let shape = [x.shape()[0], x.shape()[1], 1, 1];
            b.node(
                "GlobalAveragePool",
                &[&x.name],
                vec![],
                Known::rounded(shape).off_by(x.slack),
            )
        }
        false => {
            let stride = 1 + b.random.below(2);
            let y = super::layers::pooled(b, &x, 2, stride, [0; 4])?;
            y.off_by(x.slack)
        }
    };
    rounded(b, y)
}

fn activation(b: &mut Builder) -> Option<()> {
    let x = inside(b, None)?;
    // None of them is steeper than 1.5.
    let operator = b.random.one_of(&[
        "Relu",
        "Sigmoid",
        "Tanh",
        "LeakyRelu",
        "HardSwish",
        "HardSigmoid",
    ]);
    let made = Known::rounded(x.shape()).off_by(1.5 * x.slack);
    let y = b.node(operator, &[&x.name], vec![], made);
    rounded(b, y)
}

/// Moved, on the same grid.
fn moved(b: &mut Builder) -> Option<()> {
    let x = inside(b, None).filter(|x| x.rank() >= 2)?;
    let mut perm: Vec<_> = (0..x.rank()).collect();
    perm.swap(x.rank() - 1, x.rank() - 2);
    let plain = Known {
        grid: None,
        ..x.clone()
    };
    let y = match b.random.once_in(2) {
        true => super::moves::transposed(b, &plain, &perm),
        false => {
            let target = b.integers(&[0, -1]);
            let shape = [x.shape()[0], x.ty.len() / x.shape()[0]];
            b.node("Reshape", &[&x.name, &target], vec![], plain.shaped(shape))
        }
    };
    quantised(b, &y, x.grid?);
    Some(())
}

fn joined(b: &mut Builder) -> Option<()> {
    let x = inside(b, None).filter(|x| x.rank() >= 2)?;
    let fits = |y: &Known| {
        y.grid.is_some()
            && y.rank() == x.rank()
            && (0..x.rank()).all(|i| i == 1 || y.shape()[i] == x.shape()[i])
    };
    let y = b.value(fits)?;
    let mut shape = x.shape().to_vec();
    shape[1] += y.shape()[1];
    let made = x.joined(&y).shaped(&*shape);
    small(&shape).then_some(())?;
    let both = b.node("Concat", &[&x.name, &y.name], vec![int("axis", 1)], made);
    rounded(b, both)
}

/// To floats that are no longer on a grid.
fn leave(b: &mut Builder) -> Option<()> {
    let x = inside(b, None)?;
    b.node(
        "Neg",
        &[&x.name],
        vec![],
        Known {
            grid: None,
            ..x.clone()
        },
    );
    Some(())
}
