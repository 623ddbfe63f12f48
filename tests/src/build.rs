//! Models put together from protobuf messages.

use mlc_compiler::onnx::proto::attribute_proto::AttributeType;
use mlc_compiler::onnx::proto::tensor_shape_proto::{Dimension, dimension};
use mlc_compiler::onnx::proto::type_proto::{self, Value};
use mlc_compiler::onnx::proto::{
    AttributeProto, GraphProto, ModelProto, OperatorSetIdProto, TensorShapeProto, TypeProto,
    ValueInfoProto,
};
use prost::Message;

/// A file of operator set 17 that holds a graph.
pub(crate) fn model_of(graph: GraphProto) -> Vec<u8> {
    let model = ModelProto {
        ir_version: Some(8),
        opset_import: vec![OperatorSetIdProto {
            domain: Some(String::new()),
            version: Some(17),
        }],
        graph: Some(Box::new(graph)),
        ..ModelProto::default()
    };
    model.encode_to_vec()
}

/// A float tensor by name and shape.
pub(crate) fn value_info(name: &str, shape: &[usize]) -> ValueInfoProto {
    let dim = |&n: &usize| Dimension {
        value: Some(dimension::Value::DimValue(n as i64)),
        denotation: None,
    };
    let shape = TensorShapeProto {
        dim: shape.iter().map(dim).collect(),
    };
    let tensor = type_proto::Tensor {
        elem_type: Some(1),
        shape: Some(shape),
    };
    ValueInfoProto {
        name: Some(name.into()),
        r#type: Some(Box::new(TypeProto {
            value: Some(Value::TensorType(tensor)),
            denotation: None,
        })),
        ..ValueInfoProto::default()
    }
}

/// Sizes as ONNX stores them.
pub(crate) fn dims(shape: &[usize]) -> Vec<i64> {
    shape.iter().map(|&n| n as i64).collect()
}

/// An attribute.
pub(crate) fn int(name: &str, value: usize) -> AttributeProto {
    AttributeProto {
        name: Some(name.into()),
        r#type: Some(AttributeType::Int as i32),
        i: Some(value as i64),
        ..AttributeProto::default()
    }
}

/// An attribute.
pub(crate) fn ints(name: &str, values: &[usize]) -> AttributeProto {
    AttributeProto {
        name: Some(name.into()),
        r#type: Some(AttributeType::Ints as i32),
        ints: dims(values),
        ..AttributeProto::default()
    }
}
