//! Activations that exporters write out have names that kernels know.
//!
//! `x · sigmoid(x)` is Silu, `x · clip(x + 3, 0, 6) / 6` is HardSwish, `x / 2 · (1 + erf(x / √2))`
//! is Gelu: all are `x · (scale · gate(x) + shift)`, whatever the order of the factors.

use super::linear::{Linear, linears};
use super::sweep;
use crate::diag::Diag;
use crate::ir::{Graph, NodeId, ValueId};
use crate::ops::arithmetic::activation::Activate;
use crate::ops::arithmetic::elementwise::Map;
use mlc_runtime_core::kernels::activation::Activation;
use mlc_runtime_core::scalar::Expr;

pub(super) fn run(graph: &mut Graph) -> Result<(), Diag> {
    sweep(graph, |graph, id| {
        let value = graph.node(id).outputs[0];
        let found = product(graph, value).or_else(|| scaled_clip(graph, id));
        if let Some((x, activation)) = found {
            let name = graph.node(id).name.clone();
            let new = graph.add(&name, Activate(activation), &[Some(x)])?[0];
            graph.replace(value, new);
        }
        Ok(())
    })
}

/// `value` as an activation that is a product of `x` and a gate.
fn product(graph: &Graph, value: ValueId) -> Option<(ValueId, Activation)> {
    let outer = linears(graph, value)
        .into_iter()
        .filter(|l| l.offset == 0.0);
    outer
        .filter_map(|outer| Some((outer.factor, factors(graph, outer.x)?)))
        .find_map(|(factor, [a, b])| {
            gated(graph, factor, a, b).or_else(|| gated(graph, factor, b, a))
        })
}

/// The two values that `value` is the product of.
fn factors(graph: &Graph, value: ValueId) -> Option<[ValueId; 2]> {
    let (node, map) = graph.producer_as::<Map>(value)?;
    let Expr::Call(function, args) = &map.function else {
        return None;
    };
    match (function.name, &args[..]) {
        ("mul", [Expr::Arg(i, _), Expr::Arg(j, _)]) => Some([node.input(*i)?, node.input(*j)?]),
        _ => None,
    }
}

/// What `factor · a · b` is, if `a` is `x` up to a factor and `b` depends on `x`.
fn gated(graph: &Graph, factor: f64, a: ValueId, b: ValueId) -> Option<(ValueId, Activation)> {
    let variables = linears(graph, a).into_iter().filter(|a| a.offset == 0.0);
    let variables: Vec<_> = variables.collect();
    linears(graph, b).into_iter().find_map(|b| {
        let (gate, argument) = gate(graph, b.x)?;
        let arguments = linears(graph, argument);
        let same = |a: &&Linear| arguments.iter().any(|argument| argument.x == a.x);
        variables.iter().filter(same).find_map(|a| {
            let inner = arguments.iter().find(|argument| argument.x == a.x)?;
            let scale = factor * a.factor;
            let activation = named(gate, scale * b.factor, scale * b.offset, inner)?;
            Some((a.x, activation))
        })
    })
}

/// A function that gates are made of.
#[derive(Clone, Copy)]
enum Gate {
    Sigmoid,
    Erf,
    /// `clip(slope · x + offset, 0, top)`.
    Clip {
        slope: f64,
        offset: f64,
        top: f64,
    },
}

/// The gate that makes `value`, and what of.
fn gate(graph: &Graph, value: ValueId) -> Option<(Gate, ValueId)> {
    if let Some((node, Activate(activation))) = graph.producer_as(value) {
        let gate = match *activation {
            Activation::Sigmoid => Gate::Sigmoid,
            Activation::Clip { lo: 0.0, hi } => Gate::Clip {
                slope: 1.0,
                offset: 0.0,
                top: hi.into(),
            },
            Activation::HardSigmoid { alpha, beta } => Gate::Clip {
                slope: alpha.into(),
                offset: beta.into(),
                top: 1.0,
            },
            _ => return None,
        };
        return Some((gate, node.input(0)?));
    }
    let (node, map) = graph.producer_as::<Map>(value)?;
    match &map.function {
        Expr::Call(f, args) if f.name == "erf" && matches!(args[..], [Expr::Arg(..)]) => {
            Some((Gate::Erf, node.input(0)?))
        }
        _ => None,
    }
}

/// The activation `x · (scale · gate(inner(x)) + shift)`.
fn named(gate: Gate, scale: f64, shift: f64, inner: &Linear) -> Option<Activation> {
    let is = |pairs: &[(f64, f64)]| pairs.iter().all(|(a, b)| (a - b).abs() < 1e-6);
    let (factor, offset) = (inner.factor, inner.offset);
    match gate {
        Gate::Sigmoid => is(&[(scale, 1.0), (shift, 0.0), (factor, 1.0), (offset, 0.0)])
            .then_some(Activation::Silu),
        Gate::Erf => {
            let width = std::f64::consts::FRAC_1_SQRT_2;
            is(&[(scale, 0.5), (shift, 0.5), (factor, width), (offset, 0.0)])
                .then_some(Activation::Gelu)
        }
        Gate::Clip {
            slope,
            offset: start,
            top,
        } => {
            let (slope, start) = (slope * factor, slope * offset + start);
            let unit = [(scale * top, 1.0), (shift, 0.0)];
            let usual = [(scale * slope, 1.0 / 6.0), (scale * start, 0.5)];
            (is(&unit) && is(&usual)).then_some(Activation::HardSwish)
        }
    }
}

