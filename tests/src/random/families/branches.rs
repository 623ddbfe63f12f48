//! Branches side by side: what can run row by row, at several strides at once.

use super::super::builder::{Builder, small};
use super::super::known::Known;
use super::Add;
use super::layers::{Conv, convolve, pooled};
use super::moves::transposed;
use crate::build::{int, ints};
use mlc_compiler::tensor::{DType, TensorType};

pub(super) const OPERATORS: &[Add] = &[
    stacked,
    strided,
    strided,
    tall,
    channels_last,
    pyramid,
    slide,
];

/// Layers side by side, of which each leaves less than it makes, joined along the rows of the image.
fn stacked(b: &mut Builder) -> Option<()> {
    let x = b.image()?;
    let out = 1 + b.random.below(4);
    let mut parts = Vec::new();
    for _ in 0..2 + b.random.below(3) {
        let width = 1 + b.random.below(12);
        let wide = pointwise(b, &x, width)?;
        let inner = b.node("Relu", &[&wide.name], vec![], wide.clone());
        parts.push(pointwise(b, &inner, out)?);
    }
    join(b, &parts, 2)
}

fn pointwise(b: &mut Builder, x: &Known, out: usize) -> Option<Known> {
    let conv = Conv {
        groups: 1,
        out,
        kernel: 1,
        stride: 1,
    };
    convolve(b, x, conv)
}

fn join(b: &mut Builder, parts: &[Known], axis: usize) -> Option<()> {
    let first = parts.first()?;
    let mut shape = first.shape().to_vec();
    shape[axis] = parts.iter().map(|part| part.shape()[axis]).sum();
    let names: Vec<_> = parts.iter().map(|part| &*part.name).collect();
    small(&shape).then(|| {
        b.node(
            "Concat",
            &names,
            vec![int("axis", axis)],
            Known::rounded(shape),
        )
    })?;
    Some(())
}

/// Chains of windows of different strides over one image, each an end of its own or pooled and joined with the others.
fn strided(b: &mut Builder) -> Option<()> {
    let x = b.image()?;
    let (joined, count) = (b.random.once_in(2), 2 + b.random.below(3));
    let mut ends = Vec::new();
    for _ in 0..count {
        let mut y = x.clone();
        for _ in 0..1 + b.random.below(3) {
            y = window(b, &y).unwrap_or(y);
        }
        let pooled = vec![x.shape()[0], y.shape()[1], 1, 1];
        if joined {
            ends.push(b.node(
                "GlobalAveragePool",
                &[&y.name],
                vec![],
                Known::rounded(pooled),
            ));
        }
    }
    match joined {
        true => join(b, &ends, 1),
        false => Some(()),
    }
}

/// A layer that makes each row from several: any kernel, any stride, more padding on some sides than on others.
fn window(b: &mut Builder, x: &Known) -> Option<Known> {
    let (kernel, stride) = (1 + b.random.below(5), 1 + b.random.below(4));
    if b.random.once_in(2) {
        let out = 1 + b.random.below(6);
        return convolve(
            b,
            x,
            Conv {
                groups: 1,
                out,
                kernel,
                stride,
            },
        );
    }
    let pads = [(); 4].map(|()| {
        if b.random.once_in(2) {
            0
        } else {
            b.random.below(kernel)
        }
    });
    pooled(b, x, kernel, stride, pads)
}

/// Two ways to the same size, added: one layer strides, the other one too, before or after it.
fn pyramid(b: &mut Builder) -> Option<()> {
    let x = b.image()?;
    let channels = 1 + b.random.below(4);
    let strides = b.random.one_of(&[[2, 1], [1, 2]]);
    let mut ways = Vec::new();
    for (first, second) in [(strides[0], strides[1]), (2, 1)] {
        let pad = |stride| Conv {
            groups: 1,
            out: channels,
            kernel: 1,
            stride,
        };
        let inner = convolve(b, &x, pad(first))?;
        ways.push(convolve(b, &inner, pad(second))?);
    }
    let sum = ways[0].clone();
    b.node("Add", &[&ways[0].name, &ways[1].name], vec![], sum);
    Some(())
}

/// An image with many rows.
fn tall(b: &mut Builder) -> Option<()> {
    let fits = |x: &Known| x.is_float() && x.rank() == 4 && x.shape()[2] >= 16 && x.shape()[3] >= 3;
    let x = b.value_or_input(fits, |random| {
        let shape = [
            1,
            1 + random.below(3),
            16 + random.below(17),
            3 + random.below(4),
        ];
        TensorType::new(DType::F32, shape)
    })?;
    window(b, &x).map(drop)
}

/// An image whose channels come last, as the rows of cameras do.
fn channels_last(b: &mut Builder) -> Option<()> {
    let fits = |x: &Known| {
        x.is_float() && x.rank() == 4 && x.name.starts_with("input") && x.shape()[3] <= 4
    };
    let x = b.value_or_input(fits, |random| {
        let size = 6 + random.below(12);
        TensorType::new(DType::F32, [1, size, size, 1 + random.below(4)])
    })?;
    let image = transposed(b, &x, &[0, 3, 1, 2]);
    window(b, &image).map(drop)
}

/// An image, and a few layers that slide over it or over each other.
pub(in super::super) fn slide_over_one_image(b: &mut Builder) {
    let [height, width, channels] = [20, 6, 3].map(|most| 1 + b.random.below(most));
    let x = b.input(TensorType::new(
        DType::F32,
        [1, channels, 3 + height, width],
    ));
    for _ in 0..2 + b.random.below(4) {
        let over = b.value(|y| y.is_float() && y.rank() == 4);
        let over = over.filter(|_| b.random.once_in(2));
        slide_over(b, &over.unwrap_or(x.clone()));
    }
}

fn slide(b: &mut Builder) -> Option<()> {
    let x = b.image()?;
    slide_over(b, &x);
    Some(())
}

/// A layer whose windows have any height, stride and padding, over an image that others may slide over as well.
fn slide_over(b: &mut Builder, x: &Known) {
    let &[n, channels, height, width] = x.shape() else {
        return;
    };
    let (kernel, stride) = (1 + b.random.below(height.min(4)), 1 + b.random.below(4));
    let [top, bottom] = [0; 2].map(|_| b.random.below(kernel));
    let across = width.min(1 + b.random.below(2));
    let mut attributes = vec![
        ints("kernel_shape", &[kernel, across]),
        ints("strides", &[stride, 1]),
        ints("pads", &[top, 0, bottom, 0]),
    ];
    let [rows, columns] = [
        (height + top + bottom - kernel) / stride + 1,
        width - across + 1,
    ];
    let operator = b.random.one_of(&["MaxPool", "AveragePool", "Conv", "Conv"]);
    if operator != "Conv" {
        let exact = x.exact && operator == "MaxPool";
        let y = x.shaped([n, channels, rows, columns]);
        b.node(operator, &[&x.name], attributes, Known { exact, ..y });
        return;
    }
    let groups = b.random.one_of(&[1, channels]);
    let (into, out) = (channels / groups, groups * (1 + b.random.below(3)));
    let w = b.weights(&[out, into, kernel, across], into * kernel * across);
    attributes.push(int("group", groups));
    let y = Known::rounded([n, out, rows, columns]);
    b.node("Conv", &[&x.name, &w], attributes, y);
}
