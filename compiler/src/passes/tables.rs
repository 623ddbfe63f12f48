//! Functions of one byte become tables.
//!
//! 256 entries hold every answer, whatever the function: activations of quantised data, and the
//! change from one scale to another, cost one load instead of arithmetic in floating point. So do functions that differ by
//! channel, where there are few of these: colours of a camera's, normalised and quantised. Bytes become bytes of the same
//! type, so that a result may take its operand's place.

use super::sweep;
use crate::diag::Diag;
use crate::ir::{Graph, NodeId, ValueId};
use crate::ops::arithmetic::bit_cast::BitCast;
use crate::ops::arithmetic::elementwise::{Map, scalar};
use crate::ops::arithmetic::lookup::Lookup;
use crate::ops::indexing::gather::Gather;
use crate::tensor::{AlignedBytes, DType, Tensor, TensorType};
use mlc_runtime_core::scalar::{ElementType, Expr, Scalar};

/// A function of fewer calls is as cheap as a load from a table, and takes no room.
const LEAST_CALLS: usize = 3;
/// Channels that have a table each, at most.
const MOST_TABLES: usize = 4;

pub(super) fn run(graph: &mut Graph) -> Result<(), Diag> {
    sweep(graph, |graph, id| {
        tabulate(graph, id)?;
        gathered(graph, id).map(drop)
    })
}

/// What is gathered from a list, at places that follow from bytes, is looked up: so a file in ONNX says a table.
fn gathered(graph: &mut Graph, id: NodeId) -> Result<Option<()>, Diag> {
    let node = graph.node(id).clone();
    let (Some(Gather { axis: 0 }), Some(list), Some(places)) =
        (node.op_as::<Gather>(), node.input(0), node.input(1))
    else {
        return Ok(None);
    };
    let (Some(list), Some((producer, map))) =
        (graph.constant(list), graph.producer_as::<Map>(places))
    else {
        return Ok(None);
    };
    let Some((x, functions)) = of_one(graph, &map.function, &producer.inputs) else {
        return Ok(None);
    };
    let byte = |dtype: DType| matches!(dtype, DType::I8 | DType::U8);
    let fits = byte(list.ty.dtype) && list.ty.rank() == 1 && byte(graph.ty(x).dtype);
    let (from, to) = (graph.ty(x).dtype, list.ty.dtype);
    let ([function], true) = (
        &functions[..],
        fits && graph.ty(x).shape == graph.ty(places).shape,
    ) else {
        return Ok(None);
    };
    let Some(table) = listed(function, from, list) else {
        return Ok(None);
    };
    let mut y = x;
    if from != to {
        y = graph.add(&node.name, BitCast(to), &[Some(x)])?[0];
    }
    let table = graph.add_constant(&node.name, table);
    y = graph.add(&node.name, Lookup, &[Some(y), Some(table)])?[0];
    let output = node.outputs[0];
    graph.value_mut(y).name = graph.value(output).name.clone();
    graph.replace(output, y);
    Ok(Some(()))
}

/// Entries of a list at the places that a function of each byte is, if all of them are in it.
fn listed(function: &Expr, from: DType, list: &Tensor) -> Option<Tensor> {
    let element = from.storage()?;
    let mut bytes = Vec::with_capacity(256);
    for code in 0..=255u8 {
        let x = Scalar::from_le_bytes(element, &[code])?;
        let Scalar::I64(place) = function.eval(&[x])? else {
            return None;
        };
        // Negative places count from the end.
        let from_end = if place < 0 { list.ty.len() as i64 } else { 0 };
        bytes.push(*list.bytes().get(usize::try_from(place + from_end).ok()?)?);
    }
    Tensor::from_bytes(
        TensorType::new(list.ty.dtype, [256]),
        AlignedBytes::from(&*bytes),
    )
    .ok()
}

fn tabulate(graph: &mut Graph, id: NodeId) -> Result<Option<()>, Diag> {
    let node = graph.node(id).clone();
    let Some(map) = node.op_as::<Map>() else {
        return Ok(None);
    };
    let Some((x, functions)) = of_one(graph, &map.function, &node.inputs) else {
        return Ok(None);
    };
    let output = node.outputs[0];
    let bytes = |v| graph.ty(v).dtype.bits() == 8 && graph.ty(v).dtype != DType::Bool;
    let same = graph.ty(x).shape == graph.ty(output).shape;
    let short = functions
        .iter()
        .all(|function| function.calls() < LEAST_CALLS);
    let of_one_type = graph.ty(x).dtype == map.dtype;
    if !same || !bytes(x) || !bytes(output) || (short && of_one_type) {
        return Ok(None);
    }
    let Some(table) = table(&functions, graph.ty(x).dtype, map.dtype) else {
        return Ok(None);
    };
    if short && !flips_sign(&table) {
        return Ok(None);
    }
    let mut y = x;
    if !of_one_type {
        y = graph.add(&node.name, BitCast(map.dtype), &[Some(x)])?[0];
    }
    y = match flips_sign(&table) {
        true => graph.add(&node.name, flip(map.dtype)?, &[Some(y)])?[0],
        false => {
            let table = graph.add_constant(&node.name, table);
            graph.add(&node.name, Lookup, &[Some(y), Some(table)])?[0]
        }
    };
    graph.value_mut(y).name = graph.value(output).name.clone();
    graph.replace(output, y);
    Ok(Some(()))
}

