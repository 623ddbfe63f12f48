//! What checks find, and what they let pass.

use super::build::*;
use crate::onnx::proto::attribute_proto::AttributeType;
use crate::onnx::proto::{GraphProto, ModelProto};
use crate::onnx::{Attribute, Dim};
use insta::assert_snapshot;

fn refused(model: &ModelProto) -> String {
    parse(model).unwrap_err().to_string()
}

#[test]
fn everything_is_said_in_one_go() {
    let mut graph = graph(
        "x",
        "y z",
        [
            node("Add", "x wieght", "t"),
            node("Neg", "u", "t"),
            node("", "t", "y"),
        ],
    );
    graph.initializer = vec![floats("weight", &[1.0]), floats("w", &[])];
    graph.initializer[1].dims = vec![2];
    let mut model = model(graph);
    model.ir_version = Some(99);
    assert_snapshot!(refused(&model), @"
    0 values in float_data for f32[2], which takes 2 [tensor-size]
      at tensor `w`
      note: the tensor has no data at all
    the model's IR version is 99; 14 is the newest known [ir-version]
      note: export it with an older `ir_version`, or use a newer mlc
    `t` is defined more than once [duplicate-name]
      at node `t`, operator `Neg`, tensor `t`
    `wieght` is read, but nothing defines it [missing-tensor]
      at node `t`, operator `Add`, tensor `wieght`
      note: did you mean `weight`?
    `u` is read, but nothing defines it [missing-tensor]
      at node `t`, operator `Neg`, tensor `u`
      note: did you mean `t`?
    the node names no operator [missing-name]
      at node `y`, operator ``
    nothing computes the output `z` [missing-output]
      at tensor `z`
      note: did you mean `t`?
    ");
}

#[test]
fn reports_stay_short() {
    let nodes: Vec<_> = (0..10_000)
        .map(|i| node("Neg", &format!("missing{i}"), &format!("t{i}")))
        .collect();
    let diags = parse(&model(graph("x", "t0", nodes))).unwrap_err();
    assert_eq!(diags.0.len(), 200);
    assert_eq!(
        diags.0[199].notes.last().unwrap(),
        "9800 more problems are not shown"
    );
}

#[test]
fn versions_of_operators_must_be_known() {
    let with = |version| ModelProto {
        opset_import: vec![opset("ai.onnx", version)],
        ..model(graph("x", "y", [node("Neg", "x", "y")]))
    };
    assert!((1..=28).all(|version| parse(&with(version)).is_ok()));
    assert!(
        [0, 29, -1, i64::MAX]
            .iter()
            .all(|version| parse(&with(*version)).is_err())
    );
    // The oldest files state none: there was but one.
    let silent = |ir| ModelProto {
        ir_version: Some(ir),
        opset_import: Vec::new(),
        ..with(1)
    };
    assert_eq!(parse(&silent(2)).unwrap().nodes[0].version, 1);
    assert!(parse(&silent(3)).is_err());
    let mut twice = with(17);
    twice.opset_import.push(opset("", 18));
    assert_snapshot!(refused(&twice), @"two versions of domain `` are imported [opset]");
    let custom = model(graph("x", "y", [node("com.example.Op", "x", "y")]));
    assert_snapshot!(refused(&custom), @"
    operators of domain `com.example` are used, but the model states no version of them [opset]
      at node `y`, operator `com.example.Op`
      note: `opset_import` must list domain `com.example`, or the model a function of that name
    ");
}

#[test]
fn nodes_are_put_into_order() {
    let model = parse(&model(graph(
        "x",
        "y",
        [
            node("Neg", "b", "y"),
            node("Abs", "x", "a"),
            node("Exp", "a", "b"),
        ],
    )));
    assert_snapshot!(listing(&model.unwrap().nodes), @"
    a = Abs@17 x
    b = Exp@17 a
    y = Neg@17 b
    ");
}

#[test]
fn what_a_subgraph_reads_comes_before_it() {
    let branch = graph("", "r", [node("Neg", "late", "r")]);
    let nodes = [
        node("If", "x", "y").with(subgraph("then_branch", branch)),
        node("Abs", "x", "late"),
    ];
    let model = parse(&model(graph("x", "y", nodes))).unwrap();
    assert_eq!(model.nodes[0].operator, "Abs");
}

#[test]
fn a_cycle_through_a_subgraph_is_one() {
    let branch = graph("", "r", [node("Neg", "y", "r")]);
    let nodes = [
        node("If", "x", "t").with(subgraph("then_branch", branch)),
        node("Abs", "t", "y"),
    ];
    assert_snapshot!(refused(&model(graph("x", "y", nodes))), @"
    nodes read each other's outputs in a circle, so none of them can run first [cycle]
      at node `t`, operator `If`
      note: the circle is `y` → `t` → `y`
    ");
}

#[test]
fn names_within_subgraphs_are_not_seen_outside() {
    let branch = graph("", "r", [node("Neg", "x", "r")]);
    let nodes = [
        node("If", "x", "t").with(subgraph("then_branch", branch)),
        node("Abs", "r", "y"),
    ];
    assert!(refused(&model(graph("x", "y", nodes))).contains("`r` is read"));
}

#[test]
fn minus_one_is_an_unknown_size() {
    let mut graph = graph("x", "y", [node("Neg", "x", "y")]);
    graph.input = vec![value("x", "-1 3")];
    assert_eq!(
        parse(&model(graph)).unwrap().inputs[0].dims,
        [Dim::Unknown, Dim::Known(3)]
    );
}

#[test]
fn attributes_are_read_by_their_type() {
    let untyped = crate::onnx::proto::AttributeProto {
        r#type: None,
        ..int("untyped", 7)
    };
    let node = node("Op", "x", "y")
        .with(untyped)
        .with(attribute("zero", AttributeType::Int))
        .with(ints("list", &[1]));
    let model = parse(&model(graph("x", "y", [node]))).unwrap();
    let node = &model.nodes[0];
    assert_eq!(node.int("untyped", 0).unwrap(), 7);
    assert_eq!(node.int("zero", 5).unwrap(), 0);
    assert_eq!(node.int("absent", 5).unwrap(), 5);
    assert_eq!(node.ints("list").unwrap(), Some(&[1][..]));
    assert_snapshot!(node.float("list", 0.0).unwrap_err(), @"
    attribute `list` must be a float, but it is a list of integers [attribute-type]
      at node `y`, operator `Op`, attribute `list`
    ");
}

#[test]
fn constants_of_inputs_are_constants() {
    let graph = GraphProto {
        initializer: vec![floats("w", &[1.0])],
        ..graph("x w", "y", [node("Add", "x w", "y")])
    };
    let model = parse(&model(graph)).unwrap();
    assert_eq!(model.inputs.len(), 1);
    assert_eq!(model.initializers[0].0, "w");
}

#[test]
fn contradictory_attributes_are_refused() {
    let wrong = crate::onnx::proto::AttributeProto {
        r#type: Some(AttributeType::Float as i32),
        ..int("axis", 1)
    };
    let said = refused(&model(graph("x", "y", [node("Op", "x", "y").with(wrong)])));
    assert_snapshot!(said, @"
    the attribute says its type is FLOAT, but holds INT [attribute-type]
      at node `y`, operator `Op`, attribute `axis`
    ");
    let twice = node("Op", "x", "y")
        .with(int("axis", 1))
        .with(int("axis", 2));
    assert!(
        matches!(parse(&model(graph("x", "y", [twice]))), Err(diags) if diags.0[0].code == "duplicate-attribute")
    );
    let unit = node("Op", "x", "y").with(int("axis", 1));
    let model = parse(&model(graph("x", "y", [unit]))).unwrap();
    assert!(matches!(
        model.nodes[0].attributes["axis"],
        Attribute::Int(1)
    ));
}
