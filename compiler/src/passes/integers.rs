//! What lies between quantised values is computed on integers.
//!
//! Quantisation rises above operators that only move data, and dequantisation sinks below them, until
//! either meets an operator that computes. Where one stands between both, it is asked for a form on
//! integers; activations that are ranges become bounds of the result. What stays in floating point
//! is said, node by node, with the reason.

use super::finite::Finite;
use super::sweep;
use crate::diag::Diag;
use crate::ir::{Graph, Island, Node, NodeId, NotInteger, Remark, Target, ValueId};
use crate::ops::arithmetic::activation::Activate;
use crate::ops::arithmetic::elementwise::Map;
use crate::ops::indexing::gather::Gather;
use crate::ops::integers::weights::multiply;
use crate::ops::integers::{Codes, codes, steps};
use crate::ops::layout::reshape::Reshape;
use crate::ops::linear_algebra::matmul::MatMul;
use crate::ops::quantisation::quantize::{Dequantize, Quantize};
use crate::quantization::{Elements, Profile};
use crate::settings::Settings;
use crate::tensor::{DType, Tensor};
use mlc_runtime_core::kernels::activation::Activation;
use mlc_runtime_core::scalar::Expr;
use std::borrow::Cow;
use std::collections::HashMap;

pub(super) fn run(graph: &mut Graph, settings: &Settings) -> Result<(), Diag> {
    let finite = Finite::of(graph);
    sweep(graph, |graph, id| {
        match graph.node(id).op_as::<Quantize>() {
            Some(_) => rise(graph, id, &finite),
            None => Ok(()),
        }
    })?;
    *graph = graph.compact();
    sweep(graph, sink)?;
    let mut reasons = HashMap::new();
    sweep(graph, |graph, id| {
        island(graph, id, settings.profile, &mut reasons)
    })?;
    // Sums with a bias before the products they are sums of.
    for id in graph.order().into_iter().rev() {
        if graph.is_live(id) {
            weights(graph, id)?;
        }
    }
    remark(graph, &reasons);
    sweep(graph, dequantize)?;
    match settings.profile.is_fixed_point() {
        true => sweep(graph, halves_away),
        false => Ok(()),
    }
}

/// TensorFlow Lite rounds halves away from zero where it quantises numbers.
fn halves_away(graph: &mut Graph, id: NodeId) -> Result<(), Diag> {
    let node = graph.node(id).clone();
    let Some(op) = node.op_as::<Quantize>().filter(|op| !op.away) else {
        return Ok(());
    };
    let op = Quantize {
        away: true,
        ..op.clone()
    };
    let y = graph.add(&node.name, op, &node.inputs)?[0];
    rename(graph, node.outputs[0], y);
    graph.replace(node.outputs[0], y);
    Ok(())
}

impl Target {
    /// Whether results are what these integers are.
    pub(super) fn is(&self, codes: &Codes) -> bool {
        (self.dtype, self.scale, self.elements.zero) == (codes.dtype, codes.scale, codes.zero)
    }
}

impl Codes {
    /// Whether equal integers stand for equal numbers.
    pub(super) fn is_alike(&self, other: &Codes) -> bool {
        (self.dtype, self.scale, self.zero) == (other.dtype, other.scale, other.zero)
    }
}

/// What a node quantises to, if by one scale that is known.
pub(super) fn target(graph: &Graph, node: &Node) -> Option<Target> {
    let op = node.op_as::<Quantize>()?;
    let single = |i| graph.constant(node.input(i)?);
    let zero = match op.has_zero {
        true => single(2)?.single::<i32>()?,
        false => 0,
    };
    let (lo, hi) = op.range();
    let code = matches!(op.to, DType::I8 | DType::U8 | DType::I16);
    Some(Target {
        dtype: op.to,
        scale: single(1)?.single::<f32>()?,
        elements: Elements { zero, lo, hi },
    })
    .filter(|_| code)
}

