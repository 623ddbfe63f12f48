//! Files of networks of one shape, in any size.

use mlc_compiler::onnx::proto::attribute_proto::AttributeType;
use mlc_compiler::onnx::proto::tensor_shape_proto::{Dimension, dimension::Value as DimValue};
use mlc_compiler::onnx::proto::type_proto::{self, Value as TypeValue};
use mlc_compiler::onnx::proto::*;
use prost::Message;

const FLOAT: i32 = 1;
const INT64: i32 = 7;
const BOOL: i32 = 9;

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

fn node(operator: &str, inputs: &[&str], outputs: &[&str]) -> NodeProto {
    NodeProto {
        op_type: Some(operator.into()),
        input: names(inputs),
        output: names(outputs),
        ..NodeProto::default()
    }
}

fn with(mut node: NodeProto, name: &str, attribute: AttributeProto) -> NodeProto {
    let name = Some(name.into());
    node.attribute.push(AttributeProto { name, ..attribute });
    node
}

fn int(value: i64) -> AttributeProto {
    AttributeProto {
        r#type: Some(AttributeType::Int as i32),
        i: Some(value),
        ..AttributeProto::default()
    }
}

fn graph_attribute(graph: GraphProto) -> AttributeProto {
    AttributeProto {
        r#type: Some(AttributeType::Graph as i32),
        g: Some(Box::new(graph)),
        ..AttributeProto::default()
    }
}

fn value(name: &str, dtype: i32, dims: &[i64]) -> ValueInfoProto {
    let dim = dims.iter().map(|&size| Dimension {
        value: Some(DimValue::DimValue(size)),
        ..Dimension::default()
    });
    let tensor = type_proto::Tensor {
        elem_type: Some(dtype),
        shape: Some(TensorShapeProto { dim: dim.collect() }),
    };
    ValueInfoProto {
        name: Some(name.into()),
        r#type: Some(Box::new(TypeProto {
            value: Some(TypeValue::TensorType(tensor)),
            ..TypeProto::default()
        })),
        ..ValueInfoProto::default()
    }
}

fn output(name: &str) -> ValueInfoProto {
    ValueInfoProto {
        name: Some(name.into()),
        ..ValueInfoProto::default()
    }
}

fn floats(name: &str, values: &[f32]) -> TensorProto {
    TensorProto {
        name: Some(name.into()),
        data_type: Some(FLOAT),
        dims: vec![values.len() as i64],
        float_data: values.into(),
        ..TensorProto::default()
    }
}

fn integer(name: &str, dtype: i32, value: i64) -> TensorProto {
    TensorProto {
        name: Some(name.into()),
        data_type: Some(dtype),
        int64_data: if dtype == INT64 { vec![value] } else { vec![] },
        int32_data: if dtype == INT64 {
            vec![]
        } else {
            vec![value as i32]
        },
        ..TensorProto::default()
    }
}

/// A graph from `x`, of eight floats, to `outputs`.
fn graph(nodes: Vec<NodeProto>, outputs: &[String]) -> GraphProto {
    GraphProto {
        name: Some("net".into()),
        input: vec![value("x", FLOAT, &[8])],
        output: outputs.iter().map(|name| output(name)).collect(),
        node: nodes,
        ..GraphProto::default()
    }
}

fn file(graph: GraphProto) -> Vec<u8> {
    file_with(graph, Vec::new())
}

fn file_with(graph: GraphProto, functions: Vec<FunctionProto>) -> Vec<u8> {
    let opset = |domain: &str, version| OperatorSetIdProto {
        domain: Some(domain.into()),
        version: Some(version),
    };
    let model = ModelProto {
        ir_version: Some(8),
        opset_import: vec![opset("", 17), opset("local", 1)],
        graph: Some(Box::new(graph)),
        functions,
        ..ModelProto::default()
    };
    model.encode_to_vec()
}

