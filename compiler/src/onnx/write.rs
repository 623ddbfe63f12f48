//! From a [`Model`] back to the messages of a file: what the compiler rewrote, other engines can read.
//!
//! What a model does not keep is not written: documentation, metadata, types of tensors on the way. Functions
//! have been replaced by what they stand for, and every tensor is stored inside the file.

use super::model::{Attribute, Dim, Input, Model, Node, Output, StringTensor, Subgraph};
use super::proto::attribute_proto::AttributeType;
use super::proto::tensor_proto::DataType;
use super::proto::tensor_shape_proto::Dimension;
use super::proto::tensor_shape_proto::dimension::Value as DimValue;
use super::proto::type_proto::{self, Value as TypeValue};
use super::proto::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto,
    TensorShapeProto, TypeProto, ValueInfoProto,
};
use super::tensor::{dtype_code, to_proto};
use crate::diag::Diag;
use crate::tensor::DType;
use prost::Message;
use std::collections::BTreeMap;

impl Model {
    /// The bytes of an `.onnx` file that holds the model.
    ///
    /// Fails if nodes of one domain were written for different versions of it, which only functions of a model can
    /// bring about: a file states one version for each domain.
    pub fn encode(&self) -> Result<Vec<u8>, Diag> {
        Ok(self.to_proto()?.encode_to_vec())
    }

    /// The message that holds the model.
    pub fn to_proto(&self) -> Result<ModelProto, Diag> {
        let graph = GraphProto {
            name: Some(self.name.clone()),
            node: self.nodes.iter().map(node).collect(),
            initializer: constants(&self.initializers, &self.strings),
            input: self.inputs.iter().map(input).collect(),
            output: self.outputs.iter().map(output).collect(),
            ..GraphProto::default()
        };
        Ok(ModelProto {
            ir_version: Some(self.ir_version),
            producer_name: Some("mlc".into()),
            producer_version: Some(env!("CARGO_PKG_VERSION").into()),
            opset_import: opsets(&self.nodes)?,
            graph: Some(Box::new(graph)),
            ..ModelProto::default()
        })
    }
}

/// The versions of all domains that nodes belong to.
fn opsets(nodes: &[Node]) -> Result<Vec<OperatorSetIdProto>, Diag> {
    let mut versions = BTreeMap::new();
    collect_versions(nodes, &mut versions)?;
    let import = |(domain, version): (&str, i64)| OperatorSetIdProto {
        domain: Some(domain.into()),
        version: Some(version),
    };
    Ok(versions.into_iter().map(import).collect())
}

fn collect_versions<'a>(
    nodes: &'a [Node],
    versions: &mut BTreeMap<&'a str, i64>,
) -> Result<(), Diag> {
    for node in nodes {
        let version = *versions.entry(&node.domain).or_insert(node.version);
        if version != node.version {
            let message = format!(
                "the node was written for version {} of its operator set, others for {version}",
                node.version
            );
            return Err(node.diag("mixed-opsets", message).note(
                "a function of the model imports another version than the model itself; \
                 convert the model to one version",
            ));
        }
        for graph in node.subgraphs() {
            collect_versions(&graph.nodes, versions)?;
        }
    }
    Ok(())
}

fn constants(
    tensors: &[(String, crate::tensor::Tensor)],
    strings: &[(String, StringTensor)],
) -> Vec<TensorProto> {
    let tensors = tensors.iter().map(|(name, tensor)| to_proto(name, tensor));
    let strings = strings.iter().map(|(name, tensor)| TensorProto {
        name: Some(name.clone()),
        ..string_tensor(tensor)
    });
    tensors.chain(strings).collect()
}

fn string_tensor(tensor: &StringTensor) -> TensorProto {
    TensorProto {
        dims: tensor.shape.iter().map(|&d| d as i64).collect(),
        data_type: Some(DataType::String as i32),
        string_data: tensor.values.clone(),
        ..TensorProto::default()
    }
}

fn node(node: &Node) -> NodeProto {
    let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    NodeProto {
        name: some(&node.name),
        op_type: Some(node.operator.clone()),
        domain: some(&node.domain),
        overload: some(&node.overload),
        input: node.inputs.clone(),
        output: node.outputs.clone(),
        attribute: node
            .attributes
            .iter()
            .map(|(name, value)| attribute(name, value))
            .collect(),
        ..NodeProto::default()
    }
}