/// Quantises what an operator moves rather than what it yields, as far up as possible.
fn rise(graph: &mut Graph, id: NodeId, finite: &Finite) -> Result<(), Diag> {
    let mut pending = vec![id];
    while let Some(id) = pending.pop() {
        let quantize = graph.node(id).clone();
        let Some(to) = target(graph, &quantize) else {
            continue;
        };
        let Some(x) = quantize.input(0) else { continue };
        if let Some(same) = codes(graph, x).filter(|codes| to.is(codes)) {
            graph.replace(quantize.outputs[0], same.value);
            continue;
        }
        let Some(producer) = graph.producer(x).filter(|_| graph.is_used_once(x)) else {
            continue;
        };
        let node = graph.node(producer).clone();
        let Some(data) = node
            .op
            .moves(node.inputs.len())
            .filter(|_| node.outputs.len() == 1 && commutes(graph, &node, finite))
        else {
            continue;
        };
        let mut inputs = node.inputs.clone();
        for (input, _) in inputs.iter_mut().zip(data).filter(|(_, data)| *data) {
            let mut operands = quantize.inputs.clone();
            operands[0] = *input;
            let name = node.name.clone();
            let q = graph.add_shared(&name, quantize.op.clone(), &operands)?[0];
            pending.extend(graph.producer(q));
            *input = Some(q);
        }
        let y = graph.add_shared(&node.name, node.op, &inputs)?[0];
        rename(graph, quantize.outputs[0], y);
        graph.replace(quantize.outputs[0], y);
    }
    Ok(())
}

/// Whether an operator that moves data may move what it is quantised to instead, if there may be NaN among it.
fn commutes(graph: &Graph, node: &Node, finite: &Finite) -> bool {
    let mut data = node.inputs.iter().flatten();
    !node.op.takes_greatest() || data.all(|&x| finite.knows(graph, x))
}

fn rename(graph: &mut Graph, old: ValueId, new: ValueId) {
    graph.value_mut(new).name = graph.value(old).name.clone();
}

/// Moves integers rather than what they stand for.
fn sink(graph: &mut Graph, id: NodeId) -> Result<(), Diag> {
    let node = graph.node(id).clone();
    let Some(data) = node.op.moves(node.inputs.len()) else {
        return Ok(());
    };
    let values: Vec<_> = node
        .inputs
        .iter()
        .zip(&data)
        .filter(|(_, data)| **data)
        .collect();
    let Some(first) = values.iter().find_map(|(v, _)| codes(graph, (**v)?)) else {
        return gather_rows(graph, &node);
    };
    let mut inputs = node.inputs.clone();
    for (input, _) in inputs.iter_mut().zip(data).filter(|(_, data)| *data) {
        let Some(integers) = input.and_then(|v| integers(graph, v, &first)) else {
            return Ok(());
        };
        *input = Some(integers);
    }
    let outputs = graph.add_shared(&node.name, node.op.clone(), &inputs)?;
    for (&old, new) in node.outputs.iter().zip(outputs) {
        let y = dequantized(graph, &node.name, new, &first)?;
        graph.replace(old, y);
    }
    Ok(())
}

/// Gathers rows of a table of integers, and of their scales, rather than of what they stand for.
fn gather_rows(graph: &mut Graph, node: &Node) -> Result<(), Diag> {
    let Some(axis) = node.op_as::<Gather>().map(|gather| gather.axis) else {
        return Ok(());
    };
    let table = node
        .input(0)
        .and_then(|v| graph.producer_as::<Dequantize>(v));
    let Some((dequantize, op)) = table.map(|(node, op)| (node.clone(), op.clone())) else {
        return Ok(());
    };
    let by_rows = |v: &Option<ValueId>| {
        let shape = |v| &graph.ty(v).shape;
        v.zip(dequantize.input(0)).is_some_and(|(v, x)| {
            shape(v).len() == shape(x).len() && shape(v).get(axis) == shape(x).get(axis)
        })
    };
    if !dequantize.inputs.iter().all(by_rows) {
        return Ok(());
    }
    let mut inputs = Vec::new();
    for &operand in &dequantize.inputs {
        let rows = graph.add_shared(&node.name, node.op.clone(), &[operand, node.input(1)])?[0];
        inputs.push(Some(rows));
    }
    let y = graph.add(&node.name, op, &inputs)?[0];
    graph.replace(node.outputs[0], y);
    Ok(())
}

/// The integers that stand for a value by a given scale, if it is made of such, or is 0.
fn integers(graph: &mut Graph, value: ValueId, like: &Codes) -> Option<ValueId> {
    if let Some(own) = codes(graph, value) {
        return own.is_alike(like).then_some(own.value);
    }
    let tensor = graph.constant(value)?;
    let zeros = tensor.to_vec::<f32>()?.iter().all(|&x| x == 0.0);
    let shape = tensor.ty.shape.clone();
    let zero = vec![like.zero; tensor.ty.len()];
    let tensor = zeros.then(|| of_type(shape, &zero, like.dtype))?;
    Some(graph.add_constant("", tensor))
}

/// Integers as elements of a type that holds them.
pub(crate) fn of_type(shape: Vec<usize>, values: &[i32], dtype: DType) -> Tensor {
    match dtype {
        DType::U8 => Tensor::new(shape, &values.iter().map(|&x| x as u8).collect::<Vec<_>>()),
        DType::I16 => Tensor::new(shape, &values.iter().map(|&x| x as i16).collect::<Vec<_>>()),
        _ => Tensor::new(shape, &values.iter().map(|&x| x as i8).collect::<Vec<_>>()),
    }
}

