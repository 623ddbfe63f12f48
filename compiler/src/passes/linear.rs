//! Element-wise nodes seen as linear functions: `factor · x + offset` with numbers that are known.

use crate::ir::{Graph, Node, ValueId};
use crate::ops::arithmetic::elementwise::Map;
use crate::tensor::DType;
use mlc_runtime_core::scalar::{Expr, Scalar};

/// A value as `factor · x + offset` of another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Linear {
    /// The other value.
    pub(super) x: ValueId,
    pub(super) factor: f64,
    pub(super) offset: f64,
}

/// Every way in which `value` is a linear function of what it was computed from; of itself first.
pub(super) fn linears(graph: &Graph, value: ValueId) -> Vec<Linear> {
    let mut all = vec![Linear {
        x: value,
        factor: 1.0,
        offset: 0.0,
    }];
    let mut outer = all[0];
    while let Some(inner) = step(graph, outer.x) {
        outer = Linear {
            x: inner.x,
            factor: outer.factor * inner.factor,
            offset: outer.factor * inner.offset + outer.offset,
        };
        all.push(outer);
    }
    all
}

/// `value` as one operation on another value and a number.
fn step(graph: &Graph, value: ValueId) -> Option<Linear> {
    let (node, map) = graph.producer_as::<Map>(value)?;
    let Expr::Call(function, args) = &map.function else {
        return None;
    };
    let [a, b] = &args[..] else { return None };
    let (x, number, swapped) = match (number(graph, node, a), number(graph, node, b)) {
        (None, Some(number)) => (a, number, false),
        (Some(number), None) => (b, number, true),
        _ => return None,
    };
    let Expr::Arg(i, _) = x else { return None };
    let x = node.input(*i)?;
    let (factor, offset) = match (function.name, swapped) {
        ("add", _) => (1.0, number),
        ("sub", false) => (1.0, -number),
        ("sub", true) => (-1.0, number),
        ("mul", _) => (number, 0.0),
        ("div", false) => (1.0 / number, 0.0),
        _ => return None,
    };
    let whole = map.dtype == DType::F32 && graph.ty(x) == graph.ty(value);
    whole.then_some(Linear { x, factor, offset })
}

/// The operand as a number, if it is constant and the same for all elements.
fn number(graph: &Graph, node: &Node, operand: &Expr) -> Option<f64> {
    match operand {
        Expr::Const(Scalar::F32(x)) => Some((*x).into()),
        Expr::Arg(i, _) => graph.constant(node.input(*i)?)?.single(),
        _ => None,
    }
}
