//! Networks whose shapes, branches and second names are known before they run.

use super::super::net::node;
use super::super::testing::model;
use super::*;
use crate::onnx::Subgraph;

fn operators(model: &Model) -> Vec<&str> {
    model
        .nodes
        .iter()
        .map(|node| node.operator.as_str())
        .collect()
}

fn constant<'a>(model: &'a Model, name: &str) -> Option<&'a Tensor> {
    let found = model.initializers.iter().find(|(other, _)| other == name);
    found.map(|(_, tensor)| tensor)
}

/// `x.view(x.size(0), -1)`, as exporters write it.
#[test]
fn shapes_of_shapes_become_constants() {
    let mut model = model(
        &[("x", &[2, 3, 4])],
        &["y"],
        vec![
            node("Shape", 13, &["x"], "shape"),
            node("Gather", 13, &["shape", "first"], "rows"),
            node("Concat", 13, &["rows", "rest"], "sizes"),
            node("Reshape", 13, &["x", "sizes"], "y"),
        ],
    );
    model.nodes[2].attributes = super::super::opset::along(0);
    let list = |name: &str, x: i64| (name.to_owned(), Tensor::new([1], &[x]));
    model.initializers = vec![list("first", 0), list("rest", -1)];
    let types = fold(&mut model).unwrap();
    assert_eq!(operators(&model), ["Reshape"]);
    assert_eq!(
        constant(&model, "sizes").unwrap().values::<i64>(),
        Some(&[2, -1][..])
    );
    assert_eq!(types["y"].shape, [2, 12]);
    assert_eq!(model.initializers.len(), 1);
}

/// A branch of an `If` within a branch, both chosen by a shape; what is not chosen has an operator that nobody knows.
#[test]
fn branches_that_are_taken_replace_their_nodes() {
    let choice = |chosen: Vec<Node>, outputs: &str, y: &str| Node {
        attributes: [
            ("then_branch", chosen),
            ("else_branch", vec![node("Unheard", 13, &["x"], "no")]),
        ]
        .map(|(name, nodes)| {
            let outputs = vec![if name == "then_branch" { outputs } else { "no" }.to_owned()];
            let graph = Subgraph {
                outputs,
                nodes,
                ..Subgraph::default()
            };
            (name.to_owned(), Attribute::Graph(Box::new(graph)))
        })
        .into(),
        ..node("If", 13, &["yes"], y)
    };
    let inner = choice(vec![node("Relu", 13, &["a"], "b")], "b", "c");
    let chosen = vec![
        node("Neg", 13, &["x"], "a"),
        inner,
        node("Exp", 13, &["c"], "d"),
    ];
    let mut model = model(
        &[("x", &[2])],
        &["y"],
        vec![
            node("Shape", 13, &["x"], "shape"),
            node("Equal", 13, &["shape", "shape"], "yes"),
            choice(chosen, "d", "z"),
            // The branch's own names are taken outside of it.
            node("Sqrt", 13, &["z"], "a"),
            node("Abs", 13, &["a"], "y"),
        ],
    );
    let types = fold(&mut model).unwrap();
    assert_eq!(operators(&model), ["Neg", "Relu", "Exp", "Sqrt", "Abs"]);
    assert_eq!(types["z"].shape, [2]);
    crate::compile(&model).unwrap();
}

#[test]
fn second_names_go_but_outputs_keep_theirs() {
    let mut model = model(
        &[("x", &[2])],
        &["y", "w_again"],
        vec![
            node("Identity", 13, &["x"], "x_again"),
            node("Identity", 13, &["w"], "w_again"),
            node("Identity", 13, &["w"], "w_thrice"),
            node("Add", 13, &["x_again", "w_thrice"], "y"),
        ],
    );
    model.initializers = vec![("w".to_owned(), Tensor::new([2], &[1.0_f32, 2.0]))];
    fold(&mut model).unwrap();
    assert_eq!(operators(&model), ["Add"]);
    assert_eq!(model.nodes[0].inputs, ["x", "w"]);
    assert!(constant(&model, "w_again").is_some() && constant(&model, "w_thrice").is_none());
    crate::compile(&model).unwrap();
}

/// A mask of nothing dropped is constant, what is not dropped is not.
#[test]
fn a_node_may_have_outputs_of_both_kinds() {
    let mut dropout = node("Dropout", 13, &["x"], "kept");
    dropout.outputs.push("mask".into());
    let mut model = model(
        &[("x", &[2])],
        &["y"],
        vec![dropout, node("Where", 13, &["mask", "kept", "x"], "y")],
    );
    fold(&mut model).unwrap();
    assert_eq!(operators(&model), ["Dropout", "Where"]);
    assert!(constant(&model, "mask").is_some());
    assert_ne!(model.nodes[0].outputs[1], "mask");
    crate::compile(&model).unwrap();
}