/// What integers stand for.
pub(super) fn dequantized(
    graph: &mut Graph,
    name: &str,
    value: ValueId,
    codes: &Codes,
) -> Result<ValueId, Diag> {
    let scale = graph.add_constant(name, Tensor::scalar(codes.scale));
    let zero = graph.add_constant(name, of_type(vec![], &[codes.zero], codes.dtype));
    let op = Dequantize {
        from: codes.dtype,
        has_zero: true,
    };
    Ok(graph.add(name, op, &[Some(value), Some(scale), Some(zero)])?[0])
}

/// Asks the operator before a quantisation for a form on integers.
fn island(
    graph: &mut Graph,
    id: NodeId,
    profile: Profile,
    reasons: &mut HashMap<NodeId, Cow<'static, str>>,
) -> Result<(), Diag> {
    let quantize = graph.node(id).clone();
    let (Some(mut to), Some(mut x)) = (target(graph, &quantize), quantize.input(0)) else {
        return Ok(());
    };
    while let Some((inner, bounds)) = bounded(graph, x, &to, profile) {
        (x, to.elements) = (inner, bounds);
    }
    let Some(producer) = graph.producer(x).filter(|_| codes(graph, x).is_none()) else {
        return Ok(());
    };
    let (core, inputs) = with_bias(graph, producer);
    let node = graph.node(core).clone();
    if !graph.is_used_once(x) {
        reasons.insert(core, "its result is used in floating point, too".into());
        return Ok(());
    }
    let mut cx = Island {
        graph,
        name: &node.name,
        inputs,
        to,
        profile,
    };
    match node.op.on_integers(&mut cx) {
        Ok(y) => {
            rename(graph, quantize.outputs[0], y);
            graph.replace(quantize.outputs[0], y);
            Ok(())
        }
        Err(NotInteger::Float(reason)) => {
            reasons.insert(core, reason);
            Ok(())
        }
        Err(NotInteger::Wrong(diag)) => Err(diag.at_node(&node.name, node.op.name())),
    }
}

/// Keeps constant weights as the integers they are in products with floats.
fn weights(graph: &mut Graph, id: NodeId) -> Result<(), Diag> {
    let (core, inputs) = with_bias(graph, id);
    let node = graph.node(core).clone();
    let plain =
        node.op_as::<MatMul>().is_some() && node.op.activation() == Some(Activation::Identity);
    let (Some(&Some(x)), Some(&Some(w)), true) = (inputs.first(), inputs.get(1), plain) else {
        return Ok(());
    };
    if graph.constant(w).is_some() || inputs.get(3).copied().flatten().is_some() {
        return Ok(());
    }
    let Some(steps) = steps(graph, w)? else {
        return Ok(());
    };
    let channels = steps.steps.ty.shape.last().copied().unwrap_or(1);
    let bias = match inputs.get(2).copied().flatten() {
        Some(bias) => {
            graph.evaluate(bias)?;
            let bias = graph.add(
                &node.name,
                Reshape(vec![graph.ty(bias).len()]),
                &[Some(bias)],
            )?[0];
            if graph.ty(bias).len() != channels {
                return Ok(());
            }
            Some(bias)
        }
        None => None,
    };
    if let Some(y) = multiply(graph, &node.name, (x, &steps), bias)? {
        let output = graph.node(id).outputs[0];
        rename(graph, output, y);
        graph.replace(output, y);
    }
    Ok(())
}

/// What an activation that is a range is applied to, and the range in integers: rounding keeps order.
fn bounded(
    graph: &Graph,
    x: ValueId,
    to: &Target,
    profile: Profile,
) -> Option<(ValueId, Elements)> {
    let (node, Activate(activation)) = graph.producer_as::<Activate>(x)?;
    let (lo, hi) = match *activation {
        Activation::Identity => (f32::NEG_INFINITY, f32::INFINITY),
        Activation::Relu => (0.0, f32::INFINITY),
        Activation::Clip { lo, hi } => (lo, hi),
        _ => return None,
    };
    let rounded = |x: f32| match profile.is_fixed_point() {
        true => x.round(),
        false => x.round_ties_even(),
    };
    let code = |x: f32| {
        let code = rounded(x / to.scale) + to.elements.zero as f32;
        (code as i32).clamp(to.elements.lo, to.elements.hi)
    };
    let elements = Elements {
        lo: code(lo),
        hi: code(hi).max(code(lo)),
        ..to.elements
    };
    Some((node.input(0)?, elements)).filter(|_| graph.is_used_once(x))
}

