//! Types at the edges: integers, or the floats that they stand for, as the caller likes.
//!
//! A quantised model takes and gives either floats, which it quantises first and dequantises last, or
//! integers, whose meaning only its operators know. Before these are rewritten, it is noted what
//! integers at the edges stand for, and where floats are asked for, they take the integers' place.
//! When quantisation has risen and dequantisation sunk as far as they go, the same is done the other
//! way round.

use super::integers::{dequantized, of_type, target};
use crate::diag::Diag;
use crate::ir::{Edges, Graph, Remark, ValueId};
use crate::ops::integers::{Codes, codes};
use crate::ops::quantisation::quantize::{Dequantize, Quantize, code_range};
use crate::quantization::Quantization;
use crate::settings::{Io, Settings};
use crate::tensor::{DType, Tensor, TensorType};
use std::collections::HashSet;

/// Notes what integers at the edges stand for; makes them floats if asked to.
pub(super) fn run(graph: &mut Graph, settings: &Settings) -> Result<(), Diag> {
    let outputs = graph.outputs().iter().map(|(_, value)| *value);
    graph.edges = Edges {
        ranges: graph.edges.ranges.clone(),
        outputs: outputs.map(|value| made_of(graph, value)).collect(),
        inputs: graph
            .inputs
            .iter()
            .map(|&value| taken_for(graph, value))
            .collect(),
    };
    match settings.io {
        Io::Float => to_floats(graph),
        Io::AsIs | Io::Int8 => Ok(()),
    }
}

/// Makes floats at the edges integers if asked to.
pub(super) fn late(graph: &mut Graph, settings: &Settings) -> Result<(), Diag> {
    match settings.io {
        Io::Int8 => to_integers(graph),
        Io::AsIs | Io::Float => Ok(()),
    }
}

/// The types of which quantised data are.
pub(super) fn is_code(dtype: DType) -> bool {
    matches!(dtype, DType::I8 | DType::U8 | DType::I16)
}

/// What is found several times has to be the same.
fn agree(found: &mut Option<Quantization>, other: Quantization) -> Option<()> {
    (*found.get_or_insert(other) == other).then_some(())
}

/// What the integers `value` stand for, if all that dequantises them, moved or as they are, agrees
/// and nothing else uses them.
fn taken_for(graph: &Graph, value: ValueId) -> Option<Quantization> {
    let mut found = None;
    let mut seen = HashSet::new();
    let mut pending = vec![value];
    while let Some(value) = pending.pop() {
        if graph.is_output(value) {
            return None;
        }
        for &user in graph.users(value).iter().filter(|id| seen.insert(**id)) {
            let node = graph.node(user);
            if node.op_as::<Dequantize>().is_some() {
                let codes = codes(graph, node.outputs[0]).filter(|codes| codes.value == value)?;
                agree(&mut found, Quantization::new(codes.scale, codes.zero)?)?;
            } else {
                node.op.moves(node.inputs.len())?;
                pending.extend(&node.outputs);
            }
        }
    }
    found
}

/// What the integers `value` stand for, if all of them were quantised alike.
fn made_of(graph: &Graph, value: ValueId) -> Option<Quantization> {
    let mut found = None;
    let mut seen = HashSet::new();
    let mut pending = vec![value];
    while let Some(value) = pending.pop() {
        let node = graph.node(graph.producer(value)?);
        if let Some(to) = target(graph, node) {
            agree(&mut found, Quantization::new(to.scale, to.elements.zero)?)?;
            continue;
        }
        let data = node.op.moves(node.inputs.len())?;
        let moved = node.inputs.iter().zip(data).filter(|(_, data)| *data);
        pending.extend(moved.filter_map(|(v, _)| *v).filter(|v| seen.insert(*v)));
    }
    found
}

fn to_floats(graph: &mut Graph) -> Result<(), Diag> {
    for i in 0..graph.inputs.len() {
        let old = graph.inputs[i];
        let TensorType { dtype, shape } = graph.ty(old).clone();
        if let Some(meaning) = graph.edges.inputs[i].take() {
            let x = graph.retype_input(i, TensorType::new(DType::F32, shape));
            let integers = quantized(graph, x, dtype, meaning)?;
            graph.replace(old, integers);
        } else if is_code(dtype) {
            remark_input(
                graph,
                i,
                "DequantizeLinear, by one scale, is not all that uses it",
            );
        }
    }
    for i in 0..graph.outputs().len() {
        let (name, old) = graph.outputs()[i].clone();
        let dtype = graph.ty(old).dtype;
        if let Some(Quantization { scale, zero }) = graph.edges.outputs[i].take() {
            let codes = Codes {
                value: old,
                dtype,
                scale,
                zero,
            };
            let y = dequantized(graph, &name, old, &codes)?;
            graph.set_output(i, y);
        } else if is_code(dtype) {
            remark_output(
                graph,
                i,
                "it does not come from QuantizeLinear by one scale",
            );
        }
    }
    match edge_types(graph).any(|dtype| dtype == DType::F32) {
        true => Ok(()),
        false => Err(none("floats", "float")),
    }
}

