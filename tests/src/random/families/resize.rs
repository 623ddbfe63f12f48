//! Images made larger or smaller.

use super::super::builder::{Builder, small};
use super::super::known::Known;
use super::Add;
use crate::build::{number, text};
use mlc_compiler::tensor::Tensor;

pub(super) const OPERATORS: &[Add] = &[resize, resize, double, convolved];

const MODES: [&str; 3] = ["nearest", "linear", "cubic"];
const COORDINATES: [&str; 4] = [
    "half_pixel",
    "asymmetric",
    "align_corners",
    "pytorch_half_pixel",
];
const NEAREST: [&str; 4] = ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"];

/// To sizes, in any way.
fn resize(b: &mut Builder) -> Option<()> {
    let x = b.image()?;
    let &[n, c, _, _] = x.shape() else {
        return None;
    };
    let y = [n, c, 1 + b.random.below(14), 1 + b.random.below(14)];
    let sizes: Vec<_> = y.iter().map(|&n| n as i64).collect();
    let sizes = b.integers(&sizes);
    let mode = b.random.one_of(&MODES);
    let mut attributes = vec![
        text("mode", mode),
        text(
            "coordinate_transformation_mode",
            b.random.one_of(&COORDINATES),
        ),
        text("nearest_mode", b.random.one_of(&NEAREST)),
    ];
    if mode == "cubic" {
        attributes.push(number("cubic_coeff_a", b.random.one_of(&[-0.75, -0.5])));
    }
    let exact = x.exact && mode == "nearest";
    let made = Known {
        exact,
        ..x.shaped(y)
    };
    small(&y).then(|| b.node("Resize", &[&x.name, "", "", &sizes], attributes, made))?;
    Some(())
}

/// By factors, as decoders do.
fn double(b: &mut Builder) -> Option<()> {
    let x = b.image()?;
    let &[n, c, h, w] = x.shape() else {
        return None;
    };
    let (factors, y) = b.random.one_of(&[
        ([1.0f32, 1.0, 2.0, 2.0], [n, c, 2 * h, 2 * w]),
        ([1.0, 1.0, 0.5, 0.5], [n, c, h / 2, w / 2]),
        ([1.0, 1.0, 3.0, 1.0], [n, c, 3 * h, w]),
    ]);
    let factors = b.shared(Tensor::new([4], &factors));
    let mode = b.random.one_of(&["nearest", "linear"]);
    let attributes = vec![
        text("mode", mode),
        text(
            "coordinate_transformation_mode",
            b.random.one_of(&COORDINATES[..2]),
        ),
    ];
    let exact = x.exact && mode == "nearest";
    let made = Known {
        exact,
        ..x.shaped(y)
    };
    small(&y).then(|| b.node("Resize", &[&x.name, "", &factors], attributes, made))?;
    Some(())
}

fn convolved(b: &mut Builder) -> Option<()> {
    let add = b.random.one_of(super::layers::OPERATORS);
    add(b)
}
