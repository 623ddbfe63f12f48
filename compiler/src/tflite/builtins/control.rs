//! Graphs that are chosen or repeated.

use super::super::call::Call;
use super::super::schema::{BuiltinOperator as B, IfOptions, WhileOptions};
use super::{Builtin, builtin};
use crate::diag::Diag;
use crate::onnx::{Attribute, Node, Subgraph};

pub(super) const BUILTINS: &[Builtin] = &[builtin(B::If, branch), builtin(B::While, repeat)];

/// Which of the file's graphs a number is.
fn graph(number: i32) -> Result<usize, Diag> {
    usize::try_from(number)
        .map_err(|_| Diag::new("malformed-file", format!("there is no subgraph {number}")))
}

/// A graph with names for its inputs: its nodes, and names of its results.
fn nested(
    call: &mut Call<'_, '_, '_>,
    number: i32,
    inputs: &[String],
) -> Result<(Vec<Node>, Vec<String>), Diag> {
    call.scope.nested(graph(number)?, inputs, call.problems)
}

fn subgraph(inputs: Vec<String>, nodes: Vec<Node>, outputs: Vec<String>) -> Attribute {
    Attribute::Graph(Box::new(Subgraph {
        inputs,
        outputs,
        nodes,
        ..Subgraph::default()
    }))
}

/// Branches read what is around them.
fn branch(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let options: IfOptions = call.options()?;
    let condition = call.raw(0)?;
    let inputs = (1..call.count())
        .map(|i| call.raw(i))
        .collect::<Result<Vec<_>, _>>()?;
    let mut attributes = Vec::new();
    for (name, number) in [
        ("then_branch", options.then_subgraph_index),
        ("else_branch", options.else_subgraph_index),
    ] {
        let (nodes, outputs) = nested(call, number, &inputs)?;
        if outputs.len() != call.outputs() {
            return Err(Diag::new(
                "malformed-file",
                format!("subgraph {number} has another number of outputs"),
            ));
        }
        attributes.push((name, subgraph(Vec::new(), nodes, outputs)));
    }
    let condition = call.reshape(&condition, &[]);
    let outputs = call.nodes("If", &[&condition], attributes, call.outputs());
    outputs
        .iter()
        .enumerate()
        .try_for_each(|(i, output)| call.give_raw(i, output))
}

/// ONNX decides after each round whether there is another: the condition is computed before the first, and in each.
fn repeat(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let options: WhileOptions = call.options()?;
    let inputs = (0..call.count())
        .map(|i| call.raw(i))
        .collect::<Result<Vec<_>, _>>()?;
    let (nodes, first) = nested(call, options.cond_subgraph_index, &inputs)?;
    call.scope.extend(nodes);
    let first = single(&first)?;
    let kept: Vec<_> = inputs.iter().map(|_| call.scope.fresh("kept")).collect();
    let (mut body, results) = nested(call, options.body_subgraph_index, &kept)?;
    if results.len() != inputs.len() || results.len() != call.outputs() {
        let message = "a loop's graph has other numbers of inputs or outputs than the loop";
        return Err(Diag::new("malformed-file", message));
    }
    let (condition, again) = nested(call, options.cond_subgraph_index, &results)?;
    body.extend(condition);
    let mut outputs = vec![single(&again)?];
    outputs.extend(results);
    let mut formal = vec![call.scope.fresh("round"), call.scope.fresh("condition")];
    formal.extend(kept);
    let body = subgraph(formal, body, outputs);
    let first = call.reshape(&first, &[]);
    let given: Vec<&str> = ["", &first]
        .into_iter()
        .chain(inputs.iter().map(String::as_str))
        .collect();
    let outputs = call.nodes("Loop", &given, vec![("body", body)], call.outputs());
    outputs
        .iter()
        .enumerate()
        .try_for_each(|(i, output)| call.give_raw(i, output))
}

/// The only result of a condition.
fn single(results: &[String]) -> Result<String, Diag> {
    match results {
        [result] => Ok(result.clone()),
        _ => Err(Diag::new(
            "malformed-file",
            "a loop's condition has one result",
        )),
    }
}
