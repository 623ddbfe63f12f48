//! Layers over images: convolutions, pools, normalisation.

use super::super::builder::{Builder, small};
use super::super::known::Known;
use super::Add;
use crate::build::{int, ints};

pub(super) const OPERATORS: &[Add] = &[
    conv,
    conv,
    depthwise,
    residual,
    batch_norm,
    pool,
    padded_pool,
    global_pool,
    transposed,
    instance_norm,
];

/// A convolution: a square kernel, with as much padding on every side.
pub(super) struct Conv {
    pub(super) groups: usize,
    pub(super) out: usize,
    pub(super) kernel: usize,
    pub(super) stride: usize,
}

fn conv(b: &mut Builder) -> Option<()> {
    let x = b.image()?;
    let even = x.shape()[1].is_multiple_of(2);
    let groups = if even { 1 + b.random.below(2) } else { 1 };
    let conv = Conv {
        groups,
        out: groups * (1 + b.random.below(8)),
        kernel: b.random.one_of(&[1, 3]),
        stride: 1 + b.random.below(2),
    };
    convolve(b, &x, conv).map(drop)
}

fn depthwise(b: &mut Builder) -> Option<()> {
    let x = b.image()?;
    let channels = x.shape()[1];
    let conv = Conv {
        groups: channels,
        out: channels,
        kernel: 3,
        stride: 1,
    };
    convolve(b, &x, conv).map(drop)
}

/// A convolution that is added to what it reads.
fn residual(b: &mut Builder) -> Option<()> {
    let x = b.image()?;
    let channels = x.shape()[1];
    let conv = Conv {
        groups: b.random.one_of(&[1, channels]),
        out: channels,
        kernel: 1,
        stride: 1,
    };
    let y = convolve(b, &x, conv)?;
    b.node("Add", &[&x.name, &y.name], vec![], y.clone());
    Some(())
}

pub(super) fn convolve(b: &mut Builder, x: &Known, conv: Conv) -> Option<Known> {
    let Conv {
        groups,
        out,
        kernel,
        stride,
    } = conv;
    let (shape, pad) = (x.shape(), b.random.below(kernel.div_ceil(2)));
    let size = |n: usize| Some((n + 2 * pad).checked_sub(kernel)? / stride + 1);
    let y = [shape[0], out, size(shape[2])?, size(shape[3])?];
    let into = shape[1] / groups;
    let w = b.weights(&[out, into, kernel, kernel], into * kernel * kernel);
    let bias = b.weights(&[out], 1);
    let attributes = vec![
        int("group", groups),
        ints("strides", &[stride; 2]),
        ints("pads", &[pad; 4]),
    ];
    let inputs = &[&*x.name, &w, &bias][..2 + b.random.below(2)];
    small(&y).then(|| b.node("Conv", inputs, attributes, Known::rounded(y)))
}

fn transposed(b: &mut Builder) -> Option<()> {
    let x = b.image()?;
    let (stride, kernel, out) = (
        1 + b.random.below(2),
        1 + b.random.below(3),
        1 + b.random.below(4),
    );
    let shape = x.shape();
    let size = |n: usize| (n - 1) * stride + kernel;
    let y = [shape[0], out, size(shape[2]), size(shape[3])];
    let w = b.weights(&[shape[1], out, kernel, kernel], shape[1] * kernel);
    let attributes = vec![ints("strides", &[stride; 2])];
    small(&y).then(|| {
        b.node(
            "ConvTranspose",
            &[&x.name, &w],
            attributes,
            Known::rounded(y),
        )
    })?;
    Some(())
}

fn batch_norm(b: &mut Builder) -> Option<()> {
    let x = b.image()?;
    let c = x.shape()[1];
    let [s, v] = [b.positive(c), b.positive(c)];
    let [bias, m] = [b.weights(&[c], 1), b.weights(&[c], 1)];
    let inputs = [&*x.name, &s, &bias, &m, &v];
    b.node(
        "BatchNormalization",
        &inputs,
        vec![],
        Known::rounded(x.shape()),
    );
    Some(())
}

fn instance_norm(b: &mut Builder) -> Option<()> {
    let x = b.image()?;
    let c = x.shape()[1];
    let (s, bias) = (b.positive(c), b.weights(&[c], 1));
    b.node(
        "InstanceNormalization",
        &[&x.name, &s, &bias],
        vec![],
        Known::rounded(x.shape()),
    );
    Some(())
}

fn pool(b: &mut Builder) -> Option<()> {
    let x = b.image()?;
    let (kernel, stride) = (2 + b.random.below(2), 1 + b.random.below(2));
    pooled(b, &x, kernel, stride, [0; 4]).map(drop)
}

fn padded_pool(b: &mut Builder) -> Option<()> {
    let x = b.image()?;
    let (kernel, stride) = (2 + b.random.below(2), 1 + b.random.below(3));
    let pads = [(); 4].map(|()| b.random.below(kernel));
    pooled(b, &x, kernel, stride, pads).map(drop)
}

/// The greatest or the mean of square windows; pads are top, left, bottom, right.
pub(super) fn pooled(
    b: &mut Builder,
    x: &Known,
    kernel: usize,
    stride: usize,
    pads: [usize; 4],
) -> Option<Known> {
    let operator = b.random.one_of(&["MaxPool", "AveragePool"]);
    let shape = x.shape();
    let size = |axis: usize| {
        let padded = shape[2 + axis] + pads[axis] + pads[2 + axis];
        Some(padded.checked_sub(kernel)? / stride + 1)
    };
    let y = x.shaped([shape[0], shape[1], size(0)?, size(1)?]);
    let mut attributes = vec![
        ints("kernel_shape", &[kernel; 2]),
        ints("strides", &[stride; 2]),
        ints("pads", &pads),
    ];
    if operator == "MaxPool" {
        return Some(b.node(operator, &[&x.name], attributes, y));
    }
    attributes.push(int("count_include_pad", b.random.below(2)));
    let y = Known { exact: false, ..y };
    Some(b.node(operator, &[&x.name], attributes, y))
}

fn global_pool(b: &mut Builder) -> Option<()> {
    let x = b.image()?;
    let operator = b.random.one_of(&["GlobalAveragePool", "GlobalMaxPool"]);
    let y = [x.shape()[0], x.shape()[1], 1, 1];
    // Once it is small, little is left to do.
    if b.random.once_in(3) {
        let exact = x.exact && operator == "GlobalMaxPool";
        b.node(
            operator,
            &[&x.name],
            vec![],
            Known {
                exact,
                ..x.shaped(y)
            },
        );
    }
    Some(())
}
