//! Importing a whole network: from checked ONNX nodes to a graph, one registered operator after
//! another.

use crate::diag::{Diag, Diags};
use crate::ir::{Graph, ValueId};
use crate::onnx;
use crate::ops::support::import::{Importer, Scope, set_source};
use crate::ops::support::needs::Needs;
use crate::ops::{OnnxOp, onnx_operators};
use crate::tensor::TensorType;
use std::collections::HashMap;

/// Builds the graph of a model whose input dimensions are all known.
///
/// All nodes that no operator here can import are reported together.
pub fn import(model: &onnx::Model) -> Result<Graph, Diags> {
    let outputs: Vec<_> = model
        .outputs
        .iter()
        .map(|output| output.name.clone())
        .collect();
    let mut graph = Graph::new(&model.name);
    let mut scope = HashMap::new();
    for input in &model.inputs {
        let value = import_input(&mut graph, input)?;
        graph.edges.ranges.push(input.range);
        scope.insert(input.name.clone(), value);
    }
    for (name, tensor) in &model.initializers {
        tensor.ty.check_size().map_err(|d| d.at_tensor(name))?;
        graph.budget.give(tensor);
        scope.insert(name.clone(), graph.add_constant(name, tensor.clone()));
    }
    let mut needs = Needs::new(&model.nodes, &outputs);
    needs.decide(&mut graph, &mut scope);
    let unsupported = unsupported(&needs.all());
    if !unsupported.is_empty() {
        return Err(Diags(unsupported));
    }
    import_missing(&mut graph, &mut scope, &needs)?;
    for output in &model.outputs {
        let value = scope.get(&output.name).copied().ok_or_else(|| {
            let message = format!("nothing produces output `{}`", output.name);
            Diag::new("missing-tensor", message).at_tensor(&output.name)
        })?;
        graph.add_output(&output.name, value);
    }
    Ok(graph.compact())
}

fn import_input(graph: &mut Graph, input: &onnx::Input) -> Result<ValueId, Diag> {
    let shape = input.shape().ok_or_else(|| {
        let message = format!("dimensions of input `{}` are not all known", input.name);
        Diag::new("unbound-dimension", message)
    })?;
    let ty = TensorType::new(input.dtype, shape);
    ty.check_size().map_err(|d| d.at_tensor(&input.name))?;
    let value = graph.add_input(&input.name, ty);
    set_source(graph, value, &input.name);
    Ok(value)
}

/// Adds the nodes that `outputs` depend on.
pub(crate) fn import_nodes(
    graph: &mut Graph,
    scope: &mut Scope,
    nodes: &[onnx::Node],
    outputs: &[String],
) -> Result<(), Diag> {
    let mut needs = Needs::new(nodes, outputs);
    needs.decide(graph, scope);
    import_missing(graph, scope, &needs)
}

fn import_missing(graph: &mut Graph, scope: &mut Scope, needs: &Needs<'_>) -> Result<(), Diag> {
    needs
        .missing()
        .try_for_each(|node| import_node(graph, scope, node))
}

/// Adds a node; what it reads has been added.
pub(crate) fn import_node(
    graph: &mut Graph,
    scope: &mut Scope,
    node: &onnx::Node,
) -> Result<(), Diag> {
    let operator = find(node).ok_or_else(|| unsupported_operator(node, 1))?;
    let sized = graph.check_size().and_then(|()| graph.budget.check());
    sized.map_err(|diag| diag.at_node(&node.name, &node.qualified_operator()))?;
    let mut cx = Importer { graph, scope, node };
    let result = (operator.import)(&mut cx).and_then(|()| cx.check_outputs());
    result.map_err(|d| located(&cx, d))
}

/// A diagnostic with node, operator and tensor, and with what the node reads.
fn located(cx: &Importer<'_>, diag: Diag) -> Diag {
    let node = cx.node;
    let known = diag.at.tensor.is_some();
    let mut diag = diag.at_node(&node.name, &node.qualified_operator());
    // Users know the operator by its name in the file; what it becomes here has names of its own.
    diag.at.operator = Some(node.qualified_operator());
    let output = node.outputs.iter().find(|name| !name.is_empty());
    let (Some(output), false) = (output, known) else {
        return diag;
    };
    let read = (0..cx.input_count()).filter_map(|i| {
        let value = cx.optional(i)?;
        Some(format!("`{}`: {}", node.inputs[i], cx.ty(value)))
    });
    let read = read.take(8).collect::<Vec<_>>().join(", ");
    let diag = diag.at_tensor(output);
    match read.is_empty() {
        true => diag,
        false => diag.note(format!("it reads {read}")),
    }
}

fn find(node: &onnx::Node) -> Option<&'static OnnxOp> {
    find_operator(&node.domain, &node.operator)
}

/// The operator of that name in a domain.
pub(crate) fn find_operator(domain: &str, name: &str) -> Option<&'static OnnxOp> {
    onnx_operators().find(|op| op.name == name && op.domain == domain)
}

/// A diagnostic for each operator that is not known, at the first node that uses it.
fn unsupported(nodes: &[&onnx::Node]) -> Vec<Diag> {
    let mut found: Vec<(&onnx::Node, usize)> = Vec::new();
    for node in nodes.iter().copied().filter(|node| find(node).is_none()) {
        match found
            .iter_mut()
            .find(|(n, _)| n.qualified_operator() == node.qualified_operator())
        {
            Some((_, count)) => *count += 1,
            None => found.push((node, 1)),
        }
    }
    found
        .into_iter()
        .map(|(node, count)| unsupported_operator(node, count))
        .collect()
}

fn unsupported_operator(node: &onnx::Node, count: usize) -> Diag {
    let name = node.qualified_operator();
    let nodes = if count == 1 {
        "1 node".into()
    } else {
        format!("{count} nodes")
    };
    Diag::new(
        "unsupported-operator",
        format!("operator {name} is not supported ({nodes})"),
    )
    .at_node(&node.name, &name)
    .note("express it by supported operators, or as a function inside the model")
}