/// The name of the `i`-th value of a chain that begins with `x`.
fn link(i: usize) -> String {
    match i {
        0 => "x".into(),
        i => format!("v{i}"),
    }
}

/// A chain of nodes, each made from its number and the names of what it reads and writes.
fn linked(count: usize, make: impl Fn(usize, &str, &str) -> NodeProto) -> Vec<NodeProto> {
    (0..count)
        .map(|i| make(i, &link(i), &link(i + 1)))
        .collect()
}

/// Layers, one after the other, that are not one loop.
pub(super) fn chain(count: usize) -> Vec<u8> {
    let nodes = linked(count, |_, x, y| node("Softmax", &[x], &[y]));
    file(graph(nodes, &[link(count)]))
}

/// Functions of single elements, one after the other.
pub(super) fn elementwise_chain(count: usize) -> Vec<u8> {
    let nodes = linked(count, |i, x, y| {
        node(["Sin", "Neg", "Tanh"][i % 3], &[x], &[y])
    });
    file(graph(nodes, &[link(count)]))
}

/// A sum of inputs.
pub(super) fn fan_in(count: usize) -> Vec<u8> {
    all_inputs(count, node("Sum", &[], &["y"]))
}

/// Inputs one after the other.
pub(super) fn joined(count: usize) -> Vec<u8> {
    all_inputs(count, with(node("Concat", &[], &["y"]), "axis", int(0)))
}

/// Inputs whose rows alternate.
pub(super) fn joined_rows(count: usize) -> Vec<u8> {
    all_inputs(count, with(node("Concat", &[], &["y"]), "axis", int(1)))
}

fn all_inputs(count: usize, mut last: NodeProto) -> Vec<u8> {
    last.input = (0..count).map(|i| format!("x{i}")).collect();
    let inputs = last
        .input
        .iter()
        .map(|name| value(name, FLOAT, &[2, 4]))
        .collect();
    let graph = graph(vec![last], &["y".into()]);
    file(GraphProto {
        input: inputs,
        ..graph
    })
}

/// Layers over one input.
fn over_input(count: usize) -> (Vec<NodeProto>, Vec<String>) {
    let outputs: Vec<String> = (0..count).map(|i| format!("b{i}")).collect();
    let layer = |name: &String| node("Softmax", &["x"], &[name]);
    // Equal nodes would become one.
    let scaled = |(i, name): (usize, &String)| {
        let alpha = AttributeProto {
            r#type: Some(AttributeType::Float as i32),
            f: Some(1.0 + i as f32),
            ..AttributeProto::default()
        };
        let inner = format!("{name}_e");
        let mut last = layer(name);
        last.input = vec![inner.clone()];
        [with(node("Elu", &["x"], &[&inner]), "alpha", alpha), last]
    };
    (
        outputs.iter().enumerate().flat_map(scaled).collect(),
        outputs,
    )
}

/// An output for each of many layers.
pub(super) fn fan_out(count: usize) -> Vec<u8> {
    let (nodes, outputs) = over_input(count);
    file(graph(nodes, &outputs))
}

/// Many layers over one input, and all of them joined.
pub(super) fn branches(count: usize) -> Vec<u8> {
    let (mut nodes, outputs) = over_input(count);
    let mut last = with(node("Concat", &[], &["y"]), "axis", int(0));
    last.input = outputs;
    nodes.push(last);
    file(graph(nodes, &["y".into()]))
}

/// A layer beside another, again and again.
pub(super) fn diamonds(count: usize) -> Vec<u8> {
    let mut nodes = Vec::new();
    for i in 0..count {
        let (x, y) = (link(i), link(i + 1));
        let [a, b] = [format!("a{i}"), format!("b{i}")];
        nodes.push(node("Softmax", &[&x], &[&a]));
        nodes.push(node("LogSoftmax", &[&x], &[&b]));
        nodes.push(node("Add", &[&a, &b], &[&y]));
    }
    file(graph(nodes, &[link(count)]))
}