/// The integers that stand for floats.
pub(super) fn quantized(
    graph: &mut Graph,
    x: ValueId,
    to: DType,
    meaning: Quantization,
) -> Result<ValueId, Diag> {
    let name = graph.value(x).name.clone();
    let scale = graph.add_constant(&name, Tensor::scalar(meaning.scale));
    let zero = graph.add_constant(&name, of_type(vec![], &[meaning.zero], to));
    let op = Quantize {
        to,
        bits: to.bits() as u32,
        has_zero: true,
        away: false,
    };
    Ok(graph.add(&name, op, &[Some(x), Some(scale), Some(zero)])?[0])
}

fn to_integers(graph: &mut Graph) -> Result<(), Diag> {
    for i in 0..graph.inputs.len() {
        let old = graph.inputs[i];
        let TensorType { dtype, shape } = graph.ty(old).clone();
        if let Some((to, meaning)) = quantized_to(graph, old) {
            let integers = graph.retype_input(i, TensorType::new(to, shape));
            for user in graph.users(old).to_vec() {
                graph.replace(graph.node(user).outputs[0], integers);
            }
            graph.edges.inputs[i] = Some(meaning);
        } else if dtype == DType::F32 {
            remark_input(
                graph,
                i,
                "QuantizeLinear, by one scale, is not all that uses it",
            );
        }
    }
    for i in 0..graph.outputs().len() {
        let old = graph.outputs()[i].1;
        let codes = codes(graph, old);
        let meaning = codes.and_then(|codes| Quantization::new(codes.scale, codes.zero));
        if let (Some(codes), Some(meaning)) = (codes, meaning) {
            graph.set_output(i, codes.value);
            graph.edges.outputs[i] = Some(meaning);
        } else if graph.ty(old).dtype == DType::F32 {
            remark_output(
                graph,
                i,
                "it does not come from DequantizeLinear by one scale",
            );
        }
    }
    match edge_types(graph).any(is_code) {
        true => Ok(()),
        false => Err(none("integers", "int8").note("`mlc quantize` makes a quantised model")),
    }
}

/// What integers the floats `value` are quantised to, if they are used for nothing else.
fn quantized_to(graph: &Graph, value: ValueId) -> Option<(DType, Quantization)> {
    let mut found = None;
    let mut dtype = None;
    for &user in graph.users(value) {
        let node = graph.node(user);
        let to = target(graph, node).filter(|_| node.input(0) == Some(value))?;
        let whole =
            (to.elements.lo, to.elements.hi) == code_range(to.dtype, to.dtype.bits() as u32);
        let alike = *dtype.get_or_insert(to.dtype) == to.dtype;
        agree(&mut found, Quantization::new(to.scale, to.elements.zero)?)
            .filter(|()| whole && alike)?;
    }
    dtype.zip(found).filter(|_| !graph.is_output(value))
}

/// The element types of all inputs and outputs.
fn edge_types(graph: &Graph) -> impl Iterator<Item = DType> {
    let outputs = graph.outputs().iter().map(|(_, value)| value);
    let values = graph.inputs.iter().chain(outputs);
    values.map(|&value| graph.ty(value).dtype)
}

fn remark_input(graph: &mut Graph, i: usize, why: &str) {
    let value = graph.value(graph.inputs[i]);
    remark(graph, "input", value.name.clone(), value.ty.dtype, why);
}

fn remark_output(graph: &mut Graph, i: usize, why: &str) {
    let (name, value) = graph.outputs()[i].clone();
    remark(graph, "output", name, graph.ty(value).dtype, why);
}

fn remark(graph: &mut Graph, edge: &str, name: String, dtype: DType, why: &str) {
    graph.remarks.push(Remark {
        layer: name,
        operator: edge.into(),
        text: format!("stays {dtype}: {why}"),
    });
}