/// The operator with weights whose result a node adds a constant to, and its inputs with that as bias;
/// or else the node itself.
fn with_bias(graph: &Graph, id: NodeId) -> (NodeId, Vec<Option<ValueId>>) {
    let node = graph.node(id);
    let host = || {
        let map = node.op_as::<Map>()?;
        let Expr::Call(function, args) = &map.function else {
            return None;
        };
        let ("add", [Expr::Arg(..), Expr::Arg(..)]) = (function.name, &args[..]) else {
            return None;
        };
        [(0, 1), (1, 0)].into_iter().find_map(|(sum, bias)| {
            let (sum, bias) = (node.input(sum)?, node.input(bias)?);
            let host = graph.producer(sum).filter(|_| graph.is_used_once(sum))?;
            let takes_bias = graph.node(host).op.activation().is_some();
            let open = takes_bias && graph.node(host).input(2).is_none();
            let channels = graph.ty(sum).shape.last()?;
            let fits = graph.ty(bias).shape.iter().rev().skip(1).all(|&d| d == 1)
                && graph
                    .ty(bias)
                    .shape
                    .last()
                    .is_none_or(|d| d == channels || *d == 1);
            let mut inputs = graph.node(host).inputs.clone();
            inputs.resize(3, None);
            inputs[2] = Some(bias);
            (open && fits && is_constant(graph, bias)).then_some((host, inputs))
        })
    };
    host().unwrap_or_else(|| (id, node.inputs.clone()))
}

/// Whether a value depends on constants only.
fn is_constant(graph: &Graph, value: ValueId) -> bool {
    let Some(producer) = graph.producer(value) else {
        return graph.constant(value).is_some();
    };
    let node = graph.node(producer);
    node.op_as::<Dequantize>().is_some()
        && node
            .inputs
            .iter()
            .flatten()
            .all(|&v| graph.constant(v).is_some())
}

/// Says of each node that computes in floating point, in a graph that has quantised data, why it does.
fn remark(graph: &mut Graph, reasons: &HashMap<NodeId, Cow<'static, str>>) {
    let order = graph.order();
    let quantized = |&id: &NodeId| {
        let node = graph.node(id);
        node.op_as::<Quantize>().is_some()
            || node.op_as::<Dequantize>().is_some() && codes(graph, node.outputs[0]).is_some()
    };
    if !order.iter().any(quantized) {
        return;
    }
    let mut remarks = Vec::new();
    for id in order {
        let node = graph.node(id);
        let float = graph.ty(node.outputs[0]).dtype == DType::F32;
        let moves = node.op.moves(node.inputs.len()).is_some();
        let dequantizes = node.op_as::<Dequantize>().is_some();
        if !float || moves || dequantizes || becomes_table(graph, node) {
            continue;
        }
        let reason = reasons
            .get(&id)
            .map_or("its result is not quantised", |r| r);
        remarks.push(Remark {
            layer: node.name.clone(),
            operator: node.op.name().into(),
            text: format!("stays in floating point: {reason}"),
        });
    }
    graph.remarks.extend(remarks);
}

/// Whether a node is part of a function of one byte that yields one: later passes make that a table.
fn becomes_table(graph: &Graph, node: &Node) -> bool {
    let elementwise = |node: &Node| node.op.scalar_function().is_some();
    let data = |node: &Node| {
        let mut data = node
            .inputs
            .iter()
            .flatten()
            .filter(|&&v| graph.constant(v).is_none());
        data.next().copied().filter(|_| data.next().is_none())
    };
    let mut from = data(node);
    while let Some(x) = from.filter(|&x| codes(graph, x).is_none()) {
        let producer = graph.producer(x).map(|id| graph.node(id));
        from = producer.filter(|node| elementwise(node)).and_then(data);
    }
    let byte = |dtype: DType| dtype.bits() == 8;
    let reads = from
        .and_then(|x| codes(graph, x))
        .is_some_and(|codes| byte(codes.dtype));
    let mut to = node;
    while to.op_as::<Quantize>().is_none() {
        match graph.users(to.outputs[0]) {
            [only] if elementwise(graph.node(*only)) => to = graph.node(*only),
            _ => return false,
        }
    }
    elementwise(node) && reads && byte(graph.ty(to.outputs[0]).dtype)
}

/// Constants that no operator on integers took are numbers like any other.
fn dequantize(graph: &mut Graph, id: NodeId) -> Result<(), Diag> {
    let node = graph.node(id);
    if node.op_as::<Dequantize>().is_some() {
        let output = node.outputs[0];
        graph.evaluate(output)?;
    }
    Ok(())
}
