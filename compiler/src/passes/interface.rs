//! Inputs as the caller gives them, outputs as the caller takes them: other axes, other elements, other units.
//!
//! What leads from there to the model is written into the graph like anything else that it computes, and other passes make it
//! disappear: transpositions meet those of convolutions, numbers with one scale are what a quantised layer takes,
//! functions of a byte become tables.

use super::edges::{is_code, quantized};
use super::integers::dequantized;
use crate::diag::Diag;
use crate::ir::{Graph, ValueId};
use crate::ops::arithmetic::cast::convert;
use crate::ops::arithmetic::elementwise::{Map, scalar};
use crate::ops::integers::Codes;
use crate::ops::layout::transpose::{Transpose, inverse, is_identity, permute};
use crate::ops::quantisation::quantize::{Quantize, code_range};
use crate::ops::reduction::top_k::TopK;
use crate::quantization::Quantization;
use crate::settings::{InputAs, Layout, OutputAs, Settings};
use crate::tensor::{DType, Tensor, TensorType};
use mlc_runtime_core::scalar::{ElementType, Expr};

pub(super) fn run(graph: &mut Graph, settings: &Settings) -> Result<(), Diag> {
    let inputs = graph.inputs.iter().map(|&v| graph.value(v).name.clone());
    let inputs: Vec<_> = inputs.collect();
    let outputs = graph.outputs().iter().map(|(name, _)| name.clone());
    let outputs: Vec<_> = outputs.collect();
    let (given, taken) = settings.interface.of(&inputs, &outputs)?;
    for (i, wanted) in given.iter().enumerate() {
        wanted
            .present(graph, i)
            .map_err(|d| d.at_tensor(&inputs[i]))?;
    }
    for (i, wanted) in taken.iter().enumerate() {
        wanted
            .present(graph, i)
            .map_err(|d| d.at_tensor(&outputs[i]))?;
    }
    Ok(())
}

impl InputAs {
    /// Lets the caller give an input so.
    fn present(&self, graph: &mut Graph, i: usize) -> Result<(), Diag> {
        let old = graph.inputs[i];
        let ty = graph.ty(old).clone();
        if let Some(layout) = &self.layout {
            refuse_last(graph, old, layout)?;
        }
        let order = self.order(&ty)?;
        let element = self.element.unwrap_or(ty.dtype);
        let is_plain = self.has_own_elements(ty.dtype);
        if is_plain && is_identity(&order) {
            return Ok(());
        }
        let shape = permute(&order, &ty.shape);
        let x = graph.retype_input(i, TensorType::new(element, shape));
        let name = graph.value(x).name.clone();
        let numbers = match is_plain {
            true => x,
            false => self.to_numbers(graph, i, x, &ty, &order)?,
        };
        let y = match is_identity(&order) {
            true => numbers,
            false => graph.add(&name, Transpose(inverse(&order)), &[Some(numbers)])?[0],
        };
        graph.replace(old, y);
        Ok(())
    }

    /// What the model takes for the elements given, in the order of these.
    fn to_numbers(
        &self,
        graph: &mut Graph,
        i: usize,
        x: ValueId,
        ty: &TensorType,
        order: &[usize],
    ) -> Result<ValueId, Diag> {
        let name = graph.value(x).name.clone();
        let meaning = graph.edges.inputs.get_mut(i).and_then(Option::take);
        if ty.dtype != DType::F32 && meaning.is_none() {
            return self.converted(graph, x, ty.dtype);
        }
        let from = graph.ty(x).dtype;
        // In a network of floats nobody asks what integers stand for.
        let is_quantised = meaning.is_some() || quantises(graph);
        let y = match self.quantization(from).filter(|_| is_quantised) {
            Some(given) => {
                if let Some(known) = graph.edges.inputs.get_mut(i) {
                    *known = Some(given);
                }
                let Quantization { scale, zero } = given;
                let codes = Codes {
                    value: x,
                    dtype: from,
                    scale,
                    zero,
                };
                dequantized(graph, &name, x, &codes)?
            }
            None => self.scaled(graph, x, ty, order)?,
        };
        match meaning {
            Some(meaning) => quantized(graph, y, ty.dtype, meaning),
            None => Ok(y),
        }
    }

    /// Integers of another type, which stand for themselves.
    fn converted(&self, graph: &mut Graph, x: ValueId, dtype: DType) -> Result<ValueId, Diag> {
        if is_code(dtype) || dtype == DType::Bool || self.mean.is_some() || self.scale.is_some() {
            let message = format!("what the model means by {dtype} is not known");
            return Err(Diag::new("unquantised-edges", message).note(
                "elements can be given otherwise if they are floats, or quantised by one scale",
            ));
        }
        let name = graph.value(x).name.clone();
        let argument = Expr::Arg(0, storage(graph.ty(x).dtype)?);
        let function = convert(argument, dtype)?;
        Ok(graph.add(&name, Map { function, dtype }, &[Some(x)])?[0])
    }

