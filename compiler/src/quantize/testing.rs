//! Small models for tests of quantisation.

use super::fold::dims;
use crate::onnx::{Attribute, Input, Model, Node, Output};
use crate::quantization::Profile;
use crate::tensor::{DType, TensorType};

/// A model of floats with these inputs and outputs.
pub(super) fn model(inputs: &[(&str, &[usize])], outputs: &[&str], nodes: Vec<Node>) -> Model {
    let input = |(name, shape): &(&str, &[usize])| Input {
        name: (*name).into(),
        dtype: DType::F32,
        dims: dims(&TensorType::new(DType::F32, *shape)),
        ranked: true,
        range: None,
    };
    let output = |name: &&str| Output {
        name: (*name).into(),
        dtype: None,
        dims: None,
    };
    Model {
        name: "made_up".into(),
        producer: String::new(),
        profile: Profile::default(),
        ir_version: 6,
        inputs: inputs.iter().map(input).collect(),
        outputs: outputs.iter().map(output).collect(),
        initializers: Vec::new(),
        strings: Vec::new(),
        fixed: Vec::new(),
        nodes,
        labels: Vec::new(),
        files: Vec::new(),
    }
}

/// A node that computes `y` of nothing yet.
pub(super) fn node_of(operator: &str, version: i64, attributes: &[(&str, Attribute)]) -> Node {
    let attributes = attributes.iter();
    Node {
        attributes: attributes
            .map(|(name, value)| ((*name).into(), value.clone()))
            .collect(),
        ..super::net::node(operator, version, &[], "y")
    }
}
