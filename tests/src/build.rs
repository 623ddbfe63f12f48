//! Models put together from protobuf messages.

use mlc_compiler::onnx::proto::attribute_proto::AttributeType;
use mlc_compiler::onnx::proto::tensor_shape_proto::{Dimension, dimension};
use mlc_compiler::onnx::proto::type_proto::{self, Value};
use mlc_compiler::onnx::proto::{
    AttributeProto, GraphProto, ModelProto, OperatorSetIdProto, TensorShapeProto, TypeProto,
    ValueInfoProto,
};
use mlc_compiler::onnx::tensor::dtype_code;
use mlc_compiler::tensor::{DType, TensorType};
use prost::Message;

/// A file of operator set 17 that holds a graph.
pub(crate) fn model_of(graph: GraphProto) -> Vec<u8> {
    model_of_version(graph, 17, 8)
}

/// A file of this operator set and version of the format.
pub(crate) fn model_of_version(graph: GraphProto, opset: i64, ir: i64) -> Vec<u8> {
    let model = ModelProto {
        ir_version: Some(ir),
        opset_import: vec![OperatorSetIdProto {
            domain: Some(String::new()),
            version: Some(opset),
        }],
        graph: Some(Box::new(graph)),
        ..ModelProto::default()
    };
    model.encode_to_vec()
}

/// A float tensor by name and shape.
pub(crate) fn value_info(name: &str, shape: &[usize]) -> ValueInfoProto {
    typed_value_info(name, &TensorType::new(DType::F32, shape))
}

/// A tensor by name and type.
pub(crate) fn typed_value_info(name: &str, ty: &TensorType) -> ValueInfoProto {
    let dim = |&n: &usize| Dimension {
        value: Some(dimension::Value::DimValue(n as i64)),
        denotation: None,
    };
    let shape = TensorShapeProto {
        dim: ty.shape.iter().map(dim).collect(),
    };
    let tensor = type_proto::Tensor {
        elem_type: Some(dtype_code(ty.dtype)),
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

fn attribute(name: &str, ty: AttributeType) -> AttributeProto {
    AttributeProto {
        name: Some(name.into()),
        r#type: Some(ty as i32),
        ..AttributeProto::default()
    }
}

/// An attribute.
pub(crate) fn int(name: &str, value: usize) -> AttributeProto {
    AttributeProto {
        i: Some(value as i64),
        ..attribute(name, AttributeType::Int)
    }
}

/// An attribute.
pub(crate) fn ints(name: &str, values: &[usize]) -> AttributeProto {
    AttributeProto {
        ints: dims(values),
        ..attribute(name, AttributeType::Ints)
    }
}

/// An attribute.
pub(crate) fn number(name: &str, value: f32) -> AttributeProto {
    AttributeProto {
        f: Some(value),
        ..attribute(name, AttributeType::Float)
    }
}

/// An attribute.
pub(crate) fn text(name: &str, value: &str) -> AttributeProto {
    AttributeProto {
        s: Some(value.as_bytes().to_vec()),
        ..attribute(name, AttributeType::String)
    }
}

/// An attribute.
pub(crate) fn graph(name: &str, value: GraphProto) -> AttributeProto {
    AttributeProto {
        g: Some(Box::new(value)),
        ..attribute(name, AttributeType::Graph)
    }
}