    /// What integers stand for, if that is said by one scale and one whole number.
    fn quantization(&self, from: DType) -> Option<Quantization> {
        let single = |numbers: &Option<Vec<f32>>, absent| match numbers.as_deref() {
            None => Some(absent),
            Some([only]) => Some(*only),
            Some(_) => None,
        };
        let (mean, scale) = (single(&self.mean, 0.0)?, single(&self.scale, 1.0)?);
        let (least, most) = is_code(from).then(|| code_range(from, from.bits() as u32))?;
        let whole = mean.fract() == 0.0 && (least as f32..=most as f32).contains(&mean);
        Quantization::new(scale, mean as i32).filter(|_| whole)
    }

    /// `(x - mean) * scale`, where either may be one for each channel.
    fn scaled(
        &self,
        graph: &mut Graph,
        x: ValueId,
        ty: &TensorType,
        order: &[usize],
    ) -> Result<ValueId, Diag> {
        let name = graph.value(x).name.clone();
        let number = Expr::Arg(0, storage(graph.ty(x).dtype)?);
        let mut function = convert(number, DType::F32)?;
        let mut operands = vec![Some(x)];
        for (operation, numbers) in [("sub", &self.mean), ("mul", &self.scale)] {
            let Some(numbers) = numbers else { continue };
            let constant = Tensor::new(Self::across(numbers.len(), ty, order)?, numbers);
            let argument = Expr::Arg(operands.len(), ElementType::F32);
            operands.push(Some(graph.add_constant(&name, constant)));
            function = scalar(operation, [function, argument])?;
        }
        let dtype = DType::F32;
        Ok(graph.add(&name, Map { function, dtype }, &operands)?[0])
    }
}

/// Letters say what the axes of an ONNX model are; one that begins with bringing channels to the front has them last.
fn refuse_last(graph: &Graph, input: ValueId, layout: &Layout) -> Result<(), Diag> {
    let rank = graph.ty(input).rank();
    let first: Vec<_> = [0, rank.saturating_sub(1)]
        .into_iter()
        .chain(1..rank.saturating_sub(1))
        .collect();
    let is_brought = |id: &crate::ir::NodeId| {
        let transpose = graph.node(*id).op_as::<Transpose>();
        transpose.is_some_and(|Transpose(perm)| *perm == first)
    };
    let users = graph.users(input);
    if layout.by_letters && rank > 2 && !users.is_empty() && users.iter().all(is_brought) {
        let message = format!(
            "the model takes {} with the channels last already",
            graph.ty(input)
        );
        let axes: Vec<_> = layout.order.iter().map(usize::to_string).collect();
        return Err(Diag::new("conflicting-shape", message)
            .note("without the option it is given as the model has it")
            .note(format!(
                "axes by number are taken at their word: `{}`",
                axes.join(",")
            )));
    }
    Ok(())
}

fn quantises(graph: &Graph) -> bool {
    let mut nodes = graph.order().into_iter().map(|id| graph.node(id));
    nodes.any(|node| node.op_as::<Quantize>().is_some())
}

fn storage(dtype: DType) -> Result<ElementType, Diag> {
    dtype
        .storage()
        .ok_or_else(|| crate::ops::unsupported_type(dtype))
}

impl OutputAs {
    /// Lets the caller take an output so: of the greatest scores, the greatest first, the classes come as another
    /// output, after all others.
    fn present(&self, graph: &mut Graph, i: usize) -> Result<(), Diag> {
        let (name, old) = graph.outputs()[i].clone();
        let ty = graph.ty(old).clone();
        let order = self.order(&ty)?;
        let Some(k) = self.top else {
            let y = arranged(graph, &name, old, &order)?;
            graph.set_output(i, y);
            return Ok(());
        };
        let of = TopK {
            axis: Self::classes(&ty),
            k,
            largest: true,
        };
        let found = graph.add(&name, of, &[Some(old)])?;
        let dtype = DType::I32;
        let function = convert(Expr::Arg(0, ElementType::I64), dtype)?;
        let classes = graph.add(&name, Map { function, dtype }, &[Some(found[1])])?[0];
        let [values, classes] = [
            arranged(graph, &name, found[0], &order)?,
            arranged(graph, &name, classes, &order)?,
        ];
        graph.set_output(i, values);
        let mut classes_name = format!("{name}_classes");
        while graph
            .outputs()
            .iter()
            .any(|(other, _)| *other == classes_name)
        {
            classes_name.push('_');
        }
        graph.add_output(classes_name, classes);
        if !graph.edges.outputs.is_empty() {
            graph.edges.outputs.push(None);
        }
        Ok(())
    }
}

/// A value with its axes in another order.
fn arranged(
    graph: &mut Graph,
    name: &str,
    value: ValueId,
    order: &[usize],
) -> Result<ValueId, Diag> {
    match is_identity(order) {
        true => Ok(value),
        false => Ok(graph.add(name, Transpose(order.into()), &[Some(value)])?[0]),
    }
}
