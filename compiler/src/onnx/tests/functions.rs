//! Inlining: names, attributes, scopes and bounds.

use super::build::*;
use crate::onnx::Model;
use crate::onnx::proto::attribute_proto::AttributeType;
use crate::onnx::proto::{FunctionProto, ModelProto, NodeProto};
use insta::assert_snapshot;

fn with_functions(nodes: Vec<NodeProto>, functions: Vec<FunctionProto>) -> ModelProto {
    let mut model = model(graph("x", "y", nodes));
    model.opset_import.push(opset("local", 1));
    model.functions = functions;
    model
}

fn inlined(nodes: Vec<NodeProto>, functions: Vec<FunctionProto>) -> Model {
    parse(&with_functions(nodes, functions)).unwrap()
}

fn refused(nodes: Vec<NodeProto>, functions: Vec<FunctionProto>) -> String {
    parse(&with_functions(nodes, functions))
        .unwrap_err()
        .to_string()
}

#[test]
fn inner_names_never_collide() {
    let twice = function(
        "Twice",
        "a",
        "b",
        [node("Neg", "a", "t"), node("Neg", "t", "b")],
    );
    // The graph already has names that inlining would like to give.
    let nodes = vec![
        node("local.Twice", "x", "u"),
        node("Abs", "u", "u/t"),
        node("local.Twice", "u/t", "y"),
    ];
    let model = inlined(nodes, vec![twice]);
    assert_snapshot!(listing(&model.nodes), @"
    u/t#2 = Neg@15 x
    u = Neg@15 u/t#2
    u/t = Abs@17 u
    y/t = Neg@15 u/t
    y = Neg@15 y/t
    ");
}

#[test]
fn functions_call_functions_in_any_order() {
    let mut outer = function(
        "Outer",
        "a",
        "b",
        [node("local.Inner", "t", "b"), node("local.Inner", "a", "t")],
    );
    outer.opset_import.push(opset("local", 1));
    let inner = function(
        "Inner",
        "x",
        "y",
        [node("Exp", "x", "e"), node("Log", "e", "y")],
    );
    let model = inlined(vec![node("local.Outer", "x", "y")], vec![outer, inner]);
    assert_snapshot!(listing(&model.nodes), @"
    y/t/e = Exp@15 x
    y/t = Log@15 y/t/e
    y/b/e = Exp@15 y/t
    y = Log@15 y/b/e
    ");
}

#[test]
fn attributes_come_from_the_call_or_the_default_or_are_absent() {
    let mut leaky = function(
        "Leaky",
        "a",
        "b",
        [node("Op", "a", "b")
            .with(reference("given", "p", AttributeType::Int))
            .with(reference("default", "q", AttributeType::Int))
            .with(reference("overridden", "r", AttributeType::Int))
            .with(reference("absent", "s", AttributeType::Int))
            .with(int("own", 5))],
    );
    leaky.attribute = names("p s");
    leaky.attribute_proto = vec![int("q", 2), int("r", 3)];
    let call = node("local.Leaky", "x", "y")
        .with(int("p", 1))
        .with(int("r", 4));
    let model = inlined(vec![call], vec![leaky]);
    assert_snapshot!(listing(&model.nodes), @"y = Op@15 x default=Int(2) given=Int(1) overridden=Int(4) own=Int(5)");
}

#[test]
fn attributes_pass_through_nested_calls() {
    let mut outer = function(
        "Outer",
        "a",
        "b",
        [node("local.Inner", "a", "b").with(reference("i", "o", AttributeType::Int))],
    );
    outer.opset_import.push(opset("local", 1));
    outer.attribute = names("o");
    let mut inner = function(
        "Inner",
        "a",
        "b",
        [node("Op", "a", "b").with(reference("axis", "i", AttributeType::Int))],
    );
    inner.attribute_proto = vec![int("i", 9)];
    let nodes = vec![
        node("local.Outer", "x", "t").with(int("o", 1)),
        node("local.Outer", "t", "y"),
    ];
    let model = inlined(nodes, vec![outer, inner]);
    assert_snapshot!(listing(&model.nodes), @"
    t = Op@15 x axis=Int(1)
    y = Op@15 t axis=Int(9)
    ");
}

#[test]
fn absent_inputs_and_unwanted_outputs() {
    let f = function("F", "a b c", "d e", [node("Op", "a b c", "d e")]);
    let model = inlined(vec![node("local.F", "x -", "- y")], vec![f]);
    assert_snapshot!(listing(&model.nodes), @"y/d y = Op@15 x - -");
}

#[test]
fn results_that_are_inputs_or_the_same_are_copied() {
    let f = function("F", "a", "a b b", [node("Neg", "a", "b")]);
    let nodes = vec![node("local.F", "x", "p q r"), node("Sum", "p q r", "y")];
    let model = inlined(nodes, vec![f]);
    assert_snapshot!(listing(&model.nodes), @"
    q = Neg@15 x
    p = Identity@28 x
    r = Identity@28 q
    y = Sum@17 p q r
    ");
}

#[test]
fn subgraphs_of_functions_keep_their_scopes() {
    // The branch reads the function's input and value, and has a name of its own like the function's output.
    let branch = graph("", "b", [node("Add", "a t", "b")]);
    let body = [
        node("Neg", "a", "t"),
        node("If", "c", "b").with(subgraph("then_branch", branch)),
    ];
    let f = function("F", "a c", "b", body);
    let model = inlined(vec![node("local.F", "x x", "y")], vec![f]);
    assert_snapshot!(listing(&model.nodes), @"
    y/t = Neg@15 x
    y = If@15 x
      then_branch:  -> y/b
        y/b = Add@15 x y/t
    ");
}

#[test]
fn calls_within_subgraphs_are_replaced() {
    let f = function(
        "F",
        "a",
        "b",
        [node("Neg", "a", "t"), node("Abs", "t", "b")],
    );
    let branch = graph("", "r", [node("local.F", "x", "r")]);
    let nodes = vec![node("If", "x", "y").with(subgraph("else_branch", branch))];
    let model = inlined(nodes, vec![f]);
    assert_snapshot!(listing(&model.nodes), @"
    y = If@17 x
      else_branch:  -> r
        r/t = Neg@15 x
        r = Abs@15 r/t
    ");
}

#[test]
fn overloads_are_told_apart() {
    let overload = |name: &str, operator| FunctionProto {
        overload: Some(name.into()),
        ..function("F", "a", "b", [node(operator, "a", "b")])
    };
    let call = |name: &str, input, output| NodeProto {
        overload: Some(name.into()),
        ..node("local.F", input, output)
    };
    let nodes = vec![
        call("", "x", "p"),
        call("float", "p", "q"),
        call("int", "q", "y"),
    ];
    let functions = vec![
        overload("int", "Abs"),
        overload("", "Neg"),
        overload("float", "Exp"),
    ];
    assert_snapshot!(listing(&inlined(nodes, functions).nodes), @"
    p = Neg@15 x
    q = Exp@15 p
    y = Abs@15 q
    ");
}

#[test]
fn functions_of_onnx_operators_names_replace_them() {
    let mut f = function("Gelu", "a", "b", [node("Neg", "a", "b")]);
    f.domain = Some("ai.onnx".into());
    let model = inlined(vec![node("Gelu", "x", "y")], vec![f]);
    assert_snapshot!(listing(&model.nodes), @"y = Neg@15 x");
}

#[test]
fn recursion_is_refused() {
    let mut f = function("F", "a", "b", [node("local.F", "a", "b")]);
    f.opset_import.push(opset("local", 1));
    assert_snapshot!(refused(vec![node("local.F", "x", "y")], vec![f]), @"
    function `local.F` calls itself, directly or through others [recursive-function]
      at node `b`, operator `local.F`
    ");
}

/// `count` functions, each calling the one before `times` times.
fn tower(count: usize, times: usize) -> Vec<FunctionProto> {
    let level = |i: usize| {
        let mut nodes = Vec::new();
        for k in 0..times {
            let from = if k == 0 { "a".into() } else { format!("t{k}") };
            let to = if k + 1 == times {
                "b".into()
            } else {
                format!("t{}", k + 1)
            };
            let callee = if i == 0 {
                "Neg".into()
            } else {
                format!("local.F{}", i - 1)
            };
            nodes.push(node(&callee, &from, &to));
        }
        let mut f = function(&format!("F{i}"), "a", "b", nodes);
        f.opset_import.push(opset("local", 1));
        f
    };
    (0..count).map(level).collect()
}

#[test]
fn expansion_is_bounded_before_it_happens() {
    assert_snapshot!(refused(vec![node("local.F29", "x", "y")], tower(30, 10)),
        @"the model's functions expand to more than 256 MiB of nodes [function-expansion]");
    assert_snapshot!(refused(vec![node("local.F4999", "x", "y")], tower(5000, 1)),
        @"functions and graphs are nested more than 100 deep [function-depth]");
    let model = inlined(vec![node("local.F3", "x", "y")], tower(4, 10));
    assert_eq!(model.nodes.len(), 10_000);
}

#[test]
fn long_attributes_count_for_the_bound() {
    let body: Vec<_> = (0..2000)
        .map(|i| node("Op", "a", &format!("t{i}")).with(reference("p", "p", AttributeType::Ints)))
        .collect();
    let f = function("F", "a", "t0", body);
    let call = node("local.F", "x", "y").with(ints("p", &vec![1; 20_000]));
    assert_snapshot!(refused(vec![call], vec![f]),
        @"the model's functions expand to more than 256 MiB of nodes [function-expansion]");
}

#[test]
fn many_calls_of_one_name_take_no_longer() {
    let f = function(
        "F",
        "a",
        "b",
        [node("Neg", "a", "t"), node("Abs", "t", "b")],
    );
    let call = |i: usize| NodeProto {
        name: Some("same".into()),
        ..node("local.F", "x", &format!("t{i}"))
    };
    let mut nodes: Vec<_> = (0..20_000).map(call).collect();
    nodes.push(node("Neg", "t0", "y"));
    let model = inlined(nodes, vec![f]);
    assert_eq!(model.nodes[39_998].outputs, ["same/t#20000"]);
}