/// Nothing at the edges is what was asked for.
fn none(wanted: &str, option: &str) -> Diag {
    let message = format!("no input or output can be given in {wanted}");
    Diag::new("unquantised-edges", message)
        .note("for that, the model has to quantise or dequantise it by one scale")
        .note(format!(
            "without the option io = `{option}`, types stay as the model has them"
        ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::arithmetic::activation::Activate;
    use crate::ops::layout::reshape::Reshape;
    use crate::ops::support::testing::f32s;
    use crate::passes::{PASSES, run as passes};
    use crate::program::Program;
    use crate::{interp, lower, schedule};
    use mlc_runtime_core::kernels::activation::Activation;

    const X: Quantization = Quantization {
        scale: 0.5,
        zero: 3,
    };
    const Y: Quantization = Quantization {
        scale: 0.01,
        zero: -7,
    };

    fn dequantize(
        graph: &mut Graph,
        value: ValueId,
        Quantization { scale, zero }: Quantization,
    ) -> ValueId {
        let codes = Codes {
            value,
            dtype: DType::I8,
            scale,
            zero,
        };
        dequantized(graph, "", value, &codes).unwrap()
    }

    fn add(graph: &mut Graph, op: impl crate::ir::Op, x: ValueId) -> ValueId {
        graph.add("", op, &[Some(x)]).unwrap()[0]
    }

    /// The hyperbolic tangent of numbers in steps of `X`, in steps of `Y`; at the edges these are integers or floats.
    fn tanh(integers: bool) -> Graph {
        let mut graph = Graph::new("");
        let ty = TensorType::new(if integers { DType::I8 } else { DType::F32 }, [2, 3]);
        let mut x = graph.add_input("x", ty);
        if !integers {
            x = quantized(&mut graph, x, DType::I8, X).unwrap();
        }
        x = add(&mut graph, Reshape(vec![3, 2]), x);
        x = dequantize(&mut graph, x, X);
        x = add(&mut graph, Activate(Activation::Tanh), x);
        x = quantized(&mut graph, x, DType::I8, Y).unwrap();
        if !integers {
            x = dequantize(&mut graph, x, Y);
        }
        let y = add(&mut graph, Reshape(vec![6]), x);
        graph.add_output("y", y);
        graph
    }

    fn compiled(mut graph: Graph, io: Io) -> Result<(Graph, Program), crate::diag::Diags> {
        let settings = Settings {
            io,
            ..Settings::default()
        };
        passes(PASSES, &mut graph, &settings, &mut |_, _| ())?;
        let program = schedule::schedule(lower::lower(&graph)?, schedule::Way::default())
            .expect("no segments");
        Ok((graph, program))
    }

    #[test]
    fn integers_and_floats_give_the_same_at_either_edge() {
        let integers = Tensor::new([2, 3], &[-128i8, -1, 3, 4, 6, 127]);
        let floats: Vec<f32> = integers
            .to_vec::<f32>()
            .unwrap()
            .iter()
            .map(|q| (q - 3.0) * 0.5)
            .collect();
        let floats = Tensor::new([2, 3], &floats);
        let answer = |model: bool, io, x: &Tensor| {
            let (graph, program) = compiled(tanh(model), io).unwrap();
            assert!(graph.remarks.is_empty(), "{:?}", graph.remarks);
            let known = program.inputs[0]
                .quantization
                .zip(program.outputs[0].quantization);
            let y = interp::run(&program, std::slice::from_ref(x))
                .unwrap()
                .remove(0);
            (y.bytes().to_vec(), known)
        };
        let (codes, known) = answer(true, Io::AsIs, &integers);
        assert_eq!(known, Some((X, Y)));
        assert_eq!(answer(true, Io::Int8, &integers), (codes.clone(), known));
        assert_eq!(answer(false, Io::Int8, &integers), (codes, known));
        let (numbers, known) = answer(false, Io::AsIs, &floats);
        assert_eq!(known, None);
        assert_eq!(answer(false, Io::Float, &floats), (numbers.clone(), None));
        assert_eq!(answer(true, Io::Float, &floats), (numbers, None));
    }

    #[test]
    fn integers_at_the_edges_leave_nothing_to_compute_in_floats() {
        let (graph, _) = compiled(tanh(false), Io::Int8).unwrap();
        let floats = |id: &crate::ir::NodeId| {
            let outputs = &graph.node(*id).outputs;
            outputs.iter().any(|&v| graph.ty(v).dtype == DType::F32)
        };
        assert!(!graph.order().iter().any(floats), "{graph}");
    }

    #[test]
    fn what_cannot_be_otherwise_is_said() {
        let mut graph = tanh(false);
        let extra = graph.add_input("extra", f32s(&[6]));
        let extra = add(&mut graph, Activate(Activation::Relu), extra);
        graph.add_output("twin", extra);
        let (graph, _) = compiled(graph, Io::Int8).unwrap();
        let edges: Vec<_> = graph
            .remarks
            .iter()
            .map(|r| (&*r.layer, &*r.operator))
            .collect();
        assert_eq!(
            edges,
            [("", "Relu"), ("extra", "input"), ("twin", "output")]
        );
        assert!(
            graph.remarks[1].text.starts_with("stays f32: "),
            "{:?}",
            graph.remarks
        );

        let mut graph = Graph::new("");
        let x = graph.add_input("x", f32s(&[6]));
        let y = add(&mut graph, Activate(Activation::Relu), x);
        graph.add_output("y", y);
        let diags = compiled(graph, Io::Int8).unwrap_err();
        assert_eq!(diags.0[0].code, "unquantised-edges");
    }
}