/// Layers one after the other, each of which is wanted at the end.
pub(super) fn skips(count: usize) -> Vec<u8> {
    let mut nodes = linked(count, |_, x, y| node("Softmax", &[x], &[y]));
    let mut last = with(node("Concat", &[], &["y"]), "axis", int(0));
    last.input = (0..=count).map(link).collect();
    nodes.push(last);
    file(graph(nodes, &["y".into()]))
}

fn branch(name: &str, x: &str, operator: &str) -> GraphProto {
    GraphProto {
        name: Some(name.into()),
        output: vec![output("r")],
        node: vec![node(operator, &[x], &["r"])],
        ..GraphProto::default()
    }
}

fn choice(condition: &str, x: &str, y: &str) -> NodeProto {
    let choice = node("If", &[condition], &[y]);
    let choice = with(
        choice,
        "then_branch",
        graph_attribute(branch("yes", x, "Softmax")),
    );
    with(
        choice,
        "else_branch",
        graph_attribute(branch("no", x, "LogSoftmax")),
    )
}

/// Choices that are made when the network is compiled.
pub(super) fn ifs(count: usize) -> Vec<u8> {
    let nodes = linked(count, |_, x, y| choice("c", x, y));
    let mut graph = graph(nodes, &[link(count)]);
    graph.initializer.push(integer("c", BOOL, 1));
    file(graph)
}

/// Choices that are made when the network runs.
pub(super) fn undecided_ifs(count: usize) -> Vec<u8> {
    let nodes = linked(count, |_, x, y| choice("c", x, y));
    let mut graph = graph(nodes, &[link(count)]);
    graph.input.push(value("c", BOOL, &[]));
    file(graph)
}

/// Choices within choices.
pub(super) fn nested_ifs(depth: usize) -> Vec<u8> {
    let mut inner = node("Softmax", &["x"], &["r"]);
    for _ in 0..depth {
        let inside = GraphProto {
            node: vec![inner],
            ..branch("yes", "x", "Softmax")
        };
        let outside = with(
            node("If", &["c"], &["r"]),
            "then_branch",
            graph_attribute(inside),
        );
        inner = with(
            outside,
            "else_branch",
            graph_attribute(branch("no", "x", "LogSoftmax")),
        );
    }
    let mut graph = graph(vec![inner], &["r".into()]);
    graph.input.push(value("c", BOOL, &[]));
    file(graph)
}

fn turning(body: GraphProto, trips: i64) -> Vec<u8> {
    let turning = node("Loop", &["trips", "go", "x"], &["y"]);
    let nodes = vec![with(turning, "body", graph_attribute(body))];
    let mut graph = graph(nodes, &["y".into()]);
    graph.initializer = vec![integer("trips", INT64, trips), integer("go", BOOL, 1)];
    file(graph)
}

/// A loop of so many turns.
pub(super) fn turns(count: usize) -> Vec<u8> {
    let body = GraphProto {
        name: Some("turn".into()),
        input: vec![
            value("i", INT64, &[]),
            value("c", BOOL, &[]),
            value("s", FLOAT, &[8]),
        ],
        output: vec![output("d"), output("t")],
        node: vec![
            node("Identity", &["c"], &["d"]),
            node("Softmax", &["s"], &["t"]),
        ],
        ..GraphProto::default()
    };
    turning(body, count as i64)
}

/// A loop of endless turns that do nothing.
pub(super) fn idle_turns() -> Vec<u8> {
    let body = GraphProto {
        name: Some("turn".into()),
        input: vec![
            value("i", INT64, &[]),
            value("c", BOOL, &[]),
            value("s", FLOAT, &[8]),
        ],
        output: vec![output("c"), output("s")],
        ..GraphProto::default()
    };
    turning(body, i64::MAX)
}