/// `factor · clip(x + offset, 0, 1 / factor)`, which is a HardSigmoid.
fn scaled_clip(graph: &Graph, id: NodeId) -> Option<(ValueId, Activation)> {
    let value = graph.node(id).outputs[0];
    let outer = linears(graph, value);
    let outer = outer.iter().skip(1).filter(|l| l.offset == 0.0);
    outer.clone().find_map(|outer| {
        let (node, activate) = graph.producer_as::<Activate>(outer.x)?;
        let Activation::Clip { lo: 0.0, hi } = activate.0 else {
            return None;
        };
        if (outer.factor * f64::from(hi) - 1.0).abs() > 1e-6 {
            return None;
        }
        let inner = linears(graph, node.input(0)?);
        let inner = inner.iter().take(2).rfind(|inner| inner.factor == 1.0)?;
        let activation = Activation::HardSigmoid {
            alpha: outer.factor as f32,
            beta: (outer.factor * inner.offset) as f32,
        };
        Some((inner.x, activation))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::arithmetic::elementwise::scalar;
    use crate::ops::support::testing::{assert_same, f32s, names};
    use crate::tensor::{DType, Tensor};
    use mlc_runtime_core::scalar::ElementType;

    /// A graph being built as an exporter writes it.
    struct Builder(Graph, ValueId);

    impl Builder {
        fn new() -> Self {
            let mut graph = Graph::new("");
            let x = graph.add_input("x", f32s(&[2, 3]));
            Builder(graph, x)
        }

        fn map(&mut self, function: &str, inputs: &[ValueId]) -> ValueId {
            let args = (0..inputs.len()).map(|i| Expr::Arg(i, ElementType::F32));
            let function = scalar(function, args.collect::<Box<[_]>>()).unwrap();
            let inputs: Vec<_> = inputs.iter().copied().map(Some).collect();
            let dtype = DType::F32;
            self.0.add("", Map { function, dtype }, &inputs).unwrap()[0]
        }

        fn with(&mut self, function: &str, x: ValueId, number: f32) -> ValueId {
            let number = self.0.add_constant("", Tensor::new([1], &[number]));
            self.map(function, &[x, number])
        }

        fn activate(&mut self, x: ValueId, activation: Activation) -> ValueId {
            self.0.add("", Activate(activation), &[Some(x)]).unwrap()[0]
        }

        fn clip6(&mut self, x: ValueId) -> ValueId {
            self.activate(x, Activation::Clip { lo: 0.0, hi: 6.0 })
        }

        /// What is left after the pass.
        fn after(mut self, y: ValueId) -> Vec<&'static str> {
            self.0.add_output("y", y);
            assert_same(&mut self.0, |graph| run(graph).unwrap());
            names(&self.0)
        }
    }

    #[test]
    fn hard_swish_however_it_is_scaled() {
        for order in 0..4 {
            let mut b = Builder::new();
            let x = b.1;
            let shifted = b.with("add", x, 3.0);
            let gate = b.clip6(shifted);
            let y = match order {
                0 => {
                    let product = b.map("mul", &[x, gate]);
                    b.with("div", product, 6.0)
                }
                1 => {
                    let gate = b.with("mul", gate, 1.0 / 6.0);
                    b.map("mul", &[gate, x])
                }
                2 => {
                    let x = b.with("div", x, 6.0);
                    b.map("mul", &[x, gate])
                }
                _ => {
                    let gate = b.activate(
                        x,
                        Activation::HardSigmoid {
                            alpha: 1.0 / 6.0,
                            beta: 0.5,
                        },
                    );
                    b.map("mul", &[x, gate])
                }
            };
            assert_eq!(b.after(y), ["HardSwish"], "order {order}");
        }
    }

    #[test]
    fn gelu_and_silu() {
        let mut b = Builder::new();
        let x = b.1;
        let inner = b.with("div", x, std::f32::consts::SQRT_2);
        let erf = b.map("erf", &[inner]);
        let gate = b.with("add", erf, 1.0);
        let product = b.map("mul", &[x, gate]);
        let y = b.with("mul", product, 0.5);
        assert_eq!(b.after(y), ["Gelu"]);
        let mut b = Builder::new();
        let gate = b.activate(b.1, Activation::Sigmoid);
        let y = b.map("mul", &[b.1, gate]);
        assert_eq!(b.after(y), ["Silu"]);
    }

    #[test]
    fn a_gate_of_a_scaled_value_is_found_at_that_value() {
        let mut b = Builder::new();
        let scaled = b.with("mul", b.1, 0.7);
        let x = b.with("add", scaled, -0.2);
        let shifted = b.with("add", x, 3.0);
        let gate = b.clip6(shifted);
        let product = b.map("mul", &[x, gate]);
        let y = b.with("div", product, 6.0);
        assert_eq!(b.after(y), ["mul", "add", "HardSwish"]);
    }

    #[test]
    fn a_scaled_clip_is_a_hard_sigmoid_and_others_stay() {
        let mut b = Builder::new();
        let shifted = b.with("add", b.1, 3.0);
        let clip = b.clip6(shifted);
        let y = b.with("div", clip, 6.0);
        assert_eq!(b.after(y), ["HardSigmoid"]);
        let mut b = Builder::new();
        let shifted = b.with("add", b.1, 2.0);
        let clip = b.clip6(shifted);
        let product = b.map("mul", &[b.1, clip]);
        let y = b.with("div", product, 5.0);
        assert_eq!(b.after(y), ["add", "Clip", "mul", "div"]);
    }
}
