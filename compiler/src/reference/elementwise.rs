//! Operators that compute element by element, on floats.

use super::Evaluator;
use super::array::{Array, broadcast};
use super::call::Call;
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, PI};

pub(super) const EVALUATORS: &[(&str, Evaluator)] = &[
    ("Abs", |call| unary(call, f64::abs)),
    ("Add", |call| binary(call, |a, b| a + b)),
    ("Clip", clip),
    ("Div", |call| binary(call, |a, b| a / b)),
    ("Elu", |call| {
        with(call, ("alpha", 1.0), |x, a| {
            if x < 0.0 { a * x.exp_m1() } else { x }
        })
    }),
    ("Erf", |call| unary(call, erf)),
    ("Exp", |call| unary(call, f64::exp)),
    ("Gelu", gelu),
    ("HardSigmoid", hard_sigmoid),
    ("HardSwish", |call| {
        unary(call, |x| x * clamped(x / 6.0 + 0.5, 0.0, 1.0))
    }),
    ("LeakyRelu", |call| {
        with(
            call,
            ("alpha", 0.01),
            |x, a| if x < 0.0 { a * x } else { x },
        )
    }),
    ("Log", |call| unary(call, f64::ln)),
    ("Max", |call| {
        binary(call, |a, b| if a >= b || a.is_nan() { a } else { b })
    }),
    ("Min", |call| {
        binary(call, |a, b| if a <= b || a.is_nan() { a } else { b })
    }),
    ("Mul", |call| binary(call, |a, b| a * b)),
    ("Neg", |call| unary(call, |x| -x)),
    ("PRelu", |call| {
        binary(call, |x, slope| if x < 0.0 { slope * x } else { x })
    }),
    ("Reciprocal", |call| unary(call, f64::recip)),
    ("Relu", |call| {
        unary(call, |x| if x < 0.0 { 0.0 } else { x })
    }),
    ("Sigmoid", |call| unary(call, sigmoid)),
    ("Softplus", |call| {
        unary(call, |x| x.max(0.0) + (-x.abs()).exp().ln_1p())
    }),
    ("Softsign", |call| unary(call, |x| x / (1.0 + x.abs()))),
    ("Sqrt", |call| unary(call, f64::sqrt)),
    ("Sub", |call| binary(call, |a, b| a - b)),
    ("Sum", |call| binary(call, |a, b| a + b)),
    ("Tanh", |call| unary(call, f64::tanh)),
];

fn unary(call: &Call<'_>, f: impl Fn(f64) -> f64) -> Option<Vec<Array>> {
    let x = call.floats(0)?;
    let data = x.data.iter().map(|&x| f(x)).collect();
    Some(vec![Array::floats(x.shape.clone(), data)])
}

/// A function of an element and an attribute.
fn with(
    call: &Call<'_>,
    (name, default): (&str, f32),
    f: impl Fn(f64, f64) -> f64,
) -> Option<Vec<Array>> {
    let parameter = call.float(name, default)?;
    unary(call, |x| f(x, parameter))
}

/// A function of two elements, from the first input to the last.
fn binary(call: &Call<'_>, f: impl Fn(f64, f64) -> f64) -> Option<Vec<Array>> {
    // Before opset 7, shapes were aligned by an attribute.
    let inputs = call.all(Call::floats).filter(|_| call.node.version >= 7)?;
    let mut inputs = inputs.into_iter();
    let first = (*inputs.next()?).clone();
    let all = inputs.try_fold(first, |a, b| {
        let shape = broadcast(&a.shape, &b.shape)?;
        let places = a.places_in(&shape)?.into_iter().zip(b.places_in(&shape)?);
        let data = places.map(|(i, j)| f(a.data[i], b.data[j])).collect();
        Some(Array::floats(shape, data))
    })?;
    Some(vec![all])
}

/// NaN stays NaN.
fn clamped(x: f64, lo: f64, hi: f64) -> f64 {
    let x = if x < lo { lo } else { x };
    if x > hi { hi } else { x }
}

fn clip(call: &Call<'_>) -> Option<Vec<Array>> {
    let bound = |i, name, default| match call.node.optional_float(name).ok()? {
        Some(bound) => Some(f64::from(bound)),
        None if call.has(i) => call.floats(i)?.single(),
        None => Some(default),
    };
    let (lo, hi) = (
        bound(1, "min", f64::NEG_INFINITY)?,
        bound(2, "max", f64::INFINITY)?,
    );
    unary(call, |x| clamped(x, lo, hi))
}

fn hard_sigmoid(call: &Call<'_>) -> Option<Vec<Array>> {
    let (a, b) = (call.float("alpha", 0.2)?, call.float("beta", 0.5)?);
    unary(call, |x| clamped(a * x + b, 0.0, 1.0))
}

fn gelu(call: &Call<'_>) -> Option<Vec<Array>> {
    let by_tanh =
        |x: f64| x / 2.0 * (1.0 + ((2.0 / PI).sqrt() * (x + 0.044715 * x.powi(3))).tanh());
    match call.node.string("approximate", "none").ok()? {
        "none" => unary(call, |x| x / 2.0 * (1.0 + erf(x * FRAC_1_SQRT_2))),
        "tanh" => unary(call, by_tanh),
        _ => None,
    }
}

pub(super) fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// The error function, by a series of positive terms.
fn erf(x: f64) -> f64 {
    let y = x.abs();
    if y.is_nan() || y > 6.0 {
        return if y.is_nan() { x } else { x.signum() };
    }
    let (mut term, mut sum, mut n) = (y, 0.0, 1.0);
    while term > sum * 1e-17 {
        sum += term;
        n += 2.0;
        term *= 2.0 * y * y / n;
    }
    x.signum() * FRAC_2_SQRT_PI * (-y * y).exp() * sum
}