fn attribute(name: &str, value: &Attribute) -> AttributeProto {
    let mut proto = AttributeProto {
        name: Some(name.into()),
        ..AttributeProto::default()
    };
    proto.r#type = Some(fill(&mut proto, value) as i32);
    proto
}

/// Puts a value into the field for its kind, which is returned.
fn fill(proto: &mut AttributeProto, value: &Attribute) -> AttributeType {
    match value {
        Attribute::Int(i) => {
            proto.i = Some(*i);
            AttributeType::Int
        }
        Attribute::Float(f) => {
            proto.f = Some(*f);
            AttributeType::Float
        }
        Attribute::String(s) => {
            proto.s = Some(s.clone());
            AttributeType::String
        }
        Attribute::Tensor(t) => {
            proto.t = Some(Box::new(to_proto("", t)));
            AttributeType::Tensor
        }
        Attribute::StringTensor(t) => {
            proto.t = Some(Box::new(string_tensor(t)));
            AttributeType::Tensor
        }
        Attribute::Graph(g) => {
            proto.g = Some(Box::new(subgraph(g)));
            AttributeType::Graph
        }
        Attribute::Type(t) => {
            proto.tp = Some(t.clone());
            AttributeType::TypeProto
        }
        Attribute::Reference(name) => {
            proto.ref_attr_name = Some(name.clone());
            AttributeType::Undefined
        }
        list => fill_list(proto, list),
    }
}

fn fill_list(proto: &mut AttributeProto, value: &Attribute) -> AttributeType {
    match value {
        Attribute::Ints(list) => {
            proto.ints = list.clone();
            AttributeType::Ints
        }
        Attribute::Floats(list) => {
            proto.floats = list.clone();
            AttributeType::Floats
        }
        Attribute::Strings(list) => {
            proto.strings = list.clone();
            AttributeType::Strings
        }
        Attribute::Tensors(list) => {
            proto.tensors = list.iter().map(|t| to_proto("", t)).collect();
            AttributeType::Tensors
        }
        Attribute::Graphs(list) => {
            proto.graphs = list.iter().map(subgraph).collect();
            AttributeType::Graphs
        }
        Attribute::Types(list) => {
            proto.type_protos = list.clone();
            AttributeType::TypeProtos
        }
        _ => AttributeType::Undefined,
    }
}

/// A graph within a node: its inputs and outputs are names without types, which readers infer.
fn subgraph(graph: &Subgraph) -> GraphProto {
    let names = |names: &[String]| names.iter().map(|name| named(name)).collect();
    GraphProto {
        name: Some("body".into()),
        node: graph.nodes.iter().map(node).collect(),
        initializer: constants(&graph.initializers, &graph.strings),
        input: names(&graph.inputs),
        output: names(&graph.outputs),
        ..GraphProto::default()
    }
}

fn named(name: &str) -> ValueInfoProto {
    ValueInfoProto {
        name: Some(name.into()),
        ..ValueInfoProto::default()
    }
}

fn input(input: &Input) -> ValueInfoProto {
    let dims = input.ranked.then_some(&*input.dims);
    ValueInfoProto {
        r#type: Some(Box::new(tensor_type(input.dtype, dims))),
        ..named(&input.name)
    }
}

fn output(output: &Output) -> ValueInfoProto {
    let ty = output
        .dtype
        .map(|dtype| Box::new(tensor_type(dtype, output.dims.as_deref())));
    ValueInfoProto {
        r#type: ty,
        ..named(&output.name)
    }
}

fn tensor_type(dtype: DType, dims: Option<&[Dim]>) -> TypeProto {
    let shape = dims.map(|dims| TensorShapeProto {
        dim: dims.iter().map(dimension).collect(),
    });
    TypeProto {
        value: Some(TypeValue::TensorType(type_proto::Tensor {
            elem_type: Some(dtype_code(dtype)),
            shape,
        })),
        ..TypeProto::default()
    }
}

fn dimension(dim: &Dim) -> Dimension {
    let value = match dim {
        Dim::Known(size) => Some(DimValue::DimValue(*size as i64)),
        Dim::Symbol(name) => Some(DimValue::DimParam(name.clone())),
        Dim::Unknown => None,
    };
    Dimension {
        value,
        ..Dimension::default()
    }
}
