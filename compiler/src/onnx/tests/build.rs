//! Models for tests, put together from protobuf messages.

use crate::diag::Diags;
use crate::onnx::proto::attribute_proto::AttributeType;
use crate::onnx::proto::tensor_shape_proto::Dimension;
use crate::onnx::proto::tensor_shape_proto::dimension::Value as DimValue;
use crate::onnx::proto::type_proto::{self, Value as TypeValue};
use crate::onnx::proto::*;
use crate::onnx::{self, Model};
use prost::Message;

/// A node; inputs and outputs are separated by spaces, `-` stands for an absent one.
pub(super) fn node(operator: &str, inputs: &str, outputs: &str) -> NodeProto {
    let (domain, operator) = operator.rsplit_once('.').unwrap_or(("", operator));
    NodeProto {
        op_type: Some(operator.into()),
        domain: Some(domain.into()),
        input: names(inputs),
        output: names(outputs),
        ..NodeProto::default()
    }
}

pub(super) fn names(list: &str) -> Vec<String> {
    list.split_whitespace()
        .map(|name| name.replace('-', ""))
        .collect()
}

pub(super) trait With: Sized {
    /// The same with this attribute.
    fn with(self, attribute: AttributeProto) -> Self;
}

impl With for NodeProto {
    fn with(mut self, attribute: AttributeProto) -> Self {
        self.attribute.push(attribute);
        self
    }
}

pub(super) fn attribute(name: &str, ty: AttributeType) -> AttributeProto {
    AttributeProto {
        name: Some(name.into()),
        r#type: Some(ty as i32),
        ..AttributeProto::default()
    }
}

pub(super) fn int(name: &str, value: i64) -> AttributeProto {
    AttributeProto {
        i: Some(value),
        ..attribute(name, AttributeType::Int)
    }
}

pub(super) fn ints(name: &str, values: &[i64]) -> AttributeProto {
    AttributeProto {
        ints: values.into(),
        ..attribute(name, AttributeType::Ints)
    }
}

pub(super) fn reference(name: &str, to: &str, ty: AttributeType) -> AttributeProto {
    AttributeProto {
        ref_attr_name: Some(to.into()),
        ..attribute(name, ty)
    }
}

pub(super) fn subgraph(name: &str, graph: GraphProto) -> AttributeProto {
    AttributeProto {
        g: Some(Box::new(graph)),
        ..attribute(name, AttributeType::Graph)
    }
}

/// A float tensor; a dimension that is not a number is a symbol, `?` an unnamed one.
pub(super) fn value(name: &str, dims: &str) -> ValueInfoProto {
    let dim = |text: &str| Dimension {
        value: match text.parse() {
            Ok(size) => Some(DimValue::DimValue(size)),
            Err(_) if text == "?" => None,
            Err(_) => Some(DimValue::DimParam(text.into())),
        },
        denotation: None,
    };
    let shape = TensorShapeProto {
        dim: dims.split_whitespace().map(dim).collect(),
    };
    let tensor = type_proto::Tensor {
        elem_type: Some(1),
        shape: Some(shape),
    };
    ValueInfoProto {
        name: Some(name.into()),
        r#type: Some(Box::new(TypeProto {
            value: Some(TypeValue::TensorType(tensor)),
            denotation: None,
        })),
        ..ValueInfoProto::default()
    }
}

pub(super) fn floats(name: &str, values: &[f32]) -> TensorProto {
    TensorProto {
        name: Some(name.into()),
        dims: vec![values.len() as i64],
        data_type: Some(1),
        float_data: values.into(),
        ..TensorProto::default()
    }
}

/// A graph of inputs and outputs of one element each.
pub(super) fn graph(inputs: &str, outputs: &str, nodes: impl Into<Vec<NodeProto>>) -> GraphProto {
    GraphProto {
        name: Some("test".into()),
        input: names(inputs).iter().map(|name| value(name, "1")).collect(),
        output: names(outputs).iter().map(|name| value(name, "1")).collect(),
        node: nodes.into(),
        ..GraphProto::default()
    }
}

pub(super) fn opset(domain: &str, version: i64) -> OperatorSetIdProto {
    OperatorSetIdProto {
        domain: Some(domain.into()),
        version: Some(version),
    }
}

pub(super) fn model(graph: GraphProto) -> ModelProto {
    ModelProto {
        ir_version: Some(8),
        opset_import: vec![opset("", 17)],
        graph: Some(Box::new(graph)),
        ..ModelProto::default()
    }
}

/// A function of domain `local` in operator set 15.
pub(super) fn function(
    name: &str,
    inputs: &str,
    outputs: &str,
    nodes: impl Into<Vec<NodeProto>>,
) -> FunctionProto {
    FunctionProto {
        name: Some(name.into()),
        domain: Some("local".into()),
        input: names(inputs),
        output: names(outputs),
        node: nodes.into(),
        opset_import: vec![opset("", 15)],
        ..FunctionProto::default()
    }
}

pub(super) fn parse(model: &ModelProto) -> Result<Model, Diags> {
    onnx::parse(&model.encode_to_vec(), None)
}

/// The nodes as text, a line each, subgraphs indented.
pub(super) fn listing(nodes: &[onnx::Node]) -> String {
    let mut text = String::new();
    list(nodes, "", &mut text);
    text
}

fn list(nodes: &[onnx::Node], indent: &str, text: &mut String) {
    for node in nodes {
        let outputs = node.outputs.join(" ");
        let inputs: Vec<_> = node
            .inputs
            .iter()
            .map(|name| if name.is_empty() { "-" } else { name })
            .collect();
        text.push_str(&format!(
            "{indent}{outputs} = {}@{} {}",
            node.qualified_operator(),
            node.version,
            inputs.join(" ")
        ));
        for (name, value) in &node.attributes {
            match value.subgraphs() {
                [] => text.push_str(&format!(" {name}={value:?}")),
                graphs => {
                    for graph in graphs {
                        text.push_str(&format!(
                            "\n{indent}  {name}: {} -> {}\n",
                            graph.inputs.join(" "),
                            graph.outputs.join(" ")
                        ));
                        list(&graph.nodes, &format!("{indent}    "), text);
                    }
                }
            }
        }
        text.push('\n');
    }
    while text.ends_with("\n\n") {
        text.pop();
    }
}
