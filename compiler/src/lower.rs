//! Lowering: from a graph to kernel calls over virtual buffers.
//!
//! Each operator writes its own calls through [`Lower`]; this file gives them buffers and collects
//! what they write. Nothing here knows any operator.

use crate::diag::Diag;
use crate::ir::{Def, Graph, Lower, ValueId, new_buffer};
use crate::program::{Buffer, BufferId, Port, Program, Step, Storage, copy_call};
use std::collections::HashMap;

/// Lowers a whole graph.
pub fn lower(graph: &Graph) -> Result<Program, Diag> {
    let mut program = Program {
        name: graph.name.clone(),
        ..Program::default()
    };
    let mut buffers = HashMap::new();
    for (i, &input) in graph.inputs.iter().enumerate() {
        let id = buffer_of(&mut program, &mut buffers, graph, input)?;
        let value = graph.value(input);
        program.inputs.push(Port {
            name: value.name.clone(),
            ty: value.ty.clone(),
            buffer: id,
            quantization: graph.edges.inputs.get(i).copied().flatten(),
        });
    }
    for id in graph.order() {
        let node = graph.node(id);
        let located = |d: Diag| d.at_node(&node.name, node.op.name());
        let mut buffer = |v| buffer_of(&mut program, &mut buffers, graph, v);
        let mut inputs = Vec::with_capacity(node.inputs.len());
        for &v in &node.inputs {
            inputs.push(v.map(&mut buffer).transpose().map_err(located)?);
        }
        let outputs = node.outputs.iter().map(|&v| buffer(v));
        let outputs = outputs.collect::<Result<_, _>>().map_err(located)?;
        let used = |&v: &ValueId| graph.is_output(v) || !graph.users(v).is_empty();
        let mut cx = Lower {
            program: &mut program,
            layer: &node.name,
            op: &*node.op,
            inputs,
            outputs,
            used: node.outputs.iter().map(used).collect(),
        };
        node.op.lower(&mut cx).map_err(located)?;
    }
    for (i, (name, value)) in graph.outputs().iter().enumerate() {
        let id = buffer_of(&mut program, &mut buffers, graph, *value)?;
        let buffer = output_buffer(&mut program, name, id);
        program.outputs.push(Port {
            name: name.clone(),
            ty: graph.ty(*value).clone(),
            buffer,
            quantization: graph.edges.outputs.get(i).copied().flatten(),
        });
    }
    program.verify()?;
    Ok(program)
}

/// A buffer that may be handed to the caller: constants are copied into the arena.
fn output_buffer(program: &mut Program, name: &str, id: BufferId) -> BufferId {
    let (root, is_empty) = (program.root(id).0, program.buffer(id).is_empty());
    if program.constant(root).is_none() {
        return id;
    }
    let buffer = Buffer {
        name: name.into(),
        storage: Storage::Arena,
        ..program.buffer(id).clone()
    };
    let out = program.add(buffer);
    if is_empty {
        return out;
    }
    let call = copy_call(program, id, out);
    program.steps.push(Step {
        layer: name.into(),
        operator: "Identity".into(),
        call,
        macs: 0,
        segment: None,
        unpacked: None,
    });
    out
}

fn buffer_of(
    program: &mut Program,
    buffers: &mut HashMap<ValueId, BufferId>,
    graph: &Graph,
    id: ValueId,
) -> Result<BufferId, Diag> {
    if let Some(&buffer) = buffers.get(&id) {
        return Ok(buffer);
    }
    let value = graph.value(id);
    let storage = match &value.def {
        Def::Const(tensor) => Storage::Constant(tensor.clone()),
        _ => Storage::Arena,
    };
    let mut buffer = new_buffer(&value.name, value.ty.clone(), storage)?;
    buffer.source = value.source.clone();
    let buffer = program.add(buffer);
    buffers.insert(id, buffer);
    Ok(buffer)
}