/// The only input that is no constant, and the function of it alone: one, or one for each channel.
fn of_one(
    graph: &Graph,
    function: &Expr,
    inputs: &[Option<ValueId>],
) -> Option<(ValueId, Vec<Expr>)> {
    let constant = |i: usize| graph.constant(inputs.get(i).copied().flatten()?);
    let mut variable = inputs
        .iter()
        .flatten()
        .filter(|&&v| graph.constant(v).is_none());
    let &x = variable.next()?;
    if variable.any(|&other| other != x) {
        return None;
    }
    let channels = graph.ty(x).shape.last().copied().unwrap_or(1);
    let lengths = (0..inputs.len()).filter_map(|i| Some(across(constant(i)?)));
    let lengths: Vec<Option<usize>> = lengths.collect();
    let fits = |len: &Option<usize>| len.is_some_and(|len| len == 1 || len == channels);
    let count = lengths.iter().flatten().copied().max().unwrap_or(1);
    if !lengths.iter().all(fits) || count > MOST_TABLES {
        return None;
    }
    let of_channel = |channel: usize| {
        let function = function.substitute(&mut |i, ty| {
            let element = constant(i).and_then(|t| {
                let size = ty.size();
                let at = (channel * size) % t.bytes().len().max(1);
                Scalar::from_le_bytes(ty, &t.bytes()[at..at + size])
            });
            element.map_or(Expr::Arg(0, ty), Expr::Const)
        });
        function.folded()
    };
    Some((x, (0..count).map(of_channel).collect()))
}

/// How many elements a constant has, if all of them are along the last axis.
fn across(constant: &Tensor) -> Option<usize> {
    let last = constant.ty.shape.last().copied().unwrap_or(1);
    (constant.ty.len() == last).then_some(last)
}

/// The results for all bytes, those of negative ones after the others; for each function a row if there are several.
fn table(functions: &[Expr], from: DType, to: DType) -> Option<Tensor> {
    let element = from.storage()?;
    let mut bytes = Vec::with_capacity(256 * functions.len());
    for function in functions {
        for code in 0..=255u8 {
            let x = Scalar::from_le_bytes(element, &[code])?;
            function.eval(&[x])?.write_le(&mut bytes);
        }
    }
    let shape = match functions {
        [_] => vec![256],
        several => vec![several.len(), 256],
    };
    Tensor::from_bytes(TensorType::new(to, shape), AlignedBytes::from(&*bytes)).ok()
}

/// Whether a byte is looked up that differs by its highest bit: what is between codes with and without a sign.
fn flips_sign(table: &Tensor) -> bool {
    let mut codes = table.bytes().iter().zip(0..=255u8);
    table.ty.len() == 256 && codes.all(|(&found, code)| found == code ^ 0x80)
}

fn flip(dtype: DType) -> Result<Map, Diag> {
    let element = match dtype {
        DType::I8 => ElementType::I8,
        _ => ElementType::U8,
    };
    let sign = Expr::Const(Scalar::I64(0x80).cast(element));
    let function = scalar("bit_xor", [Expr::Arg(0, element), sign])?;
    Ok(Map { function, dtype })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passes::edges::quantized;
    use crate::passes::{PASSES, run as passes};
    use crate::quantization::Quantization;
    use crate::settings::{Interface, Settings};
    use crate::{interp, lower, schedule};

    /// Colours, quantised to `i8`, and what is asked of them.
    fn answer(asked: &Interface, x: &Tensor, passed: bool) -> (Tensor, Vec<&'static str>) {
        let mut graph = Graph::new("");
        let colours = graph.add_input("x", TensorType::new(DType::F32, [1, 2, 2, 3]));
        let meaning = Quantization::new(0.02, -3).unwrap();
        let codes = quantized(&mut graph, colours, DType::I8, meaning).unwrap();
        graph.add_output("y", codes);
        let settings = Settings {
            interface: asked.clone(),
            ..Settings::default()
        };
        let plain = ["edges", "interface"];
        let wanted = |pass: &&crate::passes::Pass| passed || plain.contains(&pass.name);
        for pass in PASSES.iter().filter(wanted) {
            let one = std::slice::from_ref(pass);
            passes(one, &mut graph, &settings, &mut |_, _| ()).unwrap();
        }
        let program = lower::lower(&graph).unwrap();
        let program = schedule::schedule(program, schedule::Way::default()).expect("no segments");
        let kernels = program.steps.iter().map(|step| step.call.kernel.name);
        let y = interp::run(&program, std::slice::from_ref(x)).unwrap();
        (y[0].clone(), kernels.collect())
    }

    #[test]
    fn every_colour_has_a_table() {
        let mut asked = Interface::default();
        asked.input_type("u8").unwrap();
        asked.input_mean("120.5,110,100").unwrap();
        asked.input_scale("1/58,1/57,1/57.5").unwrap();
        let x = Tensor::new(
            [1, 2, 2, 3],
            &[0u8, 1, 2, 255, 254, 253, 120, 110, 100, 33, 77, 200],
        );
        let (expected, _) = answer(&asked, &x, false);
        let (found, kernels) = answer(&asked, &x, true);
        assert!(found.identical(&expected));
        assert_eq!(kernels, ["lookup_update"]);
    }

    #[test]
    fn a_camera_s_own_scale_is_a_matter_of_the_sign() {
        let mut asked = Interface::default();
        asked.input_type("u8").unwrap();
        asked.input_mean("125").unwrap();
        asked.input_scale("0.02").unwrap();
        let x = Tensor::new(
            [1, 2, 2, 3],
            &[0u8, 1, 2, 255, 254, 253, 127, 128, 100, 33, 77, 200],
        );
        let (expected, _) = answer(&asked, &x, false);
        let (found, kernels) = answer(&asked, &x, true);
        assert!(found.identical(&expected));
        assert_eq!(kernels, ["map1_update"]);
    }
}