/// Layers with constants of their own.
pub(super) fn constants(count: usize) -> Vec<u8> {
    let nodes = linked(count, |i, x, y| {
        node(["Add", "Mul"][i % 2], &[x, &format!("k{i}")], &[y])
    });
    let constant = |i: usize| {
        floats(
            &format!("k{i}"),
            &[1.0 + i as f32, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0],
        )
    };
    let mut graph = graph(nodes, &[link(count)]);
    graph.initializer = (0..count).map(constant).collect();
    file(graph)
}

/// A tensor in so many parts, and a layer for each.
pub(super) fn splits(count: usize) -> Vec<u8> {
    let mut split = node("Split", &["x"], &[]);
    split.output = (0..count).map(|i| format!("p{i}")).collect();
    let layers = split
        .output
        .iter()
        .map(|part| node("Softmax", &[part], &[&format!("{part}_s")]));
    let mut nodes: Vec<_> = layers.collect();
    let mut last = with(node("Concat", &[], &["y"]), "axis", int(0));
    last.input = nodes.iter().map(|node| node.output[0].clone()).collect();
    nodes.insert(0, split);
    nodes.push(last);
    let mut graph = graph(nodes, &["y".into()]);
    graph.input = vec![value("x", FLOAT, &[2 * count as i64])];
    file(graph)
}

/// Calls of one function.
pub(super) fn calls(count: usize) -> Vec<u8> {
    let call = |x: &str, y: &str| NodeProto {
        domain: Some("local".into()),
        ..node("Twice", &[x], &[y])
    };
    let function = FunctionProto {
        name: Some("Twice".into()),
        domain: Some("local".into()),
        input: names(&["a"]),
        output: names(&["b"]),
        opset_import: vec![OperatorSetIdProto {
            domain: Some(String::new()),
            version: Some(17),
        }],
        node: vec![
            node("Softmax", &["a"], &["t"]),
            node("LogSoftmax", &["t"], &["b"]),
        ],
        ..FunctionProto::default()
    };
    let nodes = linked(count, |_, x, y| call(x, y));
    file_with(graph(nodes, &[link(count)]), vec![function])
}

/// Tensors that are joined with themselves again and again: of a constant, or of the input.
pub(super) fn doubling(depth: usize, constant: bool) -> Vec<u8> {
    let double = |_, x: &str, y: &str| with(node("Concat", &[x, x], &[y]), "axis", int(0));
    let mut nodes = linked(depth, double);
    let mut graph = match constant {
        false => graph(nodes, &[link(depth)]),
        true => {
            nodes[0].input = names(&["k", "k"]);
            let axes = with(
                node("ReduceMax", &[&link(depth)], &["m"]),
                "keepdims",
                int(1),
            );
            nodes.extend([axes, node("Add", &["x", "m"], &["y"])]);
            graph(nodes, &["y".into()])
        }
    };
    graph
        .initializer
        .extend(constant.then(|| floats("k", &[1.0, 2.0])));
    file(graph)
}

/// Large constants that are computed, each from other numbers.
pub(super) fn ranges(count: usize) -> Vec<u8> {
    let mut nodes = Vec::new();
    let mut last = node("Sum", &["x"], &["y"]);
    let mut initializer = vec![integer("end", INT64, 1 << 24), integer("step", INT64, 1)];
    for i in 0..count {
        let (start, range, float, most) = (
            format!("s{i}"),
            format!("r{i}"),
            format!("f{i}"),
            format!("m{i}"),
        );
        initializer.push(integer(&start, INT64, i as i64));
        nodes.push(node("Range", &[&start, "end", "step"], &[&range]));
        nodes.push(with(
            node("Cast", &[&range], &[&float]),
            "to",
            int(FLOAT.into()),
        ));
        nodes.push(node("ReduceMax", &[&float], &[&most]));
        last.input.push(most);
    }
    nodes.push(last);
    file(GraphProto {
        initializer,
        ..graph(nodes, &["y".into()])
    })
}
