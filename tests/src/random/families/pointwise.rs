//! Functions of single elements, and of two that are broadcast together.

use super::super::builder::{Builder, small};
use super::super::known::Known;
use super::Add;
use mlc_compiler::tensor::Tensor;

pub(super) const OPERATORS: &[Add] = &[
    activation, activation, bounded, binary, binary, scale, clip, divide, prelu, several,
];

/// What leaves bits as they are, or chooses among them.
const EXACT: [&str; 4] = ["Relu", "Abs", "Neg", "Identity"];
/// What stays small if its argument is.
const SMALL: [&str; 17] = [
    "Sigmoid",
    "Tanh",
    "LeakyRelu",
    "HardSwish",
    "HardSigmoid",
    "Elu",
    "Selu",
    "Celu",
    "Gelu",
    "Softplus",
    "Softsign",
    "Mish",
    "Erf",
    "Sin",
    "Cos",
    "Atan",
    "Asinh",
];
/// What is asked of numbers from -1 to 1 only, or may grow without bounds.
const OF_BOUNDED: [&str; 5] = ["Exp", "Sinh", "Cosh", "Tan", "Exp"];

fn activation(b: &mut Builder) -> Option<()> {
    let x = b.floats()?;
    if b.random.once_in(3) {
        let operator = b.random.one_of(&EXACT);
        b.node(operator, &[&x.name], vec![], x.shaped(x.shape()));
    } else {
        let operator = b.random.one_of(&SMALL);
        b.node(operator, &[&x.name], vec![], Known::rounded(x.shape()));
    }
    Some(())
}

/// A function of numbers from -1 to 1.
fn bounded(b: &mut Builder) -> Option<()> {
    let x = b.floats()?;
    let bounded = b.node("Tanh", &[&x.name], vec![], Known::rounded(x.shape()));
    let operator = b.random.one_of(&OF_BOUNDED);
    b.node(
        operator,
        &[&bounded.name],
        vec![],
        Known::rounded(x.shape()),
    );
    Some(())
}

/// Two values joined, of one shape or one broadcast to the other.
fn binary(b: &mut Builder) -> Option<()> {
    let x = b.floats()?;
    let y = b.value(|y| y.is_float() && reaches(y.shape(), x.shape()))?;
    let operator = b.random.one_of(&["Add", "Add", "Sub", "Mul", "Max", "Min"]);
    let exact = matches!(operator, "Max" | "Min") && x.exact && y.exact;
    let operands = if b.random.once_in(2) {
        [&*x.name, &y.name]
    } else {
        [&*y.name, &x.name]
    };
    let made = Known {
        exact,
        ..Known::rounded(x.shape())
    };
    let joined = b.node(operator, &operands, vec![], made);
    // Nothing may grow without bounds.
    if operator == "Mul" {
        b.node("Tanh", &[&joined.name], vec![], Known::rounded(x.shape()));
    }
    Some(())
}

/// Whether a shape can be broadcast to another one.
pub(super) fn reaches(from: &[usize], to: &[usize]) -> bool {
    let aligned = from.iter().rev().zip(to.iter().rev());
    from.len() <= to.len() && aligned.into_iter().all(|(&f, &t)| f == t || f == 1)
}

/// Sums, means, the greatest or the least of several.
fn several(b: &mut Builder) -> Option<()> {
    let x = b.floats()?;
    let operator = b.random.one_of(&["Sum", "Mean", "Max", "Min"]);
    let mut parts = vec![x.clone()];
    for _ in 0..b.random.below(4) {
        parts.extend(b.value(|y| y.is_float() && reaches(y.shape(), x.shape())));
    }
    let exact = matches!(operator, "Max" | "Min") && parts.iter().all(|part| part.exact);
    let names: Vec<_> = parts.iter().map(|part| &*part.name).collect();
    b.node(
        operator,
        &names,
        vec![],
        Known {
            exact,
            ..Known::rounded(x.shape())
        },
    );
    Some(())
}

/// A constant for each position along an axis.
fn scale(b: &mut Builder) -> Option<()> {
    let x = b.floats_of(1..=5)?;
    let mut constant = vec![1; x.rank()];
    let axis = b.random.one_of(&[1.min(x.rank() - 1), x.rank() - 1]);
    constant[axis] = x.shape()[axis];
    let c = b.weights(&constant, 1);
    let operator = b.random.one_of(&["Add", "Mul", "Sub"]);
    let operands = if b.random.once_in(2) {
        [&*x.name, &c]
    } else {
        [&*c, &x.name]
    };
    b.node(operator, &operands, vec![], Known::rounded(x.shape()));
    Some(())
}

fn clip(b: &mut Builder) -> Option<()> {
    let x = b.floats()?;
    let low = b.random.float();
    let [low, high] = [low, low.abs() + 0.5].map(|bound| b.shared(Tensor::scalar(bound)));
    let inputs = [&*x.name, if b.random.once_in(3) { "" } else { &low }, &high];
    let inputs = &inputs[..3 - usize::from(b.random.once_in(3))];
    b.node("Clip", inputs, vec![], x.shaped(x.shape()));
    Some(())
}

/// A quotient by numbers that are not near zero.
fn divide(b: &mut Builder) -> Option<()> {
    let x = b.floats_of(1..=5)?;
    let c = b.positive(*x.shape().last()?);
    b.node("Div", &[&x.name, &c], vec![], Known::rounded(x.shape()));
    Some(())
}

fn prelu(b: &mut Builder) -> Option<()> {
    let x = b.floats_of(3..=4)?;
    let mut slope = vec![1; x.rank() - 1];
    slope[0] = x.shape()[1];
    let slope = b.weights(&slope, 1);
    small(x.shape()).then(|| {
        b.node(
            "PRelu",
            &[&x.name, &slope],
            vec![],
            Known::rounded(x.shape()),
        )
    })?;
    Some(())
}
