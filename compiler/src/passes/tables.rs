//! Functions of one byte become tables.
//!
//! 256 entries hold every answer, whatever the function: activations of quantised data, and the
//! change from one scale to another, cost one load instead of arithmetic in floating point.

use super::sweep;
use crate::diag::Diag;
use crate::ir::{Graph, NodeId, ValueId};
use crate::ops::arithmetic::elementwise::Map;
use crate::ops::arithmetic::lookup::Lookup;
use crate::tensor::{AlignedBytes, DType, Tensor, TensorType};
use mlc_runtime_core::scalar::{Expr, Scalar};

/// A function of fewer calls is as cheap as a load from a table, and takes no room.
const LEAST_CALLS: usize = 3;

pub(super) fn run(graph: &mut Graph) -> Result<(), Diag> {
    sweep(graph, |graph, id| tabulate(graph, id).map(drop))
}

fn tabulate(graph: &mut Graph, id: NodeId) -> Result<Option<()>, Diag> {
    let node = graph.node(id).clone();
    let Some(map) = node.op_as::<Map>() else {
        return Ok(None);
    };
    let Some((x, function)) = of_one(graph, &map.function, &node.inputs) else {
        return Ok(None);
    };
    let output = node.outputs[0];
    let bytes = |v| graph.ty(v).dtype.bits() == 8 && graph.ty(v).dtype != DType::Bool;
    let same = graph.ty(x).shape == graph.ty(output).shape;
    if !same || !bytes(x) || !bytes(output) || function.calls() < LEAST_CALLS {
        return Ok(None);
    }
    let Some(table) = table(&function, graph.ty(x).dtype, map.dtype) else {
        return Ok(None);
    };
    let table = graph.add_constant(&node.name, table);
    let y = graph.add(&node.name, Lookup, &[Some(x), Some(table)])?[0];
    graph.value_mut(y).name = graph.value(output).name.clone();
    graph.replace(output, y);
    Ok(Some(()))
}

/// The only input that is not a constant of one element, and the function of it alone.
fn of_one(graph: &Graph, function: &Expr, inputs: &[Option<ValueId>]) -> Option<(ValueId, Expr)> {
    let mut only = None;
    let mut several = false;
    let function = function.substitute(&mut |i, ty| {
        let value = inputs.get(i).copied().flatten();
        let constant = value
            .and_then(|v| graph.constant(v))
            .filter(|t| t.ty.len() == 1);
        match constant.and_then(|t| Scalar::from_le_bytes(ty, t.bytes())) {
            Some(constant) => Expr::Const(constant),
            None => {
                several |= only.is_some() && only != value;
                only = value;
                Expr::Arg(0, ty)
            }
        }
    });
    let x = only.filter(|_| !several)?;
    graph.constant(x).is_none().then(|| (x, function.folded()))
}

/// The results for all bytes, those of negative ones after the others.
fn table(function: &Expr, from: DType, to: DType) -> Option<Tensor> {
    let element = from.storage()?;
    let mut bytes = Vec::with_capacity(256);
    for code in 0..=255u8 {
        let x = Scalar::from_le_bytes(element, &[code])?;
        function.eval(&[x])?.write_le(&mut bytes);
    }
    Tensor::from_bytes(TensorType::new(to, [256]), AlignedBytes::from(&*bytes)).ok()
}
